"""Resolve a WHO to a customer id; if several match, let the user pick one in a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from crm_cli.cli.session import Session
from crm_cli.model.errors import Ambiguous

_T = TypeVar("_T")


def chosen(session: Session, find: Callable[[str], _T], text: str) -> _T:
    """What `find` finds for a text; of several candidates the one that the user picks.

    Raises Ambiguous where nobody can be asked.
    """
    try:
        return find(text)
    except Ambiguous as error:
        picked = session.pick(f"{text} matches several; which one?", error.candidates)
        if picked is None:
            raise
        return find(picked)


def addressed(session: Session, text: str, *, desk: bool = False) -> list[str]:
    """The ids of the customers that a writer's WHO means, or a query term in its place; that of
    the `desk` if it is asked for."""
    if desk:
        from crm_cli.model.places import DESK

        return [DESK.path]
    from crm_cli.model.customer import CUSTOMER
    from crm_cli.query.who import is_term

    if is_term(text, session.workspace.scope(CUSTOMER)):
        return session.whos([text], writes=True)
    return [who(session, text)]


def who(session: Session, text: str, *, strict: bool | None = None) -> str:
    """The id of the customer that a writer's WHO means; `strict` takes no prefix ever."""
    return session.who(text, writes=True, exact=bool(strict))


def owner(session: Session, text: str, *, writes: bool = False) -> str:
    """The id of the customer that a WHO means; of the desk for `desk`, unless a customer has
    that id."""
    from crm_cli.features.paths import desk_meant

    return desk_meant(session.workspace, text) or session.who(text, writes=writes)
