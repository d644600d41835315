"""The arguments of tools: their JSON Schema, and the check against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_cli.model.errors import UsageError
from crm_cli.model.text import did_you_mean

Schema = Mapping[str, Any]


def text(doc: str, choices: Sequence[str] = ()) -> dict[str, Any]:
    """A text; with choices one of those."""
    return {"type": "string", "description": doc, **({"enum": [*choices]} if choices else {})}


def texts(doc: str) -> dict[str, Any]:
    """Several texts."""
    return {"type": "array", "items": {"type": "string"}, "description": doc}


def flag(doc: str) -> dict[str, Any]:
    """Yes or no."""
    return {"type": "boolean", "description": doc}


def number(doc: str, least: int, most: int) -> dict[str, Any]:
    """A whole number."""
    return {"type": "integer", "minimum": least, "maximum": most, "description": doc}


def arguments(properties: Mapping[str, Schema], required: Sequence[str] = ()) -> dict[str, Any]:
    """The arguments of a tool; there are no others."""
    made: dict[str, Any] = {"type": "object", "properties": dict(properties)}
    if required:
        made["required"] = [*required]
    return {**made, "additionalProperties": False}


def check(given: Mapping[str, Any], schema: Schema) -> None:
    """Raise UsageError, which names the argument, for what the schema does not allow."""
    known = schema["properties"]
    for name, value in given.items():
        if name not in known:
            near = did_you_mean(name, known)
            raise UsageError(
                f"there is no argument {name}", near or f"there are: {', '.join(known) or 'none'}"
            )
        _check(name, value, known[name])
    for name in schema.get("required", ()):
        if name not in given:
            raise UsageError(f"the argument {name} is missing", known[name].get("description", ""))


_WANTED = {
    "string": "a string",
    "boolean": "true or false",
    "integer": "an integer",
    "array": "an array of strings",
    "object": "an object",
}
"""What a value of each type is called."""


def _check(name: str, value: Any, schema: Schema) -> None:
    type = schema.get("type")
    right = {
        "string": lambda: isinstance(value, str),
        "boolean": lambda: isinstance(value, bool),
        "integer": lambda: isinstance(value, int) and not isinstance(value, bool),
        "array": lambda: isinstance(value, list) and all(isinstance(one, str) for one in value),
        "object": lambda: isinstance(value, dict) and all(map(_is_option, value.values())),
    }
    if not right[str(type)]():
        raise UsageError(f"the argument {name} must be {_WANTED[str(type)]}")
    if "enum" in schema and value not in schema["enum"]:
        near = did_you_mean(value, schema["enum"])
        raise UsageError(
            f"{name} cannot be '{value}'", near or f"one of: {', '.join(schema['enum'])}"
        )
    if type == "integer" and not schema["minimum"] <= value <= schema["maximum"]:
        raise UsageError(f"{name} is from {schema['minimum']} to {schema['maximum']}")


def _is_option(value: Any) -> bool:
    """Whether a value can be an option's: a text, yes or no, a number, or several texts."""
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return isinstance(value, (str, bool, int))
