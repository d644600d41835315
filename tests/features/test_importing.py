"""Importing: who is meant by a row, what it changes, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from crm_cli.features import importing
from crm_cli.features.importing import Import
from crm_cli.formats.mapping import Column, Map
from crm_cli.workspace import Workspace

Opened = Callable[..., Workspace]


def plan(workspace: Workspace, kind: str, text: str, map: Map | None = None) -> Import:
    drafts = importing.read_file(workspace, kind, text.encode(), path="file.csv", map=map)
    return importing.plan_import(workspace, drafts)


def carry_out(workspace: Workspace, kind: str, text: str, map: Map | None = None) -> Import:
    made = plan(workspace, kind, text, map)
    workspace.write(made.change)
    return made


def counts(made: Import) -> tuple[int, int, int, int]:
    """New, changed, unchanged, rejected."""
    return made.new, made.changed, made.unchanged, len(made.rejected)


def reasons(made: Import) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in made.rejected]


def text_of(shop: Path, id: str) -> str:
    return (shop / "customers" / f"{id}.yaml").read_text(encoding="utf-8")


CUSTOMERS = """\
external_id,name,email,phone,city,tags
A1,Lana Hren,lana@hren.example,041 555 111,Piran,vip
A2,Gostilna Lipa,,01 555 22 33,Ljubljana,
"""


def test_new_customers_are_written_in_canonical_form(shop: Path, workspace: Opened) -> None:
    made = carry_out(workspace(), "customers", CUSTOMERS, Map(source_system="pos"))
    assert counts(made) == (2, 0, 0, 0)
    assert made.change.subject == "import 2 customers"
    assert text_of(shop, "lana-hren") == (
        'name: Lana Hren\ncreated: 2026-11-20\nsource_system: pos\nexternal_id: "A1"\n\n'
        "tags:\n  - vip\n\n"
        'emails:\n  - lana@hren.example\n\nphones:\n  - "041 555 111"\n\n'
        "addresses:\n  - city: Piran\n"
    )


def test_the_same_file_again_changes_nothing(shop: Path, workspace: Opened) -> None:
    carry_out(workspace(), "customers", CUSTOMERS)
    again = plan(workspace(), "customers", CUSTOMERS)
    assert counts(again) == (0, 0, 2, 0)
    assert again.change.steps == ()


def test_only_what_the_file_says_changes(shop: Path, workspace: Opened) -> None:
    carry_out(workspace(), "customers", CUSTOMERS)
    path = shop / "customers" / "lana-hren.yaml"
    path.write_text(
        text_of(shop, "lana-hren").replace("  - vip\n", "  - vip  # since the fair\n  - cold\n")
        + "owner: petra  # by hand\n",
        encoding="utf-8",
    )
    made = carry_out(workspace(), "customers", CUSTOMERS.replace("Piran", "Izola"))
    assert counts(made) == (0, 1, 1, 0)
    after = text_of(shop, "lana-hren")
    assert "  - city: Izola\n" in after
    assert "  - vip  # since the fair\n  - cold\n" in after
    assert after.endswith("owner: petra  # by hand\n")


def test_short_forms_of_hand_written_records_stay(shop: Path, workspace: Opened) -> None:
    text = "email,city,phone\ninfo@breg.example,Bohinj,04 555 11 22\n"
    made = carry_out(workspace(), "customers", text)
    assert counts(made) == (0, 1, 0, 0)
    after = text_of(shop, "hotel-breg")
    assert 'email: info@breg.example\nphones:\n  - "04 555 11 22"\ncity: Bohinj\n' in after


def test_another_spelling_of_a_phone_or_an_e_mail_changes_nothing(workspace: Opened) -> None:
    text = "id,email,phone\nmaja-kos,Maja@Kos.example,041/222-333\n"
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 1, 0)


# Who is meant


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("id,city\nmaja-kos,Piran\n", "maja-kos"),
        ("email,city\nMAJA@kos.example,Piran\n", "maja-kos"),
        ("phone,city\n041/222-333,Piran\n", "maja-kos"),
        ("email,phone,city\nother@kos.example,00386 41 222 333,Piran\n", "maja-kos"),
    ],
)
def test_somebody_is_found_by_what_is_theirs(workspace: Opened, text: str, id: str) -> None:
    made = plan(workspace(), "customers", text)
    assert counts(made) == (0, 1, 0, 0)
    assert made.ids == (id,)


def test_a_name_is_no_identity(workspace: Opened) -> None:
    made = plan(workspace(), "customers", "name,city\nMaja Kos,Piran\n")
    assert made.ids == ("maja-kos-2",)
    assert counts(made) == (1, 0, 0, 0)


def test_rows_with_a_name_only_are_not_doubled_by_a_second_import(workspace: Opened) -> None:
    text = "name,city\nEva Zorko,Piran\nEva Zorko,Piran\nEva Zorko,Bled\n"
    assert counts(carry_out(workspace(), "customers", text)) == (2, 0, 0, 0)
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 2, 0)


def test_external_ids_are_compared_as_they_stand(workspace: Opened) -> None:
    text = "external_id,name\nVal2,Two\nval2,Three\n"
    assert counts(carry_out(workspace(), "customers", text)) == (2, 0, 0, 0)
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 2, 0)


def test_blanks_around_an_external_id_are_no_part_of_it(shop: Path, workspace: Opened) -> None:
    path = shop / "customers" / "val.yaml"
    path.write_text('name: Val\nexternal_id: "Val2 "\n', encoding="utf-8")
    text = 'external_id,name\n"Val2 ",Val\n'
    made = carry_out(workspace(), "customers", text)
    assert (made.ids, counts(made)) == (("val",), (0, 1, 0, 0))
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 1, 0)


def test_ids_of_two_systems_are_two(workspace: Opened) -> None:
    text = "external_id,name\n7,Eva Zorko\n"
    carry_out(workspace(), "customers", text, Map(source_system="pos"))
    made = plan(workspace(), "customers", text, Map(source_system="web"))
    assert counts(made) == (1, 0, 0, 0)


def test_somebody_known_by_e_mail_gets_their_external_id(shop: Path, workspace: Opened) -> None:
    text = "external_id,name,email\n7,Maja Kos,maja@kos.example\n"
    made = carry_out(workspace(), "customers", text, Map(source_system="pos"))
    assert counts(made) == (0, 1, 0, 0)
    assert 'source_system: pos\nexternal_id: "7"\n' in text_of(shop, "maja-kos")


def test_two_of_one_system_may_share_an_address(workspace: Opened) -> None:
    text = (
        "external_id,name,email\n7,Eva Zorko,home@zorko.example\n8,Jan Zorko,home@zorko.example\n"
    )
    assert counts(carry_out(workspace(), "customers", text)) == (2, 0, 0, 0)
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 2, 0)


def test_a_shared_phone_is_told_apart_by_name(workspace: Opened) -> None:
    text = "name,phone\nEva Zorko,041 999 111\nJan Zorko,041 999 111\n"
    assert counts(carry_out(workspace(), "customers", text)) == (2, 0, 0, 0)
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 2, 0)


def test_rows_of_one_customer_are_one_and_the_last_counts(workspace: Opened) -> None:
    text = "id,city,notes\nmaja-kos,Piran,One\nmaja-kos,Izola,Two\n"
    made = carry_out(workspace(), "customers", text)
    assert counts(made) == (0, 1, 0, 0)
    assert made.notes == (
        "a row is about the same customer as one above",
        "rows of one customer differ, the last counts: line 3: notes is Two, not One as before",
    )
    assert workspace().record("maja-kos").items("addresses")[0].values["city"] == "Izola"
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 1, 0)


def test_a_customer_is_named_after_what_there_is(workspace: Opened) -> None:
    text = (
        "external_id,name,given_name,family_name,company,email\n1,,Eva,Zorko,,e@zorko.example\n"
        "2,,,,,x@zorko.example\n3,,,,Zorko d.o.o.,\n4,,,,,\n"
    )
    made = carry_out(workspace(), "customers", text)
    assert made.ids == ("eva-zorko", "x-zorko-example", "zorko-doo")
    assert reasons(made) == [(5, "there is no name")]
    assert made.notes == ("named after company, e-mail or phone, for want of a name: line 3, 4",)
    assert workspace().record("zorko-doo").values["kind"] == "organization"
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 3, 1)


@pytest.mark.parametrize("id", ["Eva", "../eva", "con", "e va"])
def test_an_id_that_cannot_be_is_rejected(workspace: Opened, id: str) -> None:
    map = Map((Column("id", "id"), Column("name", "name")))
    made = plan(workspace(), "customers", f"id,name\n{id},Eva\n", map)
    assert len(made.rejected) == 1
    assert "cannot be an id" in made.rejected[0].reason


# Lists


def test_a_labelled_number_is_found_by_its_label(shop: Path, workspace: Opened) -> None:
    carry_out(workspace(), "customers", "id,phone,fax\nmaja-kos,041 222 333,01 555 00 00\n")
    made = carry_out(workspace(), "customers", "id,fax\nmaja-kos,01 555 00 01\n")
    assert counts(made) == (0, 1, 0, 0)
    after = text_of(shop, "maja-kos")
    assert '- value: "01 555 00 01"\n    label: fax\n' in after
    assert '- value: "+386 41 222 333"\n' in after
    assert "01 555 00 00" not in after


def test_tags_are_added_and_never_taken(shop: Path, workspace: Opened) -> None:
    made = carry_out(workspace(), "customers", 'id,tags\nmaja-kos,"coast; vip"\n')
    assert counts(made) == (0, 1, 0, 0)
    assert "tags:\n  - vip\n  - coast\n" in text_of(shop, "maja-kos")
    assert counts(plan(workspace(), "customers", "id,tags\nmaja-kos,vip\n")) == (0, 0, 1, 0)


def test_groups_and_own_fields(shop: Path, workspace: Opened) -> None:
    text = "id,credit.limit,credit.hold,custom.size\nmaja-kos,500,yes,XL\n"
    assert counts(carry_out(workspace(), "customers", text)) == (0, 1, 0, 0)
    after = text_of(shop, "maja-kos")
    assert "credit:\n  limit: 500\n  hold: true\n" in after
    assert "custom:\n  size: XL\n" in after
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 1, 0)


# Purchases

PRODUCTS = "external_id,name,price\n11,Linen towel,12.50\n12,Napkin,3\n"
ORDERS = """\
number,kind,customer,date,product,quantity,unit_price
55,order,maja-kos,2026-11-10,11,4,12.50
56,order,info@breg.example,2026-11-11,linen-sheet,1,80
55,order,maja-kos,2026-11-10,12,8,
"""


@pytest.fixture
def stocked(shop: Path, workspace: Opened) -> Opened:
    carry_out(workspace(), "products", PRODUCTS)
    return workspace


def test_rows_of_one_number_are_one_purchase(shop: Path, stocked: Opened) -> None:
    made = carry_out(stocked(), "purchases", ORDERS)
    assert counts(made) == (2, 0, 0, 0)
    order = stocked().record("maja-kos").items("purchases")[-1]
    assert order.values["number"] == "55"
    assert [line.values["product"] for line in order.items("lines")] == ["linen-towel", "napkin"]
    assert order.derived["net"] == Decimal("74.00")
    assert counts(plan(stocked(), "purchases", ORDERS)) == (0, 0, 2, 0)


def test_a_line_without_a_price_gets_the_products(stocked: Opened) -> None:
    carry_out(stocked(), "purchases", ORDERS)
    lines = stocked().record("maja-kos").items("purchases")[-1].items("lines")
    assert lines[1].values["unit_price"] == Decimal(3)


def test_a_changed_line_changes_only_itself(shop: Path, stocked: Opened) -> None:
    carry_out(stocked(), "purchases", ORDERS)
    before = text_of(shop, "maja-kos")
    changed = ORDERS.replace("11,4,12.50", "11,5,12.50").replace("12,8,", "12,8,3")
    made = carry_out(stocked(), "purchases", changed)
    assert counts(made) == (0, 1, 1, 0)
    assert text_of(shop, "maja-kos") == before.replace("quantity: 4\n", "quantity: 5\n")


def test_the_same_number_of_another_kind_is_another_purchase(stocked: Opened) -> None:
    carry_out(stocked(), "purchases", ORDERS)
    made = plan(stocked(), "purchases", ORDERS.replace(",order,", ",invoice,"))
    assert counts(made) == (2, 0, 0, 0)


def test_a_rejected_row_takes_its_purchase_with_it(stocked: Opened) -> None:
    text = ORDERS.replace("12,8,", "99,8,").replace("-11,linen-sheet", "-11,linen-shet")
    made = plan(stocked(), "purchases", text)
    hint = "(import the products first; they are found by SKU or external_id)"
    assert reasons(made) == [
        (2, "line 4 of the same purchase is rejected"),
        (3, f"there is no product 'linen-shet' {hint}"),
        (4, f"there is no product '99' {hint}"),
    ]
    assert made.change.steps == ()


@pytest.mark.parametrize(
    ("old", "new"), [("12,8,", "12,many,"), ("12,8,", "12,8,3,4")]
)
def test_so_does_a_row_that_cannot_be_read(stocked: Opened, old: str, new: str) -> None:
    made = plan(stocked(), "purchases", ORDERS.replace(old, new))
    assert [row.line for row in made.rejected] == [2, 4]
    assert made.rejected[0].reason == "line 4 of the same purchase is rejected"
    assert counts(made)[0] == 1


def test_rows_of_a_purchase_agree(stocked: Opened) -> None:
    made = plan(stocked(), "purchases", ORDERS.replace("-10,12", "-12,12"))
    assert [row.line for row in made.rejected] == [2, 4]
    assert "date is 2026-11-12 here and 2026-11-10 in line 2" in made.rejected[1].reason


def test_a_purchase_that_is_somebody_elses_is_rejected(stocked: Opened) -> None:
    text = "external_id,customer,date,amount\n9,maja-kos,2026-11-10,5\n"
    carry_out(stocked(), "purchases", text)
    made = plan(stocked(), "purchases", text.replace("maja-kos", "hotel-breg"))
    assert reasons(made) == [(2, "9 belongs to maja-kos here, and to hotel-breg in the file")]


def test_a_purchase_with_fewer_lines_than_here_is_left_to_people(stocked: Opened) -> None:
    carry_out(stocked(), "purchases", ORDERS)
    made = plan(stocked(), "purchases", "\n".join(ORDERS.splitlines()[:2]))
    assert "has 2 lines, and the file 1" in made.rejected[0].reason


def test_a_header_alone_changes_the_purchase(stocked: Opened) -> None:
    carry_out(stocked(), "purchases", ORDERS)
    text = "number,kind,customer,shipped\n55,order,maja-kos,2026-11-15\n"
    assert counts(carry_out(stocked(), "purchases", text)) == (0, 1, 0, 0)
    order = stocked().record("maja-kos").items("purchases")[-1]
    assert order.values["shipped"].isoformat() == "2026-11-15"
    assert len(order.items("lines")) == 2


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("purchases", "customer,amount\nmaja-kos,5\n", "there is no date"),
        ("payments", "customer\nmaja-kos\n", "there is no date and no amount"),
        ("tasks", "customer,due\nmaja-kos,2026-11-30\n", "there is no title"),
        ("interactions", "customer,summary\nmaja-kos,Hello\n", "there is no at"),
        ("purchases", "date,amount\n2026-11-30,5\n", "there is no customer"),
        (
            "purchases",
            "customer,date,description\nmaja-kos,2026-11-30,Work\n",
            "there is no price (map a column to unit_price)",
        ),
    ],
)
def test_what_an_item_needs(workspace: Opened, kind: str, text: str, reason: str) -> None:
    assert reasons(plan(workspace(), kind, text)) == [(2, reason)]


# Payments, tasks, interactions


@pytest.mark.parametrize("who", ["jan-vidmar", "040 123 456", "+386 40 123 456"])
def test_items_find_their_customer(workspace: Opened, who: str) -> None:
    text = f"customer,title,due\n{who},Call him,2026-11-30\n"
    assert counts(carry_out(workspace(), "tasks", text)) == (1, 0, 0, 0)
    assert workspace().record("jan-vidmar").items("tasks")[-1].title == "Call him"
    assert counts(plan(workspace(), "tasks", text)) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    "who",
    ["Jan Vidmar", "Lokal 1 d.o.o.", "jan", "vidmar", "Jan-Vidmar", "nobody@x.example"],
)
def test_never_by_name(workspace: Opened, who: str) -> None:
    made = plan(workspace(), "tasks", f"customer,title\n{who},Call him\n")
    reason = made.rejected[0].reason
    assert f"there is no customer '{who}'" in reason
    assert ("--map takes a column of names as customer_name" in reason) is ("@" not in who)


def test_equal_rows_are_equal_payments(workspace: Opened) -> None:
    text = "customer,date,amount\nmaja-kos,2026-11-20,5\nmaja-kos,2026-11-20,5\n"
    assert counts(carry_out(workspace(), "payments", text)) == (2, 0, 0, 0)
    assert counts(plan(workspace(), "payments", text)) == (0, 0, 2, 0)


def test_an_external_id_of_this_system_goes_before_an_id(workspace: Opened) -> None:
    carry_out(
        workspace(), "customers", "external_id,name\nmaja-kos,Eva\n", Map(source_system="pos")
    )
    text = "customer,date,amount\nmaja-kos,2026-11-20,5\n"
    assert plan(workspace(), "payments", text, Map(source_system="pos")).ids == ("eva",)
    assert plan(workspace(), "payments", text).ids == ("maja-kos",)


def test_a_file_changed_between_plan_and_write_is_matched_anew(
    shop: Path, workspace: Opened
) -> None:
    text = "customer,date,amount,reference\nmaja-kos,2026-11-20,5,R1\n"
    opened = workspace()
    made = plan(opened, "payments", text)
    carry_out(workspace(), "payments", text)
    before = text_of(shop, "maja-kos")
    assert opened.write(made.change).diffs == ()
    assert text_of(shop, "maja-kos") == before


# Products


def test_products_get_their_sku_from_the_name(shop: Path, workspace: Opened) -> None:
    made = carry_out(workspace(), "products", PRODUCTS + "13,Čaša & Žlica,5\n")
    assert made.ids == ("linen-towel", "napkin", "casa-zlica")
    text = (shop / "products.yaml").read_text(encoding="utf-8")
    assert text.startswith("linen-sheet:\n  name: Linen sheet\n  price: 80.00\n  tax_rate: 22\n\n")
    towel = 'name: Linen towel\n  price: 12.50\n  source_system: file\n  external_id: "11"\n'
    assert f"linen-towel:\n  {towel}" in text


def test_products_are_found_by_external_id_and_sku(workspace: Opened) -> None:
    carry_out(workspace(), "products", PRODUCTS)
    assert counts(plan(workspace(), "products", PRODUCTS)) == (0, 0, 2, 0)
    dearer = PRODUCTS.replace("12.50", "13").replace("Linen towel", "Towel")
    assert counts(carry_out(workspace(), "products", dearer)) == (0, 1, 1, 0)
    assert workspace().products()["linen-towel"].values["name"] == "Towel"
    made = plan(workspace(), "products", "sku,price\nlinen-sheet,85\nnapkin,3\n")
    assert counts(made) == (0, 1, 1, 0)


def test_a_product_is_not_found_by_name(workspace: Opened) -> None:
    made = plan(workspace(), "products", "name,price\nLinen sheet,85\nLinen sheet,80.0\nScarf,9\n")
    assert counts(made) == (1, 0, 1, 1)
    assert reasons(made) == [(2, "there is a product linen-sheet already: give sku or external_id")]


def test_two_products_of_one_name_get_two_skus(workspace: Opened) -> None:
    made = plan(workspace(), "products", "external_id,name\n1,Scarf\n2,Scarf\n1,Shawl\n1,Scarf\n")
    assert made.ids == ("scarf", "scarf-2")
    assert len(made.rejected) == 1


DEALS = """\
customer,name,stage,Close Date
maja-kos,A,won,2026-01-15
maja-kos,B,proposal,2026-12-01
"""


def test_a_map_tells_the_close_date_of_closed_deals(shop: Path, workspace: Opened) -> None:
    closes = [Column("Close Date", "expected_close", only="open")]
    closes += [Column("Close Date", "closed_at", only="closed")]
    columns = [Column(key, key) for key in ("customer", "name", "stage")]
    map = Map((*columns, *closes))
    made = carry_out(workspace(), "deals", DEALS, map)
    assert counts(made) == (2, 0, 0, 0)
    assert not any("closed_at" in note for note in made.notes)
    text = text_of(shop, "maja-kos")
    assert "stage: won\n    closed_at: 2026-01-15" in text
    assert "stage: proposal\n    expected_close: 2026-12-01" in text
    assert counts(plan(workspace(), "deals", DEALS, map)) == (0, 0, 2, 0)


def test_closed_deals_without_a_day_are_told(shop: Path, workspace: Opened) -> None:
    """The close date of a table may be what was expected, or when it was: nothing is guessed."""
    made = carry_out(workspace(), "deals", DEALS)
    assert "closed_at" not in text_of(shop, "maja-kos")
    assert any(
        note.startswith("a deal is won or lost without closed_at")
        and "Close Date: [{key: expected_close, only: open}" in note
        for note in made.notes
    )


def test_unknown_owners_are_told_once(shop: Path, workspace: Opened) -> None:
    """And not by check alone, row by row, afterwards."""
    table = "name,owner,email\nZed,Solo Me,z@z.example\nYed,Solo Me,y@z.example\n"
    table += "Ted,Bo,t@t.example\n"
    notes = [one for one in plan(workspace(), "customers", table).notes if "no user" in one]
    assert len(notes) == 1
    assert notes[0].startswith("owner: no user Solo Me in 2 rows, Bo in a row; crm user add NAME")
    known = plan(workspace(), "customers", "name,owner\nNed,marko\n")
    assert not any("no user" in one for one in known.notes)


def test_english_headings_of_credit_terms_are_known(workspace: Opened) -> None:
    text = "Name,Email,Credit limit,Payment terms\nX Y,x@y.example,100,30\n"
    made = plan(workspace(), "customers", text)
    assert [one.key for one in made.drafts.map.columns][2:] == ["credit.limit", "credit.terms_days"]
