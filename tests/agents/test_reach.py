"""What agents can reach of all commands: what is listed, and nothing else."""

from __future__ import annotations

import pytest

from crm_cli.cli.commands import COMMANDS, kind_nouns
from crm_cli.cli.mcp import catalogue
from crm_cli.cli.quick_parser import read, verbs_of
from crm_cli.mcp.families import ALLOWED, OPTIONS, PLAN, allowed
from crm_cli.mcp.tools import tools
from crm_cli.model.errors import UsageError
from crm_cli.model.kinds import KINDS
from crm_cli.model.leaving import Leaving

NEVER = (
    "forget", "rm", "subject", "merge", "unmerge", "split", "rename", "move", "edit", "sync",
    "resolve", "git", "trust", "config", "user", "rules", "notify", "mail", "import", "export",
    "backup", "restore", "clone", "init", "index", "check", "fmt", "undo", "redo", "template",
    "consent", "agreement", "campaign", "survey", "segment", "bank", "books", "dun", "payment",
    "invoice", "purchase", "product", "letter", "labels", "sql", "ui", "mcp", "completion",
    "merge-driver", "statement", "report", "mirror",
)  # fmt: skip
"""Nouns and verbs none of which a plan may hold."""


def _all() -> dict[str, object]:
    """Every command with its verbs."""
    found: dict[str, object] = {}
    for entry in [*COMMANDS, *kind_nouns()]:
        for name, verb in verbs_of(entry).items():
            if entry.noun:
                found[f"{entry.name} {name}"] = verb
            elif name == entry.name:
                found[name] = verb
    return found


def test_only_what_is_listed_can_be_planned() -> None:
    everything = _all()
    assert set(PLAN) <= set(everything)
    reached = {name for name in everything if name in catalogue().specs}
    assert reached == set(PLAN)
    assert len(everything) > 3 * len(PLAN)
    for name in PLAN:
        noun, _, verb = name.partition(" ")
        assert noun not in NEVER, name
        assert verb not in ("rm", "send", "sent", "render", "merge", "run"), name


def test_every_command_is_listed_or_never_reached() -> None:
    nouns = {name.partition(" ")[0] for name in PLAN}
    reading = {"due", "agenda", "log", "pop", "show", "list", "search", "duplicates", "timeline",
               "interaction", "suggest", "balance", "history", "blame", "changes", "events",
               "query", "schema", "doctor", "help", "task"}  # fmt: skip
    unknown = {entry.name for entry in COMMANDS} - nouns - reading - set(NEVER)
    assert unknown == set(), "decide whether agents may reach it, and list it in families or here"


def test_options_of_plans_are_listed_one_by_one() -> None:
    for spec in catalogue().specs.values():
        for one in spec.taken:
            assert not one.option or one.option in OPTIONS
            assert not any(word in one.help.lower() for word in ("file", "editor", "override")), one


@pytest.mark.parametrize("word", ["-C/", "--force", "-x", "--", "--as=eve", "--yes", "-"])
def test_no_word_of_an_agent_becomes_an_option(word: str) -> None:
    spec = catalogue().specs["task add"]
    for line in (
        spec.line(["ana"], {}, literal=[word]),
        spec.line(["ana", word], {}),
        spec.line(["ana"], {"due": word}, literal=["Call"]),
    ):
        call = read(line)
        assert call is not None, line
        given = {key for key, value in call.values.items() if value not in (None, False, [])}
        assert given <= {"who", "title", "due", "yes"}
        assert word in str(call.values["title"]) or call.values["due"] == word


def test_options_that_are_not_listed_are_refused() -> None:
    for option in ("force", "--force", "yes", "dry-run", "mail", "output", "C", "as"):
        with pytest.raises(UsageError, match="has no option"):
            catalogue().specs["log"].line(["ana"], {option: True})


def test_a_word_of_allow_adds_its_tools_alone() -> None:
    held = catalogue()
    reading = set(tools(held, allowed("")))
    for word, names in ALLOWED.items():
        assert set(tools(held, allowed(word))) - reading == set(names)
    with pytest.raises(UsageError, match="forget"):
        allowed("log,forget")
    writing = [one for one in tools(held, allowed(",".join(ALLOWED))).values() if not one.reads]
    assert {one.name for one in writing} == {"log", "task", "apply", "undo"}


def test_free_text_stays_unless_it_is_a_title_or_declared() -> None:
    leaving = Leaving()
    for kind in KINDS:
        assert not leaving(kind, "notes")
        assert not leaving(kind, "custom")
        assert not leaving(kind, "a_key_that_nobody_declared")
        for field in kind.fields:
            text = field.type.storage.folded and field.key != kind.title
            if text and field.private is None:
                assert not leaving(kind, field.key), (kind, field)
