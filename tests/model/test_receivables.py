"""Who owes what: payments meet invoices, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.item import Item
from crm_cli.model.reading import Reader
from crm_cli.model.receivables import entries
from crm_cli.store.compose import compose

SHOP = Business(currency="EUR", terms_days=30, rate_table=(("2026-01-01", (("USD", "1.25"),)),))


def customer(text: str, business: Business = SHOP, doubtful: Sequence[str] = ()) -> Item:
    composed = compose("name: A\n" + text, "a.yaml")
    assert composed.root is not None
    reader = Reader("a.yaml", business)
    record = reader.record(composed.root, CUSTOMER, "a")
    assert [one for one in reader.problems if one.code not in doubtful] == []
    return record


def states(record: Item) -> list[tuple[str, str, str | None]]:
    return [
        (str(item.derived["paid"]), str(item.derived["amount_due"]), item.derived.get("settlement"))
        for item in record.items("purchases")
        if "paid" in item.derived
    ]


INVOICES = """\
purchases:
  - {kind: invoice, number: "1", date: 2026-03-01, amount: 100}
  - {kind: invoice, number: "2", date: 2026-02-01, amount: 50.50}
"""


def test_unpaid_invoices_fall_due_by_the_terms() -> None:
    record = customer(INVOICES)
    assert states(record) == [("0", "100.00", "unpaid"), ("0", "50.50", "unpaid")]
    assert [item.derived["due"] for item in record.items("purchases")] == [
        date(2026, 3, 31),
        date(2026, 3, 3),
    ]
    assert record.derived["balance"] == Decimal("150.50")


def test_the_customers_own_terms_go_before_the_settings() -> None:
    record = customer(INVOICES + "credit: {terms_days: 10, end_of_month: yes}\n")
    assert record.items("purchases")[0].derived["due"] == date(2026, 3, 31)
    assert record.items("purchases")[1].derived["due"] == date(2026, 2, 28)


def test_money_for_an_invoice_pays_that_one() -> None:
    record = customer(INVOICES + 'payments: [{date: 2026-03-05, amount: 60, for: "1"}]\n')
    assert states(record)[0] == ("60.00", "40.00", "partly_paid")
    assert record.derived["balance"] == Decimal("90.50")


def test_money_for_nothing_pays_the_oldest_due_first() -> None:
    record = customer(INVOICES + "payments: [{date: 2026-03-05, amount: 60}]\n")
    assert states(record) == [("9.50", "90.50", "partly_paid"), ("50.50", "0.00", "paid")]


def test_what_is_left_over_is_ours_to_owe() -> None:
    record = customer(INVOICES + "payments: [{date: 2026-03-05, amount: 200}]\n")
    assert record.derived["balance"] == Decimal("-49.50")
    assert record.items("payments")[0].derived["unallocated"] == Decimal("49.50")


def test_a_refund_takes_it_back() -> None:
    record = customer(
        INVOICES
        + "payments:\n  - {date: 2026-03-05, amount: 200}\n"
        + "  - {date: 2026-03-06, amount: 49.50, direction: refund}\n"
    )
    assert record.derived["balance"] == Decimal("0.00")


def test_one_payment_may_pay_several() -> None:
    record = customer(
        INVOICES
        + "payments:\n  - date: 2026-03-05\n    amount: 150.50\n    allocations:\n"
        + '      - {purchase: "1", amount: 100}\n      - {purchase: "2", amount: 50.50}\n'
    )
    assert [state for _, _, state in states(record)] == ["paid", "paid"]


def test_a_credit_note_takes_from_what_it_corrects() -> None:
    record = customer(
        INVOICES + '  - {kind: credit_note, date: 2026-03-10, amount: 100, corrects: "1"}\n'
    )
    assert states(record)[0] == ("0", "0.00", "credited")
    assert record.derived["balance"] == Decimal("50.50")
    assert record.derived["spend"] == Decimal("50.50")
    assert record.derived["orders"] == 2


def test_an_order_that_an_invoice_bills_counts_once() -> None:
    record = customer(
        "purchases:\n"
        '  - {kind: order, number: "o1", date: 2026-01-05, amount: 80}\n'
        '  - {kind: invoice, number: "i1", date: 2026-01-09, amount: 80, order: "o1"}\n'
        'payments: [{date: 2026-01-06, amount: 80, for: "o1"}]\n'
    )
    assert record.derived["spend"] == Decimal("80.00")
    assert record.derived["orders"] == 1
    assert record.derived["balance"] == Decimal("0.00")


def test_sales_drafts_and_cancelled_owe_nothing() -> None:
    record = customer(
        "purchases:\n"
        "  - {date: 2026-01-05, amount: 80}\n"
        "  - {kind: invoice, date: 2026-01-05, amount: 10, status: draft}\n"
        "  - {kind: invoice, date: 2026-01-05, amount: 20, status: cancelled}\n"
    )
    assert record.derived["balance"] == Decimal("0.00")
    assert record.derived["spend"] == Decimal("80.00")


def test_another_currency_is_converted_at_its_date() -> None:
    record = customer(
        "purchases: [{kind: invoice, date: 2026-02-01, amount: 125 USD}]\n"
        "payments: [{date: 2026-02-02, amount: 40}]\n"
    )
    assert record.derived["spend"] == Decimal("100.00")
    assert record.items("purchases")[0].derived["amount_due"] == Decimal("75.00")
    assert record.derived["balance"] == Decimal("60.00")


def test_an_amount_without_a_rate_is_left_out_of_sums_and_told() -> None:
    text = (
        "name: A\npurchases:\n  - {kind: invoice, date: 2025-02-01, amount: 125 USD}\n"
        "  - {kind: invoice, date: 2025-02-01, amount: 10}\n"
    )
    composed = compose(text, "a.yaml")
    assert composed.root is not None
    reader = Reader("a.yaml", SHOP)
    record = reader.record(composed.root, CUSTOMER, "a")
    assert record.derived["spend"] == Decimal("10.00")
    assert record.derived["balance"] is None
    assert [(one.code, one.line) for one in reader.problems] == [("missing-rate", 3)]


def test_lines_are_rounded_one_by_one_and_tax_by_rate() -> None:
    record = customer(
        "purchases:\n  - date: 2026-01-05\n    lines:\n"
        "      - {product: a, quantity: 3, unit_price: 0.335, tax_rate: 22}\n"
        "      - {product: b, quantity: 1, unit_price: 9.99, discount: 15%, tax_rate: 22}\n"
        "      - {product: c, unit_price: 1, tax_rate: 9.5}\n"
    )
    (purchase,) = record.items("purchases")
    assert [line.derived["net"] for line in purchase.items("lines")] == [
        Decimal("1.01"),
        Decimal("8.49"),
        Decimal("1.00"),
    ]
    assert purchase.derived["net"] == Decimal("10.50")
    assert purchase.derived["tax"] == Decimal("2.09") + Decimal("0.10")


def test_days_between_purchases_give_the_next_one() -> None:
    rows = "".join(f"  - {{date: {day}, amount: 1}}\n" for day in
                   ("2026-01-01", "2026-01-11", "2026-01-11", "2026-02-10"))  # fmt: skip
    record = customer("purchases:\n" + rows)
    assert record.derived["purchase_interval"] == 20
    assert record.derived["next_purchase"] == date(2026, 3, 2)
    assert record.derived["average_order"] == Decimal("1.00")


ORDER = """\
purchases:
  - kind: order
    number: O-1
    date: 2026-01-02
    lines:
      - {product: hour, quantity: 40, unit_price: 100, tax_rate: 20}
      - {product: book, quantity: 2, unit_price: 40, tax_rate: 10}
