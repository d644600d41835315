"""Tasks as VTODO (RFC 5545, section 3.6.2), and back."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from crm_cli.formats.content_lines import clean
from crm_cli.formats.ics.entries import Reader, Told
from crm_cli.formats.ics.moments import (
    LAST_YEAR,
    later,
    midnight,
    placed,
    read_moment,
    rule_out,
    stamp,
)
from crm_cli.formats.ics.reminders import alarm, remind_before
from crm_cli.formats.ics.texts import text_value, texts_value
from crm_cli.formats.ics.words import (
    OWN,
    PRIORITY,
    STATE,
    TASK_STATUS,
    WITH,
    Around,
    own_id,
    uid_for,
    with_foot,
    without_foot,
    word_among,
)
from crm_cli.formats.written_state import short
from crm_cli.model.dates import local_date, write_moment
from crm_cli.model.errors import Unreadable
from crm_cli.model.recurrence import at_clock_of, left_out_days, present_and_next, rule_zone
from crm_cli.model.recurrence_rule import check_rule
from crm_cli.model.task import TASK

if TYPE_CHECKING:
    from icalendar import Todo

    from crm_cli.model.item import Item

_STATUS = {"NEEDS-ACTION": "open", "IN-PROCESS": "in_progress"} | {
    word: word.lower() for word in ("COMPLETED", "CANCELLED")
}


def fill(todo: Todo, task: Item, around: Around) -> None:
    """What iCalendar has words for.

    A task that recurs has its rule's own day as DTSTART, since rules count from there; one
    that was put off is due after it. COUNT is then what is left, the present one included.
    """
    # What no calendar goes forward to stands only in the lines of ours.
    said = {key: it for key, it in task.values.items() if getattr(it, "year", 0) < LAST_YEAR}
    zone = around.business.time_zone
    todo.add("SUMMARY", text_value(task.title or "…"))
    due, start = said.get("due"), said.get("start")
    rule = _rule(said)
    if rule:
        _recurring(todo, said, rule, rule_zone(said, zone))
    else:
        if due is not None:
            todo.add("DUE", placed(due, zone, recurring=False))
        if start is not None and (due is None or _before(start, due, around)):
            if isinstance(due, datetime) and not isinstance(start, datetime):
                start = midnight(start, zone)
            elif due is not None and not isinstance(due, datetime):
                start = start.astimezone(zone).date() if isinstance(start, datetime) else start
            todo.add("DTSTART", placed(start, zone, recurring=False))
    todo.add("STATUS", TASK_STATUS[task.get("status")])
    if isinstance(said.get("completed"), datetime):
        todo.add("COMPLETED", stamp(said["completed"]))
    elif said.get("completed") is not None:
        todo.add("COMPLETED", stamp(midnight(said["completed"], zone)))
    if said.get("priority"):
        todo.add("PRIORITY", PRIORITY[said["priority"]])
    if said.get("percent_complete") is not None:
        todo.add("PERCENT-COMPLETE", said["percent_complete"])
    if said.get("kind"):
        todo.add("CATEGORIES", texts_value([said["kind"]]))
    for id in said.get("depends_on") or ():
        parameters = {"RELTYPE": "DEPENDS-ON"}
        todo.add("RELATED-TO", text_value(uid_for(id, around)), parameters=parameters)
    todo.add("DESCRIPTION", text_value(with_foot(said.get("notes"), task.owner)))
    about = due if due is not None else start
    if said.get("remind_before") and about is not None:
        made = alarm(said["remind_before"], about, task.title or "…", zone, of_end=due is not None)
        if made is not None:
            todo.add_component(made)


def _recurring(todo: Todo, said: dict[str, Any], rule: str, zone: tzinfo) -> None:
    """The lines of a series, by the clock of the rule's zone."""
    from icalendar import vDDDLists, vRecur

    due, start, kept = said["due"], said.get("start"), said.get("recurrence_id")
    from_start = said.get("repeat_from") == "start" and start is not None
    anchor: Any = start if from_start else kept or due
    if isinstance(anchor, datetime) is not isinstance(due, datetime):
        anchor = due  # both are of one sort; the line of ours beside it has the other
    elif from_start:
        todo.add(f"{OWN}REPEAT-FROM", text_value("start"))
    elif kept and anchor != due:
        beside = {WITH: short(anchor)}
        todo.add(f"{OWN}RECURRENCE-ID", text_value(write_moment(anchor)), parameters=beside)
    todo.add("DTSTART", placed(anchor, zone, recurring=True))
    todo.add("DUE", placed(due, zone, recurring=True))
    todo.add("RRULE", vRecur.from_ical(rule_out(rule, anchor, zone)))
    days = [at_clock_of(day, anchor, zone) for day in sorted(left_out_days(said, zone))]
    if days:
        whole = {} if isinstance(anchor, datetime) else {"VALUE": "DATE"}
        todo.add("EXDATE", vDDDLists(days), parameters=whole)


