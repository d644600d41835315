"""Rows of entries of one file, such as products: by their id or that of another system."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crm_cli.features.importing.merging import Values, changes, says
from crm_cli.features.importing.outcome import Outcome, Reject
from crm_cli.formats.drafts import Draft
from crm_cli.formats.targets import id_name
from crm_cli.model.ids import slug, unique
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import ENTRIES
from crm_cli.store.document import Document
from crm_cli.workspace import Edit, Workspace


def plan_entries(
    workspace: Workspace, kind: Kind, drafts: list[Draft], advance: Callable[[], None]
) -> Iterator[Outcome | Reject]:
    """What each row comes to: a new entry, a changed one, or why it cannot be."""
    path = ENTRIES[kind].path
    there = workspace.file(path).records
    wanted: dict[str, Values] = {}
    outcomes: list[Outcome] = []
    lines: dict[str, int] = {}
    made: dict[tuple[str, str], str] = {}
    for draft in drafts:
        advance()
        key = (draft.values.get("source_system", ""), draft.values.get("external_id", ""))
        found = _find(kind, there, draft.values) or (made.get(key) if key[1] else None)
        id = found if found is not None else _new(kind, draft.values, {*there, *wanted})
        if isinstance(id, _Not):
            yield Reject(draft, str(id))
            continue
        if id in lines:
            yield Reject(draft, f"{id} is in line {lines[id]} already")
            continue
        lines[id] = draft.line
        made[key] = id
        values = {key: value for key, value in draft.values.items() if key != "id"}
        if id in there and says(there[id], values):
            outcomes.append(Outcome(id, "unchanged"))
            continue
        wanted[id] = values
        outcomes.append(Outcome(id, "changed" if id in there else "new"))

    def update(document: Document) -> None:
        for id, values in wanted.items():
            if id in document.records:
                for step in changes(document.records[id], values, id):
                    step(document)
        new = {id: one for id, one in wanted.items() if id not in document.records}
        document.extend_records(new)

    step: Edit | None = Edit(path, update)
    for outcome in outcomes:
        if outcome.fate == "unchanged":
            yield outcome
        else:
            yield outcome._replace(step=step)
            step = None


class _Not(str):
    """Why a row gets no id."""


def _find(kind: Kind, there: dict[str, Item], values: Values) -> str | None:
    """The id of the entry that a row is about, None for a new one."""
    if "id" in values:
        return str(values["id"]) if values["id"] in there else None
    if "external_id" in values:
        keys = ("source_system", "external_id")
        return next(
            (
                id
                for id, item in there.items()
                if all(item.values.get(key) == values.get(key) for key in keys)
            ),
            None,
        )
    made = slug(str(values.get(kind.title, "")))
    return made if made in there and says(there[made], values) else None


def _new(kind: Kind, values: Values, taken: set[str]) -> str | _Not:
    """The id of a new entry: its own, else from what names it."""
    if "id" in values:
        return str(values["id"])
    title = values.get(kind.title)
    if not title:
        return _Not(f"there is no {kind.title}")
    made = slug(str(title)) or kind.name
    if made in taken and "external_id" not in values:
        key = id_name(kind)
        return _Not(f"there is a {kind.name} {made} already: give {key} or external_id")
    return unique(made, taken)
