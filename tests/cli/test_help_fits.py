"""Help fits into 80 columns and is never cut: every command, verb and topic, pipe and terminal."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

from crm_cli.cli.commands import COMMANDS, kind_nouns
from crm_cli.cli.hook import main
from crm_cli.cli.quick_parser import verbs_of
from crm_cli.cli.topics import TOPICS
from crm_cli.model.width import columns_of
from crm_cli.render import shapes
from crm_cli.render.screen import Screen
from tests.screens import bare, shown

ENTRIES = [*COMMANDS, *kind_nouns()]


def printed(*words: str) -> list[str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(list(words)) == 0
    return out.getvalue().splitlines()


@pytest.fixture(autouse=True)
def width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry.name))
def test_help_of_every_command_fits(entry: object) -> None:
    name = entry.name  # type: ignore[attr-defined]
    lines = [[name]]
    if entry.noun:  # type: ignore[attr-defined]
        lines += [[name, verb] for verb in verbs_of(entry)]  # type: ignore[arg-type]
    for words in lines:
        for line in printed(*words, "--help"):
            assert columns_of(line) <= 80, (words, line)
            assert not line.rstrip().endswith("..."), (words, line)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_fits(topic: str) -> None:
    for line in printed("help", topic):
        assert columns_of(line) <= 80, line


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("width", [50, 80, 120])
def test_every_topic_fits_every_terminal(topic: str, width: int) -> None:
    text = bare("".join(shapes.page(TOPICS[topic].text, Screen(width=width, color=True))))
    assert max(map(columns_of, text.splitlines())) <= width
    words = TOPICS[topic].text.split()
    assert sorted("".join(text.split())) == sorted("".join(words)), "a word is lost"


def test_the_overview_fits() -> None:
    assert max(map(columns_of, printed("--help"))) <= 80


def test_questions_fit(tmp_path: Path) -> None:
    question = "Change 3 customers, of whom one is Gostilna Pri mostu, and send each a mail? " * 2
    for width in (60, 80):
        text = shapes.question(question, "[y/N]", Screen(width=width))
        assert max(map(columns_of, text.splitlines())) <= width
    assert shown(["help", "dates"], cwd=tmp_path)
