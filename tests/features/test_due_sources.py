"""Each source of what is due: when it tells, and when it is silent."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_cli.features.due import Due, due
from crm_cli.query.database import Database
from crm_cli.query.fault import QueryError
from crm_cli.workspace import Workspace

Opened = Callable[..., Workspace]


@pytest.fixture
def only(shop: Path, workspace: Opened) -> Callable[..., list[Due]]:
    """What is due with just these records: `only({"ana": "name: Ana\\n…"}, kind="birthday")`."""

    def asked(records: dict[str, str], *, today: str = "2026-11-20", **options: Any) -> list[Due]:
        for path in (shop / "customers").glob("*.yaml"):
            path.unlink()
        for id, text in records.items():
            (shop / "customers" / f"{id}.yaml").write_text(text)
        return due(workspace(today=today), **options)

    return asked


Only = Callable[..., list[Due]]


def days(rows: list[Due]) -> list[str]:
    return [row.when.isoformat() for row in rows]


# Tasks


def test_a_task_that_waits_for_another_is_not_due(only: Only) -> None:
    text = """\
name: Ana
tasks:
  - {id: t-1111111, title: first, due: 2026-11-19, status: STATUS}
  - {id: t-2222222, title: then, due: 2026-11-19, depends_on: [t-1111111]}
  - {id: t-3333333, title: gone, due: 2026-11-19, depends_on: [t-9999999]}
"""
    open_one = only({"ana": text.replace("STATUS", "open")})
    assert [row.what for row in open_one] == ["first", "gone"]
    done = only({"ana": text.replace("STATUS", "completed")})
    assert [row.what for row in done] == ["then", "gone"]


def test_many_that_come_first_and_odd_ids_among_them(only: Only) -> None:
    ids = [f"t-{number:07}" for number in range(700)]
    first = "".join(f"  - {{id: {id}, title: first, status: completed}}\n" for id in ids[1:])
    then = "  - {title: then, due: 2026-11-19, depends_on: [NAMES]}\n"
    odd = """'"a, b"', "it's", "is:open", """
    text = f"name: Ana\ntasks:\n  - {{id: {ids[0]}, title: open}}\n{first}"
    all_of_them = then.replace("NAMES", odd + ", ".join(ids))
    assert only({"ana": text + all_of_them}) == []
    assert len(only({"ana": text + then.replace("NAMES", odd + ", ".join(ids[1:]))})) == 1


# Keep in touch

SILENT = """\
name: Ana
owner: petra
contact_every: 30 days
created: 2026-01-01
interactions:
  - 2026-10-01 call out: Talked
