"""A change to files, planned and carried out."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from crm_cli.model.errors import ConflictError
from crm_cli.model.kind import Kind
from crm_cli.model.named_tuple import NamedTuple

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.store.document import Document


class Edit(NamedTuple):
    """Change records in a file that is there; `update` edits the document."""

    path: str
    update: Callable[[Document], None]


class Create(NamedTuple):
    """A new file with these bytes; refused where there is one already."""

    path: str
    data: bytes


class Remove(NamedTuple):
    """Remove a file."""

    path: str


class Rewrite(NamedTuple):
    """Replace a file's bytes as a whole: `update` gets the present ones (None: no file).

    `mode` is that of a file that is made.
    """

    path: str
    update: Callable[[bytes | None], bytes | None]
    mode: int = 0o600


Step = Edit | Create | Remove | Rewrite


class Change(NamedTuple):
    """What a command does to files: a subject for history, and the steps, all or nothing.

    The subject says what happened with ids only, no personal data: `log call with ana-novak`.
    `role` and `of` say what it is for undo: it takes the entry of that number back (`undo`,
    `redo`), or cannot be undone (`final`). `anonymous` says that only names and words go: of
    closed books the figures have to stay.
    """

    subject: str
    steps: Sequence[Step]
    role: str = ""
    of: int = 0
    anonymous: bool = False


class Diff(NamedTuple):
    """A file before and after (None: no file)."""

    path: str
    before: bytes | None
    after: bytes | None


class Written(NamedTuple):
    """What was written, or would be (`dry`); no diffs where nothing changed."""

    subject: str
    diffs: tuple[Diff, ...]
    dry: bool

    @property
    def paths(self) -> tuple[str, ...]:
        """The files' paths, relative to the directory."""
        return tuple(diff.path for diff in self.diffs)


def created(step: Create, data: bytes | None) -> bytes:
    """The bytes of a new file; raises ConflictError where there is one already."""
    if data is not None:
        raise ConflictError(f"{step.path} exists already")
    return step.data


def new_record(
    kind: Kind,
    values: dict[str, Any],
    business: Business,
    *,
    take: Callable[[int], bytes] = os.urandom,
) -> bytes:
    """A new record's file, in canonical form; its items without an id get one."""
    from crm_cli.model.ids import new_item_id
    from crm_cli.model.writing import item_node, new_item
    from crm_cli.store.emit import emit

    made = dict(values)
    taken: set[str] = set()
    for field, part in kind.lists:
        if part.letter and made.get(field.key):
            items = []
            for item in made[field.key]:
                id = item.get("id") or new_item_id(part.letter, taken, take)
                taken.add(id)
                items.append({**item, "id": id})
            made[field.key] = items
    node = item_node(new_item(kind, made, business), top=True)
    return emit(node).encode()  # type: ignore[arg-type]
