"""Rules that set each other off without end, and what is no customer's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Crm, Git
from tests.features.outbox import drafts, office
from tests.features.ruling import rules

__all__ = ["office"]

RINGS = {
    "tags": """\
a: {for: not:+x, once: day, do: [{tag: x}]}
b: {for: +x, once: day, do: [{untag: x}]}
""",
    "owner": """\
a: {on: changed owner to marko, do: [{set: {owner: petra}}]}
b: {on: changed owner to petra, do: [{set: {owner: marko}}]}
""",
    "stage": """\
a: {over: deal, on: stage proposal, do: [{stage: negotiation}]}
b: {over: deal, on: stage negotiation, do: [{stage: proposal}]}
""",
    "segment": """\
a: {for: not:@best, once: week, do: [{segment: best}]}
b: {for: "@best", once: 30 days, do: [{set: {owner: marko}}]}
c: {on: changed owner, do: [{segment: best}]}
""",
    "itself": "a: {over: task, on: added, do: [{task: {title: Next}}]}\n",
}


@pytest.mark.parametrize("name", RINGS)
def test_rings_are_found(crm: Crm, git: Git, shop: Path, name: str) -> None:
    (shop / "segments.yaml").write_text("best:\n  kind: static\n  members: [maja-kos]\n")
    rules(shop, RINGS[name])
    found = json.loads(crm("rules", "check", "--json").out)
    assert any("set each other off" in one["message"] for one in found), found
    # Those that act once for a customer, or an item, come to an end.
    once = "ever" if "over" not in RINGS[name] else "item"
    rules(shop, RINGS[name].replace(", do:", f", once: {once}, do:") if "once" not in RINGS[name]
          else RINGS[name].replace("once: day", "once: ever").replace("once: 30 days", "once: ever")
          .replace("on: changed owner", "on: changed owner, once: ever"))  # fmt: skip
    found = json.loads(crm("rules", "check", "--json").out)
    assert not any("set each other off" in one["message"] for one in found), found


@pytest.mark.parametrize("text", [
    "a: {for: not:+x, once: day, do: [{tag: x}]}\nb: {for: +y, once: day, do: [{untag: y}]}\n",
    "a: {on: changed owner to marko, do: [{set: {owner: petra}}]}\n",
    "a: {on: added, do: [{task: {title: Call}}]}\n",
    "a: {over: task, on: added, do: [{log: {summary: New}}]}\n",
])  # fmt: skip
def test_what_is_no_ring(crm: Crm, git: Git, shop: Path, text: str) -> None:
    rules(shop, text)
    found = json.loads(crm("rules", "check", "--json").out)
    assert not any("set each other off" in one["message"] for one in found), found


@pytest.mark.parametrize(
    "deed",
    ["tag: x", "untag: x", "set: {customer.owner: petra}", "stage: lead", "segment: best",
     "mail: news", "sms: text"],
)  # fmt: skip
def test_what_is_for_customers_only(crm: Crm, office: Path, deed: str) -> None:
    (office / "segments.yaml").write_text("best:\n  kind: static\n  members: []\n")
    (office / "templates/text.md").write_text("---\nkind: sms\n---\nHello\n")
    assert crm("task", "add", "--desk", "Order beans").code == 0
    assert crm("task", "add", "maja-kos", "Order tea").code == 0
    over = "over: task, for: title:order"
    rules(office, f"r: {{{over}, do: [{{ {deed} }}]}}\n"
                  f"s: {{{over}, do: [{{set: {{priority: high}}}}]}}\n")  # fmt: skip
    ran = crm("rules", "run")
    assert ran.code == 0 and ran.err.count("belongs to none") == 1, ran
    assert len(crm("task", "list", "priority:high", "-o", "ids").lines) == 2
    assert all("maja-kos" in path.name for path in drafts(office))
    assert crm("check").code == 0


def test_text_messages(crm: Crm, office: Path) -> None:
    (office / "templates/text.md").write_text("---\nkind: sms\n---\nHello {{ customer.name }}\n")
    rules(office, """\
bad: {for: id:jan-vidmar, do: [{sms: text, use: contract/sms}]}
good: {for: id:jan-vidmar, do: [{sms: text, use: service/sms}]}
""")
    ran = crm("rules", "run")
    assert ran.code == 0
    assert "bad: jan-vidmar: sms: 'contract/sms' is no purpose and channel\n" in ran.err
    explained = json.loads(crm("rules", "explain", "jan-vidmar", "good", "--json").out)
    assert drafts(office) or "sms text" in explained[0]["why"], explained
