"""The `crm` lines that keys stand for."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from crm_cli.model.ids import is_item_id
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import BY_LETTER
from crm_cli.model.move import Move
from crm_cli.model.task import TASK
from crm_cli.tui.lines import Row
from crm_cli.workspace import Workspace

_OPTIONS = re.compile(r"\s(?=--[a-z])")


def item_of(row: Row) -> Kind | None:
    """The kind of the item that a line is about; None where it is about a customer."""
    return BY_LETTER.get(row.id[0]) if row.id and is_item_id(row.id) else None


def moves_of(rows: Sequence[Row]) -> list[tuple[Kind, Move]]:
    """The moves that the items of some lines have; none where they are of several kinds."""
    kinds = {item_of(row) for row in rows}
    if len(kinds) != 1 or (kind := kinds.pop()) is None:
        return []
    return [(kind, move) for move in kind.moves]


def possible(
    workspace: Workspace, rows: Sequence[Row], moves: Sequence[tuple[Kind, Move]]
) -> list[tuple[Kind, Move]]:
    """Those of the moves that all of the items are in a state for, as completion offers them."""
    from crm_cli.features.completions import completions

    def offered(kind: Kind, move: Move, id: str) -> bool:
        found = completions(workspace, f"item:{move.name}", id, (kind.name,))
        return any(one.partition("\t")[0] == id for one in found)

    return [(kind, move) for kind, move in moves if all(offered(kind, move, r.id) for r in rows)]


def unmoved(rows: Sequence[Row]) -> str:
    """Why some lines have no moves, and what there is instead."""
    kinds = {item_of(row) for row in rows}
    if not rows:
        return "there is nothing here to move"
    if len(kinds) > 1:
        return "what is marked is of several kinds; mark items of one"
    kind = kinds.pop()
    if kind is None:
        return "a customer has no moves; tasks, deals and cases have some"
    if kind.moves:
        return "nothing can be done with it by a move as it is; = sets a field"
    return f"{kind.key.replace('_', ' ')} have no moves; = sets a field, : takes any line"


def moved(rows: Sequence[Row], kind: Kind, move: Move, word: str = "") -> list[str]:
    """The line that moves items."""
    return [kind.name, move.name, *(row.id for row in rows), *([word] if word else [])]


def done(rows: Sequence[Row]) -> list[str]:
    """The line that marks tasks as done; empty where one of them is none."""
    if rows and all(item_of(row) is TASK for row in rows):
        return ["task", "done", *(row.id for row in rows)]
    return []


def put_off(row: Row, day: str) -> list[str]:
    """The line that puts off what is due."""
    return ["due", "snooze", *_line_of(row), day]


def dismissed(row: Row) -> list[str]:
    """The line that dismisses what is due."""
    return ["due", "dismiss", *_line_of(row)]


def _line_of(row: Row) -> list[str]:
    """What names a line of what is due: its item, else the customer and the kind."""
    return [row.id] if item_of(row) is not None else [row.who, str(row.of)]


def with_text(words: Sequence[str], text: str) -> list[str]:
    """A line that ends with a text as it is typed, and options after it: `Call her --due fri`.

    Raises ValueError where a quote in the options is not closed.
    """
    said, *options = _OPTIONS.split(text.strip(), maxsplit=1)
    said = said.rstrip()
    if text.startswith("--"):
        said, options = "", [text]
    given = shlex.split(options[0]) if options else []
    # What begins with a minus is no option here.
    return [*words, *given, *(["--", said] if said.startswith("-") else [said] if said else [])]
