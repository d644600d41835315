"""Cases: questions, complaints, returns and whatever else customers need of us afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crm_cli.model.aspects import (
    CardColumn,
    CardTable,
    Exchange,
    Happening,
    Reminder,
    Row,
    Tracked,
    joined,
)
from crm_cli.model.case_clocks import derive_cases
from crm_cli.model.case_course import course
from crm_cli.model.case_kinds import CASE_KINDS, CASE_STATUSES
from crm_cli.model.case_moves import MOVES, OPEN, is_open
from crm_cli.model.case_parts import CASE_LINE, CASE_MOVE, RESOLUTION
from crm_cli.model.contacts import alone
from crm_cli.model.dates import local_date
from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Code,
    Date,
    Deadline,
    Duration,
    Integer,
    Moment,
    Reference,
    Text,
    User,
    Word,
)
from crm_cli.model.kind import (
    Derived,
    Field,
    Finding,
    GroupOf,
    Kind,
    ListOf,
    State,
    Summary,
)
from crm_cli.model.measure import Measure
from crm_cli.model.priorities import PRIORITIES
from crm_cli.model.response_times import STOPPED

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

DECISIONS = ("refund", "exchange", "repair", "store_credit", "refused")
"""What becomes of a return."""

ORIGINS = ("call", "email", "web", "chat", "letter", "visit", "social", "sms")
"""How it reached us."""


def _begins_as(values: Mapping[str, Any], business: Business) -> dict[str, Any]:
    if values.get("status"):
        return {}
    return {"status": "assigned" if values.get("assignee") else "new"}


def _derive(case: Item, business: Business) -> None:
    opened = case.values.get("opened")
    if opened is not None:
        case.derived["opened_on"] = local_date(opened, business.time_zone)
    products = [case.values.get("product")]
    products += [line.values.get("product") for line in case.items("lines")]
    case.derived["about"] = next((one for one in products if one), None)
    stopped = False
    for move in _moves(case):
        before, stopped = stopped, move.values.get("status") in STOPPED
        move.derived["reopens"] = before and not stopped


def _turns(case: Item) -> Iterator[date]:
    """The days on which something becomes of a case."""
    moments = [case.values.get("opened"), *(one.values.get("at") for one in _moves(case))]
    for moment in moments:
        if moment is not None:
            yield moment.date() if isinstance(moment, datetime) else moment


def _moves(case: Item) -> list[Item]:
    return case.items("status_history")


def _check(case: Item, business: Business) -> Iterator[Finding]:
    into = case.values.get("merged_into")
    if into is not None and case.get("status") != "duplicate":
        yield Finding(
            "merged_into",
            "merged-but-open",
            f"this case is merged into {into}, and its status is {case.get('status')}",
            f"crm set {case.id} status=duplicate, or merged_into=",
            Severity.WARNING,
        )
    if "opened" not in case.values and not _moves(case):
        yield Finding(
            "subject",
            "case-without-opening",
            "this case says not when it was opened, so that no clock runs",
            "add opened",
            Severity.WARNING,
            "opened",
        )


def _due(row: Row) -> str:
    """The case, and what was promised by then."""
    what = "solution"
    if row["responded"] is None and row["due"] == row["respond_by"]:
        what = "first response"
    elif row["due"] == row["next_by"]:
        what = "response"
    kind = str(row["kind"] or "case").replace("_", " ")
    pressing = row["priority"] if row["priority"] in ("high", "urgent") else ""
    return joined(": ", (joined(" ", (pressing, kind)), row["subject"], f"{what} is promised"))


def _opened(row: Row) -> str:
    return joined(": ", ("opened", joined(", ", (row["kind"], row["subject"]))))


def _marks(row: Row) -> str:
    marks = [word for word in ("overdue", "waiting") if row[word]]
    return ", ".join(marks)


CASE = Kind(
    name="case",
    key="cases",
    doc="a question, complaint, return or other matter of a customer",
    aliases=("ticket", "tickets"),
    fields=(
        Field(
            "kind",
            Choice(CASE_KINDS, vocabulary="case_kind"),
            "what it is",
            default="question",
            headings="type ticket_type vrsta typ",
        ),
        Field("status", Choice(CASE_STATUSES), "how far it is", default="new", headings="state"),
        Field("priority", Choice(PRIORITIES), "how urgent it is", default="normal"),
        Field(
            "origin",
            Choice(ORIGINS, vocabulary="case_origin"),
            "how it reached us",
            headings="channel",
        ),
        Field(
            "subject",
            Text(),
            "what it is about, in a few words",
            aliases=("title",),
            headings="title summary zadeva betreff",
        ),
        Field("description", Text(), "the details", headings="body text opis"),
        Field("purchase", Reference("purchase"), "the purchase it is about"),
        Field("product", Reference("product"), "the product it is about, where there are no lines"),
        Field(
            "assignee",
            User(),
            "user who takes care of it",
            inherits="owner",
            headings="agent owner assigned_to",
        ),
        Field(
            "opened",
            Moment(),
            "when the customer first said so",
            aliases=("date", "created"),
            headings="created_at created open_date opening_date",
        ),
        Field("status_history", ListOf(CASE_MOVE), "its statuses, and since when"),
        Field("first_response_at", Moment(), "first response, where no interaction tells it"),
        Field("waiting_since", Moment(), "since when it is pending, where no history tells it"),
        Field(
            "resolved_at",
            Moment(),
            "when it was resolved, where no history tells it",
            headings="closed_at solved_at",
        ),
        Field("lines", ListOf(CASE_LINE), "the products it is about"),
        Field("decision", Choice(DECISIONS), "what becomes of a return"),
        Field("resolution", GroupOf(RESOLUTION), "what the customer had in the end"),
        Field("credit_note", Reference("purchase"), "the credit note that was made for it"),
        Field("order", Reference("purchase"), "the order that was sent in exchange"),
        Field("refund", Reference("payment"), "the payment by which money was given back"),
        Field("merged_into", Reference("case"), "the case that it repeats", acyclic=True),
        Field("satisfied", Boolean(), "the customer was satisfied"),
        Field("source_system", Word(), "the system it was imported from"),
        Field("external_id", Code(), "its id there", headings="ticket_id case_id ticket_number"),
    ),
    letter="c",
    shorthand=alone("subject"),
    title="subject",
    when="opened",
    sort="done,due,opened",
    turns=_turns,
    tracked=Tracked(field="status", history="status_history"),
    stamped="opened",
    asked=(
        "kind",
        "priority",
        "origin",
        "description",
        "purchase",
        "product",
        "lines",
        "assignee",
        "opened",
    ),
    example='ana "Two bags were torn" --kind complaint --line beans-1kg:2:torn',
    live=is_open,
    begins_as=_begins_as,
    sought=("status",),
    moves=MOVES,
    exchange=Exchange(needed=("subject",)),
    columns=(
        "due",
        "customer",
        "kind",
        "priority",
        "subject",
        "status",
        "assignee",
        "opened",
        "id",
    ),
    ranked=(
        "due",
        "customer",
        "subject",
        "status",
        "id",
        "kind",
        "priority",
        "assignee",
        "opened",
    ),
    card=CardTable(
        heading="Open cases",
        terms=("is:open",),
        sort="due,opened",
        columns=(
            "due",
            "kind",
            "subject",
            "status",
            "priority",
            CardColumn("marks", ("overdue", "waiting"), _marks),
            "id",
        ),
        alert="overdue",
        most=0,
        leading=True,
    ),
    timeline=(
        Happening(
            when="opened",
            terms=("not:opened.after:today",),
            columns=("kind", "subject"),
            text=_opened,
        ),
    ),
    due=Reminder(
        when="due",
        state="open",
        columns=(
            "kind", "priority", "subject", "due", "respond_by", "next_by", "responded",
        ),
        text=_due,
    ),
    derived=(
        Derived("opened_on", Date(), "the day on which it was opened"),
        Derived("solved_on", Date(), "the day on which it was resolved"),
        Derived("about", Word(), "the product it is about: its own, or that of its first line"),
        Derived("responded", Moment(), "when we first responded"),
        Derived("solved", Moment(), "when it was resolved, unless it was opened again"),
        Derived("unanswered_since", Moment(), "since when the customer waits for word from us"),
        Derived("reopened", Integer(), "how often it was opened again"),
        Derived("response_time", Duration(), "working time until we first responded; minutes"),
        Derived("resolution_time", Duration(), "working time until it was resolved, less pauses"),
        Derived("waiting", Boolean(), "pending, and the customer has not spoken since"),
        Derived("promises", Word(), "by when, under each promise", inner=True),
        Derived(
            "due", Deadline(), "what is promised next: the earliest of the three that runs",
            promise="due", to_come=True,
        ),
        Derived("respond_by", Deadline(), "by when a first response is promised",
                promise="respond", to_come=True),
        Derived("next_by", Deadline(), "by when the next response is promised",
                promise="next", to_come=True),
        Derived("resolve_by", Deadline(), "by when a solution is promised",
                promise="resolve", to_come=True),
        Derived("response_kept", Boolean(), "the first response came in time, or is late",
                promise="respond_kept"),
        Derived("next_kept", Boolean(), "all later responses came in time, or one is late",
                promise="next_kept"),
        Derived("resolution_kept", Boolean(), "it was resolved in time, or is late",
                promise="resolve_kept"),
        Derived("broken", Boolean(), "a promise was not kept, or is late", promise="broken"),
        Derived("overdue", Boolean(), "open, and later than promised", terms="is:overdue"),
        Derived("done", Boolean(), "nothing is to be done any more", terms="is:done"),
        Derived("age", Integer(adds=False), "days since it was opened, until it was resolved",
                since="opened_on", until="solved"),
    ),
    derive=_derive,
    check=_check,
    summary=Summary(
        derive=derive_cases,
        derived=(
            Derived("open_cases", Integer(), "number of open cases", of="cases", terms="is:open"),
        ),
        states=(State("in_service", "open_cases.over:0", "has an open case"),),
    ),
    chain=course,
    chain_name="course",
    measures=(Measure("cases", "count", "number of cases"),),
    states=(
        State("open", f"status.is:{','.join(OPEN)}", "something is to be done about it"),
        State("done", "not:is:open", "resolved, closed, rejected or a duplicate"),
        State("waiting", "waiting:yes", "waits for the customer"),
        State("unanswered", "is:open has:unanswered_since", "the customer waits for word from us"),
        State("overdue", "is:open has:due due.before:now", "open, and later than promised"),
        State(
            "escalated",
            "is:open broken:yes",
            "open, and a promise was broken, or is: by a late response, or no solution yet",
        ),
        State("returned", "kind.is:return,warranty", "goods come back"),
    ),
)  # fmt: skip
