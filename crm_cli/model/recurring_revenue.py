"""What subscriptions bill, price by price, and what that comes to in a month (MRR)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_cli.model.dates import shifted
from crm_cli.model.duration import Interval
from crm_cli.model.errors import Unreadable
from crm_cli.model.exchange import RATE_DAY
from crm_cli.model.line import LINE, amount_of, currency_of
from crm_cli.model.money import EXACT, round_money
from crm_cli.model.purchase_amounts import tax_lines, taxed_how
from crm_cli.model.recurrence_rule import rule_parts
from crm_cli.model.subscription import (
    days_after,
    is_pattern,
    made_of,
    occasion_of,
    rule_of,
    to_come,
)
from crm_cli.model.text import fold
from crm_cli.model.writing import new_item

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

COPIED = (
    "product", "description", "quantity", "unit", "unit_price", "discount", "tax_category",
    "tax_rate", "tax_reason",
)  # fmt: skip
"""What a line has from that of the subscription's first purchase."""

_END = re.compile(r";?(?:UNTIL|COUNT)=[^;]*", re.IGNORECASE)
_WEEKS, _DAYS, _MONTHS = 52, 365, 12
_CYCLE = 48
"""Months over which occasions are counted where a rule has several in a month or a year."""


class Span(NamedTuple):
    """The days of a subscription: the first, and the last of its last period (None: no end)."""

    first: date
    last: date | None


def lines_on(pattern: Item, day: date) -> list[dict[str, Any]]:
    """The lines of what is made for a day: without those of the first purchase only, and at the
    prices that hold then."""
    changes = changes_on(pattern, day)
    lines = [line for line in pattern.items("lines") if not line.values.get("once")]
    found = []
    for line in lines:
        values = {key: line.values[key] for key in COPIED if key in line.values}
        for change in changes:
            if is_of(change, line, alone=len(lines) == 1):
                values["unit_price"] = change.values["unit_price"]
        found.append(values)
    return found


def amount_on(pattern: Item, day: date) -> Decimal | None:
    """The amount of what is made for a day, where there are no lines."""
    amount: Decimal | None = pattern.values.get("amount")
    for change in changes_on(pattern, day):
        if "product" not in change.values and "description" not in change.values:
            amount = change.values["unit_price"]
    return amount


def changes_on(pattern: Item, day: date) -> list[Item]:
    """The price changes that hold on a day, the earliest first."""
    whole = [
        one for one in pattern.items("price_changes")
        if "start" in one.values and "unit_price" in one.values and one.values["start"] <= day
    ]  # fmt: skip
    return sorted(whole, key=lambda one: one.values["start"])


def is_of(change: Item, line: Item, *, alone: bool) -> bool:
    """Whether a price change is of a line: by product, by description, or as the only one."""
    if "product" in change.values:
        return bool(line.values.get("product") == change.values["product"])
    if "description" in change.values:
        return fold(line.values.get("description", "")) == fold(change.values["description"])
    return alone


def net_on(pattern: Item, day: date, business: Business) -> Decimal | None:
    """What is billed for a day, without tax, in the purchase's currency; None without a price."""
    currency = currency_of(pattern, business)
    if not pattern.items("lines"):
        amount = amount_on(pattern, day)
        return None if amount is None else round_money(amount, currency)
    priced = []
    for values in lines_on(pattern, day):
        line = new_item(LINE, values, business)
        net = amount_of(line, values.get("quantity", Decimal(1)), currency)
        if net is not None:
            line.derived["net"] = net
            priced.append(line)
    tax_lines(priced, currency, *taxed_how(pattern, business))
    return sum((line.derived["net"] for line in priced), Decimal(0))


def a_month(net: Decimal, rule: str, first: date, currency: str) -> Decimal:
    """What so much on each occasion of a rule comes to in a month, rounded to the minor unit.

    A year is 12 months, 52 weeks or 365 days.
    """
    times, months = _frequency(rule, first)
    return round_money(EXACT.divide(EXACT.multiply(net, Decimal(times)), Decimal(months)), currency)


