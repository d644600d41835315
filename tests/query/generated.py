"""Directories made up at random, for both engines: several currencies, credit notes, billed
orders, drafts, cancelled purchases, lines without a product or a price."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from crm_cli.index.database import open_index
from crm_cli.store.tree import Folder

from .conftest import TODAY, Shop
from .naive import Directory

NAMES = ("Ana Novak", "Šuštar d.o.o.", "Novák Anton", "Kava", "Čaj in kava", "Größler")
CITIES = ("Koper", "Novo mesto", "koper", "Šmarje")
USERS = ("petra", "miha")
PURCHASE_KINDS = ("quote", "sale", "order", "invoice", "credit_note")
PURCHASE_STATUSES = ("posted", "draft", "cancelled")
TASK_STATUSES = ("open", "completed", "deferred")
PRIORITIES = ("low", "normal", "urgent")
INTERACTION_KINDS = ("call", "email", "note", "meeting", "letter")
STAGES = ("lead", "qualified", "customer", "former")
SOURCES = ("web_site", "partner")


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


def _item(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    made = st.fixed_dictionaries(fields)
    return made.map(lambda item: {key: held for key, held in item.items() if held is not None})


def _corrected(purchase: dict[str, Any]) -> dict[str, Any]:
    """A purchase that corrects another only if it is a credit note."""
    kept = purchase["kind"] == "credit_note"
    return {key: held for key, held in purchase.items() if kept or key != "corrects"}


DAY = st.integers(-20, 400).map(lambda days: TODAY - timedelta(days=days))
MONEY = st.sampled_from(("10", "99.5", "100", "250", "0.01"))
LINES = st.lists(
    _item(
        product=maybe(st.sampled_from(("beans", "cup", "gone"))),
        quantity=st.sampled_from(("1", "2.5", "3")),
        unit_price=maybe(st.sampled_from(("18.50", "0.333", "5"))),
        discount=maybe(st.sampled_from(("10", "33.3"))),
    ),
    max_size=2,
)
PURCHASE = _item(
    date=DAY,
    kind=maybe(st.sampled_from(PURCHASE_KINDS)),
    status=maybe(st.sampled_from(PURCHASE_STATUSES)),
    number=maybe(st.sampled_from(("A1", "A2"))),
    order=maybe(st.just("A1")),
    quote_status=maybe(st.sampled_from(("sent", "accepted", "declined"))),
    valid_until=maybe(DAY),
    currency=maybe(st.sampled_from(("USD", "JPY"))),
    amount=MONEY,
    lines=LINES,
    owner=maybe(st.sampled_from(USERS)),
    disputed=maybe(st.just("Broken")),
    instalments=maybe(
        st.lists(
            _item(due_date=maybe(DAY), amount=maybe(MONEY), percent=maybe(st.just("40"))),
            min_size=1,
            max_size=3,
        )
    ),
)
CUSTOMER = _item(
    name=st.sampled_from(NAMES),
    notes=maybe(st.sampled_from(("Novo leto", "klicati"))),
    kind=maybe(st.sampled_from(("person", "organization"))),
    owner=maybe(st.sampled_from(USERS)),
    lifecycle_stage=maybe(st.sampled_from(STAGES)),
    source=maybe(st.sampled_from(SOURCES)),
    vat_registered=maybe(st.booleans()),
    emails=maybe(st.just(["a@b.example"])),
    referred_by=maybe(st.sampled_from(("c0", "c1", "c9"))),
    employees=maybe(st.integers(0, 12)),
    custom=maybe(st.integers(-2, 12).map(lambda visits: {"visits": visits})),
    created=maybe(DAY),
    tags=st.lists(st.sampled_from(("vip", "Čaj", "cold")), max_size=2, unique=True),
    addresses=st.lists(_item(city=st.sampled_from(CITIES)), max_size=2),
    tasks=st.lists(
        _item(
            title=st.sampled_from(("Klic", "Nova ponudba")),
            status=maybe(st.sampled_from(TASK_STATUSES)),
            priority=maybe(st.sampled_from(PRIORITIES)),
            due=maybe(DAY),
            completed=maybe(DAY),
        ),
        max_size=3,
    ),
    purchases=st.lists(PURCHASE, max_size=3),
    interactions=st.lists(
        _item(
            at=DAY,
            kind=st.sampled_from(INTERACTION_KINDS),
            status=maybe(st.sampled_from(("held", "planned", "not_held"))),
            owner=maybe(st.sampled_from(USERS)),
            summary=maybe(st.sampled_from(("Kava in čaj", "Novo"))),
        ),
        max_size=2,
    ),
)
PAYMENTS = st.lists(
    _item(
        date=DAY,
        amount=MONEY,
        direction=maybe(st.sampled_from(("in", "refund"))),
        method=maybe(st.sampled_from(("cash", "write_off"))),
        bounced=maybe(_item(at=DAY)),
        currency=maybe(st.sampled_from(("USD", "USD", "JPY"))),
    ),
    max_size=3,
)
_WITH_PAYMENTS = st.builds(lambda one, paid: one | {"payments": paid}, CUSTOMER, PAYMENTS)
PAYING = st.lists(_WITH_PAYMENTS, min_size=1, max_size=3)
"""Who buys and pays, in euros, dollars and yen."""
PAYING_IN_EUROS = PAYING.map(lambda customers: [in_euros(one) for one in customers])
_FEW = st.sampled_from(("50", "100", "200"))
_LATELY = st.integers(0, 250).map(lambda days: TODAY - timedelta(days=days))
_NUMBERS = st.sampled_from(("A1", "A2"))
_BOOKED = _item(
    name=st.sampled_from(NAMES),
    purchases=st.lists(
        _item(
            date=_LATELY,
            kind=st.sampled_from(("invoice", "invoice", "credit_note", "sale")),
            number=maybe(_NUMBERS),
            corrects=maybe(_NUMBERS),
            currency=maybe(st.sampled_from(("USD",))),
            lines=st.lists(
                _item(unit_price=_FEW, quantity=st.just("1"), tax_rate=maybe(st.just("9.5"))),
                min_size=1,
                max_size=2,
            ),
        ).map(_corrected),
        min_size=1,
        max_size=3,
    ),
    payments=st.lists(
        _item(
            date=_LATELY,
            amount=_FEW,
            direction=maybe(st.just("refund")),
            method=maybe(st.sampled_from(("cash", "write_off"))),
            bounced=maybe(_item(at=_LATELY)),
            currency=maybe(st.sampled_from(("USD",))),
            **{"for": maybe(_NUMBERS)},
        ),
        min_size=1,
        max_size=4,
    ),
)
BOOKED = st.lists(_BOOKED, min_size=1, max_size=3)
"""Who is billed, credited and pays, and what is given back: figures of few amounts, that meet."""
DIRECTORIES = st.lists(CUSTOMER, min_size=1, max_size=6)

PRODUCTS = "beans: {name: Beans, category: Coffee beans, cost: 4.10}\ncup: {name: Cup}\n"
OWN = "custom: {visits: integer}\n"
RATES = "2026-01-01: {USD: 1.10}\n2026-06-01: {USD: 1.25}\n"


def in_euros(customer: dict[str, Any]) -> dict[str, Any]:
    """A customer without any other currency."""
    kept = {
        list_: [{key: held for key, held in one.items() if key != "currency"} for one in items]
        for list_, items in customer.items()
        if list_ in ("purchases", "payments")
    }
    return customer | kept


@contextmanager
def opened(
    customers: list[dict[str, Any]], today: date = TODAY
) -> Iterator[tuple[Shop, Directory]]:
    """The same files behind both engines, on a day."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        write(customers, root)
        with open_index(Folder(root), None, today=lambda business: today) as index:
            yield Shop(index), Directory(root, today)


