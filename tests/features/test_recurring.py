"""What subscriptions have due is made once each, in order, and what is refused is left out."""

from __future__ import annotations

import errno
import random
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_cli.features.due import due
from crm_cli.features.moves import at
from crm_cli.features.numbers import NumberTaken
from crm_cli.features.plan import Plan
from crm_cli.features.purchases.adding import Wanted, add
from crm_cli.features.purchases.correcting import correct
from crm_cli.features.purchases.recurring import meant, recur
from crm_cli.features.purchases.repricing import reprice
from crm_cli.features.removing import remove_item
from crm_cli.model.errors import CrmError, NotFound, UsageError
from crm_cli.model.item import Item
from crm_cli.model.purchase import PURCHASE
from crm_cli.store import files
from crm_cli.workspace import Workspace, open_workspace
from tests.conftest import Crm
from tests.meddling import Dead, failing
from tests.shares import Share

Opened = Callable[..., Workspace]


def added(workspace: Workspace, who: str = "maja-kos", **given: Any) -> str:
    wanted = Wanted(**{"kind": "invoice", "every": "month", "amount": "50", **given})
    plan = add(workspace, who, wanted)
    workspace.write(plan.change)
    return str(plan.made[0])


def ran(workspace: Workspace, *terms: str, **how: Any) -> Plan:
    plan = recur(workspace, terms, **how)
    if plan.change.steps:
        workspace.write(plan.change)
    return plan


def items(workspace: Workspace, plan: Plan) -> list[Item]:
    found = (at(workspace, *workspace.item(id, PURCHASE)).item for id in plan.made)
    return list(found)


def told(plan: Plan) -> list[str]:
    return [one.message for one in plan.problems]


def test_missed_months_are_caught_up_once(workspace: Opened) -> None:
    pattern = added(workspace(), lines=["linen-sheet:2"], amount=None, date="2026-08-31")
    plan = ran(workspace())
    made = items(workspace(), plan)
    assert [(one.values["number"], one.values["date"]) for one in made] == [
        ("2026-0009", date(2026, 9, 30)), ("2026-0010", date(2026, 10, 31)),
    ]  # fmt: skip
    first = made[0].values
    assert (first["subscription"], first["recurrence_id"]) == (pattern, date(2026, 9, 30))
    assert first["due_date"] == date(2026, 10, 30)
    assert first["bill_to"].values["city"] == "Koper"
    assert made[0].derived["gross"] == Decimal("195.20")
    assert "every" not in first
    assert ran(workspace()).made == ()
    assert len(ran(workspace(today="2026-11-30")).made) == 1


def test_numbers_are_in_the_order_of_the_dates(workspace: Opened) -> None:
    added(workspace(), "maja-kos", date="2026-09-10")
    added(workspace(), "hotel-breg", date="2026-09-05", every="2 weeks")
    made = items(workspace(), ran(workspace()))
    days = [one.values["date"] for one in made]
    numbers = [one.values["number"] for one in made]
    assert days == sorted(days) and len(days) == 7
    assert numbers == [f"2026-{number:04}" for number in range(10, 17)]


def test_another_year_is_counted_anew(workspace: Opened) -> None:
    added(workspace(), date="2026-11-15")
    made = items(workspace(), ran(workspace(today="2027-02-20")))
    assert [one.values["number"] for one in made] == ["2026-0009", "2027-0001", "2027-0002"]


def test_a_draft_makes_drafts_and_they_count_as_made(workspace: Opened) -> None:
    added(workspace(), date="2026-10-01", draft=True)
    (draft,) = items(workspace(), ran(workspace()))
    assert draft.get("status") == "draft" and "number" not in draft.values
    assert ran(workspace(), draft=False).made == ()


