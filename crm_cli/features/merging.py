"""Merging records for git, and resolving conflicts."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from crm_cli.model.errors import ConflictError, DataError, NotFound, UsageError
from crm_cli.model.places import Shape, place_of
from crm_cli.store import outside
from crm_cli.store.blobs import Blobs
from crm_cli.store.compose import compose, decode
from crm_cli.store.conflicts import Side, in_texts, joined, sides
from crm_cli.store.filtered import filter_of, git_of
from crm_cli.store.merge import both, merge_file
from crm_cli.store.renames import is_guessed
from crm_cli.store.repository import REBASE, find_repository
from crm_cli.store.trust import is_trusted
from crm_cli.workspace import Change, Rewrite, Workspace, Written


def merge_files(
    base: Path, ours: Path, theirs: Path, path: str, environ: Mapping[str, str]
) -> tuple[str, ...]:
    """Merge three files into `ours`, as git's merge drivers do; a line for each conflict.

    git calls it in the top folder of its repository, with contents as it stores them: where
    `path` has a filter they are converted before, and the result back.

    Raises UsageError, StorageError; then `ours` is as it was.
    """
    texts = [outside.read(one) for one in (base, ours, theirs)]
    stored = texts[0]
    through = filter_of(path, Path.cwd(), environ)
    if through is not None:
        texts = [through.smudged(text) for text in texts]
    git = git_of(Path.cwd(), environ)
    if git is not None and is_guessed(git, path, texts, stored):
        merged = both(texts[1], texts[2], path)
        said = [
            f"git took {path} for another record that was renamed; end this with --abort, "
            "and begin again with -X find-renames=100%"
        ]
    else:
        merged = merge_file(texts[0], texts[1], texts[2], path)
        said = [f"both sides changed {one} of {path}; run crm resolve" for one in merged.conflicts]
    if merged.data != texts[1]:
        outside.write_bytes(ours, through.cleaned(merged.data) if through else merged.data)
    return tuple(said)


class Unsettled(NamedTuple):
    """A file with both sides of a merge in it. `whole` says that one of them is to be taken
    as the whole file: the other removed it, or it is no text that could hold both."""

    path: str
    sides: tuple[Side, ...]
    whole: bool = False
    by_hand: bool = False
    """True if it is neither side, and has no marks: it stays as it was edited."""


def unsettled(workspace: Workspace, names: tuple[str, ...] = ()) -> list[Unsettled]:
    """The files of an unresolved merge: those named by id or path, else all of them.

    A file that was settled in an editor has no sides any more. Raises NotFound for a name
    that is none of them.
    """
    workspace.checking = True
    problems = workspace.index.problems()
    found = {one.path for one in problems if one.code == "merge-conflict"}
    stages = _unmerged(workspace)
    found.update(stages)
    found.update(one.path for one in in_texts(workspace.tree))
    chosen = sorted(found)
    if names:
        chosen = [_meant(name, chosen) for name in names]
    return [_file(workspace, path, stages.get(path, {})) for path in chosen]


def _unmerged(workspace: Workspace) -> dict[str, dict[str, str]]:
    """The blobs of each side (`2` ours, `3` theirs) of the paths that git has not merged."""
    if not _has_git(workspace):
        return {}
    found: dict[str, dict[str, str]] = {}
    for line in workspace.git.run("ls-files", "--unmerged", "-z").split(b"\0"):
        head, _, path = line.partition(b"\t")
        fields = head.decode().split()
        if len(fields) == 3:
            found.setdefault(os.fsdecode(path), {})[fields[2]] = fields[1]
    return found


def _file(workspace: Workspace, path: str, stages: dict[str, str]) -> Unsettled:
    text = _text(workspace, path) if workspace.tree.exists(path) else ""
    if stages and not {"2", "3"} <= stages.keys():
        mine, theirs = (_blob(workspace, stages.get(one, ""), path) for one in "23")
        if text not in ("", mine, theirs):
            return Unsettled(path, tuple(sides(text)), by_hand=not sides(text))
        return Unsettled(path, (Side(1, mine, theirs),), whole=True)
    found = tuple(sides(text))
    if stages and not found and _is_text(path):
        # What git cannot merge by line, such as an image, it leaves as ours.
        mine, theirs = (_blob(workspace, stages.get(one, ""), path) for one in "23")
        if text == mine:
            return Unsettled(path, (Side(1, mine, theirs),), whole=True)
    return Unsettled(path, found, by_hand=bool(stages) and not found)


def _blob(workspace: Workspace, id: str, path: str) -> str:
    """The text of a blob; empty without an id, which is of no file."""
    if not id:
        return ""
    blobs = Blobs(workspace.git)
    try:
        return blobs.read(id, path).decode("utf-8", "surrogateescape")
    finally:
        blobs.close()


def _is_text(path: str) -> bool:
    place = place_of(path)
    return place is not None and place.shape is Shape.TEXTS


def _meant(name: str, among: list[str]) -> str:
    for path in among:
        stem = path.rsplit("/", 1)[-1].removesuffix(".yaml")
        if name in (path, stem, stem + ".yaml"):
            return path
    raise NotFound(f"{name} has no unresolved merge", f"there are: {', '.join(among) or 'none'}")


def _text(workspace: Workspace, path: str) -> str:
    return workspace.tree.read(path).decode("utf-8", "surrogateescape")


Choice = Callable[[Unsettled, Side], str]
"""The lines that are to stay: one side's, or both."""


