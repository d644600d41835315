"""What is dated after today: it hides from no list, but does not count yet."""

from __future__ import annotations

from datetime import date

from crm_cli.query.database import Database


def is_ahead(database: Database, today: date) -> bool:
    """Whether a purchase is dated after today; looked up in an index."""
    sql = f"SELECT 1 FROM purchase WHERE date > {database.dialect.parameter('today')} LIMIT 1"
    return database.row(sql, {"today": today.isoformat()}) is not None
