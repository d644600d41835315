"""Syncing a clone with its remote; everything here may use the network."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from crm_cli.model.errors import ConflictError, Refused, StorageError
from crm_cli.model.places import FORGOTTEN
from crm_cli.store import told
from crm_cli.store.arriving import bases_of
from crm_cli.store.attributes import check_filters
from crm_cli.store.forgotten import barred_in
from crm_cli.store.git import Git, Ran, nul_separated
from crm_cli.store.incoming import examine
from crm_cli.store.setup import driver

SECONDS = 120.0
"""How long one conversation with a remote may take."""

MERGING = "merging"
"""The note of a merge that has begun, and has not told of what is left."""
_MERGED = ("HEAD", "MERGE_HEAD")

_LATER = (
    "[rejected]",
    "non-fast-forward",
    "fetch first",
    "cannot lock ref",
    "failed to update ref",
)


class Remote(NamedTuple):
    """Where a branch goes: the remote's name, the branch there, and whether git was told so."""

    name: str
    branch: str
    tracked: bool

    @property
    def ref(self) -> str:
        """Where git keeps what was last seen of it."""
        return f"refs/remotes/{self.name}/{self.branch}"


class Distance(NamedTuple):
    """Commits that only this side has, and that only the other has."""

    ahead: int
    behind: int


def remote_of(git: Git) -> Remote | None:
    """The remote of the branch that is checked out; None where there is none."""
    branch = git.text("symbolic-ref", "--quiet", "--short", "HEAD")
    name = git.text("config", "--get", f"branch.{branch}.remote")
    merge = git.text("config", "--get", f"branch.{branch}.merge")
    if name and merge.startswith("refs/heads/"):
        return Remote(name, merge.removeprefix("refs/heads/"), True)
    names = git.run("remote").decode("utf-8", "replace").split()
    if not names:
        return None
    return Remote("origin" if "origin" in names else names[0], branch, False)


def aside(git: Git, remote: Remote) -> tuple[str, str] | None:
    """The branch that goes there, and the one that clones of the remote begin with; None where
    they are one, or git was not told."""
    there = f"refs/remotes/{remote.name}/"
    usual = git.text("symbolic-ref", "--quiet", f"{there}HEAD").removeprefix(there)
    return (remote.branch, usual) if usual not in ("", remote.branch) else None


def fetch(git: Git, remote: Remote) -> None:
    """Get what the remote has; raises GitFailed (offline, no access), and Refused where either
    side has a history that was rewritten in the other."""
    _refuse_unsent(git, remote)
    ran = git.ask(
        "fetch", "--quiet", "--no-recurse-submodules", remote.name, network=True, seconds=SECONDS
    )
    if ran.code:
        raise StorageError(
            f"{remote.name} cannot be reached: {ran.reason}",
            "your data is saved and committed here; crm sync again when there is a connection",
        )
    _refuse_barred(git, remote)


def _refuse_unsent(git: Git, remote: Remote) -> None:
    """Raise Refused where a history was rewritten here, and the remote was not seen since: to
    fetch would bring the old one back."""
    if git.text("rev-parse", "--verify", "--quiet", remote.ref) or not _barred(git, "HEAD"):
        return
    words = ("ls-remote", "--exit-code", remote.name, f"refs/heads/{remote.branch}")
    if git.ask(*words, network=True, seconds=SECONDS).code == 0:
        raise Refused(*_old_there(remote))


def _barred(git: Git, commit: str) -> tuple[str, ...]:
    """The commits that must not be in any clone, as a commit lists them."""
    ran = git.ask("cat-file", "blob", f"{commit}:{git.prefix}{FORGOTTEN.path}")
    return barred_in(ran.out) if not ran.code else ()


def _old_there(remote: Remote) -> tuple[str, str]:
    """What is said where a remote has the old history, and what is to be done."""
    name = remote.name
    return (
        f"{name} still has the history that was rewritten here; nothing was exchanged",
        f"git push --force --all {name}; git push --force --tags {name}",
    )


def _refuse_barred(git: Git, remote: Remote) -> None:
    """Raise Refused where one side still has a history that the other has rewritten, since
    somebody was forgotten: merged, it would all come back."""
    old_here = (
        f"the history was rewritten in {remote.name}, and this clone still has the old one; "
        "nothing was exchanged",
        "send by hand what is only here, delete this clone, and clone anew",
    )
    ours = ("HEAD", remote.ref, _old_there(remote))
    for mine, other, said in (ours, (remote.ref, "HEAD", old_here)):
        for commit in _barred(git, mine):
            if git.ask("merge-base", "--is-ancestor", commit, other).code == 0:
                raise Refused(*said)


def distance(git: Git, remote: Remote) -> Distance:
    """How far both sides are apart, by what was last seen."""
    if git.ask("rev-parse", "--verify", "--quiet", remote.ref).code:
        return Distance(int(git.line("rev-list", "--count", "HEAD")), 0)
    ahead, behind = git.line("rev-list", "--left-right", "--count", f"HEAD...{remote.ref}").split()
    return Distance(int(ahead), int(behind))


def fetched(git: Git, remote: Remote) -> str:
    """The commit that was fetched, if it may be merged; raises Refused where it may not."""
    commit = git.line("rev-parse", "--verify", remote.ref)
    examine(git, commit, f"{remote.name}/{remote.branch}")
    return commit


def begin_merge(git: Git, remote: Remote) -> None:
    """Note what is merged into what, for a run that goes on where this one is killed."""
    told.note(git.root, MERGING, f"{git.line('rev-parse', 'HEAD')} {fetched(git, remote)}")


