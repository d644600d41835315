"""Customers who may be one."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from crm_cli.model.likeness import (
    Likeness,
    Profile,
    compared_words,
    full_forms,
    likeness,
    own_domains,
    plain_id,
    similar,
)
from tests.conftest import Crm


def _profile(id: str, name: str, **held: str) -> Profile:
    emails = tuple(sorted(held.get("emails", "").split()))
    return Profile(
        id, name, held.get("kind", ""), compared_words(name), emails,
        tuple(sorted(held.get("phones", "").split())), plain_id(held.get("tax_id")),
        "", ("", ""), held.get("city", ""), held.get("street", ""), "", held.get("born", ""),
        tuple(sorted(own_domains(emails, ()))), (), full_forms(compared_words(name)),
    )  # fmt: skip


def _likeness(name: str, other: str, one: str = "", two: str = "", rare: bool = True) -> Likeness:
    pair = [
        _profile(id, called, **dict(part.split("=") for part in held.split(";") if part))
        for id, called, held in (("a", name, one), ("b", other, two))
    ]
    found = likeness(*pair, rare=rare)
    assert found == likeness(*reversed(pair), rare=rare)
    return found


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("novak", "novack", True),
        ("dimitrov", "dimitroff", True),
        ("kovacic", "kovcaic", True),
        ("novak", "kovac", False),
        ("an", "en", False),
        ("jan", "jon", False),
    ],
)
def test_words_that_may_be_one(one: str, other: str, alike: bool) -> None:
    assert similar(one, other) is alike
    assert similar(other, one) is alike


@pytest.mark.parametrize(
    ("name", "other", "one", "two", "shown"),
    [
        ("Ana Novak", "NOVAK, Ana", "city=koper", "city=koper", True),
        ("Bob Smith", "Robert Smith", "city=koper", "city=koper", True),
        ("Георги Димитров", "Georgi Dimitrov", "city=sofia", "city=sofia", True),
        ("Jürgen Größler", "Juergen Groessler", "city=graz", "city=graz", True),
        ("Bar Aurora S.r.l.", "Bar Aurora", "city=trst", "city=trst", True),
        ("Ana Novak", "Ana Novak", "", "", False),
        ("Ana Novak", "Ana Novak", "city=koper", "city=celje", False),
        ("Ana Novak", "Ana Kos", "city=koper;street=main 1", "city=koper;street=main 1", False),
        ("Ana Novak", "Rok Kos", "phones=+38640", "phones=+38640", True),
        ("Ana Novak", "Rok Kos", "emails=a@b.si", "emails=a@b.si", True),
        ("Ana Novak", "Rok Kos", "emails=a@gmail.com", "emails=r@gmail.com", False),
        ("Ana Novak", "Ana Novak", "city=koper;born=1980-01-02", "city=koper;born=1999-01-02",
         False),
        ("Lan", "Lan d.o.o.", "tax_id=SI123", "tax_id=123", True),
        # A couple has an address, an e-mail and a phone together.
        ("Renate Weiß", "Jürgen Weiß", "emails=w@x.de;phones=+49761;born=1952-01-15",
         "emails=w@x.de;phones=+49761;born=1949-12-01", False),
        ("Renate Weiß", "Jürgen Weiß", "emails=w@x.de;phones=+49761",
         "emails=w@x.de;phones=+49761", False),
        ("Jan Weiß", "Jana Weiß", "emails=w@x.de;born=1952-01-15", "emails=w@x.de;born=1949-12-01",
         False),
        ("Matej Novak", "Maej Novak", "phones=+38640", "phones=+38640", True),
        # Before and after a marriage; twins have other given names.
        ("Lea Huber", "Lea Braun", "born=1996-02-29;street=bach 12;city=ulm",
         "born=1996-02-29;street=bach 12;city=ulm", True),
        ("Lea Huber", "Eva Huber", "born=1996-02-29;street=bach 12;city=ulm",
         "born=1996-02-29;street=bach 12;city=ulm", False),
    ],
)  # fmt: skip
def test_who_is_shown(name: str, other: str, one: str, two: str, shown: bool) -> None:
    assert (_likeness(name, other, one, two).score >= 50) is shown


def test_reasons_come_by_weight() -> None:
    found = _likeness("Ana Novak", "Ana Novak", "city=koper;phones=+1", "city=koper;phones=+1")
    assert found.score == 100
    assert found.reasons == ("same phone +1", "same name", "same town")


def test_pairs_are_listed_and_told_apart(crm: Crm, shop: Path) -> None:
    assert json.loads(crm("duplicates", "--json").out) == []
    crm("add", "Kos Maja", "city=Koper")
    (pair,) = json.loads(crm("duplicates", "--json").out)
    assert {pair["id"], pair["other"]} == {"maja-kos", "kos-maja"}
    assert pair["reasons"] == ["same name", "same town"]
    assert crm("duplicates", "+vip", "-o", "ids").out.split() == [pair["id"]]
    assert crm("duplicates", "city:Celje", "-o", "ids").out == ""
    before = {path: path.read_bytes() for path in shop.rglob("*.yaml")}
    done = crm("duplicates", "--not-same", "maja-kos", "kos-maja")
    assert done.code == 0, done.err
    assert "not_same:\n  - maja-kos" in (shop / "customers/kos-maja.yaml").read_text()
    assert json.loads(crm("duplicates", "--json").out) == []
    assert crm("rename", "maja-kos", "maja-k").code == 0
    assert "not_same:\n  - maja-k\n" in (shop / "customers/kos-maja.yaml").read_text()
    assert json.loads(crm("duplicates", "--json").out) == []
    assert crm("undo", "2", "--yes").code == 0
    assert {path: path.read_bytes() for path in shop.rglob("*.yaml")} == before


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--not-same", "maja-kos"), 2),
        (("--min", "0"), 2),
        (("--dry-run",), 2),
        (("--not-same", "maja-kos", "nobody"), 3),
    ],
)
def test_what_cannot_be_asked(crm: Crm, words: tuple[str, ...], code: int) -> None:
    assert crm("duplicates", *words).code == code


def test_known_duplicates_are_found(crm: Crm, tmp_path: Path) -> None:
    """Of 1,500 made-up customers, as bench/duplicates.py does with 20,000."""
    made = _bench()
    found, pairs = made.make(1500, seed=7)
    made.write(tmp_path / "many", found)
    shown = json.loads(crm("-C", str(tmp_path / "many"), "duplicates", "--json").out)
    right = {frozenset((one["id"], one["other"])) for one in shown} & pairs
    assert len(right) / len(shown) > 0.97
    assert len(right) / len(pairs) > 0.93


def _bench() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "bench" / "duplicates.py"
    spec = importlib.util.spec_from_file_location("bench_duplicates", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_two_organizations_of_the_very_same_name_are_shown(crm: Crm, shop: Path) -> None:
    """They need no address for that; in two towns they are branches, and people are namesakes."""
    for id, name, town in (
        ("kava", "Kava d.o.o.", ""),
        ("kava-2", "KAVA d.o.o.", ""),
        ("spar-a", "Spar d.o.o.", "Koper"),
        ("spar-b", "Spar d.o.o.", "Celje"),
        ("ida-a", "Ida Kos", ""),
        ("ida-b", "Ida Kos", ""),
    ):
        given = [f"city={town}"] if town else []
        assert crm("add", name, "--id", id, *given).code == 0
    found = json.loads(crm("duplicates", "--json").out)
    assert [(one["id"], one["other"]) for one in found] == [("kava", "kava-2")]


def test_weaker_pairs_are_counted(crm: Crm, shop: Path) -> None:
    for old in (shop / "customers").glob("*.yaml"):
        old.unlink()
    for id, name in (("one", "Cafe Mueller GmbH"), ("two", "Cafe Mueller")):
        (shop / f"customers/{id}.yaml").write_text(f"name: {name}\nkind: organization\n")
    run = crm("duplicates", "-o", "ids")
    assert run.out == ""
    assert "1 pair scores from 30 to 49: --min 30 shows them" in run.err
    run = crm("duplicates", "--min", "30", "-o", "ids")
    assert len(run.lines) == 1
    assert "scores" not in run.err
