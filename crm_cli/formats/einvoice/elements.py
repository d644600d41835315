"""Elements of XML as they are written: in order, indented, without empty ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from crm_cli.model.money import decimal_text, minor_unit, round_money

MOST_DECIMALS = 2
"""So many decimals an amount may have (BR-DEC)."""


class Element(NamedTuple):
    """An element: a text, or elements within it."""

    name: str
    content: str | tuple[Element | None, ...]
    attributes: tuple[tuple[str, str], ...] = ()


def of(name: str, *content: Element | None, **attributes: str) -> Element | None:
    """An element of others; None where none of them is there."""
    found = tuple(one for one in content if one is not None)
    return Element(name, found, tuple(attributes.items())) if found else None


def text(name: str, value: str, **attributes: str) -> Element | None:
    """An element with a text; None without one."""
    # XML has no place for control characters, surrogates and the last two of the plane.
    value = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", value).strip()
    return Element(name, value, tuple(attributes.items())) if value else None


def day(name: str, value: date | None) -> Element | None:
    """An element with a date in ISO 8601."""
    return None if value is None else text(name, value.isoformat())


def number(name: str, value: Decimal, **attributes: str) -> Element | None:
    """An element with a number, without decimals that say nothing."""
    plain = decimal_text(value)
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return text(name, plain, **attributes)


def amount_text(value: Decimal, currency: str) -> str:
    """An amount with the decimals of its currency, at most two."""
    exact = round_money(value, currency)
    return f"{exact:.{min(minor_unit(currency), MOST_DECIMALS)}f}"


def written(root: Element, namespaces: Mapping[str, str]) -> bytes:
    """A document with its namespaces, as UTF-8: the same elements come to the same bytes."""
    spaces = "".join(f"\n  {key}={quoteattr(name)}" for key, name in namespaces.items())
    lines = ('<?xml version="1.0" encoding="UTF-8"?>', *_lines(root, "", spaces))
    return "".join(f"{line}\n" for line in lines).encode()


def _lines(element: Element, indent: str, spaces: str = "") -> Iterator[str]:
    attributes = "".join(f" {key}={quoteattr(value)}" for key, value in element.attributes)
    head = f"{indent}<{element.name}{attributes}{spaces}>"
    if isinstance(element.content, str):
        yield f"{head}{escape(element.content)}</{element.name}>"
        return
    yield head
    for one in element.content:
        if one is not None:
            yield from _lines(one, f"{indent}  ")
    yield f"{indent}</{element.name}>"
