"""JSON Schemas of the files of a data directory, made from the kinds, for editors.

An editor completes keys and words by them and marks what is surely wrong. They allow what is
read as meant (a text in place of a list, a number in quotes); `crm check` knows all rules.
"""

from __future__ import annotations

from typing import Any

from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    FieldType,
    Free,
    Integer,
    Money,
    Number,
    Texts,
)
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf, MapOf
from crm_cli.model.kinds import ENTRIES

DIALECT = "http://json-schema.org/draft-07/schema#"
"""What the YAML plugins of editors understand."""

_TEXT: dict[str, Any] = {"type": ["string", "number", "boolean", "null"]}
"""Any value on one line: an editor reads `2026` and `yes` as no texts."""


def schema(kind: Kind) -> dict[str, Any]:
    """The schema of a kind's file: of a record, or of a map of entries."""
    parts: dict[str, Any] = {}
    whole = _object(kind, parts)
    if kind in ENTRIES:
        whole = {"type": ["object", "null"], "additionalProperties": whole}
    return {
        "$schema": DIALECT,
        "title": kind.name,
        "description": f"{kind.doc}; crm check knows all rules",
        **whole,
        "definitions": parts,
    }


def _object(kind: Kind, parts: dict[str, Any]) -> dict[str, Any]:
    """The schema of a kind's items; those within go to `parts`. Other keys are the user's own."""
    known: dict[str, Any] = {}
    if kind.letter or kind not in ENTRIES:
        known["id"] = {**_TEXT, "description": "its id"}
    for field in kind.fields:
        known[field.key] = _field(field, parts)
        for alias in field.aliases:
            known.setdefault(alias, {**_TEXT, **known[field.key]})
        for name in field.lifts:
            known.setdefault(name, {"description": f"of the first of the {field.key}"})
        for name in field.hoists:
            known.setdefault(name, {"description": f"of the first of the {field.key}"})
    return {"type": ["object", "null"], "properties": known}


def _field(field: Field, parts: dict[str, Any]) -> dict[str, Any]:
    made = {**_type(field.type, parts)}
    if field.doc:
        made["description"] = field.doc
    return made


def _type(type: FieldType, parts: dict[str, Any]) -> dict[str, Any]:
    if isinstance(type, Free):
        return {}
    if isinstance(type, ListOf):
        one = {"anyOf": [_part(type.kind, parts), _TEXT]}
        return {"anyOf": [{"type": "array", "items": one}, *one["anyOf"]]}
    if isinstance(type, MapOf):
        return {"type": ["object", "null"], "additionalProperties": _part(type.kind, parts)}
    if isinstance(type, GroupOf):
        return {"anyOf": [_part(type.kind, parts), _TEXT]}
    if isinstance(type, Texts):
        return {"anyOf": [{"type": "array", "items": _TEXT}, _TEXT]}
    if isinstance(type, Choice) and type.words:
        words: dict[str, Any] = {"enum": [*type.words, None]}
        is_open = type.vocabulary or type.setting or type.keeps
        return {"anyOf": [words, _TEXT if is_open else _spelled(type.words)]}
    if isinstance(type, Boolean):
        return {"type": ["boolean", "string", "null"]}
    if isinstance(type, Integer | Number | Money):
        return {"type": ["number", "string", "null"]}
    return _TEXT


def _spelled(words: tuple[str, ...]) -> dict[str, Any]:
    """The words as people write them, too: `In progress`, `in-progress`."""
    each = (
        "".join(
            f"[{one.lower()}{one.upper()}]" if one.isalpha() else "[-_ ]" if one == "_" else one
            for one in word
        )
        for word in words
    )
    return {"type": "string", "pattern": f"^({'|'.join(each)})$"}


def _part(kind: Kind, parts: dict[str, Any]) -> dict[str, Any]:
    """A reference to the schema of a kind's items, which is made when it is first asked for."""
    if kind.name not in parts:
        parts[kind.name] = {}
        parts[kind.name] = _object(kind, parts)
    return {"$ref": f"#/definitions/{kind.name}"}
