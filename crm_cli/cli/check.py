"""`crm check`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import DryRun, Json, Output, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out

verbs = Verbs()


@verbs.add
def check(
    session: Session,
    what: Annotated[
        list[str] | None,
        Argument(metavar="[WHO|PATH…]", help="Only these customers or files."),
    ] = None,
    fix: Annotated[
        bool, Option("--fix", help="Add missing ids, quote codes, tighten permissions.")
    ] = False,
    reread: Annotated[
        bool, Option("--reread", help="Read every file again, whatever its time.")
    ] = False,
    gone: Annotated[
        bool, Option("--gone", help="Of PATHs that are gone: who still refers to them.")
    ] = False,
    output: Output = None,
    json: Json = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Find errors in the records, with file and line; exit 1 if there are any.

    crm check
    crm check ana customers/kava-doo.yaml
    crm check --fix --dry-run
    """
    from crm_cli.cli.outputs import TABLE
    from crm_cli.features import checking, closed_books
    from crm_cli.features.consenting import changed_texts
    from crm_cli.features.plan import counted
    from crm_cli.features.reports.checking import problems as of_reports
    from crm_cli.features.returned import returned
    from crm_cli.features.sql import ask
    from crm_cli.model.errors import Severity
    from crm_cli.model.rows import Column, Rows
    from crm_cli.model.text import visible
    from crm_cli.render import shapes
    from crm_cli.render.problems import problem_object

    words = what or ()
    for path in session.workspace.index.reread() if reread else ():
        session.say(f"{visible(path)} was changed without a new time; it is read anew")
    if fix:
        plan = checking.fix(session.workspace, words)
        if plan.change.steps:
            carry_out(session, plan, dry_run=dry_run, yes=yes)
        closed = checking.tighten(session.workspace, words, dry_run=dry_run)
        if closed:
            verb = "would be" if dry_run else "is"
            about = counted(closed, "file")
            session.say(f"world write permission {verb} removed from {about}")
        if not (plan.change.steps or closed):
            session.say("there is nothing to fix")
        if dry_run:
            return
    others = [*of_reports(session.workspace, ask), *changed_texts(session.workspace)]
    others += [*returned(session.workspace), *closed_books.changed(session.workspace)]
    problems = checking.check(session.workspace, words, also=others, gone=gone)
    form = session.format(output, json)
    if form is TABLE:
        session.draw(shapes.problems, problems)
        if not problems:
            session.say("no errors found")
    else:
        objects = [problem_object(problem) for problem in problems]
        columns = [Column(key) for key in _KEYS]
        rows = [[one.get(key) for key in _KEYS] for one in objects]
        session.show(Rows(columns, rows, paths=[one.path for one in problems]), form)
    session.negative = any(problem.severity is Severity.ERROR for problem in problems)


_KEYS = ("path", "line", "column", "severity", "code", "message", "hint")
