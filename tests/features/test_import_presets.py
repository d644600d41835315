"""Files as other programs export them, by their headings: read by the maps that come with us."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from crm_cli.features.importing.presets import fitting, presets
from crm_cli.features.importing.sources import Source
from tests.conftest import Crm
from tests.features.preset_documents import DOCUMENTS
from tests.features.preset_samples import FILES as SAMPLED
from tests.features.preset_tables import TABLES

FILES = SAMPLED | TABLES

SAMPLES = {
    "google-contacts": "First Name,Middle Name,Last Name,Nickname,Organization Name,"
    "Organization Title,Birthday,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,"
    "Phone 1 - Label,Phone 1 - Value",
    "google-contacts-old": "Name,Given Name,Family Name,Birthday,Notes,Group Membership,"
    "E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Organization 1 - Name",
    "outlook-contacts": "First Name,Middle Name,Last Name,Company,Job Title,E-mail Address,"
    "E-mail 2 Address,Business Phone,Mobile Phone,Business Street,Business City,"
    "Business Postal Code,Business Country/Region,Birthday,Notes,Categories",
    "hubspot-contacts": "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,"
    "Lifecycle Stage,Associated Company,City,Country/Region",
    "salesforce-accounts": "Account ID,Account Name,Phone,Fax,Website,Industry,Employees,"
    "Billing Street,Billing City,Billing State/Province,Billing Zip/Postal Code,Billing Country",
    "zoho-contacts": "Record Id,First Name,Last Name,Account Name,Title,Email,Phone,Mobile,"
    "Mailing Street,Mailing City,Mailing State,Mailing Zip,Mailing Country,Description",
    "shopify-customers": "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,"
    "Default Address Company,Default Address Address1,Default Address City,"
    "Default Address Country Code,Default Address Zip,Phone,Total Spent,Note,Tags",
    "shopify-orders": "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku",
    "woocommerce-orders": "Order Number,Order Status,Order Date,Email (Billing),Item Name,SKU,"
    "Quantity,Item Cost,Order Total Amount",
    "xero-invoices": "ContactName,EmailAddress,InvoiceNumber,InvoiceDate,DueDate,Total,"
    "InventoryItemCode,Description,Quantity,UnitAmount,Discount,Currency",
    "linkedin-connections": "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
}
"""The headings of an export, as far as they matter, for each preset."""

CELLS = {
    "First Name": "Ana",
    "Given Name": "Ana",
    "Last Name": "Novak",
    "Family Name": "Novak",
    "Name": "1001",
    "Account Name": "Acme Inc.",
    "ContactName": "Ana Novak",
    "Lineitem quantity": "2",
    "Quantity": "2",
    "Lineitem price": "5.50",
    "Item Cost": "5.50",
    "UnitAmount": "5.50",
    "Lineitem name": "Mug",
    "Item Name": "Mug",
    "Description": "Mug",
    "Order Number": "1001",
    "InvoiceNumber": "INV-1",
    "Currency": "EUR",
    "Email": "maja@kos.example",
}
"""Cells of a made-up row."""

DAYS = ("Created at", "Order Date", "InvoiceDate")


def sample(name: str, email: str) -> str:
    """A file of one row."""
    headings = SAMPLES[name].split(",")
    cells = dict.fromkeys(headings, "") | {one: CELLS[one] for one in headings if one in CELLS}
    cells |= {one: "2026-11-02" for one in headings if one in DAYS}
    cells |= {one: email for one in headings if one.startswith(("Email", "E-mail 1 - Value"))}
    if name == "google-contacts-old":
        cells["Name"] = "Ana Novak"
    out = io.StringIO()
    csv.writer(out).writerows([headings, [cells[one] for one in headings]])
    return out.getvalue()


def test_every_preset_has_a_sample_and_a_line_in_the_docs() -> None:
    names = {one.name for one in presets()}
    assert names == {*SAMPLES, *FILES, *DOCUMENTS}
    page = Path(__file__).parents[2].joinpath("docs", "import", "README.md").read_text()
    assert [name for name in names if f"`{name}`" not in page] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_is_known_by_its_headings(name: str, tmp_path: Path) -> None:
    file = tmp_path / "sample.csv"
    file.write_text(sample(name, "a@b.example"))
    assert [one.name for one in fitting(Source(file))] == [name]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_is_imported_without_a_kind_and_a_map(crm: Crm, shop: Path, name: str) -> None:
    """Twice: the second time nothing changes."""
    kind = next(one.kind for one in presets() if one.name == name)
    (email, *_) = crm("list", "maja-kos", "--cols", "email", "-o", "tsv").lines[1:]
    file = shop.parent / f"{name}.csv"
    file.write_text(sample(name, email if kind != "customers" else "ana@novak.example"))
    run = crm("import", file, "--yes")
    assert run.code == 0, run.err
    assert f"preset {name}" in run.err
    assert " new, 0 changed" in run.err and ": 0 new" not in run.err
    again = crm("import", kind, file, "--yes")
    assert (again.code, "nothing changed" in again.err) == (0, True), again.err


@pytest.mark.parametrize("name", FILES)
def test_what_a_file_says_is_what_is_imported(crm: Crm, shop: Path, name: str) -> None:
    """Rows of money that did not come are left out, and said; a second time nothing changes."""
    sample = FILES[name]
    kind = next(one.kind for one in presets() if one.name == name)
    noun = () if kind == "customers" else (kind[:-1],)
    before = {*crm(*noun, "list", "-o", "ids").out.split()}
    file = shop.parent / f"{name}.csv"
    file.write_text(sample.text)
    run = crm("import", file, "--yes")
    assert run.code == 0, run.err
    assert f"preset {name}" in run.err
    assert ("left out, as the map says" in run.err) == bool(sample.left_out)
    if sample.left_out:
        assert run.err.split(" left out, as the map says")[0].splitlines()[-1].split()[1] == str(
            sample.left_out
        ), run.err
    ids = [one for one in crm(*noun, "list", "-o", "ids").out.split() if one not in before]
    if kind == "customers":
        ids = [id for id in ids if id == sample.wanted[0].split(",")[0]]
    lines = crm(*noun, "list", f"id:{','.join(ids)}", "--cols", sample.columns, "-o", "csv").lines
    assert sorted(lines[1:]) == sorted(sample.wanted)
    again = crm("import", kind, file, "--yes")
    assert (again.code, "nothing changed" in again.err) == (0, True), again.err


_PIPEDRIVE = (
    "Deal - ID,Deal - Title,Deal - Organization,Deal - Stage,Deal - Status,"
    "Deal - Expected close date,Deal - Won time,Deal - Lost time,Deal - Lost reason\n"
    "1,A,Maja Kos,Qualified,Won,2026-12-01,2026-05-05 09:00:00,,\n"
    "2,B,Maja Kos,Qualified,Lost,,,2026-06-06 09:00:00,Price\n"
    "3,C,Maja Kos,Qualified,Open,2026-12-01,,,\n"
)
_SALESFORCE = (
    "Opportunity ID,Opportunity Name,Account Name,Stage,Close Date\n"
    "1,A,Maja Kos,Closed Won,2026-05-05\n2,B,Maja Kos,Closed Lost,2026-06-06\n"
    "3,C,Maja Kos,Prospecting,2026-12-01\n"
)
_ZOHO = (
    "Record Id,Deal Owner,Deal Name,Account Name,Contact Name,Stage,Amount,Closing Date\n"
    "1,P,A,,Maja Kos,Closed Won,1,2026-05-05\n2,P,B,,Maja Kos,Closed Lost,1,2026-06-06\n"
    "3,P,C,,Maja Kos,Qualification,1,2026-12-01\n"
)


@pytest.mark.parametrize("text", [_PIPEDRIVE, _SALESFORCE, _ZOHO])
def test_closed_deals_have_the_day_on_which_they_were(crm: Crm, shop: Path, text: str) -> None:
    before = {*crm("deal", "list", "-o", "ids").lines}
    file = shop.parent / "deals.csv"
    file.write_text(text)
    assert crm("import", file, "--yes").code == 0
    cols = "name,closed_at,expected_close,lost_reason"
    made = [one for one in crm("deal", "list", "-o", "ids").lines if one not in before]
    lines = crm("deal", "list", f"id:{','.join(made)}", "--cols", cols, "-o", "csv").lines[1:]
    found = {line.split(",")[0]: line.split(",")[1:] for line in lines}
    assert {name: one[0][:10] for name, one in found.items()} == {
        "A": "2026-05-05", "B": "2026-06-06", "C": "",
    }  # fmt: skip
    assert found["C"][1] == "2026-12-01"
    assert (found["B"][2] == "price") is (text is _PIPEDRIVE)


def test_two_organizations_of_one_name_are_told_apart_by_their_ids(crm: Crm, shop: Path) -> None:
    def taken(text: str) -> None:
        file = shop.parent / "table.csv"
        file.write_text(text)
        run = crm("import", file, "--yes")
        assert run.code == 0, run.err

    taken("Account ID,Account Name,Billing Street,Billing City\nA1,Dno,,Koper\nA2,Dno,,Izola\n")
    taken("Contact ID,First Name,Last Name,Account ID,Account Name\nC1,Ana,Zupan,A2,Dno\n")
    taken(
        "Opportunity ID,Opportunity Name,Account ID,Account Name,Stage,Close Date\n"
        "O1,Beans,A2,Dno,Prospecting,2026-12-01\n"
    )
    taken(
        "Organization - ID,Organization - Name,Organization - Address\n"
        "1,Brda,Koper\n2,Brda,Izola\n"
    )
    taken(
        "Person - ID,Person - Name,Person - Organization,Person - Organization ID\n"
        "1,Eva Zupan,Brda,2\n"
    )
    taken(
        "Deal - ID,Deal - Title,Deal - Organization,Deal - Organization ID,Deal - Stage,"
        "Deal - Status\n1,Cups,Brda,2,Qualified,Open\n"
    )
    assert crm("list", "name:zupan", "--cols", "organizations", "-o", "csv").lines[1:] == [
        "dno-2", "brda-2",
    ]  # fmt: skip
    lines = crm("deal", "list", "name:beans,cups", "--cols", "customer", "-o", "csv").lines[1:]
    assert sorted(lines) == ["brda-2", "dno-2"]


def test_a_home_address_of_outlook_stands_beside_the_one_at_work(crm: Crm, shop: Path) -> None:
    headings = SAMPLES["outlook-contacts"] + ",Home Street,Home City,Home Country/Region"
    file = shop.parent / "outlook.csv"
    with file.open("w", newline="") as out:
        cells = {"First Name": "Ana", "Last Name": "Novak", "Home Street": "Trg 1"}
        cells |= {"Home City": "Koper", "Home Country/Region": "Slovenia", "Business City": "Izola"}
        writer = csv.DictWriter(out, headings.split(","))
        writer.writeheader()
        writer.writerow(cells)
    run = crm("import", file, "--yes")
    assert run.code == 0, run.err
    text = (shop / "customers" / "ana-novak.yaml").read_text()
    assert "  - city: Izola\n" in text
    assert "  - label: home\n    street: Trg 1\n    city: Koper\n    country: SI\n" in text


def test_presets_are_listed(crm: Crm) -> None:
    lines = crm("import", "--presets").lines
    assert len(lines) == len(SAMPLES) + len(FILES) + len(DOCUMENTS)
    assert any(line.startswith("shopify-orders") and "purchases" in line for line in lines)


def test_a_file_that_no_preset_fits_asks_for_its_kind(crm: Crm, shop: Path) -> None:
    file = shop.parent / "some.csv"
    file.write_text("Name,City\nAna,Koper\n")
    run = crm("import", file)
    assert run.code == 2 and f"crm import KIND {file}" in run.err


HUBSPOT = {
    "Record ID": "11", "First Name": "Ana", "Last Name": "Novak", "Email": "ana@novak.example",
    "Lifecycle Stage": "Lead", "Associated Company": "Acme Inc.", "Job Title": "CTO",
    "Street Address": "Trg 1", "Postal Code": "6000", "State/Region": "Primorska",
    "Phone Number": "+386 1 555 01 01", "Mobile Phone Number": "+386 40 123 456",
    "Website URL": "https://novak.example", "Create Date": "2024-01-01 10:00",
    "Date of birth": "1980-04-05", "Notes": "Likes beans",
}  # fmt: skip


def test_contacts_of_hubspot_keep_what_there_are_fields_for(crm: Crm, shop: Path) -> None:
    file = shop.parent / "contacts.csv"
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([list(HUBSPOT), list(HUBSPOT.values())])
    run = crm("import", file, "--yes")
    assert run.code == 0, run.err
    assert "NOT IMPORTED" not in run.err
    text = (shop / "customers/ana-novak.yaml").read_text()
    for said in (
        "birth_date: 1980-04-05", "created: 2024-01-01T10:00+01:00", "street: Trg 1",
        'postcode: "6000"', "region: Primorska", "label: mobile", "https://novak.example",
        "notes: Likes beans", "title: CTO",
    ):  # fmt: skip
        assert said in text


def test_kinds_of_one_table_do_not_call_each_others_columns_unknown(crm: Crm, shop: Path) -> None:
    file = shop.parent / "contacts.csv"
    file.write_text(FILES["hubspot-opt-outs"].text)
    run = crm("import", file, "--yes")
    assert "consents: 1 new" in run.err
    assert "NOT IMPORTED, no field is known for: Last Modified Date" not in run.err
    assert "Unsubscribed from all email: custom" not in run.err


CONTACTS = """\
Record ID,First Name,Last Name,Email,Lifecycle Stage,Associated Company,Associated Company IDs
11,Ana,Novak,ana@wang.example,Lead,Wang Labs,1
12,Bo,Novak,bo@wang.example,Lead,Wang Labs,1
13,Cy,Novak,cy@wang.example,Lead,Wang Labs,2
"""
COMPANIES = "Record ID,Company name,City\n1,Wang Labs,Bonn\n2,Wang Labs,Wien\n"
DEALS = """\
Record ID,Deal Name,Deal Stage,Associated Contact IDs,Associated Company,Associated Company IDs,\
Associated Contact Emails
1,A,Contract Sent,11,,,
2,B,Contract Sent,,Wang Labs,2,
3,C,Contract Sent,11,Wang Labs,1,ana@wang.example
"""


@pytest.mark.parametrize("first", ["contacts", "companies"])
def test_records_of_hubspot_are_associated_by_their_ids(crm: Crm, shop: Path, first: str) -> None:
    """In either order: two companies of one name are two, and none is made twice."""
    before = {*crm("list", "-o", "ids").lines}
    files = {"contacts": CONTACTS, "companies": COMPANIES, "deals": DEALS}
    names = sorted(files, key=lambda name: (name == "deals", name != first))
    for _ in range(2):
        for name in names:
            file = shop.parent / f"{name}.csv"
            file.write_text(files[name])
            run = crm("import", file, "--yes")
            assert run.code == 0, run.err
    assert "nothing changed" in run.err
    new = {*crm("list", "-o", "ids").lines} - before
    assert new == {"ana-novak", "bo-novak", "cy-novak", "wang-labs", "wang-labs-2"}
    cities = {"wang-labs": "Bonn", "wang-labs-2": "Wien"}
    for id, city in cities.items():
        assert f"city: {city}" in (shop / f"customers/{id}.yaml").read_text()
    assert "id: wang-labs-2" in (shop / "customers/cy-novak.yaml").read_text()
    deals = crm("deal", "list", "name:A,B,C", "--cols", "name,customer", "-o", "tsv").lines[1:]
    assert {*deals} >= {"A\tana-novak", "B\twang-labs-2", "C\twang-labs"}


def test_a_name_does_for_a_company_that_has_no_id(crm: Crm, shop: Path) -> None:
    """One that is here from elsewhere; not one that the system knows by another id."""
    crm("add", "Wang Labs", "kind=organization")
    deal = "Record ID,Deal Name,Deal Stage,Associated Company,Associated Company IDs\n"
    file = shop.parent / "deals.csv"
    file.write_text(f"{deal}1,A,Contract Sent,Wang Labs,7\n")
    assert crm("import", file, "--yes").code == 0
    crm("set", "wang-labs", "source_system=hubspot", "external_id=company-1")
    file.write_text(f"{deal}2,B,Contract Sent,Wang Labs,7\n")
    run = crm("import", file, "--yes")
    assert (run.code, "there is no customer 'company-7'" in run.err) == (4, True)


OF_NOTES = "Record ID,First Name,Last Name,Email,Lifecycle Stage,Create Date,Notes\n"


def test_an_unclosed_quote_hides_no_preset(crm: Crm, shop: Path) -> None:
    file = shop.parent / "contacts.csv"
    file.write_text(f'{OF_NOTES}1,A,B,a@b.example,Lead,2024-01-01 10:00,"x\n')
    run = crm("import", file)
    assert run.code == 4
    assert "preset hubspot-contacts" in run.err
    assert "line 2: the quote that opens there is never closed" in run.err
    assert 'a quote within a cell is written twice, and the cell in quotes: "a 3"" pipe"' in run.err
    file.write_text(f'"{OF_NOTES}1,A,B,a@b.example,Lead,2024-01-01 10:00,x\n')
    assert "line 1: the quote that opens there is never closed" in crm("import", file).err


def test_a_cell_of_several_lines_may_stand_where_the_look_at_a_file_ends(tmp_path: Path) -> None:
    """Only the first 64 KiB are looked at for the headings."""
    cell = "\n".join(["one"] * 200)
    file = tmp_path / "contacts.csv"
    file.write_text(OF_NOTES + f'1,A,B,a@b.example,Lead,2024-01-01 10:00,"{cell}"\n' * 200)
    assert [one.name for one in fitting(Source(file))] == ["hubspot-contacts"]


PIPEDRIVE = (
    "Deal - ID,Deal - Title,Deal - Value,Deal - Organization,Deal - Stage,Deal - Status,"
    "Deal - Owner,Deal - Deal created,Deal - Won time,Deal - Lost time,Deal - Lost reason\n"
    "2,B,2000,Hotel Breg,Proposal Made,Won,Petra Kos,2026-01-05 10:00:00,2026-05-05 09:00:00,,\n"
    "3,C,3000,Hotel Breg,Proposal Made,Lost,petra@kos.example,2026-01-05 10:00:00,,"
    "2026-06-06 09:00:00,Price\n"
)


def test_deals_of_pipedrive_keep_when_they_were_closed_why_and_whose_they_are(
    crm: Crm, shop: Path, tmp_path: Path
) -> None:
    assert crm("user", "add", "pk", "--name", "Petra Kos").code == 0
    assert crm("config", "set", "users.pk.email=petra@kos.example").code == 0
    (tmp_path / "deals.csv").write_text(PIPEDRIVE)
    done = crm("import", str(tmp_path / "deals.csv"), "--yes")
    assert done.code == 0, done.err
    assert "without closed_at" not in done.err and "no user" not in done.err
    rows = json.loads(crm("deal", "list", "has:external_id", "--json", "--cols",
                          "external_id,closed_at,lost_reason,owner").out)  # fmt: skip
    assert [(one["closed_at"][:10], one["lost_reason"], one["owner"])
            for one in sorted(rows, key=lambda one: one["external_id"])] == [
        ("2026-05-05", None, "pk"), ("2026-06-06", "price", "pk"),
    ]  # fmt: skip


def test_opportunities_of_salesforce_are_closed_on_their_day_and_of_their_account(
    crm: Crm, shop: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(
        "Account ID,Account Name,Billing Street,Billing City\n001A,Bar Dno,Weg 1,Koper\n"
        "001B,Bar Dno,Weg 2,Piran\n"
    )
    (tmp_path / "o.csv").write_text(
        "Opportunity ID,Opportunity Name,Account ID,Account Name,Stage,Close Date,Amount\n"
        "006A,Beans,001B,Bar Dno,Closed Won,2026-03-15,100\n"
    )
    for name in ("a.csv", "o.csv"):
        done = crm("import", str(tmp_path / name), "--yes")
        assert done.code == 0, done.err
    (row,) = json.loads(crm("deal", "list", "external-id:006A", "--json", "--cols",
                            "customer,closed_at").out)  # fmt: skip
    assert (row["customer"], row["closed_at"][:10]) == ("bar-dno-2", "2026-03-15")


def test_a_user_is_meant_by_the_name_of_one_alone(crm: Crm, shop: Path) -> None:
    assert crm("user", "add", "pk", "--name", "Petra Kos").code == 0
    assert crm("set", "maja-kos", "owner=petra kos").code == 0
    assert "owner: pk" in (shop / "customers/maja-kos.yaml").read_text()
    assert crm("user", "add", "pk2", "--name", "Petra Kos").code == 0
    assert crm("set", "maja-kos", "owner=Petra Kos").code != 0
