"""vCards on the command line; and what khard reads of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Crm

CARDS = Path(__file__).parents[1] / "cards"


def test_a_file_is_imported_and_told(crm: Crm) -> None:
    dry = crm("import", "customers", CARDS / "android.vcf", "--dry-run")
    assert dry.code == 0 and "marko-zagar" in dry.out
    ran = crm("import", CARDS / "android.vcf", "--yes")
    assert ran.code == 0
    assert "taken for vCards" in ran.err and "left out" not in ran.err
    assert "customers: 2 new, 0 changed, 0 unchanged, 0 entries rejected" in ran.err
    assert "05 991 12 34" in crm("show", "marko-zagar").out
    assert "nothing changed" in crm("import", "customers", CARDS / "android.vcf", "--yes").err
    assert crm("undo", "--yes").code == 0
    assert crm("show", "marko-zagar").code != 0


def test_bad_cards_and_a_file_of_another_name(crm: Crm, tmp_path: Path) -> None:
    text = "BEGIN:VCARD\nVERSION:3.0\nFN:Bine Hribar\nEND:VCARD\nBEGIN:VCARD\nnothing\nEND:VCARD\n"
    odd = tmp_path / "cards.dat"
    odd.write_text(text)
    ran = crm("import", "customers", odd, "--format", "vcf", "--yes")
    assert ran.code == 0 and "1 entry rejected" in ran.err and ":6:1:" in ran.err
    rejects = tmp_path / "bad.vcf"
    file = tmp_path / "x.vcf"
    file.write_text("BEGIN:VCARD\nnothing\nEND:VCARD\n")
    ran = crm("import", "customers", file, "--yes", "--skip-bad", "--rejects", rejects)
    assert ran.code == 0
    assert "X-REJECTED:the line 'nothing'" in rejects.read_text()
    assert crm("import", "customers", file, "--yes").code != 0


@pytest.mark.parametrize("words", [("tasks",), ("products",)])
def test_cards_hold_customers_alone(crm: Crm, words: tuple[str, ...]) -> None:
    ran = crm("import", *words, CARDS / "android.vcf")
    assert ran.code == 2 and "crm import customers FILE.vcf" in ran.err
    assert crm("export", *words, "--format", "vcf").code == 2


def test_versions_out(crm: Crm) -> None:
    for form, version in (("vcf", "3.0"), ("vcf-4.0", "4.0"), ("vcf-2.1", "2.1")):
        ran = crm("export", "customers", "id:maja-kos", "--format", form)
        assert ran.code == 0 and f"VERSION:{version}\n" in ran.out.replace("\r", "")


def test_khard_lists_the_folder(crm: Crm, tmp_path: Path) -> None:
    beside = Path(sys.executable).with_name("khard")
    program = str(beside) if beside.exists() else shutil.which("khard")
    if program is None:
        pytest.skip("khard is not installed")
    for one in ("iphone", "android", "macos", "google", "evolution", "lotus", "outlook"):
        assert crm("import", "customers", CARDS / f"{one}.vcf", "--yes").code == 0
    book = tmp_path / "book"
    assert crm("export", "customers", "--vdir", book).code == 0
    config = tmp_path / "khard.conf"
    config.write_text(
        f"[addressbooks]\n[[crm]]\npath = {book}\n[general]\n"
        "default_action = list\n[contact table]\ndisplay = formatted_name\nshow_uids = no\n"
    )
    done = subprocess.run(
        [program, "-c", config, "list"],
        env={**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "200"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr.lower() and "error" not in done.stderr.lower()
    for name in ("Maja Kos", "Hotel Breg", "dr. Tina Marija Zupan", "Marko Žagar", "Hotel Breza"):
        assert name in done.stdout
    assert "+386 41 700 701" in done.stdout
