"""Rules: what is done by itself, in `rules.yaml`; and the marks of what was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from crm_cli.model.aspects import CardLine
from crm_cli.model.card import Fact
from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Date,
    Every,
    Free,
    Integer,
    Moment,
    Text,
    Texts,
    User,
    Word,
)
from crm_cli.model.interaction import INTERACTION_KINDS
from crm_cli.model.kind import Field, Finding, GroupOf, Kind, ListOf
from crm_cli.model.node import Scalar
from crm_cli.model.priorities import PRIORITIES
from crm_cli.model.rule_when import read_event, read_once
from crm_cli.model.segment import Expression, Terms
from crm_cli.model.task import TASK_KINDS
from crm_cli.model.written import value_node

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

PREFIX = "rule/"
"""What `by` of an item begins with that a rule made: `rule/welcome`."""


class Once(Text):
    """How often a rule does the same: `ever`, `item`, `month`, `30 days` …"""

    name = "how often"
    example = "month"
    other = "30 days"

    def read(self, text: str, business: Business) -> str:
        read_once(text)
        return text.strip()


class Event(Text):
    """What has to happen: `added`, `changed owner`, `stage proposal`, `paid`, `lost`."""

    name = "event"
    example = "stage proposal"
    other = "added"

    def read(self, text: str, business: Business) -> str:
        read_event(text)
        return text.strip()


TASK_TO_ADD = Kind(
    name="task_to_add",
    key="tasks_to_add",
    doc="the task that a rule adds",
    fields=(
        Field("title", Text(), "what to do; {{ name }} and other fields are filled in"),
        Field("due", Text(), "when, counted from the day of the run: +3d, fri", example="+3d"),
        Field("assignee", User(), "who does it; unless given, the owner of the record"),
        Field("kind", Choice(TASK_KINDS, vocabulary="task_kind"), "what it is"),
        Field("priority", Choice(PRIORITIES), "priority"),
        Field("start", Text(), "not before", example="+1d"),
        Field("notes", Text(), "anything else; fields are filled in"),
    ),
    title="title",
    notes=False,
    exchange=None,
    table=False,
)

CONTACT_TO_LOG = Kind(
    name="contact_to_log",
    key="contacts_to_log",
    doc="the interaction that a rule notes",
    fields=(
        Field("summary", Text(), "what is noted; fields are filled in"),
        Field("kind", Choice(INTERACTION_KINDS, vocabulary="interaction_kind"), "the channel"),
        Field("subject", Text(), "subject line; fields are filled in"),
    ),
    title="summary",
    notes=False,
    exchange=None,
    table=False,
)

DEEDS = ("task", "tag", "untag", "set", "log", "stage", "segment", "mail", "sms", "notify", "run")
"""What a rule can do; each entry of `do` has one of these keys."""
_ALONG = {"send": ("mail", "sms"), "use": ("mail", "sms"), "text": ("notify",)}
"""Further keys of an entry, each with the deeds that it belongs to."""


def _finding(key: str, message: str, cure: str, absent: str = "") -> Finding:
    """A warning: a rule with one does nothing, but every record can still be answered from."""
    return Finding(key, "rule-deed", message, cure, Severity.WARNING, absent)


def _check_deed(deed: Item, business: Business) -> Iterator[Finding]:
    found = [key for key in DEEDS if key in deed.values]
    if len(found) != 1:
        what = f"has {' and '.join(found)}" if found else "says nothing to do"
        cure = f"each is one of {', '.join(DEEDS)}"
        yield _finding(found[1] if found else "task", f"an entry of do {what}", cure)
        return
    for key, belongs in _ALONG.items():
        if key in deed.values and found[0] not in belongs:
            cure = f"it belongs to {' and '.join(belongs)}"
            yield _finding(key, f"{key} does not go with {found[0]}", cure)
    given = deed.values.get("set")
    if found == ["set"] and not (isinstance(given, dict) and given):
        yield _finding("set", "set needs fields and their values", "set: {owner: petra}")
    for key, title in (("task", "title"), ("log", "summary")):
        group = deed.values.get(key)
        if group is not None and not group.values.get(title):
            yield _finding(key, f"the {key} of a rule needs a {title}", f"{key}: {{{title}: …}}")


RULE_DEED = Kind(
    name="rule_deed",
    key="rule_deeds",
    doc="one thing that a rule does",
    fields=(
        Field("task", GroupOf(TASK_TO_ADD), "a task to add"),
        Field("tag", Texts(), "tags to add to the customer"),
        Field("untag", Texts(), "tags to take from the customer"),
        Field("set", Free(), "fields and their values: {owner: petra}"),
        Field("log", GroupOf(CONTACT_TO_LOG), "an interaction to note"),
        Field("stage", Text(), "the stage that a deal moves to, or of the customer"),
        Field("segment", Word(), "a static segment that the customer joins"),
        Field("mail", Word(), "a template: an e-mail is drafted by it"),
        Field("sms", Word(), "a template: a text message is drafted by it"),
        Field("use", Word(), "the use that consent is asked for: service/email"),
        Field("send", Boolean(), "send the message instead of leaving it in the outbox",
              default=False),
        Field("notify", User(), "the user who gets an e-mail about it"),
        Field("text", Text(), "what that e-mail says; fields are filled in"),
        Field("run", Text(), "a command, given the record as JSON on its standard input"),
    ),
    check=_check_deed,
    notes=False,
    exchange=None,
)  # fmt: skip


def _unread(item: Item, key: str) -> str:
    """The key of a list that could not be read, which is told already; else nothing."""
    node = value_node(item, key)
    empty = node is None or (isinstance(node, Scalar) and node.absent)
    return "" if empty or key in item.values else key


def _check_step(step: Item, business: Business) -> Iterator[Finding]:
    if not step.items("do"):
        yield _finding("wait", "a step does nothing", "add do:", _unread(step, "do"))


RULE_STEP = Kind(
    name="rule_step",
    key="rule_steps",
    doc="a step of a sequence",
    fields=(
        Field("wait", Every(), "how long after the step before"),
        Field("do", ListOf(RULE_DEED), "what is done"),
    ),
    check=_check_step,
    notes=False,
    exchange=None,
)


def _check(rule: Item, business: Business) -> Iterator[Finding]:
    if not is_name(rule.id):
        yield Finding("for", "rule-name", f"'{rule.id}' cannot be a rule's name",
                      "names are of a-z, 0-9 and -")  # fmt: skip
    deeds, steps = rule.items("do"), rule.items("steps")
    if not deeds and not steps:
        unread = _unread(rule, "do") or _unread(rule, "steps")
        yield _finding("for", "this rule does nothing", "add do: or steps:", unread)
    if deeds and steps:
        cure = "put what do says into the first step"
        yield _finding("do", "a rule has do, or steps, not both", cure)
    if rule.values.get("until") and not steps:
        cure = "a condition of other rules belongs to for"
        yield _finding("until", "until is for rules with steps", cure)
    if "once" in rule.values and steps:
        yield _finding("once", "nobody goes through the steps of a rule twice", "take once away")
    if rule.values.get("once") == "change" and not rule.values.get("on"):
        yield _finding("once", "once: change needs on", "on: changed owner")


def is_name(text: str) -> bool:
    """Whether a text can be the name of a rule: `silent-60`."""
    parts = text.split("-")
    return len(text) <= 60 and all(
        part.isascii() and part.isalnum() and part == part.lower() for part in parts
    )


RULE = Kind(
    name="rule",
    key="rules",
    doc="what is done by itself",
    fields=(
        Field("description", Text(), "what it is for"),
        Field("over", Word(), "the kind of records it looks at", default="customer",
              example="purchase"),
        Field("for", Terms(), "query terms: a list, or text split as in a shell"),
        Field("where", Expression(), "a full expression", example="spend > 1000"),
        Field("on", Event(), "what has to happen: added, changed FIELD, stage NAME, paid, lost"),
        Field("within", Every(), "how old that may be; 30 days, unless it says"),
        Field("since", Date(), "what happened before this day does not count"),
        Field("once", Once(), "ever, item, change, year, month, week, day, or 30 days"),
        Field("do", ListOf(RULE_DEED), "what is done"),
        Field("steps", ListOf(RULE_STEP), "what is done one after the other"),
        Field("until", Text(), "what ends the steps: replied or stage:customer"),
        Field("max", Integer(1, adds=False), "for how many records it does so in a run"),
        Field("disabled", Boolean(), "it does nothing", default=False),
    ),
    title="description",
    columns=("id", "over", "for", "where", "on", "once", "disabled", "description"),
    check=_check,
    notes=False,
    exchange=None,
)  # fmt: skip


def _fact(mark: Item) -> Fact:
    return Fact("rule", mark.get("rule"), str(mark.get("at") or "")[:10])


RULE_MARK = Kind(
    name="rule_mark",
    key="rule_marks",
    doc="that a rule was carried out here",
    fields=(
        Field("rule", Word(), "its name; with /2 the second step of a sequence", searched=False),
        Field("at", Moment(), "when", aliases=("date",)),
        Field("occasion", Word(), "the month, the item or the change that it was for",
              searched=False),
        Field("item", Word(), "the item that it made, and that was removed since", searched=False),
    ),
    title="rule",
    when="at",
    columns=("at", "customer", "rule", "occasion"),
    card=CardLine(fact=_fact),
    timeline=(),
    notes=False,
    exchange=None,
)  # fmt: skip


def made_by(item: Item) -> str:
    """The name of the rule that made an item; empty where none did."""
    by = str(item.values.get("by") or "")
    return by.removeprefix(PREFIX) if by.startswith(PREFIX) else ""


def commands_of(rules: Iterable[Item]) -> list[str]:
    """The commands that rules run, each once."""
    deeds = (
        deed
        for rule in rules
        for part in (rule, *rule.items("steps"))
        for deed in part.items("do")
    )
    return list(dict.fromkeys(str(one.values["run"]) for one in deeds if one.values.get("run")))
