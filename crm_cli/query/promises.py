"""What is promised to the customer of a case: that of the first promise which is for them.

The index keeps what each promise of crm.yaml would come to, in a slot each; which one applies
depends on the segments that the customer is in when it is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

from crm_cli.model.case_clocks import ANSWERS, MOMENTS, SLOT
from crm_cli.query.rows import Row

_INSTANT, _DAY = 20, 10

InSegment = Callable[[str, Row], str]
"""The condition that the customer of a row is in a segment."""


def promised(what: str, row: Row, in_segment: InSegment) -> str:
    """SQL for a value of the promise that is for a row's customer; NULL where there is none."""
    if what == "broken":
        return _broken(row, in_segment)
    if what in ANSWERS:
        return _answer(what, row, in_segment)
    return _moment(what, _INSTANT, row, in_segment)


def promised_day(what: str, row: Row, in_segment: InSegment) -> str:
    """SQL for the day here of a moment that is promised."""
    return _moment(what, _DAY, row, in_segment, after=_INSTANT)


def _moment(
    what: str, length: int, row: Row, in_segment: InSegment, *, after: int = 0
) -> str:
    blank = " " * length

    def read(start: int) -> str:
        return f"NULLIF({_part(row, start + MOMENTS[what] + after, length)}, '{blank}')"

    return _chosen(read, row, in_segment)


def _answer(what: str, row: Row, in_segment: InSegment) -> str:
    """Whether a promise was kept; one that is late is not, though it may be open still."""
    moment = what.removesuffix("_kept")
    yes, no = _flags(row)

    def read(start: int) -> str:
        answer = _part(row, start + ANSWERS[what], 1)
        late = _late(row, start + MOMENTS[moment])
        open_still = "IN (' ', 'y')" if moment == "next" else "= ' '"
        return (
            f"CASE WHEN {answer} = 'n' OR ({answer} {open_still} AND {late}) THEN {no}"
            f" WHEN {answer} = 'y' THEN {yes} END"
        )

    return _chosen(read, row, in_segment)


def _broken(row: Row, in_segment: InSegment) -> str:
    """Whether any promise was not kept, or what is promised next is late."""
    yes, no = _flags(row)

    def read(start: int) -> str:
        answers = [f"{_part(row, start + place, 1)} = 'n'" for place in ANSWERS.values()]
        tests = " OR ".join((*answers, f"({_late(row, start + MOMENTS['due'])})"))
        return f"CASE WHEN {tests} THEN {yes} ELSE {no} END"

    return _chosen(read, row, in_segment)


def _flags(row: Row) -> tuple[str, str]:
    frame = row.frame
    return frame.bind(frame.dialect.flag(True)), frame.bind(frame.dialect.flag(False))


def _late(row: Row, start: int) -> str:
    """Whether a moment is past."""
    frame = row.frame
    by = _part(row, start, _INSTANT)
    now = frame.bind(f"{frame.scope.instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    return f"{by} <> '{' ' * _INSTANT}' AND {by} < {now}"


def _chosen(read: Callable[[int], str], row: Row, in_segment: InSegment) -> str:
    """A value from the slot of the first promise that is for the row's customer."""
    whens = []
    segments = row.frame.scope.segments
    for place, promise in enumerate(row.frame.business.service):
        start = place * SLOT
        if promise.segment and promise.segment not in segments:
            continue
        test = f"{_part(row, start, 1)} = '+'"
        if promise.segment:
            test += f" AND {in_segment(promise.segment, row)}"
        whens.append(f"WHEN {test} THEN {read(start)}")
    return f"(CASE {' '.join(whens)} END)" if whens else "NULL"


def _part(row: Row, start: int, length: int) -> str:
    return f"substr({row.column('promises')}, {start + 1}, {length})"
