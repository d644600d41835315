"""History of records: who changed which field when, from git's log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Any, NamedTuple

from crm_cli.features.items import item_ref
from crm_cli.features.paths import desk_meant, file_named
from crm_cli.features.revisions import Change, Reader, item_of, record_name, with_former
from crm_cli.features.values import when
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import shifted
from crm_cli.model.differences import entry_key
from crm_cli.model.errors import CrmError, NotFound, Refused, UsageError
from crm_cli.model.ids import is_customer_id, is_item_id
from crm_cli.model.item import Item
from crm_cli.model.kind import GroupOf, Kind, ListOf, normal, singular
from crm_cli.model.places import CUSTOMERS, PLACES, Shape, place_of
from crm_cli.model.text import did_you_mean
from crm_cli.store.log import log
from crm_cli.store.objects import in_head
from crm_cli.store.renames import log_of
from crm_cli.workspace import Workspace


class Blame(NamedTuple):
    """A field as it is, and the change that made it so."""

    field: str
    value: Any
    change: Change | None
    words: str
    """The value for people."""


def history(workspace: Workspace, text: str) -> list[Change]:
    """All that happened to a customer's record (WHO), to one of its items (by id or number), or
    to a file of the data (its path).

    Newest first, renamings followed; what is gone is found by its id. Raises NotFound,
    Ambiguous, Refused.
    """
    return _history(workspace, *_meant(workspace, text), text)


def _history(workspace: Workspace, path: str, item: str, text: str) -> list[Change]:
    """The changes of a record, or only of the item of it."""
    commits = log_of(workspace.git, path)
    if not commits and not workspace.tree.exists(path):
        if place_of(path) is CUSTOMERS:
            raise NotFound(f"there is no customer {text}, and never was", "crm list shows them")
        raise NotFound(f"there is no file {text}, and never was", "crm help files lists them all")
    reader = Reader(workspace, item=item)
    try:
        now = _uncommitted(reader, path)
        return [*now, *reader.changes(commits)]
    finally:
        reader.close()


def changes(
    workspace: Workspace,
    since: str | None = None,
    terms: Sequence[str] = (),
    *,
    period: str | None = None,
) -> list[Change]:
    """What was changed since a day, a time or a commit, or in a period, newest first; else this
    week.

    With terms only of the customers that they describe. Raises Refused, UsageError, QueryError.
    """
    git = workspace.git
    during = _during(workspace, since, period)
    wanted = None
    if terms:
        answer = workspace.select(CUSTOMER, terms, cols=("id",))
        wanted = {row[0] for row in answer.rows}
    commits = log(git, *during, "--no-merges", paths=[place.path for place in PLACES])
    reader = Reader(workspace, with_former(wanted, commits))
    try:
        return list(reader.changes(commits))
    finally:
        reader.close()


def _during(workspace: Workspace, since: str | None, period: str | None) -> list[str]:
    """The time that is asked about, as git's options."""
    zone = workspace.business.time_zone
    if period is None:
        try:
            start = when(workspace, "monday" if since is None else since, ahead=False)
        except UsageError as error:
            return [f"{_commit(workspace, since or '', error)}..HEAD"]
        if not isinstance(start, datetime):
            start = datetime.combine(start, time(), zone)
        return [f"--since=@{int(start.timestamp())}"]
    if since is not None:
        raise UsageError("--since and --period do not go together", "leave one of them out")
    days = workspace.period(period)
    found = []
    if days.start is not None:
        found.append(f"--since=@{_midnight(days.start, zone)}")
    if days.end is not None:
        found.append(f"--until=@{_midnight(shifted(days.end, 1), zone) - 1}")
    return found


def _commit(workspace: Workspace, text: str, error: UsageError) -> str:
    """The commit that a revision means; raises the error where there is none."""
    wanted = ("--verify", "--quiet", "--end-of-options", f"{text}^{{commit}}")
    found = workspace.git.text("rev-parse", *wanted) if text.strip() else ""
    if not found:
        raise error
    return found


def _midnight(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())


def blame(workspace: Workspace, text: str, fields: Sequence[str] = ()) -> list[Blame]:
    """Each field of a record, a customer's (WHO) or that of a file, or of an item, with the change
    that it comes from; or only those `fields`, with all that stands in them. Raises NotFound, also
    for a field that has no value, Ambiguous, Refused."""
    path, id = _meant(workspace, text)
    place = place_of(path)
    if place is None or place.kind is None or place.shape is Shape.MAP:
        raise Refused(f"{path} is no record", f"crm history {path} shows its changes")
    whole = workspace.open(path, workspace.tree.read(path)).record
    record = (item_of(whole, id) if id else None) or whole
    latest: dict[tuple[str, str], Change] = {}
    first: Change | None = None
    for change in _history(workspace, path, id, text):
        if change.what.kind == record.kind.name and not change.what.field:
            first = first or change
        else:
            # The record itself may have had another id at that time.
            item = whole.id if change.what.item == change.record else change.what.item
            for name in (change.what.field, *change.what.also):
                latest.setdefault((item, name), change)
            if item.startswith("{"):
                # An item without an id is one thing: what it says, all of it.
                latest.setdefault((item, ""), change)
    found = []
    for item, field, name, value, words in _leaves(record, ""):
        entry = field.rpartition(".")[0]
        source = latest.get((item, field)) or latest.get((item, entry)) or latest.get((item, ""))
        source = source or first
        found.append(Blame(name, value, source, words))
    return _only(found, fields, text, record.kind) if fields else found


