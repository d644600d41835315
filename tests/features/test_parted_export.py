"""`crm export all --format parquet`: the documented views, parted by book and year."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Crm

arrow: Any = pytest.importorskip(
    "pyarrow", reason="pyarrow is not installed (crm-plaintext[parquet])"
)
dataset: Any = pytest.importorskip("pyarrow.dataset")

OLD = """\
name: Old
tasks:
  - id: t-aaaaaa1
    title: No day
  - id: t-aaaaaa2
    title: Half past midnight here, the year before in UTC
    due: 2026-01-01T00:30+01:00
purchases:
  - id: p-aaaaaa1
    kind: invoice
    number: "2024-1"
    date: 2024-05-05
    currency: KWD
    lines:
      - description: Beans
        quantity: 0.333
        unit_price: 1.2345
"""


def _table(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (
        dataset.dataset(str(folder / name), partitioning="hive").to_table().to_pylist()
    )
    return rows


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def lake(shop: Path, crm: Crm) -> Path:
    """The shop as a folder of tables."""
    (shop / "customers/old.yaml").write_text(OLD, encoding="utf-8")
    (shop / "rates.yaml").write_text("2024-01-01:\n  KWD: 0.33\n", encoding="utf-8")
    folder = shop.parent / "lake"
    ran = crm("export", "all", "--format", "parquet", "--to", folder)
    assert (ran.code, ran.out) == (0, "")
    assert "book=shop" in ran.err
    return folder


def test_tables_are_parted_by_book_and_year(lake: Path) -> None:
    names = sorted(_files(lake / "purchases"))
    assert names == [f"book=shop/year={year}/data.parquet" for year in (2024, 2026)]
    assert {row["year"] for row in _table(lake, "purchases")} == {2024, 2026}
    assert sorted(_files(lake / "customers")) == ["book=shop/data.parquet"]
    assert {row["book"] for row in _table(lake, "customers")} == {"shop"}
    (undated,) = [row for row in _table(lake, "tasks") if row["id"] == "t-aaaaaa1"]
    assert undated["year"] is None


def test_columns_are_those_of_the_views_with_their_types(lake: Path, crm: Crm) -> None:
    schema = dataset.dataset(str(lake / "purchases"), partitioning="hive").schema
    shown = crm("sql", "SELECT * FROM purchases", "-o", "csv").lines[0].split(",")
    assert schema.names == [*shown, "book", "year"]
    types = {name: str(schema.field(name).type) for name in schema.names}
    assert types["net"] == "decimal128(38, 4)"
    assert types["date"] == "date32[day]"
    assert types["counts"] == "bool"
    assert types["days_late"] == "int64"
    assert types["text"] == "string"
    (old,) = [row for row in _table(lake, "purchases") if row["year"] == 2024]
    assert (old["net"], old["currency"]) == (Decimal("0.411"), "KWD")
    (line,) = [row for row in _table(lake, "lines") if row["purchase"] == "p-aaaaaa1"]
    assert (line["quantity"], line["unit_price"]) == (Decimal("0.333"), Decimal("1.2345"))


def test_moments_are_instants_and_years_those_of_the_day_here(lake: Path) -> None:
    tasks = {row["id"]: row for row in _table(lake, "tasks")}
    late = tasks["t-aaaaaa2"]
    assert late["due"] == datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    assert (late["due_day"], late["year"]) == (date(2026, 1, 1), 2026)
    # A day begins at midnight here, an hour before it does in UTC.
    assert tasks["t-9f3kx7d"]["due"] == datetime(2026, 11, 19, 23, tzinfo=UTC)


def test_every_view_has_the_same_types_in_every_file(lake: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    for view in lake.iterdir():
        schemas = {str(parquet.read_schema(path)) for path in view.rglob("*.parquet")}
        assert len(schemas) == 1, view


def test_the_same_records_give_the_same_bytes(lake: Path, shop: Path, crm: Crm) -> None:
    before = _files(lake)
    shutil.rmtree(shop.parent / "cache")
    for path in sorted(shop.glob("customers/*"), reverse=True):
        text = path.read_bytes()
        path.unlink()
        crm("list")  # The index gets them in another order.
        path.write_bytes(text)
        crm("list")
    assert crm("export", "all", "--format", "parquet", "--to", lake, "--force").code == 0
    assert _files(lake) == before


def test_a_book_is_replaced_with_force_and_others_stay(lake: Path, shop: Path, crm: Crm) -> None:
    words = ("export", "all", "--format", "parquet", "--to", lake)
    assert crm(*words, "--book", "koper").code == 0
    refused = crm(*words)
    assert (refused.code, "--force" in refused.err) == (2, True)
    (shop / "customers/old.yaml").unlink()
    assert crm(*words, "--force").code == 0
    assert [name for name in _files(lake) if "year=2024" in name and "book=shop" in name] == []
    assert {row["book"] for row in _table(lake, "purchases") if row["year"] == 2024} == {"koper"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "parquet"), "--to"),
        (("--format", "parquet", "--to", "lake", "--book", "A B"), "book"),
        (("--format", "json", "--book", "koper"), "--book"),
        (("--format", "parquet", "--to", "lake", "--sort", "name"), "--sort"),
        (("--format", "parquet", "--to", "crm.yaml"), "crm.yaml"),
    ],
)
def test_what_cannot_be(
    shop: Path, crm: Crm, words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop)
    before = _files(shop)
    ran = crm("export", "all", *words)
    assert ran.code in (2, 7)
    assert said in ran.err
    assert {name: data for name, data in _files(shop).items() if ".crm" not in name} == before


def test_a_data_directory_is_no_folder_for_it(shop: Path, crm: Crm) -> None:
    for folder in (shop, shop / "customers", shop / "customers" / "lake"):
        assert crm("export", "all", "--format", "parquet", "--to", folder).code == 2
    assert [path.name for path in (shop / "customers").iterdir() if path.is_dir()] == []
    assert (shop / "customers/maja-kos.yaml").exists()
