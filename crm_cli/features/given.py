"""KEY=VALUE of fields that a command has options for: read as those options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_cli.model.errors import UsageError
from crm_cli.model.kind import Kind, normal

Pairs = Sequence[tuple[str, str]]


def as_options(
    kind: Kind, pairs: Pairs, names: Mapping[str, str], given: Mapping[str, Any]
) -> tuple[dict[str, Any], Pairs]:
    """(values by option, the other pairs) of KEY=VALUE; `names` are the options by their fields.

    Raises UsageError for what is `given` by the option as well, or twice.
    """
    taken: dict[str, Any] = {}
    others = []
    for key, text in pairs:
        field = kind.by_name.get(normal(key))
        name = normal(key)
        if name not in names.values():
            name = names.get(field.key, "") if field is not None else ""
        if not name:
            others.append((key, text))
        elif name in taken or given.get(name):
            raise UsageError(f"{key} is given twice", f"leave out {key}={text}, or the option")
        else:
            taken[name] = text
    return taken, others
