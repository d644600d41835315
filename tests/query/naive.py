"""A second engine, as plain as can be: conditions asked of each record in turn.

It shares nothing with the program. Files are read by ruamel.yaml into plain dictionaries,
and every rule is written down again: what counts, what is missing, how text is compared.
A condition spells itself as a term, as a full expression, and answers for a record.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

Record = dict[str, Any]
CENT = Decimal("0.01")


class Directory:
    """What the files of a directory say. All days are counted from `today`."""

    def __init__(self, root: Path, today: date) -> None:
        self.today = today
        self.rates = _load(root / "rates.yaml")
        self.products = _load(root / "products.yaml")
        self.customers: list[Record] = []
        for path in sorted(root.glob("customers/*.yaml"), key=lambda path: path.stem):
            record = _load(path)
            record |= {"id": path.stem, "today": today, "rates": self.rates}
            for key in LISTS:
                for number, item in enumerate(record.setdefault(key, [])):
                    item |= {"customer": record, "place": number}
            for purchase in record["purchases"]:
                for line in purchase.setdefault("lines", []):
                    line |= {"customer": record, "purchase": purchase}
            self.customers.append(record)

    def rows(self, kind: str) -> list[Record]:
        """Every item of a kind."""
        if kind == "customer":
            return self.customers
        return [item for record in self.customers for item in items(record, kind)]

    def met(self, kind: str, condition: Condition) -> list[Any]:
        """What tells the rows apart, in the order of the files: ids, or (id, place)."""
        return [_name(row) for row in self.rows(kind) if condition.holds(row, self)]


LISTS = ("tasks", "purchases", "interactions")


def _load(path: Path) -> Record:
    return dict(YAML(typ="safe", pure=True).load(path) or {}) if path.exists() else {}


def _name(row: Record) -> Any:
    return (
        (row["customer"]["id"], row["title" if "title" in row else "text"])
        if ("customer" in row)
        else row["id"]
    )


def items(record: Record, kind: str) -> list[Record]:
    """A customer's items of a kind; of a purchase its lines."""
    if kind == "line":
        if "customer" in record:
            return list(record["lines"])
        return [line for purchase in record["purchases"] for line in purchase["lines"]]
    return list(record[f"{kind}s"])


# What fields hold: a list of values, empty where there is none


def folded(text: str) -> str:
    """Case and diacritics do not matter (only Latin is generated)."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The words of a text."""
    return re.findall(r"\w+", folded(text))


def counts(purchase: Record) -> bool:
    """Posted, dated up to today, and no order that is billed in whole by then."""
    return _booked(purchase) and unbilled(purchase) is not None


def _booked(purchase: Record) -> bool:
    posted = purchase.get("status", "posted") == "posted" and purchase.get("kind") != "quote"
    return bool(posted and purchase["date"] <= purchase["customer"]["today"])


def unbilled(purchase: Record) -> Fraction | None:
    """The share of an order that no invoice naming it has billed; None for one that is billed.

    An invoice of an unknown amount bills all that there is.
    """
    if purchase.get("kind", "sale") != "order" or "number" not in purchase:
        return Fraction(1)
    if not _booked(purchase):
        return Fraction(1)
    bills = _bills(purchase)
    whole = sum(_line_nets(purchase), Decimal(0))
    rest = whole
    for other in bills:
        known = [one for one in other["lines"] if "unit_price" in one] or "amount" in other
        amount = _in_currency_of(purchase, other) if known else None
        if amount is None:
            return None
        rest -= amount
    if bills and rest <= 0:
        return None
    return Fraction(rest) / Fraction(whole) if bills and rest < whole else Fraction(1)


def _in_currency_of(order: Record, invoice: Record) -> Decimal | None:
    """An invoice's net in the order's currency."""
    amount = sum(_line_nets(invoice), Decimal(0))
    have, want = (one.get("currency", "EUR") for one in (invoice, order))
    rates = invoice["customer"]["rates"]
    if have != want and not amount and rate_of(rates, want, invoice["date"]) is not None:
        return amount
    return exchanged(amount, have, want, invoice["date"], rates)


