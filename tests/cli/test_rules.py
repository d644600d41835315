"""`crm rules`: what its verbs say, and what is sent."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests import shares
from tests.cli.test_mail_send import post
from tests.conftest import Crm, Git
from tests.features.outbox import customer, drafts, office
from tests.features.post_office import PostOffice
from tests.features.ruling import rows, rules, state

__all__ = ["office", "post"]


def faults(crm: Crm) -> list[tuple[str, str]]:
    ran = crm("rules", "check", "--json")
    found = [(one["rule"], one["message"]) for one in json.loads(ran.out)]
    assert ran.code in ((1, 4) if found else (0,)), ran
    return found


FAULTS = {
    "for: citty:Bled\n  do: [{tag: x}]": "no field 'citty'",
    "where: 'spend >'\n  do: [{tag: x}]": "",
    "for: stage:lead stage:customer\n  do: [{tag: x}]": "exclude each other",
    "for: +gone\n  do: [{tag: x}]": "gone",
    "do: [{mail: nws}]": "nws",
    "do: [{mail: news, use: marketing/sms}]": "marketing/sms",
    "do: [{sms: news}]": "kind email",
    "do: [{notify: nobody}]": "there is no user nobody",
    "do: [{segment: bst}]": "there is no segment @bst",
    "do: [{segment: coast}]": "is a query",
    "do: [{stage: custmer}]": "custmer",
    "do: [{set: {onwer: petra}}]": "onwer",
    "do: [{set: {owner: ''}}, {tog: x}]": "tog is no key of a rule deed",
    "do: [{send: yes}]": "says nothing to do",
    "do: [{task: {title: '{{ nme }}'}}]": "nme",
    "do: [{task: {title: A, due: someday}}]": "due: ",
    "do: [{task: {title: A, assignee: nobody}}]": "nobody",
    "do: [{task: {due: +3d}}]": "needs a title",
    "do: [{run: 'no-such-program x'}]": "",
    "do: [{run: \"tee 'x\"}]": "",
    "on: added\n  do: [{tag: x}]": "there is none",
    "on: changed onwer\n  do: [{tag: x}]": "onwer",
    "on: changed owner to nobody\n  do: [{tag: x}]": "nobody",
    "on: stage custmer\n  do: [{tag: x}]": "custmer",
    "over: deal\n  on: stage propsal\n  do: [{tag: x}]": "no stage propsal",
    "over: task\n  on: stage lead\n  do: [{tag: x}]": "tasks have no stage",
    "on: paid\n  do: [{tag: x}]": "customers are never paid",
    "over: task\n  on: lost\n  do: [{tag: x}]": "tasks are never lost",
    "filter: is:lead\n  do: [{tag: x}]": "filter is no key of a rule",
    "fr: is:lead\n  do: [{tag: x}]": "fr is no key of a rule",
    "do: [{tag: x, colour: red}]": "colour is no key of a rule deed",
    "do: [{set: owner=petra}]": "set needs fields",
    "do: [{set: {}}]": "set needs fields",
    "do:": "this rule does nothing",
    "do: []": "this rule does nothing",
    "steps: [{wait: 1 day, do: }]": "a step does nothing",
    "on: chnaged owner\n  do: [{tag: x}]": "is no event",
    "once: monht\n  do: [{tag: x}]": "monht",
    "once: change\n  do: [{tag: x}]": "needs on",
    "over: line\n  do: [{tag: x}]": "cannot look at line",
    "over: product\n  do: [{tag: x}]": "tag is for customers",
    "over: product\n  do: [{set: {name: x}}]": "not changed by rules",
    "over: task\n  do: [{stage: lead}]": "stage is for",
    "description: x": "this rule does nothing",
    "do: [{tag: x, untag: y}]": "has tag and untag",
    "do: [{tag: x, send: yes}]": "send does not go with tag",
    "until: replied\n  do: [{tag: x}]": "until is for rules with steps",
    "steps: [{do: [{tag: x}]}]\n  until: replied or citty:x": "until: ",
    "steps: [{wait: soon, do: [{tag: x}]}]": "soon",
    "steps: [{wait: 1 day}]": "a step does nothing",
    "once: day\n  for: not:+x\n  do: [{tag: x}]\nother:\n  for: +x\n  once: day\n"
    "  do: [{untag: x}]": "set each other off",
}


@pytest.mark.parametrize("text", FAULTS)
def test_check_finds(crm: Crm, office: Path, text: str) -> None:
    (office / "segments.yaml").write_text(
        "best:\n  kind: static\n  members: []\ncoast:\n  where: city = Koper\n"
    )
    rules(office, f"good:\n  for: id:maja-kos\n  do: [{{tag: good}}]\nr:\n  {text}\n")
    found = faults(crm)
    assert found and all(name.partition("/")[0] in ("r", "other") for name, _ in found), found
    assert any(FAULTS[text] in message for _, message in found), found
    assert json.loads(crm("rules", "check", "good", "--json").out) == []
    ran = crm("rules", "run")
    assert "internal error" not in ran.err
    assert crm("list", "+good", "-o", "ids").out == "maja-kos\n", ran
    listed = crm("rules", "list")
    assert listed.code in (0, 4) and "good" in listed.out
    assert "internal error" not in crm("rules", "explain", "maja-kos").err


@pytest.mark.parametrize("text", ["[", "- a\n- b\n", "text", "a: b\n", "a:\n", "", "# nothing\n",
                                  "a: [1, 2]\n", "A B:\n  do: [{tag: x}]\n", "\x00"])  # fmt: skip
def test_files_that_are_no_rules(crm: Crm, shop: Path, text: str) -> None:
    rules(shop, text)
    for words in (("run",), ("list",), ("check",), ("explain", "maja-kos"), ("run", "a")):
        ran = crm("rules", *words)
        assert "internal error" not in ran.err, (words, ran)
        assert ran.code in (0, 1, 2, 3, 4), (words, ran)


def test_without_rules(crm: Crm, shop: Path) -> None:
    ran = crm("rules", "run")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert crm("rules", "list").out == ""
    assert crm("rules", "explain", "maja-kos").code in (0, 1)
    assert crm("rules", "list", "--sequence", "x").code != 0


def test_all_shipped_rules_are_sound(crm: Crm, git: Git, shop: Path) -> None:
    names = [line.split()[0] for line in crm("rules", "add").out.splitlines()[1:]]
    assert len(names) == 11
    assert crm("rules", "add", *names).code == 0
    assert faults(crm) == []
    assert crm("rules", "run", "--dry-run").code == 0
    assert crm("rules", "add", "welcome").code != 0
    assert crm("rules", "add", "welcom").code == 2


def test_explain_says_why(crm: Crm, git: Git, shop: Path) -> None:
    rules(shop, """\
