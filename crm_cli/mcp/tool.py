"""What a tool is, and what it works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from crm_cli.mcp.answers import Answer, Page
from crm_cli.mcp.catalogue import Catalogue
from crm_cli.mcp.guarding import Guard
from crm_cli.mcp.hiding import Hidden
from crm_cli.mcp.schema import Schema
from crm_cli.mcp.watching import Seeing, States
from crm_cli.model.errors import DataError
from crm_cli.model.leaving import USUAL, Leaving
from crm_cli.model.outcome import Outcome
from crm_cli.model.places import SETTINGS
from crm_cli.workspace import Watch, Workspace


class Run(Protocol):
    """Runs a `crm` line and captures what it prints."""

    def __call__(self, words: Sequence[str], watch: Watch | None = None) -> Outcome: ...


class Refusal(Exception):
    """A `crm` line that a tool ran was refused."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


class Plan(NamedTuple):
    """A change that was previewed: its line, what it does to which files, and the fields that
    stay of those that the line names."""

    words: tuple[str, ...]
    states: States
    hidden: Hidden


class Made(NamedTuple):
    """A change that was made."""

    states: States
    hidden: Hidden


class Bench:
    """What the tools of one server work with: the directory, commands, plans, changes made."""

    def __init__(self, workspace: Workspace, run: Run, catalogue: Catalogue) -> None:
        self.workspace = workspace
        self.catalogue = catalogue
        self.plans: dict[str, Plan] = {}
        """Plans that were made and not carried out, by their ids."""
        self.made: list[Made] = []
        """The changes that this server made and did not take back, the latest last."""
        self._run = run

    @property
    def leaving(self) -> Leaving:
        """The fields that may leave; none but ids where the settings cannot be read."""
        try:
            group = self.workspace.file(SETTINGS.path).record.values.get("mcp")
        except DataError:
            return Leaving(())
        words = group.values.get("fields") if group is not None else None
        return Leaving((USUAL,) if words is None else words)

    def run(self, words: Sequence[str], watch: Seeing | None = None) -> Outcome:
        """Run a line; raises Refusal where it was refused.

        A change that went through is done, also where the line ends with a code that tells of
        other records that cannot be read.
        """
        if watch is not None:
            watch.guard = Guard(self.leaving)
        outcome = self._run(words, watch)
        if outcome.code and not (watch is not None and watch.done):
            raise Refusal(outcome)
        return outcome


class Tool(NamedTuple):
    """A tool as agents see it, and its function."""

    name: str
    title: str
    doc: str
    schema: Schema
    run: Callable[[Bench, Mapping[str, Any], Page], Answer]
    reads: bool = True
    destructive: bool = False
    idempotent: bool = True

    @property
    def listed(self) -> dict[str, Any]:
        """The tool as the protocol lists it."""
        hints = {
            "title": self.title,
            "readOnlyHint": self.reads,
            "destructiveHint": self.destructive,
            "idempotentHint": self.idempotent,
            "openWorldHint": False,
        }
        return {
            "name": self.name,
            "title": self.title,
            "description": self.doc,
            "inputSchema": self.schema,
            "annotations": hints,
        }
