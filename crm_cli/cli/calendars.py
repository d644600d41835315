"""Importing a calendar: count, preview, confirm, write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crm_cli.cli.session import Session
from crm_cli.cli.writing import carry_out

if TYPE_CHECKING:
    from crm_cli.features.importing.calendars import CalendarImport
    from crm_cli.model.errors import Problem

_SHOWN = 50


def import_calendar(
    session: Session,
    kind: str,
    file: Path,
    *,
    who: str | None,
    encoding: str,
    skip_bad: bool,
    rejects: Path | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Bring in the entries of a calendar file, or of a folder of them; see `crm import`."""
    from crm_cli.features.importing import calendars
    from crm_cli.features.plan import Plan, counted
    from crm_cli.formats.targets import exchanged
    from crm_cli.model.text import visible

    name = exchanged(kind)
    whose = session.who(who, writes=True) if who is not None else None
    found = calendars.read_calendar(session.workspace, name, file, encoding=encoding)
    if found.left_out:
        session.say(f"left out: {', '.join(visible(one) for one in found.left_out)}")
    with session.progress("Matching entries", len(found.entries)) as progress:
        plan = calendars.plan_calendar(
            session.workspace, found, who=whose, advance=progress.advance
        )
    for line in _counts(plan, name):
        session.say(line)
    for note in plan.notes[:_SHOWN]:
        session.say(f"note: {visible(note)}")
    if plan.rejected and not skip_bad:
        raise _refusal(plan)
    if plan.rejected:
        session.report(_problems(plan, warning=True))
    if plan.change.steps:
        count = counted(len(plan.ids), "entry", "entries")
        written = carry_out(
            session,
            Plan(plan.change, f"imported {count}", plan.ids, f"Import {count}?"),
            dry_run=dry_run,
            yes=yes,
        )
        if not written.diffs:
            return
    else:
        session.say("nothing changed")
    # In a folder they stay where they are, and are asked about again.
    kept = rejects is not None or not file.is_dir()
    if kept and any(one.source for one in plan.rejected) and not dry_run:
        path = rejects or calendars.rejects_path(file)
        calendars.write_rejected(path, plan.rejected)
        session.say(
            f"{counted(len(plan.rejected), 'rejected entry', 'rejected entries')} in {path}"
        )


def _counts(plan: CalendarImport, kind: str) -> list[str]:
    """A line for each sort of entries that there is; one at least."""
    bad = len(plan.rejected)
    rejected = f"{bad:,} {'entry' if bad == 1 else 'entries'} rejected"
    lines = []
    for name, counts in plan.counts.items():
        told = ", ".join(f"{counts[what]:,} {what}" for what in ("new", "changed", "unchanged"))
        lines.append(f"{'birthdays' if name == 'birthday' else name}: {told}")
    if not lines:
        return [f"{kind}: 0 new, 0 changed, 0 unchanged, {rejected}"]
    return [*lines, rejected] if len(lines) > 1 else [f"{lines[0]}, {rejected}"]


def _problems(plan: CalendarImport, *, warning: bool) -> list[Problem]:
    from crm_cli.model.errors import Problem, Severity

    severity = Severity.WARNING if warning else Severity.ERROR
    return [
        Problem(one.file, one.line, 1, "rejected-row", one.reason, "", severity)
        for one in plan.rejected[:_SHOWN]
    ]


def _refusal(plan: CalendarImport) -> Exception:
    from crm_cli.features.plan import counted
    from crm_cli.model.errors import DataError

    more = len(plan.rejected) - _SHOWN
    hint = "correct them, or pass --skip-bad to import the others and save these to a file"
    if more > 0:
        hint = f"and {more:,} more; {hint}"
    count = counted(len(plan.rejected), "entry", "entries")
    verb = "is" if len(plan.rejected) == 1 else "are"
    problems = tuple(_problems(plan, warning=False))
    return DataError(f"{count} {verb} rejected; nothing was imported", hint, problems)
