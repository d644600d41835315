"""`crm report dso`: by hand for a small shop, and what was owed against the balances of the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.features.reports import load
from crm_cli.features.reports.context import Asked, Context
from crm_cli.features.reports.past_balances import billed_by_day, owed_at
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.purchase import PURCHASE
from crm_cli.workspace import Workspace, open_workspace
from tests.shares import examples

from ..query.conftest import TODAY
from ..query.generated import DAY, DIRECTORIES, MONEY, PAYMENTS, in_euros, maybe
from .reporting import of_files, opened, rows, table

ROOT = Path(__file__).resolve().parents[2]

# Today is 2026-11-20. Invoiced: 400 in September, 300 in October (less 60 credited), 100 in
# November. Paid: 250 in October, 90 in November.
SHOP = {
    "crm.yaml": "currency: EUR\nterms_days: 30\n",
    "customers/ana.yaml": """\
name: Ana
purchases:
  - {kind: invoice, number: A1, date: 2026-09-10, amount: 400}
  - {kind: invoice, number: A3, date: 2026-11-05, amount: 100}
payments:
  - {date: 2026-10-15, amount: 250, for: A1}
  - {date: 2026-11-10, amount: 90, for: A1, bounced: {at: 2026-11-30}}
""",
    "customers/bor.yaml": """\
name: Bor
purchases:
  - {kind: invoice, number: A2, date: 2026-10-20, amount: 300}
  - {kind: credit_note, number: A4, date: 2026-10-25, amount: 60, corrects: A2}
  - {kind: invoice, number: A5, date: 2026-11-21, amount: 999}
""",
}
KEYS = (
    "countback", "simple", "best", "delinquent", "effectiveness", "before", "invoiced", "owed",
    "not_due", "days",
)  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    with of_files(tmp_path, SHOP) as workspace:
        yield workspace


def test_the_last_ninety_days(shop: Workspace) -> None:
    # Owed: 400 − 250 − 90 + 100 + 300 − 60 = 400. Not due: of November 100 alone, since A2 was
    # due on 2026-11-19. Invoiced from 2026-08-23 on: 740. Countback: 20 days of November cover
    # 100, 31 of October 240, and of the 400 of September 60: 30 × 60 ÷ 400 = 4.5.
    # Simple 400 ÷ 740 × 90 = 48.6, best 100 ÷ 740 × 90 = 12.2; (0 + 740 − 400) ÷ (740 − 100).
    assert rows(table(shop, "dso"), *KEYS) == [
        ("55.5", "48.6", "12.2", "36.4", "0.5313", "0.00", "740.00", "400.00", "100.00", "90"),
    ]


def test_a_period_of_ones_own(shop: Workspace) -> None:
    # At the end of October 400 − 250 + 240 are owed, of which 240 are due on 2026-11-19; 400
    # before it. Countback: October covers 240 with 31 days, September 150 of 400 with 11.25.
    found = rows(table(shop, "dso", period="2026-10"), *KEYS)
    assert found == [
        ("42.3", "50.4", "31.0", "19.4", "0.6250", "400.00", "240.00", "390.00", "240.00", "31"),
    ]


def test_by_month(shop: Workspace) -> None:
    found = table(shop, "dso", by="month", period="2026-09..")
    assert rows(found, "month", "countback", "before", "invoiced", "owed", "days") == [
        ("2026-09", "30.0", "0.00", "400.00", "400.00", "90"),
        ("2026-10", "42.3", "0.00", "640.00", "390.00", "90"),
        ("2026-11", "55.5", "0.00", "740.00", "400.00", "90"),
    ]
    assert len(table(shop, "dso", by="month").rows) == 12


def test_no_answer_where_there_is_none(shop: Workspace) -> None:
    # Nothing was invoiced: no average of it, and nothing to count back over.
    assert rows(table(shop, "dso", period="2026-08"), *KEYS) == [
        ("0.0", "", "", "", "", "0.00", "0.00", "0.00", "0.00", "31"),
    ]
    with pytest.raises(UsageError, match="begins"):
        table(shop, "dso", period="2027")
    with pytest.raises(UsageError, match="months"):
        table(shop, "dso", period="1900..", by="month")


def test_an_instalment_without_a_day_is_never_due(tmp_path: Path) -> None:
    text = (
        "name: Ana\npurchases:\n  - {kind: invoice, date: 2026-11-18, amount: 30,"
        " instalments: [{amount: 10}, {amount: 20, due_date: 2026-11-19}]}\n"
    )
    files = {"crm.yaml": "currency: EUR\n", "customers/ana.yaml": text}
    with of_files(tmp_path, files) as workspace:
        assert rows(table(workspace, "dso"), "owed", "not_due") == [("30.00", "10.00")]
        aged = table(workspace, "aging").total
        assert aged is not None and aged["not_due"] == 10


def test_terms_choose_customers(shop: Workspace) -> None:
    assert rows(table(shop, "dso", terms=["ana"]), "owed", "invoiced") == [("160.00", "500.00")]


NAMED = st.lists(
    st.fixed_dictionaries(
        {
            "date": DAY,
            "amount": MONEY,
            "for": maybe(st.sampled_from(("A1", "A2"))),
            "bounced": maybe(st.fixed_dictionaries({"at": DAY})),
            "allocations": maybe(st.just([{"purchase": "A1", "amount": "5"}])),
        }
    ).map(lambda item: {key: value for key, value in item.items() if value is not None}),
    max_size=3,
)
BOOKS = st.lists(
    st.builds(
        lambda one, named, others: one | {"payments": [*named, *others]},
        st.one_of(DIRECTORIES.map(lambda found: found[0])), NAMED, st.one_of(st.just([]), PAYMENTS),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


EITHER = st.one_of(BOOKS, BOOKS.map(lambda customers: list(map(in_euros, customers))))
"""In one currency most is added up, in several most is derived from the records."""


def _undisputed(customers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        one | {"purchases": [
            {key: held for key, held in purchase.items() if key != "disputed"}
            for purchase in one["purchases"]
        ]}
        for one in customers
    ]  # fmt: skip


@examples(20, soak=320)
@given(customers=EITHER.map(_undisputed), back=st.sampled_from((0, 1, 30, 100, 400)))
def test_what_was_owed_is_what_aging_says_on_that_day(
    customers: list[dict[str, Any]], back: int
) -> None:
    day = TODAY - timedelta(days=back)
    with opened(customers, day) as (workspace, _):
        aged = table(workspace, "aging")
        assert aged.total is not None
        balances = workspace.select(CUSTOMER, ["has:balance"], cols="balance").rows
        assert aged.total["total"] == sum((balance for (balance,) in balances), Decimal(0))
    with opened(customers) as (workspace, _):
        report = load("dso")
        context = Context(workspace, report, Asked(), ())
        owed = owed_at(context, [day])[day]
        together = owed_at(context, [day - timedelta(days=40), day, TODAY], [day, TODAY])
        assert (together[day], together[TODAY]) == (owed, owed_at(context, [TODAY])[TODAY])
    assert (owed.total, owed.not_due) == (aged.total["total"], aged.total["not_due"])


def test_money_for_what_owes_nothing_is_told_apart(tmp_path: Path) -> None:
    """The prepaid order owes nothing until it is billed, nor does what is sold for cash."""
    text = """\
