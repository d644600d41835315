"""Syncing with a remote: commit, fetch, merge, check, push."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from crm_cli.features.closed_books import edited
from crm_cli.features.plan import Plan
from crm_cli.features.syncing import crossing, merges, numbers
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import ConflictError, DataError, Problem, Refused, Severity
from crm_cli.model.identity import alike
from crm_cli.model.ids import unique
from crm_cli.model.node import plain
from crm_cli.model.places import PLACES, Shape, is_kept, kind_of
from crm_cli.store import sync as syncing
from crm_cli.store.arriving import bases_of
from crm_cli.store.commits import (
    by_files,
    commit_paths,
    forget,
    hand_subject,
    name_of,
    uncommitted,
)
from crm_cli.store.git import Git
from crm_cli.store.gittree import GitTree
from crm_cli.store.objects import in_head
from crm_cli.workspace import Workspace

ROUNDS = 12
"""So often somebody else may be faster before we give up."""

_BESIDE = (".gitignore", ".gitattributes")
"""Files that go along with the data."""


Planner = Callable[[Workspace, str, str], Plan]
"""Plans to give a customer another id, wherever it is mentioned: (workspace, old id, new id)."""


class Gone(Refused):
    """So many records are gone from the folder that somebody has to say it is meant."""


class Synced(NamedTuple):
    """What was exchanged: numbers of commits sent and received, and files.

    `committed` were edited by hand and committed; `invalid` were, and were not; `broken`
    are problems in files that came in; `conflicts` have to be settled before anything is
    sent. `apart` are the old and new ids of our customers who were added with an id that
    another one has got meanwhile; `gone` says how many records were removed where that would
    not be committed without a word; `namesakes` (id, ids) of those who came in, and are called
    as others are; `merged` the sides of each merge; `meant` what named a number of one purchase,
    which two have now, and names it by its id; `crossed` a line on each record that both sides call
    otherwise, for people to decide; `aside` the branch here and the one that clones begin with,
    where they are two. Where there is no remote its name is empty.
    """

    remote: str
    sent: int
    received: int
    committed: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    broken: tuple[Problem, ...] = ()
    conflicts: tuple[str, ...] = ()
    dry: bool = False
    gone: str = ""
    apart: tuple[tuple[str, str], ...] = ()
    namesakes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    merged: tuple[numbers.Sides, ...] = ()
    meant: tuple[numbers.Meant, ...] = ()
    crossed: tuple[str, ...] = ()
    aside: tuple[str, str] | None = None


def sync(
    workspace: Workspace, rename: Planner, *, dry_run: bool = False, removing: bool = False
) -> Synced:
    """Bring this clone and its remote together; `dry_run` only fetches and tells.

    With `removing` more than a tenth of the records may be gone, otherwise that is Gone.
    Raises Refused, ConflictError, StorageError (offline: all is saved and committed here).
    """
    git = workspace.git
    if not dry_run and syncing.cut_off(git):
        with workspace.alone():
            merges.resume(workspace, git)
    reason = git.repository.obstacle() if git.repository else ""
    unmerged = syncing.unmerged(git)
    if reason or unmerged:
        cure = "run crm resolve first" if unmerged else "finish it first"
        raise Refused(f"nothing can be synchronized now: {reason or 'files are in conflict'}", cure)
    remote = syncing.remote_of(git)
    if dry_run and remote is None:
        valid, invalid = _edited(workspace, git)
        gone = _gone(git, valid)
        return Synced("", 0, 0, tuple(valid), tuple(invalid), dry=True, gone=gone)
    if dry_run and remote is not None:
        syncing.fetch(git, remote)
        away = syncing.distance(git, remote)
        twins = _twins(workspace, git, syncing.fetched(git, remote)) if away.behind else []
        valid, invalid = _edited(workspace, git)
        return Synced(
            remote.name, away.ahead, away.behind, tuple(valid), tuple(invalid), dry=True,
            gone=_gone(git, valid), apart=tuple(twins), aside=syncing.aside(git, remote),
        )  # fmt: skip
    done = _exchange(workspace, rename, git, remote, removing=removing)
    return done._replace(aside=syncing.aside(git, remote)) if remote is not None else done


def _exchange(
    workspace: Workspace, rename: Planner, git: Git, remote: syncing.Remote | None, *,
    removing: bool,
) -> Synced:  # fmt: skip
    """Exchange until nothing that came in asks for a change of ours."""
    whole = Synced("", 0, 0)
    while True:
        with workspace.alone():
            done = _sync(workspace, git, remote, removing=removing)
        whole = _added(whole, done)
        if done.conflicts:
            return whole
        # Who was sent first keeps the id: others know them by it.
        for old, new in done.apart:
            workspace.write(rename(workspace, old, new).change)
        if done.apart:
            continue
        followed, said = crossing.follow(workspace, done.merged)
        whole = whole._replace(crossed=tuple(dict.fromkeys((*whole.crossed, *said))))
        is_new = bool(done.received or followed)
        changes = list(filter(None, [merges.following(workspace)])) if is_new else []
        if named := numbers.meant(workspace, git, done.merged):
            changes.append(numbers.change(named))
            told = tuple(one for those in named.values() for one in those)
            whole = whole._replace(meant=whole.meant + told)
        for change in changes:
            workspace.write(change)
        if not changes and not followed:
            return whole._replace(broken=tuple(_still(workspace, whole.broken)))


def _added(whole: Synced, done: Synced) -> Synced:
    """What was exchanged in all, with one more round."""
    apart = whole.apart + done.apart
    namesakes = dict.fromkeys((*whole.namesakes, *done.namesakes))
    return done._replace(
        sent=whole.sent + done.sent,
        received=whole.received + done.received,
        committed=tuple(dict.fromkeys((*whole.committed, *done.committed))),
        broken=tuple(dict.fromkeys((*whole.broken, *done.broken))),
        apart=apart,
        namesakes=tuple(one for one in namesakes if not _is_of(one, apart)),
        meant=whole.meant,
        crossed=whole.crossed,
    )


def _still(workspace: Workspace, told: tuple[Problem, ...]) -> list[Problem]:
    """The problems that are there yet, after what came in was followed."""
    known = {(one.path, one.code, one.message) for one in told}
    if not known:
        return []
    workspace.changed()
    index = workspace.index
    found = [*index.problems(), *index.doubles(), *index.dangling()]
    return [one for one in found if (one.path, one.code, one.message) in known]


def _is_of(
    namesake: tuple[str, tuple[str, ...]], apart: Iterable[tuple[str, str]]
) -> bool:
    return any(old == namesake[0] and new in namesake[1] for old, new in apart)


def _twins(workspace: Workspace, git: Git, commit: str) -> list[tuple[str, str]]:
    """(id, new id) of customers whom both sides added with one id, and who are not the same.

    Where their files are called differently (Eva.yaml, eva.yaml, north/eva.yaml) they stay two:
    git makes one of files by their names alone.
    """
    mine, others = (_by_id(paths) for paths in syncing.added_since_parting(git, commit))
    both = sorted(mine.keys() & others.keys())
    found: list[tuple[str, str]] = []
    if not both:
        return found
    theirs = GitTree(git, commit, git.line("rev-parse", f"{commit}:{git.prefix}".rstrip("/")))
    workspace.changed()
    taken = workspace.customer_ids()
    taken |= {_id(path) for path, *_ in theirs.entries() if kind_of(path) is CUSTOMER}
    for id in both:
        if mine[id] != others[id] or _differ(workspace, theirs, mine[id]):
            new = unique(id, taken)
            taken.add(new)
            found.append((id, new))
    return found


def _by_id(paths: Iterable[str]) -> dict[str, str]:
    """The paths of customers' files by the ids that they are answered as."""
    return {_id(path): path for path in sorted(paths) if kind_of(path) is CUSTOMER}