def read(reader: Reader) -> str:
    """The values of a VTODO by iCalendar's own words; answers the customer its foot names."""
    values = reader.values
    zone = reader.around.business.time_zone
    _put(values, "title", reader.text("SUMMARY"))
    start, due = reader.moment("DTSTART"), reader.moment("DUE")
    length = reader.length("DURATION")
    if due is None and start is not None and length is not None:
        line = reader.line("DURATION")
        assert line is not None
        with Told(line):
            due = later(start, length)
    rule = _read_rule(reader)
    if rule and due is None:
        due = start
    _put(values, "due", due)
    if start is not None and start != due:
        values["recurrence_id" if rule and _put_off(reader) else "start"] = start
        if rule and "start" in values:
            values["repeat_from"] = "start"
    _put(values, "rrule", rule)
    if rule:
        _series(reader)
    _status(reader)
    priority = reader.number("PRIORITY", 9)
    if priority is not None:
        words = ("normal", "urgent", "high", "high", "high", "normal")
        values["priority"] = words[priority] if priority < 6 else "low"
    _put(values, "percent_complete", reader.number("PERCENT-COMPLETE", 100))
    _kind(reader)
    depends = []
    for line in reader.block.all("RELATED-TO"):
        if line.params.get("RELTYPE", "").upper() == "DEPENDS-ON":
            reader.used.add("RELATED-TO")
            uid = line.text.strip()
            depends.append(own_id(uid, reader.around) or uid)
    _put(values, "depends_on", depends or None)
    notes, customer, _ = without_foot(reader.text("DESCRIPTION") or "")
    _put(values, "notes", notes if notes.strip() else None)
    _put(values, "remind_before", remind_before(reader.triggers(), start, due, zone))
    reader.own(TASK)
    return customer


def written(task: Item) -> dict[str, Any]:
    """The values of a task as a calendar can say them at all."""
    said = {key: value for key, value in task.values.items() if value not in (None, "", [])}
    for key in ("title", "notes"):
        if key in said:
            said[key] = clean(said[key])
    if not said.get("title"):
        said.pop("title", None)
    return said


def _rule(said: dict[str, Any]) -> str:
    """The rule, if there is one that other programs can follow."""
    rule = str(said.get("rrule") or "")
    if not rule or said.get("due") is None:
        return ""
    try:
        check_rule(rule)
        from icalendar import vRecur

        vRecur.from_ical(rule.upper())
    except ValueError:
        return ""
    return rule


def _read_rule(reader: Reader) -> str | None:
    line = reader.line("RRULE")
    if line is None:
        return None
    with Told(line):
        rule = line.raw.strip().upper()
        check_rule(rule)
        from icalendar import vRecur

        try:
            vRecur.from_ical(rule)
        except ValueError:
            raise Unreadable(f"'{line.raw}' is no rule of recurrence") from None
        return rule


def _put_off(reader: Reader) -> bool:
    """Whether DTSTART is the rule's own day of what was put off here, and not a start."""
    block = reader.block
    if (block.text(f"{OWN}REPEAT-FROM") or "").strip() == "start":
        return False
    ours = own_id((block.text("UID") or "").strip(), reader.around)
    return bool(ours) or any(block.first(name) for name in (STATE, f"{OWN}RECURRENCE-ID"))


def _series(reader: Reader) -> None:
    """The zone that the rule belongs to, and the days that it leaves out.

    A present occurrence that is left out itself is passed over.
    """
    values, business = reader.values, reader.around.business
    line = reader.line("DTSTART") or reader.line("DUE")
    zone = business.time_zone
    tzid = line.params.get("TZID", "") if line is not None else ""
    # Times in UTC are of programs that know no zones: their series keep to no clock at all.
    name = getattr(reader.find(tzid), "key", "") if tzid else ""
    if name not in ("", "UTC", "Etc/UTC", business.zone):
        values["time_zone"] = name
    zone = rule_zone(values, zone)
    days: dict[str, None] = {}
    for line in reader.block.all("EXDATE"):
        reader.used.add("EXDATE")
        for text in filter(str.strip, line.raw.split(",")):
            with Told(line):
                tzid = line.params.get("TZID", "")
                moment = read_moment(text, tzid, business.time_zone, reader.find)
            days[local_date(moment, zone).isoformat()] = None
    if not days:
        return
    values["exdate"] = list(days)
    if "due" not in values:
        return  # the rule begins nowhere yet
    for due, start in present_and_next(values, zone):
        values["due"] = due
        if start is not None:
            values["start"] = start
        return


def _status(reader: Reader) -> None:
    line, completed = reader.line("STATUS"), reader.moment("COMPLETED")
    word = line.raw.strip().upper() if line is not None else ""
    if word in _STATUS:
        reader.values["status"] = _STATUS[word]
    elif not word and completed is not None:
        reader.values["status"] = "completed"
    if completed is not None and reader.values.get("status") == "completed":
        reader.values["completed"] = completed


def _kind(reader: Reader) -> None:
    from crm_cli.formats.content_lines import parted

    texts = [text for line in reader.block.all("CATEGORIES") for text in parted(line.raw)]
    word = word_among(texts, TASK, reader.around.business)
    if word is not None:
        reader.values["kind"] = word
    if len(texts) == (word is not None):
        reader.used.add("CATEGORIES")


def _before(start: Any, due: Any, around: Around) -> bool:
    """Whether a start can stand beside what is due: it lies before it (3.8.2.3)."""
    zone = around.business.time_zone
    if isinstance(start, datetime) and isinstance(due, datetime):
        return start < due
    return local_date(start, zone) < local_date(due, zone)


def _put(values: dict[str, Any], key: str, value: Any) -> None:
    if value is not None:
        values[key] = value
