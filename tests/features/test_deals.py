"""Deals: their way through the stages, who moved them when, and what follows from it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_cli.model.item import Item
from crm_cli.workspace import Workspace
from tests.conftest import Crm
from tests.rights import held_up_by_modes

Opened = Callable[..., Workspace]

STAGES = """\
stages:
  - {id: lead, probability: 10}
  - {id: offer, label: Offer made, probability: 40, rot_after: 2 weeks, requires: [amount, close]}
  - {id: contract, probability: 80, forecast_category: commit}
  - {id: waiting, type: on_hold}
  - won
  - lost
"""
ANA = """\
name: Ana Novak
owner: marko
deals:
  - id: d-0000001
    name: Sheets
    stage: lead
    amount: 1000.00
    expected_close: 2026-12-15
    created: 2026-11-02
    stage_history:
      - {stage: lead, at: 2026-11-02, by: marko}
  - id: d-0000002
    name: Towels
    stage: offer
    amount: 100.00 USD
    probability: 55
    expected_close: 2026-11-10
    created: 2026-09-01
  - id: d-0000003
    name: Old
    stage: lost
    closed_at: 2026-03-01
    lost_reason: price
tasks:
  - {id: t-0000001, title: Call, deal: d-0000001}
  - {id: t-0000002, title: Called, deal: d-0000002, status: completed}