yes: {for: id:maja-kos, do: [{tag: yes}]}
no: {for: "city:Bled owner:petra spend:9999..", do: [{tag: no}]}
off: {disabled: yes, do: [{tag: off}]}
done: {once: month, do: [{tag: done}]}
again: {once: 10 days, do: [{tag: again}]}
event: {on: changed owner, do: [{tag: event}]}
faulty: {for: citty:x, do: [{tag: x}]}
deed: {do: [{tog: x}]}
item: {over: purchase, do: [{task: {title: See}}]}
lead: {over: case, do: [{task: {title: See}}]}
way: {for: id:maja-kos, steps: [{do: [{tag: one}]}, {wait: 3 days, do: [{tag: two}]}]}
""")
    assert crm("rules", "run", "done", "again", "item", "way/1").code == 0
    told = {one["rule"]: one for one in rows(crm, "rules", "explain", "maja-kos")}
    applies = {name: one["applies"] for name, one in told.items()}
    assert applies == {
        "yes": "yes", "no": "no", "off": "disabled", "done": "done", "again": "done",
        "event": "no", "faulty": "faulty", "deed": "faulty", "item": "done", "lead": "no",
        "way/1": "done", "way/2": "waits",
    }  # fmt: skip
    why = {name: one["why"] for name, one in told.items()}
    assert "Koper" in why["no"] and "owner" not in why["no"] and "spend" in why["no"]
    assert "nothing happened since 2026-10-21" in why["event"]
    assert why["lead"] == "has no cases" and "citty" in why["faulty"]
    assert told["done"]["next"] == "2026-12-01" and told["again"]["next"] == "2026-11-30"
    assert told["way/2"]["next"] == "2026-11-23" and told["done"]["last"] == "2026-11-20"
    assert len(told["item"]["made"]) == 1 and told["item"]["id"] == "p-2m8ct4h"
    (one,) = rows(crm, "rules", "explain", "p-2m8ct4h", "item", "done")
    assert one["rule"] == "item"
    assert crm("rules", "explain", "nobody-at-all").code == 3
    assert crm("rules", "explain", "maja-kos", "welcom").code == 2


def test_sequences(crm: Crm, shop: Path) -> None:
    rules(shop, """\
