"""`crm purchase`."""

from __future__ import annotations

from crm_cli.cli.items import move_verbs
from crm_cli.cli.purchase_verbs import purchase_verbs
from crm_cli.cli.report_verbs import report_verb
from crm_cli.cli.subscriptions import subscription_verbs
from crm_cli.features.reports import load

verbs = purchase_verbs()
move_verbs(verbs, "purchase")
subscription_verbs(verbs)


verbs.take(
    report_verb(
        load("sales"),
        name="summary",
        doc="""Summarize purchases: orders, units, net in the base currency, share of the total.

Terms apply to purchases and their customers. Without --by, prints one total. Drafts,
cancelled purchases and orders billed by an invoice do not count. It is the report
sales; crm report lists all reports.

crm purchase summary --by product --period 2026-q3
crm purchase summary @lapsed-vip --by month --chart
crm purchase summary line/product:beans-1kg date:this-year --by customer -n 10""",
    )
)
