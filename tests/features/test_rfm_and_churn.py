"""RFM and churn: by hand, against plain Python, and the same in report, query, segment and SQL."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.features.reports.rfm import LEAST
from crm_cli.features.sql import ask
from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.rfm import OTHER, cells, faults, segment, segments
from crm_cli.model.scoring import cuts, read_bounds, score
from crm_cli.query.fault import QueryError
from crm_cli.workspace import Workspace, open_workspace
from tests.shares import examples

from ..query.conftest import TODAY
from .reporting import opened, rows, table

SCORES = ("rfm_recency", "rfm_frequency", "rfm_monetary")
PUBLISHED = """\
champions 4-5,4-5,4-5 · potential_loyalist 3-5,3-5,2-5 · loyal 2-4,2-4,2-4 · promising 3-4,1-3,3-5 ·
new 4-5,1-3,1-5 · cannot_lose 1-2,3-5,4-5 · at_risk 1-2,2-5,4-5 · needs_attention 1-3,3-5,3-5 ·
about_to_sleep 2-3,1-3,1-4 · lost 1-1,1-5,1-5 · loyal 3-5,4-5,1-1 · about_to_sleep 2-2,1-5,1-5"""
"""The rules once more, as the page of definitions has them."""


def _published(r: int, f: int, m: int) -> str:
    for rule in PUBLISHED.replace("\n", " ").split("·"):
        name, spans = rule.split()
        ends = [span.split("-") for span in spans.split(",")]
        if all(int(low) <= one <= int(high) for (low, high), one in zip(ends, (r, f, m),
                                                                        strict=True)):  # fmt: skip
            return name
    raise AssertionError((r, f, m))


def test_each_of_the_125_cells_has_a_segment() -> None:
    table = cells(())
    assert len(table) == 125 and OTHER not in table
    for r in range(1, 6):
        for f in range(1, 6):
            for m in range(1, 6):
                assert segment((r, f, m), table) == _published(r, f, m), (r, f, m)


def test_the_table_of_the_r_package() -> None:
    table = cells(("rfm-r",))
    assert segment((5, 5, 5), table) == "champions"
    assert segment((4, 5, 5), table) == "potential_loyalist"
    assert segment((1, 3, 4), table) == "cannot_lose"
    assert segment((1, 5, 5), table) == "at_risk"
    assert segment((2, 5, 1), table) == OTHER  # the rules that fill the gaps are not of it
    assert segments(("rfm-r",))[-1] == OTHER
    assert OTHER not in segments(())


def test_rules_of_ones_own() -> None:
    own = ("best 5 5 1-5", "rest 1-5, 1-5, 1-4")
    assert list(faults(own)) == []
    assert segments(own) == ("best", "rest", OTHER)
    assert segment((5, 5, 5), cells(own)) == "best"
    assert segment((1, 1, 5), cells(own)) == OTHER
    for wrong in (("best 5 5",), ("best 5 5 6",), ("5 5 5",), ("rfm-x",), ("best 5 5 5", "")):
        assert list(faults(wrong)), wrong


def test_quantiles_are_of_type_seven() -> None:
    # R: quantile(c(1, 2, 4, 8, 16, 32), c(.2, .4, .6, .8)) gives 2 4 8 16;
    # quantile(c(1, 10), …) gives 2.8 4.6 6.4 8.2.
    assert cuts([32, 1, 16, 2, 8, 4]) == [2, 4, 8, 16]
    assert cuts([10, 1]) == [Decimal(text) for text in ("2.8", "4.6", "6.4", "8.2")]
    assert [score(value, [2, 4, 8, 16]) for value in (1, 2, 3, 16, 17)] == [1, 1, 2, 4, 5]  # type: ignore[list-item]


@pytest.mark.parametrize(
    "text", ["", "r=1,2,3", "x=1,2,3,4", "r=1,3,2,4", "r=1,1,2,3", "r=a,b,c,d", "r", "r=1e9,2,3,4"]
)
def test_bounds_that_cannot_be_read(text: str) -> None:
    with pytest.raises(UsageError, match="--bounds"):
        read_bounds(text)


def _many(number: int) -> list[dict[str, Any]]:
    """Customers of which the n-th bought n % 7 + 1 times, on days of their own."""
    return [
        {
            "name": f"C {place:02}",
            "purchases": [
                {
                    "date": TODAY - timedelta(days=3 * place + 10 * part),
                    "amount": str(10 * (place % 5) + part),
                    "lines": [],
                }
                for part in range(place % 7 + 1)
            ],
        }
        for place in range(number)
    ]


def test_scores_by_hand() -> None:
    # 30 customers, the last purchase 0, 3, …, 87 days ago: the cuts lie at 17.4, 34.8, 52.2 and
    # 69.6 days, so that 6 customers have each score, the newest 5.
    with opened(_many(30)) as (workspace, _):
        found = table(workspace, "rfm")
        by = {row["customer"]: row for row in found.rows}
        assert [by[f"c{place}"]["r_score"] for place in range(30)] == [
            5 - place // 6 for place in range(30)
        ]
        assert by["c13"]["recency"] == 39
        # Orders 1 … 7, four or five customers each: the cuts are 2, 3, 4.4 and 6.
        assert found.notes == ["cuts: recency 17.4 34.8 52.2 69.6; frequency 2 3 4.4 6; "
                               "monetary 19 40.6 83 140"]  # fmt: skip


def test_fewer_than_25_are_not_scored_without_bounds() -> None:
    with opened(_many(LEAST - 1)) as (workspace, _):
        found = table(workspace, "rfm")
        assert {(row.get("r_score"), row.get("segment")) for row in found.rows} == {(None, None)}
        assert any("24 customers have bought" in notice for notice in workspace.notices)
        assert workspace.select(CUSTOMER, ["has:rfm"], cols="id").rows == []
        assert workspace.select(CUSTOMER, ["has:rfm-recency"], cols="id").rows == []
        some = table(workspace, "rfm", options={"bounds": "r=1,2,3,4 f=1,2,3,4"})
        assert {row.get("segment") for row in some.rows} == {None}
        every = "r=10,20,30,40 f=1,2,3,4 m=10,20,30,40"
        given = table(workspace, "rfm", options={"bounds": every})
        scored = {row["customer"]: row for row in given.rows}["c6"]  # 18 days, 7 orders, 91
        assert [scored[key] for key in ("r_score", "f_score", "m_score")] == [4, 5, 5]
        assert scored["segment"] == "champions"


def test_terms_and_periods_choose_rows_and_change_no_score() -> None:
    with opened(_many(40)) as (workspace, _):
        whole = {row["customer"]: row for row in table(workspace, "rfm").rows}
        some = table(workspace, "rfm", terms=["orders:5.."]).rows
        assert some and all(row == whole[row["customer"]] for row in some)
        segments_of = dict(workspace.select(CUSTOMER, cols="id,rfm").rows)
        assert {id: row["segment"] for id, row in whole.items()} == segments_of
        late = table(workspace, "rfm", period="last-30d").rows
        assert late and max(row["recency"] for row in late) < 30
        again = dict(workspace.select(CUSTOMER, cols="id,rfm").rows)
        assert again == segments_of, "a period changes the report only"


def test_the_segments_add_up() -> None:
    with opened(_many(60)) as (workspace, _):
        whole = table(workspace, "rfm")
        found = table(workspace, "rfm", by="segment")
        assert sum(row["customers"] for row in found.rows) == len(whole.rows) == 60
        assert found.total is not None
        net = sum(row["monetary"] for row in whole.rows)
        assert sum(row["monetary"] for row in found.rows) == found.total["monetary"] == net
        for row in found.rows:
            asked = workspace.select(CUSTOMER, [f"rfm:{row['segment']}"], cols="id").rows
            assert len(asked) == row["customers"]


def _quantile(values: list[Fraction], part: Fraction) -> Fraction:
    """Type 7, as its definition has it: at (n − 1) × p, between its neighbours."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * part
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def _class(value: Fraction, values: list[Fraction]) -> int:
    return 1 + sum(_quantile(values, Fraction(part, 5)) < value for part in range(1, 5))


