"""Two clones, each with a reader of events: each commit once, and the last word is the file's."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.features.events import Event, events
from crm_cli.workspace import open_workspace
from tests import templates
from tests.conftest import Crm, Git

FIELDS = {
    ("maja-kos", "address", "city"): ("Izola", "Piran", "Bled"),
    ("maja-kos", "customer", "nickname"): ("Mia", "Majka", "Maji"),
    ("hotel-breg", "customer", "nickname"): ("Breg", "Hotel"),
}


class Reader:
    """Somebody who keeps what they were told, and where they stopped."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cursor = ""
        self.told: list[Event] = []

    def read(self, most: int) -> None:
        """Take some events, perhaps not all, and forget the reader's process."""
        found = events(open_workspace(directory=self.root), self.cursor or None)
        try:
            for _, event in zip(range(most), found, strict=False):
                self.told.append(event)
                self.cursor = event.cursor
        finally:
            found.close()

    def settle(self) -> None:
        """Drop what was told of a commit whose lines were not all read: it is told again."""
        done = {one.commit for one in self.told if one.cursor.split(",")[-1:] == [one.commit]}
        self.told = [one for one in self.told if one.commit in done]


@pytest.fixture
def clones(shop: Path, git: Git, crm: Crm) -> tuple[Path, Path]:
    """The shop, and a clone of the repository that it is sent to."""
    bare, other = shop.parent / "remote.git", shop.parent / "other"

    def made() -> None:
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
        git("branch", "-M", "main")
        git("remote", "add", "origin", str(bare))
        assert crm("sync").code == 0
        subprocess.run(["git", "clone", "-q", str(bare), str(other)], check=True)
        assert crm("-C", other, "git", "setup", "--yes").code == 0

    templates.made(shop.parent, made)
    return shop, other


def values(root: Path) -> dict[tuple[str, str, str], str | None]:
    """What the files say of the fields that are changed."""
    known = open_workspace(directory=root)
    maja, breg = known.record("maja-kos"), known.record("hotel-breg")
    return {
        ("maja-kos", "address", "city"): maja.items("addresses")[0].values.get("city"),
        ("maja-kos", "customer", "nickname"): maja.values.get("nickname"),
        ("hotel-breg", "customer", "nickname"): breg.values.get("nickname"),
    }


def changed(root: Path, draw: random.Random, number: int, crm: Crm) -> None:
    """One of the things that people do."""
    record, kind, field = draw.choice(sorted(FIELDS))
    words: list[Callable[[], tuple[str, ...]]] = [
        lambda: ("set", record, f"{field}={draw.choice(FIELDS[record, kind, field])}"),
        lambda: ("tag", "add", f"tag-{number}", record),
        lambda: ("task", "add", record, f"Task {number}", "--due", "+3d"),
        lambda: ("tag", "remove", f"tag-{draw.randrange(number + 1)}", record),
    ]
    crm("-C", root, *draw.choice(words)())


def synchronized(root: Path, draw: random.Random, crm: Crm) -> None:
    """Exchange with the remote; where both sides changed a field, one of them is chosen."""
    if crm("-C", root, "sync").code != 0:
        side = draw.choice(("--ours", "--theirs"))
        run = crm("-C", root, "resolve", side)
        assert run.code == 0, run.err
        assert crm("-C", root, "sync").code == 0


@pytest.mark.turns(3)
@pytest.mark.parametrize("seed", range(6))
def test_each_commit_once_and_the_last_word_is_true(
    seed: int, clones: tuple[Path, Path], crm: Crm
) -> None:
    draw = random.Random(seed)
    readers = [Reader(root) for root in clones]
    for number in range(14):
        for root in clones:
            if draw.random() < 0.7:
                changed(root, draw, number, crm)
            if draw.random() < 0.3:
                synchronized(root, draw, crm)
        for reader in readers:
            if draw.random() < 0.5:
                reader.read(draw.choice((1, 2, 5, 1000)))
                reader.settle()
    for root in (*clones, *clones):
        synchronized(root, draw, crm)
    for reader in readers:
        reader.read(10_000)
        every = list(events(open_workspace(directory=reader.root)))
        words = ["git", "log", "--merges", "--format=%H"]
        listed = subprocess.run(words, cwd=reader.root, capture_output=True, text=True, check=True)
        merges = {*listed.stdout.split()}

        def plain(found: list[Event], merges: set[str] = merges) -> list[tuple[object, ...]]:
            lines = [one[:12] for one in found if one.commit not in merges]
            return sorted(lines, key=repr)

        assert plain(reader.told) == plain(every)
        for found in (reader.told, every):
            last: dict[tuple[str, str, str], str | None] = {}
            tags: dict[str, set[str]] = {"maja-kos": set(), "hotel-breg": set()}
            for one in found:
                last[one.record, one.kind, one.field] = one.after
                if one.kind == "tag" and one.record in tags:
                    (tags[one.record].add if one.after else tags[one.record].discard)(one.id)
            for key, value in values(reader.root).items():
                if key in last:
                    assert last[key] == value, key
            known = open_workspace(directory=reader.root)
            for record, held in tags.items():
                assert held >= {*known.record(record).texts("tags")} - {"vip"}
                assert not {*held} - {*known.record(record).texts("tags")}, record
