"""Users that a file names and crm.yaml does not: told once, with their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator

from crm_cli.formats.drafts import Drafts
from crm_cli.formats.targets import find
from crm_cli.model.business import Business
from crm_cli.model.fieldtypes import User

_SHOWN = 5


def strangers(drafts: Drafts, business: Business, rejected: Container[int]) -> Iterator[str]:
    """What is said of the users that rows name and that are none, unless the rows are rejected;
    where crm.yaml names no users, anybody is one."""
    columns = [*((one.key, one.heading) for one in drafts.map.columns),
               *((key, key) for key, _ in drafts.map.constants)]  # fmt: skip
    fields = {key: heading for key, heading in columns if _is_of_users(drafts, key)}
    if not (fields and business.users):
        return
    counts: dict[str, Counter[str]] = {key: Counter() for key in fields}
    for draft in drafts.rows:
        if draft.line in rejected:
            continue
        for key, found in counts.items():
            if (user := draft.values.get(key)) is not None and user not in business.users:
                found[str(user)] += 1
    for key, found in counts.items():
        if found:
            named = [f"{user} in {_rows(count)}" for user, count in found.most_common(_SHOWN)]
            more = f", and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
            yield (
                f"{fields[key]}: no user {', '.join(named)}{more}; crm user add NAME adds one, "
                f"or values in a map say who it is: {{key: {key}, values: {{…: NAME}}}}"
            )


def _is_of_users(drafts: Drafts, key: str) -> bool:
    target = find(drafts.kind, key)
    plain = target is not None and not target.list and not target.group
    return plain and target is not None and isinstance(target.field.type, User)


def _rows(count: int) -> str:
    return "a row" if count == 1 else f"{count:,} rows"
