"""Running a `crm` line within this process, and capturing what it prints."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_cli.cli.hook import main
from crm_cli.model.outcome import Outcome

if TYPE_CHECKING:
    from crm_cli.cli.session import Session
    from crm_cli.workspace import Watch


def captured(words: Sequence[str], watch: Watch | None = None) -> Outcome:
    """Run a line that asks nothing, and keep what it prints; a `watch` sees what it writes."""
    answer, said = _Captured(), _Captured()
    stdin = sys.stdin
    with contextlib.redirect_stdout(answer), contextlib.redirect_stderr(said):
        sys.stdin = io.StringIO()
        try:
            code = main(words, attended=False, watch=watch)
        finally:
            sys.stdin = stdin
    return Outcome(code, answer.getvalue(), said.getvalue())


def given(session: Session) -> list[str]:
    """The options of this run that its lines have to have as well."""
    options = session.options
    words = [] if options.directory is None else ["-C", str(options.directory)]
    for name, value in (
        ("--today", options.today),
        ("--as", options.user),
        ("--lock-timeout", options.lock_timeout),
        ("--force-closed", options.force_closed),
        ("--on", options.on),
    ):
        words += [name, str(value)] if value else []
    return words


class _Captured(io.StringIO):
    """A text that a line prints, in the encoding that the terminal has."""

    encoding = "utf-8"
