"""People and organizations, linked in either record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.features.people import linked, together
from crm_cli.model.customer import CUSTOMER
from crm_cli.workspace import Workspace, open_workspace
from tests.conftest import Crm

HOTEL, MAJA, JAN = "hotel-breg", "maja-kos", "jan-vidmar"


def _append(shop: Path, id: str, text: str) -> None:
    path = shop / f"customers/{id}.yaml"
    path.write_text(path.read_text() + text)


def _ids(crm: Crm, *terms: str) -> list[str]:
    done = crm("list", *terms, "-o", "ids")
    assert done.code == 0, done.err
    return done.out.split()


@pytest.mark.parametrize(
    ("id", "text"),
    [
        (HOTEL, "contacts:\n  - id: maja-kos\n    role: billing\n    start: 2026-01-01\n"),
        (MAJA, "organizations:\n  - id: hotel-breg\n    role: billing\n    start: 2026-01-01\n"),
    ],
)
def test_linked_on_one_side_is_linked(crm: Crm, shop: Path, id: str, text: str) -> None:
    _append(shop, id, text)
    assert _ids(crm, "contact/role:billing") == [HOTEL]
    assert _ids(crm, "contact/role:billing/is:current") == [HOTEL]
    assert _ids(crm, f"contact/id:{MAJA}") == [HOTEL]
    assert _ids(crm, "contact.name:kos") == [HOTEL]
    assert _ids(crm, "has:contacts") == [HOTEL]
    assert _ids(crm, f"organization:{HOTEL}") == [MAJA]
    assert _ids(crm, f"organization/id:{HOTEL}/role:billing") == [MAJA]
    assert _ids(crm, f"not:organization:{HOTEL}", "has:organizations") == []
    assert MAJA in crm("show", HOTEL).out
    assert HOTEL in crm("show", MAJA).out
    events = crm("timeline", HOTEL).out
    assert "Asked about sheets" in events and "2026-0007" in events
    assert "Asked about sheets" not in crm("timeline", HOTEL, "--alone").out
    assert crm("check").code == 0


def test_where_both_say_it_the_organization_counts(crm: Crm, shop: Path) -> None:
    _append(shop, HOTEL, "contacts:\n  - id: maja-kos\n    role: billing\n")
    _append(shop, MAJA, "organizations:\n  - id: hotel-breg\n    role: technical\n")
    assert _ids(crm, "contact/role:technical") == []
    assert _ids(crm, "organization/role:billing") == [MAJA]
    assert _ids(crm, "organization/role:technical") == []
    done = crm("check")
    assert "role: hotel-breg has billing for them, which counts" in done.out + done.err
    assert crm("timeline", HOTEL).out.count("Asked about sheets") == 1


def test_figures_with_people_are_shown_beside(crm: Crm, shop: Path) -> None:
    lists = crm("list", "--cols", "id,spend,balance,last_contact", "--json").out
    summary = crm("purchase", "summary", "--json").out
    assert crm("link", MAJA, HOTEL, "--role", "billing").code == 0
    found = json.loads(crm("show", HOTEL, "--json").out)
    both = found["with_people"]
    rows = {one["id"]: one for one in json.loads(lists)}
    for key in ("spend", "balance"):
        assert Decimal(both[key]) == sum(Decimal(rows[id][key]) for id in (HOTEL, MAJA))
    assert both["last_contact_with"] == MAJA
    assert found["derived"]["spend"] == rows[HOTEL]["spend"]
    assert "with_people" not in json.loads(crm("show", HOTEL, "--alone", "--json").out)
    owed = json.loads(crm("balance", HOTEL, "--json").out)
    assert owed["with_people"]["balance"] == both["balance"]
    assert "Maja Kos" in crm("balance", HOTEL).out
    assert "Maja Kos" not in crm("balance", HOTEL, "--alone").out
    assert crm("list", "--cols", "id,spend,balance,last_contact", "--json").out == lists
    assert crm("purchase", "summary", "--json").out == summary


def test_who_left_stays_known(crm: Crm, shop: Path) -> None:
    before = {path: path.read_bytes() for path in shop.rglob("*.yaml")}
    done = crm("link", MAJA, HOTEL, "--role", "billing", "--since", "2026-01-01")
    assert done.code == 0, done.err
    assert crm("link", MAJA, HOTEL, "--title", "Manager").code == 0
    text = (shop / f"customers/{HOTEL}.yaml").read_text()
    assert text.count("id: maja-kos") == 1 and "title: Manager" in text
    assert crm("unlink", MAJA, HOTEL, "--date", "2026-11-10").code == 0
    assert _ids(crm, "contact/role:billing/is:current") == []
    assert _ids(crm, "contact/role:billing/is:past") == [HOTEL]
    events = crm("timeline", HOTEL).out
    assert "Asked about sheets" in events and "Moves in January" not in events
    assert "until 2026-11-10" in crm("show", MAJA).out
    assert "with_people" not in json.loads(crm("show", HOTEL, "--json").out)
    assert crm("unlink", MAJA, HOTEL).code == 3
    assert crm("link", MAJA, HOTEL, "--role", "primary", "--since", "2026-11-15").code == 0
    assert _ids(crm, "contact/role:primary/is:current") == [HOTEL]
    assert crm("undo", "4", "--yes").code == 0
    assert {path: path.read_bytes() for path in shop.rglob("*.yaml")} == before


def test_a_link_ends_on_both_sides(crm: Crm, shop: Path) -> None:
    _append(shop, HOTEL, "contacts:\n  - id: maja-kos\n    role: billing\n")
    _append(shop, MAJA, "organizations:\n  - id: hotel-breg\n    role: billing\n")
    assert crm("unlink", MAJA, HOTEL).code == 0
    for id in (HOTEL, MAJA):
        assert "end: 2026-11-20" in (shop / f"customers/{id}.yaml").read_text()
    assert crm("check").code == 0


def test_a_contact_by_name_becomes_the_record(crm: Crm, shop: Path) -> None:
    _append(shop, HOTEL, "contacts:\n  - name: Maja Kos\n    role: technical\n")
    assert crm("link", MAJA, HOTEL, "--since", "2026-02-01").code == 0
    text = (shop / f"customers/{HOTEL}.yaml").read_text()
    assert text.count("maja") == 1 and "role: technical" in text and "start: 2026-02-01" in text


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("link", MAJA, MAJA), 2),
        (("link", HOTEL, MAJA), 2),
        (("link", MAJA, JAN), 2),
        (("link", MAJA, HOTEL, "--role", "king"), 2),
        (("link", MAJA, "nobody"), 3),
        (("unlink", MAJA, HOTEL), 3),
    ],
)
def test_what_cannot_be_linked(crm: Crm, shop: Path, words: tuple[str, ...], code: int) -> None:
    if JAN in words:
        _append(shop, JAN, "kind: person\n")
    before = {path: path.read_bytes() for path in shop.rglob("*.yaml")}
    done = crm(*words)
    assert done.code == code, done.err
    assert {path: path.read_bytes() for path in shop.rglob("*.yaml")} == before


def test_a_group_is_a_tree_in_which_each_counts_once(crm: Crm, shop: Path) -> None:
    for name in ("Breg One", "Breg Two"):
        assert crm("add", name, "kind=organization", f"parent={HOTEL}").code == 0
    assert crm("set", "breg-two", "parent=breg-one").code == 0
    for org in (HOTEL, "breg-two"):
        assert crm("link", MAJA, org).code == 0
    rows = json.loads(crm("show", HOTEL, "--tree", "--json").out)
    assert [(one["depth"], one["id"]) for one in rows] == [
        (0, HOTEL), (1, MAJA), (1, "breg-one"), (2, "breg-two"), (3, MAJA),
    ]  # fmt: skip
    shown = crm("show", HOTEL, "--tree").out.splitlines()
    total = sum({one["id"]: Decimal(one["spend"]) for one in rows}.values())
    assert f"{total:,.2f}" in shown[-1]
    path = shop / f"customers/{HOTEL}.yaml"
    path.write_text(f"{path.read_text('utf-8').rstrip()}\nparent: breg-two\n", "utf-8")
    assert len(json.loads(crm("show", HOTEL, "--tree", "--json").out)) == 5
    assert crm("rename", HOTEL, "hotel-b").code == 0
    assert "parent: hotel-b" in (shop / "customers/breg-one.yaml").read_text()


@contextmanager
def _opened(customers: dict[str, dict[str, Any]]) -> Iterator[Workspace]:
    """A directory of these customers; JSON is YAML."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "customers").mkdir()
        (Path(folder) / "crm.yaml").write_text("currency: EUR\n")
        for id, record in customers.items():
            (Path(folder) / f"customers/c-{id}.yaml").write_text(json.dumps(record, indent=1))
        environ = {"CRM_CACHE_DIR": f"{folder}/cache", "CRM_TODAY": "2026-11-20"}
        workspace = open_workspace(directory=Path(folder), environ=environ)
        yield workspace
        workspace.close()


