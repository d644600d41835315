"""Rewriting a repository's history so that files, and passages of files, never were.

Only what is asked for changes: all other paths keep their bytes, all commits their authors,
committers, dates and order; signatures go, since they would not hold. No hook and no program
that the repository's configuration names is run. Nothing of the repository changes before one
transaction of git's that moves all branches and tags at once; what was written until then is
objects that nothing names.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from crm_cli.model.errors import Refused
from crm_cli.model.places import is_kept
from crm_cli.store import attributes, files
from crm_cli.store.blobs import Blobs
from crm_cli.store.git import Git

SECONDS = 1800.0
"""How long a step may take that is about the whole history."""

_QUIET = (
    f"core.hooksPath={os.devnull}", "gc.auto=0", "maintenance.auto=false",
    "repack.writeBitmaps=false", "repack.updateServerInfo=false", "core.commitGraph=false",
)  # fmt: skip
_SCRATCH = "refs/crm/rewriting"
_FILES = ("100644", "100755", "100664")
_ENTRY = re.compile(rb"(\d+) ([^\0]+)\0", re.DOTALL)
_CURE = "finish or undo that first; nothing was changed"

Clean = Callable[[str, bytes], bytes | None]
"""What becomes of a file of the data: its path and bytes to its new ones; None takes it out."""


class Ref(NamedTuple):
    """A branch, a tag or the like: its name, what it points to, of what type, and if it is
    symbolic what it stands for."""

    name: str
    id: str
    type: str
    symbolic: str


class Planned(NamedTuple):
    """A history to be rewritten: its commits, how many of them become others, the first of those
    in each line, and the stream for `git fast-import`. `refs` are all there are."""

    commits: int
    changed: tuple[str, ...]
    first: tuple[str, ...]
    stream: bytes
    marks: Mapping[str, int]
    refs: tuple[Ref, ...]


def quiet(git: Git, *words: str, input: bytes = b"", seconds: float = SECONDS) -> bytes:
    """Run git without any hook. Raises GitFailed."""
    settings = [part for one in _QUIET for part in ("-c", one)]
    return git.run(*settings, *words, input=input, seconds=seconds)


def refuse(git: Git) -> None:
    """Raise Refused where the history cannot be rewritten safely, with the reason."""
    repository = git.repository
    assert repository is not None
    reason = repository.obstacle()
    if reason:
        raise Refused(f"the history cannot be rewritten now: {reason}", _CURE)
    for reason, cure in _obstacles(git, repository.gitdir, repository.common):
        raise Refused(f"the history cannot be rewritten here: {reason}; nothing was changed", cure)


def _obstacles(git: Git, gitdir: str, common: str) -> Iterator[tuple[str, str]]:
    def there(*parts: str) -> bool:
        return os.path.lexists(os.path.join(common, *parts))

    worktrees = os.path.join(common, "worktrees")
    if gitdir != common or (os.path.isdir(worktrees) and os.listdir(worktrees)):
        yield "there are linked worktrees", "git worktree remove takes them away"
    if there("shallow"):
        yield "this clone is shallow", "git fetch --unshallow gets the rest of the history"
    if git.repository is not None and git.repository.is_sparse:
        yield "files are left out of the folder (sparse checkout)", "git sparse-checkout disable"
    if there("info", "grafts") or quiet(git, "for-each-ref", "refs/replace"):
        yield "parts of it are replaced (git replace)", "git replace -d takes that back"
    if there("objects", "info", "alternates"):
        yield "it shares objects with another repository", "git repack -a -d makes them its own"
    packs = os.path.join(common, "objects", "pack")
    kept = [name for name in os.listdir(packs) if name.endswith((".keep", ".promisor"))]
    partial = git.ask("config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)")
    if kept or partial.out.strip():
        yield "packs are to be kept as they are, or parts are missing (partial clone)", (
            "do it in a whole clone"
        )
    if git.text("rev-parse", "--verify", "--quiet", "refs/stash"):
        yield "there are stashes, which hold old files", "git stash pop, or git stash drop"
    listed = quiet(git, "ls-files", "-z", ".").split(b"\0")
    paths = [os.fsdecode(path) for path in listed if path]
    named = attributes.values(git, paths, ["filter"])
    if any(value.get("filter") not in attributes.OFF for value in named.values()):
        yield "files are filtered (git-crypt, Git LFS), and what was stored cannot be read", (
            "use git filter-repo, which knows your filters"
        )
    dirty = quiet(
        git, "status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all"
    )
    if dirty:
        yield "there are changes that are not committed", "git status shows them; commit them"


def refs(git: Git) -> Iterator[Ref]:
    """All refs. Raises GitFailed."""
    fields = ("refname", "objectname", "objecttype", "symref")
    form = "%09".join(f"%({field})" for field in fields)
    out = quiet(git, "for-each-ref", f"--format={form}")
    for line in out.decode("utf-8", "surrogateescape").splitlines():
        yield Ref(*line.split("\t"))


class Rewriting:
    """What becomes of a history; `plan` looks at all of it and changes nothing."""

    def __init__(self, git: Git, clean: Clean, message: Callable[[str], str]) -> None:
        self._git = git
        self._clean = clean
        self._message = message
        self._blobs = Blobs(git)
        self._trees: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
        self._made: dict[tuple[str, str], str] = {}
        self._marks: dict[str, int] = {}
        self._mark = 0
        self._stream: list[bytes] = []
        self._hash = 20

    def plan(self) -> Planned:
        """The whole of it. Raises GitFailed."""
        try:
            return self._plan()
        finally:
            self._blobs.close()

    def _plan(self) -> Planned:
        git = self._git
        # It fails where an object is missing: that would be taken for an empty one.
        quiet(git, "rev-list", "--objects", "--quiet", "--all", "HEAD")
        self._hash = 32 if git.text("rev-parse", "--show-object-format") == "sha256" else 20
        listed = quiet(git, "rev-list", "--topo-order", "--reverse", "--parents", "--all", "HEAD")
        rows = [line.split() for line in listed.decode().splitlines()]
        first = []
        for id, *parents in rows:
            if self._commit(id, parents) and not any(one in self._marks for one in parents):
                first.append(id)
        return Planned(
            len(rows), tuple(self._marks), tuple(first), b"".join([*self._stream, b"done\n"]),
            self._marks, tuple(refs(git)),
        )  # fmt: skip

    def _commit(self, id: str, parents: list[str]) -> bool:
        """Write a commit into the stream if it becomes another one; whether it does."""
        raw = self._blobs.raw(id) or b""
        head, _, text = raw.partition(b"\n\n")
        fields = dict(_headers(head))
        tree = fields[b"tree"].decode()
        changes = self._tree(tree, "")
        said = self._said(text)
        if not changes and said == text and not any(one in self._marks for one in parents):
            return False
        lines = [] if parents else [b"reset %b\n\n" % _SCRATCH.encode()]
        self._mark += 1
        self._marks[id] = self._mark
        lines.append(b"commit %b\nmark :%d\n" % (_SCRATCH.encode(), self._mark))
        lines += [key + b" " + fields[key] + b"\n" for key in (b"author", b"committer")]
        if b"encoding" in fields:
            lines.append(b"encoding " + fields[b"encoding"] + b"\n")
        lines.append(b"data %d\n%b\n" % (len(said), said))
        for number, parent in enumerate(parents):
            lines.append(b"%b %b\n" % (b"merge" if number else b"from", self._name(parent)))
        lines.append(b'M 040000 %b ""\n' % tree.encode())
        for path, (mode, new) in changes.items():
            becomes = b"M %b %b" % (mode.encode(), new.encode()) if new else b"D"
            lines.append(becomes + b" " + _quoted(path) + b"\n")
        self._stream.append(b"".join(lines) + b"\n")
        return True

    def _name(self, commit: str) -> bytes:
        mark = self._marks.get(commit)
        return commit.encode() if mark is None else b":%d" % mark

    def _said(self, text: bytes) -> bytes:
        said = text.decode("utf-8", "surrogateescape")
        clean = self._message(said)
        return text if clean == said else clean.encode("utf-8", "surrogateescape")

    def _tree(self, id: str, folder: str) -> dict[str, tuple[str, str]]:
        """The paths of a tree that become others: (mode, new blob, empty where it goes)."""
        key = id, folder
        if key not in self._trees:
            found: dict[str, tuple[str, str]] = {}
            for mode, name, entry in self._entries(id):
                path = folder + name
                if mode == "40000":
                    if self._may_hold(path + "/"):
                        found |= self._tree(entry, path + "/")
                elif mode in _FILES and self._belongs(path):
                    new = self._blob(entry, path)
                    if new != entry:
                        found[path] = (mode, new)
            self._trees[key] = found
        return self._trees[key]

    def _may_hold(self, folder: str) -> bool:
        prefix = self._git.prefix
        return prefix.startswith(folder) or is_kept(f"{folder.removeprefix(prefix)}x")

    def _belongs(self, path: str) -> bool:
        prefix = self._git.prefix
        return path.startswith(prefix) and is_kept(path.removeprefix(prefix))

    def _entries(self, id: str) -> Iterator[tuple[str, str, str]]:
        """(mode, name, id) of the entries of a tree."""
        raw = self._blobs.raw(id) or b""
        at = 0
        while match := _ENTRY.match(raw, at):
            end = match.end() + self._hash
            yield match[1].decode(), os.fsdecode(match[2]), raw[match.end() : end].hex()
            at = end

    def _blob(self, id: str, path: str) -> str:
        """What a blob becomes as the file at a path: its own id, a mark, or nothing."""
        key = id, path
        if key not in self._made:
            data = self._blobs.raw(id) or b""
            new = self._clean(path.removeprefix(self._git.prefix), data)
            self._made[key] = "" if new is None else id if new == data else self._stored(new)
        return self._made[key]

    def _stored(self, data: bytes) -> str:
        self._mark += 1
        self._stream.append(b"blob\nmark :%d\ndata %d\n%b\n" % (self._mark, len(data), data))
        return f":{self._mark}"


def _headers(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The headers of a commit or tag that have one line each."""
    for line in head.split(b"\n"):
        if not line.startswith(b" "):
            key, _, value = line.partition(b" ")
            yield key, value