def exchanged(
    amount: Decimal, have: str, want: str, on: date, rates: dict[Any, Any]
) -> Decimal | None:
    """An amount in another currency, by way of the base currency; None without a rate."""
    if have == want:
        return amount
    from_, to = (rate_of(rates, currency, on) for currency in (have, want))
    if from_ is None or to is None:
        return None
    base = (amount / from_).quantize(CENT, ROUND_HALF_UP)
    if want == "EUR":
        return base
    million = Decimal(1_000_000)
    return (base * million / (million / to).quantize(CENT, ROUND_HALF_UP)).quantize(
        Decimal(1) if want == "JPY" else CENT, ROUND_HALF_UP
    )


def happened(interaction: Record) -> bool:
    """Planned, or dated up to today: what is dated later has not been yet."""
    planned = interaction.get("status") == "planned"
    return planned or interaction["at"] <= interaction["customer"]["today"]


def found(record: Record, kind: str) -> list[Record]:
    """The items that a condition of a customer finds: of lines those of what was bought and
    counts; of purchases, interactions and payments what is not dated later."""
    there = items(record, kind)
    if kind == "interaction":
        return [one for one in there if happened(one)]
    if kind in ("payment", "purchase"):
        return [one for one in there if one["date"] <= record["today"]]
    if kind == "line":
        bought = (one for one in there if counts(one["purchase"]))
        return [one for one in bought if one["purchase"].get("kind") != "credit_note"]
    return there


def units(line: Record) -> list[Decimal]:
    """What a line adds to a sum of quantities: nothing without a price, less of a credit note,
    of an order that is billed in part its share."""
    if "unit_price" not in line:
        return []
    amount = Decimal(str(line["quantity"]))
    purchase = line["purchase"]
    share = unbilled(purchase)
    if share is not None and share != 1:
        priced = [one for one in purchase["lines"] if "unit_price" in one]
        share = _parts(purchase, share)[[one is line for one in priced].index(True)]
        exact = amount * share.numerator / share.denominator
        amount = exact.quantize(Decimal("0.001"), ROUND_HALF_UP)
    return [-amount if line["purchase"].get("kind") == "credit_note" else amount]


def _bills(purchase: Record) -> list[Record]:
    """The posted invoices that name an order."""
    return [
        other
        for other in purchase["customer"]["purchases"]
        if other.get("kind") == "invoice" and other.get("order") == purchase["number"]
        if _booked(other)
    ]


def _parts(purchase: Record, share: Fraction) -> list[Fraction]:
    """What is left of each line that has a price: by product where all invoices bill one of the
    order's, else the same share of each."""
    bills = _bills(purchase)
    held = {one.get("product", "") for one in purchase["lines"]}
    pool: dict[str, Fraction] = {}
    for line in (line for one in bills for line in one["lines"]):
        name = line.get("product", "")
        pool[name] = pool.get(name, Fraction(0)) + Fraction(str(line["quantity"]))
    known = all(any(line.get("product", "") in held for line in one["lines"]) for one in bills)
    parts = []
    for line in purchase["lines"]:
        name, whole = line.get("product", ""), Fraction(str(line["quantity"]))
        taken = min(whole, pool.get(name, Fraction(0)))
        pool[name] = pool.get(name, Fraction(0)) - taken
        if "unit_price" in line:
            parts.append((1 - taken / whole if whole else Fraction(0)) if known else share)
    return parts


def _unit(purchase: Record) -> Decimal:
    """The smallest amount of its currency."""
    return Decimal(1) if purchase.get("currency") == "JPY" else CENT


def _line_nets(purchase: Record) -> list[Decimal]:
    """What each line comes to, or the amount alone."""
    if purchase["lines"]:
        return [line_net(line) for line in purchase["lines"]]
    amount = Decimal(str(purchase.get("amount", 0)))
    return [amount.quantize(_unit(purchase), ROUND_HALF_UP)]


def line_nets(purchase: Record) -> list[Decimal]:
    """What each line counts for, or the amount alone; a credit note counts negative.

    What is left of an order is spread over its lines, rounded as it adds up.
    """
    nets = _line_nets(purchase)
    share = unbilled(purchase)
    if share is not None and share != 1:
        whole = sum(nets, Decimal(0))
        rest = (whole * share.numerator / share.denominator).quantize(_unit(purchase))
        worth = [*map(Fraction, nets)]
        if purchase["lines"]:
            parts = iter(_parts(purchase, share))
            left = [one * next(parts) if "unit_price" in line else Fraction(0)
                    for one, line in zip(worth, purchase["lines"], strict=True)]  # fmt: skip
            worth = left if sum(left) > 0 else worth
        upto = [sum(worth[: at + 1]) * Fraction(rest) / sum(worth) for at in range(len(worth))]
        ends = [
            (Decimal(one.numerator) / one.denominator).quantize(_unit(purchase), ROUND_HALF_UP)
            for one in upto
        ]
        nets = [end - before for before, end in zip([Decimal(0), *ends], ends, strict=False)]
    return [-one for one in nets] if purchase.get("kind") == "credit_note" else nets


