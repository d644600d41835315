"""No answer depends on what a field that stays holds: two shops that differ in such fields alone
answer all questions alike."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from crm_cli.cli.mcp import catalogue
from crm_cli.mcp.families import PLAN
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.leaving import Leaving
from tests.agents.serving import ALL, Agent, agent, place

pytest.importorskip("mcp", reason="the MCP SDK is not installed (pip install mcp)")


class Field(NamedTuple):
    """A field that stays: its kind, its key, how terms and `set` name it, its value here and in
    the other shop."""

    kind: str
    key: str
    term: str
    here: str
    there: str
    item: str = ""
    """The item that it is a field of, where `set` names it by its id."""
    given: str = ""
    """How `set` names it, if not by its key."""


FIELDS = (
    Field("customer", "tax_id", "tax-id", "SI59082437", "SI82646716"),
    Field("customer", "birth_date", "birth-date", "1984-03-09", "1971-10-02"),
    Field("customer", "gender", "gender", "female", "male"),
    Field("customer", "registration_id", "registration-id", "5551234000", "7770001000"),
    Field("customer", "external_id", "external-id", "shop-4711", "shop-1147"),
    Field("customer", "source_detail", "source-detail", "fair", "leaflet"),
    Field("customer", "notes", "notes", "Shy", "Loud"),
    Field("customer", "contact_every", "contact-every", "90d", "60d"),
    Field("customer", "custom", "custom.wifi", "kos2", "lipa7", given="custom.wifi"),
    Field("address", "street", "street", "Slovenska 1", "Trubarjeva 9", given="street"),
    Field("address", "postcode", "postcode", "1000", "2000", given="addresses.1.postcode"),
    Field(
        "membership", "role", "membership/role", "treasurer", "chair", given="memberships.1.role"
    ),
    Field("task", "notes", "task/notes", "Gate code 12", "Ring twice", "t-0000001"),
    Field("deal", "external_id", "deal/external-id", "D-1", "D-2", "d-0000001"),
    Field("case", "description", "case/description", "Broken", "Bent", "c-0000001"),
    Field("interaction", "touchpoint", "interaction/touchpoint", "stand", "desk", "i-0000001"),
)  # fmt: skip

RECORD = """\
name: Eva Hren
tax_id: {tax_id}
birth_date: {birth_date}
gender: {gender}
registration_id: "{registration_id}"
external_id: {external_id}
source_detail: {source_detail}
contact_every: {contact_every}
notes: {notes}
custom: {{wifi: {custom}}}
addresses:
  - street: {street}
    postcode: "{postcode}"
    city: Kranj
    start: 2026-01-01
memberships:
  - {{organization: choir, role: {role}}}
interactions:
  - id: i-0000001
    at: 2026-11-02T10:00+01:00
    kind: call
    summary: Called
    touchpoint: {touchpoint}
tasks:
  - {{id: t-0000001, title: Call, due: 2026-11-25, notes: {task_notes}}}
deals:
  - {{id: d-0000001, name: Beds, amount: 10.00, external_id: {deal_external_id}}}
cases:
  - {{id: c-0000001, subject: Leg, kind: complaint, description: {description}, opened: 2026-11-01}}
