"""What is exported is imported again, with nothing lost and nothing run."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.formats.cells.texts import cleaned
from crm_cli.formats.flat import Exported
from crm_cli.formats.registry import exporter, importer
from crm_cli.formats.targets import IMPORTED, kind_of
from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Problem, Severity
from crm_cli.model.fieldtypes import Free
from crm_cli.model.item import Item
from crm_cli.model.kind import GroupOf, Kind, ListOf
from crm_cli.model.product import PRODUCT
from crm_cli.model.reading import Reader
from crm_cli.store.compose import compose

BUSINESS = Business(country="SI", zone="Europe/Ljubljana")


def record(text: str, id: str = "ana") -> Item:
    composed = compose(text, f"customers/{id}.yaml")
    assert composed.root is not None
    reader = Reader(f"customers/{id}.yaml", BUSINESS)
    item = reader.record(composed.root, CUSTOMER, id)
    problems: list[Problem] = reader.problems
    assert [one for one in problems if one.severity is Severity.ERROR] == []
    return item


def exported(kind: str, items: list[Item], format: str = "csv") -> Exported:
    found = kind_of(kind)
    made = exporter(found, format).write(found, items)
    return Exported(iter("".join(made.pieces).splitlines(keepends=True)), made.left_out)


def text_of(kind: str, items: list[Item], format: str = "csv") -> str:
    return "".join(exported(kind, items, format).pieces)


def back(kind: str, items: list[Item]) -> list[dict[str, Any]]:
    """What a file of the records says when it is imported."""
    found = kind_of(kind)
    read = importer(found).read
    assert read is not None
    drafts = read(text_of(kind, items).encode(), found, None, BUSINESS)
    assert drafts.rejected == []
    assert set(drafts.left_out) <= {"customer_name", "net", "tax", "gross", "amount_due"}
    return [draft.values for draft in drafts.rows]


def said(item: Item) -> dict[str, Any]:
    """A record's values as the rows of a file say them."""
    values: dict[str, Any] = {}
    for key, value in item.values.items():
        type = item.kind.by_key[key].type
        if isinstance(type, ListOf):
            if not type.kind.letter:
                values[key] = [said(one) for one in value]
        elif isinstance(type, GroupOf):
            values[key] = said(value)
        elif not isinstance(type, Free) or key == "custom":
            # Lines of cells end as ours do.
            values[key] = value.replace("\r\n", "\n") if isinstance(value, str) else value
    return values


CANARY = """\
name: "=HYPERLINK(\\"http://e.example\\")"
nickname: "'=quoted"
notes: |-
  -1+2 first line
  second, with "quotes"

  and a last one
kind: person
employees: 3
vat_registered: false
birth_date: --11-22
contact_every: 30 days
created: 2026-11-03T10:30+01:00
external_id: "Val2"
tax_id: "007"
custom:
  size: "@SUM(1)"
  a.b: "+1"
tags:
  - vip
  - "-cold"
emails:
  - ana@novak.example
  - value: racuni@novak.example
    label: billing
phones:
  - value: "+386 40 123 456"
    do_not_use: true
  - "=1+1"
urls:
  - https://novak.example/a;b
addresses:
  - label: office
    street: "Slovenska cesta 1\\r\\nSecond floor"
    city: Ljubljana
    postcode: "01000"
    country: SI
  - city: Koper
contacts:
  - name: "Maja; Kos"
    title: Chef
relations:
  - to: jan
    kind: spouse
anniversaries:
  - kind: wedding
    date: 2001-05
interests:
  - kind: hobby
    value: chess, blitz
credit:
  limit: 1.2340
  hold: true
purchases:
  - id: p-2m8ct4h
    kind: invoice
    number: "2026-0042"
    date: 2026-11-10
    notes: of the purchase
    lines:
      - product: beans
        quantity: 20
        unit_price: 18.50
        discount: 5
        notes: "@line"
      - description: "=1+1"
        unit_price: 1.2340
  - id: p-2m8ct4j
    date: 2026-11-11
    amount: 12.00
    text: by hand
payments:
  - id: y-7d1wz0e
    date: 2026-12-02
    amount: 200.00
    allocations:
      - purchase: "2026-0042"
        amount: 150.00
      - purchase: p-2m8ct4j
        amount: 50.00
tasks:
  - id: t-9f3kx7d
    title: Send the quote
    due: 2026-11-06T09:00+01:00
    depends_on:
      - t-1111111
      - t-2222222
interactions:
  - id: i-4k7q2ma
    at: 2026-11-03T10:30+01:00
    duration: 1h30min
    summary: "-x"
    participants:
      - Maja
      - Jan
"""


