"""Renamed files in a merge: what became of a record, and what git only guesses.

git does not store renames. In a merge it takes a file that went on one side, and one that came
there and looks much like it, for the same one, and brings into the second what the other side
changed in the first. Two customers of one town look much alike: the address of one would
become the other's. So `crm sync` has git take only equal files for one, and what else was
renamed is found here, commit by commit, and by what the records say.
"""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.model.business import Business
from crm_cli.model.errors import DataError
from crm_cli.model.identity import alike
from crm_cli.model.kind import Kind
from crm_cli.model.places import Shape, place_within
from crm_cli.store.blobs import Blobs
from crm_cli.store.document import Document
from crm_cli.store.git import Git
from crm_cli.store.log import Commit, Touched, log


def renamed(git: Git, base: str, tip: str) -> dict[str, str]:
    """The records' files that commits between two have renamed: where each is by `tip`.

    Raises GitFailed.
    """
    now: dict[str, str] = {}
    blobs = Blobs(git)
    try:
        for commit in reversed(log(git, "--find-renames", f"{base}..{tip}")):
            for file in commit.files:
                if file.source != file.path and _kind(file.path) and is_own(blobs, file):
                    now = {old: file.path if at == file.source else at for old, at in now.items()}
                    now[file.source] = file.path
    finally:
        blobs.close()
    return now


def log_of(git: Git, path: str) -> list[Commit]:
    """The commits that changed a file, newest first, under each name that it had, also those that
    others made under an old one meanwhile. Raises GitFailed."""
    commits = _own(git, log(git, "--follow", "--find-renames", paths=[path]))
    sources = {
        file.source: commit.id
        for commit in commits
        for file in commit.files
        if file.source != file.path
    }
    if not sources:
        return commits
    # Whoever had an old name after it was given up there is another one.
    later = {
        (id, source)
        for source, given_up in sources.items()
        for id in git.run(
            "rev-list", "--ancestry-path", f"{given_up}..HEAD", "--", source
        ).decode().split()
    }
    found = []
    for commit in log(git, "--find-renames", paths=[path, *sources]):
        files = tuple(file for file in commit.files if (commit.id, file.path) not in later)
        if files:
            found.append(commit._replace(files=files))
    return found


def _own(git: Git, commits: Sequence[Commit]) -> list[Commit]:
    """The commits of one file, newest first, that git followed through renamings, without those of
    another record that it took for this one."""
    found: list[Commit] = []
    blobs = Blobs(git)
    try:
        for commit in commits:
            guessed = [file for file in commit.files if not is_own(blobs, file)]
            if guessed:
                new = [file._replace(before="", source=file.path) for file in guessed]
                return [*found, commit._replace(files=tuple(new))]
            found.append(commit)
    finally:
        blobs.close()
    return found


def is_own(blobs: Blobs, file: Touched) -> bool:
    """Whether a file was not renamed, or is about the same thing as before. Raises GitFailed."""
    kind = _kind(file.path)
    if file.source == file.path or kind is None:
        return True
    before, after = (
        blobs.read(id, path) for id, path in ((file.before, file.source), (file.after, file.path))
    )
    return _kind(file.source) is kind and _is_same(before, after, file.path, kind)


def _kind(path: str) -> Kind | None:
    """The kind whose records lie where a path is, be it from the top of a larger repository."""
    place = place_within(path)
    return place.kind if place is not None and place.shape is Shape.RECORDS else None


def _is_same(one: bytes, other: bytes, path: str, kind: Kind) -> bool:
    """Whether two texts are about one thing: they have its name, or what identifies it."""
    try:
        first, second = (Document(path, data, kind, Business()).record for data in (one, other))
    except DataError:
        return one == other
    name = first.get("name")
    return bool(name and name == second.get("name")) or alike(first, second)


def is_guessed(git: Git, path: str, texts: Sequence[bytes], stored: bytes) -> bool:
    """Whether git, merging the texts (base, ours, theirs) of a `path` from the top of its
    repository, has taken two records of different names for one that was renamed.

    `stored` is the base as git has it. Where the file was never that one, it had another name.
    """
    kind = _kind(path)
    if kind is None or not stored:
        return False
    if all(_is_same(texts[0], side, path, kind) for side in texts[1:]):
        return False
    if not git.text("rev-parse", "--verify", "--quiet", f"HEAD:{path}"):
        return True
    id = git.run("hash-object", "--no-filters", "--stdin", input=stored).decode().strip()
    words = ("--no-renames", "--full-history", f"--find-object={id}", "HEAD")
    return not log(git, *words, paths=[path])