def end_merge(git: Git) -> None:
    """All that can be settled without people is; the rest was told, or is about to be."""
    told.forget(git.root, MERGING)


def cut_off(git: Git) -> str:
    """The commit that a sync was merging when it was killed; empty if none was, or if git has
    been told something else since."""
    noted = told.noted(git.root, MERGING)
    if not noted:
        return ""
    head, theirs = (git.text("rev-parse", "--verify", "--quiet", name) for name in _MERGED)
    return theirs if noted == f"{head} {theirs}" else ""


def merge(git: Git, remote: Remote) -> list[str]:
    """Merge what was fetched; the paths in conflict, which stay to be settled.

    Raises Refused where it would bring files that are not data; ConflictError where git will
    not even begin, with the files as they were.
    """
    # By its id, since another fetch could bring another one meanwhile.
    commit = fetched(git, remote)
    subject = f"Merge remote-tracking branch '{remote.name}/{remote.branch}'"
    ran = git.ask(
        "-c", f"merge.crm.driver={driver()}", "-c", "merge.crm.name=crm",
        "merge", "--quiet", "--no-edit", "--no-stat", "--ff", "--commit", "--no-squash",
        "-X", "find-renames=100%", "-m", subject, commit,
        network=True, seconds=600.0,
    )  # fmt: skip
    if not ran.code:
        return []
    unmerged = git.run("diff", "--name-only", "-z", "--diff-filter=U").split(b"\0")
    conflicts = [os.fsdecode(path) for path in unmerged if path]
    outside = [path for path in conflicts if not path.startswith(git.prefix)]
    if outside or not conflicts:
        # What is not ours cannot be settled here; a merge that waits for it would stop every sync.
        git.ask("merge", "--abort")
    if outside:
        raise ConflictError(
            f"both sides changed {', '.join(outside[:3])}, outside of the data directory; "
            "nothing was merged",
            f"git merge {remote.name}/{remote.branch}, settle it there, then run crm sync",
        )
    if not conflicts:
        raise ConflictError(f"git merge: {_refusal(ran)}", "nothing was merged")
    return [path.removeprefix(git.prefix) for path in conflicts]


def push(git: Git, remote: Remote) -> bool:
    """Send what the remote has not; False where somebody else was faster. Raises StorageError."""
    words = [] if remote.tracked else ["--set-upstream"]
    ran = git.ask(
        "push", "--quiet", "--porcelain", *words, remote.name, f"HEAD:refs/heads/{remote.branch}",
        network=True, seconds=SECONDS,
    )  # fmt: skip
    if not ran.code:
        return True
    answer = (ran.err + ran.out).decode("utf-8", "replace")
    if any(word in answer for word in _LATER):
        return False
    raise StorageError(
        f"{remote.name} does not take it: {ran.reason}",
        "it is committed here; crm sync tries again",
    )


def edited(git: Git) -> dict[str, str]:
    """Files that differ from the last commit or the index, or are new and not ignored.

    Each has the letters that `git status` shows: of the index, and of the folder.
    """
    out = git.run(
        "status",
        "--porcelain",
        "-z",
        "--untracked-files=all",
        "--no-renames",
        "--ignore-submodules=all",
        ".",
    )
    prefix = git.prefix
    found: dict[str, str] = {}
    for entry in out.split(b"\0"):
        path = os.fsdecode(entry[3:])
        if path.startswith(prefix) and path != prefix:
            # Removed from the index, and not from the folder: it has two entries.
            known = path.removeprefix(prefix)
            found[known] = found.get(known, "") + entry[:2].decode()
    return found


def stage(git: Git, paths: Sequence[str]) -> list[str]:
    """Have the index agree with the folder where something else was staged by hand.

    Gives those of the files that then differ from the last commit. Raises StorageError.
    """
    states = edited(git)
    both = [path for path in paths if _is_half_staged(states.get(path, ""))]
    if not both:
        return [*paths]
    check_filters(git, both)
    listed = ("--pathspec-from-file=-", "--pathspec-file-nul")
    git.run("add", "--all", *listed, input=nul_separated(both))
    left = edited(git)
    return [path for path in paths if path in left]


def _is_half_staged(state: str) -> bool:
    # One that was only intended to be added, and is gone, looks like one that is removed.
    return state == " D" or (state[:1] not in ("", " ", "?") and state[1:] != " ")


def unmerged(git: Git) -> bool:
    """Whether a merge waits for conflicts to be settled."""
    return bool(git.run("ls-files", "--unmerged"))


def incoming(git: Git, before: str, only: str = "", after: str = "HEAD") -> list[str]:
    """The files that differ between a commit and another; with `only` as `A` the added ones."""
    words = [f"--diff-filter={only}"] if only else []
    out = git.run(
        "diff", "--name-only", "--relative", "--no-renames", "-z", *words, before, after
    )  # fmt: skip
    return [os.fsdecode(path) for path in out.split(b"\0") if path]


def added_since_parting(git: Git, commit: str) -> tuple[list[str], list[str]]:
    """The files that are new in the present commit, and those in another, since they parted."""
    bases = bases_of(git, commit)
    if not bases:
        return [], []
    return incoming(git, bases[0], "A"), incoming(git, bases[0], "A", commit)


def _refusal(ran: Ran) -> str:
    lines = [line.strip() for line in ran.err.decode("utf-8", "replace").splitlines()]
    named = [line for line in lines if line.endswith(".yaml")]
    if "overwritten by merge" in " ".join(lines) and named:
        return f"{', '.join(named[:3])} was edited here and cannot be committed as it is"
    return ran.reason
