"""How often rules act, for how many, and on what: nothing twice for the same occasion."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Crm, Git
from tests.features.ruling import rows, rules, state

MAJA = "customers/maja-kos.yaml"


def acts(crm: Crm, *days: str) -> list[int]:
    """For how many records rules act on each of these days, run twice on each."""
    found = []
    for day in days:
        ran = crm("--today", day, "rules", "run")
        assert ran.code == 0, ran
        found.append(0 if not ran.out else int(ran.out.split()[3]) if "records" in ran.out else 1)
        again = crm("--today", day, "rules", "run")
        assert (again.out, again.err) == ("", "")
    return found


DAYS = ("2026-11-20", "2026-11-21", "2026-11-23", "2026-12-01", "2027-01-01")


@pytest.mark.parametrize("deed", ["tag: seen", "task: {title: Call}"])
@pytest.mark.parametrize(
    ("once", "wanted"),
    [
        ("", [1, 0, 0, 0, 0]),
        ("ever", [1, 0, 0, 0, 0]),
        ("item", [1, 0, 0, 0, 0]),
        ("day", [1, 1, 1, 1, 1]),
        ("week", [1, 0, 1, 1, 1]),
        ("month", [1, 0, 0, 1, 1]),
        ("year", [1, 0, 0, 0, 1]),
        ("3 days", [1, 0, 1, 1, 1]),
        ("every 1 month", [1, 0, 0, 0, 1]),
    ],
)
def test_once_for_customers(crm: Crm, shop: Path, once: str, wanted: list[int], deed: str) -> None:
    often = f"  once: {once}\n" if once else ""
    rules(shop, f"r:\n  for: id:maja-kos\n{often}  do: [{{ {deed} }}]\n")
    assert acts(crm, *DAYS) == wanted


@pytest.mark.parametrize(
    ("once", "wanted"),
    [("", [2, 0, 0]), ("item", [2, 0, 0]), ("ever", [1, 0, 0]), ("month", [2, 0, 2]),
     ("5 days", [2, 0, 2])],
)  # fmt: skip
@pytest.mark.parametrize("deed", ["tag: seen", "task: {title: 'See {{ id }}'}"])
def test_once_for_items(crm: Crm, shop: Path, once: str, wanted: list[int], deed: str) -> None:
    often = f"  once: {once}\n" if once else ""
    query = "customer:hotel-breg title:call,renew"
    rules(shop, f"r:\n  over: task\n  for: {query}\n{often}  do: [{{ {deed} }}]\n")
    assert acts(crm, "2026-11-20", "2026-11-22", "2026-12-01") == wanted


def test_once_is_once_after_renaming_and_merging(crm: Crm, shop: Path) -> None:
    rules(shop, """\
tag: {once: item, do: [{tag: seen}]}
task: {once: item, do: [{task: {title: Call}}]}
month: {once: month, do: [{task: {title: Monthly}}]}
late: {over: task, for: no:by, do: [{task: {title: "About {{ id }}"}}]}
late-tag: {over: task, for: no:by, do: [{tag: late}]}
""")
    assert crm("rules", "run").code == 0
    assert crm("rename", "maja-kos", "maja-novak").code == 0
    assert crm("rules", "run").out == ""
    assert crm("merge", "maja-novak", "jan-vidmar", "--prefer", "keep", "--yes").code == 0
    assert crm("rules", "run").out == ""


def test_an_item_that_moves_gets_nothing_twice(crm: Crm, shop: Path) -> None:
    rules(shop, """\
item: {over: task, do: [{tag: busy}]}
days: {over: task, once: 30 days, do: [{tag: busy}]}
month: {over: task, once: month, do: [{tag: busy}]}
""")
    assert crm("rules", "run").code == 0
    assert crm("move", "t-3qqqqq1", "maja-kos").code == 0
    assert crm("rules", "run").out == ""


def test_what_was_removed_is_not_made_again(crm: Crm, shop: Path) -> None:
    rules(shop, """\