_DAYS = st.sampled_from([None, "2025-01-01", "2026-05-05", "2026-11-20", "2027-01-01"])
_LINK = st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), _DAYS, _DAYS, st.booleans())


@settings(max_examples=25)
@given(st.lists(_LINK, max_size=5), st.lists(st.integers(1, 99), min_size=5, max_size=5))
def test_each_customer_counts_once_with_their_people(
    made: list[tuple[str, str, str | None, str | None, bool]], amounts: list[int]
) -> None:
    """What stands beside an organization is what its people have on their own, and no list
    adds it up."""
    customers: dict[str, dict[str, Any]] = {
        id: {
            "name": id,
            "purchases": [{"id": f"p-000000{place}", "date": "2026-01-01", "amount": amount}],
        }
        for place, (id, amount) in enumerate(zip("abcxy", amounts, strict=True))
    }  # fmt: skip
    for person, organization, start, end, there in made:
        holder, other = (organization, person) if there else (person, organization)
        entry = {"id": f"c-{other}", "start": start, "end": end}
        entry = {key: value for key, value in entry.items() if value}
        customers[holder].setdefault("contacts" if there else "organizations", []).append(entry)
    with _opened(customers) as workspace:
        spend = dict(workspace.select(CUSTOMER, cols=("id", "spend")).rows)
        assert sum(spend.values()) == sum(amounts)
        today = workspace.clock.today
        for organization in "xy":
            id = f"c-{organization}"
            people = {
                one.person for one in linked(workspace, id)
                if one.organization == id and one.holds(today)
            }  # fmt: skip
            stated = {(p, o) for p, o, _, _, there in made if there}
            wanted = {
                f"c-{p}" for p, o, start, end, there in made
                if o == organization and (there or (p, o) not in stated)
                and (start is None or start <= str(today)) and (end is None or end > str(today))
            }  # fmt: skip
            assert people == wanted
            both = together(workspace, id)
            assert (both is None) == (not wanted)
            if both is not None:
                assert both.total("spend") == sum(spend[one] for one in {id, *wanted})


