"""`crm import` of a table or a document: each kind in it is shown, asked for and written."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from crm_cli.cli.asking import settled
from crm_cli.cli.calendars import Ending
from crm_cli.cli.session import Session
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import CrmError

if TYPE_CHECKING:
    from crm_cli.cli.import_presets import Way
    from crm_cli.features.importing import Import, Source
    from crm_cli.formats.drafts import Drafts
    from crm_cli.formats.mapping import Map


def import_tables(
    session: Session,
    kind: str,
    map: Path | None,
    save_map: Path | None,
    said: Map,
    who: str | None,
    end: Ending,
    format: str,
) -> None:
    """Import what a table or a document holds, kind by kind; where one cannot be imported, or is
    declined, those after it are not either."""
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
    written: list[str] = []
    for number, way in enumerate(found):
        if number:
            session.say("")
            session.say(f"{way.title}:")
        try:
            drafts = _drafts(session, source, way.kind, way.map)
            others = _headings(found, way)
            left_out = tuple(one for one in drafts.left_out if one not in others)
            drafts = drafts._replace(left_out=left_out)
            if _table(session, drafts, save_map, end, several=len(found) > 1):
                written.append(way.title)
        except CrmError as error:
            raise _told_of(error, way, written, found[number + 1 :]) from None
        if end.dry_run and number + 1 < len(found):
            session.say(f"then, once these are written: {_listed(found[number + 1 :])}")
            return


def _headings(ways: list[Way], but: Way) -> set[str]:
    """The headings that the other kinds of a file are read from."""
    named = [column.heading for way in ways if way is not but for column in way.map.columns]
    return {one for heading in named for one in (heading, *re.findall(r"\{([^{}]+)\}", heading))}


def _listed(ways: list[Way]) -> str:
    return ", ".join(f"{one.title} ({one.kind})" for one in ways)


def _told_of(error: CrmError, way: Way, written: list[str], left: list[Way]) -> CrmError:
    """The error of one of several kinds, which says what of the file is imported, and what not."""
    from crm_cli.model.errors import Declined

    if not written and not left:
        return error
    if isinstance(error, Declined):
        error.message = f"{way.title}: not imported"
    else:
        error.message = f"{way.title}: {error.message}"
    parts = [f"not imported: {_listed(left)}"] if left else []
    if written:
        parts.insert(0, f"imported before: {', '.join(written)} (crm undo takes back the last)")
    error.hint = "; ".join(filter(None, (error.hint, *parts)))
    return error


def _table(
    session: Session, drafts: Drafts, save_map: Path | None, end: Ending, *, several: bool
) -> bool:
    """Tell how a table is read, match its rows with what is there, and write what comes of it;
    whether that changed anything."""
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
        raise import_preview.refusal(plan, end.file, all=end.dry_run, several=several)
    return _write(session, plan, end)


def _write(session: Session, plan: Import, end: Ending) -> bool:
    """Write what can be taken, once that is agreed, and the rejected rows to a file; whether that
    changed any record. Raises Declined."""
    from crm_cli.cli import import_preview
    from crm_cli.features import importing
    from crm_cli.features.plan import counted

    path = importing.rejects_path(end.rejects, end.file, plan)
    if plan.rejected:
        import_preview.tell_rejected(session, plan, end.file, f"in {path}", all=end.dry_run)
    written = _written(session, plan, end)
    if plan.rejected and not end.dry_run:
        importing.write_rejects(path, plan)
        session.say(f"{counted(len(plan.rejected), 'rejected row')} in {path}")
    return written and not end.dry_run


def _written(session: Session, plan: Import, end: Ending) -> bool:
    """Write what is new and what changes, or show it; False where that is nothing."""
    from crm_cli.features.plan import Plan, counted

    if not plan.change.steps:
        session.say("nothing changed")
        return False
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

    def read(map: Map) -> Drafts:
        return importing.read_file(
            session.workspace,
            kind,
            source.data,
            path=str(source.path),
            map=map,
            format=source.format,
        )

    return settled(session, chosen, read)


def _only_one(file: Path, ways: list[Way]) -> None:
    from crm_cli.model.errors import UsageError

    raise UsageError(
        f"--save-map saves one map, and {file} holds {_listed(ways)}",
        f"--map NAME reads one of them: {', '.join(way.preset for way in ways)}",
    )
