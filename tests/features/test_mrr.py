"""`crm report mrr`: by hand for a few subscriptions, and totals that close over made-up ones."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.features.reports import load
from crm_cli.features.reports.context import Asked
from crm_cli.features.reports.running import answer
from crm_cli.features.reports.table import Table
from crm_cli.model.errors import UsageError
from tests.shares import examples

from .reporting import column, of_files, rows, table

MOVES = ("new", "expansion", "reactivation", "contraction", "churned")
FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
TODAY = date(2026, 11, 20)

BY_HAND = {
    "crm.yaml": "currency: EUR\nusers: {petra: {}, miha: {}}\n",
    "rates.yaml": "2026-01-01: {USD: 1.25}\n2026-03-01: {USD: 2.00}\n",
    "customers/ana.yaml": """\
name: Ana
owner: petra
purchases:
  - {id: p-aaaaaa1, kind: invoice, date: 2026-01-31, every: month, until: 2026-03-31, amount: 100}
  - {id: p-aaaaaa2, kind: invoice, date: 2026-06-15, every: month, amount: 40}
""",
    "customers/bor.yaml": """\
name: Bor
owner: miha
purchases:
  - id: p-bbbbbb1
    kind: order
    date: 2026-02-10
    every: year
    currency: USD
    lines: [{description: Seats, quantity: 12, unit_price: 100, tax_rate: 22}]
    price_changes: [{from: 2026-05-01, unit_price: 150}]
  - {id: p-bbbbbb2, date: 2026-04-01, every: quarter, amount: 60, text: Extra}
""",
    "customers/cene.yaml": """\
name: Cene
owner: miha
purchases:
  - {id: p-cccccc1, date: 2026-01-05, every: month, amount: 30, text: Box, status: cancelled}
  - {id: p-cccccc2, date: 2026-02-05, amount: 30, subscription: p-cccccc1,
     recurrence_id: 2026-02-05}
  - {id: p-cccccc3, date: 2026-03-05, amount: 30, subscription: p-cccccc1,
     recurrence_id: 2026-03-05}
  - {id: p-cccccc4, kind: quote, date: 2026-03-05, every: month, amount: 999}
  - {id: p-cccccc5, kind: invoice, date: 2026-12-01, every: month, amount: 7}
