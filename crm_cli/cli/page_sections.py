"""The sections of a page: each is the answer of a line after `crm report`, or what is due, or
what changed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from crm_cli.cli.page_news import CHANGES, DUE, changes_section, due_section
from crm_cli.cli.page_request import Asked
from crm_cli.cli.quick_parser import read
from crm_cli.cli.report_answers import asked_of
from crm_cli.cli.session import Session
from crm_cli.features.reports import PAGE, REPORTS, load
from crm_cli.features.reports.report import Report
from crm_cli.model.errors import DataError, NotFound, Refused, UsageError
from crm_cli.model.pseudonyms import Pseudonyms
from crm_cli.model.section import Section
from crm_cli.model.text import did_you_mean

_OTHERS = (DUE, CHANGES)
_NOT_HERE = ("output", "json", "cols", "no_header", "as_of", "to", "force", "chart")
"""Options of `crm report` that are about one answer, not about a section."""


class Line(NamedTuple):
    """A section that is asked for: a name, and the options after it."""

    name: str
    words: tuple[str, ...]


def lines_of(session: Session, asked: Sequence[str]) -> list[Line]:
    """The sections of `--section`, else those of crm.yaml, else the usual ones.

    Raises UsageError, NotFound for one that there is not.
    """
    chosen = [part for text in asked for part in _parts(text)]
    if asked and not chosen:
        raise UsageError("--section names no section", "such as --section aging,pipeline")
    texts = chosen or _set(session) or list(PAGE)
    return [_line(session, text) for text in texts]


def _parts(text: str) -> list[str]:
    """Several names with commas between them, or one with its options, which may have commas."""
    parts = [text] if " -" in text else text.split(",")
    return [part.strip() for part in parts if part.strip()]


def _set(session: Session) -> list[str]:
    from crm_cli.model.places import SETTINGS

    try:
        held = session.workspace.file(SETTINGS.path).record.values.get("reports")
    except DataError:
        return []  # What is wrong with the settings is said after the answer.
    return list(held.values.get("html") or ()) if held is not None else []


def _line(session: Session, text: str) -> Line:
    try:
        name, *words = shlex.split(text)
    except ValueError:
        raise UsageError(f"section {text}: a quote is not closed") from None
    _known(session, name)
    if not words and name in REPORTS:
        words = shlex.split(load(name).page)
    return Line(name, tuple(words))


def _known(session: Session, name: str) -> None:
    from crm_cli.features.reports.own import is_there, names

    if name in (*REPORTS, *_OTHERS) or is_there(session.workspace, name):
        return
    near = did_you_mean(name, [*REPORTS, *_OTHERS, *names(session.workspace)])
    raise NotFound(f"there is no section '{name}'", f"{near} crm report lists them".strip())


def sections(session: Session, lines: Sequence[Line], asked: Asked) -> Iterator[Section]:
    """Each section, under a name of its own."""
    if asked.anonymous:
        asked = asked._replace(pseudonyms=Pseudonyms())
    taken: dict[str, int] = {}
    for line in lines:
        made = _section(session, line, asked)
        taken[line.name] = number = taken.get(line.name, 0) + 1
        yield made if number == 1 else made.but(name=f"{line.name}-{number}")


def _section(session: Session, line: Line, asked: Asked) -> Section:
    if line.name in _OTHERS and line.words:
        raise UsageError(f"section {line.name} takes no options", f"write {line.name} alone")
    if line.name == DUE:
        return due_section(session, asked)
    if line.name == CHANGES:
        return changes_section(session, asked)
    return _report(session, line, asked)


def _report(session: Session, line: Line, asked: Asked) -> Section:
    from crm_cli.features.reports.running import answer
    from crm_cli.features.reports.sections import nothing, section

    report, given, words = _read(session, line, asked)
    before = len(session.workspace.notices)
    try:
        wanted, beside = asked_of(session, report, given)
        found = answer(
            session.workspace, report, wanted, comparison=beside,
            sort=given["sort"], limit=given["limit"],
        )  # fmt: skip
    except UsageError as error:
        raise UsageError(f"section {line.name}: {error.message}", error.hint) from error
    except Refused:
        # Why may name folders of this machine, which are nobody's business.
        why = f"there is no history that can be read here; crm report {line.name} says why"
        return nothing(report, why, command=words)
    session.report(found.problems)
    notes = [*session.workspace.notices[before:], *(one.message for one in found.problems)]
    if asked.anonymous and notes:
        notes = ["something is left out, which the line below says"]
    return section(found, command=words, pseudonyms=asked.pseudonyms, notes=notes,
                   period=given.get("period"), usual=_is_usual(line, report))  # fmt: skip


def _read(session: Session, line: Line, asked: Asked) -> tuple[Report, dict[str, Any], str]:
    """The report of a line, its options, and the whole line."""
    call = read(["report", line.name, *line.words])
    if call is None:
        raise UsageError(
            f"section {line.name} cannot be read: {shlex.join(line.words)}",
            f"crm report {line.name} --help lists its options",
        )
    given = dict(call.values)
    for name in _NOT_HERE:
        if given.get(name):
            raise UsageError(f"section {line.name}: --{name.replace('_', '-')} is not for a page")
    report = _found(session, line.name, given)
    words = _nameless(line.words, given) if asked.anonymous else list(line.words)
    timed = "period" in given and not report.standing and report.group != "Your own"
    if asked.period is not None and (timed or given.get("period")):
        words = _without(words, "--period")
        given["period"] = asked.period
        timed = True
    given["terms"] = [*(given["terms"] or ()), *asked.terms] or None
    given["where"] = _both(given["where"], asked.where)
    given["owner"] = given["owner"] or asked.owner
    shown = ["crm", "report", line.name, *words, *asked.words(period=timed)]
    return report, given, shlex.join(shown)


def _is_usual(line: Line, report: Report) -> bool:
    return list(line.words) == shlex.split(report.page)


def _found(session: Session, name: str, given: dict[str, Any]) -> Report:
    if name in REPORTS:
        return load(name)
    from crm_cli.features.reports.own import find
    from crm_cli.features.sql import ask

    return find(session.workspace, name, ask, given.get("param") or ())


def _nameless(words: Sequence[str], given: dict[str, Any]) -> list[str]:
    """The words without those that may name somebody: terms, and what else chooses."""
    kept = [word for word in words if word not in (given["terms"] or ())]
    for option in ("-w", "--where", "--owner", "-p", "--param"):
        kept = _without(kept, option)
    return kept


def _without(words: Sequence[str], option: str) -> list[str]:
    """The words without an option and its value."""
    kept, queue = [], iter(words)
    for word in queue:
        if word == option:
            next(queue, None)
        elif not word.startswith(f"{option}="):
            kept.append(word)
    return kept


def _both(one: str | None, other: str | None) -> str | None:
    if one is None or other is None:
        return one or other
    return f"({one}) and ({other})"
