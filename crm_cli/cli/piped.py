"""`-` among the words that say who or what is meant: stdin names it, one a line.

A line is an id, an e-mail, a phone or a whole name, of items their id or number, and never a
query term: it comes from another program. Whom no line names is said. Those that are named are
united, with those named by other words, and query terms beside them choose among them; where
stdin is empty, and no other word names anybody, nobody is meant.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence

from crm_cli.cli.prompts import Prompts
from crm_cli.cli.stdin import lines_of_stdin
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Ambiguous, CrmError, DataError, NotFound, UsageError
from crm_cli.model.kind import Kind
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.render.screen import is_terminal
from crm_cli.workspace import Workspace

NOBODY = 'id.is:"-"'
"""A query term that describes none."""
_FEW = 20
"""For more lines than these all ids are asked for at once."""


class Line(NamedTuple):
    """A line of stdin that names somebody; the first one is 1."""

    number: int
    text: str


class Meant(NamedTuple):
    """The id that a line means: of a customer, or of an item or an entry."""

    id: str
    of_customer: bool


Find = Callable[[str], Meant]


def lines() -> list[Line]:
    """The lines of stdin that are not blank; raises UsageError for a terminal."""
    if is_terminal(sys.stdin):
        raise UsageError("- reads ids from stdin, which is a terminal", "pipe ids into it")
    numbered = enumerate(lines_of_stdin(), 1)
    return [Line(number, text.strip()) for number, text in numbered if text.strip()]


def expanded(
    prompts: Prompts,
    workspace: Workspace,
    words: Sequence[str],
    piped: Sequence[Line],
    kind: Kind | None,
) -> list[str]:
    """The words, with the ids of those whom lines name in place of `-`.

    They are customers, or of a kind: items or their customers, or entries. Without a kind they
    are items of any kind or customers, and of none the list is empty.
    """
    from crm_cli.query.who import named_and_terms

    ids = [one.id for one in _all(prompts, workspace, piped, kind)]
    if not ids:
        others = [word for word in words if word != "-"]
        if named_and_terms(others, workspace.scope(kind or CUSTOMER))[0]:
            return others
        return [] if kind is None else [NOBODY]
    found: list[str] = []
    for word in words:
        found += ids if word == "-" else [word]
        ids = [] if word == "-" else ids
    return found


def term(
    prompts: Prompts, workspace: Workspace, piped: Sequence[Line], base: Kind | None
) -> str:
    """The query term for those whom lines name: customers, or rows of the `base` that is listed.

    Raises UsageError where they are both.
    """
    from crm_cli.query.lexer import quoted

    found = _all(prompts, workspace, piped, base or CUSTOMER, unread=True)
    if not found:
        return NOBODY
    by_customer = [one for one in found if one.of_customer]
    own = [one for one in found if not one.of_customer]
    if own and by_customer and base is not None:
        raise UsageError(
            f"stdin has ids of {base.key}, as {own[0].id}, and of customers, as"
            f" {by_customer[0].id}",
            "give one or the other",
        )
    field = "id" if own else "customer.id"
    return f"{field}.is:{','.join(quoted(one.id) for one in found)}"


def _all(
    prompts: Prompts,
    workspace: Workspace,
    piped: Sequence[Line],
    kind: Kind | None,
    *,
    unread: bool = False,
) -> list[Meant]:
    """What each line means, each once; raises CrmError, with the line. With `unread` those whose
    file cannot be read are taken by their ids: the answer is partial without them."""
    if not piped:
        return []
    find = _finder(prompts, workspace, kind)
    known = _known(workspace, kind, [line.text for line in piped]) if len(piped) > _FEW else {}
    found: dict[Meant, None] = {}
    for line in piped:
        try:
            found[known.get(line.text) or find(line.text)] = None
        except DataError as error:
            if not unread:
                raise _placed(error, line) from None
            found[Meant(line.text, of_customer=True)] = None
        except CrmError as error:
            raise _placed(error, line) from None
    return list(found)


def _placed(error: CrmError, line: Line) -> CrmError:
    error.message = f"line {line.number} of stdin: {error.message}"
    return error


def _known(
    workspace: Workspace, kind: Kind | None, texts: Collection[str]
) -> dict[str, Meant]:
    """Those of the texts that are whole ids, of a customer before an item."""
    from crm_cli.query.lookups import different

    found: dict[str, Meant] = {}
    for one in dict.fromkeys((kind or CUSTOMER, CUSTOMER)):
        if one is CUSTOMER and kind is not None and not _of_customer(kind):
            continue
        ids = {str(id) for id in different(workspace.database, one, "id")}
        found |= {text: Meant(text, one is CUSTOMER) for text in ids.intersection(texts)}
    return found


def _of_customer(kind: Kind) -> bool:
    from crm_cli.query.owners import of_customer

    return of_customer(kind)


def _finder(prompts: Prompts, workspace: Workspace, kind: Kind | None) -> Find:
    """How the lines are read that name customers, items of a kind, or of any kind."""
    if kind is CUSTOMER:
        find: Find = lambda text: Meant(workspace.who(text, strict=True), True)  # noqa: E731
    elif kind is None:
        find = lambda text: _any(workspace, text)  # noqa: E731
    elif not _of_customer(kind):
        return lambda text: _entry(workspace, kind, text)
    else:
        find = lambda text: _item(workspace, kind, text)  # noqa: E731

    def asked(text: str) -> Meant:
        try:
            return find(text)
        except Ambiguous as error:
            chosen = prompts.pick(f"{text}: which one?", error.candidates)
            if chosen is None:
                raise
            return find(chosen)

    return asked


def _any(workspace: Workspace, text: str) -> Meant:
    from crm_cli.features.items import item_ref

    item = item_ref(workspace, [text], strict=True)
    if item is not None:
        return Meant(item[1], False)
    return Meant(workspace.who(text, strict=True), True)


def _item(workspace: Workspace, kind: Kind, text: str) -> Meant:
    from crm_cli.features.moves import meant

    customer, id = meant(workspace, kind, text, strict=True)
    if not id and not workspace.has(customer, CUSTOMER):
        raise NotFound(f"there is no customer '{text}'", "of the desk's items write the ids")
    return Meant(id or customer, not id)


def _entry(workspace: Workspace, kind: Kind, text: str) -> Meant:
    if not workspace.has(text, kind):
        raise NotFound(f"there is no {kind.name.replace('_', ' ')} '{text}'")
    return Meant(text, False)
