"""Connections to a mirror, by psycopg 3, which is installed with the extra `postgres`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from crm_cli.index.postgres.address import EXAMPLE, SECRETLY, Address
from crm_cli.model.errors import (
    ConflictError,
    CrmError,
    NotFound,
    Refused,
    StorageError,
    UsageError,
)
from crm_cli.model.text import visible
from crm_cli.store.discovery import read_config
from crm_cli.store.userconfig import secret

Connection: TypeAlias = Any
"""psycopg's: by its types it takes statements that are written out, and ours follow from kinds."""
_PATIENCE = "15"
"""Seconds until a server that does not answer is given up, unless the address says."""
_PASSWORDS = ("password_command", "keyring", "password_file", "password")


def connect(
    address: Address,
    environ: Mapping[str, str],
    root: Path | None = None,
    *,
    only_read: bool = False,
) -> Connection:
    """A connection to a mirror, in its schema, without autocommit; texts are bound as `text`.

    The password is libpq's affair (PGPASSFILE, ~/.pgpass, service files), or comes from
    `password_command`, `keyring` or `password_file` under `mirror` in the user's own
    configuration, where `host` is that of the address; it lies outside `root`.
    Raises UsageError without psycopg, Refused for a wrong password, StorageError where no
    server answers.
    """
    psycopg = driver()
    options: dict[str, Any] = {"client_encoding": "utf8", "application_name": "crm"}
    if "connect_timeout=" not in address.url and not environ.get("PGCONNECT_TIMEOUT"):
        options["connect_timeout"] = _PATIENCE
    password = _password(address, environ, root)
    if password:
        options["password"] = password
    try:
        connection: Connection = psycopg.connect(address.url, prepare_threshold=None, **options)
    except psycopg.Error as error:
        raise _unreached(error, address) from None
    from psycopg.types.string import StrDumper

    # A text without a type would be taken for whatever stands beside it.
    connection.adapters.register_dumper(str, StrDumper)
    with told(address):
        connection.execute(f"SET search_path TO {quoted(address.schema)}")
        connection.commit()
        connection.read_only = only_read
    return connection


def driver() -> Any:
    """psycopg. Raises UsageError where it is not installed."""
    from importlib import import_module

    try:
        return import_module("psycopg")
    except ImportError:
        raise UsageError(
            "psycopg, which connects to PostgreSQL, is not installed",
            "pip install 'crm-plaintext[postgres]'",
        ) from None


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Turn the errors of a database into ours, none of which shows a value of a row."""
    psycopg = driver()
    try:
        yield
    except psycopg.Error as error:
        raise translated(error, address) from error


def missing(address: Address) -> NotFound:
    """The error for an address without a mirror, with the command that makes one."""
    return NotFound(
        f"there is no mirror at {address.shown}", f"crm mirror push {address.typed} makes one"
    )


def translated(error: Any, address: Address) -> CrmError:
    """Translate an error of psycopg, by its SQLSTATE (PostgreSQL 15, appendix A)."""
    state = error.sqlstate or ""
    said = reason(error)
    if state == "42501":
        return Refused(f"the mirror does not allow it: {said}", "crm mirror roles prints grants")
    if state == "2BP01":
        return Refused(
            f"other objects depend on the mirror's tables: {said}",
            "drop those first, and create them again afterwards, in a schema of their own",
        )
    if state in ("40001", "40P01", "55P03"):
        return ConflictError(f"another program is in the way: {said}", "run it again")
    if state.startswith("53"):
        return StorageError(f"the database has no room: {said}", "nothing was changed")
    if state in ("3F000", "42P01"):
        return StorageError(
            f"there is no mirror at {address.shown}: {said}", f"crm mirror push {address.typed}"
        )
    if not state or state.startswith(("08", "57")):
        return StorageError(
            f"the connection to {address.shown} was lost: {said}",
            "an unfinished push changes nothing; run it again",
        )
    return StorageError(f"the database says {said} ({state})", "nothing was changed")


def reason(error: Any) -> str:
    """The first line of an error, without what it quotes of rows."""
    diagnosis = getattr(error, "diag", None)
    text = (diagnosis.message_primary if diagnosis is not None else None) or str(error)
    return visible(" ".join(text.split("\n")[0].split()))[:300] or type(error).__name__


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def _password(address: Address, environ: Mapping[str, str], root: Path | None) -> str:
    """The password of the user's own configuration; empty where it has none for this server.

    It goes to the host that it is for, and to no other that an address names.
    """
    found = read_config(environ).get("mirror")
    if found is None:
        return ""
    if not isinstance(found, dict):
        raise UsageError("`mirror` in your configuration must have settings", _WRITE)
    if not any(key in found for key in _PASSWORDS):
        return ""
    if not found.get("host"):
        raise UsageError("`mirror` in your configuration names no host for its password", _WRITE)
    if str(found["host"]) != address.host:
        return ""
    return secret(found, address.user or str(found.get("user", "")), root or Path("/nonexistent"))


_WRITE = "mirror: {host: db.firm.example, password_command: pass show mirror}"


def _unreached(error: Any, address: Address) -> CrmError:
    said = " ".join(str(error).split())
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    # The first one says what failed, and where; what follows are guesses, and other tries.
    text = visible(lines[0].removeprefix("connection failed: ") if lines else "")[:300]
    if "password" in said.lower() or "authentication failed" in said.lower():
        return Refused(f"{address.shown} refuses the login: {text}", SECRETLY)
    if isinstance(error, driver().ProgrammingError):
        return UsageError(
            f"the address {address.shown} cannot be read: {text}", f"for example {EXAMPLE}"
        )
    if "FATAL:" in said:
        return StorageError(
            f"{address.shown} refuses the connection: {text}",
            "check the user and the database in the address; createdb makes a database",
        )
    return StorageError(
        f"{address.shown} does not answer: {text}",
        "check that the server is running and can be reached",
    )