def test_all_may_be_drafts_or_none(workspace: Opened) -> None:
    added(workspace(), date="2026-10-01")
    added(workspace(), "hotel-breg", date="2026-10-01", draft=True)
    for draft, states in ((True, ["draft", "draft"]), (False, ["posted", "posted"]),
                          (None, ["draft", "posted"])):  # fmt: skip
        plan = recur(workspace(), draft=draft)
        notes = ["draft" if "draft" in note else "posted" for note in plan.notes]
        assert notes == states


def test_what_is_cancelled_was_made_and_a_cancelled_pattern_makes_nothing(
    workspace: Opened,
) -> None:
    pattern = added(workspace(), date="2026-09-15")
    plan = ran(workspace())
    opened = workspace()
    document = opened.document("maja-kos")
    document.set(plan.made[-1], "status", "cancelled")
    (opened.root / document.path).write_bytes(document.data)
    assert ran(workspace()).made == ()
    document = workspace().document("maja-kos")
    document.set(pattern, "status", "cancelled")
    (opened.root / document.path).write_bytes(document.data)
    assert ran(workspace(today="2027-03-01")).made == ()


def test_a_rule_that_is_changed_holds_from_then_on(workspace: Opened) -> None:
    pattern = added(workspace(), date="2026-07-15")
    assert len(ran(workspace()).made) == 4
    opened = workspace()
    document = opened.document("maja-kos")
    document.set(pattern, "every", "month on 1")
    (opened.root / document.path).write_bytes(document.data)
    assert ran(workspace()).made == ()
    (made,) = items(workspace(today="2026-12-02"), ran(workspace(today="2026-12-02")))
    assert made.values["date"] == date(2026, 12, 1)


def test_a_new_price_is_billed_from_its_day_on(workspace: Opened) -> None:
    pattern = added(
        workspace(), amount=None, lines=["linen-sheet:2", "Setup:1:99"], date="2026-08-01"
    )
    opened = workspace()
    document = opened.document("maja-kos")
    document.assign(document.find(pattern).items("lines")[1], "once", True)
    (opened.root / document.path).write_bytes(document.data)
    opened = workspace()
    found = at(opened, "maja-kos", pattern)
    opened.write(reprice(opened, found, "90", "2026-10-15").change)
    made = items(workspace(), ran(workspace()))
    assert [one.derived["net"] for one in made] == [160, 160, 180]
    assert [len(one.items("lines")) for one in made] == [1, 1, 1]


def test_a_price_that_is_changed_twice_for_a_day_is_one(workspace: Opened) -> None:
    pattern = added(workspace(), date="2026-10-01")
    for price in ("60", "65"):
        opened = workspace()
        found = at(opened, "maja-kos", pattern)
        opened.write(reprice(opened, found, price, "2027-01-01").change)
    (change,) = workspace().document("maja-kos").find(pattern).items("price_changes")
    assert change.values["unit_price"] == 65


@pytest.mark.parametrize(
    ("given", "line", "message"),
    [
        ({"lines": ["linen-sheet:1", "Setup:1:9"], "amount": None}, None, "has several lines"),
        ({"lines": ["linen-sheet:1", "Setup:1:9"], "amount": None}, "Setpu", "no line Setpu"),
        ({"every": None}, None, "is no subscription"),
    ],
)
def test_what_a_price_is_of_has_to_be_clear(
    workspace: Opened, given: dict[str, Any], line: str | None, message: str
) -> None:
    pattern = added(workspace(), **given)
    with pytest.raises(CrmError, match=message):
        reprice(workspace(), at(workspace(), "maja-kos", pattern), "9", "2027-01-01", line)


def test_a_run_is_bounded(workspace: Opened, shop: Path) -> None:
    with (shop / "crm.yaml").open("a") as file:
        file.write("max: 3\n")
    added(workspace(), date="2026-06-10")
    plan = ran(workspace())
    assert len(plan.made) == 3
    assert plan.notes[-1] == (
        "3 purchases are made in one run (max in crm.yaml); 2 more are due: run it again"
    )
    assert len(ran(workspace()).made) == 2


