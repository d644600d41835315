"""The user's own configuration: aliases, businesses by name, the default directory."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.cli.complete import candidates
from crm_cli.cli.streams import Streams
from crm_cli.render.screen import screen_of
from tests.conftest import Crm

Configure = Callable[[str], None]


@pytest.fixture
def configure(shop: Path) -> Configure:
    """Writes the user's configuration."""
    path = shop.parent / "home/.config/crm/config.yaml"
    path.parent.mkdir(parents=True)

    def write(text: str) -> None:
        path.write_text(text, encoding="utf-8")

    return write


@pytest.fixture
def two(shop: Path, configure: Configure, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A second business beside the shop; both have names, and neither is in CRM_DIR."""
    kava = shop.parent / "kava"
    (kava / "customers").mkdir(parents=True)
    (kava / "crm.yaml").write_text("business: {name: Kava}\ntime_zone: Europe/Ljubljana\n")
    (kava / "customers/bor.yaml").write_text(
        "name: Bor\ntasks: [{id: t-aaaaaaa, title: Ring, due: 2026-11-18}]\n"
    )
    monkeypatch.delenv("CRM_DIR")
    monkeypatch.chdir(shop.parent)
    configure(f"businesses: {{shop: {shop}, kava: {kava}}}\ndefault: kava\n")
    return kava


@pytest.mark.parametrize(
    ("value", "typed", "same"),
    [
        ("list +vip", ["vips", "--json"], ["list", "+vip", "--json"]),
        ("crm list +vip", ["vips"], ["list", "+vip"]),
        ("[list, 'name:\"Maja K\"']", ["vips", "--json"], ["list", 'name:"Maja K"', "--json"]),
        ("--today 2026-11-01 due", ["vips"], ["due", "--today", "2026-11-01"]),
        ("due --today 2026-11-01", ["vips", "--today", "2026-11-20"], ["due"]),
        ("others", ["vips"], ["due", "--owner", "petra"]),
    ],
)  # fmt: skip
def test_an_alias_stands_for_a_command(
    crm: Crm, configure: Configure, value: str, typed: list[str], same: list[str]
) -> None:
    configure(f"alias:\n  vips: {value}\n  others: due --owner petra\n")
    assert crm(*typed) == crm(*same)
    assert crm(*same).code == 0


def test_an_alias_hides_no_command(crm: Crm, configure: Configure) -> None:
    configure("alias: {list: due, task: due}\n")
    assert crm("list").out != crm("due").out
    assert crm("task").out != crm("due").out


@pytest.mark.parametrize(
    ("alias", "said"),
    [
        ("{pay: '!rm x'}", "aliases run no shell"),
        ("{pay: pay}", "leads back to itself"),
        ("{pay: money, money: pay}", "leads back to itself"),
        ("{pay: 'list \"x'}", "a quote that is not closed"),
        ("{pay: }", "stands for nothing"),
        ("pay", "must give each name a command"),
    ],
)
def test_an_alias_that_is_none(crm: Crm, configure: Configure, alias: str, said: str) -> None:
    configure(f"alias: {alias}\n")
    done = crm("pay")
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_aliases_are_suggested_and_explained(crm: Crm, configure: Configure) -> None:
    configure("alias: {lapsed: 'list last-contact.before:-60d'}\n")
    assert "did you mean lapsed?" in crm("lapsde").err
    assert crm("help", "lapsed").out == "lapsed is an alias of: crm list last-contact.before:-60d\n"


def test_aliases_are_completed_as_what_they_stand_for(shop: Path, configure: Configure) -> None:
    configure("alias: {vips: list +vip, pay: payment add}\n")
    assert candidates([], "vi") == ["vips\tlist +vip"]
    assert candidates(["pay", "maja-kos"], "--refu") == candidates(
        ["payment", "add", "maja-kos"], "--refu"
    )
    assert candidates(["pay", "maja-kos"], "--refu") != []


def test_a_business_is_named(crm: Crm, two: Path) -> None:
    assert crm("-C", "kava", "list", "-o", "ids").out == "bor\n"
    assert "maja-kos" in crm("-C", "shop", "list", "-o", "ids").out


def test_due_in_all_businesses(crm: Crm, two: Path) -> None:
    done = crm("due", "--all", "--json")
    assert (done.code, done.err) == (0, "")
    rows = json.loads(done.out)
    assert [(row["business"], row["id"]) for row in rows] == [
        ("shop", "t-3qqqqq1"),
        ("kava", "t-aaaaaaa"),
        ("shop", "t-9f3kx7d"),
    ]
    assert crm("due", "--all", "-n", "1", "-o", "paths").lines == [
        str(two.parent / "shop/customers/hotel-breg.yaml")
    ]
    assert crm("due", "--all", "--kind", "call", "--cols", "business").lines[1:] == ["shop"]
    assert crm("due", "--all", "--exit-code", "--today", "2026-11-01") == (0, "", "")


def test_one_business_that_is_not_there_leaves_the_others(
    crm: Crm, two: Path, configure: Configure
) -> None:
    configure(f"businesses: {{gone: {two.parent}/gone, kava: {two}}}\n")
    done = crm("due", "--all", "-o", "ids")
    assert (done.code, done.out) == (4, "t-aaaaaaa\n")
    assert "gone is no crm directory" in done.err


def test_all_without_businesses(crm: Crm, configure: Configure) -> None:
    done = crm("due", "--all")
    assert done.code == 2
    assert "config.yaml names no businesses" in done.err


def test_the_default_directory_is_named_on_a_terminal(
    crm: Crm, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = f"crm: answered from {two}, the default directory\n"
    assert crm("list", "-o", "ids") == (0, "bor\n", "")
    on_a_terminal(monkeypatch)
    for words, out in ((("list",), "bor\n"), (("due",), "t-aaaaaaa\n")):
        done = crm(*words, "-o", "ids")
        assert (done.code, done.out, done.err.split()) == (0, out, said.split())
    assert crm("due", "--today", "2026-11-01") == (0, "", "")
    assert crm("-C", "kava", "list", "-o", "ids").err == ""
    monkeypatch.chdir(two)
    assert crm("list", "-o", "ids").err == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["list", "owner:bbo"], "no customer has owner:bbo"),
        (["list", "tag:vup"], "no customer has tag:vup; did you mean vip?"),
        (["list", "+vip", "not:+vup"], "no customer has tag:vup; did you mean vip?"),
        (["list", "city:Kopr"], "no customer has city:Kopr; did you mean Koper?"),
        (["task", "list", "assignee:petar"], "no task has assignee:petar; did you mean petra?"),
        (["list", "task/assignee:petar"], "no task has assignee:petar; did you mean petra?"),
        (["list", "--where", "tag = vup"], "no customer has tag:vup; did you mean vip?"),
        (["list", "city:Koper", "name:Nobody"], ""),
        (["timeline", "tag:vup"], "no customer has tag:vup; did you mean vip?"),
        (["task", "list", "city:Kopr"], "no customer has city:Kopr; did you mean Koper?"),
        (["agenda", "+vup"], "no customer has tag:vup; did you mean vip?"),
        (["timeline", "owner:bbo"], "nothing has owner:bbo"),
        (["timeline", "--owner", "bbo"], "nothing has owner:bbo"),
        (["timeline", "owner:petra"], ""),
        (["timeline", "maja-kos"], ""),
        (["interaction", "list", "participants:maja-kos"], ""),
        (["interaction", "list", "participants:maj"], "no interaction has participants:maj"),
        (["agenda", "owner:bbo"], "nothing has owner:bbo"),
        (["list", "owner:bbo", "city:bbo"], "no customer has owner:bbo no customer has city:bbo"),
        (["list", "custom.nowhere:5"], "nothing has custom.nowhere"),
        (["due", "tag:vup"], ""),
        (["notify", "tag:vup", "--dry-run"], ""),
    ],
)
def test_a_value_that_nothing_has_is_noted_on_a_terminal(
    crm: Crm, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = crm(*words)
    assert (quiet.code, quiet.err) == (0, "")
    on_a_terminal(monkeypatch)
    done = crm(*words)
    assert (done.code, done.out) == (0, quiet.out)
    notes = [line for line in done.err.splitlines() if line.startswith("crm: ")]
    assert " ".join(note.removeprefix("crm: ") for note in notes) == said


@pytest.mark.parametrize(
    "words",
    [
        ["list", "customer:nobody-here"],
        ["list", "--where", "customer = nobody-here"],
        ["balance", "customer:nobody-here"],
        ["export", "customers", "customer:nobody-here"],
        ["report", "profile", "customer:nobody-here"],
        ["set", "customer:nobody-here", "city=Koper"],
        ["task", "list", "customer:nobody-here"],
        ["task", "list", "--where", "customer = nobody-here"],
        ["timeline", "customer:nobody-here"],
        ["payment", "list", "customer:nobody-here"],
        ["export", "tasks", "customer:nobody-here"],
        ["due", "customer:nobody-here"],
        ["agenda", "customer:nobody-here"],
        ["notify", "customer:nobody-here", "--dry-run"],
        ["report", "sales", "customer:nobody-here"],
    ],
)
def test_a_customer_who_is_not_there_is_not_found(crm: Crm, words: list[str]) -> None:
    done = crm(*words)
    assert (done.code, done.out) == (3, "")
    assert "there is no customer 'nobody-here'" in done.err


def test_customers_are_asked_for_as_their_items_are(crm: Crm) -> None:
    assert crm("list", "customer:maja", "-o", "ids").out == "maja-kos\n"
    assert crm("list", "--where", "customer = maja", "-o", "ids").out == "maja-kos\n"
    others = crm("list", "customer.not:maja", "-o", "ids").out.split()
    assert sorted([*others, "maja-kos"]) == sorted(crm("list", "-o", "ids").out.split())


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make stderr a terminal, as far as what is said there goes."""
    screen = screen_of(sys.stderr, color="never", environ={})._replace(width=80)
    monkeypatch.setattr(Streams, "margin", screen)


def test_a_setting_of_a_group_is_suggested_by_its_last_word(crm: Crm, shop: Path) -> None:
    done = crm("config", "set", "tax_id=SI1")
    assert done.code == 2 and "did you mean business.tax_id?" in done.err
    done = crm("config", "set", "quite_another=1")
    assert done.code == 2 and "crm config list shows all" in done.err and len(done.err) < 200


def test_a_word_of_ones_own_is_added_where_it_is_refused(crm: Crm, shop: Path) -> None:
    refused = crm("task", "add", "maja-kos", "Put it up", "--kind", "fitting")
    assert refused.code == 2
    assert "crm config set vocabulary.task_kind+=fitting adds it" in refused.err
    logged = crm("log", "maja-kos", "x", "--kind", "fax")
    assert "vocabulary.interaction_kind+=fax adds it" in logged.err and "^" not in logged.err
    assert "+=" not in crm("log", "maja-kos", "x", "--kind", "viist").err, "a slip has its word"
    words = ["vocabulary.task_kind+=fitting", "vocabulary.task_kind+=survey"]
    assert crm("config", "set", *words).code == 0
    assert crm("config", "set", words[0]).code == 0
    assert (shop / "crm.yaml").read_text().count("fitting") == 1
    for kind in ("fitting", "survey"):
        assert crm("task", "add", "maja-kos", "Put it up", "--kind", kind).code == 0
    assert crm("config", "set", "business.name+=x").code == 2


@pytest.mark.parametrize("value", ["service=[{priority: urgnt, respond: 2h}]",
                                   "service=[{respond: 2x}]", "dunning=[{after: zz}]"])  # fmt: skip
def test_a_wrong_word_within_a_setting_is_refused(crm: Crm, shop: Path, value: str) -> None:
    before = (shop / "crm.yaml").read_bytes()
    run = crm("config", "set", value)
    assert run.code == 2 and "internal" not in run.err, run.err
    assert value.partition("=")[0] in run.err and (shop / "crm.yaml").read_bytes() == before
