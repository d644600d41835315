"""What rules do: each deed once, undone byte for byte; what cannot be done is left out and said."""

from __future__ import annotations

import json
import os
import platform
import re
from pathlib import Path

import pytest

from tests.conftest import Crm
from tests.features.outbox import drafts, office
from tests.features.ruling import rows, rules, state

__all__ = ["office"]

DEEDS = {
    "task": ("task: {title: 'Call {{ name }}', due: +3d, kind: call, notes: 'of {{ owner }}'}",
             "task list by:rule/r", 1),
    "tag": ("tag: [warm, two-words]", "list +warm +two-words", 1),
    "untag": ("untag: vip", "list not:+vip id:maja-kos", 1),
    "set": ("set: {notes: 'Ask {{ name }}', owner: marko}", "list owner:marko id:maja-kos", 1),
    "custom": ("set: {custom: {size: 3, hello: 'Hi {{ name }}'}}",
               "list custom.hello:'Hi Maja Kos'", 1),
    "dotted": ("set: {custom.size: 3}", "list custom.size:3", 1),
    "log": ("log: {summary: 'Seen {{ name }}', kind: note}", "interaction list by:rule/r", 1),
    "stage": ("stage: former", "list stage:former", 1),
    "segment": ("segment: best", "list @best", 1),
}  # fmt: skip


@pytest.mark.parametrize("word", DEEDS)
def test_a_deed_is_done_once_and_undone(crm: Crm, shop: Path, word: str) -> None:
    deed, asked, count = DEEDS[word]
    (shop / "segments.yaml").write_text("best:\n  kind: static\n  members: []\n")
    rules(shop, f"r:\n  for: id:maja-kos\n  do:\n    - {deed}\n")
    import shlex

    assert crm("rules", "check").code == 0, crm("rules", "check")
    before = state(shop)
    dry = crm("rules", "run", "--dry-run")
    assert dry.code == 0 and "r: maja-kos: " in dry.out, dry
    assert state(shop) == before
    ran = crm("rules", "run")
    assert (ran.code, ran.out.count("\n")) == (0, 1), ran
    assert len(rows(crm, *shlex.split(asked))) == count
    after = state(shop)
    again = crm("rules", "run")
    assert (again.code, again.out, again.err) == (0, "", "") and state(shop) == after
    assert crm("check").code == 0
    assert crm("undo").code == 0
    assert state(shop) == before
    assert crm("redo").code == 0 and state(shop) == after


def test_a_task_is_of_the_item_that_it_is_about(crm: Crm, shop: Path) -> None:
    title = "Ask about {{ number }}, {{ amount_due }}"
    rules(shop, f"ask: {{over: purchase, do: [{{task: {{title: '{title}'}}}}]}}\n")
    assert crm("rules", "run").code == 0
    (task,) = rows(crm, "task", "list", "by:rule/ask", "--cols", "customer,title,purchase,by")
    assert task == {"customer": "maja-kos", "title": "Ask about 2026-0007, 95.20 EUR",
                    "purchase": "p-2m8ct4h", "by": "rule/ask"}  # fmt: skip


def test_items_and_their_customers_are_set(crm: Crm, shop: Path) -> None:
    rules(shop, """\
late:
  over: task
  for: is:overdue
  do:
    - set: {priority: high, customer.notes: "see {{ id }}"}
    - tag: late
""")
    assert crm("rules", "run").code == 0
    (task,) = rows(crm, "task", "list", "priority:high", "--cols", "id,customer,customer.notes")
    assert task["id"] == "t-3qqqqq1" and task["customer.notes"] == "see t-3qqqqq1"
    assert crm("list", "+late", "-o", "ids").out == "hotel-breg\n"
    assert crm("rules", "run").out == ""


def test_deals_move(crm: Crm, shop: Path) -> None:
    assert crm("deal", "add", "maja-kos", "Sheets", "--amount", "100").code == 0
    stages = [line.split()[0] for line in crm("deal", "stages", "-o", "csv").out.splitlines()[1:]]
    rules(shop, "go:\n  over: deal\n  do:\n    - stage: next\n")
    before = rows(crm, "deal", "list", "--cols", "id,stage")
    assert crm("rules", "run").code == 0, stages
    after = rows(crm, "deal", "list", "--cols", "id,stage")
    assert before != after and crm("rules", "run").out == ""
    assert rows(crm, "deal", "list", "--cols", "id,stage") == after
    rules(shop, f"stay:\n  over: deal\n  do:\n    - stage: {after[0]['stage']}\n")
    (deal,) = (one["id"] for one in rows(crm, "deal", "list"))
    said = f"stay: {deal} of maja-kos: {deal} is in {after[0]['stage']} already"
    assert said in crm("rules", "run", "--dry-run").out
    assert crm("rules", "run").code == 0 and crm("rules", "run").out == ""
    assert rows(crm, "deal", "list", "--cols", "id,stage") == after


