"""A small business that commands are run on, in this process, while its file calls fail."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from crm_cli.cli.hook import main
from crm_cli.store import files
from crm_cli.store.tree import Folder
from tests import preloaded
from tests.conftest import FILES, TODAY, Run

MORE = {
    "customers/kavarna-lan.yaml": """\
name: Kavarna Lan
kind: organization
referred_by: maja-kos
phones:
  - 040 222 111
postcode: 01000
tasks:
  - Bring the samples   # by hand, without an id
""",
    "segments.yaml": "friends:\n  query: +vip\n",
    "surveys.yaml": "yearly:\n  kind: nps\n  questions:\n"
    "    - {id: overall, kind: scale, worst: 0, best: 10}\n",
    "campaigns/spring.yaml": "name: Spring\nsegment: friends\nkind: other\n",
    "rules.yaml": "call:\n  for: +vip\n  do:\n    - task: {title: 'Call {{ name }}'}\n"
    "    - tag: called\n",
    "rates.yaml": "2026-01-01:\n  USD: 1.08\n",
}

_PASSING = re.compile(
    rb"(?<=tmp-)[0-9a-f]{12}|\b[0-9a-f]{64}\b|\(pid \d+\)"
    rb"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"
)
"""Of temporary names, checksums, processes and times: what is another each time."""

_HIDDEN = {".crm", ".git", "remote.git", "theirs", "state"}
"""What is git's, or the program's own, or somebody else's clone."""

_ID = re.compile(rb"\b([a-z])-[0-9a-hjkmnp-tv-z]{7}\b")
_DIGEST = re.compile(rb'"[0-9a-f]{32}"')
"""The salt of `forgotten.yaml`, and its digests."""

_KEY = re.compile(rb"(?<=<)[0-9a-f]{32}(?=@)")
_DRAFT = re.compile(r"(?<=/outbox/)([^/]+)\.[0-9a-f]{12}(?=\.eml$)")
"""The key of an e-mail that somebody wrote, and the name of its file."""

State = dict[str, bytes]


