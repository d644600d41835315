"""Moves of items of any kind: from one state to another.

A noun's verbs name their items by id, by a customer who has one that is still open, or by
query terms; `planned` makes one change of what is done to them, a file at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.items import find
from crm_cli.features.paths import desk_meant
from crm_cli.features.plan import Plan, counted
from crm_cli.features.values import come, shown, typed_all
from crm_cli.model.business import Business
from crm_cli.model.errors import Ambiguous, DataError, NotFound, Refused, UsageError
from crm_cli.model.fieldtypes import Choice, Date
from crm_cli.model.ids import item_prefix
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind, Move
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.places import labelled
from crm_cli.model.text import a_or_an
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

Among = Callable[[Item], bool]
"""Whether an item can be meant where it is not named by its id."""


class Found(NamedTuple):
    """An item of a customer, as the file has it now."""

    customer: str
    name: str
    path: str
    item: Item

    @property
    def id(self) -> str:
        """The item's id."""
        return self.item.id

    @property
    def said(self) -> str:
        """How it is spoken of: `Send the quote, t-9f3kx7d of Ana Novak (ana-novak)`."""
        title = self.item.title
        named = f"{title}, {self.id}" if title else f"{self.item.kind.name} {self.id}"
        return f"{named} of {labelled(self.name, self.customer)}"


def pick(
    workspace: Workspace,
    kind: Kind,
    text: str,
    *,
    strict: bool = False,
    among: Among | None = None,
    state: str = "",
) -> Found:
    """The item that an id means, or a WHO who has one item `among` those that can be meant.

    These are the open ones of a kind that knows such, unless told otherwise; `state` is what they
    are called. Raises
    Ambiguous with the items of a customer who has several, and NotFound. `strict` is for
    writers without a terminal: see `Workspace.who`.
    """
    customer, id = meant(workspace, kind, text, strict=strict)
    if id:
        return at(workspace, customer, id)
    still = state or ("open" if among is None and kind.live is not None else "")
    return _only(workspace, kind, customer, among or kind.live, still.replace("_", " "))


def meant(
    workspace: Workspace, kind: Kind, text: str, *, strict: bool = False
) -> tuple[str, str]:
    """(customer's id, item's id) of the item that a text names, without the latter where it
    names a customer. Raises NotFound, Ambiguous."""
    lettered = text[1:2] == "-" and not _is_customer(workspace, text)
    if lettered and (found := find(workspace, text, kind)) is not None:
        return found
    try:
        return desk_meant(workspace, text) or workspace.who(text, strict=strict), ""
    except NotFound as error:
        named = None if lettered else find(workspace, text, kind, strict=strict)
        if named is None:
            raise _neither(text, kind, error, lettered=lettered) from None
        return named


def at(workspace: Workspace, customer: str, id: str) -> Found:
    """An item by its ids; raises NotFound."""
    document = workspace.document(customer)
    name = str(document.record.get("name") or customer)
    return Found(customer, name, document.path, document.find(id))


def described(
    workspace: Workspace,
    kind: Kind,
    terms: Sequence[str],
    *,
    among: Among | None = None,
    named: Collection[tuple[str, str]] | None = None,
) -> list[Found]:
    """The items that query terms describe, as far as they can be meant; raises UsageError.

    Of those that are `named` only, or whose customers are, where some are; see `meant`. One that
    is closed is meant by its id only.
    """
    documents: dict[str, Document] = {}
    found = []
    for customer, id in workspace.items(kind, terms):
        by_id = named is not None and (customer, id) in named
        if named is not None and not by_id and (customer, "") not in named:
            continue
        if customer not in documents:
            documents[customer] = workspace.document(customer)
        document = documents[customer]
        item = document.find(id)
        can_be = among or kind.live
        if by_id or can_be is None or can_be(item):
            name = str(document.record.get("name") or customer)
            found.append(Found(customer, name, document.path, item))
    return found


def split_terms(
    workspace: Workspace, kind: Kind, words: Iterable[str]
) -> tuple[list[str], list[str]]:
    """The words that name an item or a customer, and those that are query terms."""
    from crm_cli.query.who import named_and_terms

    return named_and_terms(words, workspace.scope(kind))


