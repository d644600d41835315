"""Purchase numbers: the next one of a pattern such as `{year}-{seq:4}`.

A pattern is text with `{seq}` in it once, or `{seq:4}` for at least four digits, and
`{year}`, `{month}`, `{day}` of the purchase's date. Counting begins anew wherever the
rest of the number differs, so `{year}-{seq:4}` starts each year with 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

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
