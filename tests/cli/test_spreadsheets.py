"""Spreadsheets out and in: nothing changes on the way, and an edited cell is what changes."""

from __future__ import annotations

import csv
import io
import os
import pty
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import crm_cli
from crm_cli.features.importing.presets import fitting
from crm_cli.features.importing.sources import Source
from crm_cli.formats.table_files import table_of
from crm_cli.formats.targets import IMPORTED
from crm_cli.model.errors import CrmError
from tests.conftest import Crm
from tests.features.preset_samples import FILES
from tests.formats import workbooks as made

pytest.importorskip("xlsxwriter")
EXAMPLE = Path(crm_cli.__file__).parents[1] / "data-example"
OFFICE = shutil.which("soffice")


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the example directory."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "example"))


def unchanged(crm: Crm, example: Path, kind: str, file: Path) -> None:
    """An import of a kind changes nothing."""
    run = crm("-C", example, "import", kind, file, "--dry-run")
    assert (run.code, run.err.splitlines()[-1]) == (0, "nothing changed"), run
    assert "0 new, 0 changed" in run.err, run


def test_everything_goes_out_and_comes_back_the_same(
    crm: Crm, example: Path, tmp_path: Path
) -> None:
    everything = tmp_path / "all.xlsx"
    run = crm("-C", example, "export", "all", "--to", everything)
    assert (run.code, run.out) == (0, "")
    assert "not in this format: customers.contacts, customers.stage_note" in run.err
    for kind in IMPORTED:
        unchanged(crm, example, kind, everything)
    alone = tmp_path / "deals.xlsx"
    assert crm("-C", example, "export", "deals", "--to", alone).code == 0
    unchanged(crm, example, "deals", alone)
    assert crm("-C", example, "export", "all", "--to", tmp_path / "a.csv").code == 2


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_gives_back_what_it_got_and_what_was_edited(
    crm: Crm, example: Path, tmp_path: Path
) -> None:
    everything = tmp_path / "all.xlsx"
    crm("-C", example, "export", "all", "--to", everything)
    ods = converted(everything, "ods", tmp_path / "there")
    for kind in IMPORTED:
        unchanged(crm, example, kind, ods)
    edited(ods, {"Ljubljana": "Lesce", "+386 40 123 456": "+386 40 123 457"})
    back = converted(ods, "xlsx", tmp_path / "back")
    for kind in set(IMPORTED) - {"customers"}:
        unchanged(crm, example, kind, back)
    run = crm("-C", example, "import", "customers", back, "--dry-run")
    assert "0 new, 1 changed" in run.err
    changed = [
        line for line in (run.out + run.err).splitlines()
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]  # fmt: skip
    assert [line.split("#")[0].strip("+- ").strip() for line in changed] == [
        "value: \"+386 40 123 456\"", "value: \"+386 40 123 457\"", "city: Ljubljana", "city: Lesce"
    ]  # fmt: skip


def converted(path: Path, form: str, folder: Path) -> Path:
    """A workbook as LibreOffice opens it and saves it again."""
    assert OFFICE is not None
    done = subprocess.run(
        [
            OFFICE, f"-env:UserInstallation={(folder.parent / 'profile').as_uri()}", "--headless",
            "--convert-to", form, "--outdir", folder, path,
        ],
        capture_output=True,
        check=False,
        env={**os.environ, "HOME": str(folder.parent)},
    )  # fmt: skip
    found = folder / f"{path.stem}.{form}"
    assert found.exists(), done
    return found


