"""`crm import` and `crm export`: what is said, asked, written, and the exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from crm_cli.cli import terminal
from crm_cli.cli.session import Session
from tests.conftest import Crm

NEW = "external_id,name,email\n1,Lana Hren,lana@hren.example\n2,Eva Zorko,eva@zorko.example\n"
BAD = NEW + "3,,\n4,Too,many,cells\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "contacts.csv"
    path.write_text(NEW, encoding="utf-8")
    return path


def tree(root: Path) -> dict[str, bytes]:
    """Every data file with its bytes."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*.yaml"))
        if ".crm" not in path.parts
    }


def test_an_import_is_shown_and_written(crm: Crm, shop: Path, file: Path) -> None:
    run = crm("import", "customers", file, "--yes")
    assert run.code == 0
    assert run.out == (
        "imported 2 customers  (customers/lana-hren.yaml, customers/eva-zorko.yaml)\n"
    )
    assert run.err == (
        "read as utf-8, columns separated by comma\n"
        "columns: external_id, name, email\n"
        "note: external ids are of contacts, as the file is called; --source-system NAME\n"
        "customers: 2 new, 0 changed, 0 unchanged, 0 rows rejected\n"
        "crm undo takes it back\n"
    )
    again = crm("import", "customers", file, "--yes")
    assert (again.code, again.out) == (0, "")
    assert "0 new, 0 changed, 2 unchanged" in again.err
    assert "nothing changed" in again.err


def test_undo_takes_it_back_byte_for_byte(crm: Crm, shop: Path, tmp_path: Path) -> None:
    before = tree(shop)
    path = tmp_path / "all.csv"
    path.write_text("id,city,name\nmaja-kos,Piran,Maja Kos\nnew-one,Piran,New\n")
    assert crm("import", "customers", path, "--yes").code == 0
    assert len(tree(shop)) == len(before) + 1
    assert crm("undo").code == 0
    assert tree(shop) == before