def confirmed_by_title(plan: Plan, found: Sequence[Found]) -> Plan:
    """The plan about items that terms found: of several, each is named before it is done."""
    if len(found) < 2:
        return plan
    return plan._replace(
        records=[f"{one.item.title or one.item.kind.name} ({one.id})" for one in found]
    )


def planned(
    kind: Kind,
    found: Sequence[Found],
    left: Sequence[Found],
    update: Callable[[Document, str], None],
    verb: str,
    done: str,
    notes: Sequence[str],
    *,
    force: bool = False,
) -> Plan:
    """One edit for each file, with what `update` does to those of its items that are `left`."""
    by_path: dict[str, list[str]] = {one.path: [] for one in found}
    for one in left:
        if one.id not in by_path[one.path]:
            by_path[one.path].append(one.id)
    customers = list(dict.fromkeys(one.customer for one in left))
    count = sum(len(ids) for ids in by_path.values())
    if count == 1:
        subject, shown = f"{left[0].id} of {left[0].customer}", left[0].said
    else:
        of = customers[0] if len(customers) == 1 else counted(len(customers), "customer")
        subject = shown = f"{counted(count, kind.name, kind.key)} of {of}"
    edits = tuple(
        Edit(path, entered(_each(ids, update), force=force)) for path, ids in by_path.items()
    )
    question = f"{verb.capitalize()} {subject}?"
    return Plan(Change(f"{verb} {subject}", edits), f"{done}: {shown}", customers, question, notes)


def movable(move: Move) -> Among:
    """Whether a move may start from where an item is; for items that are not named by id."""
    if move.among is not None:
        return move.among
    key = next(iter(move.sets), "")
    return lambda item: not move.of or item.get(key) in move.of


def move(
    workspace: Workspace,
    kind: Kind,
    move: Move,
    found: Sequence[Found],
    given: Mapping[str, str | None],
    *,
    word: str = "",
    force: bool = False,
) -> Plan:
    """Plan to move items, with further fields as people type them; `word` says where to.

    Raises Refused for one that cannot be moved from where it is, UsageError for a wrong value,
    and for one that is missing; DataError where crm.yaml cannot be read, which may say otherwise.
    """
    workspace.require_settings()
    key = next(iter(move.sets), "")
    notes: list[str] = []
    owners = {one.customer for one in found}
    customer = owners.pop() if len(owners) == 1 else None
    values = typed_all(workspace, kind, given, notes, customer=customer)
    if kind.tracked is not None and (ended := values.get(kind.tracked.stamp)) is not None:
        come(workspace, "--date", ended)
    targets = {one.id: _target(workspace, move, one.item, word) for one in found}
    left = []
    for one in found:
        now, value = one.item.get(key), targets[one.id]
        _require(kind, move, one.item, values, workspace.business)
        if now == value and not values:
            state = f"in {value}" if move.word else move.done
            notes.append(f"{one.said} is {state} already")
        elif move.of and now not in (*move.of, value):
            raise Refused(
                f"{one.said} is {str(now).replace('_', ' ')}",
                f"crm set {one.id} {key}={value} changes it anyway",
            )
        else:
            left.append(one)
            if move.past and move.past not in values and _to_come(workspace, one.item, move.past):
                day = shown(workspace, one.item.values[move.past])
                notes.append(f"it was planned for {day}, and is {move.done} now")

    def update(document: Document, id: str) -> None:
        _carry_out(workspace, document, id, move, targets[id], values)

    places = set(targets.values())
    done = f"{move.done} to {places.pop()}" if move.word and len(places) == 1 else move.done
    verb = move.name.replace("_", " ")
    return planned(kind, found, left, update, verb, done, notes, force=force)


def _target(workspace: Workspace, move: Move, item: Item, word: str) -> str:
    """The value that the first field of a move gets."""
    if move.to is not None:
        return move.to(item, workspace.business, word)
    return next(iter(move.sets.values()), "")


def _require(
    kind: Kind, move: Move, item: Item, values: Mapping[str, Any], business: Business
) -> None:
    for key in move.needs:
        if key in values or item.values.get(key) is not None:
            continue
        field = kind.by_key[key]
        option = f"--{(field.option or key).replace('_', '-')}"
        type = field.type
        words = type.choices(business) if isinstance(type, Choice) else ()
        raise UsageError(
            f"{option} is missing: {field.doc}",
            f"one of {', '.join(words)}" if words else f"{option} {field.type.metavar}",
        )


