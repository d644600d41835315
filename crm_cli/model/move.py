"""Verbs that take items of a kind from one state to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from crm_cli.model.declaration import AnItem, Declaration

if TYPE_CHECKING:
    from crm_cli.model.business import Business

_NONE: Mapping[str, str] = {}

Target = Callable[[AnItem, "Business", str], str]
"""The new value of the first field of a move, from where the item is and the word that was
typed; raises Refused."""


class Move(Declaration, positional=2):
    """A verb that takes an item from one state to another: `crm task cancel`."""

    name: str
    """The verb, as it is typed."""
    doc: str
    """What it does: the help's first line, in the imperative."""
    done: str
    """What is said afterwards: `cancelled`."""
    sets: Mapping[str, str] = _NONE
    """Fields and their new values; the first one is the state that it leads to."""
    to: Target | None = None
    """Says the value of the first field, where it is not the same for all items."""
    word: str = ""
    """What stands for the word after the items that says where to: `STAGE|next|back`."""
    among: Callable[[AnItem], bool] | None = None
    """Whether an item can be meant that is not named by its id; unless given, by `of`."""
    of: tuple[str, ...] = ()
    """The values of that first field which it may start from; any, unless said."""
    past: str = ""
    """The date or moment that is over by then: one to come becomes the present one."""
    stamps: tuple[str, ...] = ()
    """Dates and moments that get the present one."""
    clears: tuple[str, ...] = ()
    """Fields that are removed."""
    takes: tuple[str, ...] = ()
    """Fields that may be given along as options."""
    needs: tuple[str, ...] = ()
    """Those of them that have to be there afterwards."""
    asks: Callable[[AnItem, Business, str], Iterable[str]] | None = None
    """The fields that an item still lacks where a move leads, from that value of the first
    field: at a terminal they are asked for."""
    own: bool = False
    """Whether the noun's module has a verb of its own for it, which does more than this."""
