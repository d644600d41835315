"""All that is held of somebody, for whoever asks for it (GDPR Art. 15 and 20)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from crm_cli.features.mentions import About, Mention, is_theirs, mentions
from crm_cli.model.aspects import joined
from crm_cli.model.bank import BANK_LINE
from crm_cli.model.differences import Difference
from crm_cli.model.errors import CrmError
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.item import Item
from crm_cli.model.kinds import HOMES
from crm_cli.model.places import BANK
from crm_cli.query.lexer import quoted
from crm_cli.workspace import Workspace

_CHANGES = 200
"""So many changes are shown to people; --json has all."""
_UNKNOWN = (
    "exported files, digests that were mailed (crm notify), archives of the books (crm books)",
    "backups, other clones, and mails and letters that were never logged",
)


class Change(Protocol):
    """A change that git knows; see `features.history`."""

    @property
    def when(self) -> datetime | None:
        """When it was committed."""

    @property
    def who(self) -> str:
        """By whom."""

    @property
    def what(self) -> Difference:
        """What it was."""

    @property
    def subject(self) -> str:
        """What it was called."""

    @property
    def commit(self) -> str:
        """The commit."""


History = Callable[[Workspace, str], Sequence[Change]]
"""The changes of a customer's record."""


class Sent(NamedTuple):
    """Something that went out to them, or to somebody about them: the day, by what way, what."""

    when: Any
    way: str
    what: str


class Subject(NamedTuple):
    """What is held of a customer.

    `mentions` are in other records; `bank` are lines of statements; `sent` is what is known to
    have left; `months` are those whose books name them; `history` are the changes that git
    knows, empty where there is no git; `remotes` are where the history was sent.
    """

    id: str
    path: str
    text: str
    record: Item
    mentions: list[Mention]
    bank: list[tuple[str, Item]]
    sent: list[Sent]
    months: list[str]
    history: Sequence[Change]
    remotes: list[str]
    notes: list[str]


def subject(workspace: Workspace, id: str, history: History) -> Subject:
    """All that is held of a customer. Raises DataError where their file cannot be read."""
    about = About(workspace, id)
    changes, remotes = _git(workspace, id, history)
    found = mentions(about)
    return Subject(
        id,
        about.path,
        about.data.decode("utf-8", "replace"),
        about.record,
        found,
        list(_bank(about)),
        sorted([*_sent(about.record), *_as_contact(about)], key=lambda one: str(one.when)),
        sorted(set(_months(about.record))),
        changes,
        remotes,
        [*about.unread, *about.shared, *about.attached, *_mailed(about), *_UNKNOWN],
    )


def as_object(found: Subject) -> dict[str, Any]:
    """The same as JSON has it."""
    return {
        "id": found.id,
        "path": found.path,
        "record": found.record.answer(),
        "mentions": [one._asdict() for one in found.mentions],
        "bank_lines": [{"path": path, **line.answer()} for path, line in found.bank],
        "sent": [{"when": one.when, "way": one.way, "what": one.what} for one in found.sent],
        "books": found.months,
        "history": [
            {
                "when": one.when, "who": one.who, "what": one.what.text, "subject": one.subject,
                "commit": one.commit or None,
            }
            for one in found.history
        ],
        "remotes": found.remotes,
        "notes": found.notes,
    }  # fmt: skip


def page(found: Subject) -> list[tuple[str, list[str]]]:
    """The same for people, section by section: (heading, lines). The record is the file's text."""
    who = f"{found.record.get('name') or found.id} ({found.id})"
    return [
        (f"All that is held of {who}", [found.path]),
        ("Record", found.text.splitlines()),
        (
            "Mentioned elsewhere",
            [f"{one.path}:{one.line}: {one.text}" for one in found.mentions],
        ),
        ("Lines of the bank", [f"{path}: {_said(line)}" for path, line in found.bank]),
        ("Sent", [f"{_day(one.when)}  {one.way}: {one.what}" for one in found.sent]),
        ("Named in the books of", found.months),
        (
            "Changes, newest first",
            [
                joined("  ", (_day(one.when), one.who, one.what.text))
                for one in found.history[:_CHANGES]
            ],
        ),
        ("The history was sent to", found.remotes),
        ("Not known here: look yourself", found.notes),
    ]


