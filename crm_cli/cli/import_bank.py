"""`crm import bank`: what a statement has, what it is taken for and why, and the question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from crm_cli.cli.asking import settled
from crm_cli.cli.session import Session
from crm_cli.cli.writing import carry_out_asked
from crm_cli.model.errors import UsageError
from crm_cli.model.text import visible

if TYPE_CHECKING:
    from crm_cli.features.banking import BankImport, Taken
    from crm_cli.formats.bank.statement import Statement
    from crm_cli.formats.mapping import Map

_SHOWN = 50


def import_bank(
    session: Session,
    file: Path | None,
    map: Path | None,
    said: Mapping[str, str],
    *,
    dry_run: bool,
    yes: bool,
) -> None:
    """Read a statement, say what each new line is taken for, ask, and book what is certain."""
    from crm_cli.features.banking import plan_import
    from crm_cli.features.plan import Plan, counted

    if file is None:
        raise UsageError("which file?", "crm import bank FILE: camt.053, MT940 or CSV")
    statement = _read(session, file, map, said)
    made = plan_import(session.workspace, statement.lines)
    lines = counted(len(statement.lines), "line")
    session.say(f"read as {statement.format}: {lines}, {made.known:,} here already")
    if made.alike:
        ids = ", ".join(id for _, id in made.alike[:9])
        more = ", …" if made.alike[9:] else ""
        same = "the same day, amount, payer and text in another file"
        session.say(f"{len(made.alike):,} of these with {same}: {ids}{more}")
    for note in statement.notes:
        session.say(f"note: {visible(note)}")
    if made.unnamed:
        lines = counted(made.unnamed, "line")
        session.say(f"{lines} of somebody who was forgotten: kept without what is theirs alone")
    for text in _told(made, all=dry_run):
        session.say(text)
    booked, open_, ignored = (len(made.of(one)) for one in ("booked", "open", "ignored"))
    session.say(f"bank: {booked:,} to be booked, {open_:,} open, {ignored:,} of no customer")
    if not made.taken:
        session.say("nothing changed")
        return
    what = f"{counted(made.payments, 'payment')} of {counted(len(made.customers), 'customer')}"
    question = f"Book {what}, and keep {counted(len(made.taken) - booked, 'other line')}?"
    plan = Plan(made.change, f"imported {counted(len(made.taken), 'line')}: booked {what}",
                made.customers[:1], question)  # fmt: skip
    carry_out_asked(session, plan, dry_run=dry_run, yes=yes)
    if open_ and not dry_run:
        session.say("crm bank open lists the open lines")


def _read(session: Session, file: Path, map: Path | None, said: Mapping[str, str]) -> Statement:
    from crm_cli.formats.bank import format_of, read_statement
    from crm_cli.store import outside

    data = outside.read(file)
    session.begun |= str(file) == "-"
    if format_of(data) != "table":
        if map is not None:
            raise UsageError("--map is for tables", "leave it out here")
        return read_statement(data)
    return _table(session, data, file, map, said)


def _table(
    session: Session, data: bytes, file: Path, map: Path | None, said: Mapping[str, str]
) -> Statement:
    """The lines of a CSV file; what it leaves open is asked on a terminal."""
    from crm_cli.features import importing
    from crm_cli.features.banking import read_table
    from crm_cli.formats.mapping import Map
    from crm_cli.formats.registry import format_of, refuse_foreign
    from crm_cli.model.bank import BANK_LINE

    if not format_of(data):
        refuse_foreign(str(file), data)
    chosen: Map = importing.load_map(map, BANK_LINE) if map is not None else Map()
    chosen = chosen.with_settings(dict(said))
    return settled(session, chosen, lambda map: read_table(session.workspace, data, map))


def _told(made: BankImport, *, all: bool) -> Iterator[str]:
    """The lines by what becomes of them, each with its reason; debits of nobody only counted."""
    shown = [*made.of("booked"), *made.of("open")]
    for one in shown if all else shown[:_SHOWN]:
        yield line_text(one)
    if len(shown) > _SHOWN and not all:
        yield f"… and {len(shown) - _SHOWN:,} more: --dry-run lists all"


def line_text(one: Taken) -> str:
    """What a line is taken for, and why."""
    from crm_cli.model.money import format_amount

    line, match = one.line, one.match
    who = line.name or line.iban or line.text[:40] or "nobody named"
    head = f"{line.day}  {format_amount(line.amount, line.currency):>12} {line.currency}  {who}"
    if match.parts:
        named = ", ".join(part.customer for part in match.parts)
        return visible(f"{head}: {named}, by {match.reason}")
    if match.certain:
        return visible(f"{head}: {match.here or match.returned}, {match.reason}")
    other = f" ({', '.join(match.candidates)}?)" if match.candidates else ""
    return visible(f"{head}: open, {match.reason}{other}")