ever: {for: id:maja-kos, do: [{task: {title: Call}}]}
each: {over: purchase, do: [{task: {title: See}}]}
week: {for: id:maja-kos, once: week, do: [{log: {summary: Seen}}]}
""")
    assert crm("rules", "run").code == 0
    made = rows(crm, "task", "list", "has:by") + rows(crm, "interaction", "list", "has:by")
    assert len(made) == 3
    for one in made:
        assert crm("rm", one["id"], "--yes").code == 0
    before = state(shop)
    assert crm("rules", "run").out == "" and state(shop) == before
    assert crm("--today", "2026-11-23", "rules", "run").out.startswith("ran week for maja-kos")


def test_max_bounds_a_run(crm: Crm, shop: Path) -> None:
    for number in range(9):
        (shop / f"customers/c{number}.yaml").write_text(f"name: C {number}\ntags: [new]\n")
    text = "a: {for: +new, max: 2, do: [{tag: a}]}\nb: {for: +new, do: [{tag: b}]}\n"
    rules(shop, text)
    ran = crm("rules", "run")
    assert ran.code == 0 and "max is reached: the next run goes on with a 7\n" in ran.err
    assert len(crm("list", "+a", "-o", "ids").lines) == 2
    assert len(crm("list", "+b", "-o", "ids").lines) == 9
    ran = crm("rules", "run", "--max", "1")
    assert "the next run goes on with a 6\n" in ran.err
    assert crm("config", "set", "max=3").code == 0
    rules(shop, text.replace(" max: 2,", ""))
    for left in (3, 0):
        ran = crm("rules", "run")
        assert (f"with a {left}\n" in ran.err) is bool(left), ran
    assert len(crm("list", "+a", "-o", "ids").lines) == 9
    assert crm("rules", "run").out == ""


def test_who_cannot_be_helped_does_not_take_a_place(crm: Crm, shop: Path) -> None:
    rules(shop, "r:\n  max: 1\n  do: [{task: {title: 'Visit {{ city }}'}}]\n")
    for id in ("a", "b"):
        (shop / f"customers/{id}.yaml").write_text(f"name: {id}\n")
    assert len(rows(crm, "task", "list", "by:rule/r")) == 0
    for count in (1, 2):
        assert crm("rules", "run").code == 0
        assert len(rows(crm, "task", "list", "by:rule/r")) == count
    assert crm("rules", "run").out == ""


def test_disabled_and_faulty_rules_do_nothing(crm: Crm, shop: Path) -> None:
    rules(shop, """\
off: {disabled: yes, do: [{tag: off}]}
asked: {for: citty:Bled, do: [{tag: asked}]}
deed: {do: [{tog: deed}]}
over: {over: line, do: [{tag: over}]}
text: {do: [{task: {title: "A {{ nme }}"}}]}
good: {for: id:maja-kos, do: [{tag: good}]}
""")
    ran = crm("rules", "run")
    assert ran.code == 1 and ran.out.startswith("ran good for maja-kos")
    for name in ("asked", "deed", "over", "text"):
        assert f"\n{name}: " in ran.err, (name, ran.err)
    assert "off" not in ran.err
    assert crm("list", "+off,asked,deed,over,text", "-o", "ids").out == ""
    refused = crm("rules", "run", "off")
    assert refused.code == 2 and "off is disabled" in refused.err, refused
    listed = rows(crm, "rules", "list")
    assert " ".join(one["rule"] for one in listed) == "off asked deed over text good"


def test_rules_are_named(crm: Crm, shop: Path) -> None:
    rules(shop, "a:\n  do: [{tag: a}]\nb:\n  do: [{tag: b}]\n")
    assert crm("rules", "run", "b").code == 0
    assert crm("list", "+a", "-o", "ids").out == ""
    ran = crm("rules", "run", "c")
    assert ran.code == 2 and "there is no rule c" in ran.err
    assert crm("rules", "run", "b/7").code == 2


def test_a_record_that_cannot_be_read_is_left_out(crm: Crm, shop: Path) -> None:
    rules(shop, "r:\n  do: [{tag: seen}]\n")
    (shop / "customers/broken.yaml").write_text("name: [\n")
    before = (shop / "customers/broken.yaml").read_bytes()
    ran = crm("rules", "run")
    assert ran.code == 4 and "broken.yaml" in ran.err, ran
    assert crm("list", "+seen", "-o", "ids").out.split() == ["hotel-breg", "jan-vidmar", "maja-kos"]
    assert (shop / "customers/broken.yaml").read_bytes() == before


def test_over_what_is_no_customers(crm: Crm, shop: Path) -> None:
    assert crm("task", "add", "--desk", "Order beans").code == 0
    assert crm("campaign", "add", "Spring", "--id", "spring").code == 0
    rules(shop, "p:\n  over: product\n  do: [{task: {title: 'Look at {{ name }}'}}]\n"
                "c:\n  over: campaign\n  do: [{log: {summary: 'Began {{ name }}'}}]\n"
                "t:\n  over: task\n  for: title:beans\n  do: [{set: {priority: high}}]\n"
                "x:\n  over: product\n  do: [{tag: x}]\n")  # fmt: skip
    assert crm("rules", "check", "p", "c", "t").code == 0, crm("rules", "check")
    checked = crm("rules", "check", "x")
    assert checked.code == 1 and "tag is for customers" in checked.out
    ran = crm("rules", "run")
    assert ran.out.startswith("ran p, c, t for 3 records"), ran
    titles = {one["title"] for one in rows(crm, "task", "list", "customer:desk.yaml")}
    assert titles == {"Order beans", "Look at Linen sheet"}
    assert len(rows(crm, "interaction", "list", "customer:desk.yaml")) == 1
    assert crm("task", "list", "priority:high", "-o", "ids").out.count("t-") == 1
    assert crm("rules", "run").out == "" and crm("check").code == 0


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commits are of the shop's day."""
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, "2026-11-20T10:00:00+01:00")