def span_of(pattern: Item, made: Sequence[Item]) -> Span | None:
    """The days for which a subscription is paid, period by period; None for none.

    Of a draft or a cancelled one they are those of what was made of it and is posted.
    """
    first: date = pattern.values["date"]
    endless = _END.sub("", rule_of(pattern))
    if pattern.get("status") == "posted":
        rule, until = rule_of(pattern), pattern.values.get("until")
        if until is None and rule == endless:
            return Span(first, None)
        days = [first, *takewhile(lambda day: day <= (until or date.max), days_after(rule, first))]
    else:
        held = [occasion_of(one) for one in made if one.get("status") == "posted"]
        days = [day for day in held if day is not None]
        if not days:
            return None
    following = next((day for day in days_after(endless, first) if day > max(days)), date.max)
    return Span(min(days), shifted(following, -1))


def settle(purchases: Sequence[Item], business: Business) -> date | None:
    """Set what is derived of the subscriptions among a customer's purchases; the next occasion of
    any of them."""
    for pattern in purchases:
        if is_pattern(pattern):
            try:
                _settle(pattern, made_of(pattern, purchases), business)
            except Unreadable:
                continue  # `crm check` tells of it.
    days = [one.derived["next_occurrence"] for one in purchases if "next_occurrence" in one.derived]
    return min(days, default=None)


def _settle(pattern: Item, made: Sequence[Item], business: Business) -> None:
    derived, first = pattern.derived, pattern.values["date"]
    coming = next(to_come(pattern, made), None)
    if coming is not None:
        derived["next_occurrence"] = coming
    span = span_of(pattern, made)
    if span is None:
        return
    derived["subscribed_from"] = span.first
    if span.last is not None:
        derived["subscribed_until"] = span.last
    rule, currency = rule_of(pattern), currency_of(pattern, business)
    net = net_on(pattern, first, business)
    if net is not None:
        derived["mrr"] = a_month(net, rule, first, currency)
    for change in changes_on(pattern, date.max):
        start = change.values["start"]
        days = [first] if start <= first else days_after(_END.sub("", rule), first)
        effect = next((day for day in days if day >= start), None)
        net = None if effect is None else net_on(pattern, effect, business)
        if net is not None:
            change.derived |= {
                "takes_effect": effect, RATE_DAY: effect, "currency": currency,
                "mrr": a_month(net, rule, first, currency),
            }  # fmt: skip


def _frequency(rule: str, first: date) -> tuple[int, int]:
    """How often a rule comes in how many months."""
    parts = rule_parts(rule)
    freq, every = parts["FREQ"], int(parts.get("INTERVAL", 1))
    days = {key: value for key, value in parts.items() if key[:2] == "BY"}
    if freq == "DAILY" and not days:
        return _DAYS, _MONTHS * every
    if freq == "WEEKLY" and days.keys() <= {"BYDAY"}:
        return _WEEKS * len(days.get("BYDAY", "one").split(",")), _MONTHS * every
    if freq in ("MONTHLY", "YEARLY") and _is_once(freq, days):
        return 1, every * (_MONTHS if freq == "YEARLY" else 1)
    end = Interval(months=_CYCLE * every).after(first)
    endless = _END.sub("", rule)
    found = sum(1 for _ in takewhile(lambda day: day <= end, days_after(endless, first)))
    return max(1, found), _CYCLE * every


def _is_once(freq: str, days: Mapping[str, str]) -> bool:
    """Whether parts of a rule name one day of a month, or of a year."""
    if freq == "YEARLY" and days and "BYMONTH" not in days:
        return False
    if "BYSETPOS" in days:
        return "," not in days["BYSETPOS"] and "," not in days.get("BYMONTH", "")
    listed = [value for value in days.values() if "," in value]
    weekdays = days.get("BYDAY", "")
    return not listed and (not weekdays or not weekdays.isalpha())
