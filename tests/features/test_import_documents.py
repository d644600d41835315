"""JSON, folders of notes and address books of other programs, by the presets that come with us."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crm_cli.cli import terminal
from crm_cli.features.importing.presets import fitting, presets
from crm_cli.features.importing.sources import Source
from tests.conftest import Crm
from tests.features.preset_documents import DOCUMENTS, Document


def written(folder: Path, document: Document) -> Path:
    """The file or the folder of a sample."""
    path = folder / document.file
    if isinstance(document.text, str):
        path.write_text(document.text)
        return path
    for name, text in document.text.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    return path


def noun_of(name: str) -> tuple[str, ...]:
    kind = next(one.kind for one in presets() if one.name == name)
    return () if kind == "customers" else (kind[:-1],)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_known_by_what_it_holds(name: str, tmp_path: Path) -> None:
    found = [one.name for one in fitting(Source(written(tmp_path, DOCUMENTS[name])))]
    same = [other for other, one in DOCUMENTS.items() if one.text == DOCUMENTS[name].text]
    assert sorted(found) == sorted(same)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_says_is_what_is_imported(crm: Crm, shop: Path, name: str) -> None:
    """A second time nothing changes."""
    sample, noun = DOCUMENTS[name], noun_of(name)
    for earlier in sample.first:
        run = crm("import", written(shop.parent, DOCUMENTS[earlier]), "--map", earlier, "--yes")
        assert run.code == 0, run.err
    before = {*crm(*noun, "list", "-o", "ids").out.split()}
    file = written(shop.parent, sample)
    run = crm("import", file, "--map", name, "--yes")
    assert run.code == 0, run.err
    assert f"preset {name}" in run.err
    ids = [one for one in crm(*noun, "list", "-o", "ids").out.split() if one not in before]
    if not noun:
        ids = [id for id in ids if id == sample.wanted[0].split(",")[0]]
    lines = crm(*noun, "list", f"id:{','.join(ids)}", "--cols", sample.columns, "-o", "csv").lines
    assert sorted(lines[1:]) == sorted(sample.wanted)
    again = crm("import", file, "--map", name, "--yes")
    assert (again.code, "nothing changed" in again.err) == (0, True), again.err


@pytest.mark.parametrize("name", ["monica-contacts", "hermitcrm-companies"])
def test_all_that_a_document_holds_is_imported_at_once(crm: Crm, shop: Path, name: str) -> None:
    """Organizations and people first, then what belongs to them; a second time nothing changes."""
    sample = DOCUMENTS[name]
    file = written(shop.parent, sample)
    parts = [other for other, one in DOCUMENTS.items() if one.file == sample.file]
    dry = crm("import", file, "--dry-run")
    assert dry.code == 0 and dry.err.count("then, once these are written: ") == 1, dry.err
    run = crm("import", file, "--yes")
    assert run.code == 0, run.err
    assert run.err.count("taken for ") == run.out.count("imported ") == len(parts), run.err
    again = crm("import", file, "--yes")
    assert (again.code, again.err.count("nothing changed")) == (0, len(parts)), again.err


def test_what_a_document_says_besides_is_named_and_kept_if_asked(crm: Crm, shop: Path) -> None:
    file = written(shop.parent, DOCUMENTS["monica-contacts"])
    run = crm("import", "customers", file, "--dry-run")
    (line,) = [one for one in run.err.splitlines() if one.startswith("NOT IMPORTED")]
    assert "properties.food_preferences" in line and "properties.is_starred" in line
    assert "--keep-rest" in run.err
    run = crm("import", "customers", file, "--keep-rest", "--yes")
    assert run.code == 0 and "NOT IMPORTED" not in run.err, run.err
    text = (shop / "customers" / "ana-novak.yaml").read_text()
    assert "  properties_food_preferences: no nuts\n" in text
    again = crm("import", "customers", file, "--keep-rest", "--yes")
    assert (again.code, "nothing changed" in again.err) == (0, True), again.err


def test_the_rest_of_the_lines_of_an_order_is_kept_with_the_order(crm: Crm, shop: Path) -> None:
    (email, *_) = crm("list", "maja-kos", "--cols", "email", "-o", "tsv").lines[1:]
    file = shop.parent / "shop.csv"
    file.write_text(
        "Number,Email,Date,Item Name,Quantity,Unit Price,Gift,Colour\n"
        f"77,{email},2026-11-02,Mug,1,5.50,yes,red\n77,{email},2026-11-02,Cup,1,3.50,,blue\n"
    )
    run = crm("import", "purchases", file, "--keep-rest", "--yes")
    assert run.code == 0, run.err
    text = (shop / "customers" / "maja-kos.yaml").read_text()
    assert "      gift: yes\n" in text.replace('"', "") and "      colour: red; blue\n" in text
    again = crm("import", "purchases", file, "--keep-rest", "--yes")
    assert (again.code, "nothing changed" in again.err) == (0, True), again.err


def test_a_map_says_where_the_rows_of_a_document_are(crm: Crm, shop: Path) -> None:
    file, map = shop.parent / "members.json", shop.parent / "members.yaml"
    who, mails = {"first": "Ana", "last": "Novak"}, [{"at": "a@b.example"}]
    members = [{"no": 7, "who": who, "mails": mails}]
    file.write_text(json.dumps({"club": {"members": members}, "rooms": [{"no": 1}]}))
    refused = crm("import", "customers", file)
    assert refused.code != 0
    assert "several lists: club.members (1), rooms (1)" in refused.err
    assert "rows: club.members" in refused.err
    map.write_text(
        "kind: customers\nrows: club.members\ncolumns:\n  no: external_id\n"
        '  "{who.first} {who.last}": name\n  mails.*.at: email.*\nsource_system: club\n'
    )
    saved = shop.parent / "saved.yaml"
    run = crm("import", file, "--map", map, "--save-map", saved, "--yes")
    assert run.code == 0 and "NOT IMPORTED" not in run.err, run.err
    lines = crm("list", "ana-novak", "--cols", "name,email,external_id", "-o", "csv").lines
    assert lines[1:] == ["Ana Novak,a@b.example,7"]
    again = crm("import", "customers", file, "--map", saved, "--yes")
    assert (again.code, "nothing changed" in again.err) == (0, True), again.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "this is not JSON"),
        ("[]", "has no rows"),
        ('{"a": 1, "a": [', "this is not JSON"),
        ("[" * 100_000, "nested too deep"),
        ('[{"name":' + "[" * 850 + "]" * 850 + "}]", "nested too deep"),
        ('{"a":' * 850 + "[]" + "}" * 850, "nested too deep"),
        ('[{"name": "Ana"}, 7]', "it is no JSON object"),
        ("[1, 2]", "has no rows"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused(
    crm: Crm, shop: Path, text: str, said: str
) -> None:
    file = shop.parent / "bad.json"
    file.write_text(text)
    run = crm("import", "customers", file, "--yes")
    assert run.code not in (0, 70) and said in run.err and "internal" not in run.err, run.err


def test_two_presets_that_fit_as_well_are_told_apart_by_name(crm: Crm, shop: Path) -> None:
    file = shop.parent / "both.csv"
    headings = (
        "Record Id,First Name,Last Name,Company,Lead Status,Account Name,Billing Street,"
        "Mailing Street"
    )
    file.write_text(f"{headings}\n1,Ana,Novak,Acme,Contacted,Acme,Trg 1,Trg 1\n")
    run = crm("import", file)
    assert run.code == 2
    assert "may be zoho-contacts" in run.err and "--map zoho-contacts" in run.err
    run = crm("import", file, "--map", "zoho-contacts", "--yes")
    assert run.code == 0 and "preset zoho-contacts" in run.err


def test_a_folder_of_cards_is_known_without_a_kind(crm: Crm, shop: Path) -> None:
    """As khard keeps them."""
    book = shop.parent / "book"
    book.mkdir()
    (book / "1.vcf").write_text(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:7\r\nFN:Ana Novak\r\nN:Novak;Ana;;;\r\n"
        "EMAIL:ana@novak.example\r\nEND:VCARD\r\n"
    )
    run = crm("import", book, "--yes")
    assert run.code == 0 and "taken for vCards" in run.err, run.err
    assert crm("list", "ana-novak", "--cols", "email", "-o", "csv").lines[1:] == [
        "ana@novak.example"
    ]
    again = crm("import", book, "--yes")
    assert (again.code, "nothing changed" in again.err) == (0, True), again.err


def test_contacts_and_companies_of_hubspot_have_numbers_of_their_own(crm: Crm, shop: Path) -> None:
    people, companies = shop.parent / "people.csv", shop.parent / "companies.csv"
    people.write_text(
        "Record ID,First Name,Last Name,Email,Phone Number,Lifecycle Stage\n"
        "501,Ana,Novak,ana@novak.example,,\n"
    )
    companies.write_text("Record ID,Company name,City\n501,Acme Inc.,Koper\n")
    for file in (people, companies):
        run = crm("import", file, "--yes")
        assert run.code == 0 and "customers: 1 new" in run.err, run.err
    assert crm("list", "id:ana-novak,acme-inc", "--cols", "id", "-o", "csv").lines[1:] == [
        "acme-inc", "ana-novak",
    ]


def test_a_folder_with_nothing_to_import_is_refused(crm: Crm, shop: Path) -> None:
    (shop.parent / "empty").mkdir()
    run = crm("import", shop.parent / "empty")
    assert run.code == 2 and "holds nothing that can be imported" in run.err


def test_a_note_whose_front_matter_is_broken_is_named(crm: Crm, shop: Path) -> None:
    folder = shop.parent / "notes"
    folder.mkdir()
    (folder / "a.md").write_text("---\nname: Ana\n  city: [\n---\n")
    run = crm("import", "customers", folder)
    assert run.code != 0 and "a.md:" in run.err and "internal" not in run.err, run.err


def with_bad_rows(folder: Path) -> Path:
    """A document of several kinds of which a call has no time, and a task no title."""
    file = written(folder, DOCUMENTS["monica-contacts"])
    text = file.read_text().replace("2026-11-02T09:00:00Z", "").replace("Send samples", "")
    file.write_text(text)
    return file


def test_of_several_kinds_it_is_said_which_were_imported_before_one_is_refused(
    crm: Crm, shop: Path
) -> None:
    run = crm("import", with_bad_rows(shop.parent), "--yes")
    assert (run.code, "imported 2 customers" in run.out) == (4, True)
    assert "Monica calls: 1 row is rejected; no interactions were imported" in run.err
    assert "imported before: Monica contacts" in run.err
    assert "not imported: Monica" in run.err and "nothing was imported" not in run.err
    assert crm("task", "list", "customer:ana-novak", "-o", "ids").out == ""


def test_what_comes_after_a_kind_that_is_declined_is_not_asked_for(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def yes_then_no(prompt: str) -> str:
        asked.append(prompt)
        return "y" if len(asked) == 1 else "n"

    monkeypatch.setattr(terminal, "ask_terminal", yes_then_no)
    run = crm("import", written(shop.parent, DOCUMENTS["monica-contacts"]))
    assert (run.code, len(asked)) == (130, 2), run.err
    assert "Monica tasks: not imported" in run.err and "nothing was changed" not in run.err
    assert "imported before: Monica contacts, Monica activities" in run.err


def test_rejected_rows_of_several_kinds_go_to_a_file_for_each(crm: Crm, shop: Path) -> None:
    bad = shop.parent / "bad.csv"
    run = crm("import", with_bad_rows(shop.parent), "--yes", "--skip-bad", "--rejects", bad)
    assert run.code == 0, run.err
    assert "About beans" in bad.read_text()
    assert "there is no title" in (shop.parent / "bad.tasks.csv").read_text()
    assert len(list(shop.parent.glob("bad*"))) == 2


def test_a_map_is_saved_of_one_kind_that_is_named(crm: Crm, shop: Path) -> None:
    file, map = written(shop.parent, DOCUMENTS["hermitcrm-companies"]), shop.parent / "map.yaml"
    run = crm("import", file, "--save-map", map, "--dry-run")
    assert run.code == 2 and "--map NAME reads one of them" in run.err, run.err
    hint = " ".join(run.err.split()).rpartition("reads one of them: ")[2]
    names = hint.rstrip(")").split(", ")
    for name in names:
        saved = shop.parent / f"{name}.yaml"
        run = crm("import", file, "--save-map", saved, "--dry-run", "--map", name)
        assert saved.exists(), run.err
