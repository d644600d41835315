"""Ideal customers: scores by hand, in queries, in the report, and what check says of profiles."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.features.checking import check
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.query.fault import QueryError
from crm_cli.workspace import Workspace, open_workspace

from .reporting import rows, table

PROFILES = """\
wholesale:
  problem_solved: steady supply
  rules:
    - query: country:SI,HR
      weight: 2
    - query: [kind:organization, orders:2..]
      weight: 3
    - query: "@big"
city-cafe:
  rules:
    - {query: city:Koper}
empty: {problem_solved: nothing yet}
"""
RECORDS = {
    # 2 + 3 + 1 of 6: 100. Koper.
    "all": "kind: organization\ncountry: SI\ncity: Koper\npurchases:\n"
    "  - {date: 2026-01-05, amount: 900}\n  - {date: 2026-05-05, amount: 300}\n",
    # 2 + 1 of 6: 50.
    "half": "kind: person\ncountry: HR\npurchases:\n  - {date: 2026-02-05, amount: 1000}\n",
    # 3 of 6: 50.
    "firm": "kind: organization\ncountry: DE\npurchases:\n"
    "  - {date: 2025-01-05, amount: 10}\n  - {date: 2025-05-05, amount: 10}\n",
    # 2 of 6: 33.
    "lead": "lifecycle_stage: lead\ncountry: SI\n",
    "none": "city: Koper\n",
}


def _open(tmp_path: Path, profiles: str = PROFILES) -> Workspace:
    folder = tmp_path / "shop"
    (folder / "customers").mkdir(parents=True)
    (folder / "crm.yaml").write_text("currency: EUR\n")
    (folder / "segments.yaml").write_text("big: {query: ['spend:1000..']}\n")
    (folder / "profiles.yaml").write_text(profiles)
    for id, text in RECORDS.items():
        (folder / "customers" / f"{id}.yaml").write_text(f"name: {id.title()}\n{text}")
    environ = {"CRM_CACHE_DIR": str(tmp_path / "cache"), "CRM_TODAY": "2026-11-18"}
    return open_workspace(directory=folder, environ=environ)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    workspace = _open(tmp_path)
    yield workspace
    workspace.close()


def _ids(shop: Workspace, *terms: str) -> list[str]:
    return [id for (id,) in shop.select(CUSTOMER, terms, cols="id").rows]


def test_scores_by_hand(shop: Workspace) -> None:
    found = shop.select(CUSTOMER, cols="id,fit.wholesale,fit.city-cafe,fit").rows
    assert found == [
        ("all", 100, 100, 100), ("firm", 50, 0, 50), ("half", 50, 0, 50), ("lead", 33, 0, 33),
        ("none", 0, 100, 100),
    ]  # fmt: skip
    assert _ids(shop, "fit.wholesale:80..") == ["all"]
    assert _ids(shop, "fit.wholesale:30..", "stage:lead") == ["lead"]
    assert _ids(shop, "fit.city_cafe:100") == ["all", "none"], "- and _ are the same"
    assert _ids(shop, "fit.wholesale.over:33") == ["all", "firm", "half"]
    asked = shop.select(CUSTOMER, where="fit.wholesale >= 50 and fit.city-cafe = 0", cols="id")
    assert asked.rows == [("firm",), ("half",)]
    ranked = shop.select(CUSTOMER, sort="fit.wholesale-,id", limit=2, cols="id").rows
    assert ranked == [("all",), ("firm",)]
    assert shop.select(CUSTOMER, cols="fit.empty").rows == [(None,)] * 5


def test_an_unknown_profile_is_told_with_the_nearest(shop: Workspace) -> None:
    with pytest.raises(QueryError, match="no profile 'wholesal'") as raised:
        _ids(shop, "fit.wholesal:80..")
    assert "did you mean wholesale" in str(raised.value.hint)


def test_a_report_of_the_best_and_the_rest(shop: Workspace) -> None:
    # Best of wholesale: all, with 1,200. The rest: 1,000 + 20 of four.
    found = table(shop, "fit")
    keys = ("profile", "match", "customers", "buyers", "rate", "net", "per_customer", "times",
            "fit")  # fmt: skip
    assert rows(found, *keys) == [
        ("wholesale", "best", "1", "1", "1.0000", "1200.00", "1200.00", "4.71", "100.0"),
        ("wholesale", "rest", "4", "2", "0.5000", "1020.00", "255.00", "", "33.3"),
        ("city-cafe", "best", "2", "1", "0.5000", "1200.00", "600.00", "1.76", "100.0"),
        ("city-cafe", "rest", "3", "2", "0.6667", "1020.00", "340.00", "", "0.0"),
    ]
    half = table(shop, "fit", period="2026-02", options={"profile": "wholesale", "from": "50"})
    assert rows(half, "match", "customers", "buyers", "net") == [
        ("best", "3", "1", "1000.00"), ("rest", "2", "0", "0.00"),
    ]  # fmt: skip
    some = table(shop, "fit", terms=["stage:lead"])
    assert {row["match"] for row in some.rows} == {"rest"}
    for wrong in ("0", "101", "x"):
        with pytest.raises(UsageError, match="--from"):
            table(shop, "fit", options={"from": wrong})
    with pytest.raises(UsageError, match="no profile"):
        table(shop, "fit", options={"profile": "x"})


BAD = """\
typo:
  rules:
    - query: cuntry:SI
self:
  rules:
    - {query: "fit.self:50.."}
weights:
  rules:
    - {query: "country:SI", weight: 0}
    - {weight: 2}
"""


def test_check_finds_what_cannot_be_asked(tmp_path: Path) -> None:
    shop = _open(tmp_path, BAD)
    found = {(one.line, one.code): one.message for one in check(shop)}
    shop.close()
    assert "there is no field 'cuntry'" in found[2, "profile-query"]
    assert "asks for fit" in found[5, "profile-query"]
    assert (9, "bad-weight") in found and (10, "rule-without-query") in found


WEIGHTS = st.lists(st.sampled_from(("1", "2", "0.5", "3")), min_size=1, max_size=4)


@settings(max_examples=15, deadline=None)
@given(weights=WEIGHTS)
def test_scores_are_the_weights_that_are_met(
    tmp_path_factory: pytest.TempPathFactory, weights: list[str]
) -> None:
    countries = ("SI", "HR", "DE", "SI")
    text = "p:\n  rules:\n" + "".join(
        f"    - {{query: 'country:{country}', weight: {weight}}}\n"
        for weight, country in zip(weights, countries, strict=False)
    )
    shop = _open(tmp_path_factory.mktemp("fit"), text)
    whole = sum(map(Decimal, weights))
    for country, score in shop.select(CUSTOMER, cols="country,fit.p").rows:
        met = sum(
            (Decimal(one) for one, of in zip(weights, countries, strict=False) if of == country),
            Decimal(0),
        )
        assert abs(score - 100 * met / whole) <= Decimal("0.5")
    shop.close()


def test_a_name_that_queries_cannot_ask_for_is_told(tmp_path: Path) -> None:
    shop = _open(tmp_path, "a b(c:\n  rules:\n    - {query: country:SI}\nb-2_c: {rules: []}\n")
    found = [(one.line, one.code) for one in check(shop)]
    assert list(shop.profiles()) == ["b-2_c"]
    shop.close()
    assert found == [(3, "bad-profile-name")]
