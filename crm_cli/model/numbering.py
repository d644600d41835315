"""Purchase numbers: the next one of a pattern such as `{year}-{seq:4}`.

A pattern is text with `{seq}` in it once, or `{seq:4}` for at least four digits, and
`{year}`, `{month}`, `{day}` of the purchase's date. Counting begins anew wherever the
rest of the number differs, so `{year}-{seq:4}` starts each year with 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from crm_cli.model.errors import Unreadable

PATTERNS = {
    "quote": "Q-{year}-{seq:4}",
    "sale": "S-{year}-{seq:4}",
    "order": "O-{year}-{seq:4}",
    "invoice": "{year}-{seq:4}",
    "credit_note": "CN-{year}-{seq:4}",
}
"""How numbers of purchases are counted by kind, where the settings do not say."""

_PART = r"\{([^{}]*)\}"
_EXAMPLE = 'write it as "{year}-{seq:4}"'


def around(pattern: str, day: date) -> tuple[str, str, int]:
    """What stands before and after the counted part on a day, and its least width.

    Raises Unreadable for a pattern that has no `{seq}`, or a name that is not known.
    """
    pieces = [""]
    width = 0
    end = 0
    for match in re.finditer(_PART, pattern):
        pieces[-1] += pattern[end : match.start()]
        end = match.end()
        name, colon, size = match[1].partition(":")
        if name == "seq" and (not colon or re.fullmatch(r"[1-9]|1[0-9]", size)):
            pieces.append("")
            width = int(size or 1)
        elif match[1] in ("year", "month", "day"):
            pieces[-1] += day.strftime({"year": "%Y", "month": "%m", "day": "%d"}[match[1]])
        else:
            raise Unreadable(
                f"a number has no {match[0]}", f"{_EXAMPLE}; known are year, month, day"
            )
    pieces[-1] += pattern[end:]
    if len(pieces) != 2:
        raise Unreadable(f"'{pattern}' needs {{seq}} once", _EXAMPLE)
    return pieces[0], pieces[1], width


def next_number(pattern: str, taken: Iterable[str], day: date) -> str:
    """The number after the highest of `taken` that fits the pattern on a day.

    Gaps are not filled: a number that was given once is never given again while a
    higher one stands. Raises Unreadable for a pattern that cannot be counted by.
    """
    before, after, width = around(pattern, day)
    counted = re.compile(re.escape(before) + r"([0-9]{1,18})" + re.escape(after))
    highest = 0
    for number in taken:
        match = counted.fullmatch(number)
        if match:
            highest = max(highest, int(match[1]))
    return f"{before}{highest + 1:0{width}d}{after}"


def counted(pattern: str, number: str, day: date) -> int | None:
    """The counted part of a number that fits the pattern on a day; None for any other."""
    before, after, _ = around(pattern, day)
    match = re.fullmatch(re.escape(before) + r"([0-9]{1,18})" + re.escape(after), number)
    return int(match[1]) if match else None


def is_of_any_day(pattern: str, number: str) -> bool:
    """Whether a number fits the pattern, be it of another day."""
    width = {"year": 4, "month": 2, "day": 2}
    parts = re.split(_PART, pattern)
    spelled = "".join(
        rf"[0-9]{{{width[part]}}}" if place % 2 and part in width
        else "[0-9]{1,18}" if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    )  # fmt: skip
    return re.fullmatch(spelled, number) is not None


def missing(pattern: str, day: date, numbers: Iterable[int]) -> list[tuple[str, int]]:
    """What is left out between the numbers of a day's series, as texts, and the one after."""
    before, after, width = around(pattern, day)

    def spelled(number: int) -> str:
        return f"{before}{number:0{width}d}{after}"

    found = []
    ordered = sorted(set(numbers))
    for low, high in pairwise(ordered):
        if high - low == 2:
            found.append((f"{spelled(low + 1)} is missing", high))
        elif high - low > 2:
            found.append((f"{spelled(low + 1)} to {spelled(high - 1)} are missing", high))
    return found
