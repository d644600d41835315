"""Saved segments that cannot be asked are problems with the place of what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Crm

SEGMENTS = """\
good: {query: [+vip]}
list:
  description: terms in a list
  query:
    - +vip
    - cty:Koper
    - "spend:much"
line:
  query: +vip 'name.is:"Maja Kos"' cty:Koper
full:
  where: spend > 100 and cty = "Koper"
long:
  where: >
    spend > 100
    and cty = "Koper"
round: {query: ["@round"]}
on-other: {query: [city:Koper, "@list"]}
nowhere: {query: ["@nosuch"]}
empty: {description: nothing}
"""


def test_each_fault_has_its_place(crm: Crm, shop: Path) -> None:
    (shop / "segments.yaml").write_text(SEGMENTS)
    done = crm("check", "segments.yaml")
    assert done.code == 1
    told = [line for line in done.lines if line.startswith("segments.yaml")]
    places = [line.partition(": ")[0].removeprefix("segments.yaml:") for line in told]
    assert places == [
        "6:7", "7:14", "9:36", "11:26", "13:10", "16:18", "17:33", "18:20", "19:8",
    ]  # fmt: skip
    assert "in segment @list: there is no field 'cty'" in told[0]
    assert "in segment @on-other: @list is not a valid query (correct @list)" in told[6]
    assert "there is no segment 'nosuch'" in told[7]


def test_what_two_customers_have_is_told_at_both(crm: Crm, shop: Path) -> None:
    same = 'email: A@x.example\nphone: "%s"\ntax_id: "SI1234"\n'
    invoice = 'purchases:\n  - {kind: invoice, number: "9", date: 2026-11-01, amount: 5}\n'
    order = '  - {kind: order, number: "8", date: 2026-11-01, amount: 5}\n'
    for id, phone in (("vid", "040 555 666"), ("eva", "+386 40 555 666")):
        text = f"name: {id}\n{same % phone}{invoice}{order}"
        (shop / "customers" / f"{id}.yaml").write_text(text, encoding="utf-8")
    # A contact may have what their own record has.
    contact = "name: Firm\ncontacts: [{id: vid, emails: [a@x.example]}]\n"
    (shop / "customers" / "firm.yaml").write_text(contact, encoding="utf-8")
    found = json.loads(crm("check", "--json").out)
    told = [(one["path"][10:13], one["line"], one["code"], one["severity"]) for one in found]
    assert told == [
        (id, line, code, severity)
        for id in ("eva", "vid")
        for line, code, severity in (
            (2, "same-email", "warning"),
            (3, "same-phone", "warning"),
            (4, "same-tax-id", "warning"),
            (6, "same-number", "error"),
        )
    ]


def test_items_of_one_id_in_two_records_are_told(crm: Crm, shop: Path) -> None:
    """As in a copy of a record, where a command cannot know which one is meant."""
    task = "tasks:\n  - {id: t-abcdefg, title: Call}\n"
    for id in ("vid", "eva"):
        (shop / "customers" / f"{id}.yaml").write_text(f"name: {id}\n{task}", encoding="utf-8")
    found = json.loads(crm("check", "--json").out)
    told = [(one["path"][10:13], one["line"], one["severity"]) for one in found
            if one["code"] == "same-id"]  # fmt: skip
    assert told == [("eva", 3, "warning"), ("vid", 3, "warning")]
    assert "vid has a task t-abcdefg too" in crm("check").out
    path = shop / "customers/vid.yaml"
    path.write_text(path.read_text().replace("id: t-abcdefg, ", ""), encoding="utf-8")
    assert crm("fmt", "vid").code == 0
    assert "same-id" not in crm("check", "--json").out


def test_one_number_twice_in_one_file_is_told(crm: Crm, shop: Path) -> None:
    one = '  - {kind: invoice, number: "9", date: 2026-11-01, amount: 5, id: p-%s}\n'
    text = "name: Vid\npurchases:\n" + one % "1111111" + one % "2222222"
    (shop / "customers" / "vid.yaml").write_text(text, encoding="utf-8")
    assert crm("check").out.count("vid has invoice 9 too") == 2


def test_one_number_of_ours_of_two_quotes_or_orders_is_told(crm: Crm, shop: Path) -> None:
    """An order may have the customer's own number, which others may have, too."""
    (shop / "crm.yaml").write_text('currency: EUR\nnumbers: {order: "O-{year}-{seq:4}"}\n')
    for id in ("eva", "vid"):
        text = f"name: {id}\npurchases:\n" + "".join(
            f'  - {{kind: {kind}, number: "{number}", date: 2026-11-01, amount: 5}}\n'
            for kind, number in (("quote", "Q-7"), ("order", "O-2026-0003"), ("order", "PO-8"),
                                 ("order", "Q-7"), ("sale", "K-1"))
        )  # fmt: skip
        (shop / "customers" / f"{id}.yaml").write_text(text, encoding="utf-8")
    found = json.loads(crm("check", "--json").out)
    told = [(one["path"], one["line"], one["message"]) for one in found
            if one["code"] == "same-number"]  # fmt: skip
    assert told == [
        (f"customers/{id}.yaml", line, f"{other} has {what} too")
        for id, other in (("eva", "vid"), ("vid", "eva"))
        for line, what in ((3, "quote Q-7"), (4, "order O-2026-0003"))
    ]


def test_several_others_are_told_in_the_plural(crm: Crm, shop: Path) -> None:
    for id in ("eva", "ivo", "vid"):
        (shop / "customers" / f"{id}.yaml").write_text(f'name: {id}\ntax_id: "SI11223344"\n')
    assert "customers/eva.yaml:2:9: warning: ivo and vid have this tax id too" in crm("check").out