def test_several_records_are_asked_for(
    crm: Crm, shop: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(shop)
    run = crm("import", "customers", file)
    assert run.code == 2
    assert "--yes" in run.err
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return "n"

    monkeypatch.setattr(terminal, "ask_terminal", answer)
    assert crm("import", "customers", file).code == 130
    assert asked == ["Import 2 customers? [y/N] "]
    assert tree(shop) == before


def test_a_dry_run_shows_and_writes_nothing(crm: Crm, shop: Path, file: Path) -> None:
    before = tree(shop)
    run = crm("import", "customers", file, "--dry-run")
    assert run.code == 0
    assert "+name: Lana Hren" in run.out
    assert tree(shop) == before


def test_one_bad_row_refuses_all(crm: Crm, shop: Path, file: Path) -> None:
    before = tree(shop)
    file.write_text(BAD)
    run = crm("import", "customers", file, "--yes")
    assert run.code == 4
    assert run.out == ""
    assert f"{file}:4:1: there is no name" in run.err
    assert f"{file}:5:1: 4 cells where the headings are 3" in run.err
    assert "2 rows are rejected; nothing was imported" in run.err
    assert "--skip-bad" in run.err
    assert tree(shop) == before


def test_cells_that_are_left_out_are_told_once(crm: Crm, shop: Path, file: Path) -> None:
    file.write_text(
        "name,email,stage\nLana Hren,lana@hren.example,Subscriber\n"
        "Eva Zorko,eva at zorko,Subscriber\n"
    )
    run = crm("import", "customers", file, "--yes")
    assert run.code == 0
    assert (
        f"{file}:2:1: warning: stage: 'Subscriber' is not one of the known values: left out in "
        "2 rows (known: lead, qualified, customer, former; crm config set "
        "vocabulary.lifecycle_stage+=subscriber adds it; values in a map translate words: "
        "crm help import)\n"
    ) in run.err
    assert (
        f"{file}:3:1: warning: email: 'eva at zorko' is not an e-mail address: kept as it is; "
        "crm check lists it (write it as ana@novak.example)\n"
    ) in run.err
    assert (shop / "customers/lana-hren.yaml").exists()
    assert "eva at zorko" in crm("check").out
    assert "values" in crm("help", "import").out


def test_what_is_too_much_to_show_is_named_where_it_is(
    crm: Crm, shop: Path, file: Path
) -> None:
    rows = "".join(f",,,x{number}\n" for number in range(60))
    cells = "".join(f"N{number},y{number}@a.example,w{number},\n" for number in range(60))
    file.write_text(f"name,email,stage,notes\n{rows}{cells}")
    run = crm("import", "customers", file, "--skip-bad", "--yes")
    assert run.code == 0
    assert f"… and 10 more, in {file.with_name('contacts.rejects.csv')}\n" in run.err
    assert "… and 10 more: --dry-run lists all\n" in run.err
    assert "more: crm check" not in run.err
    refused = crm("import", "customers", file, "--yes")
    assert refused.err.count("there is no name") == 50
    assert "and 10 more, which --dry-run lists" in refused.err
    all = crm("import", "customers", file, "--dry-run")
    assert all.err.count("there is no name") == 60
    assert all.err.count("left out") == 60


@pytest.mark.parametrize("option", ["--rejects", "--save-map"])
def test_a_file_in_the_way_is_refused_before_anything_is_written(
    crm: Crm, shop: Path, file: Path, option: str
) -> None:
    before = tree(shop)
    taken = file.with_name("there.csv")
    taken.write_text("mine\n")
    for path, said in ((taken, "exists"), (file.with_name("no") / "there.csv", "no folder")):
        run = crm("import", "customers", file, option, path, "--skip-bad", "--yes")
        assert run.code == 2
        assert said in run.err
        assert "--force" not in run.err
    assert (tree(shop), taken.read_text()) == (before, "mine\n")


def test_bad_rows_can_be_left_in_a_file(crm: Crm, shop: Path, file: Path) -> None:
    file.write_text(BAD)
    run = crm("import", "customers", file, "--skip-bad", "--yes")
    assert run.code == 0
    rejects = file.with_name("contacts.rejects.csv")
    assert rejects.read_text() == (
        "external_id,name,email,line,reason\n"
        "3,,,4,there is no name\n"
        "4,Too,many,5,4 cells where the headings are 3\n"
    )
    assert rejects.stat().st_mode & 0o777 == 0o600
    assert "2 rejected rows" in run.err
    again = crm("import", "customers", file, "--skip-bad", "--yes")
    assert (again.code, again.out) == (0, "")
    assert not file.with_name("contacts.rejects-2.csv").exists()
    file.write_text(BAD.replace("Too", "Far too"))
    assert crm("import", "customers", file, "--skip-bad", "--yes").code == 0
    assert "Far too" in file.with_name("contacts.rejects-2.csv").read_text()


def test_the_same_rejected_cards_are_written_once(crm: Crm, shop: Path, tmp_path: Path) -> None:
    """From cron, files would fill the folder."""
    file = tmp_path / "two.vcf"
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:{}\nEMAIL:a@x.example\n{}END:VCARD\n"
    file.write_text(card.format("Ada Als", "") + card.format("Bad", "no colon\n"))
    for _ in range(3):
        assert crm("import", "customers", file, "--yes").code == 0
    assert [one.name for one in tmp_path.glob("two.rejects*")] == ["two.rejects.vcf"]
    file.write_text(card.format("Ada Als", "") + card.format("Worse", "no colon\n"))
    crm("import", "customers", file, "--yes")
    assert (tmp_path / "two.rejects-2.vcf").exists()


def test_mended_rejects_are_imported(crm: Crm, shop: Path, file: Path) -> None:
    file.write_text(BAD)
    out = file.with_name("bad.csv")
    crm("import", "customers", file, "--skip-bad", "--yes", "--rejects", out)
    out.write_text(out.read_text().replace("3,,", "3,Nob Ody,", 1).replace("4,Too,many", "4,Too,"))
    run = crm("import", "customers", out, "--yes")
    assert "left out: line, reason" in run.err
    assert "2 new" in run.err


def test_nothing_is_skipped_in_a_dry_run(crm: Crm, file: Path) -> None:
    file.write_text(BAD)
    assert crm("import", "customers", file, "--skip-bad", "--dry-run").code == 0
    assert not list(file.parent.glob("*rejects*"))


def test_an_open_encoding_is_refused_and_can_be_said(crm: Crm, shop: Path, file: Path) -> None:
    file.write_bytes("ime;mesto\nMiha Čuk;Črnomelj\n".encode("cp1250"))
    run = crm("import", "customers", file, "--yes")
    assert run.code == 2
    assert "'Miha Čuk;Črnomelj' in cp1250, 'Miha Èuk;Èrnomelj' in cp1252" in run.err
    run = crm("import", "customers", file, "--yes", "--encoding", "cp1250")
    assert run.code == 0
    text = (shop / "customers" / "miha-cuk.yaml").read_text(encoding="utf-8")
    assert text == "name: Miha Čuk\ncreated: 2026-11-20\n\naddresses:\n  - city: Črnomelj\n"


def test_an_open_encoding_is_asked_on_a_terminal(
    crm: Crm, shop: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes("ime\nMiha Čuk\n".encode("cp1250"))
    monkeypatch.setattr(Session, "interactive", True)
    monkeypatch.setattr(terminal, "ask_terminal", lambda prompt: "1")
    run = crm("import", "customers", file, "--yes")
    assert run.code == 0
    assert (shop / "customers" / "miha-cuk.yaml").exists()


def test_open_dates_and_decimals(crm: Crm, file: Path) -> None:
    file.write_text("customer;date;amount\nmaja-kos;03/04/2026;1.234\n")
    run = crm("import", "payments", file, "--yes")
    assert run.code == 2
    assert "3 April 2026 or 4 March 2026" in run.err
    run = crm("import", "payments", file, "--yes", "--dates", "dmy")
    assert run.code == 2
    assert "1.234 is 1.234 or 1234" in run.err
    run = crm("import", "payments", file, "--dates", "dmy", "--decimal", ",")
    assert run.code == 0
    found = json.loads(crm("export", "payments", "--format", "json", "date:2026-04-03").out)
    assert [one["amount"] for one in found] == ["1234"]


def test_a_saved_map_reads_the_next_file(crm: Crm, file: Path, tmp_path: Path) -> None:
    file.write_text("customer;date;amount\nmaja-kos;13/04/2026;5,50\n")
    map = tmp_path / "map.yaml"
    run = crm("import", "payments", file, "--save-map", map, "--source-system", "bank")
    assert run.code == 0
    assert "dates dmy (line 2: 13/04/2026), decimals with , (line 2: 5,50)" in run.err
    assert map.read_text() == (
        "columns:\n  customer: customer\n  date: date\n  amount: amount\n"
        'date: dmy\ndecimal: ","\ndelimiter: ;\nencoding: utf-8\nsource_system: bank\n'
    )
    file.write_text("customer;date;amount\nmaja-kos;03/04/2026;1.234\n")
    assert crm("import", "payments", file, "--map", map).code == 0
    run = crm("import", "payments", file, "--map", map, "--save-map", map)
    assert run.code == 2
    assert "exists" in run.err


def test_a_map_that_is_wrong_is_placed(crm: Crm, file: Path, tmp_path: Path) -> None:
    map = tmp_path / "map.yaml"
    map.write_text("columns:\n  name: nmae\n")
    run = crm("import", "customers", file, "--map", map)
    assert run.code == 4
    assert f"{map}:2:9: nmae is no field of a customer" in run.err
    assert "did you mean name?" in run.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("import", "segments", "x.csv"), "segments are not among"),
        (("import", "foo", "x.csv"), "products, anniversaries, calendar, bank, invoices, all"),
        (("export", "foo"), "products, anniversaries, calendar, ledger, all"),
        (("import", "custmers", "x.csv"), "did you mean customers?"),
        (("import", "customers", "nowhere.csv"), "cannot read nowhere.csv"),
        (("import", "customers", "crm_cli/model"), "cannot read crm_cli/model"),
        (("import", "customers", "x.csv", "--dates", "x"), "--dates is one of ymd dmy mdy"),
        (("export", "losses"), "losses are not among"),
        (("export", "customers", "--format", "xls"), "there is no format 'xls'"),
        (("export", "customers", "ctiy:Koper"), "city"),
    ],
)
def test_usage(crm: Crm, words: tuple[str, ...], message: str) -> None:
    run = crm(*words)
    assert run.code == 2
    assert message in run.err


