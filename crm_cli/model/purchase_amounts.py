"""What purchases come to: net, tax and gross of their lines (EN 16931)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm_cli.model.billing import convert_lines
from crm_cli.model.dates import shifted
from crm_cli.model.effect import is_ahead
from crm_cli.model.errors import Severity
from crm_cli.model.exchange import missing_rate
from crm_cli.model.instalments import check_sum
from crm_cli.model.kind import Finding
from crm_cli.model.line import CREDIT_NOTE, HUNDRED, QUOTE, currency_of
from crm_cli.model.money import EXACT, round_money, rounded_parts

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


ANSWER_DAYS = 14
"""So many days after its date a quote without an answer is due at the latest."""

_ZERO = Decimal(0)


def _turn(lines: list[Item], purchase: Item) -> None:
    """Make the lines of a credit note take away, also where they are written with minus signs."""
    if purchase.get("kind") != CREDIT_NOTE:
        return
    for key in ("net", "units", "costed"):
        if sum((line.derived[key] for line in lines), Decimal(0)) > 0:
            for line in lines:
                line.derived[key] = -line.derived[key]


def taxes_of(purchase: Item) -> dict[Decimal, Decimal]:
    """The tax of each rate of the lines, as `tax_lines` has set it."""
    found: dict[Decimal, Decimal] = {}
    for line in purchase.items("lines"):
        rate = line.values.get("tax_rate")
        if rate and "tax" in line.derived:
            found[rate] = found.get(rate, _ZERO) + line.derived["tax"]
    return found


def derive(purchase: Item, business: Business) -> None:
    """Net is the sum of the lines (or `amount`), tax that of theirs; see `tax_lines`.

    A credit note takes away what it comes to, however its figures are signed.
    """
    currency = currency_of(purchase, business)
    lines = purchase.items("lines")
    tax = Decimal(0)
    units = Decimal(0)
    if lines:
        net = Decimal(0)
        priced = [line for line in lines if "net" in line.derived]
        _turn(priced, purchase)
        tax_lines(priced, currency, *taxed_how(purchase, business))
        for line in priced:
            net += line.derived["net"]
            tax += line.derived["tax"]
            units += line.derived["units"]
    else:
        net = round_money(purchase.values.get("amount", Decimal(0)), currency)
        if purchase.get("kind") == CREDIT_NOTE:
            net = -abs(net)
    derived = purchase.derived
    derived["priced"] = bool(priced) if lines else "amount" in purchase.values
    derived["net"] = net
    derived["tax"] = tax
    derived["gross"] = net + tax
    derived["units"] = units
    derived["currency"] = currency
    if lines:
        convert_lines(priced, purchase, business)
    posted = purchase.get("status") == "posted" and purchase.get("kind") != QUOTE
    derived["counts"] = posted and not is_ahead(purchase, business)
    if purchase.get("kind") == QUOTE and "date" in purchase.values:
        day = shifted(purchase.values["date"], ANSWER_DAYS)
        derived["answer_due"] = min(day, purchase.values.get("valid_until") or day)


def is_tax_included(purchase: Item, business: Business) -> bool:
    """Whether the prices of a purchase are with tax, as it says itself, else the settings."""
    own: bool | None = purchase.values.get("tax_included")
    return business.tax_included if own is None else own


def taxed_how(purchase: Item, business: Business) -> tuple[bool, str]:
    """Whether the prices of a purchase are with tax, and where that is rounded."""
    return (
        is_tax_included(purchase, business), purchase.values.get("rounding") or business.rounding
    )  # fmt: skip


def unusual(business: Business) -> dict[str, Any]:
    """What a new purchase with lines says of its tax, so that it stays when settings change."""
    found: dict[str, Any] = {"tax_included": True} if business.tax_included else {}
    return {**found, "rounding": "line"} if business.rounding == "line" else found


def tax_lines(lines: list[Item], currency: str, included: bool, rounding: str) -> None:
    """Set the tax of lines by their net; where it is included, take it out of that.

    It is rounded per rate (EN 16931 BR-CO-17), and the lines' parts add up to it; with a
    `rounding` of `line` line by line.
    """
    rates: dict[Decimal, list[Item]] = {}
    for line in lines:
        line.derived["tax"] = _ZERO
        if rate := line.values.get("tax_rate"):
            rates.setdefault(rate, []).append(line)
    for rate, of in rates.items():
        base = HUNDRED + rate if included else HUNDRED
        for part in [[line] for line in of] if rounding == "line" else [of]:
            exact = [EXACT.divide(line.derived["net"] * rate, base) for line in part]
            whole = sum((line.derived["net"] for line in part), _ZERO)
            tax = round_money(EXACT.divide(whole * rate, base), currency)
            taxes = [tax] if len(part) == 1 else rounded_parts(exact, tax, currency)
            for line, own in zip(part, taxes, strict=True):
                line.derived["tax"] = own
                if included:
                    line.derived["net"] -= own


def check(purchase: Item, business: Business) -> Iterator[Finding]:
    yield from missing_rate(purchase, business)
    yield from check_sum(purchase)
    if "date" not in purchase.values:
        yield Finding(
            "date", "purchase-without-date", "this purchase has no date", "add date", absent="date"
        )
    if "amount" not in purchase.values and not purchase.items("lines"):
        yield Finding(
            "number",
            "purchase-without-amount",
            "this purchase has neither lines nor an amount",
            "add lines or amount",
            Severity.WARNING,
            "amount",
        )
    if "amount" in purchase.values and purchase.items("lines"):
        yield Finding(
            "amount",
            "amount-beside-lines",
            "this purchase has lines, so that its amount means nothing",
            "remove amount, or write the price of a line",
            Severity.WARNING,
        )
    # A sale may be the return of another, paid back at once.
    if purchase.get("kind") not in (CREDIT_NOTE, "sale") and purchase.derived["gross"] < 0:
        yield Finding(
            "lines",
            "negative-purchase",
            f"this {purchase.get('kind')} comes to less than nothing",
            "for a return use a credit note: kind credit_note",
            Severity.WARNING,
        )
