"""Reports of the user's own, in the directory's reports/."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.features.reports import REPORTS, load
from crm_cli.features.reports.report import Report
from crm_cli.model.errors import NotFound
from crm_cli.model.text import did_you_mean
from crm_cli.workspace import Workspace


def described(workspace: Workspace) -> list[Report]:
    """Every report: the built-in ones, then the user's own."""
    return [load(name) for name in REPORTS]


def find(workspace: Workspace, name: str, parameters: Sequence[str] = ()) -> Report:
    """A report of the user's own; raises NotFound with the nearest name."""
    names = [one.name for one in described(workspace)]
    near = did_you_mean(name, names)
    raise NotFound(
        f"there is no report '{name}'", f"{near} crm report lists them".strip()
    )