BUYER = st.lists(
    st.tuples(st.integers(-3, 60), st.sampled_from(("0", "5", "7.25", "40", "-3"))), max_size=4
)


@examples(15, soak=240)
@given(buyers=st.lists(BUYER, min_size=24, max_size=45))
def test_fields_report_and_sql_are_what_the_files_say(buyers: list[list[tuple[int, str]]]) -> None:
    customers = [
        {
            "name": f"C {place:02}",
            "purchases": [
                {"date": TODAY - timedelta(days=days), "amount": amount, "lines": []}
                for days, amount in bought
            ],
        }
        for place, bought in enumerate(buyers)
    ]
    past = {
        f"c{place}": [(days, Decimal(amount)) for days, amount in bought if days >= 0]
        for place, bought in enumerate(buyers)
    }
    past = {id: bought for id, bought in past.items() if bought}
    figures = {
        id: (
            Fraction(min(days for days, _ in bought)),
            Fraction(len(bought)),
            Fraction(sum(amount for _, amount in bought)),
        )
        for id, bought in past.items()
    }
    sides = [list(side) for side in zip(*figures.values(), strict=True)]
    wanted: dict[str, tuple[int | None, ...]] = {}
    for id, (days, orders, net) in figures.items():
        if len(figures) < 25:
            wanted[id] = (None, None, None)
            continue
        r, f, m = (_class(one, side) for one, side in zip((days, orders, net), sides, strict=True))
        wanted[id] = (6 - r, f, m)
    with opened(customers) as (workspace, _):
        found = table(workspace, "rfm")
        reported = {
            row["customer"]: tuple(row.get(key) for key in ("r_score", "f_score", "m_score"))
            for row in found.rows
        }
        assert reported == wanted
        cols = ("id", *SCORES, "rfm")
        for id, *scores, name in workspace.select(CUSTOMER, cols=cols).rows:
            assert tuple(scores) == wanted.get(id, (None, None, None))
            assert name == (_published(*scores) if scores[0] else None)
        statement = f"SELECT {', '.join(cols)} FROM customers"
        for id, *values in ask(workspace, statement).rows:
            asked = workspace.select(CUSTOMER, [f"id.is:{id}"], cols=cols).rows
            assert asked == [(id, *values)]


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    folder = tmp_path / "shop"
    (folder / "customers").mkdir(parents=True)
    settings_ = "currency: EUR\nsegments:\n  - best 4-5 4-5 1-5\n  - rest 1-5 1-5 1-5\n"
    (folder / "crm.yaml").write_text(settings_)
    (folder / "segments.yaml").write_text("stars:\n  query: rfm:best not:+cold\n")
    for place, one in enumerate(_many(30)):
        bought = "".join(
            f"  - {{date: {part['date']}, amount: {part['amount']}}}\n" for part in one["purchases"]
        )
        text = f"name: {one['name']}\npurchases:\n{bought}"
        (folder / "customers" / f"c-{place:02}.yaml").write_text(text)
    environ = {"CRM_CACHE_DIR": str(tmp_path / "cache"), "CRM_TODAY": TODAY.isoformat()}
    return open_workspace(directory=folder, environ=environ)


