"""What a data directory consists of: every place is known, read or not, wherever it matters."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import crm_cli
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import HOMES
from crm_cli.model.places import (
    CUSTOMERS,
    PLACES,
    PRODUCTS,
    RATES,
    SETTINGS,
    Place,
    Shape,
    is_kept,
    place_of,
    place_within,
)
from crm_cli.model.product import PRODUCT
from crm_cli.store.merge import merge_file
from tests.conftest import Crm, Git
from tests.features.test_sync import clone, head, remote

__all__ = ["remote"]

CAMPAIGN = "name: Spring\nkind: email\nbudget: 500\n"
LETTER = "Dear {{ name }},\n\nthank you.\n\nYours, Lan\n"
KEPT = {
    "campaigns/spring.yaml": CAMPAIGN,
    "rules.yaml": "greet:\n  for: +new\n",
    "templates/letter.md": LETTER,
    "consents/terms/2026.txt": "I agree.\n",
}
"""A file for each place that no kind describes yet, and for one that a kind does."""


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
def test_each_place_is_declared_well(place: Place) -> None:
    assert place.doc
    assert place.is_folder == (place.shape in (Shape.RECORDS, Shape.TEXTS))
    assert "/" not in place.path.rstrip("/")
    described = place.shape in (Shape.RECORDS, Shape.RECORD, Shape.MAP) and place.declaration
    assert place.kind is None if not place.declaration else isinstance(place.kind, Kind)
    assert (place.kind in HOMES) == bool(described)
    path = place.file("a") if place.is_folder else place.path
    assert place_of(path) is place and is_kept(path)


def test_which_place_a_file_belongs_to() -> None:
    assert place_of("customers/shops/kava.yaml") is CUSTOMERS
    assert place_of("products.yaml") is PRODUCTS and PRODUCTS.kind is PRODUCT
    for path in (
        "customers", "customers/", "customers/a.yml", "customers/.a.yaml", "customers/.b/a.yaml",
        "other/a.yaml", "products.yaml/a", "shop/products.yaml", ".crm/lock", "README.md", "",
    ):  # fmt: skip
        assert place_of(path) is None, path
    assert is_kept("customers/photo.jpg") and not is_kept("customers/.photo.jpg")
    assert not is_kept("README.md") and not is_kept("customers")
    assert place_within("shops/lan/rates.yaml") is RATES
    assert place_within("shops/lan/customers/b/crm.yaml") is CUSTOMERS
    assert place_within("lan/crm.yaml") is SETTINGS and place_within("lan/notes.yaml") is None


ROOT = Path(crm_cli.__file__).parents[1]


def test_what_is_written_by_hand_names_each_place() -> None:
    hook = YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text())[0]
    listed = (ROOT / "docs" / "files.md").read_text()
    for place in PLACES:
        assert place.pattern in listed, place.path
        path = place.file("a") if place.is_folder else place.path
        found = re.search(hook["files"], f"shops/lan/{path}")
        assert bool(found) == (place.shape is not Shape.TEXTS), path


@pytest.fixture
def kept(shop: Path) -> Path:
    """The shop with a file in each place that no kind describes yet."""
    for name, text in KEPT.items():
        path = shop / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return shop


def test_what_no_kind_describes_is_well_as_long_as_it_is_yaml(kept: Path, crm: Crm) -> None:
    assert crm("check").code == 0
    (kept / "campaigns/spring.yaml").write_text(CAMPAIGN + "segment: [vip\n")
    (kept / "rules.yaml").write_text("a: 1\n<<<<<<< ours\nb: 1\n=======\nb: 2\n>>>>>>> theirs\n")
    (kept / "campaigns/empty.yaml").write_text("")
    (kept / "campaigns/old.yml").write_text("a: 1\n")
    found = json.loads(crm("check", "--json").out)
    assert [(one["path"], one["line"], one["code"]) for one in found] == [
        ("campaigns/empty.yaml", 1, "empty"),
        ("campaigns/old.yml", None, "file-ending"),
        ("campaigns/spring.yaml", 4, "syntax"),
        ("rules.yaml", 2, "merge-conflict"),
    ]
    listed = crm("list", "-o", "ids")
    assert listed.code == 4 and "campaigns/spring.yaml:4" in listed.err
    assert listed.lines == ["hotel-breg", "jan-vidmar", "maja-kos"]
    (kept / "campaigns/spring.yaml").write_text(CAMPAIGN)
    (kept / "campaigns/empty.yaml").unlink()
    (kept / "rules.yaml").unlink()
    assert crm("list", "-o", "ids").code == 0


def test_texts_are_not_read_but_for_an_unresolved_merge(kept: Path, crm: Crm) -> None:
    (kept / "templates/logo.png").write_bytes(b"\x89PNG\r\n\0<<<<<<\xff")
    (kept / "templates/heading.md").write_text("Heading\n=======\n\nkey: [\n")
    assert crm("check").code == 0
    both = LETTER.replace("thank you", "<<<<<<< a\nthanks\n=======\nthank you\n>>>>>>> b\n")
    (kept / "templates/letter.md").write_text(both)
    run = crm("check")
    assert run.code == 1
    assert "templates/letter.md:3:1: unresolved merge conflict at lines 3-7" in run.out
    assert crm("list").code == 0


def test_all_of_it_is_in_the_first_commit_in_history_and_taken_back(
    kept: Path, crm: Crm, git: Git
) -> None:
    assert {*git("ls-files").split()} >= {*KEPT, "crm.yaml"}
    (kept / "templates/letter.md").write_text(LETTER.replace("thank you", "thanks"))
    (kept / "campaigns/spring.yaml").write_text(CAMPAIGN + "status: active\n")
    (kept / "rules.yaml").unlink()
    (kept / "rates.yaml").write_text("2026-01-01: {USD: 1.08}\n")
    git("add", "-A")
    git("commit", "-qm", "by hand", "--no-verify")
    rows = json.loads(crm("changes", "--since", "2020-01-01", "--json").out)
    told = {(one["record"], one["what"]) for one in rows if one["subject"] == "by hand"}
    assert told == {
        ("templates/letter.md", "the file changed"),
        ("spring", "status (none) → active"),
        ("rules", "-1 rule greet"),
        ("rates.yaml", "+1 file"),
    }
    first = [one["record"] for one in rows if one["what"] == "+1 file"]
    assert {*first} == {*KEPT, "rates.yaml"} - {"campaigns/spring.yaml", "rules.yaml"}
    (kept / "templates/letter.md").write_text("Dear all,\n")
    history = json.loads(crm("history", "templates/letter.md", "--json").out)
    assert [(one["what"], one["subject"]) for one in history] == [
        ("the file changed", "not committed yet"),
        ("the file changed", "by hand"),
        ("+1 file", "git setup"),
    ]
    assert len(json.loads(crm("history", "rules.yaml", "--json").out)) == 2
    assert crm("history", "templates/none.md").code == 3
    assert crm("blame", "templates/letter.md").code == 6
    (kept / "templates/letter.md").write_text(LETTER.replace("thank you", "thanks"))
    undone = crm("undo", git("rev-parse", "HEAD").strip())
    assert undone.code == 0, undone.err
    assert "greet: +1 rule greet" in undone.err and "rates.yaml: -1 file" in undone.err
    assert (kept / "templates/letter.md").read_text() == LETTER


def test_changes_of_some_customers_are_theirs_alone(kept: Path, crm: Crm, git: Git) -> None:
    (kept / "campaigns/maja-kos.yaml").write_text("name: Not a customer\n")
    git("add", "-A")
    git("commit", "-qm", "by hand", "--no-verify")
    rows = crm("changes", "id:maja-kos", "--since", "2020-01-01", "--json")
    assert {one["kind"] for one in json.loads(rows.out)} == {"customer"}


def test_a_clone_gets_all_of_it_and_texts_are_merged_by_line(
    remote: Path, shop: Path, kept: Path, crm: Crm
) -> None:
    assert crm("sync").code == 0
    other = clone(remote, "other", crm)
    for name, text in KEPT.items():
        assert (other / name).read_text() == text
    (shop / "templates/letter.md").write_text(LETTER.replace("Dear", "Hello"))
    (other / "templates/letter.md").write_text(LETTER.replace("Yours", "Regards"))
    (shop / "campaigns/spring.yaml").write_text(CAMPAIGN.replace("500", "600"))
    (other / "campaigns/spring.yaml").write_text(CAMPAIGN.replace("email", "letter"))
    (other / "consents/form.pdf").write_bytes(b"%PDF\0")
    assert crm("sync").code == 0
    run = crm("-C", other, "sync")
    assert run.code == 0, run.err
    assert crm("sync").code == 0
    assert head(shop) == head(other)
    merged = CAMPAIGN.replace("500", "600").replace("email", "letter")
    assert (shop / "campaigns/spring.yaml").read_text() == merged
    assert (shop / "templates/letter.md").read_text() == (
        "Hello {{ name }},\n\nthank you.\n\nRegards, Lan\n"
    )


@pytest.mark.parametrize("name", ["crm.yaml", "rates.yaml", "rules.yaml", "templates/letter.md"])
def test_a_merge_that_git_does_not_know_of_is_settled(kept: Path, crm: Crm, name: str) -> None:
    path = kept / name
    before = path.read_text() if path.exists() else ""
    path.write_text(f"{before}<<<<<<< a\na:\n=======\nb:\n>>>>>>> b\n")
    assert f"{name}:" in crm("check").out
    assert crm("resolve", "--theirs").out == f"settled {name}\n"
    assert path.read_text() == f"{before}b:\n"


@pytest.mark.parametrize("side", ["--ours", "--theirs"])
def test_a_text_that_both_changed_is_settled(
    remote: Path, shop: Path, kept: Path, crm: Crm, side: str
) -> None:
    (shop / "consents/form.pdf").write_bytes(b"%PDF\0\n")
    assert crm("sync").code == 0
    other = clone(remote, "other", crm)
    (shop / "templates/letter.md").write_text(LETTER.replace("thank you", "thanks"))
    (other / "templates/letter.md").write_text(LETTER.replace("thank you", "a lot: ["))
    (shop / "consents/form.pdf").write_bytes(b"%PDF\0\xff theirs\n")
    (other / "consents/form.pdf").write_bytes(b"%PDF\0\xff ours\n")
    assert crm("sync").code == 0
    run = crm("-C", other, "sync")
    assert run.code == 5 and "templates/letter.md" in run.err
    assert "templates/letter.md:3:1: unresolved merge" in crm("-C", other, "check").out
    run = crm("-C", other, "resolve", side)
    assert run.code == 0, run.err
    assert "the merge is complete" in run.err
    text = (other / "templates/letter.md").read_text()
    assert ("thanks" in text) == (side == "--theirs") and "<<<<" not in text
    scan = (other / "consents/form.pdf").read_bytes()
    assert scan == b"%PDF\0\xff " + side[2:].encode() + b"\n"
    assert crm("-C", other, "sync").code == 0


def test_a_text_is_merged_by_line_though_it_reads_as_yaml() -> None:
    base, ours, theirs = b"to: a\n\n\n\nb: c\n", b"to: x\n\n\n\nb: c\n", b"to: a\n\n\n\nb: d\n"
    path = "lan/templates/note.yaml"
    assert merge_file(base, ours, theirs, path) == (b"to: x\n\n\n\nb: d\n", ())
    torn = merge_file(b"a: [\nb\n", b"a: [\nc\n", b"a: [\nd\n", path)
    assert torn.conflicts == ("the file",) and torn.data.count(b"<<<<<<<") == 1
    clean = merge_file(b"a: [\n1\n2\n3\nb\n", b"a: {\n1\n2\n3\nb\n", b"a: [\n1\n2\n3\nc\n", path)
    assert clean == (b"a: {\n1\n2\n3\nc\n", ())


def test_the_hook_checks_records_and_no_texts(kept: Path, git: Git) -> None:
    (kept / "templates/letter.md").write_text("a: [\n<<<<<<< x\n")
    git("add", "-A")
    git("commit", "-qm", "by hand")
    (kept / "campaigns/spring.yaml").write_text("a: [\n")
    git("add", "-A")
    done = subprocess.run(
        ["git", "commit", "-qm", "by hand"], cwd=kept, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "campaigns/spring.yaml:2:1:" in done.stdout + done.stderr


def test_fmt_leaves_alone_what_no_kind_describes(kept: Path, crm: Crm) -> None:
    odd = "greet:   'Spring'\n"
    (kept / "rules.yaml").write_text(odd)
    (kept / "campaigns/spring.yaml").write_text("name:   'Spring'\n")
    assert crm("fmt", "--yes").code == 0
    assert (kept / "rules.yaml").read_text() == odd
    assert (kept / "campaigns/spring.yaml").read_text() == "name: Spring\n"