def own_net(purchase: Record) -> Decimal:
    """In the purchase's own currency. A credit note counts negative."""
    return sum(line_nets(purchase), Decimal(0))


def net(purchase: Record, here: Directory) -> Decimal | None:
    """In the base currency; None without a rate."""
    amount = own_net(purchase)
    if purchase.get("currency", "EUR") == "EUR" or not amount:
        return amount
    found = rate(purchase, here)
    return None if found is None else (amount / found).quantize(CENT, ROUND_HALF_UP)


def rate(purchase: Record, here: Directory) -> Decimal | None:
    """How much of its currency is one euro on its day; None where nobody knows."""
    return rate_of(here.rates, purchase.get("currency", "EUR"), purchase["date"])


def rate_of(rates: dict[Any, Any], currency: str, on: date) -> Decimal | None:
    """How much of a currency is one euro on a day."""
    if currency == "EUR":
        return Decimal(1)
    known = [(day, found[currency]) for day, found in rates.items() if currency in found]
    past = [held for day, held in sorted(known, key=str) if day <= on]
    return Decimal(str(past[-1])) if past else None


def line_net(line: Record) -> Decimal:
    """Quantity by price less discount, to the currency's minor unit; 0 without a price."""
    if "unit_price" not in line:
        return Decimal(0)
    price = Decimal(str(line["quantity"])) * Decimal(str(line["unit_price"]))
    part = 1 - Decimal(str(line.get("discount", 0))) / 100
    unit = Decimal(1) if line["purchase"].get("currency") == "JPY" else CENT
    return (price * part).quantize(unit, ROUND_HALF_UP)


def bought(record: Record) -> list[Record]:
    """The purchases that count."""
    return [purchase for purchase in record["purchases"] if counts(purchase)]


def spend(record: Record, here: Directory) -> Decimal:
    """The sum of what counts."""
    known = (net(purchase, here) for purchase in bought(record))
    return sum((amount for amount in known if amount is not None), Decimal(0))


class Left(NamedTuple):
    """Money that is not used up: the day that it came, how much, and its currency."""

    day: date
    id: str
    amount: Decimal
    currency: str


def balance(record: Record, here: Directory) -> Decimal | None:
    """What a customer owes at the end of the day, in the base currency; None without a rate.

    Refunds take from what was paid in their currency, the oldest first; the rest of it and of
    credit notes pays what is due first, changed at the day on which it came. What is left of
    each is changed at its own day. What is dated later is not there yet.
    """
    invoices, owed = _owed(record)
    money, back = _money_of(record)
    for number, refund in enumerate(back):
        rest = refund.amount
        for place, one in enumerate(money):
            taken = min(rest, one.amount) if one.currency == refund.currency else Decimal(0)
            money[place] = one._replace(amount=one.amount - taken)
            rest -= taken
        back[number] = refund._replace(amount=rest)
    for place, one in enumerate(money):
        money[place] = one._replace(amount=_pay(one, invoices, owed, here))
    parts = [(one["date"], owed[one["id"]], _currency(one)) for one in invoices]
    parts += [(one.day, -one.amount, one.currency) for one in money]
    parts += [(one.day, one.amount, one.currency) for one in back]
    whole = Decimal(0)
    for day, amount, currency in parts:
        per_euro = rate_of(here.rates, currency, day)
        if amount and per_euro is None:
            return None
        if amount and per_euro is not None:
            euros = amount if currency == "EUR" else amount / per_euro
            whole += euros.quantize(CENT, ROUND_HALF_UP)
    return whole


def _currency(item: Record) -> str:
    return str(item.get("currency", "EUR"))


def _owed(record: Record) -> tuple[list[Record], dict[str, Decimal]]:
    """The invoices in the order in which they are due, and what each came to, by their ids."""
    found = [
        one
        for one in record["purchases"]
        if one.get("status", "posted") == "posted" and one["date"] <= record["today"]
        if one.get("kind") == "invoice"
    ]

    def place(invoice: Record) -> tuple[date, date, str]:
        days = [one.get("due_date") for one in invoice.get("instalments", ())]
        due = min((day for day in days if day is not None), default=date.max)
        return due, invoice["date"], str(invoice["id"])

    return sorted(found, key=place), {one["id"]: own_net(one) for one in found}


