"""A year of rules: run twice a day, cut off at random, in two clones that sync now and then, each
deed is done once."""

from __future__ import annotations

import errno
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from crm_cli.features.rules.shipped import SHIPPED
from crm_cli.model.errors import CrmError
from crm_cli.model.task import TASK
from crm_cli.store import files
from crm_cli.workspace import open_workspace
from tests import shares
from tests.cli.test_mail_send import post
from tests.conftest import Crm
from tests.features.outbox import office
from tests.features.post_office import PostOffice, post_office
from tests.features.test_sync import clone, remote
from tests.meddling import Dead, failing

__all__ = ["office", "post", "post_office", "remote"]

FIRST = date(2026, 11, 21)
OWN = """
hello:
  for: +guest
  do:
    - tag: greeted
    - mail: news
      send: yes
monthly:
  for: +guest
  once: month
  do:
    - task: {title: "Look at {{ name }}"}
told:
  for: +guest
  do:
    - run: cat
    - log: {summary: "Told of {{ name }}"}
course:
  for: +guest
  until: replied
  steps:
    - do: [{task: {title: First}}]
    - wait: 5 days
      do: [{task: {title: Second}}]
    - wait: 10 days
      do: [{task: {title: Third}}]
"""
GUEST = """\
name: Guest {number}
tags: guest
lifecycle_stage: customer
birth_date: 1984-{month:02}-12
language: en
emails: [g{number}@example.com]
consents:
  - {{at: 2026-11-01, purpose: marketing, channel: email, action: opt_in}}
interactions:
  - {{id: i-aaaaaa{number}, at: {day}, kind: call, direction: outbound, summary: Called}}
"""


class Year:
    """Two clones, a day, and who came to be."""

    def __init__(
        self, here: Path, there: Path, crm: Crm, patch: pytest.MonkeyPatch, chance: random.Random
    ) -> None:
        self.roots = (here, there)
        self.patch = patch
        self.crm = crm
        self.chance = chance
        self.day = FIRST
        self.guests: dict[str, date] = {}

    def run(self, root: Path, *words: str) -> None:
        """A command on that day; what is cut off, or cannot be pushed at the moment, may fail."""
        for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
            self.patch.setenv(name, f"{self.day}T12:00:00+0100")
        done = self.crm("-C", root, "--today", self.day.isoformat(), *words)
        assert "internal error" not in done.err, done.err

    def happen(self) -> None:
        """Somebody new comes, now and then."""
        if len(self.guests) < 8 and self.chance.random() < 0.5:
            number = len(self.guests)
            root = self.chance.choice(self.roots)
            text = GUEST.format(number=number, month=number + 1, day=self.day)
            (root / f"customers/guest-{number}.yaml").write_text(text)
            self.run(root, "set", f"guest-{number}", "city=Koper")
            self.guests[f"guest-{number}"] = self.day

    def pass_(self) -> None:
        """A day: each clone runs the rules twice, perhaps cut off, and may sync."""
        self.happen()
        for root in self.chance.sample(self.roots, 2):
            for _ in range(self.chance.choice((1, 2))):
                with self._cut_off():
                    self.run(root, "rules", "run")
            if self.chance.random() < 0.5:
                self.run(root, "sync")

    @contextmanager
    def _cut_off(self) -> Iterator[None]:
        if self.chance.random() < 0.6:
            yield
            return
        try:
            with files.replaced(Dead(self.chance.randrange(1, 400), failing(errno.EIO))):
                yield
        except (CrmError, OSError):
            pass


@pytest.mark.soak
def test_each_deed_once(
    remote: Path,
    office: Path,
    shop: Path,
    crm: Crm,
    post: PostOffice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turn = shares.turn()
    names = [name for name in SHIPPED if name != "welcome"]
    assert crm("rules", "add", "welcome", *names).code == 0
    with (shop / "rules.yaml").open("a") as rules:
        rules.write(OWN)
    assert crm("trust", "--hooks", "--yes").code == 0
    assert crm("set", "maja-kos", "city=Izola").code == 0
    assert "error" not in crm("rules", "check").out
    assert crm("sync").code == 0
    year = Year(shop, clone(remote, "there", crm), crm, monkeypatch, random.Random(turn))
    assert crm("-C", year.roots[1], "trust", "--hooks", "--yes").code == 0
    last = FIRST + timedelta(days=365 if turn is None else 45)
    while year.day < last:
        year.pass_()
        year.day += timedelta(days=year.chance.choice((1,) if turn is None else (3, 5, 8)))
    for root in (*year.roots, *year.roots, shop):
        year.run(root, "rules", "run")
        year.run(root, "sync")
    _check(year, post)


def _check(year: Year, post: PostOffice) -> None:
    """Nothing is there twice, and nothing is missing; both clones say the same."""
    here, there = year.roots
    for path in sorted(here.glob("customers/*.yaml")):
        assert path.read_bytes() == (there / "customers" / path.name).read_bytes(), path.name
    with closing(open_workspace(directory=here, today=year.day.isoformat())) as opened:
        tasks = opened.select(TASK, ["has:by"], cols=("customer", "by", "id", "title"))
        made = Counter((row[0], row[1]) for row in tasks.rows)
        assert len({row[2] for row in tasks.rows}) == len(tasks.rows)
        assert not [one for one in opened.problems if one.path.startswith("customers/")]
    for guest, day in year.guests.items():
        for name in ("welcome", "course/1"):
            assert made[guest, f"rule/{name}"] == 1, (guest, name)
        months = {(day + timedelta(days=n)).isoformat()[:7] for n in range((year.day - day).days)}
        assert made[guest, "rule/monthly"] <= len(months | {year.day.isoformat()[:7]})
        assert made[guest, "rule/birthday"] <= 2
        text = (here / f"customers/{guest}.yaml").read_text()
        assert text.count("Told of") == 1 and "- greeted" in text
    copies = Counter(post.recipients)
    assert copies == Counter({f"g{number}@example.com": 1 for number in range(len(year.guests))})
    told = Counter(path.name.partition(".")[0] for path in here.glob("documents/mail/*/*.run"))
    assert told == Counter(year.guests.keys())
