"""Export into a folder of calendar files, which vdirsyncer syncs with telephones.

What was changed there and not yet imported is never overwritten, and what others put
there is never removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from crm_cli.features.exporting.calendars import calendar_items, surroundings
from crm_cli.features.exporting.folder import File, Folder, sound
from crm_cli.formats.content_lines import text_of
from crm_cli.formats.ics.comparing import changed_there, news
from crm_cli.formats.ics.entries import Entry
from crm_cli.formats.ics.parsing import read_entries
from crm_cli.formats.ics.words import BIRTHDAY, LISTS, Around, uid_of
from crm_cli.formats.ics.writing import calendar_of, component, fits, keep_others
from crm_cli.formats.targets import ALL_DATES, CALENDARS, exchanged
from crm_cli.model.errors import UsageError
from crm_cli.model.item import Item
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.people import ANNIVERSARY
from crm_cli.query.lexer import quoted
from crm_cli.store.vdir import Vdir
from crm_cli.workspace import Workspace

_STAMP = re.compile(rb"^DTSTAMP:[^\r\n]*\r?\n", re.MULTILINE)


def export_folder(
    workspace: Workspace,
    kind: str,
    path: Path,
    terms: Sequence[str] = (),
    *,
    where: str | None = None,
    force: bool = False,
) -> Folder:
    """Make a folder show the items that a query describes: one file each, named by its UID.

    Files that say the same are left as they are. Of ours, those that are described no
    longer are removed, unless the record that would tell cannot be read. With `force` what
    was changed there is overwritten. Raises UsageError for a folder within the records,
    StorageError.
    """
    name = exchanged(kind)
    if name not in CALENDARS:
        raise UsageError(f"{name} cannot stand in a calendar", f"{', '.join(CALENDARS)} can")
    vdir = Vdir(path, workspace.root)
    around = surroundings(workspace)
    done = Folder(path)
    files = done.read(vdir, lambda data, name: read_entries(text_of(data), around, file=name))
    by_uid = {entry.uid: one for one in files for entry in one.entries or ()}
    shown: set[str] = set()
    for item in calendar_items(workspace, name, terms, where=where):
        if not fits(item):
            done.without_day += 1
            continue
        uid = uid_of(item, around)
        if uid not in shown:
            shown.add(uid)
            _put(vdir, by_uid.get(uid), item, uid, around, done, force=force)
    lists = set(LISTS.values()) if name == ALL_DATES else {name}
    lists |= {BIRTHDAY} if ANNIVERSARY.key in lists else set()
    whole = sound(workspace)
    for one in files:
        if _is_gone(one, shown, lists) and _is_known(one, whole):
            _remove(vdir, one, workspace, around, done, force=force)
    done.finish(vdir)
    return done


def _put(
    vdir: Vdir,
    there: File[Entry] | None,
    item: Item,
    uid: str,
    around: Around,
    done: Folder,
    *,
    force: bool,
) -> None:
    """Write one item, unless its file says the same, or has news."""
    made = component(item, around)
    if there is not None and there.entries:
        keep_others(made, there.entries[0], around)
    data = calendar_of([made], around)
    if there is None:
        done.add(vdir, uid, data)
    elif _STAMP.sub(b"", there.data) == _STAMP.sub(b"", data):
        done.unchanged += 1
    else:
        done.replace(
            vdir,
            there.name,
            there.data,
            data,
            lambda: not force and _has_news(there, {uid: item}, around),
        )


def _is_gone(one: File[Entry], shown: set[str], lists: set[str]) -> bool:
    """Whether a file is ours, of what was exported now, and shown no longer."""
    entries = one.entries or ()
    return bool(entries) and all(
        entry.id
        and entry.uid not in shown
        and LISTS.get(entry.id[:1] if entry.id[1:2] == "-" else "", entry.kind) in lists
        for entry in entries
    )


def _is_known(one: File[Entry], sound: set[str] | None) -> bool:
    """Whether the customers of a file's entries say that they are gone, not a broken record."""
    if sound is None:
        return True
    named = ([hint.text for hint in entry.hints if hint.ours] for entry in one.entries or ())
    return all(sound.intersection(ids) for ids in named)


def _remove(
    vdir: Vdir,
    one: File[Entry],
    workspace: Workspace,
    around: Around,
    done: Folder,
    *,
    force: bool,
) -> None:
    def has_news() -> bool:
        return not force and _has_news(one, _items(workspace, one.entries or ()), around)

    done.remove(vdir, one.name, one.data, has_news)


def _has_news(one: File[Entry], items: Mapping[str, Item], around: Around) -> bool:
    """Whether a file says what is not yet said here."""
    if one.entries is None:
        return True
    for entry in one.entries:
        item = items.get(entry.uid)
        if item is None:
            # It is nobody's any more: what was written here may go, what was changed may not.
            if changed_there(entry):
                return True
            continue
        found = news(entry, item, around)
        if found or found.conflicts or found.stray:
            return True
    return False


def _items(workspace: Workspace, entries: Iterable[Entry]) -> dict[str, Item]:
    """The items that entries of ours are about, as far as there are any."""
    found = {}
    for entry in entries:
        kind = BY_NAME.get(entry.kind)
        if kind is None or not kind.letter or not entry.id:
            continue
        term = f"id.is:{quoted(entry.id)}"
        rows = workspace.select(kind, [term], cols=("customer",), ordered=False).rows
        for item in workspace.record(str(rows[0][0])).items(entry.kind) if rows else ():
            if item.id == entry.id:
                found[entry.uid] = item
    return found
