"""Which kind of purchase rows are that do not say it: told, and never taken for granted.

A file with a due date, or with a column that is called after invoices, lists invoices. Of any
other the rows are what the default is.
"""

from __future__ import annotations

from dataclasses import replace

from crm_cli.formats.drafts import Draft, Drafts
from crm_cli.formats.mapping import Map
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.text import fold, visible

_KIND, _INVOICE = "kind", "invoice"
_SHOWING = "due_date"
"""The field that only invoices have."""
_NAMED = ("number", "date")
"""The fields whose headings may name invoices."""
_WORDS = tuple(
    fold(word)
    for word in (
        "invoice", "rechnung", "faktur", "factur", "fattura", "račun", "рачун", "фактур", "ინვოის",
        "ფაქტურ", "فاکتور",
    )
)  # fmt: skip
"""What an invoice is called in the languages whose headings are known, as far as it is inflected
alike."""


def kinded(drafts: Drafts) -> Drafts:
    """The drafts, each with its kind where the file shows it, and with what is to be told."""
    if drafts.kind is not PURCHASE or not drafts.rows:
        return drafts
    if any(key == _KIND for key, _ in drafts.map.constants):
        return drafts
    if any(column.key == "id" for column in drafts.map.columns):
        return drafts  # An export of ours: what has an id has its kind.
    if any(column.key == _KIND for column in drafts.map.columns):
        return _told(drafts, _of_some(drafts))
    heading = _evidence(drafts.map)
    if not heading:
        told = "no column says of which kind the purchases are: taken for sales, which are paid"
        return _told(drafts, f"{told}; {_cure('invoice')}")
    constants = (*drafts.map.constants, (_KIND, _INVOICE))
    told = f"taken for invoices, which are owed until they are paid, since {heading}"
    drafts = drafts._replace(
        rows=drafts.rows.changed(_as_invoice),
        map=replace(drafts.map, constants=constants),
        implied=(_KIND,),
    )
    return _told(drafts, f"{told}; {_cure('sale')}")


def _cure(kind: str) -> str:
    return f"constants: {{kind: {kind}}} in a map (--map) says otherwise"


def _as_invoice(draft: Draft) -> Draft:
    return draft._replace(values={**draft.values, _KIND: _INVOICE})


def _evidence(map: Map) -> str:
    """What shows that the rows are invoices; empty where nothing does."""
    for column in map.columns:
        if column.key in _NAMED and any(word in fold(column.heading) for word in _WORDS):
            return f"a column is called {visible(column.heading)}"
    for column in map.columns:
        if column.key == _SHOWING:
            return f"{visible(column.heading)} is when they are due"
    return ""


def _of_some(drafts: Drafts) -> str:
    """What is to be told where the column of the kind is empty in some rows."""
    bare = sum(_KIND not in one.values for one in drafts.rows)
    rows = "1 row says" if bare == 1 else f"{bare:,} rows say"
    taken = "a sale, which is paid" if bare == 1 else "sales, which are paid"
    return f"{rows} no kind: taken for {taken}" if bare else ""


def _told(drafts: Drafts, note: str) -> Drafts:
    return drafts._replace(doubts=(*drafts.doubts, note)) if note else drafts
