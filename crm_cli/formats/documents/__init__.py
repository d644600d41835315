"""Documents as text, as HTML and as pages, in the language of whoever reads them."""

from __future__ import annotations

FORMATS = ("text", "html", "pdf")
"""The formats of documents; a file's ending stands for one."""

ENDINGS = {".txt": "text", ".md": "text", ".html": "html", ".htm": "html", ".pdf": "pdf"}
