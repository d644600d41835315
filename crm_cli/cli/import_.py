"""`crm import`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.calendars import Ending
from crm_cli.cli.options import DryRun, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.formats.targets import EXCHANGED

if TYPE_CHECKING:
    from crm_cli.cli.import_presets import Way
    from crm_cli.features.importing import Import, Source
    from crm_cli.formats.drafts import Drafts
    from crm_cli.formats.mapping import Map

verbs = Verbs()

Kind = Annotated[
    str,
    Argument(
        metavar="KIND",
        help=f"{', '.join(EXCHANGED)} bank or all; without, a preset tells.",
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

    Shows what is new and what changes, asks, then writes all of it or nothing.
    Importing the same file twice changes nothing. Rows with one number are one purchase.
    A cell that cannot be read is left out and reported. crm help import explains maps.
    A statement of the bank (camt.053, MT940 or CSV) is matched with the open invoices.

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
    crm import all everything.json
    """
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
    _tables(session, kind, map, save_map, chosen, who, end, format)


def _tables(
    session: Session,
    kind: str,
    map: Path | None,
    save_map: Path | None,
    said: Map,
    who: str | None,
    end: Ending,
    format: str,
) -> None:
    """Import what a table or a document holds, kind by kind."""
    from crm_cli.cli.import_presets import ways_to_read
    from crm_cli.features import importing

    if kind and who is not None:
        _refuse_owner(kind)
    source = importing.Source(end.file, format, kind)
    session.begun |= str(end.file) == "-"
    settled = partial(_with_owner, session, who)
    found = ways_to_read(session, source, kind, map, said, settled)
    source.forget()
    if save_map is not None and len(found) > 1:
        _only_one(end.file, found)
    for number, way in enumerate(found):
        if number:
            session.say("")
            session.say(f"{way.title}:")
        _table(session, _drafts(session, source, way.kind, way.map), save_map, end)
        if end.dry_run and number + 1 < len(found):
            rest = ", ".join(f"{one.title} ({one.kind})" for one in found[number + 1 :])
            session.say(f"then, once these are written: {rest}")
            return


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


def _table(session: Session, drafts: Drafts, save_map: Path | None, end: Ending) -> None:
    """Tell how a table is read, match its rows with what is there, and write what comes of it."""
    from crm_cli.cli import import_preview
    from crm_cli.features import importing

    import_preview.tell_reading(session, drafts)
    if save_map is not None:
        importing.save_map(save_map, drafts.map)
        session.say(f"the map is in {save_map}")
    with session.progress("Matching rows", len(drafts.rows)) as progress:
        plan = importing.plan_import(session.workspace, drafts, progress.advance)
    import_preview.tell_plan(session, plan, listed=end.dry_run or not end.yes)
    import_preview.tell_cells(session, plan, end.file, all=end.dry_run)
    session.say(import_preview.counts(plan))
    if plan.rejected and not end.skip_bad:
        raise import_preview.refusal(plan, end.file, all=end.dry_run)
    _write(session, plan, end)


def _write(session: Session, plan: Import, end: Ending) -> None:
    """Write what can be taken, once that is agreed, and the rejected rows to a file."""
    from crm_cli.cli import import_preview
    from crm_cli.features import importing
    from crm_cli.features.plan import counted

    path = end.rejects or importing.default_path(end.file)
    if plan.rejected:
        import_preview.tell_rejected(session, plan, end.file, f"in {path}", all=end.dry_run)
    if _written(session, plan, end) and plan.rejected and not end.dry_run:
        importing.write_rejects(path, plan)
        session.say(f"{counted(len(plan.rejected), 'rejected row')} in {path}")


def _written(session: Session, plan: Import, end: Ending) -> bool:
    """Write what is new and what changes; False where that was declined."""
    from crm_cli.features.plan import Plan, counted

    if not plan.change.steps:
        session.say("nothing changed")
        return True
    touched = plan.new + plan.changed
    noun = plan.kind.name if touched == 1 else plan.kind.key
    what = counted(touched, plan.kind.name, noun)
    done = Plan(plan.change, f"imported {what}", plan.ids, f"Import {what}?")
    return bool(carry_out(session, done, dry_run=end.dry_run, yes=end.yes).diffs)


def _with_owner(session: Session, who: str | None, kind: str, map: Map) -> Map:
    """The map with the customer that --who names, whose all items are."""
    from crm_cli.formats.targets import CUSTOMER

    if who is None:
        return map
    _refuse_owner(kind)
    owner = (CUSTOMER.key, session.who(who, writes=True))
    return replace(map, constants=(*map.constants, owner))


def _refuse_owner(kind: str) -> None:
    """Raise UsageError for --who with what belongs to no customer."""
    from crm_cli.formats.targets import belongs, kind_of
    from crm_cli.model.errors import UsageError

    if not belongs(kind_of(kind)):
        raise UsageError(f"--who is for what belongs to customers, and {kind} do not", "omit it")


def _drafts(session: Session, source: Source, kind: str, chosen: Map) -> Drafts:
    """What the file says; what it leaves open is asked on a terminal, and refused elsewhere."""
    from crm_cli.features import importing
    from crm_cli.formats.decoding import Undecided

    while True:
        try:
            return importing.read_file(
                session.workspace,
                kind,
                source.data,
                path=str(source.path),
                map=chosen,
                format=source.format,
            )
        except Undecided as error:
            session.say(error.message) if session.interactive else None
            answer = session.pick(f"Which {error.setting}?", error.choices)
            if answer is None:
                raise
            chosen = chosen.with_settings({error.setting: answer})


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


def _only_one(file: Path, ways: list[Way]) -> None:
    from crm_cli.model.errors import UsageError

    kinds = ", ".join(dict.fromkeys(way.kind for way in ways))
    raise UsageError(
        f"--save-map saves one map, and {file} holds {kinds}", f"crm import {ways[0].kind} {file}"
    )


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
