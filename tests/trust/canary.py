"""A customer who holds, in every field, what terminals, Rich, spreadsheets and lines obey."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.kind import GroupOf, Kind, ListOf
from tests.conftest import FILES

POISON = (
    "=1+1|[red]x[/red] :smile: \x1b]0;pwn\x07\x1b[2J\x9b31m \u202egpj\u2066 'q' \"d\"\nsecond\tline"
)
"""A formula, Rich's markup and emoji, escape sequences of 7 and 8 bits, bidi, two lines."""

SET = {"id", "kind", "email", "referred_by"}
_TEXTS = frozenset(
    (
        "text", "word", "user", "code", "reference", "list of texts", "free",
        "e-mail", "phone", "language", "time zone",
    )
)  # fmt: skip
_VALUES = {
    "at": "2026-11-03T10:30+01:00", "date": "2026-11-03", "amount": "12.00",
    "quantity": "2", "unit_price": "6.00", "due": "2026-11-10", "birth_date": "1984-11-21",
    "direction": "inbound", "status": "", "remind_before": "",
}  # fmt: skip


def record(kind: Kind = CUSTOMER, depth: int = 0) -> dict[str, Any]:
    """The keys of a kind, every text poisoned; lists with one item."""
    made: dict[str, Any] = {}
    for field in kind.fields:
        type_ = field.type
        if field.key in ("rrule", "currency", "time_zone", "occurrences", "query", "where"):
            continue
        if isinstance(type_, ListOf) and depth < 3:
            item = record(type_.kind, depth + 1)
            if item:
                made[field.key] = [item]
        elif isinstance(type_, GroupOf) and depth < 3:
            inside = record(type_.kind, depth + 1)
            if inside:
                made[field.key] = inside
        elif type_.name == "list of texts":
            made[field.key] = [POISON]
        elif field.key == "custom":
            made[field.key] = {POISON: POISON, "size": POISON}
        elif type_.name in _TEXTS:
            made[field.key] = POISON
        elif _VALUES.get(field.key):
            made[field.key] = _VALUES[field.key]
    if kind.name == "purchase":
        del made["amount"]
    if kind.name == "payment":
        made["direction"] = "refund"
        made.pop("allocations", None)
    return made


def yaml(value: object, indent: int = 0) -> str:
    """Nested values as block YAML; JSON's spelling of a text is YAML's too."""
    return "".join(f"{line}\n" for line in _lines(value, " " * indent))


def _lines(value: object, pad: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            name = key if key.isidentifier() else json.dumps(key)
            if isinstance(inner, dict | list):
                yield f"{pad}{name}:"
                yield from _lines(inner, pad + "  ")
            else:
                yield f"{pad}{name}: {json.dumps(inner)}"
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict):
                first, *rest = _lines(inner, pad + "  ")
                yield f"{pad}- {first.strip()}"
                yield from rest
            else:
                yield f"{pad}- {json.dumps(inner)}"


def files() -> dict[str, str]:
    """The canary's record, with products, segments and settings; another one who has a mail."""
    product = {"name": POISON, "category": POISON, "unit": POISON, "notes": POISON, "price": "6.00"}
    return {
        "customers/canary.yaml": yaml(record()),
        "customers/other.yaml": yaml({"name": POISON, "email": "o@other.example", "tags": ["vip"]}),
        "crm.yaml": FILES["crm.yaml"].replace("Lan d.o.o.", json.dumps(POISON)),
        "products.yaml": yaml({"linen-sheet": {"name": "Sheet", "price": "80.00"}, "p": product}),
        "segments.yaml": yaml({"friends": {"query": "+vip", "description": POISON}}),
    }


BAD = {
    "name": "Bad", "kind": POISON, "lifecycle_stage": POISON, "birth_date": POISON,
    "vat_registered": POISON, "naem": POISON, "referred_by": POISON,
    "tasks": [{"title": "t", "due": POISON}],
    "purchases": [{"date": POISON, "amount": POISON, "kind": POISON}],
}  # fmt: skip
"""A record whose errors quote what strangers wrote."""
