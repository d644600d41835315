"""Values that all records together, or other files, tell: what is suggested, how well one fits."""

from __future__ import annotations

from collections.abc import Callable

from crm_cli.model.kind import normal
from crm_cli.model.text import did_you_mean
from crm_cli.query.fault import QueryError
from crm_cli.query.rows import Row
from crm_cli.query.scope import Profile

Rule = Callable[[str, tuple[str, ...], Row], str]
"""A rule of the profile with a name, as a condition on a row."""


def told_of_all(what: str, row: Row) -> str:
    """What is known of a row from all records: the products that are `suggested`, a line each, or
    the `likely` channel; NULL without any."""
    frame = row.frame
    known = {"suggested": frame.scope.suggested, "likely": frame.scope.likely}[what]
    if known is None:
        return "NULL"
    if frame.dialect.several:
        raise QueryError((), f"what is {what} is known of one book at a time", "add it: book:koper")
    held = row.looked_up.get(what)
    if held is None:
        found = {
            id: told if isinstance(told, str) else "\n".join(told) for id, told in known().items()
        }
        alias = frame.alias(row.kind)
        table = frame.dialect.table(frame.bind_map(what, found))
        row.root.joins.append(f"LEFT JOIN {table} {alias} ON {alias}.key = {row.column('id')}")
        held = row.looked_up[what] = f"{alias}.value"
    return held


def fit(profile: str, row: Row, rule: Rule) -> str:
    """The part of a profile's weights whose rules a row meets, 0 to 100; without a name that of
    the profile that it fits best. NULL where there is none."""
    frame = row.frame
    profiles = frame.scope.profiles() if frame.scope.profiles is not None else {}
    if not profile:
        scores = [_score(name, one, row, rule) for name, one in profiles.items()]
        scores = [score for score in scores if score != "NULL"]
        if len(scores) < 2:
            return scores[0] if scores else "NULL"
        return frame.dialect.greatest(scores)
    for name, one in profiles.items():
        if normal(name) == normal(profile):
            return _score(name, one, row, rule)
    near = did_you_mean(profile, profiles) or f"profiles: {', '.join(profiles) or 'none yet'}"
    raise QueryError((), f"profiles.yaml has no profile '{profile}'", near)


def _score(name: str, profile: Profile, row: Row, rule: Rule) -> str:
    whole = sum(weight for _, weight in profile.rules)
    if not whole:
        return "NULL"
    dialect = row.frame.dialect
    parts = [
        f"(CASE WHEN {rule(name, terms, row)} THEN {100 * weight} ELSE 0 END)"
        for terms, weight in profile.rules
    ]
    return dialect.quotient(dialect.added(parts), str(whole))
