"""Factur-X 1.0 (ZUGFeRD 2): a page as PDF/A-3 that carries its invoice as CII.

typst sets the page and attaches the file; what says that it is Factur-X is added to the metadata
here. Ids come from the content, so that the same invoice comes to the same bytes.
"""

from __future__ import annotations

from io import BytesIO

from crm_cli.formats.documents.as_pdf import Attached, pdf_of
from crm_cli.formats.documents.page import Page
from crm_cli.formats.einvoice.as_cii import cii_of
from crm_cli.formats.einvoice.invoice import Invoice
from crm_cli.model.errors import UsageError

FILE = "factur-x.xml"
"""The name that the attached file has to have."""
_SPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_FIELDS = {
    "DocumentFileName": ("name of the embedded XML invoice file", FILE),
    "DocumentType": ("INVOICE", "INVOICE"),
    "Version": ("version of the Factur-X standard", "1.0"),
    "ConformanceLevel": ("conformance level of the Factur-X data", "EN 16931"),
}
"""The properties of Factur-X in the metadata: what each is, and what it says."""


def facturx_of(page: Page, invoice: Invoice) -> bytes:
    """A page as PDF/A-3b with its invoice. Raises as `pdf_of` does, UsageError without pikepdf."""
    try:
        import pikepdf
    except ImportError:
        raise UsageError(
            "Factur-X needs pikepdf, which is not installed",
            "pip install 'crm-plaintext[documents]', or --format ubl",
        ) from None
    data = pdf_of(page, Attached(FILE, cii_of(invoice).decode(), "Factur-X"))
    with pikepdf.open(BytesIO(data)) as pdf:
        metadata = pdf.Root.Metadata
        metadata.write(_with_facturx(metadata.read_bytes().decode()).encode())
        made = BytesIO()
        pdf.save(made, deterministic_id=True)
    return made.getvalue()


def _with_facturx(xmp: str) -> str:
    """Metadata (XMP) that say that it is Factur-X, and describe the properties that say so, as
    PDF/A wants it of those that are not its own (ISO 19005-3, 6.6.2.3)."""
    says = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, (_, value) in _FIELDS.items())
    described = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{what}</pdfaProperty:description></rdf:li>"
        for name, (what, _) in _FIELDS.items()
    )
    schema = (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{_SPACE}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{described}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
    ends = ("</rdf:Bag></pdfaExtension:schemas>", "</rdf:RDF>")
    assert all(xmp.count(end) == 1 for end in ends)
    xmp = xmp.replace(ends[0], schema + ends[0])
    own = f'<rdf:Description rdf:about="" xmlns:fx="{_SPACE}">{says}</rdf:Description>'
    return xmp.replace(ends[1], own + ends[1])
