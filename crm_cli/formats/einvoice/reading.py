"""E-invoices read: UBL, CII, and the CII that a PDF carries (Factur-X, ZUGFeRD)."""

from __future__ import annotations

import re
import zlib

from crm_cli.formats.einvoice.from_cii import invoice_of_cii
from crm_cli.formats.einvoice.from_ubl import invoice_of_ubl
from crm_cli.formats.einvoice.invoice import Invoice
from crm_cli.formats.xml_tree import tree
from crm_cli.model.errors import DataError

LARGEST = 32 * 1024 * 1024
"""So many bytes a file may have."""
_MOST_XML = 8 * 1024 * 1024
_MOST_NODES = 400_000
_MOST_TRIED = 64
_FILE = re.compile(rb"/EmbeddedFile\b|/(?:text|application)#2[Ff]xml")
_STREAM = re.compile(rb"\bstream\r?\n")
_ROOTS = {
    "Invoice": invoice_of_ubl, "CreditNote": invoice_of_ubl,
    "CrossIndustryInvoice": invoice_of_cii,
}  # fmt: skip


def is_einvoice(data: bytes) -> bool:
    """Whether a file could be one: XML whose root is an invoice's, or a PDF."""
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF"):
        return True
    return start.startswith(b"<") and bool(
        re.search(rb"<(?:\w{1,20}:)?(?:Invoice|CreditNote|CrossIndustryInvoice)[\s>]", start)
    )


def read_invoice(data: bytes) -> Invoice:
    """The invoice in a file. Raises DataError for what is none, is hostile, or too large."""
    if len(data) > LARGEST:
        raise DataError("the file has more than 32 MiB, which no e-invoice has")
    if data[:1024].lstrip().startswith(b"%PDF"):
        data = _attached(data)
    cure = "have the program that made it write it again"
    top = tree(data, "e-invoice", cure, most=_MOST_NODES)
    for root in top.children:
        if root.name in _ROOTS:
            return _ROOTS[root.name](root)
    raise DataError("the XML file is no e-invoice", "UBL 2.1 and CII are read")


def _attached(data: bytes) -> bytes:
    """The XML of an invoice that a PDF carries.

    Its files are found as they stand there, and unpacked up to a bound: a PDF that packs much
    into little fills no memory.
    """
    for count, match in enumerate(_FILE.finditer(data)):
        if count >= _MOST_TRIED:
            break
        stream = _STREAM.search(data, match.end(), match.end() + 4096)
        if stream is None:
            continue
        begin = max(data.rfind(b" obj", 0, match.start()), match.start() - 4096, 0)
        found = _unpacked(data, stream.end(), data[begin : stream.start()])
        if is_einvoice(found) and not found.startswith(b"%PDF"):
            return found
    raise DataError(
        "the PDF carries no invoice for machines", "Factur-X and ZUGFeRD from 2.0 on do"
    )


def _unpacked(data: bytes, start: int, head: bytes) -> bytes:
    if b"/FlateDecode" in head:
        try:
            found = zlib.decompressobj().decompress(memoryview(data)[start:], _MOST_XML + 1)
        except zlib.error:
            return b""
    elif b"/Filter" in head:
        return b""
    else:
        found = data[start : data.find(b"endstream", start)].rstrip(b"\r\n")
    if len(found) > _MOST_XML:
        raise DataError("the file within the PDF has more than 8 MiB, which no e-invoice has")
    return found