"""
PATH = "customers/ana-novak.yaml"


@pytest.fixture
def deals(shop: Path) -> Path:
    """The shop with stages of its own, and a customer with three deals."""
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text() + STAGES)
    (shop / "rates.yaml").write_text("2026-01-01: {USD: 1.25}\n")
    (shop / PATH).write_text(ANA)
    return shop


def deal(workspace: Workspace, id: str = "d-0000001") -> Item:
    """A deal as its file has it."""
    return workspace.document("ana-novak").find(id)


def rows(crm: Crm, *words: str) -> Any:
    run = crm(*words, "--json")
    assert run.code == 0, run.err
    return json.loads(run.out)


def test_what_is_derived_of_deals(deals: Path, workspace: Opened) -> None:
    """Today is 20 November: Sheets are 18 days old; Towels rot since 16 September."""
    cols = (
        "id", "status", "value", "weighted", "chance", "age", "days_in_stage", "rotting",
        "slipped", "has_next_step", "won", "lost",
    )  # fmt: skip
    found = workspace().select(_kind("deal"), ["not:lost:yes"], cols=cols, sort="id")
    money = (Decimal("1000.00"), Decimal("100.00"))
    assert found.rows == [
        ("d-0000001", "open", money[0], Decimal("100.00"), Decimal(10), 18, 18, False, False,
         True, False, False),
        ("d-0000002", "open", money[1], Decimal("55.00"), Decimal(55), 80, 80, True, True,
         False, False, False),
    ]  # fmt: skip


def test_open_deals_are_worth_what_the_rate_of_the_day_says(deals: Path, crm: Crm) -> None:
    """A rate dated ahead counts from its day on, whichever day was asked for before."""
    (deals / "rates.yaml").write_text("2026-01-01: {USD: 1.25}\n2026-12-01: {USD: 2.00}\n")
    sql = "SELECT value_base FROM deals WHERE value < 101"
    for today, towels in (("2026-11-20", 80), ("2026-12-01", 50), ("2026-11-30", 80)):
        day = ("--today", today)
        (row,) = rows(crm, *day, "list", "ana-novak", "--cols", "sum(deals.value)")
        assert row["sum(deals.value)"] == f"{1000 + towels}.00"
        (row,) = rows(crm, *day, "list", "ana-novak", "--cols", "pipeline")
        assert Decimal(row["pipeline"]) == 100 + Decimal(towels * 55) / 100
        (row,) = rows(crm, *day, "sql", sql)
        assert row["value_base"] == towels


def test_where_all_rates_are_dated_ahead_the_first_one_counts(deals: Path, crm: Crm) -> None:
    """As for who looks at a day before the records begin."""
    (deals / "rates.yaml").write_text("2026-12-01: {USD: 2.00}\n2027-01-01: {USD: 4.00}\n")
    for today in ("2026-11-20", "2026-12-01"):
        assert "no rate for USD" not in crm("--today", today, "check").out
        (row,) = rows(crm, "list", "ana-novak", "--cols", "pipeline", "--today", today)
        assert row == {"pipeline": "127.50"}, today


def _kind(name: str) -> Any:
    from crm_cli.model.kinds import BY_NAME

    return BY_NAME[name]


def test_the_customer_says_what_is_in_play(deals: Path, crm: Crm) -> None:
    """100.00 and 55.00 USD, which is 44.00 EUR."""
    (row,) = rows(crm, "list", "ana-novak", "--cols", "open_deals,pipeline")
    assert row == {"open_deals": 2, "pipeline": "144.00"}
    assert [one["id"] for one in rows(crm, "list", "is:in_play")] == ["ana-novak"]


def test_a_deal_without_a_next_step_is_due(deals: Path, crm: Crm) -> None:
    """Towels rot before they are expected to close; Sheets have a task."""
    due = [(one["when"], one["id"], one["what"]) for one in rows(crm, "due", "--kind", "deal")]
    assert due == [
        ("2026-09-16", "d-0000002",
         "Towels, 100.00 USD: in offer since 2026-09-01, no next step"),
    ]  # fmt: skip
    assert crm("task", "cancel", "t-0000001").code == 0
    later = rows(crm, "due", "--kind", "deal", "--within", "30d")
    assert later[1]["what"] == "Sheets, 1,000.00 EUR: expected to close, no next step"
    assert later[1]["when"] == "2026-12-15"


@pytest.mark.parametrize(
    ("verb", "more", "stage", "entry"),
    [
        ("move", ("next",), "offer", "offer"),
        ("move", ("Offer made",), "offer", "offer"),
        ("move", ("CONTRACT",), "contract", "contract"),
        ("win", (), "won", "won"),
        ("lose", ("--reason", "price"), "lost", "lost"),
        ("hold", (), "waiting", "waiting"),
    ],
)
def test_each_move_is_dated_with_who(
    deals: Path, crm: Crm, workspace: Opened, verb: str, more: tuple[str, ...], stage: str,
    entry: str,
) -> None:  # fmt: skip
    run = crm("--as", "petra", "deal", verb, "d-0000001", *more)
    assert run.code == 0, run.err
    found = deal(workspace())
    last = found.items("stage_history")[-1]
    assert (found.values["stage"], last.values["stage"]) == (stage, entry)
    assert (last.values["at"].isoformat(), last.values["by"]) == (
        "2026-11-20T12:00:00+01:00",
        "petra",
    )
    assert len(found.items("stage_history")) == 2
    assert ("closed_at" in found.values) == (stage in ("won", "lost"))
    assert crm("undo").code == 0
    assert (deals / PATH).read_text() == ANA


def test_a_stage_that_is_set_is_dated_as_well(deals: Path, crm: Crm, workspace: Opened) -> None:
    """Of a deal without a history, the stage before is noted with the day it was created."""
    assert crm("--as", "petra", "set", "d-0000002", "stage=won").code == 0
    found = deal(workspace(), "d-0000002")
    noted = [(one.values["stage"], one.get("by")) for one in found.items("stage_history")]
    assert noted == [("offer", None), ("won", "petra")]
    assert found.values["closed_at"].isoformat() == "2026-11-20T12:00:00+01:00"
    assert (found.derived["status"], found.derived["left"]) == ("won", "offer")


def test_a_lost_deal_is_opened_again_where_it_was(
    deals: Path, crm: Crm, workspace: Opened
) -> None:
    lose = ("deal", "lose", "d-0000001", "--reason", "competitor", "--competitor", "Plahta",
            "--price", "900", "--date", "2026-11-18")  # fmt: skip
    assert crm("deal", "move", "d-0000001", "next").code == 0
    assert crm(*lose).code == 0
    lost = deal(workspace())
    assert str(lost.values["closed_at"]) == "2026-11-18"
    assert (lost.values["lost_reason"], lost.values["competitor_price"]) == (
        "competitor",
        Decimal(900),
    )
    # It was moved after that day: the history stays in its order.
    assert str(lost.items("stage_history")[-1].values["at"])[:10] == "2026-11-20"
    assert crm("deal", "reopen", "d-0000001").code == 0
    found = deal(workspace())
    assert found.values["stage"] == "offer"
    assert not {"closed_at", "lost_reason"} & set(found.values)
    assert found.values["competitor"] == "Plahta"


def test_a_win_dated_before_the_last_move_leaves_the_history_in_order(
    deals: Path, crm: Crm, workspace: Opened
) -> None:
    assert crm("deal", "move", "d-0000001", "next").code == 0
    assert crm("deal", "win", "d-0000001", "--date", "2026-11-19").code == 0
    found = deal(workspace())
    assert str(found.values["closed_at"]) == "2026-11-19"
    assert [one.values["stage"] for one in found.items("stage_history")][-1] == "won"
    assert "stage_history" not in crm("check").out


def test_back_is_one_open_stage_back_and_no_further(deals: Path, crm: Crm) -> None:
    assert crm("deal", "move", "d-0000002", "back").code == 0
    run = crm("deal", "move", "d-0000002", "back")
    assert (run.code, "first open stage" in run.err) == (6, True)
    assert crm("deal", "move", "d-0000002", "contract").code == 0
    run = crm("deal", "move", "d-0000002", "next")
    assert run.code == 6
    assert "crm deal win d-0000002" in run.err


def test_lose_wants_a_reason(deals: Path, crm: Crm) -> None:
    run = crm("deal", "lose", "d-0000001")
    assert run.code == 2
    assert "--reason is missing" in run.err


def test_a_stage_is_entered_only_with_what_it_requires(deals: Path, crm: Crm) -> None:
    assert crm("set", "d-0000001", "amount=", "expected_close=").code == 0
    run = crm("deal", "move", "d-0000001", "next")
    assert run.code == 6
    assert "a deal in offer needs amount, close" in run.err
    more = ("--amount", "500", "--close", "2026-12-20")
    assert crm("deal", "move", "d-0000001", "next", *more).code == 0
    assert crm("set", "d-0000001", "stage=lead", "amount=").code == 0
    assert crm("set", "d-0000001", "stage=offer").code == 6
    assert crm("set", "d-0000001", "stage=offer", "--force").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("deal", "move", "d-0000001", "nosuch"),
        ("set", "d-0000001", "stage=nosuch"),
        ("set", "ana-novak", "deals.d-0000001.stage=nosuch"),
        ("deal", "add", "ana-novak", "More", "--stage", "nosuch"),
    ],
)
def test_a_stage_that_does_not_exist_is_refused(
    deals: Path, crm: Crm, words: tuple[str, ...]
) -> None:
    run = crm(*words)
    assert run.code in (2, 4)
    assert "'nosuch' is no stage of sales" in run.err
    assert "lead, offer, contract" in run.err
    assert (deals / PATH).read_text() == ANA


def test_a_move_by_hand_is_told_and_taken_over(
    deals: Path, crm: Crm, workspace: Opened
) -> None:
    path = deals / PATH
    path.write_text(ANA.replace("stage: lead\n    amount", "stage: contract\n    amount"))
    run = crm("check")
    assert run.code == 0
    assert f"{PATH}:6:12: warning: stage is contract, and stage_history ends in lead" in run.out
    assert crm("--as", "petra", "check", "--fix", "--yes").code == 0
    last = deal(workspace()).items("stage_history")[-1]
    assert (last.values["stage"], last.values["by"]) == ("contract", "petra")
    assert crm("check").out == ""


def test_a_stage_that_crm_yaml_no_longer_has_is_told(deals: Path, crm: Crm) -> None:
    """The deal is still there: open, and without a chance unless it says one."""
    settings = deals / "crm.yaml"
    settings.write_text(settings.read_text().replace("id: offer", "id: quote"))
    run = crm("deal", "list", "stage:offer", "--cols", "id,status,chance", "--json")
    assert run.code == 4
    assert "'offer' is no stage of sales" in run.err
    assert json.loads(run.out) == [{"id": "d-0000002", "status": "open", "chance": "55"}]
    assert crm("check").code == 1
    # Where the id is given back to the deals, all is well again.
    assert crm("deal", "stages", "rename", "offer", "quote").code == 6
    assert crm("deal", "move", "d-0000002", "quote").code == 0
    assert crm("check").code == 0


def test_a_stage_is_renamed_wherever_it_is_named(deals: Path, crm: Crm) -> None:
    assert crm("deal", "win", "d-0000002").code == 0
    assert crm("deal", "move", "d-0000001", "next").code == 0
    assert crm("deal", "stages", "rename", "offer", "quote", "--yes").code == 0
    assert "{id: quote, label: Offer made" in (deals / "crm.yaml").read_text()
    text = (deals / PATH).read_text()
    assert ("offer" in text, text.count("stage: quote")) == (False, 3)
    assert crm("check").code == 0
    found = {one["stage"]: one["deals"] for one in rows(crm, "deal", "stages")}
    assert found == {"lead": 0, "quote": 1, "contract": 0, "waiting": 0, "won": 1, "lost": 1}


def test_a_stage_is_not_renamed_while_a_deal_in_it_may_be_unread(deals: Path, crm: Crm) -> None:
    """What could not be read would go on in a stage that is no more."""
    settings = (deals / "crm.yaml").read_bytes()
    words = ("deal", "stages", "rename", "offer", "quote", "--yes")
    broken = deals / "customers/eva-hren.yaml"
    broken.write_text("name: Eva Hren\ndeals:\n  - {name: Cups, stage: offer\n", encoding="utf-8")
    run = crm(*words)
    assert run.code == 4
    assert run.err.startswith(
        "crm: customers/eva-hren.yaml has errors and may refer to the stage offer;"
        " nothing was changed\n  correct it first"
    )
    assert (deals / "crm.yaml").read_bytes() == settings
    broken.unlink()
    hidden = deals / "customers/north"
    hidden.mkdir()
    (hidden / "eva-hren.yaml").write_text("name: Eva\n", encoding="utf-8")
    hidden.chmod(0)
    try:
        with held_up_by_modes():
            run = crm(*words)
            other = crm("rename", "ana-novak", "ana")
    finally:
        hidden.chmod(0o700)
    assert (run.code, other.code) == (4, 4)
    assert "customers/north has errors and may refer to the stage offer" in run.err
    assert "customers/north has errors and may refer to ana-novak" in other.err
    assert (deals / "crm.yaml").read_bytes() == settings
    (hidden / "eva-hren.yaml").write_text("name: Eva\nphone: [x\n", encoding="utf-8")
    (deals / "segments.yaml").write_text("late:\n  query: [stage:offer\n", encoding="utf-8")
    assert crm(*words).code == 0, "neither has deals in that stage"
    assert "stage: quote" in (deals / PATH).read_text()


def test_a_deal_begins_in_the_first_open_stage(deals: Path, crm: Crm, workspace: Opened) -> None:
    words = ("deal", "add", "ana-novak", "Curtains", "--line", "linen-sheet:3",
             "--line", "linen-sheet:1:70", "--close", "2027-01-15")  # fmt: skip
    assert crm("--as", "petra", *words).code == 0
    found = workspace().document("ana-novak").record.items("deals")[-1]
    assert (found.values["stage"], found.derived["value"]) == ("lead", Decimal("310.00"))
    (entry,) = found.items("stage_history")
    assert entry.values["at"] == found.values["created"]
    assert entry.values["by"] == "petra"
    assert "lines" in found.values
    assert "currency" not in found.values


def test_a_deal_is_found_by_its_customer_while_one_is_open(deals: Path, crm: Crm) -> None:
    run = crm("deal", "move", "ana-novak", "next")
    assert run.code == 3
    assert "2 open deals" in run.err
    assert crm("deal", "lose", "d-0000002", "--reason", "timing").code == 0
    assert crm("deal", "move", "ana-novak", "next").code == 0
    assert crm("deal", "show", "ana-novak").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("task", "add", "ana-novak", "Call", "deal=d-nosuch"),
        ("log", "ana-novak", "Called", "--deal", "d-nosuch"),
        ("log", "maja-kos", "Called", "--deal", "d-0000001"),
        ("purchase", "add", "ana-novak", "--amount", "5", "--text", "x", "deal=d-nosuch"),
        ("set", "t-0000001", "deal=d-nosuch"),
    ],
)
def test_a_reference_to_no_deal_is_refused(deals: Path, crm: Crm, words: tuple[str, ...]) -> None:
    run = crm(*words)
    assert run.code == 3
    assert "no deal" in run.err
    text = ANA.replace("deal: d-0000001", "deal: d-nosuch")
    (deals / PATH).write_text(text)
    assert "deal: there is no deal d-nosuch" in crm("check").out


def test_a_deal_moves_to_another_customer_with_its_history(
    deals: Path, crm: Crm, workspace: Opened
) -> None:
    assert crm("set", "t-0000001", "deal=").code == 0
    assert crm("move", "d-0000001", "maja-kos").code == 0
    found = workspace().document("maja-kos").find("d-0000001")
    assert len(found.items("stage_history")) == 1


def test_several_pipelines_have_their_own_stages(deals: Path, crm: Crm, workspace: Opened) -> None:
    settings = deals / "crm.yaml"
    more = "pipelines:\n  rent:\n    label: Rentals\n    stages: [visit, {id: signed, type: won}]\n"
    settings.write_text(settings.read_text() + more + "  repair: [seen, won, lost]\n")
    run = crm("check", "--json")
    told = [one["message"] for one in json.loads(run.out)]
    assert told == ["the pipeline rent has no stage of type lost"]
    assert crm("deal", "add", "ana-novak", "Loft", "--pipeline", "Rentals").code == 0
    loft = workspace().document("ana-novak").record.items("deals")[-1]
    assert (loft.values["pipeline"], loft.values["stage"]) == ("rent", "visit")
    assert crm("deal", "win", loft.id).code == 0
    assert deal(workspace(), loft.id).values["stage"] == "signed"
    run = crm("deal", "move", loft.id, "lead")
    assert (run.code, "'lead' is no stage of rent" in run.err) == (2, True)
    # A deal that names no pipeline is in the first that has its stage.
    assert crm("deal", "add", "ana-novak", "Pump", "pipeline=repair").code == 0
    cols = ("in_pipeline", "stage")
    pump = workspace().select(_kind("deal"), ["name:Pump"], cols=cols).rows
    assert pump == [("repair", "seen")]


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ("[{label: Offer}, won, lost]", "this stage has no id"),
        ("[offer, offer, won, lost]", "two stages of a pipeline are called offer"),
        ("[won, lost]", "the pipeline sales has no stage of type open"),
        ("[{id: a, requires: [amuont]}, won, lost]", "deals have no 'amuont'"),
        ("[{id: a, rot_after: soon}, won, lost]", "rot_after: 'soon' is not an interval"),
        ("[{id: a, type: closed}, won, lost]", "'closed' is not one of the known values"),
    ],
)
def test_pipelines_in_crm_yaml_are_checked(
    shop: Path, crm: Crm, stages: str, message: str
) -> None:
    settings = shop / "crm.yaml"
    settings.write_text(f"{settings.read_text()}stages: {stages}\n")
    assert message in crm("check").out


@pytest.mark.parametrize(
    "text",
    ["- name: Bare", "- {name: B, amount: 5}", "- {name: B, stage: won}", "- {stage: lead}", "[]"],
)
def test_a_deal_may_say_little(deals: Path, crm: Crm, text: str) -> None:
    (deals / PATH).write_text(f"name: Ana\ndeals:\n  {text}\n" if text != "[]" else "name: Ana\n")
    assert crm("check").code == 0
    for words in (("deal", "list"), ("due", "--within", "1y"), ("show", "ana-novak"),
                  ("timeline", "ana-novak")):  # fmt: skip
        run = crm(*words)
        assert (run.code, "Traceback" in run.err) == (0, False), run.err


def test_deals_of_an_empty_directory(shop: Path, crm: Crm) -> None:
    shutil.rmtree(shop / "customers")
    (shop / "customers").mkdir()
    assert rows(crm, "deal", "list") == []
    assert [one["deals"] for one in rows(crm, "deal", "stages")] == [0] * 6


def test_at_a_terminal_what_a_stage_requires_is_asked_for(
    shop: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (shop / "crm.yaml").open("a", encoding="utf-8") as file:
        file.write("stages: [lead, {id: offer, requires: [amount, close]}, won, lost]\n")
    assert crm("deal", "add", "maja-kos", "Curtains").code == 0
    refused = crm("deal", "move", "maja-kos", "next")
    assert (refused.code, "a deal in offer needs amount, close" in refused.err) == (6, True)
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return "1200" if "amount" in prompt else "2026-12-15"

    monkeypatch.setattr("crm_cli.cli.session.Session.interactive", True)
    monkeypatch.setattr("crm_cli.cli.terminal.ask_terminal", answer)
    assert crm("deal", "move", "maja-kos", "next").code == 0
    assert [text.split(":")[0] for text in asked] == ["offer needs amount", "offer needs close"]
    (found,) = json.loads(crm("deal", "list", "--json").out)
    assert (found["stage"], found["value"], found["expected_close"]) == (
        "offer", "1200.00", "2026-12-15",
    )  # fmt: skip
    assert crm("deal", "move", "maja-kos", "back").code == 0
    assert len(asked) == 2


def test_a_reopened_deal_keeps_why_it_was_lost(deals: Path, crm: Crm) -> None:
    assert crm("deal", "lose", "d-0000001", "--reason", "budget").code == 0
    assert crm("deal", "reopen", "d-0000001").code == 0
    deal = json.loads(crm("deal", "show", "d-0000001", "--json").out)
    assert deal.get("lost_reason") is None
    reasons = {move["stage"]: move.get("lost_reason") for move in deal["stage_history"]}
    assert reasons == {"lead": None, "lost": "budget"}


def test_fields_may_follow_the_stage_of_a_move(deals: Path, crm: Crm) -> None:
    done = crm("deal", "move", "d-0000001", "offer", "amount=1200", "expected_close=2026-12-20")
    assert done.code == 0, done.err
    deal = json.loads(crm("deal", "show", "d-0000001", "--json").out)
    assert (deal["stage"], deal["amount"]) == ("offer", "1200")
    assert deal["expected_close"] == "2026-12-20"
    refused = crm("deal", "move", "d-0000001", "next", "name=Other")
    assert (refused.code, "crm set d-0000001 name=Other does" in refused.err) == (2, True)
    twice = crm("deal", "move", "d-0000001", "next", "amount=5", "--amount", "6")
    assert (twice.code, "amount is given twice" in twice.err) == (2, True)
    assert "where to?" in crm("deal", "move", "d-0000001", "amount=5").err


def test_lines_of_deals_may_be_words(deals: Path, crm: Crm) -> None:
    (deals / "products.yaml").write_text("beans: {name: Beans, price: 10.00}\n")
    lines = ("--line", "Workshop:2:95", "--line", ":beens:1:5", "--line", "beans:3")
    assert crm("deal", "add", "ana-novak", "Course", *lines).code == 0
    (deal,) = json.loads(crm("deal", "list", "name:Course", "--cols", "id,value", "--json").out)
    assert deal["value"] == "225.00"
    held = json.loads(crm("deal", "show", deal["id"], "--json").out)["lines"]
    assert [line.get("description") for line in held] == ["Workshop", "beens", None]
    misspelled = crm("deal", "add", "ana-novak", "Other", "--line", "beens:1:5")
    assert misspelled.code == 3
    assert "did you mean beans?; ':beens:1:5' is a line of words" in misspelled.err
    bare = crm("deal", "add", "ana-novak", "Other", "--line", "Workshop:2")
    assert (bare.code, "':Workshop:2:PRICE'" in bare.err) == (3, True)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["d-0000001", "next", "notes=a b"], "crm set d-0000001 'notes=a b' does"),
        (["ana-novak", "next", "notes=x"], "crm set ID notes=x does"),
        (["notes=x"], "crm set ID notes=x does"),
        (["d-0000001", "next", "value=3"], "it sets amount, "),
        (["d-0000001", "next", "amuont=3"], "did you mean amount?"),
    ],
)
def test_what_a_move_does_not_set_is_set_by_a_command_that_does(
    crm: Crm, words: list[str], hint: str
) -> None:
    run = crm("deal", "move", *words)
    assert run.code == 2
    assert hint in run.err


def test_a_closed_deal_that_is_open_again_keeps_the_day_it_was_closed(
    crm: Crm, shop: Path
) -> None:
    path = shop / "customers/reopened.yaml"
    path.write_text(
        "name: Bar\ndeals:\n  - id: d-1111111\n    name: D\n    stage: won\n    amount: 100\n"
        "    closed_at: 2026-06-15\n    created: 2026-01-06\n"
    )
    assert crm("set", "d-1111111", "stage=proposal").code == 0
    text = path.read_text()
    assert "- stage: won\n        at: 2026-06-15\n" in text
    assert "closed_at" not in text
