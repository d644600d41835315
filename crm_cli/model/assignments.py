"""`KEY=VALUE` among words: `=` sets, `+=` adds, `-=` removes, `*=` multiplies a price."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crm_cli.model.errors import UsageError
from crm_cli.model.kind import Kind, normal
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.text import a_or_an, nearest

_ASSIGNMENT = re.compile(r"([^\W\d][\w.-]*?)(\+=|-=|\*=|=)(.*)", re.DOTALL)


class Assignment(NamedTuple):
    """A field, what is done to it (`=`, `+=`, `-=`, `*=`) and the text; `KEY=` alone removes."""

    key: str
    operator: str
    text: str


def split_assignments(words: Sequence[str]) -> tuple[list[str], list[Assignment]]:
    """The words before the first assignment, and the assignments; others among those stay words."""
    rest: list[str] = []
    found: list[Assignment] = []
    for word in words:
        match = _ASSIGNMENT.fullmatch(word)
        if match:
            found.append(Assignment(match[1], match[2], match[3]))
        else:
            rest.append(word)
    return rest, found


def split_values(words: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """As `split_assignments`, for a new record: `=` and `+=` are the same, others are words."""
    rest: list[str] = []
    found: list[tuple[str, str]] = []
    for word in words:
        match = _ASSIGNMENT.fullmatch(word)
        if match and match[2] in ("=", "+="):
            found.append((match[1], match[3]))
        else:
            rest.append(word)
    return rest, found


def split_fields(
    words: Sequence[str], kind: Kind, line: Sequence[str] = ()
) -> tuple[list[str], list[tuple[str, str]]]:
    """As `split_values`, of words that are text otherwise.

    What stands after a `--` of the command `line` is text. Raises UsageError for a key that the
    kind does not have.
    """
    count = len(words) - len(literal(line))
    rest, found = split_values(words[:count])
    for key, text in found:
        if not _is_known(kind, key):
            raise _unknown(kind, key, text)
    return [*rest, *words[count:]], found


def nothing_to_set(words: Sequence[str], example: str) -> UsageError:
    """The refusal of words without a `KEY=VALUE`; one that is nearly one is named."""
    near = next((word for word in words if "=" in word.strip("=")), None)
    if near is None:
        return UsageError("nothing to set", example)
    return UsageError(
        f"nothing to set: '{near}' is not KEY=VALUE, KEY+=VALUE or KEY-=VALUE", example
    )


def literal(line: Sequence[str]) -> Sequence[str]:
    """The words of a command line after `--`, which are taken as they are."""
    return line[line.index("--") + 1 :] if "--" in line else ()


def _is_known(kind: Kind, key: str) -> bool:
    """Whether a key is a field; or computed, or a state, which is refused for another reason."""
    head = normal(key.partition(".")[0])
    if head in kind.by_name or any(head == one.name for one in kind.states):
        return True
    return any(head in (one.key, *one.aliases) for one in kind.derived)


def _unknown(kind: Kind, key: str, text: str) -> UsageError:
    from shlex import quote

    near = nearest(normal(key), kind.by_name, 1)
    cure = f"did you mean {near[0]}?" if near else f"crm query fields {kind.name} lists them"
    if "custom" in kind.by_key and not near:
        cure = f"a field of your own is written custom.{key}={text}"
    return UsageError(
        f"{key} is no field of {a_or_an(kind.name)}",
        f"{cure}; text that contains = goes last, after --: -- {quote(f'{key}={text}')}",
    )