""",
}  # fmt: skip


def test_by_hand(tmp_path: Path) -> None:
    with of_files(tmp_path, BY_HAND) as workspace:
        found = table(workspace, "mrr", period="2026-01-01..2026-07-31")
        assert rows(found, "month", "opening", *MOVES, "mrr", "customers", "arpa") == [
            ("2026-01", "0.00", "100.00", "0.00", "0.00", "0.00", "0.00", "100.00", "1", "100.00"),
            ("2026-02", "100.00", "110.00", "0.00", "0.00", "0.00", "0.00", "210.00", "3", "70.00"),
            ("2026-03", "210.00", "0.00", "0.00", "0.00", "0.00", "0.00", "210.00", "3", "70.00"),
            ("2026-04", "210.00", "0.00", "20.00", "0.00", "0.00", "130.00", "100.00", "1",
             "100.00"),
            ("2026-05", "100.00", "0.00", "0.00", "0.00", "0.00", "0.00", "100.00", "1", "100.00"),
            ("2026-06", "100.00", "0.00", "0.00", "40.00", "0.00", "0.00", "140.00", "2", "70.00"),
            ("2026-07", "140.00", "0.00", "0.00", "0.00", "0.00", "0.00", "140.00", "2", "70.00"),
        ]  # fmt: skip
        april = found.rows[3]
        assert april["customer_churn"] == Decimal("0.6667")
        assert april["revenue_churn"] == Decimal("0.6190")
        assert april["net_retention"] == Decimal("0.4762")


def test_a_new_price_counts_when_it_is_first_billed(tmp_path: Path) -> None:
    """1,200 USD a year are 100 a month, 80 EUR by the rate of February 2026; 150 from February
    2027 on, 75 EUR by the rate of then."""
    with of_files(tmp_path, BY_HAND, date(2027, 2, 28)) as workspace:
        found = table(workspace, "mrr", terms=["currency:USD"], period="2027-01-01..2027-02-28")
        assert rows(found, "mrr", "contraction") == [("80.00", "0.00"), ("75.00", "5.00")]


def test_without_a_month_the_period_is_one_step(tmp_path: Path) -> None:
    with of_files(tmp_path, BY_HAND) as workspace:
        found = table(workspace, "mrr", period="2026-03-01..2026-07-31", by="owner")
        assert rows(found, "owner", "opening", *MOVES, "mrr") == [
            ("miha", "110.00", "0.00", "20.00", "0.00", "0.00", "30.00", "100.00"),
            ("petra", "100.00", "0.00", "0.00", "0.00", "60.00", "0.00", "40.00"),
        ]
        years = table(workspace, "mrr", by="year,owner", period="2025-01-01..2026-12-31")
        assert column(years, "year") == ["2026", "2026"]
        assert column(table(workspace, "mrr", by="quarter", period="2026"), "quarter") == [
            "2026-q1", "2026-q2", "2026-q3", "2026-q4",
        ]  # fmt: skip


def test_what_is_dated_after_today_does_not_count_yet(tmp_path: Path) -> None:
    with of_files(tmp_path, BY_HAND) as workspace:
        assert column(table(workspace, "mrr", period="2026-11-01..2026-12-31"), "mrr") == [140]
    with of_files(tmp_path / "later", BY_HAND, date(2026, 12, 1)) as workspace:
        found = table(workspace, "mrr", period="2026-11-01..2026-12-31")
        assert column(found, "reactivation") == [0, 7]


def test_an_amount_without_a_rate_is_left_out_and_told(tmp_path: Path) -> None:
    without = {key: text for key, text in BY_HAND.items() if key != "rates.yaml"}
    with of_files(tmp_path, without) as workspace:
        found = answer(workspace, load("mrr"), Asked(period="2026-02-01..2026-02-28"))
        assert column(found.table, "mrr") == [130]
        assert [one.code for one in found.problems] == ["missing-rate", "missing-rate"]


def test_the_last_twelve_months_begin_with_the_first_subscription(tmp_path: Path) -> None:
    with of_files(tmp_path, BY_HAND, date(2026, 4, 20)) as workspace:
        assert column(table(workspace, "mrr"), "month") == [
            "2026-01", "2026-02", "2026-03", "2026-04",
        ]  # fmt: skip
        assert len(table(workspace, "mrr", period="2025-11-01..2026-04-20").rows) == 6


def test_slips(tmp_path: Path) -> None:
    with of_files(tmp_path, BY_HAND) as workspace:
        for asked in ({"by": "month,year"}, {"period": "2027"}, {"period": "1900..2026"}):
            with pytest.raises(UsageError):
                table(workspace, "mrr", **asked)
    with of_files(tmp_path / "none", {"crm.yaml": "currency: EUR\n"}) as workspace:
        assert table(workspace, "mrr").rows == []


class Made(NamedTuple):
    """A made-up subscription; `months` lie between two occasions."""

    first: date
    months: int
    amount: Decimal
    until: date | None
    raised: date | None

    @property
    def text(self) -> str:
        parts = [f"date: {self.first}", f"every: {self.months} months", f"amount: {self.amount}"]
        parts += [f"until: {self.until}"] if self.until else []
        if self.raised:
            changed = f"{{from: {self.raised}, unit_price: {self.amount * 2}}}"
            parts.append(f"price_changes: [{changed}]")
        return f"  - {{kind: invoice, {', '.join(parts)}}}\n"

    def on(self, day: date) -> Decimal:
        """What it comes to at the end of a day, occasion by occasion."""
        last = None
        for number in range(200):
            start = self.first + relativedelta(months=self.months * number)
            if start > day or (number and self.until is not None and start > self.until):
                break
            last = number
        if last is None:
            return Decimal(0)
        start = self.first + relativedelta(months=self.months * last)
        end = self.first + relativedelta(months=self.months * (last + 1))
        if day >= end:
            return Decimal(0)
        times = 2 if self.raised is not None and start >= self.raised else 1
        monthly = self.amount * times / self.months
        return monthly.quantize(Decimal("0.01"), ROUND_HALF_UP)


SUBSCRIPTION = st.builds(
    Made,
    st.dates(FIRST, LAST),
    st.sampled_from([1, 1, 2, 3, 12, 24]),
    st.decimals(Decimal("0.01"), 5000, places=2),
    st.none() | st.dates(FIRST, LAST),
    st.none() | st.dates(FIRST, LAST),
)
BOOKS = st.lists(st.lists(SUBSCRIPTION, min_size=1, max_size=3), min_size=1, max_size=4)


@examples(12, soak=300)
@given(BOOKS)
def test_totals_close(books: list[list[Made]]) -> None:
    files = {"crm.yaml": "currency: EUR\n"}
    for number, made in enumerate(books):
        text = "".join(one.text for one in made)
        owner = "petra" if number % 2 else "miha"
        files[f"customers/c{number}.yaml"] = f"name: C\nowner: {owner}\npurchases:\n{text}"
    with TemporaryDirectory() as folder, of_files(Path(folder), files, TODAY) as workspace:
        asked: dict[str, Any] = {"period": f"{FIRST}..{TODAY}"}
        monthly = table(workspace, "mrr", **asked)
        for found in (monthly, *(table(workspace, "mrr", by=by, **asked) for by in (
            "quarter", "year,owner", "owner", "customer"
        ))):  # fmt: skip
            _close(found)
        for row in monthly.rows:
            end = min(_last_day(row["month"]), TODAY)
            assert row["mrr"] == sum(one.on(end) for made in books for one in made)
            assert row["customers"] == sum(any(one.on(end) for one in made) for made in books)
        for earlier, later in zip(monthly.rows, monthly.rows[1:], strict=False):
            assert earlier["mrr"] == later["opening"]
        by_owner = table(workspace, "mrr", by="month,owner", **asked)
        for row in monthly.rows:
            of = [one for one in by_owner.rows if one["month"] == row["month"]]
            for key in ("opening", *MOVES, "mrr", "customers"):
                assert sum(one[key] for one in of) == row[key]


def _close(found: Table) -> None:
    total = found.total
    for row in [*found.rows, *([total] if total is not None else [])]:
        gained = row["new"] + row["expansion"] + row["reactivation"]
        assert row["opening"] + gained - row["contraction"] - row["churned"] == row["mrr"]
        assert all(row[key] >= 0 for key in MOVES)


def _last_day(month: str) -> date:
    first = date.fromisoformat(f"{month}-01")
    return first + relativedelta(months=1) - timedelta(days=1)
