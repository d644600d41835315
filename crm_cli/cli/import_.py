"""`crm import`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from crm_cli.cli.calendars import Ending
from crm_cli.cli.import_invoices import is_einvoice_file, is_for_invoices
from crm_cli.cli.options import DryRun, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.formats.targets import EXCHANGED

verbs = Verbs()

Kind = Annotated[
    str,
    Argument(
        metavar="KIND",
        help=f"{', '.join(EXCHANGED)} bank invoices or all; without, a preset tells.",
    ),
]
File = Annotated[
    Path | None, Argument(metavar="FILE", help="A file, vdir or folder of notes; - reads stdin.")
]
Presets = Annotated[
    bool, Option("--presets", help="List the exports that need neither a kind nor a map.")
]
Format = Annotated[
    str,
    Option(
        "--format",
        metavar="csv|jsonl|json|xlsx|ods|abook|ics|vcf",
        help="Default: by the file's name.",
    ),
]
EntriesOf = Annotated[
    str | None,
    Option("--who", metavar="WHO", help="The customer for entries, or items, that name none."),
]
MapFile = Annotated[
    Path | None,
    Option("--map", metavar="MAP.yaml", help="Maps columns to fields; or a preset's name."),
]
SaveMap = Annotated[
    Path | None,
    Option("--save-map", metavar="FILE", help="Save the mapping used to FILE."),
]
Encoding = Annotated[str, Option("--encoding", metavar="cp1250", help="The file's encoding.")]
Delimiter = Annotated[
    str, Option("--delimiter", metavar="SIGN", help="The column separator: ; , or tab.")
]
Sheet = Annotated[str, Option("--sheet", metavar="NAME", help="The sheet of a workbook.")]
HeadingRow = Annotated[
    int | None, Option("--heading-row", metavar="N", min=1, help="The row of the headings.")
]
Dates = Annotated[
    str,
    Option("--dates", metavar="ymd|dmy|mdy", help="The order in 03/04/2025, or %d/%m/%y."),
]
Decimal = Annotated[str, Option("--decimal", metavar=".|,", help="The decimal sign.")]
SourceSystem = Annotated[
    str, Option("--source-system", metavar="NAME", help="The system of the external ids.")
]
SkipBad = Annotated[
    bool, Option("--skip-bad", help="Import valid rows; save the others to a file.")
]
KeepRest = Annotated[
    bool, Option("--keep-rest", help="Keep columns that no field is known for under custom.")
]
Rejects = Annotated[
    Path | None, Option("--rejects", metavar="FILE", help="Save rejected rows to FILE.")
]


@verbs.add
def import_(
    session: Session,
    kind: Kind = "",
    file: File = None,
    format: Format = "",
    who: EntriesOf = None,
    map: MapFile = None,
    save_map: SaveMap = None,
    encoding: Encoding = "",
    delimiter: Delimiter = "",
    sheet: Sheet = "",
    heading_row: HeadingRow = None,
    dates: Dates = "",
    decimal: Decimal = "",
    source_system: SourceSystem = "",
    skip_bad: SkipBad = False,
    rejects: Rejects = None,
    keep_rest: KeepRest = False,
    presets: Presets = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Import customers, deals … from CSV, a spreadsheet or vCards, tasks … from a calendar.

    Shows what is new and what changes, asks, then writes all of it or nothing. Of a file
    of several kinds each is asked about, up to one that is declined or cannot be read.
    Importing the same file twice changes nothing. Rows with one number are one purchase.
    A cell that cannot be read is left out and reported. crm help import explains maps.
    A statement of the bank (camt.053, MT940 or CSV) is matched with the open invoices.
    E-invoices (UBL, CII, Factur-X) that another program of yours made become purchases.

    crm import customers contacts.csv
    crm import purchases orders.csv --map orders.yaml --skip-bad
    crm import purchases book.xlsx --sheet Orders --dry-run
    crm import customers - --format jsonl --yes < form.jsonl
    crm import deals deals.csv --who walk-in
    crm import customers telephone.vcf
    crm import tasks petra.ics --who hotel-breg
    crm import calendar ~/.calendars/crm --yes
    crm import espo.json --keep-rest
    crm import bank statement.xml
    crm import invoices 2026-0042.xml
    crm import all everything.json
    """
    from crm_cli.cli.import_tables import import_tables
    from crm_cli.features import importing
    from crm_cli.formats.mapping import Map

    if presets:
        from crm_cli.cli.import_presets import list_presets

        list_presets(session)
        return
    if kind.lower() == "bank":
        from crm_cli.cli.import_bank import import_bank

        records: dict[str, object] = {"--who": who, "--save-map": save_map, "--format": format}
        records |= {"--skip-bad": skip_bad, "--rejects": rejects}
        _only_for("rows of records", records | {"--source-system": source_system})
        said = {"encoding": encoding, "delimiter": delimiter, "date": _order(dates),
                "decimal": _one_of("--decimal", decimal, (".", ",")),
                "sheet": sheet, "heading_row": str(heading_row or "")}  # fmt: skip
        import_bank(session, file, map, said, dry_run=dry_run, yes=yes)
        return
    if file is None and is_einvoice_file(kind):
        session.say(f"taken for an e-invoice: crm import invoices {kind}")
        kind, file = "invoices", Path(kind)
    if is_for_invoices(kind, file):
        from crm_cli.cli.import_invoices import import_invoices

        assert file is not None
        tables: dict[str, object] = {"--map": map, "--save-map": save_map, "--rejects": rejects}
        _only_for("tables", tables | {"--format": format, "--source-system": source_system})
        import_invoices(session, file, who, skip_bad=skip_bad, dry_run=dry_run, yes=yes)
        return
    if kind.lower() == "all":
        _only_for("rows of records", {"--map": map, "--save-map": save_map, "--who": who,
                                      "--skip-bad": skip_bad, "--rejects": rejects})  # fmt: skip
        _all(session, file, dry_run=dry_run, yes=yes)
        return
    kind, file = _kind_and_file(session, kind, file, map)
    importing.refuse_taken(rejects, save_map)
    end = Ending(file, skip_bad, rejects, dry_run, yes)
    ways: dict[str, str] = {"--delimiter": delimiter, "--dates": dates, "--decimal": decimal}
    ways |= {"--source-system": source_system, "--sheet": sheet}
    ways["--heading-row"] = str(heading_row or "")
    if kind and (form := importing.entries_format(kind, file, format)):
        ways |= {"--keep-rest": "yes" if keep_rest else ""}
        _only_for("tables", {"--map": map, "--save-map": save_map, **ways})
        _entries(session, form, kind, who, encoding, end)
        return
    chosen = replace(Map().with_settings(_said(encoding, ways)), keep_rest=keep_rest)
    import_tables(session, kind, map, save_map, chosen, who, end, format)


