"""Changing fields and tags of customers, and fields of items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from crm_cli.features.items import item_ref
from crm_cli.features.plan import Plan, counted
from crm_cli.features.references import names_records
from crm_cli.features.values import items, typed
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.fieldtypes import Texts
from crm_cli.model.kind import Field, Kind, ListOf, MapOf, normal
from crm_cli.model.kinds import BY_LETTER
from crm_cli.model.text import a_or_an
from crm_cli.store.document import Document, Ref
from crm_cli.workspace import Change, Edit, Workspace

Assignment = tuple[str, str, str]
"""(field, `=`, `+=` or `-=`, text)."""


def set_fields(
    workspace: Workspace,
    words: Sequence[str],
    assignments: Sequence[Assignment],
    *,
    strict: bool = False,
) -> Plan:
    """Plan to change fields of customers (WHO…, terms) or of one item (its id).

    Raises UsageError for a field or a value that cannot be.
    """
    if not assignments:
        raise UsageError("nothing to set", "crm set ana city=Koper phone=")
    item = item_ref(workspace, words, strict=strict)
    if item is not None:
        customer, ref = item
        kind = BY_LETTER[ref[0]]
        update = _updater(workspace, kind, ref, assignments, customer)
        names = ", ".join(key for key, _, _ in assignments)
        return Plan(
            Change(f"set {names} of {ref}", (Edit(workspace.path_of(customer), update),)),
            f"{ref} of {customer}: {_summary(assignments)}",
            (customer,),
        )
    ids = workspace.whos(words, strict=strict)
    update = _updater(workspace, CUSTOMER, None, assignments, ids[0] if len(ids) == 1 else None)
    names = ", ".join(key for key, _, _ in assignments)
    return Plan(
        Change(
            f"set {names} of {_subject(ids)}",
            tuple(Edit(workspace.path_of(id), update) for id in ids),
        ),
        f"{_subject(ids)}: {_summary(assignments)}",
        ids,
        f"Set {_summary(assignments)} for {counted(len(ids), 'customer')}?",
    )


def _subject(ids: Sequence[str]) -> str:
    return ids[0] if len(ids) == 1 else counted(len(ids), "customer")


def _summary(assignments: Sequence[Assignment]) -> str:
    parts = []
    for key, operator, text in assignments:
        parts.append(f"{key}{operator}{text}" if text or operator != "=" else f"{key} removed")
    return ", ".join(parts)


def _updater(
    workspace: Workspace,
    kind: Kind,
    ref: Ref,
    assignments: Sequence[Assignment],
    customer: str | None = None,
) -> Callable[[Document], None]:
    steps = [_step(workspace, kind, ref, one, customer) for one in assignments]

    def update(document: Document) -> None:
        for step in steps:
            step(document)

    return update


def _step(
    workspace: Workspace, kind: Kind, ref: Ref, assignment: Assignment, customer: str | None
) -> Callable[[Document], None]:
    key, operator, text = assignment
    head = normal(key.partition(".")[0])
    if head == "id":
        raise UsageError("an id is changed by rename", "crm rename ana ana-novak")
    field = kind.by_name.get(head)
    derived = any(normal(key) in (one.key, *one.aliases) for one in kind.derived)
    if derived and field is None:
        raise UsageError(f"{key} is computed, and cannot be set", f"crm query fields {kind.name}")
    if operator != "=":
        several = field is not None and isinstance(field.type, (ListOf, Texts))
        if field is None or not several or (ref is not None and isinstance(field.type, ListOf)):
            raise UsageError(
                f"{key} holds one value; {operator} is for lists",
                f"write {key}={text}, or for a list tags+=vip",
            )
        texts = [part.strip() for part in text.split(",") if part.strip()]
        if not texts:
            raise UsageError(f"{key}{operator} needs a value")
        if isinstance(field.type, Texts):
            if operator == "+=":
                texts = typed(workspace, kind, key, text)
            return _altered(ref, field.key, texts, add=operator == "+=")
        if operator == "+=" and names_records(_kind(field)):
            return _extended(field.key, items(workspace, field, text, customer=customer))
        if operator == "+=":
            return lambda document: _ignore(document.add_texts(key, texts))
        return lambda document: _ignore(document.remove_texts(key, texts))
    if not text:
        if field is not None and field.key == "name" and kind is CUSTOMER:
            raise UsageError("a customer needs a name")
        return lambda document: document.remove(ref, key)
    if field is None and not _free(kind, head):
        known = _nearest(kind, head)
        if known:
            raise UsageError(
                f"{key} is no field of {a_or_an(kind.name)}; did you mean {known}?",
                f"a field of your own is written custom.{key}={text}",
            )
        raise UsageError(
            f"{key} is no field of {a_or_an(kind.name)}",
            f"a field of your own is written custom.{key}={text}; crm query fields lists them",
        )
    if field is not None and isinstance(field.type, MapOf):
        raise UsageError(f"{field.key} has entries of its own", "edit the file")
    if field is None or (isinstance(field.type, ListOf) and not names_records(field.type.kind)):
        return lambda document: document.set(ref, key, text)
    value = typed(workspace, kind, key, text, customer=customer)
    if isinstance(value, tuple):
        value = text
    return lambda document: document.set(ref, key, value)


def _kind(field: Field) -> Kind:
    """The kind of a list's items."""
    assert isinstance(field.type, ListOf)
    return field.type.kind


def _extended(key: str, items: list[dict[str, Any]]) -> Callable[[Document], None]:
    """A step that adds items to a list of the record, but those that are there."""

    def extend(document: Document) -> None:
        for values in items:
            if all(values != one.values for one in document.record.items(key)):
                document.add(key, values)

    return extend


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


def _ignore(found: object) -> None:
    """A step returns nothing."""


def _free(kind: Kind, name: str) -> bool:
    return any(name in field.lifts for field in kind.fields)


def _nearest(kind: Kind, name: str) -> str:
    from crm_cli.model.text import nearest

    found = nearest(name, [*kind.by_name, *kind.hoisted], 1)
    return found[0] if found else ""


def tag(
    workspace: Workspace, tags: str, words: Sequence[str], *, add: bool, strict: bool = False
) -> Plan:
    """Plan to put tags on customers, or to take them off."""
    wanted = [part.strip() for part in tags.split(",") if part.strip()]
    if not wanted:
        raise UsageError("which tag?", "crm tag add vip ana")
    for one in wanted:
        if one[0] in "+@-" or any(sign in one for sign in ":/ "):
            raise UsageError(f"'{one}' cannot be a tag", "a tag is one word, as vip or coffee-club")
    ids = workspace.whos(words, strict=strict)

    def update(document: Document) -> None:
        if add:
            document.add_texts("tags", wanted)
        else:
            document.remove_texts("tags", wanted)

    shown = ", ".join(wanted)
    verb = "tagged" if add else "untagged"
    return Plan(
        Change(
            f"{verb.removesuffix('ged')} {_subject(ids)} {shown}",
            tuple(Edit(workspace.path_of(id), update) for id in ids),
        ),
        f"{verb} {_subject(ids)}: {shown}",
        ids,
        f"{'Tag' if add else 'Untag'} {counted(len(ids), 'customer')} {shown}?",
    )


def tags(workspace: Workspace, terms: Iterable[str] = ()) -> list[tuple[str, int]]:
    """(tag, number of customers) of the customers that terms describe, most used first."""
    from collections import Counter

    counts: Counter[str] = Counter()
    answer = workspace.select(CUSTOMER, list(terms), cols=("id", "tags"))
    for row in answer.rows:
        counts.update(set(row[1] or ()))
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