ON = {
    "owner": ("changed owner", 1),
    "owner to": ("changed owner to marko", 1),
    "owner to petra": ("changed owner to petra", 0),
    "owner from": ("changed owner petra → marko", 1),
    "owner from marko": ("changed owner from marko", 0),
    "stage": ("stage former", 1),
    "other stage": ("stage lead", 0),
    "custom": ("changed custom.size", 1),
    "custom to": ("changed custom.size to 3", 1),
    "custom to another": ("changed custom.size to 4", 0),
    "other custom": ("changed custom.colour", 0),
    "tags": ("changed tags", 1),
    "tags to": ("changed tags to new", 1),
    "tags from": ("changed tags from vip", 0),
}


@pytest.mark.parametrize("name", ON)
@pytest.mark.parametrize("by", ["hand", "command", "import"])
def test_changes_of_customers(
    now: None, crm: Crm, git: Git, shop: Path, name: str, by: str
) -> None:
    on, count = ON[name]
    rules(shop, f"r:\n  for: id:maja-kos\n  on: {on}\n  do: [{{set: {{notes: done}}}}]\n")
    assert crm("rules", "check").code == 0, crm("rules", "check")
    assert crm("rules", "run").out == "", "nothing has changed yet"
    if by == "command":
        ran = crm("set", "maja-kos", "owner=marko", "stage=former", "custom.size=3", "tags+=new")
    elif by == "hand":
        text = (shop / MAJA).read_text().replace("  - vip", "  - vip\n  - new")
        changed = "owner: marko\nlifecycle_stage: former\ncustom: {size: 3}"
        (shop / MAJA).write_text(text.replace("owner: petra", changed))
        git("commit", "-qam", "by hand")
        ran = crm("check")
    else:
        (shop / "in.csv").write_text(
            "id,name,owner,stage,size,tags\nmaja-kos,Maja Kos,marko,former,3,\"vip,new\"\n"
        )
        (shop / "map.yaml").write_text(
            "columns: {id: id, name: name, owner: owner, stage: lifecycle_stage, "
            "size: custom.size, tags: tags}\n"
        )
        ran = crm("import", "customers", shop / "in.csv", "--map", shop / "map.yaml", "--yes")
    assert ran.code == 0, ran
    ran = crm("rules", "run")
    assert ran.code == 0 and bool(ran.out) is bool(count), (ran, git("show"))
    assert crm("rules", "run").out == ""
