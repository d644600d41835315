"""RFM: recency, frequency and monetary value, each scored from 1 to 5 against all customers.

A segment is found by the first rule whose three ranges hold the scores. A table of rules is
kept as the word of each of its 125 cells: recency, then frequency, then monetary value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

OTHER = "other"
"""The segment of scores that no rule holds."""

USUAL = (
    "champions 4-5 4-5 4-5",
    "potential_loyalist 3-5 3-5 2-5",
    "loyal 2-4 2-4 2-4",
    "promising 3-4 1-3 3-5",
    "new 4-5 1-3 1-5",
    "cannot_lose 1-2 3-5 4-5",
    "at_risk 1-2 2-5 4-5",
    "needs_attention 1-3 3-5 3-5",
    "about_to_sleep 2-3 1-3 1-4",
    "lost 1 1-5 1-5",
    "loyal 3-5 4-5 1",
    "about_to_sleep 2 1-5 1-5",
)
"""The rules where the settings do not say: every cell has a segment."""
_R_PACKAGE = (
    "champions 5 5 5",
    *USUAL[1:5],
    "cannot_lose 1-2 3-4 4-5",
    *USUAL[6:10],
)
"""The segments of the R package rfm."""
TABLES = {"rfm": USUAL, "rfm-r": _R_PACKAGE}
"""Tables that have a name, as `segments` in crm.yaml gives it."""
_RULE = r"(?a)([a-z][a-z0-9_-]*)((?:[\s,]+[1-5](?:-[1-5])?){3})"
MOST_SEGMENTS = 60


@cache
def cells(rules: tuple[str, ...]) -> tuple[str, ...]:
    """The segment of each cell; rules that cannot be read are left out, see `faults`."""
    read = [rule for text in _rules(rules) if (rule := _read(text)) is not None]
    return tuple(
        next((name for name, spans in read if _holds(spans, (r, f, m))), OTHER)
        for r in range(1, 6)
        for f in range(1, 6)
        for m in range(1, 6)
    )


def segment(scores: Sequence[int], table: Sequence[str]) -> str:
    """The segment of the three scores."""
    r, f, m = scores
    return table[25 * (r - 1) + 5 * (f - 1) + m - 1]


@cache
def segments(rules: tuple[str, ...]) -> tuple[str, ...]:
    """The segments that a table has, in the order of its rules."""
    found = cells(rules)
    named = dict.fromkeys([*map(name_of, _rules(rules)), OTHER])
    return tuple(name for name in named if name in found)


def faults(rules: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with the rules of `segments` in crm.yaml, a sentence each."""
    if len(rules) == 1 and " " not in rules[0].strip() and rules[0] not in TABLES:
        yield f"'{rules[0]}' is no table of RFM segments; there are: {', '.join(TABLES)}"
        return
    read = {text: _read(text) for text in _rules(rules)}
    for text, rule in read.items():
        if rule is None:
            yield f"'{text}' is no rule of an RFM segment"
    if len({rule[0] for rule in read.values() if rule}) > MOST_SEGMENTS:
        yield f"there are more than {MOST_SEGMENTS} RFM segments"


def _rules(rules: tuple[str, ...]) -> tuple[str, ...]:
    if not rules:
        return USUAL
    return TABLES.get(rules[0], rules) if len(rules) == 1 else rules


def name_of(rule: str) -> str:
    """The segment that a rule is of."""
    return rule.split()[0] if rule.split() else ""


def _read(text: str) -> tuple[str, list[tuple[int, int]]] | None:
    import re

    found = re.fullmatch(_RULE, text.strip())
    if found is None:
        return None
    spans = []
    for span in re.split(r"[\s,]+", found[2].strip(" ,\t")):
        low, _, high = span.partition("-")
        spans.append((int(low), int(high or low)))
    return found[1], spans


def _holds(spans: Sequence[tuple[int, int]], scores: Sequence[int]) -> bool:
    return all(low <= one <= high for (low, high), one in zip(spans, scores, strict=True))
