"""The business's settings, as far as reading records depends on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.model.hours import USUAL, Hours

if TYPE_CHECKING:
    from crm_cli.model.money import Rates


WANTED = (
    "email or phone",
    "address",
    "owner",
    "source",
    "lifecycle_stage",
    "preferred_channel",
    "consent",
)
"""What is wanted where the settings do not say."""


class Ways(NamedTuple):
    """What the settings say; `Business` reckons with it."""

    name: str = ""
    currency: str = "EUR"
    country: str = ""
    zone: str = "UTC"
    language: str = ""
    terms_days: int | None = None
    invoice_number: str = "{year}-{seq:4}"
    vocabulary: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    users: Mapping[str, str] = MappingProxyType({})
    """The people of the business: user to e-mail (or an empty text)."""
    rate_table: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    """`rates.yaml` as texts: (ISO date, ((currency, rate), …)), oldest first."""
    working_hours: Hours = USUAL
    """The spans of work of each weekday, in minutes."""
    completeness: tuple[str, ...] = WANTED
    """What is wanted of each customer: fields, or several with `or` between them."""
    autocommit: bool = False
    """Whether each command is a commit."""
    known: bool = True
    """False where there are settings that cannot be read: all of this is then but usual."""


class Business(Ways):
    """What reading a record depends on, from `crm.yaml` and `rates.yaml`.

    `terms_days` are the days until an invoice is due, None where none are set.
    """

    @cached_property
    def time_zone(self) -> tzinfo:
        """The business's time zone."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.zone)

    @cached_property
    def rates(self) -> Rates:
        """The currency rates, to the base currency."""
        from datetime import date
        from decimal import Decimal

        from crm_cli.model.money import Rates

        table = {
            date.fromisoformat(day): {code: Decimal(rate) for code, rate in row}
            for day, row in self.rate_table
        }
        return Rates(table, self.currency)
