"""Credit: how much a customer may owe, and for how long."""

from __future__ import annotations

from enum import StrEnum

from crm_cli.model.fieldtypes import Boolean, Choice, Currency, Integer, Money
from crm_cli.model.kind import Field, Kind


class Risk(StrEnum):
    """How likely the money is not to come."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


CREDIT = Kind(
    "credit",
    "credit",
    "what a customer may owe, and for how long",
    (
        Field("limit", Money(), "the most that may be owed"),
        Field("currency", Currency(), "the limit's currency, if not the business's"),
        Field("terms_days", Integer(0, 3650), "days until an invoice is due"),
        Field("end_of_month", Boolean(), "due at the end of that month"),
        Field("hold", Boolean(), "nothing more on credit"),
        Field("risk", Choice(Risk), "how risky"),
        Field("dunning_level", Integer(0, 3), "reminders sent, 0 to 3"),
    ),
)
