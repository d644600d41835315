"""Customers' accounts: of whom past balances do not follow from sums."""

from __future__ import annotations

from crm_cli.query.database import Database


def irregular(database: Database) -> list[str]:
    """The ids of the customers whose accounts are `irregular`; see `model/account_history.py`."""
    dialect = database.dialect
    flag = dialect.name("irregular")
    return database.column(f"SELECT id FROM customer WHERE {dialect.holds(flag)}")
