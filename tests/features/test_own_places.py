"""A field of one's own is one field at the top of a record and below `custom`, for everything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Crm

RECORDS = {
    "top": "name: Top\nplan: gold\n",
    "top-2": "name: Top 2\nplan: bronze\n",
    "below": "name: Below\ncustom: {plan: silver}\n",
}


@pytest.fixture
def plans(shop: Path) -> Path:
    """A shop with a field of its own in both places."""
    for id, text in RECORDS.items():
        (shop / "customers" / f"{id}.yaml").write_text(text)
    return shop


def _text(shop: Path, id: str) -> str:
    return (shop / "customers" / f"{id}.yaml").read_text()


def _plans(crm: Crm) -> dict[str, str]:
    sql = "select id, custom_plan from customers where custom_plan is not null"
    return dict(line.split(",") for line in crm("sql", sql, "-o", "csv").lines[1:])


def test_a_column_means_the_same_however_many_records_have_it(crm: Crm, plans: Path) -> None:
    wanted = {"top": "gold", "top-2": "bronze", "below": "silver"}
    assert _plans(crm) == wanted
    for number in range(3):
        text = "name: More\ncustom: {plan: silver}\n"
        (plans / "customers" / f"more-{number}.yaml").write_text(text)
    assert _plans(crm) == {**wanted, **{f"more-{number}": "silver" for number in range(3)}}
    assert "custom_plan_2" not in crm("sql", "select * from customers", "-o", "csv").lines[0]


def test_columns_of_keys_that_make_one_name_keep_theirs(crm: Crm, plans: Path) -> None:
    for number in range(4):
        path = plans / "customers" / f"wide-{number}.yaml"
        path.write_text("name: Wide\ncustom: {a: {b: below}}\n")
    (plans / "customers" / "one.yaml").write_text("name: One\ncustom: {a_b: flat}\n")
    sql = "select id, custom_a_b, custom_a_b_2 from customers where id in ('one', 'wide-1')"
    assert sorted(crm("sql", sql, "-o", "csv").lines[1:]) == ["one,flat,", "wide-1,,below"]


@pytest.mark.parametrize("name", ["plan", "custom.plan"])
def test_queries_know_both_places(crm: Crm, plans: Path, name: str) -> None:
    assert crm("list", f"has:{name}", "-o", "ids").lines == ["below", "top", "top-2"]
    assert crm("list", f"{name}:gold,silver", "-o", "ids").lines == ["below", "top"]
    rows = json.loads(crm("list", f"has:{name}", "--cols", f"id,{name}", "--json").out)
    assert [row[name] for row in rows] == ["silver", "gold", "bronze"]


@pytest.mark.parametrize("name", ["plan", "custom.plan"])
def test_set_changes_it_where_it_is(crm: Crm, plans: Path, name: str) -> None:
    assert crm("set", "top", f"{name}=platinum").code == 0
    assert _text(plans, "top") == "name: Top\nplan: platinum\n"
    assert crm("set", "below", f"{name}=platinum").code == 0
    assert _text(plans, "below") == "name: Below\ncustom: {plan: platinum}\n"
    for id in ("top", "below"):
        assert json.loads(crm("show", id, "--json").out)["custom"] == {"plan": "platinum"}
        assert crm("set", id, f"{name}=").code == 0
        assert "plan" not in _text(plans, id)
    assert crm("check").code == 0


def test_a_new_one_is_named_with_custom(crm: Crm, plans: Path) -> None:
    refused = crm("set", "maja-kos", "plan=gold")
    assert refused.code == 2
    assert "custom.plan=gold" in refused.err
    assert crm("set", "maja-kos", "custom.plan=gold").code == 0
    assert crm("config", "set", "custom.visits=integer").code == 0
    assert crm("set", "maja-kos", "visits=3").code == 0
    assert "visits: 3" in _text(plans, "maja-kos")


def test_one_that_stands_in_both_places_gets_one_value(crm: Crm, plans: Path) -> None:
    (plans / "customers/twice.yaml").write_text("name: Twice\nplan: a\ncustom: {plan: b}\n")
    assert crm("set", "twice", "plan=c").code == 0
    assert _text(plans, "twice") == "name: Twice\ncustom: {plan: c}\n"
    (plans / "customers/twice.yaml").write_text("name: Twice\nplan: a\ncustom: {plan: b}\n")
    assert crm("set", "twice", "plan=").code == 0
    assert _text(plans, "twice") == "name: Twice\n"


BOILERS = "{model: V, serial: VC-1, year: 2006}"


def test_mappings_and_lists_are_written_as_such(crm: Crm, plans: Path) -> None:
    assert crm("set", "below", f"custom.boilers={BOILERS}").code == 0
    assert crm("list", "custom.boilers.year:..2010", "-o", "ids").lines == ["below"]
    assert crm("set", "below", f"custom.boilers=[{BOILERS}, {{serial: VC-2}}]").code == 0
    run = crm("set", "below", "custom.boilers+={serial: VC-3}", "custom.boilers.2.serial=VC-9")
    assert run.code == 0, run.err
    boilers = json.loads(crm("show", "below", "--json").out)["custom"]["boilers"]
    assert [one["serial"] for one in boilers] == ["VC-1", "VC-9", "VC-3"]
    assert boilers[0]["year"] == 2006
    assert crm("set", "below", "boilers.2.model=W", "boilers.1.year=2007").code == 0
    assert "year: 2007" in _text(plans, "below")
    assert crm("set", "below", "custom.boilers.1=").code == 0
    assert crm("list", "custom.boilers.serial:VC-1", "-o", "ids").lines == []
    assert crm("list", "custom.boilers.model:W", "-o", "ids").lines == ["below"]
    assert crm("check").code == 0


def test_what_is_no_part_of_a_list_is_refused(crm: Crm, plans: Path) -> None:
    assert crm("set", "below", f"custom.boilers=[{BOILERS}]").code == 0
    before = _text(plans, "below")
    for word, said in (
        ("custom.boilers.serial=X", "is a list of 1"),
        ("custom.boilers.2.serial=X", "there is no 2"),
        ("custom.boilers.0=", "there is no 0"),
        ("custom.boilers.1.model.x=X", "is one value"),
        ("custom.boilers={model: [V}", ""),
    ):
        refused = crm("set", "below", word)
        assert refused.code in (2, 3), word
        assert said in refused.err, refused.err
    assert _text(plans, "below") == before


def test_lists_of_texts_grow_and_shrink(crm: Crm, plans: Path) -> None:
    assert crm("set", "below", "custom.days+=mon", "custom.days+=tue,wed").code == 0
    assert crm("set", "below", "custom.days-=tue").code == 0
    custom = json.loads(crm("show", "below", "--json").out)["custom"]
    assert custom == {"plan": "silver", "days": ["mon", "wed"]}
    assert crm("set", "below", "custom.plan+=gold").code == 0
    assert "- silver\n" in _text(plans, "below") or "[silver, gold]" in _text(plans, "below")


def test_what_stands_below_a_key_is_a_column_too(crm: Crm, plans: Path) -> None:
    assert crm("set", "below", f"custom.boilers=[{BOILERS}, {{serial: VC-2}}]").code == 0
    (row,) = json.loads(crm("list", "below", "--cols", "custom.boilers", "--json").out)
    for text in ("V", "VC-1", "2006", "VC-2"):
        assert text in row["custom.boilers"]
    assert crm("list", "has:custom.boilers", "-o", "ids").lines == ["below"]
    assert crm("list", "custom.boilers:VC-2", "-o", "ids").lines == ["below"]


def test_declared_types_are_written_and_answered(crm: Crm, plans: Path) -> None:
    settings = plans / "crm.yaml"
    types = "custom: {year: integer, weight: number, ok: yes_no}\n"
    settings.write_text(settings.read_text() + types)
    given = ["custom.year=2009", "custom.weight=1,5", "custom.ok=yes"]
    for words in (("add", "Nova"), ("set", "top"), ("task", "add", "maja-kos", "Call")):
        assert crm(*words, *given).code == 0
    for id in ("nova", "top", "maja-kos"):
        text = _text(plans, id)
        for line in ("year: 2009\n", "weight: 1.5\n", "ok: true\n"):
            assert line in text, (id, text)
    assert crm("set", "below", "custom.boiler={year: 2009, model: V}").code == 0
    custom = json.loads(crm("show", "nova", "--json").out)["custom"]
    (row,) = json.loads(
        crm("list", "nova", "--cols", "custom.year,custom.weight,custom.ok", "--json").out
    )
    assert custom == {key.removeprefix("custom."): value for key, value in row.items()}
    assert custom["year"] == 2009
    assert crm("check").code == 0


def test_a_number_without_quotes_stays_one(crm: Crm, plans: Path) -> None:
    (plans / "customers/flow.yaml").write_text("name: Flow\ncustom: {servers: 3, code: x}\n")
    assert crm("set", "flow", "custom.servers=4", "custom.code=7").code == 0
    assert _text(plans, "flow") == 'name: Flow\ncustom: {servers: 4, code: "7"}\n'