"""


@pytest.mark.parametrize(
    ("invoice", "units", "nets", "tax"),
    [
        ("lines: [{product: hour, quantity: 12, unit_price: 100}]", "28 2", "2800 80", "568"),
        # At another price: what is left of the money is that of the lines which are left.
        ("lines: [{product: hour, quantity: 20, unit_price: 110}]", "20 2", "1807.69 72.31",
         "368.77"),
        ("lines: [{product: hour, quantity: 40, unit_price: 100}]", "0 2", "0 80", "8"),
        # With something else beside it, which is billed of the order as well.
        ("lines: [{product: hour, quantity: 40, unit_price: 100}, {description: Trip,"
         " unit_price: 20}]", "0 2", "0 60", "6"),
        # All goods are billed, for less.
        ("lines: [{product: hour, quantity: 40, unit_price: 90}, {product: book, quantity: 2,"
         " unit_price: 40}]", "0 0", "392.16 7.84", "79.22"),
        # An invoice that does not say what it bills.
        ("lines: [{description: First part, unit_price: 2040}]", "20 1", "2000 40", "404"),
        ("amount: 2040", "20 1", "2000 40", "404"),
        # A deposit is no goods.
        ("deposit_of: O-1, amount: 2040", "40 2", "2000 40", "404"),
    ],
)  # fmt: skip
def test_what_is_left_of_each_line(invoice: str, units: str, nets: str, tax: str) -> None:
    bill = f"  - {{kind: invoice, order: O-1, date: 2026-02-02, {invoice}}}\n"
    order = customer(ORDER + bill).items("purchases")[0]
    lines = order.items("lines")
    assert [one.derived["units"] for one in lines] == [*map(Decimal, units.split())]
    assert [one.derived["net"] for one in lines] == [*map(Decimal, nets.split())]
    assert order.derived["net"] == sum(map(Decimal, nets.split()))
    assert order.derived["tax"] == sum(one.derived["tax"] for one in lines) == Decimal(tax)


def test_an_order_and_its_part_invoices_are_one_purchase() -> None:
    record = customer(
        "purchases:\n"
        "  - {id: p-0000001, kind: order, number: O-1, date: 2026-02-02, amount: 100}\n"
        "  - {kind: invoice, order: O-1, date: 2026-02-16, amount: 30}\n"
        "  - {kind: invoice, order: O-1, date: 2026-03-16, amount: 30}\n"
        "  - {id: p-0000004, date: 2026-05-02, amount: 10}\n"
    )
    assert record.derived["orders"] == record.derived["purchase_days"] == 2
    assert record.derived["purchase_interval"] == 89
    assert record.derived["first_purchase"] == date(2026, 2, 2)
    assert record.derived["last_purchase"] == date(2026, 5, 2)
    begun = [one.derived.get("sale_date") for one in record.items("purchases")]
    assert begun == [date(2026, 2, 2)] * 3 + [date(2026, 5, 2)]


@pytest.mark.parametrize(
    ("item", "reached"),
    [
        ("{at: 2026-03-01, kind: call}", True),
        ("{at: 2026-03-01, kind: note}", False),
        ("{at: 2026-03-01, kind: call, outcome: no_answer}", False),
        ("{at: 2026-03-01, kind: email, outcome: bounced}", False),
        ("{at: 2026-03-01, kind: meeting, status: planned}", False),
        ("{at: 2026-02-28T23:30+00:00, kind: call, outcome: reached}", True),
    ],
)
def test_contact_is_where_somebody_was_reached(item: str, reached: bool) -> None:
    business = Business(zone="Europe/Ljubljana")
    record = customer(f"interactions: [{item}]\n", business)
    assert record.derived["last_contact"] == (date(2026, 3, 1) if reached else None)


cents = st.integers(1, 50_000).map(lambda value: Decimal(value) / 100)
days = st.integers(0, 300).map(lambda number: date(2026, 1, 1) + timedelta(days=number))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(days, cents), max_size=6),
    st.lists(st.tuples(days, cents, st.integers(0, 7)), max_size=6),
)
def test_no_cent_is_lost(
    invoices: list[tuple[date, Decimal]], payments: list[tuple[date, Decimal, int]]
) -> None:
    text = "purchases:" + (
        "".join(f"\n  - {{kind: invoice, number: n{place}, date: {day}, amount: {amount:.2f}}}"
                for place, (day, amount) in enumerate(invoices)) or " []"
    )  # fmt: skip
    text += "\npayments:" + (
        "".join(f"\n  - {{date: {day}, amount: {amount:.2f}"
                + (f", for: n{number}" if number < len(invoices) else "") + "}"
                for day, amount, number in payments) or " []"
    )  # fmt: skip
    record = customer(text + "\n")
    owed = sum((amount for _, amount in invoices), Decimal(0))
    given_ = sum((amount for _, amount, _ in payments), Decimal(0))
    assert record.derived["balance"] == owed - given_
    left = sum((item.derived["amount_due"] for item in record.items("purchases")), Decimal(0))
    over = sum((item.derived["unallocated"] for item in record.items("payments")), Decimal(0))
    assert left - over == owed - given_
    assert not (left and over), "money lies about while something is owed"
    for item in record.items("purchases"):
        assert item.derived["paid"] + item.derived["amount_due"] == item.derived["gross"]


few = st.sampled_from(("10.00", "30.00", "60.00")).map(Decimal)
OVERCREDITED = """\
purchases:
  - {kind: invoice, number: "1", date: 2026-02-01, amount: 100}
  - {kind: invoice, number: "2", date: 2026-05-01, amount: 100}
  - {kind: credit_note, date: 2026-05-10, amount: 60, corrects: "2"}
