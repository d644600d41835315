"""Where somebody is mentioned outside of their own record: references, addresses, names.

References of any kind are found by the declarations, and all else in the texts of the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from posixpath import normpath
from typing import Any, NamedTuple

from crm_cli.features.pictures import holders_of
from crm_cli.features.versions import earlier
from crm_cli.model.bank import BANK_LINE
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import CrmError, Severity
from crm_cli.model.fieldtypes import Email, Phone
from crm_cli.model.forgetting import merged_ids
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.item import Item
from crm_cli.model.kind import GroupOf
from crm_cli.model.node import Scalar, Sequence
from crm_cli.model.outgoing import KEY_IN_NAME, SENT, addressees_of, is_message, key_in
from crm_cli.model.pictures import is_picture
from crm_cli.model.places import DOCUMENTS, FORGOTTEN, SETTINGS, kind_of, place_of
from crm_cli.model.traces import Trace, Traces
from crm_cli.model.written import entry_of
from crm_cli.query.lexer import quoted
from crm_cli.query.who import holders, namesakes
from crm_cli.store.document import Document
from crm_cli.store.repository import find_repository
from crm_cli.workspace import Workspace

_NAMES = ("name", "legal_name")
_CODES = ("tax_id", "registration_id")
_NOT_SEARCHED = (SETTINGS.path, FORGOTTEN.path)


class Mention(NamedTuple):
    """A place that names somebody: `what` is the field that refers to them, or `text`; `line`
    counts from 1."""

    path: str
    line: int
    what: str
    text: str


class About:
    """A customer, and all that gives them away.

    `stay` are the ids of the items that stay when they are forgotten: what refers to those is
    no mention.
    """

    def __init__(self, workspace: Workspace, id: str, past: Iterable[Item] | None = None) -> None:
        self.workspace = workspace
        self.id = id
        self.path, self.data = "", b""
        self.records = list(past or ())
        """The record, or all that it ever was (`past`), where it is there no more."""
        if past is None:
            self.path = workspace.path_of(id)
            self.data = workspace.tree.read(self.path)
            self.records = [workspace.open(self.path, self.data).record]
        merged = merged_ids(self.record) if past is None else ()
        self.former = tuple(one for one in merged if not workspace.has(one, CUSTOMER))
        """The ids that they had before, as far as they are known."""
        self.stay: frozenset[str] = frozenset()
        self.shared: list[str] = []
        """What is others' as well: it is not looked for."""
        self.unread: list[str] = []
        """The files that could not be looked into, after `files` was asked."""

    @property
    def record(self) -> Item:
        """The record."""
        return self.records[0]

    def _walk(self) -> Iterator[Item]:
        return (item for record in self.records for item in record.walk())

    @property
    def attached(self) -> list[str]:
        """The files that their records name, such as a signed contract: crm keeps none of them,
        so it neither reads nor removes them. A line each."""
        others = [one for one in self._files() if not is_kept_document(one)]
        return [f"the record names {one}: crm does not touch it" for one in others]

    @property
    def kept(self) -> list[str]:
        """The files in documents/ of what was sent to them: those that their records name, and
        e-mails; and pictures of them that are nobody else's."""
        named = [one for one in self._files() if is_kept_document(one)]
        shown = dict.fromkeys(record.values.get("photo") for record in self.records)
        pictures = [str(one) for one in shown if is_picture(one)]
        own = [one for one in pictures if not holders_of(self.workspace, one) - {self.id}]
        return [*named, *self._mailed(), *own]

    def _mailed(self) -> Iterator[str]:
        """The files of e-mails and messages that were sent to them, under whichever id."""
        whole = (str(item.values.get("message_id") or "") for item in self._walk())
        keys = {message_id[:KEY_IN_NAME] for message_id in whole if message_id}
        ids = {self.id, *self.former}
        for path, *_ in self.workspace.tree.entries(whole=True):
            name = path.rpartition("/")[2]
            if not path.startswith(SENT):
                continue
            if key_in(name) in keys or (
                is_named_after(self, path)
                and ids & addressees_of(path, self.workspace.tree.read(path))
            ):
                yield path

    @property
    def as_contact(self) -> list[str]:
        """The files of e-mails that they got for organizations, and that stay with those."""
        ids = ",".join(map(quoted, (self.id, *self.former)))
        terms = [f"participants.is:{ids}", "direction:outbound", "has:message_id"]
        rows = self.workspace.select(INTERACTION, terms, cols=("message_id",)).rows
        keys = {str(message_id)[:KEY_IN_NAME] for (message_id,) in rows}
        there = (path for path, *_ in self.workspace.tree.entries(whole=True))
        return [path for path in there if path.startswith(SENT) and key_in(path) in keys]

    def _files(self) -> list[str]:
        named = (str(item.values["file"]) for item in self._walk() if item.values.get("file"))
        return list(dict.fromkeys(named))

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of all their items."""
        return frozenset(item.id for item in self._walk() if item.kind.letter)

    @cached_property
    def items(self) -> dict[str, set[str]]:
        """What references name, by the name of the kind: themselves, and their items that go."""
        found: dict[str, set[str]] = {CUSTOMER.name: {self.id, *self.former}}
        for item in self._walk():
            if item.kind.letter and item.id not in self.stay:
                found.setdefault(item.kind.name, set()).add(item.id)
        return found

    @cached_property
    def traces(self) -> Traces:
        """What is looked for in texts."""
        country = self.workspace.business.country
        return Traces([*self._own(), *self._accounts()], country)

    @cached_property
    def accounts(self) -> list[str]:
        """The accounts that they paid from, as far as nobody else did."""
        mine: set[str] = set()
        others: set[str] = set()
        cols = ("iban", "payments")
        for iban, paid in self.workspace.select(BANK_LINE, ["has:iban"], cols=cols).rows:
            if paid:
                (others if self.ids.isdisjoint(paid) else mine).add(str(iban))
        return sorted(mine - others)

    def _accounts(self) -> Iterator[Trace]:
        return (Trace("code", text) for text in self.accounts)

    def _own(self) -> Iterator[Trace]:
        yield from (Trace("id", id) for id in (self.id, *self.former))
        staff = {mail.casefold() for mail in self.workspace.business.users.values() if mail}
        written = [one for record in self.records for one in _written(record)]
        past = [one for record in (*self.records, *self._earlier()) for one in _before(record)]
        for trace in dict.fromkeys([*written, *past, *_spelled(self.former)]):
            others = self._others(trace)
            if others or trace.text.casefold() in staff:
                whose = ", ".join(others[:3]) or "a user"
                self.shared.append(f"{trace.text} stays where it is: {whose} has it, too")
            else:
                yield trace

    def _earlier(self) -> list[Item]:
        """Their record as it was: what they were called before is known by it alone."""
        if not self.path or find_repository(self.workspace.root) is None:
            return []
        try:
            return earlier(self.workspace, self.path, {self.id, *self.former})
        except CrmError as error:
            self.shared.append(f"what they were called before is not looked for: {error.message}")
            return []

    def _others(self, trace: Trace) -> list[str]:
        """Who else has it: then it need not be about them."""
        workspace = self.workspace
        if trace.what == "name":
            found = namesakes(workspace.database, trace.text)
        elif trace.what in ("email", "phone"):
            key = f"{trace.what}s"
            found = holders(workspace.database, key, trace.text, workspace.business)
        else:
            terms = [f"tax_id:{quoted(trace.text)}"]
            found = [str(row[0]) for row in workspace.select(CUSTOMER, terms, cols=("id",)).rows]
        return [id for id in found if id != self.id]


def _written(record: Item) -> Iterator[Trace]:
    """What a record says that gives its customer away; of an organization its people, too."""
    values = record.values
    parts = [values[key] for key in ("given_name", "family_name") if key in values]
    names = [str(values.get(key) or "") for key in _NAMES]
    names += [" ".join(map(str, parts)) if len(parts) > 1 else ""]
    names += [str(one.values.get("name") or "") for one in record.items("contacts")]
    yield from (Trace("name", name) for name in dict.fromkeys(names) if name)
    yield from (Trace("code", str(values[key])) for key in _CODES if values.get(key))
    for item in record.walk():
        for field in item.kind.fields:
            if isinstance(field.type, Email | Phone) and item.values.get(field.key):
                what = "email" if isinstance(field.type, Email) else "phone"
                yield Trace(what, str(item.values[field.key]))


def _before(record: Item) -> Iterator[Trace]:
    """What gave them away once: what an older record says, and whom invoices were billed to. A
    name of one word may be anybody's by now."""
    billed = [one.values["bill_to"] for one in record.walk() if "bill_to" in one.values]
    names = [Trace("name", str(one.values.get("name") or "")) for one in billed]
    codes = [Trace("code", str(one.values["tax_id"])) for one in billed if "tax_id" in one.values]
    for trace in (*_written(record), *names, *codes):
        if trace.what != "name" or len(trace.text.split()) > 1:
            yield trace


