"""Rows of entries of one file, such as products: by their id or that of another system."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crm_cli.features.importing.identity import Doubt, Entries, external_key
from crm_cli.features.importing.merging import Values, changes, says
from crm_cli.features.importing.outcome import Fate, Outcome, Reject
from crm_cli.formats.drafts import Drafts
from crm_cli.formats.targets import id_name
from crm_cli.model.ids import slug, unique
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import ENTRIES
from crm_cli.store.document import Document
from crm_cli.workspace import Edit, Workspace


def plan_entries(
    workspace: Workspace, drafts: Drafts, advance: Callable[[], None]
) -> Iterator[Outcome | Reject]:
    """What each row comes to: a new entry, a changed one, or why it cannot be."""
    kind = drafts.kind
    path = ENTRIES[kind].path
    there = workspace.file(path).records
    entries = Entries(kind, there, guessed_system=drafts.guessed_system)
    wanted: dict[str, Values] = {}
    outcomes: list[Outcome] = []
    lines: dict[str, int] = {}
    said: dict[str, Values] = {}
    made: dict[tuple[str, str], str] = {}
    taken = set(there)
    for draft in drafts.rows:
        advance()
        key = external_key(draft.values)
        match = entries.match(draft.values)
        if isinstance(match, Doubt):
            yield Reject(draft, match.reason)
            continue
        found, by = match or (made.get(key) if key else None, "")
        id = found if found is not None else _new(kind, draft.values, taken)
        if isinstance(id, _Not):
            yield Reject(draft, str(id))
            continue
        values = {key: value for key, value in draft.values.items() if key != "id"}
        if id in said:
            if said[id] != values:
                yield Reject(draft, f"{id} is in line {lines[id]} already, and says otherwise")
            continue
        taken.add(id)
        lines[id] = draft.line
        said[id] = values
        if key:
            made[key] = id
        if id in there and says(there[id], values):
            outcomes.append(Outcome(id, "unchanged", None, (draft.line,), by))
            continue
        wanted[id] = values
        fate: Fate = "changed" if id in there else "new"
        outcomes.append(Outcome(id, fate, None, (draft.line,), by))

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
