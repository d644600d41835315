"""Where a mirror is: the address that people write, read and checked."""

from __future__ import annotations

import re
from shlex import quote
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.named_tuple import NamedTuple

SCHEMA = "crm"
"""The schema of the tables, unless the address names another: `?schema=sales`."""
EXAMPLE = "postgresql://crm@db.firm.example/crm"
SECRETLY = (
    "give the password in ~/.pgpass (or PGPASSFILE), in a service file "
    "(postgresql://?service=crm), or by password_command in your own configuration"
)
"""Where a password may come from (PostgreSQL 15, 34.16 and 34.17)."""


class Address(NamedTuple):
    """A server's address without the schema, as libpq takes it, and the schema; `host` has no
    port."""

    url: str
    schema: str
    host: str
    user: str

    @property
    def shown(self) -> str:
        """The address for people."""
        return self.url + ("" if self.schema == SCHEMA else f" (schema {self.schema})")

    @property
    def typed(self) -> str:
        """The address as it is typed in a shell."""
        if self.schema == SCHEMA:
            return quote(self.url)
        return quote(f"{self.url}{'&' if '?' in self.url else '?'}schema={self.schema}")


def read_address(text: str) -> Address:
    """An address `postgresql://USER@HOST:PORT/DATABASE?option=value` (PostgreSQL 15, 34.1.1.2).

    Its option `schema` is ours. Raises UsageError for anything else, and Refused for one with a
    password, which is in no message.
    """
    try:
        parts = urlsplit(text.strip())
        options = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        raise _unreadable() from None
    if parts.scheme not in ("postgresql", "postgres") or "//" not in text:
        raise _unreadable()
    account, at, host = parts.netloc.rpartition("@")
    user, colon, _ = account.partition(":")
    if colon or any(key.lower() in ("password", "sslpassword") for key, _ in options):
        raise Refused(
            "a password does not belong in an address: others see it in the list of processes, "
            "in the shell's history and in git",
            SECRETLY,
        )
    if parts.fragment or re.search(r"[\s\x00-\x1f]", parts.netloc + parts.path):
        raise _unreadable()
    schema = SCHEMA
    for key, value in options:
        if key == "schema":
            schema = _schema(value)
        elif key == "host" and not host:
            host = value
        elif key == "user" and not user:
            user = value
    others = [(key, value) for key, value in options if key != "schema"]
    query = f"?{urlencode(others, safe='/')}" if others else ""
    url = f"postgresql://{account}{at}{parts.netloc.rpartition('@')[2]}{parts.path}{query}"
    return Address(url, schema, re.sub(r":\d+$", "", unquote(host)), unquote(user))


def _schema(name: str) -> str:
    """A schema's name. Raises UsageError for one that would need quotes in every tool."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,50}", name) or name.startswith("pg_"):
        raise UsageError(
            f"'{name}' cannot be the name of the schema",
            "use lowercase letters, digits and _, without pg_ in front: ?schema=sales",
        )
    return name


def _unreadable() -> UsageError:
    return UsageError("this is not the address of a PostgreSQL database", f"for example {EXAMPLE}")
