"""`crm report completeness`."""

from __future__ import annotations

from crm_cli.features.reports import keys
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Choice, Report
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.completeness import alternatives
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError

_FIELD = Key("field", "", "what is wanted", public=True)
_CUSTOMERS = Figure("customers", "count", "how many there are")
_FILLED = (
    Figure("filled", "", "how many have it", type="integer", start=0),
    Figure("share", "", "filled ÷ customers", type="rate", cases="customers"),
)
_INCOMPLETE = (
    Figure("completeness", "", "the part that is filled in, 0 to 100", type="integer"),
    Figure("missing", "", "what is not"),
    Figure("spend", "", "what they bought", type="money"),
    Figure("owner", "", "who of us they belong to"),
)


def _compute(context: Context) -> Table:
    wanted = context.workspace.business.completeness
    if context.option("customers"):
        if context.keys:
            raise UsageError("--customers lists them one by one", "leave out --by")
        return _incomplete(context, wanted)
    asked = [
        Figure(f"filled{place}", f"count(where {_condition(one)})", "")
        for place, one in enumerate(wanted)
    ]
    found = context.groups(figures=(_CUSTOMERS, *asked))
    names = [*(key.name for key in found.keys), *found.names.values()]
    rows: list[Row] = []
    for place, one in enumerate(wanted):
        for row in found.rows:
            filled = row[f"filled{place}"]
            share = quotient(filled, row["customers"])
            known = {name: row.get(name) for name in names}
            counted = {"customers": row["customers"], "filled": filled, "share": share}
            rows.append({**known, "field": one, **counted})
    rows = [row for row in rows if row["customers"]]
    table = Table((*context.keys, _FIELD), (found.columns[0], *_FILLED), rows)
    table.sort(context.order(REPORT.sort))
    return table


def _incomplete(context: Context, wanted: tuple[str, ...]) -> Table:
    """The customers who lack something, the best first, and of equal ones those who lack most."""
    workspace = context.workspace
    scope = workspace.scope(CUSTOMER)
    among = workspace.within(CUSTOMER, context.asked.period, "created")
    having = {}
    for one in wanted:
        rows = workspace.rows(CUSTOMER, workspace.node(scope, (), _condition(one)), ("path",))
        having[one] = {path for (path,) in rows}
    table_rows: list[Row] = []
    cols = ("path", "id", "name", "completeness", "spend", "owner")
    for path, *values in context.rows(*cols, among=among):
        missing = [one for one in wanted if path not in having[one]]
        if missing:
            row = dict(zip(("customer", *cols[2:]), values, strict=True))
            table_rows.append({**row, "missing": missing})
    table = Table((keys.CUSTOMER,), _INCOMPLETE, table_rows)
    table.sort("spend-,completeness")
    return table


def _condition(wanted: str) -> str:
    return " or ".join(f"has({name})" for name in alternatives(wanted))


REPORT = Report(
    name="completeness",
    answers="Show what is missing in the records: of each field how many have it.",
    formula="What is wanted is completeness in crm.yaml (unless said: an e-mail or a phone, an "
    "address, owner, source, lifecycle_stage, preferred_channel and consent). The share is "
    "filled ÷ customers, the emptiest first. With --customers those who lack something, the best "
    "customers first. Queries know the field completeness, in whole percent.",
    example="+vip --customers -n 10",
    group="Data",
    base=CUSTOMER,
    by=(keys.OWNER, keys.COUNTRY, Key("source", "source", "how they found us", public=True)),
    figures=(_CUSTOMERS, *_FILLED),
    options=(Choice("customers", "The customers who lack something, the best first."),),
    period="created",
    sort="share",
    bar="share",
    compute=_compute,
)
