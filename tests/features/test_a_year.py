"""A year, day by day: recurring tasks are done, put off and skipped, and none is lost."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from crm_cli.features import tasks
from crm_cli.features.due import due
from crm_cli.features.moves import pick
from crm_cli.model.dates import local_date
from crm_cli.model.recurrence import occurrences
from crm_cli.model.task import TASK
from crm_cli.workspace import Workspace
from tests.shares import Share

Opened = Callable[..., Workspace]

ZONE = ZoneInfo("Europe/Ljubljana")
FIRST = date(2027, 7, 1)
"""The year holds 29 February 2028, and both changes of the clocks."""
RULES = {
    "t-1111111": ("2027-07-01", "FREQ=WEEKLY;INTERVAL=2"),
    "t-2222222": ("2027-07-31", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
    "t-3333333": ("2027-07-02T09:30+02:00", "FREQ=WEEKLY;BYDAY=MO,FR"),
    "t-4444444": ("2027-07-19", "FREQ=MONTHLY;BYDAY=3MO"),
    "t-5555555": ("2027-08-29", "FREQ=MONTHLY;BYMONTHDAY=29"),
    "t-6666666": ("2027-07-05", "FREQ=DAILY;INTERVAL=10;COUNT=12"),
}


def test_each_occurrence_comes_once_and_none_is_lost(
    workspace: Opened, shop: Path, share: Share
) -> None:
    for seed in share.of([1, 2], 2):
        _year(workspace, shop, random.Random(seed))


def _year(workspace: Opened, shop: Path, chance: random.Random) -> None:
    for path in (shop / "customers").glob("*.yaml"):
        path.unlink()
    entries = "".join(
        f"  - {{id: {id}, title: {id}, due: {start}, rrule: '{rule}'}}\n"
        for id, (start, rule) in RULES.items()
    )
    (shop / "customers" / "ana.yaml").write_text(f"name: Ana\ntasks:\n{entries}")
    shown: dict[str, list[date]] = {id: [] for id in RULES}
    last = FIRST
    for number in range(366):
        last = FIRST + timedelta(days=number)
        opened = workspace(today=last.isoformat())
        for row in due(opened, kind="todo"):
            assert row.id is not None
            _act(opened, row.id, chance, shown)
            opened = workspace(today=last.isoformat())
    for item in workspace(today=last.isoformat()).record("ana").items("tasks"):
        _complete(
            item.id, shown[item.id], [one.values["value"] for one in item.items("occurrences")]
        )


def _act(opened: Workspace, id: str, chance: random.Random, shown: dict[str, list[date]]) -> None:
    """Done, put off, skipped, or left for another day."""
    task = pick(opened, TASK, id)
    values = task.item.values
    present = local_date(values.get("recurrence_id") or values["due"], ZONE)
    if not shown[id] or shown[id][-1] != present:
        shown[id].append(present)
    ending = opened.clock.today > FIRST + timedelta(days=355)
    odds = (1, 0, 0, 0) if ending else (6, 2, 1, 3)
    does = chance.choices(("done", "snooze", "skip", "leave"), odds)[0]
    if does == "done":
        opened.write(tasks.done(opened, [task]).change)
    elif does == "skip":
        opened.write(tasks.skip(opened, [task]).change)
    elif does == "snooze":
        opened.write(tasks.snooze(opened, [task], f"in {chance.randrange(1, 5)} days").change)


def _complete(id: str, shown: list[date], log: list[str]) -> None:
    """What was shown is what was logged, and what was missed has its line: nothing twice."""
    start, rule = RULES[id]
    begin = date.fromisoformat(start[:10])
    days = []
    for day in occurrences(rule, begin, ZONE):
        if day > FIRST + timedelta(days=365):
            break
        days.append(day)
    told: list[date] = []
    acted: list[date] = []
    for line in log:
        span, outcome = line.split()[:2]
        low, _, high = span.partition("..")
        first, last = date.fromisoformat(low), date.fromisoformat(high or low)
        found = [day for day in days if first <= day <= last]
        assert found and found[0] == first and found[-1] == last
        told += found
        acted += found if outcome != "missed" else []
    assert told == days[: len(told)]
    assert len(days) - len(told) <= 1, "all but the present one are in the log"
    assert len(set(shown)) == len(shown)
    assert shown[: len(acted)] == acted
    assert len(shown) - len(acted) <= 1