def test_a_data_directory_is_no_folder_of_notes(crm: Crm, shop: Path) -> None:
    run = crm("import", "customers", str(shop))
    assert run.code == 2
    assert "it is a data directory" in run.err
    assert "crm export all" in run.err
    run = crm("import", "customers", str(shop), "--format", "json")
    assert "it is a data directory" in run.err


@pytest.mark.parametrize("folder", ["templates", "templates/letters", "customers", "consents"])
def test_nor_is_a_folder_of_one(crm: Crm, shop: Path, folder: str) -> None:
    (shop / folder).mkdir(parents=True, exist_ok=True)
    (shop / folder / "x.md").write_text("---\nname: Template\n---\n")
    before = tree(shop)
    for words in (("customers",), ()):
        run = crm("import", *words, str(shop / folder), "--yes")
        assert (run.code, f"belongs to the data directory {shop}" in run.err) == (2, True), run.err
    assert tree(shop) == before


def test_notes_that_somebody_keeps_in_the_directory_are_theirs(crm: Crm, shop: Path) -> None:
    (shop / "met").mkdir()
    (shop / "met" / "x.md").write_text("---\nname: Lana Hren\n---\n")
    assert crm("import", "customers", str(shop / "met"), "--yes").code == 0
    assert (shop / "customers/lana-hren.yaml").exists()


