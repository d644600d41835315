"""One mail, as a mail program hands it over: `crm log --mail -`."""

from __future__ import annotations

from pathlib import Path

from crm_cli.features.mail.entries import Entries
from crm_cli.features.mail.joining import Joining
from crm_cli.features.mail.reading import read
from crm_cli.features.plan import Plan
from crm_cli.model.errors import DataError, NotFound, StorageError, Unreadable, UsageError
from crm_cli.model.mail import Mail
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
    if joining.is_known(mail.message_id):
        said = Change("log no e-mail", ())
        return Plan(said, "", notes=[f"this e-mail is noted already: {mail.subject or 'it'}"])
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
    entries = Entries(workspace, joining)
    entry, notes = entries.of(mail, found)
    name = str(workspace.record(entry.customer).get("name") or entry.customer)
    way = {"inbound": "from", "outbound": "to"}.get(found.direction or "", "of")
    return Plan(
        Change(f"log e-mail with {entry.customer}", tuple(entries.steps().values())),
        f"noted e-mail {entry.values['id']} {way} {labelled(name, entry.customer)}",
        (entry.customer,),
        notes=[*mail.notes, *notes],
        made=(entry.values["id"],),
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
