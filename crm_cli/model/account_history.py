"""Whether an account's past balances follow from today's.

The balance of a day is what was billed up to it, less what was credited and paid. So it is that of
today, less what was billed since, and what was paid since with it; which payment paid which invoice
does not matter. That does not hold where amounts are converted, at the rates of several days, nor
for money that pays what owes nothing: a sale, or an order until it is billed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from crm_cli.model.books import targets
from crm_cli.model.money import round_money
from crm_cli.model.payment import is_refund, returned_on

if TYPE_CHECKING:
    from crm_cli.model.books import Books
    from crm_cli.model.item import Item

_HUGE = Decimal(10) ** 15
"""More may have too many digits for the index."""


def is_irregular(customer: Item, books: Books) -> bool:
    """Whether past balances of a customer may not follow from amounts, whatever the day."""
    base = books.business.currency
    for purchase in customer.items("purchases"):
        if purchase.get("kind") not in ("invoice", "credit_note"):
            continue
        derived = purchase.derived
        if derived["currency"] != base or not -_HUGE < derived["gross"] < _HUGE:
            return True
    return any(_is_irregular(payment, base, books) for payment in books.payments)


def _is_irregular(payment: Item, base: str, books: Books) -> bool:
    amount: Decimal | None = payment.values.get("amount")
    if amount is None:
        return False
    if payment.derived["currency"] != base or round_money(amount, base) != amount:
        return True
    if "bounced" in payment.values and returned_on(payment) is None:
        # Nobody knows until when it counted, if it was no money at that.
        return True
    if is_refund(payment):
        return False
    named = (books.by_name.get(name) for name, _ in targets(payment, amount))
    return any(one is not None and one.get("kind") != "invoice" for one in named)