def edited(path: Path, texts: dict[str, str]) -> None:
    """Change the first cell with each of some texts, in the row of Ana Novak."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    content = parts["content.xml"].decode()
    start = content.index("<text:p>ana-novak</text:p>")
    before, rest = content[:start], content[start:]
    for old, new in texts.items():
        assert f"<text:p>{old}</text:p>" in rest[: rest.index("</table:table-row>")]
        rest = rest.replace(f"<text:p>{old}</text:p>", f"<text:p>{new}</text:p>", 1)
    parts["content.xml"] = (before + rest).encode()
    path.write_bytes(made.archive(parts))


@pytest.mark.parametrize("name", sorted(name for name in FILES if "json" not in name))
def test_presets_are_found_by_the_headings_of_a_sheet(tmp_path: Path, name: str) -> None:
    text, book = tmp_path / "table.csv", tmp_path / "table.xlsx"
    text.write_text(FILES[name].text)
    try:
        table = table_of(text.read_bytes())
    except CrmError:
        pytest.skip("it is no table of text")
    rows = (table.headings, *(row.cells for row in table.rows))
    book.write_bytes(made.xlsx(made.sheet(*(made.row(*row) for row in rows))))
    wanted = [one.name for one in fitting(Source(text))]
    assert [one.name for one in fitting(Source(book))] == wanted


def test_an_export_of_another_program_needs_neither_kind_nor_map(crm: Crm, tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(FILES["stripe-customers"].text)))
    book = tmp_path / "unified.xlsx"
    book.write_bytes(made.xlsx(made.sheet(*(made.row(*row) for row in rows))))
    run = crm("import", book, "--yes")
    assert run.code == 0, run
    assert "taken for Stripe customers" in run.err
    assert crm("list", "id:ana-novak", "--cols", "name,email", "-o", "csv").lines[1] == (
        "Ana Novak,ana@novak.example"
    )


def test_problems_name_the_cell(crm: Crm, tmp_path: Path) -> None:
    page = made.sheet(
        made.row("name", "email", "birth date"), made.row("Ana", "ana@x.example", "soon"),
        made.row("Bor", "bor", ""),
    )  # fmt: skip
    book = tmp_path / "new.xlsx"
    book.write_bytes(made.xlsx(page, names=("People here",)))
    run = crm("import", "customers", book, "--dry-run")
    assert f"{book}:'People here'!C2: warning: birth date:" in run.err
    assert f"{book}:'People here'!B3: warning: email:" in run.err
    assert "read as xlsx, sheet People here, headings in row 1" in run.err


def test_a_rejected_row_names_its_cell(crm: Crm, tmp_path: Path) -> None:
    page = made.sheet(
        made.row("customer", "date", "amount"),
        made.row("maja-kos", "2026-11-01", "<c><v>12.5</v></c>"),
        made.row("maja-kos", "2026-11-02", "lots"),
    )
    book = tmp_path / "paid.xlsx"
    book.write_bytes(made.xlsx(page))
    run = crm("import", "payments", book, "--dry-run")
    assert (run.code, f"{book}:Sheet1!C3: amount:" in run.err) == (4, True), run
    run = crm("import", "payments", book, "--skip-bad", "--yes")
    assert run.code == 0, run
    assert "lots" in (tmp_path / "paid.rejects.csv").read_text()


def test_a_sheet_and_its_headings_are_named_or_asked_for(crm: Crm, tmp_path: Path) -> None:
    one = made.sheet(made.row("name", "city"), made.row("Ana", "Koper"))
    other = made.sheet(made.row("Report"), made.row("name", "city"), made.row("Bor", "Izola"))
    book = tmp_path / "new.xlsx"
    book.write_bytes(made.xlsx(one, other, names=("Old", "New")))
    run = crm("import", "customers", book, "--dry-run")
    assert (run.code, "say which: --sheet 'Old'" in run.err) == (2, True), run
    run = crm("import", "customers", book, "--sheet", "new", "--heading-row", "2", "--yes")
    assert (run.code, "sheet New, headings in row 2" in run.err) == (0, True), run
    assert crm("list", "city:Izola", "-o", "ids").out == "bor\n"
    map = tmp_path / "map.yaml"
    map.write_text("columns: {name: name, city: city}\nsheet: Old\nheading_row: 1\n")
    saved = tmp_path / "saved.yaml"
    run = crm("import", "customers", book, "--map", map, "--save-map", saved, "--yes")
    assert run.code == 0, run
    assert 'sheet: Old\nheading_row: "1"\n' in saved.read_text()
    map.write_text("columns: {name: name}\nheading_row: first\n")
    run = crm("import", "customers", book, "--map", map)
    assert (run.code, "heading_row is the number of a row" in run.err) == (4, True), run


def test_what_a_file_is_goes_by_its_content(crm: Crm, tmp_path: Path) -> None:
    page = made.xlsx(made.sheet(made.row("name"), made.row("Ana Nova")))
    for name in ("a.csv", "a.ods", "a.dat"):
        (tmp_path / name).write_bytes(page)
        run = crm("import", "customers", tmp_path / name, "--dry-run")
        assert (run.code, "1 new" in run.err) == (0, True), run
    (tmp_path / "a.xlsx").write_text("name\nAna\n")
    run = crm("import", "customers", tmp_path / "a.xlsx")
    assert (run.code, "this is no workbook, whatever its name says" in run.err) == (4, True), run
    assert crm("import", "customers", tmp_path / "a.xlsx", "--format", "csv", "--dry-run").code == 0
    run = crm("import", "customers", tmp_path / "a.csv", "--format", "csv")
    assert (run.code, "is a workbook, and no table of text" in run.err) == (2, True), run


def test_a_statement_of_a_bank_and_events_of_a_campaign_may_be_a_sheet(
    crm: Crm, tmp_path: Path
) -> None:
    page = made.sheet(
        made.row("date", "amount", "currency", "name", "reference"),
        made.row("2026-11-02", "<c><v>12.5</v></c>", "EUR", "Maja Kos", "x"),
    )
    book = tmp_path / "statement.xlsx"
    book.write_bytes(made.xlsx(page))
    run = crm("import", "bank", book, "--dry-run")
    assert (run.code, "2026-11-02" in run.out + run.err) == (0, True), run


def test_answers_go_into_a_file_and_never_to_a_terminal(
    shop: Path, crm: Crm, tmp_path: Path
) -> None:
    report = tmp_path / "sales.xlsx"
    assert crm("report", "sales", "--to", report).code == 0
    assert report.read_bytes().startswith(b"PK")

    def run(*words: str, terminal: bool) -> tuple[int, bytes, bytes]:
        inner, outer = pty.openpty() if terminal else (0, subprocess.PIPE)
        done = subprocess.run(
            [sys.executable, "-m", "crm_cli", *words],
            cwd=shop,
            stdin=subprocess.DEVNULL,
            stdout=outer,
            stderr=subprocess.PIPE,
            check=False,
        )
        if terminal:
            os.close(outer)
            os.close(inner)
        return done.returncode, done.stdout or b"", done.stderr

    for words in (
        ("list",), ("show", "maja-kos"), ("sql", "SELECT id FROM customers"), ("report", "sales"),
    ):  # fmt: skip
        code, _, err = run(*words, "-o", "xlsx", terminal=True)
        assert (code, b"is no text for a terminal" in err) == (2, True), (words, err)
        code, out, err = run(*words, "-o", "xlsx", terminal=False)
        assert (code, out[:4], err) == (0, b"PK\x03\x04", b""), words
    code, _, err = run("export", "customers", "--format", "xlsx", terminal=True)
    assert (code, b"is no text for a terminal" in err) == (2, True)