def _spelled(ids: Iterable[str]) -> Iterator[Trace]:
    """The names that the ids of merged records spell; without git nothing else has them."""
    for id in ids:
        words = [word for word in re.split(r"[-._]", id) if word and not word.isdigit()]
        if len(words) > 1:
            yield Trace("name", " ".join(words))


def is_named_after(about: About, path: str) -> bool:
    """Whether the file of a message has their id, or one that they had, in its name."""
    ids = (about.id, *about.former)
    return is_message(path) and path.rpartition("/")[2].startswith(tuple(f"{id}." for id in ids))


def is_kept_document(path: str) -> bool:
    """Whether a path is that of a document which was kept when it was sent."""
    return place_of(path) is DOCUMENTS and normpath(path) == path


def files(about: About) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of the files but their own that may mention them.

    Documents that were sent are as they were: those of others are not looked into.
    """
    workspace = about.workspace
    about.unread = []
    naming = {path for to, ids in about.items.items() for path in _naming(workspace, to, ids)}
    for path in sorted(entry[0] for entry in workspace.tree.entries()):
        if path == about.path or path in _NOT_SEARCHED or path.startswith(DOCUMENTS.path):
            continue
        try:
            data = workspace.tree.read(path)
        except CrmError as error:
            about.unread.append(error.message)
            continue
        except FileNotFoundError:
            continue
        text = data.decode("utf-8", "surrogateescape")
        held = path in naming or "\\" in text or is_named_after(about, path)
        if held or about.traces.found(text):
            yield path, data
    wrong = [one for one in workspace.tree.problems if one.severity is Severity.ERROR]
    about.unread += [f"{one.path} {one.message}" for one in wrong]


def _naming(workspace: Workspace, to: str, ids: set[str]) -> set[str]:
    return {path for id in ids for path in workspace.index.naming(to, id)}


def mentions(about: About) -> list[Mention]:
    """Every place that names them, by file and line."""
    found = []
    for path, data in files(about):
        text = data.decode("utf-8", "surrogateescape")
        lines = text.split("\n")
        said: dict[int, str] = {}
        for item, key, value in references_in(about, path, data):
            said.setdefault(_line(about, item, key, value), f"{item.kind.name}: {key}")
        for match in about.traces.found(text):
            said.setdefault(text.count("\n", 0, match.start()) + 1, "text")
        found += [Mention(path, at, said[at], lines[at - 1].strip()) for at in sorted(said)]
    return found


def _line(about: About, item: Item, key: str, value: Any) -> int:
    """The line of what refers to them: of a list that of the entry, else that of the key."""
    ids = about.items[item.kind.by_key[key].type.to] if key in item.kind.by_key else set()
    entry = entry_of(item, key.partition(".")[0])
    if entry is None:
        return item.node.line if item.node is not None else 1
    parts = entry[1].items if isinstance(entry[1], Sequence) else ()
    return next(
        (one.line for one in parts if isinstance(one, Scalar) and one.text in ids), entry[0].line
    )


def references_in(about: About, path: str, data: bytes) -> Iterator[tuple[Item, str, Any]]:
    """(item, field, value) of each reference to them in a file; none where it cannot be read."""
    if kind_of(path) is None:
        return
    try:
        yield from references(about, about.workspace.open(path, data))
    except CrmError:
        return


def references(about: About, document: Document) -> Iterator[tuple[Item, str, Any]]:
    """(item, field, value) of each field of a document that refers to them, or to one of their
    items; a group's field is GROUP.FIELD."""
    for record in document.records.values() if document.mapped else (document.record,):
        for item in record.walk():
            yield from _referring(about, item, item, "")


def _referring(about: About, item: Item, part: Item, path: str) -> Iterator[tuple[Item, str, Any]]:
    for field in part.kind.fields:
        value = part.values.get(field.key)
        if value is None:
            continue
        if isinstance(field.type, GroupOf):
            yield from _referring(about, item, value, f"{path}{field.key}.")
        elif ids := about.items.get(field.type.to or ""):
            named = value if isinstance(value, list) else [value]
            if any(one in ids for one in named if isinstance(one, str)):
                yield item, f"{path}{field.key}", value


def is_theirs(about: About, item: Item) -> bool:
    """Whether an item of another file is about them: one of its ids is theirs, or a text of it
    names them."""
    retained = item.kind.retained
    if retained is None or not retained.through:
        return False
    if not about.ids.isdisjoint(item.values.get(retained.through) or ()):
        return True
    texts = (value for value in item.values.values() if isinstance(value, str))
    return any(about.traces.found(text) for text in texts)
