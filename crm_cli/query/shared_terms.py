"""Terms asked of several kinds at once, where some kinds do not have the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crm_cli.query.fault import QueryError

if TYPE_CHECKING:
    from crm_cli.query.scope import Scope


def answerable(
    scopes: Mapping[str, Scope], terms: Sequence[str], where: str | None = None
) -> dict[str, list[str]]:
    """The terms that each scope is to be asked; a scope that cannot answer is left out.

    What a kind of item cannot answer (`outcome:reached` of a purchase) leaves that kind
    out, or where it is negated changes nothing. Raises QueryError for what none can answer.
    """
    asked: dict[str, list[str]] = {name: [] for name in scopes}
    if terms:
        from crm_cli.query.terms import parse_terms

        for term in terms:
            refused: list[QueryError] = []
            for name, scope in scopes.items():
                try:
                    parse_terms([term], scope)
                except QueryError as error:
                    refused.append(error)
                    if not term.lower().startswith(("not:", "no:")):
                        asked.pop(name, None)
                    continue
                if name in asked:
                    asked[name].append(term)
            if scopes and len(refused) == len(scopes):
                raise refused[0]
    if where is not None:
        from crm_cli.query.expression import parse_expression

        refused = []
        for name, scope in scopes.items():
            try:
                parse_expression(where, scope)
            except QueryError as error:
                refused.append(error)
                asked.pop(name, None)
        if scopes and len(refused) == len(scopes):
            raise refused[0]
    return asked
