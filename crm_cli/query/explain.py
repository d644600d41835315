"""Explaining a query: its full expression, dates, SQL and fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from crm_cli.index.dialect import Dialect
from crm_cli.index.sqlite import SQLITE
from crm_cli.model.fieldtypes import Choice, Free
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import parent_kind
from crm_cli.model.periods import Instant, Period
from crm_cli.query.ast import (
    Against,
    Aggregate,
    And,
    Belongs,
    Between,
    Compare,
    Has,
    Literal,
    Node,
    Not,
    Op,
    Operand,
    Or,
    Quantified,
    Segment,
    State,
    Word,
)
from crm_cli.query.fields import collections
from crm_cli.query.grammar import OPS
from crm_cli.query.own_fields import own_fields, referred
from crm_cli.query.owners import record_of, states
from crm_cli.query.ref import Collection, Ref, Source
from crm_cli.query.scope import Scope
from crm_cli.query.select import Query, compile_query
from crm_cli.query.storages import Recurring, operators
from crm_cli.query.tokens import KEYWORDS

EVERYTHING = "(everything)"


class Explained(NamedTuple):
    """A query as it was understood; `dates` are (as written, what it means)."""

    expression: str
    dates: tuple[tuple[str, str], ...]
    sql: str
    parameters: dict[str, Any]


class FieldRow(NamedTuple):
    """A name that queries know; `operators` as terms spell them, `origin` where it comes from."""

    name: str
    type: str
    operators: str
    doc: str
    origin: str


def explain(query: Query, scope: Scope, dialect: Dialect = SQLITE) -> Explained:
    """The canonical full expression, the resolved dates and the statement of a query."""
    statement = compile_query(query, scope, dialect)
    used = {
        name: value
        for name, value in statement.parameters.items()
        if re.search(rf"{re.escape(dialect.parameter(name))}\b", statement.sql)
    }
    dates = tuple(dict.fromkeys(_dates(query.node)))
    return Explained(expression(query.node), dates, statement.sql, used)


def fields(kind: Kind) -> list[FieldRow]:
    """Every name that queries over a kind know, an item's own first, then its record's."""
    rows = [_field_row(ref) for ref in own_fields(kind)]
    rows += [_collection_row(name) for name in collections(kind)]
    outer = parent_kind(kind)
    if outer is not None:
        known = {row.name for row in rows}
        rows += [
            _field_row(ref)._replace(origin=f"of its {outer.name}")
            for ref in own_fields(outer)
            if ref.name not in known
        ]
    rows += [
        FieldRow(f"is:{name}", "state", "", doc, "state") for name, doc in states(kind).items()
    ]
    record = record_of(kind)
    if record is not None:
        rows += [
            _field_row(ref)._replace(origin=f"of its {record.name}")
            for ref in own_fields(record)
            if ref.name not in {row.name for row in rows}
        ]
    return rows


def expression(node: Node) -> str:
    """The full expression of a tree; `parse_expression` reads an equal tree back from it."""
    if isinstance(node, And):
        return " and ".join(_inner(part, (And, Or)) for part in node.parts) or EVERYTHING
    if isinstance(node, Or):
        return " or ".join(_inner(part, (Or,)) for part in node.parts)
    if isinstance(node, Not):
        return _negated(node.part)
    if isinstance(node, Quantified):
        return f"{node.how.value}({node.collection.name}, {expression(node.condition)})"
    if isinstance(node, Has):
        return _has(node, "")
    if isinstance(node, State):
        return f"is({node.name})"
    if isinstance(node, Word):
        return f"word({_quoted(node.text)})"
    if isinstance(node, Segment):
        return f"@{node.name}"
    if isinstance(node, Belongs):
        ids = ", ".join(_text(id) for id in node.ids)
        return f"customer in ({ids})" if len(node.ids) > 1 else f"customer = {ids}"
    if isinstance(node, Against):
        return f"{_operand(node.left)} {node.op.value} {_operand(node.right)}"
    assert isinstance(node, Compare), node
    return _compared(node)


def _inner(node: Node, wrapped: tuple[type[Node], ...]) -> str:
    text = expression(node)
    return f"({text})" if isinstance(node, wrapped) else text


def _negated(part: Node) -> str:
    if isinstance(part, Has) and _has(part, "").endswith(" is not none"):
        return _has(part, "not ")
    text = expression(part)
    return f"not ({text})" if isinstance(part, (And, Or, Not)) else f"not {text}"


def _has(node: Has, negative: str) -> str:
    name = node.what.name if isinstance(node.what, Collection) else _operand(node.what)
    if node.zero or (isinstance(node.what, Aggregate) and not node.what.name):
        return f"{name} is {'none' if negative else 'not none'}"
    return f"has({name})"


def _operand(operand: Operand) -> str:
    if isinstance(operand, Ref):
        return operand.name
    if operand.name:
        return f"{operand.name}@{operand.window.text}" if operand.window else operand.name
    text = operand.collection.name + (f".{operand.ref.name}" if operand.ref else "")
    if operand.where is not None:
        text += f" where {expression(operand.where)}"
    if operand.window is not None:
        text += f" during {operand.window.text}"
    return f"{operand.function}({text})"


def _compared(node: Compare) -> str:
    name = _operand(node.operand)
    values = [_value(value, node.operand) for value in node.values]
    if len(values) == 1:
        return f"{name} {node.op.value} {values[0]}"
    listed = f"({', '.join(values)})"
    if node.op is Op.EQ:
        return f"{name} in {listed}"
    return f"{name} not in {listed}" if node.op is Op.NE else f"{name} {node.op.value} {listed}"


def _value(value: Literal | Between, operand: Operand) -> str:
    if isinstance(value, Between):
        low, high = (_bare(end) if end else "" for end in (value.low, value.high))
        return f"{low}..{high}"
    if operators(operand.type).ranged:
        return _bare(value)
    if value.text == value.value == "me":
        return _quoted(value.text)
    return _text(value.text)


def _bare(literal: Literal) -> str:
    """A number or date as one word: without the blanks that it may have been written with."""
    text = re.sub(r"(?<=\d)[ ]+(?=\d{1,2}:)", "T", literal.text.strip())
    text = re.sub(r"(?<=\d\.)\s+|(?<=\d)\s+(?=[^\W\d_])|(?<!\s)\s+(?=€)", "", text)
    return re.sub(r"\s+", "-", text)


def _text(text: str) -> str:
    plain = re.fullmatch(r"[^\W\d_][\w.-]*", text) and text.lower() not in KEYWORDS
    return text if plain and ".." not in text else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _dates(node: object) -> Iterator[tuple[str, str]]:
    """(as written, as understood) of every date in the tree."""
    if isinstance(node, Literal):
        if isinstance(node.value, (Period, Instant, Recurring)):
            yield node.text, _understood(node.value)
    elif isinstance(node, Aggregate) and node.window is not None:
        yield node.window.text, _understood(node.window.period)
    if isinstance(node, (Node, Aggregate)):
        for part in node.parts_of():
            yield from _dates(part)
    elif type(node) is tuple:
        for part in node:
            yield from _dates(part)


def _understood(value: Period | Instant | Recurring) -> str:
    if isinstance(value, Recurring):
        return f"{value.first}..{value.last} of any year"
    if isinstance(value, Instant):
        return value.start.isoformat(timespec="minutes")
    if value.start == value.end and value.start is not None:
        return value.start.isoformat()
    return f"{_day(value.start)}..{_day(value.end)}"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _field_row(ref: Ref) -> FieldRow:
    ops = operators(ref.type).ops if ref.source is not Source.TEXT else (Op.EQ, Op.HAS, Op.NE)
    dated, numbered = ref.type.storage.is_date, ref.type.storage.is_number
    spelled = [
        f".{name}"
        for name, op in OPS.items()
        if op in ops
        and (dated or name not in ("before", "after", "by"))
        and (numbered or name not in ("over", "under"))
    ]
    if operators(ref.type).ranged:
        spelled.append("a..b")
    type = ref.type.name
    if isinstance(ref.type, Choice):
        type = "|".join(ref.type.words)
    elif isinstance(ref.type, Free):
        type = "text"
    elif (target := referred(ref.type)) is not None:
        type = f"reference to {target.name}"
    return FieldRow(ref.name, type, " ".join(spelled), ref.doc, ref.origin)


def _collection_row(name: str) -> FieldRow:
    return FieldRow(f"{name}/", "items", ".all .none", "conditions on one of them", "items")