payments:
  - {date: 2026-05-05, amount: 100, for: "2"}
  - {date: 2026-06-01, amount: 50, direction: refund, for: "2"}
"""


def test_a_refund_gives_back_what_was_too_much_for_its_invoice() -> None:
    """The ten that are left pay the older one; what is given back is owed of neither."""
    record = customer(OVERCREDITED)
    assert states(record)[:2] == [("10.00", "90.00", "partly_paid"), ("40.00", "0.00", "paid")]
    assert record.derived["balance"] == Decimal("90.00")


def test_a_refund_of_what_was_paid_too_much_is_no_later_payment() -> None:
    record = customer(
        INVOICES
        + 'payments:\n  - {date: 2026-03-05, amount: 130, for: "1"}\n'
        + '  - {date: 2026-04-06, amount: 30, direction: refund, for: "1"}\n'
    )
    assert states(record) == [("100.00", "0.00", "paid"), ("0", "50.50", "unpaid")]
    paid = record.items("purchases")[0].derived
    assert (paid["settled"], paid["days_to_pay"]) == (date(2026, 3, 5), 4)


def test_an_invoice_below_nothing_is_settled_by_what_is_given_back() -> None:
    record = customer(
        "purchases: [{kind: invoice, number: '1', date: 2026-03-01, amount: -50}]\n"
        'payments: [{date: 2026-03-05, amount: 50, direction: refund, for: "1"}]\n',
        doubtful=["negative-purchase"],
    )
    paid = record.items("purchases")[0].derived
    assert (paid["settlement"], paid["settled"]) == ("paid", date(2026, 3, 5))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(days, few, st.booleans()), min_size=2, max_size=3),
    st.lists(st.tuples(days, few, st.integers(0, 2), st.booleans()), min_size=2, max_size=5),
    st.randoms(use_true_random=False),
)
def test_what_is_owed_of_an_invoice_is_no_matter_of_the_order_in_the_file(
    invoices: list[tuple[date, Decimal, bool]],
    payments: list[tuple[date, Decimal, int, bool]],
    random: Random,
) -> None:
    """Nor does a refund make an invoice owed of which as much was paid and credited too much."""
    billed = "purchases:\n"
    for place, (day, amount, halved) in enumerate(invoices):
        billed += f"  - {{kind: invoice, number: n{place}, date: {day}, amount: {amount:.2f}}}\n"
        if halved:
            half = f"amount: {amount / 2:.2f}, corrects: n{place}"
            billed += f"  - {{kind: credit_note, date: {day}, {half}}}\n"
    rows = [
        f"  - {{date: {day}, amount: {amount:.2f}, for: n{number % len(invoices)}"
        + (", direction: refund}\n" if back else "}\n")
        for day, amount, number, back in payments
    ]
    mixed = rows[:]
    random.shuffle(mixed)
    one, other = (
        customer(billed + ("payments:\n" + "".join(some) if some else "")) for some in (rows, mixed)
    )
    owed = {i.values["number"]: i.derived["amount_due"] for i in one.items("purchases")
            if "number" in i.values}  # fmt: skip
    assert owed == {i.values["number"]: i.derived["amount_due"] for i in other.items("purchases")
                    if "number" in i.values}  # fmt: skip
    assert one.derived["balance"] == other.derived["balance"]
    for place, (_, amount, halved) in enumerate(invoices):
        held = sum((-paid if back else paid for _, paid, number, back in payments
                    if number % len(invoices) == place), Decimal(0))  # fmt: skip
        credited = Decimal(f"{amount / 2:.2f}") if halved else Decimal(0)
        if held + credited >= amount:
            assert not owed[f"n{place}"]


def told(text: str, business: Business = SHOP) -> list[tuple[str, str, int]]:
    """(code, severity, line) of what is wrong with a customer; their name is in line 1."""
    composed = compose("name: A\n" + text, "a.yaml")
    assert composed.root is not None
    reader = Reader("a.yaml", business)
    reader.record(composed.root, CUSTOMER, "a")
    return [(one.code, str(one.severity), one.line) for one in reader.problems]


def read_anyway(text: str) -> Item:
    composed = compose("name: A\n" + text, "a.yaml")
    assert composed.root is not None
    return Reader("a.yaml", SHOP).record(composed.root, CUSTOMER, "a")


OVER = (
    INVOICES
    + "payments:\n  - date: 2026-03-05\n    amount: 10\n    allocations:\n"
    + '      - {purchase: "1", amount: 100}\n      - {purchase: "2", amount: 5}\n'
)


def test_a_payment_pays_no_more_than_it_is() -> None:
    record = read_anyway(OVER)
    assert states(record) == [("10.00", "90.00", "partly_paid"), ("0.00", "50.50", "unpaid")]
    assert record.derived["balance"] == Decimal("140.50")
    assert record.items("payments")[0].derived["unallocated"] == Decimal(0)
    assert told(OVER) == [("allocated-too-much", "error", 9)]


def test_a_refund_gives_back_no_more_than_it_is() -> None:
    paid = 'payments:\n  - {date: 2026-03-05, amount: 100, for: "1"}\n'
    back = (
        "  - date: 2026-03-06\n    amount: 10\n    direction: refund\n    allocations:\n"
        '      - {purchase: "1", amount: 100}\n'
    )
    assert read_anyway(INVOICES + paid + back).derived["balance"] == Decimal("60.50")


@pytest.mark.parametrize("how", ['for: "1"', 'allocations: [{purchase: "1", amount: 5}]'])
def test_money_for_a_cancelled_purchase_is_told(how: str) -> None:
    cancelled = 'purchases: [{kind: invoice, number: "1", date: 2026-03-01, amount: 9, %s}]\n'
    payment = f"payments:\n  - {{date: 2026-03-05, amount: 5, {how}}}\n"
    paid = cancelled % "status: cancelled" + payment
    assert told(paid) == [("allocated-to-cancelled", "error", 4)]
    refunded = paid + '  - {date: 2026-03-06, amount: 5, direction: refund, for: "1"}\n'
    assert told(refunded) == []


def test_the_money_that_came_first_pays_and_is_refunded_first() -> None:
    record = customer(
        INVOICES
        + "payments:\n  - {date: 2026-03-09, amount: 100}\n  - {date: 2026-03-05, amount: 70}\n"
        + "  - {date: 2026-03-10, amount: 19, direction: refund}\n"
    )
    later, earlier, _ = record.items("payments")
    assert (earlier.derived["unallocated"], later.derived["unallocated"]) == (
        Decimal(0),
        Decimal("0.50"),
    )


@pytest.mark.parametrize(("amount", "paid"), [("0.333333", "0.33"), ("0.004", "0.00")])
def test_no_fraction_of_a_cent_is_paid(amount: str, paid: str) -> None:
    text = INVOICES + f'payments:\n  - {{date: 2026-03-05, amount: {amount}, for: "1"}}\n'
    assert told(text) == [("fraction-of-a-payment", "error", 6)]
    record = read_anyway(text)
    assert record.items("purchases")[0].derived["amount_due"] == 100 - Decimal(paid)
    of = [one.amount for one in entries(record, SHOP) if one.source.kind.name == "payment"]
    assert sum(of, Decimal(0)) == -Decimal(paid)


def test_what_is_left_of_money_in_another_currency_is_rounded() -> None:
    business = SHOP._replace(rate_table=(("2026-01-01", (("USD", "1.17"),)),))
    record = customer(
        "purchases: [{kind: invoice, number: n, date: 2026-02-01, amount: 42.50 USD}]\n"
        "payments: [{date: 2026-02-02, amount: 38, for: n}]\n",
        business,
    )
    left = [one.amount for one in entries(record, business) if one.currency == "EUR"]
    assert left == [Decimal("-1.68")]
    assert record.derived["balance"] == Decimal("-1.68")


def test_a_credit_note_above_its_invoice_is_told() -> None:
    half = '  - {kind: credit_note, date: 2026-03-10, amount: 60, corrects: "1"}\n'
    assert told(INVOICES + half) == []
    assert told(INVOICES + half + half) == [("credited-too-much", "warning", 6)]
    record = read_anyway(INVOICES + half + half)
    assert record.derived["balance"] == Decimal("30.50")
    # The invoice is settled, and the rest pays the other one.
    first, second, *_ = record.items("purchases")
    assert (first.derived["amount_due"], first.derived["settlement"]) == (Decimal(0), "credited")
    assert second.derived["amount_due"] == Decimal("30.50")


def test_an_invoice_that_can_never_fall_due_is_told() -> None:
    no_terms = Business(*SHOP._replace(terms_days=None))
    assert told(INVOICES, no_terms) == [("never-due", "warning", 3), ("never-due", "warning", 4)]
    assert told(INVOICES + "credit: {terms_days: 8}\n", no_terms) == []
    assert told(INVOICES + "payments: [{date: 2026-03-05, amount: 150.50}]\n", no_terms) == []


@pytest.mark.parametrize(
    ("purchase", "code"),
    [
        ("kind: invoice, lines: [x:-2:10]", "negative-purchase"),
        ("kind: invoice, amount: -5", "negative-purchase"),
        ("kind: invoice, amount: 900, lines: [x:2:10]", "amount-beside-lines"),
    ],
)
def test_amounts_that_mean_nothing_are_told(purchase: str, code: str) -> None:
    assert told(f"purchases: [{{date: 2026-03-01, {purchase}}}]\n") == [(code, "warning", 2)]


@pytest.mark.parametrize(
    "note",
    [
        "amount: 20",
        "amount: -20",
        "lines: [x:2:10]",
        "lines: [x:-2:10]",
        "lines: [x:2:-10]",
        "lines: [x:3:10, fee:-1:10]",
        "lines: [x:-3:10, fee:1:10]",
    ],
)
def test_a_credit_note_takes_away_however_it_is_signed(note: str) -> None:
    record = customer(
        "purchases:\n  - {kind: invoice, date: 2026-03-01, lines: [x:5:10]}\n"
        f"  - {{kind: credit_note, date: 2026-03-02, {note}}}\n"
    )
    assert told(f"purchases: [{{kind: credit_note, date: 2026-03-02, {note}}}]\n") == []
    assert (record.derived["spend"], record.derived["balance"]) == (30, 30)
    credited = record.items("purchases")[1]
    assert credited.derived["gross"] == -20
    units = [line.derived["units"] for line in credited.items("lines")]
    assert sum(units) == credited.derived["units"] <= 0


def test_the_tax_of_a_credit_note_takes_away_too() -> None:
    lines = "lines: [{quantity: -1, unit_price: 10, tax_rate: 22}]"
    record = customer(f"purchases: [{{kind: credit_note, date: 2026-03-02, {lines}}}]\n")
    (note,) = record.items("purchases")
    assert (note.derived["tax"], note.derived["gross"]) == (Decimal("-2.20"), Decimal("-12.20"))


def test_a_line_of_free_goods_that_came_back_is_fewer_units() -> None:
    record = customer(
        "purchases: [{kind: credit_note, date: 2026-03-02, lines: [sample:-3:0]}]\n"
    )
    assert record.items("purchases")[0].derived["units"] == -3


@pytest.mark.parametrize(
    "refund",
    ["amount: 20, direction: refund", "amount: -20, direction: refund", "amount: -20"],
)
def test_a_refund_is_owed_again_however_it_is_signed(refund: str) -> None:
    paid = INVOICES + (
        '    \npayments:\n  - {date: 2026-03-05, amount: 100, for: "1"}\n'
    )
    for named in ("", ', for: "1"', ', allocations: [{purchase: "1", amount: -20}]'):
        record = read_anyway(f"{paid}  - {{date: 2026-03-06, {refund}{named}}}\n")
        assert record.derived["balance"] == Decimal("70.50")
        assert [one.derived["received"] for one in record.items("payments")] == [100, -20]


def test_a_negative_payment_is_told_to_be_a_refund() -> None:
    payment = "payments: [{date: 2026-03-05, amount: -20}]\n"
    assert told(payment) == [("negative-payment", "warning", 2)]
    assert told(payment.replace("-20", "-20, direction: refund")) == []


def test_an_invoice_of_which_nobody_knows_the_amount_is_not_paid() -> None:
    record = customer(
        "purchases:\n  - {kind: invoice, date: 2026-03-01, amount: 0}\n", SHOP
    )
    assert states(record) == [("0", "0.00", "paid")]
    text = "purchases:\n  - {kind: invoice, date: 2026-03-01, number: '1'}\n"
    assert told(text) == [("purchase-without-amount", "warning", 3)]
    assert states(read_anyway(text)) == [("0", "0.00", "unpaid")]


def test_an_invoice_may_have_a_negative_line() -> None:
    assert told("purchases: [{date: 2026-03-01, lines: [x:2:10, deposit:-1:5]}]\n") == []


def on(day: date, text: str) -> Item:
    """The same as a day sees it."""
    return customer(text, SHOP._replace(today=day))


def test_what_is_dated_after_today_neither_owes_nor_pays_yet() -> None:
    text = INVOICES + "payments: [{date: 2026-03-05, amount: 60}]\n"
    before = on(date(2026, 2, 15), text)
    assert states(before) == [("0", "50.50", "unpaid")]
    assert "settlement" not in before.items("purchases")[0].derived
    assert before.derived["balance"] == Decimal("50.50")
    assert "unallocated" not in before.items("payments")[0].derived
    assert before.derived["orders"] == 1
    assert before.derived["last_purchase"] == date(2026, 2, 1)
    after = on(date(2026, 3, 5), text)
    assert states(after)[1] == ("50.50", "0.00", "paid")
    assert after.derived["balance"] == Decimal("90.50")


def test_money_for_an_invoice_of_a_later_day_is_kept_for_it() -> None:
    text = INVOICES + 'payments: [{date: 2026-02-10, amount: 60, for: "1"}]\n'
    record = on(date(2026, 2, 15), text)
    assert states(record) == [("0", "50.50", "unpaid")]
    assert record.items("payments")[0].derived["unallocated"] == Decimal("60")
    assert record.derived["balance"] == Decimal("-9.50")


def test_an_order_counts_until_the_day_of_its_invoice() -> None:
    text = """\
