"""Texts and values as HTML: the one place where anything from a record gets into a page."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

from crm_cli.model.cells import machine_text, people_text
from crm_cli.model.section import Named
from crm_cli.model.text import visible

_CODE = re.compile(r"[a-z]+(_[a-z]+)+")
"""A word of a closed list, such as `follow_up`."""


def plain(value: Any, kind: str = "") -> str:
    """A value as people read it, in one line, without control characters; not escaped."""
    shown = people_text(str(value) if type(value) is Named else value, kind)
    return visible(" ".join(shown.split()))


def text(value: Any, kind: str = "") -> str:
    """A value as people read it, escaped for elements and attributes; texts in other scripts
    apart from what stands around them."""
    shown = plain(value, kind)
    return escape(shown) if shown.isascii() else f"<bdi>{escape(shown)}</bdi>"


def worded(name: str) -> str:
    """A name as people read it: `follow_up` without its underscore."""
    return name.replace("_", " ") if _CODE.fullmatch(name) else name


def attribute(value: Any, kind: str = "") -> str:
    """A value for an attribute."""
    return escape(plain(value, kind))


def cell(value: Any, kind: str = "") -> str:
    """A value in a cell, with what programs read it as where that is another text."""
    if value is None:
        return ""
    if isinstance(value, Named):
        return f'<data value="{attribute(value.id)}">{text(value)}</data>'
    if isinstance(value, datetime | date):
        return f'<time datetime="{machine_text(value)}">{text(value, kind)}</time>'
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        # A rate of few cases is a Decimal of its own kind.
        exact = Decimal(value) if isinstance(value, Decimal) else value
        return f'<data value="{escape(machine_text(exact))}">{text(value, kind)}</data>'
    if type(value) is str and _CODE.fullmatch(value):
        return f'<data value="{value}">{worded(value)}</data>'
    return text(value, kind)
