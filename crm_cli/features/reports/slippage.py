"""`crm report slippage`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.looking_back import as_of
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Row, Table
from crm_cli.model.dates import shifted
from crm_cli.model.deal import DEAL
from crm_cli.model.errors import CrmError, UsageError

OFTEN = 2
"""A deal that was put off more often stands first."""
_PERIOD = "this-quarter"
_DEAL = Key("deal", "id", "the deal", label="name", ids=True)
_FIGURES = (
    Figure("customer", "", "whose it is", type="reference"),
    Figure("owner", "", "who of us sells", type="word"),
    Figure("value", "", "what it is worth", type="money"),
    Figure("before", "", "expected close at the start of the period", type="date"),
    Figure("now", "", "expected close now", type="date"),
    Figure("days", "", "by how many days it is later", type="integer"),
    Figure("moved", "", "how often it was put off since", type="integer"),
)
_COLUMNS = ("id", "name", "customer", "owner", "value", "expected_close")


def _compute(context: Context) -> Table:
    period = context.workspace.period(context.asked.period or _PERIOD)
    if period.start is None:
        raise UsageError("slippage is since a day", "--period this-quarter")
    first = shifted(period.start, -1)
    node = context.workspace.node(context.workspace.scope(DEAL), ["is:open"])
    found = context.rows(*_COLUMNS, among=node)
    notes: list[str] = []
    with as_of(context, first, clock=False) as past:
        if past is None:
            notes.append(f"the history begins after {first}: nothing can be compared")
            before: dict[str, date] = {}
        else:
            rows = past.workspace.select(DEAL, cols=("id", "expected_close"), ordered=False).rows
            before = {id: day for id, day in rows if day is not None}
            since = past.workspace.as_of
    slipped = [
        row for row in (dict(zip(_COLUMNS, one, strict=True)) for one in found)
        if row["expected_close"] is not None
        and row["id"] in before
        and row["expected_close"] > before[row["id"]]
    ]  # fmt: skip
    moves = _moves(context, slipped, since, before) if slipped else {}
    made = [_row(row, before[row["id"]], moves.get(row["id"], 1)) for row in slipped]
    made.sort(key=lambda row: (row["moved"] <= OFTEN, -row["days"], row["deal"]))
    return Table((_DEAL,), _FIGURES, made, notes=notes)


def _row(deal: Mapping[str, Any], before: date, moved: int) -> Row:
    return {
        "deal": deal["id"],
        "name": deal["name"],
        "customer": deal["customer"],
        "owner": deal["owner"],
        "value": deal["value"],
        "before": before,
        "now": deal["expected_close"],
        "days": (deal["expected_close"] - before).days,
        "moved": moved,
    }


def _moves(
    context: Context, deals: Sequence[Mapping[str, Any]], since: str, before: Mapping[str, date]
) -> dict[str, int]:
    """How often each deal was put off: the states of its file, one after the other."""
    workspace = context.workspace
    wanted: dict[str, list[str]] = {}
    for deal in deals:
        wanted.setdefault(workspace.path_of(deal["customer"]), []).append(deal["id"])
    last = {deal["id"]: before[deal["id"]] for deal in deals}
    counts = dict.fromkeys(last, 0)
    for path, days in _states(context, since, list(wanted)):
        _count(wanted[path], days, last, counts)
    for deal in deals:
        _count([deal["id"]], {deal["id"]: deal["expected_close"]}, last, counts)
    return counts


def _count(
    ids: Sequence[str], days: Mapping[str, date], last: dict[str, date], counts: dict[str, int]
) -> None:
    for id in ids:
        day = days.get(id)
        if day is not None:
            counts[id] += day > last[id]
            last[id] = day


def _states(
    context: Context, since: str, paths: Sequence[str]
) -> Iterator[tuple[str, dict[str, date]]]:
    """(path, expected close by deal) of each state that a file has had, the oldest first."""
    from crm_cli.store.blobs import Blobs
    from crm_cli.store.log import log

    workspace = context.workspace
    blobs = Blobs(workspace.git, many=True)
    try:
        end = workspace.as_of or "HEAD"
        for commit in reversed(log(workspace.git, f"{since}..{end}", paths=paths)):
            for file in commit.files:
                if file.path not in paths or not file.after:
                    continue
                try:
                    data = blobs.read(file.after, file.path, commit.id)
                    document = workspace.open(file.path, data)
                except CrmError:
                    continue  # a state that nobody could read says nothing
                deals = document.record.items(DEAL.key)
                days = {deal.id: deal.values.get("expected_close") for deal in deals}
                yield file.path, {id: day for id, day in days.items() if day is not None}
    finally:
        blobs.close()


REPORT = Report(
    name="slippage",
    answers="List the open deals that were put off: their expected close then and now.",
    formula="Open deals whose expected close is later now than it was at the start of the period "
    "(this quarter unless --period says otherwise), as git has it; moved is how often it was put "
    "off since. Deals put off more than twice come first.",
    example="--period last-90d",
    group="Selling",
    base=DEAL,
    by=(_DEAL,),
    usual=("deal",),
    open=False,
    figures=_FIGURES,
    period="-",
    compute=_compute,
)
