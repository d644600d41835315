"""Entries of consent: what customers agreed to and withdrew, and the words that they were shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from crm_cli.features.consent import check, sharing, verdicts
from crm_cli.features.entering import entered
from crm_cli.features.plan import Plan, counted
from crm_cli.features.values import typed_all, when
from crm_cli.model.consent import CONSENT, said
from crm_cli.model.dates import local_date
from crm_cli.model.errors import NotFound, Problem, Refused, Severity, UsageError
from crm_cli.model.item import Item
from crm_cli.model.permission import (
    CHANNELS,
    ELECTRONIC,
    PURPOSES,
    REFUSED_ELSEWHERE,
    SHARED,
    YES,
    Use,
    can_rest_on,
    decide,
    is_opt_in,
    read_use,
)
from crm_cli.model.places import labelled
from crm_cli.model.text import did_you_mean
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

FOLDER = "consents/"
_SECOND = timedelta(seconds=1)
_MOST_TOLD = 5
_JUST_NOW = timedelta(minutes=1)


class Told(NamedTuple):
    """What a customer agreed to or withdrew, as it is typed: `uses` as `marketing/email` or
    `marketing` for all channels; `fields` by key; `text` a file in consents/."""

    uses: Sequence[str]
    fields: Mapping[str, str | None]
    text: str | None = None
    at: str | None = None


def add(workspace: Workspace, ids: Sequence[str], told: Told, *, confirmed: bool = False) -> Plan:
    """Plan to add that customers agree; `confirmed` by the double opt-in.

    Raises UsageError, NotFound for a text that is not there, Refused where the basis does not
    hold for a customer.
    """
    notes: list[str] = []
    fields = typed_all(workspace, CONSENT, told.fields, notes)
    if told.text:
        fields["text_version"] = version_of(workspace, told.text)
    _check_expiry(workspace, fields.get("expires"), told.at, notes)
    uses = [_target(text) for text in told.uses]
    for use in uses:
        _check_basis(workspace, ids, use, fields.get("lawful_basis"))
    notes += _refused_elsewhere(workspace, ids, uses)
    action = "confirmed_opt_in" if confirmed else "opt_in"
    if not confirmed and workspace.business.double_opt_in and _by_consent(fields):
        notes.append("it counts once it is confirmed: crm consent add … --confirmed")
    entries = {id: [_entry(use, action, fields) for use in uses] for id in ids}
    return _plan(workspace, entries, told.at, notes)


def withdraw(workspace: Workspace, ids: Sequence[str], told: Told) -> Plan:
    """Plan to add that customers withdraw what they agreed to, or refuse it where they had not."""
    notes: list[str] = []
    fields = typed_all(workspace, CONSENT, told.fields, notes)
    uses = [_target(text) for text in told.uses]
    entries = {
        id: [_entry(use, _refusing(workspace, id, use), fields) for use in uses] for id in ids
    }
    return _plan(workspace, entries, told.at, [*notes, *_sharing(workspace, ids, uses)])


def version_of(workspace: Workspace, name: str) -> str:
    """What `text_version` says of a file in consents/: its name and its digest (SHA-256).

    Raises NotFound.
    """
    wanted = name.removeprefix(FOLDER)
    file = _file(workspace, wanted)
    if not file:
        raise NotFound(
            f"consents/ has no text '{wanted}'", f"write the words into consents/{wanted}.md"
        )
    return f"{file}@sha256:{_digest(workspace, file)}"


def changed_texts(workspace: Workspace) -> Iterator[Problem]:
    """The entries whose text is gone, or is no longer what was shown."""
    rows = workspace.select(CONSENT, ["has:text_version"], cols=("text_version",)).rows
    broken: dict[str, str] = {}
    for version in {str(row[0]) for row in rows}:
        file, _, digest = version.partition("@sha256:")
        there = _file(workspace, file)
        if not there:
            broken[version] = f"the text {file} that was shown is not in consents/"
        elif digest and digest != _digest(workspace, there):
            broken[version] = f"consents/{file} is no longer the text that was shown"
    if not broken:
        return
    named = workspace.select(CONSENT, ["has:text_version"], cols=("customer", "text_version")).rows
    for id, version in named:
        if version in broken:
            yield _problem(workspace, id, version, broken[version])


def _problem(workspace: Workspace, id: str, version: str, message: str) -> Problem:
    items = workspace.record(id).items(CONSENT.key)
    node = next((one.node for one in items if one.values.get("text_version") == version), None)
    line, column = (node.line, node.column) if node is not None else (0, 0)
    return Problem(
        workspace.path_of(id), line, column, "consent-text", message,
        "keep old texts; a new one gets a name of its own", Severity.WARNING,
    )  # fmt: skip


def _file(workspace: Workspace, name: str) -> str:
    """The file of a text by its name, with or without its suffix; empty where there is none."""
    parts = name.split("/")
    if not name or name.startswith("/") or ".." in parts or any(map(str.isspace, name)):
        return ""
    found = (one for one in (name, f"{name}.md") if workspace.tree.exists(FOLDER + one))
    return next(found, "")


def _digest(workspace: Workspace, file: str) -> str:
    return hashlib.sha256(workspace.tree.read(FOLDER + file)).hexdigest()


def _target(text: str) -> Use:
    """A purpose and a channel; a purpose alone is for all channels. Raises UsageError."""
    purpose, slash, channel = text.strip().lower().replace("-", "_").partition("/")
    if slash or purpose not in PURPOSES:
        if not slash:
            near = did_you_mean(purpose, PURPOSES)
            raise UsageError(f"'{text}' is no purpose", f"{near} known: {', '.join(PURPOSES)}")
        return read_use(f"{purpose}/{channel}")
    return Use(purpose, "")


def _check_expiry(
    workspace: Workspace, last: date | None, at: str | None, notes: list[str]
) -> None:
    """Raise UsageError for a consent that ends before it is given; tell of one that is over."""
    if last is None:
        return
    given = when(workspace, at, ahead=False) if at else workspace.clock.today
    if last < local_date(given, workspace.business.time_zone):
        raise UsageError(f"--expires {last} is before the day on which they agreed")
    if last < workspace.clock.today:
        notes.append(f"it is over since {last}: it is noted, and allows nothing")


def _by_consent(fields: Mapping[str, Any]) -> bool:
    return fields.get("lawful_basis") in (None, "consent")


def _check_basis(
    workspace: Workspace, ids: Sequence[str], use: Use, basis: str | None
) -> None:
    """Raise UsageError where a basis never carries a use, Refused where not of a customer."""
    if basis is not None and not can_rest_on(use, basis):
        raise UsageError(
            f"{use.purpose} cannot rest on {basis}",
            "consent, legitimate_interest or existing_customer can",
        )
    if basis != "existing_customer":
        return
    if use.purpose == "marketing" and use.channel and use.channel not in ELECTRONIC:
        raise UsageError(
            f"the rule for existing customers is not for marketing by {use.channel}",
            f"it is for {', '.join(ELECTRONIC)}; consent or legitimate_interest can be for others",
        )
    for id in ids:
        if workspace.record(id).derived.get("first_purchase") is None:
            raise Refused(
                f"{_who(workspace, id)} has bought nothing yet, so is no existing customer",
                "ask for consent instead",
            )


def _refusing(workspace: Workspace, id: str, use: Use) -> str:
    """Whether somebody withdraws what they agreed to, or refuses what they never did."""
    channels = (use.channel,) if use.channel else ("", *CHANNELS)
    record = workspace.record(id)
    asked = (decide(record, Use(use.purpose, by), workspace.business) for by in channels)
    agreed = any(one.entry is not None and one.verdict in (YES, "no_address") for one in asked)
    return "withdrawn" if agreed else "opt_out"


def _sharing(workspace: Workspace, ids: Sequence[str], uses: Sequence[Use]) -> list[str]:
    """Who else has the addresses at which customers refuse marketing, for whom it holds too."""
    channels = {one for use in uses if use.purpose == "marketing" for one in _channels(use)}
    found: dict[str, list[str]] = {}
    for id in ids:
        for channel in sorted(channels):
            found |= sharing(workspace, workspace.record(id), channel)
    return _few(
        f"{', '.join(others)} has {value} too: it holds there as well"
        for value, others in found.items()
        if not set(others) <= set(ids)
    )


def _refused_elsewhere(
    workspace: Workspace, ids: Sequence[str], uses: Sequence[Use]
) -> list[str]:
    """Who of those who agree is not written to all the same, since another record with the
    address refused."""
    asked = [Use(use.purpose, by) for use in uses for by in _channels(use)]
    words = {use: verdicts(workspace, use, set(ids)) for use in asked if use.purpose == "marketing"}
    return _few(
        f"{id} gets no {use} yet: {check(workspace, id, use).reason}"
        for use, found in words.items()
        for id, word in found.items()
        if word == REFUSED_ELSEWHERE
    )


def _channels(use: Use) -> Sequence[str]:
    return [use.channel] if use.channel else list(SHARED)


def _few(lines: Iterable[str]) -> list[str]:
    """The first of several notes, and how many more there are."""
    told = list(lines)
    more = len(told) - _MOST_TOLD
    return [*told[:_MOST_TOLD], *([f"{more:,} more"] if more > 0 else [])]


def _entry(use: Use, action: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    channel = {"channel": use.channel} if use.channel else {}
    return {"purpose": use.purpose, **channel, "action": action, **fields}


def _plan(
    workspace: Workspace,
    entries: Mapping[str, Sequence[dict[str, Any]]],
    at: str | None,
    notes: Sequence[str],
) -> Plan:
    moment = (
        when(workspace, at, ahead=False)
        if at
        else workspace.clock.now.replace(microsecond=0)
    )
    by = {"by": workspace.user} if workspace.user is not None else {}

    def edit(id: str, held: Sequence[dict[str, Any]]) -> Edit:
        def update(document: Document) -> None:
            for entry in held:
                stamp = moment if at else _after(document.record, entry, moment)
                document.add(CONSENT.key, {"at": stamp, **entry, **by})

        return Edit(workspace.path_of(id), entered(update))

    ids = list(entries)
    whom = ids[0] if len(ids) == 1 else counted(len(ids), "customer")
    what = ", ".join(
        said({"channel": None, **one}) for one in next(iter(entries.values()), ())
    )
    done = f"{_who(workspace, whom)} {what}" if len(ids) == 1 else f"{what}: {whom}"
    subject = f"consent of {whom}: {what}"
    return Plan(
        Change(subject, tuple(edit(id, held) for id, held in entries.items())),
        f"noted: {done}",
        ids,
        f"Note of {whom}: {what}?",
        notes,
    )


def _after(record: Item, entry: Mapping[str, Any], moment: Any) -> Any:
    """The moment of an entry, so that it comes after what was said just before.

    The clock may stand (`--today`), and of two entries of one instant a refusal holds: an opt-in
    comes a second after one, a refusal no earlier than an opt-in.
    """
    if not isinstance(moment, datetime):
        return moment
    permits = is_opt_in(entry.get("action"))
    for one in record.items(CONSENT.key):
        at = one.values.get("at")
        if is_opt_in(one.values.get("action")) is permits or not isinstance(at, datetime):
            continue
        if moment <= at < moment + _JUST_NOW:
            moment = at + _SECOND if permits else at
    return moment


def _who(workspace: Workspace, id: str) -> str:
    return labelled(str(workspace.record(id).get("name") or id), id)
