"""Reports: figures with one definition, whoever shows them.

Each is a module with a `REPORT`, and a line here. `running` makes one, `table` shapes it.
"""

from __future__ import annotations

from importlib import import_module

from crm_cli.features.reports.report import Report

REPORTS = (
    "sales",
    "pipeline",
    "forecast",
    "funnel",
    "win-loss",
    "velocity",
    "slippage",
    "sources",
    "activity",
    "aging",
    "payments",
    "dso",
    "mrr",
    "statement",
    "tax",
    "audit",
    "top",
    "concentration",
    "profile",
    "rfm",
    "churn",
    "clv",
    "fit",
    "cohort",
    "products",
    "pairs",
    "prices",
    "product-quality",
    "service",
    "satisfaction",
    "lost",
    "campaigns",
    "channels",
    "completeness",
)
"""The modules of the reports, in the order in which they are listed."""

PAGE = (
    "aging", "dso", "audit", "sales", "pipeline", "forecast", "top", "rfm", "churn", "cohort",
    "due", "service", "product-quality", "satisfaction", "changes",
)  # fmt: skip
"""The sections of `crm report html` unless others are chosen: where the money is, what comes, who
matters and who leaves, what is due, service, what changed. `due` and `changes` are no reports."""

TAKEN = ("html", "list", "due", "changes")
"""Words after `crm report` that are no reports, and that none may be called by."""


def load(name: str) -> Report:
    """The built-in report of a name."""
    report: Report = import_module(f"{__name__}.{name.replace('-', '_')}").REPORT
    return report
