"""A wrong verb of a noun is answered with the command that was meant."""

from __future__ import annotations

import pytest

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
        (["refund", "x", "5"], 'crm: there is no "refund"; write: crm payment add x 5 --refund\n'),
        (["remind", "maja", "Ask"], 'crm: there is no "remind"; write: crm task add maja Ask\n'),
        (["find", "maja"], 'crm: there is no "find"; write: crm list maja\n'),
        (["restore"], 'crm: there is no "restore"; write: crm undo\n'),
        (
            ["call", "maja", "Asked for it"],
            "crm: there is no \"call\"; write: crm log maja 'Asked for it' --kind call\n",
        ),
        (["calls"], 'crm: there is no "calls"; write: crm interaction list kind:call\n'),
        (
            ["invoice", "add", "maja", "--line", "towel"],
            'crm: there is no "invoice"; write:'
            " crm purchase add maja --line towel --kind invoice\n",
        ),
        (["invoices"], 'crm: there is no "invoices"; write: crm purchase list kind:invoice\n'),
        (["order", "N-7"], 'crm: there is no "order"; write: crm purchase show N-7\n'),
        (["invoice", "delete", "p-2m8"], 'crm: there is no "invoice"; write: crm rm p-2m8\n'),
        (["ticket", "maja", "Torn"], 'crm: there is no "ticket"; write: crm task add maja Torn\n'),
        (["tasks", "done", "t-9"], 'crm: there is no "tasks"; write: crm task done t-9\n'),
        (["company", "add", "Lan"], "crm: customers need no noun; write: crm add Lan\n"),
        (["accounts", "maja"], "crm: customers need no noun; write: crm show maja\n"),
        (
            ["merge"],
            'crm: there is no command "merge"\n  crm --help lists them\n',
        ),
        (
            ["help", "pay"],
            "crm: there is no topic or command pay\n  write: crm payment add\n",
        ),
    ],
)
def test_the_right_command_is_named(crm: Crm, words: list[str], said: str) -> None:
    assert crm(*words) == (2, "", said)