def write(customers: list[dict[str, Any]], root: Path) -> None:
    """The files of a directory."""
    (root / "customers").mkdir()
    (root / "crm.yaml").write_text("currency: EUR\ntime_zone: Europe/Ljubljana\n" + OWN)
    (root / "rates.yaml").write_text(RATES)
    (root / "products.yaml").write_text(PRODUCTS)
    for number, customer in enumerate(customers):
        record = _tidy(customer, number)
        text = json.dumps(record, ensure_ascii=False, default=str)
        text = text.replace('"DAY ', "").replace(' DAY"', "")
        (root / "customers" / f"c{number}.yaml").write_text(text, encoding="utf-8")


def _tidy(customer: dict[str, Any], number: int) -> dict[str, Any]:
    """As it goes into the file: lines or an amount, numbers each once, dates unquoted.

    Ids are written down: of two on one day they tell which is the first.
    """
    record = {key: held for key, held in customer.items() if held not in ([], ())}
    seen: set[str] = set()
    purchases = []
    for place, purchase in enumerate(record.get("purchases", ())):
        made = dict(purchase, text=f"p{place}", id=f"p-{number:03}{place:04}")
        made.pop("amount" if made["lines"] else "lines", None)
        if made.get("number") in seen:
            made.pop("number")
        seen.add(made.get("number", ""))
        if made.get("kind") != "invoice":
            made.pop("order", None)
        purchases.append(made)
    if purchases:
        record["purchases"] = purchases
    paid = record.get("payments", ())
    if paid:
        record["payments"] = [
            dict(one, id=f"y-{number:03}{place:04}") for place, one in enumerate(paid)
        ]
    for place, task in enumerate(record.get("tasks", ())):
        record["tasks"][place] = dict(task, title=f"{task['title']} {place}")
    return {key: _dated(held) for key, held in record.items()}


def _dated(held: Any) -> Any:
    if isinstance(held, date):
        return f"DAY {held} DAY"
    if isinstance(held, list):
        return [_dated(one) for one in held]
    if isinstance(held, dict):
        return {key: _dated(one) for key, one in held.items()}
    return held
