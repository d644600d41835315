"""Import maps: what the columns of a file mean, stored beside the file.

columns:
  CustomerID: external_id
  Discount: {key: discount, scale: 100}
  Fax: {key: phone.2, label: fax}
  Stage: {key: lifecycle_stage, values: {Subscriber: lead, MQL: qualified}}
  Shipped: {key: shipped, date: "%m/%d/%y"}
constants: {kind: order, currency: USD}
skip: {Status: [failed, pending], Amount: "-*"}
rows: data.contacts
date: dmy
decimal: ","
delimiter: ";"
encoding: cp1250
sheet: Orders
heading_row: 3
source_system: webshop

A heading `Phone * - Value` is one for each number, which stands for the `*` of its field; one
in braces, `{First} {Last}`, is made of the cells of others, or after ` | ` of those, where one is
empty. Where the rows of a JSON document are: `shape.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from crm_cli.formats.cells.days import is_pattern, pattern_fault
from crm_cli.formats.reading import DATE_ORDERS, DECIMALS, wants_dates
from crm_cli.formats.shape import Shape, path_fault
from crm_cli.formats.targets import Target, find, names
from crm_cli.model.deal import DEAL
from crm_cli.model.errors import DataError, Problem, Unreadable
from crm_cli.model.kind import Kind
from crm_cli.model.node import Mapping, Node, Plain, Scalar, Sequence
from crm_cli.model.text import a_or_an, did_you_mean

SETTINGS = (
    "date", "decimal", "delimiter", "encoding", "sheet", "heading_row", "source_system"
)  # fmt: skip
"""The keys of a map that say how its file is written, each with one text."""
_SHAPE = ("rows", "each", "by", "refs", "omit")
_KEYS = ("columns", "constants", "skip", *_SHAPE, *SETTINGS)
PRESET_KEYS = ("preset", "kind", "when")
"""Keys of a map that comes with the program: what it reads, its kind, headings that show it."""
ONLY = ("open", "closed")
"""Of which deals a column is taken."""
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Column:
    """What a column means: the field, and how its cells become the field's values.

    `scale` multiplies numbers (100 makes percent of shares), `values` replaces whole
    cells, `date` is the order or the pattern of its dates, `beside` are other fields of the
    same item of a list, as its label. `only` says of which deals the column is taken: those that
    are open, or those that are closed.
    """

    heading: str
    key: str
    scale: Decimal = _ONE
    values: tuple[tuple[str, str], ...] = ()
    beside: tuple[tuple[str, str], ...] = ()
    date: str = ""
    only: str = ""


@dataclass(frozen=True, slots=True)
class Map:
    """A whole map. An empty text is a setting that is not said, and is found out."""

    columns: tuple[Column, ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    date: str = ""
    decimal: str = ""
    delimiter: str = ""
    encoding: str = ""
    source_system: str = ""
    skip: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Rows that are left out: the heading of a column, and what its cell says in them."""
    shape: Shape = field(default_factory=Shape)
    lenient: bool = False
    """Whether columns that the file has not are left out, as those of a preset are."""
    keep_rest: bool = False
    """Whether columns that mean nothing become fields of one's own."""
    sheet: str = ""
    heading_row: str = ""

    def with_settings(self, settings: dict[str, str]) -> Map:
        """The map with other settings (those that are not empty); see `SETTINGS`."""
        said = {key: value for key, value in settings.items() if value}
        return replace(self, **said)  # type: ignore[arg-type]  # each of them is a text


def settings_of(map: Map) -> dict[str, str]:
    """The settings of a map, empty where it says none; see `SETTINGS`."""
    return {key: getattr(map, key) for key in SETTINGS}


@dataclass
class _Reading:
    kind: Kind
    path: str
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, node: Node, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.path, node.line, node.column, "map", message, hint))


