"""A document changes what it is asked to, and no other byte."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError, NotFound, UsageError
from crm_cli.model.fieldtypes import Money, Text
from crm_cli.model.kind import Field, GroupOf, Kind
from crm_cli.model.product import PRODUCT
from crm_cli.store import repair
from crm_cli.store.document import Document

SHOP = Business(country="SI", zone="Europe/Ljubljana")

HAND = """\
# my best customer
name: Ana Novak      # since school
phone: 040 123 456
tags: vip, wholesale
city: Ljubljana

x-erp: {k: [1, 007, ~]}

interactions:
  - 2026-11-03 call in: Asked for 20 kg of beans
  # remember the sample
  - at: 2026-11-04
    kind: call

tasks:
  - Send the quote   # by post

# money
payments:
    - date: 3.11.2026
      amount: 84,50
"""


def opened(text: str, path: str = "customers/ana.yaml") -> Document:
    return Document(path, text.encode(), CUSTOMER, SHOP)


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    from difflib import ndiff

    lines = list(ndiff(before.splitlines(), after.splitlines()))
    return [x[2:] for x in lines if x[0] == "-"], [x[2:] for x in lines if x[0] == "+"]


def test_a_field_changes_its_own_line() -> None:
    document = opened(HAND)
    document.set(None, "name", "Ana Kos")
    assert changed_lines(HAND, document.text) == (
        ["name: Ana Novak      # since school"],
        ["name: Ana Kos      # since school"],
    )


def test_a_hoisted_field_stays_where_it_is() -> None:
    document = opened(HAND)
    document.set(None, "city", "Koper")
    assert changed_lines(HAND, document.text) == (["city: Ljubljana"], ["city: Koper"])
    assert document.record.items("addresses")[0].values == {"city": "Koper"}


def test_a_key_that_is_not_there_goes_where_the_declaration_puts_it() -> None:
    document = opened(HAND)
    document.set(None, "stage", "customer")
    removed, added = changed_lines(HAND, document.text)
    assert removed == []
    assert added == ["lifecycle_stage: customer"]
    assert document.text.index("lifecycle_stage") < document.text.index("phone:")


def test_a_tag_in_a_text_makes_a_list_of_just_that() -> None:
    document = opened(HAND)
    assert document.add_texts("tags", ["cold", "vip"]) == ["cold"]
    removed, added = changed_lines(HAND, document.text)
    assert removed == ["tags: vip, wholesale"]
    assert added == ["tags:", "  - vip", "  - wholesale", "  - cold"]


def test_a_second_phone_makes_a_list_of_the_first() -> None:
    document = opened(HAND)
    document.add_texts("phones", ["+386 1 555 01 10"])
    assert document.record.texts("phones") == ["040 123 456", "+386 1 555 01 10"]
    assert changed_lines(HAND, document.text)[0] == ["phone: 040 123 456"]


def test_one_item_is_written_out_when_it_is_edited() -> None:
    document = opened(HAND)
    task = document.record.items("tasks")[0]
    assert not task.written_id
    document.set(task.id, "status", "completed")
    removed, added = changed_lines(HAND, document.text)
    assert removed == ["  - Send the quote   # by post"]
    assert f"  - id: {task.id}   # by post" in added
    assert "    status: completed" in added
    assert "# by post" in document.text
    again = document.find(task.id)
    assert (again.get("title"), again.get("status")) == ("Send the quote", "completed")


def test_an_item_gets_its_derived_id_written_down_when_edited() -> None:
    document = opened(HAND)
    call = document.record.items("interactions")[1]
    document.set(call.id, "summary", "No answer")
    removed, added = changed_lines(HAND, document.text)
    assert removed in ([], ["  - at: 2026-11-04"])
    assert f"  - id: {call.id}" in added
    assert "    summary: No answer" in added
    assert document.find(call.id).values["summary"] == "No answer"


def test_an_appended_item_comes_after_the_last_before_the_next_comment() -> None:
    document = opened(HAND)
    document.add("tasks", {"title": "Call: her", "due": date(2026, 11, 27)})
    removed, added = changed_lines(HAND, document.text)
    assert removed == []
    assert '    title: "Call: her"' in added
    assert document.text.index("Call: her") < document.text.index("# money")


def test_an_item_that_goes_takes_its_comment_along() -> None:
    document = opened(HAND)
    document.delete(document.record.items("interactions")[1].id)
    removed, added = changed_lines(HAND, document.text)
    assert added == []
    assert removed == ["  # remember the sample", "  - at: 2026-11-04", "    kind: call"]


def test_the_last_item_takes_the_key_along() -> None:
    document = opened(HAND)
    document.delete(document.record.items("payments")[0].id)
    assert "payments:" not in document.text
    assert "x-erp: {k: [1, 007, ~]}" in document.text


def test_removing_a_field_removes_its_line() -> None:
    document = opened(HAND)
    document.remove(None, "phone")
    assert changed_lines(HAND, document.text) == (["phone: 040 123 456"], [])


def test_of_several_phones_one_must_be_named() -> None:
    document = opened("name: Ana\nphones: [1, 2]\n")
    with pytest.raises(UsageError, match="2 phones"):
        document.remove(None, "phone")
    document.remove_texts("phones", ["1"])
    assert document.text == "name: Ana\nphones: [2]\n"


def test_groups_and_own_fields_are_set_within() -> None:
    document = opened("name: Ana\n")
    document.set(None, "credit.limit", "500")
    document.set(None, "credit.hold", "yes")
    document.set(None, "custom.size", "1.10")
    assert document.text == (
        'name: Ana\ncustom:\n  size: "1.10"\n\ncredit:\n  limit: 500\n  hold: true\n'
    ) or document.record.values["credit"].values == {"limit": Decimal(500), "hold": True}
    document.remove(None, "credit.limit")
    document.remove(None, "credit.hold")
    assert "credit" not in document.text


def test_a_wrong_value_changes_nothing() -> None:
    document = opened(HAND)
    with pytest.raises(UsageError, match="lifecycle_stage"):
        document.set(None, "lifecycle_stage", "custommer")
    with pytest.raises(NotFound):
        document.set("t-zzzzzzz", "status", "open")
    assert document.text == HAND


def test_crlf_and_bom_stay() -> None:
    data = b"\xef\xbb\xbfname: Ana\r\ntags:\r\n  - a\r\n"
    document = Document("customers/ana.yaml", data, CUSTOMER, SHOP)
    document.add_texts("tags", ["b"])
    assert document.data == b"\xef\xbb\xbfname: Ana\r\ntags:\r\n  - a\r\n  - b\r\n"


def test_nothing_asked_changes_nothing() -> None:
    document = opened(HAND)
    document.set(None, "name", "Ana Novak")
    document.add_texts("tags", ["vip"])
    document.remove(None, "nickname")
    assert document.text == HAND


def test_a_product_is_added_to_a_file_that_is_not_there() -> None:
    document = Document("products.yaml", b"", PRODUCT, SHOP, mapped=True)
    document.add("beans-1kg", {"name": "Beans", "price": Decimal("18.50")})
    document.add("filters", {"name": "Filters"})
    document.set("beans-1kg", "price", "19")
    assert document.text == (
        "beans-1kg:\n  name: Beans\n  price: 19\n\nfilters:\n  name: Filters\n"
    )


def test_codes_that_look_like_numbers_are_quoted_on_request() -> None:
    text = "name: Ana\npostcode: 01000\nphones:\n  - +38640123456\n  - value: 040\n"
    document = opened(text)
    assert repair.quote_codes(document) == 3
    assert document.text == (
        'name: Ana\npostcode: "01000"\nphones:\n  - "+38640123456"\n  - value: "040"\n'
    )


def test_fmt_keeps_comments_and_meaning() -> None:
    document = opened(HAND)
    before = document.record.answer()
    repair.fmt(document)
    after = document.record.answer()
    for text in ("# my best customer", "# since school", "# remember", "# by post", "# money"):
        assert text in document.text
    assert before["name"] == after["name"]
    assert before["tags"] == after["tags"]
    assert before["x-erp"] == after["x-erp"]
    once = document.text
    repair.fmt(document)
    assert document.text == once


@pytest.mark.parametrize(
    "text",
    ["name: Ana\nbirth_date: soon\n", "name: Ana\ncredit: {limit: much}\n", "name: [Ana]\n"],
)
def test_fmt_leaves_alone_what_was_not_understood(text: str) -> None:
    document = opened(text)
    with pytest.raises(DataError, match=r"customers/ana\.yaml:\d+:\d+: "):
        repair.fmt(document)
    assert document.text == text


def test_fmt_keeps_entries_that_say_nothing() -> None:
    document = Document("products.yaml", b"b:\na: {name: 'A'}\n", PRODUCT, SHOP, mapped=True)
    repair.fmt(document)
    assert document.text == "b:\n\na:\n  name: A\n"


def test_a_partial_date_is_no_pair_of_amount_and_currency() -> None:
    document = Document("customers/ana.yaml", b"name: Ana\n", CUSTOMER, SHOP)
    document.set(None, "birth_date", "--11-22")
    document.set(None, "birth_date", "1984-11-22")
    assert document.data == b"name: Ana\nbirth_date: 1984-11-22\n"


def test_a_one_line_item_that_is_read_in_part_is_not_written_out() -> None:
    document = opened("name: Ana\ninteractions:\n  - 2026-11-03 25:99 call in: Asked for beans\n")
    id = document.record.items("interactions")[0].id
    with pytest.raises(DataError, match=":3:5: at: "):
        document.set(id, "owner", "petra")


def test_fmt_keeps_the_currency_beside_an_amount() -> None:
    text = (
        "name: Ana\npayments:\n  - id: y-7d1wz0e\n    date: 2026-11-03\n    amount: 100 USD\n"
        "    allocations:\n      - {purchase: p-2m8ct4h, amount: 60 USD}\n"
    )
    document = opened(text)
    repair.fmt(document)
    assert document.text.endswith(
        "    amount: 100\n    currency: USD\n    allocations:\n"
        "      - purchase: p-2m8ct4h\n        amount: 60 USD\n"
    )


def test_an_amount_in_a_group_takes_its_currency_with_it() -> None:
    document = opened("name: Ana\n")
    document.set(None, "credit.limit", "200 USD")
    assert document.text == "name: Ana\n\ncredit:\n  limit: 200\n  currency: USD\n"


PLAN = Kind(
    name="plan",
    key="plans",
    doc="",
    fields=(Field("cost", Money()), Field("metric", Text()), Field("about", Text())),
    notes=False,
)
GOAL = Kind(name="goal", key="goals", doc="", fields=(Field("plan", GroupOf(PLAN)),), notes=False)
PROJECT = Kind(
    name="project", key="projects", doc="", fields=(Field("goal", GroupOf(GOAL)),), notes=False
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title: x\n", "goal:\n  plan:\n    metric: leads\ntitle: x\n"),
        ("goal:\n  size: 3\n", "goal:\n  plan:\n    metric: leads\n  size: 3\n"),
        (
            "goal:\n  plan:\n    cost: 5\n    about: it\n",
            "goal:\n  plan:\n    cost: 5\n    metric: leads\n    about: it\n",
        ),
    ],
)
def test_a_group_in_a_group_is_written(before: str, after: str) -> None:
    document = Document("project.yaml", before.encode(), PROJECT, SHOP)
    document.set(None, "goal.plan.metric", "leads")
    assert document.text == after
    document.remove(None, "goal.plan.metric")
    assert "metric" not in document.text


def test_an_amount_whose_kind_has_no_currency_keeps_it_beside() -> None:
    document = Document("project.yaml", b"goal:\n  plan:\n    cost: 5\n", PROJECT, SHOP)
    document.set(None, "goal.plan.cost", "7 USD")
    assert document.text == "goal:\n  plan:\n    cost: 7 USD\n"
    repair.fmt(document)
    assert document.text == "goal:\n  plan:\n    cost: 7 USD\n"


@pytest.mark.parametrize("key", ["goal.plan.nothing", "goal.nothing", "goal.plan.metric.size"])
def test_what_no_group_has_is_refused(key: str) -> None:
    document = Document("project.yaml", b"title: x\n", PROJECT, SHOP)
    with pytest.raises(UsageError):
        document.set(None, key, "x")


@pytest.mark.parametrize(
    ("place", "after"),
    [
        (0, "  - value: vip\n    since: \"2026\"\n  - cold\n"),
        (1, "  - vip\n  - value: cold\n    since: \"2026\"\n"),
    ],
)
def test_an_item_of_a_text_with_commas_leaves_the_others(place: int, after: str) -> None:
    document = opened("name: Vid\ntags: vip, cold\n")
    document.set(("tags", place), "since", "2026")
    assert document.text == f"name: Vid\ntags:\n{after}"
