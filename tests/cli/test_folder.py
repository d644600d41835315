"""The folder from the command line: init, check, fmt, config, index, help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Crm


def test_init_makes_a_directory_that_works(
    crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRM_DIR")
    root = tmp_path / "new"
    run = crm("init", root, "--name", "Kava d.o.o.", "--country", "Slovenia")
    assert run.code == 0
    assert (root / "crm.yaml").read_text().startswith("business:\n  name: Kava d.o.o.\n")
    assert (
        "currency: EUR\ncountry: SI\ntime_zone: Europe/Ljubljana\n"
        in (root / "crm.yaml").read_text()
    )
    assert "\nuid: kava-doo.crm\n" in (root / "crm.yaml").read_text()
    assert (root / ".gitignore").read_text() == ".crm/\n"
    assert oct((root / "crm.yaml").stat().st_mode)[-3:] == "600"
    assert crm("init", root).code == 6
    assert crm("-C", root, "check").code == 0
    assert crm("init", tmp_path / "other", "--country", "Nowhere").code == 2


def test_the_sample_has_something_due(
    crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRM_DIR")
    monkeypatch.delenv("CRM_TODAY")
    root = tmp_path / "sample"
    assert crm("init", root, "--sample").code == 0
    due = json.loads(crm("-C", root, "due", "--json").out)
    assert {row["who"] for row in due} >= {"ana-novak", "bistro-lipa"}
    assert crm("-C", root, "fmt", "--check").code == 0
    assert crm("-C", root, "check").code == 0
    assert crm("-C", root, "list", "@vip", "-o", "ids").lines == ["ana-novak"]


def test_check_tells_places_and_exits_1(crm: Crm, shop: Path) -> None:
    assert crm("check").code == 0
    (shop / "customers/broken.yaml").write_text('name: "A\ncity: x\n')
    (shop / "customers/odd.yaml").write_text("name: A\nphonse: 1\n")
    run = crm("check")
    assert run.code == 1
    assert run.out.startswith("customers/broken.yaml:1:7: ")
    assert "customers/odd.yaml:2:1: warning: " in run.out
    assert crm("check", "odd").code == 0
    found = json.loads(crm("check", "customers/broken.yaml", "--json").out)
    assert [(one["line"], one["column"], one["severity"]) for one in found] == [(1, 7, "error")]
    assert crm("check", "nobody-there").code == 3


def test_one_bad_file_hides_no_other(crm: Crm, shop: Path) -> None:
    (shop / "customers/broken.yaml").write_text("name: [\n")
    run = crm("list", "-o", "ids")
    assert run.code == 4
    assert run.lines == ["hotel-breg", "jan-vidmar", "maja-kos"]
    assert run.err.startswith("customers/broken.yaml:2:1: ")


def test_a_reference_to_nobody_is_told(crm: Crm, shop: Path) -> None:
    path = shop / "customers/jan-vidmar.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "referred_by: maja-ks\n", encoding="utf-8")
    run = crm("check")
    assert run.code == 1
    assert "customers/jan-vidmar.yaml:" in run.out
    assert "maja-kos" in run.out


def test_check_fix_writes_ids_and_quotes(crm: Crm, shop: Path) -> None:
    path = shop / "customers/jan-vidmar.yaml"
    path.write_text("name: Jan Vidmar\npostcode: 01000\ntasks:\n  - Write to him\n")
    shown = crm("task", "list", "customer:jan-vidmar", "-o", "ids").lines
    assert crm("check", "--fix", "jan-vidmar").code == 0
    assert path.read_text() == (
        'name: Jan Vidmar\npostcode: "01000"\ntasks:\n'
        f"  - id: {shown[0]}\n    title: Write to him\n"
    )
    assert crm("task", "list", "customer:jan-vidmar", "-o", "ids").lines == shown


def test_fmt_makes_canonical_form_and_keeps_meaning(crm: Crm, shop: Path) -> None:
    before = json.loads(crm("show", "jan-vidmar", "--json").out)
    assert "customers/jan-vidmar.yaml" in crm("fmt", "--check").lines
    assert crm("fmt", "--check").code == 1
    assert crm("fmt", "--yes").code == 0
    assert crm("fmt", "--check").code == 0
    after = json.loads(crm("show", "jan-vidmar", "--json").out)
    assert before["phones"] == after["phones"]
    assert before["tasks"][0]["title"] == after["tasks"][0]["title"]
    assert "# Met at the fair." in (shop / "customers/maja-kos.yaml").read_text()


def test_fmt_loses_no_value_that_cannot_be_read(crm: Crm, shop: Path) -> None:
    path = shop / "customers/jan-vidmar.yaml"
    path.write_text("nickname: Jan\nbirth_date: soon\nname: Jan Vidmar\n")
    run = crm("fmt", "--yes")
    assert "left alone: customers/jan-vidmar.yaml:2:13: birth_date: 'soon' is not a date" in run.err
    assert path.read_text() == "nickname: Jan\nbirth_date: soon\nname: Jan Vidmar\n"
    assert "the rest is in canonical form" in crm("fmt", "--yes").err


def test_the_table_of_settings_is_no_wider_than_a_screen_or_two(crm: Crm, shop: Path) -> None:
    path = shop / "crm.yaml"
    path.write_text(path.read_text() + "working_hours: {mon: 08:00-16:00, tue: 08:00-16:00}\n")
    lines = crm("config").lines
    (users,) = [line for line in lines if line.startswith("users ")]
    assert "petra, marko" in users and "lan.example" not in users
    assert any("mon, tue" in line for line in lines)
    assert max(map(len, lines)) < 200
    assert "petra@lan.example" in crm("config", "-o", "csv").out
    assert "petra@lan.example" in crm("config", "get", "users").out


def test_a_list_of_settings_is_one_as_yaml_writes_it(crm: Crm, shop: Path) -> None:
    account = "[{iban: SI56 1910 0000 0123 438, bic: LJBASI2X, bank: 'NLB, d. d.'}]"
    assert crm("config", "set", f"business.accounts={account}").code == 0
    lines = '    - iban: SI56 1910 0000 0123 438\n      bic: LJBASI2X\n      bank: NLB, d. d.\n'
    assert lines in (shop / "crm.yaml").read_text()
    assert crm("config", "set", "business.emails=[a@kava.example, b@kava.example]",
               "working_hours={mon-fri: 08:00-16:00}").code == 0  # fmt: skip
    assert crm("config", "set", "business.footer=[none]").code == 0
    assert "- a@kava.example" in (shop / "crm.yaml").read_text()
    assert 'footer: "[none]"' in (shop / "crm.yaml").read_text()
    assert crm("check").code == 0
    for said in ("business.emails={a: b}", "business.accounts=[{iban", "holidays=[2026-01-01"):
        assert crm("config", "set", said).code == 2, said


@pytest.mark.parametrize(
    "iban", ["SI56191000000123439", "SI5619100000012343", "[{iban: X}]", "[{bic: X}]", "[[X]]"]
)
def test_what_is_no_iban_is_refused_and_told(crm: Crm, shop: Path, iban: str) -> None:
    run = crm("config", "set", f"business.accounts={iban}")
    assert run.code == 2 and "is no IBAN" in run.err and "write accounts: [{iban:" in run.err
    settings = shop / "crm.yaml"
    text = settings.read_text()
    assert "accounts" not in text
    name = "  name: Lan d.o.o.\n"
    settings.write_text(text.replace(name, f"{name}  accounts: {iban}\n"))
    told = crm("check")
    assert "IBAN" in told.out and "crm.yaml:3:13: warning" in told.out, told
    assert crm("config", "set", "business.accounts=si56 1910 0000 0123 438").code == 0
    assert "IBAN" not in crm("check").out


def test_config(crm: Crm, shop: Path) -> None:
    assert crm("config", "get", "currency").out == "EUR\n"
    assert crm("config", "set", "terms_days=14", "business.name=Lan").code == 0
    assert crm("config", "get", "business.name").out == "Lan\n"
    assert "terms_days: 14" in (shop / "crm.yaml").read_text()
    assert crm("config", "set", "terms_days=soon").code == 2
    assert crm("config", "set", "users.Jan-V.name=Jan V", "users.Jan-V.email=j@x.si").code == 0
    assert "  Jan-V:\n    name: Jan V\n    email: j@x.si\n" in (shop / "crm.yaml").read_text()
    run = crm("config", "set", "users.petra.nme=P")
    assert (run.code, "they have: name, email" in run.err) == (2, True)
    assert crm("config", "set", "users.Jan-V.email=").code == 0
    assert "  Jan-V:\n    name: Jan V\n" in (shop / "crm.yaml").read_text()
    assert "j@x.si" not in (shop / "crm.yaml").read_text()
    run = crm("config", "set", "users.Jan-V.name=")
    assert (run.code, "users.Jan-V= removes it as a whole" in run.err) == (2, True)
    assert crm("config", "set", "users.Jan-V=").code == 0
    assert "Jan-V" not in (shop / "crm.yaml").read_text()
    run = crm("config", "get", "curency")
    assert run.code == 2
    assert "currency" in run.err
    keys = {row["key"] for row in json.loads(crm("config", "--json").out)}
    assert {"business.name", "currency", "git.autocommit"} <= keys


def test_deleting_the_index_changes_no_answer(crm: Crm) -> None:
    before = crm("list", "--json").out
    path = crm("index", "path").out.strip()
    Path(path).unlink()
    assert crm("list", "--json").out == before
    assert crm("index", "rebuild").code == 0
    assert crm("list", "--json").out == before
    assert json.loads(crm("index", "--json").out)["customers"] == 3


def test_help_topics(crm: Crm) -> None:
    topics = [line.split()[0] for line in crm("help").lines if line.startswith("  ")]
    for topic in topics:
        assert crm("help", topic).out.count("\n") > 10
    assert "Usage: crm list" in crm("help", "list").out
    run = crm("help", "querry")
    assert run.code == 2
    assert "query" in run.err


def test_explain_reads_back(crm: Crm) -> None:
    found = json.loads(crm("query", "explain", "+vip", "city:Koper,Piran", "--json").out)
    again = json.loads(crm("query", "explain", "-w", found["expression"], "--json").out)
    assert again["expression"] == found["expression"]
    assert crm("query", "explain").code == 2
    assert "customer" in crm("query", "fields", "purchase").out


def test_fmt_says_only_what_it_looked_at(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "bad.yaml").write_text("name: [x\n")
    left, *rest = crm("fmt", "customers/bad.yaml").err.splitlines()
    assert left.startswith("left alone: customers/bad.yaml:1:7:")
    assert not any("canonical" in line for line in rest)
    crm("fmt", "--yes")
    assert "the rest is in canonical form" in crm("fmt").err
    assert crm("fmt", "maja-kos").err.splitlines()[0] == (
        "customers/maja-kos.yaml is in canonical form"
    )


def test_settings_that_check_would_report_are_not_written(crm: Crm, shop: Path) -> None:
    before = (shop / "crm.yaml").read_bytes()
    wrong = crm("config", "set", "mcp.fields=zz")
    assert wrong.code == 4 and "'zz' names no field" in wrong.err
    doubtful = crm("config", "set", "currency=XYZ")
    assert doubtful.code == 6 and "no currency 'XYZ'" in doubtful.err
    assert (shop / "crm.yaml").read_bytes() == before
    assert crm("config", "set", "currency=XYZ", "--force").code == 0
    # What was wrong before is left alone.
    assert crm("config", "set", "terms_days=14").code == 0
