"""Terms that are written with `=` or `<`: answered with the term that was meant."""

from __future__ import annotations

import re

from crm_cli.model.fieldtypes import FieldType
from crm_cli.model.kind import Kind, normal
from crm_cli.model.text import nearest
from crm_cli.query.expressed import refuse_expression
from crm_cli.query.fault import Fault, Span, Unknown
from crm_cli.query.fields import collection, resolve
from crm_cli.query.own_fields import names, spelled
from crm_cli.query.owners import of_customer, of_row
from crm_cli.query.scope import Scope

_SIGNS = frozenset("=<>~")
_SIGNED = r"(?s)([^\W\d_][\w.-]*(?:@[\w-]+)?)\s*(==?|!=|<>|<=?|>=?|=?~)(.*)"
_TEXT = "in double quotes it is text to find"


def is_signed(text: str, scope: Scope) -> bool:
    """Whether a word is a term with a sign in place of its colon, `city=Berlin`, or an
    expression in place of a term."""
    try:
        refuse_expression(text, 0, len(text), scope)
        refuse_sign(text, 0, len(text), scope, scope.base)
    except Fault:
        return True
    return False


def refuse_sign(text: str, start: int, end: int, scope: Scope, kind: Kind) -> None:
    """Raise a Fault, with the cure, at a term that compares a field by a sign.

    What begins with no field's name, nor with nearly one, is text: `E=mc2`.
    """
    # Most terms have no sign, and compiling the pattern takes its time.
    match = None if _SIGNS.isdisjoint(text[start:end]) else re.fullmatch(_SIGNED, text[start:end])
    if match is None:
        return
    name, sign, value = match.groups()
    bare = name.partition("@")[0]
    ordered: FieldType | None = None
    if normal(bare) not in _listed(kind):
        try:
            ordered = resolve(bare, kind, scope.extra_keys).type
        except Unknown as error:
            known = [one for owner in of_row(kind) for one in (*names(owner), *spelled(owner))]
            if collection(bare, kind) is None and not nearest(normal(bare), known):
                return
            span = Span(text, start, start + len(bare))
            raise Fault(error.message, f"{error.hint}; {_TEXT}", span) from None
    term = _term(name, sign, value.strip(), ordered)
    shown = f"'{term}'" if re.search(r"\s", term) else term
    raise Fault(
        f"a term has a colon, not {sign}",
        f"write {shown}; {_TEXT}",
        Span(text, start, end),
    )


def _listed(kind: Kind) -> tuple[str, ...]:
    """The words before a colon that are no fields."""
    by_whom = kind.name != "customer" and of_customer(kind)
    return ("is", "has", "no", *(("customer",) if by_whom else ()))


def _term(name: str, sign: str, value: str, type: FieldType | None) -> str:
    """The term that says it."""
    if sign in ("!=", "<>"):
        return f"not:{name}:{value}" if value else f"has:{name}"
    if not value:
        return f"no:{name}"
    if sign.endswith("~"):
        return f"{name}.re:{value}"
    if type is None or not (type.storage.is_date or type.storage.is_number):
        return f"{name}:{value}"
    more, less = ("after", "before") if type.storage.is_date else ("over", "under")
    return {
        ">": f"{name}.{more}:{value}",
        "<": f"{name}.{less}:{value}",
        ">=": f"{name}:{value}..",
        "<=": f"{name}:..{value}",
    }.get(sign, f"{name}:{value}")
