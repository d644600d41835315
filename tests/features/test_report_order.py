"""The order of reports: months in that of time, and the first rows as if there were no limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_cli.features.reports import REPORTS, load
from crm_cli.features.reports.context import Asked
from crm_cli.features.reports.running import answer
from crm_cli.workspace import Workspace, open_workspace

EXAMPLE = Path(__file__).parents[2] / "data-example"
TIMED = [(name, key.name) for name in REPORTS for key in load(name).by if key.timed]
BY_ID = [
    (name, key.name)
    for name in REPORTS
    for key in load(name).by
    if key.ids and load(name).compute is None
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    environ = {"CRM_CACHE_DIR": str(tmp_path_factory.mktemp("cache")), "CRM_TODAY": "2026-11-20"}
    found = open_workspace(directory=EXAMPLE, environ=environ)
    yield found
    found.close()


@pytest.mark.parametrize(("name", "key"), TIMED)
def test_groups_of_time_follow_each_other(workspace: Workspace, name: str, key: str) -> None:
    found = answer(workspace, load(name), Asked(by=key)).table
    times = [row[key] for row in found.rows if row[key] is not None]
    assert times == sorted(times)


@pytest.mark.parametrize(("name", "key"), BY_ID)
def test_a_limit_leaves_out_the_last_rows_only(workspace: Workspace, name: str, key: str) -> None:
    whole = answer(workspace, load(name), Asked(by=key)).table
    for limit in (0, 1, 2, len(whole.rows) - 1, len(whole.rows) + 1):
        if limit >= 0:
            some = answer(workspace, load(name), Asked(by=key), limit=limit).table
            assert some.rows == whole.rows[:limit]
            assert some.total == whole.total


@pytest.mark.parametrize("name", REPORTS)
def test_days_and_hours_say_so(name: str) -> None:
    """A figure of days or hours has its unit, unless its name is one."""
    for figure in load(name).figures:
        spoken = re.match(r"(?:median |mean )?(days|hours)\b", figure.doc)
        if spoken and spoken[1] not in figure.key.split("_"):
            assert figure.unit in ("days", "h"), figure.key