def read_map(root: Mapping, kind: Kind, path: str) -> Map:
    """The map that a file holds; raises DataError with the place of all that is wrong, or
    where it says nothing. One without columns takes the headings as usually meant."""
    reading = _Reading(kind, path)
    settings: dict[str, str] = {}
    columns: list[Column] = []
    constants: list[tuple[str, str]] = []
    skip: list[tuple[str, tuple[str, ...]]] = []
    shape = Shape()
    for key, node in root.entries:
        if key.text == "columns" and isinstance(node, Mapping):
            for heading, value in node.entries:
                columns += _columns(reading, heading, value)
        elif key.text == "constants" and isinstance(node, Mapping):
            constants += _constants(reading, node)
        elif key.text == "skip" and isinstance(node, Mapping):
            skip += _skip(reading, node)
        elif key.text in _SHAPE:
            shape = replace(shape, **_shape(reading, key.text, node))
        elif key.text in SETTINGS and isinstance(node, Scalar):
            settings[key.text] = _setting(reading, key.text, node)
        elif key.text in _KEYS:
            wanted = "one text" if key.text in SETTINGS else "a mapping"
            reading.wrong(node, f"{key.text} should be {wanted}")
        elif key.text not in PRESET_KEYS:
            known = f"known are {', '.join(_KEYS)}"
            reading.wrong(
                key, f"{key.text} is no key of a map", did_you_mean(key.text, _KEYS) or known
            )
    if not (columns or constants or skip or settings or reading.problems or shape != Shape()):
        reading.wrong(root, "the map says nothing", "write columns: {HEADING: field}")
    if reading.problems:
        first = reading.problems[0]
        raise DataError(f"{path} cannot be used as a map", first.hint, tuple(reading.problems))
    map = Map(tuple(columns), tuple(constants), skip=tuple(skip), shape=shape)
    return map.with_settings(settings)


def _columns(reading: _Reading, heading: Scalar, node: Node) -> Iterable[Column]:
    """A column's fields: a name, a mapping with `key`, or a list of both."""
    if isinstance(node, Sequence):
        return [column for part in node.items for column in _columns(reading, heading, part)]
    if isinstance(node, Scalar):
        if node.absent:
            return []
        return [Column(heading.text, node.text)] if _target(reading, node) else []
    key = node.get("key")
    if not isinstance(key, Scalar) or key.absent:
        reading.wrong(node, f"{heading.text} has no key", "write {key: FIELD, scale: 100}")
        return []
    target = _target(reading, key)
    if target is None:
        return []
    scale = _ONE
    values: tuple[tuple[str, str], ...] = ()
    beside: list[tuple[str, str]] = []
    date = only = ""
    for name, value in node.entries:
        if name.text == "scale":
            scale = _scale(reading, value)
        elif name.text == "values" and isinstance(value, Mapping):
            values = tuple(
                (one.text, to.text) for one, to in value.entries if isinstance(to, Scalar)
            )
        elif name.text == "key":
            continue
        elif name.text == "date" and isinstance(value, Scalar) and wants_dates(target.field.type):
            date = _setting(reading, "date", value)
        elif name.text == "only" and isinstance(value, Scalar) and reading.kind is DEAL:
            only = _only(reading, value)
        elif target.list and isinstance(value, Scalar) and _beside(reading.kind, target, name.text):
            beside.append((name.text, value.text))
        else:
            reading.wrong(
                name,
                f"{name.text} is not a key of a column",
                "known are key, scale, values, date, of deals only, and the other fields of a "
                "list's item",
            )
    return [Column(heading.text, key.text, scale, values, tuple(beside), date, only)]


def _beside(kind: Kind, target: Target, name: str) -> Target | None:
    place = max(target.position, 0) + 1
    return find(kind, f"{target.list}.{place}.{name}")


def _only(reading: _Reading, node: Scalar) -> str:
    if node.text in ONLY:
        return node.text
    reading.wrong(node, f"only is one of {' '.join(ONLY)}, not {node.text!r}")
    return ""


def _shape(reading: _Reading, key: str, node: Node) -> dict[str, Any]:
    """A part of a shape: a path, several, or paths each with a key."""
    paths: list[Scalar] = []
    value: Any = None
    if key in ("rows", "each") and isinstance(node, Scalar):
        paths, value = [node], node.text
    elif key == "omit" and isinstance(node, Sequence):
        paths = [one for one in node.items if isinstance(one, Scalar)]
        value = tuple(one.text for one in paths)
    elif key in ("by", "refs") and isinstance(node, Mapping):
        pairs = [(one, to) for one, to in node.entries if isinstance(to, Scalar)]
        paths = [one for pair in pairs for one in pair]
        value = tuple((one.text, to.text) for one, to in pairs)
    if value is None:
        wanted = {"omit": "a list of paths", "by": "a mapping", "refs": "a mapping"}
        reading.wrong(node, f"{key} should be {wanted.get(key, 'one path')}")
        return {}
    for one in paths:
        if fault := path_fault(one.text):
            reading.wrong(one, f"{key}: {fault}")
    return {key: value}


