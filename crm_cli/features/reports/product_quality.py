"""`crm report product-quality`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crm_cli.features.reports.advice import counted
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Row, Table
from crm_cli.model.case import CASE
from crm_cli.model.case_parts import CASE_LINE
from crm_cli.model.cells import people_text
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.line import LINE
from crm_cli.model.money import EXACT

_SOLD = (
    Figure("sold", "sum(units where not is(credit_note))", ""),
    Figure("credited", "sum(units where is(credit_note))", ""),
    Figure("notes", "count(where is(credit_note))", ""),
)
_RETURNED = (Figure("units", "sum:returned", ""), Figure("cases", "count", ""))
_COUNT = (Figure("count", "count", ""),)
_PRODUCT = Key("product", "product", "the product", label="product.name", ids=True, public=True)
_BY = _PRODUCT.but(label="")
_CASE = Key("case", "id", "")
_WITHOUT_LINES = "product is not none and count(lines) = 0 and status != duplicate"
_HUNDRED, _HUNDREDTH, _NONE = Decimal(100), Decimal("0.01"), Decimal(0)
_TIMES, _LEAST = 2, 3
_ADDED = ("sold", "returned", "returns", "complaints")


def _compute(context: Context) -> Table:
    rows: dict[Any, Row] = {}
    for product, added in _counted(context):
        row = rows.setdefault(
            product, {"product": product, "sold": _NONE, "returned": _NONE}
            | {"returns": 0, "complaints": 0},
        )  # fmt: skip
        for key, value in added.items():
            row[key] += value
    directory = context.workspace.products()
    for product, row in rows.items():
        known = directory.get(product)
        row["name"] = None if known is None else known.values.get("name")
    total: Row = {key: sum(row[key] for row in rows.values()) for key in _ADDED}
    _rate([*rows.values(), total])
    for row in rows.values():
        row["mark"] = _mark(row, total)
    table = Table(context.keys, REPORT.figures, rows.values(), total)
    table.sort(context.order(REPORT.sort))
    return table


def _counted(context: Context) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """(product, what adds to its figures), from sales and from cases."""
    by = (_BY,)

    def rows(by: Sequence[Key], figures: Sequence[Figure], **asked: Any) -> list[Row]:
        return context.groups(by, figures, totals=False, **asked).rows

    for row in rows(by, _SOLD, kind=LINE, where="has(product)", dated="date"):
        back = {"returned": abs(row["credited"]), "returns": row["notes"]}
        yield row["product"], {"sold": row["sold"], **back}
    back_in = "returned > 0 and has(product)"
    for row in rows(by, _RETURNED, kind=CASE_LINE, where=back_in, dated="opened"):
        yield row["product"], {"returned": row["units"], "returns": row["cases"]}
    alone = f"kind in (return, warranty) and credit_note is none and {_WITHOUT_LINES}"
    for row in rows(by, _COUNT, kind=CASE, where=alone, dated="opened"):
        yield row["product"], {"returned": Decimal(row["count"]), "returns": row["count"]}
    told = "kind = complaint and status != duplicate and has(product)"
    for row in rows((_BY, _CASE), _COUNT, kind=CASE_LINE, where=told, dated="opened"):
        yield row["product"], {"complaints": 1}
    alone = f"kind = complaint and {_WITHOUT_LINES}"
    for row in rows(by, _COUNT, kind=CASE, where=alone, dated="opened"):
        yield row["product"], {"complaints": row["count"]}


def _rate(rows: list[Row]) -> None:
    for row in rows:
        for key in ("returned", "complaints"):
            row[f"{key}_100"] = None
            if row["sold"] > 0:
                exact = EXACT.divide(EXACT.multiply(_HUNDRED, Decimal(row[key])), row["sold"])
                row[f"{key}_100"] = exact.quantize(_HUNDREDTH, ROUND_HALF_UP)


def _mark(row: Row, total: Row) -> str | None:
    """`high` where either rate is more than twice that of all products, by three cases or more."""
    for key, cases in (("returned", "returns"), ("complaints", "complaints")):
        if row["sold"] <= 0 or total["sold"] <= 0 or row[cases] < _LEAST:
            continue
        # Multiplied out, so that no rounding decides.
        if row[key] * total["sold"] > _TIMES * total[key] * row["sold"]:
            return "high"
    return None


def _advice(table: Table, currency: str) -> Iterator[str]:
    """The product of which the most units came back, where that is more often than usual."""
    usual = (table.total or {}).get("returned_100")
    rows = [
        row for row in table.rows
        if usual and (row["returned_100"] or 0) > _TIMES * usual and row["returned"] >= _LEAST
    ]  # fmt: skip
    if rows:
        most = max(rows, key=lambda row: row["returned"])
        units, sold = (people_text(most[key]) for key in ("returned", "sold"))
        yield (
            f"{units} of {sold} units sold of {most.get('name') or most['product']} came back, in "
            f"{counted(most['returns'], 'return')}: find out why."
        )


REPORT = Report(
    name="product-quality",
    answers="Compare products by what comes back, and by complaints, per 100 units sold.",
    formula="Units sold are those of the lines that count, without credit notes, in the period. "
    "Returned are the units of credit notes, and those of cases of kind return or warranty: what "
    "the credit note of a case credits counts once, in the month of the note. A case about a "
    "product without lines is of one unit. Complaints are cases of that kind. Duplicates count "
    "nothing. High is a product of which either rate is more than twice that of all products, by "
    "at least 3 returns or complaints.",
    example="--period last-12m --sort returned_100-",
    group="Service",
    base=CUSTOMER,
    by=(_PRODUCT,),
    usual=("product",),
    open=False,
    figures=(
        Figure("returned_100", "", "units that came back, per 100 sold", type="decimal"),
        Figure("returned", "", "units that came back", type="decimal", start=_NONE),
        Figure("sold", "", "units sold", type="decimal", start=_NONE),
        Figure("returns", "", "how often some did", type="integer", start=0),
        Figure("complaints", "", "complaints about it", type="integer", start=0),
        Figure("complaints_100", "", "complaints, per 100 sold", type="decimal"),
        Figure("mark", "", "high, where a rate is", type="text", compared=False),
    ),
    period="-",
    sort="returned_100-,complaints_100-",
    chart="returned_100",
    title="What comes back, and what is complained about",
    advice=_advice,
    compute=_compute,
)
