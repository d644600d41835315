"""Importing: which record a row means. Nobody is overwritten, and nobody doubled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crm_cli.formats.mapping import Column, Map
from tests.conftest import Crm
from tests.features.test_importing import Opened, carry_out, counts, plan, reasons, text_of

ANA = "Customer ID,Name,Email,Phone\n7,Ana Novak,ana@acme.example,01 555 00 00\n"


def test_who_may_be_in_a_file_that_cannot_be_read_is_not_added(
    shop: Path, workspace: Opened
) -> None:
    broken = shop / "customers/eva-hren.yaml"
    broken.write_text(
        "name: Eva Hren\nemails: [{value: Eva@hren.example, label: work}]\n"
        "phone: 041 555 666 # new\nsource_system: shop\nexternal_id: 'A7'\ntags: [x\n"
    )
    rows = (
        "Eva Zorko,eva@HREN.example,,",  # by her new name
        "E. H.,,+386 41 555 666,",
        "Hren,,,A7",
        "eva hren,,,",
        "Eva Hren,other@hren.example,,",  # another one of that name, as far as is known
        "Bor Kos,,,A70",
    )
    text = "name,email,phone,external_id\n" + "".join(f"{row}\n" for row in rows)
    made = plan(workspace(), "customers", text, Map(source_system="shop"))
    assert counts(made) == (2, 0, 0, 4)
    said = "it may be customers/eva-hren.yaml, which cannot be read as a whole: correct it first"
    assert reasons(made) == [(line, said) for line in (2, 3, 4, 5)]
    broken.write_bytes(b"name: \xff\n")
    made = plan(workspace(), "customers", text + "Maja Kos,maja@kos.example,,\n")
    assert (counts(made)[1:], len(reasons(made))) == ((0, 1, 6), 6)


# E-mails and phones


def test_a_shared_phone_is_no_identity(shop: Path, workspace: Opened) -> None:
    carry_out(workspace(), "customers", ANA, Map(source_system="x"))
    before = text_of(shop, "ana-novak")
    other = ANA.replace("7,Ana Novak,ana@", "9,Bor Kos,bor@")
    made = carry_out(workspace(), "customers", other, Map(source_system="y"))
    assert (counts(made), made.ids) == ((1, 0, 0, 0), ("bor-kos",))
    assert text_of(shop, "ana-novak") == before
    assert counts(plan(workspace(), "customers", other, Map(source_system="y"))) == (0, 0, 1, 0)


def test_an_address_of_somebody_of_another_name_is_doubtful(shop: Path, workspace: Opened) -> None:
    before = text_of(shop, "maja-kos")
    made = carry_out(workspace(), "customers", "name,email\nEva Zorko,maja@kos.example\n")
    assert reasons(made) == [
        (
            2,
            "maja@kos.example is Maja Kos (maja-kos) here, and Eva Zorko in the file: "
            "write the name as it is here if they are one, else give it a new id (id: id in a map)",
        )
    ]
    assert text_of(shop, "maja-kos") == before


@pytest.mark.parametrize(
    "name",
    ["Maja Kos", "KOS Maja", "Kos, Maja", "maja", "Dr. Maja Kos", "Mája Kós", "Maja Ana Kos"],
)
@pytest.mark.parametrize("what", ["email", "phone"])
def test_an_address_and_a_name_that_agrees(workspace: Opened, name: str, what: str) -> None:
    address = {"email": "MAJA@kos.example", "phone": "041 222-333"}[what]
    text = f'name,{what},notes\n"{name}",{address},Met again\n'
    made = carry_out(workspace(), "customers", text)
    assert (counts(made), made.ids) == ((0, 1, 0, 0), ("maja-kos",))
    assert made.matched[0].by == {"email": "e-mail and name", "phone": "phone and name"}[what]
    record = workspace().record("maja-kos")
    assert (record.values["name"], record.values["notes"]) == ("Maja Kos", "Met again")
    assert record.texts("phones") == ["+386 41 222 333"]
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 1, 0)


def test_numbers_of_another_source_are_added_and_replace_none(workspace: Opened) -> None:
    text = "name,email,phone\nMaja Kos,maja@kos.example,01 234 56 78\n"
    assert counts(carry_out(workspace(), "customers", text)) == (0, 1, 0, 0)
    assert workspace().record("maja-kos").texts("phones") == ["+386 41 222 333", "01 234 56 78"]
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 1, 0)


def test_a_phone_of_two_with_an_address_each_is_of_both(workspace: Opened) -> None:
    text = "name,phone,email\nMaja Ana Kos,041 222 333,ana@kos.example\n"
    assert counts(carry_out(workspace(), "customers", text)) == (1, 0, 0, 0)
    text += "Maja Kos,041 222 333,maja@kos.example\n"
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 2, 0)
    text += "Ana Kos,041 222 333,a@kos.example\n"
    assert counts(plan(workspace(), "customers", text)) == (1, 0, 2, 0)


def test_an_address_of_two_in_the_file_is_theirs(workspace: Opened) -> None:
    text = "name,email\nEva Kos,maja@kos.example\nMaja Kos,maja@kos.example\n"
    made = carry_out(workspace(), "customers", text)
    assert (counts(made), made.ids) == ((1, 0, 1, 0), ("eva-kos",))
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 2, 0)


def test_two_that_are_as_likely_are_both_shown(shop: Path, workspace: Opened) -> None:
    for id in ("eva", "eva-2"):
        path = shop / "customers" / f"{id}.yaml"
        path.write_text(f"name: Eva Zorko\nemail: eva@zorko.example\nnickname: {id}\n")
    made = plan(workspace(), "customers", "name,email,city\nEva,eva@zorko.example,Bled\n")
    assert reasons(made) == [(2, "it may be eva, eva-2: give id, or leave the row out")]


def test_one_named_after_an_address_gets_a_name(workspace: Opened) -> None:
    carry_out(workspace(), "customers", "email\nlana@hren.example\n")
    made = carry_out(workspace(), "customers", "name,email\nLana Hren,lana@hren.example\n")
    assert counts(made) == (0, 1, 0, 0)
    assert workspace().record("lana-hren-example").values["name"] == "Lana Hren"
    assert counts(plan(workspace(), "customers", "email\nlana@hren.example\n")) == (0, 0, 1, 0)


# Ids


def test_an_id_of_another_system_is_not_ours(workspace: Opened) -> None:
    shop = "ID,Name,Email\n1,Ana Novak,ana@a.example\n2,Bor Zajc,bor@a.example\n"
    other = "ID,Name,Email\n1,Cene Zupan,cene@b.example\n2,Dana Hribar,dana@b.example\n"
    first = carry_out(workspace(), "customers", shop, Map(source_system="shop"))
    second = carry_out(workspace(), "customers", other, Map(source_system="crm"))
    assert first.ids + second.ids == ("ana-novak", "bor-zajc", "cene-zupan", "dana-hribar")
    lower = other.replace("ID,", "id,")
    again = plan(workspace(), "customers", lower, Map(source_system="crm"))
    assert counts(again) == (0, 0, 2, 0)
    assert "id is not ours" in again.drafts.doubts[0]
    assert again.recognized == {"external id of crm": 2}


def test_a_map_says_that_an_id_is_ours(workspace: Opened) -> None:
    map = Map((Column("ID", "id"), Column("Name", "name")))
    made = plan(workspace(), "customers", "ID,Name\nmaja-kos,Maja Zorko\n", map)
    assert (counts(made), made.matched[0].by) == ((0, 1, 0, 0), "id")


def test_an_export_with_another_name_beside_an_id_is_doubtful(workspace: Opened) -> None:
    text = "id,name\nmaja-kos,Eva Zorko\njan-vidmar,Jan Vidmar\n"
    made = plan(workspace(), "customers", text)
    assert [row.line for row in made.rejected] == [2]
    assert "maja-kos is Maja Kos here, and Eva Zorko in the file" in made.rejected[0].reason


def test_the_files_name_is_the_system_of_its_ids(shop: Path, workspace: Opened) -> None:
    made = carry_out(workspace(), "customers", ANA)
    assert made.drafts.map.source_system == "file"
    assert "external ids are of file" in made.drafts.doubts[0]
    assert 'source_system: file\nexternal_id: "7"\n' in text_of(shop, "ana-novak")


def test_files_of_one_name_may_be_of_two_systems(shop: Path, workspace: Opened) -> None:
    carry_out(workspace(), "customers", ANA)
    before = text_of(shop, "ana-novak")
    other = "Customer ID,Name,Email\n7,Cene Zupan,cene@b.example\n"
    made = carry_out(workspace(), "customers", other)
    assert reasons(made) == [
        (
            2,
            "external id 7 of file is Ana Novak (ana-novak) here, and Cene Zupan in the file: "
            "--source-system NAME says which system the file is from",
        )
    ]
    assert text_of(shop, "ana-novak") == before
    assert counts(plan(workspace(), "customers", other, Map(source_system="b"))) == (1, 0, 0, 0)
    married = ANA.replace("Novak", "Kos")
    assert counts(plan(workspace(), "customers", married)) == (0, 1, 0, 0)
    carry_out(workspace(), "products", "ID,Name,Price\n7,Tea,5\n")
    made = plan(workspace(), "products", "ID,Name,Price\n7,Chair,50\n")
    assert "external id 7 of file is Tea (tea) here, and Chair" in made.rejected[0].reason


def test_an_id_that_came_without_a_system_is_found_with_one(shop: Path, workspace: Opened) -> None:
    path = shop / "customers" / "ana-novak.yaml"
    path.write_text('name: Ana Novak\nexternal_id: "7"\n')
    made = carry_out(workspace(), "customers", "external_id,name\n7,Novak Ana\n")
    assert (counts(made), made.matched[0].by) == ((0, 1, 0, 0), "external id and name")
    renamed = "external_id,name\n7,Bor Kos\n"
    map = Map(source_system="file")
    assert counts(plan(workspace(), "customers", renamed, map)) == (0, 1, 0, 0)


def test_the_first_origin_stays(workspace: Opened) -> None:
    carry_out(workspace(), "customers", ANA, Map(source_system="x"))
    other = ANA.replace("7,", "12,")
    assert counts(carry_out(workspace(), "customers", other, Map(source_system="y"))) == (
        0,
        0,
        1,
        0,
    )
    values = workspace().record("ana-novak").values
    assert (values["source_system"], values["external_id"]) == ("x", "7")


# Rows of one file


def test_rows_of_one_person_in_a_file_are_one(workspace: Opened) -> None:
    rows = "".join(f"{n % 100},Customer {n % 100:03} Ltd,2026-{n:04}\n" for n in range(2466))
    text = f"customerID,Name,Invoice\n{rows}"
    assert counts(carry_out(workspace(), "customers", text)) == (100, 0, 0, 0)
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 100, 0)


def test_twins_of_a_file_are_one_and_stay_so(workspace: Opened) -> None:
    text = "Name,Email,Phone\nAna Novak,a@a.example,\nNovak Ana,a@a.example,01 234 56 78\n"
    assert counts(carry_out(workspace(), "customers", text)) == (1, 0, 0, 0)
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 1, 0)
    assert workspace().record("ana-novak").texts("phones") == ["01 234 56 78"]


def test_two_of_one_address_in_a_file_are_two(workspace: Opened) -> None:
    text = "name,email\nEva Zorko,home@zorko.example\nJan Zorko,home@zorko.example\n"
    assert counts(carry_out(workspace(), "customers", text)) == (2, 0, 0, 0)
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 2, 0)
    # The address is known to be shared, so another name with it is another one.
    text += "Ivo Zorko,home@zorko.example\n"
    assert counts(plan(workspace(), "customers", text)) == (1, 0, 2, 0)


# People at organizations


def test_a_company_beside_a_person_is_where_they_are(shop: Path, workspace: Opened) -> None:
    text = (
        "First Name,Last Name,Company,Job Title,E-mail\n"
        "Ana,Novak,Acme Inc.,Buyer,ana@acme.example\nBor,Zajc,ACME Inc,,bor@acme.example\n"
        "Cene,Rus,Hotel Breg,Cook,cene@rus.example\n,,Solo d.o.o.,,\n"
    )
    made = carry_out(workspace(), "customers", text)
    assert made.ids == ("ana-novak", "bor-zajc", "cene-rus", "solo-doo", "acme-inc")
    assert "organizations that are added for their people: acme-inc" in made.notes
    assert "organizations:\n  - id: acme-inc\n    title: Buyer\n" in text_of(shop, "ana-novak")
    assert "organizations:\n  - id: hotel-breg\n" in text_of(shop, "cene-rus")
    assert text_of(shop, "acme-inc") == "name: Acme Inc.\nkind: organization\ncreated: 2026-11-20\n"
    assert workspace().problems == []
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 4, 0)


def test_nobody_works_at_a_person_whose_id_elsewhere_is_that_of_their_company(
    shop: Path, workspace: Opened
) -> None:
    system = Map(source_system="two")
    carry_out(workspace(), "customers", "ID,First Name,Last Name\n501,Ana,Novak\n", system)
    carry_out(workspace(), "customers", "ID,Name,Kind\n502,Acme Inc.,organization\n", system)
    people = "Name,Company,E-mail\nBor Zajc,501,bor@zajc.example\nCene Rus,502,cene@rus.example\n"
    made = carry_out(workspace(), "customers", people, system)
    assert made.ids == ("bor-zajc", "cene-rus", "501")
    links = [workspace().record(id).items("organizations") for id in made.ids[:2]]
    assert [items[0].values["id"] for items in links] == ["501", "acme-inc"]


def test_an_organization_of_the_same_file_is_linked(workspace: Opened) -> None:
    text = "Name,Company,E-mail\nAna Novak,Acme,ana@a.example\nAcme,,info@a.example\n"
    made = carry_out(workspace(), "customers", text)
    assert made.ids == ("ana-novak", "acme")
    assert workspace().record("ana-novak").items("organizations")[0].values == {"id": "acme"}


AT_TEEHAUS = """\
name: Zoë Müller
emails: [z@t.example]
organizations:
  - id: teehaus   # since school
    role: billing
    start: 2020-01-01
