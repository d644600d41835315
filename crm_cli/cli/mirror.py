"""`crm mirror`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.options import AsOf, Json, NoHeader, Output, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.model.errors import UsageError

if TYPE_CHECKING:
    from crm_cli.index.postgres.address import Address

verbs = Verbs()

Url = Annotated[
    str | None,
    Argument(
        metavar="[URL]", help="postgresql://USER@HOST/DATABASE; default: CRM_MIRROR, crm.yaml."
    ),
]
Book = Annotated[
    str | None, Option("--book", metavar="NAME", help="The directory's name in the mirror.")
]


@verbs.add
def push(session: Session, url: Url = None, book: Book = None, as_of: AsOf = None) -> None:
    """Bring a mirror in PostgreSQL up to date with the files.

    What has changed is pushed, in one transaction: who reads meanwhile sees all of it or
    nothing. Several directories can share a mirror, each as a book. The password is that
    of PGPASSFILE, of a service file, or of password_command in your own configuration.

    crm mirror push postgresql://crm@db.firm.example/crm --book koper
    crm mirror push --as-of HEAD
    """
    from crm_cli.features.mirroring import book_of, push_book
    from crm_cli.features.plan import counted

    workspace = session.workspace
    address, name = _address(session, url), book_of(workspace, book)
    session.look_back(as_of)
    done = push_book(
        workspace, address, name, waiting=lambda: session.say("crm: waiting for another push")
    )
    if not done.changed and not done.gone:
        session.write(f"{name}: nothing new\n")
        return
    gone = f", {done.gone:,} gone" if done.gone else ""
    every = "everything: " if done.whole else ""
    session.write(f"{name}: pushed {every}{counted(done.changed, 'file')}{gone}\n")


@verbs.add
def status(
    session: Session,
    url: Url = None,
    output: Output = None,
    json: Json = False,
    no_header: NoHeader = False,
) -> None:
    """List the books of a mirror: what was pushed, and when.

    crm mirror status postgresql://crm@db.firm.example/crm
    crm mirror status --json
    """
    from datetime import date, datetime

    from crm_cli.features.mirroring import books
    from crm_cli.model.rows import Column, Rows

    address, named = _address(session, url), _named(session)
    found = [one for one in books(session.environ, address) if named in ("", one.book)]
    # Else that of this machine: what a mirror says of it may be of another version.
    has_files = not session.mirror and session.has_directory()
    zone = session.workspace.business.time_zone if has_files else None
    columns = [
        Column("book"), Column("pushed", "moment"), Column("state"), Column("commit"),
        Column("day", "date"), Column("customers", "integer"), Column("currency"),
        Column("directory"),
    ]  # fmt: skip
    rows = [
        (
            one.book, datetime.fromisoformat(one.pushed).astimezone(zone),
            "work tree" if one.work_tree else "commit", one.commit[:10] or None,
            date.fromisoformat(one.day), one.customers, one.currency, one.directory,
        )
        for one in found
    ]  # fmt: skip
    ids = [one.book for one in found]
    session.show(
        Rows(columns, rows, ids=ids, none="the mirror has no books"),
        session.format(output, json),
        header=not no_header,
    )


@verbs.add
def drop(session: Session, url: Url = None, book: Book = None, yes: Yes = False) -> None:
    """Remove a mirror, or one book of it. The files stay as they are.

    crm mirror drop postgresql://crm@db.firm.example/crm --book koper
    """
    from crm_cli.features.mirroring import drop as remove
    from crm_cli.features.mirroring import require_book

    address = _address(session, url)
    book = book or _named(session) or None
    require_book(session.environ, address, book)
    what = f"the book {book}" if book else "the mirror, with all its books,"
    session.confirm(f"Remove {what} from {address.shown}?", yes=yes)
    remove(session.environ, address, book)
    session.write(f"removed {what.rstrip(',')}\n")


@verbs.add
def roles(session: Session, url: Url = None) -> None:
    """Print SQL that lets people read a mirror: all, its views, or their own customers.

    Run it as the owner of the tables, and again after an upgrade of crm.

    crm mirror roles postgresql://crm@db.firm.example/crm | psql -d crm -U crm
    """
    from crm_cli.features.mirroring import grants

    session.give(grants(_address(session, url)))


def _address(session: Session, url: str | None) -> Address:
    """What is typed, or `--on` in its place; else what the environment or the settings say."""
    from crm_cli.features.mirroring import address_of
    from crm_cli.workspace.mirrored import without_book

    on = session.options.on
    if on and url:
        raise UsageError(
            "the mirror is named twice, after the command and by --on", "leave one out"
        )
    if on:
        return address_of(session.environ, without_book(on)[0], None)
    workspace = session.workspace if session.has_directory() else None
    return address_of(session.environ, url, workspace)


def _named(session: Session) -> str:
    """The book that the address of `--on` names; empty without one."""
    from crm_cli.workspace.mirrored import without_book

    return without_book(session.options.on)[1] if session.options.on else ""
