"""Lines of purchases as people type them: `PRODUCT[:QUANTITY[:PRICE]]`.

What is no product, and has a price, is a line of its own words; `:` before it says so of what
could be a misspelled product.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from crm_cli.features.values import read
from crm_cli.model.errors import NotFound, Unreadable, UsageError
from crm_cli.model.ids import slug
from crm_cli.model.invoice_law import EU
from crm_cli.model.item import Item
from crm_cli.model.line import HUNDRED, LINE, read_line
from crm_cli.model.money import EXACT, format_amount, read_decimal
from crm_cli.model.prices import price_of
from crm_cli.model.product import begun_with, sku_of
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.purchase_amounts import is_tax_included, unusual
from crm_cli.model.text import did_you_mean, fold
from crm_cli.model.writing import new_item
from crm_cli.workspace import Workspace

Values = dict[str, Any]

COPIED = (
    "product", "description", "quantity", "unit", "unit_price", "discount", "tax_category",
    "tax_rate", "tax_reason", "interactions",
)  # fmt: skip
"""What a line has from another one that it is made of."""
_PRICE = Decimal("0.0001")
_UNTAXED = ("Z", "E", "AE", "K", "G", "O")
"""The categories whose rate is 0."""


class Lines:
    """The lines of a new purchase of a customer, whose `values` get a currency with them.

    `notes` are told where each price comes from; `tax` is the rate of lines that have none, and
    0 that of all; so is `category`, which says why there is none (`AE`: reverse charge).
    """

    def __init__(
        self,
        workspace: Workspace,
        record: Item,
        values: Values,
        notes: list[str],
        *,
        tax: Decimal | None = None,
        category: str = "",
    ) -> None:
        self.workspace = workspace
        self.record = record
        self.values = values
        self.notes = notes
        self.tax = Decimal(0) if tax is None and category in _UNTAXED else tax
        self.category = category
        self.usual = _usual(workspace, record)
        self._products = workspace.products()
        self._lines: list[Values] = []

    def __bool__(self) -> bool:
        return bool(self._lines)

    @property
    def taxed(self) -> bool:
        """Whether a line that says nothing of its tax gets some."""
        return bool(self.category) or self.tax is not None or self.usual is not None

    def found(self, discount: Decimal | None = None) -> list[Values]:
        """The lines, with a discount on each; the purchase says how they are taxed."""
        for key, value in unusual(self.workspace.business).items():
            self.values.setdefault(key, value)
        self._note_tax()
        return [{**line, "discount": discount} if discount else line for line in self._lines]

    def take(self, texts: Iterable[str]) -> None:
        """Add lines as they are typed; raises UsageError, NotFound."""
        for text in texts:
            parts, free = self._parts(text)
            line = {
                key: part if key == "product" else read(LINE.by_key[key], part, self.workspace)
                for key, part in parts.items()
            }
            if line.get("quantity") == 0:
                raise UsageError(f"'{text}' is of nothing: its quantity is 0")
            if "unit_price" in line:
                line["unit_price"] = in_currency(
                    self.values, line["unit_price"], f"the price in {text}"
                )
            sku = None if free else self._sku(line)
            if sku is None:
                line["description"] = line.pop("product")
                self._lines.append(self._with_tax(line))
            else:
                self._lines.append(self.of_product(sku, {**line, "product": sku}))

    def take_amount(self, amount: Decimal, text: str) -> None:
        """Add a line of words that comes to an amount."""
        self._lines.append(self._with_tax({"description": text or "Amount", "unit_price": amount}))

    def take_items(self, items: Iterable[Item]) -> None:
        """Add lines that stand elsewhere, as they are."""
        for item in items:
            line = {key: item.values[key] for key in COPIED if key in item.values}
            self._lines.append(self._with_tax(line))

    def take_time(self, product: str, line: Values) -> None:
        """Add a line of logged time, at its price, or at that of a product."""
        self._lines.append(self.of_product(product, line) if product else self._with_tax(line))

    def of_product(self, sku: str, line: Values) -> Values:
        """A line with the price, unit and tax of a product where it has none of its own."""
        product = self._products[sku]
        if product.get("disabled"):
            self.notes.append(f"{sku} is no longer sold")
        if "unit_price" not in line:
            line["unit_price"] = self._price(product, line)
        for key in ("unit", "tax_category", "tax_rate"):
            if key in product.values:
                line.setdefault(key, product.values[key])
        own = line.get("tax_rate")
        if self._is_free():
            pass
        elif own is not None and self.tax not in (None, own):
            self.notes.append(f"{sku} keeps the {own.normalize():f} % tax of the product")
        elif own and (country := _abroad(self.workspace, self.record)):
            self.notes.append(
                f"{sku} with {own.normalize():f} % tax, as the product has it; they are in "
                f"{country}: {_untaxed(self.workspace, country)}, or --tax 0"
            )
        return self._with_tax(line)

    def _price(self, product: Item, line: Values) -> Decimal:
        """What the customer pays for it; it is said where that comes from."""
        sku, business = product.id, self.workspace.business
        quantity = line.get("quantity", Decimal(1))
        priced = price_of(product, self.record, quantity)
        if priced is None:
            raise UsageError(
                f"{sku} has no price in products.yaml",
                f"write --line {sku}:{quantity}:PRICE",
            )
        currency = product.values.get("currency") or business.currency
        if self.values.setdefault("currency", currency) != currency:
            raise UsageError(
                f"the price of {sku} is in {currency}, and the purchase in "
                f"{self.values['currency']}",
                f"write the price: --line {sku}:1:PRICE",
            )
        price, also = priced.price, ""
        trial = new_item(PURCHASE, self.values, business)
        if is_tax_included(trial, business) != business.tax_included:
            rate = product.values.get("tax_rate") or Decimal(0)
            price, also = _turned(price, rate, includes=business.tax_included)
        self.notes.append(f"{sku} at {format_amount(price)}: {priced.source}{also}")
        name = self.record.values.get("price_list")
        if name and priced.origin == "product":
            self.notes.append(f"{sku} has no price in the price list {name}")
        return price

    def _with_tax(self, line: Values) -> Values:
        if self._is_free():
            for key in ("tax_rate", "tax_category", "tax_reason"):
                line.pop(key, None)
        if self.tax is not None:
            line.setdefault("tax_rate", self.tax)
        if self.category:
            line["tax_category"] = self.category
        return self._usually(line)

    def _is_free(self) -> bool:
        """Whether no line is to have tax, those of products included."""
        return self.category in _UNTAXED or self.tax == 0

    def _usually(self, line: Values) -> Values:
        """A line with the usual rate, where nothing is said of its tax."""
        if self.usual is not None and not {"tax_rate", "tax_category"} & line.keys():
            line["tax_rate"] = self.usual
            rate = f"{self.usual.normalize():f} %"
            self.notes.append(f"{_called(line)} with {rate} tax: tax_rate in crm.yaml")
        return line

    def _note_tax(self) -> None:
        """Note lines of whose tax nothing is said, where others have some."""
        rates = [line["tax_rate"] for line in self._lines if line.get("tax_rate")]
        without = [one for one in self._lines if not {"tax_rate", "tax_category"} & one.keys()]
        if rates and without:
            names = ", ".join(map(_called, without))
            self.notes.append(f"no tax on {names}: --tax {max(rates).normalize():f} sets it")

    def _parts(self, text: str) -> tuple[dict[str, str], bool]:
        """The parts of a line, and whether it says itself that it is of no product."""
        free = text.startswith(":")
        plain = text.removeprefix(":").strip()
        head, *figures = plain.rsplit(":", 2)
        words = ":" in head and (free or not _is_figure(head.rpartition(":")[2]))
        if len(figures) == 2 and words and all(map(_is_figure, figures)):
            quantity, price = (one.strip() for one in figures)
            return {"product": head.strip(), "quantity": quantity, "unit_price": price}, True
        try:
            parts = read_line(plain, self.workspace.business)
        except Unreadable as error:
            raise UsageError(error.message, error.hint) from error
        if free and "unit_price" not in parts:
            raise UsageError(f"'{plain}' needs a price", f"write --line :{plain}:1:PRICE")
        return parts, free

    def _sku(self, line: Values) -> str | None:
        """The product that a line names; None where it is a line of words."""
        text, products = str(line["product"]), self._products
        found = sku_of(text, products)
        begun = begun_with(text, products) if found is None else None
        if begun is not None and "unit_price" not in line:
            found = begun
        if found is not None:
            if fold(found) != fold(text):
                title = products[found].title
                named = "" if fold(title) == fold(text) else f", {title}"
                self.notes.append(f"{text} is the product {found}{named}")
            return found
        near = f"did you mean {begun}, {products[begun].title}?" if begun is not None else (
            did_you_mean(text, products)
        )
        if "unit_price" in line and not near:
            self.notes.append(f"{text} is not a product: a line of free text")
            return None
        price = line.get("unit_price", "PRICE")
        typed = f":{text}:{line.get('quantity', 1)}:{price}"
        free = f"'{typed}'" if shlex.quote(typed) == typed else shlex.quote(typed)
        sku, name = slug(text) or "SKU", shlex.quote(text)
        cure = near or f"crm product add {sku} {name} --price 1.00 adds it"
        raise NotFound(
            f"there is no product {text}",
            f"{cure}{' ' if near else '; '}--line {free} is a line without a product",
        )


def _usual(workspace: Workspace, record: Item) -> Decimal | None:
    """The usual tax rate, for customers in our country or whose country nobody knows."""
    business = workspace.business
    if not business.usual_tax or _abroad(workspace, record):
        return None
    return Decimal(business.usual_tax)


def _abroad(workspace: Workspace, record: Item) -> str:
    """The countries of a customer who is known to be in none of ours; else empty."""
    countries = {one.values["country"] for one in record.items("addresses") if one.get("country")}
    ours = workspace.business.country
    return ", ".join(sorted(countries)) if countries and ours not in {"", *countries} else ""


def _untaxed(workspace: Workspace, countries: str) -> str:
    """The options that say why what goes to countries is without tax."""
    ours = workspace.business.country
    within = {one in EU for one in countries.split(", ")} if ours in EU else {False}
    found = ["K (goods within the EU)", "AE (reverse charge)"] if True in within else []
    return "--tax-category " + ", ".join([*found, *(["G (export)"] if False in within else [])])


def _called(line: Values) -> str:
    return str(line.get("product") or line.get("description") or "the line")


def _turned(price: Decimal, rate: Decimal, *, includes: bool) -> tuple[Decimal, str]:
    """A price without its tax where it `includes` it, else with it; and what is said of that."""
    whole = HUNDRED + rate
    turned = EXACT.divide(price * HUNDRED, whole) if includes else price * whole / HUNDRED
    said = f", {'less' if includes else 'plus'} {rate.normalize():f} % tax"
    found = EXACT.quantize(turned, _PRICE)
    return found.normalize() if found == found.to_integral() else found, said


def _is_figure(text: str) -> bool:
    try:
        read_decimal(text.strip().split()[0] if text.strip() else "")
    except Unreadable:
        return False
    return True


def percent(
    workspace: Workspace, text: str | None, what: str, notes: list[str] | None = None
) -> Decimal | None:
    """A percentage of 0 to 100 as it is typed for `--what`; raises UsageError."""
    if not text:
        return None
    key = "tax_rate" if what == "tax" else "discount"
    found: Decimal = read(LINE.by_key[key], text, workspace)
    if not 0 <= found <= HUNDRED:
        said = f"a {what} of {found} percent"
        raise UsageError(said, f"write 0 to 100, as --{what} 15")
    if 0 < found < 1 and notes is not None:
        whole = f"{(found * HUNDRED).normalize():f}"
        notes.append(f"a {what} of {found} is less than one percent; {whole} percent is {whole}")
    return found


def in_currency(values: Values, amount: Any, what: str) -> Decimal:
    """An amount that may have been written with its currency, which is then the purchase's."""
    if not isinstance(amount, tuple):
        value: Decimal = amount
        return value
    value, currency = amount
    if values.setdefault("currency", currency) != currency:
        raise UsageError(f"{what} is in {currency}, and the purchase in {values['currency']}")
    return value
