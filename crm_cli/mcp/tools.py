"""The tools of a server, and how one is called."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from crm_cli.mcp import answers, schema
from crm_cli.mcp.catalogue import Catalogue
from crm_cli.mcp.changing import writing_tools
from crm_cli.mcp.guarding import Guard
from crm_cli.mcp.helping import HELP
from crm_cli.mcp.reading import DUE, FIND, SHOW, TIMELINE
from crm_cli.mcp.reports import REPORT
from crm_cli.mcp.tool import Bench, Refusal, Tool
from crm_cli.model.errors import CrmError, Problem, Severity
from crm_cli.model.jsontext import one_line
from crm_cli.store.call_log import CallLog

_PLAIN = frozenset({
    "kind", "sort", "limit", "cursor", "name", "period", "by", "within", "owner", "who",
    "action", "command", "plan", "topic", "columns", "tasks",
})  # fmt: skip
"""Arguments that the log keeps as they are; of all others it says how long they were."""
_LONGEST = 200
_SECONDS = 3


def tools(catalogue: Catalogue, allowed: frozenset[str]) -> dict[str, Tool]:
    """The tools by name: those that read, and those that are allowed besides."""
    reading = (FIND, SHOW, TIMELINE, DUE, REPORT, HELP)
    writing = [one for one in writing_tools(catalogue) if one.name in allowed]
    return {one.name: one for one in (*reading, *writing)}


class Caller:
    """Calls tools, one after the other, and logs each call."""

    def __init__(self, bench: Bench, held: Mapping[str, Tool], log: CallLog, about: str) -> None:
        self.held = held
        self._bench = bench
        self._log = log
        self._about = about
        """What names the process in the log."""

    def call(self, name: str, given: Mapping[str, Any], client: str) -> dict[str, Any]:
        """The result of a tool that there is. Raises StorageError where it cannot be logged."""
        tool = self.held[name]
        begun = time.monotonic()
        self._note(client, {"call": name, "arguments": _noted(given)})
        result = self._result(tool, given)
        body = result["structuredContent"]
        figures = {key: body[key] for key in ("plan", "files", "shown", "total") if key in body}
        code = body.get("exit_code", 0)
        seconds = round(time.monotonic() - begun, _SECONDS)
        self._note(client, {"done": name, "exit": code, "seconds": seconds, **figures})
        return result

    def refused(self, name: str, client: str) -> None:
        """Log a call of a tool that there is not."""
        self._note(client, {"refused": name[:_LONGEST]})

    def _result(self, tool: Tool, given: Mapping[str, Any]) -> dict[str, Any]:
        # Others may have changed the files, or the day may be another.
        self._bench.workspace.renew()
        self._bench.workspace.guard = Guard(self._bench.leaving)
        while True:
            try:
                schema.check(given, tool.schema)
                paged = "cursor" in tool.schema["properties"]
                page = answers.page_of(tool.name, given, paged=paged)
                found = tool.run(self._bench, given, page)
                problems = [one for one in self._bench.workspace.problems if is_error(one)]
                return answers.result(tool.name, given, found, problems, paged=paged)
            except Refusal as refusal:
                outcome = refusal.outcome
                return answers.refused_line(tool.name, outcome.code, outcome.said)
            except CrmError as error:
                return answers.failed(tool.name, error)
            except RecursionError:
                return answers.refused_line(tool.name, 4, "the question is nested too deeply")
            except Exception as error:
                if not self._bench.workspace.mend(error):
                    raise

    def _note(self, client: str, what: Mapping[str, Any]) -> None:
        at = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        self._log.add(one_line({"at": at, "server": self._about, "client": client, **what}))


def is_error(problem: Problem) -> bool:
    """Whether a problem makes an answer partial."""
    return problem.severity is Severity.ERROR


def _noted(given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as the log has them: no text that may hold a secret."""
    return {
        key[:_LONGEST]: str(value)[:_LONGEST]
        if key in _PLAIN
        else f"{len(str(value))} characters"
        for key, value in given.items()
    }
