"""What is dated after today: it hides from no list, but does not count yet."""

from __future__ import annotations

import sqlite3
from datetime import date


def is_ahead(connection: sqlite3.Connection, today: date) -> bool:
    """Whether a purchase is dated after today; looked up in an index."""
    sql = "SELECT EXISTS(SELECT 1 FROM purchase WHERE date > ?)"
    return bool(connection.execute(sql, (today.isoformat(),)).fetchone()[0])
