"""Billing the time that was logged with a customer: a line for each contact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from crm_cli.features.plan import counted
from crm_cli.features.purchases.lines import Lines, in_currency
from crm_cli.features.values import read, shown
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import local_date
from crm_cli.model.errors import NotFound, UsageError
from crm_cli.model.item import Item
from crm_cli.model.line import LINE
from crm_cli.model.money import EXACT, minor_unit
from crm_cli.query.lexer import quoted
from crm_cli.query.links import links
from crm_cli.workspace import Workspace

_HOUR = Decimal(60)
_HUNDREDTH, _LEAST = Decimal("0.01"), Decimal("0.000001")
_HOURS = ("h", "hr", "hour", "hours", "hur", "ura", "ure")
"""What the unit of a product that is sold by the hour may be called."""
_LONGEST = 80


def logged(workspace: Workspace, lines: Lines, period: str, rate: str | None) -> None:
    """Add a line for each contact of a period that took time, in hours; see `_hours`.

    Time with the people of an organization is its own as well, as in its timeline.
    `rate` is the price of an hour, or a product whose price it is; unless given, the one
    service that is sold by the hour. What another purchase bills already is left out.

    Raises UsageError without a rate, NotFound where there is nothing to bill.
    """
    days = workspace.period(period, option="--from-log")
    record = lines.record
    around = links(workspace.database, record.id)
    people = _records(workspace, [one.person for one in around if one.person != record.id])
    firms = _records(workspace, [one.organization for one in around if one.person == record.id])
    billed = {id for one in (record, *people.values(), *firms.values()) for id in _billed(one)}
    found, before, others = [], 0, dict.fromkeys(people, 0)
    for whose, contact, day in _held(workspace, record, people):
        if day not in days or day > workspace.clock.today:
            continue
        before += contact.id in billed
        if contact.id not in billed:
            found.append((day, contact, Decimal(contact.values["duration"])))
            if whose in others:
                others[whose] += 1
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
    each = price if price is not None else workspace.products()[product].values.get("price")
    currency = lines.values.get("currency") or workspace.business.currency
    shares = _hours([minutes for *_, minutes in found], each, currency)
    for (day, contact, _), hours in zip(found, shares, strict=True):
        line: dict[str, Any] = {"product": product} if product else {}
        line |= {"description": _said(contact, shown(workspace, day)), "quantity": hours}
        if price is not None:
            line |= {"unit": "h", "unit_price": price}
        lines.take_time(product, {**line, "interactions": [contact.id]})
    whole = EXACT.divide(sum((minutes for *_, minutes in found), Decimal(0)), _HOUR)
    said = EXACT.quantize(whole, _HUNDREDTH)
    lines.notes.append(f"{counted(len(found), 'contact')} of {said:f} hours in all")
    lines.notes += [
        f"{number} of them with {people[id].get('name') or id}"
        for id, number in others.items()
        if number
    ]


def _records(workspace: Workspace, ids: Iterable[str]) -> dict[str, Item]:
    """The records of the customers that there are with some ids."""
    wanted = sorted({*ids} - {""})
    if not wanted:
        return {}
    known = workspace.select(CUSTOMER, [f"id.is:{','.join(map(quoted, wanted))}"], cols="id")
    return {id: workspace.record(id) for (id,) in known.rows}


def _held(
    workspace: Workspace, record: Item, people: Mapping[str, Item]
) -> Iterator[tuple[str, Item, date]]:
    """(whose, contact, day) of what took time with a customer, and with people of theirs on days on
    which these were there and nowhere else."""
    zone = workspace.business.time_zone
    for id, one in ((record.id, record), *people.items()):
        at = [link for link in links(workspace.database, id) if link.person == id]
        for contact in one.items("interactions"):
            values = contact.values
            if not values.get("duration") or "at" not in values or contact.get("status") != "held":
                continue
            day = local_date(values["at"], zone)
            if one is record or {a.organization for a in at if a.holds(day)} == {record.id}:
                yield id, contact, day


def _hours(minutes: Iterable[Decimal], price: Decimal | None, currency: str) -> Iterator[Decimal]:
    """Minutes as hours that add up to all of them.

    Two decimals where they say it exactly; else so many, up to the six that a quantity has, that
    the last one is worth about the smallest amount of the currency: three times 20 minutes at
    130.00 are then 130.00.
    """
    worth, least = price or Decimal(100), Decimal(3) / 2 / 10 ** minor_unit(currency)
    step = _HUNDREDTH
    while worth * step > least and step > _LEAST:
        step /= 10
    so_far = told = Decimal(0)
    for one in minutes:
        so_far += one
        upto = EXACT.quantize(EXACT.divide(so_far, _HOUR), step)
        hours = upto - told
        told = upto
        plain = EXACT.quantize(hours, _HUNDREDTH)
        yield plain if plain == hours else hours


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
