"""Making several records of one customer one: what will be, what is to be chosen, the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from crm_cli.features.pictures import without_pictures
from crm_cli.features.plan import Plan, counted
from crm_cli.features.unread import all_naming
from crm_cli.model.cells import cell_text
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import ConflictError, CrmError, Refused, UsageError
from crm_cli.model.item import Item
from crm_cli.model.kind import ListOf
from crm_cli.model.places import labelled
from crm_cli.store.document import Document
from crm_cli.store.unite import Difference, settle, unite
from crm_cli.workspace import Change, Edit, Rewrite, Step, Workspace

Side = Literal["keep", "drop"]
PREFERENCES = ("keep", "drop", "newest")


class Choice(NamedTuple):
    """A field of which the records say something else, and the side that was chosen, if any."""

    drop: str
    difference: Difference
    side: Side | None


class Row(NamedTuple):
    """A field side by side: what each record says, first the one that stays, and what it will."""

    field: str
    values: tuple[str, ...]
    merged: str
    chosen: bool
    """Whether nothing is to be chosen for it, or it has been."""


class Merging(NamedTuple):
    """What merging records will come to."""

    keep: str
    drops: tuple[str, ...]
    rows: tuple[Row, ...]
    choices: tuple[Choice, ...]

    @property
    def open(self) -> list[Choice]:
        """What is still to be chosen."""
        return [one for one in self.choices if one.side is None]

    def choosing(self, sides: Mapping[int, Side]) -> Merging:
        """With the sides of some of the open choices, by their place among them."""
        still = iter(range(len(self.choices)))
        made = [
            one if one.side is not None else one._replace(side=sides.get(next(still)))
            for one in self.choices
        ]
        return self._replace(choices=tuple(made))


Dated = Callable[[Workspace, str], Mapping[str, datetime | None]]
"""When each field of a record was changed last; None is now."""


def look(
    workspace: Workspace,
    keep: str,
    drops: Sequence[str],
    *,
    prefer: str | None = None,
    dated: Dated | None = None,
) -> Merging:
    """What merging `drops` into `keep` will come to, field by field; nothing is planned yet.

    `prefer` says whose value stays where both have one: that of `keep`, of the `drop`, or the one
    that was changed last (`newest`, as `dated` knows, else by the files' times). Raises
    UsageError for a customer named twice, DataError, Refused.
    """
    if keep in drops or len(set(drops)) < len(drops):
        raise UsageError(f"{keep if keep in drops else drops[0]} is named twice")
    choices: list[Choice] = []
    document = workspace.document(keep)
    before = document.record
    others = [workspace.document(one) for one in drops]
    records = [one.record for one in others]
    for one in others:
        prefers = _preference(workspace, prefer, dated, keep, one.id)

        def takes(difference: Difference, id: str = one.id, by: _Prefers = prefers) -> bool:
            side = by(difference)
            choices.append(Choice(id, difference, side))
            return side == "drop"

        unite(document, workspace.document(one.id), takes)
    for id in drops:
        settle(document, id, keep)
    undecided = {one.difference.field for one in choices if one.side is None}
    rows = _side_by_side([before, *records], document.record, undecided)
    return Merging(keep, tuple(drops), tuple(rows), tuple(choices))


def merge(workspace: Workspace, merging: Merging) -> Plan:
    """Plan to merge as was looked at. Raises Refused where something is still to be chosen."""
    keep, drops = merging.keep, merging.drops
    if merging.open:
        names = ", ".join(dict.fromkeys(one.difference.field for one in merging.open))
        raise Refused(
            f"both say something else of {names}",
            "--prefer keep, drop or newest says which is right; crm merge --dry-run shows both",
        )
    path = workspace.path_of(keep)
    gone = {id: (at := workspace.path_of(id), workspace.tree.read(at)) for id in drops}
    united = _united(workspace, merging, gone)
    steps: list[Step] = [Edit(path, united)]
    steps += [Rewrite(at, _removed(at, data)) for at, data in gone.values()]
    if any("photo" in workspace.record(id).values for id in drops):
        tried = workspace.document(keep)
        united(tried)
        stays = str(tried.record.values.get("photo"))
        steps += without_pictures(workspace, (keep, *drops), stay=(stays,))
    naming = _naming(workspace, merging, {path, *(at for at, _ in gone.values())})
    steps += [Edit(at, _settled(olds, keep)) for at, olds in naming.items()]
    name = str(workspace.record(keep).get("name") or keep)
    note = f", and in {counted(len(naming), 'other file')}" if naming else ""
    listed = ", ".join(drops)
    return Plan(
        Change(f"merge {listed} into {keep}", tuple(steps)),
        f"merged {listed} into {labelled(name, keep)}{note}",
        (keep, *drops),
        f"Merge {listed} into {labelled(name, keep)}?",
    )


def _united(
    workspace: Workspace, merging: Merging, gone: Mapping[str, tuple[str, bytes]]
) -> Callable[[Document], None]:
    sides = {(one.drop, one.difference): one.side for one in merging.choices}

    def update(document: Document) -> None:
        for id, (at, data) in gone.items():

            def takes(difference: Difference, id: str = id) -> bool:
                if (id, difference) not in sides:
                    raise ConflictError(
                        f"{difference.field} was changed meanwhile", "run the command again"
                    )
                return sides[id, difference] == "drop"

            unite(document, workspace.open(at, data), takes)
        for id in gone:
            settle(document, id, merging.keep)

    return update


def _removed(path: str, data: bytes) -> Callable[[bytes | None], bytes | None]:
    def gone(current: bytes | None) -> None:
        if current != data:
            raise ConflictError(f"{path} was changed meanwhile", "run the command again")

    return gone


def _naming(workspace: Workspace, merging: Merging, own: set[str]) -> dict[str, list[str]]:
    """The other files that name one of those who go, each with whom it names."""
    found: dict[str, list[str]] = {}
    for id in merging.drops:

        def refer(document: Document, id: str = id) -> None:
            settle(document, id, merging.keep)

        known = workspace.index.naming(CUSTOMER.name, id)
        for path in all_naming(workspace, id, known, refer, own=workspace.path_of(id)):
            if path not in own:
                found.setdefault(path, []).append(id)
    return found


def _settled(olds: Sequence[str], keep: str) -> Callable[[Document], None]:
    def update(document: Document) -> None:
        for old in olds:
            settle(document, old, keep)

    return update


# Side by side


def _side_by_side(records: Sequence[Item], merged: Item, undecided: set[str]) -> list[Row]:
    """A row for each field that any of them has, in the order of the declaration."""
    keys = [field.key for field in CUSTOMER.fields]
    keys += [key for one in (*records, merged) for key in one.extra]
    rows = []
    for key in dict.fromkeys(keys):
        values = tuple(_shown(one, key) for one in records)
        told = _shown(merged, key)
        if any(values) or told:
            free = not any(field == key or field.startswith(f"{key}.") for field in undecided)
            rows.append(Row(key, values, told, free))
    items = sorted(field for field in undecided if " " in field)
    return rows + [Row(field, ("",) * len(records), "", False) for field in items]


def _shown(record: Item, key: str) -> str:
    """What a record says of a field in one line: of items with an id how many there are."""
    field = record.kind.by_key.get(key)
    if field is None:
        value = record.answer().get(key)
        return cell_text(value)
    if isinstance(field.type, ListOf):
        items = record.items(key)
        if field.type.kind.letter:
            return str(len(items)) if items else ""
        return cell_text([_named(one) for one in items])
    value = record.values.get(key)
    if value is None:
        return ""
    answer = value.answer() if isinstance(value, Item) else field.type.answer(value)
    if isinstance(answer, dict):
        return "; ".join(f"{part}: {cell_text(held)}" for part, held in answer.items())
    return cell_text(answer)


def _named(item: Item) -> str:
    said = item.brief()
    return said if isinstance(said, str) else ", ".join(cell_text(one) for one in said.values())


# Preferences

_Prefers = Callable[[Difference], Side | None]


def _preference(
    workspace: Workspace, prefer: str | None, dated: Dated | None, keep: str, drop: str
) -> _Prefers:
    if prefer is None:
        return lambda difference: None
    if prefer == "keep":
        return lambda difference: "keep"
    if prefer == "drop":
        return lambda difference: "drop"
    if prefer != "newest":
        raise UsageError(f"--prefer is keep, drop or newest, not {prefer}")
    mine, other = _Ages(workspace, keep, dated), _Ages(workspace, drop, dated)
    return lambda difference: "drop" if other.of(difference) > mine.of(difference) else "keep"


class _Ages:
    """When the fields of a record were changed last."""

    def __init__(self, workspace: Workspace, id: str, dated: Dated | None) -> None:
        path = workspace.root / workspace.path_of(id)
        self._file = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        self._fields: dict[str, datetime] = {}
        try:
            found = dated(workspace, id) if dated is not None else {}
        except CrmError:
            return  # no history: the file's own time has to do
        self._fields = {field: when or self._file for field, when in found.items()}

    def of(self, difference: Difference) -> datetime:
        start = f"{difference.item}." if difference.item else difference.field
        times = [when for field, when in self._fields.items() if field.startswith(start)]
        return max(times, default=self._file)
