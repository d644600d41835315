"""All rows of the documented views, in an order that depends on nothing but the records."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from crm_cli.model.business import Business
from crm_cli.model.fieldtypes.storage import ColumnType
from crm_cli.model.kinds import KINDS
from crm_cli.query.database import Database
from crm_cli.query.own import OwnColumn, own_columns, read_extra_keys
from crm_cli.query.views import MOST_OWN, View, ViewColumn, view_name, views

DAY = "_day"
"""What the name of a column ends with that is the day, here, of a moment."""


def own_of(database: Database, business: Business) -> list[OwnColumn]:
    """The keys of the users' own that have columns."""
    return own_columns(database, read_extra_keys(database, business.own), MOST_OWN)


def views_of(database: Database, business: Business, now: datetime) -> tuple[View, ...]:
    """The views as of a time, with columns for the users' own keys."""
    return views(now, own=own_of(database, business), business=business)


def type_of(column: ViewColumn) -> ColumnType:
    """The type of a column; beside an instant there is a column with its day."""
    found = column.type.storage.column
    return "day" if found == "instant" and column.name.endswith(DAY) else found


def dated_by(view: View) -> int | None:
    """The place of the column with the day that rows are dated by; None where there is none."""
    kind = next((kind for kind in KINDS if view_name(kind) == view.name), None)
    if kind is None or not kind.when:
        return None
    names = [column.name for column in view.columns]
    day = f"{kind.when}{DAY}"
    wanted = day if day in names else kind.when
    return names.index(wanted) if wanted in names else None


def rows(connection: sqlite3.Connection, view: View) -> Iterator[tuple[Any, ...]]:
    """The rows of a view, by their day, then by their columns from the first to the last."""
    first = dated_by(view)
    order = [*([first + 1] if first is not None else []), *range(1, len(view.columns) + 1)]
    shown = ", ".join(column.sql for column in view.columns)
    places = ", ".join(map(str, dict.fromkeys(order)))
    yield from connection.execute(f"SELECT {shown} FROM {view.source} ORDER BY {places}")
