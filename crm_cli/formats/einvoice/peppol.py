"""Peppol BIS Billing 3.0: UBL that is sent through the network, and what that wants beside
EN 16931.

These rules are our own reading of Peppol's (PEPPOL-EN16931-R…), not its published checks. Those of
single countries are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.formats.einvoice.as_ubl import ubl_of
from crm_cli.formats.einvoice.building import vat_id
from crm_cli.formats.einvoice.invoice import Endpoint, Invoice
from crm_cli.model.invoice_law import Missing
from crm_cli.model.paper import Paper, Party

CUSTOMIZATION = (
    "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
)
"""The specification (BT-24; PEPPOL-EN16931-R004)."""
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
"""The process (BT-23; PEPPOL-EN16931-R001, R007)."""
_OF_VAT = {
    "AD": "9922", "AL": "9923", "AT": "9914", "BA": "9924", "BE": "9925", "BG": "9926",
    "CH": "9927", "CY": "9928", "CZ": "9929", "DE": "9930", "EE": "9931", "GB": "9932",
    "EL": "9933", "GR": "9933", "HR": "9934", "HU": "9910", "IE": "9935", "IT": "0211",
    "LI": "9936", "LT": "9937", "LU": "9938", "LV": "9939", "MC": "9940", "ME": "9941",
    "MK": "9942", "MT": "9943", "NL": "9944", "PL": "9945", "PT": "9946", "RO": "9947",
    "RS": "9948", "SI": "9949", "SK": "9950", "SM": "9951", "TR": "9952", "VA": "9953",
    "FR": "9957", "ES": "9920", "FI": "0213",
}  # fmt: skip
"""The schemes (EAS) whose addresses are VAT ids, by the prefix of those."""
_SCHEMES = frozenset(
    (
        "0002", "0007", "0009", "0037", "0060", "0088", "0096", "0097", "0106", "0130", "0135",
        "0142", "0147", "0151", "0154", "0158", "0170", "0177", "0183", "0184", "0188", "0190",
        "0191", "0192", "0193", "0194", "0195", "0196", "0198", "0199", "0200", "0201", "0202",
        "0203", "0204", "0205", "0208", "0209", "0210", "0211", "0212", "0213", "0215", "0216",
        "0217", "0218", "0221", "0225", "0230", "9910", "9913", "9914", "9915", "9918", "9919",
        "9920", "9922", "9923", "9924", "9925", "9926", "9927", "9928", "9929", "9930", "9931",
        "9932", "9933", "9934", "9935", "9936", "9937", "9938", "9939", "9940", "9941", "9942",
        "9943", "9944", "9945", "9946", "9947", "9948", "9949", "9950", "9951", "9952", "9953",
        "9957", "9959",
    )
)  # fmt: skip
"""The schemes of electronic addresses (PEPPOL-EN16931-CL008)."""
_BUYER = "social (service: peppol)"


def endpoint_of(party: Party) -> Endpoint | None:
    """The electronic address of a party: its own, else its VAT id where that is one."""
    scheme, _, value = party.endpoint.partition(":")
    if value:
        return Endpoint(scheme.strip(), value.strip())
    id = vat_id(party.tax_id)
    return Endpoint(_OF_VAT[id[:2]], id) if id[:2] in _OF_VAT else None


def lacking(paper: Paper) -> Iterator[Missing]:
    """What Peppol wants beside EN 16931, and an invoice has not."""
    yield from _endpoint(paper.seller, "business.endpoint in crm.yaml", "our", "R020")
    yield from _endpoint(paper.buyer, _BUYER, "the customer's", "R010")
    if not (paper.buyer_reference or paper.order or paper.deposit_of):
        what = "the customer's reference, or order: the order that it bills"
        yield Missing("buyer_reference", f"{what} (PEPPOL-EN16931-R003)")


def _endpoint(party: Party, field: str, whose: str, rule: str) -> Iterator[Missing]:
    found = endpoint_of(party)
    if found is None:
        what = f"{whose} electronic address, as 0088:1234567890128"
        yield Missing(field, f"{what} (PEPPOL-EN16931-{rule})")
    elif found.scheme not in _SCHEMES:
        what = f"an address of a known scheme, not {found.scheme} (PEPPOL-EN16931-CL008)"
        yield Missing(field, what)
    elif not _holds(found):
        what = f"an address whose check digits are right, not {found.value} (PEPPOL-COMMON)"
        yield Missing(field, what)


def _holds(endpoint: Endpoint) -> bool:
    """Whether the check digits of an address are right (PEPPOL-COMMON-R040 to R043)."""
    value = endpoint.value
    if endpoint.scheme not in ("0088", "0192", "0208"):
        return True
    if not (value.isascii() and value.isdigit()):
        return False
    digits = [int(sign) for sign in value]
    if endpoint.scheme == "0088":
        weighted = sum(one * (3 if at % 2 else 1) for at, one in enumerate(reversed(digits)))
        return len(digits) == 13 and weighted % 10 == 0
    if endpoint.scheme == "0192":
        weights = (3, 2, 7, 6, 5, 4, 3, 2, 1)
        return len(digits) == 9 and sum(map(int.__mul__, digits, weights)) % 11 == 0
    return len(digits) == 10 and 97 - int(value[:8]) % 97 == int(value[8:])


def peppol_of(invoice: Invoice, paper: Paper) -> bytes:
    """An invoice as Peppol takes it, with the electronic addresses of both sides."""
    addressed = invoice._replace(
        seller=invoice.seller._replace(endpoint=endpoint_of(paper.seller)),
        buyer=invoice.buyer._replace(endpoint=endpoint_of(paper.buyer)),
    )
    return ubl_of(addressed, customization=CUSTOMIZATION, profile=PROFILE)
