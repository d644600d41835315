"""What two clones changed apart: merged by git, and settled where no one has to decide."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from crm_cli.features.syncing import papers
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.places import kind_of
from crm_cli.query.lookups import former_ids
from crm_cli.store import joining
from crm_cli.store import sync as syncing
from crm_cli.store.arriving import bases_of
from crm_cli.store.document import Document
from crm_cli.store.git import Git
from crm_cli.store.outside import write_bytes
from crm_cli.store.renames import renamed
from crm_cli.store.repository import find_repository
from crm_cli.store.unite import settle
from crm_cli.workspace import Change, Edit, Workspace

_TIPS = {"2": "HEAD", "3": "MERGE_HEAD"}
"""The commits that are merged, by git's number of their side."""


def merge(workspace: Workspace, git: Git, remote: syncing.Remote, parted: str) -> list[str]:
    """Merge what was fetched; the paths in conflict, which stay to be settled.

    `parted` is the commit at which both sides parted. A run that is killed here is gone on
    with by the next one (`resume`). Raises what `syncing.merge` raises.
    """
    syncing.begin_merge(git, remote)
    conflicts = syncing.merge(git, remote)
    if conflicts:
        conflicts = _joined(workspace, git, conflicts, parted)
    syncing.end_merge(git)
    return conflicts


def resume(workspace: Workspace, git: Git) -> None:
    """Settle what a sync that was killed in a merge would have settled; the rest is for people.

    What was edited by hand since then stays as it is.
    """
    _join(workspace, git, syncing.cut_off(git))
    syncing.end_merge(git)


def follow(workspace: Workspace, paths: Collection[str]) -> list[str]:
    """Of files that one side removed and the other one changed, those that somebody has to decide
    on: what changed in the others is now in the records that stay, as these were settled."""
    if not paths or find_repository(workspace.root) is None:
        return list(paths)
    git = workspace.git
    theirs = git.text("rev-parse", "--verify", "--quiet", _TIPS["3"])
    left = _join(workspace, git, theirs) if theirs else paths
    return [path for path in paths if path in left]


def _join(workspace: Workspace, git: Git, theirs: str) -> list[str]:
    parted = next(iter(bases_of(git, theirs)), theirs)
    return _joined(workspace, git, list(joining.stages(git)), parted)


def _joined(workspace: Workspace, git: Git, conflicts: list[str], parted: str) -> list[str]:
    """The conflicts that are left once what changed in customers whom the other side has merged
    into others, or in records that it has renamed, is in the records that stay, and messages and
    kept documents are where both sides put them."""
    from crm_cli.index.reading import id_of

    unmerged = joining.stages(git)
    left = set(conflicts) - joining.moved_twice(git, unmerged)
    left -= papers.keep_both(workspace, git, unmerged, left)
    waiting = [path for path in conflicts if joining.removed_and_changed(unmerged.get(path, {}))]
    workspace.changed()
    former = former_ids(workspace.database) if waiting else {}
    moved = {one: renamed(git, parted, tip) for one, tip in _TIPS.items() if waiting}
    for path in waiting:
        sides = unmerged[path]
        id = former.get(id_of(path)[0])
        united = workspace.path_of(id) if id and kind_of(path) is CUSTOMER else ""
        keep = united or moved["3" if "2" in sides else "2"].get(path, "")
        if not keep or keep in left or not workspace.tree.exists(keep):
            continue
        now = workspace.tree.read(keep)
        if united:
            found = joining.joined(git, path, sides, keep, now, parted, workspace.open)
        else:
            found = joining.followed(git, path, sides, keep, now)
        if found is None:
            continue
        write_bytes(Path(git.root) / keep, found.data)
        (Path(git.root) / path).unlink(missing_ok=True)
        left.discard(path)
        if found.conflicts:
            joining.leave(git, path, sides, keep)
            left.add(keep)
        else:
            git.run("add", "--all", "--", keep, path)
    if not left and not git.run("ls-files", "--unmerged"):
        git.run("commit", "--quiet", "--no-edit")
    return sorted(left)


def following(workspace: Workspace) -> Change | None:
    """What has files name the customer that another one was merged into; None where all do."""
    steps: dict[str, dict[str, str]] = {}
    workspace.changed()
    for old, keep in former_ids(workspace.database).items():
        for path in workspace.index.naming(CUSTOMER.name, old):
            steps.setdefault(path, {})[old] = keep
    if not steps:
        return None

    def settled(named: dict[str, str]) -> Callable[[Document], None]:
        def update(document: Document) -> None:
            for old, keep in named.items():
                settle(document, old, keep)

        return update

    names = ", ".join(sorted({old for named in steps.values() for old in named}))
    edits = tuple(Edit(path, settled(named)) for path, named in sorted(steps.items()))
    return Change(f"follow {names}", edits)
