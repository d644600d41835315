"""Sheets of address labels: as text, as HTML and as PDF."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from crm_cli.formats.documents.as_pdf import compiler, typeset
from crm_cli.model.errors import UsageError

_SHEET = re.compile(r"(\d{1,2})[x×](\d{1,2})")
_MOST = 12


class Sheet(NamedTuple):
    """How many labels are side by side on A4, and how many below each other."""

    across: int
    down: int


def read_sheet(text: str) -> Sheet:
    """`3x8` as a sheet; raises UsageError."""
    found = _SHEET.fullmatch(text.strip().lower())
    sheet = Sheet(int(found[1]), int(found[2])) if found else Sheet(0, 0)
    if not (0 < sheet.across <= _MOST and 0 < sheet.down <= 3 * _MOST):
        raise UsageError(f"'{text}' is no sheet of labels", "write how many: 3x8, 2x7")
    return sheet


def labels_of(labels: Sequence[Sequence[str]], sheet: Sheet, format: str) -> bytes:
    """Labels in a format of documents; PDF raises UsageError without typst."""
    if format == "text":
        return "\n".join("".join(f"{line}\n" for line in lines) for lines in labels).encode()
    if format == "html":
        return _html(labels, sheet).encode()
    data = {"across": sheet.across, "down": sheet.down, "labels": labels}
    return typeset(compiler("labels.typ"), "labels", json.dumps(data, ensure_ascii=False))


def _html(labels: Sequence[Sequence[str]], sheet: Sheet) -> str:
    width, height = 210 / sheet.across, 296 / sheet.down
    cells = "\n".join(
        f'<div dir="auto">{"<br>".join(escape(line) for line in lines)}</div>' for lines in labels
    )
    return (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title></title><style>\n'
        "@page { size: A4; margin: 0; } body { margin: 0; width: 210mm; }\n"
        f"div {{ float: left; width: {width:.2f}mm; height: {height:.2f}mm; padding: 5mm; "
        "box-sizing: border-box; overflow: hidden; break-inside: avoid; "
        "font: 10pt/1.3 system-ui, sans-serif; }\n"
        f"</style></head><body>\n{cells}\n</body></html>\n"
    )
