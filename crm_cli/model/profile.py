"""Profiles of ideal customers: rules with weights, by which customers are scored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_cli.model.fieldtypes import Number, Text
from crm_cli.model.kind import Field, Finding, Kind, ListOf
from crm_cli.model.segment import Terms

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


def _check(rule: Item, business: Business) -> Iterator[Finding]:
    if not rule.values.get("query"):
        yield Finding("query", "rule-without-query", "this rule asks for nothing",
                      "add query: country:SI", absent="query")  # fmt: skip
    if "weight" in rule.values and rule.values["weight"] <= 0:
        yield Finding("weight", "bad-weight", "a weight is more than 0", "write weight: 2")


def _check_name(profile: Item, business: Business) -> Iterator[Finding]:
    if not is_name(profile.id):
        yield Finding("rules", "bad-profile-name", f"'{profile.id}' is no name of a profile",
                      "write letters, digits, - and _: queries ask for fit.NAME")  # fmt: skip


def is_name(text: str) -> bool:
    """Whether queries can ask for a profile of that name."""
    return text.replace("-", "_").replace("_", "a").isalnum()


class _Weight(Number):
    """How much a rule weighs."""

    adds = False


PROFILE_RULE = Kind(
    name="profile_rule",
    key="profile_rules",
    doc="a rule of a profile",
    fields=(
        Field("query", Terms(), "query terms that a good match meets"),
        Field("weight", _Weight(), "how much it weighs beside the others; 1 unless said",
              example="2"),
    ),
    check=_check,
    notes=False,
)  # fmt: skip

PROFILE = Kind(
    name="profile",
    key="profiles",
    doc="a profile of ideal customers",
    fields=(
        Field("rules", ListOf(PROFILE_RULE), "what makes a good match, and how much it weighs"),
        Field("problem_solved", Text(), "what we solve for them"),
    ),
    title="problem_solved",
    check=_check_name,
    exchange=None,
)