def resolve(workspace: Workspace, files: list[Unsettled], choose: Choice) -> Written:
    """Put what was chosen in place of both sides, and finish the merge when all are settled.

    Raises DataError where the result is no record, UsageError where there is nothing to do:
    not even a merge to be ended, of which all is settled.
    """
    if not files and not is_merging(workspace):
        raise UsageError("there is no unresolved merge")
    steps: list[Rewrite] = []
    for file in files:
        if file.whole:
            before = _text(workspace, file.path) if workspace.tree.exists(file.path) else ""
            if before not in ("", file.sides[0].ours, file.sides[0].theirs):
                raise _meanwhile(file.path)
            old, new = (
                one.encode("utf-8", "surrogateescape") or None
                for one in (before, choose(file, file.sides[0]))
            )
            steps.append(Rewrite(file.path, _replacing(file.path, old, new)))
        elif file.sides:
            text = _text(workspace, file.path)
            if tuple(sides(text)) != file.sides:
                raise _meanwhile(file.path)
            chosen = joined(text, [choose(file, side) for side in file.sides])
            old, new = (one.encode("utf-8", "surrogateescape") for one in (text, chosen))
            if not _is_text(file.path):
                _check(new, file.path)
            steps.append(Rewrite(file.path, _replacing(file.path, old, new)))
    names = [file.path.rsplit("/", 1)[-1].removesuffix(".yaml") for file in files]
    change = Change(f"resolve {', '.join(names)}", tuple(steps), "final")
    return workspace.write(change, keep=False)


def finish(workspace: Workspace, paths: tuple[str, ...]) -> None:
    """Tell git that files are settled, which ends the merge if all are. Raises GitFailed."""
    if not _has_git(workspace):
        return
    git = workspace.git
    if paths:
        git.run("add", "--all", "--", *paths)
    if not is_merging(workspace) or git.run("ls-files", "--unmerged"):
        return
    git.run("commit", "--quiet", "--no-edit")


def _has_git(workspace: Workspace) -> bool:
    found = find_repository(workspace.root)
    return found is not None and is_trusted(workspace.root, workspace.environ)


def is_merging(workspace: Workspace) -> bool:
    """Whether git waits for a merge to be ended."""
    found = find_repository(workspace.root)
    return found is not None and (Path(found.gitdir) / "MERGE_HEAD").exists()


def is_rebasing(workspace: Workspace) -> bool:
    """Whether git is putting commits upon others: what it calls ours are those others then."""
    found = find_repository(workspace.root)
    return found is not None and found.obstacle() == REBASE


def _replacing(
    path: str, old: bytes | None, new: bytes | None
) -> Callable[[bytes | None], bytes | None]:
    def update(data: bytes | None) -> bytes | None:
        if (data or None) != old:
            raise _meanwhile(path)
        return new

    return update


def _meanwhile(path: str) -> ConflictError:
    return ConflictError(f"{path} was changed meanwhile", "run crm resolve again")


def _check(data: bytes, path: str) -> None:
    decoded = decode(data, path)
    if not isinstance(decoded, tuple):
        raise DataError(f"{decoded.place}: {decoded.message}", decoded.hint)
    root, problems = compose(decoded[0], path)
    if root is None and problems:
        first = problems[0]
        raise DataError(
            f"so {path} would not be a record: {first.message}",
            "choose one side, or edit it by hand; nothing was written",
        )
