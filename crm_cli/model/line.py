"""Lines of purchases: one product or service each (EN 16931)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm_cli.model.aspects import Exchange, Retained
from crm_cli.model.errors import Severity, Unreadable
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Money,
    Number,
    Percent,
    Price,
    Reference,
    Text,
    Texts,
    Word,
)
from crm_cli.model.kind import Derived, Field, Finding, Kind
from crm_cli.model.measure import Measure
from crm_cli.model.money import EXACT, round_money

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

TAX_CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O")
"""EN 16931 BT-151: standard, zero, exempt, reverse charge, intra-EU, export, outside."""

HUNDRED = Decimal(100)
_NONE = Decimal(0)

CREDIT_NOTE = "credit_note"
QUOTE = "quote"


def read_line(text: str, business: Business) -> dict[str, Any]:
    """`PRODUCT[:QUANTITY[:PRICE]]`."""
    parts = [part.strip() for part in text.split(":")]
    if len(parts) > 3 or not parts[0]:
        raise Unreadable(
            f"'{text}' is not a purchase line",
            "write PRODUCT:QUANTITY:PRICE, as beans-1kg:20:18.50",
        )
    return {
        key: part
        for key, part in zip(("product", "quantity", "unit_price"), parts, strict=False)
        if part
    }


def amount_of(line: Item, quantity: Decimal, currency: str) -> Decimal | None:
    """What a quantity comes to at a line's price: quantity × unit price × (1 − discount),
    half-up to the minor unit (EN 16931 BT-131). None without a price.
    """
    price = line.values.get("unit_price")
    if price is None:
        return None
    amount = EXACT.multiply(quantity, price)
    discount = line.values.get("discount")
    if discount:
        amount = EXACT.divide(EXACT.multiply(amount, HUNDRED - discount), HUNDRED)
    return round_money(amount, currency)


def _derive_line(line: Item, business: Business) -> None:
    """Net as the price has it; the purchase takes the tax out of it where that is included.

    Of a credit note units and net are negative; see `purchase_amounts`.
    """
    quantity = line.values.get("quantity", Decimal(1))
    purchase = line.parent
    currency = currency_of(purchase, business) if purchase is not None else business.currency
    net = amount_of(line, quantity, currency)
    if net is None:
        return
    if purchase is not None and purchase.get("kind") == CREDIT_NOTE:
        net, quantity = -net, -quantity
    line.derived["net"] = net
    line.derived["units"] = _NONE if is_deposit(line) else quantity
    line.derived["costed"] = line.derived["units"]
    line.derived["currency"] = currency


def is_deposit(line: Item) -> bool:
    """Whether a line is money alone, which has no units: the deposit that an invoice is for, or
    a negative line that takes one off."""
    purchase, values = line.parent, line.values
    if purchase is None or purchase.get("kind") != "invoice" or "product" in values:
        return False
    takes_off = values.get("quantity", 1) < 0 or values.get("unit_price", 0) < 0
    return takes_off or "deposit_of" in purchase.values


def currency_of(purchase: Item, business: Business) -> str:
    currency: str = purchase.values.get("currency") or business.currency
    return currency


def _check_line(line: Item, business: Business) -> Iterator[Finding]:
    if "unit_price" not in line.values:
        yield Finding(
            "product",
            "line-without-price",
            "this line has no price and is left out of sums",
            "add unit_price",
            absent="unit_price",
        )
    if line.values.get("quantity") == 0:
        yield Finding(
            "quantity",
            "line-of-nothing",
            "this line is of nothing: its quantity is 0",
            "write how many there are, or remove the line",
            Severity.WARNING,
        )
    discount = line.values.get("discount")
    if discount is not None and 0 < discount < 1:
        yield Finding(
            "discount",
            "discount-share",
            f"a discount of {discount} percent is less than one percent",
            f"a share of {discount} is written {discount * 100:f}".rstrip("0").rstrip("."),
            Severity.WARNING,
        )


SALES = (
    Measure(
        "orders",
        "distinct",
        "number of sales, an order with its invoices being one, without credit notes",
        each="sale",
        place="sale_place",
        unless=CREDIT_NOTE,
        kept="orders",
    ),
    Measure(
        "spend", "sum", "net of what counts; credit notes take from it", of="net", kept="spend"
    ),
    Measure("units", "sum", "quantities, less what was credited", of="units"),
)
"""Measures of what was sold, by lines and by purchases."""

BUYERS = (
    Measure(
        "customers",
        "distinct",
        "number of different customers who bought",
        of="customer",
        unless=CREDIT_NOTE,
        kept="orders",
    ),
    Measure("first_purchase", "min", "day of the first one", of="date", unless=CREDIT_NOTE),
    Measure("last_purchase", "max", "day of the latest one", of="date", unless=CREDIT_NOTE),
)
"""Measures of who bought it, and when."""


LINE = Kind(
    name="line",
    key="lines",
    doc="one product or service on a purchase",
    fields=(
        Field(
            "product",
            Reference("product"),
            "the product's SKU",
            aliases=("sku",),
            headings="product_id productid item article izdelek artikel sifra_artikla",
        ),
        Field("description", Text(), "what it is, if it has no SKU", private=False),
        Field(
            "quantity",
            Number(),
            "quantity",
            default=Decimal(1),
            sums="units",
            headings="qty units kolicina kol menge",
        ),
        Field("unit", Word(), "piece, kg, hour", copied="product.unit"),
        Field(
            "unit_price",
            Price(),
            "unit price before discount; with tax where the purchase says tax_included",
            aliases=("price",),
            label="price",
            headings="unitprice price cena cena_na_enoto preis",
            copied="product.price",
        ),
        Field("discount", Percent(), "percent", headings="discount_percent popust rabatt rabat"),
        Field(
            "tax_category",
            Choice(TAX_CATEGORIES),
            "EN 16931 tax category",
            copied="product.tax_category",
        ),
        Field(
            "tax_rate",
            Percent(),
            "tax rate, percent",
            headings="vat vat_rate ddv stopnja_ddv",
            copied="product.tax_rate",
        ),
        Field("tax_reason", Text(), "why there is no tax, where the category does not say it"),
        Field("once", Boolean(), "of a subscription: on its first purchase only"),
        Field(
            "interactions",
            Texts("interaction", anywhere=True),
            "the logged contacts whose time it bills, with the customer or people of theirs",
        ),
    ),
    shorthand=read_line,
    words="description",
    title="product",
    derived=(
        Derived(
            "net",
            Money(),
            "quantity × unit price, less discount, rounded to the minor unit; without tax",
        ),
        Derived("tax", Money(), "its part of the purchase's tax"),
        Derived(
            "units",
            Number(),
            "the quantity; of a credit note negative, of a partly billed order the share left,"
            " of a deposit none",
        ),
        Derived(
            "costed",
            Number(),
            "the units that its net is of: of an order less the share that a deposit has billed",
            quiet=True,
        ),
        Derived("counts", Boolean(), "its purchase counts in sums", terms="purchase/counts:yes"),
    ),
    derive=_derive_line,
    check=_check_line,
    columns=("date", "customer", "product", "quantity", "unit_price", "discount", "net"),
    sought=("product",),
    amount="net",
    summed=("product", "net", "units"),
    retained=Retained(
        (
            "product", "quantity", "unit", "unit_price", "discount", "tax_category", "tax_rate",
            "tax_reason",
        )
    ),
    exchange=Exchange(
        needed=("unit_price",),
        also=(
            Field(
                "line_total",
                Money(),
                "what the line comes to; its price follows",
                headings="item_total line_amount lineitem_total row_total extended_price "
                "extended_amount",
            ),
        ),
    ),
    counted="is:counted",
    found="is:counted not:is:credit_note",
    measures=(
        *SALES,
        *BUYERS,
        Measure("unconverted", "unconverted", "number of lines whose amount has no rate", of="net"),
    ),
)
