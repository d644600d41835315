"""Whatever is thrown at what reads: an answer or a refusal, never a traceback, never a hang.

What was found so is a named test in the module's own tests.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_cli.formats.ics.parsing import read_entries
from crm_cli.formats.ics.words import Around
from crm_cli.formats.tabular import read_table
from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import read_date, read_moment
from crm_cli.model.errors import CrmError, Problem, Unreadable
from crm_cli.model.money import read_amount
from crm_cli.model.task import TASK
from crm_cli.query.expression import parse_expression
from crm_cli.query.scope import Scope
from crm_cli.query.terms import parse_terms
from crm_cli.store.compose import Decoded, compose, decode
from crm_cli.store.conflicts import joined, sides
from crm_cli.store.document import Document
from crm_cli.store.log import when_of
from crm_cli.store.merge import merge_file

quick = settings(max_examples=60, deadline=None)

PIECES = st.sampled_from(
    ["name", ":", ": ", "- ", "\n", "  ", "{", "}", "[", "]", ",", "'", '"', "|\n", ">\n", "#",
     " #", "&a", "*a", "!!str ", "!x ", "<<: ", "---\n", "...\n", "\t", "\r\n", "Ana", "\u0085",
     "\u2028", "\ufeff", "~", "null", "\\", "%", "@", "`", "?", "? ", "<<<<<<< a\n", "=======\n",
     "1.0", "é"]
)  # fmt: skip
YAML = st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=40)


@quick
@given(st.binary(max_size=60) | YAML.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_composing_answers_or_says_why(data: bytes) -> None:
    decoded = decode(data, "f.yaml")
    if isinstance(decoded, Problem):
        return
    assert isinstance(decoded, Decoded)
    composed = compose(decoded.text, "f.yaml")
    assert composed.root is not None or composed.problems


@quick
@given(YAML, st.text(max_size=20))
def test_an_edit_changes_what_was_asked_or_nothing(text: str, value: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    try:
        document = Document("customers/f.yaml", data, CUSTOMER, Business())
        before = {entry[0].text: entry[1] for entry in document.root.entries}
        document.set(None, "nickname", value)
    except (CrmError, Unreadable):
        return
    again = Document("customers/f.yaml", document.data, CUSTOMER, Business())
    after = {entry[0].text for entry in again.root.entries}
    assert set(before) - {"nickname"} <= after
    if before and document.data != data and "nickname" not in before and value.strip():
        document.remove(None, "nickname")
        kept = Document("customers/f.yaml", document.data, CUSTOMER, Business())
        assert {entry[0].text for entry in kept.root.entries} == set(before)


def scope(kind: Any = CUSTOMER) -> Scope:
    def who(text: str) -> str:
        return "maja-kos"

    return Scope(kind, date(2026, 11, 20), Business(), lambda: "petra", {}, frozenset(), who)


WORDS = st.sampled_from(
    ["name", "spend", "@", "12m", ":", "..", "+", "-", ".not", ".re", ".before", "(", ")", "and",
     "or", "not", "=", "!=", "<", ">=", "~", '"', "'", "1", "1.5", "EUR", "today", "-30d", ",", " ",
     "tasks", "exists", "count", "sum", "[", "]", "*", "vip", "2026-11", "é", "last-contact", "/"]
)  # fmt: skip
QUERY = st.lists(WORDS, max_size=10).map("".join) | st.text(max_size=25)


@quick
@given(st.lists(QUERY, max_size=3), st.sampled_from([CUSTOMER, TASK]))
@example(["name.re:("], CUSTOMER)
def test_terms_are_read_or_refused(words: list[str], kind: Any) -> None:
    try:
        parse_terms(words, scope(kind))
    except (CrmError, Unreadable):
        return


@quick
@given(QUERY, st.sampled_from([CUSTOMER, TASK]))
@example("(" * 3000, CUSTOMER)
@example("not " * 3000 + "name", CUSTOMER)
def test_expressions_are_read_or_refused(text: str, kind: Any) -> None:
    try:
        parse_expression(text, scope(kind))
    except (CrmError, Unreadable):
        return


@quick
@given(
    st.text(max_size=25)
    | st.lists(st.sampled_from("0123456789.,-/: T+Z"), max_size=20).map("".join)
)
@example("9" * 5000)
@example("٣.١١.٢٠٢٦")
@example("0001-01-01")
@example("9999-12-31T23:59+00:00")
def test_dates_are_read_or_refused(text: str) -> None:
    zone = Business(zone="Europe/Ljubljana").time_zone
    for read in (read_date, lambda text: read_moment(text, zone)):
        try:
            found = read(text)
        except Unreadable as error:
            assert error.message
        else:
            assert 1000 <= found.year <= 9999


@quick
@given(
    st.text(max_size=25)
    | st.lists(st.sampled_from("0123456789.,-+ €EURe_N"), max_size=20).map("".join)
)
@example("NaN")
@example("1_000")
@example("١٢")
@example("1e400")
@example("9" * 5000)
def test_money_is_read_or_refused(text: str) -> None:
    try:
        money = read_amount(text)
    except Unreadable as error:
        assert error.message
        return
    assert money.value.is_finite()
    assert abs(money.value) < 10**15


CELLS = st.sampled_from(['"', ",", ";", "\n", "\r", "a", "\0", "=1", "\ufeff", "é"])


@quick
@given(
    st.binary(max_size=80) | st.lists(CELLS, max_size=30).map(lambda cells: "".join(cells).encode())
)
def test_tables_are_read_or_refused(data: bytes) -> None:
    try:
        read_table(data)
    except (CrmError, Unreadable):
        return


ZONE = "Europe/Ljubljana"
AROUND = Around(Business(zone=ZONE), datetime(2026, 11, 20, 12, tzinfo=ZoneInfo(ZONE)))
NAMES = st.sampled_from(
    ["DUE", "DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE", "RECURRENCE-ID", "STATUS",
     "COMPLETED", "PRIORITY", "PERCENT-COMPLETE", "CATEGORIES", "RELATED-TO;RELTYPE=DEPENDS-ON",
     "ATTENDEE;CN=A", "TRIGGER", "SUMMARY", "UID", "DESCRIPTION", "LAST-MODIFIED", "SEQUENCE",
     "BEGIN", "END", "X-CRM-REPEAT-FROM", "TZID"]
)  # fmt: skip
PARAMS = st.sampled_from(["", ";VALUE=DATE", ";TZID=Europe/Berlin", ";TZID=X", ";RELATED=END", ";"])
SAID = st.sampled_from(
    ["20261124", "20261124T140000", "20261124T140000Z", "99991231", "00010101", "PT1H", "-P1D",
     "P9999999D", "FREQ=DAILY", "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2", "FREQ=WEEKLY;UNTIL=2026",
     "FREQ=MONTHLY;COUNT=0", "VALARM", "VTODO", "start", "COMPLETED", "1", "101", "", "a\\,b"]
)  # fmt: skip
LINE = st.tuples(NAMES, PARAMS, SAID).map(lambda line: f"{line[0]}{line[1]}:{line[2]}\r\n")


@quick
@given(st.lists(st.lists(LINE, max_size=7), max_size=3), st.sampled_from(["VTODO", "VEVENT"]))
@example([["RRULE:FREQ=DAILY\r\n", "EXDATE;VALUE=DATE:20261124\r\n"]], "VTODO")
def test_calendars_are_read_or_refused(entries: list[list[str]], name: str) -> None:
    text = "BEGIN:VCALENDAR\r\n"
    for number, entry in enumerate(entries):
        text += f"BEGIN:{name}\r\nUID:{number}@x\r\nSUMMARY:A\r\n{''.join(entry)}END:{name}\r\n"
    try:
        list(read_entries(text + "END:VCALENDAR\r\n", AROUND))
    except CrmError:
        return


@quick
@given(YAML, YAML, YAML, st.sampled_from(["customers/f.yaml", "segments.yaml", "consents/f.txt"]))
def test_whatever_is_merged_holds_both_sides_or_is_read(
    base: str, ours: str, theirs: str, path: str
) -> None:
    texts = [text.encode("utf-8", "surrogatepass") for text in (base, ours, theirs)]
    merged = merge_file(texts[0], texts[1], texts[2], path)
    decoded = decode(merged.data, path)
    if isinstance(decoded, Problem) or not merged.conflicts:
        return
    found = sides(decoded.text)
    for chosen in ([side.ours for side in found], [side.theirs for side in found]):
        assert isinstance(joined(decoded.text, chosen), str)


@quick
@given(st.text(max_size=30) | st.from_regex(r"\d{4,5}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"))
def test_a_time_of_a_commit_can_be_shown_everywhere(text: str) -> None:
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        assert when_of(text).astimezone(ZoneInfo(zone))