def _said(line: Item) -> str:
    keys = ("date", "amount", "name", "iban", "text", "reference")
    return joined(", ", (line.values.get(key) for key in keys))


def _day(when: Any) -> str:
    return f"{when:%Y-%m-%d}" if isinstance(when, date) else ""


def _git(
    workspace: Workspace, id: str, history: History
) -> tuple[Sequence[Change], list[str]]:
    """The changes that git knows, and where it sends them; nothing where it may not be asked."""
    try:
        changes = history(workspace, id)
        remotes = workspace.git.run("remote").decode("utf-8", "replace").split()
    except CrmError:
        return [], []
    return changes, remotes


def _bank(about: About) -> Iterator[tuple[str, Item]]:
    """(path, line) of the lines of statements that are about them."""
    workspace = about.workspace
    paths = workspace.select(next(k for k, place in HOMES.items() if place is BANK), cols=("id",))
    for (id,) in paths.rows:
        path = BANK.file(str(id))
        try:
            record = workspace.open(path, workspace.tree.read(path)).record
        except (CrmError, FileNotFoundError):
            continue
        for item in record.walk():
            if item.kind is BANK_LINE and is_theirs(about, item):
                yield path, item


def _sent(record: Item) -> Iterator[Sent]:
    """What the record says went out."""
    for one in record.items("interactions"):
        if one.get("direction") == "outbound":
            what = one.values.get("subject") or one.values.get("summary") or ""
            yield Sent(one.get("at"), str(one.get("kind") or "contact"), str(what))
    for one in record.items("survey_invitations"):
        wave = f", wave {one.values['wave']}" if "wave" in one.values else ""
        yield Sent(one.get("at"), str(one.get("channel") or "survey"), f"{one.title}{wave}")
    for one in record.items("campaign_responses"):
        if one.values.get("status") == "sent":
            step = f", step {one.values['step']}" if "step" in one.values else ""
            what = f"{one.get('campaign') or 'campaign'}{step}"
            yield Sent(one.get("at"), str(one.get("channel") or "campaign"), what)
    for purchase in record.items("purchases"):
        number = purchase.values.get("number")
        for one in purchase.items("documents"):
            if one.values.get("sent"):
                kind = str(one.get("kind") or purchase.get("kind")).replace("_", " ")
                file = f": {one.values['file']}" if one.values.get("file") else ""
                yield Sent(one.get("sent"), "document", f"{kind} {number or purchase.id}{file}")
        for one in purchase.items("dunning"):
            what = f"reminder {one.get('level')} for {number or purchase.id}"
            yield Sent(one.get("at"), "reminder", what)


def _mailed(about: About) -> Iterator[str]:
    """The files of mails that they got as a contact, a line each."""
    return (f"{path} was sent to them for an organization" for path in about.as_contact)


def _as_contact(about: About) -> Iterator[Sent]:
    """What others' records say went out with them: as the contact of an organization."""
    ids = ",".join(map(quoted, (about.id, *about.former)))
    terms = [f"participants.is:{ids}", "direction:outbound"]
    cols = ("at", "kind", "subject", "summary", "customer")
    rows = about.workspace.select(INTERACTION, terms, cols=cols).rows
    for at, kind, subject, summary, customer in rows:
        yield Sent(at, str(kind or "contact"), f"{subject or summary or ''} (of {customer})")


def _months(record: Item) -> Iterator[str]:
    """The months whose books name them: an archive of one has their documents and payments."""
    for item in (*record.items("purchases"), *record.items("payments")):
        day = item.values.get("date")
        if day is not None and (item.kind.name == "payment" or item.values.get("number")):
            yield f"{day:%Y-%m}"
