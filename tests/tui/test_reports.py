"""Every report can be shown in the interface, or says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("textual")

from crm_cli.features.reports import REPORTS
from crm_cli.model.errors import CrmError
from crm_cli.tui.places.reports import report
from crm_cli.workspace import open_workspace


def test_every_report_is_shown_or_refused(shop: Path) -> None:
    refused = []
    opened = open_workspace(directory=shop)
    for name in REPORTS:
        if name != "statement":
            try:
                assert report(opened, name, 70, [])
            except CrmError as error:
                refused.append((name, error.message))
    opened.close()
    assert [name for name, _ in refused] == ["slippage"], "there is no history here"
