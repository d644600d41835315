"""What an event says."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple


class Event(NamedTuple):
    """One thing that became of a record, or of an item in it.

    `event` is `added`, `removed`, `changed`, `renamed`, a move that was made (`done`), a field
    whose changes are events (`stage`), or a state that was reached (`paid`); `unreadable` where a
    file was saved that cannot be read. `record` is the customer's id, or what another file is
    called; `kind` and `id` are those of the item, or of the record. `before` and `after` are as
    JSON shows them, None is absent.
    """

    at: datetime
    by: str
    event: str
    record: str
    kind: str
    id: str
    field: str
    before: Any
    after: Any
    text: str
    """All of it in a line, for people."""
    subject: str
    """What the commit says of itself."""
    commit: str
    cursor: str = ""
    """Where to go on after this event: see `Events`."""

    def answer(self) -> dict[str, Any]:
        """What JSON shows, by key: null for what there is not."""
        return {
            "at": self.at,
            "by": self.by or None,
            "event": self.event,
            "record": self.record,
            "kind": self.kind,
            "id": self.id or None,
            "field": self.field or None,
            "from": self.before,
            "to": self.after,
            "what": self.text,
            "commit": self.commit or None,
            "cursor": self.cursor or None,
        }
