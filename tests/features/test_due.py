"""What is due: the sources, the order, the headings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from crm_cli.features import due as features_due
from crm_cli.features.due import due, heading
from crm_cli.workspace import Clock, Workspace, open_workspace

Opened = Callable[..., Workspace]

CET = timezone(timedelta(hours=1))
MODULES = sorted(
    path.stem
    for path in Path(features_due.__file__).parent.glob("*.py")
    if "\nSOURCES = " in path.read_text(encoding="utf-8")
)


def test_every_source_is_registered() -> None:
    assert sorted(features_due._MODULES) == MODULES
    names = [source.name for name in MODULES for source in features_due._sources(name)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "source",
    [source for name in MODULES for source in features_due._sources(name)],
    ids=lambda source: source.name,
)
def test_a_source_tells_rows_of_its_own_kinds(
    workspace: Opened, source: features_due.Source
) -> None:
    opened = workspace()
    kinds = list(source.kinds(opened.business))
    assert kinds
    rows = list(source.find(opened, features_due.Asked(date(2030, 1, 1))))
    assert {row.kind for row in rows} <= set(kinds)
    customers = opened.customer_ids()
    assert all(row.who in customers and row.name and row.when for row in rows)


def at(clock: str) -> Clock:
    """A time of that Friday."""
    now = datetime.fromisoformat(f"2026-11-20T{clock}").replace(tzinfo=CET)
    return Clock(now.date(), now)


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2026-11-19", "overdue"),
        ("2026-11-20", "today"),
        ("2026-11-21", "tomorrow"),
        ("2026-11-22", "this week"),
        ("2026-11-23", "next week"),
        ("2026-11-29", "next week"),
        ("2026-11-30", "later"),
    ],
)
def test_headings_of_a_friday(day: str, wanted: str) -> None:
    assert heading(date.fromisoformat(day), at("00:00"), CET) == wanted


def test_a_heading_goes_by_the_business_clock() -> None:
    late = datetime.fromisoformat("2026-11-19T23:30+00:00")
    assert heading(late, at("00:00"), CET) == "today"


def test_a_time_is_late_by_the_minute_and_a_date_by_the_day() -> None:
    call = datetime.fromisoformat("2026-11-20T09:30+00:00")
    told = [heading(call, at(clock), CET) for clock in ("10:29", "10:30", "10:31", "23:59")]
    assert told == ["today", "today", "overdue", "overdue"]
    assert heading(date(2026, 11, 20), at("23:59"), CET) == "today"


def test_of_a_day_what_has_no_time_comes_first(workspace: Opened, shop: Path) -> None:
    (shop / "customers" / "jan-vidmar.yaml").write_text(
        """\
name: Jan
tasks:
  - {title: c, due: 2026-11-20T16:00+01:00}
  - {title: b, due: 2026-11-20T09:00+02:00}
  - {title: a, due: 2026-11-20}
  - {title: never}
  - {title: gone, due: 2026-11-20, status: cancelled}
  - {title: later, due: 2026-11-20, status: deferred}
"""
    )
    rows = [row.what for row in due(workspace()) if row.who == "jan-vidmar"]
    assert rows[0] == "b", "which is late at noon"
    assert sorted(rows[1:3]) == ["a", "later"]
    assert rows[3:] == ["c"]


@pytest.mark.parametrize("owner", ['o"brien', "a,b", "a..b", "petra "])
def test_an_owner_is_meant_literally(workspace: Opened, shop: Path, owner: str) -> None:
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text().partition("users:")[0])
    assert due(workspace(), owner=owner) in ([], due(workspace(), owner=owner.strip()))


def test_terms_never_widen(workspace: Opened) -> None:
    every = due(workspace(), within="1y")
    for terms in (["+vip"], ["status:completed"], ["due:2027.."], ["not:+vip"]):
        assert set(due(workspace(), terms, within="1y")) <= set(every)


def test_a_length_of_time_beyond_the_calendar_reaches_to_its_end(workspace: Opened) -> None:
    assert due(workspace(), within="9999y") == due(workspace(), within="7000y")


TWICE = """\
id: ana
name: Ana of {place}
birth_date: 1984-11-20
contact_every: 30 days
interactions:
  - at: 2026-10-10T10:00+02:00
    kind: call
    outcome: reached
anniversaries:
  - label: Opening of {place}
    date: 2016-11-20
purchases:
  - {{date: 2026-08-20, amount: 100}}
  - {{date: 2026-10-05, amount: 100}}
  - {{date: 2026-07-05, amount: 100, lines: [{{product: beans, quantity: 1}}]}}
"""


@pytest.mark.parametrize("product", ["", "beans:\n  name: Beans\n  reorder_every: 90 days\n"])
def test_the_order_is_that_of_an_index_made_just_now(tmp_path: Path, product: str) -> None:
    """Also of rows that differ in nothing that orders them: two files with one id."""
    root = tmp_path / "shop"

    def put(place: str) -> None:
        (root / "customers" / place).mkdir(parents=True)
        path = root / "customers" / place / "ana.yaml"
        path.write_text(TWICE.format(place=place), encoding="utf-8")

    def rows(cache: str) -> list[tuple[str, str, str]]:
        environ = {"CRM_CACHE_DIR": str(tmp_path / cache)}
        opened = open_workspace(directory=root, today="2026-11-20", environ=environ)
        return [(row.kind, row.name, row.what) for row in due(opened)]

    put("m")
    put("z")
    (root / "crm.yaml").write_text("currency: EUR\ncountry: SI\n", encoding="utf-8")
    (root / "products.yaml").write_text(product, encoding="utf-8")
    assert len({kind for kind, _, _ in rows("warm")}) == 4
    put("a")
    assert rows("warm") == rows("cold")
