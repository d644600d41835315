"""Cells put into the values of a row: read, translated, and in their place of a list."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.formats.cells.phones import numbers_in
from crm_cli.formats.cells.texts import cleaned, is_grouped, is_nothing, parts
from crm_cli.formats.mapping import Column
from crm_cli.formats.reading import Reading, read_cell
from crm_cli.formats.targets import CUSTOMER, CUSTOMER_EMAIL, Target, several
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import Email, Phone
from crm_cli.model.writing import SIMPLE

Values = dict[str, Any]
"""Typed values by key; items of lists and groups as dictionaries of theirs."""

_LABELS = frozenset({"home", "work", "mobile", "other", "fax", "billing", "delivery"})
_REMEMBERED = 5000
"""Different texts of a column whose values are remembered."""


class Note(NamedTuple):
    """What is told of a cell: why a text of it is no value, or cannot be one and is `kept`."""

    text: str
    message: str
    hint: str
    kept: bool


class Said(NamedTuple):
    """The values that a cell holds, one unless its field takes several, and what is told."""

    values: tuple[Any, ...]
    notes: tuple[Note, ...] = ()


Setter = Callable[[Values, str], tuple[Note, ...]]
"""Puts the value of a cell into a row's values; returns what is to be told of it."""


def setter_of(column: Column, to: Target, reading: Reading) -> Setter:
    """How the cells of a column are put into a row; each different text is read once."""
    known: dict[str, Said] = {}
    translated = {cleaned(one).casefold(): text for one, text in column.values}
    put = _put_of(to, column.beside)

    def set(values: Values, text: str) -> tuple[Note, ...]:
        said = known.get(text)
        if said is None:
            said = _read(text, column, to, reading, translated)
            if len(known) >= _REMEMBERED:
                known.clear()  # Times follow one another: those that come next are the newest.
            known[text] = said
        try:
            if said.values:
                put(values, said.values)
        except Unreadable as error:
            return (*said.notes, Note(text, error.message, error.hint, False))
        return said.notes

    return set


def _read(
    text: str, column: Column, to: Target, reading: Reading, translated: dict[str, str]
) -> Said:
    """The values of a cell. What cannot be read of it is told, the rest kept."""
    text = cleaned(text)
    text = translated.get(text.casefold(), text)
    type = to.field.type
    valued = bool(to.list) and to.field.key == SIMPLE
    if several(to) or (valued and (is_grouped(text) or isinstance(type, Email | Phone))):
        commas = several(to) and (not to.list or not to.field.commas)
        texts = list(parts(type, text, commas=commas))
        if isinstance(type, Phone):
            texts = [one for part in texts for one in numbers_in(part, reading.business.country)]
        texts = [translated.get(one.casefold(), one) for one in texts]
    else:
        texts = [text]
    values: list[Any] = []
    notes: list[Note] = []
    for one in texts:
        if is_nothing(type, one) or (one == "*" and to.field.key == "label"):
            continue
        try:
            value = _value(one, column, to, reading)
        except Unreadable as error:
            notes.append(Note(one, error.message, _hint(error), False))
            continue
        for part in value if isinstance(value, list) else [value]:
            values.append(part)
            if type.doubts and (doubt := type.doubt(part, reading.business)):
                notes.append(Note(one, doubt[1], doubt[2], True))
    return Said(tuple(values), tuple(notes))


def _value(text: str, column: Column, to: Target, reading: Reading) -> Any:
    """The value of a text; raises Unreadable."""
    if to.field in (CUSTOMER, CUSTOMER_EMAIL) and text.endswith(">"):
        return Email().read(text, reading.business)
    if to.list and to.field.key == "label":
        text = text.removeprefix("* ")  # Google marks the labels that it made so
        text = text.lower() if text.lower() in _LABELS else text
    value = read_cell(to.field.type, text, reading)
    return _scaled(value, column.scale) if column.scale != 1 else value


def _hint(error: Unreadable) -> str:
    if error.code != "unknown-value":
        return error.hint
    return f"{error.hint}; values in a map translate words: crm help import"


