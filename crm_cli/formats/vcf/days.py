"""Days of vCards: whole, without a year, or only a year (RFC 6350, section 4.3.1)."""

from __future__ import annotations

import re

from crm_cli.formats.vcf.lines import Property
from crm_cli.model.dates import PartialDate, read_partial_date
from crm_cli.model.errors import Unreadable

_NO_YEAR = 1604
"""Apple's year for none."""
_FORMS = (
    re.compile(r"(?P<y>\d{4})-?(?P<m>\d{2})-?(?P<d>\d{2})(?:[T ].*)?"),
    re.compile(r"--(?P<m>\d{2})-?(?P<d>\d{2})(?:T.*)?"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})"),
    re.compile(r"(?P<y>\d{4})"),
)


def read_day(line: Property) -> PartialDate | None:
    """The day of a line, None for what is none here, such as the day of any month."""
    if line.param("VALUE").lower() == "text":
        return None
    for form in _FORMS:
        match = form.fullmatch(line.text)
        if match is None:
            continue
        year, month, day = (match.groupdict().get(part) for part in "ymd")
        if year and year in (line.param("X-APPLE-OMIT-YEAR"), str(_NO_YEAR)) and month:
            year = None
        text = "-".join((year or "-", *(part for part in (month, day) if part)))
        try:
            return read_partial_date(text)
        except Unreadable:
            return None
    return None


def write_day(day: PartialDate, *, basic: bool) -> str:
    """A day as 1984-04-15 or --04-15; `basic` is for version 4.0: 19840415, --0415."""
    text = str(day)
    if not basic or day.day is None:
        return text
    return f"--{text[2:].replace('-', '')}" if day.year is None else text.replace("-", "")
