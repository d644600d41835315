"""camt.053 and its kin (ISO 20022, versions 02 to 13): statements in XML.

Elements go by their local names, so that all versions are read; see `xml_tree`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from crm_cli.formats.bank.statement import Statement, StatementLine, bounded, clean
from crm_cli.formats.xml_tree import Node, tree
from crm_cli.model.errors import DataError

_ROOT = ("BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn")
_GROUPS = ("Stmt", "Rpt", "Ntfctn")
_RETURNS = ("UPDD", "RRTN", "RPCR", "PRDD", "RCDD", "ARET", "UPCT", "UPCQ", "RRCT", "RJCT")
"""Sub-families of bank transaction codes that give a payment back."""


def read(data: bytes) -> Statement:
    """The booked entries of all statements in a file; raises DataError."""
    top = tree(data, "statement of a bank", "export the statement from the bank again")
    root = next((one for name in _ROOT for one in top.all("Document", name)), None)
    if root is None:
        raise DataError(
            "the XML file is no statement of a bank",
            "camt.053 is read: BkToCstmrStmt in a Document",
        )
    notes: list[str] = []
    lines = bounded(_lines(root, notes))
    return Statement("camt.053", lines, tuple(dict.fromkeys(notes)))


def _lines(root: Node, notes: list[str]) -> Iterator[StatementLine]:
    for group in _GROUPS:
        for statement in root.all(group):
            account = clean(statement.one("Acct/Id/IBAN", "Acct/Id/Othr/Id")).replace(" ", "")
            currency = statement.one("Acct/Ccy")
            for entry in statement.all("Ntry"):
                status = entry.one("Sts", "Sts/Cd", "Sts/Prtry")
                if status not in ("BOOK", ""):
                    notes.append("entries that are not booked yet are left out")
                    continue
                yield from _entry(entry, account, currency)


def _entry(entry: Node, account: str, currency: str) -> Iterator[StatementLine]:
    """A line for each transaction of a batch, if their amounts add up; else one for all."""
    amount, own = _amount(entry, "Amt")
    sign = -1 if entry.one("CdtDbtInd") == "DBIT" else 1
    day = _day(entry.one("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"))
    details = list(entry.all("NtryDtls", "TxDtls"))
    bank_reference = clean(entry.one("AcctSvcrRef", "NtryRef"))
    reversal = entry.one("RvslInd").lower() == "true"
    code = entry.one("BkTxCd/Domn/Fmly/SubFmlyCd")
    whole = StatementLine(
        account,
        day,
        sign * amount,
        own or currency,
        text=clean(entry.one("AddtlNtryInf")),
        bank_reference=bank_reference,
        returned=sign < 0 and (reversal or code in _RETURNS),
    )
    parts = [_amount(one, "AmtDtls/TxAmt/Amt", "Amt") for one in details]
    batch = len(details) > 1 and sum(part for part, _ in parts) == amount
    if not details or (len(details) > 1 and not batch):
        yield whole
        return
    for place, one in enumerate(details, 1):
        line = _detailed(whole, one, credit=sign > 0)
        if batch:
            reference = clean(one.one("Refs/AcctSvcrRef", "Refs/TxId"))
            if not reference or reference == bank_reference:
                reference = f"{bank_reference}/{place}" if bank_reference else ""
            line = line._replace(amount=sign * parts[place - 1][0], bank_reference=reference)
        yield line


def _detailed(line: StatementLine, one: Node, *, credit: bool) -> StatementLine:
    """A line with what a transaction says of it: who, what for, and whether it came back."""
    who, other = ("Dbtr", "Cdtr") if credit else ("Cdtr", "Dbtr")
    returned = line.returned or (not credit and bool(one.one("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")))
    if returned:
        # What comes back names the payer as it did when it came.
        who, other = other, who
    people = [f"RltdPties/{who}/Nm", f"RltdPties/{who}/Pty/Nm", f"RltdPties/Ultmt{who}/Nm"]
    accounts = [f"RltdPties/{who}Acct/Id/IBAN"]
    if returned:
        people += [f"RltdPties/{other}/Nm", f"RltdPties/{other}/Pty/Nm"]
    texts = [found.text for found in one.all("RmtInf", "Ustrd")]
    texts += [found.text for found in one.all("AddtlTxInf")]
    references = [found.text for found in one.all("RmtInf", "Strd", "CdtrRefInf", "Ref")]
    references.append(one.one("Refs/EndToEndId"))
    charges = one.one("Chrgs/TtlChrgsAndTaxAmt", "Chrgs/Rcrd/Amt", "Chrgs/Amt")
    return line._replace(
        name=clean(one.one(*people)),
        iban=clean(one.one(*accounts)).replace(" ", ""),
        text=clean(" ".join(texts)) or line.text,
        reference=clean(next((text for text in references if _says(text)), "")),
        bank_reference=line.bank_reference or clean(one.one("Refs/AcctSvcrRef")),
        returned=returned,
        charges=_number(charges) if charges and returned else None,
    )


def _says(reference: str) -> bool:
    return reference.strip().upper() not in ("", "NOTPROVIDED", "NONREF")


def _amount(node: Node, *paths: str) -> tuple[Decimal, str]:
    for path in paths:
        for found in node.all(*path.split("/")):
            if found.text.strip():
                return _number(found.text.strip()), found.attributes.get("Ccy", "")
    return Decimal(0), ""


def _number(text: str) -> Decimal:
    try:
        if len(text) > 24 or not text.isascii() or not set(text) <= set("0123456789.+"):
            raise InvalidOperation
        return Decimal(text)
    except InvalidOperation:
        raise DataError(f"{clean(text)[:40]!r} is no amount of a statement") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise DataError(f"an entry has no date: {clean(text)[:40]!r}") from None