# Export


def test_an_export_is_the_answer_and_nothing_else(crm: Crm) -> None:
    run = crm("export", "customers", "maja-kos")
    assert run.code == 0
    assert run.out.splitlines()[0].startswith("id,name,kind,owner,tags,email,phone,city,country")
    run = crm("export", "tasks", "customer:hotel-breg", "--format", "json")
    assert [one["id"] for one in json.loads(run.out)] == ["t-3qqqqq1", "t-3qqqqq2"]
    assert run.err == ""


@pytest.mark.parametrize("kind", ["customers", "products", "purchases", "payments", "tasks"])
@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_an_export_of_ours_adds_nothing_again(
    crm: Crm, tmp_path: Path, kind: str, form: str
) -> None:
    file = tmp_path / f"out.{form}"
    assert crm("export", kind, "--to", str(file)).code == 0
    done = crm("import", kind, str(file), "--dry-run")
    assert f"{kind}: 0 new, " in done.err, done.err


def test_an_id_beside_a_sku_is_that_of_the_other_system(crm: Crm, tmp_path: Path) -> None:
    file = tmp_path / "shop.csv"
    file.write_text("sku,id,name,price\nmate,17,Mate,3\n")
    assert "id → external_id" in crm("import", "products", str(file), "--dry-run").err


