"""Dunning: which level late invoices have come to, pauses, and noting what was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.features.due import due
from crm_cli.features.dunning import note_sent, reminders
from crm_cli.features.moves import at
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dunning import Level, Standing, next_level
from crm_cli.model.errors import Refused, UsageError
from crm_cli.workspace import Workspace, open_workspace
from tests.conftest import Crm

LEVELS = "dunning: [{after: 7 days}, {after: 21 days, fee: 5}, {after: 5 weeks, fee: 40}]\n"
TODAY = "2026-11-20"
ANA = """\
name: Ana
owner: petra
purchases:
  - {id: p-0000001, kind: invoice, number: A1, date: 2026-10-01, due_date: 2026-11-13, amount: 10}
  - {id: p-0000002, kind: invoice, number: A2, date: 2026-10-01, due_date: 2026-11-14, amount: 20}
  - {id: p-0000003, kind: invoice, number: A3, date: 2026-09-01, due_date: 2026-10-01, amount: 30}
  - {id: p-0000004, kind: invoice, number: A4, date: 2026-09-01, due_date: 2026-10-01, amount: 40,
     disputed: Broken}
  - {id: p-0000005, kind: invoice, number: A5, date: 2026-09-01, due_date: 2026-10-01, amount: 50,
     promised: 2026-11-20}
  - {id: p-0000006, kind: invoice, number: A6, date: 2026-09-01, due_date: 2026-10-01, amount: 60,
     promised: 2026-11-19}
  - id: p-0000007
    kind: invoice
    number: A7
    date: 2026-08-01
    due_date: 2026-09-01
    amount: 70
    dunning: [{level: 1, at: 2026-10-01}, {level: 2, at: 2026-11-06}]
  - id: p-0000008
    kind: invoice
    number: A8
    date: 2026-08-01
    amount: 80
    instalments: [{due_date: 2026-09-01, amount: 30}, {due_date: 2026-11-01, amount: 50}]
    dunning: [{level: 1, at: 2026-09-10}]
payments:
  - {date: 2026-09-20, amount: 30, for: A8}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Callable[..., Workspace]]:
    folder = tmp_path / "shop"
    (folder / "customers").mkdir(parents=True)
    (folder / "customers/ana.yaml").write_text(ANA)
    made = []

    def opened(levels: str = LEVELS, today: str = TODAY) -> Workspace:
        (folder / "crm.yaml").write_text(f"currency: EUR\nusers: {{petra: {{}}}}\n{levels}")
        environ = {"CRM_CACHE_DIR": str(tmp_path / "cache"), "CRM_TODAY": today}
        made.append(open_workspace(directory=folder, environ=environ))
        return made[-1]

    yield opened
    for workspace in made:
        workspace.close()


def test_what_is_to_be_sent(shop: Callable[..., Workspace]) -> None:
    # A1 is 7 days late and A2 6; A5 is promised by today, and A6 was by yesterday; A7 had its
    # second reminder 14 days ago, which is the time between 21 days and five weeks; of A8 the
    # second instalment is late, and the reminder was for the first.
    found = [(one.number, one.level, one.when, one.fee) for one in reminders(shop())]
    assert found == [
        ("A7", 3, date(2026, 11, 20), 40),
        ("A3", 1, date(2026, 10, 8), None),
        ("A6", 1, date(2026, 11, 20), None),
        ("A8", 1, date(2026, 11, 8), None),
        ("A1", 1, date(2026, 11, 20), None),
    ]


def test_what_is_paused_is_told_why(shop: Callable[..., Workspace]) -> None:
    found = reminders(shop(), everything=True)
    assert [(one.number, one.paused, one.when) for one in found[5:]] == [
        ("A4", "disputed: Broken", date(2026, 10, 8)),
        ("A5", "promised by 2026-11-20", date(2026, 11, 21)),
        ("A2", "", date(2026, 11, 21)),
    ]
    assert reminders(shop(), ["number:A8"])[0].owed == 50


def test_a_source_of_due_where_there_are_levels(shop: Callable[..., Workspace]) -> None:
    rows = due(shop(), kind="dunning")
    assert [(row.id, row.when) for row in rows][:2] == [
        ("p-0000003", date(2026, 10, 8)), ("p-0000008", date(2026, 11, 8)),
    ]  # fmt: skip
    assert rows[0].what == "reminder 1 for A3, 30.00 EUR"
    assert "p-0000002" in [row.id for row in due(shop(), kind="dunning", within="1d")]
    assert "p-0000004" not in [row.id for row in due(shop(), kind="dunning", within="1y")]
    assert due(shop(levels=""), kind="dunning") == []
    assert len(reminders(shop(levels=""))) == 5


def test_an_invoice_is_due_once(shop: Callable[..., Workspace]) -> None:
    rows = [(row.id, row.kind) for row in due(shop(), within="30d")]
    invoices, dunned = ({id for id, kind in rows if kind == one} for one in ("invoice", "dunning"))
    assert invoices and dunned and not invoices & dunned
    assert ("p-0000001", "dunning") in rows and ("p-0000004", "invoice") in rows
    assert ("p-0000001", "invoice") in [(row.id, row.kind) for row in due(shop(), kind="invoice")]
    assert ("p-0000001", "invoice") in [(row.id, row.kind) for row in due(shop(levels=""))]