@pytest.mark.parametrize(
    ("stated", "shown"), [("spouse", "spouse"), ("child", "parent"), ("agent", "agent of")]
)
def test_a_relation_shows_on_both_sides(shop: Path, crm: Crm, stated: str, shown: str) -> None:
    """Stated on one, by the word that fits the other; stated on both, once."""
    assert crm("set", "maja-kos", f"relations+={{to: jan-vidmar, kind: {stated}}}").code == 0
    (line,) = [one for one in crm("show", "jan-vidmar").lines if "maja-kos" in one]
    assert shown in line
    assert json.loads(crm("show", "jan-vidmar", "--json").out)["related"] == [
        {"id": "maja-kos", "kind": shown}
    ]
    assert crm("set", "jan-vidmar", "relations+={to: maja-kos, kind: friend}").code == 0
    (line,) = [one for one in crm("show", "jan-vidmar").lines if "maja-kos" in one]
    assert "friend" in line


def test_a_name_that_no_longer_agrees_with_its_parts_is_told(shop: Path, crm: Crm) -> None:
    assert crm("add", "Lea Huber", "given_name=Lea", "family_name=Huber").code == 0
    assert "family_name is still Huber" in crm("set", "lea-huber", "name=Lea Braun").err
    assert "still" not in crm("set", "lea-huber", "family_name=Braun").err
    assert "name is still Lea Braun" in crm("set", "lea-huber", "family_name=Kos").err
    assert crm("set", "lea-huber", "name=Lea Huber", "family_name=Huber").code == 0
    assert "still" not in crm("set", "lea-huber", "name=Lea Braun", "family_name=Braun").err
    assert crm("set", "jan-vidmar", "given_name=Other", "family_name=Kind").code == 0
    assert "still" not in crm("set", "jan-vidmar", "name=Jan V").err
