from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.index.database import Index
from crm_cli.model import reading
from tests.index.directories import ANA, FILES, cells, opened, write


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return opened(write(tmp_path))


def test_customers(index: Index) -> None:
    assert cells(index, "customer", "id", "path", "name", "name__f", "tags", "city", "phone") == [
        ("ana-sustar", "customers/ana-sustar.yaml", "Ana Šuštar", " ana sustar ", "vip\nwholesale",
         "Koper", "040 123 456"),
        ("kava-doo", "customers/shops/kava-doo.yaml", "Кава д.о.о.", " kava d o o ", None,
         None, None),
    ]  # fmt: skip


def test_derived_money_is_in_the_base_currency(index: Index) -> None:
    # 20 × 18.50 + 4.00, and 10 USD at 1.25; 200 of 374.88 are paid.
    assert cells(index, "customer", "spend", "orders", "balance", "currency")[0] == (
        37400 + 800, 2, 17488, "EUR",
    )  # fmt: skip


def test_money_has_its_own_currency_and_the_base(index: Index) -> None:
    names = ("number", "net", "net__b", "gross", "currency", "due")
    assert cells(index, "purchase", *names) == [
        ("2026-0042", 37400, 37400, 37488, "EUR", "2026-12-10"),
        (None, 1000, 800, 1000, "USD", None),
    ]
    assert cells(index, "customer", "credit_limit", "credit_limit__b", "credit_currency") == [
        (50000, 50000, "EUR"),
        (None, None, None),
    ]


def test_money_without_a_rate_has_no_base(tmp_path: Path) -> None:
    purchase = "name: A\npurchases:\n  - {date: 2024-01-01, amount: 3, currency: USD}\n"
    index = opened(write(tmp_path, {**FILES, "customers/a.yaml": purchase}))
    assert (300, None) in cells(index, "purchase", "net", "net__b")
    assert cells(index, "customer", "spend")[0] == (0,)


def test_lines_know_their_purchase_and_its_currency(index: Index) -> None:
    rows = index.connection.execute(
        'SELECT p."number", l."ordinal", l."product", l."quantity", l."unit_price", l."net",'
        ' l."currency" FROM "line" l JOIN "purchase" p ON p."pk" = l."parent" ORDER BY 2'
    )
    assert rows.fetchall() == [
        ("2026-0042", 0, "beans-1kg", "20", "18.50", 37000, "EUR"),
        ("2026-0042", 1, "filter", "1", "4", 400, "EUR"),
    ]


def test_lines_in_the_base_currency_add_up_to_their_purchase(tmp_path: Path) -> None:
    three = "lines: [{unit_price: 1}, {unit_price: 1}, {unit_price: 1}, {description: free}]"
    note = "name: A\npurchases:\n  - {date: 2026-01-01, kind: credit_note, currency: USD, "
    files = {**FILES, "rates.yaml": "2025-01-01: {USD: 1.07}\n", "customers/a.yaml": note + three}
    index = opened(write(tmp_path, {path: text + "}\n" if path.endswith("a.yaml") else text
                                    for path, text in files.items()}))  # fmt: skip
    assert (-300, -280) in cells(index, "purchase", "net", "net__b")
    lines = cells(index, "line", "net", "net__b", "units")
    assert [line for line in lines if line[0] == -100 or line[0] is None] == [
        (-100, -93, "-1"), (-100, -93, "-1"), (-100, -94, "-1"), (None, None, None),
    ]  # fmt: skip


def test_instants_are_in_utc_with_their_day_in_the_business_zone(index: Index) -> None:
    assert cells(index, "task", "due", "due__d") == [("2026-11-05T23:30:00Z", "2026-11-06")]
    assert cells(index, "interaction", "at", "at__d") == [("2026-03-02", "2026-03-02")]


