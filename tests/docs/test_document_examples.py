"""The examples in the help of commands that make documents or mails run on the example business."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from crm_cli.cli.commands import COMMANDS
from tests.cli.test_commands import verbs
from tests.conftest import Crm
from tests.shares import Share

EXAMPLE = Path(__file__).resolve().parents[2] / "data-example"
NOUNS = ("letter", "labels", "statement", "dun", "template")
RENDERED = ("purchase", "quote", "order", "invoice")
QUOTE = ("quote", "add", "ana-novak", "--line", "beans-1kg:20", "--number", "Q-2026-0007")
"""The example business has no quote."""
STARTED = ("campaign", "start", "ethiopia-2026", "--yes")
"""The campaign of which mails are drafted is still being planned."""
PARTS = 4


def examples() -> list[list[str]]:
    """The words of each example, without `crm`; as HTML, which takes less time than PDF."""
    found = []
    for entry in COMMANDS:
        for typed, command in verbs(entry) if entry.name in (*NOUNS, *RENDERED, "mail") else ():
            if entry.name in NOUNS or typed.endswith((" render", " sent", " draft", " address")):
                lines = re.findall(r"^ *crm (.*)$", command.help or "", re.MULTILINE)
                found += [shlex.split(re.sub(r"\bpdf\b", "html", line)) for line in lines
                          if f"crm {line}".startswith(typed)]  # fmt: skip
    return found


@pytest.fixture(name="roastery")
def _roastery(shop: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.rmtree(shop)
    shutil.copytree(EXAMPLE, shop)
    monkeypatch.setenv("CRM_USER", "petra")
    monkeypatch.chdir(shop.parent)
    assert crm(*QUOTE).code == 0
    assert crm(*STARTED).code == 0
    return shop


@pytest.mark.soak
@pytest.mark.usefixtures("roastery")
def test_every_example_of_documents_runs(crm: Crm, share: Share) -> None:
    found = examples()
    assert len(found) > 25
    found = share.of(found, PARTS)
    dry = ("--dry-run",)
    ran = {" ".join(words): crm(*words, *(dry if words[1] == "sent" else ())) for words in found}
    wrong = {text: run for text, run in ran.items() if run.code}
    assert not wrong