def test_who_is_on_hold_holds_up_nobody_else(workspace: Opened, shop: Path) -> None:
    added(workspace(), "hotel-breg", date="2026-09-01")
    added(workspace(), "maja-kos", date="2026-09-02")
    with (shop / "customers/hotel-breg.yaml").open("a") as file:
        file.write("credit: {hold: yes}\n")
    plan = ran(workspace())
    made = items(workspace(), plan)
    assert [one.values["number"] for one in made] == ["2026-0010", "2026-0011"]
    (message,) = told(plan)
    assert message.startswith("p-") and "of hotel-breg, 2026-10-01 is not made: " in message


def test_closed_books_stay_closed(workspace: Opened, shop: Path) -> None:
    pattern = added(workspace(), date="2026-08-15")
    with (shop / "crm.yaml").open("a") as file:
        file.write("closed_until: 2026-09-30\n")
    plan = ran(workspace())
    assert plan.made == () and "the books are closed until 2026-09-30" in told(plan)[0]
    assert f"crm set {pattern} exdate+=2026-09-15" in plan.problems[0].hint
    assert [one.get("status") for one in items(workspace(), ran(workspace(), draft=True))] == [
        "draft", "draft", "draft",
    ]  # fmt: skip


def test_who_is_meant(workspace: Opened) -> None:
    first = added(workspace(), "maja-kos", date="2026-10-01")
    added(workspace(), "maja-kos", date="2026-10-02")
    added(workspace(), "hotel-breg", date="2026-10-03", every="2 weeks")

    def made(*words: str) -> int:
        terms, whose = meant(workspace(), words, strict=True)
        return len(recur(workspace(), terms, whose=whose).made)

    assert (made(), made("maja-kos"), made(first), made("owner:marko")) == (5, 2, 1, 3)
    assert made("maja-kos", "owner:marko") == 0
    with pytest.raises(NotFound, match="jan-vidmar has no subscription"):
        meant(workspace(), ["jan-vidmar"], strict=True)
    with pytest.raises(UsageError, match="is no subscription"):
        meant(workspace(), ["2026-0007"], strict=True)


def test_an_id_that_is_nowhere_written_is_written_down(workspace: Opened, shop: Path) -> None:
    path = shop / "customers/jan-vidmar.yaml"
    path.write_text(
        "name: Jan\npurchases:\n"
        "  - {date: 2026-09-20, amount: 9, every: month, kind: order}\n"
    )
    plan = ran(workspace())
    assert len(plan.made) == 2
    pattern = workspace().document("jan-vidmar").record.items("purchases")[0]
    assert pattern.written_id and pattern.id in path.read_text()
    path.write_text(path.read_text().replace("amount: 9,", "amount: 10,"))
    assert ran(workspace()).made == ()


def test_what_stands_with_another_customer_is_made_already(workspace: Opened, shop: Path) -> None:
    added(workspace(), date="2026-09-15")
    plan = ran(workspace())
    path = shop / "customers/maja-kos.yaml"
    text = path.read_text()
    begin = text.index(f"  - id: {plan.made[1]}")
    end = text.index("payments:")
    with (shop / "customers/jan-vidmar.yaml").open("a") as file:
        file.write("purchases:\n" + text[begin:end].rstrip() + "\n")
    path.write_text(text[:begin] + text[end:])
    assert ran(workspace()).made == ()


def test_somebody_else_may_have_been_quicker(workspace: Opened) -> None:
    added(workspace(), date="2026-09-15", kind="order")
    late = recur(workspace())
    ran(workspace())
    with pytest.raises(NumberTaken, match="was made meanwhile"):
        workspace().write(late.change)


def test_the_first_goes_with_its_own_terms(workspace: Opened, shop: Path) -> None:
    path = shop / "crm.yaml"
    path.write_text(path.read_text().replace("terms_days: 30\n", ""))
    added(workspace(), date="2026-10-01", due="2026-10-11")
    (made,) = items(workspace(), ran(workspace()))
    assert made.values["due_date"] == date(2026, 11, 11)