"""


@pytest.mark.parametrize("title", ["", "Chefin"])
def test_another_company_stands_beside_the_one_that_is_there(
    shop: Path, workspace: Opened, title: str
) -> None:
    (shop / "customers/teehaus.yaml").write_text("name: Teehaus GmbH\nkind: organization\n")
    (shop / "customers/bar.yaml").write_text("name: Bar Čez\nkind: organization\n")
    (shop / "customers/zoe.yaml").write_text(AT_TEEHAUS)
    text = f"Name,E-Mail,Company,Job Title\nZoë Müller,z@t.example,Bar Čez,{title}\n"
    made = carry_out(workspace(), "customers", text)
    assert counts(made) == (0, 1, 0, 0)
    assert any("at another organization besides: zoe (bar)" in one for one in made.notes)
    there = text_of(shop, "zoe")
    assert AT_TEEHAUS in there
    held = [one.values for one in workspace().record("zoe").items("organizations")]
    assert held[1] == {"id": "bar", **({"title": title} if title else {})}
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 1, 0)
    back = "Name,E-Mail,Company\nZoë Müller,z@t.example,Teehaus GmbH\n"
    assert counts(plan(workspace(), "customers", back)) == (0, 0, 1, 0)


def test_another_contact_does_not_get_what_is_of_the_one_that_is_there(
    shop: Path, workspace: Opened
) -> None:
    (shop / "customers/bar.yaml").write_text(
        "name: Bar Čez\nemails: [bar@c.example]\ncontacts:\n  - name: Ana Kos\n    role: billing\n"
    )
    text = "Name,E-Mail,contact.name\nBar Čez,bar@c.example,Ivo Zorko\n"
    carry_out(workspace(), "customers", text)
    held = [one.values for one in workspace().record("bar").items("contacts")]
    assert held == [{"name": "Ana Kos", "role": "billing"}, {"name": "Ivo Zorko"}]


def test_a_company_is_found_without_its_legal_form(shop: Path, workspace: Opened) -> None:
    (shop / "customers/teehaus.yaml").write_text("name: Teehaus Grün GmbH\nkind: organization\n")
    text = "Name,E-Mail,Company\nZoë Müller,z@t.example,Teehaus Grün\n"
    made = carry_out(workspace(), "customers", text)
    assert counts(made) == (1, 0, 0, 0)
    assert any("Teehaus Grün (teehaus)" in one for one in made.notes)
    # Another form is another company.
    other = "Name,E-Mail,Company\nIvo Zorko,i@t.example,Teehaus Grün d.o.o.\n"
    assert counts(plan(workspace(), "customers", other)) == (2, 0, 0, 0)
    # Who may be a person is no company.
    (shop / "customers/jan.yaml").write_text("name: Jan Hren\n")
    sole = "Name,E-Mail,Company\nIvo Zorko,i@t.example,Jan Hren s.p.\n"
    assert counts(plan(workspace(), "customers", sole)) == (2, 0, 0, 0)


def test_notes_of_a_second_source_stand_below_and_what_is_replaced_is_told(
    shop: Path, workspace: Opened
) -> None:
    head = "Name,Email,Notes,Street,City\n"
    old = f"{head}Jürgen Groß,j@g.example,wants samples,Weg 1,Dresden\n"
    carry_out(workspace(), "customers", old)
    new = f"{head}Jürgen Groß,j@g.example,private number,Neue Gasse 5,Berlin\n"
    made = carry_out(workspace(), "customers", new)
    record = workspace().record(made.ids[0])
    assert record.values["notes"] == "wants samples\n\nprivate number\n"
    assert any("by their addresses or names: addresses 1 (" in one for one in made.notes)
    assert counts(plan(workspace(), "customers", new)) == (0, 0, 1, 0)


# Equal rows of items


@pytest.mark.parametrize(
    ("kind", "head", "row"),
    [
        ("payments", "customer,date,amount", "maja-kos,2026-11-01,4.99"),
        ("interactions", "customer,at,summary", "maja-kos,2026-11-01,Called"),
        ("tasks", "customer,title,due", "maja-kos,Call,2026-12-01"),
        ("purchases", "customer,date,amount", "maja-kos,2026-11-01,4.99"),
    ],
)
@pytest.mark.parametrize(("first", "then"), [(1, 2), (2, 3), (2, 4), (1, 3), (2, 5), (3, 2)])
def test_equal_rows_that_come_later_are_new(
    workspace: Opened, kind: str, head: str, row: str, first: int, then: int
) -> None:
    before = len(workspace().record("maja-kos").items(kind))
    for rows in (first, then):
        text = "\n".join([head, *[row] * rows])
        made = carry_out(workspace(), kind, text)
    assert made.new == max(0, then - first)
    assert len(workspace().record("maja-kos").items(kind)) - before == max(first, then)
    assert counts(plan(workspace(), kind, text)) == (0, 0, then, 0)


# Whose an item is


def test_a_payment_is_of_whom_its_invoice_is(workspace: Opened) -> None:
    text = "Date,Invoice,Amount\n2026-11-20,2026-0007,60\n"
    made = carry_out(workspace(), "payments", text)
    assert (counts(made), made.ids) == ((1, 0, 0, 0), ("maja-kos",))
    assert made.notes == ("rows found their customers by: purchase 1",)
    assert workspace().record("maja-kos").items("payments")[-1].values["for"] == "2026-0007"
    assert counts(plan(workspace(), "payments", text)) == (0, 0, 1, 0)
    made = plan(workspace(), "payments", text.replace("0007", "0099"))
    assert "there is no purchase 2026-0099" in made.rejected[0].reason


def test_a_customer_that_is_named_beside_an_invoice_has_to_be_its_own(workspace: Opened) -> None:
    text = "Date,Invoice,Amount,Customer\n2026-11-20,2026-0007,60,Kos Maja\n"
    assert plan(workspace(), "payments", text).ids == ("maja-kos",)
    made = plan(workspace(), "payments", text.replace("Kos Maja", "Eva Zorko"))
    assert "there is no customer 'Eva Zorko'" in made.rejected[0].reason


def test_a_customers_id_beside_an_e_mail(workspace: Opened) -> None:
    carry_out(workspace(), "customers", ANA, Map(source_system="x"))
    head = "number,customer_id,email,date,amount\n"
    for row, id in (
        ("1,7,ana@acme.example", "ana-novak"),
        ("1,7,new@acme.example", "ana-novak"),
        ("1,8,ana@acme.example", "ana-novak"),
        ("1,,ana@acme.example", "ana-novak"),
        ("1,7,", "ana-novak"),
    ):
        assert plan(workspace(), "purchases", f"{head}{row},2026-11-01,5\n").ids == (id,)
    made = plan(workspace(), "purchases", f"{head}1,7,maja@kos.example,2026-11-01,5\n")
    assert made.rejected[0].reason == (
        "'7' is Ana Novak (ana-novak) here, and maja@kos.example is Maja Kos (maja-kos) "
        "(leave out the one that is wrong)"
    )


# Orders whole or not at all


def test_an_empty_cell_of_a_later_line_says_nothing(workspace: Opened) -> None:
    text = (
        "number,kind,customer,date,description,quantity,unit_price\n"
        "1001,order,maja-kos,2026-01-01,Beans,1,10.00\n1001,,,,Filters,1,20.00\n"
        "1002,order,hotel-breg,2026-01-01,Beans,1,5.00\n"
    )
    made = carry_out(workspace(), "purchases", text)
    assert counts(made) == (2, 0, 0, 0)
    order = workspace().record("maja-kos").items("purchases")[-1]
    assert str(order.derived["net"]) == "30.00"
    assert counts(plan(workspace(), "purchases", text)) == (0, 0, 2, 0)


@pytest.mark.parametrize("bad", [",Filters,x,20.00", "nobody,Filters,1,20.00"])
def test_an_order_is_taken_whole_or_rejected_whole(workspace: Opened, bad: str) -> None:
    text = (
        "number,date,customer,description,quantity,unit_price\n"
        f"1001,2026-01-01,maja-kos,Beans,1,10.00\n1001,,{bad}\n1001,,,Milk,1,1.00\n"
    )
    made = plan(workspace(), "purchases", text)
    assert [row.line for row in made.rejected] == [2, 3, 4]
    assert made.change.steps == ()


def test_a_line_of_two_orders_of_one_number_is_doubtful(workspace: Opened) -> None:
    text = (
        "number,date,customer,description,quantity,unit_price\n"
        "1,2026-01-01,maja-kos,Beans,1,10.00\n1,2026-01-01,hotel-breg,Beans,1,10.00\n"
    )
    assert counts(plan(workspace(), "purchases", text)) == (2, 0, 0, 0)
    made = plan(workspace(), "purchases", text + "1,2026-01-01,,Milk,1,1.00\n")
    assert [row.line for row in made.rejected] == [2, 3, 4]
    assert "others of this number are of maja-kos and hotel-breg" in made.rejected[2].reason


PAID = "Day,Sum,Payer,Id\n" + "2026-11-02,5.00,maja@kos.example,%s\n" * 2
PAID_BY = Map(
    (
        Column("Day", "date"),
        Column("Sum", "amount"),
        Column("Payer", "customer_email"),
        Column("Id", "external_id"),
    ),
    source_system="bank",
)


def test_a_payment_is_known_by_its_id_there(shop: Path, workspace: Opened) -> None:
    """Also once something was added to it by hand; equal payments with other ids are others."""
    assert counts(carry_out(workspace(), "payments", PAID % ("a", "b"), PAID_BY)) == (2, 0, 0, 0)
    path = shop / "customers" / "maja-kos.yaml"
    text = path.read_text()
    assert text.count("source_system: bank\n    external_id: ") == 2
    path.write_text(text.replace('external_id: "a"\n', 'external_id: "a"\n    notes: late\n'))
    again = plan(workspace(), "payments", PAID % ("a", "b"), PAID_BY)
    assert counts(again) == (0, 0, 2, 0)
    assert again.recognized == {"external id of bank": 2}
    assert counts(plan(workspace(), "payments", PAID % ("a", "c"), PAID_BY)) == (1, 0, 1, 0)
    other = replace(PAID_BY, source_system="shop")
    assert counts(plan(workspace(), "payments", PAID % ("a", "b"), other)) == (2, 0, 0, 0)


def test_a_payment_that_was_entered_by_hand_gets_its_id(shop: Path, workspace: Opened) -> None:
    """Each for one row only: of two equal rows one is new."""
    path = shop / "customers" / "maja-kos.yaml"
    path.write_text(
        path.read_text().replace("payments:\n", "payments:\n  - {date: 2026-11-02, amount: 5}\n")
    )
    made = carry_out(workspace(), "payments", PAID % ("a", "b"), PAID_BY)
    assert counts(made) == (1, 1, 0, 0)
    assert counts(plan(workspace(), "payments", PAID % ("a", "b"), PAID_BY)) == (0, 0, 2, 0)


@pytest.mark.parametrize(
    ("name", "fate"),
    [
        ("Kos Maja", (1, 0, 0, 0)),
        ("MAJA KOS", (1, 0, 0, 0)),
        ("Maja", (0, 0, 0, 1)),
        ("Maja Kos Novak", (0, 0, 0, 1)),
        ("Nobody Here", (0, 0, 0, 1)),
    ],
)
def test_a_name_alone_means_the_only_customer_of_all_its_words(
    workspace: Opened, name: str, fate: tuple[int, ...]
) -> None:
    text = f"date,amount,customer_name\n2026-11-02,5.00,{name}\n"
    made = plan(workspace(), "payments", text)
    assert counts(made) == fate
    assert [reason for _, reason in reasons(made)] == [
        f"there is no customer '{name}' (import the customers first)"
    ] * fate[3]


def test_a_name_that_two_have_is_doubtful(shop: Path, workspace: Opened) -> None:
    (shop / "customers" / "maja-kos-2.yaml").write_text("name: Kos, Maja\n")
    made = plan(workspace(), "payments", "date,amount,customer_name\n2026-11-02,5,Maja Kos\n")
    assert reasons(made) == [
        (2, "'Maja Kos' is maja-kos, maja-kos-2 (add a column customer to say which)")
    ]


def test_a_person_is_no_organization_that_another_numbering_calls_alike(
    crm: Crm, shop: Path
) -> None:
    people, companies = shop.parent / "people.csv", shop.parent / "companies.csv"
    people.write_text("ID,First Name,Last Name\n501,Ana,Novak\n")
    companies.write_text("ID,Name,Kind\n501,Acme Inc.,organization\n")
    system = ("--source-system", "two", "--yes")
    assert crm("import", "customers", people, *system).code == 0
    run = crm("import", "customers", companies, *system)
    assert run.code != 0
    assert "external id 501 of two is Ana Novak (ana-novak) here, and Acme Inc." in run.err
    assert "name: Ana Novak" in (shop / "customers" / "ana-novak.yaml").read_text()


def test_rows_that_wait_for_the_others_take_little_room(workspace: Opened) -> None:
    import tracemalloc

    from crm_cli.features.importing.identity import Customers
    from crm_cli.features.importing.known import Known
    from crm_cli.features.importing.people import People
    from crm_cli.features.importing.planning import read_file

    rows = "".join(
        f"{n},Ana Novak {n},ana.{n}@novak.example,+386 40 {n:06},{n} Long street,Koper\n"
        for n in range(1, 385)
    )
    text = f"ID,Name,Email,Phone,Street,City\n{rows}".encode()
    drafts = read_file(workspace(), "customers", text, path="file.csv")
    known = Known(workspace(), "file")
    people = People(Customers(workspace(), known), known)
    people.add(0, drafts.rows[0], drafts.rows[0].values)
    tracemalloc.start()
    try:
        for place, draft in enumerate(drafts.rows):
            people.add(place, draft, draft.values)
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken / 384 < 2_200


# Who was merged

TWICE = (
    "Customer ID,Name,Email,City,Phone\n1,Matjaž Potočnik,m@p.example,Kranj,\n"
    "2,M. Potočnik,m@p.example,Koper,041 555 777\n"
)


@pytest.mark.parametrize("back", [False, True])
def test_what_a_merge_has_kept_stays_at_the_next_import(
    shop: Path, workspace: Opened, crm: Crm, back: bool
) -> None:
    header, one, two = TWICE.splitlines(keepends=True)
    text = header + (two + one if back else one + two)
    carry_out(workspace(), "customers", TWICE, Map(source_system="shop"))
    names = ("matjaz-potocnik", "m-potocnik")
    assert crm("merge", *names, "--prefer", "keep", "--yes").code == 0
    kept = text_of(shop, "matjaz-potocnik")
    assert "name: Matjaž Potočnik\n" in kept and "city: Kranj\n" in kept
    for file in (text, header + two):
        made = carry_out(workspace(), "customers", file, Map(source_system="shop"))
        assert counts(made) == (0, 0, 1, 0), file
    assert text_of(shop, "matjaz-potocnik") == kept
    changed = text.replace("Kranj", "Bled").replace("041 555 777", "041 555 888")
    made = carry_out(workspace(), "customers", changed, Map(source_system="shop"))
    after = text_of(shop, "matjaz-potocnik")
    assert counts(made) == (0, 1, 0, 0)
    assert after.index("city: Bled\n") < after.index("city: Koper\n")  # the other's, kept beside
    assert "041 555 888" in after and "041 555 777" not in after
    assert "external_id: \"1\"\n" in after


def test_a_legal_form_makes_a_new_customer_an_organization(shop: Path, workspace: Opened) -> None:
    text = "name,email\nHotel Park d.o.o.,info@park.example\nEva Zorko,eva@zorko.example\n"
    made = carry_out(workspace(), "customers", text)
    said = "taken for organizations by their names: line 2: Hotel Park d.o.o."
    assert any(note.startswith(said) for note in made.notes), made.notes
    assert "kind: organization\n" in text_of(shop, "hotel-park-doo")
    assert "kind:" not in text_of(shop, "eva-zorko")
    assert counts(plan(workspace(), "customers", text)) == (0, 0, 2, 0)
    carry_out(workspace(), "customers", "given_name,family_name\nAna,Novak AG\n")
    assert "kind:" not in text_of(shop, "ana-novak-ag")