def _quoted(path: str) -> bytes:
    """A path as `git fast-import` takes any: in quotes, in C's manner."""
    raw = os.fsencode(path)
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'


def carry_out(git: Git, planned: Planned, message: Callable[[str], str]) -> None:
    """Write the new commits, and move all branches and tags to them in one transaction.

    What was last seen of remotes is dropped, since it names the old ones. Raises GitFailed,
    Refused: then every branch and tag is where it was.
    """
    with tempfile.TemporaryDirectory() as folder:
        marks = os.path.join(folder, "marks")
        words = ("--quiet", "--done", "--date-format=raw-permissive", f"--export-marks={marks}")
        quiet(git, "fast-import", *words, input=b"feature done\n" + planned.stream)
        with open(marks, encoding="ascii") as stream:
            made = dict(line.split() for line in stream)
    new = {id: made[f":{mark}"] for id, mark in planned.marks.items()}
    head = git.line("rev-parse", "HEAD")
    if head in new:
        trees = [git.line("rev-parse", f"{one}^{{tree}}") for one in (head, new[head])]
        if trees[0] != trees[1]:
            raise Refused("files here still mention them; nothing was changed", "run it again")
    lines = ["start"]
    for ref in planned.refs:
        lines += _moved(git, ref, new, message)
    quiet_refs = "\n".join([*lines, f"delete {_SCRATCH}", "prepare", "commit", ""])
    quiet(git, "update-ref", "--stdin", input=quiet_refs.encode("utf-8", "surrogateescape"))