def test_an_export_never_replaces_a_file_unasked(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("mine")
    run = crm("export", "customers", "--to", path)
    assert run.code == 2
    assert "--force" in run.err
    assert path.read_text() == "mine"
    assert crm("export", "customers", "--to", path, "--force").code == 0
    assert len(json.loads(path.read_text())) == 3
    assert not list(tmp_path.glob(".out*"))


def test_an_export_is_written_into_a_pipe_and_never_replaces_it(crm: Crm, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for force in ((), ("--force",)):
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        try:
            assert crm("export", "customers", "--format", "json", "--to", pipe, *force).code == 0
            assert len(json.loads(os.read(reader, 1 << 16))) == 3
        finally:
            os.close(reader)
        assert pipe.is_fifo()


def test_an_export_is_written_into_a_device_and_never_replaces_it(crm: Crm) -> None:
    ours, theirs = os.openpty()
    try:
        device = Path(os.ttyname(theirs))
        assert crm("export", "customers", "--to", device, "--force").code == 0
        assert os.read(ours, 1 << 16).startswith(b"id,name")
        assert device.is_char_device()
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize(
    "name",
    [
        "customers/maja-kos.yaml", "customers/New.YAML", "crm.yaml", "CRM.yaml", "desk.yaml",
        "templates/letter.txt", ".gitattributes", ".git/config", ".git", ".crm/lock", "link",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "command", [("export", "customers"), ("report", "sales")], ids=lambda words: words[0]
)
def test_a_file_of_the_directory_itself_is_never_exported_to(
    crm: Crm, shop: Path, name: str, command: tuple[str, ...]
) -> None:
    (shop / "link").symlink_to("customers/maja-kos.yaml")
    for folder in (".git", ".crm", "templates"):
        (shop / folder).mkdir(exist_ok=True)
    (shop / ".crm/lock").touch()
    path = shop / name
    before = path.read_bytes() if path.is_file() else None
    run = crm(*command, "--to", path, "--force")
    assert run.code == 2, run.err
    assert "choose another name" in run.err
    assert (path.read_bytes() if path.is_file() else None) == before
    assert crm(*command, "--to", shop / "other.csv").code == 0


def test_an_export_into_no_folder_fails_as_a_whole(crm: Crm, tmp_path: Path) -> None:
    run = crm("export", "customers", "--to", tmp_path / "no" / "where.csv")
    assert run.code == 7
    assert "cannot write" in run.err


def test_all_of_a_shop_moves_to_another(crm: Crm, shop: Path, tmp_path: Path) -> None:
    path = shop / "customers" / "jan-vidmar.yaml"
    path.write_text(
        path.read_text() + 'nickname: "=cmd|calc"\nnotes: |-\n  one, "two"\n\n  @three\n'
    )
    other = tmp_path / "other"
    other.mkdir()
    (other / "crm.yaml").write_bytes((shop / "crm.yaml").read_bytes())
    kinds = ("customers", "products", "purchases", "payments", "tasks", "interactions")
    for kind in kinds:
        file = tmp_path / f"{kind}.csv"
        assert crm("export", kind, "--to", file).code == 0
        run = crm("-C", other, "import", kind, file, "--yes")
        assert run.code == 0, run.err
    for kind in kinds:
        mine = json.loads(crm("export", kind, "--format", "json").out)
        theirs = json.loads(crm("-C", other, "export", kind, "--format", "json").out)
        assert mine == theirs


def test_unknown_headings_are_told_with_the_lines_of_a_map(crm: Crm, shop: Path) -> None:
    file = shop.parent / "odd.csv"
    file.write_text('Name,Shoe Size,"a, b",Tel\nOdd One,38,x,\n')
    run = crm("import", "customers", file, "--dry-run")
    assert "NOT IMPORTED, no field is known for: Shoe Size, a, b" in run.err
    assert 'columns: {Shoe Size: custom.shoe_size, "a, b": custom.a_b}' in run.err
    map = shop.parent / "odd.yaml"
    map.write_text('columns: {Name: name, Shoe Size: custom.shoe_size, "a, b": custom.a_b}\n')
    assert crm("import", "customers", file, "--map", map, "--yes").code == 0
    assert crm("list", "custom.shoe_size:38", "-o", "ids").lines == ["odd-one"]


def test_a_table_in_another_language_needs_no_map(crm: Crm, shop: Path) -> None:
    file = shop.parent / "adressen.csv"
    file.write_text("Name;Vorname;Straße;PLZ;Ort\nWeiß;Jürgen;Am Markt 1;20457;Hamburg\n")
    run = crm("import", "customers", file, "--yes")
    assert run.code == 0, run.err
    shown = crm("list", "city:Hamburg", "name:Weiss", "--cols", "name,street,postcode", "-o", "tsv")
    assert shown.lines[1:] == ["Jürgen Weiß\tAm Markt 1\t20457"]


@pytest.mark.parametrize(
    ("kind", "table", "map", "option", "told"),
    [
        ("customers", "Name,Birthday\nAna,04/05/1980\n", "Name: name, Birthday: birth_date",
         ("--dates", "mdy"), "1980-04-05"),
        ("customers", "Name,ID\nAna,7\n", "Name: name, ID: external_id",
         ("--source-system", "shop"), "source_system: shop"),
        ("payments", "Customer;Amount;Date\nmaja-kos;1.234;2026-01-01\n",
         "Customer: customer, Amount: amount, Date: date", ("--decimal", ","), "amount: 1234"),
        ("customers", "Name!City\nAnt!Bonn\n", "Name: name, City: city",
         ("--delimiter", "!"), "city: Bonn"),
        ("customers", "Name,City\nJ\xfcrgen,K\xf6ln\n", "Name: name, City: city",
         ("--encoding", "cp1250"), "read as cp1250"),
    ],
)  # fmt: skip
def test_options_win_over_a_map(
    crm: Crm, shop: Path, tmp_path: Path, kind: str, table: str, map: str,
    option: tuple[str, str], told: str,
) -> None:  # fmt: skip
    file, by = tmp_path / "t.csv", tmp_path / "m.yaml"
    file.write_text(table, encoding="cp1250")
    for said in ("", "date: dmy\ndecimal: '.'\nencoding: cp1252\nsource_system: other\n"):
        by.write_text(f"columns: {{{map}}}\n{said}", encoding="utf-8")
        run = crm("import", kind, file, "--map", by, *option, "--dry-run")
        assert run.code == 0, run.err
        assert told in run.out + run.err


def test_a_folder_of_another_sort_is_named(crm: Crm, shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "dates"
    folder.mkdir()
    (folder / "a.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    run = crm("import", "customers", folder)
    assert run.code == 2
    assert f"{folder} is a folder of calendar entries (.ics), and no customers are" in run.err
    assert f"crm import calendar {folder}" in run.err
    (folder / "a.ics").unlink()
    assert "there is no .vcf in the folder" in crm("import", "customers", folder).err


def test_what_is_evident_of_columns_is_not_said(crm: Crm, shop: Path, tmp_path: Path) -> None:
    """Headings that are called as the field, and lines of a map beyond the first ones."""
    file = tmp_path / "many.csv"
    odd = [f"Odd {number}" for number in range(12)]
    cells = f"Ada,1980-04-05,a@x.example{',x' * 12}"
    file.write_text(f"Name,Birthday,E-mail,{','.join(odd)}\n{cells}\n")
    run = crm("import", "customers", file, "--dry-run")
    assert "columns: Name, Birthday → birth_date, E-mail → email\n" in run.err
    assert f"no field is known for: {', '.join(odd)}\n" in run.err
    assert (
        "  columns: {Odd 0: custom.odd_0, Odd 1: custom.odd_1, Odd 2: custom.odd_2, …}; --save-map"
    ) in run.err


def test_job_titles_without_a_company_are_counted(crm: Crm, shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("First Name,Last Name,Company,Job Title\nA,B,,CTO\nC,D,,CTO\nE,F,Acme,CEO\n")
    run = crm("import", "customers", file, "--dry-run")
    told = "job titles of 2 people without an organization left out: CTO; in a map, custom.title"
    assert told in run.err
