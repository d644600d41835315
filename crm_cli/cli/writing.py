"""How every writing command ends: preview, confirm, write, report."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.cli.session import Session
from crm_cli.features.plan import Plan, counted
from crm_cli.model.text import visible
from crm_cli.workspace import Written


def carry_out(
    session: Session, plan: Plan, *, dry_run: bool = False, yes: bool = False, aside: bool = False
) -> Written:
    """Carry a plan out, or show it.

    With `dry_run` the files are shown before and after, and nothing is written. A plan
    about several customers is summed up and asked for first, unless `yes`. What was done is the
    answer, unless it is said `aside`, beside another one. Its notes come before a question, else
    once it is written: they may be of what holds then, which a refused change never comes to.
    """
    workspace = session.workspace
    session.report(plan.problems)
    asked = len(plan.records) > 1
    if asked or not plan.change.steps:
        _say_notes(session, plan)
    if not plan.change.steps:
        session.say("nothing matches; nothing changed")
        return Written(plan.change.subject, (), dry_run)
    if dry_run:
        written = workspace.write(plan.change, dry_run=True)
        if not asked:
            _say_notes(session, plan)
        show_diffs(session, written)
        session.say("nothing was written" if written.diffs else "nothing would change")
        return written
    if asked:
        question = plan.question or f"Change {counted(len(plan.records), 'customer')}?"
        if not yes:
            session.say(f"{question.rstrip('?')}: {few(plan.records)}")
        session.confirm(question, yes=yes)
    workspace.waiting = lambda holder: session.say(f"waiting for {holder} …")
    written = workspace.write(plan.change)
    if not asked:
        _say_notes(session, plan)
    if not written.diffs:
        session.say("nothing changed")
        return written
    said = session.say if aside else session.tell
    said(f"{visible(plan.done)}  ({few(written.paths, 2)})")
    session.say("crm undo takes it back")
    return written


def carry_out_asked(session: Session, plan: Plan, *, dry_run: bool, yes: bool) -> Written:
    """As `carry_out`; a plan with a question is asked about first, after its notes."""
    if plan.question and not dry_run:
        _say_notes(session, plan)
        session.confirm(visible(plan.question), yes=yes)
        plan = plan._replace(notes=())
    return carry_out(session, plan, dry_run=dry_run, yes=yes)


def _say_notes(session: Session, plan: Plan) -> None:
    for note in plan.notes:
        session.say(visible(note))


def few(names: Sequence[str], most: int = 5) -> str:
    """The names in a line, of many the first and how many more."""
    listed = [visible(name) for name in names]
    if len(listed) <= most:
        return ", ".join(listed)
    return ", ".join(listed[:most]) + f" and {len(listed) - most:,} more"


def show_diffs(session: Session, written: Written) -> None:
    """Show each file before and after."""
    from crm_cli.render import shapes

    files = [(one.path, _text(one.before), _text(one.after)) for one in written.diffs]
    session.draw(shapes.diffs, files)


def _text(data: bytes | None) -> str | None:
    """What is shown of a file: of one that is no text, such as a PDF, how long it is."""
    if data is not None and b"\0" in data:
        return f"({len(data):,} bytes)\n"
    return None if data is None else data.decode("utf-8", "backslashreplace")