def _moved(
    git: Git, ref: Ref, new: Mapping[str, str], message: Callable[[str], str]
) -> Iterator[str]:
    """The lines of a transaction about one ref."""
    if ref.symbolic:
        if ref.name.startswith("refs/remotes/"):
            yield "option no-deref"
            yield f"delete {ref.name}"
        return
    if ref.name.startswith("refs/remotes/"):
        yield f"delete {ref.name} {ref.id}"
        return
    found = new.get(ref.id) if ref.type == "commit" else None
    if ref.type == "tag":
        found = _tag(git, ref.id, new, message)
    if found:
        yield f"update {ref.name} {found} {ref.id}"


def _tag(
    git: Git, id: str, new: Mapping[str, str], message: Callable[[str], str]
) -> str | None:
    """The id of the tag that an annotated tag becomes; None where it stays."""
    raw = quiet(git, "cat-file", "tag", id)
    head, _, text = raw.partition(b"\n\n")
    fields = dict(_headers(head))
    target = fields[b"object"].decode()
    is_tag = fields[b"type"] == b"tag"
    moved = _tag(git, target, new, message) if is_tag else new.get(target)
    said = message(text.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    if moved is None and said == text:
        return None
    signature = said.find(b"-----BEGIN ")
    kept = said if signature < 0 else said[:signature]
    head = head.replace(target.encode(), (moved or target).encode(), 1)
    stored = quiet(git, "hash-object", "-t", "tag", "-w", "--stdin", input=head + b"\n\n" + kept)
    return stored.decode().strip()


_TRACES = ("ORIG_HEAD", "FETCH_HEAD", "COMMIT_EDITMSG", "MERGE_MSG", "SQUASH_MSG", "AUTO_MERGE")
_LOOSE = re.compile("[0-9a-f]{2}")


def purge(git: Git) -> None:
    """Remove what no branch and no tag names any more, at once: reflogs, old objects, the last
    message. It may be done again. Raises GitFailed, StorageError."""
    repository = git.repository
    assert repository is not None
    before = list(_loose(repository.common))
    quiet(git, "reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all")
    with files.telling(f"clean up {repository.common}", "the history is rewritten; run it again"):
        for name in os.listdir(repository.gitdir):
            if name in _TRACES or name.startswith("fast_import_crash_"):
                files.calls.unlink(os.path.join(repository.gitdir, name))
        info = os.path.join(repository.common, "objects", "info")
        for folder in (info, os.path.join(info, "commit-graphs")):
            for name in os.listdir(folder) if os.path.isdir(folder) else ():
                if name.startswith(("commit-graph", "graph-")) and not name.endswith("graphs"):
                    files.calls.unlink(os.path.join(folder, name))
    quiet(git, "repack", "-a", "-d", "-l", "-q")
    # All that is named is in the new pack; `git prune` would ask the hooks of a configuration.
    with files.telling(f"remove old objects in {repository.common}", "run the command again"):
        for path in before:
            if files.exists(path):
                files.calls.unlink(path)


def _loose(common: str) -> Iterator[str]:
    """The paths of the objects that have a file of their own."""
    top = os.path.join(common, "objects")
    for folder in os.listdir(top):
        if _LOOSE.fullmatch(folder):
            yield from (os.path.join(top, folder, name) for name in os.listdir(f"{top}/{folder}"))