def test_level_and_day_are_kept_at_the_invoice(shop: Callable[..., Workspace]) -> None:
    workspace = shop()
    plan = note_sent(workspace, [at(workspace, "ana", "p-0000003")], "2026-11-18")
    workspace.write(plan.change)
    text = (workspace.root / "customers/ana.yaml").read_text()
    assert "dunning: [{level: 1, at: 2026-11-18}]" in text
    after = [one for one in reminders(workspace, everything=True) if one.number == "A3"]
    assert [(one.level, one.when, one.last) for one in after] == [(2, date(2026, 12, 2), 1)]
    assert workspace.select(CUSTOMER, ["dunning-level:2.."], cols="id,dunning_level").rows == [
        ("ana", 2)
    ]


@pytest.mark.parametrize(
    "id, said",
    [
        ("p-0000002", "due on 2026-11-21"), ("p-0000004", "disputed"),
        ("p-0000005", "promised by 2026-11-20"),
    ],
)  # fmt: skip
def test_what_is_not_due_is_noted_only_if_forced(
    shop: Callable[..., Workspace], id: str, said: str
) -> None:
    workspace = shop()
    found = [at(workspace, "ana", id)]
    with pytest.raises(Refused, match=said):
        note_sent(workspace, found)
    workspace.write(note_sent(workspace, found, force=True).change)
    assert [one.last for one in reminders(workspace, everything=True) if one.id == id] == [1]
    with pytest.raises(UsageError, match="to come"):
        note_sent(workspace, found, "2026-11-21", force=True)
    with pytest.raises(UsageError, match="level"):
        note_sent(workspace, found, level=0, force=True)


def test_reminders_of_several_customers(
    shop: Callable[..., Workspace], crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = shop().root
    monkeypatch.setenv("CRM_DIR", str(root))
    (root / "customers/bor.yaml").write_text(
        "name: Bor\npurchases:\n  - {id: p-0000009, kind: invoice, number: B1, date: 2026-09-01, "
        "due_date: 2026-10-01, amount: 5, dunning: [{level: 1, at: 2026-11-19}]}\n"
    )
    assert crm("config", "set", "business.name=Lan").code == 0
    run = crm("dun", "render", "is:overdue", "--to", f"{tmp_path}/out/")
    assert run.code == 0 and "2 files written" in run.err, run.err
    early = "reminder 2 for B1 is due on 2026-12-03; --level 1 makes the one that was sent"
    assert early in run.err and "A3" not in run.err
    one, other = sorted((tmp_path / "out").iterdir())
    assert "A3" in other.read_text() + one.read_text() and "A4" not in other.read_text()
    both = crm("dun", "render", "A1", "A2", "bor")
    assert both.code == 0 and both.out.count("\f") == 1, both
    assert {"A1", "A2", "B1"} < set(both.out.split()) and "A3" not in both.out.split()
    assert "is due on" not in crm("dun", "render", "B1", "--level", "1").err
    assert crm("dun", "render", "is:overdue", "number:none").code == 3


def test_the_last_level_is_the_last(shop: Callable[..., Workspace]) -> None:
    workspace = shop()
    workspace.write(note_sent(workspace, [at(workspace, "ana", "p-0000007")]).change)
    (one,) = [one for one in reminders(workspace, everything=True) if one.number == "A7"]
    assert (one.level, one.last, one.paused) == (None, 3, "had the last level")


_LEVELS = tuple(Level(place, f"{place * 14 - 7} days", "", None) for place in (1, 2, 3))
_DAY = st.dates(date(2026, 1, 1), date(2027, 1, 1))


@given(due_day=_DAY, promised=st.one_of(st.none(), _DAY))
def test_levels_follow_each_other_and_none_comes_early(
    due_day: date, promised: date | None
) -> None:
    """Sent as they come due, each level comes once, and not before its days have passed."""
    standing = Standing(due_day, None, None, promised)
    days = []
    while found := next_level(_LEVELS, standing):
        level, day = found
        assert day >= due_day + timedelta(days=int(level.after.split()[0]))
        assert promised is None or day > promised
        days.append(day)
        standing = standing._replace(level=level.number, sent=day)
    assert len(days) == 3 and days == sorted(set(days))


def test_levels_that_go_back_are_told(tmp_path: Path) -> None:
    (tmp_path / "crm.yaml").write_text("dunning: [{after: 2 weeks}, {after: 7 days}, {fee: 5}]\n")
    workspace = open_workspace(
        directory=tmp_path, environ={"CRM_CACHE_DIR": str(tmp_path / "cache")}
    )
    codes = [one.code for one in workspace.index.problems()]
    assert codes == ["dunning-order", "dunning-without-days"]
    workspace.close()
