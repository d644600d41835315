"""What each query means: rows of a small directory, for every kind of term."""

from __future__ import annotations

import re

import pytest

from .conftest import EVERYBODY, Shop

ANA, BOR, GEORGI, LATE, SUSTAR, ZORA = EVERYBODY

MEANINGS: list[tuple[str, list[str]]] = [
    ("tag:vip city:Ljubljana", [ANA, SUSTAR]),
    ("+vip not:+cold", [ANA]),
    ("city:Ljubljana,Maribor", [ANA, BOR, SUSTAR]),
    ("novak", [ANA]),
    ("nov", [ANA, LATE]),
    ("renewal", [ANA, BOR]),
    ("last-contact.before:-90d", [BOR]),
    ("no:last-contact", [GEORGI, LATE, ZORA]),
    ("has:email no:phone", [BOR]),
    ("no:email,phone", [LATE, SUSTAR, ZORA]),
    ("has:email,phone", [ANA, BOR, GEORGI]),
    ("spend@12m:1000..", [ANA]),
    ("spend@2026-q3:500..2000", [LATE, SUSTAR]),
    ("spend@2026-q3:900", [SUSTAR]),
    ("orders@90d:0", [BOR, GEORGI, SUSTAR, ZORA]),
    ("orders:1", [BOR, LATE, SUSTAR]),
    ("orders@2026:1..", [ANA, LATE, SUSTAR]),
    ("average-order@12m:585", [ANA]),
    ("interactions@2026-11:1", [ANA, SUSTAR]),
    ("last-purchase:this-month", [ANA]),
    ("task/status:open/due:..today", [ANA]),
    ("not:task/status:open", [GEORGI, LATE, SUSTAR, ZORA]),
    ("task.none/status:open", [GEORGI, LATE, SUSTAR, ZORA]),
    ("task.all/status:open", [ANA, GEORGI, LATE, ZORA]),
    ("task/is:open", [ANA, BOR, SUSTAR]),
    ("task/is:overdue", [ANA]),
    ("task/not:is:open", [BOR]),
    ("purchase.none/kind:order", [ANA, BOR, GEORGI, LATE, ZORA]),
    ("line/product:beans-1kg/date:2026", [ANA]),
    ("line/product:cup/quantity.over:3", [BOR]),
    ("line/product.category:coffee/date:2026", [ANA]),
    ("not:line/product.name:cup line/product.price:18..", [ANA]),
    ("line/product:beans-1kg/quantity.over:3", [ANA]),
    ("interaction/text.has:renew/at:-30d..", [ANA]),
    ("interaction/kind:call/summary.has:https://caj.example", []),
    ("interaction/summary.has:https://caj.example/a/b/at:2026-11", [SUSTAR]),
    ("url.has:https://caj.example/a/b", [SUSTAR]),
    ("email.ends:@acme.example", [ANA, BOR]),
    ("email.ends:@novak.example", [ANA]),
    ("email:acme", [ANA, BOR]),
    ("email.is:bor@acme.example", [BOR]),
    ("contact/email.has:mojca", [SUSTAR]),
    ("emails.label:billing", [ANA]),
    ("email/label:billing/value.ends:acme.example", [ANA]),
    ("email/label:billing/value.ends:novak.example", []),
    ("@lapsed city:Koper", [BOR]),
    ("@coast", [BOR]),
    ("@friends", [ANA, ZORA]),
    ("@best", [ANA]),
    ("not:@friends", [BOR, GEORGI, LATE, SUSTAR]),
    ("owner:me is:overdue", [LATE]),
    ("overdue:300", [LATE]),
    ("has:overdue", [LATE]),
    ("balance.over:299.99", [ANA, LATE]),
    ("balance.over:300", [ANA]),
    ("sustar", [SUSTAR]),
    ("ŠUŠTAR", [SUSTAR]),
    ("georgi", [GEORGI]),
    ("name:ivanov", [GEORGI]),
    ("name:Иванов", [GEORGI]),
    ("name:kos", [BOR]),
    ("name:ko", []),
    ("name.has:ova", [ANA]),
    ("name.starts:šus", [SUSTAR]),
    ("name.ends:d.o.o.", [SUSTAR]),
    ("name.ends:oo", []),
    ("name.re:^[AB].*o", [ANA, BOR]),
    ("name.is:Zora", [ZORA]),
    ("name.is:zora", []),
    ("tag:caj", [SUSTAR]),
    ("+Čaj", [SUSTAR]),
    ("tag:ca", []),
    ("tag.starts:ca", [SUSTAR]),
    ("tag.not:vip", [BOR]),
    ("not:tag:vip", [BOR, GEORGI, LATE, ZORA]),
    ("city.not:Koper", [ANA, GEORGI, LATE, SUSTAR]),
    ('city:"New York"', [GEORGI]),
    ('city:"Novo mesto, Center"', [LATE]),
    ("city:Novo", [LATE]),
    ("kind:person,organization", [ANA, BOR, GEORGI, LATE, SUSTAR]),
    ("kind.not:person", [LATE, SUSTAR]),
    ("is:person", [ANA, BOR, GEORGI]),
    ("vat-registered:yes", [ANA]),
    ("vat_registered:no", []),
    ("credit.limit:1000", [ANA]),
    ("has:credit.limit", [ANA]),
    ("credit.hold:no", [ANA]),
    ("stage:customer", [ANA]),
    ("zip:1000", [ANA]),
    ("country:Slovenia", [ANA]),
    ("loyalty:gold", [ANA]),
    ("shoe:38", [ANA]),
    ("custom.colour:sipek", [ANA]),
    ("has:custom", [ANA]),
    ("no:loyalty", [BOR, GEORGI, LATE, SUSTAR, ZORA]),
    ("text:roast", [ANA]),
    ("text.has:roas", [ANA]),
    ("+38640123456", [ANA]),
    ("040123456", [ANA]),
    ("0038640123456", [ANA]),
    ('"04012 3456"', [ANA]),
    ('"04012 345"', []),
    ("+359 88", [GEORGI]),
    ("+38640", [ANA]),
    ("+386401239", []),
    ("040-123-456", [ANA]),
    ("phone.has:123", [ANA, GEORGI]),
    ("phone:+38640123456", [ANA]),
    ("phone:040123456,+359881234567", [ANA, GEORGI]),
    ("phone.is:+38640123456", []),
    ("has:phone not:phone:+38640123456", [GEORGI]),
    ("phone.not:+38640123456", [GEORGI]),
    ("has:task", [ANA, BOR, SUSTAR]),
    ("no:purchase", [GEORGI, ZORA]),
    ("open-tasks:1..", [ANA, BOR, SUSTAR]),
    ("next-due:..today", [ANA, SUSTAR]),
    ("purchase/amount:100USD..", [SUSTAR]),
    ("purchase/amount:900..1000/currency:USD", [SUSTAR]),
    ("purchase/amount:900..1000USD", []),
    ('name:"Bor ""Kos"""', [BOR]),
    ("id:zora", [ZORA]),
]