purchases:
  - {kind: order, number: O1, date: 2026-02-01, amount: 100}
  - {kind: invoice, number: "1", order: O1, date: 2026-03-01, amount: 100}
"""
    counted = [
        [item.derived["counts"] for item in on(day, text).items("purchases")]
        for day in (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
    ]
    assert counted == [[False, False], [True, False], [False, True]]


def test_a_credit_note_of_a_later_day_takes_nothing_yet() -> None:
    text = INVOICES + '  - {kind: credit_note, corrects: "2", date: 2026-04-01, amount: 50.50}\n'
    assert states(on(date(2026, 3, 31), text))[1] == ("0", "50.50", "unpaid")
    assert states(on(date(2026, 4, 1), text))[1] == ("0", "0.00", "credited")


def test_money_for_an_order_is_the_orders() -> None:
    record = customer(
        "purchases:\n  - {kind: order, number: O1, date: 2026-03-01, amount: 100}\n"
        "payments:\n  - {date: 2026-03-05, amount: 40, for: O1}\n"
        "  - {date: 2026-03-06, amount: 25, for: O1}\n"
    )
    (order,) = record.items("purchases")
    assert order.derived["paid"] == Decimal(65)
    assert [one.derived["unallocated"] for one in record.items("payments")] == [Decimal(0)] * 2


def test_a_refund_for_an_invoice_is_of_what_was_paid_for_it() -> None:
    record = customer(
        INVOICES + '    \npayments:\n  - {date: 2026-03-05, amount: 100, for: "1"}\n'
        '  - {date: 2026-03-06, amount: 30, direction: refund, for: "1"}\n'
    )
    assert states(record)[0] == ("70.00", "30.00", "partly_paid")


def test_the_refund_that_came_first_takes_what_lies_on_account() -> None:
    """The rest, that of the later one, counts by the rate of its day, wherever it stands."""
    rates = (("2026-01-01", (("USD", "1.25"),)), ("2026-04-01", (("USD", "1.00"),)))
    refunds = [
        "  - {date: 2026-03-06, amount: 100 USD, direction: refund}\n",
        "  - {date: 2026-04-02, amount: 100 USD, direction: refund}\n",
    ]
    for order in (refunds, refunds[::-1]):
        record = customer(
            "payments:\n  - {date: 2026-03-05, amount: 100 USD}\n" + "".join(order),
            Business(currency="EUR", rate_table=rates),
        )
        assert record.derived["balance"] == Decimal("100.00")


def test_a_refund_in_another_currency_leaves_the_money_on_account() -> None:
    record = customer(
        "payments:\n  - {date: 2026-03-05, amount: 100}\n"
        "  - {date: 2026-03-06, amount: 30, currency: USD, direction: refund}\n"
    )
    assert record.items("payments")[0].derived["unallocated"] == Decimal(100)


def test_a_credit_note_for_an_order_lies_on_account() -> None:
    record = read_anyway(
        "purchases:\n  - {kind: order, number: O1, date: 2026-03-01, amount: 100}\n"
        "  - {kind: credit_note, date: 2026-03-02, amount: 20, corrects: O1}\n"
        "  - {kind: invoice, number: I1, date: 2026-03-03, amount: 50}\n"
    )
    assert record.items("purchases")[2].derived["amount_due"] == Decimal(30)


def test_an_invoice_that_bills_what_is_not_there_or_no_order_owes_as_any_other() -> None:
    for order in ("nosuch", "S1"):
        record = read_anyway(
            "purchases:\n  - {kind: sale, number: S1, date: 2026-03-01, amount: 100}\n"
            f"  - {{kind: invoice, number: I1, order: {order}, date: 2026-03-03, amount: 50}}\n"
        )
        sale, invoice = record.items("purchases")
        assert (invoice.derived["amount_due"], sale.derived["counts"]) == (Decimal(50), True)


def test_the_day_that_is_written_goes_before_the_terms() -> None:
    record = read_anyway(
        "credit: {terms_days: 10}\npurchases:\n"
        "  - {kind: invoice, date: 2026-03-01, due_date: 2026-04-30, amount: 5}\n"
        "  - {kind: invoice, date: 2026-03-01, amount: 5}\n"
        "  - {kind: invoice, amount: 5}\n"
    )
    assert [one.derived["due"] for one in record.items("purchases")] == [
        date(2026, 4, 30), date(2026, 3, 11), None,
    ]  # fmt: skip


def test_no_part_of_a_payment_has_a_fraction_of_a_cent() -> None:
    part = "allocations: [{purchase: p-1, amount: 0.333}]"
    text = f"payments:\n  - date: 2026-01-01\n    amount: 5\n    {part}\n"
    assert told(text)[0] == ("fraction-of-a-payment", "error", 5)
