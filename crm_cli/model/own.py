"""Fields of people's own: what type their values have, as `custom` declares or as they read.

A key that is not declared has the type that all of its values share: whole numbers, numbers,
dates, or yes or no; anything else is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Mapping_
from typing import Any

from crm_cli.model.business import Business
from crm_cli.model.errors import Severity, Unreadable
from crm_cli.model.fieldtypes import Boolean, FieldType, Integer, Moment, Number, Text
from crm_cli.model.kind import Finding, normal
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.node import Mapping, Node, Scalar, Sequence
from crm_cli.model.text import did_you_mean

OWN = "custom"
"""The field that holds those of people's own."""
_MOST = 10**15 - 1
TEXT = Text()
TYPES: dict[str, FieldType] = {
    "integer": Integer(-_MOST, _MOST),
    "number": Number(),
    "date": Moment(),
    "yes_no": Boolean(),
    "text": TEXT,
}
"""The types that `custom` in crm.yaml declares."""
_OTHERWISE = {"decimal": "number", "yes_or_no": "yes_no", "boolean": "yes_no", "string": "text"}
_FLAGS = {"yes": True, "no": False, "true": True, "false": False, "on": True, "off": False}
EMPTY = ""
"""The type of an empty text, which can be of any."""
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:[.,]\d{1,6})?", re.ASCII)
_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,14})", re.ASCII)


class Reading(NamedTuple):
    """What a text is read as: the name of a type, and the value; None where it is not one."""

    type: str
    value: Any


def declared(settings: object) -> dict[str, str]:
    """Type by key, of the `custom` of crm.yaml; what is no type is left out."""
    if not isinstance(settings, Mapping_):
        return {}
    found = {bare(str(key)): _type(name) for key, name in settings.items()}
    return {key: type for key, type in found.items() if type}


def check_declared(settings: object) -> Iterator[Finding]:
    """What `custom` of crm.yaml says that is no type."""
    if settings is None:
        return
    if not isinstance(settings, Mapping_):
        message = "custom lists the types of your own fields"
        yield Finding("custom", "unknown-type", message, "write custom: {visits: integer}")
        return
    for key, name in settings.items():
        if not _type(name):
            yield Finding(
                "custom",
                "unknown-type",
                f"'{name}' is no type of a field of your own: {key}",
                did_you_mean(str(name), TYPES) or f"one of {', '.join(TYPES)}",
                Severity.WARNING,
            )


def unlike(key: str, node: Node, business: Business) -> Iterator[tuple[Scalar, str, str]]:
    """(node, key, type) of each value below a key that is not of the type declared for it."""
    if isinstance(node, Mapping):
        for sub, value in node.entries:
            yield from unlike(f"{key}.{normal(sub.text)}", value, business)
    elif isinstance(node, Sequence):
        for one in node.items:
            yield from unlike(key, one, business)
    elif isinstance(node, Scalar) and not node.absent and node.text.strip():
        type = business.own.get(bare(key), "text")
        if type != "text" and read(node.text, business, type) is None:
            yield node, bare(key), type


def bare(key: str) -> str:
    """The key as it is declared: `custom.visits` is `visits`."""
    return normal(key).removeprefix("custom.")


def read(text: str, business: Business, type: str = "") -> Reading | None:
    """What a text is: of the declared type, or else whichever of the types it reads as."""
    if type:
        return _read_as(text, business, type)
    if len(text) > 25 or not text.isascii():
        return None
    if _NUMBER.fullmatch(text):
        return _read_as(text, business, "integer" if _WHOLE.fullmatch(text) else "number")
    if (flag := _FLAGS.get(text.strip().lower())) is not None:
        return Reading("yes_no", flag)
    return _read_as(text, business, "date") if text[:1].isdigit() else None


def is_number(text: str) -> bool:
    """Whether a text is a number as YAML has it."""
    return _NUMBER.fullmatch(text) is not None and "," not in text


def shared(types: Iterable[str | None]) -> str:
    """The type that values of these types share."""
    found = {*types} - {EMPTY}
    if len(found) == 1:
        return found.pop() or "text"
    return "number" if found == {"integer", "number"} else "text"


def _type(name: object) -> str:
    word = normal(str(name))
    word = _OTHERWISE.get(word, word)
    return word if word in TYPES else ""


def _read_as(text: str, business: Business, type: str) -> Reading | None:
    if type == "text":
        return None
    try:
        return Reading(type, TYPES[type].read(text.strip(), business))
    except Unreadable:
        return None
