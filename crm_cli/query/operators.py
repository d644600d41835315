"""One comparison as SQL: a value in a row, an operator, and what was asked for.

Every test is SQL that may be NULL where the value is missing; `compile` sees to that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from unicodedata import normalize

from crm_cli.index.dialect import Dialect
from crm_cli.model.dates import days_in_month
from crm_cli.model.fieldtypes import Storage
from crm_cli.model.money import Amount, decimal_text, minor_unit
from crm_cli.model.periods import Instant, Period
from crm_cli.model.text import fold, tokens, words
from crm_cli.query.ast import Between, Literal, Op
from crm_cli.query.rows import Frame, Value
from crm_cli.query.values import NUMBERS, Recurring

_FEW = 100
"""So many texts are parameters of their own."""
_SAME = (Op.EQ, Op.IS, Op.NE)


def compared(value: Value, op: Op, wanted: Literal | Between, frame: Frame) -> str:
    """Whether the value stands so to what is wanted (NE is asked as EQ: its caller negates)."""
    if isinstance(wanted, Between):
        ends = []
        if wanted.low is not None:
            ends.append(compared(value, Op.GE, wanted.low, frame))
        if wanted.high is not None:
            ends.append(compared(value, Op.LE, wanted.high, frame))
        return f"({' AND '.join(ends)})"
    storage = value.type.storage
    if storage is Storage.TEXT or storage is Storage.FREE:
        return _text(value, op, str(wanted.value), frame)
    if storage is Storage.WORD:
        return _word(value, op, str(wanted.value), frame)
    if storage is Storage.TEXTS:
        return _texts(value, op, str(wanted.value), frame)
    if storage is Storage.PARTIAL_DATE:
        return _partial(value, op, wanted.value, frame)
    if storage in (Storage.DATE, Storage.MOMENT):
        if isinstance(wanted.value, Instant):
            return _instant(value, op, wanted.value, frame)
        return _day(value.day or value.sql, op, wanted.value, frame)
    return _number(value, op, wanted.value, frame)


def compared_any(value: Value, op: Op, wanted: Sequence[Literal | Between], frame: Frame) -> str:
    """Whether the value stands so to any of what is wanted; there may be thousands."""
    if op is Op.IS and value.type.storage in (Storage.TEXT, Storage.WORD):
        texts = [str(one.value) for one in wanted if isinstance(one, Literal)]
        if len(texts) == len(wanted) > 1:
            return _exact(value.sql, texts, frame)
    tests = [compared(value, op, one, frame) for one in wanted]
    return frame.dialect.balanced(tests, " OR ")


def present(value: Value, frame: Frame, *, derived: bool) -> str:
    """Whether there is a value; a derived number or flag counts where it is not 0."""
    storage = value.type.storage
    if derived and storage is Storage.BOOLEAN:
        return frame.dialect.holds(value.sql)
    if derived and storage in NUMBERS:
        return f"{_numeric(value, frame.dialect)} <> 0"
    if storage in (Storage.TEXT, Storage.WORD, Storage.TEXTS, Storage.FREE):
        return f"{value.sql} <> ''"
    return f"{value.sql} IS NOT NULL"


def against(left: Value, op: Op, right: Value, dialect: Dialect) -> str:
    """Whether two values of the same nature stand so to each other."""
    sides = [_comparable(side, dialect) for side in (left, right)]
    return f" {op.value} ".join(sides)


def _comparable(value: Value, dialect: Dialect) -> str:
    storage = value.type.storage
    if storage is Storage.MONEY:
        return value.base
    return value.day if storage is Storage.MOMENT else _numeric(value, dialect)


def _numeric(value: Value, dialect: Dialect) -> str:
    """A value that can be reckoned with, if it is a number."""
    return dialect.number(value.sql) if value.type.storage is Storage.DECIMAL else value.sql


def _number(value: Value, op: Op, wanted: object, frame: Frame) -> str:
    sign = "=" if op in _SAME else op.value
    if isinstance(wanted, Amount):
        return _amount(value, sign, wanted, frame)
    if isinstance(wanted, Decimal):
        bound = frame.dialect.number(frame.bind(decimal_text(wanted)))
        return f"{_numeric(value, frame.dialect)} {sign} {bound}"
    assert isinstance(wanted, int)
    if value.type.storage is Storage.BOOLEAN:
        return f"{value.sql} {sign} {frame.bind(frame.dialect.flag(bool(wanted)))}"
    return f"{value.sql} {sign} {frame.bind(int(wanted))}"


def _amount(value: Value, sign: str, wanted: Amount, frame: Frame) -> str:
    """In the base currency, unless the wanted amount has its own: then only rows in that."""
    if value.type.storage is Storage.DECIMAL:  # a price, in decimal text
        bound = frame.dialect.number(frame.bind(decimal_text(wanted.value)))
        same = f"{value.currency} = {frame.bind(wanted.currency)} AND "
        return f"({same}{frame.dialect.number(value.sql)} {sign} {bound})"
    if wanted.currency is None:
        return f"{value.base} {sign} {frame.bind(_minor(wanted.value, frame.business.currency))}"
    bound = frame.bind(_minor(wanted.value, wanted.currency))
    return f"({value.currency} = {frame.bind(wanted.currency)} AND {value.sql} {sign} {bound})"


def _minor(value: Decimal, currency: str) -> int | float:
    """In the minor unit; a part of a cent stays, so that 10.005 is over 10."""
    cents = value.scaleb(minor_unit(currency))
    return int(cents) if cents == cents.to_integral_value() else float(cents)


def _day(day: str, op: Op, period: object, frame: Frame) -> str:
    """A date names a period: inside, before its start, after its end, up to its end."""
    assert isinstance(period, Period)
    start = frame.bind(period.start.isoformat()) if period.start else ""
    end = frame.bind(period.end.isoformat()) if period.end else ""
    if op is Op.LT:
        return f"{day} < {start}" if start else frame.dialect.truth(False)
    if op is Op.GT:
        return f"{day} > {end}" if end else frame.dialect.truth(False)
    ends = []
    if start and op is not Op.LE:
        ends.append(f"{day} >= {start}")
    if end and op is not Op.GE:
        ends.append(f"{day} <= {end}")
    return f"({' AND '.join(ends)})" if ends else f"{day} IS NOT NULL"


def _instant(value: Value, op: Op, instant: Instant, frame: Frame) -> str:
    """Instants are compared in UTC, days without a time with the instant's day."""
    zone = frame.business.time_zone
    start, end = frame.bind(_utc(instant.start)), frame.bind(_utc(instant.end))
    day = frame.bind(instant.start.astimezone(zone).date().isoformat())
    if op in _SAME:
        return f"({value.sql} >= {start} AND {value.sql} < {end})"
    timed, sign = {
        Op.LT: (f"{value.sql} < {start}", "<"),
        Op.LE: (f"{value.sql} < {end}", "<="),
        Op.GT: (f"{value.sql} >= {end}", ">"),
        Op.GE: (f"{value.sql} >= {start}", ">="),
    }[op]
    return f"CASE WHEN length({value.sql}) = 10 THEN {value.sql} {sign} {day} ELSE {timed} END"


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _partial(value: Value, op: Op, wanted: object, frame: Frame) -> str:
    sql = value.sql
    if isinstance(wanted, Recurring):
        return _recurring(sql, wanted, frame)
    assert isinstance(wanted, Period)
    # What of a date is unknown may be any day: only what is sure counts.
    low, high = (
        f"CASE length({sql}) WHEN 4 THEN {sql} || '{of_year}' WHEN 7 THEN {sql} || '{of_month}'"
        f" ELSE {sql} END"
        for of_year, of_month in (("-01-01", "-01"), ("-12-31", "-31"))
    )
    start = frame.bind(wanted.start.isoformat()) if wanted.start else ""
    end = frame.bind(_to_month_end(wanted.end)) if wanted.end else ""
    ends = [f"substr({sql}, 1, 2) <> '--'"]
    if op is Op.LT:
        ends.append(f"{high} < {start}" if start else frame.dialect.truth(False))
    elif op is Op.GT:
        ends.append(f"{low} > {end}" if end else frame.dialect.truth(False))
    else:
        if start and op is not Op.LE:
            ends.append(f"{low} >= {start}")
        if end and op is not Op.GE:
            ends.append(f"{high} <= {end}")
    return f"({' AND '.join(ends)})"


