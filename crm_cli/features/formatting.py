"""Rewriting files in canonical form."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.features.paths import record_paths
from crm_cli.features.plan import Plan, counted
from crm_cli.model.errors import DataError
from crm_cli.store import repair
from crm_cli.workspace import Change, Edit, Step, Workspace


def fmt(workspace: Workspace, words: Sequence[str] = ()) -> Plan:
    """Plan to rewrite records, all or those of `words`, in canonical form.

    Files that cannot be read, or that have errors, are left alone and told in the notes. Where
    nothing is to be changed, `done` says so of the others.
    """
    steps: list[Step] = []
    notes = []
    changed = []
    paths = list(record_paths(workspace, words))
    for path in paths:
        try:
            data = workspace.tree.read(path)
            document = workspace.open(path, data)
            repair.fmt(document)
        except DataError as error:
            notes.append(f"left alone: {error.message}")
            continue
        except FileNotFoundError:
            continue
        if document.data != data:
            changed.append(path)
            steps.append(Edit(path, repair.fmt))
    done = f"formatted {counted(len(changed), 'file')}"
    if not changed:
        left = len(paths) - len(notes)
        those = paths[0] if len(paths) == 1 else "the rest" if notes else "everything"
        done = f"{those} is in canonical form" if left else ""
    return Plan(
        Change(f"fmt {counted(len(changed), 'file')}", tuple(steps)),
        done,
        changed,
        f"Rewrite {counted(len(changed), 'file')} in canonical form?",
        notes,
    )
