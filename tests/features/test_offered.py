"""What completion is answered from: the same as a query would find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.features.completions import completions
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import BY_NAME
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
