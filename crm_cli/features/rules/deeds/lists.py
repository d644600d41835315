"""Rules that put customers on a list: a static segment."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.features.rules import Deed, Rule
from crm_cli.features.rules.deeds import Doer, Effect, Work, each, refuse_desk
from crm_cli.features.rules.subject import Subject
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Refused
from crm_cli.model.text import did_you_mean
from crm_cli.workspace import Workspace


def _prepare(workspace: Workspace, rule: Rule, deed: Deed, subject: Subject) -> Work:
    refuse_desk(subject, "segments are")
    for fault in _check(workspace, rule, deed):
        raise Refused(fault)
    name = str(deed.item.values["segment"]).removeprefix("@")
    return Work(f"join @{name}", segment=name)


def _check(workspace: Workspace, rule: Rule, deed: Deed) -> Iterator[str]:
    name = str(deed.item.values["segment"]).removeprefix("@")
    segments = workspace.segments()
    if not rule.is_of_customers:
        yield "segment is for customers and what is theirs"
    elif name not in segments:
        near = did_you_mean(name, segments)
        yield f"there is no segment @{name}" + (f"; {near}" if near else "")
    elif segments[name].get("kind") == "dynamic":
        yield f"@{name} is a query: who is in it follows from that"


def _effects(rule: Rule, deed: Deed) -> list[Effect]:
    return [Effect(CUSTOMER.name, "@", str(deed.item.values["segment"]).removeprefix("@"))]


DOERS = {"segment": Doer(each(_prepare), _check, _effects)}
