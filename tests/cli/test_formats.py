"""Every format of tables serves `-o` and `crm export`, and one more is a file and a line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import crm_cli
from crm_cli.cli.outputs import OUTPUTS
from crm_cli.formats.tables import TABLES, Holds, TableFormat
from tests import copies
from tests.conftest import Crm

PACKAGE = Path(crm_cli.__file__).parent
CONTRIBUTING = PACKAGE.parent / "CONTRIBUTING.md"
by_name = pytest.mark.parametrize(
    "form", [one for one in TABLES if not one.binary], ids=lambda one: one.name
)


@by_name
def test_each_format_writes_every_answer(crm: Crm, form: TableFormat) -> None:
    listed = crm("list", "-o", form.name)
    assert (listed.code, listed.err) == (0, "")
    assert "maja-kos" in listed.out
    summed = crm("purchase", "summary", "--by", "customer", "-o", form.name)
    assert summed.code == (2 if form.name == "paths" else 0)
    shown = crm("show", "maja-kos", "-o", form.name)
    assert shown.code == 0
    assert "maja-kos" in shown.out


@by_name
def test_each_format_exports_records(crm: Crm, tmp_path: Path, form: TableFormat) -> None:
    run = crm("export", "customers", "--format", form.name)
    assert run.code == 0
    assert "maja-kos" in run.out
    by_option, by_ending = tmp_path / "option", tmp_path / f"ending{(*form.suffixes, '.x')[0]}"
    crm("export", "customers", "--format", form.name, "--to", by_option)
    assert by_option.read_text(encoding="utf-8") == run.out
    named = crm("export", "customers", "--to", by_ending)
    assert (named.code, by_ending.exists()) == ((0, True) if form.suffixes else (2, False))
    assert not form.suffixes or by_ending.read_text(encoding="utf-8") == run.out


def test_help_and_completion_follow_the_registry(crm: Crm) -> None:
    offered = crm("__complete", "fish", "list", "-o", "").lines
    assert offered == list(OUTPUTS)
    exported = crm("__complete", "fish", "export", "customers", "--format", "").lines
    others = {"ics", "vcf", "hledger", "beancount"}
    assert {*exported} == {*(one.name for one in TABLES)} | others
    for topic in (crm("help", "output").out, " ".join(crm("list", "--help").out.split())):
        assert all(name in topic for name in OUTPUTS)
    assert all(one.doc in crm("help", "output").out for one in OUTPUTS.values())


def test_names_are_of_what_was_asked_for(crm: Crm) -> None:
    assert crm("export", "customers", "+vip", "--format", "ids").out == "maja-kos\n"
    assert crm("export", "customers", "+vip", "--format", "paths").out == (
        "customers/maja-kos.yaml\n"
    )
    run = crm("export", "products", "--format", "paths")
    assert (run.code, run.out) == (2, "")


def test_a_new_format_is_a_file_and_a_line(shop: Path, tmp_path: Path) -> None:
    """What CONTRIBUTING.md says, done to a copy of the program."""
    section = CONTRIBUTING.read_text(encoding="utf-8").split("## To add a format\n")[1]
    module, line = re.findall(r"```python\n(.*?)```", section, re.DOTALL)[:2]
    source = tmp_path / "source"
    tables = copies.copied(source) / "formats" / "tables"
    (tables / "wiki.py").write_text(module, encoding="utf-8")
    registry = (tables / "__init__.py").read_text(encoding="utf-8")
    changed = registry.replace("    IDS,\n", f"{line}    IDS,\n")
    assert changed != registry
    (tables / "__init__.py").write_text(changed, encoding="utf-8")

    def crm(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "crm_cli", *words],
            cwd=shop,
            env={**os.environ, "PYTHONPATH": str(source)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert crm("list", "--cols", "id,city", "-o", "wiki").startswith(
        '{| class="wikitable"\n! id !! city\n|-\n| '
    )
    assert "|-\n| " in crm("purchase", "summary", "-o", "wiki")
    target = tmp_path / "page.wiki"
    crm("export", "customers", "--format", "wiki", "--to", str(target))
    assert "| maja-kos ||" in target.read_text(encoding="utf-8")
    assert "wiki" in crm("help", "output")
    assert crm("__complete", "fish", "list", "-o", "w") == "wiki\n"


def test_formats_of_tables_are_data_until_used() -> None:
    """The registry names its modules without importing them."""
    code = (
        "import sys, crm_cli.cli.options\n"
        "print(*(name for name in sys.modules if name.startswith('crm_cli.formats.tables.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""
    assert {one.holds for one in TABLES} == {*Holds}
