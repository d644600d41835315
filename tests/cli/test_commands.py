"""Every registered command can be loaded, says what it does, and shows how."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from crm_cli.cli.app import Noun, load
from crm_cli.cli.commands import COMMANDS, Command
from tests.conftest import Crm


def verbs(entry: Command) -> Iterator[tuple[str, Any]]:
    """The command, or each of a noun's, under what is typed for it."""
    command = load(entry)
    if isinstance(command, Noun):
        for name in command.list_commands(None):
            yield f"crm {entry.name} {name}", command.get_command(None, name)
    else:
        yield f"crm {entry.name}", command


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: str(entry.name))
def test_a_command_says_what_it_does_and_shows_how(entry: Command) -> None:
    assert entry.help[0].islower()
    assert not entry.help.endswith(".")
    for typed, command in verbs(entry):
        lines = (command.help or "").splitlines()
        assert lines, f"{typed} has no help"
        assert lines[0].rstrip().endswith("."), f"{typed}: the first line is a sentence"
        assert max(map(len, lines)) <= 86, f"{typed}: a line is too long"
        assert any(typed in line for line in lines), f"{typed} shows no example"
        for param in command.params:
            assert param.help, f"{typed}: {param.name} has no help"


@pytest.mark.parametrize(
    "entry", [entry for entry in COMMANDS if entry.noun], ids=lambda entry: str(entry.name)
)
def test_a_noun_has_the_verb_that_it_means_alone(entry: Command) -> None:
    command = load(entry)
    assert isinstance(command, Noun)
    assert entry.bare == "-" or entry.bare in command.list_commands(None)


def test_the_usage_of_due_is_the_one_of_its_examples(crm: Crm) -> None:
    assert crm("due", "--help").lines[0] == "Usage: crm due [TERM…] [OPTIONS]"
    assert crm("due", "snooze", "--help").lines[0].startswith("Usage: crm due snooze ID|WHO ")
    assert crm("task", "list", "--help").lines[0].startswith("Usage: crm task list ")
