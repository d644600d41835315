"""A record that one side renamed, and the other one renamed otherwise, merged away or removed.

git sees files that went and files that came, and no conflict. The record would be there twice, or
be back. So what was renamed is brought into the record that stays, as any change would be; what the
other side has removed is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from crm_cli.features.syncing.numbers import Sides
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import ConflictError, CrmError
from crm_cli.model.places import kind_of
from crm_cli.query.lookups import former_ids
from crm_cli.store import joining
from crm_cli.store.commits import name_of
from crm_cli.store.git import Git
from crm_cli.store.renames import renamed
from crm_cli.store.unite import FORMERLY
from crm_cli.workspace import Change, Rewrite, Workspace


class Crossed(NamedTuple):
    """What became of the file `old` of the commit `base`: on one side it `goes` on under another
    name, on the other side in the record that `stays`, in none where that is empty."""

    base: str
    old: str
    goes: str
    stays: str


def follow(workspace: Workspace, merged: Iterable[Sides]) -> tuple[int, tuple[str, ...]]:
    """Bring together what the merges have left apart, one by one, since a record may take in
    several: how many, and lines on what people have to decide."""
    made, said = 0, []
    for sides in merged:
        for one in _crossed(workspace, sides):
            change = _followed(workspace, one)
            if change is None:
                said.append(_said(workspace, one))
            else:
                workspace.write(change)
                made += 1
    return made, tuple(said)


def _crossed(workspace: Workspace, sides: Sides) -> Iterator[Crossed]:
    git = workspace.git
    here, there = (_customers(renamed(git, sides.base, tip)) for tip in sides[1:])
    if not here and not there:
        return
    workspace.changed()
    former = former_ids(workspace.database)
    for old in sorted(here.keys() | there.keys()):
        mine, other = here.get(old, ""), there.get(old, "")
        if mine and other:
            # Who was sent first keeps the id: others know them by it.
            found = Crossed(sides.base, old, mine, other)
        elif _is_in(git, sides.theirs if mine else sides.ours, old):
            continue
        else:
            keep = former.get(name_of(old), "")
            path = workspace.path_of(keep) if keep else ""
            found = Crossed(sides.base, old, mine or other, path)
        kept = [path for path in (found.goes, found.stays) if path]
        if found.goes != found.stays and all(workspace.tree.exists(path) for path in kept):
            yield found


def _customers(names: Mapping[str, str]) -> dict[str, str]:
    return {old: new for old, new in names.items() if kind_of(new) is CUSTOMER}


def _is_in(git: Git, commit: str, path: str) -> bool:
    return bool(git.text("rev-parse", "--verify", "--quiet", f"{commit}:{git.prefix}{path}"))


def _followed(workspace: Workspace, one: Crossed) -> Change | None:
    """What brings the record that goes into the one that stays; None where somebody has to say."""
    if not one.stays:
        return None
    git, tree = workspace.git, workspace.tree
    now, after = tree.read(one.stays), tree.read(one.goes)
    found = joining.brought(git, one.base, one.old, after, one.stays, now, workspace.open)
    if found is None or found.conflicts:
        return None
    try:
        document = workspace.open(one.stays, found.data)
        document.add_texts(FORMERLY, [name_of(one.goes)])
    except CrmError:
        return None
    steps = (
        Rewrite(one.stays, _instead(one.stays, now, document.data)),
        Rewrite(one.goes, _instead(one.goes, after, None)),
    )
    return Change(f"follow {name_of(one.goes)}", steps)


def _said(workspace: Workspace, one: Crossed) -> str:
    """What somebody has to decide."""
    old, goes, stays = (name_of(path) if path else "" for path in one[1:])
    if not stays and _is_forgotten(workspace, old):
        return f"{old} was forgotten on one side, and is {goes} on the other: crm forget {goes}"
    if not stays:
        back = f"crm rm {goes} removes it again"
        return f"{old} was removed on one side, and is {goes} on the other: {back}"
    return f"{old} is {goes} on one side now, and {stays} on the other: crm merge {stays} {goes}"


def _is_forgotten(workspace: Workspace, id: str) -> bool:
    try:
        return workspace.forgotten.has("id", id)
    except CrmError:
        return False


def _instead(path: str, old: bytes, new: bytes | None) -> Callable[[bytes | None], bytes | None]:
    def update(current: bytes | None) -> bytes | None:
        if current != old:
            raise ConflictError(f"{path} was changed meanwhile", "run crm sync again")
        return new

    return update