def _to_month_end(day: date) -> str:
    """The day; a month's last one as the 31st, which `1984-11` is taken to end on."""
    last = day.day == days_in_month(day.year, day.month)
    return f"{day:%Y-%m}-31" if last else day.isoformat()


def _recurring(sql: str, days: Recurring, frame: Frame) -> str:
    first, last = frame.bind(days.first), frame.bind(days.last)
    day = frame.dialect.month_day(sql)
    joint = "AND" if days.first <= days.last else "OR"
    inside = f"({day} >= {first} {joint} {day} <= {last})"
    known = f"(length({sql}) = 10 OR substr({sql}, 1, 2) = '--')"
    leap = frame.bind(frame.dialect.flag(days.leap))
    return f"({known} AND CASE {day} WHEN '02-29' THEN {leap} ELSE {inside} END)"


def _text(value: Value, op: Op, wanted: str, frame: Frame) -> str:
    if op is Op.RE:
        return frame.dialect.matches(value.sql, frame.bind(wanted))
    if op is Op.IS:
        return _exact(value.sql, [wanted], frame)
    if op in _SAME:
        sought = words(wanted)
        if sought:
            return frame.dialect.contains(value.folded, frame.bind(sought))
        return _exact(value.sql, [wanted], frame)
    return _part(value, op, wanted, frame)


