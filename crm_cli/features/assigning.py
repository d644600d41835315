"""Fields of records and of their items given values: what each `KEY=VALUE` does to a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from crm_cli.features.entering import entered
from crm_cli.features.listed import texts
from crm_cli.features.numbers import NEXT, following, refuse_taken
from crm_cli.features.own_values import changed, names_of
from crm_cli.features.values import items, typed
from crm_cli.model.bill_to import bill_to
from crm_cli.model.chain import shares_number
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import NotFound, Refused, UsageError
from crm_cli.model.fieldtypes import Texts
from crm_cli.model.inherited import past
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, Kind, ListOf, MapOf, normal
from crm_cli.model.node import Scalar
from crm_cli.model.own import OWN
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.references import naming
from crm_cli.model.rings import ring, shown
from crm_cli.model.task import TASK, doer, unsigned
from crm_cli.model.text import a_or_an
from crm_cli.model.writing import SIMPLE
from crm_cli.store.document import Document, Ref
from crm_cli.store.referring import refer_to
from crm_cli.workspace import Workspace

Step = Callable[[Document], None]

Assignment = tuple[str, str, str]
"""(field, `=`, `+=` or `-=`, text)."""


def updater(
    workspace: Workspace,
    kind: Kind,
    ref: Ref,
    assignments: Sequence[Assignment],
    customer: str | None = None,
    *,
    force: bool = False,
    literal: bool = False,
) -> Step:
    """What assignments do to a record, or to an item; `literal` texts for fields of one's own are
    no lists and mappings, whatever they look like. Raises UsageError."""
    steps = [step(workspace, kind, ref, one, customer, literal=literal) for one in assignments]
    keys = {normal(key) for key, operator, _ in assignments if operator != "-="}
    steps.append(_rings_refused(workspace, kind, ref, keys))

    def update(document: Document) -> None:
        if kind is TASK and keys & {"assignee", "owner"}:
            keep_doer(document, ref)
        for one in steps:
            one(document)

    # Incomplete records are normal: what is there may always be removed.
    if all(operator == "=" and not text for _, operator, text in assignments):
        return update
    return entered(update, force=force)


def keep_past(document: Document, owner: str) -> None:
    """Write an owner into what was sold, closed or said and names nobody, before the record goes
    to another one."""
    document.put_each(past, Scalar(owner))


def keep_doer(document: Document, ref: Ref) -> None:
    """Write into the done occurrences of a task whose it was, before it goes to another user."""
    task = document.find(ref)
    user = doer(task)
    for _ in unsigned(task) if user else ():
        line = unsigned(document.find(ref))[0]
        document.assign(line, "value", f"{line.values['value']} by {user}")


def _rings_refused(workspace: Workspace, kind: Kind, ref: Ref, keys: set[str]) -> Step:
    """A step that refuses what now leads back to where it begins, here or through other files."""
    fields = [kind.by_name[key] for key in sorted(keys) if key in kind.by_name]
    edges: dict[str, dict[str, list[str]]] = {}
    for field in (one for one in fields if one.acyclic):
        rows = workspace.select(kind, [f"has:{field.key}"], cols=("id", field.key)).rows
        edges[field.key] = {str(id): _texts(value) for id, value in rows}

    def refuse(document: Document) -> None:
        for key, known in edges.items():
            item = document.find(ref) if ref is not None else document.record
            id = document.id if ref is None else item.id
            if way := ring(id, {**known, id: _texts(item.values.get(key))}):
                raise Refused(
                    f"{key} would lead back to {id}: {shown(way)}",
                    f"take one of them out first: crm set {way[1]} {key}=",
                )

    return refuse


def _texts(value: object) -> list[str]:
    if not value:
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def step(
    workspace: Workspace, kind: Kind, ref: Ref, assignment: Assignment, customer: str | None,
    *, literal: bool = False,
) -> Step:  # fmt: skip
    """What one `KEY=VALUE` does to a record, or to an item; raises UsageError."""
    key, operator, text = assignment
    head, _, rest = key.partition(".")
    if normal(head) == "id" and "id" not in kind.by_key:
        raise UsageError("an id is changed by rename", "crm rename ana ana-novak")
    field = kind.by_name.get(normal(head))
    if field is not None and isinstance(field.type, ListOf):
        _refuse_changes(field.type.kind, operator)
    if field is not None and isinstance(field.type, ListOf) and rest:
        return _inner(workspace, field, ref, rest, assignment, customer)
    if field is None and any(normal(key) in (one.key, *one.aliases) for one in kind.derived):
        raise UsageError(f"{key} is computed, and cannot be set", f"crm query fields {kind.name}")
    none = field is None and normal(head) not in _lifted(kind)
    names = names_of(workspace, kind, key) if none or normal(head) == OWN else []
    if names and operator != "*=":
        said = _unknown(kind, key, text)
        return changed(workspace, kind, ref, names, assignment, said, literal=literal)
    if operator != "=" and none:
        raise _unknown(kind, key, text)
    if operator != "=":
        return _listed(workspace, kind, ref, assignment, customer)
    if not text:
        if field is not None and field.key == "name" and kind is CUSTOMER:
            raise UsageError("a customer needs a name")
        return lambda document: document.remove(ref, key)
    if none:
        raise _unknown(kind, key, text)
    if field is not None and isinstance(field.type, MapOf):
        raise UsageError(f"{field.key} has entries of its own", "edit the file")
    if kind is PURCHASE and key == "number" and text.lower() == NEXT:
        return lambda document: _number(workspace, document, ref)
    if kind is PURCHASE and key == "number":
        return lambda document: _renumbered(workspace, document, ref, text)
    if field is None:
        return lambda document: document.set(ref, key, text)
    if isinstance(field.type, ListOf) and normal(head) in field.lifts and not field.separate:
        return lambda document: document.set(ref, key, text)
    value = typed(workspace, kind, key, text, customer=customer)
    if isinstance(value, tuple):
        value = text
    if isinstance(field.type, ListOf):
        return lambda document: document.set(
            ref, field.key, [_in_currency(document, ref, one) for one in value]
        )
    return lambda document: document.set(ref, key, value)


def _refuse_changes(kind: Kind, operator: str) -> None:
    """Raise UsageError for what would change or remove items of which none ever goes."""
    if kind.append_only and operator != "+=":
        raise UsageError(
            f"{kind.key} are only added to: a correction is a new one",
            f"crm {kind.name.replace('_', '-')} --help",
        )


def _lifted(kind: Kind) -> set[str]:
    """The names of fields of first items that may be written for the record: `city`."""
    return {name for field in kind.fields for name in field.lifts}


def _unknown(kind: Kind, key: str, text: str) -> UsageError:
    near = _nearest(kind, normal(key.partition(".")[0]))
    own = f"a field of your own is written custom.{key}={text}"
    if "custom" not in kind.by_key:
        own = f"there are {', '.join(kind.by_key)}"
    if near:
        return UsageError(f"{key} is no field of {a_or_an(kind.name)}; did you mean {near}?", own)
    return UsageError(
        f"{key} is no field of {a_or_an(kind.name)}", f"{own}; crm query fields lists them"
    )


def _number(workspace: Workspace, document: Document, ref: Ref) -> None:
    """Give a purchase the next number of its kind; others may have taken some meanwhile."""
    workspace.index.refresh()
    item = document.find(ref)
    _renumber(
        document, ref, following(workspace, str(item.get("kind")), item.values.get("date"))
    )


def _billed(document: Document, ref: Ref) -> None:
    """Write down whom a purchase is billed to that has got its first number."""
    for key, value in bill_to(document.record, document.find(ref).values).items():
        document.set(ref, f"bill_to.{key}", value)


def _renumbered(workspace: Workspace, document: Document, ref: Ref, number: str) -> None:
    """Give a purchase a number that no other one has."""
    if number != document.find(ref).values.get("number"):
        refuse_taken(workspace, number, "give another one, or number=next")
    _renumber(document, ref, number)


def _renumber(document: Document, ref: Ref, number: str) -> None:
    """Give a purchase a number; what names it by the old one goes along.

    Raises Refused where another one of the customer has the old number as well: what names it
    may mean either.
    """
    purchase = document.find(ref)
    old = purchase.values.get("number")
    if old and old != number:
        if shares_number(purchase):
            _refuse_unclear(document.record, purchase, str(old))
        refer_to(document, PURCHASE, str(old), number)
    document.set(ref, "number", number)
    if not old:
        _billed(document, ref)


def _refuse_unclear(record: Item, purchase: Item, old: str) -> None:
    named = naming(record, PURCHASE, old)
    if not named:
        return
    first, field = next(iter(named.items()))
    others = [
        one.id for one in record.items("purchases")
        if one.values.get("number") == old and one.id != purchase.id
    ]  # fmt: skip
    raise Refused(
        f"{', '.join(named)} {'names' if len(named) == 1 else 'name'} {old}, which "
        f"{', '.join(others)} has too: it is not known which one is meant",
        f"crm set {first} {field}={purchase.id}, or {field}={others[0]}, says it; then again",
    )


def _inner(
    workspace: Workspace,
    field: Field,
    ref: Ref,
    rest: str,
    assignment: Assignment,
    customer: str | None,
) -> Step:
    """`lines.2.quantity=45`, `tasks.t-9f3.due=fri`: a field of one item of a list.

    The item is named by its position, from 1, or its id. `lines.2=` removes it.
    """
    _, operator, text = assignment
    which, _, inner = rest.partition(".")
    kind = _kind(field)
    if not inner and operator == "=" and text and SIMPLE in kind.by_key:
        inner = SIMPLE  # of a tag, an e-mail, which may be written as one text
    if not inner and (operator != "=" or text):
        raise UsageError(
            f"{assignment[0]} is an item with fields of its own",
            f"name one, as {assignment[0]}.{next(iter(kind.by_key))}={text or '…'}; "
            f"{assignment[0]}= removes the item",
        )
    if inner:
        step(workspace, kind, None, (inner, operator, text), customer)  # what cannot be

    def update(document: Document) -> None:
        place = _place(document, ref, field, which)
        if inner:
            step(workspace, kind, place, (inner, operator, text), customer)(document)
        else:
            document.delete(place)

    return update


def _place(document: Document, ref: Ref, field: Field, which: str) -> Ref:
    """The reference of the item of a list that a position or an id means."""
    owner = document.writable(ref)
    items = owner.items(field.key)
    if which.isascii() and which.isdigit():
        found = [int(which) - 1] if 0 < int(which) <= len(items) else []
    else:
        names = [str(item.id or item.values.get("id", "")) for item in items]
        found = [place for place, name in enumerate(names) if name == which]
        found = found or [place for place, name in enumerate(names) if name.startswith(which)]
    if len(found) != 1:
        shown = ", ".join(f"{place} {item.name}" for place, item in enumerate(items, 1))
        raise NotFound(
            f"{field.key}: there {'is no' if not found else 'are several'} {which}",
            f"there are: {shown}" if shown else f"{field.key}+=… adds one",
        )
    if _kind(field).letter:
        return items[found[0]].id
    return (field.key, found[0]) if owner.parent is None else (owner.id, field.key, found[0])


def _listed(
    workspace: Workspace, kind: Kind, ref: Ref, assignment: Assignment, customer: str | None
) -> Step:
    """`tags+=vip`, `lines+=filter-250:2`, `contacts-=giulia`."""
    key, operator, text = assignment
    field = kind.by_name.get(normal(key))
    if operator == "*=":
        raise UsageError(
            f"*= is for prices of products, and {key} is a field of {a_or_an(kind.name)}",
            f"write {key}={text}, or crm product set beans-1kg price*=1.1",
        )
    if field is None or not isinstance(field.type, (ListOf, Texts)):
        raise UsageError(
            f"{key} holds one value; {operator} is for lists",
            f"write {key}={text}, or for a list tags+=vip",
        )
    given = texts(field.key, text)
    if not given:
        raise UsageError(f"{key}{operator} needs a value")
    if isinstance(field.type, Texts):
        if operator == "+=":
            given = typed(workspace, kind, key, text)
        return _altered(ref, field.key, given, add=operator == "+=")
    if operator == "+=":
        return _extended(ref, field.key, items(workspace, field, text, customer=customer))
    return _reduced(ref, field, given)


def _kind(field: Field) -> Kind:
    """The kind of a list's items."""
    assert isinstance(field.type, ListOf)
    return field.type.kind