def _money_of(record: Record) -> tuple[list[Left], list[Left]]:
    """What came, credit notes among it, and what was given back, each the oldest first."""
    came: list[Left] = []
    back: list[Left] = []
    for one in record["purchases"]:
        booked = one.get("status", "posted") == "posted" and one["date"] <= record["today"]
        if booked and one.get("kind") == "credit_note":
            came.append(Left(one["date"], one["id"], -own_net(one), _currency(one)))
    for one in record.get("payments", ()):
        if one["date"] <= record["today"] and not bounced(one, record["today"]):
            amount = Decimal(str(one["amount"])).quantize(_unit(one), ROUND_HALF_UP)
            left = Left(one["date"], one["id"], amount, _currency(one))
            (back if one.get("direction") == "refund" else came).append(left)
    return sorted(came), sorted(back, key=lambda one: (one.day, one.amount, one.currency))


def _pay(one: Left, invoices: list[Record], owed: dict[str, Decimal], here: Directory) -> Decimal:
    """Have money pay what is owed, in the order that it is due; what is left of it."""
    amount = one.amount
    unit = _unit({"currency": one.currency})
    for invoice in invoices:
        left = owed[invoice["id"]]
        if amount <= 0 or left <= 0:
            continue
        worth = exchanged(amount, one.currency, _currency(invoice), one.day, here.rates)
        if worth is None:
            continue
        taken = min(worth, left)
        owed[invoice["id"]] -= taken
        rest = Decimal(0) if taken == worth or not worth else amount - amount * taken / worth
        amount = rest.quantize(unit, ROUND_HALF_UP)
    return amount


def bounced(payment: Record, today: date) -> bool:
    """Whether the bank had returned it by the end of the day."""
    return "bounced" in payment and bool(payment["bounced"]["at"] <= today)


def sales(record: Record) -> list[Record]:
    """What counts, without credit notes."""
    return [one for one in bought(record) if one.get("kind") != "credit_note"]


def sale_days(record: Record) -> set[date]:
    """The days on which sales began: an order's and its invoices' first one."""
    first: dict[str, date] = {}
    for one in sorted(sales(record), key=lambda one: one["date"], reverse=True):
        first[sale(one)] = one["date"]
    return set(first.values())


def sale(purchase: Record) -> str:
    """The id of the order that an invoice bills, posted ones before others; else its own."""
    orders = [
        one
        for one in purchase["customer"]["purchases"]
        if purchase.get("kind") == "invoice" and "order" in purchase
        if one.get("number") == purchase["order"]
    ]
    orders.sort(key=lambda one: one.get("status", "posted") != "posted")
    bills = bool(orders) and orders[0].get("kind") == "order"
    return str((orders[0] if bills else purchase)["id"])


def number_of_sales(purchases: Iterable[Record]) -> int:
    """An order with its invoices is one."""
    return len({(one["customer"]["id"], sale(one)) for one in purchases})


Get = Callable[[Record, Directory], list[Any]]


def _key(key: str, default: Any = None) -> Get:
    def get(row: Record, here: Directory) -> list[Any]:
        found = row.get(key, default)
        return [] if found is None else [found]

    return get


def _owner(row: Record, here: Directory) -> list[Any]:
    found = row.get("owner", row.get("customer", {}).get("owner"))
    return [] if found is None else [found]


def _money(row: Record, here: Directory) -> list[Any]:
    found = net(row, here)
    return [] if found is None else [found]


def _category(line: Record, here: Directory) -> list[Any]:
    product = here.products.get(line.get("product", ""), {})
    return [product["category"]] if "category" in product else []


def _order(purchase: Record, here: Directory) -> list[Any]:
    """The status of the purchase that it names by id or number."""
    wanted = purchase.get("order")
    others = purchase["customer"]["purchases"]
    found = [one for one in others if wanted is not None and one.get("number") == wanted]
    return [found[0].get("status", "posted")] if found else []


def _referrer(customer: Record, here: Directory) -> list[Any]:
    found = [one for one in here.customers if one["id"] == customer.get("referred_by")]
    return _owner(found[0], here) if found else []


