"""Numbers that two clones gave to invoices of one customer, and what names them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError
from crm_cli.model.item import Item
from crm_cli.model.places import kind_of
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.references import naming
from crm_cli.store.document import Document
from crm_cli.store.git import Git
from crm_cli.store.gittree import GitTree
from crm_cli.store.referring import refer_to
from crm_cli.store.sync import incoming
from crm_cli.workspace import Change, Edit, Workspace


class Sides(NamedTuple):
    """The commits of a merge: where both sides parted, ours, and theirs."""

    base: str
    ours: str
    theirs: str


class Meant(NamedTuple):
    """An item that names a number which two purchases have now, and the one that it meant."""

    item: str
    number: str
    purchase: str


def unsent(git: Git, ref: str) -> list[Sides]:
    """The merges that were made here, and that a remote's branch has not yet."""
    ran = git.ask("rev-list", "--merges", "--parents", f"{ref}..HEAD")
    found = []
    for line in ran.out.decode().splitlines() if not ran.code else ():
        _, ours, theirs, *_ = line.split()
        if base := git.text("merge-base", ours, theirs):
            found.append(Sides(base, ours, theirs))
    return found


def meant(workspace: Workspace, git: Git, merged: Iterable[Sides]) -> dict[str, list[Meant]]:
    """What names a number that both sides gave, in the files of customers that both changed.

    Each side knew one purchase of that number, and what was written there means that one. What
    both sides have means neither for sure, where it is not the same; people decide on it.
    """
    found: dict[str, list[Meant]] = {}
    for sides in merged:
        ours = incoming(git, sides.base, after=sides.ours)
        both = set(ours).intersection(incoming(git, sides.base, after=sides.theirs))
        for path in sorted(path for path in both if kind_of(path) is CUSTOMER):
            try:
                record = workspace.open(path, workspace.tree.read(path)).record
            except (FileNotFoundError, DataError):
                continue
            if twice := _twice(record):
                before = [_at(workspace, git, tip, path) for tip in sides[1:]]
                if named := _meant(record, twice, [one for one in before if one is not None]):
                    found[path] = named
    return found


def change(found: dict[str, list[Meant]]) -> Change:
    """Have each item name the purchase by its id."""

    def settled(those: list[Meant]) -> Callable[[Document], None]:
        def update(document: Document) -> None:
            for one in those:
                document.identified(document.find(one.purchase))
                refer_to(document, PURCHASE, one.number, one.purchase, of=one.item)

        return update

    numbers = sorted({one.number for those in found.values() for one in those})
    edits = tuple(Edit(path, settled(those)) for path, those in sorted(found.items()))
    return Change(f"name by id what has the number {', '.join(numbers)}", edits)


def _twice(record: Item) -> list[str]:
    """The numbers that several purchases of a customer have."""
    numbers = (one.values.get("number") for one in record.items("purchases"))
    return [str(one) for one, times in Counter(filter(None, numbers)).items() if times > 1]


def _at(workspace: Workspace, git: Git, tip: str, path: str) -> Item | None:
    """A customer's record as it was at a commit."""
    tree = GitTree(git, tip, git.line("rev-parse", f"{tip}:{git.prefix}".rstrip("/")))
    try:
        return workspace.open(path, tree.read(path)).record
    except (FileNotFoundError, DataError):
        return None


def _meant(record: Item, twice: list[str], sides: list[Item]) -> list[Meant]:
    found = []
    here = {one.id for one in record.items("purchases")}
    for number in twice:
        known: dict[str, set[str]] = {}
        for side in sides:
            ids = [
                one.id for one in side.items("purchases") if one.values.get("number") == number
            ]
            for item in naming(side, PURCHASE, number) if len(ids) == 1 else ():
                known.setdefault(item, set()).add(ids[0])
        for item in naming(record, PURCHASE, number):
            ids = sorted(known.get(item, ()))
            if len(ids) == 1 and ids[0] in here:
                found.append(Meant(item, number, ids[0]))
    return found