def _carry_out(
    workspace: Workspace,
    document: Document,
    id: str,
    move: Move,
    target: str,
    values: Mapping[str, Any],
) -> None:
    item = document.find(id)
    first = next(iter(move.sets), "")
    for field, set_to in move.sets.items():
        document.set(id, field, target if field == first else set_to)
    for field in move.stamps:
        if field not in values:
            document.set(id, field, present(workspace, item.kind, field))
    if move.past and move.past not in values and _to_come(workspace, item, move.past):
        document.set(id, move.past, present(workspace, item.kind, move.past))
    for field in move.clears:
        document.remove(id, field)
    for field, typed_value in values.items():
        document.set(id, field, typed_value)


def _to_come(workspace: Workspace, item: Item, key: str) -> bool:
    """Whether a date or a moment of an item is after the present one."""
    value = item.values.get(key)
    if isinstance(value, datetime):
        return value > workspace.clock.now
    return isinstance(value, date) and value > workspace.clock.today


def present(workspace: Workspace, kind: Kind, key: str) -> date:
    """The present day, or minute, as the field's type has it."""
    if isinstance(kind.by_key[key].type, Date):
        return workspace.clock.today
    return workspace.clock.now.replace(second=0, microsecond=0)


def _each(
    ids: Sequence[str], update: Callable[[Document, str], None]
) -> Callable[[Document], None]:
    def updates(document: Document) -> None:
        for id in ids:
            update(document, id)

    return updates


def _only(
    workspace: Workspace, kind: Kind, customer: str, among: Among | None, state: str
) -> Found:
    """The one item of a customer that can be meant, which is in a `state`."""
    document = workspace.document(customer)
    name = str(document.record.get("name") or customer)
    items = [one for one in document.record.items(kind.key) if among is None or among(one)]
    if not items:
        what = _named(kind, state, kind.name)
        if among is not None and not state and document.record.items(kind.key):
            what += " that this could be done to"
        raise NotFound(
            f"{labelled(name, customer)} has no {what}",
            f"crm {kind.name} list customer:{customer} shows all",
        )
    if len(items) > 1:
        when = kind.when
        items.sort(key=lambda item: (item.get(when) is None, str(item.get(when) or "")))
        raise Ambiguous(
            f"{labelled(name, customer)} has {len(items)} {_named(kind, state, kind.key)}",
            "name one by its id",
            candidates=tuple((item.id, _candidate(workspace, item)) for item in items),
        )
    return Found(customer, name, document.path, items[0])


def _named(kind: Kind, state: str, noun: str) -> str:
    """What is meant, as it is spoken of: `draft purchases`, but `unsent quotes`."""
    kinds = getattr(kind.by_key["kind"].type, "words", ()) if "kind" in kind.by_key else ()
    words = state.split()
    if any(word in kinds for word in words):
        ending = "" if noun == kind.name else "s"
        noun = " ".join(word + ending if word in kinds else word for word in words)
    else:
        noun = " ".join((*words, noun))
    return noun.replace("_", " ")


def _candidate(workspace: Workspace, item: Item) -> str:
    when = item.get(item.kind.when) if item.kind.when else None
    title = item.title or item.kind.name
    return f"{title}, {item.kind.when} {shown(workspace, when)}" if when else title


def _neither(text: str, kind: Kind, error: NotFound, *, lettered: bool) -> NotFound:
    """A word that names no customer might have been meant for an item."""
    listed = f"crm {kind.name} list shows those there are"
    if lettered and item_prefix(text) is not None:
        return NotFound(f"there is no {kind.name} {text}", listed)
    if not error.message.startswith("there is no customer"):
        return error
    return NotFound(
        f"there is neither {a_or_an(kind.name)} nor a customer '{text}'", error.hint or listed
    )


def _is_customer(workspace: Workspace, text: str) -> bool:
    try:
        workspace.path_of(text)
    except NotFound:
        return False
    except DataError:
        return True
    return True