"""


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ("", ["2026-10-31"]),
        ("  - 2026-11-01 email in: Wrote\n", []),
        # Neither a note nor a call that nobody answered is a contact.
        ("  - 2026-11-01 note: Thought of her\n", ["2026-10-31"]),
        ("  - {at: 2026-11-01, kind: call, outcome: no_answer}\n", ["2026-10-31"]),
        ("  - {at: 2026-11-01, kind: meeting, status: not_held}\n", ["2026-10-31"]),
        ("  - 2026-10-21 call: Exactly\n", ["2026-11-20"]),
        ("  - 2026-10-22 call: A day less\n", []),
    ],
)
def test_the_last_contact_sets_the_silence_back(only: Only, more: str, wanted: list[str]) -> None:
    rows = only({"ana": SILENT + more}, kind="keep_in_touch")
    assert days(rows) == wanted


def test_who_was_never_reached_counts_from_the_record(only: Only) -> None:
    rows = only(
        {
            "ana": "name: Ana\ncontact_every: monthly\ncreated: 2026-09-30\n",
            "jan": "name: Jan\ncontact_every: 1 year\n",
            "eva": "name: Eva\ncontact_every: 2 weeks\ncreated: 2026-11-10\n",
            "odd": "name: Odd\ncontact_every: sometimes\n",
        }
    )
    assert [(row.who, row.when.isoformat(), row.kind) for row in rows] == [
        ("ana", "2026-10-30", "keep_in_touch"),
        ("jan", "2026-11-20", "keep_in_touch"),
    ]
    assert rows[0].what == "never reached, monthly"


def test_silence_is_its_owners_matter(only: Only) -> None:
    assert only({"ana": SILENT}, owner="marko") == []
    (row,) = only({"ana": SILENT}, owner="petra")
    assert (row.owner, row.id) == ("petra", None)
    assert row.what == "last reached 2026-10-01, every 30 days"


# Birthdays and anniversaries


@pytest.mark.parametrize(
    ("birth", "today", "within", "wanted"),
    [
        ("1984-11-20", "2026-11-20", None, ["2026-11-20 birthday, turns 42"]),
        ("--11-20", "2026-11-20", None, ["2026-11-20 birthday"]),
        ("1984-11-21", "2026-11-20", None, []),
        ("1984-11-21", "2026-11-20", "1d", ["2026-11-21 birthday, turns 42"]),
        ("1984-11", "2026-11-20", "1y", []),
        ("1984", "2026-11-20", "1y", []),
        # Over the turn of the year, and a whole year.
        ("1984-01-02", "2026-12-30", "7d", ["2027-01-02 birthday, turns 43"]),
        ("1984-11-19", "2026-11-20", "1y", ["2027-11-19 birthday, turns 43"]),
        ("--11-20", "2026-11-20", "1y", ["2026-11-20 birthday", "2027-11-20 birthday"]),
        # 29 February is the 28th in common years.
        ("2000-02-29", "2028-02-28", None, []),
        ("2000-02-29", "2028-02-29", None, ["2028-02-29 birthday, turns 28"]),
        ("2000-02-29", "2026-02-27", "1d", ["2026-02-28 birthday, turns 26"]),
        ("--02-29", "2028-02-29", None, ["2028-02-29 birthday"]),
        # What fell on the weekend is told on Monday, and only then.
        ("--11-21", "2026-11-23", None, ["2026-11-21 birthday"]),
        ("--11-22", "2026-11-23", None, ["2026-11-22 birthday"]),
        ("--11-20", "2026-11-23", None, []),
        ("--11-21", "2026-11-24", None, []),
    ],
)
def test_birthdays(
    only: Only, birth: str, today: str, within: str | None, wanted: list[str]
) -> None:
    more = {"within": within} if within else {}
    rows = only({"ana": f'name: Ana\nbirth_date: "{birth}"\n'}, today=today, **more)
    assert [f"{row.when} {row.what}" for row in rows] == wanted


@pytest.mark.parametrize(
    ("entry", "today", "wanted"),
    [
        ("kind: wedding, date: 2016-11-20", "2026-11-20", "wedding anniversary, 10 years"),
        ("label: First order, date: 2025-11-20", "2026-11-20", "First order, 1 year"),
        ("kind: birth, label: Tim, date: 2020-11-20", "2026-11-20", "Tim: birthday, turns 6"),
        ("label: Day, date: --11-30, remind_before: 2 weeks", "2026-11-20", "Day"),
        ("label: Day, date: --11-30, remind_before: 9 days", "2026-11-20", ""),
        ("label: Day, date: --03-31, remind_before: 1 month", "2026-02-27", ""),
        ("label: Day, date: --03-31, remind_before: 1 month", "2026-02-28", "Day"),
        ("kind: wedding, date: 2027-11-20", "2026-11-20", ""),
        # 1 Azar 1405 is 22 November 2026, 31 Shahrivar 1405 is 22 September 2026.
        ("kind: birth, date: 1363-09-01, calendar: persian", "2026-11-22", "birthday, turns 42"),
        ("kind: birth, date: --06-31, calendar: persian", "2026-09-22", "birthday"),
        ("kind: birth, date: --06-31, calendar: persian", "2026-09-23", ""),
        # 30 Esfand is there in leap years only: 1403 was one, 1404 not.
        ("label: Opening, date: 1399-12-30, calendar: persian", "2025-03-20", "Opening, 4 years"),
        ("label: Opening, date: 1399-12-30, calendar: persian", "2026-03-20", "Opening, 5 years"),
    ],
)
def test_anniversaries(only: Only, entry: str, today: str, wanted: str) -> None:
    rows = only({"ana": f"name: Ana\nanniversaries:\n  - {{{entry}}}\n"}, today=today)
    assert [row.what for row in rows] == ([wanted] if wanted else [])


def test_a_birthday_written_twice_is_told_once(only: Only) -> None:
    again = "anniversaries:\n  - {kind: birth, date: 1984-11-20}\n"
    text = f"name: Ana\nbirth_date: 1984-11-20\n{again}"
    assert len(only({"ana": text})) == 1


# Reorders


def bought(*dates: str, product: str = "") -> str:
    line = f"lines: [{{product: {product}, unit_price: 5}}]" if product else "amount: 5"
    items = "".join(f"  - {{date: {day}, {line}}}\n" for day in dates)
    return f"name: Ana\npurchases:\n{items}"


@pytest.mark.parametrize(
    ("dates", "wanted"),
    [
        (("2026-09-01", "2026-10-01", "2026-10-25"), ["2026-11-21"]),
        (("2026-09-20", "2026-10-20"), ["2026-11-19"]),
        (("2026-10-20",), []),
        # A whole interval late is lost, not late.
        (("2026-08-01", "2026-08-31"), []),
        (("2026-08-22", "2026-09-21"), ["2026-10-21"]),
    ],
)
def test_reorders_by_the_customers_own_rhythm(
    only: Only, dates: tuple[str, ...], wanted: list[str]
) -> None:
    assert days(only({"ana": bought(*dates)}, within="1d", kind="reorder")) == wanted


def test_reorders_by_the_product(only: Only, shop: Path) -> None:
    (shop / "products.yaml").write_text(
        "beans:\n  name: Beans\n  reorder_every: 2 weeks\nmug:\n  name: Mug\n"
    )
    beans = bought("2026-10-01", "2026-11-05", product="beans")
    (row,) = only({"ana": beans}, kind="reorder")
    assert (str(row.when), row.what) == ("2026-11-19", "Beans, last bought 2026-11-05")
    assert only({"ana": beans}, kind="reorder", today="2026-12-04") == []
    assert only({"ana": beans}, kind="reorder", owner="petra") == []
    assert len(only({"ana": beans, "eva": bought("2026-10-20", product="mug")})) == 1


# Planned interactions


def test_what_was_planned_is_due_until_it_is_recorded(only: Only) -> None:
    text = """\
