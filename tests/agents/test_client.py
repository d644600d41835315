"""The SDK's own client lists and calls every tool, in every version of the protocol."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_cli.cli.topics import TOPICS
from crm_cli.features.reports import REPORTS
from crm_cli.mcp.families import PLAN
from crm_cli.mcp.protocol import HANDSHAKE, MODERN
from crm_cli.mcp.reading import LISTED
from tests.agents.serving import ALL, Agent, agent, place

pytest.importorskip("mcp", reason="the MCP SDK is not installed (pip install mcp)")

VERSIONS = (*HANDSHAKE, *MODERN)


@pytest.fixture(scope="module", params=VERSIONS)
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Agent]:
    """A client of one version, with a server that allows everything."""
    version = request.param
    shop = place(tmp_path_factory.mktemp("shop"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mcp.client.session.LATEST_HANDSHAKE_VERSION", version)
        mode = "auto" if version in MODERN else "legacy"
        with agent(shop, "--allow", ALL, mode=mode) as found:
            assert found.client.protocol_version == version
            yield found


def test_the_sdk_knows_no_other_version() -> None:
    from mcp_types.version import KNOWN_PROTOCOL_VERSIONS

    assert set(VERSIONS) == set(KNOWN_PROTOCOL_VERSIONS)


def test_every_tool_is_listed_with_its_hints(asked: Agent) -> None:
    tools = asked.tools()
    assert [*tools] == [
        "find", "show", "timeline", "due", "report", "help", "log", "task", "plan", "apply", "undo",
    ]  # fmt: skip
    reading = {name for name, tool in tools.items() if tool.annotations.read_only_hint}
    assert reading == {"find", "show", "timeline", "due", "report", "help", "plan"}
    assert tools["apply"].annotations.destructive_hint
    assert tools["log"].input_schema["required"] == ["who", "text"]
    assert "force" not in tools["task"].input_schema["properties"]


def test_what_reads(asked: Agent) -> None:
    assert asked.rows("find", terms=["+vip"], columns=["name", "city"]) == [
        {"name": "Maja Kos", "city": "Koper"}
    ]
    assert asked.rows("find", kind="task", terms=["is:open"], sort="due")[0]["id"] == "t-3qqqqq1"
    first, *items = asked.rows("show", who="maja-kos")
    assert first["name"] == "Maja Kos"
    assert "t-9f3kx7d" in [item["id"] for item in items if item["in"] == "tasks"]
    assert asked.rows("timeline", who="maja-kos", kind="note")[0]["what"] == "Moves in January"
    assert asked.rows("due")[0]["what"] == "Call about the towels"
    assert asked.rows("report", name="sales", by="month")[0]["month"] == "2026-11"
    assert "deal add WHO" in asked.call("help", topic="deal add")["help"]
    assert "A query is one or more terms" in asked.call("help", topic="query")["help"]


def test_what_writes_and_is_taken_back(asked: Agent) -> None:
    body = asked.call("log", who="maja-kos", text="Asked for prices", kind="call")
    (row, _) = body["untrusted"]["rows"]
    assert (row["change"], row["kind"]) == ("added", "interaction")
    assert asked.call("task", action="done", tasks=["t-9f3kx7d"])["written"]
    added = asked.rows("task", action="add", who="maja-kos", title="--priority high", due="fri")
    (task,) = asked.rows("find", kind="task", terms=[f"id.is:{added[0]['id']}"])
    assert task["title"] == "--priority high"
    assert task["priority"] == "normal"
    plan = asked.call("plan", command="deal add", words=["maja-kos", "Beds"],
                      options={"amount": "500", "close": "2026-12-01"})  # fmt: skip
    assert asked.call("find", kind="deal")["total"] == 0
    assert asked.call("apply", plan=plan["plan"])["written"]
    assert asked.rows("find", kind="deal", columns=["name", "amount"]) == [
        {"name": "Beds", "amount": "500.00"}
    ]
    for _ in range(4):
        assert asked.call("undo")["undone"]
    assert asked.call("find", kind="deal")["total"] == 0
    assert "no change" in str(asked.call("undo")["untrusted"]["said"])


def test_a_refusal_says_why_and_what_to_do(asked: Agent) -> None:
    body = asked.call("show", who="nobody-here")
    assert (body["error"], body["exit_code"]) == ("not_found", 3)
    said = asked.call("find", terms=["citi:Koper"])["untrusted"]["said"]
    assert "city" in " ".join(said)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("find", {"kind": "bank_line"}), ("find", {"limit": 0}), ("find", {"terms": "x"}),
        ("show", {}), ("due", {"who": "x"}), ("task", {"action": "add"}), ("apply", {"plan": "x"}),
        ("plan", {"command": "set", "options": {"force": True}, "words": ["maja-kos", "city=X"]}),
    ]  # fmt: skip
    for name, given in wrong:
        body = asked.call(name, **given)
        assert body["exit_code"] in (2, 3), body
        assert all(body["untrusted"]["said"]), body


def test_pages_follow_each_other(asked: Agent) -> None:
    first = asked.call("find", kind="task", limit=2, sort="id")
    second = asked.call("find", kind="task", limit=2, sort="id", cursor=first["next_cursor"])
    rows = [*first["untrusted"]["rows"], *second["untrusted"]["rows"]]
    assert len({row["id"] for row in rows}) == 4
    assert "cursor" in str(asked.call("find", kind="deal", cursor=first["next_cursor"]))


def test_an_absent_tool_is_an_error_of_the_protocol(tmp_path: Path) -> None:
    from mcp.shared.exceptions import MCPError

    with agent(place(tmp_path)) as reader:
        assert [*reader.tools()] == ["find", "show", "timeline", "due", "report", "help"]
        for name in ("log", "task", "plan", "apply", "undo", "forget", "rm"):
            with pytest.raises(MCPError, match="there is no tool"):
                reader.result(name)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """A client of a server that only reads."""
    with agent(place(tmp_path_factory.mktemp("shop"))) as found:
        yield found


def test_every_report_answers_or_says_what_it_needs(reader: Agent) -> None:
    answered = 0
    for name in REPORTS:
        body = reader.call("report", name=name)
        answered += "error" not in body
        assert body.get("error") in (None, "usage", "refused", "not_found"), body
        assert "internal" not in str(body)
    assert answered > len(REPORTS) - 5


@pytest.mark.parametrize("kind", LISTED)
def test_every_kind_is_listed_and_explained(reader: Agent, kind: str) -> None:
    assert reader.call("find", kind=kind)["total"] >= 0
    fields = reader.call("help", topic=f"fields {kind}")["help"]
    for name in [line.partition(":")[0] for line in fields.splitlines()][:5]:
        assert "error" not in reader.call("find", kind=kind, columns=[name]), name


def test_every_topic_of_help_is_there(reader: Agent) -> None:
    assert "topics: query" in reader.call("help")["help"]
    for topic in (*TOPICS, *PLAN, *(f"report {name}" for name in REPORTS)):
        assert len(reader.call("help", topic=topic)["help"]) > 20, topic
    assert "query" in str(reader.call("help", topic="qery")["untrusted"]["said"])
