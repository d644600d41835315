"""`crm mirror`: the directory's tables in PostgreSQL, for those without the files.

The files stay the truth: what is pushed goes one way, and can be dropped at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from crm_cli.index.postgres import roles, state
from crm_cli.index.postgres.address import EXAMPLE, Address, read_address
from crm_cli.index.postgres.connection import Connection, connect, missing, told
from crm_cli.index.postgres.dialect import PostgreSQL
from crm_cli.index.postgres.local import taken
from crm_cli.index.postgres.push import Origin, Pushed, push
from crm_cli.index.postgres.schema import POSTGRESQL, Flavour
from crm_cli.index.postgres.state import Book
from crm_cli.model.errors import DataError, NotFound, Refused, Severity, UsageError
from crm_cli.model.ids import is_customer_id, slug
from crm_cli.model.places import FOLDERS, PLACES, SETTINGS
from crm_cli.query.views import View, views
from crm_cli.workspace import Workspace

URL_VARIABLE = "CRM_MIRROR"
LONGEST_BOOK = 40
"""Characters of a book's name."""


def address_of(
    environ: Mapping[str, str], url: str | None, workspace: Workspace | None
) -> Address:
    """Where the mirror is: what is given, else CRM_MIRROR, else `mirror.url` of the settings of a
    directory.

    Raises UsageError where nothing says it, Refused for an address with a password.
    """
    given = url or environ.get(URL_VARIABLE)
    if not given and workspace is not None:
        given = _setting(workspace, "url")
    if not given:
        raise UsageError(
            "the address of the mirror is missing",
            f"type it ({EXAMPLE}), set CRM_MIRROR, or crm config set mirror.url=…",
        )
    return read_address(given)


def book_of(workspace: Workspace, name: str | None) -> str:
    """What the directory is called in a mirror: what is given, else `mirror.book` of the
    settings, else the folder's own name. Raises UsageError for a name that is none."""
    given = name or _setting(workspace, "book")
    if not given:
        given = slug(workspace.root.resolve().name)[:LONGEST_BOOK].strip("-")
    if not is_customer_id(given) or len(given) > LONGEST_BOOK:
        raise UsageError(
            f"'{given}' cannot be the name of a book",
            f"use lowercase letters, digits and hyphens, at most {LONGEST_BOOK}: --book koper",
        )
    return given


def push_book(
    workspace: Workspace, address: Address, book: str, *, waiting: Callable[[], None]
) -> Pushed:
    """Make a book of the mirror what the directory is, or was; see `push`.

    Raises DataError where it cannot be read as a whole, Refused where it lies here in part.
    """
    _require_whole(workspace)
    origin = _origin(workspace)
    texts = dict(_texts(workspace))
    with (
        _connected(workspace.environ, address, workspace.root) as connection,
        taken(workspace.index, book) as local,
    ):
        return push(
            connection, address.schema, local, origin, texts, waiting=waiting, views=_views
        )


def books(environ: Mapping[str, str], address: Address) -> list[Book]:
    """The books of a mirror. Raises NotFound where there is no mirror."""
    with _connected(environ, address) as connection:
        _require_mirror(connection, address)
        return state.books(connection)


def drop(environ: Mapping[str, str], address: Address, book: str | None) -> None:
    """Remove a book from a mirror, or all of the mirror. Raises NotFound."""
    with _connected(environ, address) as connection, connection.transaction():
        if state.flavour(connection).locks:
            state.lock(connection, address.schema, lambda: None)
        _require_book(connection, address, book)
        if book is None:
            state.drop(connection, address.schema)
        else:
            state.drop_book(connection, book)


def require_book(environ: Mapping[str, str], address: Address, book: str | None) -> None:
    """Raises NotFound where there is no mirror, or no such book in it."""
    with _connected(environ, address) as connection:
        _require_book(connection, address, book)


def grants(address: Address) -> str:
    """The statements that let people read a mirror; see `roles`."""
    return roles.statements(address.schema, [view.name for view in _shown(POSTGRESQL)])


def _views(flavour: Flavour) -> list[str]:
    """The statements that make the documented views, with a `book` in front."""
    return [view.ddl() for view in _shown(flavour)]


def _shown(flavour: Flavour) -> tuple[View, ...]:
    return views(dialect=PostgreSQL(several=True, flavour=flavour))


@contextmanager
def _connected(
    environ: Mapping[str, str], address: Address, root: Path | None = None
) -> Iterator[Connection]:
    with closing(connect(address, environ, root)) as connection, told(address):
        yield connection


def _require_mirror(connection: Connection, address: Address) -> None:
    if not state.is_there(connection, address.schema):
        raise missing(address)


def _require_book(connection: Connection, address: Address, book: str | None) -> None:
    _require_mirror(connection, address)
    if book is not None and not state.books(connection, book):
        raise NotFound(
            f"the mirror has no book '{book}'", f"crm mirror status {address.typed} lists them"
        )


def _require_whole(workspace: Workspace) -> None:
    """Refuse what would empty a mirror of records that only are not to be seen here."""
    workspace.require_settings()
    if workspace.left_out:
        first = workspace.left_out[0]
        raise Refused(
            f"{first.path}: {first.message}; the mirror would lose what is missing here",
            first.hint,
            tuple(workspace.left_out),
        )
    unseen = [
        one for one in workspace.tree.problems
        if one.severity is Severity.ERROR or one.path in FOLDERS
    ]  # fmt: skip
    if unseen:
        raise DataError(
            f"{unseen[0].path} {unseen[0].message}; the mirror stays as it is",
            unseen[0].hint,
            tuple(unseen),
        )


def _origin(workspace: Workspace) -> Origin:
    commit = workspace.as_of
    if not commit:
        try:
            commit = workspace.git.text("rev-parse", "--verify", "--quiet", "HEAD")
        except Refused:
            commit = ""
    now = datetime.now(UTC) if workspace.as_of else workspace.clock.now.astimezone(UTC)
    return Origin(
        directory=workspace.root.resolve().name,
        commit=commit,
        work_tree=not workspace.as_of,
        day=workspace.clock.today.isoformat(),
        pushed=f"{now:%Y-%m-%dT%H:%M:%SZ}",
    )


def _texts(workspace: Workspace) -> Iterator[tuple[str, bytes]]:
    """The files by which answers are given, with their bytes; one that cannot be read is among
    the problems that are pushed."""
    tree = workspace.tree
    for place in PLACES:
        if not place.is_read_whole:
            continue
        paths: Sequence[str] = tree.listed(place.path) if place.is_folder else (place.path,)
        for path in paths:
            try:
                yield path, tree.read(path)
            except (FileNotFoundError, DataError):
                continue


def _setting(workspace: Workspace, key: str) -> str:
    """What `mirror` of the settings says; empty where it says nothing."""
    settings = workspace.file(SETTINGS.path).record
    held = settings.values.get("mirror")
    return str(held.values.get(key) or "") if held is not None else ""