class Out(io.StringIO):
    """A text stream that takes bytes, too, as stdout does."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes = io.BytesIO()

    @property
    def buffer(self) -> BinaryIO:
        """Where bytes go."""
        return self._bytes



class Ground:
    """A data directory that can be put back, and what a script would need to use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "shop"
        self.outside = folder / "outside"
        self.environ = {
            **{key: value for key, value in os.environ.items() if not key.startswith("CRM_")},
            "HOME": str(folder / "home"),
            "GIT_CONFIG_GLOBAL": str(folder / "home" / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "XDG_CONFIG_HOME": str(self.outside / "config"),
            # So that the same commit has the same id each time.
            "GIT_AUTHOR_DATE": "2026-11-20T12:00:00+0100",
            "GIT_COMMITTER_DATE": "2026-11-20T12:00:00+0100",
            "CRM_STATE_DIR": str(self.outside / "state"),
            "CRM_DIR": str(self.root),
            "CRM_CACHE_DIR": str(folder / "cache"),
            "CRM_TODAY": TODAY,
            "EDITOR": "sed -i -e s/Met/Seen/",
            "VISUAL": "",
        }
        (folder / "home").mkdir(parents=True)
        self._first: dict[Path, dict[str, bytes | None]] = {}
        self._programs: set[Path] = set()
        self.put({**FILES, **MORE})

    def put(self, texts: Mapping[str, str | bytes]) -> None:
        """Write files into the directory, as a hand would."""
        for name, text in texts.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def keep(self) -> None:
        """Let `reset` come back to how things are now."""
        self.outside.mkdir(exist_ok=True)
        self._first = {
            place: {
                str(path.relative_to(place)): path.read_bytes() if path.is_file() else None
                for path in sorted(place.rglob("*"))
            }
            for place in (self.root, self.outside)
        }
        self._programs = {
            path
            for place in (self.root, self.outside)
            for path in place.rglob("*")
            if path.is_file() and os.access(path, os.X_OK) and path.stat().st_mode & 0o100
        }

    def git(self, *words: str, root: Path | None = None) -> str:
        """Run git, as a user would; what it answers."""
        done = subprocess.run(
            ["git", *words], cwd=root or self.root, env=self.environ, check=False,
            stdin=subprocess.DEVNULL, capture_output=True,
        )  # fmt: skip
        out, err = (part.decode("utf-8", "replace") for part in (done.stdout, done.stderr))
        assert done.returncode == 0, (words, out, err)
        return out

    def known(self) -> None:
        """Let git know who is at work, and bring no samples into each repository."""
        (self.folder / "home/gitconfig").write_text(
            "[user]\nname = Petra Zajc\nemail = petra@lan.example\n"
            "[init]\ntemplateDir = \ndefaultBranch = main\n[gc]\nauto = 0\n"
            "[maintenance]\nauto = false\n",
            encoding="utf-8",
        )

    def reset(self) -> None:
        """Put everything back, but for the cache, which has to find that out by itself."""
        for place, state in self._first.items():
            shutil.rmtree(place)
            place.mkdir()
            for name, data in state.items():
                path = place / name
                if data is None:
                    path.mkdir(mode=0o700)
                    continue
                path.write_bytes(data)
                if path in self._programs:
                    path.chmod(0o700)

    def run(self, *words: str, stdin: str = "", system: files.Calls | None = None) -> Run:
        """Run a command line, with `system` in place of the operating system if given."""
        out, err = Out(), io.StringIO()
        with contextlib.ExitStack() as around:
            around.enter_context(self.surroundings(stdin))
            around.enter_context(contextlib.redirect_stdout(out))
            around.enter_context(contextlib.redirect_stderr(err))
            if system is not None:
                around.enter_context(files.replaced(system))
            code = main(list(words))
        return Run(code, out.getvalue(), err.getvalue())

    @contextlib.contextmanager
    def surroundings(self, stdin: str = "") -> Iterator[None]:
        """The environment, the input and the Python of a command within the block."""
        before, typed, python = dict(os.environ), sys.stdin, sys.executable
        os.environ.clear()
        os.environ.update(self.environ)
        sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8")
        sys.executable = preloaded.python()  # for hooks and merges
        try:
            yield
        finally:
            sys.stdin, sys.executable = typed, python
            os.environ.clear()
            os.environ.update(before)

    def on_disk(self) -> State:
        """What lies in the directory, ids that were made up left out."""
        return {
            _DRAFT.sub(r"\1", f"{place.name}/{path.relative_to(place)}"): unnamed(path.read_bytes())
            for place in (self.root, self.outside)
            for path in sorted(place.rglob("*"))
            if path.is_file() and not _HIDDEN.intersection(path.parts)
            and not files.TEMPORARY.fullmatch(path.name)
        }  # fmt: skip

    def seen(self) -> State:
        """What a reader sees, who takes an interrupted write as finished."""
        tree = Folder(self.root)
        inside = {
            _DRAFT.sub(r"\1", f"{self.root.name}/{entry[0]}"): unnamed(tree.read(entry[0]))
            for entry in tree.entries()
        }
        others = {
            name: data
            for name, data in self.on_disk().items()
            if not name.startswith(f"{self.root.name}/")
            or not name.endswith(".yaml") or "/new/" in name
        }  # fmt: skip
        return {**others, **inside}

    def fingerprint(self) -> bytes:
        """What tells two states of everything apart, whatever was made up at random in them."""
        hash = hashlib.sha256()
        for place in (self.root, self.outside):
            for path in sorted(place.rglob("*"), key=lambda path: _PASSING.sub(b"", bytes(path))):
                if path.name == "index" and ".git" in path.parts:
                    continue
                status = path.lstat()
                hash.update(b"%b %o\0" % (_PASSING.sub(b"", bytes(path)), status.st_mode))
                if path.is_file():
                    data = path.read_bytes()
                    # What git packs begins as it likes to.
                    text = data if b"\0" in data[:8000] else _PASSING.sub(b"", unnamed(data))
                    hash.update(b"%d %b\0" % (len(text), text))
        if (self.root / ".git/index").exists():
            hash.update(self.git("ls-files", "--stage").encode())
        return hash.digest()

    def left_over(self) -> list[Path]:
        """Temporary files and journals, of which none may stay for good."""
        return [
            path
            for place in (self.root, self.outside)
            for path in place.rglob("*")
            if files.TEMPORARY.fullmatch(path.name) or path.name == "journal"
        ]


def unnamed(data: bytes) -> bytes:
    """A file's text with the ids in it, which are made up at random, left out."""
    return _KEY.sub(b"", _DIGEST.sub(b'""', _ID.sub(rb"\1-", data)))
