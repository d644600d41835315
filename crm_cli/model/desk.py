"""The desk: the business's own tasks and interactions, which belong to no customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_cli.model.fieldtypes import Text
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.kind import Derived, Field, Kind, ListOf
from crm_cli.model.rule import RULE_MARK
from crm_cli.model.task import TASK

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


NAME = "the desk"


def _derive(desk: Item, business: Business) -> None:
    desk.derived["name"] = NAME


DESK = Kind(
    name="desk",
    key="desks",
    doc="the business's own tasks and interactions",
    fields=(
        Field("tasks", ListOf(TASK), "what to do"),
        Field("interactions", ListOf(INTERACTION), "calls, meetings, letters"),
        Field("rules", ListOf(RULE_MARK), "the rules that were carried out here: crm rules"),
    ),
    derived=(Derived("name", Text(), "what it is called in answers"),),
    derive=_derive,
    title="name",
    exchange=None,
)
