"""Records of one customer made one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Crm, Git

OTHER = """\
# Second time at the fair.
name: Maja Koss
nickname: Majči
stage: lead
formerly: [mk]
created: 2020-01-05
source_system: shop
external_id: "77"
emails:
  - MAJA@kos.example
  - value: doma@kos.example
    label: home
phones: "041 222 333"
organizations:
  - id: hotel-breg
    role: billing
relations:
  - to: maja-kos
    kind: colleague
custom: {shoe: 41}
tasks:
  # do not forget
  - id: t-1111111
    title: Call her
    due: 2026-12-01
interactions:
  - 2026-10-01 call in: Asked for towels
purchases:
  - id: p-1111111
    kind: invoice
    number: "2026-0001"
    date: 2026-01-05
    lines: [linen-sheet:1:80]
payments:
  - id: y-1111111
    date: 2026-01-15
    amount: 97.60
    for: "2026-0001"
allergies: wool
notes: Likes green.
"""


def _pair(shop: Path) -> dict[Path, bytes]:
    (shop / "customers/maja-2.yaml").write_text(OTHER)
    hotel = shop / "customers/hotel-breg.yaml"
    hotel.write_text(
        hotel.read_text() + "contacts:\n  - id: maja-2\n    role: billing\n  - id: maja-kos\n"
        "    title: Buyer\nreferred_by: maja-2\n"
    )
    return {path: path.read_bytes() for path in shop.rglob("*.yaml")}


def test_nothing_is_lost_and_undo_restores_the_bytes(crm: Crm, shop: Path) -> None:
    before = _pair(shop)
    spend = json.loads(crm("list", "--cols", "id,spend,balance", "--json").out)
    refused = crm("merge", "maja-kos", "maja-2", "--yes")
    assert refused.code == 6
    assert "both say something else of name" in refused.err
    done = crm("merge", "maja-kos", "maja-2", "--prefer", "keep", "--yes")
    assert done.code == 0, done.err
    assert not (shop / "customers/maja-2.yaml").exists()
    text = (shop / "customers/maja-kos.yaml").read_text()
    assert text.startswith("# Met at the fair.\n")
    for said in (
        "# Second time at the fair.", "# do not forget", "nickname: Majči", "id: t-1111111",
        "towels", "id: p-1111111", "id: y-1111111", "allergies: wool", "shoe: 41",
        "doma@kos.example", "lifecycle_stage: lead", "external_id: \"77\"",
        "- mk", "- maja-2", "Likes green.", "created: 2020-01-05",
    ):  # fmt: skip
        assert said in text, (said, text)
    assert "Koss" not in text
    assert text.lower().count("maja@kos.example") == 1
    assert text.count("222 333") == 1
    assert "colleague" not in text
    hotel = (shop / "customers/hotel-breg.yaml").read_text()
    assert hotel.count("id: maja-kos") == 1
    assert "title: Buyer" in hotel
    assert "role: billing" in hotel
    assert "referred_by: maja-kos" in hotel
    assert crm("check").code == 0, crm("check").err
    after = json.loads(crm("list", "--cols", "id,spend,balance", "--json").out)
    for key in ("spend", "balance"):
        assert sum(float(one[key]) for one in spend) == sum(float(one[key]) for one in after)
    for old in ("maja-2", "mk"):
        assert crm("show", old, "-o", "paths").out == "customers/maja-kos.yaml\n"
    assert crm("undo").code == 0
    assert {path: path.read_bytes() for path in shop.rglob("*.yaml")} == before


def test_both_sides_are_shown_first(crm: Crm, shop: Path) -> None:
    before = _pair(shop)
    done = crm("merge", "maja-kos", "maja-2", "--dry-run", "--json")
    assert done.code == 0
    rows = {row["field"]: row for row in json.loads(done.out)}
    assert rows["name"]["maja-2"] == "Maja Koss"
    assert rows["name"]["merged"] == "to be chosen"
    assert rows["tasks"]["merged"] == "3"
    done = crm("merge", "maja-kos", "maja-2", "--dry-run", "--prefer", "drop")
    assert "Maja Koss" in done.out
    assert {path: path.read_bytes() for path in shop.rglob("*.yaml")} == before


def test_the_newest_value_stays(crm: Crm, shop: Path) -> None:
    _pair(shop)
    assert crm("set", "maja-2", "name=Maja Kos Zupan").code == 0
    assert crm("merge", "maja-kos", "maja-2", "--prefer", "newest", "--yes").code == 0
    assert "name: Maja Kos Zupan" in (shop / "customers/maja-kos.yaml").read_text()


def test_what_cannot_be_merged(crm: Crm, shop: Path) -> None:
    _pair(shop)
    assert crm("merge", "maja-kos").code == 2
    assert crm("merge", "maja-kos", "maja-kos", "--yes").code == 2
    assert crm("merge", "maja-kos", "nobody", "--yes").code == 3
    other = shop / "customers/maja-2.yaml"
    other.write_text(OTHER.replace("2026-0001", "2026-0007"))
    refused = crm("merge", "maja-kos", "maja-2", "--prefer", "keep", "--yes")
    assert (refused.code, "both have invoice 2026-0007" in refused.err) == (6, True)
    other.write_text(OTHER.replace("due: 2026-12-01", "due: sometime"))
    assert crm("merge", "maja-kos", "maja-2", "--prefer", "keep", "--yes").code == 4
    assert other.exists()


def test_three_records_become_one(crm: Crm, shop: Path) -> None:
    _pair(shop)
    (shop / "customers/maja-3.yaml").write_text("name: Maja Kos\nrelations: [maja-2]\n")
    assert crm("merge", "maja-kos", "maja-2", "maja-3", "--prefer", "keep", "--yes").code == 0
    text = (shop / "customers/maja-kos.yaml").read_text()
    assert "  - maja-3" in text
    assert "relations" not in text
    assert crm("check").code == 0


# In clones


def _clones(shop: Path, git: Git, crm: Crm) -> Path:
    bare = shop.parent / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    git("add", "-A")
    git("commit", "-qm", "all")
    git("branch", "-M", "main")
    git("remote", "add", "origin", str(bare))
    assert crm("sync").code == 0
    other = shop.parent / "other"
    subprocess.run(["git", "clone", "-q", str(bare), str(other)], check=True)
    assert crm("-C", other, "git", "setup", "--yes").code == 0
    return other


def test_what_a_clone_changed_meanwhile_comes_along(crm: Crm, shop: Path, git: Git) -> None:
    _pair(shop)
    other = _clones(shop, git, crm)
    assert crm("merge", "maja-kos", "maja-2", "--prefer", "keep", "--yes").code == 0
    for words in (
        ("task", "add", "maja-2", "Theirs"),
        ("task", "done", "t-1111111"),
        ("set", "maja-2", "language=sl", "emails+=neu@kos.example", "nickname=Maji"),
        ("rm", "y-1111111", "--yes"),
        ("log", "maja-kos", "Called"),
        ("set", "jan-vidmar", "referred_by=maja-2"),
    ):
        done = crm("-C", other, *words)
        assert done.code == 0, done.err
    assert crm("task", "add", "maja-kos", "Ours").code == 0
    assert crm("sync").code == 0
    done = crm("-C", other, "sync")
    assert done.code == 0, done.err
    assert crm("sync").code == 0
    text = (shop / "customers/maja-kos.yaml").read_text()
    assert text == (other / "customers/maja-kos.yaml").read_text()
    for said in ("Ours", "Theirs", "language: sl", "neu@kos.example", "nickname: Maji", "Called"):
        assert said in text, said
    assert "y-1111111" not in text
    assert text.count("status: completed") == 2
    assert not (other / "customers/maja-2.yaml").exists()
    assert "referred_by: maja-kos" in (shop / "customers/jan-vidmar.yaml").read_text()
    assert crm("check").code == 0


def test_what_did_not_count_and_was_changed_is_left_to_people(
    crm: Crm, shop: Path, git: Git
) -> None:
    _pair(shop)
    other = _clones(shop, git, crm)
    assert crm("merge", "maja-kos", "maja-2", "--prefer", "keep", "--yes").code == 0
    assert crm("-C", other, "set", "maja-2", "name=Maja Zupan").code == 0
    assert crm("sync").code == 0
    assert crm("-C", other, "sync").code == 5
    assert crm("-C", other, "resolve", "--ours").code == 0
    assert crm("-C", other, "merge", "maja-kos", "maja-2", "--prefer", "drop", "--yes").code == 0
    assert crm("-C", other, "sync").code == 0
    assert crm("sync").code == 0
    assert "name: Maja Zupan" in (shop / "customers/maja-kos.yaml").read_text()


def test_two_clones_merge_the_same(crm: Crm, shop: Path, git: Git) -> None:
    _pair(shop)
    other = _clones(shop, git, crm)
    for folder in (shop, other):
        words = ("merge", "maja-kos", "maja-2", "--prefer", "keep", "--yes")
        assert crm("-C", folder, *words).code == 0
    assert crm("sync").code == 0
    assert crm("-C", other, "sync").code == 0
    text = (other / "customers/maja-kos.yaml").read_text()
    assert text.count("t-1111111") == 1
    assert text.count("- maja-2") == 1


# Imports


def test_imports_find_who_was_merged(crm: Crm, shop: Path) -> None:
    _pair(shop)
    assert crm("set", "maja-kos", "source_system=crm", "external_id=5").code == 0
    assert crm("merge", "maja-kos", "maja-2", "--prefer", "keep", "--yes").code == 0
    text = (shop / "customers/maja-kos.yaml").read_text()
    assert '  - "shop:77"' in text or "  - shop:77" in text
    rows = shop.parent / "rows.csv"
    rows.write_text("customer_id,name,language\n77,Maja Koss,sl\n")
    words = ("import", "customers", rows, "--source-system", "shop", "--yes")
    done = crm(*words)
    assert (done.code, "1 changed" in done.out + done.err) == (0, True), done.err
    after = (shop / "customers/maja-kos.yaml").read_text()
    assert "language: sl" in after
    assert 'external_id: "5"' in after
    done = crm(*words)
    assert "1 unchanged" in done.out + done.err
    assert (shop / "customers/maja-kos.yaml").read_text() == after
    assert crm("add", "Maja 2").out.split(" as ")[1].split()[0] != "maja-2"


# Apart again


def test_an_older_merge_is_taken_apart(crm: Crm, shop: Path, git: Git) -> None:
    before = _pair(shop)
    git("add", "-A")
    git("commit", "-qm", "all")
    assert crm("merge", "maja-kos", "maja-2", "--prefer", "keep", "--yes").code == 0
    for words in (
        ("task", "done", "t-1111111"),
        ("task", "add", "maja-kos", "New one"),
        ("set", "maja-kos", "language=sl"),
        ("payment", "add", "2026-0001", "10"),
        ("rm", "y-1111111", "--yes"),
    ):
        done = crm(*words)
        assert done.code == 0, done.err
    done = crm("unmerge", "maja-2", "--yes")
    assert done.code == 0, done.err
    kept = (shop / "customers/maja-kos.yaml").read_text()
    again = (shop / "customers/maja-2.yaml").read_text()
    assert "New one" in kept and "language: sl" in kept
    for said in ("nickname", "t-1111111", "formerly", "allergies", "Likes green", "p-1111111"):
        assert said not in kept, said
        assert said in again or said == "formerly", said
    assert "status: completed" in again
    assert "y-1111111" not in again and "amount: 10" in again
    assert "not_same:\n  - maja-2" in kept
    assert (shop / "customers/hotel-breg.yaml").read_bytes() == (
        before[shop / "customers/hotel-breg.yaml"]
    )
    assert crm("check").code == 0
    assert crm("unmerge", "maja-2", "--yes").code == 3
    assert crm("undo", "--yes").code == 0
    assert (shop / "customers/maja-kos.yaml").read_text() != kept
    assert not (shop / "customers/maja-2.yaml").exists()


def test_one_of_two_that_were_merged_together_comes_back(crm: Crm, shop: Path, git: Git) -> None:
    _pair(shop)
    (shop / "customers/maja-3.yaml").write_text("name: Maja Kos\nnickname: M3\nurl: kos.example\n")
    git("add", "-A")
    git("commit", "-qm", "all")
    words = ("merge", "maja-kos", "maja-2", "maja-3", "--prefer", "drop", "--yes")
    assert crm(*words).code == 0
    done = crm("unmerge", "maja-3", "--yes")
    assert done.code == 0, done.err
    kept = (shop / "customers/maja-kos.yaml").read_text()
    assert "t-1111111" in kept and "- maja-2" in kept
    assert "kos.example\n" in (shop / "customers/maja-3.yaml").read_text()
    assert "urls" not in kept


# Split


def test_a_part_becomes_a_new_customer(crm: Crm, shop: Path) -> None:
    before = {path: path.read_bytes() for path in shop.rglob("*.yaml")}
    total = crm("purchase", "summary", "--json").out
    done = crm("split", "maja-kos", "Maja Lan d.o.o.", "purchase/date:2026-11..", "t-9f3kx7d")
    assert done.code == 0, done.err
    text = (shop / "customers/maja-lan-doo.yaml").read_text()
    for said in ("kind: organization", "owner: petra", "p-2m8ct4h", "y-7d1wz0e", "t-9f3kx7d"):
        assert said in text, said
    assert "p-2m8ct4h" not in (shop / "customers/maja-kos.yaml").read_text()
    assert crm("purchase", "summary", "--json").out == total
    assert crm("check").code == 0
    assert crm("undo", "--yes").code == 0
    assert {path: path.read_bytes() for path in shop.rglob("*.yaml")} == before


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("maja-kos", "New"), 2),
        (("maja-kos", " ", "t-9f3kx7d"), 2),
        (("maja-kos", "New", "purchase/date:1999"), 3),
        (("maja-kos", "New", "email/value:x"), 2),
        (("maja-kos", "New", "t-nnn"), 3),
        (("jan-vidmar", "New", "t-9f3kx7d"), 6),
    ],
)
def test_what_cannot_be_split(crm: Crm, shop: Path, words: tuple[str, ...], code: int) -> None:
    before = {path: path.read_bytes() for path in shop.rglob("*.yaml")}
    done = crm("split", *words)
    assert done.code == code, done.err
    assert {path: path.read_bytes() for path in shop.rglob("*.yaml")} == before


def test_own_fields_are_shown_in_words(shop: Path, crm: Crm) -> None:
    for id, size in (("eva", "L"), ("eva-2", "M")):
        text = f"name: Eva\ncustom: {{size: {size}, shoe: 4}}\n"
        (shop / f"customers/{id}.yaml").write_text(text)
    shown = crm("merge", "eva", "eva-2", "--dry-run").out
    assert "size: L; shoe: 4" in shown and "size: M; shoe: 4" in shown and "{" not in shown


def test_a_merged_record_keeps_the_ids_that_it_had_when_it_is_renamed(
    crm: Crm, shop: Path
) -> None:
    """The one that it gets is its own again, and no former one; the one that it loses is."""
    assert crm("add", "Lea Huber", "--email", "a@x.example").code == 0
    assert crm("add", "Lea Braun", "--email", "b@x.example").code == 0
    assert crm("merge", "lea-huber", "lea-braun", "--prefer", "drop", "--yes").code == 0
    assert crm("rename", "lea-huber", "lea-braun").code == 0
    text = (shop / "customers/lea-braun.yaml").read_text("utf-8")
    assert "formerly:\n  - lea-huber\n" in text
    assert crm("show", "lea-huber").code == 0
    assert crm("rename", "lea-braun", "lea").code == 0
    assert crm("show", "lea-huber", "-o", "ids").out == crm("show", "lea-braun", "-o", "ids").out
