"""`crm import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.export import Kind
from crm_cli.cli.options import DryRun, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out

if TYPE_CHECKING:
    from crm_cli.features.importing import Import
    from crm_cli.formats.drafts import Drafts
    from crm_cli.model.errors import Problem

verbs = Verbs()

_SHOWN = 50
"""So many rejected rows are listed; the file of rejects has them all."""


@verbs.add
def import_(
    session: Session,
    kind: Kind,
    file: Annotated[Path, Argument(metavar="FILE", help="A file or a vdir folder; - reads stdin.")],
    format: Annotated[
        str, Option("--format", metavar="csv|ics", help="Default: from the file's extension.")
    ] = "",
    who: Annotated[
        str | None,
        Option(
            "--who",
            metavar="WHO",
            help="The customer for calendar entries that name none.",
        ),
    ] = None,
    map: Annotated[
        Path | None,
        Option("--map", metavar="MAP.yaml", help="A file that maps columns to fields."),
    ] = None,
    save_map: Annotated[
        Path | None,
        Option("--save-map", metavar="FILE", help="Save the mapping used to FILE."),
    ] = None,
    encoding: Annotated[
        str, Option("--encoding", metavar="cp1250", help="The file's encoding.")
    ] = "",
    delimiter: Annotated[
        str, Option("--delimiter", metavar="SIGN", help="The column separator: ; , or tab.")
    ] = "",
    dates: Annotated[
        str, Option("--dates", metavar="ymd|dmy|mdy", help="The order in 03/04/2025.")
    ] = "",
    decimal: Annotated[str, Option("--decimal", metavar=".|,", help="The decimal sign.")] = "",
    source_system: Annotated[
        str, Option("--source-system", metavar="NAME", help="The system of the external ids.")
    ] = "",
    skip_bad: Annotated[
        bool, Option("--skip-bad", help="Import valid rows; save the others to a file.")
    ] = False,
    rejects: Annotated[
        Path | None, Option("--rejects", metavar="FILE", help="Save rejected rows to FILE.")
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Import customers, products, purchases … from a CSV file, tasks … from a calendar.

    Shows what is new and what changes, asks, then writes all of it or nothing.
    Importing the same file twice changes nothing. Rows with one number are one purchase.

    crm import customers contacts.csv
    crm import purchases orders.csv --map orders.yaml --skip-bad
    crm import tasks petra.ics --who hotel-breg
    crm import calendar ~/.calendars/crm --yes
    """
    from crm_cli.features import importing
    from crm_cli.features.plan import Plan, counted

    if importing.is_calendar(kind, file, format):
        from crm_cli.cli.calendars import import_calendar

        tables: dict[str, object] = {"--map": map, "--save-map": save_map, "--delimiter": delimiter}
        tables |= {"--dates": dates, "--decimal": decimal, "--source-system": source_system}
        _only_for("tables", tables)
        import_calendar(
            session,
            kind,
            file,
            who=who,
            encoding=encoding,
            skip_bad=skip_bad,
            rejects=rejects,
            dry_run=dry_run,
            yes=yes,
        )
        return
    _only_for("calendars", {"--who": who})
    said = {
        "encoding": encoding,
        "delimiter": delimiter,
        "date": _one_of("--dates", dates, ("ymd", "dmy", "mdy")),
        "decimal": _one_of("--decimal", decimal, (".", ",")),
        "source_system": source_system,
    }
    drafts = _drafts(session, kind, file, map, said)
    _tell_reading(session, drafts)
    if save_map is not None:
        importing.save_map(save_map, drafts.map)
        session.say(f"the map is in {save_map}")
    with session.progress("Matching rows", len(drafts.rows)) as progress:
        plan = importing.plan_import(session.workspace, drafts, progress.advance)
    session.say(_counts(plan))
    if plan.rejected and not skip_bad:
        raise _refusal(plan, file)
    if plan.rejected:
        session.report(_problems(plan, file, warning=True))
    if plan.change.steps:
        touched = plan.new + plan.changed
        noun = plan.kind.name if touched == 1 else plan.kind.key
        written = carry_out(
            session,
            Plan(
                plan.change,
                f"imported {counted(touched, plan.kind.name, noun)}",
                plan.ids,
                f"Import {counted(touched, plan.kind.name, noun)}?",
            ),
            dry_run=dry_run,
            yes=yes,
        )
        if not written.diffs:
            return
    else:
        session.say("nothing changed")
    if plan.rejected and not dry_run:
        path = rejects or importing.default_path(file)
        importing.write_rejects(path, plan)
        session.say(f"{counted(len(plan.rejected), 'rejected row')} in {path}")