FIELDS: dict[str, dict[str, tuple[str, Get]]] = {
    "customer": {
        "name": ("text", _key("name")),
        "notes": ("text", _key("notes")),
        "city": ("text", lambda row, here: [a["city"] for a in row.get("addresses", ())]),
        "tag": ("word", lambda row, here: list(row.get("tags", ()))),
        "owner": ("word", _key("owner")),
        "kind": ("word", _key("kind")),
        "employees": ("number", _key("employees")),
        "custom.visits": (
            "number",
            lambda row, here: [row["custom"]["visits"]] if row.get("custom") else [],
        ),
        "created": ("date", _key("created")),
        "referred_by.owner": ("word", _referrer),
        "spend": ("number", lambda row, here: [spend(row, here)]),
        "orders": ("number", lambda row, here: [number_of_sales(sales(row))]),
        "last-purchase": (
            "date",
            lambda row, here: [max(one["date"] for one in sales(row))] if sales(row) else [],
        ),
    },
    "task": {
        "title": ("text", _key("title")),
        "status": ("word", _key("status", "open")),
        "priority": ("word", _key("priority", "normal")),
        "due": ("date", _key("due")),
    },
    "purchase": {
        "text": ("text", _key("text")),
        "kind": ("word", _key("kind", "sale")),
        "status": ("word", _key("status", "posted")),
        "date": ("date", _key("date")),
        "net": ("number", _money),
        "owner": ("word", _owner),
        "order.status": ("word", _order),
    },
    "interaction": {
        "kind": ("word", _key("kind")),
        "at": ("date", _key("at")),
        "summary": ("text", _key("summary")),
    },
    "line": {
        "product": ("word", _key("product")),
        "product.category": ("text", _category),
        "quantity": ("number", _key("quantity")),
        "date": ("date", lambda row, here: [row["purchase"]["date"]]),
    },
}


# What is asked


def period(text: str, today: date) -> tuple[date, date]:
    """The first and the last day that a text names."""
    if found := re.fullmatch(r"last-(\d+)d", text):
        return today - timedelta(days=int(found[1]) - 1), today
    if found := re.fullmatch(r"(-?)(\d+)d", text):
        day = today - timedelta(days=int(found[2]))
        return day, day
    if text == "today":
        return today, today
    if text == "this-month":
        return period(f"{today:%Y-%m}", today)
    if found := re.fullmatch(r"(\d{4})-q(\d)", text):
        first = 3 * int(found[2]) - 2
        return date(int(found[1]), first, 1), period(f"{found[1]}-{first + 2:02}", today)[1]
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        day = date(parts[0], parts[1], parts[2])
        return day, day
    if len(parts) == 2:
        year, month = parts
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return date(parts[0], 1, 1), date(parts[0], 12, 31)


class Condition:
    """Something that holds for a row or not."""

    def term(self) -> str | None:
        """The term that says it; None where only an expression can."""
        raise NotImplementedError

    def full(self) -> str:
        """The full expression."""
        raise NotImplementedError

    def holds(self, row: Record, here: Directory) -> bool:
        """Whether it does."""
        raise NotImplementedError


_TERSE = {"=": "", "!=": ".not", "<": ".before", "<=": ".by", ">": ".after"}
_NUMERIC = {"=": "", "!=": ".not", "<": ".under", ">": ".over"}


class Compared(Condition, NamedTuple("Compared", [
    ("kind", str), ("field", str), ("op", str), ("value", str), ("upper", bool),
])):  # fmt: skip
    """A field against a value; `upper` says that it is the customer's, asked of an item."""

    def term(self) -> str | None:
        type = FIELDS[self.kind][self.field][0]
        name = f"customer/{self.field}" if self.upper else self.field
        if self.op in (">=", "<=") and type == "number":
            return f"{name}:{self.value}.." if self.op == ">=" else f"{name}:..{self.value}"
        if self.op == ">=":
            return f"{name}:{self.value}.."
        return f"{name}{(_NUMERIC if type == 'number' else _TERSE)[self.op]}:{self.value}"

    def full(self) -> str:
        name = f"customer.{self.field}" if self.upper else self.field
        value = f'"{self.value}"' if FIELDS[self.kind][self.field][0] == "text" else self.value
        return f"{name} {self.op} {value}"

    def holds(self, row: Record, here: Directory) -> bool:
        type, get = FIELDS[self.kind][self.field]
        values = get(row["customer"] if self.upper else row, here)
        if self.op == "!=":
            return bool(values) and not any(self._is(value, "=", type, here) for value in values)
        return any(self._is(value, self.op, type, here) for value in values)

    def _is(self, value: Any, op: str, type: str, here: Directory) -> bool:
        if type == "text":
            wanted, there = words(self.value), words(value)
            spots = range(len(there) - len(wanted) + 1)
            return any(there[spot : spot + len(wanted)] == wanted for spot in spots)
        if type == "word":
            return folded(value) == folded(self.value)
        low: Any
        high: Any
        if type == "date":
            low, high = period(self.value, here.today)
        else:
            low = high = Decimal(self.value)
            value = Decimal(str(value))
        return bool(
            {
                "=": low <= value <= high,
                "<": value < low,
                "<=": value <= high,
                ">": value > high,
                ">=": value >= low,
            }[op]
        )