def test_two_rules_that_move_the_same_deal(crm: Crm, shop: Path) -> None:
    assert crm("deal", "add", "maja-kos", "Sheets", "--amount", "100").code == 0
    rules(shop, "a: {over: deal, do: [{stage: next}]}\nb: {over: deal, do: [{stage: next}]}\n"
                "c: {over: deal, do: [{task: {title: Write}}]}\n")  # fmt: skip
    ran = crm("rules", "run")
    assert ran.code == 0, ran
    assert len(rows(crm, "task", "list", "by:rule/c")) == 1


def test_one_rule_does_not_see_what_another_did(crm: Crm, shop: Path) -> None:
    rules(shop, "a:\n  for: id:maja-kos\n  do: [{tag: one}]\nb:\n  for: +one\n  do: [{tag: two}]\n")
    assert crm("rules", "run").code == 0
    assert crm("list", "+two", "-o", "ids").out == ""
    assert crm("rules", "run").code == 0
    assert crm("list", "+two", "-o", "ids").out == "maja-kos\n"


def test_a_rule_is_done_whole_or_not_for_a_subject(crm: Crm, shop: Path) -> None:
    rules(shop, """\
r:
  do:
    - tag: seen
    - task: {title: "Visit {{ name }} in {{ city }}"}
s:
  do: [{tag: other}]
""")
    ran = crm("rules", "run")
    assert ran.code == 0
    assert "r: jan-vidmar: task: city has no value\n" in ran.err
    assert sorted(crm("list", "+seen", "-o", "ids").out.split()) == ["hotel-breg", "maja-kos"]
    assert len(crm("list", "+other", "-o", "ids").out.split()) == 3
    assert "jan-vidmar  no       task: city has no value" in crm("rules", "explain", "jan", "r").out


def test_many_who_cannot_be_helped_take_a_line(crm: Crm, shop: Path) -> None:
    for number in range(12):
        (shop / f"customers/c{number:02}.yaml").write_text(f"name: C {number}\n")
    rules(shop, "r:\n  do:\n    - task: {title: 'Visit {{ city }}'}\n")
    ran = crm("rules", "run")
    assert ran.err.count("city has no value") == 1, ran.err
    assert "r: 13 records: task: city has no value: c00, c01, c02 …\n" in ran.err


def test_mail_goes_to_whom_it_may_only(crm: Crm, office: Path) -> None:
    rules(office, "news:\n  do:\n    - mail: news\n")
    assert crm("rules", "check").code == 0
    ran = crm("rules", "run")
    assert ran.code == 0 and len(drafts(office)) == 1
    text = drafts(office)[0].read_text()
    assert "X-Crm-By: rule/news\n" in text and "X-Crm-Send" not in text
    assert "To: Maja Kos <maja@kos.example>\n" in text
    before = state(office)
    assert crm("rules", "run").code == 0 and state(office) == before
    # Deleted unsent, it was done nevertheless: the mark says so.
    drafts(office)[0].unlink()
    assert crm("rules", "run").code == 0 and drafts(office) == []
    explained = crm("rules", "explain", "hotel", "-o", "json").out
    (found,) = json.loads(explained)
    assert found["applies"] == "no" and "mail news" in found["why"]


def test_a_deed_that_is_left_out_does_not_keep_the_others(crm: Crm, office: Path) -> None:
    rules(office, "news:\n  for: id:jan-vidmar\n  do:\n    - mail: news\n    - tag: asked\n")
    ran = crm("rules", "run")
    assert ran.code == 0 and drafts(office) == []
    assert crm("list", "+asked", "-o", "ids").out == "jan-vidmar\n"


