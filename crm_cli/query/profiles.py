"""Profiles of ideal customers in queries: their rules, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from crm_cli.model.errors import Problem, UsageError
from crm_cli.model.item import Item
from crm_cli.model.places import PROFILES
from crm_cli.model.profile import is_name
from crm_cli.query.database import Database
from crm_cli.query.fault import QueryError
from crm_cli.query.scope import Profile

_THOUSANDTHS = 1000


def read_profiles(database: Database) -> dict[str, Profile]:
    """The profiles of a directory, by name; rules that ask for nothing are left out."""
    name = database.dialect.name
    rows = database.of_settings(
        f"SELECT f.id, r.{name('query')}, r.{name('weight')} FROM profile f LEFT JOIN"
        f" profile_rule r ON r.{name('profile')} = f.pk ORDER BY f.pk, r.{name('ordinal')}"
    )
    rules: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for profile, query, weight in rows:
        if not is_name(profile):
            continue
        held = rules.setdefault(profile, [])
        thousandths = int(Decimal(weight or 1) * _THOUSANDTHS)
        if query and thousandths > 0:
            held.append((tuple(query.split("\n")), thousandths))
    return {profile: Profile(tuple(held)) for profile, held in rules.items()}


def profile_faults(profile: Item, error: UsageError) -> Iterator[Problem]:
    """What is wrong with a profile that cannot be asked, at its place."""
    line, column = (profile.node.line, profile.node.column) if profile.node else (0, 0)
    if isinstance(error, QueryError) and error.faults:
        for fault in error.faults:
            message = f"in profile {profile.id}: {fault.message}"
            yield Problem(PROFILES.path, line, column, "profile-query", message,
                          " ".join(fault.hint.split()))  # fmt: skip
        return
    message, *_ = error.message.splitlines()
    yield Problem(PROFILES.path, line, column, "profile-query", message, error.hint)