def _all(session: Session, file: Path | None, *, dry_run: bool, yes: bool) -> None:
    """Every file of a document of crm export all, as it was."""
    from crm_cli.cli.writing import carry_out_asked
    from crm_cli.features.whole import import_all
    from crm_cli.model.errors import UsageError
    from crm_cli.store import outside

    if file is None:
        raise UsageError("which file?", "crm import all FILE: what crm export all wrote")
    data = outside.read(file)
    session.begun |= str(file) == "-"
    plan = import_all(session.workspace, data)
    if yes:
        plan = plan._replace(question="")
    carry_out_asked(session, plan, dry_run=dry_run, yes=yes)


def _said(encoding: str, ways: dict[str, str]) -> dict[str, str]:
    """The settings of a map that the command line gives."""
    return {
        "encoding": encoding,
        "delimiter": ways["--delimiter"],
        "date": _order(ways["--dates"]),
        "decimal": _one_of("--decimal", ways["--decimal"], (".", ",")),
        "source_system": ways["--source-system"],
        "sheet": ways["--sheet"],
        "heading_row": ways["--heading-row"],
    }


def _entries(
    session: Session, form: str, kind: str, who: str | None, encoding: str, end: Ending
) -> None:
    """Import a calendar or vCards."""
    from crm_cli.cli.calendars import import_calendar, import_cards

    if form == "vcf":
        _only_for("what belongs to customers", {"--who": who})
        import_cards(session, encoding, end)
    else:
        import_calendar(session, kind, who, encoding, end)








def _kind_and_file(
    session: Session, kind: str, file: Path | None, map: Path | None
) -> tuple[str, Path]:
    """The kind and the file; where only a file is named, the kind of what is no table."""
    from crm_cli.features import importing
    from crm_cli.formats.registry import format_of, refuse_foreign
    from crm_cli.model.errors import UsageError
    from crm_cli.store import outside

    if file is not None:
        return kind, file
    path = Path(kind)
    if not kind or not path.exists():
        hint = "crm import KIND FILE, as in crm import customers contacts.csv"
        raise UsageError("which file?" if kind else "which kind, and which file?", hint)
    if path.is_dir():
        found = importing.kind_of_folder(path)
    else:
        start = outside.read(path)[:20].lstrip(b"\xef\xbb\xbf\r\n ").upper()
        cards = start.startswith(b"BEGIN:VCARD")
        found = "customers" if cards else "calendar" if start.startswith(b"BEGIN:VCAL") else ""
        if not cards and not format_of(start):
            refuse_foreign(str(path), start)
    if found and map is None:
        what = "vCards" if found == "customers" else "a calendar"
        session.say(f"taken for {what}: crm import {found} {path}")
    return found, path



def _only_for(what: str, options: Mapping[str, object]) -> None:
    from crm_cli.model.errors import UsageError

    for name, value in options.items():
        if value:
            raise UsageError(f"{name} is for {what}", "leave it out here")


def _order(dates: str) -> str:
    from crm_cli.formats.cells.days import is_pattern, pattern_fault
    from crm_cli.model.errors import UsageError

    if not is_pattern(dates):
        return _one_of("--dates", dates, ("ymd", "dmy", "mdy"))
    if fault := pattern_fault(dates):
        raise UsageError(f"--dates: {fault}", "as in %d/%m/%y, or %Y-%m-%d %H:%M")
    return dates


def _one_of(option: str, value: str, known: tuple[str, ...]) -> str:
    from crm_cli.model.errors import UsageError

    if value and value not in known:
        raise UsageError(f"{option} is one of {' '.join(known)}, not {value!r}")
    return value
