"""The example business is sound, and every kind of query finds some of it and not all."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests import preloaded

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "data-example"
CUSTOMERS = {path.stem for path in EXAMPLE.glob("customers/**/*.yaml")}

QUERIES = (
    "tag:vip city:Ljubljana",
    "+vip not:+newsletter",
    "city:Ljubljana,Maribor",
    "novak",
    "last-contact.before:-90d",
    "no:last-contact",
    "has:email no:phone",
    "spend@12m:1000..",
    "spend@2026-q3:500..2000",
    "orders@90d:0",
    "orders:1",
    "last-purchase:this-month",
    "task/status:open/due:..today",
    "not:task/status:open",
    "line/product:beans-1kg/date:2026",
    "interaction/text.has:renewal/at:-30d..",
    "email.ends:@acme.example",
    "birthday:next-7d",
    "@lapsed city:Ljubljana",
    "@big-buyers",
    "owner:me is:overdue",
)


def crm(cache: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [preloaded.python(), "-m", "crm_cli", "-C", EXAMPLE, "--today", "2026-11-20", *words],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
        env={**os.environ, "CRM_CACHE_DIR": str(cache), "CRM_USER": "petra", "CRM_TODAY": ""},
    )


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def test_nothing_is_wrong_with_the_example(cache: Path) -> None:
    checked = crm(cache, "check")
    assert (checked.returncode, checked.stderr) == (0, "no errors found\n"), checked.stdout


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_finds_some_and_not_all(cache: Path, query: str) -> None:
    found = crm(cache, "list", *query.split(), "-o", "ids")
    assert (found.returncode, found.stderr) == (0, "")
    assert set() < set(found.stdout.split()) < CUSTOMERS


def test_records_in_canonical_form_stay_as_they_are(cache: Path) -> None:
    by_hand = {"gostilna-pri-mostu", "ivana-horvat", "luka-mlakar", "marjeta-sustar"}
    planned = crm(cache, "fmt", "--dry-run")
    changed = set(re.findall(r"^--- .*/([\w.-]+)\.yaml$", planned.stdout, re.MULTILINE))
    assert changed == by_hand | {"tomaz-zupan"}


def test_reading_the_example_wrote_nothing_into_it(cache: Path) -> None:
    """Promise 5: reading never writes into the data directory."""
    before = {path: path.stat().st_mtime_ns for path in EXAMPLE.rglob("*")}
    crm(cache, "due")
    crm(cache, "show", "ana-novak")
    assert {path: path.stat().st_mtime_ns for path in EXAMPLE.rglob("*")} == before