way:
  for: not:+off
  steps:
    - do: [{tag: one}]
    - wait: 3 days
      do: [{tag: two}]
  until: replied or +stop
""")
    assert crm("rules", "run").code == 0
    assert crm("set", "hotel-breg", "tags+=stop").code == 0

    def stands(day: str) -> dict[str, tuple[int, str, str | None]]:
        found = rows(crm, "--today", day, "rules", "list", "--sequence", "way")
        return {one["customer"]: (one["step"], one["state"], one["why"]) for one in found}

    assert stands("2026-11-21") == {
        "hotel-breg": (1, "ended", "+stop"), "jan-vidmar": (1, "waits", None),
        "maja-kos": (1, "waits", None),
    }  # fmt: skip
    assert crm("--today", "2026-11-22", "log", "jan-vidmar", "Called", "--kind", "call",
               "direction=inbound").code == 0  # fmt: skip
    assert stands("2026-11-23")["jan-vidmar"] == (1, "ended", "replied")
    assert stands("2026-11-23")["maja-kos"] == (1, "due", None)
    assert crm("--today", "2026-11-23", "rules", "run").out.startswith("ran way/2 for maja-kos")
    assert stands("2026-11-24")["maja-kos"] == (2, "done", None)
    for day in ("2026-11-24", "2027-11-24"):
        assert crm("--today", day, "rules", "run").out == ""


def test_commands_run_in_trusted_directories_only(
    crm: Crm, office: Path, post: PostOffice
) -> None:
    said = office.parent / "said"
    rules(office, f"r: {{for: id:maja-kos, do: [{{run: 'tee -a {said}'}}]}}\n")
    (fault,) = faults(crm)
    assert "trusted" in fault[1]
    ran = crm("rules", "run")
    assert "is not trusted on this machine" in ran.err
    assert ran.out == "" and not said.exists() and not list(office.glob("outbox/**/*.run"))
    assert crm("trust", "--hooks", "--yes").code == 0 and faults(crm) == []
    assert crm("rules", "run").code == 0
    data = json.loads(said.read_text())
    assert data["rule"] == "r" and data["customer"] == data["id"] == "maja-kos"
    assert data["record"]["name"] == "Maja Kos"
    assert crm("rules", "run").out == "" and said.read_text().count('"rule"') == 1


def test_a_command_that_fails_is_told_and_stays(
    crm: Crm, office: Path, post: PostOffice
) -> None:
    rules(office, "r: {for: id:maja-kos, do: [{run: 'false'}]}\n")
    assert crm("trust", "--hooks", "--yes").code == 0
    ran = crm("rules", "run")
    assert ran.code != 0 and "maja-kos" in ran.out + ran.err, ran
    rules(office, "r: {for: id:maja-kos, do: [{run: 'true'}]}\n")
    assert crm("trust", "--hooks", "--yes").code == 0
    (path,) = office.glob("outbox/*.run")
    assert "X-Crm-Trouble: 2026-11-20T12:00 500 " in path.read_text()
    assert "/false ended with 1\n" in path.read_text()
    assert crm("mail", "send", f"outbox/{path.name}").code == 0 and not path.exists()


def test_what_is_sent_is_sent_once(crm: Crm, office: Path, post: PostOffice) -> None:
    rules(office, """\
