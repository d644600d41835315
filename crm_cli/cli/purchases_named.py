"""Which purchases the words of a command mean, and what changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.items import among_named, change, picked
from crm_cli.cli.numbered import ATTEMPTS
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument
from crm_cli.model.errors import NotFound
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.text import a_or_an

if TYPE_CHECKING:
    from crm_cli.features.moves import Among, Found
    from crm_cli.features.plan import Plan
    from crm_cli.workspace import Workspace

Which = Annotated[
    list[str],
    Argument(
        metavar="ID…|WHO…|TERM…",
        help="By number or id; a customer who has one; terms select several; - reads ids.",
    ),
]
One = Annotated[str, Argument(metavar="NUMBER|ID", help="A purchase's number or id.")]


def of_kind(kind: str, among: Among) -> Among:
    """Those among purchases that are of a noun's kind."""
    return lambda item: kind in ("", item.get("kind")) and among(item)


def change_purchases(
    session: Session,
    kind: str,
    words: list[str],
    plan: Callable[[Workspace, list[Found]], Plan],
    *,
    among: Among,
    state: str,
    dry_run: bool,
    yes: bool,
) -> None:
    """Carry out what is planned for purchases; again where others took a number meanwhile."""
    from crm_cli.features.numbers import NumberTaken

    for attempt in range(ATTEMPTS):
        try:
            with called(kind):
                change(
                    session,
                    PURCHASE,
                    words,
                    plan,
                    among=of_kind(kind, among),
                    state=f"{state} {kind}".strip() if kind else state,
                    dry_run=dry_run,
                    yes=yes,
                )
        except NumberTaken:
            if attempt == ATTEMPTS - 1:
                raise
            continue
        return


def one_purchase(session: Session, text: str, kind: str = "") -> Found:
    """The purchase that a number or an id means, or a customer who has one only."""
    with called(kind):
        return picked(session, PURCHASE, text, strict=not session.interactive)


@contextmanager
def called(kind: str) -> Iterator[None]:
    """What is said of a purchase that is not there, in the words of its kind."""
    try:
        yield
    except NotFound as error:
        if not kind:
            raise
        noun = kind.replace("_", " ")
        message = error.message.replace("no purchase", f"no {noun}")
        message = message.replace("a purchase", a_or_an(noun))
        hint = error.hint.replace("crm purchase list", f"crm {kind} list")
        raise NotFound(message, hint) from None


def purchases_named(session: Session, kind: str, words: list[str]) -> list[Found]:
    """The purchases of a noun that words name: numbers, ids, customers with one, query terms."""
    from crm_cli.features.moves import described, split_terms

    named, terms = split_terms(session.workspace, PURCHASE, session.expand(words, PURCHASE))
    among = of_kind(kind, lambda item: True)
    with called(kind):
        if terms:
            those = among_named(session, PURCHASE, named, strict=False)
            found = described(session.workspace, PURCHASE, terms, among=among, named=those)
        else:
            found = [
                picked(session, PURCHASE, word, strict=False, among=among, state=kind)
                for word in named
            ]
    if not found:
        raise NotFound(f"no {(kind or 'purchase').replace('_', ' ')} matches")
    return found