def _target(reading: _Reading, node: Scalar) -> Target | None:
    found = find(reading.kind, node.text.replace("*", "1"))
    if found is None:
        known = names(reading.kind)
        reading.wrong(
            node,
            f"{node.text} is no field of {a_or_an(reading.kind.name)}",
            did_you_mean(node.text, known) or f"known are {', '.join(known)}",
        )
    return found


def _scale(reading: _Reading, node: Node) -> Decimal:
    from crm_cli.model.money import read_decimal

    if isinstance(node, Scalar):
        try:
            found = read_decimal(node.text)
        except Unreadable as error:
            reading.wrong(node, f"scale: {error.message}", error.hint)
            return _ONE
        if found:
            return found
    reading.wrong(node, "scale is a number other than zero", "100 makes percent of shares")
    return _ONE


def _constants(reading: _Reading, node: Mapping) -> Iterable[tuple[str, str]]:
    for name, value in node.entries:
        if not isinstance(value, Scalar):
            reading.wrong(value, f"{name.text} should be one text")
        elif _target(reading, name) is not None:
            yield name.text, value.text


def _skip(reading: _Reading, node: Mapping) -> Iterable[tuple[str, tuple[str, ...]]]:
    for name, value in node.entries:
        words = value.items if isinstance(value, Sequence) else [value]
        texts = tuple(one.text for one in words if isinstance(one, Scalar))
        if len(texts) == len(words) > 0:
            yield name.text, texts
        else:
            reading.wrong(
                value, f"{name.text} should be one text, or several", "write [failed, pending]"
            )


def _setting(reading: _Reading, key: str, node: Scalar) -> str:
    if key == "date" and is_pattern(node.text):
        if fault := pattern_fault(node.text):
            reading.wrong(node, f"date: {fault}")
        return node.text
    if key == "heading_row" and not is_row(node.text):
        reading.wrong(node, f"heading_row is the number of a row, not {node.text!r}")
        return ""
    known = {"date": tuple(DATE_ORDERS), "decimal": DECIMALS}.get(key)
    if known is not None and node.text not in known:
        pattern = ", or a pattern such as %d.%m.%y" if key == "date" else ""
        reading.wrong(node, f"{key} is one of {' '.join(known)}{pattern}, not {node.text!r}")
    return node.text


def is_row(text: str) -> bool:
    """Whether a text is the number of a row."""
    return text.isascii() and text.isdigit() and len(text) < 8 and int(text) > 0


def map_answer(map: Map) -> dict[str, Plain]:
    """The map as texts and dictionaries, to be written; `read_map` reads it back."""
    columns: dict[str, Plain] = {}
    for column in map.columns:
        one = _column_answer(column)
        before = columns.get(column.heading)
        if before is None:
            columns[column.heading] = one
        else:
            columns[column.heading] = [*(before if isinstance(before, list) else [before]), one]
    answer: dict[str, Plain] = {"columns": columns}
    if map.constants:
        answer["constants"] = dict(map.constants)
    for key in _SHAPE:
        if part := getattr(map.shape, key):
            answer[key] = part if isinstance(part, str) else _shape_answer(key, part)
    if map.skip:
        answer["skip"] = {heading: list(words) for heading, words in map.skip}
    for key in SETTINGS:
        if value := getattr(map, key):
            answer[key] = value
    return answer


def _shape_answer(key: str, part: tuple[Any, ...]) -> Plain:
    return list(part) if key == "omit" else dict(part)


def _column_answer(column: Column) -> Plain:
    if column == Column(column.heading, column.key):
        return column.key
    answer: dict[str, Plain] = {"key": column.key}
    if column.scale != _ONE:
        answer["scale"] = f"{column.scale:f}"
    if column.values:
        answer["values"] = dict(column.values)
    if column.date:
        answer["date"] = column.date
    if column.only:
        answer["only"] = column.only
    answer.update(column.beside)
    return answer
