"""The entry point, and the one place where errors become text and exit codes."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_cli.cli.commands import Command
    from crm_cli.cli.session import Session
    from crm_cli.model.errors import CrmError
    from crm_cli.workspace import Watch

BUG = 4
"""Exit code of a fault of the program itself: no answer, or a part of one."""

NO_MEMORY = 7
"""Exit code where the system gives none, as for a disk that is full."""

WELCOME = """\
There is no folder of customers here yet. Three lines begin one:

  crm init my-crm
  cd my-crm
  crm add "Ana Novak" --email ana@novak.example

crm --help lists the commands; -C DIR or CRM_DIR names a folder elsewhere.
"""


def main(
    argv: Sequence[str] | None = None, *, attended: bool = True, watch: Watch | None = None
) -> int:
    """Run one command line (without the program's name); returns the exit code.

    Unless it is `attended`, nothing is asked, as where there is no terminal. A `watch` sees
    each change before it is written, and may refuse it.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    _open_streams()
    try:
        return _finished(_run(words, attended=attended, watch=watch))
    except MemoryError:
        _drop_output()
        _stderr(("crm: there is not enough memory for this (ulimit -v, free)\n",))
        return NO_MEMORY
    except KeyboardInterrupt:
        _drop_output()
        return 130


def _run(words: list[str], *, attended: bool, watch: Watch | None) -> int:
    before = words[: words.index("--")] if "--" in words else words
    if words[:1] == ["__complete"]:
        from crm_cli.cli.complete import answer

        return answer(words[1:])
    if "--version" in before:
        from crm_cli import __version__

        return _said(f"crm {__version__}\n")
    if words in (["--help"], ["-h"]):
        from crm_cli.cli.commands import overview
        from crm_cli.cli.extensions import listed
        from crm_cli.render.screen import screen_of

        screen = screen_of(sys.stdout, environ=os.environ)
        return _said(overview(screen.drawn_width, [*listed(os.environ)]))
    from crm_cli.cli.arguments import take_globals
    from crm_cli.cli.commands import BY_NAME
    from crm_cli.cli.look_ahead import begin
    from crm_cli.model.errors import CrmError

    try:
        options, rest = take_globals(words)
        if rest and rest[0] not in BY_NAME:
            from crm_cli.cli.aliases import unaliased

            options, rest = unaliased(options, rest, os.environ)
            from crm_cli.cli.extensions import program, run

            if rest and (path := program(rest[0], options, os.environ)):
                return run(path, options, rest, os.environ)
    except CrmError as error:
        from crm_cli.cli.session import Session

        return _refused(Session(), error)
    # Begun before anything else is loaded: it goes on beside that.
    look = begin(rest, options, os.environ)
    from crm_cli.cli.session import Session

    session = Session(options, words=rest, look=look, attended=attended, watch=watch)
    try:
        return _invoked(session, rest)
    except CrmError as error:
        return _refused(session, error)
    finally:
        session.close()


def _invoked(session: Session, words: list[str]) -> int:
    """Run the command, with every error that is not a CrmError turned into one."""
    from crm_cli.model.errors import CrmError, Declined, StorageError

    try:
        if not words and not session.has_directory():
            session.write(WELCOME)
        elif code := _ask(session, words or ["due"]):
            return code
        session.flush()
    except BrokenPipeError:
        _drop_output()
    except KeyboardInterrupt:
        _drop_output()
        raise Declined("interrupted") from None
    except EOFError:
        raise Declined("the input ended; nothing was changed") from None
    except OSError as error:
        _traceback_wanted(session)
        where = f": {error.filename}" if error.filename is not None else ""
        raise StorageError(f"cannot go on: {error.strerror or error}{where}") from error
    except (CrmError, MemoryError):
        raise
    except Exception as error:
        return _broken(session, error)
    return _told(session)


def _ask(session: Session, words: list[str]) -> int:
    """Run the command, and again where the cache failed halfway."""
    from crm_cli.cli.commands import named
    from crm_cli.cli.quick_parser import read

    entry = named(words[0])
    if entry is not None and _needs_files(entry, session):
        from crm_cli.workspace.mirrored import without_files

        raise without_files(f"crm {entry.name}", asks=entry.asks)
    call = read(words)
    while True:
        try:
            if call is not None:
                call.verb.run(session, call.values)
                return 0
            from crm_cli.cli.app import run

            return run(session, words)
        except Exception as error:
            if not session.mend(error):
                raise


def _needs_files(entry: Command, session: Session) -> bool:
    """Whether a command cannot be run on the mirror that is named; CRM_ON leaves those alone that
    ask no records."""
    return bool((session.options.on and not entry.asks) or (session.mirror and entry.local))


def _told(session: Session) -> int:
    """Say the problems that were met, after the answer."""
    problems = session.problems
    if problems:
        from crm_cli.render.problems import problem_lines

        _stderr(problem_lines(problems, session.margin))
    notices = session.notices
    if notices:
        said = [session.folded(f"crm: {notice}", session.margin) for notice in notices]
        _stderr(line for lines in said for line in lines)
    return int(session.exit_code())


def _refused(session: Session, error: CrmError) -> int:
    """Say why nothing, or not all, was done."""
    from crm_cli.model.errors import Declined, worst
    from crm_cli.render.messages import refusal_lines

    if isinstance(error, Declined) and error.message == "interrupted":
        _stderr(("\n",) if session.margin.width else ())
        return int(error.exit_code)
    _flush()
    known = set(error.problems)
    others = [problem for problem in session.problems if problem not in known]
    _stderr(refusal_lines(error, session.margin))
    if others:
        from crm_cli.render.problems import problem_lines

        _stderr(problem_lines(others, session.margin))
    _traceback_wanted(session)
    return int(worst([error.exit_code, session.exit_code()]))


def _broken(session: Session, error: BaseException) -> int:
    """Say that the program itself is at fault."""
    from crm_cli.model.text import visible

    _flush()
    text = " ".join(str(error).split())[:200]
    what = f"{type(error).__name__}: {text}" if text else type(error).__name__
    lines = [f"crm: internal error: {visible(what)}\n"]
    if not session.environ.get("CRM_DEBUG"):
        lines.append(
            "  CRM_DEBUG=1 shows the traceback; please report it with the command you gave\n"
        )
    _stderr(lines)
    _traceback_wanted(session)
    return BUG


def _traceback_wanted(session: Session) -> None:
    if session.environ.get("CRM_DEBUG") and sys.exc_info()[0] is not None:
        import traceback

        _stderr((traceback.format_exc(),))


def _said(text: str) -> int:
    """Write an answer that needs no session."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
    except OSError as error:
        _unwritable(error)
        return 7
    return 0


def _finished(code: int) -> int:
    """Flush what is left, so that nothing fails after the exit code is known."""
    _stderr(())
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
    except OSError as error:
        _unwritable(error)
        return 7 if code != 130 else code
    return code


def _unwritable(error: OSError) -> None:
    _drop_output()
    _stderr((f"crm: cannot write the answer: {error.strerror or error}\n",))


def _flush() -> None:
    """What was answered so far goes before the message; stdout may be what failed."""
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()


def _drop_output() -> None:
    """Let what is left in stdout's buffer go nowhere, also at the interpreter's end."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return


def _stderr(lines: Iterable[str]) -> None:
    try:
        sys.stderr.writelines(lines)
        sys.stderr.flush()
    except OSError:
        return


def _open_streams() -> None:
    """Make 0, 1 and 2 open and able to write every text.

    Where one is closed, a data file would get its number, and what is printed
    would go into the file. Text that the encoding lacks is escaped.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY if number == 0 else os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = io.StringIO()
    if sys.stdout is None:
        sys.stdout = _Closed()
    if sys.stderr is None:
        sys.stderr = io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and stream.errors != "backslashreplace":
            stream.reconfigure(errors="backslashreplace")


class _Closed(io.TextIOBase):
    """A stdout that the caller closed (`>&-`): there is nowhere to write to."""

    def write(self, text: str) -> int:
        """Refuse, unless there is nothing to write."""
        if text:
            raise OSError(errno.EBADF, "stdout is closed")
        return 0