name: Ana
purchases:
  - {kind: order, number: O1, date: 2026-09-01, amount: 100}
  - {kind: invoice, number: A1, date: 2026-11-05, amount: 100, order: O1}
  - {kind: sale, number: S1, date: 2026-11-06, amount: 30}
  - {kind: invoice, number: A2, date: 2026-08-01, amount: 70}
payments:
  - {date: 2026-09-02, amount: 100, for: O1}
  - {date: 2026-11-06, amount: 30, for: S1}
  - {date: 2026-10-01, amount: 20, for: A2, method: write_off}
"""
    files = {"crm.yaml": "currency: EUR\n", "customers/ana.yaml": text}
    with of_files(tmp_path, files) as workspace:
        context = Context(workspace, load("dso"), Asked(), ())
        days = [date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 20)]
        assert [owed.total for owed in owed_at(context, days).values()] == [70, 50, 50]


def test_the_example_of_the_page(tmp_path: Path) -> None:
    """The figures of docs/receivables.md, from each other and from the invoices of each month."""
    page = (ROOT / "docs/receivables.md").read_text(encoding="utf-8")
    block = page.split("$ crm report dso -o yaml\n")[1].split("```")[0]
    (told,) = yaml.load(block, yaml.BaseLoader)
    owed, invoiced, before, not_due = (
        Decimal(told[key]) for key in ("owed", "invoiced", "before", "not_due")
    )
    simple, best = (round(part / invoiced * 90, 1) for part in (owed, not_due))
    assert (told["simple"], told["best"]) == (str(simple), str(best))
    assert told["delinquent"] == str(simple - best)
    rate = (before + invoiced - owed) / (before + invoiced - not_due)
    assert told["effectiveness"] == str(round(rate, 4))
    environ = {"CRM_CACHE_DIR": str(tmp_path), "CRM_TODAY": "2026-11-20"}
    workspace = open_workspace(directory=ROOT / "data-example", environ=environ)
    months: dict[str, Decimal] = {}
    for day, gross, currency in workspace.select(
        PURCHASE, ["kind.is:invoice,credit_note", "is:posted"], cols="date,gross,currency"
    ).rows:
        base = workspace.business.rates.convert(gross, currency, day)
        assert base is not None
        months[f"{day:%Y-%m}"] = months.get(f"{day:%Y-%m}", Decimal(0)) + base
    workspace.close()
    days, left = Decimal(0), owed
    for month, length in (("2026-11", 20), ("2026-10", 31), ("2026-09", 30), ("2026-08", 31)):
        covered = months.get(month, Decimal(0))
        if covered >= left:
            days, left = days + left / covered * length, Decimal(0)
            break
        days, left = days + length, left - covered
    assert left == 0 and told["countback"] == str(round(days, 1))


def test_a_rate_that_is_missing_is_told(tmp_path: Path) -> None:
    tmp_path.joinpath("crm.yaml").write_text("currency: EUR\n")
    tmp_path.joinpath("customers").mkdir()
    tmp_path.joinpath("customers/ana.yaml").write_text(
        "name: Ana\npurchases:\n  - {kind: invoice, date: 2026-11-01, amount: 5, currency: USD}\n"
    )
    environ = {"CRM_CACHE_DIR": str(tmp_path / "cache"), "CRM_TODAY": "2026-11-20"}
    workspace = open_workspace(directory=tmp_path, environ=environ)
    context = Context(workspace, load("dso"), Asked(), ())
    assert billed_by_day(context) == {date(2026, 11, 1): 0}
    (owed,) = owed_at(context, [date(2026, 11, 20)]).values()
    assert owed.total == 0
    assert [one.code for one in context.problems] == ["missing-rate", "missing-rate"]
    workspace.close()
