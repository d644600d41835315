"""Rules that come with the program, to be taken over into rules.yaml and changed there."""

from __future__ import annotations

from typing import NamedTuple

from crm_cli.features.plan import Plan, counted
from crm_cli.features.rules import FILE
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.text import did_you_mean
from crm_cli.workspace import Change, Rewrite, Workspace


class Shipped(NamedTuple):
    """A rule as it stands in rules.yaml, and what it is for."""

    name: str
    description: str
    text: str


_RULES = (
    ("welcome", "Call new customers within a week", """\
  on: added
  since: {today}
  do:
    - task: {title: "Welcome {{ name }}", due: +3d, kind: call}
"""),
    ("silent", "Get in touch with customers who were silent for 60 days", """\
  for: is:customer last-contact.before:-60d open-tasks:0
  once: 60 days
  do:
    - task: {title: "Get in touch with {{ name }}", due: +3d, kind: call}
"""),
    ("quote-follow-up", "Ask about quotes that were not answered within a week", """\
  over: purchase
  for: is:unanswered date.before:-7d
  do:
    - task: {title: "Ask about quote {{ number or id }}", due: +1d, kind: call}
"""),
    ("first-order", "Thank for the first order", """\
  for: orders:1 first-purchase:last-7d
  do:
    - task: {title: "Thank {{ name }} for the first order", due: +1d, kind: email}
"""),
    ("review", "Ask for an opinion two weeks after delivery", """\
  over: purchase
  for: delivery:delivered shipped:-30d..-14d
  do:
    - task: {title: "Ask {{ customer }} how they like {{ number or id }}", due: +2d}
"""),
    ("birthday", "Congratulate on birthdays", """\
  for: birth-date:next-3d not:anniversary/kind:death
  once: 300 days
  do:
    - task: {title: "Congratulate {{ name }}", due: +3d, kind: call}
"""),
    ("dunning", "Look after invoices that are two weeks late", """\
  over: purchase
  for: is:overdue due-date.before:-14d no:disputed
  do:
    - task: {title: "Remind of {{ number or id }}, {{ amount_due }}", due: +1d, kind: call}
"""),
    ("renewal", "Prepare contracts that end within two months", """\
  for: agreement/status:active/end:today..+60d
  once: 300 days
  do:
    - task: {title: "Renew the contract with {{ name }}", due: +14d}
"""),
    ("lead-untouched", "Take care of leads that nobody has contacted for two weeks", """\
  for: is:lead created.before:-14d not:last-contact:last-14d
  once: 30 days
  do:
    - task: {title: "Contact the lead {{ name }}", due: +1d, kind: call, priority: high}
"""),
    ("complaint-follow-up", "Ask whether a complaint is over, a week after it was resolved", """\
  over: case
  for: kind:complaint is:resolved resolved_at.before:-7d
  do:
    - task: {title: "Ask if all is well: {{ subject or id }}", due: +2d, kind: call}
"""),
    ("win-back", "Try to win back who was lost half a year ago", """\
  for: is:lost lost-on:-210d..-180d
  once: 300 days
  do:
    - task: {title: "Try to win {{ name }} back", due: +7d, kind: call}
"""),
)  # fmt: skip

SHIPPED: dict[str, Shipped] = {
    name: Shipped(name, description, f"{name}:\n  description: {description}\n{text}")
    for name, description, text in _RULES
}


def add(workspace: Workspace, names: list[str]) -> Plan:
    """Plan to take rules over into rules.yaml, after what stands there.

    Raises UsageError for one that does not come with the program, Refused for one that is there.
    """
    for name in names:
        if name not in SHIPPED:
            near = did_you_mean(name, SHIPPED)
            cure = near or f"there are {', '.join(SHIPPED)}"
            raise UsageError(f"no rule {name} comes with the program", cure)
    there = workspace.file(FILE).records
    if taken := [name for name in names if name in there]:
        raise Refused(f"rules.yaml has {', '.join(taken)} already", "edit it there")
    today = workspace.clock.today.isoformat()
    text = "\n".join(SHIPPED[name].text.replace("{today}", today) for name in names)

    def update(data: bytes | None) -> bytes:
        before = (data or b"").decode("utf-8")
        if before and not before.endswith("\n"):
            before += "\n"
        return f"{before}{chr(10) if before.strip() else ''}{text}".encode()

    said = names[0] if len(names) == 1 else counted(len(names), "rule")
    return Plan(
        Change(f"add {said} to rules", (Rewrite(FILE, update, 0o644),)),
        f"added {said}; crm rules run --dry-run shows what it does",
        made=tuple(names),
    )
