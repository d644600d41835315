"""Customers from the command line: add, show, set, tag, rename, remove, edit, undo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crm_cli.cli.session import Session
from tests.conftest import Crm


def text(shop: Path, id: str) -> str:
    return (shop / "customers" / f"{id}.yaml").read_text(encoding="utf-8")


def test_a_name_is_enough(crm: Crm, shop: Path) -> None:
    run = crm("add", "Ana", "Šuštar")
    assert (run.code, run.out) == (
        0,
        "added Ana Šuštar as ana-sustar  (customers/ana-sustar.yaml)\n",
    )
    assert text(shop, "ana-sustar") == "name: Ana Šuštar\ncreated: 2026-11-20\n"
    assert crm("add", "Ana Sustar", "--id", "x y").code == 2
    assert crm("add", "Ana Sustar").out.startswith("added Ana Sustar as ana-sustar-2")
    assert crm("add", "   ").code == 2


def test_add_writes_canonical_form(crm: Crm, shop: Path) -> None:
    crm(
        "add", "Kava Bar d.o.o.", "--email", "bar@kava.example", "--phone", "040 999 888",
        "--tag", "vip,horeca", "--owner", "petra", "city=Koper", "postcode=06000",
        "credit.limit=500", "custom.size=1.10", "stage=lead",
    )  # fmt: skip
    assert text(shop, "kava-bar-doo") == (
        "name: Kava Bar d.o.o.\nkind: organization\nlifecycle_stage: lead\nowner: petra\n"
        "created: 2026-11-20\n"
        '\ncustom:\n  size: "1.10"\n\ntags:\n  - vip\n  - horeca\n\nemails:\n  - bar@kava.example\n'
        '\nphones:\n  - "040 999 888"\n\naddresses:\n  - city: Koper\n    postcode: "06000"\n'
        "\ncredit:\n  limit: 500\n"
    )
    assert crm("fmt", "--check").code in (0, 1)
    assert "kava-bar-doo" not in crm("fmt", "--check").out


def test_a_known_phone_is_refused_in_any_spelling(crm: Crm, shop: Path) -> None:
    run = crm("add", "Somebody", "--phone", "+386 40 123456")
    assert run.code == 6
    assert "jan-vidmar has" in run.err
    assert not (shop / "customers/somebody.yaml").exists()
    assert crm("add", "Somebody", "--phone", "+386 40 123456", "--force").code == 0


def test_show_has_everything(crm: Crm) -> None:
    found = json.loads(crm("show", "maja-kos", "--json").out)
    assert list(found)[:2] == ["id", "path"]
    assert found["path"] == "customers/maja-kos.yaml"
    assert found["tags"] == ["vip"]
    assert found["purchases"][0]["lines"][0]["unit_price"] == "80.00"
    assert found["derived"]["balance"] == "95.20"
    assert found["derived"]["overdue_tasks"] == 0
    item = json.loads(crm("show", "p-2m8", "--json").out)
    assert (item["customer"], item["id"]) == ("maja-kos", "p-2m8ct4h")
    assert item["derived"]["amount_due"] == "95.20"
    card = crm("show", "041 222 333").out
    assert card.startswith("Maja Kos\n")
    assert "95.20 EUR" in card
    assert crm("show", "nobody").code == 3


def test_show_takes_a_prefix_and_lists_candidates(crm: Crm) -> None:
    assert crm("show", "ma").out.startswith("Maja Kos")
    crm("add", "Maja Breg")
    run = crm("show", "maja")
    assert run.code == 3
    assert "maja-kos" in run.err
    assert "maja-breg" in run.err


def test_writers_take_no_prefix_without_a_terminal(crm: Crm, shop: Path) -> None:
    before = text(shop, "maja-kos")
    assert crm("set", "maj", "city=Piran").code == 3
    assert text(shop, "maja-kos") == before
    assert crm("set", "Maja Kos", "city=Piran").code == 0


def test_set_changes_one_line(crm: Crm, shop: Path) -> None:
    before = text(shop, "maja-kos")
    run = crm("set", "maja-kos", "city=Piran")
    assert run.out == "maja-kos: city=Piran  (customers/maja-kos.yaml)\n"
    assert text(shop, "maja-kos") == before.replace("city: Koper", "city: Piran")
    assert crm("set", "maja-kos", "city=Piran").err == "nothing changed\n"
    assert crm("undo").code == 0
    assert text(shop, "maja-kos") == before


def test_set_adds_and_takes_from_lists(crm: Crm, shop: Path) -> None:
    crm("set", "maja-kos", "tags+=gold,vip", "emails-=maja@kos.example", "phone=", "nickname=Majči")
    found = json.loads(crm("show", "maja-kos", "--json").out)
    assert found["tags"] == ["vip", "gold"]
    assert "emails" not in found
    assert "phones" not in found
    assert found["nickname"] == "Majči"


def test_set_an_item_and_dates_in_words(crm: Crm, shop: Path) -> None:
    assert crm("set", "t-9f3", "due=next-mon", "priority=high").code == 0
    assert "    due: 2026-11-23\n" in text(shop, "maja-kos")
    assert "    priority: high\n" in text(shop, "maja-kos")
    assert crm("set", "y-7d1", "amount=120,50").code == 0
    assert "    amount: 120.50\n" in text(shop, "maja-kos")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("cty=Koper", "did you mean"),
        ("lifecycle_stage=custmer", "did you mean customer"),
        ("birth_date=2024-02-30", "29 days"),
        ("spend=100", "computed"),
        ("name=", "needs a name"),
        ("city+=x", "one value"),
        ("id=x", "rename"),
        ("tags+=", "needs a value"),
        ("credit.limt=5", "it has"),
        ("credit=5", "fields of its own"),
    ],
)
def test_what_cannot_be_set_changes_nothing(crm: Crm, shop: Path, word: str, said: str) -> None:
    before = text(shop, "maja-kos")
    run = crm("set", "maja-kos", word)
    assert run.code == 2
    assert said in run.err
    assert run.out == ""
    assert text(shop, "maja-kos") == before


def test_many_are_asked_for_and_all_or_nothing(crm: Crm, shop: Path) -> None:
    before = text(shop, "maja-kos")
    run = crm("set", "has:email", "language=sl")
    assert run.code == 2
    assert "--yes" in run.err
    assert text(shop, "maja-kos") == before
    assert crm("set", "has:email", "language=sl", "--yes").code == 0
    assert "language: sl" in text(shop, "maja-kos")
    assert "language: sl" in text(shop, "hotel-breg")
    crm("undo")
    assert text(shop, "maja-kos") == before


def test_ids_may_come_from_stdin(crm: Crm, shop: Path) -> None:
    assert crm("tag", "add", "coast", "-", stdin="").code == 0
    assert crm("tag", "add", "coast", "-", "--yes", stdin="maja-kos\nhotel-breg\n").code == 0
    assert crm("list", "+coast", "-o", "ids").lines == ["hotel-breg", "maja-kos"]
    assert crm("tag", "list", "-o", "csv").lines == ["tag,customers", "coast,2", "vip,1"]
    assert crm("tag", "remove", "coast", "+coast", "--yes").code == 0
    assert crm("list", "+coast", "--json").out == "[]\n"
    assert crm("tag", "add", "not a tag", "maja-kos").code == 2


def test_dry_run_shows_and_writes_nothing(crm: Crm, shop: Path) -> None:
    before = text(shop, "maja-kos")
    run = crm("set", "maja-kos", "city=Piran", "--dry-run")
    assert "-  - city: Koper" in run.out
    assert "+  - city: Piran" in run.out
    assert text(shop, "maja-kos") == before


def test_rename_follows_references(crm: Crm, shop: Path) -> None:
    crm("set", "jan-vidmar", "referred_by=maja-kos")
    (shop / "segments.yaml").write_text(
        "some:\n  kind: static\n  members: [maja-kos, jan-vidmar]\n"
    )
    run = crm("rename", "maja-kos", "maja-breg")
    assert run.code == 0
    assert "2 other files" in run.out
    assert "referred_by: maja-breg" in text(shop, "jan-vidmar")
    assert "[maja-breg, jan-vidmar]" in (shop / "segments.yaml").read_text()
    assert not (shop / "customers/maja-kos.yaml").exists()
    assert crm("check").code == 0
    assert crm("rename", "maja-breg", "jan-vidmar").code == 6
    assert crm("rename", "maja-breg", "../x").code == 2
    assert crm("undo").code == 0
    assert (shop / "customers/maja-kos.yaml").exists()


def test_a_rename_waits_for_files_that_may_name_the_customer(crm: Crm, shop: Path) -> None:
    """What cannot be read would go on naming nobody."""
    broken = shop / "customers/hotel-breg.yaml"
    good = broken.read_text(encoding="utf-8")
    broken.write_text(good + "referred_by: [maja-kos\n", encoding="utf-8")
    before = text(shop, "maja-kos")
    run = crm("rename", "maja-kos", "maja")
    assert run.code == 4
    assert run.err.startswith(
        "crm: customers/hotel-breg.yaml has errors and may refer to maja-kos;"
        " nothing was changed\n  correct it first"
    )
    assert text(shop, "maja-kos") == before
    own = shop / "customers/maja-kos.yaml"
    own.write_text(own.read_text(encoding="utf-8") + "id: maja-kos\ngender: [x]\n")
    broken.write_text(good + "referred_by: [jan\n", encoding="utf-8")
    assert crm("rename", "maja-kos", "maja").code == 0, "it speaks of somebody else"
    (shop / "segments.yaml").write_text("some:\n  members: [maja\n", encoding="utf-8")
    run = crm("rename", "maja", "maja-kos")
    assert run.code == 4
    assert "segments.yaml has errors and may refer to maja;" in run.err
    (shop / "segments.yaml").write_text(
        "some:\n  kind: static\n  members: [maja]\nother:\n  kind: x\n", encoding="utf-8"
    )
    assert crm("check").code == 1, "what else is wrong in the file does not hide its members"
    assert crm("rename", "maja", "maja-kos").code == 0
    for odd in (
        b"referred_by: [maja-kos]\n",
        "friends: maja-kos\n".encode("utf-16"),
    ):
        broken.write_bytes(good.encode() + odd)
        run = crm("rename", "maja-kos", "maja")
        assert (run.code, "hotel-breg.yaml has errors" in run.err) == (4, True), odd
    broken.write_bytes(good.encode() + b"referred_by: [maja-kosec]\n")
    (shop / "customers/link.yaml").symlink_to(shop / "nowhere.yaml")
    assert crm("rename", "maja-kos", "maja").code == 0, "what is skipped refers to nobody"
    assert crm("rename", "maja", "maja-kos").code == 0
    assert "[maja-kos]" in (shop / "segments.yaml").read_text(encoding="utf-8")


def test_rm_removes_an_item_or_asks_for_a_customer(crm: Crm, shop: Path) -> None:
    assert crm("rm", "i-4k7").code == 0
    assert "i-4k7q2ma" not in text(shop, "maja-kos")
    run = crm("rm", "maja-kos")
    assert run.code == 2
    assert "--yes" in run.err
    assert "with 1 interaction, 2 tasks, 1 purchase, 1 payment" in run.err
    assert crm("rm", "maja", "--yes").code == 3
    assert crm("rm", "maja-kos", "--yes").code == 0
    assert crm("show", "maja-kos").code == 3
    crm("undo")
    assert crm("show", "maja-kos").code == 0


def test_search_says_where(crm: Crm) -> None:
    found = json.loads(crm("search", "sheets", "flat", "--json").out)
    assert [(row["id"], row["where"]) for row in found] == [("maja-kos", "interactions.summary")]
    assert json.loads(crm("search", "bre", "--json").out)[0]["where"] == "name"
    assert crm("search", "nothing-like-it", "--json").out == "[]\n"


def editor(shop: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = shop.parent / "editor.sh"
    program.write_text(f"#!/bin/sh\nfor file; do :; done\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(program))


def test_edit_checks_and_writes(crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor(shop, monkeypatch, "true")
    assert crm("edit", "maja-kos").err == "nothing changed\n"
    editor(shop, monkeypatch, 'sed -i s/Koper/Piran/ "$file"')
    assert crm("edit", "maja-kos").code == 0
    assert "city: Piran" in text(shop, "maja-kos")


def test_edit_shows_the_error_in_the_same_text(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = (
        'if grep -q "^# crm: " "$file"; then cp "$file" "$file.seen"; cp "$file.seen" '
        f'{shop.parent}/seen; sed -i s/Broken:x/Piran/ "$file"; '
        'else sed -i "s/city: Koper/city: Koper\\n    country: Broken:x: y/" "$file"; fi'
    )
    monkeypatch.setattr(Session, "interactive", True)
    editor(shop, monkeypatch, script.replace("Broken:x: y", "Broken: y").replace(
        "s/Broken:x/Piran/", "s/Broken..y/SI/"))  # fmt: skip
    run = crm("edit", "maja-kos")
    seen = (shop.parent / "seen").read_text()
    assert seen.startswith("# crm: line ")
    assert run.code in (0, 4)
    assert "# crm:" not in text(shop, "maja-kos")


def test_edit_keeps_what_cannot_be_saved(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = text(shop, "maja-kos")
    editor(shop, monkeypatch, 'grep -q "^# crm" "$file" || echo "name: [" >> "$file"')
    run = crm("edit", "maja-kos")
    assert run.code == 4
    kept = Path(run.err.strip().splitlines()[-1].partition("kept in ")[2])
    assert kept.read_text().endswith("name: [\n")
    assert text(shop, "maja-kos") == before


def test_edit_is_replayed_on_a_file_changed_meanwhile(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shop / "customers/maja-kos.yaml"
    editor(shop, monkeypatch, f'sed -i s/Koper/Piran/ "$file"; echo "wifi: x" >> {path}')
    assert crm("edit", "maja-kos").code == 0
    assert "city: Piran" in text(shop, "maja-kos")
    assert text(shop, "maja-kos").endswith("wifi: x\n")
    editor(shop, monkeypatch, f'sed -i s/Piran/Bled/ "$file"; sed -i s/Piran/Ptuj/ {path}')
    run = crm("edit", "maja-kos")
    assert run.code == 5
    assert "kept in" in run.err
    assert "city: Ptuj" in text(shop, "maja-kos")


def test_redo_brings_back_what_undo_took(crm: Crm, shop: Path) -> None:
    before = text(shop, "maja-kos")
    crm("set", "maja-kos", "city=Piran")
    after = text(shop, "maja-kos")
    assert "-    city: Piran" in crm("undo", "--dry-run").out.replace("-  - city", "-    city")
    crm("undo")
    assert text(shop, "maja-kos") == before
    assert crm("undo").code == 3
    assert crm("redo").code == 0
    assert text(shop, "maja-kos") == after
    assert crm("redo").code == 3
    (shop / "customers/maja-kos.yaml").write_text(after + "wifi: x\n")
    assert crm("undo").code == 5


def test_an_items_id_may_lack_its_letter(crm: Crm, shop: Path) -> None:
    assert crm("show", "9f3k", "-o", "ids").out == crm("show", "T-9F3KX7D", "-o", "ids").out
    assert crm("show", "9f3k").out.startswith("Send the samples")
    assert crm("show", "9f").code == 3, "two tasks begin so"
    assert crm("set", "9f3k", "title=Other").code == 3, "part of an id without a terminal"
    assert crm("set", "9f3kx7d", "title=Other").code == 0
    assert "title: Other" in text(shop, "maja-kos")


def test_who_is_referred_to_must_be_there(crm: Crm, shop: Path) -> None:
    crm("add", "Ana Novak", "--email", "ana@novak.example")
    assert crm("set", "ana-novak", "referred_by=nobody").code == 3
    assert crm("add", "Eva", "referred_by=ana@novak.example").code == 0
    assert "referred_by: ana-novak\n" in text(shop, "eva")


def test_who_is_chosen_among_broken_records_is_a_partial_answer(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "broken.yaml").write_text("name: [a\n")
    run = crm("set", "city:Koper", "owner=marko", "--yes")
    assert run.code == 4 and "customers/broken.yaml:1:7" in run.err
    assert "owner: marko" in text(shop, "maja-kos")
    assert crm("set", "maja-kos", "owner=petra").code == 0, "nobody else was looked for"


def test_an_empty_expression_is_not_everything(crm: Crm) -> None:
    assert crm("list", "-w", "").code == 2
    assert crm("due", "--where", "").code == 2


def test_a_customer_without_a_name_is_told_by_check(crm: Crm, shop: Path) -> None:
    for record in ("kind: person\n", "name:\nkind: person\n"):
        (shop / "customers" / "nameless.yaml").write_text(record)
        assert "warning: this customer has no name" in crm("check").out


def test_a_segment_that_cannot_be_asked_is_told_by_check(crm: Crm, shop: Path) -> None:
    (shop / "segments.yaml").write_text(
        'mine: {query: "owner:me"}\nbad: {query: ["city:"]}\nround: {query: "@round"}\n'
    )
    run = crm("check")
    assert run.code == 1
    assert "segment @bad: city: has no value" in run.out
    assert "@round → @round" in run.out and "@mine" not in run.out


def test_lists_are_selected_by_person(crm: Crm) -> None:
    assert crm("list", "--owner", "petra", "-o", "ids").lines == ["maja-kos"]
    assert crm("--as", "marko", "list", "--owner", "me", "-o", "ids").lines == ["hotel-breg"]
    assert crm("task", "list", "--owner", "petra", "-o", "ids").lines
    assert crm("list", "--owner", "").code == 2


def test_in_a_terminal_an_ambiguous_customer_is_asked_about(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm("add", "Maja Breg")
    monkeypatch.setattr(Session, "interactive", True)
    monkeypatch.setattr(Session, "pick", lambda self, question, candidates: "maja-breg")
    assert crm("tag", "add", "gold", "maja").code == 0
    assert crm("set", "maja", "nickname=M").code == 0
    assert "nickname: M" in text(shop, "maja-breg")
    assert "gold" not in text(shop, "maja-kos")


def test_edit_without_a_terminal_tries_once(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = text(shop, "maja-kos")
    count = shop.parent / "count"
    editor(shop, monkeypatch, f'echo "tags: [vip" >> "$file"; echo x >> {count}')
    run = crm("edit", "maja-kos")
    kept = Path(run.err.strip().splitlines()[-1].partition("kept in ")[2])
    assert (run.code, count.read_text()) == (4, "x\n")
    assert kept.read_text() == before + "tags: [vip\n"
    assert text(shop, "maja-kos") == before


def test_edit_keeps_lines_of_ones_own_that_look_like_ours(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "interactive", True)
    path = shop / "customers/maja-kos.yaml"
    before = "# crm: imported from the old system\n" + path.read_text()
    path.write_text(before)
    editor(shop, monkeypatch, "true")
    assert crm("edit", "maja-kos").err == "nothing changed\n"
    script = 'if grep -q "^name: \\[" "$file"; then sed -i "s/^name: .*/name: Maja/" "$file"; '
    editor(shop, monkeypatch, script + 'else sed -i "s/^name: .*/name: [/" "$file"; fi')
    assert crm("edit", "maja-kos").code == 0
    assert text(shop, "maja-kos") == before.replace("Maja Kos", "Maja")


BOM = b"\xef\xbb\xbf"


def test_edit_keeps_a_byte_order_mark_and_adds_none(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shop / "customers/jan-vidmar.yaml"
    plain = path.read_bytes()
    editor(shop, monkeypatch, 'printf "\\357\\273\\277" > "$file.n"; cat "$file" >> "$file.n"; '
           'mv "$file.n" "$file"')  # fmt: skip
    assert crm("edit", "jan-vidmar").err == "nothing changed\n"
    assert path.read_bytes() == plain
    path.write_bytes(BOM + plain)
    editor(shop, monkeypatch, 'sed -i s/Jan/Jaka/ "$file"')
    assert crm("edit", "jan-vidmar").code == 0
    assert path.read_bytes() == BOM + plain.replace(b"Jan", b"Jaka")
    editor(shop, monkeypatch, f'sed -i s/Jaka/Jure/ "$file"; echo "wifi: x" >> {path}')
    assert crm("edit", "jan-vidmar").code == 0
    assert path.read_bytes() == BOM + plain.replace(b"Jan", b"Jure") + b"wifi: x\n"


def test_a_text_that_is_not_utf8_is_kept_and_can_be_corrected(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shop / "customers/jan-vidmar.yaml"
    before = path.read_bytes()
    editor(shop, monkeypatch, 'printf "name: A\\377\\n" > "$file"')
    run = crm("edit", "jan-vidmar")
    kept = Path(run.err.strip().splitlines()[-1].partition("kept in ")[2])
    assert (run.code, kept.read_bytes()) == (4, b"name: A\xff\n")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "left", ['rm "$file"', 'rm "$file"; mkdir "$file"', 'rm "$file"; mkfifo "$file"',
             'rm "$file"; ln -s /etc/passwd "$file"'],
)  # fmt: skip
def test_an_editor_that_leaves_no_file_changes_nothing(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    before = text(shop, "maja-kos")
    editor(shop, monkeypatch, left)
    run = crm("edit", "maja-kos")
    assert (run.code, "nothing was changed" in run.err) == (130, True)
    assert text(shop, "maja-kos") == before