def test_a_customer_comes_back_whole() -> None:
    ana = record(CANARY)
    assert back("customers", [ana, record("name: Ben\n", "ben")]) == [
        {"id": "ana", **said(ana)},
        {"id": "ben", "name": "Ben"},
    ]


@pytest.mark.parametrize("kind", ["payments", "tasks", "interactions"])
def test_items_come_back_whole(kind: str) -> None:
    items = record(CANARY).items(kind)
    assert back(kind, items) == [
        {"customer": "ana", "customer_name": item.owner.title, "id": item.id, **said(item)}
        for item in items
    ]


def test_a_purchase_has_a_row_for_each_line() -> None:
    first, second = record(CANARY).items("purchases")
    head = {key: value for key, value in said(first).items() if key != "lines"}
    owner = {"customer": "ana", "customer_name": first.owner.title}
    assert back("purchases", [first, second]) == [
        *(
            {**owner, "id": first.id, **head, "lines": [said(line)]}
            for line in first.items("lines")
        ),
        {**owner, "id": second.id, **said(second)},
    ]


def test_no_cell_of_a_text_begins_like_a_formula() -> None:
    text = text_of("customers", [record(CANARY)])
    rows = text.replace('"', "").split(",")
    assert not [cell for cell in rows if cell[:1] in ("=", "@", "\t")]
    assert "'=HYPERLINK" in text
    assert ",+386 40 123 456," in text  # a phone is no formula
    assert "'=1+1" in text  # and this is no phone


def test_simple_lists_are_one_cell() -> None:
    ana = record("name: Ana\ntags: [a, b]\nemails: [a@x.example, b@x.example]\nphone: 041 1\n")
    assert text_of("customers", [ana]) == (
        'id,name,tags,email,phone\nana,Ana,"a; b","a@x.example; b@x.example",041 1\n'
    )


def test_what_no_column_can_hold_is_told() -> None:
    text = "name: Ana\nxyzzy: {left: 38}\nvisits:\n  - place: Koper\npurchases: []\n"
    ana = record(text)
    assert exported("customers", [ana]).left_out == {"visits": 1, "xyzzy": 1}
    assert exported("customers", [ana], "json").left_out == {}


def test_json_holds_all() -> None:
    ana = record(CANARY.replace("kind: person\n", 'kind: person\nxyzzy: "\\x1b[2J\\u202e"\n'))
    text = text_of("customers", [ana], "json")
    assert all(char.isprintable() or char == "\n" for char in text)
    found = json.loads(text)
    assert found == [{"id": "ana", **ana.answer()}]
    assert found[0]["xyzzy"] == "\x1b[2J\u202e"
    assert found[0]["purchases"][0]["lines"][0]["unit_price"] == "18.50"


@pytest.mark.parametrize("kind", IMPORTED)
def test_nothing_is_an_answer(kind: str) -> None:
    assert text_of(kind, [], "json") == "[]\n"
    assert text_of(kind, [], "jsonl") == ""
    assert text_of(kind, []) == "\n"


def test_jsonl_is_one_record_a_line() -> None:
    ana = record(CANARY)
    lines = text_of("purchases", ana.items("purchases"), "jsonl").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["p-2m8ct4h", "p-2m8ct4j"]
    assert json.loads(lines[0])["customer"] == "ana"


# Any values of any text fields

TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t\r"), min_size=1
).map(cleaned).filter(bool)
"""Blanks at both ends are no part of a text, also where they are written by hand."""


def texts_of(kind: Kind) -> list[str]:
    return [field.key for field in kind.fields if field.type.name == "text"]


@settings(max_examples=60, deadline=None)
@given(st.data())
@pytest.mark.parametrize("kind", [CUSTOMER, PRODUCT], ids=lambda kind: kind.name)
def test_every_text_survives(kind: Kind, data: st.DataObject) -> None:
    item = Item(kind)
    item.id = "one"
    for key in data.draw(st.lists(st.sampled_from(texts_of(kind)), min_size=1, unique=True)):
        item.values[key] = data.draw(TEXT)
    (found,) = back(kind.key, [item])
    assert found == {"id": "one", **item.values}
