"""Billing the time that was logged with a customer: a line for each contact."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crm_cli.features.plan import counted
from crm_cli.features.purchases.lines import Lines, in_currency
from crm_cli.features.values import read, shown
from crm_cli.model.dates import local_date
from crm_cli.model.errors import NotFound, UsageError
from crm_cli.model.item import Item
from crm_cli.model.line import LINE
from crm_cli.model.money import EXACT
from crm_cli.workspace import Workspace

_HOUR = Decimal(60)
_HUNDREDTH = Decimal("0.01")
_HOURS = ("h", "hr", "hour", "hours", "hur", "ura", "ure")
"""What the unit of a product that is sold by the hour may be called."""
_LONGEST = 80


def logged(workspace: Workspace, lines: Lines, period: str, rate: str | None) -> None:
    """Add a line for each contact of a period that took time, in hours of two decimals.

    `rate` is the price of an hour, or a product whose price it is; unless given, the one
    service that is sold by the hour. What another purchase bills already is left out.

    Raises UsageError without a rate, NotFound where there is nothing to bill.
    """
    days = workspace.period(period, option="--from-log")
    record, zone = lines.record, workspace.business.time_zone
    billed = _billed(record)
    found, before = [], 0
    for contact in record.items("interactions"):
        took = contact.values.get("duration")
        if not took or "at" not in contact.values or contact.get("status") != "held":
            continue
        day = local_date(contact.values["at"], zone)
        if day not in days or day > workspace.clock.today:
            continue
        before += contact.id in billed
        if contact.id not in billed:
            hours = EXACT.quantize(EXACT.divide(Decimal(took), _HOUR), _HUNDREDTH)
            found.append((day, contact, hours))
    name = record.get("name") or record.id
    if not found:
        raise NotFound(
            f"all time that was logged with {name} in {period} is billed"
            if before
            else f"no time was logged with {name} in {period}",
            f"crm purchase list customer:{record.id} shows what is billed"
            if before
            else f"crm log {record.id} Workshop --duration 90min logs some",
        )
    if before:
        lines.notes.append(f"{before} of the contacts are billed already, and left out")
    product, price = _rate(workspace, lines, rate)
    found.sort(key=lambda one: (one[0], one[1].id))
    for day, contact, hours in found:
        line: dict[str, Any] = {"product": product} if product else {}
        line |= {"description": _said(contact, shown(workspace, day)), "quantity": hours}
        if price is not None:
            line |= {"unit": "h", "unit_price": price}
        lines.take_time(product, {**line, "interactions": [contact.id]})
    whole = sum((hours for *_, hours in found), Decimal(0))
    lines.notes.append(f"{counted(len(found), 'contact')} of {whole:f} hours in all")


def _billed(record: Item) -> set[str]:
    """The contacts that a purchase which is not cancelled bills."""
    return {
        id
        for purchase in record.items("purchases")
        if purchase.get("status") != "cancelled"
        for line in purchase.items("lines")
        for id in line.values.get("interactions") or ()
    }


def _rate(workspace: Workspace, lines: Lines, text: str | None) -> tuple[str, Decimal | None]:
    """(the product that an hour is, its price where that is no product's)."""
    products = workspace.products()
    if text is None:
        hourly = [
            sku
            for sku, one in products.items()
            if one.get("kind") == "service"
            and str(one.values.get("unit", "")).casefold() in _HOURS
            and not one.get("disabled")
        ]
        if len(hourly) == 1:
            return hourly[0], None
        several = f": {', '.join(hourly)}" if hourly else ""
        raise UsageError(
            "--rate is missing: what an hour costs",
            f"--rate 95, or a product that is sold by the hour{several}",
        )
    if text in products:
        return text, None
    if not any(char.isdigit() for char in text):
        raise NotFound(f"--rate: there is no product {text}", "--rate 95 is a price")
    price = read(LINE.by_key["unit_price"], text, workspace)
    return "", in_currency(lines.values, price, "--rate")


def _said(contact: Item, day: str) -> str:
    """`2026-10-03: Workshop on roasting`."""
    text = contact.values.get("subject") or contact.values.get("summary") or contact.get("kind")
    first = " ".join(str(text).split())
    return f"{day}: {first if len(first) <= _LONGEST else first[: _LONGEST - 1] + '…'}"
