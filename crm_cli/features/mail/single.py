"""One mail, as a mail program hands it over: `crm log --mail -`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crm_cli.features.mail.entries import Entries, Entry
from crm_cli.features.mail.joining import Joining
from crm_cli.features.mail.reading import read
from crm_cli.features.mail.reports import is_proven, reports
from crm_cli.features.plan import Plan
from crm_cli.model.errors import DataError, NotFound, StorageError, Unreadable, UsageError
from crm_cli.model.mail import BOUNCE, Mail
from crm_cli.model.places import labelled
from crm_cli.store.mailboxes.files import Stream, opened
from crm_cli.workspace import Change, Workspace


def log_mail(workspace: Workspace, path: Path, customer: str | None = None) -> Plan:
    """Plan to note the mail in a file, `-` for stdin: with the customer whose address it has,
    unless one is named. One that is noted already changes nothing.

    Raises UsageError for a file with several mails or none, DataError for what is no mail,
    NotFound where nobody has the address.
    """
    workspace.require_settings()
    mail = _read(workspace, path)
    joining = Joining(workspace)
    entries = Entries(workspace, joining)
    if mail.automatic == BOUNCE:
        return _report(workspace, entries, joining, mail, customer or "")
    if joining.is_known(mail.message_id):
        return _nothing(mail)
    found = joining.join(mail, customer=customer or "")
    if found is None:
        raise NotFound(
            "this e-mail is among our own addresses", "name the customer: crm log WHO --mail …"
        )
    if not found.customer:
        raise NotFound(
            f"no customer has the address {found.stranger}",
            f'crm log WHO --mail … says who it is; crm add "{mail.sender.name or "NAME"}" --email'
            f" {found.stranger} adds them",
        )
    entry, notes = entries.of(mail, found)
    way = {"inbound": "from", "outbound": "to"}.get(found.direction or "", "of")
    return _plan(workspace, entries, [f" {way} {_named(workspace, entry)}"], [*mail.notes, *notes])


def _report(
    workspace: Workspace, entries: Entries, joining: Joining, mail: Mail, customer: str
) -> Plan:
    """A report that mail came back is noted as `crm mail fetch` does it."""
    notes = list(mail.notes)
    found = list(reports(joining, mail, customer))
    if not found:
        named = ", ".join(one.address for one in mail.bounces) or "anybody"
        raise NotFound(
            f"this e-mail reports that mail came back, and no customer has the address {named}",
            "crm log WHO --mail … says who it is",
        )
    said = []
    for one in found:
        if joining.is_known(one.id):
            continue
        proven = is_proven(workspace, joining, one)
        entry = entries.of_report(one, proven=proven)
        said.append(f": mail to {_named(workspace, entry)} came back")
        if not proven:
            notes.append(one.doubt)
    return _plan(workspace, entries, said, notes) if said else _nothing(mail)


def _nothing(mail: Mail) -> Plan:
    said = Change("log no e-mail", ())
    return Plan(said, "", notes=[f"this e-mail is noted already: {mail.subject or 'it'}"])


def _named(workspace: Workspace, entry: Entry) -> str:
    name = str(workspace.record(entry.customer).get("name") or entry.customer)
    return labelled(name, entry.customer)


def _plan(
    workspace: Workspace, entries: Entries, said: Sequence[str], notes: Sequence[str]
) -> Plan:
    made = entries.made
    customers = tuple(dict.fromkeys(one.customer for one in made))
    ids = [str(one.values["id"]) for one in made]
    told = "; ".join(f"noted e-mail {id}{one}" for id, one in zip(ids, said, strict=True))
    subject = f"log e-mail with {', '.join(customers[:3])}"
    return Plan(
        Change(subject, tuple(entries.steps().values())), told, customers[:1], notes=notes, made=ids
    )


def _read(workspace: Workspace, path: Path) -> Mail:
    box = Stream() if str(path) == "-" else opened(path, "")
    letters = list(zip(range(2), box.letters({}, None), strict=False))
    if len(letters) != 1:
        raise UsageError(
            f"{path} has {'several mails' if letters else 'no mail'}",
            "crm mail fetch reads mailboxes" if letters else "",
        )
    letter = letters[0][1]
    try:
        return read(letter, workspace.clock.now)
    except StorageError as error:
        raise StorageError(f"{letter.place} {error.message}", error.hint) from error
    except Unreadable as error:
        raise DataError(f"{letter.place}: {error.message}", error.hint) from error
