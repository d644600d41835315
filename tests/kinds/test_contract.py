"""The contract of kinds: every registered one goes through every trial, and a new one too."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crm_cli.model.kind import Kind
from crm_cli.model.kinds import ENTRIES, KINDS
from crm_cli.query.owners import of_customer
from tests import copies
from tests.conftest import Crm

pytest.register_assert_rewrite("tests.kinds.trials")
from tests.kinds.stage import Stage  # noqa: E402
from tests.kinds.trials import TRIALS, Trial  # noqa: E402

TRIED = [kind for kind in KINDS if kind in ENTRIES or of_customer(kind)]
"""Customers and their items, and entries of one file. Items in other records, and records with
files of their own, are tried in tests/features/test_a_new_place.py."""


@pytest.mark.turns(3)
@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: str(trial.__name__))
@pytest.mark.parametrize("kind", TRIED, ids=lambda kind: str(kind.name))
def test_kind(shop: Path, crm: Crm, kind: Kind, trial: Trial) -> None:
    trial(Stage(shop, crm, kind))


SPECIMEN = Path(__file__).with_name("specimen.py")
SHOWN = Path(__file__).parents[2] / "CONTRIBUTING.md"


def copied(folder: Path) -> None:
    """Copy the program and the contract into a folder."""
    copies.copied(folder)
    tests = Path(__file__).parents[1]
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(tests / "kinds", folder / "tests" / "kinds", ignore=ignored)
    shutil.copytree(tests.parent / "tools", folder / "tools", ignore=ignored)
    for path in tests.glob("*.py"):
        shutil.copy(path, folder / "tests")
    for name in ("pyproject.toml", "CONTRIBUTING.md"):
        shutil.copy(tests.parent / name, folder / name)


def run_contract(folder: Path, kind: str) -> None:
    """Run the trials of a kind in a copy of the program, where they must succeed."""
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", f"test_kind and ({kind})"]
    done = subprocess.run(
        [sys.executable, *words, "tests/kinds/test_contract.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def insert(customer: Path, *, imported: str, line: str) -> None:
    """Write the import and the line of a kind into customer_fields.py."""
    text = customer.read_text(encoding="utf-8")
    for before, new in (
        ("from crm_cli.model.task import", imported),
        ('    Field("payments", ListOf(PAYMENT)', line),
    ):
        assert text.count(before) == 1, before
        text = text.replace(before, f"{new}\n{before}")
    customer.write_text(text, encoding="utf-8")


def test_a_new_kind_is_one_file_and_one_line(tmp_path: Path) -> None:
    """The specimen has every field type, a list in a list, a group with money."""
    copied(tmp_path)
    model = tmp_path / "crm_cli" / "model"
    shutil.copy(SPECIMEN, model)
    insert(
        model / "customer_fields.py",
        imported="from crm_cli.model.specimen import SPECIMEN",
        line='    Field("specimens", ListOf(SPECIMEN), "what was lent"),',
    )
    run_contract(tmp_path, "specimen")


def test_a_new_kind_of_entries_is_one_file_and_one_line(tmp_path: Path) -> None:
    """It has a file of its own, as products have."""
    copied(tmp_path)
    model = tmp_path / "crm_cli" / "model"
    shutil.copy(SPECIMEN.with_name("specimen_entry.py"), model)
    places = model / "places.py"
    line = (
        '    Place(path="catalogue.yaml", shape=Shape.MAP, doc="a catalogue",'
        ' declaration="specimen_entry:ENTRY"),\n'
    )
    before, rest = places.read_text(encoding="utf-8").split("    RATES,\n")
    places.write_text(f"{before}{line}    RATES,\n{rest}", encoding="utf-8")
    run_contract(tmp_path, "specimen_entry")


def test_the_kind_that_contributing_shows(tmp_path: Path) -> None:
    copied(tmp_path)
    section = SHOWN.read_text(encoding="utf-8").partition("## To add a kind")[2]
    module, lines = re.findall(r"```python\n(.*?)```", section.partition("\n## ")[0], re.S)
    model = tmp_path / "crm_cli" / "model"
    (model / "visit.py").write_text(module, encoding="utf-8")
    imported, line = lines.rstrip().split("\n")
    insert(model / "customer_fields.py", imported=imported, line=line)
    run_contract(tmp_path, "visit")
