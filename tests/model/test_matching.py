"""What lines of the bank are matched with: by reference, number, account, name and amount."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model.matching import Book, Line, Match, Open, Paid

DAY = date(2026, 11, 18)
INVOICES = (
    Open("ana", "p-1", "2026-0042", Decimal(100), "EUR", date(2026, 11, 10)),
    Open("ana", "p-2", "2026-0043", Decimal(50), "EUR", date(2026, 11, 12)),
    Open("bor", "p-3", "2026-0044", Decimal(70), "EUR", None),
    Open("cilka", "p-4", "2026-0045", Decimal(70), "USD", None),
    Open("cilka", "p-5", "D-2026-0001", Decimal(-30), "EUR", None),
    Open("dora", "p-6", "2026-0046", Decimal(11), "EUR", None),
    Open("dora", "p-7", "2026-0047", Decimal(11), "EUR", None),
    Open("dora", "p-8", "2026-0048", Decimal(13), "EUR", None),
)
PAID = (
    Paid("bor", "y-1", date(2026, 11, 1), Decimal(20), "EUR", "2026-0001", "E-1", "B1"),
    Paid("bor", "y-2", date(2026, 11, 15), Decimal(33), "EUR", "2026-0002", "", ""),
)
NAMES = {"Ana Novak": "ana", "Bor d.o.o.": "bor", "Cilka Horvat": "cilka", "Dora Kos": "dora"}


def book(tolerance: str = "0") -> Book:
    return Book(INVOICES, PAID, NAMES.items(), {"SI56BOR": "bor"}, Decimal(tolerance))


def line(amount: str, text: str = "", **more: Any) -> Line:
    usual = {"currency": "EUR", "name": "", "iban": "", "reference": "", "day": DAY}
    return Line(**{**usual, **more, "amount": Decimal(amount), "text": text})


def paid(found: Match) -> list[tuple[str, str, dict[str, str]]]:
    return [
        (part.customer, str(part.amount), {id: str(amount) for id, amount in part.allocations})
        for part in found.parts
    ]


@pytest.mark.parametrize(
    "one, reason",
    [
        (line("100", "Invoice 2026-0042"), "number 2026-0042, the amount fits"),
        (line("100", "inv.20260042, thanks"), "number 2026-0042, the amount fits"),
        (line("100", "INV 2026 0042"), "number 2026-0042, the amount fits"),
        (line("100", reference="2026-0042"), "reference 2026-0042, the amount fits"),
        (line("100", reference="SI00 2026-0042"), "reference SI00 2026-0042, the amount fits"),
        (line("100", reference="RF8820260042"), "reference RF8820260042, the amount fits"),
        (line("100", "thanks", name="NOVAK ANA"), "name and amount"),
    ],
)
def test_one_invoice_in_whole(one: Line, reason: str) -> None:
    found = book().match(one)
    assert (found.reason, paid(found)) == (reason, [("ana", "100", {"p-1": "100"})])


def test_a_creditor_reference_with_wrong_check_digits_names_nothing() -> None:
    assert not book().match(line("100", reference="RF0020260042")).certain


def test_an_account_that_paid_before() -> None:
    assert paid(book().match(line("70", iban="si56bor"))) == [("bor", "70", {"p-3": "70"})]


def test_part_over_combined_and_split() -> None:
    part = book().match(line("40", "2026-0042"))
    assert part.reason == "number 2026-0042, in part"
    assert paid(part) == [("ana", "40", {"p-1": "40"})]
    over = book().match(line("120", "2026-0042"))
    assert over.reason.endswith("20 more than is owed")
    assert paid(over) == [("ana", "120", {"p-1": "100"})]
    both = book().match(line("150", "2026-0042, 2026-0043"))
    assert paid(both) == [("ana", "150", {"p-1": "100", "p-2": "50"})]
    whole = book().match(line("150", name="Ana Novak"))
    assert (whole.reason, len(whole.parts)) == ("name, all that is owed", 1)
    # One transfer for two customers.
    shared = book().match(line("170", "2026-0042 and 2026-0044"))
    assert paid(shared) == [("ana", "100", {"p-1": "100"}), ("bor", "70", {"p-3": "70"})]
    # One invoice by two transfers: the second one is the rest.
    books = book()
    assert books.match(line("60", "2026-0042")).certain
    rest = books.match(line("40", "2026-0042"))
    assert rest.reason == "number 2026-0042, the amount fits"
    assert not books.match(line("40", "2026-0042")).certain


def test_charges_within_the_tolerance_are_written_off() -> None:
    found = book("2.50").match(line("98", "2026-0042"))
    assert paid(found) == [("ana", "98", {"p-1": "98"})]
    assert found.written_off == (("ana", "p-1", Decimal(2)),)
    assert book("1").match(line("98", "2026-0042")).written_off == ()


@pytest.mark.parametrize(
    "one, candidates",
    [
        (line("70", "thanks"), ("2026-0044",)),  # The amount alone.
        (line("99", name="Ana Novak"), ("2026-0042", "2026-0043")),
        (line("11", name="Dora Kos"), ("2026-0046", "2026-0047")),
        (line("24", name="Dora Kos"), ("2026-0046", "2026-0047", "2026-0048")),
        (line("22", name="Dora Kos"), ("2026-0046", "2026-0047")),
        (line("100", "2026-0042 2026-0043"), ("2026-0042", "2026-0043")),
        (line("99", "2026-0042 2026-0044"), ("2026-0042", "2026-0044")),
        (line("70", "2026-0045"), ("2026-0045",)),  # In dollars.
        (line("5", "on 20 26 00 42"), ("2026-0042",)),  # Digits that only may be its number.
        (line("40", "2026-0042", name="Cilka Horvat"), ("2026-0042",)),  # Somebody else's.
        (line("20", "2026-0001"), ("y-1", "bor")),  # Paid already.
    ],
)
def test_what_is_doubtful_has_its_candidates(one: Line, candidates: tuple[str, ...]) -> None:
    found = book().match(one)
    assert not found.certain and found.reason
    assert found.candidates == candidates


def test_what_nobody_knows() -> None:
    assert book().match(line("5", "rent", name="Nobody")) == Match(
        "no number, account, name or amount is known"
    )
    assert book().match(line("-5", "rent", name="Landlord")) == Match("")
    # A short number is no name of an invoice.
    only = Open("ana", "p-9", "42", Decimal(5), "EUR", None)
    short = Book([only], [], NAMES.items(), {}, Decimal(0))
    assert not short.match(line("4", "flat 42")).certain


def test_a_payment_that_was_written_down_before() -> None:
    books = book()
    assert books.match(line("33", "2026-0002")).here == "y-2"
    assert not books.match(line("33", "2026-0002")).certain
    assert not book().match(line("33", "2026-0002", day=date(2026, 12, 18))).certain


def test_refunds_and_returns() -> None:
    refund = book().match(line("-30", "D-2026-0001"))
    assert paid(refund) == [("cilka", "-30", {"p-5": "-30"})]
    assert not book().match(line("-29", "D-2026-0001")).certain
    back = line("-20", "2026-0001", returned=True)
    assert book().match(back).returned == "y-1"
    assert book().match(line("-25", reference="E-1", returned=True)).returned == "y-1"
    assert book().match(line("-20", iban="SI56BOR", returned=True)).returned == "y-1"
    unclear = book().match(line("-20", "who knows", returned=True))
    assert not unclear.certain and unclear.reason
    # What is not said to be one is asked about.
    assert book().match(line("-20", "2026-0001")).candidates[0] == "y-1"


LINES = st.lists(
    st.builds(
        line,
        st.sampled_from(("100", "50", "150", "40", "70", "170", "11", "1000", "-30", "-20")),
        st.sampled_from(("", "2026-0042", "2026-0043 2026-0042", "2026-0044", "D-2026-0001")),
        name=st.sampled_from(("", "Ana Novak", "Bor")),
        iban=st.sampled_from(("", "SI56BOR")),
        returned=st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=200, deadline=None)
@given(lines=LINES, tolerance=st.sampled_from(("0", "5")))
def test_parts_are_the_line_and_no_invoice_is_paid_twice(
    lines: list[Line], tolerance: str
) -> None:
    books = book(tolerance)
    settled: dict[str, Decimal] = {}
    for one in lines:
        found = books.match(one)
        if found.parts:
            assert sum(part.amount for part in found.parts) == one.amount
        for part in found.parts:
            allocated = sum((amount for _, amount in part.allocations), Decimal(0))
            assert abs(allocated) <= abs(part.amount)
            for id, amount in part.allocations:
                settled[id] = settled.get(id, Decimal(0)) + amount
        for _, id, amount in found.written_off:
            settled[id] += amount
    owed = {one.id: one.owed for one in INVOICES}
    assert all(abs(amount) <= abs(owed[id]) for id, amount in settled.items())


def test_banks_write_umlauts_as_two_letters_and_namesakes_narrow_the_candidates() -> None:
    fee = [Open(one, f"p-{one}", number, Decimal(60), "EUR", None)
           for one, number in (("m1", "F-0001"), ("m2", "F-0002"), ("eva", "F-0003"))]  # fmt: skip
    names = [("Peter Müller", "m1"), ("Peter Mueller", "m2"), ("Jürgen Groß", "j")]
    names += [("Eva Klein", "eva")]
    other = Open("j", "p-j", "F-0009", Decimal(75), "EUR", None)
    book = Book([*fee, other], [], names, {}, Decimal(0))
    assert book.match(line("75", name="Juergen Gross")).reason == "name and amount"
    found = book.match(line("60", name="Peter Müller"))
    assert not found.certain and found.reason == "name and amount fit 2 invoices"
    assert found.candidates == ("F-0001", "F-0002")
    found = book.match(line("61", name="MUELLER PETER"))
    assert found.reason == "the name is that of 2 customers, the amount fits nothing"
    assert found.candidates == ("F-0001", "F-0002")
    book = Book([fee[1], fee[2]], [], names, {}, Decimal(0))
    found = book.match(line("60", name="Peter Müller"))
    assert not found.certain and found.candidates == ("F-0002",)
