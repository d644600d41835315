"""What could be typed next, from a directory's own values."""

from __future__ import annotations

from collections.abc import Callable

from crm_cli.features.completions import completions
from crm_cli.workspace import Workspace

Opened = Callable[..., Workspace]


def test_fields_beyond_a_reference(workspace: Opened) -> None:
    opened = workspace()
    assert completions(opened, "field", "referred_by.ci") == ["referred_by.city"]
    assert completions(opened, "field", "cit") == ["city"]
    assert completions(opened, "field", "name.x") == []
