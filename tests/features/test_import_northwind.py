"""The maps that come with the program bring in the Northwind data as it is meant.

The sample here has its headings and its oddities. With CRM_NORTHWIND naming a folder with
the whole data (customers.csv, products.csv, order_lines.csv) its known figures are proven.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from crm_cli.features import importing
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.purchase import PURCHASE
from crm_cli.workspace import Workspace

MAPS = Path(__file__).parents[2] / "docs" / "import" / "northwind"
SAMPLE = Path(__file__).parents[1] / "cases" / "northwind"
WHOLE = os.environ.get("CRM_NORTHWIND", "")

Opened = Callable[..., Workspace]


def bring_in(opened: Opened, folder: Path, orders: str = "purchases.csv") -> dict[str, int]:
    """Import the three files; what was new, by kind."""
    new = {}
    for kind, name in (
        ("customers", "customers.csv"),
        ("products", "products.csv"),
        ("purchases", orders),
    ):
        workspace = opened()
        map = importing.load_map(MAPS / f"{kind}.yaml", kind)
        data = (folder / name).read_bytes()
        drafts = importing.read_file(workspace, kind, data, path=name, map=map)
        plan = importing.plan_import(workspace, drafts)
        assert plan.rejected == ()
        workspace.write(plan.change)
        new[kind] = plan.new
        again = importing.plan_import(opened(), drafts)
        assert (again.new, again.changed, again.change.steps) == (0, 0, ())
    return new


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    root = tmp_path / "northwind"
    root.mkdir()
    (root / "crm.yaml").write_text("currency: USD\ncountry: US\ntime_zone: UTC\n")
    monkeypatch.setenv("CRM_CACHE_DIR", str(tmp_path / "cache"))
    return lambda: Workspace(root, today="1998-05-06")


def test_the_sample(opened: Opened) -> None:
    assert bring_in(opened, SAMPLE) == {"customers": 3, "products": 2, "purchases": 2}
    workspace = opened()
    koper = workspace.record("koprivnik-trgovina")
    assert koper.values["external_id"] == "KOPRI"
    assert koper.values["kind"] == "organization"
    assert koper.texts("phones") == ["(5) 555-4729", "(5) 555-3745"]
    assert koper.items("phones")[1].values["label"] == "fax"
    address = koper.items("addresses")[0].values
    assert (address["postcode"], address["country"]) == ("06000", "SI")
    assert koper.items("contacts")[0].values == {"name": "Metka Jug", "title": "Sales Agent"}
    ids = {workspace.record(id).values["external_id"] for id in ("valovi", "valovi-2")}
    assert ids == {"Val2", "VALOV"}
    assert workspace.products()["suseni-paradiznik"].values["external_id"] == "11"
    assert workspace.products()["rezanci"].values["disabled"] is True


def test_orders(opened: Opened) -> None:
    bring_in(opened, SAMPLE)
    workspace = opened()
    (order,) = workspace.record("koprivnik-trgovina").items("purchases")
    assert (order.values["kind"], order.values["number"]) == ("order", "10248")
    assert [line.values["discount"] for line in order.items("lines")] == [0, 5]
    assert order.derived["net"] == Decimal("261.10")
    open_orders = workspace.select(PURCHASE, ["is:unshipped"], cols=("number", "net")).rows
    assert open_orders == [("10249", Decimal("142.29"))]
    assert not list(workspace.problems)


@pytest.mark.skipif(not WHOLE, reason="CRM_NORTHWIND names no folder")
def test_the_whole(opened: Opened) -> None:
    new = bring_in(opened, Path(WHOLE), "order_lines.csv")
    assert new == {"customers": 93, "products": 77, "purchases": 830}
    workspace = opened()
    rows = workspace.select(PURCHASE, cols=("date", "net")).rows
    assert sum(net for _, net in rows) == Decimal("1265793.29")
    years = {
        year: (len(nets), sum(nets))
        for year in (1996, 1997, 1998)
        if (nets := [net for date, net in rows if date.year == year])
    }
    assert years == {
        1996: (152, Decimal("208083.99")),
        1997: (408, Decimal("617085.35")),
        1998: (270, Decimal("440623.95")),
    }
    assert len(workspace.select(PURCHASE, ["is:unshipped"]).rows) == 21
    best = workspace.select(CUSTOMER, sort="spend-", limit=3, cols=("name", "orders", "spend")).rows
    assert best == [
        ("QUICK-Stop", 28, Decimal("110277.32")),
        ("Ernst Handel", 30, Decimal("104875.00")),
        ("Save-a-lot Markets", 31, Decimal("104361.96")),
    ]
    one_order = workspace.select(CUSTOMER, ["orders:1"], cols=("external_id",)).rows
    assert one_order == [("CENTC",)]
    silent = workspace.select(CUSTOMER, ["last-purchase.before:-180d"], cols=("external_id",)).rows
    assert {row[0] for row in silent} == {"CENTC", "MEREP", "FAMIA", "HUNGC", "LAZYK"}
    without = workspace.select(CUSTOMER, ["orders:0"]).rows
    assert len(without) == 4
