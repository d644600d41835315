"""The books of a month: its documents as text, and an archive of all that belongs to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from crm_cli.formats.archive import zipped
from crm_cli.formats.documents.as_text import text_of
from crm_cli.formats.documents.making import own_page
from crm_cli.formats.documents.words import known_language
from crm_cli.model.errors import DataError, UsageError
from crm_cli.model.file_names import FileNames
from crm_cli.model.paper_of import purchase_paper
from crm_cli.model.periods import Period
from crm_cli.model.places import SETTINGS
from crm_cli.model.purchase import PURCHASE
from crm_cli.store import outside
from crm_cli.workspace import Workspace


class Span(NamedTuple):
    """The days that books are of, and whether they are over."""

    start: date
    end: date
    over: bool

    @property
    def term(self) -> str:
        """The days as `--period` takes them."""
        return f"{self.start}..{self.end}"


def span_of(workspace: Workspace, text: str) -> Span:
    """The days of a month, a quarter or a year; raises UsageError for what has no end, or has not
    begun."""
    days: Period = workspace.period(text, option="PERIOD")
    if days.start is None or days.end is None:
        raise UsageError(f"the books of {text} have no end", "name a month, such as 2026-10")
    today = workspace.clock.today
    if days.start > today:
        raise UsageError(f"{text} has not begun", "name a month that has, such as last-month")
    return Span(days.start, days.end, days.end < today)


def documents(workspace: Workspace, span: Span) -> dict[str, str]:
    """The invoices and credit notes of the days as texts in the business's language, by the names
    of their files.

    Cancelled ones are there as well, since their numbers are.
    """
    terms = ["kind.is:invoice,credit_note", "not:is:draft", f"date:{span.term}"]
    rows = workspace.select(
        PURCHASE, terms, cols=("customer", "id", "number", "kind"), everything=True
    ).rows
    products, business = workspace.products(), workspace.business
    settings = workspace.file(SETTINGS.path).record
    language = known_language(business.language)
    names = FileNames()
    found: dict[str, str] = {}
    for customer, id, number, kind in sorted(map(tuple, rows), key=str):
        purchase = workspace.document(str(customer)).find(str(id))
        folder = "credit-notes" if kind == "credit_note" else "invoices"
        name = names.free(str(number or id), ".txt", folder=f"{folder}/", otherwise=str(id))
        paper = purchase_paper(purchase, settings, business, products)
        found[name] = text_of(own_page(paper, language), squares=False)
    return found


def refuse_partial(workspace: Workspace) -> None:
    """Raise DataError where something could not be read: books without it are none."""
    for one in workspace.problems:
        raise DataError(
            f"{one.place}: {one.message}; nothing was written",
            one.hint or "correct it first; crm check shows what is wrong",
        )


def save(path: Path, files: Mapping[str, str], *, force: bool = False) -> None:
    """Write the archive; one that is there is replaced only with `force`."""
    outside.write_data(path, zipped(files), force=force)
