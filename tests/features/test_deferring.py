"""Lines of what is due that are put off or dismissed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crm_cli.store.merge import merge_file
from tests.conftest import Crm, Git

ANA = """\
name: Ana Novak
birth_date: 1984-11-20
contact_every: 30 days
created: 2026-10-01
purchases:
  - {id: p-1111111, date: 2026-09-20, amount: 100, kind: sale}
  - {id: p-2222222, date: 2026-10-05, amount: 100, kind: sale}
  - {id: p-3333333, date: 2026-10-20, amount: 100, kind: sale}
  - {id: p-4444444, date: 2026-11-04, amount: 100, kind: sale}
  - {id: p-5555555, date: 2026-10-01, kind: invoice, number: "2026-0035", amount: 50}
interactions:
  - {id: i-1111111, at: "2026-11-20T10:00+01:00", kind: call, status: planned, summary: Prices}
tasks:
  - {id: t-1111111, title: Send it, due: 2026-11-19}
"""


@pytest.fixture
def ana(shop: Path) -> Path:
    for path in (shop / "customers").glob("*.yaml"):
        path.unlink()
    path = shop / "customers/ana-novak.yaml"
    path.write_text(ANA)
    return path


def kinds(crm: Crm, day: str = "2026-11-20", *more: str) -> dict[str, str]:
    """The day of each line, by its kind."""
    rows = json.loads(crm("--today", day, "due", *more, "--json").out)
    return {row["kind"]: row["when"][:10] for row in rows}


def test_the_lines_there_are(crm: Crm, ana: Path) -> None:
    lines = {"birthday", "keep_in_touch", "reorder", "invoice", "planned", "todo"}
    assert set(kinds(crm)) == lines


@pytest.mark.parametrize("kind", ["birthday", "keep_in_touch", "reorder"])
def test_a_line_without_an_id_is_put_off_and_told_that_day(crm: Crm, ana: Path, kind: str) -> None:
    before = ana.read_bytes()
    done = crm("due", "snooze", "ana-novak", kind.replace("_", "-"), "+6w")
    assert done.code == 0, done.err
    assert "2027-01-01" in done.out
    assert kind not in kinds(crm)
    assert kind not in kinds(crm, "2026-12-31")
    assert kinds(crm, "2027-01-01")[kind] == "2027-01-01"
    assert kinds(crm, "2026-11-20", "--within", "60d")[kind] == "2027-01-01"
    assert crm("check").code == 0
    assert kind.replace("_", " ") in crm("show", "ana-novak").out.partition("Due")[2]
    assert crm("undo").code == 0
    assert ana.read_bytes() == before


@pytest.mark.parametrize("kind", ["birthday", "keep_in_touch", "reorder"])
def test_a_dismissed_line_is_told_no_more(crm: Crm, ana: Path, kind: str) -> None:
    assert crm("due", "dismiss", "ana-novak", kind).code == 0
    for day in ("2026-11-20", "2026-12-20"):
        assert kind not in kinds(crm, day)


def test_what_is_due_another_time_is_due_as_ever(crm: Crm, ana: Path) -> None:
    for kind in ("birthday", "keep_in_touch", "reorder"):
        assert crm("due", "dismiss", "ana-novak", kind).code == 0
    crm("log", "ana-novak", "Talked", "--kind", "call", "--outcome", "reached")
    done = crm("purchase", "add", "ana-novak", "--amount", "100", "--date", "2026-11-20")
    assert done.code == 0, done.err
    assert kinds(crm, "2026-12-20")["keep_in_touch"] == "2026-12-20"
    assert "reorder" in kinds(crm, "2026-12-06")
    assert kinds(crm, "2027-11-20")["birthday"] == "2027-11-20"


def test_who_was_never_reached_nor_made_on_a_day_stays_put_off(crm: Crm, shop: Path) -> None:
    (shop / "customers/jan-vidmar.yaml").write_text("name: Jan\ncontact_every: 30 days\n")
    assert crm("due", "dismiss", "jan-vidmar", "keep_in_touch").code == 0
    for day in ("2026-11-20", "2026-11-25"):
        assert "never reached" not in crm("--today", day, "due").out
    crm("--today", "2026-11-25", "log", "jan-vidmar", "Talked", "--kind", "call")
    assert "last reached" in crm("--today", "2026-12-30", "due").out


def test_the_only_line_needs_no_kind(crm: Crm, ana: Path) -> None:
    ana.write_text("name: Ana Novak\nbirth_date: 1984-11-20\n")
    assert crm("due", "snooze", "ana-novak", "mon").code == 0
    assert kinds(crm) == {}
    assert kinds(crm, "2026-11-23") == {"birthday": "2026-11-23"}
    assert kinds(crm, "2026-11-24") == {}


def test_an_invoice_is_put_off_by_its_number_and_keeps_its_due_date(crm: Crm, ana: Path) -> None:
    done = crm("due", "snooze", "2026-0035", "+2w")
    assert done.code == 0, done.err
    assert "invoice" not in kinds(crm)
    assert kinds(crm, "2026-12-04")["invoice"] == "2026-12-04"
    assert "2026-10-31" in crm("purchase", "list", "is:owing", "--cols", "due").out
    assert crm("due", "dismiss", "p-5555555").code == 0
    assert "invoice" not in kinds(crm, "2026-12-04")
    assert ana.read_text().count("item: p-5555555") == 1


def test_a_task_and_a_planned_call_move_themselves(crm: Crm, ana: Path) -> None:
    assert crm("due", "snooze", "t-1111111", "mon").code == 0
    assert crm("due", "snooze", "ana-novak", "planned", "mon").code == 0
    assert "2026-11-23T10:00+01:00" in ana.read_text()
    assert "deferrals" not in ana.read_text()
    told = kinds(crm, "2026-11-23")
    assert (told["todo"], told["planned"]) == ("2026-11-23", "2026-11-23")


def test_what_has_a_state_of_its_own_is_not_dismissed_but_told_how_to_end(
    crm: Crm, ana: Path
) -> None:
    done = crm("due", "dismiss", "t-1111111")
    assert done.code == 6 and "crm task cancel t-1111111" in done.err
    assert "crm interaction held i-1111111" in crm("due", "dismiss", "i-1111111").err


def test_one_that_is_over_goes_with_the_next(crm: Crm, ana: Path) -> None:
    crm("due", "snooze", "ana-novak", "birthday", "mon")
    crm("due", "snooze", "ana-novak", "birthday", "tue")
    assert ana.read_text().count("kind: birthday") == 1
    assert crm("--today", "2027-01-05", "due", "dismiss", "ana-novak", "reorder").code in (0, 3)
    crm("--today", "2027-01-05", "due", "dismiss", "ana-novak", "keep_in_touch")
    assert "kind: birthday" not in ana.read_text()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("snooze", "ana-novak", "birthdy", "mon"), 3, "birthday"),
        (("snooze", "ana-novak", "birthday", "yesterday"), 2, "later"),
        (("snooze", "ana-novak", "birthday", "today"), 2, "later"),
        (("snooze", "ana-novak"), 2, "a day"),
        (("snooze", "ana-novak", "mon"), 3, "reorder"),
        (("dismiss", "nobody", "birthday"), 3, "nobody"),
        (("dismiss", "ana-novak", "anniversary"), 3, "anniversary"),
    ],
)
def test_words_that_mean_no_line(
    crm: Crm, ana: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    done = crm("due", *words)
    assert (done.code, said in done.err) == (code, True), done.err
    assert ana.read_text() == ANA


def test_due_still_takes_words_and_options_first(crm: Crm, ana: Path) -> None:
    assert "birthday" in crm("due", "novak").out
    assert crm("due", "--kind", "birthday", "novak").lines == crm(
        "due", "novak", "--kind", "birthday"
    ).lines
    assert "--within" in crm("due", "--help").out


def test_two_put_off_different_lines_and_both_stay() -> None:
    one = "\ndeferrals:\n  - kind: birthday\n    day: 2026-11-20\n"
    other = "\ndeferrals:\n  - kind: reorder\n    day: 2026-11-20\n    until: 2026-12-04\n"
    base = b"name: Ana\n"
    merged = merge_file(base, base + one.encode(), base + other.encode(), "customers/ana.yaml")
    text = merged.data.decode()
    assert "birthday" in text and "reorder" in text


def test_check_tells_of_one_that_puts_nothing_off(crm: Crm, ana: Path) -> None:
    ana.write_text("name: Ana\ndeferrals:\n  - {kind: reorder}\n  - {kind: birthday, "
                   "day: 2026-11-20, until: 2026-11-19}\n")  # fmt: skip
    assert crm("check").out.count("puts nothing off") == 2


def test_it_is_committed_under_its_own_words(crm: Crm, ana: Path, git: Git) -> None:
    crm("due", "snooze", "ana-novak", "reorder", "mon")
    assert "snooze reorder of ana-novak" in git("log", "-1", "--format=%B")
