"""Own fields of customers and of their items: entered, checked by their declared type, asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Crm

DECLARED = "custom: {effort: integer, weight: number, since: date, fragile: yes_no}\n"


def declare(shop: Path) -> None:
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text() + DECLARED)


def test_own_fields_of_items_are_set_and_removed(crm: Crm, shop: Path) -> None:
    (task, *_) = crm("task", "list", "-o", "ids").lines
    assert crm("set", task, "custom.effort=3").code == 0
    (found,) = json.loads(crm("task", "list", "custom.effort:3..", "--json").out)
    assert found["id"] == task
    assert crm("set", task, "custom.effort=").code == 0
    assert crm("task", "list", "has:custom.effort", "-o", "ids").lines == []


def test_own_fields_of_new_items_stand_under_custom(crm: Crm, shop: Path) -> None:
    added = crm("purchase", "add", "maja-kos", "--amount", "10", "custom.weight=3", "custom.box=a")
    assert added.code == 0, added.err
    assert crm("payment", "add", "maja-kos", "5", "custom.till=2").code == 0
    text = (shop / "customers" / "maja-kos.yaml").read_text()
    assert "custom.weight" not in text and "custom.till" not in text
    assert len(crm("purchase", "list", "custom.weight:3", "custom.box:a", "-o", "ids").lines) == 1
    assert crm("check").code == 0


def test_what_is_not_of_the_declared_type_is_told_with_its_place(crm: Crm, shop: Path) -> None:
    declare(shop)
    (shop / "customers" / "own.yaml").write_text(
        "name: Own\ncustom: {effort: lots, weight: '1.5', since: 2026-02-30}\n"
        "tasks:\n  - {title: One, effort: 2, custom: {fragile: [yes, perhaps]}}\n"
    )
    told = [line for line in crm("check").lines if line.startswith("customers/own.yaml")]
    assert [line.partition(": ")[0] for line in told] == [
        f"customers/own.yaml:{place}" for place in ("2:18", "2:46", "4:53")
    ]
    assert "'lots' is not an integer" in told[0] and "'perhaps' is not a yes or no" in told[2]


def test_what_is_not_of_the_declared_type_is_not_entered(crm: Crm, shop: Path) -> None:
    declare(shop)
    (task, *_) = crm("task", "list", "-o", "ids").lines
    for words in (("set", "maja-kos"), ("set", task), ("add", "New One")):
        refused = crm(*words, "custom.effort=lots")
        assert refused.code and "'lots' is not an integer" in refused.err, words
    assert crm("set", task, "custom.effort=lots", "--force").code == 0


def test_the_settings_name_types_and_have_none(crm: Crm, shop: Path) -> None:
    declare(shop)
    assert not [line for line in crm("check").lines if line.startswith("crm.yaml")]


@pytest.mark.parametrize(
    ("noun", "kind", "add"),
    [
        ("task", "tasks", ("task", "add", "maja-kos", "Call her", "custom.shelf=A4")),
        ("interaction", "interactions", ("log", "maja-kos", "Called", "custom.shelf=A4")),
        ("purchase", "purchases", ("purchase", "add", "maja-kos", "-a", "5", "custom.shelf=A4")),
        ("payment", "payments", ("payment", "add", "maja-kos", "5", "custom.shelf=A4")),
        ("product", "products", ("product", "add", "hat", "Hat", "custom.shelf=A4")),
        ("", "customers", ("add", "Nova Stranka", "custom.shelf=A4")),
    ],
)
def test_every_kind_has_own_fields(
    crm: Crm, shop: Path, noun: str, kind: str, add: tuple[str, ...]
) -> None:
    """Entered, asked for, shown, sorted and grouped by, exported, changed and removed."""
    words = [word for word in add if word != "-a"]
    if "-a" in add:
        words.insert(words.index("5"), "--amount")
    assert crm(*words).code == 0
    listed = (noun, "list") if noun else ("list",)
    (id,) = crm(*listed, "custom.shelf:A4", "-o", "ids").lines
    shown = crm(*listed, "has:custom.shelf", "--cols", "custom.shelf", "-o", "tsv")
    assert shown.lines == ["custom.shelf", "A4"]
    assert crm(*listed, "--sort", "custom.shelf", "-n", "1", "-o", "ids").lines == [id]
    assert "A4" in crm(*listed, "--group-by", "custom.shelf").out
    header = crm("export", kind, "custom.shelf:A4").lines[0]
    assert "custom.shelf" in header.split(",")
    setting = (noun, "set") if noun == "product" else ("set",)
    assert crm(*setting, id, "custom.shelf=B1").code == 0
    assert crm(*listed, "custom.shelf:B1", "-o", "ids").lines == [id]
    assert crm(*setting, id, "custom.shelf=").code == 0
    assert crm(*listed, "has:custom.shelf", "-o", "ids").lines == []
    assert crm("check").code == 0


def test_own_fields_of_contacts_are_those_of_no_other(crm: Crm, shop: Path) -> None:
    (shop / "customers" / "org.yaml").write_text(
        "name: Org\ncustom: {size: M}\ncontacts:\n"
        "  - {name: Ana, custom: {size: L}}\n  - name: Bor\n"
    )
    assert crm("list", "contact.custom.size:L", "-o", "ids").lines == ["org"]
    assert crm("list", "contact/custom.size:L/name:Ana", "-o", "ids").lines == ["org"]
    assert crm("list", "contact.custom.size:M", "-o", "ids").lines == []
    shown = crm("list", "org", "--cols", "custom.size,contact.custom.size", "-o", "tsv")
    assert shown.lines[1] == "M\tL"
    assert crm("set", "org", "contacts.2.custom.size=S").code == 0
    assert crm("list", "contact.custom.size:S", "-o", "ids").lines == ["org"]
    assert crm("check").code == 0


def test_a_type_that_does_not_exist_is_refused(crm: Crm, shop: Path) -> None:
    before = (shop / "crm.yaml").read_bytes()
    for setting in ("custom.fee=money", "custom.foo.bar=3"):
        run = crm("config", "set", setting)
        assert run.code == 6 and "is no type of a field of your own" in run.err, run
    assert (shop / "crm.yaml").read_bytes() == before
    assert crm("config", "set", "custom.fee=number").code == 0
