"""Ids of items: new ones, and how much of one is enough."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crm_cli.features.items import find, new_id, unique_parts
from crm_cli.model.errors import Ambiguous
from crm_cli.model.ids import is_item_id
from crm_cli.model.task import TASK
from crm_cli.workspace import Workspace

Opened = Callable[..., Workspace]


def test_a_new_id_is_no_items(workspace: Opened) -> None:
    opened = workspace()
    made = {new_id(opened, TASK) for _ in range(50)}
    assert len(made) == 50
    assert all(is_item_id(id) and id.startswith("t-") for id in made)


def test_the_unique_part_is_five_characters_or_as_many_as_tell_it_apart(workspace: Opened) -> None:
    ids = ["t-9f3kx7d", "t-9fzzzz1", "t-3qqqqq1", "i-4k7q2ma", "maja-kos", None]
    assert unique_parts(workspace(), ids) == {
        "t-9f3kx7d": 5,
        "t-9fzzzz1": 5,
        "t-3qqqqq1": 9,
        "i-4k7q2ma": 5,
    }


def test_what_is_shown_as_unique_finds_its_item(workspace: Opened) -> None:
    opened = workspace()
    for id, length in unique_parts(opened, ["t-9f3kx7d", "t-3qqqqq1", "t-3qqqqq2"]).items():
        found = find(opened, id[:length], TASK)
        assert found is not None
        assert found[1] == id


def test_find(workspace: Opened) -> None:
    opened = workspace()
    assert find(opened, "t-9f3", TASK) == ("maja-kos", "t-9f3kx7d")
    assert find(opened, "9F3", TASK) == ("maja-kos", "t-9f3kx7d")
    assert find(opened, "i-4k7", TASK) is None
    assert find(opened, "t-zzz", TASK) is None
    assert find(opened, "Maja Kos", TASK) is None
    assert find(opened, "9f3", TASK, strict=True) is None
    with pytest.raises(Ambiguous):
        find(opened, "t-3q", TASK)
