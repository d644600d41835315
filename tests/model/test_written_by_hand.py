"""Everything that people write by hand is read as meant, or told with its cure."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Problem, Severity
from crm_cli.model.item import Item
from crm_cli.model.reading import Reader
from crm_cli.store.compose import compose

SHOP = Business(
    country="SI",
    zone="Europe/Ljubljana",
    vocabulary={"source": ("fair",)},
    rate_table=(("2020-01-01", (("USD", "1.10"),)),),
)


def read(text: str, id: str = "ana") -> tuple[Item, list[Problem]]:
    composed = compose(text, "ana.yaml")
    assert composed.root is not None, composed.problems
    reader = Reader("ana.yaml", SHOP)
    return reader.record(composed.root, CUSTOMER, id), [*composed.problems, *reader.problems]


def clean(text: str) -> Item:
    record, problems = read(text)
    assert problems == []
    return record


@pytest.mark.parametrize(
    ("text", "key", "texts"),
    [
        ("name: A\nphone: 040 123 456\n", "phones", ["040 123 456"]),
        ("name: A\nemail: a@x.example\n", "emails", ["a@x.example"]),
        ("name: A\nurl: https://x.example/a:b\n", "urls", ["https://x.example/a:b"]),
        ("name: A\ntag: vip\n", "tags", ["vip"]),
        ("name: A\ntags: vip, wholesale\n", "tags", ["vip", "wholesale"]),
        ("name: A\ntags: [vip, wholesale]\n", "tags", ["vip", "wholesale"]),
        (
            "name: A\nPhones:\n  - +38640123456\n  - 014321234\n",
            "phones",
            ["+38640123456", "014321234"],
        ),
        ("name: A\nphones:\n  - value: 014321234\n    label: home\n", "phones", ["014321234"]),
        ("name: A\nphones: []\nemails:\n", "phones", []),
    ],
)
def test_lists_may_be_one_text_or_several(text: str, key: str, texts: list[str]) -> None:
    assert clean(text).texts(key) == texts


def test_an_address_may_stand_at_the_top() -> None:
    record = clean("name: A\nstreet: Obala 7\npostcode: 06000\ncity: Koper\ncountry: Slovenija\n")
    (address,) = record.items("addresses")
    assert address.values == {
        "street": "Obala 7",
        "postcode": "06000",
        "city": "Koper",
        "country": "SI",
    }


def test_a_listed_address_comes_after_the_one_at_the_top() -> None:
    record = clean("name: A\naddresses:\n  - city: Bled\ncity: Koper\n")
    assert [item.get("city") for item in record.items("addresses")] == ["Koper", "Bled"]


UTC1 = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("line", "values"),
    [
        (
            "2026-11-03 call in: Asked for 20 kg of beans",
            {
                "at": date(2026, 11, 3),
                "kind": "call",
                "direction": "inbound",
                "summary": "Asked for 20 kg of beans",
            },
        ),
        (
            "2026-11-03 10:30 call: No, thanks",
            {
                "at": datetime(2026, 11, 3, 10, 30, tzinfo=UTC1),
                "kind": "call",
                "summary": "No, thanks",
            },
        ),
        ("3.11.2026 out: Sent it", {"at": date(2026, 11, 3), "direction": "outbound",
                                    "summary": "Sent it"}),
        ("2026-11-3 Came by", {"at": date(2026, 11, 3), "summary": "Came by"}),
        ("2026-11-03", {"at": date(2026, 11, 3)}),
        ("2026-11-03 Said: never again", {"at": date(2026, 11, 3),
                                          "summary": "Said: never again"}),
    ],
)  # fmt: skip
def test_interactions_may_be_one_line(line: str, values: dict[str, Any]) -> None:
    (item,) = clean(f"name: A\ninteractions:\n  - {line}\n").items("interactions")
    assert item.values == values
    assert item.get("kind") == values.get("kind", "note")
    assert item.id.startswith("i-")


def test_a_plain_task_is_its_title() -> None:
    (task,) = clean("name: A\ntasks:\n  - Call about the renewal\n").items("tasks")
    assert (task.get("title"), task.get("status")) == ("Call about the renewal", "open")


def test_a_purchase_line_may_be_one_text() -> None:
    record = clean("name: A\npurchases:\n  - date: 9.3.2026\n    lines: [beans-1kg:20:18.50, b]\n"
                   .replace(", b]", "]"))  # fmt: skip
    (purchase,) = record.items("purchases")
    (line,) = purchase.items("lines")
    assert line.values == {
        "product": "beans-1kg",
        "quantity": Decimal(20),
        "unit_price": Decimal("18.50"),
    }
    assert purchase.derived["net"] == Decimal("370.00")


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("created", "2026-11-3", date(2026, 11, 3)),
        ("created", "3.11.2026", date(2026, 11, 3)),
        ("created", "2026-11-03 10:30", datetime(2026, 11, 3, 10, 30, tzinfo=UTC1)),
        ("supplier", "yes", True),
        ("vat_registered", "off", False),
        ("Lifecycle-Stage", "Customer", "customer"),
        ("stage", "customer", "customer"),
        ("preferred-channel", "E-mail", None),
        ("source", "Word of mouth", "word_of_mouth"),
        ("source", "fair", "fair"),
        ("employees", "12", 12),
        ("tax_id", "0e10", "0e10"),
        ("birthday", "--11-22", "--11-22"),
    ],
)
def test_keys_and_values_in_many_spellings(key: str, text: str, value: object) -> None:
    record, problems = read(f"name: A\n{key}: {text}\n")
    field = CUSTOMER.by_name[key.lower().replace("-", "_")]
    if value is None:
        assert [problem.code for problem in problems] == ["unknown-value"]
        assert "email" in problems[0].hint
        return
    assert problems == []
    got = record.values[field.key]
    assert str(got) == value if field.key == "birth_date" else got == value


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("84,50", "84.50", None),
        ("200 EUR", "200", "EUR"),
        ("1200", "1200", None),
        ("$5.5", "5.5", "USD"),
    ],
)
def test_money(text: str, amount: str, currency: str | None) -> None:
    record = clean(f"name: A\npayments:\n  - date: 2026-01-02\n    amount: {text}\n")
    (payment,) = record.items("payments")
    assert payment.get("amount") == Decimal(amount)
    assert payment.values.get("currency") == currency


@pytest.mark.parametrize(
    ("line", "place", "said"),
    [
        ("created: 3/11/2026", (2, 10), "11 March 2026 or 3 November 2026"),
        ("credit: {limit: 1.234}", (2, 17), "1234"),
        ("lifecycle_stage: custmer", (2, 18), "custmer"),
        ("birth_date: 2024-02-30", (2, 13), "29 days"),
        ("employees: some", (2, 12), "whole number"),
        ("tags: {a: b}", (2, 8), "': '"),
        ("credit: {limit: 84,50}", (2, 20), "write 84.50, or quote"),
        ("credit: {limit: 84,50 EUR}", (2, 20), "write 84.50 EUR, or quote"),
        ("credit: {limit: EUR 84, 50}", (2, 25), "a comma separates entries"),
        ("custom: {price: 84,50 EUR}", (2, 20), "write 84.50 EUR, or quote"),
        ("credit: none at all", (2, 9), "should be a mapping"),
        ("name: B", (2, 1), "line 1"),
    ],
)
def test_what_is_not_forgiven_is_told_with_its_place(
    line: str, place: tuple[int, int], said: str
) -> None:
    composed = compose(f"name: A\n{line}\n", "ana.yaml")
    problems = list(composed.problems)
    if composed.root is not None:
        reader = Reader("ana.yaml", SHOP)
        reader.record(composed.root, CUSTOMER, "ana")
        problems += reader.problems
    (problem,) = problems
    assert (problem.line, problem.column) == place
    assert said in problem.message + problem.hint
    assert problem.severity is Severity.ERROR


def test_a_text_in_braces_that_a_comma_cuts_is_told() -> None:
    line = "  - {date: 2026-01-02, amount: 5, text: Rent, June}\n"
    record, problems = read(f"name: A\npurchases:\n{line}")
    assert [(one.code, one.severity, one.column) for one in problems] == [
        ("comma-in-braces", Severity.WARNING, 47)
    ]
    assert list(record.items("purchases")[0].extra) == ["June"]
    clean("name: A\ncustom: {2026-12-25, 2026-12-26}\ncredit: {limit: 84, notes}\n")


def test_an_unquoted_colon_says_how_to_quote() -> None:
    _, problems = read("name: A\ntasks:\n  - Call: her\n")
    assert [problem.code for problem in problems] == ["unquoted-colon"]
    assert '"Call: her"' in problems[0].hint


def test_an_id_in_the_file_is_a_warning_where_it_differs() -> None:
    assert read("id: ana\nname: A\n")[1] == []
    (problem,) = read("id: other\nname: A\n")[1]
    assert (problem.code, problem.severity) == ("id-differs", Severity.WARNING)


def test_unknown_keys_are_kept_and_a_slip_is_told() -> None:
    record, problems = read("name: A\nwifi: secret\nphonse: 1\nx-erp: {k: [1, 007]}\n")
    assert list(record.extra) == ["wifi", "phonse", "x-erp"]
    assert [(p.line, p.severity) for p in problems] == [(3, Severity.WARNING)]
    assert "phone" in problems[0].hint
    assert record.answer()["x-erp"] == {"k": ["1", "007"]}


def test_two_spellings_of_one_field_are_one_too_many() -> None:
    (problem,) = read("name: A\nstage: lead\nlifecycle_stage: customer\n")[1]
    assert (problem.code, problem.line) == ("duplicate-key", 3)


def test_lists_of_kinds_to_come_pass_through() -> None:
    text = "name: A\ndeals:\n  - id: d-1\n    stage: proposal\ndocuments:\n  - x\n"
    answer = clean(text).answer()
    assert answer["deals"] == [{"id": "d-1", "stage": "proposal"}]
    assert answer["documents"] == ["x"]


def test_derived_ids_tell_equal_items_apart_and_stay() -> None:
    text = "name: A\ntasks:\n  - Call\n  - Call\n  - Write\n"
    first = [task.id for task in clean(text).items("tasks")]
    assert len(set(first)) == 3
    assert [task.id for task in clean(text + "city: Koper\n").items("tasks")] == first


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("2026-11-18 dnoe", "'2026-11-18 dnoe' is no occurrence"),
        ("18.11.2026 done", "'18.11.2026 done' is no occurrence"),
        ("2026-11-18", "'2026-11-18' is no occurrence"),
        ("2026-02-30 skipped", "there is no day 2026-02-30"),
        ("2026-11-16..2026-11-09 missed", "2026-11-09 is before 2026-11-16"),
    ],
)
def test_an_odd_line_in_the_log_of_a_task_is_told(line: str, message: str) -> None:
    _, problems = read(
        "name: A\ntasks:\n  - title: Deliver\n    rrule: FREQ=WEEKLY\n    occurrences:\n"
        f"      - 2026-11-11 done\n      - {line}\n"
    )
    (problem,) = problems
    assert (problem.line, problem.column, problem.code) == (7, 9, "occurrence-line")
    assert problem.message.startswith(f"occurrences: {message}")
    assert "2026-11-18 done 2026-11-20" in problem.hint


def test_a_rule_that_is_none_is_told() -> None:
    _, problems = read("name: A\ntasks:\n  - title: Deliver\n    rrule: FREQ=NEVER\n")
    (problem,) = problems
    assert (problem.line, problem.column, problem.code) == (4, 12, "bad-recurrence")
    assert problem.message == "rrule: 'FREQ=NEVER' is no rule of recurrence"
    assert clean("name: A\ntasks:\n  - title: B\n    rrule: RRULE:FREQ=WEEKLY\n")


@pytest.mark.parametrize(
    "line", ["beans:20:18.50 USD", "{product: beans, quantity: 20, unit_price: 18.50 USD}"]
)
@pytest.mark.parametrize("own", ["", ", currency: CHF"])
def test_a_price_in_another_currency_than_the_purchase_counts_nothing(line: str, own: str) -> None:
    text = f"name: A\npurchases:\n  - {{date: 2026-01-02{own}, lines: [{line}]}}\n"
    record, problems = read(text)
    (purchase,) = record.items("purchases")
    assert purchase.derived["net"] == 0
    found = [problem for problem in problems if problem.code == "two-currencies"]
    wanted = own[-3:] or "EUR"
    assert [problem.message for problem in found] == [
        f"unit_price is in USD, and the purchase in {wanted}"
    ]


def test_a_price_in_the_purchases_own_currency_counts() -> None:
    record = clean(
        "name: A\npurchases:\n  - date: 2026-01-02\n    currency: USD\n"
        "    lines: [{product: beans, unit_price: 18.50 USD}]\n"
    )
    assert record.items("purchases")[0].derived["net"] == Decimal("18.50")


def test_a_rhythm_in_words_is_the_rule_that_it_means() -> None:
    head = "name: A\ntasks:\n  - title: B\n    due: 2026-10-31\n"
    for words, rule in (
        ("every 2 weeks", "FREQ=WEEKLY;INTERVAL=2"),
        ("every month", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("rrule:freq=daily", "FREQ=DAILY"),
    ):
        (task,) = clean(f"{head}    every: {words}\n").items("tasks")
        assert task.values["rrule"] == rule
    (task,) = clean(f"{head}    every: every month\n    repeat_from: completion\n").items("tasks")
    assert task.values["rrule"] == "FREQ=MONTHLY"
    _, problems = read(f"{head}    every: UNTIL=2026\n")
    assert [problem.code for problem in problems] == ["bad-recurrence"]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("0001-01-01", "the year 1 is out of range (years run from 1000 to 9999)"),
        ("2026-02-30", "there is no day 30: February 2026 has 28 days (dates are year-month-day"),
        ("1369-02-31", "there is no day 31: February 1369 has 28 days (add calendar: persian"),
        ("--06-31", "there is no day 31: June has 30 days (add calendar: persian"),
    ],
)
def test_only_a_day_that_may_be_persian_is_taken_for_one(day: str, said: str) -> None:
    (problem,) = read(f"name: A\nanniversaries: [{{label: since, date: {day}}}]\n")[1]
    assert f"{problem.message} ({problem.hint})".startswith(said)
