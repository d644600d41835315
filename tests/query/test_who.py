"""Whom a WHO means, and which argument is a query term."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_cli.index.database import open_index
from crm_cli.model.errors import Ambiguous, NotFound, UsageError
from crm_cli.model.kinds import BY_NAME
from crm_cli.query.who import holders, is_term, resolve, resolve_item
from crm_cli.store.tree import Folder

from .conftest import Shop

PEOPLE = {
    "ana": "name: Ana\n",
    "ana-novak": "name: Ana Novak\nemail: Ana@Novak.example\nphone: 040 123 456\n",
    "ana-kos": "name: Ana Kos\ntasks: [{id: t-9f3kx7d, title: One}, {id: t-9f3aaaa, title: Two}]\n",
    "novak-doo": "name: Novak d.o.o.\ncontacts: [{name: Eva, phones: [031 555 666]}]\n",
    "eva": "name: Éva Horvát\n",
    "eva-2": "name: Eva Horvat\nphone: 041 555 666\ninteractions: [{id: i-9f3kx7d, summary: Hi}]\n",
    "marko": "name: Marko\nphone: 031 555 666\n",
}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    root = tmp_path_factory.mktemp("people")
    Path(root, "customers").mkdir()
    Path(root, "crm.yaml").write_text("country: SI\n")
    for id, text in PEOPLE.items():
        Path(root, "customers", f"{id}.yaml").write_text(text, encoding="utf-8")
    with open_index(Folder(root), None) as index:
        yield Shop(index)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ana", "ana"),
        (" ANA-NOVAK ", "ana-novak"),
        ("ana@novak.EXAMPLE", "ana-novak"),
        ("+386 40 123-456", "ana-novak"),
        ("00386 40123456", "ana-novak"),
        ("(040) 123 456", "ana-novak"),
        ("031 555 666", "marko"),
        ("Ana  kos", "ana-kos"),
        ("Eva Horvat", "eva-2"),
        ("éva horvát", "eva"),
        ("Éva Horvát", "eva"),
        ("ana-n", "ana-novak"),
        ("kos", "ana-kos"),
        ("kos ana", "ana-kos"),
        ("mar", "marko"),
    ],
)
def test_stages(people: Shop, text: str, wanted: str) -> None:
    assert resolve(people.database, text, people.index.business) == wanted


def test_ambiguous_says_who(people: Shop) -> None:
    with pytest.raises(Ambiguous) as caught:
        resolve(people.database, "horv", people.index.business)
    assert caught.value.candidates == (("eva", "Éva Horvát"), ("eva-2", "Eva Horvat, 041 555 666"))


@pytest.mark.parametrize("text", ["ana-n", "kos", "Éva", "eva horvát x", "040 123"])
def test_strict_takes_no_prefix(people: Shop, text: str) -> None:
    with pytest.raises(NotFound):
        resolve(people.database, text, people.index.business, strict=True)


@pytest.mark.parametrize("text", ["ana", "ana kos", "ana@novak.example", "040123456"])
def test_strict_takes_what_is_sure(people: Shop, text: str) -> None:
    assert resolve(people.database, text, people.index.business, strict=True)


def test_strict_says_who_may_be_meant(people: Shop) -> None:
    with pytest.raises(NotFound) as caught:
        resolve(people.database, "kos", people.index.business, strict=True)
    assert "ana-kos" in caught.value.hint


def test_nobody(people: Shop) -> None:
    with pytest.raises(NotFound) as caught:
        resolve(people.database, "novka", people.index.business)
    assert "ana-novak" in caught.value.hint
    with pytest.raises(UsageError):
        resolve(people.database, "  ", people.index.business)


def test_items(people: Shop) -> None:
    database = people.database
    assert resolve_item(database, "t-9f3k") == ("ana-kos", "t-9f3kx7d")
    assert resolve_item(database, "T-9F3A") == ("ana-kos", "t-9f3aaaa")
    assert resolve_item(database, "9f3k", BY_NAME["task"]) == ("ana-kos", "t-9f3kx7d")
    assert resolve_item(database, "i-9f3") == ("eva-2", "i-9f3kx7d")
    with pytest.raises(Ambiguous) as caught:
        resolve_item(database, "9f3k")
    assert len(caught.value.candidates) == 2
    for text, kind in (("t-zzz", None), ("i-9f3", BY_NAME["task"]), ("", None), ("ana", None)):
        with pytest.raises(NotFound):
            resolve_item(database, text, kind)


def test_holders(people: Shop) -> None:
    database, business = people.database, people.index.business
    assert holders(database, "emails", "ANA@novak.example", business) == ["ana-novak"]
    assert holders(database, "phones", "+38640123456", business) == ["ana-novak"]
    assert holders(database, "phones", "+38640123457", business) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ana", False),
        ("ana-novak", False),
        ("Ana Novak", False),
        ("ana@novak.example", False),
        ("+386 40 123 456", False),
        ("tel:+38640123456", False),
        ("t-9f3", False),
        ("-", False),
        ("+vip", True),
        ("@lapsed", True),
        ("city:Koper", True),
        ("ctiy:Koper", True),
        ("not:+vip", True),
        ("has:email", True),
        ("spend@12m:1000..", True),
        ("task/status:open", True),
        ("name.starts:An", True),
        ("-tag:vip", True),
    ],
)
def test_terms_among_who(shop: Shop, text: str, wanted: bool) -> None:
    assert is_term(text, shop.scope()) is wanted
