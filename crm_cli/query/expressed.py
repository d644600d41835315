"""Full expressions in the place of terms: they would be looked for as text, and never found."""

from __future__ import annotations

import re

from crm_cli.query.fault import Fault, QueryError, Span
from crm_cli.query.fields import collection
from crm_cli.query.scope import Scope

_SIGNS = frozenset("()=<>~")
_NONE = re.compile(r"(?i)\sis\s+(?:not\s+)?none\b")
_JOINED = re.compile(r"(?i)\s(?:and|or)\s")
_COLON = re.compile(r"[^\W\d_][\w.@/-]*:")
_OVER_ITEMS = re.compile(
    r"(?i)(?:not\s+)?\(*(?:any|all|none|count|sum|avg|min|max|first|last)\(\s*([a-z_-]+)"
)


def refuse_expression(text: str, start: int, end: int, scope: Scope) -> None:
    """Raise a Fault, with the cure, at a word that is an expression as `--where` takes it.

    One field that is compared is left to `refuse_sign`, which knows the term that says it.
    """
    piece = text[start:end]
    if _SIGNS.isdisjoint(piece) and _NONE.search(piece) is None:
        return
    if not _is_expression(piece, scope):
        return
    shown = f'"{piece}"' if "'" in piece else f"'{piece}'"
    raise Fault(
        "this is an expression, not a term",
        f"-w {shown} takes it, for commands without -w: crm list -w … -o ids | crm … -;"
        " in double quotes it is text to find",
        Span(text, start, end),
    )


def _is_expression(piece: str, scope: Scope) -> bool:
    over = _OVER_ITEMS.match(piece)
    if over is not None and collection(over[1], scope.base) is not None:
        return True
    if _COLON.match(piece):
        return False
    if not (_JOINED.search(piece) or _NONE.search(piece) or "(" in piece):
        return False
    from crm_cli.query.expression import parse_expression

    try:
        parse_expression(piece, scope)
    except QueryError:
        return False
    return True
