"""Figures of a group's rows: `count`, `sum:spend`, `median:net`, `share:net`, `orders`.

A figure is an aggregate function of a field, all rows' or those that a condition chooses
(`sum(net where kind = invoice)`), or a measure that the kind declares.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from crm_cli.index.dialect import Dialect
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.fieldtypes import Money, Number
from crm_cli.model.kind import Kind, normal
from crm_cli.model.kinds import ENTRIES
from crm_cli.model.measure import Measure
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.text import a_or_an
from crm_cli.query.aggregates import within
from crm_cli.query.columns import Selected, column, split_alias
from crm_cli.query.compile import Compiler
from crm_cli.query.fault import Fault, QueryError, Span, Unknown
from crm_cli.query.fields import resolve, summed_name
from crm_cli.query.functions import over, result
from crm_cli.query.grammar import read_asked
from crm_cli.query.keys import plain
from crm_cli.query.ref import Collection, Source, Way
from crm_cli.query.row_values import value
from crm_cli.query.rows import Frame, Row, Value, climb
from crm_cli.query.scope import Scope
from crm_cli.query.storages import operators
from crm_cli.query.tokens import split_call
from crm_cli.query.windows import taken

FUNCTIONS = ("count", "sum", "avg", "min", "max", "median", "share", "rate", "one")
ZERO = ("count", "distinct", "sum", "share", "unconverted")
"""The functions that are 0 where there are no rows."""


class Share(Number):
    """A part of the whole, to four decimals."""

    name = "share"
    adds = False


_NUMBER, _SHARE, _MONEY = Number(), Share(), Money(adds=False)
_MOST_PLACES = 2**24
"""More than a record has items: a file has 16 MiB."""
_ASKED = re.compile(rf"({'|'.join(FUNCTIONS)})\s*(?::\s*(.+)|\(\s*(.*?)\s*\))", re.S)
_NAMED = re.compile(
    rf"""("[^"]*"|'[^']*')|\b({"|".join(FUNCTIONS)})(?::([\w.@-]*\w)|\(\s*([\w.@-]+)\s*\))"""
    r"|\b([a-z]\w*)\b"
)
EXAMPLE = "count, sum:FIELD, avg:, min:, max:, median: or share:"


class Call(NamedTuple):
    """A function of the rows: of a field (empty: of the rows), where and when it goes."""

    function: str
    field: str = ""
    where: str = ""
    period: str = ""


def figure_key(text: str) -> str:
    """The column's key: `sum:last-purchase` and `sum(last-purchase)` are `sum_last_purchase`."""
    return re.sub(r"\W+", "_", normal(text)).strip("_")


def is_figure(text: str, kind: Kind) -> bool:
    """Whether a text is spelled like a figure of groups of a kind's rows."""
    bare = split_alias(text)[0]
    if bare in ("count", "share") or measure_of(bare, kind) is not None:
        return True
    found = _ASKED.fullmatch(bare)
    return found is not None


def measure_of(name: str, kind: Kind) -> Measure | None:
    """The measure of a kind that a name means."""
    wanted = normal(name)
    return next((one for one in kind.measures if one.name == wanted), None)


def mentioned(expression: str, kind: Kind) -> tuple[str, list[str]]:
    """A `--having` with keys in place of `sum:spend` and `sum(spend)`, and what those were."""
    asked: list[str] = []

    def key(found: re.Match[str]) -> str:
        if found[1]:
            return found[0]
        if found[5]:
            if found[5] in ("count", "share") or measure_of(found[5], kind) is not None:
                asked.append(found[5])
            return found[5]
        text = f"{found[2]}:{found[3] or found[4]}"
        asked.append(text)
        return figure_key(text)

    return _NAMED.sub(key, expression), asked


def figures(
    texts: Sequence[str],
    compiler: Compiler,
    wholes: Sequence[int | float | None] | None = None,
    own: str = "",
    by: Container[str] = (),
) -> list[Selected]:
    """The columns of figures, of groups by the fields `by`.

    `wholes` are the same figures over all rows, of which shares are parts; without them
    a share is what it is a share of. `own` is SQL for the currency that all rows of a group
    have: amounts in it stay in it, and are ordered by what they are in the base currency.
    """
    found: list[Selected] = []
    for place, text in enumerate(texts):
        selected = _label(text, compiler, by) or _figure(
            text, compiler, "" if is_share(text) else own
        )
        if wholes is not None and is_share(text):
            whole = wholes[place]
            bound = compiler.frame.bind(whole) if whole else "NULL"
            key = selected.column.key
            selected = plain(key, _SHARE, _fraction(selected.sql, bound, compiler.dialect))
        found.append(selected)
    keys = [part.column.key for part in found]
    for key in keys:
        if keys.count(key) > 1:
            raise UsageError(f"{key} is asked for twice", "name one with: sum:spend as NAME")
    return found


