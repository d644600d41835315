"""The protocol as lines: what is malformed gets its code, and stdout holds nothing else."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tests.agents.serving import HELLO, Lines, Place, lines, place, request

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return place(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def server(shop: Place) -> Iterator[Lines]:
    """A server that has shaken hands."""
    with lines(shop) as found:
        assert found.ask(HELLO)["result"]["protocolVersion"] == "2025-11-25"
        yield found


MALFORMED: tuple[tuple[bytes, int, Any], ...] = (
    (b"{", -32700, None),
    (b"\xff\xfe", -32700, None),
    (b"[" * 100_000, -32700, None),
    (b"[]", -32600, None),
    (b"7", -32600, None),
    (b'{"id": 1, "method": "ping"}', -32600, None),
    (b'{"jsonrpc": "2.0", "id": null, "method": "ping"}', -32600, None),
    (b'{"jsonrpc": "2.0", "id": true, "method": "ping"}', -32600, None),
    (b'{"jsonrpc": "2.0", "id": 5}', -32600, 5),
    (b'{"jsonrpc": "2.0", "id": 5, "method": 7}', -32600, 5),
    (b'{"jsonrpc": "2.0", "id": "a", "method": "ping", "params": []}', -32602, "a"),
    (b'{"jsonrpc": "2.0", "id": 6, "method": "resources/list"}', -32601, 6),
    (b'{"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": 1}}', -32602, 7),
    (b'{"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {"cursor": "x"}}', -32602, 7),
    (b'{"jsonrpc": "2.0", "id": 8, "method": "initialize", "params": {}}', -32602, 8),
)


@pytest.mark.parametrize(
    ("data", "code", "id"), MALFORMED, ids=[str(one[0][:40]) for one in MALFORMED]
)
def test_malformed_messages_get_their_code(server: Lines, data: bytes, code: int, id: Any) -> None:
    server.send(data + b"\n")
    answer = server.read()
    assert answer["error"]["code"] == code
    assert answer["error"]["message"]
    assert answer["id"] == id
    assert server.ask(request("ping", 99))["result"] == {}


def test_a_message_that_is_too_long_is_skipped(server: Lines) -> None:
    server.send(b'{"jsonrpc": "2.0", "x": "' + b"x" * (9 << 20) + b'"}\n')
    assert server.read()["error"]["code"] == -32600
    assert server.ask(request("ping", 99))["id"] == 99


def test_notifications_and_answers_get_none(server: Lines) -> None:
    for method in ("notifications/initialized", "notifications/cancelled", "tools/list"):
        server.send(json.dumps({"jsonrpc": "2.0", "method": method}).encode() + b"\n")
    server.send(b'{"jsonrpc": "2.0", "id": 3, "result": {}}\n\n')
    assert server.ask(request("ping", 98))["id"] == 98


def test_a_batch_is_answered_as_one(server: Lines) -> None:
    batch = [request("ping", 1), {"jsonrpc": "2.0", "method": "x"}, 3, request("ping", 2)]
    assert [one["id"] for one in server.ask(batch)] == [1, None, 2]


def test_surrogates_and_controls_in_arguments_are_harmless(server: Lines) -> None:
    for text in ("\ud800", "\x00", "a\x1b[2J", "\udfff" * 10):
        found = server.ask(request("tools/call", name="find", arguments={"terms": [text]}))
        assert "\x1b" not in found["result"]["content"][0]["text"]
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    found = server.ask(request("tools/call", name="find", arguments={"terms": deep}))
    assert found["result"]["structuredContent"]["error"] == "usage"


def test_an_expression_that_is_nested_too_deeply_is_refused(server: Lines) -> None:
    where = "(" * 20_000 + "orders > 1" + ")" * 20_000
    found = server.ask(request("tools/call", name="find", arguments={"where": where}))
    assert found["result"]["isError"]


def test_without_a_handshake_only_the_newest_version_is_answered(shop: Place) -> None:
    with lines(shop) as server:
        assert server.ask(request("tools/list"))["error"]["code"] == -32600
        listed = server.ask(request("tools/list", _meta=META))["result"]
        assert (listed["resultType"], listed["cacheScope"]) == ("complete", "private")
        found = server.ask(request("server/discover", _meta=META))["result"]
        assert found["supportedVersions"] == ["2026-07-28"]
        other = {**META, "io.modelcontextprotocol/protocolVersion": "2099-01-01"}
        fault = server.ask(request("tools/list", _meta=other))["error"]
        assert (fault["code"], fault["data"]["requested"]) == (-32022, "2099-01-01")
        lacking = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}
        assert server.ask(request("tools/list", _meta=lacking))["error"]["code"] == -32602


def test_it_ends_with_its_input_and_says_nothing(shop: Place) -> None:
    with lines(shop) as server:
        server.ask(HELLO)
        out, err = server.process.communicate()
        assert (server.process.returncode, out, err) == (0, b"", b"")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_it(shop: Place, name: str) -> None:
    with lines(shop) as server:
        server.ask(HELLO)
        server.process.send_signal(getattr(signal, name))
        out, err = server.process.communicate()
        assert (server.process.returncode, out) == (130, b"")
        assert b"Traceback" not in err


def test_a_client_that_goes_away_ends_it(shop: Place) -> None:
    with lines(shop) as server:
        server.ask(HELLO)
        assert server.process.stdout is not None
        server.process.stdout.close()
        server.send(json.dumps(request("ping")).encode() + b"\n")
        server.process.wait()
        assert server.process.returncode == 0
        assert server.process.stderr is not None
        assert b"Traceback" not in server.process.stderr.read()
