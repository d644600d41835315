"""Importing vCards: people and organizations, from a file or an address book of files.

A card that was written here changes what was changed there since, as calendars do. Any other
card is matched as the rows of a table are, after its UID. What it does not mention stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from crm_cli.features.address_book import book_of, owner_of
from crm_cli.features.importing.card_changes import apply
from crm_cli.features.importing.customers import named, plan_customers
from crm_cli.features.importing.entry_import import EntryImport
from crm_cli.features.importing.known import Known
from crm_cli.features.importing.organizations import Organizations
from crm_cli.features.importing.outcome import Note, Reject
from crm_cli.features.importing.relatives import Relatives, there
from crm_cli.features.pictures import picture_steps
from crm_cli.formats.content_lines import Refused
from crm_cli.formats.drafts import Draft, Drafts
from crm_cli.formats.mapping import Map
from crm_cli.formats.packed import Packed
from crm_cli.formats.vcf.cards import Book, Card, bare
from crm_cli.formats.vcf.comparing import News, news
from crm_cli.formats.vcf.lines import card_text
from crm_cli.formats.vcf.marks import differs, is_ours
from crm_cli.formats.vcf.reading import read_cards
from crm_cli.formats.vcf.writing import written_values
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError, UsageError
from crm_cli.store import outside
from crm_cli.store.document import Document
from crm_cli.store.vdir import CARDS, Vdir
from crm_cli.workspace import Change, Edit, Step, Workspace

_LINE = re.compile(r"\bline \d+: ")


class Cards(NamedTuple):
    """What a file, or a folder of files, holds: cards, and what cannot be taken of it."""

    cards: tuple[Card, ...]
    refused: tuple[Refused, ...]
    left_out: tuple[str, ...]
    book: Book


def read_address_book(workspace: Workspace, path: Path, *, encoding: str = "") -> Cards:
    """The cards of a file (`-` is stdin), or of all files of a vdir.

    Raises UsageError where there is none, DataError for what is no vCard.
    """
    book = book_of(workspace)
    texts = _texts(path, encoding)
    found = _read(texts, book, path)
    if others := there([one for one in found if isinstance(one, Card)]):
        book = book._replace(there=others)
        found = _read(texts, book, path)
    cards = tuple(one for one in found if isinstance(one, Card))
    left_out = dict.fromkeys(name for one in cards for name in one.left_out)
    refused = tuple(one for one in found if isinstance(one, Refused))
    return Cards(cards, refused, tuple(left_out), book)


def _texts(path: Path, encoding: str) -> dict[str, str | Refused]:
    """The texts by their files, or why one cannot be read."""
    if str(path) == "-" or not path.is_dir():
        return {str(path): card_text(outside.read(path), encoding)}
    files = Vdir(path, suffix=CARDS).read()
    if not files:
        raise UsageError(f"cannot read {path}: there is no {CARDS} in the folder")
    found: dict[str, str | Refused] = {}
    for name, data in files.items():
        file = str(path / name)
        try:
            if isinstance(data, str):
                found[file] = Refused(1, data, "", file)
            else:
                found[file] = card_text(data, encoding)
        except (DataError, UsageError) as error:
            found[file] = Refused(1, error.message, "", file)
    return found


def _read(texts: dict[str, str | Refused], book: Book, path: Path) -> list[Card | Refused]:
    """The cards of the texts; of several files one that is no vCard is refused, of one it is an
    error."""
    found: list[Card | Refused] = []
    for file, text in texts.items():
        if isinstance(text, Refused):
            found.append(text)
            continue
        try:
            found += read_cards(text, book, file=file)
        except DataError as error:
            if file == str(path):
                raise DataError(f"{path}: {error.message}", error.hint) from None
            found.append(Refused(1, error.message, "", file))
    return found


def plan_cards(
    workspace: Workspace, found: Cards, *, advance: Callable[[], None] = lambda: None
) -> EntryImport:
    """Match cards with the customers who are here; nothing is written.

    The change leaves out what is rejected: whether it may be carried out then is the
    caller's to decide.
    """
    return _Plan(workspace, found, advance).made()


class _Plan:
    """One import while it is planned."""

    def __init__(self, workspace: Workspace, found: Cards, advance: Callable[[], None]) -> None:
        self._workspace = workspace
        self._book = found.book
        self._cards = found.cards
        self._advance = advance
        self._rejected = list(found.refused)
        self._counts: Counter[str] = Counter()
        self._notes: list[str] = []
        self._ids: list[str] = []
        self._edits: dict[str, list[Callable[[Document], None]]] = {}
        self._steps: list[Step] = []
        self._pictures: dict[str, tuple[str, bytes]] = {}
        self._relatives = Relatives()
        self._in_folder = len({one.file for one in found.cards}) > 1

    def made(self) -> EntryImport:
        """The plan."""
        known = Known(self._workspace)
        organizations = Organizations(self._workspace, {*known.ids, *known.former})
        others: list[Card] = []
        ours: list[tuple[Card, str]] = []
        for card in self._single():
            owner = owner_of(card.uid, self._book)
            if not is_ours(card.state, self._book.business):
                others.append(self._with_owner(card, owner))
            elif owner is not None:
                ours.append((card, owner))
            else:
                self._gone(card)
        self._match(others, known, organizations)
        added = len(organizations.added)
        for card, owner in ours:
            self._advance()
            self._merge(card, owner, organizations)
        for outcome in organizations.added[added:]:
            self._count("new", outcome.id)
            self._steps += [outcome.step] if outcome.step is not None else []
        self._steps += [self._edit(id, some) for id, some in self._edits.items()]
        self._steps += picture_steps(self._workspace, self._pictures)
        self._rejected.sort(key=lambda one: (one.file, one.line))
        number = self._counts["new"] + self._counts["changed"]
        subject = f"import {number} {'customer' if number == 1 else 'customers'}"
        return EntryImport(
            {"customers": self._counts} if self._counts else {},
            tuple(self._rejected),
            tuple(self._notes),
            tuple(dict.fromkeys(self._ids)),
            Change(subject, tuple(self._steps)),
        )

    def _single(self) -> Iterator[Card]:
        """The cards of people and organizations, each once, with the groups they are in as tags."""
        tags: dict[str, list[str]] = {}
        for group in (one for one in self._cards if one.is_group):
            self._advance()
            for uid in group.members:
                name = str(group.values.get("name") or "")
                tags.setdefault(bare(uid), []).extend([name] if name else [])
        seen: dict[str, Card] = {}
        for card in (one for one in self._cards if not one.is_group):
            first = seen.setdefault(card.uid, card) if card.uid else card
            if first is not card:
                self._advance()
                if first.values != card.values:
                    where = f"line {first.line}" if first.file == card.file else first.file
                    self._reject(card, f"{card.uid} is in {where} already, and says otherwise")
                continue
            names = tags.get(bare(card.uid), []) if card.uid else []
            held = card.values.get("tags", [])
            more = [{"value": one} for one in names if {"value": one} not in held]
            yield replace(card, values={**card.values, "tags": [*held, *more]}) if more else card

    def _with_owner(self, card: Card, owner: str | None) -> Card:
        """The card with the id of whose it is, or with its UID where it is of nobody here yet."""
        if owner is not None:
            return replace(card, values={**card.values, "id": owner})
        return replace(card, values={**card.values, "card_uid": card.uid}) if card.uid else card

    def _gone(self, card: Card) -> None:
        """A card of ours whose customer is no longer here."""
        self._advance()
        if differs(card.values, card.state, self._book.business):
            self._reject(card, "it was changed there, and the customer is no longer here")
        else:
            self._counts["unchanged"] += 1

    # Cards of others

    def _match(self, cards: Sequence[Card], known: Known, organizations: Organizations) -> None:
        by_line = {
            (place if self._in_folder else card.line): card for place, card in enumerate(cards, 1)
        }
        rows = Packed(Draft(line, named(card.values), ()) for line, card in by_line.items())
        drafts = Drafts(CUSTOMER, Map(), (), rows, [], (), {}, mapped=True)
        planned = plan_customers(
            self._workspace, drafts, known, self._advance, organizations, self._relatives
        )
        for one in planned:
            if isinstance(one, Reject):
                self._reject(by_line[one.draft.line], one.reason)
                continue
            if isinstance(one, Note):
                self._notes.append(_LINE.sub("", one.text) if self._in_folder else one.text)
                continue
            self._count(one.fate, one.id)
            if one.fate != "unchanged":
                for line in one.lines:
                    self._shown(by_line[line], one.id)
            if isinstance(one.step, Edit):
                self._edits.setdefault(one.id, []).append(one.step.update)
            else:
                self._steps += [one.step] if one.step is not None else []

    # Cards of ours

    def _merge(self, card: Card, id: str, organizations: Organizations) -> None:
        """What was changed in a card since it was written here."""
        business = self._book.business
        card = replace(card, values=self._relatives.resolved(card.values))
        if not differs(card.values, card.state, business):
            self._counts["unchanged"] += 1
            return
        here = written_values(self._workspace.record(id), self._book)
        found = news(card.values, here, card.state, business)
        if found.conflicts:
            told = "; ".join(f"{key} is {mine} here and {theirs} there"
                             for key, mine, theirs in found.conflicts)  # fmt: skip
            self._reject(
                card, f"{id} was changed on both sides: {told} (make one say what the other says)"
            )
            return
        for key in found.vanished:
            self._notes.append(f"{id}: {key} is gone there and stays here; crm set {id} {key}=")
        if not found:
            self._counts["unchanged"] += 1
            return
        _link(found, organizations)
        self._count("changed", id)
        if "photo" in found.values:
            self._shown(card, id)
        self._edits.setdefault(id, []).append(lambda document: apply(document, found))

    def _edit(self, id: str, updates: Sequence[Callable[[Document], None]]) -> Edit:
        def update(document: Document) -> None:
            for one in updates:
                one(document)

        return Edit(self._workspace.path_of(id), update)

    def _shown(self, card: Card, id: str) -> None:
        """Note the picture that a customer is to have."""
        if card.picture is not None:
            self._pictures[id] = card.picture

    def _count(self, fate: str, id: str) -> None:
        self._counts[fate] += 1
        if fate != "unchanged":
            self._ids.append(id)

    def _reject(self, card: Card, reason: str) -> None:
        self._rejected.append(Refused(card.line, reason, card.source, card.file))


def _link(found: News, organizations: Organizations) -> None:
    """The ids of organizations in place of the names that cards have."""
    if "organizations" in found.added:
        linked = organizations.linked({"organizations": found.added["organizations"]})
        found.added["organizations"] = linked.get("organizations", [])
    for place, one in enumerate(found.items):
        if one.list == "organizations" and "id" in one.values:
            linked = organizations.linked({"organizations": [{"id": one.values["id"]}]})
            ids = linked.get("organizations", [])
            values = {key: text for key, text in one.values.items() if key != "id"}
            found.items[place] = one._replace(values={**values, **(ids[0] if ids else {})})


def rejected_data(rejected: Sequence[Refused]) -> bytes:
    """The cards that were rejected, each with why."""
    pieces = []
    for one in rejected:
        head, end, rest = one.source.rpartition("END:")
        reason = " ".join(one.reason.split())
        pieces.append(f"{head}X-REJECTED:{reason}\r\n{end}{rest}" if end else one.source)
    return outside.encoded(pieces)
