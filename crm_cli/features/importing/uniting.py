"""What the rows of one item say together."""

from __future__ import annotations

from crm_cli.features.importing.merging import Values
from crm_cli.formats.drafts import Draft
from crm_cli.model.errors import Unreadable
from crm_cli.model.kind import Field, Kind, ListOf

_OWN = "custom"
"""Fields of one's own: of the whole item, also where its rows differ."""


class Fault(Unreadable):
    """Why rows of one item do not go together, at a line."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def reason_of(error: Unreadable) -> str:
    return f"{error.message} ({error.hint})" if error.hint else error.message


def united(parts: list[tuple[Draft, Values]], field: Field | None, kind: Kind) -> Values:
    """What the rows of one item say together; raises Fault."""
    values: Values = {}
    listed = field.key if field is not None else ""
    lines: list[Values] = []
    first = parts[0][0].line
    for draft, said in parts:
        if field is not None:
            try:
                _agree(values, said, first, field, kind)
            except Unreadable as error:
                raise Fault(draft.line, reason_of(error)) from error
        lines += said.get(listed, ())
        own = _own(values.get(_OWN), said.get(_OWN))
        values |= {key: value for key, value in said.items() if key != listed}
        values |= {_OWN: own} if own else {}
    if lines:
        values[listed] = lines
    return values


def _agree(values: Values, said: Values, line: int, listed: Field, kind: Kind) -> None:
    """Rows of one item say the same of it; raises Unreadable."""
    for key, value in said.items():
        if key not in (listed.key, _OWN) and values.get(key, value) != value:
            raise Unreadable(
                f"{key} is {value} here and {values[key]} in line {line}, of the same {kind.name}"
            )
    if values and listed.key not in said:
        assert isinstance(listed.type, ListOf)
        title = listed.type.kind.title or listed.type.kind.name
        raise Unreadable(
            f"line {line} is the same {kind.name}, and neither has a {title} of its own"
        )


def _own(held: Values | None, said: Values | None) -> Values:
    """The user's own fields of the rows so far and of another; different texts are joined."""
    found = dict(held or {})
    for key, value in (said or {}).items():
        before = found.get(key)
        parts = str(before).split("; ") if before is not None else []
        found[key] = value if before is None or value in parts else f"{before}; {value}"
    return found