"""


def _record(side: str) -> str:
    values = {}
    for field in FIELDS:
        key = f"{field.kind}_{field.key}"
        own = key if key in ("task_notes", "deal_external_id") else field.key
        values[own] = getattr(field, side)
    return RECORD.format(**values)


class Shops:
    """The two shops, asked the same."""

    def __init__(self, here: Agent, there: Agent) -> None:
        self._agents = (here, there)

    def call(self, tool: str, /, **given: Any) -> dict[str, Any]:
        """The answer, which has to be the same in both."""
        here, there = (one.call(tool, **given) for one in self._agents)
        assert _plain(here) == _plain(there), (tool, given)
        return here


def _plain(body: dict[str, Any]) -> str:
    """An answer without the ids and times that are made anew."""
    text = json.dumps(body, sort_keys=True)
    text = re.sub(r"plan-[0-9a-f]{16}|\b[a-z]-[0-9a-z]{7}\b", "ID", text)
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d[+:\d]*", "NOW", text)


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shops]:
    sides = [
        place(tmp_path_factory.mktemp(side), {"customers/eva-hren.yaml": _record(side)})
        for side in ("here", "there")
    ]
    with agent(sides[0], "--allow", ALL) as here, agent(sides[1], "--allow", ALL) as there:
        yield Shops(here, there)


def _terms(field: Field) -> Iterator[str]:
    yield f"{field.term}.starts:{field.here[:2]}"
    yield f"not:has:{field.term}"


def test_these_fields_stay() -> None:
    for field in FIELDS:
        assert not Leaving()(BY_NAME[field.kind], field.key), field


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.kind}.{field.key}")
def test_no_tool_takes_a_term_about_a_field_that_stays(shops: Shops, field: Field) -> None:
    for term in _terms(field):
        for name, given in (
            ("find", {"terms": [term]}),
            ("find", {"kind": "task", "terms": [term.replace(field.term, f"customer/{field.term}")]
                      if field.kind == "customer" else [term]}),
            ("find", {"sort": field.term}),
            ("find", {"columns": ["name", field.term]}),
            ("timeline", {"terms": [term]}),
            ("timeline", {"who": term}),
            ("show", {"who": term}),
            ("due", {"terms": [term]}),
            ("report", {"name": "top", "terms": [term]}),
            ("log", {"who": term, "text": "x"}),
            ("task", {"action": "add", "who": term, "title": "x"}),
            ("task", {"action": "done", "tasks": [term]}),
            ("plan", {"command": "tag add", "words": ["x", term]}),
            ("plan", {"command": "set", "words": [term, "city=Bled"]}),
            ("plan", {"command": "task done", "words": [term]}),
        ):  # fmt: skip
            body = shops.call(name, **given)
            assert body.get("error"), (name, given, body)


@pytest.mark.parametrize("command", PLAN)
def test_no_command_takes_a_term_about_a_field_that_stays(shops: Shops, command: str) -> None:
    for term in ("tax-id:SI59082437", "task/notes.has:gate"):
        for words in ([term, "x"], ["eva-hren", term]):
            shops.call("plan", command=command, words=words)
    for one in catalogue().specs[command].taken:
        if one.option and not one.flag:
            given = {one.word: "tax-id:SI59082437"}
            shops.call("plan", command=command, words=["eva-hren", "x"], options=given)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.kind}.{field.key}")
def test_giving_a_value_tells_nothing_of_the_one_there(shops: Shops, field: Field) -> None:
    who, key = field.item or "eva-hren", field.given or field.key
    for word in (f"{key}={field.here}", f"{key}={field.there}", f"{key}="):
        plan = shops.call("plan", command="set", words=[who, word])
        assert plan["files"] == 1
        assert {row["field"] for row in plan["untrusted"]["rows"]} == {field.key}
    here, there = (
        one.call("plan", command="set", words=[who, f"{key}={field.here}"])["plan"]
        for one in shops._agents
    )
    done = [
        one.call("apply", plan=plan) for one, plan in zip(shops._agents, (here, there), strict=True)
    ]
    assert _plain(done[0]) == _plain(done[1])
    assert done[0]["written"]
    assert shops.call("undo")["undone"]
    shops.call("undo")
    for word in (f"{key}+={field.here}", f"{key}-={field.here}"):
        shops.call("plan", command="set", words=[who, word])


def test_who_has_a_value_too_is_not_told(shops: Shops) -> None:
    for field in FIELDS:
        if field.kind == "customer":
            word = f"{field.given or field.key}={field.here}"
            shops.call("plan", command="add", words=["Ida Kern", word])
            shops.call("plan", command="set", words=["maja-kos", word])


def test_no_message_quotes_a_field_that_stays(shops: Shops) -> None:
    for words in (
        ["eva-hren", "street=Slovenska 1", "postcode=1000", "city=Kranj"],
        ["eva-hren", "city=Kranj"],
    ):
        shops.call("plan", command="address move", words=words)
        given = {"words": [words[0], words[-1]], "options": {"from": "2025-06-01"}}
        body = shops.call("plan", command="address move", **given)
        assert "Slovenska" not in json.dumps(body)


def test_who_is_named_by_no_field_that_stays(tmp_path: Path) -> None:
    fields = "[default, -email.value, -phone.value, -customer.name]"
    settings = f"currency: EUR\nmcp: {{fields: {fields}}}\n"
    with agent(place(tmp_path, {"crm.yaml": settings}), "--allow", ALL) as found:
        for who in ("maja@kos.example", "Maja Kos", "maj", "+386 40 123 456"):
            for name, given in (
                ("show", {"who": who}),
                ("timeline", {"who": who}),
                ("log", {"who": who, "text": "x"}),
                ("task", {"action": "add", "who": who, "title": "x"}),
                ("plan", {"command": "tag add", "words": ["x", who]}),
                ("plan", {"command": "set", "words": [who, "city=Bled"]}),
            ):
                if who == "maj" and name in ("show", "timeline"):
                    continue  # The start of an id.
                body = found.call(name, **given)
                assert body.get("error") == "not_found", (name, given, body)
        options = {"email": "maja@kos.example"}
        body = found.call("plan", command="add", words=["Maja"], options=options)
        assert body.get("files") == 1, body


def test_what_is_wrong_in_a_record_is_not_quoted(tmp_path: Path) -> None:
    wrong = "name: Ida\nbirth_date: 1984-13-45\ngender: zzz\ntax_id: [4711]\n"
    with agent(place(tmp_path, {"customers/ida.yaml": wrong}), "--allow", ALL) as found:
        for name, given in (
            ("find", {"terms": ["id:ida"]}),
            ("show", {"who": "ida"}),
            ("log", {"who": "ida", "text": "x"}),
            ("plan", {"command": "tag add", "words": ["x", "ida"]}),
            ("plan", {"command": "set", "words": ["nobody", "city=Bled"]}),
        ):
            text = json.dumps(found.call(name, **given))
            assert not re.search(r"4711|month 13|zzz", text), (name, text)


def test_tasks_are_named_by_their_ids(shops: Shops) -> None:
    for word in ("eva-hren", "Eva Hren", "is:open", "email:x", "t-00", "d-0000001", "", "-"):
        body = shops.call("task", action="done", tasks=[word])
        assert body["error"] == "usage", word
    body = shops.call("log", who="city:Kranj", text="x")
    assert body["error"] == "usage"
