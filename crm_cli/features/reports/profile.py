"""`crm report profile`."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.customer import CUSTOMER

_WHAT, _VALUE = Key("what", "", "the field", public=True), Key("value", "", "its value")
_FIGURES = (
    Figure("customers", "count", "how many have it"),
    Figure("share", "", "their part; of what is known, for VAT", type="share"),
    Figure("revenue", "sum:spend{@}", "what they have bought, in the period"),
)
_VAT = "vat"


def _compute(context: Context) -> Table:
    rows: list[Row] = []
    figures: Sequence[Figure] = _FIGURES
    for key in context.keys:
        table = context.groups((key,), _FIGURES)
        figures = table.columns
        table.sort("customers-")
        known = sum(row["customers"] for row in table.rows if row[key.name] is not None)
        everyone = (table.total or {})["customers"]
        for row in table.rows:
            value, of = row[key.name], everyone
            if key.name == _VAT:
                of = known if value is not None else everyone
                value = {True: "registered", False: "not registered"}.get(value)
            rows.append(
                {**row, "what": key.name, "value": value, "share": quotient(row["customers"], of)}
            )
    return Table((_WHAT, _VALUE), figures, rows)


REPORT = Report(
    name="profile",
    answers="Describe the customers: persons and organizations, where they are, how they found us.",
    formula="For each field the number of customers with each value, their share of all of them, "
    "and the net of what they bought; of those registered for VAT the share is of the customers "
    "of whom it is known. A customer stands in one group of each field.",
    example="+wholesale --by country,source --period last-12m",
    group="Customers",
    base=CUSTOMER,
    by=(
        Key("kind", "kind", "person or organization"),
        Key(_VAT, "vat_registered", "registered for VAT"),
        Key("country", "country", "of the first address"),
        Key("city", "city", "of the first address"),
        Key("industry", "industry", "what they do"),
        Key("source", "source", "how they found us"),
        Key("language", "language", "what they speak"),
        Key("stage", "lifecycle_stage", "how far the relationship is"),
        Key("owner", "owner", "who of us looks after them"),
    ),
    usual=("kind", _VAT, "country", "city", "industry", "source", "language", "stage"),
    figures=_FIGURES,
    period="-",
    bar="share",
    compute=_compute,
)
