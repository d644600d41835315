"""Whose events are asked for."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import NotFound
from crm_cli.model.ids import is_customer_id
from crm_cli.model.places import CUSTOMERS
from crm_cli.query.who import named_and_terms
from crm_cli.store.log import log
from crm_cli.workspace import Workspace


def whom(workspace: Workspace, words: Sequence[str]) -> set[str]:
    """The ids of the customers that WHO and query terms mean; one that is gone is meant by the id
    that it had. Raises NotFound, Ambiguous, QueryError."""
    try:
        return set(workspace.whos(words))
    except NotFound:
        gone = [word for word in words if _was(workspace, word)]
        if not gone:
            raise
        rest = [word for word in words if word not in gone]
        named, terms = named_and_terms(rest, workspace.scope(CUSTOMER))
        # Those who are gone have nothing any more that a term could describe.
        there = set(workspace.whos(rest)) if named else set()
        return there if terms else {*gone, *there}


def _was(workspace: Workspace, word: str) -> bool:
    """Whether there was a customer of this id, and is none any more."""
    if not is_customer_id(word) or workspace.tree.exists(CUSTOMERS.file(word)):
        return False
    return bool(log(workspace.git, "-1", paths=[CUSTOMERS.file(word)]))
