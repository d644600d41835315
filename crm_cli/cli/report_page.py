"""`crm report html`: the page, to stdout or into a file, once or whenever records change."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from pathlib import Path

from crm_cli.cli.page_sections import Asked, lines_of, sections
from crm_cli.cli.session import Session
from crm_cli.model.errors import UsageError
from crm_cli.model.section import Sheet
from crm_cli.model.text import visible

_SECONDS = 1.0
"""How long `--watch` waits before it looks again."""


def page(session: Session, names: Sequence[str], asked: Asked) -> str:
    """The page of the sections as HTML."""
    from crm_cli.features.provenance import provenance
    from crm_cli.formats.html.page import html_of

    workspace = session.workspace
    made = tuple(sections(session, lines_of(session, names), asked))
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
    return html_of(
        Sheet(
            title=workspace.business.name or workspace.root.name,
            day=f"{workspace.clock.today:%A, %-d %B %Y}",
            about=about,
            made=_line(names, asked),
            sections=made,
        )
    )


def _line(names: Sequence[str], asked: Asked) -> str:
    words = ["crm", "report", "html"]
    for name in names:
        words += ["--section", name]
    words += asked.words()
    if asked.since is not None:
        words += ["--since", asked.since]
    if asked.anonymous:
        words.append("--anonymous")
    return shlex.join(words)


def give(session: Session, text: str, to: str | None, *, force: bool) -> None:
    """Answer with a page, or write it into a file; raises UsageError for a terminal."""
    if to in (None, "-"):
        if _is_terminal(session):
            raise UsageError(
                "a page is for a browser, not for a terminal",
                "write it to a file: --to report.html",
            )
        session.write(text)
        return
    from crm_cli.features.reports.saving import save

    save(Path(str(to)), [text], force=force)
    session.say(f"written to {visible(str(to))}")


def _is_terminal(session: Session) -> bool:
    return session.screen.width is not None


def watch(session: Session, names: Sequence[str], asked: Asked, to: str) -> None:
    """Write the page whenever a record, or the day, changes; until it is interrupted."""
    from crm_cli.features.provenance import state
    from crm_cli.features.reports.saving import save

    before: object = None
    written = ""
    while True:
        again = Session(session.options, environ=session.environ, words=session.words)
        try:
            now = state(again.workspace)
            if now != before:
                text = page(again, names, asked)
                if text != written:
                    save(Path(to), [text], force=True)
                    session.say(f"written to {visible(to)}")
                before, written = now, text
        finally:
            again.close()
        time.sleep(_SECONDS)
