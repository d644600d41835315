"""Lines of the bank's statements: read, matched with invoices, booked as payments, kept."""

from crm_cli.features.banking.importing import BankImport, plan_import, read_table
from crm_cli.features.banking.lines import (
    book_line,
    kept,
    open_lines,
    plan_match,
    set_status,
)
from crm_cli.features.banking.unnaming import Taken

__all__ = [
    "BankImport",
    "Taken",
    "book_line",
    "kept",
    "open_lines",
    "plan_import",
    "plan_match",
    "read_table",
    "set_status",
]
