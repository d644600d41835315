"""How soon a server for agents answers: `crm mcp` beside one of the SDK with a single tool.

python bench/agents.py DIRECTORY [RUNS]

Each is started in turn, asked once and ended. Printed are the least seconds, and the least
processor time, until the answer to the handshake, and to the list of tools.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence

_SDK = """
from mcp.server import MCPServer
server = MCPServer("bench")
@server.tool()
def find(terms: list[str]) -> list[str]:
    return terms
server.run("stdio")
"""
_HELLO = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "bench", "version": "1"},
}


def once(command: Sequence[str], *, listing: bool) -> tuple[float, float]:
    """Seconds, and processor seconds, from the start of a server to its answer."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdin is not None
    assert process.stdout is not None
    messages = [{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": _HELLO}]
    if listing:
        messages.append({"jsonrpc": "2.0", "method": "notifications/initialized"})
        messages.append({"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {}})
    for message in messages:
        process.stdin.write(json.dumps(message).encode() + b"\n")
        process.stdin.flush()
        if "id" in message:
            assert "result" in json.loads(process.stdout.readline()), command
    seconds = time.perf_counter() - begun
    process.stdin.close()
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return seconds, usage.ru_utime + usage.ru_stime


def main(directory: str, runs: int = 9) -> None:
    """Print a line for each server and question."""
    servers = {
        "SDK": [sys.executable, "-c", _SDK],
        "crm mcp": [sys.executable, "-m", "crm_cli", "-C", directory, "mcp"],
    }
    for listing in (False, True):
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in servers}
        for turn in range(runs + 1):
            for name, command in servers.items():
                measured = once(command, listing=listing)
                if turn:
                    found[name].append(measured)
        what = "list of tools" if listing else "handshake"
        for name, times in found.items():
            wall, processor = (min(part) for part in zip(*times, strict=True))
            sys.stdout.write(f"{what}, {name}: {wall:.3f} s, processor {processor:.3f} s\n")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))