@pytest.mark.parametrize(
    "name",
    ["$(touch x)", "`touch x`; touch x", "{{ 7*7 }}", "': [", "a' \\\" b", "--help",
     "A\\nBcc: evil@x.example\\n\\nText"],
)  # fmt: skip
def test_hostile_names(crm: Crm, office: Path, name: str) -> None:
    (office / "customers/evil.yaml").write_text(
        f'name: "{name}"\nemail: maja2@kos.example\nconsents:\n  - at: 2026-11-01T10:00+01:00\n'
        "    purpose: marketing\n    channel: email\n    action: opt_in\n"
    )
    seen = office.parent / "seen.json"
    rules(office, f"""\
r:
  for: id:evil
  do:
    - task: {{title: "Call {{{{ name }}}}", notes: "of {{{{ name }}}}"}}
    - set: {{notes: "{{{{ name }}}}", custom: {{said: "{{{{ name }}}}"}}}}
    - log: {{summary: "{{{{ name }}}}"}}
    - mail: news
    - notify: petra
      text: "{{{{ name }}}} came"
    - run: tee {seen}
""")
    assert crm("trust", "--hooks", "--yes").code == 0
    ran = crm("rules", "run")
    assert "crm check" not in ran.err and crm("check").code == 0, ran
    assert not list(office.rglob("x"))
    meant = json.loads(f'"{name}"')
    (record,) = rows(crm, "list", "id:evil", "--cols", "notes,custom.said")
    if ran.out:
        assert record["notes"].strip() == meant.strip()
        assert (record["custom.said"] or "").split() == meant.split()
        (task,) = rows(crm, "task", "list", "by:rule/r", "--cols", "title")
        assert task["title"] == f"Call {' '.join(meant.split())}"
    for path in drafts(office):
        head = path.read_text().partition("\n\n")[0]
        assert not re.search(r"^bcc:", head, re.I | re.M) and "for 49" not in head
        if path.suffix == ".run":
            data = json.loads(path.read_text().partition("\n\n")[2])
            assert data["record"]["name"].split() == meant.split()
    assert ran.out, ran.err


def test_a_name_that_no_header_can_have(crm: Crm, office: Path) -> None:
    (office / "customers/maja-kos.yaml").write_text(
        (office / "customers/maja-kos.yaml").read_text().replace("Maja Kos", '"=?utf-8?q?x?="')
    )
    rules(office, "r:\n  for: id:maja-kos\n  do: [{tag: seen}, {mail: news}]\n")
    before = state(office)
    ran = crm("rules", "run")
    assert ran.err == "r: maja-kos: mail news: To has an encoded word (=?…?=)\n"
    assert state(office) == before


RUNS = "r:\n  for: id:maja-kos\n  do: [{run: COMMAND}]\n"


def test_a_command_is_run_only_as_it_was_trusted(crm: Crm, office: Path) -> None:
    crm("config", "set", f"mail.sender={platform.node()}")
    seen = office.parent / "seen"
    rules(office, RUNS.replace("COMMAND", f"tee {seen}"))
    ran = crm("rules", "run")
    assert "is not trusted on this machine" in ran.err and not drafts(office)
    assert "crm trust --hooks" in crm("rules", "check").out
    shown = crm("trust", "--hooks", "--yes")
    assert shown.out.startswith(f"rules.yaml: run: tee {seen}\n")
    assert crm("rules", "run").code == 0 and not drafts(office)
    assert json.loads(seen.read_text())["customer"] == "maja-kos"
    rules(office, RUNS.replace("COMMAND", f"tee {seen} other").replace("r:\n", "s:\n"))
    assert "is not trusted on this machine" in crm("rules", "run").err
    assert crm("trust", "--hooks", "--remove").out == "none are run from now on\n"


@pytest.mark.parametrize("command", ["../tell", "sh ../tell", "{root}/tell", "tell"])
def test_no_program_of_the_directory_is_run(
    crm: Crm, office: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm("config", "set", f"mail.sender={platform.node()}")
    program = office / "tell"
    program.write_text(f"#!/bin/sh\ntouch {office.parent}/told\n")
    program.chmod(0o700)
    rules(office, RUNS.replace("COMMAND", command.format(root=office)))
    monkeypatch.setenv("PATH", f"{office}:.::{os.environ['PATH']}")
    assert crm("trust", "--hooks", "--yes").code == 0
    said = crm("rules", "run").err
    assert "lies in the data directory, and is not run" in said, said
    assert not (office.parent / "told").exists() and not drafts(office)
    (office / ".crm/tell").write_bytes(program.read_bytes())
    (office / ".crm/tell").chmod(0o700)
    rules(office, RUNS.replace("COMMAND", "./tell"))
    assert crm("trust", "--hooks", "--yes").code == 0
    assert crm("rules", "run").code == 0 and (office.parent / "told").exists()


def test_a_command_gets_the_record_of_another_kind(crm: Crm, office: Path) -> None:
    (office / "products.yaml").write_text("cup: {name: Cup, price: 4}\n")
    seen = office.parent / "seen"
    rules(office, f"r:\n  over: product\n  for: id:cup\n  do: [{{run: tee {seen}}}]\n")
    assert crm("trust", "--hooks", "--yes").code == 0
    crm("config", "set", f"mail.sender={platform.node()}")
    assert crm("rules", "run").code == 0
    assert json.loads(seen.read_text())["record"]["name"] == "Cup"