def test_absent_values_have_their_default(index: Index) -> None:
    assert cells(index, "task", "status", "priority", "kind") == [("open", "normal", "todo")]
    assert cells(index, "purchase", "kind", "status")[1] == ("sale", "posted")


def test_phones_have_their_international_form(index: Index) -> None:
    assert cells(index, "phone", "value", "e164") == [("040 123 456", "+38640123456")]


def test_items_of_items_point_to_them(index: Index) -> None:
    rows = index.connection.execute(
        'SELECT c."id", e."value" FROM "email" e JOIN "contact" c ON c."pk" = e."parent"'
    )
    assert rows.fetchall() == [("ana-sustar", "racuni@kava.example")]


def test_unknown_keys_are_kept_as_texts(index: Index) -> None:
    assert cells(index, "extra", "kind", "key", "value", "value__f") == [
        ("customer", "custom.favourite_blend", "house", " house "),
        ("customer", "custom.shoe_size", "41", " 41 "),
    ]


def test_nested_unknown_keys_are_found_as_texts(tmp_path: Path) -> None:
    text = "name: A\nx: {a: [1, {b: two}]}\ntasks:\n  - {title: T, mood: good}\n"
    text += "visits:\n  - {place: Koper, status: planned}\ncredit: {extra: 1}\n"
    index = opened(write(tmp_path, {"crm.yaml": "", "customers/a.yaml": text}))
    assert sorted(cells(index, "extra", "kind", "key", "value")) == [
        ("customer", "credit.extra", "1"),
        ("customer", "custom.visits.place", "Koper"),
        ("customer", "custom.visits.status", "planned"),
        ("customer", "custom.x.a", "1"),
        ("customer", "custom.x.a.b", "two"),
        ("task", "custom.mood", "good"),
    ]


@pytest.mark.parametrize(
    "words",
    ["sus* kop*", "38640123456", "040123456", "040", "house", "wholesale", "beans", "0042",
     "20260042", "9f3kx7d", "quote"],
)  # fmt: skip
def test_a_search_finds_a_record_by_all_its_text(index: Index, words: str) -> None:
    rows = index.connection.execute(
        'SELECT "id" FROM "customer" WHERE "pk" IN'
        ' (SELECT "rowid" FROM "search" WHERE "search" MATCH ?)',
        (words,),
    )
    assert rows.fetchall() == [("ana-sustar",)]


def test_a_search_crosses_scripts(index: Index) -> None:
    found = index.connection.execute('SELECT "rowid" FROM "search" WHERE "search" MATCH \'kava\'')
    assert len(found.fetchall()) == 1


def test_a_purchase_is_found_by_its_lines(index: Index) -> None:
    assert " beans 1kg " in cells(index, "purchase", "all__f")[0][0]


def test_products_and_segments(index: Index) -> None:
    assert cells(index, "product", "id", "name", "price", "currency", "disabled") == [
        ("beans-1kg", "Beans", "18.50", "EUR", 0),
        ("filter", "Filter", None, "EUR", 0),
    ]
    assert cells(index, "segment", "id", "query", "kind") == [("vips", "+vip", "dynamic")]


def test_a_record_that_the_program_fails_on_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OverflowError("date value out of range")

    monkeypatch.setattr(reading.Reader, "derive", fail)
    index = opened(write(tmp_path, {"crm.yaml": "", "customers/a.yaml": ANA}))
    assert [problem.code for problem in index.problems()] == ["internal-error"]


def test_rows_made_before_a_failure_are_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crm_cli.index.extract import Extractor

    add = Extractor._add

    def failing(self: Extractor, shape: tuple[str, ...], row: list[str | int | None]) -> None:
        add(self, shape, row)
        if shape[0] == "payment":
            raise OverflowError

    monkeypatch.setattr(Extractor, "_add", failing)
    index = opened(write(tmp_path))
    assert cells(index, "customer", "id") == [("kava-doo",)]
    assert cells(index, "task", "id") == cells(index, "extra", "key") == []
