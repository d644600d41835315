"""Differences between two states of a record, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from crm_cli.model.item import Item
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf, MapOf, Move, singular
from crm_cli.model.kinds import SINGLE
from crm_cli.model.node import Node, plain

_LONGEST = 60


class Difference(NamedTuple):
    """One field that differs, or an item that came or went (`field` is empty).

    `kind` is the item's kind, `item` its id, or its text in a list of texts; both are the
    record's own for its fields. `before` and `after` are as JSON shows them, None is absent.
    `text` says it in a line, `also` names further fields that the same move set, and `move` is
    what that move is called once it is made: `done`. `place` is that of an item without an id in
    its list.
    """

    kind: str
    item: str
    field: str
    before: Any
    after: Any
    text: str
    also: tuple[str, ...] = ()
    move: str = ""
    place: int = 0


def compare(before: Item | None, after: Item | None) -> list[Difference]:
    """The differences of two states of one record; None: there was, or is, none."""
    if before is None or after is None:
        item = after or before
        if item is None:
            return []
        if item.kind in SINGLE:
            # Nobody made it or removed it: what came and went is in it.
            return list(_fields(before or Item(item.kind), after or Item(item.kind), "", ""))
        sign = "+1" if before is None else "-1"
        text = f"{sign} {item.kind.name} {_named(item)}"
        whole = item.title or item.id
        return [_came(item.kind, item.id, whole, text, came=before is None)]
    return list(_fields(before, after, "", ""))


def parts(item: Item, *, came: bool) -> Iterator[Difference]:
    """The items with an id that came or went along with one, or with a record."""
    sign = "+1" if came else "-1"
    for part in item.walk():
        if part is not item and part.kind.letter:
            text = f"{sign} {part.kind.name} {_named(part)}"
            yield _came(part.kind, part.id, part.brief(), text, came=came)


def whole(path: str, *, came: bool = False, went: bool = False) -> Difference:
    """The difference of a file that no kind describes: that it came, went or changed."""
    text = "+1 file" if came else "-1 file" if went else "the file changed"
    return Difference("file", path, "", None, None, text)


def _came(kind: Kind, item: str, value: Any, text: str, *, came: bool) -> Difference:
    return Difference(
        kind.name, item, "", None if came else value, value if came else None, text.rstrip()
    )


def _fields(
    before: Item, after: Item, label: str, prefix: str, id: str = "", of: str = ""
) -> Iterator[Difference]:
    """By field; `label` says in texts whose fields they are, `prefix` begins their names. `of` is
    the kind of the item that a group is part of."""
    kind = after.kind
    id = id or after.id
    of = of or kind.name
    move = _move(before, after)
    hidden = (*move.sets, *move.stamps, *move.clears) if move is not None else ()
    if move is not None:
        key = next(iter(move.sets))
        old, new = (_answer(kind.by_key[key], item.values.get(key)) for item in (before, after))
        text = f"{kind.name} {move.done}: {_named(after)}"
        also = tuple(prefix + name for name in hidden if name != key)
        yield Difference(of, id, prefix + key, old, new, text, also, move.done)
    for field in kind.fields:
        old, new = before.values.get(field.key), after.values.get(field.key)
        if isinstance(field.type, ListOf):
            yield from _lists(field, field.type.kind, before, after, label)
        elif isinstance(field.type, GroupOf):
            part = field.type.kind
            yield from _fields(
                old or Item(part, None, before),
                new or Item(part, None, after),
                label,
                f"{prefix}{field.key}.",
                id,
                of,
            )
        elif isinstance(field.type, MapOf):
            yield from _maps(old or {}, new or {}, field)
        else:
            old, new = _answer(field, old), _answer(field, new)
            if old == new or field.key in hidden:
                continue
            if _is_list(old) and _is_list(new):
                yield from _entries(of, id, prefix + field.key, label, old or [], new or [])
                continue
            name = prefix + (field.label or field.key)
            text = f"{label}{name} {_shown(old)} → {_shown(new)}"
            yield Difference(of, id, prefix + field.key, old, new, text)
    for key in {**before.extra, **after.extra}:
        sides = [item.extra.get(key) for item in (before, after)]
        old, new = (_plain(node) for node in sides)
        if _is_list(old) and _is_list(new):
            yield from _entries(of, id, prefix + key, label, old or [], new or [])
        elif old != new:
            text = f"{label}{key} {_shown(old)} → {_shown(new)}"
            yield Difference(of, id, prefix + key, old, new, text)


def _plain(node: Node | None) -> Any:
    """A value of no kind, None for none."""
    return None if node is None else plain(node)


def _is_list(value: Any) -> bool:
    """Whether it is a list of entries with fields, or nothing."""
    if value is None:
        return True
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _entries(
    kind: str, id: str, key: str, label: str, before: list[Any], after: list[Any]
) -> Iterator[Difference]:
    """The entries of a list that no kind describes, each on its own: by their ids, else whole."""
    old = {entry_key(entry): entry for entry in before}
    new = {entry_key(entry): entry for entry in after}
    for name in {**old, **new}:
        was, now = old.get(name), new.get(name)
        said = f"{label}{singular(key)} {_entry(now or was)}"
        if was is None or now is None:
            sign = "+1" if was is None else "-1"
            yield Difference(kind, id, f"{key}.{name}", was, now, f"{sign} {said}")
            continue
        for part in {**was, **now}:
            if was.get(part) != now.get(part):
                text = f"{said}: {part} {_shown(was.get(part))} → {_shown(now.get(part))}"
                field = f"{key}.{name}.{part}"
                yield Difference(kind, id, field, was.get(part), now.get(part), text)


def entry_key(entry: Any) -> str:
    """What tells an entry of a list that no kind describes from others: its id, else all of it."""
    return str(entry.get("id", entry))


def _entry(entry: Any) -> str:
    """A few words that name an entry: its name where it has one, else all that it says."""
    for name in ("name", "title", "subject", "id"):
        if entry.get(name):
            return _cut(str(entry[name]))
    return _cut(", ".join(str(value) for value in entry.values()))


def _move(before: Item, after: Item) -> Move | None:
    """The move that an item has made: a task that is done, a meeting that was held.

    An item whose history has become shorter goes back, as where a move is undone.
    """
    tracked = after.kind.tracked
    if tracked is not None:
        was, now = (len(item.items(tracked.history)) for item in (before, after))
        if now < was:
            return None
    for move in after.kind.moves:
        key, value = next(iter(move.sets.items()))
        if after.get(key) == value != before.get(key):
            return move
    return None


def _maps(before: dict[str, Item], after: dict[str, Item], field: Field) -> Iterator[Difference]:
    for key in {**before, **after}:
        for one in compare(before.get(key), after.get(key)):
            name = f"{field.key}.{key}.{one.field}".rstrip(".")
            yield one._replace(item="", field=name, text=f"{field.key}.{key}: {one.text}")


def _lists(field: Field, kind: Kind, before: Item, after: Item, label: str) -> Iterator[Difference]:
    identify: Callable[[Item], str] = (lambda item: item.id) if kind.letter else _text
    old = {identify(item): item for item in before.items(field.key)}
    new = {identify(item): item for item in after.items(field.key)}
    if "value" not in kind.by_key and not kind.letter:
        # Without an id what stays in its place is the same item, changed.
        places = {key: number for number, key in enumerate(new)}
        gone = [key for key in old if key not in new]
        come = [key for key in new if key not in old]
        for one, other in zip(gone, come, strict=False):
            item, place = old.pop(one), places[other]
            for what in _fields(item, new.pop(other), f"{label}{kind.name}: ", "", other):
                yield what._replace(place=place)
    for key, item in {**old, **new}.items():
        if key in old and key in new:
            if kind.letter or old[key].answer() != item.answer():
                yield from _fields(old[key], item, f"{kind.name} {_named(item)}: ", "")
            continue
        sign = "+" if key in new else "-"
        one = f"{sign}1 " if kind.letter else sign
        text = f"{label}{one}{kind.name} {_named(item)}"
        yield _came(kind, key, item.brief(), text, came=key in new)


def _text(item: Item) -> str:
    """What tells an item without an id from others: its text, else all that it says."""
    value = item.values.get("value")
    return str(value) if value is not None else repr(item.answer())


def _named(item: Item) -> str:
    """A few words that name an item to people."""
    return _cut(str(item.values["value"]) if "value" in item.values else item.name)


def _answer(field: Field, value: Any) -> Any:
    return None if value is None else field.type.answer(value)


def _shown(value: Any) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, dict | list):
        return "1 entry" if len(value) == 1 else f"{len(value)} entries"
    if value is True or value is False:
        return "true" if value else "false"
    return _cut(str(value))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
