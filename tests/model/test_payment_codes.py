"""What the codes for payments hold, by their standards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from crm_cli.model.paper import Account, Instalment, Paper, Party
from crm_cli.model.payment_codes import payment_codes, reference

SELLER = Party("Kava d.o.o.", "Slovenska cesta 2", "1000", "Ljubljana", country="SI")
BUYER = Party("Žiga Čuček", "Pot na hrib 1", "6000", "Koper", country="SI")
PAPER = Paper(
    "invoice", SELLER, BUYER, number="2026-0042", due=date(2026, 12, 10), currency="EUR",
    gross=Decimal("405.15"), accounts=(Account("SI56011006000000023", "BSLJSI2X"),),
)  # fmt: skip


def test_the_epc_code_is_as_epc069_says() -> None:
    epc, _ = payment_codes(PAPER)
    assert epc.text.split("\n") == [
        "BCD", "002", "1", "SCT", "BSLJSI2X", "Kava d.o.o.", "SI56011006000000023", "EUR405.15",
        "", "", "2026-0042",
    ]  # fmt: skip


def test_the_upn_code_has_twenty_fields_and_their_length() -> None:
    _, upn = payment_codes(PAPER, "Plačilo")
    lines = upn.text.split("\n")
    assert lines == [
        "UPNQR", "", "", "", "", "Žiga Čuček", "Pot na hrib 1", "6000 Koper", "00000040515", "",
        "", "OTHR", "Plačilo 2026-0042", "10.12.2026", "SI56011006000000023", "SI002026-0042",
        "Kava d.o.o.", "Slovenska cesta 2", "1000 Ljubljana", lines[19], "",
    ]  # fmt: skip
    assert int(lines[19]) == len("\n".join(lines[:19])) + 1
    assert upn.text.encode("iso-8859-2")


def test_names_in_other_scripts_fit_the_upn_code() -> None:
    _, upn = payment_codes(PAPER._replace(buyer=Party("Кафе Роза ЕООД", city="София")))
    name, _, city = upn.text.split("\n")[5:8]
    assert (name, city) == ("Kafe Roza EOOD", "Sofiya")


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"currency": "USD"}, []),
        ({"gross": Decimal(0)}, []),
        ({"accounts": ()}, []),
        ({"kind": "quote"}, []),
        ({"kind": "credit_note"}, []),
        ({"gross": Decimal("99999999999.99")}, []),
        ({"status": "cancelled"}, []),
        ({"owed": Decimal(0)}, []),
        ({"instalments": (Instalment(None, Decimal("405.15"), "", Decimal(0)),)}, []),
        ({"accounts": (Account("DE02120300000000202051"),)}, ["epc"]),
    ],
)
def test_a_code_is_made_where_it_can_be_paid(change: dict[str, object], names: list[str]) -> None:
    assert [one.name for one in payment_codes(PAPER._replace(**change))] == names  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "expected"),
    [("2026-0042", "SI002026-0042"), ("1-2-3", "SI001-2-3"), ("1-2-3-4", "SI99"), ("R/7", "SI99"),
     ("", "SI99"), ("123456789012345678901", "SI99")],
)  # fmt: skip
def test_the_reference_of_a_payment(number: str, expected: str) -> None:
    assert reference(number) == expected


@pytest.mark.parametrize(
    ("change", "cents", "due"),
    [
        ({"owed": Decimal("5.15")}, "00000000515", "10.12.2026"),
        ({"instalments": (Instalment(date(2026, 12, 1), Decimal(100), ""),
                          Instalment(date(2027, 1, 1), Decimal("305.15"), ""))},
         "00000010000", "01.12.2026"),
        ({"instalments": (Instalment(date(2026, 12, 1), Decimal(100), "", Decimal(0)),
                          Instalment(date(2027, 1, 1), Decimal("305.15"), "", Decimal("300.15"))),
          "owed": Decimal("300.15")},
         "00000030015", "01.01.2027"),
    ],
)  # fmt: skip
def test_a_code_is_of_what_is_due_next(change: dict[str, object], cents: str, due: str) -> None:
    epc, upn = payment_codes(PAPER._replace(**change))  # type: ignore[arg-type]
    assert epc.text.split("\n")[7] == f"EUR{int(cents) / 100:.2f}"
    assert (upn.text.split("\n")[8], upn.text.split("\n")[13]) == (cents, due)