def is_share(text: str) -> bool:
    """Whether it is a part of the whole."""
    return bool(re.match(r"share\b", text.strip()))


def is_one(text: str) -> bool:
    """Whether it is what the rows of a group have in common: of all rows it is nothing."""
    return bool(re.match(r"one\b", text.strip()))


def is_shared(text: str, *kinds: Kind) -> bool:
    """Whether it is a measure that several kinds have, which is the same over all of their rows,
    or the share in one."""
    bare = shared_of(split_alias(text)[0])
    return all(measure_of(bare, kind) is not None for kind in kinds)


def shared_of(bare: str) -> str:
    """What a share is one of; any other figure itself."""
    found = re.fullmatch(r"share:(.+)", bare)
    return found[1] if found else bare


def zero(text: str, kind: Kind) -> bool:
    """Whether a figure of no rows is 0, and not missing."""
    bare = split_alias(text)[0]
    measure = measure_of(bare, kind)
    if measure is not None:
        return measure.function in ZERO
    return re.match(r"\w*", bare)[0] in ZERO  # type: ignore[index]


def called(text: str) -> str:
    """The function that a figure which is no measure asks for."""
    bare = split_alias(text)[0]
    return "count" if bare in ("count", "share") else _call(bare).function


def _label(text: str, compiler: Compiler, by: Container[str]) -> Selected | None:
    """What an entry says that groups are named for, looked up once for each of them."""
    bare, alias = split_alias(text)
    call = _call(bare) if is_one(text) else None
    if call is None or call.where or call.period or compiler.dialect.several:
        return None
    frame = compiler.frame
    try:
        ref = resolve(call.field, frame.base.kind, compiler.scope.extra_keys)
    except Unknown:
        return None
    if len(ref.steps) != 1 or ref.source is not Source.COLUMN:
        return None
    ((way, kind, key, _),) = ref.steps
    if way is not Way.REFERENCE or kind not in ENTRIES or key not in by:
        return None
    named = Row(kind, frame.alias(kind), frame)
    said = named.column(named.field(ref.column).value)
    where = f"{named.column('id')} = {frame.base.column(key)}{named.same_book(frame.base)}"
    sql = f"(SELECT MAX({said}) {named.source()} WHERE {where})"
    return plain(alias or figure_key(bare), ref.type, sql)


def _figure(text: str, compiler: Compiler, own: str) -> Selected:
    bare, alias = split_alias(text)
    key = alias or figure_key(bare)
    kind = compiler.frame.base.kind
    measure = measure_of(bare, kind)
    if measure is not None:
        return _measured(key, measure, compiler, own)
    if bare in ("count", "share"):
        return _called(key, Call("count"), compiler, own)
    call = _call(bare)
    of = measure_of(call.field, kind) if call.function == "share" else None
    if of is not None and not (call.where or call.period):
        return _measured(key, of, compiler, own)
    return _called(key, call, compiler, own)


def _call(text: str) -> Call:
    """`FUNCTION:FIELD` or `FUNCTION([FIELD] [where EXPR] [during PERIOD])`."""
    found = _ASKED.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        raise UsageError(f"'{text}' is no aggregate", f"write {EXAMPLE}")
    if found[2]:
        return Call(found[1], found[2].strip())
    field, where, period = split_call(found[3])
    return Call(found[1], field, where, period)


def _measured(key: str, measure: Measure, compiler: Compiler, own: str) -> Selected:
    """A measure of the kind over the rows."""
    row = compiler.frame.base
    node = taken(measure, row.kind)
    when = compiler.chosen(node, row) if node is not None else ""
    if measure.function == "ratio":
        parts = [
            _measured(key, one, compiler, own)
            for name in (measure.of, measure.per)
            if (one := measure_of(name, row.kind)) is not None
        ]
        quotient = compiler.dialect.quotient
        made = plain(key, _MONEY, quotient(parts[0].sql, parts[1].sql), base=True)
        if not parts[0].currency:
            return made
        return _kept(made, own, quotient(parts[0].order[0], parts[1].order[0]))
    if measure.each:
        return _different(key, measure, row, when, own)
    if measure.function == "distinct":
        of = "customer" if measure.of == CUSTOMER.name else "parent"
        number = row.frame.dialect.unique(row.origin, row.column(of))
        return _over(key, "distinct", Value(number, _NUMBER), when, compiler.frame)
    if not measure.of:
        return plain(key, result("count", _NUMBER), over(compiler.dialect, "count", when=when))
    ref = resolve(measure.of, row.kind)
    found = value(ref, climb(row, ref.steps)[0])
    return _in_currency(key, measure.function, found, when, compiler.frame, own)