news: {for: id:maja-kos, do: [{mail: news, send: yes}]}
draft: {for: id:maja-kos, once: month, do: [{mail: news}]}
tell: {do: [{notify: petra, text: "See {{ name }}"}]}
stock: {over: product, do: [{notify: marko, text: "Count {{ name }}"}]}
""")
    ran = crm("rules", "run")
    assert ran.code == 0, ran
    got = Counter(post.recipients)
    assert got == {"maja@kos.example": 1, "petra@lan.example": 3, "marko@lan.example": 1}
    assert len(drafts(office)) == 1
    before = state(office)
    ran = crm("rules", "run")
    assert (ran.code, ran.out) == (0, "") and Counter(post.recipients) == got
    assert state(office) == before
    text = next(mail.get_content() for to, mail in post.mails if to == ["marko@lan.example"])
    assert "Count Linen sheet" in text and "crm product show linen-sheet" in text, text
    assert len(rows(crm, "interaction", "list", "by:rule/news")) == 1


@pytest.mark.slow
@pytest.mark.soak
def test_killed_at_random(crm: Crm, office: Path, post: PostOffice) -> None:
    """Each is written to once, or is doubtful; nobody is missed."""
    turn = shares.turn()
    chance = random.Random(turn)
    count = 6 if turn is not None else 200
    for number in range(count):
        customer(office, f"c{number:03}", f"Customer {number}", f"c{number:03}@kos.example")
    wanted = {f"c{number:03}@kos.example" for number in range(count)}
    rules(office, "news: {for: name:Customer, do: [{mail: news, send: yes}, {tag: sent}]}\n")
    assert crm("config", "set", "max=1000").code == 0
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "crm_cli", "-C", str(office), "rules", "run"]
    kills = 0
    for _ in range(3 if turn is not None else 200):
        run = subprocess.Popen(
            command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.3, 1.5))
        run.send_signal(signal.SIGKILL)
        kills += run.wait() == -signal.SIGKILL
    assert crm("rules", "run").code in (0, 1)
    copies = Counter(post.recipients)
    doubtful = {path.name.partition(".")[0] for path in office.glob("outbox/sending/*/*")}
    assert max(copies.values()) == 1 and len(doubtful) <= kills
    assert copies.keys() | {f"{id}@kos.example" for id in doubtful} == wanted
    assert len(crm("list", "+sent", "-o", "ids").lines) == count
    assert drafts(office) == [] and crm("check").code == 0


def test_a_message_is_for_the_command_that_it_was_made_for(
    crm: Crm, office: Path, post: PostOffice
) -> None:
    one, other = office.parent / "one", office.parent / "other"
    first = f"r: {{for: id:maja-kos, do: [{{run: 'false'}}, {{run: 'tee {one}'}}]}}\n"
    rules(office, first)
    assert crm("trust", "--hooks", "--yes").code == 0
    crm("rules", "run")
    assert one.exists() and len(list(office.glob("outbox/*.run"))) == 1
    rules(office, first.replace("'false'", f"'tee {other}'"))
    assert crm("trust", "--hooks", "--yes").code == 0
    (path,) = office.glob("outbox/*.run")
    said = crm("mail", "send", f"outbox/{path.name}").err
    assert "the rule r runs no such command any more" in said and not other.exists()


def test_a_task_for_nobody_is_not_made(crm: Crm, shop: Path) -> None:
    rules(shop, "r: {for: id:maja-kos, do: [{task: {title: A, assignee: nobody}}]}\n")
    ran = crm("rules", "run")
    assert "there is no user nobody" in ran.err and "ran r" not in ran.out, ran


def test_records_that_are_no_customers_are_explained(crm: Crm, shop: Path) -> None:
    rules(shop, 'stock: {over: product, for: "price:100..", do: [{task: {title: "{{ id }}"}}]}\n')
    rows = json.loads(crm("rules", "explain", "linen-sheet", "--json").out)
    assert [(one["rule"], one["id"], one["applies"]) for one in rows] == [
        ("stock", "linen-sheet", "no")
    ]
    assert "price >= 100" in rows[0]["why"] or "price = 100.." in rows[0]["why"]
    assert crm("rules", "explain", "nothing-such").code == 3
    assert crm("rules", "list", "-o", "tsv", "--no-header").out.startswith("stock\t")