def _extended(ref: Ref, key: str, items: list[dict[str, Any]]) -> Step:
    """A step that adds items to a list, but those that are there."""

    def extend(document: Document) -> None:
        for values in items:
            made = _in_currency(document, ref, values)
            there = document.find(ref).items(key)
            if set(made) == {SIMPLE}:
                known = any(one.values.get(SIMPLE) == made[SIMPLE] for one in there)
            else:
                known = ref is None and any(one.values == made for one in there)
            if not known:
                document.add(key, made, ref=ref)

    return extend


def _in_currency(document: Document, ref: Ref, values: dict[str, Any]) -> dict[str, Any]:
    """Values of a new item of an item, whose currency amounts in it need not repeat."""
    owner = document.find(ref)
    currency = owner.values.get("currency") or document.business.currency
    return {
        key: value[0] if isinstance(value, tuple) and value[1:] == (currency,) else value
        for key, value in values.items()
    }


def _reduced(ref: Ref, field: Field, texts: list[str]) -> Step:
    """A step that removes the items that are called so."""
    title = _kind(field).title

    def reduce(document: Document) -> None:
        for text in texts:
            owner = document.find(ref)
            for place, item in enumerate(owner.items(field.key)):
                if text in (item.values.get(title), item.values.get("id"), item.id):
                    nested = owner.parent is not None
                    document.delete(
                        (owner.id, field.key, place) if nested else (field.key, place)
                    )
                    break

    return reduce


def _altered(ref: Ref, key: str, texts: list[str], *, add: bool) -> Callable[[Document], None]:
    """A step that adds texts to a field that holds several, or takes them away."""

    def alter(document: Document) -> None:
        item = document.record if ref is None else document.find(ref)
        there = list(item.values.get(key) or ())
        if add:
            left = [*there, *(text for text in dict.fromkeys(texts) if text not in there)]
        else:
            left = [text for text in there if text not in texts]
        if left != there:
            document.set(ref, key, left)

    return alter


def _nearest(kind: Kind, name: str) -> str:
    from crm_cli.model.text import nearest

    found = nearest(name, [*kind.by_name, *kind.hoisted], 1)
    return found[0] if found else ""
