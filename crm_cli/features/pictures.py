"""Pictures of customers: their files come, and go when nobody has them any more."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.pictures import is_picture
from crm_cli.workspace import Rewrite, Workspace


def picture_steps(
    workspace: Workspace, pictures: Mapping[str, tuple[str, bytes]]
) -> Iterator[Rewrite]:
    """Write the pictures, (path, bytes) by the ids of those who get them, and remove those that
    they take the place of."""
    new = dict(pictures.values())
    for path, data in new.items():
        yield Rewrite(path, partial(_kept, data))
    here = [id for id in pictures if workspace.has(id, CUSTOMER)]
    yield from without_pictures(workspace, here, stay=new)


def without_pictures(
    workspace: Workspace, ids: Collection[str], *, stay: Collection[str]
) -> Iterator[Rewrite]:
    """Remove the pictures that customers have now, but for those that stay or others have, too."""
    held = dict.fromkeys(workspace.record(id).values.get("photo") for id in ids)
    for path in held:
        if not is_picture(path) or path in stay or not workspace.tree.exists(str(path)):
            continue
        if holders_of(workspace, str(path)) <= set(ids):
            yield Rewrite(str(path), _gone)


def holders_of(workspace: Workspace, path: str) -> set[str]:
    """The customers whose picture a file is."""
    answer = workspace.select(CUSTOMER, where=f'photo = "{path}"', cols=("id",), ordered=False)
    return {str(id) for (id,) in answer.rows}


def _kept(data: bytes, held: bytes | None) -> bytes:
    return data


def _gone(held: bytes | None) -> None:
    return None