@pytest.mark.parametrize(("terms", "wanted"), MEANINGS, ids=[terms for terms, _ in MEANINGS])
def test_terms(shop: Shop, terms: str, wanted: list[str]) -> None:
    import shlex

    args = [terms] if '"' in terms else shlex.split(terms)
    assert shop.ids(*args) == wanted


@pytest.mark.parametrize("base", ["task", "purchase", "interaction", "line"])
@pytest.mark.parametrize(
    "terms",
    [
        terms
        for terms, _ in MEANINGS
        if re.match(r"(?!not:|has:|no:|is:|text)[a-z-]+[:.][^/]*$", terms) and " " not in terms
    ],
)
def test_complement_among_items(shop: Shop, terms: str, base: str) -> None:
    """Also where it asks of the customer, who may have no value at all."""
    everything = shop.values("customer", base=base)
    met = shop.values("customer", f"customer/{terms}", base=base)
    others = shop.values("customer", f"not:customer/{terms}", base=base)
    assert sorted([*met, *others]) == sorted(everything)
    none = shop.values("customer", f"customer.none/{terms}", base=base)
    assert none == others


@pytest.mark.parametrize(("terms", "wanted"), MEANINGS, ids=[terms for terms, _ in MEANINGS])
def test_complement(shop: Shop, terms: str, wanted: list[str]) -> None:
    """`not:` is the plain complement of the rows."""
    if " " in terms and '"' not in terms:
        pytest.skip("several terms")
    assert shop.ids(f"not:{terms}") == [id for id in EVERYBODY if id not in wanted]


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        (
            "sum(purchases.net where date >= today - 12m) > 1000"
            ' and (city = "Ljubljana" or tag = vip)',
            [ANA],
        ),
        (
            "any(tasks, status = open and due <= today) and not any(purchases, kind = order)",
            [ANA],
        ),
        (
            "last(purchases.date) < today - 90d or last(purchases.date) is none",
            [BOR, GEORGI, SUSTAR, ZORA],
        ),
        ("count(purchases) = 0", [GEORGI, ZORA]),
        ("sum(purchases.net) = 0", [GEORGI, ZORA]),
        ("max(purchases.net) is none", [GEORGI, ZORA]),
        ("avg(lines.quantity) = 2.5", [BOR]),
        ("min(lines.unit_price) < 6 and max(lines.unit_price) > 18", [BOR]),
        ("first(purchases.text) = machine", [ANA]),
        ("last(purchases.number) is '2026-0042'", [ANA]),
        ("count(lines where product = beans-1kg during 2026) = 1", [ANA]),
        ("sum(lines.net where product.category = ware) = 20", [BOR]),
        ("max(lines.product.price) < 19 and any(payments, for.date < 2026)", []),
        ("any(payments, for.due_date = 2026-10-01)", [LATE]),
        ("city in (Koper, Ljubljana)", [ANA, BOR, SUSTAR]),
        ("city not in (Koper, Ljubljana)", [GEORGI, LATE]),
        ("not city in (Koper, Ljubljana)", [GEORGI, LATE, ZORA]),
        ("owner != petra", [BOR]),
        ("email is none", [GEORGI, LATE, SUSTAR, ZORA]),
        ("email is not none and tasks is not none", [ANA, BOR]),
        ('name ~ "^(ana|bor) "', [ANA, BOR]),
        ("spend = 0", [GEORGI, ZORA]),
        ("spend is none", []),
        ("has(spend)", [ANA, BOR, LATE, SUSTAR]),
        ("spend in (18..40, 900)", [BOR, SUSTAR]),
        ("balance > spend@2026-q3", [ANA]),
        ("last_purchase > last_contact", []),
        ("spend@12m >= average_order@12m and spend@12m > 1000", [ANA]),
        ("vat_registered", [ANA]),
        ("not vat_registered", [BOR, GEORGI, LATE, SUSTAR, ZORA]),
        ("is(overdue) or word(zor)", [LATE, ZORA]),
        ("@friends and not @best", [ZORA]),
        ("any(purchases, any(lines, product = cup))", [BOR]),
        ("all(tasks, is(open))", [ANA, GEORGI, LATE, SUSTAR, ZORA]),
        ("none(tasks, is(open)) and has(tasks)", []),
        ("birthday = next-7d", [ANA]),
        ("last(interactions.at) > 2026-11-10T10:00", [ANA]),
        ("last(interactions.at) > 2026-11-10T10:30", []),
    ],
)
def test_expressions(shop: Shop, where: str, wanted: list[str]) -> None:
    assert shop.ids(where=where) == wanted


