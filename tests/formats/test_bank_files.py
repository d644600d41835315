"""Statements of banks: camt.053 and MT940 as banks write them, and hostile ones."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.formats import bank
from crm_cli.formats.bank import format_of, read_statement, statement
from crm_cli.formats.bank.statement import StatementLine, known_by
from crm_cli.model.errors import DataError

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"


def camt(*entries: str, version: str = "02", currency: str = "EUR") -> bytes:
    return (
        f'<?xml version="1.0"?><Document xmlns="{NAMESPACE.format(version=version)}">'
        "<BkToCstmrStmt><GrpHdr/><Stmt><Acct><Id><IBAN>SI56020100012345678</IBAN></Id>"
        f"<Ccy>{currency}</Ccy></Acct>{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def entry(
    amount: str, details: str = "", *, mark: str = "CRDT", ref: str = "B1", more: str = "",
    status: str = "<Sts>BOOK</Sts>", day: str = "<Dt>2026-11-18</Dt>",
) -> str:  # fmt: skip
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>{more}{status}'
        f"<BookgDt>{day}</BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>"
        f"<NtryDtls>{details}</NtryDtls></Ntry>"
    )


def details(
    *, name: str = "Ana Novak", text: str = "", ref: str = "", end: str = "NOTPROVIDED",
    amount: str = "", more: str = "", party: str = "Dbtr",
    iban: str = "SI56 1910",
) -> str:  # fmt: skip
    strd = f"<Strd><CdtrRefInf><Ref>{ref}</Ref></CdtrRefInf></Strd>" if ref else ""
    paid = f'<AmtDtls><TxAmt><Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls>' if amount else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{end}</EndToEndId></Refs>{paid}"
        f"<RltdPties><{party}><Nm>{name}</Nm></{party}><{party}Acct><Id><IBAN>{iban}"
        f"</IBAN></Id></{party}Acct></RltdPties><RmtInf><Ustrd>{text}</Ustrd>{strd}</RmtInf>"
        f"{more}</TxDtls>"
    )


def only(data: bytes) -> StatementLine:
    (line,) = read_statement(data).lines
    return line


@pytest.mark.parametrize("version", ["02", "08", "13"])
def test_an_entry_of_camt(version: str) -> None:
    data = camt(entry("200.00", details(text="Invoice 2026-0042", end="E-7")), version=version)
    assert format_of(data) == "camt"
    assert only(data) == StatementLine(
        "SI56020100012345678", date(2026, 11, 18), Decimal("200.00"), "EUR", "Ana Novak",
        "SI561910", "Invoice 2026-0042", "E-7", "B1",
    )  # fmt: skip


def test_newer_versions_put_parties_and_states_deeper() -> None:
    newer = details(name="x").replace("<Nm>x</Nm>", "<Pty><Nm>Bor</Nm></Pty>")
    line = only(camt(entry("5", newer, status="<Sts><Cd>BOOK</Cd></Sts>"), version="08"))
    assert line.name == "Bor"
    pending = camt(entry("5", status="<Sts><Cd>PDNG</Cd></Sts>"))
    found = read_statement(pending)
    assert found.lines == () and "not booked" in found.notes[0]


def test_a_creditor_reference_goes_before_the_end_to_end_id() -> None:
    assert only(camt(entry("5", details(ref="RF18539007547034", end="E1")))).reference == (
        "RF18539007547034"
    )


def test_a_batch_is_taken_apart_where_its_amounts_add_up() -> None:
    both = details(amount="3.00", name="A") + details(amount="4.00", name="B")
    lines = read_statement(camt(entry("7.00", both))).lines
    assert [(one.name, one.amount, one.bank_reference) for one in lines] == [
        ("A", Decimal("3.00"), "B1/1"), ("B", Decimal("4.00"), "B1/2"),
    ]  # fmt: skip
    assert len(read_statement(camt(entry("8.00", both))).lines) == 1


@pytest.mark.parametrize(
    "data",
    [
        camt(entry("9", details(), mark="DBIT", more="<RvslInd>true</RvslInd>")),
        camt(entry("9", details(more="<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"), mark="DBIT")),
        camt(entry("9", details(), mark="DBIT", more="<BkTxCd><Domn><Fmly><SubFmlyCd>UPDD"
                   "</SubFmlyCd></Fmly></Domn></BkTxCd>")),
    ],
)  # fmt: skip
def test_what_is_returned(data: bytes) -> None:
    line = only(data)
    assert line.returned and line.amount == -9
    assert line.name == "Ana Novak"
    assert not only(camt(entry("9", details(party="Cdtr"), mark="DBIT"))).returned


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + b"".join(
        b'<!ENTITY lol%d "%s">' % (n, b"&lol%s;" % (str(n - 1).encode() if n > 1 else b"") * 10)
        for n in range(1, 10)
    )
    + b"]><Document>&lol9;</Document>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    b"<Document>&e;</Document>"
)


@pytest.mark.parametrize(
    "data, said",
    [
        (BOMB, "document type"),
        (OUTSIDE, "document type"),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><Document/>', "document type"),
        (b"<Document>" + b"<a>" * 100, "nested too deep"),
        (b"<a>" * 1_000_000, "nested too deep"),
        (b"<Document><a></Document>", "not valid XML"),
        (b"<Document>&nothing;</Document>", "not valid XML"),
        (b"<html></html>", "no statement"),
        (b'<?xml version="1.0" encoding="x-nothing"?><Document/>', "cannot be decoded"),
        (camt(entry("1e400")), "no amount"),
        (camt(entry("NaN")), "no amount"),
        (camt(entry("-5")), "no amount"),
        (camt(entry("9" * 30)), "no amount"),
        (camt(entry("5", day="<Dt>soon</Dt>")), "no date"),
        (b":20:X\n:25:A\n:60F:C261101EUR0,\n:61:nonsense\n", "cannot be read"),
        (b":20:X\n:25:A\n:60F:C261101EUR0,\n:61:261345C5,NTRF1\n", "no date"),
        (b":20:X\n", "no MT940"),
    ],
)
def test_hostile_files_are_refused(data: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_statement(data)


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement, "MOST_LINES", 2)
    with pytest.raises(DataError, match="more than 2 lines"):
        read_statement(camt(*[entry("1")] * 3))
    monkeypatch.setattr(bank, "LARGEST", 10)
    with pytest.raises(DataError, match="64 MiB"):
        read_statement(camt(entry("1")))
    line = only_text("x" * 100_000)
    assert len(line.text) <= 1000


def only_text(text: str) -> StatementLine:
    return read_one(camt(entry("1", details(text=text))))


def read_one(data: bytes) -> StatementLine:
    from crm_cli.formats.bank.camt import read

    (line,) = read(data).lines
    return line


def test_texts_have_no_control_characters() -> None:
    assert only_text("a&#10;b&#x202e;c").text == "a b c"


MT940 = """\
{1:F01AAAABB99XSMK0000000000}{2:O9400000000000N}{4:
:20:STARTUMS
:25:10020030/1234567
:28C:0/1
:60F:C261101EUR1000,00
:61:2611181118C200,00NTRFNONREF//B-1
:86:166?00GUTSCHRIFT?20EREF+E-1?21SVWZ+Rechnung 2026-?22 0042 danke?30BANK?31DE8937?32Ana
?33 Novak
:61:2612310102D5,5NDDTX-2//B-2
:86:/EREF/NOTPROVIDED/NAME/Bor d.o.o./IBAN/NL91/REMI/USTD//Refund 7
:61:261119RC9,NRTI2026-0007//B-3
more of it
:86:Returned item
:62F:C261130EUR1185,50
-}
"""


def test_lines_of_mt940() -> None:
    data = MT940.replace("\n", "\r\n").encode("cp1252")
    assert format_of(data) == "mt940"
    lines = read_statement(data).lines
    assert lines[0] == StatementLine(
        "1234567", date(2026, 11, 18), Decimal("200.00"), "EUR", "Ana Novak", "DE8937",
        "Rechnung 2026- 0042 danke", "E-1", "B-1",
    )  # fmt: skip
    assert (lines[1].day, lines[1].amount, lines[1].name, lines[1].text, lines[1].reference) == (
        date(2027, 1, 2), Decimal("-5.5"), "Bor d.o.o.", "Refund 7", "X-2",
    )  # fmt: skip
    assert lines[2].amount == -9 and lines[2].returned
    assert lines[2].reference == "2026-0007"


def test_what_lines_are_known_by() -> None:
    one = StatementLine("A", date(2026, 11, 1), Decimal(5), "EUR", bank_reference="R1")
    same = one._replace(bank_reference="NONREF")
    named = known_by([one, same, same, one._replace(amount=Decimal(6), bank_reference="R2")])
    assert named[0][1] == "R1" and named[3][1] == "R2"
    assert named[1][1] != named[2][1]
    assert [known for _, known in known_by([one, same, same])] == [known for _, known in named[:3]]
    # A reference that lines of other amounts have is no name of any.
    other = known_by([one, one._replace(amount=Decimal(7))])
    assert len({known for _, known in other}) == 2 and "R1" not in [known for _, known in other]


@settings(max_examples=150, deadline=None)
@given(data=st.one_of(
    st.binary(max_size=300).map(lambda tail: b"<Document>" + tail),
    st.text(max_size=300).map(lambda tail: f":20:X\n:25:A\n:60F:C261101EUR0,\n{tail}".encode()),
    st.lists(st.sampled_from(MT940.splitlines()), max_size=20).map(lambda rows: "\n".join(
        [":20:X", ":25:A", *rows]).encode()),
))  # fmt: skip
def test_any_file_gives_lines_or_says_why_not(data: bytes) -> None:
    try:
        found = read_statement(data)
    except DataError:
        return
    for line in found.lines:
        assert line.text.isprintable() and len(line.text) <= 1000
