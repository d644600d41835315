"""The types a field can have: how its text is read, written, kept and answered.

A type knows four things: `read` casts the text of a file to a value or raises
`Unreadable`; `write` gives the canonical spelling; `answer` gives what JSON shows;
`storage` says how the index keeps it and so which query operators apply. Types that hold
items of a kind stand beside the kinds (`kind.py`).
"""

from __future__ import annotations

from crm_cli.model.fieldtypes.base import FieldType, Shorthand
from crm_cli.model.fieldtypes.numbers import Boolean, Integer, Money, Number, Percent, Price
from crm_cli.model.fieldtypes.pipelines import PipelineName, StageName
from crm_cli.model.fieldtypes.storage import Nature, Storage
from crm_cli.model.fieldtypes.texts import (
    Choice,
    Code,
    Country,
    Currency,
    Email,
    Free,
    Ids,
    Language,
    Phone,
    Reference,
    Text,
    Texts,
    TimeZone,
    User,
    WebAddress,
    Word,
)
from crm_cli.model.fieldtypes.times import (
    Date,
    Deadline,
    Duration,
    Every,
    Moment,
    Moments,
    Partial,
    Rhythm,
    Zone,
)

__all__ = [
    "Boolean",
    "Choice",
    "Code",
    "Country",
    "Currency",
    "Date",
    "Deadline",
    "Duration",
    "Email",
    "Every",
    "FieldType",
    "Free",
    "Ids",
    "Integer",
    "Language",
    "Moment",
    "Moments",
    "Money",
    "Nature",
    "Number",
    "Partial",
    "Percent",
    "Phone",
    "PipelineName",
    "Price",
    "Reference",
    "Rhythm",
    "Shorthand",
    "StageName",
    "Storage",
    "Text",
    "Texts",
    "TimeZone",
    "User",
    "WebAddress",
    "Word",
    "Zone",
]