@pytest.mark.parametrize(
    ("term", "wanted"),
    [
        ("birthday:next-7d", [ANA]),
        ("birthday:next-1d", []),
        ("birthday:--11-20", [ANA]),
        ("birthday:20.11.", [ANA]),
        ("birthday:1984", [ANA]),
        ("birthday:1984-11", [ANA]),
        ("birthday:1984-11-20", [ANA]),
        ("birthday:1990", [BOR]),
        ("birthday:1990-02", [BOR]),
        ("birthday:1990-02-01..1990-02-27", []),
        ("birthday:1999", [LATE]),
        ("birthday:1999-01", []),
        ("birthday.before:1990", [ANA]),
        ("birthday.after:1990-02", [LATE]),
        ("birthday.by:1990-02", [ANA, BOR]),
        ("birthday:1980..1995", [ANA, BOR]),
        ("birthday:--02-29", [GEORGI]),
        ("birthday:--02-28..--03-01", [GEORGI]),
        ("birthday:--11-01..--03-01", [ANA, GEORGI]),
        ("birthday:today..next-7d", [ANA]),
        ("birthday:this-year", [ANA, GEORGI]),
        ("birthday:next-year", [ANA, GEORGI]),
        ("has:birthday", [ANA, BOR, GEORGI, LATE]),
    ],
)
def test_birthdays(shop: Shop, term: str, wanted: list[str]) -> None:
    assert shop.ids(term) == wanted


