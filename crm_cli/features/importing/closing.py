"""The days of closed deals in a file: those that a map takes of them, and those that lack one."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.importing.merging import Values
from crm_cli.features.importing.outcome import Note
from crm_cli.formats.drafts import Draft, Drafts
from crm_cli.model.business import Business
from crm_cli.model.deal import DEAL
from crm_cli.model.item import Item
from crm_cli.model.quoting import quoted

_CLOSED = ("won", "lost")


def by_state(drafts: Drafts, business: Business) -> Drafts:
    """The drafts without the columns that a map takes of other deals only, open or closed ones."""
    if drafts.kind is not DEAL:
        return drafts
    taken = {state: _taken(drafts, state) for state in ("open", "closed")}
    dropped = {"open": taken["closed"] - taken["open"], "closed": taken["open"] - taken["closed"]}
    if not any(dropped.values()):
        return drafts

    def of(draft: Draft) -> Draft:
        others = dropped["closed" if closed(draft.values, business) else "open"]
        kept = {key: value for key, value in draft.values.items() if key not in others}
        return draft._replace(values=kept)

    return drafts._replace(rows=drafts.rows.changed(of))


def _taken(drafts: Drafts, state: str) -> set[str]:
    return {one.key for one in drafts.map.columns if one.only in ("", state)}


def closed(values: Values, business: Business) -> bool:
    """Whether what a row says is a deal that is won or lost."""
    stage = business.pipelines.place(values.get("pipeline"), values.get("stage")).stage
    return stage is not None and stage.type in _CLOSED


class Undated:
    """Counts the closed deals that would be without a day."""

    def __init__(self, drafts: Drafts, business: Business) -> None:
        self._drafts = drafts
        self._business = business
        self._count = 0

    def look(self, values: Values, item: Item | None) -> None:
        """Count a deal by what its row says and the item that is here, if that closes it without
        a day."""
        if self._drafts.kind is DEAL and "closed_at" not in values:
            dated = item is not None and item.derived.get("ended") is not None
            self._count += not dated and closed(values, self._business)

    def notes(self) -> Iterator[Note]:
        """What is to be said of them, with the way out."""
        if not self._count:
            return
        deals = "a deal is" if self._count == 1 else f"{self._count:,} deals are"
        told = f"{deals} won or lost without closed_at: reports of a period leave them out"
        columns = self._drafts.map.columns
        expected = [one for one in columns if one.key == "expected_close" and not one.only]
        heading = next((one.heading for one in expected), "")
        if heading:
            key = quoted(heading, flow=True, key=True)
            told += (
                f"; if {heading} is the day, a map says so: {key}: [{{key: expected_close, only: "
                "open}, {key: closed_at, only: closed}]"
            )
        yield Note(told)
