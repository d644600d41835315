"""What to offer next: by hand, by plain counting, and the same in `crm suggest` and queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.features.completions import completions
from crm_cli.features.suggesting import suggest
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.duration import Interval
from crm_cli.model.errors import UsageError
from crm_cli.model.offers import LEAST, Offered, again, never_bought, offers
from crm_cli.model.pairing import rules
from crm_cli.workspace import Workspace, open_workspace
from tests.shares import examples

TODAY = date(2026, 11, 18)
PRODUCTS = """\
beans: {name: Beans, price: 18.50, consumable: true, complements: [grinder, filter]}
filter: {name: Filters, price: 4, consumable: true, reorder_every: 30 days}
grinder: {name: Grinder, price: 90}
mug: {name: Mug, price: 9}
old: {name: Old machine, disabled: true}
course: {name: Course, kind: service, price: 60}
"""


def _purchases(*bought: tuple[int, str]) -> str:
    return "purchases:\n" + "".join(
        f"  - {{date: {TODAY - timedelta(days=days)}, lines: [{skus}]}}\n" for days, skus in bought
    )


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    """Of five who have a mug, four have the course and four the old machine, too."""
    folder = tmp_path / "shop"
    (folder / "customers").mkdir(parents=True)
    (folder / "crm.yaml").write_text("currency: EUR\n")
    (folder / "products.yaml").write_text(PRODUCTS)
    records = {
        # Beans every 20 days, the last time 18 days ago; filters 50 days ago.
        "ana": _purchases((58, "beans:1:18.50, filter:1:4"), (38, "beans:1:18.50"),
                          (18, "beans:1:18.50")),
        "bor": _purchases((10, "mug:1:9")),
        "gone": "",
    }  # fmt: skip
    for number in range(4):
        records[f"other-{number}"] = _purchases((100, "mug:1:9, course:1:60, old:1:5"))
    for number in range(10):
        records[f"beans-{number}"] = _purchases((300, "beans:1:18.50"))
    for id, text in records.items():
        (folder / "customers" / f"{id}.yaml").write_text(f"name: {id.title()}\n{text}")
    environ = {"CRM_CACHE_DIR": str(tmp_path / "cache"), "CRM_TODAY": TODAY.isoformat()}
    workspace = open_workspace(directory=folder, environ=environ)
    yield workspace
    workspace.close()


def test_what_is_due_again_comes_first_then_complements(shop: Workspace) -> None:
    found = suggest(shop, "ana")
    assert (found.last, found.interval, found.next) == (date(2026, 10, 31), 20, date(2026, 11, 20))
    assert [(one.product, one.why, one.due) for one in found.offers] == [
        ("filter", "again", date(2026, 10, 21)),
        ("beans", "again", date(2026, 11, 20)),
        ("grinder", "complement", None),
    ]
    assert [one.reason for one in found.offers] == [
        "last bought 2026-09-21, bought again every 30 days",
        "last bought 2026-10-31, usually every 20 days",
        "goes with Beans, which they have",
    ]
    assert suggest(shop, "ana", within="0d").offers[1].product == "grinder"
    with pytest.raises(UsageError, match="--within"):
        suggest(shop, "ana", within="soon")


def test_what_most_of_the_others_have_by_hand(shop: Workspace) -> None:
    # 4 of the 5 with a mug have the course: 80 %. Of all 16 who have bought something 4 have it:
    # 4/16. The lift is 0.8 ÷ 0.25 = 3.2. The old machine is no longer sold.
    (offer,) = suggest(shop, "bor").offers
    assert (offer.product, offer.why) == ("course", "together")
    assert offer.reason == "4 of 5 who have Mug have it, too: 80 %"
    assert offer.rule is not None
    rule = offer.rule
    told = [str(one) for one in (rule.support, rule.confidence, rule.lift)]
    assert told == ["0.2500", "0.8000", "3.20"]
    assert suggest(shop, "gone").offers == ()


def test_queries_find_those_who_never_bought_it(shop: Workspace) -> None:
    def ids(*terms: str) -> list[str]:
        return [id for (id,) in shop.select(CUSTOMER, terms, cols="id").rows]

    assert ids("suggest:course") == ["bor"]
    assert ids("suggest:old") == []
    # All who have beans, and no grinder; Ana has filters already.
    beans = [f"beans-{number}" for number in range(10)]
    assert ids("suggest:grinder") == ["ana", *beans]
    assert ids("suggest:filter") == beans
    assert ids("suggest:grinder,course") == ["ana", *beans, "bor"]
    assert ids("has:suggest", "not:suggest:grinder") == ["bor"]
    assert ids("suggest:grind") == [], "an id is compared whole"
    assert ids("bought:mug") == ["bor", *(f"other-{number}" for number in range(4))]
    shown = dict(shop.select(CUSTOMER, ["has:suggest"], cols="id,suggest").rows)
    assert shown["ana"] == ["grinder"] and shown["beans-0"] == ["filter", "grinder"]
    for id, products in shown.items():
        offered = {one.product for one in suggest(shop, id).offers}
        owned = shop.select(CUSTOMER, [f"id.is:{id}"], cols="bought").rows[0][0]
        assert set(products) == offered - set(owned)
    where = shop.select(CUSTOMER, where="suggest = course or suggest = filter", cols="id").rows
    assert [id for (id,) in where] == [*beans, "bor"]
    # Of items it is asked of their customer.
    from crm_cli.model.purchase import PURCHASE

    assert shop.select(PURCHASE, ["suggest:course"], cols="customer").rows == [("bor",)]


def test_a_segment_and_completion_know_it(shop: Workspace) -> None:
    (shop.root / "segments.yaml").write_text("next-course: {query: [suggest:course]}\n")
    shop.index.refresh()
    assert shop.select(CUSTOMER, ["@next-course"], cols="id").rows == [("bor",)]
    assert completions(shop, "value:suggest", "gr") == ["grinder"]
    assert "suggest" in completions(shop, "term", "sug")


def test_it_is_computed_anew_when_something_changes(shop: Workspace) -> None:
    assert shop.select(CUSTOMER, ["suggest:course"], cols="id").rows == [("bor",)]
    path = shop.root / "customers" / "bor.yaml"
    path.write_text("name: Bor\n" + _purchases((10, "mug:1:9"), (5, "course:1:60")))
    shop.index.refresh()
    shop.changed()
    assert shop.select(CUSTOMER, ["suggest:course"], cols="id").rows == []


def test_what_they_have_is_offered_only_if_it_is_used_up() -> None:
    products = {
        sku: Offered(sku, sku.title(), consumable, None, complements, disabled=False)
        for sku, consumable, complements in (
            ("a", False, ("b", "c")), ("b", False, ()), ("c", True, ()),
        )
    }  # fmt: skip
    day = date(2026, 1, 1)
    bought = {"a": [day], "b": [day], "c": [day]}
    found = offers(products, bought, {}, date(2026, 6, 1))
    assert [(one.product, one.why) for one in found] == [("c", "complement")]
    assert found[0].reason == "goes with A, which they have; last bought 2026-01-01"


def test_an_interval_of_the_product_goes_before_the_own_rhythm() -> None:
    day = date(2026, 1, 31)
    product = Offered("a", "A", True, Interval(months=1), (), False)
    (offer,) = again({"a": product}, {"a": [date(2026, 1, 1), day]}, date(2026, 3, 1))
    assert offer.due == date(2026, 2, 28)
    without = product._replace(again=None)
    (offer,) = again({"a": without}, {"a": [date(2026, 1, 1), day]}, date(2026, 3, 2))
    assert offer.due == date(2026, 3, 2)
    assert again({"a": without}, {"a": [day]}, date(2030, 1, 1)) == []
    assert again({"a": product._replace(disabled=True)}, {"a": [day]}, date(2030, 1, 1)) == []


@examples(30, soak=480)
@given(
    baskets=st.lists(st.sets(st.sampled_from("abcde"), min_size=1), max_size=25),
    disabled=st.sets(st.sampled_from("abcde")),
)
def test_rules_of_most_by_plain_counting(baskets: list[set[str]], disabled: set[str]) -> None:
    products = {sku: Offered(sku, sku, False, None, (), sku in disabled) for sku in "abcde"}
    held = [tuple(sorted(one)) for one in baskets]
    found = never_bought(products, rules(held, LEAST))
    for left in "abcde":
        wanted = set()
        having = [one for one in baskets if left in one]
        for right in set("abcde") - {left} - disabled:
            both = sum(right in one for one in having)
            all_ = sum(right in one for one in baskets)
            most = both >= LEAST and both / len(having) > 0.5
            if most and both * len(baskets) > all_ * len(having):
                wanted.add(right)
        assert set(found.get(left, ())) == wanted