@pytest.mark.parametrize(
    ("base", "terms", "column", "wanted"),
    [
        ("task", "+vip", "title", ["Send the quote", "Waiting"]),
        ("task", "is:open due:..today", "title", ["Send the quote", "Waiting"]),
        ("task", "@coast", "title", ["Old one", "Call again"]),
        ("task", "bor status:open", "title", ["Call again"]),
        ("task", "quote", "title", ["Send the quote"]),
        ("task", "city:Koper is:open", "title", ["Call again"]),
        ("task", "owner:miha is:open", "title", ["Call again"]),
        ("task", "assignee:me", "title", ["Send the quote"]),
        ("task", "kind:todo customer/kind:organization", "title", ["Waiting"]),
        ("task", "customer:ana", "title", ["Send the quote"]),
        ("task", "customer.not:ana is:open", "title", ["Waiting", "Call again"]),
        ("task", "spend@12m:1000..", "title", ["Send the quote"]),
        ("purchase", "spend@12m:1000..", "number", [None, "2026-0042"]),
        ("line", "spend@12m:1000..", "product", ["beans-1kg"]),
        ("payment", "spend@12m:500..", "for", ["2026-0007"]),
        ("interaction", "interactions@24m:1", "customer", [BOR, SUSTAR]),
        ("task", "loyalty:gold", "title", ["Send the quote"]),
        ("task", "has:email is:open", "title", ["Send the quote", "Call again"]),
        ("task", "priority:high", "title", ["Send the quote"]),
        ("line", "date:2026", "product", ["beans-1kg"]),
        ("line", "purchase/kind:sale", "product", ["cup", "beans-1kg"]),
        ("line", "city:Maribor quantity:4", "product", ["cup"]),
        ("line", "net:300..", "product", ["beans-1kg"]),
        ("line", "product.category:ware", "product", ["cup"]),
        ("payment", "for.kind:invoice", "for", ["2026-0007"]),
        ("interaction", "at:2026-11-10T10:30", "summary", ["Asked about the renewal"]),
        ("interaction", "at:2026-11-10", "summary", ["Asked about the renewal"]),
        ("interaction", "at.after:2026-11-10T10:30", "summary", []),
        (
            "interaction",
            "at:..2026-06-01",
            "summary",
            ["Talked of beans and renewal", "A note only"],
        ),
        ("purchase", "is:unpaid", "number", ["2026-0042"]),
        ("purchase", "is:overdue", "number", ["2026-0007"]),
        ("purchase", "payment-status:overdue", "number", ["2026-0007"]),
        ("purchase", "line/product:cup", "customer", [BOR]),
        ("purchase", "amount:1000..", "customer", [SUSTAR, SUSTAR]),
        ("purchase", "amount:1100USD", "customer", [SUSTAR]),
        ("product", "disabled:yes", "id", ["cup"]),
        ("product", "coffee", "id", ["beans-1kg"]),
        ("product", "price:10..", "id", ["beans-1kg"]),
    ],
)
def test_items(shop: Shop, base: str, terms: str, column: str, wanted: list[str]) -> None:
    assert shop.values(column, *terms.split(), base=base) == wanted


def test_no_terms_mean_everybody(shop: Shop) -> None:
    assert shop.ids() == EVERYBODY


def test_me_of_another_user(shop: Shop) -> None:
    from crm_cli.query.terms import parse_terms

    assert parse_terms(["owner:me"], shop.scope(user="miha")) == parse_terms(
        ["owner:miha"], shop.scope()
    )
