"""A server in a process of its own, asked by the SDK's client or by lines of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.conftest import FILES, TODAY

ALL = "log,task,plan,undo"
SOURCE = Path(__file__).parents[2]


class Place(NamedTuple):
    """A directory with a shop, and what a server is told of the machine."""

    root: Path
    environ: Mapping[str, str]

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines of the log of calls."""
        (path,) = self.root.parent.glob("state/*/mcp.log")
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def text(self, name: str) -> str:
        """A file of the shop."""
        return (self.root / name).read_text(encoding="utf-8")

    def words(self, *options: str) -> list[str]:
        """The command line of a server."""
        return [sys.executable, "-m", "crm_cli", "-C", str(self.root), "mcp", *options]


def place(folder: Path, more: Mapping[str, str] | None = None) -> Place:
    """The shop of the tests, in a folder of its own."""
    root = folder / "shop"
    for name, text in {**FILES, **(more or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    kept = {key: os.environ[key] for key in ("PATH", "PYTHONPYCACHEPREFIX") if key in os.environ}
    environ = {
        **kept,
        "PYTHONPATH": str(SOURCE),
        "HOME": str(folder),
        "CRM_CACHE_DIR": str(folder / "cache"),
        "CRM_STATE_DIR": str(folder / "state"),
        "CRM_TODAY": TODAY,
    }
    return Place(root, environ)


class Agent:
    """The SDK's client, called without waiting by hand."""

    def __init__(self, portal: Any, client: Any) -> None:
        self._portal = portal
        self.client = client

    def tools(self) -> dict[str, Any]:
        """The tools by name."""
        return {tool.name: tool for tool in self._portal.call(self.client.list_tools).tools}

    def result(self, tool: str, /, **given: Any) -> Any:
        """The result of a call."""
        return self._portal.call(lambda: self.client.call_tool(tool, given))

    def call(self, tool: str, /, **given: Any) -> dict[str, Any]:
        """The structured answer of a call."""
        found = self.result(tool, **given)
        body: dict[str, Any] = found.structured_content
        assert json.loads(found.content[0].text) == body
        assert bool(found.is_error) == ("error" in body), body
        return body

    def rows(self, tool: str, /, **given: Any) -> list[dict[str, Any]]:
        """The rows of a call that succeeds."""
        body = self.call(tool, **given)
        assert "error" not in body, body
        rows: list[dict[str, Any]] = body["untrusted"]["rows"]
        return rows


@contextmanager
def agent(shop: Place, *options: str, mode: str = "auto") -> Iterator[Agent]:
    """A client with a server of its own; `mode` is the era that it asks for."""
    from anyio.from_thread import start_blocking_portal
    from mcp.client.client import Client
    from mcp.client.stdio import StdioServerParameters

    command, *words = shop.words(*options)
    server = StdioServerParameters(command=command, args=words, env=dict(shop.environ))
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(server, mode=mode)) as client,
    ):
        yield Agent(portal, client)


class Lines:
    """A server that is sent lines as they are."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def send(self, data: bytes) -> None:
        """Write bytes to the server."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def ask(self, message: object) -> Any:
        """The answer to a message."""
        self.send(json.dumps(message).encode() + b"\n")
        return self.read()

    def read(self) -> Any:
        """The next answer."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())


@contextmanager
def lines(shop: Place, *options: str) -> Iterator[Lines]:
    """A server that is asked by lines; it is ended by the end of its input."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        shop.words(*options), stdin=pipe, stdout=pipe, stderr=pipe, env=shop.environ
    ) as process:
        yield Lines(process)


def request(method: str, id: object = 1, **params: Any) -> dict[str, Any]:
    """A request."""
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}


HELLO = request(
    "initialize",
    protocolVersion="2025-11-25",
    capabilities={},
    clientInfo={"name": "test", "version": "1"},
)