def _scaled(value: Any, scale: Decimal) -> Any:
    if isinstance(value, tuple):
        return (_scaled(value[0], scale), value[1])
    text = f"{value * scale:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


class Items:
    """Items of a list while a row is read: by their position, and those without any."""

    def __init__(self) -> None:
        self.placed: dict[int, Values] = {}
        self._loose: list[tuple[str, Values]] = []
        self._more: list[tuple[int, Values]] = []

    def put(self, to: Target, found: tuple[Any, ...], beside: Values) -> None:
        """Values of one field: of the item at a position, or each of an item of its own.

        At a position, those after the first make further items like that one.
        """
        key = to.field.key
        if to.position < 0:
            self._loose += [(key, {key: value, **beside}) for value in found]
            return
        if to.group:
            item = self.placed.setdefault(to.position, dict(beside))
            item.setdefault(to.group, {})[key] = found[0]
            return
        for value in found[:1]:
            self.placed.setdefault(to.position, dict(beside))[key] = value
        self._more += [(to.position, {key: value}) for value in found[1:]]

    def add(self, item: Values) -> None:
        """An item without a position."""
        self._loose.append((next(iter(item)), item))

    def listed(self, *, same: Callable[[Any], Any] | None) -> list[Values]:
        """The items in their order, without gaps.

        Those without a position take the first that no value has. `same` is for items that a
        value makes: what its spellings have in common. Of two with the same the first is kept,
        and an item of which only a label is known is none.
        """
        items = dict(self.placed)
        place = 0
        for key, item in self._loose:
            while key in items.get(place, {}):
                place += 1
            items[place] = {**item, **items.get(place, {})}
        found = [items[place] for place in sorted(items)]
        found += [{**self.placed[place], **item} for place, item in self._more]
        if same is None:
            return found
        kept: dict[Any, Values] = {}
        for item in found:
            if SIMPLE in item:
                key = same(item[SIMPLE])
                kept[key] = {**item, **kept.get(key, {})}
        return list(kept.values())


Put = Callable[[Values, tuple[Any, ...]], None]
"""Puts what a cell holds in its place of a row's values; raises Unreadable for two currencies."""


def _put_of(to: Target, beside: tuple[tuple[str, str], ...]) -> Put:
    """How values of a field are put into a row, found out once for a column."""
    key, several_of_it, together = to.field.key, several(to), dict(beside)

    def in_list(values: Values, found: tuple[Any, ...]) -> None:
        items_of(values, to.list).put(to, _in_currency(values, found), together)

    def in_group(values: Values, found: tuple[Any, ...]) -> None:
        values.setdefault(to.group, {})[key] = _in_currency(values, found)[0]

    def alone(values: Values, found: tuple[Any, ...]) -> None:
        value = _in_currency(values, found)[0]
        if key == "currency" and values.get(key, value) != value:
            raise Unreadable(f"{value}, and an amount in {values[key]}")
        values[key] = list(found) if several_of_it else value

    return in_list if to.list else in_group if to.group else alone


def _in_currency(values: Values, found: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values; of an amount with its currency the amount, the currency being the row's."""
    value = found[0]
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], str):
        value, currency = value
        if values.setdefault("currency", currency) != currency:
            raise Unreadable(f"amounts in {values['currency']} and {currency} in one row")
        return (value,)
    return found


def items_of(values: Values, key: str) -> Items:
    """The items of a list of a row."""
    found: Items = values.setdefault(key, Items())
    return found


def put_constant(values: Values, to: Target, value: Any) -> None:
    """A constant fills in what no cell said; in a list it goes beside what cells said."""
    key = to.field.key
    if to.group:
        values.setdefault(to.group, {}).setdefault(key, value)
    elif not to.list:
        values.setdefault(key, value)
    elif to.position < 0:
        items = values.setdefault(to.list, [])
        if all(item.get(key) != value for item in items):
            items.append({key: value})
    elif to.position < len(values.get(to.list, ())):
        values[to.list][to.position].setdefault(key, value)
