"""Committing each command's change.

Git comes after the write and is not part of it. Where it cannot be had, the data is
saved all the same, what was not committed is noted in `.crm/uncommitted`, and the next
command commits it. What a command found edited by hand is committed first, on its own.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from crm_cli.model.errors import Refused, StorageError
from crm_cli.store import files, paths, told
from crm_cli.store.attributes import check_filters
from crm_cli.store.blobs import Blobs
from crm_cli.store.git import Git, GitFailed, nul_separated
from crm_cli.store.objects import differing_paths, in_head, is_in, stored
from crm_cli.store.signing import cannot_sign
from crm_cli.store.trust import Untrusted, trusted_repository
from crm_cli.store.undo import Entry, record

_UNCOMMITTED = "uncommitted"
_MANY = 5
_MATCHED = 200


class Change(NamedTuple):
    """A file that a command wrote: bytes before and after (None: no file)."""

    path: str
    before: bytes | None
    after: bytes | None


class Kept(NamedTuple):
    """What to say where it was not committed, else empty; and whether that is noted.

    `by_hand` is what was found edited by hand, and committed first.
    """

    said: str = ""
    noted: bool = True
    by_hand: tuple[Change, ...] = ()


class Pending(NamedTuple):
    """What an earlier command saved and could not commit."""

    subject: str
    paths: tuple[str, ...]
    author: str = ""


def keep(
    root: Path,
    environ: Mapping[str, str],
    subject: str,
    changes: Sequence[Change],
    *,
    author: str = "",
    entry: Entry | None = None,
) -> Kept:
    """Commit what a command wrote; `entry` is what it is for undo.

    `author` is `Name <e-mail>` of who gave the command, where that is not git's own user.
    To be called while the directory is locked. Never raises for anything that git does.
    """
    real = os.path.realpath(root)
    written = [change.path for change in changes]
    said = True
    try:
        repository = trusted_repository(root, environ)
        if repository is None:
            return Kept()
        if not (reason := repository.obstacle()):
            git = Git(real, environ, repository)
            apart = submodules(git, written)
            changes = [change for change in changes if change.path not in apart]
            try:
                commit, by_hand = _retried(git, real, subject, changes, author)
            except GitFailed:
                if not (unsigned := cannot_sign(git)):
                    raise
                reason = f"commits cannot be signed ({unsigned}); see crm doctor"
                said = told.first(real, told.UNSIGNED)
            else:
                if commit:
                    record(real, commit, entry)
                return Kept(_said_of(apart), by_hand=by_hand)
    except Untrusted:
        reason = "this directory is not trusted yet (crm git setup)"
    except (StorageError, Refused) as error:
        reason = error.message
    except OSError as error:
        reason = files.reason(error)
    noted = note(real, subject, written, author)
    return Kept(f"saved, not committed: {reason}" if said else "", noted)


def _retried(
    git: Git, real: str, subject: str, changes: Sequence[Change], author: str
) -> tuple[str, tuple[Change, ...]]:
    """Commit, see `_keep`; another git that holds the index is waited for, not long."""
    for pause in (0.1, 0.3, 0.6, 1.0, None):
        try:
            return _keep(git, real, subject, changes, author)
        except GitFailed as error:
            if pause is None or "index.lock" not in error.message:
                raise
            time.sleep(pause)
    return "", ()


def _keep(
    git: Git, real: str, subject: str, changes: Sequence[Change], author: str
) -> tuple[str, tuple[Change, ...]]:
    """The id of the commit of what was written, if one was necessary, and what was edited by
    hand before."""
    written = {_tracked(real, change.path): change for change in changes}
    pending = uncommitted(real)
    heads = in_head(git, [*written, *(path for one in pending for path in one.paths)])
    late = {path for one in pending for path in one.paths}
    found = {path: change.before for path, change in written.items()}
    found |= {path: _on_disk(real, path) for path in late if path not in written}
    differing = differing_paths(git, heads, found)
    earlier: dict[str, bytes | Path | None] = {
        path: found[path] if path in written else Path(path) for path in sorted(late & differing)
    }
    by_hand = {path: found[path] for path in written if path in differing - late}
    if earlier:
        whole = together(pending)
        commit_contents(git, whole.subject, earlier, author=whole.author)
    edits = _edits(git, heads, by_hand)
    if by_hand:
        commit_contents(git, hand_subject(by_hand), by_hand)
    forget(real)
    if earlier or by_hand:
        heads = in_head(git, list(written))
    todo = [
        path
        for path, change in written.items()
        if not is_in(git, path, heads.get(path), change.after)
    ]
    if not todo:
        return "", edits
    new = [path for path in todo if path not in heads]
    commit_paths(git, subject, todo, new, author=author)
    return git.text("rev-parse", "HEAD"), edits


def _edits(
    git: Git, heads: Mapping[str, str], by_hand: Mapping[str, bytes | None]
) -> tuple[Change, ...]:
    """What was edited by hand, with what the last commit has of it, as far as git can say."""
    blobs = Blobs(git)
    try:
        return tuple(
            Change(path, blobs.read(heads[path], path) if path in heads else None, data)
            for path, data in by_hand.items()
        )
    except GitFailed:
        return ()  # The commit itself does not need it.
    finally:
        blobs.close()


def commit_paths(
    git: Git, subject: str, todo: Sequence[str], new: Sequence[str] = (), *, author: str = ""
) -> None:
    """One commit of exactly these paths as they are; `new` are those that git does not know.

    What else is staged stays staged. Raises GitFailed, StorageError.
    """
    check_filters(git, todo)
    if len(todo) > _MATCHED:
        # git compares each file with each path that it is given.
        contents = {path: Path(path) for path in todo}
        commit_contents(git, subject, contents, author=author, seconds=300.0)
        return
    listed = ("--pathspec-from-file=-", "--pathspec-file-nul")
    if new:
        git.run("add", "--intent-to-add", *listed, input=nul_separated(new))
    try:
        words = ["commit", "--quiet", "--only", "-m", subject, *_by(author), *listed]
        git.run(*words, input=nul_separated(todo))
    except GitFailed:
        if new:
            # Not `rm --cached`: it may have been committed before it failed.
            git.ask("reset", "--quiet", *listed, input=nul_separated(new))
        raise


def commit_contents(
    git: Git,
    subject: str,
    contents: Mapping[str, bytes | Path | None],
    *,
    author: str = "",
    seconds: float = 30.0,
) -> None:
    """One commit of these texts for these paths, whatever the files say by now.

    None takes a path out; a Path means the file's own text. Raises GitFailed, StorageError.
    """
    check_filters(git, [path for path, content in contents.items() if content is not None])
    lines = []
    on_disk = []
    texts: dict[str, bytes] = {}
    for path, content in contents.items():
        if isinstance(content, Path):
            on_disk.append(path)
        elif content is None:
            lines.append(b"0 " + b"0" * 40 + b"\t" + os.fsencode(path) + b"\0")
        else:
            texts[path] = content
    for path, blob in stored(git, texts).items():
        lines.append(b"100644 " + blob + b"\t" + os.fsencode(path) + b"\0")
    prefix = os.fsencode(git.prefix)
    listed = b"".join(line.replace(b"\t", b"\t" + prefix, 1) if prefix else line for line in lines)
    with tempfile.TemporaryDirectory() as folder:
        extra = {"GIT_INDEX_FILE": os.path.join(folder, "index")}
        if git.head():
            git.run("read-tree", "HEAD", extra=extra)
        for index in (extra, None):
            if index is None:
                words = ["commit", "--quiet", "-m", subject, *_by(author)]
                git.run(*words, extra=extra, seconds=seconds)
            if listed:
                git.run("update-index", "-z", "--index-info", input=listed, extra=index)
            if on_disk:
                git.run(
                    "update-index", "--add", "--remove", "-z", "--stdin",
                    input=nul_separated(on_disk), extra=index,
                )  # fmt: skip


def _by(author: str) -> list[str]:
    """The option for an author that is not git's own user, who stays the committer."""
    return [f"--author={author}"] if author else []


