"""What follows from the events of a customer's cases: responses, pauses, deadlines.

Nothing of it is stored. The deadlines of a case depend on the segments that its customer is in,
which only a query knows: there is a slot for each promise of crm.yaml (`write_slots`), and a
query reads the one that applies (`query/promises.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crm_cli.model.case_kinds import RETURNS
from crm_cli.model.dates import local_date
from crm_cli.model.interaction import NOT_REACHED
from crm_cli.model.response_times import (
    INBOUND,
    OUTBOUND,
    PAUSED,
    STOPPED,
    Course,
    Event,
    Kept,
    course,
    first_response,
    is_running,
    next_response,
    resolution,
    taken,
)
from crm_cli.model.working_time import EARLIEST, LATEST, instant_of, utc_text

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item
    from crm_cli.model.promise import Service

_MOMENT = 30
"""A moment in a slot: 20 characters of the instant in UTC, 10 of its day here."""

SLOT = 1 + 4 * _MOMENT + 3
"""The length of a slot: `+` where the promise is for the case, four moments, three answers."""

MOMENTS = {
    name: 1 + place * _MOMENT for place, name in enumerate(("due", "respond", "next", "resolve"))
}
"""Where the moments stand in a slot, from 0."""

ANSWERS = {
    name: 1 + 4 * _MOMENT + place
    for place, name in enumerate(("respond_kept", "next_kept", "resolve_kept"))
}
"""Where the answers stand: y or n, blank where there is none yet."""


def derive_cases(customer: Item, business: Business) -> None:
    """Set what is derived of each case of a customer."""
    cases = customer.items("cases")
    if not cases:
        return
    _derive_returned(customer, cases)
    heads = _heads(cases)
    said: dict[str, list[Event]] = {}
    for interaction in customer.items("interactions"):
        of = interaction.values.get("case")
        if of in heads and (event := _word(interaction, business)) is not None:
            said.setdefault(heads[of], []).append(event)
    first: dict[str, int] = {}
    for case in cases:
        begun = _opened(case, business)
        head = heads[case.id]
        if begun is not None:
            first[head] = min(begun, first.get(head, begun))
    for case in cases:
        case.derived["reopened"] = 0
        case.derived["waiting"] = case.get("status") == PAUSED
        begun = first.get(case.id) if heads[case.id] == case.id else _opened(case, business)
        if begun is not None:
            _derive(case, begun, said.get(case.id, ()), business)


def _derive_returned(customer: Item, cases: Sequence[Item]) -> None:
    """What came back, line by line: what the credit note of a case credits is counted there."""
    notes = {
        name: note
        for note in customer.items("purchases")
        if note.get("kind") == "credit_note" and note.derived.get("counts")
        for name in (note.id, note.values.get("number"))
        if name
    }
    for case in cases:
        if case.get("kind") not in RETURNS or case.get("status") == "duplicate":
            continue
        note = notes.get(case.values.get("credit_note"))
        credited = {
            line.values.get("product") for line in (note.items("lines") if note else ())
        }
        for line in case.items("lines"):
            if line.values.get("product") not in credited:
                line.derived["returned"] = line.get("quantity")


def _heads(cases: Sequence[Item]) -> dict[str, str]:
    """The case that each was merged into in the end, mostly itself."""
    into = {case.id: case.values.get("merged_into") for case in cases}
    found = {}
    for id in into:
        head, passed = id, {id}
        while (further := into.get(head)) in into and further not in passed:
            head = str(further)
            passed.add(head)
        found[id] = head
    return found


def _opened(case: Item, business: Business) -> int | None:
    """The instant at which a case began; None where it says none that has come."""
    moment = case.values.get("opened")
    if moment is None:
        moments = [one.values["at"] for one in case.items("status_history") if "at" in one.values]
        moment = min(moments, key=lambda at: instant_of(at, business.time_zone), default=None)
    return None if moment is None else _instant(moment, business)


def _instant(moment: date, business: Business) -> int | None:
    day = local_date(moment, business.time_zone)
    if not EARLIEST <= day <= LATEST or (business.today is not None and day > business.today):
        return None
    return instant_of(moment, business.time_zone)


def _word(interaction: Item, business: Business) -> Event | None:
    """Word of the customer, or of us, that reached the other; None where it did not."""
    direction = interaction.values.get("direction")
    if (
        direction not in (INBOUND, OUTBOUND)
        or interaction.get("status") != "held"
        or interaction.get("kind") == "note"
        or (direction == OUTBOUND and interaction.values.get("outcome") in NOT_REACHED)
        or "at" not in interaction.values
    ):
        return None
    at = _instant(interaction.values["at"], business)
    return None if at is None else Event(at, str(direction))


def _derive(case: Item, begun: int, said: Sequence[Event], business: Business) -> None:
    made = course(begun, (*_events(case, begun, business), *_within(said, begun, business)))
    derived = case.derived
    work = business.working_time
    derived["responded"] = _moment(made.responded, business)
    derived["solved"] = _moment(made.solved, business)
    if made.solved is not None:
        derived["solved_on"] = work.day(made.solved)
    derived["unanswered_since"] = _moment(made.waiting, business)
    derived["reopened"] = made.reopened
    derived["waiting"] = case.get("status") == PAUSED and not is_running(made)
    if made.responded is not None:
        derived["response_time"] = taken(made, begun, made.responded, work) // 60
    if made.solved is not None:
        derived["resolution_time"] = taken(made, begun, made.solved, work) // 60
    if business.service:
        derived["promises"] = _slots(case, made, business)


def _events(case: Item, begun: int, business: Business) -> Iterator[Event]:
    """The states of a case by its history; where there is none, by what the case says itself."""
    last: Event | None = None
    told = set()
    for entry in case.items("status_history"):
        if "status" not in entry.values or "at" not in entry.values:
            continue
        at = _instant(entry.values["at"], business)
        if at is None:
            told.add(entry.values["status"])  # it is to come
        if at is not None:
            event = Event(_not_before(entry.values["at"], at, begun, business),
                          entry.values["status"])  # fmt: skip
            last = event if last is None or event.at >= last.at else last
            yield event
    status = case.get("status")
    yield from _stated(case, begun, business, "first_response_at", OUTBOUND)
    if last is None:
        found = False
        for key, what in (("waiting_since", PAUSED), ("resolved_at", status)):
            if (key == "waiting_since") == (status == PAUSED) and (
                status == PAUSED or status in STOPPED
            ):
                for event in _stated(case, begun, business, key, what):
                    found = True
                    yield event
        if not found and status in (PAUSED, *STOPPED):
            yield Event(begun, status)
    elif last.what != status and status not in told:
        # It was changed by hand: since when is not known, but what holds is.
        yield Event(last.at, status)


def _stated(
    case: Item, begun: int, business: Business, key: str, what: str
) -> Iterator[Event]:
    moment = case.values.get(key)
    at = None if moment is None else _instant(moment, business)
    if moment is not None and at is not None:
        yield Event(_not_before(moment, at, begun, business), what)


def _not_before(moment: date, at: int, begun: int, business: Business) -> int:
    """A day without a time begins no earlier than the case that was opened on it."""
    if at < begun and business.working_time.day(begun) == local_date(moment, business.time_zone):
        return begun
    return at


def _within(said: Sequence[Event], begun: int, business: Business) -> Iterator[Event]:
    for event in said:
        work = business.working_time
        # Midnight is a day without a time of day.
        same = event.at < begun and work.day(event.at) == work.day(begun)
        midnight = instant_of(work.day(event.at), business.time_zone)
        yield Event(begun, event.what) if same and event.at == midnight else event


def _moment(instant: int | None, business: Business) -> Any:
    return None if instant is None else datetime.fromtimestamp(instant, business.time_zone)


def _slots(case: Item, made: Course, business: Business) -> str:
    """A slot for each promise that may apply, up to the first that does whatever the segment."""
    priority = str(case.get("priority"))
    found = []
    for promise in business.service:
        if not promise.is_for(priority):
            found.append(" " * SLOT)
            continue
        found.append(write_slot(made, promise, business))
        if not promise.segment:
            break
    return "".join(found)


def write_slot(made: Course, promise: Service, business: Business) -> str:
    """What a promise comes to for a case."""
    work = business.all_time if promise.is_round_the_clock else business.working_time
    asked = (
        (promise.respond, first_response),
        (promise.next, next_response),
        (promise.resolve, resolution),
    )
    kept = [Kept() if target is None else of(made, target, work) for target, of in asked]
    open_ones = [one.by for one in kept if one.by is not None and one.kept is None]
    if kept[1].by is not None:
        open_ones.append(kept[1].by)
    due = min(open_ones, default=None) if made.solved is None else None
    moments = [_text(one, business) for one in (due, *(one.by for one in kept))]
    answers = [" " if one.kept is None else "y" if one.kept else "n" for one in kept]
    return f"+{''.join(moments)}{''.join(answers)}"


def _text(instant: int | None, business: Business) -> str:
    if instant is None:
        return " " * _MOMENT
    return f"{utc_text(instant)}{business.working_time.day(instant).isoformat()}"
