"""`crm report win-loss`."""

from __future__ import annotations

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.selling import INDUSTRY, OWNER, PRODUCT, SOURCE
from crm_cli.model.deal import DEAL

REPORT = Report(
    name="win-loss",
    answers="Compare what was won and lost: how many deals, their value, the rate, the cycle.",
    formula="Of the deals closed in the period. rate = won ÷ closed; value_rate = won_value ÷ "
    "(won_value + lost_value); average_won is the mean value of the won deals that say one; cycle "
    "is the median of the days from created to closed_at of the won ones that have both. "
    "--by stage is the stage that they were won or lost from.",
    example="--by reason --period last-12m",
    group="Selling",
    base=DEAL,
    by=(
        OWNER,
        PRODUCT,
        SOURCE,
        Key("reason", "lost_reason", "why they were lost", public=True),
        Key("competitor", "competitor", "who else was in play"),
        Key("stage", "left", "the stage that they were closed from", public=True),
        INDUSTRY,
        Key("month", "ended.month", "the month in which they were closed", timed=True),
    ),
    terms=("is:closed",),
    figures=(
        Figure("closed", "count", "won and lost"),
        Figure("won", "count(where status = won)", "of them won"),
        Figure("lost", "count(where status = lost)", "of them lost"),
        Figure("value", "sum:value", "what all were worth"),
        Figure("won_value", "sum(value where status = won)", "what the won are worth"),
        Figure("lost_value", "sum(value where status = lost)", "what the lost were worth"),
        Figure("rate", "rate(where status = won)", "won ÷ closed", cases="closed",
               ratio=("won", "closed")),
        Figure("value_rate", "", "won_value ÷ value", type="rate", cases="closed",
               ratio=("won_value", "value")),
        Figure("average_won", "avg(value where status = won)", "mean value of the won"),
        Figure("cycle", "median(age where status = won)", "median days until they were won",
               unit="days"),
    ),
    period="ended",
    counts=("closed",),
    sort="closed-",
    chart="won_value",
)  # fmt: skip
