"""`crm export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.options import Sort, Terms, To, Where
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.formats.registry import EXPORTERS
from crm_cli.formats.targets import EXCHANGED

if TYPE_CHECKING:
    from crm_cli.features.exporting.vdir import Folder

verbs = Verbs()

_SHOWN = 20

Kind = Annotated[
    str,
    Argument(
        metavar="KIND",
        help=f"{', '.join(EXCHANGED[:-1])} or {EXCHANGED[-1]}.",
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
            metavar="|".join(one.name for one in EXPORTERS),
            help="Default: from the file's extension, else csv (calendars: ics).",
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
    sort: Sort = None,
) -> None:
    """Write records for other programs; crm import reads CSV and calendars back.

    A calendar holds open tasks, planned meetings, birthdays and anniversaries.

    crm export customers city:Koper +vip --to koper.csv
    crm export purchases date:2026 --format json
    crm export tasks assignee:petra --to petra.ics
    crm export calendar --vdir ~/.calendars/crm
    """
    from crm_cli.features import exporting
    from crm_cli.model.text import visible

    if vdir is not None:
        from crm_cli.features.exporting.vdir import export_folder

        _no_others(to=to, sort=sort, format=format)
        _show_folder(
            session,
            export_folder(
                session.workspace, kind, vdir, session.terms(terms), where=where, force=force
            ),
        )
        return
    target = Path(to) if to not in (None, "-") else None
    exported = exporting.export(
        session.workspace,
        kind,
        session.terms(terms),
        where=where,
        sort=sort,
        format=format,
        to=target,
        ascii_only=target is None and not session.screen.unicode,
    )
    if target is not None:
        exporting.save(target, exported, force=force)
        session.say(f"written to {visible(str(target))}")
    else:
        session.give(exported.pieces)
    if exported.left_out:
        keys = ", ".join(visible(key) for key in sorted(exported.left_out))
        more = "" if any(" " in key for key in exported.left_out) else "; --format json has all"
        session.say(f"not in this format: {keys}{more}")


def _no_others(**options: object) -> None:
    from crm_cli.model.errors import UsageError

    for name, value in options.items():
        if value and value != "ics":
            raise UsageError(f"--vdir and --{name} do not go together", "leave one of them out")


def _show_folder(session: Session, folder: Folder) -> None:
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
    if changed := sum(why.startswith("changed") for _, why in folder.kept):
        raise ConflictError(
            f"{counted(changed, 'file')} changed there {'is' if changed == 1 else 'are'} as before",
            f"crm import calendar {visible(str(folder.path))} brings in what was changed; "
            "--force overwrites it",
        )