def _different(key: str, measure: Measure, row: Row, when: str, own: str) -> Selected:
    """How many different values of a field there are, of each customer for itself."""

    def found(name: str) -> Value:
        ref = resolve(name, row.kind)
        return value(ref, climb(row, ref.steps)[0])

    customer = row.column(CUSTOMER.name)
    each = f"({customer} || '/' || {found(measure.each).sql})"
    if measure.place:
        owner, _ = climb(row, resolve(measure.each, row.kind).steps)
        place = owner.column(owner.field(measure.place).value)
        each = row.frame.dialect.added((f"{customer} * {_MOST_PLACES}", place))
    each = row.frame.dialect.unique(row.origin, each)
    of = found(measure.of) if measure.of else None
    if of is not None and own and of.currency == own:  # none needs a rate
        of = of._replace(base=of.sql)
    return plain(
        key, result("count", _NUMBER), over(row.frame.dialect, "", of, when=when, each=each)
    )


def _called(key: str, call: Call, compiler: Compiler, own: str) -> Selected:
    """A function that was asked for by its name."""
    when = _when(call, compiler)
    if call.function == "rate":
        if call.field or not when:
            raise UsageError("rate takes a condition", "write rate(where has(email))")
        dialect = compiler.dialect
        rate = _fraction(over(dialect, "count", when=when), over(dialect, "count"), dialect)
        return plain(key, _SHARE, rate)
    if not call.field:
        if call.function not in ("count", "share"):
            raise UsageError(f"{call.function} needs a field", f"write {call.function}:FIELD")
        return plain(key, result("count", _NUMBER), over(compiler.dialect, "count", when=when))
    counted = call.function in ("count", "one")
    kind = compiler.frame.base.kind
    found = column(call.field if counted else summed_name(call.field, kind), compiler)
    type = found.column.type
    function = "sum" if call.function == "share" else call.function
    if function not in ("count", "one") and not type.storage.is_number:
        dated = function in ("min", "max") and type.storage.is_date
        if not dated:
            wanted = "numbers or dates" if function in ("min", "max") else "numbers"
            raise UsageError(
                f"{found.column.key} is {a_or_an(type.name)}",
                f"{call.function} takes {wanted}, count anything",
            )
    sql = found.order[0] if operators(type).by_day and function != "count" else found.sql
    of = Value(sql, type, base=found.order[0], currency=found.currency)
    return _in_currency(key, function, of, when, compiler.frame, own)


def _in_currency(
    key: str, function: str, of: Value, when: str, frame: Frame, own: str
) -> Selected:
    """A function of amounts in `own`, if the values are such; else as `_over`."""
    made = _over(key, function, of, when, frame)
    if not own or of.currency != own:
        return made
    if not operators(made.column.type).has_base:
        return made
    return _kept(_over(key, function, of._replace(base=of.sql), when, frame), own, made.sql)


def _kept(made: Selected, own: str, base: str) -> Selected:
    """A figure that is in the currency of its group; `base` is SQL for it in the base currency."""
    column = made.column._replace(base=False)
    return made._replace(column=column, currency=own, order=(base,))


def _over(key: str, function: str, of: Value, when: str, frame: Frame) -> Selected:
    type, dialect = result(function, of.type), frame.dialect
    if function == "unconverted" and frame.scope.converts_all:
        return plain(key, type, "COUNT(NULL)")
    sql = over(dialect, function, of, when=when)
    money = operators(type).has_base
    if money and function == "sum" and of.sql != of.base and not frame.scope.converts_all:
        # Where none of the amounts could be converted, their sum is not 0.
        none = f"{over(dialect, 'count', Value(of.base, _NUMBER), when=when)} = 0"
        some = f"{over(dialect, 'count', Value(of.sql, _NUMBER), when=when)} > 0"
        sql = f"CASE WHEN {none} AND {some} THEN NULL ELSE {sql} END"
    return plain(key, type, sql, base=money)


def _when(call: Call, compiler: Compiler) -> str:
    """The condition that chooses among the rows; empty for all of them."""
    row = compiler.frame.base
    tests: list[str] = []
    if call.where:
        from crm_cli.query.expression import parse_expression

        scope = compiler.scope._replace(base=row.kind)
        tests.append(compiler.chosen(parse_expression(call.where, scope), row))
    if call.period:
        tests.append(_during(call.period, row, compiler.scope))
    return " AND ".join(tests)


def _during(text: str, row: Row, scope: Scope) -> str:
    """Whether a row's own date lies in a period."""
    kind = row.kind
    try:
        window = read_asked(text, scope, Span(text, 0, len(text)))
        return within(Collection(kind.key, kind, ()), window, row)
    except Fault as fault:
        raise QueryError((fault,)) from None
    except Unknown:
        raise UsageError(f"{kind.key} have no date", "leave during out") from None


def _fraction(part: str, whole: str, dialect: Dialect) -> str:
    """A part of a whole to four decimals; missing where the whole is nothing."""
    return f"{dialect.quotient(f'10000 * ({part})', whole)} / 10000.0"
