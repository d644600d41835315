"""Export into a folder of vCards, which vdirsyncer syncs with telephones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crm_cli.features.address_book import REMEMBERED, book_of, owner_of
from crm_cli.features.exporting.folder import File, Folder, sound
from crm_cli.features.exporting.items import items_of
from crm_cli.formats.vcf.cards import Book, Card
from crm_cli.formats.vcf.comparing import news, says_more
from crm_cli.formats.vcf.lines import card_text as text_of
from crm_cli.formats.vcf.marks import differs, is_ours
from crm_cli.formats.vcf.reading import read_cards
from crm_cli.formats.vcf.writing import card_text, written_values
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.item import Item
from crm_cli.store.vdir import CARDS, Vdir
from crm_cli.workspace import Workspace


def export_cards(
    workspace: Workspace,
    path: Path,
    terms: Sequence[str] = (),
    *,
    where: str | None = None,
    force: bool = False,
) -> Folder:
    """Make a folder show the customers that a query describes: one file each, named by the UID.

    Files that say the same are left as they are. Of ours, those that are described no
    longer are removed, unless the record that would tell cannot be read. With `force` what
    was changed there is overwritten. Raises UsageError for a folder within the records,
    StorageError.
    """
    vdir = Vdir(path, workspace.root, suffix=CARDS)
    book = book_of(workspace)
    done = Folder(path)
    files = done.read(vdir, lambda data, name: read_cards(text_of(data), book, file=name))
    by_uid = {card.uid: one for one in files for card in one.entries or () if card.uid}
    shown: set[str] = set()
    for record in items_of(workspace, CUSTOMER, [*terms, REMEMBERED], where=where):
        uid = book.uid_of(record)
        if uid not in shown:
            shown.add(uid)
            _put(vdir, by_uid.get(uid), record, book, done, force=force)
    whole = sound(workspace)
    for one in files:
        cards = one.entries or ()
        ours = all(is_ours(card.state, book.business) for card in cards)
        if cards and ours and not any(card.uid in shown for card in cards):
            _remove(vdir, one, workspace, book, whole, done, force=force)
    done.finish(vdir)
    return done


def _put(
    vdir: Vdir, there: File[Card] | None, record: Item, book: Book, done: Folder, *, force: bool
) -> None:
    """Write one card, unless its file says the same, or has news."""
    others = there.entries[0].only_there if there is not None and there.entries else ()
    data = card_text(record, book, others=others).encode("utf-8", "replace")
    if there is None:
        done.add(vdir, book.uid_of(record), data)
    elif there.data == data:
        done.unchanged += 1
    elif len(there.entries or ()) > 1:
        done.kept.append((there.name, "it holds several cards"))
    else:
        done.replace(
            vdir,
            there.name,
            there.data,
            data,
            lambda: not force and _has_news(there, record, book),
        )


def _remove(
    vdir: Vdir,
    one: File[Card],
    workspace: Workspace,
    book: Book,
    whole: set[str] | None,
    done: Folder,
    *,
    force: bool,
) -> None:
    owners = [owner_of(card.uid, book) for card in one.entries or ()]
    if whole is not None and not all(owner in whole for owner in owners):
        return  # the record that would tell cannot be read

    def has_news() -> bool:
        owner = owners[0]
        record = workspace.record(owner) if owner is not None else None
        return not force and _has_news(one, record, book)

    done.remove(vdir, one.name, one.data, has_news)


def _has_news(one: File[Card], record: Item | None, book: Book) -> bool:
    """Whether a file says what is not yet said here."""
    if one.entries is None:
        return True
    for card in one.entries:
        if record is None:
            # It is nobody's any more: what was written here may go, what was changed may not.
            if differs(card.values, card.state, book.business):
                return True
            continue
        here = written_values(record, book)
        if not is_ours(card.state, book.business):
            return says_more(card.values, here, book.business)
        found = news(card.values, here, card.state, book.business)
        if found or found.conflicts:
            return True
    return False
