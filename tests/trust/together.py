"""Two cron runs, an edit in an editor, a reader and a hand, all at once on one directory."""

from __future__ import annotations

import contextlib
import json
import random
import signal
import time
from pathlib import Path

from crm_cli.store import files
from crm_cli.store.compose import compose
from tests.trust.aftermath import Child, Lost, Torn, ended, forked, kill
from tests.trust.ground import Ground

SHARED = "customers/maja-kos.yaml"
OTHER = "customers/hotel-breg.yaml"
BY_HAND = "customers/jan-vidmar.yaml"


class Together:
    """Rounds of it; afterwards `finish` looks for everybody's words.

    The hand works on a file of its own: what an editor without locks writes into the same
    file in the microseconds between crm's last look and its rename no program can see (that
    it is seen before them is tried call by call in tests/store/test_faults.py).
    """

    def __init__(self, ground: Ground, draw: random.Random) -> None:
        self.ground = ground
        self.draw = draw
        self.rounds = 0
        self.operations = 0
        self.kills = 0
        self.refused = 0
        self._acknowledged: dict[str, list[str]] = {}
        self._perhaps: set[str] = set()
        ground.environ["EDITOR"] = f"sh {ground.folder / 'editor'}"

    def round(self) -> None:
        """All of them once, begun within a few milliseconds of each other."""
        number = self.rounds = self.rounds + 1
        tokens = {name: f"{name}{number}x" for name in ("log", "tag", "edit", "hand")}
        editor = f'sleep 0.0{self.draw.randrange(10)}\necho "# {tokens["edit"]}" >> "$1"\n'
        (self.ground.folder / "editor").write_text(editor, encoding="utf-8")
        commands = {
            "log": ("log", "maja-kos", f"{tokens['log']} said"),
            "tag": ("tag", "add", tokens["tag"], "maja-kos", "hotel-breg", "--yes"),
            "edit": ("edit", "maja-kos"),
            "read": ("list", "--json"),
        }
        running: dict[str, Child] = {}
        for name in self.draw.sample(sorted(commands), len(commands)):
            words = ("--lock-timeout", "60", *commands[name])
            running[name] = forked(self.ground, words)
            time.sleep(self.draw.random() * 0.004)
        victim = self.draw.choice(("log", "tag", "edit", None, None, None))
        self._by_hand(tokens["hand"])
        if victim:
            time.sleep(self.draw.random() * 0.03)
            kill(running[victim])
        for name, child in running.items():
            self._note(name, tokens.get(name, ""), ended(child, within=120))

    def _note(self, name: str, token: str, code: int) -> None:
        self.operations += 1
        if name == "read":
            if code:
                raise Torn(f"a reader ended with {code}")
        elif code == 0:
            self._acknowledged[token] = [SHARED, OTHER] if name == "tag" else [SHARED]
        elif code == -signal.SIGKILL:
            self.kills += 1
            self._perhaps.add(token)
        elif name == "edit" and code == 5:
            self.refused += 1
        else:
            raise AssertionError(f"{name} ended with {code}")

    def _by_hand(self, token: str) -> None:
        """Save as editors do: another file, then a rename."""
        path = self.ground.root / BY_HAND
        text = path.read_text(encoding="utf-8") + f"# {token}\n"
        swap = path.with_name(".jan-vidmar.yaml.swp")
        swap.write_text(text, encoding="utf-8")
        swap.replace(path)
        self.operations += 1
        self._acknowledged[token] = [BY_HAND]

    def finish(self) -> None:
        """Every acknowledged word is there once, those of killed runs at most once."""
        added = self.ground.run("add", "Zadnji Gost", "--force")
        assert added.code == 0, added
        texts = {
            path: (self.ground.root / path).read_text(encoding="utf-8")
            for path in (SHARED, OTHER, BY_HAND)
        }
        for path, text in texts.items():
            if compose(text, path).root is None:
                raise Torn(path)
        for token, paths in self._acknowledged.items():
            for path in paths:
                if texts[path].count(token) != 1:
                    raise Lost(f"{token} is {texts[path].count(token)} times in {path}")
        for token in self._perhaps:
            for path, text in texts.items():
                if text.count(token) > 1:
                    raise Torn(f"{token} is twice in {path}")
            if token.startswith("tag") and (token in texts[SHARED]) != (token in texts[OTHER]):
                raise Torn(f"{token} is in one of two files")
        check = self.ground.run("check")
        assert check.code == 0, check
        listed = json.loads(self.ground.run("list", "--json").out)
        assert len(listed) == len(list(self.ground.root.glob("customers/*.yaml")))
        left = [
            path
            for path in self.ground.root.rglob("*")
            if files.TEMPORARY.fullmatch(path.name) or path.name == "journal"
        ]
        assert left == []


def begin(folder: Path, draw: random.Random) -> Together:
    """Rounds on a ground of their own."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(parents=True)
    return Together(Ground(folder / "together"), draw)