def _only(found: Sequence[Blame], fields: Sequence[str], text: str, kind: Kind) -> list[Blame]:
    """Of the fields those of these names, in their order; of what stands in an entry without an id,
    as a city, the entry."""
    kept: list[Blame] = []
    for field in fields:
        wanted = normal(field)
        names = {wanted, singular(wanted)}
        meant = [one for one in found if names & _names(one.field)]
        if not meant:
            within = next((one.key for one, part in kind.lists if wanted in part.by_name), wanted)
            meant = [one for one in found if within in _names(one.field)]
        # An owner is first that of the record, then those of its items.
        meant = meant or [one for one in found if wanted in one.field.lower().split(".")]
        if not meant:
            known = list(dict.fromkeys(one.field for one in found))
            near = did_you_mean(wanted, known)
            raise NotFound(f"{text} has no {field}", near or f"there are {', '.join(known[:20])}")
        kept += [one for one in meant if one not in kept]
    return kept


def _names(path: str) -> set[str]:
    """What a field may be called: `credit.limit` by itself, and by what it stands in."""
    parts = path.lower().split(".")
    names = {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
    return names | {singular(name) for name in names}


def last_changes(workspace: Workspace, text: str) -> dict[str, datetime | None]:
    """When each field of a record was changed last, as `blame` names them; None where that is not
    committed. Raises as `blame` does."""
    found: dict[str, datetime | None] = {}
    for one in blame(workspace, text):
        when = one.change.when if one.change is not None else None
        known = found.get(one.field, when)
        found[one.field] = None if when is None or known is None else max(when, known)
    return found


def _leaves(item: Item, prefix: str) -> Iterator[tuple[str, str, str, Any, str]]:
    """(item, field) as differences name them, the name to show, the value, and its words."""
    for field in item.kind.fields:
        value = item.values.get(field.key)
        if value is None:
            continue
        if isinstance(field.type, ListOf):
            for part in value:
                if part.kind.letter:
                    yield from _leaves(part, f"{part.id}.")
                else:
                    text = part.values.get("value")
                    key = str(text) if text is not None else repr(part.answer())
                    yield key, "", prefix + field.key, part.brief(), _said(part)
        elif isinstance(field.type, GroupOf):
            for key, inner in value.answer().items():
                name = f"{field.key}.{key}"
                yield item.id, name, prefix + name, inner, _words(inner)
        else:
            said = field.type.answer(value)
            if isinstance(said, list) and said and all(isinstance(one, dict) for one in said):
                yield from _entries(item, field.key, prefix, said)
            else:
                yield item.id, field.key, prefix + field.key, said, _words(said)


def _entries(
    item: Item, key: str, prefix: str, entries: list[Any]
) -> Iterator[tuple[str, str, str, Any, str]]:
    """The entries of a list that no kind describes: those with an id field by field."""
    for entry in entries:
        name = f"{key}.{entry_key(entry)}"
        if "id" not in entry:
            yield item.id, name, prefix + key, entry, ", ".join(map(_words, entry.values()))
            continue
        for part, value in entry.items():
            if part != "id":
                named = f"{prefix}{entry['id']}.{part}"
                yield item.id, f"{name}.{part}", named, value, _words(value)


def _said(part: Item) -> str:
    """An item without an id, by all that it says."""
    brief = part.brief()
    values = brief.values() if isinstance(brief, dict) else [brief]
    return ", ".join(map(_words, values)) or part.name


def _words(value: Any) -> str:
    """A value for people, yes and no as files have them."""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_words(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    return str(value)


def _meant(workspace: Workspace, text: str) -> tuple[str, str]:
    """The file that is meant, and the id of the item in it, or an empty text; both may be gone."""
    named = file_named(workspace, text) or desk_meant(workspace, text)
    if named:
        return named, ""
    try:
        found = item_ref(workspace, [text])
        if found is not None:
            return workspace.path_of(found[0]), found[1]
        return workspace.path_of(workspace.who(text)), ""
    except NotFound:
        if is_item_id(text) and (path := _last_held(workspace, text)):
            return path, text
        if not is_customer_id(text):
            raise
        return CUSTOMERS.file(text), ""


def _last_held(workspace: Workspace, id: str) -> str:
    """The file that an item stood in which is in none any more; empty where none ever had it."""
    commits = log(workspace.git, "-1", f"-S{id}", paths=[CUSTOMERS.path])
    return next((file.path for commit in commits for file in commit.files), "")


def _uncommitted(reader: Reader, path: str) -> list[Change]:
    """What a file says that is not committed yet."""
    workspace = reader.workspace
    before = reader.blob(in_head(workspace.git, [path]).get(path, ""), path, "HEAD")
    try:
        after: bytes | None = workspace.tree.read(path)
    except FileNotFoundError:
        after = None
    except CrmError:
        return []
    return [
        Change(None, "", record_name(path), one, "not committed yet", "")
        for one in reader.differences(path, before, after)
    ]