def _exact(sql: str, wanted: Sequence[str], frame: Frame) -> str:
    """One of these texts, in whichever Unicode normal form it was typed."""
    forms = dict.fromkeys(
        form for text in wanted for form in (text, normalize("NFC", text), normalize("NFD", text))
    )
    if len(forms) > _FEW:
        # A statement has no more than some thousand parameters.
        return frame.dialect.among(sql, frame.bind_array(list(forms)))
    return f"{sql} IN ({', '.join(frame.bind(form) for form in forms)})"


def _part(value: Value, op: Op, wanted: str, frame: Frame) -> str:
    """Part of the text, its beginning or its end, folded; signs count.

    The kept words are looked through first; only where signs were asked for, or where
    it begins or ends, is the text itself folded.
    """
    dialect = frame.dialect
    sought = " ".join(tokens(wanted))
    tests = [dialect.contains(value.folded, frame.bind(sought))] if sought and value.folded else []
    part = fold(wanted).strip() or wanted
    test = {Op.HAS: dialect.contains, Op.STARTS: dialect.starts, Op.ENDS: dialect.ends}[op]
    if op is not Op.HAS or part != sought or not tests:
        tests.append(test(dialect.folded(value.sql), frame.bind(part)))
    return f"({' AND '.join(tests)})"


def _word(value: Value, op: Op, wanted: str, frame: Frame) -> str:
    if op is Op.RE:
        return frame.dialect.matches(value.sql, frame.bind(wanted))
    if op is Op.IS:
        return _exact(value.sql, [wanted], frame)
    if op in _SAME:
        return frame.dialect.same_word(value.sql, frame.bind(fold(wanted).strip()))
    return _part(value, op, wanted, frame)


def _texts(value: Value, op: Op, wanted: str, frame: Frame) -> str:
    """One of several texts, a line each."""
    dialect = frame.dialect
    if op is Op.RE:
        return dialect.matches_line(value.sql, frame.bind(wanted))
    if op is Op.HAS:
        return _part(value, op, wanted, frame)
    line = dialect.line_break
    padded = f"{line} || {value.sql} || {line}"
    if op is Op.IS:
        return dialect.contains(padded, f"{line} || {frame.bind(wanted)} || {line}")
    folded = f"{line} || {dialect.folded(value.sql)} || {line}"
    part = frame.bind(fold(wanted).strip())
    if op is Op.STARTS:
        return dialect.contains(folded, f"{line} || {part}")
    if op is Op.ENDS:
        return dialect.contains(folded, f"{part} || {line}")
    sought = words(wanted)  # two spaces part the texts in the index, so it is within one
    return dialect.contains(value.folded, frame.bind(sought)) if sought else dialect.truth(False)