def hand_subject(changed: Sequence[str] | Mapping[str, object]) -> str:
    """`edited by hand: ana-novak, products`."""
    names = sorted(name_of(path) for path in changed)
    if len(names) > _MANY:
        return f"edited by hand: {', '.join(names[:_MANY])} and {len(names) - _MANY} more"
    return f"edited by hand: {', '.join(names)}"


def name_of(path: str) -> str:
    """A customer's id for their file, the file's name without its ending for another."""
    return path.rsplit("/", 1)[-1].removesuffix(".yaml")


def uncommitted(real: str) -> list[Pending]:
    """What earlier commands could not commit."""
    try:
        data = files.read_if_any(os.path.join(real, ".crm", _UNCOMMITTED))
        listed = json.loads(data) if data else []
        return [
            Pending(
                str(subject),
                tuple(paths.check(str(path)) for path in named),
                "".join(str(author) for author in rest),
            )
            for subject, named, *rest in listed
        ]
    except (OSError, ValueError, TypeError, Refused):
        return []


def submodules(git: Git, changed: Sequence[str]) -> dict[str, str]:
    """The files that lie in a submodule, and its folder: a commit of them here would take the
    submodule's place."""
    found: dict[str, str] = {}
    for path in changed:
        parts = _tracked(git.root, path).split("/")
        for folder in ("/".join(parts[:number]) for number in range(1, len(parts))):
            if os.path.lexists(os.path.join(git.root, folder, ".git")):
                listed = git.run("ls-files", "--stage", "-z", "--", folder)
                if listed.startswith(b"160000 "):
                    found[path] = folder
    return found


