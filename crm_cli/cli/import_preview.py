"""What `crm import` says before it asks: how the file was read, and what is not taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from crm_cli.cli.session import Session

if TYPE_CHECKING:
    from crm_cli.features.importing import Import
    from crm_cli.formats.drafts import Drafts, Told
    from crm_cli.formats.grid import Sheet
    from crm_cli.formats.mapping import Column
    from crm_cli.model.errors import Problem
    from crm_cli.model.kind import Kind

_SHOWN = 50
"""So many rows or cells are listed; a dry run lists all."""
_LISTED = 3
"""So many columns of a map are proposed: all that are left out are named above."""


def tell_reading(session: Session, drafts: Drafts) -> None:
    """Say how the file was read, as far as it was not said how."""
    from crm_cli.formats.keeping import is_ours, own_key
    from crm_cli.formats.tabular import DELIMITERS
    from crm_cli.model.text import visible

    map = drafts.map
    parted = DELIMITERS.get(map.delimiter, map.delimiter)
    told = [f"read as {map.encoding}" + (f", columns separated by {parted}" if parted else "")]
    if drafts.sheet is not None:
        sheet = drafts.sheet
        told = [f"read as {sheet.format}, sheet {sheet.name}, headings in row {sheet.heading_row}"]
    for key, what in (("date", "dates"), ("decimal", "decimals")):
        found = drafts.found.get(key)
        if found is not None and found.by is not None:
            by = f"line {found.by.line}: {visible(found.by.text.strip())}"
            value = found.value if key == "date" else f"with {found.value}"
            told.append(f"{what} {value} ({by})")
    session.say(", ".join(told))
    session.say(f"columns: {', '.join(_meaning(one, drafts.kind) for one in map.columns)}")
    ours = [one for one in drafts.left_out if is_ours(one, drafts.kind)]
    if ours:
        session.say(f"left out: {', '.join(ours)}")
    unknown = [visible(one) for one in drafts.left_out if one not in ours]
    if unknown:
        session.say(f"NOT IMPORTED, no field is known for: {', '.join(_several(unknown))}")
        lines = ", ".join(f"{_key(one)}: custom.{own_key(one)}" for one in unknown[:_LISTED])
        more = ", …" if len(unknown) > _LISTED else ""
        session.say("  --keep-rest keeps them as fields of your own, or a map (--map MAP.yaml):")
        session.say(f"  columns: {{{lines}{more}}}; --save-map MAP.yaml writes the rest of it")
    for doubt in drafts.doubts:
        session.say(f"note: {visible(doubt)}")


def _meaning(column: Column, kind: Kind) -> str:
    """A heading and the field that it means; a heading that is called so stands alone."""
    from crm_cli.formats.targets import find
    from crm_cli.model.kind import normal
    from crm_cli.model.text import visible

    target = find(kind, column.key)
    alone = target is not None and not target.list and not target.group
    key = target.field.key if target is not None and alone else column.key
    heading = visible(column.heading)
    return heading if normal(column.heading) == key else f"{heading} → {visible(key)}"


def _key(heading: str) -> str:
    from crm_cli.model.quoting import quoted

    return quoted(heading, flow=True, key=True)


def _several(headings: list[str]) -> list[str]:
    """Headings that differ by a number are said once: `notes.*.body`."""
    return list(dict.fromkeys(re.sub(r"\.\d+(?=\.|$)", ".*", one) for one in headings))


def tell_cells(session: Session, plan: Import, file: Path, *, all: bool) -> None:
    """Say which cells are left out, and which are kept though they cannot be.

    What is told of the same text in many rows is said once.
    """
    groups: dict[tuple[object, ...], list[Told]] = {}
    for told in plan.told:
        groups.setdefault((told.heading, told.note), []).append(told)
    shown = list(groups.values()) if all else list(groups.values())[:_SHOWN]
    session.say(_cells(session, shown, file, plan.drafts.sheet))
    if len(shown) < len(groups):
        session.say(f"… and {len(groups) - len(shown):,} more: --dry-run lists all")


def _cells(
    session: Session, groups: Iterable[list[Told]], file: Path, sheet: Sheet | None
) -> Iterator[str]:
    from crm_cli.model.errors import Problem, Severity
    from crm_cli.render.problems import problem_line

    for group in groups:
        told = group[0]
        fate = "kept as it is; crm check lists it" if told.note.kept else "left out"
        rows = f" in {len(group):,} rows" if len(group) > 1 else ""
        message = f"{told.heading}: {told.note.message}: {fate}{rows}"
        if not told.heading:
            message = f"{told.note.message}{rows}"
        code = "impossible-cell" if told.note.kept else "unread-cell"
        problem = Problem(
            str(file), told.line, 1, code, message, told.note.hint, Severity.WARNING,
            sheet.place(told.line, told.heading) if sheet is not None else "",
        )  # fmt: skip
        yield problem_line(problem, session.margin)


def tell_plan(session: Session, plan: Import, *, listed: bool) -> None:
    """Say what would become of the rows, and by what each was recognized.

    With `listed` row by row, as far as an id of another system does not say it all.
    """
    from crm_cli.model.text import visible

    for note in plan.notes:
        session.say(f"note: {visible(note)}")
    if plan.recognized:
        by = ", ".join(f"{visible(by)} {count:,}" for by, count in plan.recognized.items())
        session.say(f"recognized by: {by}")
    rows = [one for one in plan.matched if listed]
    for one in rows[:_SHOWN]:
        session.say(f"line {one.line}: {one.id}, {one.fate}, by {visible(one.by)}")
    if len(rows) > _SHOWN:
        session.say(f"and {len(rows) - _SHOWN:,} more rows")


def counts(plan: Import) -> str:
    """How many records are new, and so on."""
    said = f"{plan.new:,} new, {plan.changed:,} changed, {plan.unchanged:,} unchanged"
    rows = "row" if len(plan.rejected) == 1 else "rows"
    return f"{plan.kind.key}: {said}, {len(plan.rejected):,} {rows} rejected"


def tell_rejected(session: Session, plan: Import, file: Path, where: str, *, all: bool) -> None:
    """Say which rows are left out; `where` names what has those that are not shown."""
    from crm_cli.render.problems import problem_line

    shown = _problems(plan, file, warning=True, limit=None if all else _SHOWN)
    session.say(problem_line(problem, session.margin) for problem in shown)
    if len(shown) < len(plan.rejected):
        session.say(f"… and {len(plan.rejected) - len(shown):,} more, {where}")


def refusal(plan: Import, file: Path, *, all: bool, several: bool) -> Exception:
    """Why nothing is imported; nothing of this kind, where the file has `several`."""
    from crm_cli.features.plan import counted
    from crm_cli.model.errors import DataError

    shown = _problems(plan, file, warning=False, limit=None if all else _SHOWN)
    more = len(plan.rejected) - len(shown)
    hint = "correct them, or pass --skip-bad to import the others and save these to a file"
    if more > 0:
        hint = f"and {more:,} more, which --dry-run lists; {hint}"
    count = counted(len(plan.rejected), "row")
    verb = "is" if len(plan.rejected) == 1 else "are"
    none = f"no {plan.kind.key} were" if several else "nothing was"
    return DataError(f"{count} {verb} rejected; {none} imported", hint, tuple(shown))


def _problems(plan: Import, file: Path, *, warning: bool, limit: int | None) -> list[Problem]:
    from crm_cli.model.errors import Problem, Severity

    severity = Severity.WARNING if warning else Severity.ERROR
    sheet = plan.drafts.sheet
    cells = [
        sheet.place(row.line, row.heading) if sheet is not None else ""
        for row in plan.rejected[:limit]
    ]
    return [
        Problem(str(file), row.line, 1, "rejected-row", row.reason, "", severity, cell)
        for row, cell in zip(plan.rejected, cells, strict=False)
    ]
