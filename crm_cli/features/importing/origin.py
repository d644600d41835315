"""Where a file comes from: whether it is an export of ours, else the system of its ids."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

from crm_cli.features.importing.merging import Values
from crm_cli.formats.drafts import Draft, Drafts
from crm_cli.formats.targets import belongs
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.ids import is_item_id, slug
from crm_cli.model.kinds import ENTRIES
from crm_cli.model.text import visible
from crm_cli.workspace import Workspace

_EXTERNAL = "external_id"
_SYSTEM = "source_system"
_OF_A_COPY = frozenset({"reject", "rejects", "copy", "kopie", "kopija"})


def owned(workspace: Workspace, drafts: Drafts) -> Drafts:
    """The drafts with a column `id` as what it is: ours in our own exports, else external.

    Ids of items are unmistakable. Those of customers are ours if most of them are here, or are
    what the name beside them gives: an export is recognized in another directory as well. Those
    of products are ours in a column `sku`, and in one that is called `id` if most are here.
    """
    if drafts.mapped or all(column.key != "id" for column in drafts.map.columns):
        return drafts
    kind = drafts.kind
    said = [one.values for one in drafts.rows if "id" in one.values]
    if belongs(kind):
        ours = sum(is_item_id(one["id"]) and one["id"][0] == kind.letter for one in said)
    elif kind is CUSTOMER:
        here = workspace.customer_ids()
        ours = sum(_is_ours(one, here) for one in said)
    elif any(column.heading.strip() == "id" for column in drafts.map.columns):
        entries = workspace.file(ENTRIES[kind].path).records
        ours = sum(one["id"] in entries for one in said)
    else:
        return drafts
    if not said or ours * 2 >= len(said):
        return drafts
    return _as_external(drafts)


def _is_ours(values: Values, here: set[str]) -> bool:
    id = values["id"]
    if "name" not in values:
        return id in here
    made = slug(str(values["name"]))
    return re.fullmatch(rf"{re.escape(made)}(-\d+)?", id) is not None if made else id in here


def _as_external(drafts: Drafts) -> Drafts:
    """The drafts with their ids as those of another system; left out where there is a better."""
    taken = any(column.key == _EXTERNAL for column in drafts.map.columns)
    keeps = _EXTERNAL in drafts.kind.by_key and not taken

    def external(draft: Draft) -> Draft | None:
        values = {key: value for key, value in draft.values.items() if key != "id"}
        if keeps and "id" in draft.values:
            values[_EXTERNAL] = draft.values["id"]
        return draft._replace(values=values) if values else None

    columns = tuple(
        replace(column, key=_EXTERNAL) if column.key == "id" else column
        for column in drafts.map.columns
        if column.key != "id" or keeps
    )
    left_out = drafts.left_out if keeps else (*drafts.left_out, "id")
    note = "id is not ours, but that of the other system; id: id in a map says otherwise"
    return drafts._replace(
        rows=drafts.rows.changed(external),
        map=replace(drafts.map, columns=columns),
        left_out=left_out,
        doubts=(*drafts.doubts, note),
    )


def of_system(drafts: Drafts, path: str) -> Drafts:
    """The drafts with the file's name as the system of external ids, where none is said."""
    named = any(column.key == _EXTERNAL for column in drafts.map.columns)
    if not named or _SYSTEM not in drafts.kind.by_key:
        return drafts
    system = drafts.map.source_system or system_of(path)
    unsaid = 0

    def of(draft: Draft) -> Draft:
        nonlocal unsaid
        if _EXTERNAL not in draft.values or _SYSTEM in draft.values:
            return draft
        unsaid += 1
        return draft._replace(values={**draft.values, _SYSTEM: system})

    rows = drafts.rows.changed(of)
    if not unsaid:
        return drafts
    drafts = drafts._replace(rows=rows)
    if drafts.map.source_system:
        return drafts
    note = f"external ids are of {visible(system)}, as the file is called; --source-system NAME"
    return drafts._replace(
        map=drafts.map.with_settings({_SYSTEM: system}),
        doubts=(*drafts.doubts, note),
        guessed_system=True,
    )


def system_of(path: str) -> str:
    """A file's name without what tells one export from the next: dates, numbers, `(1)`, rejects."""
    stem = PurePath(path).stem if path != "-" else ""
    words = re.findall(r"[^\W_]+", stem.casefold())
    kept = [word for word in words if not word[0].isdigit() and word not in _OF_A_COPY]
    return "-".join(kept) or "import"
