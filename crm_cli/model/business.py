"""The business's settings, as far as reading records depends on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from crm_cli.model.hours import USUAL, Hours
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.numbering import PATTERNS
from crm_cli.model.pipeline import USUAL as USUAL_STAGES
from crm_cli.model.pipeline import PipelineRow, Pipelines

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from crm_cli.model.absences import Away
    from crm_cli.model.money import Rates
    from crm_cli.model.promise import Promised, Service
    from crm_cli.model.working_time import WorkingTime


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
    uid: str = ""
    """What follows the @ in the UIDs of calendars; `domain` where the settings do not say."""
    terms_days: int | None = None
    numbers: Mapping[str, str] = MappingProxyType(PATTERNS)
    """How the numbers of purchases are counted, by kind."""
    vocabulary: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    users: Mapping[str, str] = MappingProxyType({})
    """The people of the business: user to e-mail (or an empty text)."""
    quotas: Mapping[str, str] = MappingProxyType({})
    """What users are to win each month, in the base currency."""
    absences: Mapping[str, Away] = MappingProxyType({})
    """The users who are away: from when, until when, and who stands in for them."""
    rate_table: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    """`rates.yaml` as texts: (ISO date, ((currency, rate), …)), oldest first."""
    working_hours: Hours = USUAL
    """The spans of work of each weekday, in minutes."""
    service_hours: Hours | None = None
    """The working hours in which service is promised; None: all hours."""
    holidays: tuple[str, ...] = ()
    """Days (ISO), and countries whose holidays they are, in which they do not run."""
    calendars: str = ""
    """Which edition of the library knows the holidays of those countries; empty without any."""
    service_table: tuple[Promised, ...] = ()
    """What service is promised, as texts; the first that matches counts."""
    low_scores: Mapping[str, str] = MappingProxyType({})
    """By kind of feedback the score up to which it becomes a task."""
    completeness: tuple[str, ...] = WANTED
    """What is wanted of each customer: fields, or several with `or` between them."""
    pipeline_table: tuple[PipelineRow, ...] = USUAL_STAGES
    """The pipelines of deals, as texts."""
    forecast_by: str = "stage"
    """What probability a deal has that says none: its `stage`'s, or the `learned` one."""
    rfm_rules: tuple[str, ...] = ()
    """`segments`: the rules of the RFM segments, or the name of a table; see `model/rfm.py`."""
    double_opt_in: bool = False
    """Whether an opt-in counts only once it is confirmed."""
    lead_touch: str = ""
    """How long a lead may be left alone; without it none is due."""
    retention: Mapping[str, str] = MappingProxyType({})
    """How long customers without contact are kept, by `leads`, `customers` and `former`."""
    dunning: tuple[tuple[str, str, str], ...] = ()
    """The levels of payment reminders: after how long, template, fee; none where none are set."""
    tolerance: str = ""
    """What may be deducted from a payment as charges; without it nothing."""
    closed_until: str = ""
    """The last day for which the books are closed, in ISO 8601; empty where they are open."""
    closed_unread: str = ""
    """Where `closed_until` stands, as `crm.yaml:3:15`, if it cannot be read; else empty."""
    ledger: Mapping[str, str] = MappingProxyType({})
    """The accounts of the ledger, where they are not the usual ones."""
    tax_included: bool = False
    """Whether prices are with tax, where a purchase does not say it."""
    usual_tax: str = ""
    """The tax rate of lines that are entered without one, percent; empty where there is none."""
    rounding: str = "document"
    """Where tax is rounded: per rate of the `document`, or in each `line`."""
    bounce_limit: str = ""
    """The score from which an address is dead; see `model/bounces.py`. Empty: 1."""
    own: Mapping[str, str] = MappingProxyType({})
    """The types of fields of people's own, by their key without `custom.`; see `model/own.py`."""
    autocommit: bool = False
    """Whether each command is a commit."""
    known: bool = True
    """False where there are settings that cannot be read: all of this is then but usual."""
    today: date | None = None
    """The day up to which what is dated counts in figures; None: whatever the day."""


class Business(Ways):
    """What reading a record depends on, from `crm.yaml` and `rates.yaml`.

    `terms_days` are the days until an invoice is due, None where none are set.
    """

    @property
    def domain(self) -> str:
        """What follows the @ in the UIDs of this business: the same in every clone."""
        from crm_cli.model.ids import slug

        return self.uid or f"{slug(self.name) or 'own'}.crm"

    @cached_property
    def dead_at(self) -> Decimal:
        """The score of mails that came back from which an address is dead."""
        from decimal import Decimal

        return Decimal(self.bounce_limit or 1)

    @cached_property
    def time_zone(self) -> tzinfo:
        """The business's time zone."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.zone)

    @cached_property
    def working_time(self) -> WorkingTime:
        """The time in which clocks of cases run."""
        from crm_cli.model.working_time import ALWAYS, Holidays, WorkingTime

        is_holiday = Holidays(self.holidays) if self.holidays else None
        return WorkingTime(self.service_hours or ALWAYS, self.time_zone, is_holiday)

    @cached_property
    def all_time(self) -> WorkingTime:
        """All hours of all days."""
        from crm_cli.model.working_time import ALWAYS, WorkingTime

        return WorkingTime(ALWAYS, self.time_zone)

    @cached_property
    def service(self) -> tuple[Service, ...]:
        """What service is promised."""
        from crm_cli.model.promise import service_of

        return tuple(map(service_of, self.service_table))

    @cached_property
    def pipelines(self) -> Pipelines:
        """The pipelines of deals."""
        return Pipelines(self.pipeline_table)

    @cached_property
    def rfm_cells(self) -> tuple[str, ...]:
        """The RFM segment of each cell, as `model/rfm.py` orders them."""
        from crm_cli.model.rfm import cells

        return cells(self.rfm_rules)

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
        return Rates(table, self.currency, self.today)