name: Ana
owner: petra
interactions:
  - {at: 2026-11-18T10:00+01:00, kind: meeting, status: planned, subject: New flat}
  - {at: 2026-11-25, kind: call, status: planned}
  - {at: 2026-11-17, kind: meeting, status: not_held, subject: Nobody came}
"""
    (row,) = only({"ana": text})
    assert (row.kind, row.what, row.owner) == ("planned", "meeting: New flat", "petra")
    assert [row.what for row in only({"ana": text}, within="5d")] == ["meeting: New flat", "call"]


# Invoices


def test_what_is_left_of_an_invoice_is_due(only: Only) -> None:
    text = """\
name: Ana
purchases:
  - {id: p-1111111, kind: invoice, number: "7", date: 2026-10-01, amount: 100}
  - {id: p-2222222, kind: invoice, date: 2026-10-20, due_date: 2026-11-20, amount: 50}
  - {id: p-3333333, kind: invoice, number: "9", date: 2026-10-20, amount: 70, status: draft}
  - {id: p-4444444, kind: sale, date: 2026-10-20, amount: 70}
payments:
  - {date: 2026-10-30, amount: 40, for: "7"}
"""
    rows = only({"ana": text}, kind="invoice")
    assert [(str(row.when), row.what, row.id) for row in rows] == [
        ("2026-10-31", "7: 60.00 EUR of 100.00", "p-1111111"),
        ("2026-11-20", "p-2222222: 50.00 EUR", "p-2222222"),
    ]


@pytest.mark.slow
def test_2500_invoices_part_paid_agree_with_a_plain_count(only: Only, workspace: Opened) -> None:
    chance = random.Random(5)
    invoices: list[tuple[date, str, Decimal]] = []
    records = {}
    for number in range(250):
        purchases, payments = [], []
        for place in range(10):
            name = f"{number:03}-{place}"
            day = date(2026, 1, 1) + timedelta(days=chance.randrange(300))
            terms = chance.choice((0, 8, 30, 60))
            amount = Decimal(chance.randrange(100, 90000)) / 100
            paid = chance.choice((Decimal(0), (amount / 2).quantize(Decimal("0.01")), amount))
            falls = day + timedelta(days=terms)
            purchases.append(
                f'  - {{kind: invoice, number: "{name}", date: {day}, due_date: {falls},'
                f" amount: {amount}}}\n"
            )
            if paid:
                payments.append(f'  - {{date: {day}, amount: {paid}, for: "{name}"}}\n')
            if amount > paid:
                invoices.append((falls, name, amount - paid))
        records[f"c{number:03}"] = (
            f"name: C {number}\npurchases:\n{''.join(purchases)}payments:\n{''.join(payments)}"
        )
    only(records, kind="invoice")
    for today in ("2026-01-01", "2026-02-28", "2026-06-15", "2026-11-20", "2027-03-01"):
        rows = due(workspace(today=today), kind="invoice")
        counted = {one[1:] for one in invoices if one[0] <= date.fromisoformat(today)}
        told = {(name, amount) for row in rows for name, amount in [_read(row.what)]}
        assert told == counted
        assert len(rows) == len(counted)
        assert days(rows) == sorted(days(rows))


def _read(what: str) -> tuple[str, Decimal]:
    name, _, rest = what.partition(": ")
    return name, Decimal(rest.split(" ")[0].replace(",", ""))


# Terms


def test_terms_ask_each_source_what_it_understands(only: Only) -> None:
    ana = SILENT + "tags: vip\nbirth_date: 1984-11-20\ntasks:\n  - {title: Send, due: 2026-11-20}\n"
    eva = "name: Eva\ntasks:\n  - {title: Send, due: 2026-11-20}\n"
    rows = only({"ana": ana, "eva": eva}, terms=["+vip"])
    assert {row.kind for row in rows} == {"keep_in_touch", "birthday", "todo"}
    rows = only({"ana": ana, "eva": eva}, terms=["priority:normal"])
    assert [row.kind for row in rows] == ["todo", "todo"]
    assert len(only({"ana": ana, "eva": eva}, where="name = Ana")) == 3
    with pytest.raises(QueryError):
        only({"ana": ana}, terms=["colour:red"])


def test_drafts_of_long_ago_are_not_sought_by_their_day(
    only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By an index of days nearly every purchase would be looked at, one here and one there."""
    text = """\
name: Ana
purchases:
  - {id: p-1111111, kind: invoice, date: 2026-10-01, amount: 100, status: draft}
  - {id: p-2222222, kind: invoice, date: 2026-11-16, amount: 100, status: draft}
  - {id: p-3333333, kind: invoice, amount: 100, status: draft}
"""
    asked: list[str] = []
    rows = Database.rows

    def noted(self: Database, sql: str, parameters: Any = {}) -> Any:  # noqa: B006 - only read
        asked.append(sql)
        return rows(self, sql, parameters)

    monkeypatch.setattr(Database, "rows", noted)
    assert [row.id for row in only({"ana": text}, kind="draft")] == ["p-1111111"]
    assert not [sql for sql in asked if 't."date" <=' in sql and '"purchase" t' in sql]


@pytest.mark.parametrize(
    ("death", "wanted"),
    [("2026-11-01", False), ("2026-11-21", True), ('"2026"', False), (None, True)],
)
def test_who_has_died_has_no_birthday_after_that(
    only: Only, death: str | None, wanted: bool
) -> None:
    text = "name: Ana\nbirth_date: 1943-11-20\nanniversaries:\n"
    text += "  - {kind: birth, date: 1943-11-20}\n  - {kind: birth, label: Tim, date: 1999-11-21}\n"
    text += f"  - {{kind: death, date: {death}}}\n" if death else ""
    told = [row.what for row in only({"ana": text}, within="2d")]
    assert ("birthday, turns 83" in told) == wanted
    assert "Tim: birthday, turns 27" in told, "it is a child's"
