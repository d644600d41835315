"""All that happened with a customer, or with all: contacts, tasks done, purchases, payments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.features.values import day
from crm_cli.model.dates import local_date
from crm_cli.model.errors import UsageError
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.kind import Kind
from crm_cli.model.payment import PAYMENT
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.task import OCCURRENCE, TASK
from crm_cli.query.answering import answerable
from crm_cli.workspace import Workspace


class Event(NamedTuple):
    """Something that happened; `when` is None where nobody wrote it down."""

    when: date | datetime | None
    kind: str
    who: str
    what: str
    id: str


class _Source(NamedTuple):
    """Events of one kind of item: which ones, by which date, what is asked of them and told."""

    base: Kind
    when: str
    terms: Sequence[str]
    columns: Sequence[str]
    tell: Callable[[dict[str, Any]], Event]


def timeline(
    workspace: Workspace,
    customer: str | None = None,
    terms: Sequence[str] = (),
    *,
    where: str | None = None,
    kind: str | None = None,
    since: str | None = None,
    limit: int | None = None,
) -> list[Event]:
    """What happened, newest first; of one customer or of all.

    Terms, and `where`, are about the items. What a kind of item cannot answer (`outcome:reached` of
    a purchase) leaves that kind out, or where it is negated changes nothing; what no
    kind can answer raises QueryError.
    """
    first = day(workspace, since) if since is not None else None
    if since is not None and not since.strip():
        raise UsageError("--since is empty", "write --since last-month, or leave it out")
    kinds = _kinds(kind)
    events: list[Event] = []
    for source, asked in _answering(workspace, terms, where):
        asked += source.terms
        if customer is not None:
            asked.append(f"customer/id.is:{customer}")
        if first is not None:
            asked.append(f"{source.when}:{first}..")
        answer = workspace.select(
            source.base,
            asked,
            where=where,
            cols=source.columns,
            sort=f"{source.when}-",
            limit=None if kinds else limit,
        )
        for row in answer.rows:
            event = source.tell(dict(zip(source.columns, row, strict=True)))
            if kinds and event.kind not in kinds:
                continue
            events.append(event)
    zone = workspace.business.time_zone
    events.sort(key=lambda event: (event.id, event.who))
    events.sort(key=lambda event: _order(event.when, zone), reverse=True)
    return events[:limit]


def _kinds(text: str | None) -> frozenset[str]:
    if text is None:
        return frozenset()
    kinds = frozenset(part.strip() for part in text.split(",") if part.strip())
    if not kinds:
        raise UsageError("--kind is empty", "write --kind call,invoice, or leave it out")
    return kinds


def _answering(
    workspace: Workspace, terms: Sequence[str], where: str | None
) -> Iterator[tuple[_Source, list[str]]]:
    """The sources that can answer the terms, each with those to be asked of it."""
    scopes = {source.base.name: workspace.scope(source.base) for source in _SOURCES}
    asked = answerable(scopes, terms, where)
    for source in _SOURCES:
        if source.base.name in asked:
            yield source, list(asked[source.base.name])


def _order(when: date | datetime | None, zone: tzinfo) -> tuple[str, str]:
    """Later is greater; what has no time of day is before what has one, and None before all."""
    if when is None:
        return "", ""
    if isinstance(when, datetime):
        return local_date(when, zone).isoformat(), when.astimezone(UTC).isoformat()
    return when.isoformat(), ""


def _interaction(row: dict[str, Any]) -> Event:
    told = _joined(": ", (row["subject"], row["summary"])) or _joined(", ", (row["outcome"],))
    if row["status"] == "not_held":
        told = _joined(": ", ("not held", told))
    return Event(row["at"], row["kind"], row["customer"], told, row["id"])


def _task(row: dict[str, Any]) -> Event:
    when = row.get("completed") or row.get("due")
    return Event(when, "task", row["customer"], _joined("", (row["title"],)), row["id"])


def _occurrence(row: dict[str, Any]) -> Event:
    return Event(row["at"], "task", row["customer"], _joined("", (row["title"],)), row["id"])


def _purchase(row: dict[str, Any]) -> Event:
    what = row["text"] or ", ".join(dict.fromkeys(row["lines"] or ()))
    told = _joined(": ", (row["number"], _joined(", ", (what, _money(row["gross"], row)))))
    if row["status"] == "cancelled":
        told = _joined(": ", ("cancelled", told))
    return Event(row["date"], row["kind"], row["customer"], told, row["id"])


def _payment(row: dict[str, Any]) -> Event:
    refund = row["direction"] == "refund"
    paid = f"for {row['for']}" if row["for"] else ""
    parts = (_money(row["amount"], row), row["method"], paid, row["reference"])
    return Event(
        row["date"], "refund" if refund else "payment", row["customer"], _joined(", ", parts),
        row["id"],
    )  # fmt: skip


def _money(amount: Decimal | None, row: dict[str, Any]) -> str:
    from crm_cli.model.money import format_amount

    if amount is None:
        return ""
    return f"{format_amount(amount, row['currency'])} {row['currency']}"


def _joined(sign: str, parts: Iterable[str | None]) -> str:
    """The parts that say something, each in one line."""
    return sign.join(text for part in parts if (text := " ".join((part or "").split())))


_SOURCES = (
    _Source(
        INTERACTION,
        "at",
        ("not:is:planned",),
        ("at", "kind", "customer", "subject", "summary", "outcome", "status", "id"),
        _interaction,
    ),
    _Source(
        TASK,
        "completed",
        ("is:done", "has:completed"),
        ("completed", "customer", "title", "id"),
        _task,
    ),
    _Source(
        OCCURRENCE,
        "at",
        ("outcome:done",),
        ("at", "customer", "title", "id"),
        _occurrence,
    ),
    # Done, but nobody wrote down when: the day that it was due tells about when.
    _Source(TASK, "due", ("is:done", "no:completed"), ("due", "customer", "title", "id"), _task),
    _Source(
        PURCHASE,
        "date",
        ("not:is:draft",),
        (
            "date",
            "kind",
            "customer",
            "number",
            "text",
            "lines",
            "gross",
            "currency",
            "status",
            "id",
        ),
        _purchase,
    ),
    _Source(
        PAYMENT,
        "date",
        (),
        ("date", "customer", "amount", "currency", "method", "for", "reference", "direction", "id"),
        _payment,
    ),
)
