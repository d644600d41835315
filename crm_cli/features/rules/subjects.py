"""Whom a rule is about today: the records that its query finds, each with what it acts on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from crm_cli.features.rules import Rule
from crm_cli.features.rules.ending import ended_by
from crm_cli.features.rules.happenings import Happenings
from crm_cli.features.rules.memory import Happened
from crm_cli.features.rules.subject import Subject
from crm_cli.features.rules.traces import Traces
from crm_cli.formats.documents.forms import Form, read_form
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import local_date
from crm_cli.model.item import Item
from crm_cli.model.places import DESK
from crm_cli.workspace import Workspace


def subjects(
    workspace: Workspace, rule: Rule, traces: Traces, happenings: Happenings, *,
    only: str = "", again: bool = False,
) -> list[Subject]:  # fmt: skip
    """The subjects of a rule for which it has not done yet what it does, in the order of their
    ids; with `again` those for which it has, too; `only` of one customer or item.

    Raises UsageError (QueryError where the query is at fault), Refused where the history that it
    asks for cannot be read.
    """
    fields = sorted({name for text in texts_of(rule) for name in _fields(text)})
    found = {(row[0], row[1]): row[2] for row in _rows(workspace, rule, fields, only)}
    made = []
    for customer, item, occasion in _occasions(workspace, rule, traces, happenings, found):
        values = dict(zip(fields, found[customer, item], strict=True))
        subject = Subject(customer, item, occasion, values)
        if again or not traces.done(rule, subject):
            made.append(subject)
    return sorted(made, key=lambda one: (one.customer, one.item, one.occasion))


def texts_of(rule: Rule) -> Iterator[str]:
    """The texts of a rule in which fields are filled in."""
    for deed in rule.deeds:
        for key in ("task", "log"):
            group = deed.item.values.get(key)
            for name in ("title", "summary", "subject", "notes"):
                if group is not None and group.values.get(name):
                    yield group.values[name]
        if deed.item.values.get("text"):
            yield deed.item.values["text"]
        yield from (value for _, value in assigned(deed.item) if "{" in value)


def assigned(entry: Item) -> Iterator[tuple[str, str]]:
    """The fields that an entry of `do` sets, with their texts: `custom: {visits: 3}` is
    `custom.visits`."""
    for key, value in (entry.values.get("set") or {}).items():
        if isinstance(value, dict):
            yield from ((f"{key}.{name}", _as_text(inner)) for name, inner in value.items())
        else:
            yield key, _as_text(value)


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def form_of(text: str) -> Form:
    """A text of a rule as a template. Raises Unreadable."""
    return read_form("", text)


def _fields(text: str) -> Iterator[str]:
    return (one.name for one in form_of(text).references)


def _rows(
    workspace: Workspace, rule: Rule, fields: Sequence[str], only: str
) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    """(customer, item, values of fields) of what the query finds; see `Subject`."""
    of_items = rule.base is not CUSTOMER
    owned = of_items and rule.is_of_customers
    first = ("customer", "id") if owned else ("id",)
    entered = rule.step > 1  # who has begun a sequence goes on, until it ends
    terms = [*(() if entered else rule.terms), *([f"id.is:{only}"] if only else ())]
    where = None if entered else rule.where
    answer = workspace.select(
        rule.base, terms, where=where, cols=(*first, *fields), ordered=False
    )
    shown = _shown(workspace, rule, answer.columns)
    for row in answer.rows:
        cells = tuple(write(cell) for write, cell in zip(shown, row, strict=True))
        if owned:
            yield str(row[0]), str(row[1]), cells[2:]
        elif of_items:
            yield DESK.path, str(row[0]), cells[1:]
        else:
            yield str(row[0]), "", cells[1:]


def _shown(workspace: Workspace, rule: Rule, columns: Sequence[Any]) -> list[Any]:
    """What makes of each column's cell a value for texts: amounts have their currency."""
    currency = workspace.business.currency

    def money(cell: Any, currency: str) -> Any:
        return f"{cell} {currency}" if isinstance(cell, Decimal) else cell

    return [
        partial(money, currency=currency) if column.type.name == "money" else _plain
        for column in columns
    ]


def _plain(cell: Any) -> Any:
    return cell


def _occasions(
    workspace: Workspace,
    rule: Rule,
    traces: Traces,
    happenings: Happenings,
    found: Mapping[tuple[str, str], object],
) -> Iterable[tuple[str, str, str]]:
    """(customer, item, occasion) for each of what was found, and each of its events."""
    if rule.until:
        ended = ended_by(workspace, rule, traces)
        found = {one: row for one, row in found.items() if one[0] not in ended}
    if rule.step > 1:
        return _waited(workspace, rule, traces, found)
    if rule.event is not None:
        happened = happenings.of(rule, found.keys())
        if rule.once.word == "change":
            return [(one.customer, one.item, one.occasion) for one in happened]
        chosen: Iterable[tuple[str, str]] = dict.fromkeys(map(_of, happened))
    else:
        chosen = found
    period = rule.once.period(workspace.clock.today)
    if rule.once.word == "ever" and rule.base is not CUSTOMER:
        first: dict[str, tuple[str, str]] = {}
        for one in sorted(chosen):
            first.setdefault(one[0], one)
        chosen = first.values()
    if rule.once.interval is not None:
        return [(*one, f"after {traces.latest(rule, *one) or 'never'}") for one in chosen]
    if rule.once.word == "item":
        return [(*one, one[1]) for one in chosen]
    return [(*one, f"{period}/{one[1]}".rstrip("/") if period else "") for one in chosen]


def _of(one: Happened) -> tuple[str, str]:
    return one.customer, one.item


def _waited(
    workspace: Workspace, rule: Rule, traces: Traces, found: Mapping[tuple[str, str], object]
) -> Iterator[tuple[str, str, str]]:
    """Those for whom the step before was done, and who have waited long enough."""
    zone, today = workspace.business.time_zone, workspace.clock.today
    for customer, mark in traces.marks(rule.named(rule.step - 1)):
        item = "" if rule.base is CUSTOMER else mark.occasion
        waited = rule.wait.after(local_date(mark.at, zone)) <= today
        if waited and (customer, item) in found:
            yield customer, item, mark.occasion
