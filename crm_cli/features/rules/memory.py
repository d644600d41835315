"""What was read of history before, so that the next run reads only what came since.

It is a hint, in the cache beside the index: where it is lost, or does not fit what rules ask for
now, the days that they look back are read again, and the answer is the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, NamedTuple

from crm_cli.model.errors import CrmError
from crm_cli.store import outside
from crm_cli.store.discovery import cache_folder
from crm_cli.workspace import Workspace

_NAME = "happenings.json"
_VERSION = 2


class Happened(NamedTuple):
    """An event that a rule acts on; see `Subject` for what the first three are."""

    customer: str
    item: str
    occasion: str
    day: date


class Memory:
    """What happened of what rules ask for, up to a point of history; `cursor` is where to go on,
    a day where nothing is known; `renamed` has the new ids of customers by those that they had."""

    def __init__(self, workspace: Workspace) -> None:
        folder = cache_folder(workspace.root, workspace.environ)
        self._path = folder / _NAME if folder is not None else None
        self._zone = str(workspace.business.zone)
        self.cursor = ""
        self.renamed: dict[str, str] = {}

    def recall(
        self, asked: Iterable[str], first: date, today: date
    ) -> dict[str, list[Happened]]:
        """What is known of each thing that is asked for, since a day; nothing where it was read on
        a later day, or before a day on which something began to count."""
        wanted = list(asked)
        self.cursor = (first - timedelta(days=1)).isoformat()
        held = self._read()
        if (
            held is None
            or held["first"] > first.isoformat()
            or not held["today"] <= today.isoformat() < held["ahead"]
            or not set(wanted) <= held["known"].keys()
        ):
            return {one: [] for one in wanted}
        self.cursor, self.renamed = held["cursor"], held["renamed"]
        return {
            one: [
                Happened(customer, item, occasion, date.fromisoformat(day))
                for customer, item, occasion, day in held["known"][one]
            ]
            for one in wanted
        }

    def _read(self) -> dict[str, Any] | None:
        """What the file holds; None where there is none that can be used."""
        if self._path is None:
            return None
        try:
            held = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return None
        fits = (
            isinstance(held, dict)
            and held.get("version") == _VERSION
            and held.get("zone") == self._zone
        )
        return held if fits else None

    def keep(
        self,
        known: dict[str, list[Happened]],
        first: date,
        cursor: str,
        today: date,
        ahead: date | None,
    ) -> None:
        """Write it down for the next run; that it cannot be written is no loss. `ahead` is the
        day from which on more counts of what was read."""
        if self._path is None or not cursor:
            return
        held = {
            "version": _VERSION,
            "zone": self._zone,
            "first": first.isoformat(),
            "cursor": cursor,
            "today": today.isoformat(),
            "ahead": (ahead or date.max).isoformat(),
            "renamed": self.renamed,
            "known": {
                asked: [[*one[:3], one.day.isoformat()] for one in found if one.day >= first]
                for asked, found in known.items()
            },
        }
        with suppress(CrmError, OSError):
            outside.write_data(self._path, json.dumps(held).encode(), force=True)
