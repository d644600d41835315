"""`crm import invoices`: e-invoices of ours from another program, and the question."""

from __future__ import annotations

from pathlib import Path

from crm_cli.cli.session import Session
from crm_cli.cli.writing import carry_out_asked
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.text import visible

_SHOWN = 50


def is_for_invoices(kind: str, file: Path | None) -> bool:
    """Whether what is to be imported are e-invoices, and no table of invoices."""
    if kind.lower() not in ("invoice", "invoices") or file is None:
        return False
    return str(file) == "-" or file.is_dir() or file.suffix.lower() in (".xml", ".pdf")


def is_einvoice_file(name: str) -> bool:
    """Whether a file that is named without a kind is an e-invoice."""
    path = Path(name)
    if path.suffix.lower() not in (".xml", ".pdf") or not path.is_file():
        return False
    from crm_cli.formats.einvoice.reading import is_einvoice
    from crm_cli.store import outside

    return is_einvoice(outside.read(path))


def import_invoices(
    session: Session, file: Path, who: str | None, *, skip_bad: bool, dry_run: bool, yes: bool
) -> None:
    """Read e-invoices, say what becomes of each, ask, and add what is new."""
    from crm_cli.features.purchases.received import (
        KNOWN,
        NEW,
        REFUSED,
        plan_received,
        read_files,
    )

    session.begun |= str(file) == "-"
    files = list(read_files(file))
    if not files:
        raise UsageError(f"{file} has no e-invoices", "files that end in .xml or .pdf are read")
    customer = session.who(who, writes=True) if who is not None else ""
    made = plan_received(session.workspace, files, customer)
    shown = [*made.of(REFUSED), *made.of(NEW), *made.of(KNOWN)]
    for one in shown if dry_run else shown[:_SHOWN]:
        session.say(visible(f"{one.number or one.path}: {one.state}: {one.said}"))
    if len(shown) > _SHOWN and not dry_run:
        session.say(f"… and {len(shown) - _SHOWN:,} more: --dry-run lists all")
    for note in made.notes:
        session.say(visible(f"note: {note}"))
    refused = made.of(REFUSED)
    if refused and not skip_bad:
        raise Refused(
            f"{len(refused):,} of {len(files):,} cannot be taken: {visible(refused[0].said)}",
            "nothing was imported; --skip-bad takes the others" if len(files) > 1
            else "nothing was imported",
        )  # fmt: skip
    if not made.of(NEW):
        session.say("nothing changed")
        return
    carry_out_asked(session, made.plan, dry_run=dry_run, yes=yes)
