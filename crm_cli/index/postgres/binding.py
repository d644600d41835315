"""How values go to PostgreSQL and come back: loaded for who asks a mirror, with psycopg."""

from __future__ import annotations

from typing import Any

from psycopg.adapt import Buffer, Loader
from psycopg.types.bool import BoolDumper
from psycopg.types.numeric import Int8Dumper, IntNumericDumper
from psycopg.types.string import StrDumper

from crm_cli.index.matching import Pattern
from crm_cli.index.postgres.patterns import translated


class _Number(Loader):
    """NUMERIC: whole numbers as such, others as the nearest binary fraction, as SQLite has them."""

    def load(self, data: Buffer) -> int | float:
        """See the class."""
        text = bytes(data)
        return float(text) if b"." in text or not text.lstrip(b"-").isdigit() else int(text)


class _Whole(Int8Dumper):
    """BIGINT, also of small numbers; NUMERIC of what is larger."""

    def get_key(self, obj: Any, format: Any) -> Any:
        """See psycopg."""
        return self.cls if -(2**63) <= obj < 2**63 else IntNumericDumper

    def upgrade(self, obj: Any, format: Any) -> Any:
        """See psycopg."""
        return self if self.get_key(obj, format) is self.cls else IntNumericDumper(int)


class _Pattern(StrDumper):
    """A regular expression, in PostgreSQL's spelling."""

    def dump(self, obj: str) -> Buffer | None:
        """See psycopg."""
        return super().dump(translated(str(obj)))


def adapt(connection: Any) -> None:
    """Have a connection bind and read values as compiled queries expect."""
    adapters = connection.adapters
    adapters.register_dumper(str, StrDumper)
    adapters.register_dumper(Pattern, _Pattern)
    adapters.register_dumper(int, _Whole)
    adapters.register_dumper(bool, BoolDumper)
    adapters.register_loader("numeric", _Number)
    connection.prepare_threshold = None
