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
    ],
)
def test_the_right_command_is_named(crm: Crm, words: list[str], said: str) -> None:
    assert crm(*words) == (2, "", said)
