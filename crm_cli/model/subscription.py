"""Subscriptions: a purchase that comes again, its occasions, and what it comes to in a month.

The first purchase is the pattern: it says `every`, and `until` when. Each purchase that is made
of it names it (`subscription`) and the day of the rule that it is for (`recurrence_id`), which
its date may differ from. An occasion is to come while it is later than all that were made: a
rule that is changed holds from then on. Days are counted from the first purchase, so that the
31st comes back after a shorter month.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date
from decimal import Decimal
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_cli.model.dates import shifted
from crm_cli.model.duration import Interval
from crm_cli.model.errors import Severity, Unreadable
from crm_cli.model.exchange import RATE_DAY
from crm_cli.model.kind import Finding
from crm_cli.model.line import CREDIT_NOTE, LINE, QUOTE, amount_of, currency_of
from crm_cli.model.money import EXACT, round_money
from crm_cli.model.purchase_amounts import is_tax_included, tax_lines
from crm_cli.model.recurrence import left_out_days, occurrences
from crm_cli.model.recurrence_rule import rule_parts
from crm_cli.model.rhythm import read_rhythm
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


def is_pattern(purchase: Item) -> bool:
    """Whether a purchase is the first one of a subscription."""
    values = purchase.values
    return "every" in values and "date" in values and purchase.get("kind") not in (
        QUOTE,
        CREDIT_NOTE,
    )


def in_words(every: str) -> str:
    """How often something comes again, as it is said: `every month`."""
    bare = every.lower().startswith(("every", "each")) or "=" in every
    return every if bare or every.split()[0].endswith("ly") else f"every {every}"


def rule_of(pattern: Item) -> str:
    """The RRULE of a subscription; raises Unreadable for what ends before it begins."""
    return read_rhythm(str(pattern.values["every"]), pattern.values["date"])


def occasions(pattern: Item) -> Iterator[date]:
    """The days on which a subscription comes again, after its first purchase, until it ends."""
    first: date = pattern.values["date"]
    until: date = pattern.values.get("until") or date.max
    without = left_out_days(pattern.values, UTC)
    for day in occurrences(rule_of(pattern), first, UTC):
        if day > until:
            return
        if day > first and day not in without:
            yield day


def made_of(pattern: Item, purchases: Iterable[Item]) -> list[Item]:
    """The purchases that were made of a subscription, cancelled ones among them."""
    names = {pattern.id, str(pattern.values.get("number") or pattern.id)}
    return [
        one for one in purchases
        if one is not pattern and one.values.get("subscription") in names
    ]  # fmt: skip


def occasion_of(made: Item) -> date | None:
    """The occasion that a purchase was made for."""
    day: date | None = made.values.get("recurrence_id") or made.values.get("date")
    return day


def pattern_of(made: Item) -> Item | None:
    """The subscription of the same customer that a purchase was made of, unless it is over."""
    name = made.values.get("subscription")
    for one in made.owner.items("purchases") if name else ():
        if name in (one.id, one.values.get("number")) and is_pattern(one):
            return None if one.get("status") == "cancelled" else one
    return None


def to_come(pattern: Item, made: Iterable[Item]) -> Iterator[date]:
    """The occasions of a subscription that are later than all for which something was made."""
    if pattern.get("status") == "cancelled":
        return
    latest = max((day for one in made if (day := occasion_of(one)) is not None), default=None)
    for day in occasions(pattern):
        if latest is None or day > latest:
            yield day


def lines_on(pattern: Item, day: date) -> list[dict[str, Any]]:
    """The lines of what is made for a day: without those of the first purchase only, and at the
    prices that hold then."""
    changes = _changes(pattern, day)
    lines = [line for line in pattern.items("lines") if not line.values.get("once")]
    found = []
    for line in lines:
        values = {key: line.values[key] for key in COPIED if key in line.values}
        for change in changes:
            if _means(change, line, alone=len(lines) == 1):
                values["unit_price"] = change.values["unit_price"]
        found.append(values)
    return found


def amount_on(pattern: Item, day: date) -> Decimal | None:
    """The amount of what is made for a day, where there are no lines."""
    amount: Decimal | None = pattern.values.get("amount")
    for change in _changes(pattern, day):
        if "product" not in change.values and "description" not in change.values:
            amount = change.values["unit_price"]
    return amount


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
    tax_lines(priced, currency, business, included=is_tax_included(pattern, business))
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
        days = [first, *takewhile(lambda day: day <= (until or date.max), _days(rule, first))]
    else:
        held = [occasion_of(one) for one in made if one.get("status") == "posted"]
        days = [day for day in held if day is not None]
        if not days:
            return None
    following = next((day for day in _days(endless, first) if day > max(days)), date.max)
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
    for change in _changes(pattern, date.max):
        start = change.values["start"]
        days = [first] if start <= first else _days(_END.sub("", rule), first)
        effect = next((day for day in days if day >= start), None)
        net = None if effect is None else net_on(pattern, effect, business)
        if net is not None:
            change.derived |= {
                "takes_effect": effect, RATE_DAY: effect, "currency": currency,
                "mrr": a_month(net, rule, first, currency),
            }  # fmt: skip


def check_subscription(purchase: Item, business: Business) -> Iterator[Finding]:
    """That what is said of how a purchase comes again can be followed."""
    values = purchase.values
    if "every" not in values:
        for key in ("until", "price_changes"):
            if values.get(key):
                yield Finding(
                    key, "no-subscription", f"{key} is of a subscription, which this is not",
                    "add every: month", Severity.WARNING, "every",
                )  # fmt: skip
        return
    if purchase.get("kind") in (QUOTE, CREDIT_NOTE):
        called = str(purchase.get("kind")).replace("_", " ")
        yield Finding(
            "every", "no-subscription", f"a {called} does not come again",
            "use an invoice, an order or a sale", Severity.WARNING,
        )  # fmt: skip
    if "date" not in values:
        return
    try:
        rule_of(purchase)
    except Unreadable as error:
        yield Finding("every", "bad-recurrence", error.message, error.hint)
    until: date | None = values.get("until")
    if until is not None and until < values["date"]:
        yield Finding(
            "until", "no-subscription", f"it ends on {until}, before its date, {values['date']}",
            "write the last day on which it comes again", Severity.WARNING,
        )  # fmt: skip
    yield from _check_changes(purchase)


def check_occasions(customer: Item, business: Business) -> Iterator[Finding]:
    """That nothing was made twice for one day of a subscription; what replaces an invoice, or was
    cancelled, is not meant."""
    first: dict[tuple[str, date], Item] = {}
    for one in customer.items("purchases"):
        values = one.values
        if "subscription" not in values or "recurrence_id" not in values or "corrects" in values:
            continue
        if one.get("status") == "cancelled":
            continue
        other = first.setdefault((values["subscription"], values["recurrence_id"]), one)
        if other is not one:
            yield Finding(
                "recurrence_id",
                "occasion-twice",
                f"{other.values.get('number') or other.id} is for this day of the subscription, "
                "too",
                f"crm purchase cancel {one.id} keeps its number; crm invoice correct credits it",
                Severity.WARNING,
                item=one,
            )


def _check_changes(pattern: Item) -> Iterator[Finding]:
    lines = [line for line in pattern.items("lines") if not line.values.get("once")]
    for change in _changes(pattern, date.max):
        named = "product" in change.values or "description" in change.values
        fits = [line for line in lines if _means(change, line, alone=len(lines) == 1)]
        if not fits and (lines or named):
            yield Finding(
                "unit_price", "price-change-of-no-line", "this price change is of no line",
                "name its product, or its description", Severity.WARNING, item=change,
            )  # fmt: skip


def _changes(pattern: Item, day: date) -> list[Item]:
    """The price changes that hold on a day, the earliest first."""
    whole = [
        one for one in pattern.items("price_changes")
        if "start" in one.values and "unit_price" in one.values and one.values["start"] <= day
    ]  # fmt: skip
    return sorted(whole, key=lambda one: one.values["start"])


def _means(change: Item, line: Item, *, alone: bool) -> bool:
    """Whether a price change is of a line: by product, by description, or as the only one."""
    if "product" in change.values:
        return bool(line.values.get("product") == change.values["product"])
    if "description" in change.values:
        return fold(line.values.get("description", "")) == fold(change.values["description"])
    return alone


def _days(rule: str, first: date) -> Iterator[date]:
    """The days of a rule after the first one."""
    for day in occurrences(rule, first, UTC):
        if day > first:
            yield day


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
    found = sum(1 for _ in takewhile(lambda day: day <= end, _days(endless, first)))
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


