"""`--since-last`: what is due and was not reported before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from crm_cli.features.due import Due
from crm_cli.store.claims import Claims, state_folder
from crm_cli.workspace import Workspace


def new(
    workspace: Workspace,
    rows: Sequence[Due],
    asked: Sequence[object],
    *,
    limit: int | None = None,
) -> list[Due]:
    """Those of the rows, at most so many, that no run before showed which asked the same.

    They are claimed before they are returned, and so before anybody sees them: of two
    runs at once each row is shown by one. Raises StorageError.
    """
    claims = Claims(state_folder(workspace.root, workspace.environ))
    text = json.dumps(asked, ensure_ascii=True)
    name = f"due {hashlib.sha256(text.encode()).hexdigest()[:16]}"
    keys = [key(row) for row in rows]
    fresh = claims.take(name, keys, workspace.clock.today, most=limit)
    return [row for row, one in zip(rows, keys, strict=True) if one in fresh]


def key(row: Due) -> str:
    """What makes a row the same one another day: put off, or round again, it is another.

    Who was never reached is due anew each day, and yet the same: silence goes by what it
    says, which has the last contact's day.
    """
    when = "" if row.kind == "keep_in_touch" else row.when.isoformat()
    return json.dumps([row.kind, row.who, row.id or row.what, when])
