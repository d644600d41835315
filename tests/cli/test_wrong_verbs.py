"""A wrong verb of a noun is answered with the command that was meant."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
import typer

from crm_cli.cli import commands
from crm_cli.cli.app import load
from crm_cli.cli.commands import Command, named
from crm_cli.cli.everyday_words import CUSTOMERS_BY_NAME, INSTEAD, OTHER_NOUNS
from crm_cli.cli.wrong_verbs import no_command
from tests.conftest import Crm


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["customer", "new", "Maja"], "crm: customers need no noun; write: crm add Maja\n"),
        (["customers"], "crm: customers need no noun; write: crm list\n"),
        (["task", "delete", "t-9f3"], 'crm: there is no "crm task delete"; write: crm rm t-9f3\n'),
        # Never the customer where a task was meant.
        (["task", "rm", "maja"], 'crm: there is no "crm task rm"; write: crm rm t-…\n'),
        (
            ["purchase", "remove", "p-2m8"],
            'crm: there is no "crm purchase remove"; write: crm rm p-2m8\n',
        ),
        (["payment", "del"], 'crm: there is no "crm payment del"; write: crm rm y-…\n'),
        (
            ["task", "update", "t-9f3", "due=fri"],
            'crm: there is no "crm task update"; write: crm set t-9f3 due=fri\n',
        ),
        (
            ["task", "reopen", "t-9f3"],
            'crm: there is no "crm task reopen"; write: crm task start t-9f3\n',
        ),
        (
            ["interaction", "add", "maja", "Asked"],
            'crm: there is no "crm interaction add"; write: crm log maja Asked\n',
        ),
        (
            ["segment", "create", "far", "+vip"],
            'crm: there is no "crm segment create"; write: crm segment save far +vip\n',
        ),
        (
            ["product", "delete", "towel"],
            'crm: there is no "crm product delete"; write: crm product rm towel\n',
        ),
        (["done", "maja"], 'crm: there is no "done"; write: crm task done maja\n'),
        (["pay", "maja", "20"], 'crm: there is no "pay"; write: crm payment add maja 20\n'),
        (["write-off", "N-7"], 'crm: there is no "write-off"; write: crm payment add N-7 '
         "--method write_off\n"),
        (["payment", "write-off", "2026-0007"], 'crm: there is no "crm payment write-off"; write: '
         "crm payment add 2026-0007 --method write_off\n"),
        (["invoice", "writeoff", "2026-0007"], 'crm: there is no "crm invoice writeoff"; write: '
         "crm payment add 2026-0007 --method write_off\n"),
        (["payment", "refund", "x", "5"], 'crm: there is no "crm payment refund"; write: '
         "crm payment add x 5 --refund\n"),
        (["refund", "x", "5"], 'crm: there is no "refund"; write: crm payment add x 5 --refund\n'),
        (["remind", "maja", "Ask"], 'crm: there is no "remind"; write: crm task add maja Ask\n'),
        (["find", "maja"], 'crm: there is no "find"; write: crm list maja\n'),
        (["done"], 'crm: there is no "done"; write: crm task done ID…|WHO…|TERM…\n'),
        (["remind", "x"], 'crm: there is no "remind"; write: crm task add x TITLE…\n'),
        (["cancel", "maja"], 'crm: there is no "cancel"; write: crm task cancel maja\n'),
        (["cancel", "N-7"], 'crm: there is no "cancel"; write: crm purchase cancel N-7\n'),
        (["cancel", "p-2m8"], 'crm: there is no "cancel"; write: crm purchase cancel p-2m8\n'),
        (["post", "p-2m8"], 'crm: there is no "post"; write: crm purchase post p-2m8\n'),
        (["meet", "x", "Tea"], 'crm: there is no "meet"; write: crm log x Tea --kind meeting\n'),
        (["unite", "maja", "ana"], 'crm: there is no "unite"; write: crm merge maja ana\n'),
        (
            ["archive", "maja"],
            'crm: there is no "archive"; write: crm set maja lifecycle_stage=former\n',
        ),
        (["whoami"], 'crm: there is no "whoami"; write: crm doctor\n'),
        (["leads"], 'crm: there is no "leads"; write: crm lead\n'),
        (
            ["company", "new", "Lan"],
            "crm: customers need no noun; write: crm add Lan --kind organization\n",
        ),
        (
            ["orders", "maja"],
            'crm: there is no "orders"; write: crm order list customer:maja\n',
        ),
        (
            ["transaction", "maja"],
            'crm: there is no "transaction"; write: crm payment list customer:maja\n',
        ),
        (
            ["call", "maja", "Asked for it"],
            "crm: there is no \"call\"; write: crm log maja 'Asked for it' --kind call\n",
        ),
        (["calls"], 'crm: there is no "calls"; write: crm interaction list kind:call\n'),
        (
            ["estimate", "add", "maja", "--line", "towel"],
            'crm: there is no "estimate"; write: crm quote add maja --line towel\n',
        ),
        (
            ["order", "convert", "N-7", "invoice"],
            'crm: there is no "crm order convert"; write: crm purchase convert N-7 invoice\n',
        ),
        (
            ["lead", "add", "Eva Hren"],
            "crm: there is no \"crm lead add\"; write: crm add 'Eva Hren' lifecycle_stage=lead\n",
        ),
        (["invoices"], 'crm: there is no "invoices"; write: crm invoice list\n'),
        (["order", "N-7"], 'crm: there is no "crm order N-7"; write: crm order show N-7\n'),
        (
            ["invoice", "delete", "p-2m8"],
            'crm: there is no "crm invoice delete"; write: crm rm p-2m8\n',
        ),
        (["ticket", "maja", "Torn"], 'crm: there is no "ticket"; write: crm case add maja Torn\n'),
        (["tasks", "done", "t-9"], 'crm: there is no "tasks"; write: crm task done t-9\n'),
        (["accounts", "maja"], "crm: customers need no noun; write: crm show maja\n"),
        (["frobnicate"], 'crm: there is no command "frobnicate"\n  crm --help lists them\n'),
        (
            ["help", "pay"],
            "crm: there is no topic or command pay\n  write: crm help payment\n",
        ),
        (
            ["help", "queries"],
            "crm: there is no topic or command queries\n  write: crm help query\n",
        ),
    ],
)
def test_the_right_command_is_named(crm: Crm, words: list[str], said: str) -> None:
    assert crm(*words) == (2, "", said)


RESTS: tuple[list[str], ...] = (
    [], ["maja"], ["maja", "Asked for it"], ["t-9f3"], ["N-7"], ["add", "Maja"], ["list"],
    ["rm", "i-4k7"], ["show", "p-2m8"], ["delete", "y-7d1"],
)  # fmt: skip
WORDS = [
    word
    for word in dict.fromkeys([*INSTEAD, *OTHER_NOUNS, *CUSTOMERS_BY_NAME, "companies", "orders"])
    if named(word) is None
]


@pytest.mark.parametrize("word", WORDS)
def test_every_answer_is_a_command_that_parses(word: str) -> None:
    for rest in RESTS:
        said = no_command(word, list(rest)).message
        if "; write: crm " in said:
            parse(shlex.split(said.partition("; write: crm ")[2]))
        else:
            assert word in ("opportunity", "rm", "save"), said


def parse(words: list[str]) -> None:
    """Read a command line as Typer does; raises what it refuses."""
    entry = named(words[0])
    assert entry is not None, words
    command: Any = load(entry)
    command.make_context(entry.name, words[1:], obj=None).close()
    if isinstance(command, typer.core.TyperGroup):
        command = command.get_command(typer.Context(command), words[1]) if len(words) > 1 else None
        if command is not None:
            command.make_context(words[1], words[2:])


def test_a_word_leads_to_the_command_that_has_come_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "write: crm deal list" in no_command("opportunities", []).message
    assert "write: crm set maja" in no_command("archive", ["maja"]).message
    one = Command("archive", "move", commands.SERVICE, "to come", "")
    monkeypatch.setitem(commands.BY_NAME, "archive", one)
    assert "write: crm case add maja Torn" in no_command("ticket", ["maja", "Torn"]).message
    assert "write: crm case list" in no_command("cases", ["list"]).message
    assert named("archive") is not None
