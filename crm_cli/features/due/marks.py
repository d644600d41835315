"""The priority of what is due, where it is more than usual."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.model.kinds import KINDS
from crm_cli.model.meanings import URGENT
from crm_cli.workspace import Workspace


def priorities(workspace: Workspace, ids: Sequence[str | None]) -> list[str]:
    """`urgent` or `high` for each item that is so, an empty text for all others."""
    wanted = {id for id in ids if id is not None}
    found: dict[str, str] = {}
    for kind in KINDS:
        if kind.due is None or "priority" not in kind.by_key or not kind.letter:
            continue
        if not any(id.startswith(f"{kind.letter}-") for id in wanted):
            continue
        state = [f"is:{kind.due.state}"] if kind.due.state else []
        terms = [f"priority:{','.join(URGENT)}", *state]
        answer = workspace.select(kind, terms, cols=["id", "priority"])
        found |= {str(id): str(priority) for id, priority in answer.rows}
    return [found.get(id or "", "") for id in ids]
