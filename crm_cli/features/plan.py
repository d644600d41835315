"""The plan of a writing command, before it is confirmed and carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from crm_cli.model.errors import Problem
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.workspace import Change, Edit

if TYPE_CHECKING:
    from crm_cli.model.kind import Kind
    from crm_cli.store.document import Document


class Plan(NamedTuple):
    """A change, and how to speak of it.

    `records` are the ids of the customers it is about: with more than one the user is
    asked `question` first. `done` says in one line what was done, whom it meant first.
    `notes` are said beside it (a date as it was understood, a warning). `made` are the
    ids of what comes to be.
    """

    change: Change
    done: str
    records: Sequence[str] = ()
    question: str = ""
    notes: Sequence[str] = ()
    made: Sequence[str] = ()
    problems: Sequence[Problem] = ()
    """What was left out, and why: the rest is done, and the answer partial."""


def counted(number: int, one: str, many: str = "") -> str:
    """`1 customer`, `3 customers`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def counts_of(held: Mapping[Kind, int]) -> str:
    """`3 purchases, 1 deal`."""
    return ", ".join(counted(count, kind.name, kind.key) for kind, count in held.items())


def together(made: Sequence[tuple[str, Plan]], one: str, *, done: str = "added") -> Plan:
    """One plan of several that each add an item, `one`, to a customer: an edit for each file."""
    if not made:
        return Plan(Change(f"add no {one}", ()), "")
    if len(made) == 1:
        return made[0][1]
    updates: dict[str, list[Callable[[Document], None]]] = {}
    for _, plan in made:
        for step in plan.change.steps:
            assert isinstance(step, Edit)
            updates.setdefault(step.path, []).append(step.update)
    customers = list(dict.fromkeys(customer for customer, _ in made))
    said = f"{counted(len(made), one)} of {counted(len(customers), 'customer')}"
    return Plan(
        Change(f"add {said}", tuple(Edit(path, _each(held)) for path, held in updates.items())),
        f"{done} {said}",
        customers,
        f"Add {said}?",
        list(dict.fromkeys(note for _, plan in made for note in plan.notes)),
        [id for _, plan in made for id in plan.made],
    )


def _each(updates: Sequence[Callable[[Document], None]]) -> Callable[[Document], None]:
    def update(document: Document) -> None:
        for one in updates:
            one(document)

    return update
