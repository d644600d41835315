"""`crm report channels`."""

from __future__ import annotations

from crm_cli.features.reports import keys
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.report import Report
from crm_cli.model.interaction import INTERACTION

REPORT = Report(
    name="channels",
    answers="Show on which channels customers answer: our attempts, and how many were answered.",
    formula="Attempts are outbound, held or tried, up to today. One is answered where somebody was "
    "reached or replied, or where the customer spoke within 7 days, on any channel; what they say "
    "answers only the latest attempt before it. The likely_channel of a customer is that with the "
    "highest (answers + 10 × the channel's rate over all customers) ÷ (attempts + 10), of those "
    "on which they were tried.",
    example="--period last-12m --by channel,owner",
    group="Service",
    base=INTERACTION,
    by=(
        Key("channel", "via", "the channel: a call is phone, a meeting visit", public=True),
        keys.OWNER.but(doc="who of us tried"),
        Key("month", "at.month", "the month", timed=True),
        keys.CUSTOMER.but(doc="whom we tried to reach"),
    ),
    usual=("channel",),
    terms=("attempt:yes",),
    figures=(
        Figure("attempts", "count", "how often we tried"),
        Figure("answers", "count(where answered = yes)", "how often somebody answered"),
        Figure("rate", "rate(where answered = yes)", "answers ÷ attempts", cases="attempts",
               ratio=("answers", "attempts")),
    ),
    sort="attempts-",
    bar="rate",
)
