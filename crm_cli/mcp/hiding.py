"""What a change of fields that stay here says of them: nothing that depends on what they hold.

Who may try `birth_date=1984-03-08`, and is told that nothing would change, has learned the date.
So a line that names such a field is answered alike whatever the field holds: each file that it
is about counts as changed, and nothing is repeated of what the line said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crm_cli.mcp.watching import States
from crm_cli.model.assignments import split_assignments
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.ids import is_item_id
from crm_cli.model.kind import GroupOf, Kind, ListOf, normal
from crm_cli.model.kinds import BY_LETTER, BY_NAME
from crm_cli.model.leaving import Leaving

_ABOUT = {"link": ("contact", "organization"), "address": ("address",)}
"""The kinds that commands give values to, where it is neither the noun's nor a customer."""

Hidden = frozenset[tuple[str, str]]
"""Fields that stay and are named by a line: (kind, key)."""


def hidden(
    leaving: Leaving, command: str, words: Sequence[str], options: Mapping[str, Any]
) -> Hidden:
    """The fields that a line gives values to, and that may not leave."""
    rest, given = split_assignments(words)
    noun = command.partition(" ")[0]
    letters = sorted({word[0] for word in rest if is_item_id(word)}) if noun == "set" else ()
    kinds = [BY_LETTER[letter] for letter in letters if letter in BY_LETTER]
    kinds += [BY_NAME[name] for name in _ABOUT.get(noun, (noun,)) if name in BY_NAME]
    pairs = [(key, text) for key, _, text in given]
    found: set[tuple[str, str]] = set()
    for kind in kinds or [CUSTOMER]:
        named = [(normal(key), "") for key in options if normal(key) in kind.by_name]
        for key, text in [*pairs, *named]:
            found.update(_staying(leaving, kind, key, text))
    return frozenset(found)


def _staying(leaving: Leaving, kind: Kind, key: str, text: str) -> Iterator[tuple[str, str]]:
    """The fields that one `KEY=VALUE` is about, as far as they stay."""
    head, _, rest = key.partition(".")
    field = kind.by_name.get(normal(head))
    if field is None:
        part, one = _lifted(kind, normal(head))
        if not leaving(part, one):
            yield part.name, one
        return
    if not leaving(kind, field.key):
        yield kind.name, field.key
        return
    if not isinstance(field.type, (ListOf, GroupOf)):
        return
    part = field.type.kind
    if isinstance(field.type, ListOf):
        rest = rest.partition(".")[2]
    if rest:
        yield from _staying(leaving, part, rest, text)
    elif "{" in text:
        yield from ((part.name, one.key) for one in part.fields if not leaving(part, one.key))


def _lifted(kind: Kind, name: str) -> tuple[Kind, str]:
    """The field of items that a name of the record means; itself where it means none."""
    for field in kind.fields:
        if isinstance(field.type, ListOf) and (name in field.lifts or name in field.hoists):
            return field.type.kind, field.lifts.get(name, name)
    return kind, name


def counted(states: States, changed: States, fields: Hidden) -> States:
    """The files that a line changes, as far as who asks may know."""
    return states if fields else changed


def rows_of(states: States, fields: Hidden) -> Iterator[dict[str, Any]]:
    """A row for each field that a line names and that stays, whether it differs or not."""
    for path in states:
        for kind, key in sorted(fields):
            yield {"path": path, "change": "set", "kind": kind, "field": key, "withheld": True}