class Has(Condition, NamedTuple("Has", [("kind", str), ("name", str)])):
    """A field with a value, or an item that conditions find; a reckoned 0 is none."""

    def term(self) -> str:
        return f"has:{self.name}"

    def full(self) -> str:
        return f"has({self.name})"

    def holds(self, row: Record, here: Directory) -> bool:
        if self.name not in FIELDS[self.kind]:
            return bool((items if "customer" in row else found)(row, self.name))
        values = FIELDS[self.kind][self.name][1](row, here)
        if self.name in ("spend", "orders"):
            return bool(values and values[0])
        return bool(values)


class Some(Condition, NamedTuple("Some", [
    ("how", str), ("kind", str), ("conditions", tuple[Condition, ...]),
])):  # fmt: skip
    """For any, all or none of the items all conditions hold, about the same one."""

    def term(self) -> str | None:
        terms = [condition.term() for condition in self.conditions]
        dot = "" if self.how == "any" else f".{self.how}"
        return f"{self.kind}{dot}/{'/'.join(map(str, terms))}"

    def full(self) -> str:
        inner = " and ".join(condition.full() for condition in self.conditions)
        return f"{self.how}({self.kind}s, {inner})"

    def holds(self, row: Record, here: Directory) -> bool:
        met = [
            all(condition.holds(item, here) for condition in self.conditions)
            for item in (items if "customer" in row else found)(row, self.kind)
        ]
        return {"any": any(met), "all": all(met), "none": not any(met)}[self.how]


class Reckoned(Condition, NamedTuple("Reckoned", [
    ("function", str), ("kind", str), ("field", str), ("where", Condition | None),
    ("during", str), ("op", str), ("value", str),
])):  # fmt: skip
    """A count, sum or extreme of a customer's items against a value."""

    def term(self) -> None:
        return None

    def full(self) -> str:
        of = f"{self.kind}s" + (f".{self.field}" if self.field else "")
        where = f" where {self.where.full()}" if self.where else ""
        during = f" during {self.during}" if self.during else ""
        call = f"{self.function}({of}{where}{during})"
        return f"{call} {self.op} {self.value}" if self.op != "none" else f"{call} is none"

    def holds(self, row: Record, here: Directory) -> bool:
        found = self._found(row, here)
        if self.op == "none":
            return found is None
        if found is None:
            return False
        low: Any
        high: Any
        if isinstance(found, date):
            low, high = period(self.value, here.today)
        else:
            low = high = Decimal(self.value)
        return bool(
            {
                "=": low <= found <= high,
                "!=": not low <= found <= high,
                "<": found < low,
                "<=": found <= high,
                ">": found > high,
                ">=": found >= low,
            }[self.op]
        )

    def leaves_out(self, purchase: Record | None) -> bool:
        """The first and the last purchase are no credit notes, unless kinds are asked for."""
        if purchase is None or self.function not in ("first", "last"):
            return False
        of_kinds = getattr(self.where, "field", "") == "kind"
        return purchase.get("kind") == "credit_note" and not of_kinds

    def _found(self, row: Record, here: Directory) -> Any:
        when = {"purchase": "date", "task": "due", "interaction": "at", "line": "date"}[self.kind]
        chosen = []
        for item in items(row, self.kind):
            purchase = {"purchase": item, "line": item.get("purchase")}.get(self.kind)
            if purchase is not None and not counts(purchase):
                continue
            if self.kind == "interaction" and not happened(item):
                continue
            if self.where is not None and not self.where.holds(item, here):
                continue
            if self.leaves_out(purchase):
                continue
            if self.during:
                days = FIELDS[self.kind][when][1](item, here)
                first, last = period(self.during, here.today)
                if not days or not first <= days[0] <= last:
                    continue
            chosen.append(item)
        if self.function == "count":
            return Decimal(len(chosen))
        get = FIELDS[self.kind][self.field][1]
        if self.function in ("first", "last"):
            dated = [item for item in chosen if get(item, here)]
            dated = [item for item in dated if FIELDS[self.kind][when][1](item, here)]
            # Of two on one day the one that stands first in the file is the earlier.
            dated.sort(key=lambda item: (FIELDS[self.kind][when][1](item, here)[0], item["place"]))
            if not dated:
                return None
            return get(dated[0 if self.function == "first" else -1], here)[0]
        if (self.kind, self.field) == ("line", "quantity"):
            values = [value for item in chosen for value in units(item)]
        else:
            values = [value for item in chosen for value in get(item, here)]
        if self.function == "sum":
            return sum((Decimal(str(value)) for value in values), Decimal(0))
        if not values:
            return None
        return min(values) if self.function == "min" else max(values)


