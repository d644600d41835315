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
        elif field.key == "prices":
            made[field.key] = {POISON: "6.00"}
        elif type_.name in _TEXTS:
            made[field.key] = POISON
        elif _VALUES.get(field.key):
            # Of what happens at a time some fields have the day alone.
            value = _VALUES[field.key]
            made[field.key] = str(value)[:10] if type_.name == "date" else value
    if kind.name == "purchase":
        del made["amount"]
    if kind.name == "survey_invitation":
        made["survey"] = "yearly"
    if kind.name == "campaign_response":
        made["campaign"] = "spring"
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
    canary = record()
    # Who has only what is no address is written no mail.
    canary["emails"].append({"value": "canary@lan.example"})
    sale = {"date": "2026-10-01", "lines": ["p:1:6", "linen-sheet:1:80"]}
    profile = {"problem_solved": POISON, "rules": [{"query": ["kind:person"]}]}
    question = {"id": "overall", "text": POISON, "kind": "scale", "worst": "0", "best": "10"}
    line = {
        "id": "b-2m8ct4h", "date": "2026-11-18", "amount": "7.00", "name": POISON,
        "text": f"X-7777 {POISON}", "reference": POISON, "reason": POISON, "iban": POISON,
    }  # fmt: skip
    return {
        "bank/sample.yaml": yaml({"account": POISON, "lines": [line]}),
        "customers/canary.yaml": yaml(canary),
        "customers/other.yaml": yaml(
            {"name": POISON, "email": "o@other.example", "tags": ["vip"], "purchases": [sale]}
        ),
        "profiles.yaml": yaml({"hotels": profile}),
        "crm.yaml": FILES["crm.yaml"].replace("Lan d.o.o.", json.dumps(POISON)),
        "outbox/canary.eml": (
            "From: a@lan.example\nTo: =1+1|[red] <b@kos.example>\nSubject: =1+1|[red]x[/red]\n"
            "Message-ID: <0123456789abcdef0123456789abcdef@lan.example>\nX-Crm-Customer: canary\n"
            "X-Crm-Use: service/email\n\n:smile:\n"
        ),
        "outbox/odd.eml": f"X-Crm-Customer: canary\nX-Crm-Use: {POISON}\n\n{POISON}\n",
        "products.yaml": yaml({"linen-sheet": {"name": "Sheet", "price": "80.00"}, "p": product}),
        "campaigns/spring.yaml": yaml(
            {"name": POISON, "notes": POISON, "kind": "other", "variants": [{"id": POISON}]}
        ),
        "rules.yaml": yaml(
            {"call": {"description": POISON, "for": "name:canary", "do": [
                {"task": {"title": "{{ name }}"}}, {"log": {"summary": POISON}},
                {"tag": [POISON]}, {"set": {"notes": "{{ notes }}"}}]}}
        ),
        "surveys.yaml": yaml({"yearly": {"title": POISON, "kind": "nps", "questions": [question]}}),
        "segments.yaml": yaml({"friends": {"query": "+vip", "description": POISON}}),
    }


BAD = {
    "name": "Bad", "kind": POISON, "lifecycle_stage": POISON, "birth_date": POISON,
    "vat_registered": POISON, "naem": POISON, "referred_by": POISON,
    "tasks": [{"title": "t", "due": POISON}],
    "deals": [{"name": "d", "stage": POISON, "pipeline": POISON, "lost_reason": POISON}],
    "purchases": [{"date": POISON, "amount": POISON, "kind": POISON}],
}  # fmt: skip
"""A record whose errors quote what strangers wrote."""
