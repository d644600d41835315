"""The reference pages are made from the program's declarations, and are up to date."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_cli.cli.app import Noun, load
from crm_cli.cli.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[2]


def test_reference_pages_are_up_to_date() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "tools" / "reference.py", "--check"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert checked.returncode == 0, (
        f"stale: {checked.stdout}{checked.stderr}\nrun: python tools/reference.py"
    )


def verbs() -> Iterator[tuple[str, Any]]:
    """(how it is typed, the command) of each command and verb."""
    for entry in COMMANDS:
        if entry.hidden:
            continue
        command: Any = load(entry)
        if not isinstance(command, Noun):
            yield f"crm {entry.name}", command
            continue
        for name in command.list_commands(None):
            yield f"crm {entry.name} {name}", command.get_command(None, name)


@pytest.mark.parametrize(("line", "verb"), list(verbs()), ids=[line for line, _ in verbs()])
def test_a_command_has_a_line_of_help_and_an_example(line: str, verb: Any) -> None:
    told, *rest = (verb.help or "").strip().splitlines()
    assert told and told[0].isupper() and told.endswith("."), told
    typed = [each.strip() for each in rest if each.strip().startswith("crm ")]
    noun = line.rsplit(" ", 1)[0]
    assert any(each.startswith((line, noun)) or f"| {line}" in each for each in typed), typed


def test_every_command_is_on_the_page() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    headings = {each.lstrip("# ") for each in page.splitlines() if each.startswith("###")}
    assert {line for line, _ in verbs()} <= headings


def test_the_sections_that_settings_link_to_are_there() -> None:
    import re
    from pathlib import Path

    page = Path(__file__).resolve().parents[2] / "docs/reference/settings.md"
    text = page.read_text("utf-8")
    headings = {one.lower().replace(" ", "-") for one in re.findall(r"^## (.+)$", text, re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings
