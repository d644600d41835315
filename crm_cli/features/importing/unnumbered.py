"""Invoices, credit notes and quotes that a file has without numbers, and how they get some."""

from __future__ import annotations

from collections.abc import Container, Iterator

from crm_cli.features.numbers import NUMBERED
from crm_cli.formats.drafts import Draft, Drafts
from crm_cli.model.purchase import PURCHASE


def unnumbered(drafts: Drafts, left_out: Container[int]) -> Iterator[str]:
    """What is said of rows that are posted without a number, unless rejected, or here already."""
    if drafts.kind is not PURCHASE:
        return
    found = [one for one in drafts.rows if one.line not in left_out and _lacks_number(one)]
    if found:
        kinds = ",".join(sorted({str(one.values.get("kind")) for one in found}))
        rows = "1 row has" if len(found) == 1 else f"{len(found):,} rows have"
        yield (
            f"{rows} no number; crm purchase list kind.is:{kinds} is:posted no:number "
            "--sort date -o ids | crm purchase post - --yes gives each the next one"
        )


def _lacks_number(draft: Draft) -> bool:
    values = draft.values
    return (
        values.get("kind") in NUMBERED
        and not values.get("number")
        and values.get("status", "posted") == "posted"
    )
