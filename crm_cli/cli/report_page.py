"""`crm report html`: the page, to stdout or into a file, once or whenever records change."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from crm_cli.cli.page_request import Asked
from crm_cli.cli.page_sections import lines_of, sections
from crm_cli.cli.session import Session
from crm_cli.model.errors import CrmError, Severity, UsageError
from crm_cli.model.section import Sheet
from crm_cli.model.text import visible

_SECONDS = 2.0
"""How long `--watch` waits before it looks again."""


def page(session: Session, names: Sequence[str], asked: Asked) -> str:
    """The page of the sections as HTML."""
    from crm_cli.features.provenance import provenance
    from crm_cli.formats.html.page import html_of

    workspace = session.workspace
    workspace.period(asked.period)  # No section may have one, and a slip is one even so.
    today = workspace.clock.today
    lines = lines_of(session, names)
    made = []
    with session.progress("Making the page", len(lines)) as progress:
        for section in sections(session, lines, asked):
            made.append(section)
            progress.advance()
    about = []
    if asked.terms or asked.where or asked.owner:
        chosen = shlex.join(asked.words(period=False))
        about.append(f"of {chosen}" if chosen else "of a part of the customers")
    if asked.period is not None:
        about.append(f"period {asked.period}, where a section has one")
    if asked.anonymous:
        about.append("without names")
    if origin := provenance(workspace):
        about.append(f"from {origin}")
    if wrong := {one.path for one in session.problems if one.severity is Severity.ERROR}:
        files = "1 file has" if len(wrong) == 1 else f"{len(wrong):,} files have"
        about.append(f"in part: {files} errors, which crm check shows")
    return html_of(
        Sheet(
            title=workspace.business.name or workspace.root.name,
            day=f"{today:%A}, {today.day} {today:%B %Y}",
            about=about,
            made=_line(names, asked),
            sections=made,
        )
    )


def _line(names: Sequence[str], asked: Asked) -> str:
    words = ["crm", "report", "html"]
    for name in names:
        # Options of a section may name somebody.
        words += ["--section", name.partition(" ")[0] if asked.anonymous else name]
    words += asked.words()
    if asked.since is not None:
        words += ["--since", asked.since]
    if asked.anonymous:
        words.append("--anonymous")
    return shlex.join(words)


def answer(
    session: Session, make: Callable[[Session], str], to: str | None, *, force: bool, watch: bool
) -> None:
    """Answer with a page, or write it into a file; with `watch` whenever it changes.

    Raises UsageError for a terminal, and for a file that is there.
    """
    if to in (None, "-"):
        if watch:
            raise UsageError("--watch writes a file", "add --to report.html")
        if _is_terminal(session):
            raise UsageError(
                "a page is for a browser, not for a terminal",
                "write it to a file: --to report.html",
            )
        session.write(make(session))
        return
    from crm_cli.features.reports.saving import save

    path = Path(str(to))
    if watch:
        _rewrite(session, make, path, force=force)
        return
    save(path, [make(session)], force=force)
    session.say(f"written to {visible(str(to))}")


def _is_terminal(session: Session) -> bool:
    return session.screen.width is not None


def customer_page(session: Session, who: str, period: str | None) -> str:
    """A customer's page as HTML."""
    from crm_cli.features.documents.customer_page import customer_page as made

    return made(session.workspace, session.who(who), period)


def _rewrite(
    session: Session, make: Callable[[Session], str], path: Path, *, force: bool
) -> None:
    """Write the page whenever a record, or the day, changes; until it is interrupted."""
    from crm_cli.features.provenance import state
    from crm_cli.features.reports.saving import save

    before: object = None
    written = ""
    while True:
        again = Session(session.options, environ=session.environ, words=session.words)
        try:
            now = (date.today(), state(again.workspace))
            text = written if now == before else _made(session, make, again, written)
            if text != written:
                save(path, [text], force=force or bool(written))
                session.say(f"written to {visible(str(path))}")
            before, written = now, text
        finally:
            again.close()
        time.sleep(_SECONDS)


def _made(
    session: Session, make: Callable[[Session], str], again: Session, written: str
) -> str:
    """The page; where there is one already, a fault such as a record that is half written is said,
    and the page stays as it is."""
    try:
        return make(again)
    except CrmError as error:
        if not written:
            raise
        session.say(f"crm: {error.message}; the page stays as it was")
        return written
