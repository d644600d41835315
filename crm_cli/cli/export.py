"""`crm export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.options import PeriodOf, Sort, Terms, To, Where
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.formats.ledger import PROGRAMS
from crm_cli.formats.registry import EXPORTERS
from crm_cli.formats.targets import ALL_DATES, CARDS, EXCHANGED, exchanged

if TYPE_CHECKING:
    from crm_cli.features.exporting.folder import Folder
    from crm_cli.formats.flat import Exported

verbs = Verbs()

_SHOWN = 20
PARTED = "parquet"
"""The format of everything as a folder of tables."""
_FORMATS = (*(one.name for one in EXPORTERS if "-" not in one.name), *PROGRAMS)

Kind = Annotated[
    str,
    Argument(
        metavar="KIND",
        help=f"{', '.join(EXCHANGED)}, ledger or all.",
    ),
]


@verbs.add
def export(
    session: Session,
    kind: Kind,
    terms: Terms = None,
    format: Annotated[
        str,
        Option(
            "--format",
            metavar="FORMAT",
            offers=_FORMATS,
            help=f"{', '.join(_FORMATS)}, vcf-4.0 or vcf-2.1. Default: from the file's extension, "
            "else csv (calendars: ics).",
        ),
    ] = "",
    to: To = None,
    vdir: Annotated[
        Path | None,
        Option("--vdir", metavar="DIR", help="A folder with one file per entry, for vdirsyncer."),
    ] = None,
    force: Annotated[
        bool, Option("--force", help="Overwrite the file, or entries changed in the vdir.")
    ] = False,
    where: Where = None,
    period: PeriodOf = None,
    sort: Sort = None,
    book: Annotated[
        str | None,
        Option("--book", metavar="NAME", help="What all as parquet calls this directory."),
    ] = None,
    only: Annotated[
        str | None,
        Option("--kind", metavar="A,B", help="Only these kinds: invoice,credit_note."),
    ] = None,
) -> None:
    """Write records for other programs; crm import reads CSV, calendars and vCards back.

    A calendar holds open tasks, planned meetings, birthdays and anniversaries. A ledger
    is what was billed and paid, for hledger or beancount, on the accounts in crm.yaml.

    crm export customers city:Koper +vip --to koper.csv
    crm export customers --vdir ~/.contacts/crm
    crm export purchases date:2026 --format json
    crm export purchases --period last-quarter --to quarter.csv
    crm export purchases --kind invoice --to invoices.csv
    crm export ledger --to shop.journal
    crm export ledger --format beancount --period 2026
    crm export tasks assignee:petra --to petra.ics
    crm export calendar --vdir ~/.calendars/crm
    crm export all --format json --to everything.json
    crm export all --to everything.xlsx
    crm export all --format parquet --to lake
    """
    from crm_cli.features import exporting

    target = Path(to) if to not in (None, "-") else None
    if kind.lower() == "all":
        alone: dict[str, object] = {"--vdir": vdir, "--sort": sort, "--kind": only}
        alone |= {"--where": where, "--period": period, "TERM": terms}
        _export_all(session, target, format, alone, force=force, book=book)
        return
    if kind.lower() == exporting.LEDGER:
        _no_others(None, vdir=vdir, sort=sort, kind=only)
        ledger, problems = exporting.export_ledger(
            session.workspace,
            session.terms(terms),
            where=where,
            period=period,
            format=format,
            to=str(target or ""),
        )
        session.report(problems)
        _give(session, ledger, target, force=force)
        return
    if vdir is not None:
        _no_others("vdir", to=to, sort=sort, format=format, period=period, kind=only)
        folder = exporting.export_folder(
            session.workspace, kind, vdir, session.terms(terms), where=where, force=force
        )
        _show_folder(session, folder, kind)
        return
    exported = exporting.export(
        session.workspace,
        kind,
        [*session.terms(terms), *([f"kind.is:{only}"] if only is not None else [])],
        where=where,
        period=period,
        sort=sort,
        format=format,
        to=target,
        ascii_only=target is None and not session.screen.unicode,
    )
    _give(session, exported, target, force=force)


def _export_all(
    session: Session,
    target: Path | None,
    format: str,
    others: dict[str, object],
    *,
    force: bool,
    book: str | None,
) -> None:
    """Write all files into one document, or all records into a workbook or a folder; no part of
    them."""
    from collections import Counter

    from crm_cli.features import exporting
    from crm_cli.features.whole import export_all
    from crm_cli.formats.flat import Exported
    from crm_cli.formats.registry import several_tables
    from crm_cli.model.errors import UsageError

    given = next((name for name, value in others.items() if value), None)
    if given is not None:
        raise UsageError(f"{given} is not for all: it is every file", "leave it out")
    if format.lower() == PARTED:
        _export_parted(session, target, book, force=force)
        return
    if book is not None:
        raise UsageError(f"--book is for --format {PARTED}", "leave it out")
    form = several_tables(format, str(target or ""))
    if form is not None:
        _give(session, exporting.export_kinds(session.workspace, form), target, force=force)
        return
    plain = target is None and not session.screen.unicode
    pieces = export_all(session.workspace, ascii_only=plain)
    _give(session, Exported(pieces, Counter()), target, force=force)


def _export_parted(
    session: Session, target: Path | None, book: str | None, *, force: bool
) -> None:
    """Write all documented views into a folder."""
    from crm_cli.features.exporting.partitions import export_parted
    from crm_cli.features.plan import counted
    from crm_cli.model.errors import UsageError
    from crm_cli.model.text import visible

    if target is None:
        raise UsageError("all as parquet is a folder of files", "name it: --to lake")
    done = export_parted(session.workspace, target, book=book, force=force)
    counts = f"{counted(done.rows, 'row')} in {counted(done.files, 'file')}"
    session.say(f"{visible(str(done.path))}: book={done.book}, {counts}")


def _give(session: Session, exported: Exported, target: Path | None, *, force: bool) -> None:
    """Write an export into its file, or to stdout."""
    from crm_cli.features import exporting
    from crm_cli.model.text import visible

    if target is not None:
        exporting.save(target, exported, force=force)
        session.say(f"written to {visible(str(target))}")
    else:
        session.give(exported.whole)
    if exported.left_out:
        keys = ", ".join(visible(key) for key in sorted(exported.left_out))
        more = "" if any(" " in key for key in exported.left_out) else "; --format json has all"
        session.say(f"not in this format: {keys}{more}")


def _no_others(what: str | None, **options: object) -> None:
    from crm_cli.model.errors import UsageError

    for name, value in options.items():
        if value and value not in ("ics", "vcf"):
            if what is None:
                raise UsageError(f"--{name} is not for a ledger", "leave it out")
            raise UsageError(f"--{what} and --{name} do not go together", "leave one of them out")


def _show_folder(session: Session, folder: Folder, kind: str) -> None:
    from crm_cli.features.plan import counted
    from crm_cli.model.errors import ConflictError
    from crm_cli.model.text import visible

    counts = f"{counted(folder.written, 'file')} written, {folder.unchanged:,} unchanged"
    session.say(f"{visible(str(folder.path))}: {counts}, {folder.removed:,} removed")
    if folder.without_day:
        session.say(f"{counted(folder.without_day, 'entry', 'entries')} without a day left out")
    if not folder.kept:
        return
    for name, why in folder.kept[:_SHOWN]:
        session.say(f"left alone: {visible(name)}: {visible(why)}")
    if len(folder.kept) > _SHOWN:
        session.say(f"and {len(folder.kept) - _SHOWN:,} more")
    name = exchanged(kind) if exchanged(kind) in CARDS else ALL_DATES
    if changed := sum(why.startswith("changed") for _, why in folder.kept):
        raise ConflictError(
            f"{counted(changed, 'file')} changed there {'is' if changed == 1 else 'are'} as before",
            f"crm import {name} {visible(str(folder.path))} brings in what was changed; "
            "--force overwrites it",
        )