def _drafts(
    session: Session, kind: str, file: Path, map: Path | None, said: dict[str, str]
) -> Drafts:
    """What the file says; what it leaves open is asked on a terminal, and refused elsewhere."""
    from crm_cli.features import importing
    from crm_cli.formats.decoding import Undecided
    from crm_cli.formats.mapping import Map
    from crm_cli.formats.targets import kind_of
    from crm_cli.store import outside

    kind_of(kind)
    chosen = importing.load_map(map, kind) if map is not None else Map()
    chosen = chosen.with_settings(said)
    data = outside.read(file)
    session.begun |= str(file) == "-"
    while True:
        try:
            return importing.read_file(session.workspace, kind, data, path=str(file), map=chosen)
        except Undecided as error:
            session.say(error.message) if session.interactive else None
            answer = session.pick(f"Which {error.setting}?", error.choices)
            if answer is None:
                raise
            chosen = chosen.with_settings({error.setting: answer})


def _only_for(what: str, options: dict[str, object]) -> None:
    from crm_cli.model.errors import UsageError

    for name, value in options.items():
        if value:
            raise UsageError(f"{name} is for {what}", "leave it out here")


def _one_of(option: str, value: str, known: tuple[str, ...]) -> str:
    from crm_cli.model.errors import UsageError

    if value and value not in known:
        raise UsageError(f"{option} is one of {' '.join(known)}, not {value!r}")
    return value


def _tell_reading(session: Session, drafts: Drafts) -> None:
    """Say how the file was read, as far as it was not said how."""
    from crm_cli.formats.tabular import DELIMITERS
    from crm_cli.model.text import visible

    map = drafts.map
    parted = DELIMITERS.get(map.delimiter, map.delimiter)
    told = [f"read as {map.encoding}, columns separated by {parted}"]
    for key, what in (("date", "dates"), ("decimal", "decimals")):
        found = drafts.found.get(key)
        if found is not None and found.by is not None:
            by = f"line {found.by.line}: {visible(found.by.text.strip())}"
            value = found.value if key == "date" else f"with {found.value}"
            told.append(f"{what} {value} ({by})")
    session.say(", ".join(told))
    session.say(
        "columns: "
        + ", ".join(f"{visible(one.heading)} → {visible(one.key)}" for one in map.columns)
    )
    if drafts.left_out:
        session.say(f"left out: {', '.join(visible(one) for one in drafts.left_out)}")
    for doubt in drafts.doubts:
        session.say(f"note: {visible(doubt)}")


def _counts(plan: Import) -> str:
    counts = f"{plan.new:,} new, {plan.changed:,} changed, {plan.unchanged:,} unchanged"
    rows = "row" if len(plan.rejected) == 1 else "rows"
    return f"{plan.kind.key}: {counts}, {len(plan.rejected):,} {rows} rejected"


def _problems(plan: Import, file: Path, *, warning: bool) -> list[Problem]:
    from crm_cli.model.errors import Problem, Severity

    severity = Severity.WARNING if warning else Severity.ERROR
    return [
        Problem(str(file), row.line, 1, "rejected-row", row.reason, "", severity)
        for row in plan.rejected[:_SHOWN]
    ]


def _refusal(plan: Import, file: Path) -> Exception:
    from crm_cli.features.plan import counted
    from crm_cli.model.errors import DataError

    more = len(plan.rejected) - _SHOWN
    hint = "correct them, or pass --skip-bad to import the others and save these to a file"
    if more > 0:
        hint = f"and {more:,} more; {hint}"
    count = counted(len(plan.rejected), "row")
    verb = "is" if len(plan.rejected) == 1 else "are"
    return DataError(
        f"{count} {verb} rejected; nothing was imported",
        hint,
        tuple(_problems(plan, file, warning=False)),
    )
