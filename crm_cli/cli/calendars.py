"""Importing a calendar or vCards: count, preview, confirm, write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.cli.session import Session
from crm_cli.cli.writing import carry_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crm_cli.features.importing.entry_import import EntryImport
    from crm_cli.formats.content_lines import Refused
    from crm_cli.model.errors import Problem

_SHOWN = 50


class Ending(NamedTuple):
    """What happens with what was read: whether bad entries are skipped, and what is written."""

    file: Path
    skip_bad: bool
    rejects: Path | None
    dry_run: bool
    yes: bool


def import_calendar(
    session: Session, kind: str, who: str | None, encoding: str, end: Ending
) -> None:
    """Bring in the entries of a calendar file, or of a folder of them; see `crm import`.

    Those that cannot be taken are told one by one, and stop the others from nothing; a file
    of which none can be taken is refused.
    """
    from crm_cli.features.importing import calendars
    from crm_cli.formats.targets import exchanged
    from crm_cli.model.text import visible

    name = exchanged(kind)
    whose = session.who(who, writes=True) if who is not None else None
    found = calendars.read_calendar(session.workspace, name, end.file, encoding=encoding)
    if found.left_out:
        session.say(f"left out: {', '.join(visible(one) for one in found.left_out)}")
    with session.progress("Matching entries", len(found.entries)) as progress:
        plan = calendars.plan_calendar(
            session.workspace, found, who=whose, advance=progress.advance
        )
    finish(session, plan, name, end, ".ics", calendars.rejected_data)


def finish(
    session: Session,
    plan: EntryImport,
    name: str,
    end: Ending,
    suffix: str,
    rejected_data: Callable[[Sequence[Refused]], bytes],
) -> None:
    """Show what an import comes to, ask, write it, and what is rejected to a file."""
    from crm_cli.features.importing.entry_import import rejects_path, write_rejected
    from crm_cli.features.plan import Plan, counted
    from crm_cli.model.text import visible

    for line in _counts(plan, name):
        session.say(line)
    for note in plan.notes[:_SHOWN]:
        session.say(f"note: {visible(note)}")
    if plan.rejected and not end.skip_bad and not plan.counts:
        raise _refusal(plan)
    if plan.rejected:
        session.report(_problems(plan, warning=True))
    if plan.change.steps:
        count = counted(len(plan.ids), "entry", "entries")
        written = carry_out(
            session,
            Plan(plan.change, f"imported {count}", plan.ids, f"Import {count}?"),
            dry_run=end.dry_run,
            yes=end.yes,
        )
        if not written.diffs:
            return
    else:
        session.say("nothing changed")
    # In a folder they stay where they are, and are asked about again.
    kept = end.rejects is not None or not end.file.is_dir()
    if kept and any(one.source for one in plan.rejected) and not end.dry_run:
        data = rejected_data(plan.rejected)
        path = end.rejects or rejects_path(end.file, suffix, data)
        write_rejected(path, data)
        session.say(
            f"{counted(len(plan.rejected), 'rejected entry', 'rejected entries')} in {path}"
        )


def import_cards(session: Session, encoding: str, end: Ending) -> None:
    """Bring in the people of a file of vCards, or of a folder of them; see `crm import`."""
    from crm_cli.features.importing import cards
    from crm_cli.model.text import visible

    found = cards.read_address_book(session.workspace, end.file, encoding=encoding)
    session.begun |= str(end.file) == "-"
    if found.left_out:
        names = ", ".join(visible(one) for one in found.left_out)
        session.say(f"left out, too large for a record: {names}")
    with session.progress("Matching cards", len(found.cards)) as progress:
        plan = cards.plan_cards(session.workspace, found, advance=progress.advance)
    finish(session, plan, "customers", end, ".vcf", cards.rejected_data)


def _counts(plan: EntryImport, kind: str) -> list[str]:
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


def _problems(plan: EntryImport, *, warning: bool) -> list[Problem]:
    from crm_cli.model.errors import Problem, Severity

    severity = Severity.WARNING if warning else Severity.ERROR
    return [
        Problem(one.file, one.line, 1, "rejected-row", one.reason, "", severity)
        for one in plan.rejected[:_SHOWN]
    ]


def _refusal(plan: EntryImport) -> Exception:
    from crm_cli.features.plan import counted
    from crm_cli.model.errors import DataError

    more = len(plan.rejected) - _SHOWN
    hint = "correct them, or pass --skip-bad to save them to a file"
    if more > 0:
        hint = f"and {more:,} more; {hint}"
    count = counted(len(plan.rejected), "entry", "entries")
    verb = "is" if len(plan.rejected) == 1 else "are"
    problems = tuple(_problems(plan, warning=False))
    return DataError(f"{count} {verb} rejected; nothing was imported", hint, problems)