def test_a_table_of_ones_own_is_the_same_everywhere(shop: Workspace) -> None:
    best = [id for (id,) in shop.select(CUSTOMER, ["rfm:best"], cols="id").rows]
    assert best and shop.select(CUSTOMER, ["@stars"], cols="id").rows == [(id,) for id in best]
    reported = table(shop, "rfm", by="segment")
    assert [(row["segment"], row["customers"]) for row in reported.rows] == [
        ("best", len(best)), ("rest", 30 - len(best)),
    ]  # fmt: skip
    statement = "SELECT id FROM customers WHERE rfm = 'best' ORDER BY id"
    sql = ask(shop, statement).rows
    assert [id for (id,) in sql] == best
    with pytest.raises(QueryError, match="not one of the known values"):
        shop.select(CUSTOMER, ["rfm:champions"])
    shop.close()


def test_a_rule_that_cannot_be_read_is_found_by_check(shop: Workspace) -> None:
    path = shop.root / "crm.yaml"
    path.write_text("currency: EUR\nsegments: [champions 4-5 4-5]\n")
    assert shop.business.rfm_rules == ("champions 4-5 4-5",)
    (found,) = [one for one in shop.problems if one.code == "bad-segments"]
    assert "is no rule" in found.message and (found.path, found.line) == ("crm.yaml", 2)
    shop.close()


def test_completion_offers_the_segments() -> None:
    assert "champions" in segments(Business().rfm_rules)


# Churn


def _buyer(*days: int, **more: Any) -> dict[str, Any]:
    purchases = [{"date": TODAY - timedelta(days=day), "amount": "10", "lines": []}
                 for day in days]  # fmt: skip
    return {"name": more.pop("name"), "purchases": purchases, **more}


def test_churn_by_hand() -> None:
    customers = [
        # Every 30 days, silent for 90: three times the usual.
        _buyer(90, 120, 150, 180, name="Quiet"),
        # Silent for twice the usual: not above 2.
        _buyer(20, 30, 40, name="Even"),
        # Two days with purchases, one of them twice: no rhythm yet.
        _buyer(200, 200, 300, name="New"),
        # The same rhythm, but most of it lies more than 12 months back.
        _buyer(330, 430, 530, 630, name="Old"),
        _buyer(5, name="Gone", losses=[{"at": "2026-11-01"}]),
    ]
    with opened(customers) as (workspace, _):
        found = table(workspace, "churn")
        keys = ("name", "at_risk", "at_stake", "silence", "silent", "interval", "lost")
        assert rows(found, *keys) == [
            ("Quiet", "True", "40.00", "3.00", "90", "30", "False"),
            ("Old", "True", "10.00", "3.30", "330", "100", "False"),
            ("Gone", "True", "10.00", "", "5", "", "True"),
            ("Even", "False", "30.00", "2.00", "20", "10", "False"),
        ]
        strict = table(workspace, "churn", options={"k": "3"})
        assert [row["name"] for row in strict.rows if row["at_risk"]] == ["Old", "Gone"]
        some = table(workspace, "churn", options={"at-risk": "at-risk"})
        assert all(row["at_risk"] for row in some.rows) and len(some.rows) == 3
        for wrong in ("0", "x", "-1", "inf", "nan", "1001"):
            with pytest.raises(UsageError, match="--k"):
                table(workspace, "churn", options={"k": wrong})


def test_days_with_purchases_are_counted_once() -> None:
    with opened([_buyer(3, 3, 9, name="A"), {"name": "B"}]) as (workspace, _):
        found = workspace.select(CUSTOMER, cols="name,purchase_days,orders").rows
        assert found == [("A", 2, 3), ("B", 0, 0)]