class Windowed(Condition, NamedTuple("Windowed", [
    ("figure", str), ("window", str), ("op", str), ("value", str),
])):  # fmt: skip
    """A figure of a customer over a window; asked of an item it is its customer's."""

    def term(self) -> str:
        head = f"{self.figure}@{self.window}"
        if self.op in (">=", "<="):
            return f"{head}:{self.value}.." if self.op == ">=" else f"{head}:..{self.value}"
        return f"{head}{_NUMERIC[self.op]}:{self.value}"

    def full(self) -> str:
        return f"{self.figure}@{self.window} {self.op} {self.value}"

    def holds(self, row: Record, here: Directory) -> bool:
        customer = row.get("customer", row)
        first, last = period(self.window, here.today)
        if self.figure == "interactions":
            within = [one for one in customer["interactions"] if first <= one["at"] <= last]
            found = Decimal(len([one for one in within if happened(one)]))
        else:
            taken = bought(customer) if self.figure == "spend" else sales(customer)
            within = [one for one in taken if first <= one["date"] <= last]
            nets = [net(one, here) for one in within]
            whole = sum((amount for amount in nets if amount is not None), Decimal(0))
            found = whole if self.figure == "spend" else Decimal(number_of_sales(within))
        wanted = Decimal(self.value)
        return bool(
            {
                "=": found == wanted,
                "!=": found != wanted,
                "<": found < wanted,
                "<=": found <= wanted,
                ">": found > wanted,
                ">=": found >= wanted,
            }[self.op]
        )


class Joined(Condition, NamedTuple("Joined", [
    ("word", str), ("parts", tuple[Condition, ...]),
])):  # fmt: skip
    """`and`, `or`."""

    def term(self) -> None:
        return None

    def full(self) -> str:
        return "(" + f" {self.word} ".join(part.full() for part in self.parts) + ")"

    def holds(self, row: Record, here: Directory) -> bool:
        met = [part.holds(row, here) for part in self.parts]
        return all(met) if self.word == "and" else any(met)


class Negated(Condition, NamedTuple("Negated", [("part", Condition)])):
    """The complement of the rows."""

    def term(self) -> str | None:
        term = self.part.term()
        return None if term is None else f"not:{term}"

    def full(self) -> str:
        return f"not {self.part.full()}"

    def holds(self, row: Record, here: Directory) -> bool:
        return not self.part.holds(row, here)


class Anywhere(Condition, NamedTuple("Anywhere", [("text", str)])):
    """A word at the start of a word of the whole record."""

    def term(self) -> str:
        return self.text

    def full(self) -> str:
        return f"word({self.text})"

    def holds(self, row: Record, here: Directory) -> bool:
        there = [word for text in _texts(row) for word in words(text)]
        return any(word.startswith(folded(self.text)) for word in there)


def _texts(row: Record) -> Sequence[str]:
    found = [row.get("name"), row.get("notes"), *row.get("tags", ())]
    found += [address["city"] for address in row.get("addresses", ())]
    found += [task.get("title") for task in row["tasks"]]
    found += [purchase.get("text") for purchase in row["purchases"]]
    found += [interaction.get("summary") for interaction in row["interactions"]]
    return [str(text) for text in found if text]