def _said_of(apart: Mapping[str, str]) -> str:
    """What to say of files in submodules."""
    if not apart:
        return ""
    return f"saved, not committed: {next(iter(apart.values()))} is a submodule (commit there)"


def _tracked(real: str, path: str) -> str:
    """The file that a path really is, where it is a link within the directory."""
    try:
        return os.path.relpath(paths.target(real, path), real).replace(os.sep, "/")
    except OSError:
        return path


def _on_disk(real: str, path: str) -> bytes | None:
    return files.read_if_any(paths.target(real, path))


def together(pending: Sequence[Pending]) -> Pending:
    """Several as one, by its author only if they have the same."""
    subjects = list(dict.fromkeys(one.subject for one in pending))
    subject = "".join(subjects)
    if len(subjects) > 1:
        subject = f"{len(subjects)} commands before: {'; '.join(subjects)}"[:500]
    authors = {one.author for one in pending}
    changed = dict.fromkeys(path for one in pending for path in one.paths)
    return Pending(subject, tuple(changed), authors.pop() if len(authors) == 1 else "")


def by_files(pending: Sequence[Pending]) -> list[Pending]:
    """Those that are about the same files as one each: only their last state is there."""
    groups: list[list[Pending]] = []
    for one in pending:
        same = [group for group in groups if not {*together(group).paths}.isdisjoint(one.paths)]
        groups = [group for group in groups if group not in same]
        groups.append([*(each for group in same for each in group), one])
    return [together(group) for group in groups]


def note(real: str, subject: str, changed: Sequence[str], author: str = "") -> bool:
    """Note what was saved and not committed, so that the next command commits it."""
    listed = [*uncommitted(real), Pending(subject, tuple(changed), author)]
    try:
        files.private_folder(os.path.join(real, ".crm"))
        files.write_atomic(
            os.path.join(real, ".crm", _UNCOMMITTED), json.dumps(listed).encode("ascii"),
            granting=files.shared,
        )
    except (OSError, Refused):
        return False  # what differs is then committed as edited by hand
    return True


def forget(real: str) -> None:
    """Drop the notes of what was not committed, since now it is."""
    files.remove_quietly(os.path.join(real, ".crm", _UNCOMMITTED))
    told.forget(real, told.UNSIGNED)
