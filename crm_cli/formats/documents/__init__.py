"""Documents as text, as HTML and as pages, in the language of whoever reads them."""

from __future__ import annotations

PLAIN_E_INVOICES = ("ubl", "peppol")
"""Formats of invoices for machines alone."""
E_INVOICES = (*PLAIN_E_INVOICES, "facturx")
"""Formats of invoices for machines (EN 16931)."""
FORMATS = ("text", "html", "pdf", *E_INVOICES)
"""The formats of documents; a file's ending stands for one."""

ENDINGS = {".txt": "text", ".md": "text", ".html": "html", ".htm": "html", ".pdf": "pdf",
           ".xml": "ubl"}  # fmt: skip