def test_what_is_to_be_delivered_is_so_again(workspace: Opened) -> None:
    values = [("delivery", "delivered"), ("required", "2026-10-04")]
    added(workspace(), date="2026-10-01", kind="order", values=values)
    (made,) = items(workspace(), ran(workspace()))
    assert made.get("delivery") == "processing"
    assert made.values["required"] == date(2026, 11, 4)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"every": "sometimes"}, "'sometimes' is no rhythm"),
        ({"every": ""}, "--every is empty"),
        ({"every": None, "until": "2027-01-01"}, "--until is of what comes again"),
        ({"until": "2026-01-01"}, "it ends on 2026-01-01, before its date, 2026-11-20"),
        ({"kind": "quote"}, "a quote does not come again"),
        ({"every": "FREQ=HOURLY"}, "hourly"),
    ],
)
def test_what_cannot_come_again(workspace: Opened, given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        added(workspace(), **given)


def test_one_that_is_corrected_goes_on_once(workspace: Opened) -> None:
    pattern = added(workspace(), date="2026-09-15", amount="50", text="Rent")
    opened = workspace()
    plan = correct(opened, at(opened, "maja-kos", pattern))
    opened.write(plan.change)
    assert f"its subscription goes on as it is: crm purchase reprice {pattern}" in plan.notes[1]
    fresh = workspace().document("maja-kos").find(plan.made[1])
    assert "every" not in fresh.values and fresh.values["corrects"] == "2026-0008"
    made = items(workspace(), ran(workspace()))
    assert {one.values["subscription"] for one in made} == {pattern} and len(made) == 2
    opened = workspace()
    again = correct(opened, at(opened, "maja-kos", made[-1].id))
    opened.write(again.change)
    assert ran(workspace()).made == ()


def test_the_first_is_not_removed_unasked(workspace: Opened) -> None:
    pattern = added(workspace(), date="2026-09-15", until="2027-09-15")
    item = workspace().document("maja-kos").find(pattern)
    assert PURCHASE.upheld is not None
    words = f"nothing more is made of it; crm set {pattern} until=… ends it"
    assert words in list(PURCHASE.upheld(item))


def test_what_is_removed_is_not_made_again(workspace: Opened) -> None:
    pattern = added(workspace(), date="2026-08-15", draft=True)
    plan = ran(workspace())
    assert len(plan.made) == 3
    for id in plan.made[1:]:
        opened = workspace()
        removal = remove_item(opened, id)
        assert removal is not None and removal.question == ""
        opened.write(removal.change)
        (note,) = removal.notes
        assert note.startswith(f"subscription {pattern} leaves out 2026-1")
    found = workspace().document("maja-kos").find(pattern)
    assert found.values["exdate"] == ["2026-10-15", "2026-11-15"]
    assert ran(workspace()).made == ()
    assert found.derived["next_occurrence"] == date(2026, 12, 15)


def test_it_is_due_until_it_is_made(workspace: Opened) -> None:
    added(workspace(), amount=None, lines=["linen-sheet:1"], date="2026-10-18")
    added(workspace(), "hotel-breg", text="Rent", date="2026-10-31", every="2 months")
    opened = workspace()
    (row,) = due(opened, kind="subscription")
    assert (row.when, row.who, row.what, row.owner) == (
        date(2026, 11, 18), "maja-kos", "2026-0008: linen-sheet, every month", "petra",
    )  # fmt: skip
    assert len(due(opened, kind="subscription", within="60d")) == 2
    assert not due(opened, kind="subscription", owner="marko", within="30d")
    ran(opened)
    assert due(workspace(), kind="subscription") == []


RULES = {
    "p-aaaaaa1": ("2027-06-30", "month", "invoice"),
    "p-aaaaaa2": ("2027-07-31", "month", "invoice"),
    "p-aaaaaa3": ("2027-02-28", "quarter", "order"),
    "p-aaaaaa4": ("2027-07-05", "2 weeks", "sale"),
    "p-aaaaaa5": ("2026-02-28", "year", "invoice"),
    "p-aaaaaa6": ("2027-07-01", "3rd monday until 2028-03-31", "invoice"),
}


def test_a_year_makes_each_once(shop: Path, share: Share) -> None:
    """Day by day, some left out, some twice, with the disk failing now and then."""
    for seed in share.of(range(4), 4):
        _year(shop, random.Random(seed))


def _year(shop: Path, chance: random.Random) -> None:
    names = ("maja-kos", "hotel-breg", "jan-vidmar")
    for name in names:
        (shop / f"customers/{name}.yaml").write_text(f"name: {name}\npurchases:\n")
    for number, (id, (first, every, kind)) in enumerate(RULES.items()):
        with (shop / f"customers/{names[number % 3]}.yaml").open("a") as file:
            said = f"id: {id}, kind: {kind}, date: {first}, every: {every}, amount: 5"
            file.write(f"  - {{{said}}}\n")
    day, last = date(2027, 7, 1), date(2028, 6, 30)
    while day <= last:
        for _ in range(chance.choice((1, 1, 2))):
            with closing(open_workspace(directory=shop, today=day.isoformat())) as opened:
                _try(opened, chance)
        day += timedelta(days=chance.choice((1, 1, 2, 3, 7, 12)))
    with closing(open_workspace(directory=shop, today=last.isoformat())) as opened:
        ran(opened)
        _complete(opened, last)


def _try(opened: Workspace, chance: random.Random) -> None:
    plan = recur(opened)
    if not plan.change.steps:
        return
    with _failing(chance):
        opened.write(plan.change)


@contextmanager
def _failing(chance: random.Random) -> Iterator[None]:
    """Now and then the disk is gone from some call on."""
    if chance.random() < 0.5:
        yield
        return
    try:
        with files.replaced(Dead(chance.randrange(1, 60), failing(errno.EIO))):
            yield
    except (CrmError, OSError):
        pass


def _complete(opened: Workspace, last: date) -> None:
    """Each subscription has each of its days once, and the numbers follow the dates."""
    rows = opened.select(
        PURCHASE, ["has:subscription"], cols=("subscription", "recurrence_id", "date", "number")
    ).rows
    assert len({row[:2] for row in rows}) == len(rows)
    counts = {id: sum(row[0] == id for row in rows) for id in RULES}
    assert counts == {
        "p-aaaaaa1": 12, "p-aaaaaa2": 11, "p-aaaaaa3": 5, "p-aaaaaa4": 25, "p-aaaaaa5": 2,
        "p-aaaaaa6": 9,
    }  # fmt: skip
    numbers = sorted((row[3], row[2]) for row in rows if row[3])
    assert len({number for number, _ in numbers}) == len(numbers) == 34
    days = [str(day) for number, day in numbers if number.startswith("2028")]
    assert days == sorted(days)
    assert not [one for one in opened.problems if one.path.startswith("customers/")]


def test_who_has_died_is_billed_up_to_that_day_and_told(
    shop: Path, workspace: Opened, crm: Crm
) -> None:
    pattern = added(workspace(), date="2026-08-15", every="month")
    death = "anniversaries+={kind: death, date: 2026-10-01}"
    said = crm("set", "maja-kos", death)
    assert f"subscription {pattern} of Maja Kos (maja-kos) goes on" in said.err
    assert f"crm set {pattern} until=2026-10-01 ends it" in said.err
    plan = ran(workspace())
    assert [str(item.values["date"]) for item in items(workspace(), plan)] == ["2026-09-15"]
    assert told(plan) == [f"{pattern} of maja-kos, 2026-10-15 is not made: maja-kos has died"]
    assert crm("dun", "--all").err.count("Maja Kos (maja-kos) has died") == 1
    assert crm("set", pattern, "until=2026-10-01").code == 0
    assert told(ran(workspace())) == []
