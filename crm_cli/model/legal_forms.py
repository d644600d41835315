"""Legal forms of companies, by which a name is known to be that of an organization."""

from __future__ import annotations

import re

_FORM = re.compile(
    r"(?:\b(?:d\.\s?o\.\s?o\.?|d\.\s?d\.|s\.\s?p\.|gmbh|ag|kg|ohg|e\.\s?u\.|ltd\.?|limited|llc|inc\.?|"
    r"corp\.?|plc|s\.\s?r\.\s?l\.?|s\.\s?p\.\s?a\.?|s\.\s?a\.|sarl|sas|b\.\s?v\.|n\.\s?v\.|oy|ab|a/s|aps|"
    r"kft\.?|zrt\.?|s\.\s?r\.\s?o\.?|a\.\s?s\.|sp\. z o\.\s?o\.|doo|ооо|зао)(?=\W|$))",
    re.IGNORECASE,
)

_FOLDED = """
doo dd sp gmbh ag kg ohg eu ltd limited llc inc corp plc srl spa sa sarl sas bv nv oy ab as aps
kft zrt sro zoo co und and ooo zao eood ood
"""
FORM_WORDS = frozenset(_FOLDED.split())
"""The words of legal forms as they are folded in names: what is left of `d.o.o.` is `doo`."""


def guess_kind(name: str) -> str | None:
    """`organization` where a name ends in a legal form (d.o.o., GmbH, Ltd …), else None."""
    return "organization" if _FORM.search(name) else None
