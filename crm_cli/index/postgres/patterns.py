"""Regular expressions of Python as PostgreSQL's (15, 9.7.3), where both mean the same.

What is read is Python's own parse of the expression, so that nothing is taken for anything else;
what PostgreSQL has not, or has with another meaning, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from crm_cli.model.errors import UsageError
from crm_cli.model.text import visible

_MOST = 255
"""The highest number of a bound (9.7.3.1)."""
_CLASSES = {
    code.CATEGORY_DIGIT: r"\d",
    code.CATEGORY_NOT_DIGIT: r"\D",
    code.CATEGORY_SPACE: r"\s",
    code.CATEGORY_NOT_SPACE: r"\S",
    code.CATEGORY_WORD: r"\w",
    code.CATEGORY_NOT_WORD: r"\W",
}
_NEGATED = {r"\D": r"\d", r"\S": r"\s", r"\W": r"\w"}
_PLACES = {
    code.AT_BEGINNING_STRING: r"\A",
    code.AT_END_STRING: r"\Z",
    code.AT_BOUNDARY: r"\y",
    code.AT_NON_BOUNDARY: r"\Y",
}
_REFUSED = {
    code.GROUPREF: "a reference to a group",
    code.GROUPREF_EXISTS: "a condition on a group",
    code.ATOMIC_GROUP: "an atomic group",
    code.POSSESSIVE_REPEAT: "a possessive repeat",
}
_LOCAL = re.DOTALL | re.MULTILINE


@lru_cache(maxsize=64)
def translated(pattern: str) -> str:
    """The expression in PostgreSQL's spelling; raises UsageError where it has none."""
    parsed = parser.parse(pattern, re.IGNORECASE)
    flags = parsed.state.flags
    return _Writer(pattern).sequence(parsed, flags & _LOCAL, flags)


class _Writer:
    """Writes the parts of one expression."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def sequence(self, parts: Iterable[Any], flags: int, all_flags: int = 0) -> str:
        """Parts one after the other; `flags` are those that change what `.`, `^` and `$` are."""
        if all_flags & re.ASCII:
            raise self._refusal("the flag a")
        return "".join(self._one(op, value, flags) for op, value in parts)

    def _one(self, op: Any, value: Any, flags: int) -> str:
        if op in _REFUSED:
            raise self._refusal(_REFUSED[op])
        write: Callable[[Any, int], str] = getattr(self, f"_{str(op).lower()}")
        return write(value, flags)

    def _literal(self, point: int, flags: int) -> str:
        char = chr(point)
        return char if char.isalnum() or point > 127 or char in " \n\t_" else f"\\{char}"

    def _not_literal(self, point: int, flags: int) -> str:
        return f"[^{self._within(point)}]"

    def _any(self, value: Any, flags: int) -> str:
        return "(?:.|\\n)" if flags & re.DOTALL else "[^\\n]"

    def _in(self, items: list[tuple[Any, Any]], flags: int) -> str:
        negated = items[0][0] is code.NEGATE
        inside, outside = "", []
        for op, value in items[1:] if negated else items:
            if op is code.CATEGORY:
                name = _CLASSES[value]
                if name in _NEGATED:
                    outside.append(name)
                else:
                    inside += name
            elif op is code.RANGE:
                inside += f"{self._within(value[0])}-{self._within(value[1])}"
            else:
                inside += self._within(value)
        if not negated:
            parts = [f"[{inside}]"] if inside else []
            return f"(?:{'|'.join((*parts, *outside))})" if outside else parts[0]
        # Not one of what is no digit: a digit that is none of the others.
        ahead = "".join(f"(?={_NEGATED[name]})" for name in outside)
        return f"{ahead}[^{inside}]" if inside else f"{ahead}(?:.|\\n)"

    @staticmethod
    def _within(point: int) -> str:
        char = chr(point)
        return f"\\{char}" if point < 128 and not char.isalnum() and char.isprintable() else char

    def _branch(self, value: Any, flags: int) -> str:
        return f"(?:{'|'.join(self.sequence(one, flags) for one in value[1])})"

    def _subpattern(self, value: Any, flags: int) -> str:
        _, added, taken, parts = value
        if added & re.ASCII or taken & re.IGNORECASE:
            raise self._refusal("a part with flags of its own")
        return f"(?:{self.sequence(parts, (flags | added & _LOCAL) & ~taken)})"

    def _max_repeat(self, value: Any, flags: int) -> str:
        low, high, parts = value
        if low > _MOST or (high is not code.MAXREPEAT and high > _MOST):
            raise self._refusal(f"more than {_MOST} repeats")
        if high is code.MAXREPEAT:
            often = {0: "*", 1: "+"}.get(low, f"{{{low},}}")
        else:
            often = f"{{{low},{high}}}"
        return f"(?:{self.sequence(parts, flags)}){often}"

    def _min_repeat(self, value: Any, flags: int) -> str:
        # What is found somewhere is found by either; how much of the text it is does not matter.
        return self._max_repeat(value, flags)

    def _at(self, value: Any, flags: int) -> str:
        lines = flags & re.MULTILINE
        if value is code.AT_BEGINNING:
            return "(?:\\A|(?<=\\n))" if lines else "^"
        if value is code.AT_END:
            return "(?=\\n|\\Z)" if lines else "(?=\\n?$)"
        return _PLACES[value]

    def _assert(self, value: Any, flags: int) -> str:
        return self._looked("=", value, flags)

    def _assert_not(self, value: Any, flags: int) -> str:
        return self._looked("!", value, flags)

    def _looked(self, sign: str, value: Any, flags: int) -> str:
        way, parts = value
        return f"(?{'<' if way < 0 else ''}{sign}{self.sequence(parts, flags)})"

    def _failure(self, value: Any, flags: int) -> str:
        return "(?!)"

    def _refusal(self, what: str) -> UsageError:
        return UsageError(
            f"the regular expression {visible(self._pattern)} has {what}, which PostgreSQL has not",
            "write it without, or ask the files, without --on",
        )
