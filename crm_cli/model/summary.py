"""What a kind computes and checks, and what the items of a list say of the record they stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from crm_cli.model.aspects import Row
from crm_cli.model.card import Fact
from crm_cli.model.declaration import AnItem, Declaration
from crm_cli.model.errors import Severity
from crm_cli.model.field import Derived, State
from crm_cli.model.named_tuple import NamedTuple

if TYPE_CHECKING:
    from crm_cli.model.business import Business

Derive = Callable[[AnItem, "Business"], None]
"""Sets the derived values of an item, after those of its own items and groups."""


class Finding(NamedTuple):
    """Something that a kind's own check noticed in an item, at the value of `key`.

    `absent` is the key whose absence it is about: one that stands there and could not be
    read has been told already. `item` is the item within that it is about, if not the one
    that was looked at.
    """

    key: str
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    absent: str = ""
    item: AnItem | None = None


Check = Callable[[AnItem, "Business"], Iterator[Finding]]
"""Looks at an item after `derive`: rules that no single field can see."""


class Summary(Declaration):
    """What the items of a list say of the record that they stand in.

    It is part of the record's own kind: its fields, states and computation.
    """

    derived: tuple[Derived, ...] = ()
    """What is computed for the record."""
    states: tuple[State, ...] = ()
    """What `is:` asks of the record."""
    derive: Derive | None = None
    """Sets the record's derived values, before the record's own `derive`."""
    check: Check | None = None
    """Looks at the record, before the record's own `check`."""
    glance: Callable[[Row, date], Iterable[Fact]] | None = None
    """What the record's card says at a glance, from its derived values, on a day."""
    leading: bool = False
    """Whether it comes before what other lists say."""


def each(*steps: Derive) -> Derive:
    """The steps as one, in their order."""

    def derive(item: AnItem, business: Business) -> None:
        for step in steps:
            step(item, business)

    return derive


def all_of(*checks: Check) -> Check:
    """The checks as one: what any of them finds."""

    def check(item: AnItem, business: Business) -> Iterator[Finding]:
        for one in checks:
            yield from one(item, business)

    return check
