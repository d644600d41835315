"""What completion is answered from: the same as a query would find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.features.completions import completions
from crm_cli.index import snapshot
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import BY_NAME
from crm_cli.query import offered
from crm_cli.query.offered import frequent, in_states
from crm_cli.workspace import Workspace

Opened = Callable[..., Workspace]

RECORD = """\
name: Customer {n}
tags: [all, {odd}]
tasks:
  - {{id: t-{n:07}, title: Call {n}, status: {status}, due: 2026-12-{day:02}}}
  - {{id: t-1{n:06}, title: No status {n}}}
deals:
  - {{id: d-{n:07}, name: Deal {n}, stage: {stage}}}
"""
STATUSES = ("open", "in_progress", "completed", "cancelled", "deferred")
STAGES = ("prospecting", "won", "lost", "proposal")


@pytest.fixture
def many(shop: Path) -> Path:
    """Sixty customers, each with two tasks and a deal in different states."""
    for n in range(60):
        (shop / "customers" / f"c{n:03}.yaml").write_text(
            RECORD.format(
                n=n, odd="odd" if n % 2 else "even", day=28 - n % 28,
                status=STATUSES[n % len(STATUSES)], stage=STAGES[n % len(STAGES)],
            )
        )  # fmt: skip
    return shop


def ids(workspace: Workspace, kind: Kind, *terms: str) -> set[str]:
    """The ids of the items that a query finds."""
    return {str(row[0]) for row in workspace.select(kind, terms, cols=("id",)).rows}


@pytest.mark.parametrize(
    ("kind", "verb", "terms"),
    [
        ("task", "done", ("status.is:open,in_progress,deferred",)),
        ("task", "start", ("status.is:open,in_progress,deferred",)),
        ("deal", "move", ("not:is:closed",)),
        ("deal", "win", ("not:is:closed",)),
        ("deal", "reopen", ("is:closed",)),
        ("deal", "hold", ("is:open",)),
    ],
)
def test_the_items_of_a_verb_are_those_of_a_query(
    many: Path, workspace: Opened, kind: str, verb: str, terms: tuple[str, ...]
) -> None:
    held = workspace()
    found = {one.partition("\t")[0] for one in completions(held, f"item:{verb}", "", (kind,))}
    assert found == ids(held, BY_NAME[kind], *terms)
    assert found


def test_the_next_ones_come_first(many: Path, workspace: Opened) -> None:
    """By their date, those without one last; the id may be begun."""
    database = workspace().database
    found = in_states(database, BY_NAME["task"], [], lambda values: True, "t-0", 200)
    assert found is not None
    due = [id for id, _, _ in found]
    days = [28 - int(id[2:]) % 28 for id in due if int(id[2:]) < 60]
    assert days == sorted(days) and len(days) == 60
    assert all(id.startswith("t-0") for id in due)
    assert found[0][2] and found[0][2].startswith("Customer")


def test_what_is_no_state_is_left_to_a_query(many: Path, workspace: Opened) -> None:
    """A field with as many values as there are items, a date, and what no column holds."""
    database, task = workspace().database, BY_NAME["task"]
    for key in ("due", "overdue", "nosuch"):
        assert in_states(database, task, [key], lambda values: True, "", 9) is None
    for name in ("consent", "contact", "customer"):
        assert in_states(database, BY_NAME[name], [], lambda values: True, "", 9) is None
    assert in_states(database, task, ["status"], lambda values: False, "", 9) == []


def test_the_most_frequent_values_come_first(many: Path, workspace: Opened) -> None:
    held = workspace()
    tags: Counter[str] = Counter()
    for id in held.customer_ids():
        tags.update(held.record(id).texts("tags"))
    found = frequent(held.database, BY_NAME["tag"], "value", "", 200)
    assert set(found) == set(tags)
    assert [tags[one] for one in found] == sorted(tags.values(), reverse=True)
    assert frequent(held.database, BY_NAME["tag"], "value", "od", 200) == ["odd"]


INVOICES = """\
name: Kavarna {n}
purchases:
  - {{kind: invoice, number: 2029-{n:04}, date: 2026-10-{day:02}, amount: {n}.50}}
  - {{kind: invoice, number: Å-{n:04}, amount: 5, currency: USD}}
payments:
  - {{date: 2026-11-02, amount: {paid}, for: 2029-{n:04}}}
"""


@pytest.mark.parametrize("few", [1, 2_000], ids=["many begin so", "few begin so"])
@pytest.mark.parametrize("prefix", ["", "2029-", "2029-000", "2029-0007", "Å-00", "2030"])
def test_numbers_are_those_that_begin_so(
    shop: Path, workspace: Opened, monkeypatch: pytest.MonkeyPatch, prefix: str, few: int
) -> None:
    """Whichever index leads to them; the latest first, and those without a date last."""
    monkeypatch.setattr(offered, "_FEW", few)
    for n in range(1, 25):
        paid = f"{n}.50" if n % 2 else "0.25"
        (shop / "customers" / f"k{n:03}.yaml").write_text(INVOICES.format(n=n, day=n, paid=paid))
    held = workspace()
    cols = ("number", "date", "amount_due")
    rows = held.select(BY_NAME["purchase"], ["has:number"], cols=cols, everything=True).rows
    for what, wanted in (
        ("numbered", {number: day for number, day, _ in rows if number.startswith(prefix)}),
        ("owed", {number: day for number, day, due in rows if number.startswith(prefix) and due}),
    ):
        found = [one.partition("\t") for one in completions(held, what, prefix, ("purchase",))]
        numbers = [number for number, _, _ in found]
        assert sorted(numbers) == sorted(wanted)
        dated = [wanted[one] for one in numbers if wanted[one] is not None]
        assert dated == sorted(dated, reverse=True)
        assert all(wanted[one] is None for one in numbers[len(dated) :])
        said = {number: about for number, _, about in found}
        if "2029-0007" in wanted:
            assert said["2029-0007"] == "Kavarna 7, 7.50 EUR"


def test_another_day_changes_nothing_of_what_is_known(
    shop: Path, workspace: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the last command saw is offered; nothing is derived again for the day of today."""
    monkeypatch.setattr(snapshot, "RACY", -(10**18))
    held = workspace()
    assert held.index.path is not None
    before = held.index.path.stat().st_mtime_ns
    held.close()
    later = workspace(today="2027-03-01")
    later.as_known = True
    assert completions(later, "customer", "")
    assert later.index.changed == 0
    assert later.index.path is not None
    assert later.index.path.stat().st_mtime_ns == before
    later.close()