def _id(path: str) -> str:
    from crm_cli.index.reading import id_of

    return id_of(path)[0]


def _differ(workspace: Workspace, theirs: GitTree, path: str) -> bool:
    """Whether a file is another customer's on the other side; a conflict is to be settled."""
    try:
        one = workspace.open(path, workspace.tree.read(path))
        other = workspace.open(path, theirs.read(path))
    except (FileNotFoundError, DataError):
        return False
    return plain(one.root) != plain(other.root) and not alike(one.record, other.record)


def _namesakes(workspace: Workspace, came: set[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(id, ids of the others) of the customers in new files whose name others have."""
    ids = {name_of(path) for path in came if kind_of(path) is CUSTOMER}
    if not ids:
        return
    called: dict[str, list[str]] = {}
    for name, id in workspace.select(CUSTOMER, cols=("name", "id")).rows:
        called.setdefault(name, []).append(id)
    for held in called.values():
        for id in ids.intersection(held) if len(held) > 1 else ():
            yield id, tuple(one for one in held if one != id)


def _sync(
    workspace: Workspace, git: Git, remote: syncing.Remote | None, *, removing: bool
) -> Synced:
    valid, invalid = _edited(workspace, git)
    gone = "" if removing else _gone(git, valid)
    if gone:
        raise Gone(f"{gone}; nothing was committed", "crm sync --yes if they are to be removed")
    if valid:
        workspace.told_of(edited(workspace, git, valid))
        valid = _commit(git, valid)
    if remote is None:
        return Synced("", 0, 0, tuple(valid), tuple(invalid))
    before = parted = git.line("rev-parse", "HEAD")
    received = sent = 0
    merged: list[numbers.Sides] = []
    for again in range(ROUNDS):
        syncing.fetch(git, remote)
        apart = syncing.distance(git, remote)
        received += apart.behind
        if apart.behind:
            twins = _twins(workspace, git, syncing.fetched(git, remote))
            if twins:
                return Synced(remote.name, 0, 0, tuple(valid), tuple(invalid), apart=tuple(twins))
            if not again:
                parted = next(iter(bases_of(git, syncing.fetched(git, remote))), before)
            conflicts = merges.merge(workspace, git, remote, parted)
            if conflicts:
                found = tuple(sorted(conflicts))
                return Synced(
                    remote.name, 0, received, tuple(valid), tuple(invalid), conflicts=found
                )
            apart = syncing.distance(git, remote)
        if not apart.ahead:
            break
        merged = numbers.unsent(git, remote.ref)
        if syncing.push(git, remote):
            sent = apart.ahead
            break
        # Whoever else is at it gets out of step with us.
        time.sleep(random.uniform(0.05, 0.2) * (again + 1))
    else:
        raise ConflictError(
            f"somebody else keeps pushing to {remote.name}; gave up after {ROUNDS} rounds",
            "all is merged and committed here; run crm sync again",
        )
    if not received:
        return Synced(
            remote.name, sent, received, tuple(valid), tuple(invalid), merged=tuple(merged)
        )
    broken = _broken(workspace, syncing.incoming(git, before), syncing.incoming(git, parted))
    namesakes = _namesakes(workspace, set(syncing.incoming(git, before, "A")))
    return Synced(
        remote.name, sent, received, tuple(valid), tuple(invalid), tuple(broken),
        namesakes=tuple(namesakes), merged=tuple(merged),
    )  # fmt: skip


def _commit(git: Git, valid: list[str]) -> list[str]:
    """Commit what earlier commands could not, by their subjects, and what was edited by hand.

    Gives the files that were: what was staged and taken back since is none.
    """
    valid = syncing.stage(git, valid)
    left = set(valid)
    known = in_head(git, valid)
    for one in by_files(uncommitted(git.root)):
        paths = [path for path in one.paths if path in left]
        if paths:
            new = [path for path in paths if path not in known]
            commit_paths(git, one.subject, paths, new, author=one.author)
            left.difference_update(paths)
    forget(git.root)
    if left:
        paths = sorted(left)
        commit_paths(git, hand_subject(paths), paths, [path for path in paths if path not in known])
    return valid


def _gone(git: Git, valid: list[str]) -> str:
    """How many records are gone from their folder, if more than a tenth are.

    As where a disk is not mounted. What commands have removed does not count.
    """
    told = {path for one in uncommitted(git.root) for path in one.paths}
    for place in PLACES:
        if place.shape is not Shape.RECORDS:
            continue
        missing = [path for path in valid if path.startswith(place.path) and path not in told]
        missing = [path for path in missing if not os.path.lexists(f"{git.root}/{path}")]
        if len(missing) < 2:
            continue
        listed = git.run("ls-tree", "-r", "-z", "--name-only", "HEAD", place.path)
        known = {os.fsdecode(path) for path in listed.split(b"\0") if path}
        gone = known.intersection(missing)
        if len(gone) > max(1, len(known) // 10):
            return f"{len(gone):,} of {len(known):,} files of {place.path} are gone"
    return ""


def _edited(workspace: Workspace, git: Git) -> tuple[list[str], list[str]]:
    """The files of the directory that were edited by hand: valid ones, invalid ones."""
    found = [path for path in syncing.edited(git) if is_kept(path) or path in _BESIDE]
    if not found:
        return [], []
    found.sort()
    wrong = {problem.path for problem in _errors(workspace)}
    # A folder that cannot be read has not lost its files.
    wrong |= {one for one in found if not wrong.isdisjoint(_folders(one))}
    return [one for one in found if one not in wrong], [one for one in found if one in wrong]


def _folders(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:number]) for number in range(1, len(parts))]


def _broken(workspace: Workspace, came: list[str], touched: list[str]) -> tuple[Problem, ...]:
    """The errors in files that came in, numbers that were given here as well, and references to
    what one side has removed or renamed, in the files that either side has `touched`."""
    workspace.changed()
    index = workspace.index
    doubles = [one for one in index.doubles() if one.severity is Severity.ERROR]
    dangling = [one for one in index.dangling() if one.severity is Severity.ERROR]
    found = [one for one in [*_errors(workspace), *doubles] if one.path in came]
    return (*found, *(one for one in dangling if one.path in touched))


def _errors(workspace: Workspace) -> list[Problem]:
    return [one for one in workspace.index.problems() if one.severity is Severity.ERROR]
