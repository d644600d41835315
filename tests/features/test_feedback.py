"""Feedback, surveys, and customers who are lost and won back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Crm

MAJA, BREG, JAN = "maja-kos", "hotel-breg", "jan-vidmar"
SURVEYS = """\
yearly:
  title: Your year with us
  kind: nps
  every: 60 days
  questions:
    - {id: overall, text: Would you recommend us?, kind: scale, worst: 0, best: 10}
    - {id: again, kind: yes_no}
    - {id: best, kind: choice, choices: [linen, service]}
    - {id: why}
stars:
  kind: csat
  url: https://ask.example/{wave}?who={customer}
  questions: [{id: stars, kind: scale, worst: 1, best: 7}]
"""


@pytest.fixture
def asked(shop: Path) -> Path:
    """The shop with two surveys."""
    (shop / "surveys.yaml").write_text(SURVEYS)
    return shop


def rows(crm: Crm, *words: str) -> Any:
    run = crm(*words, "--json")
    assert run.code == 0, run.err
    return json.loads(run.out)


def ok(crm: Crm, *words: str) -> str:
    run = crm(*words)
    assert run.code == 0, run.err
    return run.out + run.err


def feedback(crm: Crm, *cols: str) -> Any:
    return rows(crm, "feedback", "list", "--cols", ",".join(cols), "--sort", "score")


@pytest.mark.parametrize(
    ("option", "score", "group", "points"),
    [
        ("--nps", "9", "promoter", "9"),
        ("--nps", "8", "passive", "8"),
        ("--nps", "6", "detractor", "6"),
        ("--csat", "4", "satisfied", "4"),
        ("--csat", "3", "unsatisfied", "3"),
        ("--ces", "6", None, "6"),
        ("--review", "4", "satisfied", "4"),
    ],
)
def test_a_score_says_what_it_means(
    asked: Path, crm: Crm, option: str, score: str, group: str | None, points: str
) -> None:
    ok(crm, "feedback", "add", MAJA, option, score, "Fine", "linen")
    (found,) = feedback(crm, "kind", "score", "group", "points", "body")
    assert found == {
        "kind": option[2:], "score": score, "group": group, "points": points,
        "body": "Fine linen",
    }  # fmt: skip


def test_other_scales_are_brought_to_the_usual_one(asked: Path, crm: Crm) -> None:
    """4 of 1–5 is 7.5 of 0–10, rounded 8; where 1 is the best of 5, it is a promoter's."""
    ok(crm, "feedback", "add", MAJA, "--nps", "4", "worst=1", "best=5")
    ok(crm, "feedback", "add", MAJA, "--nps", "1", "worst=5", "best=1")
    assert [one["group"] for one in feedback(crm, "group", "score")] == ["promoter", "passive"]
    run = crm("feedback", "add", MAJA, "--nps", "11")
    assert run.code == 6 or "not between 0 and 10" in run.err
    assert "not between 0 and 10" in run.err


def test_a_review_has_its_place_and_address(asked: Path, crm: Crm) -> None:
    ok(crm, "feedback", "add", MAJA, "--review", "5", "--source", "Google", "--url",
       "https://maps.example/r/1")  # fmt: skip
    assert feedback(crm, "kind", "source", "url") == [
        {"kind": "review", "source": "Google", "url": "https://maps.example/r/1"}
    ]


def test_answers_to_a_survey(asked: Path, crm: Crm) -> None:
    ok(crm, "feedback", "add", MAJA, "--survey", "yearly", "overall=9", "again=y", "best=LINEN")
    shown = rows(crm, "feedback", "show", MAJA)
    assert (shown["kind"], shown["score"], shown["survey"]) == ("nps", "9", "yearly")
    assert shown["answers"] == {"overall": "9", "again": "yes", "best": "linen"}
    for answer, said in (
        ("overal=9", "did you mean overall?"),
        ("overall=11", "overall: 11 is not between 0 and 10"),
        ("overall=often", "overall:"),
        ("again=often", "write yes or no"),
        ("best=price", "'price' is none of linen, service"),
    ):
        run = crm("feedback", "add", BREG, "--survey", "yearly", answer)
        assert (run.code, said in run.err) == (2, True), (answer, run.err)
    assert crm("feedback", "add", BREG, "--survey", "yearli", "overall=9").code == 3
    assert crm("feedback", "add", BREG, "--survey", "yearly").code == 2
    assert crm("feedback", "add", BREG, "--survey", "yearly", "overall=9", "--nps", "9").code == 2
    assert crm("feedback", "add", BREG, "--csat", "4", "--nps", "9").code == 2
    assert crm("feedback", "add", BREG).code == 2


def test_one_answer_for_each_person_and_wave(asked: Path, crm: Crm) -> None:
    said = ("feedback", "add", MAJA, "--survey", "yearly")
    ok(crm, *said, "overall=9", "--wave", "2026-q4")
    run = crm(*said, "overall=3", "--wave", "2026-q4")
    assert (run.code, "answered yearly, 2026-q4 already" in run.err) == (6, True)
    ok(crm, *said, "overall=3", "--wave", "2027-q1")
    assert len(feedback(crm, "id")) == 2


def test_a_low_score_becomes_a_task_by_setting(asked: Path, crm: Crm) -> None:
    ok(crm, "feedback", "add", MAJA, "--nps", "6")
    assert rows(crm, "task", "list", "text.has:why") == []
    settings = asked / "crm.yaml"
    settings.write_text(settings.read_text() + "low_scores: {nps: 6, csat: 2}\n")
    ok(crm, "feedback", "add", MAJA, "--nps", "7")
    ok(crm, "feedback", "add", MAJA, "--csat", "3")
    assert rows(crm, "task", "list", "text.has:why") == []
    before = (asked / f"customers/{MAJA}.yaml").read_bytes()
    ok(crm, "feedback", "add", MAJA, "--nps", "6", "Late again")
    (task,) = rows(crm, "task", "list", "text.has:why", "--cols", "title,due,assignee")
    assert task == {"title": "Ask why: NPS 6: Late again", "due": "2026-11-20",
                    "assignee": "petra"}  # fmt: skip
    ok(crm, "undo")
    assert (asked / f"customers/{MAJA}.yaml").read_bytes() == before
    settings.write_text(settings.read_text().replace("csat: 2", "stars: low"))
    assert "'stars' is no kind of feedback" in crm("check", "--json").out


def test_who_is_asked_and_who_is_not(asked: Path, crm: Crm) -> None:
    """Jan has no e-mail, Hotel Breg is on a list of who is not written to."""
    (asked / "segments.yaml").write_text(
        "quiet: {kind: suppression, members: [hotel-breg]}\n"
    )
    said = ok(crm, "survey", "invite", "yearly", MAJA, BREG, JAN, "--yes")
    assert f"{BREG} is left out: on a suppression list" in said
    assert f"{JAN} is left out: no e-mail address that may be used" in said
    assert f"invited {MAJA} to yearly, wave 2026-11" in said
    shown = rows(crm, "show", MAJA)["survey_invitations"]
    assert shown == [
        {"survey": "yearly", "wave": "2026-11", "at": "2026-11-20T12:00+01:00",
         "channel": "email"}
    ]  # fmt: skip
    for wave, day, reason in (
        ("2026-11", "2026-11-20", "was invited in the wave 2026-11"),
        ("2026-12", "2026-12-20", "was asked on 2026-11-20, and is not again until 2027-01-19"),
    ):
        run = crm("--today", day, "survey", "invite", "yearly", MAJA, "--wave", wave)
        assert reason in run.err
    ok(crm, "--today", "2027-01-19", "survey", "invite", "yearly", MAJA, "--wave", "2027-01")
    path = asked / f"customers/{MAJA}.yaml"
    own = "name: Maja Kos\ndo_not_contact: yes"
    path.write_text(path.read_text().replace("name: Maja Kos", own))
    run = crm("--today", "2027-09-19", "survey", "invite", "yearly", MAJA)
    assert "marked do_not_contact" in run.err
    path.write_text(path.read_text().replace("do_not_contact: yes\n", "").replace(
        "  - maja@kos.example", "  - {value: maja@kos.example, do_not_use: true}"))  # fmt: skip
    assert "no e-mail" in crm("--today", "2027-09-19", "survey", "invite", "yearly", MAJA).err
    ok(crm, "--today", "2027-09-19", "survey", "invite", "yearly", MAJA, "--channel", "letter")
    assert crm("survey", "invite", "yearly", MAJA, "--channel", "pigeon").code == 2
    assert crm("survey", "invite", "year", MAJA).code == 3


def test_where_they_answer(asked: Path, crm: Crm) -> None:
    ok(crm, "survey", "invite", "yearly", MAJA, BREG, "--yes")
    found = rows(crm, "survey", "links", "yearly")
    assert [one["customer"] for one in found] == [BREG, MAJA]
    assert found[1]["link"].startswith("mailto:maja@kos.example?subject=Your%20year%20with%20us")
    assert "%0D%0Aoverall%3A%20" in found[1]["link"]
    ok(crm, "--today", "2027-03-01", "survey", "invite", "stars", MAJA, "--wave", "q1/2027")
    (link,) = rows(crm, "survey", "links", "stars")
    assert link["link"] == "https://ask.example/q1%2F2027?who=maja-kos"
    ok(crm, "feedback", "add", MAJA, "--survey", "yearly", "overall=9")
    assert [one["customer"] for one in rows(crm, "survey", "links", "yearly")] == [BREG]
    assert len(rows(crm, "survey", "links", "yearly", "--all")) == 2
    assert rows(crm, "feedback", "show", MAJA)["wave"] == "2026-11", "that in which she was asked"
    (report,) = [
        one for one in rows(crm, "report", "satisfaction", "--by", "survey,wave")
        if one["wave"] == "2026-11"
    ]  # fmt: skip
    assert (report["invited"], report["replied"], report["response_rate"]) == (2, 1, "0.5000")


def test_a_mails_reply_is_read(asked: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_cli.features.survey_answers import replies

    text = "Hello,\n\noverall: 9\nagain = yes\n\n> overall: 3\nwhy: Good, as ever\n-- \nMaja\n"
    assert replies(text) == [("overall", "9"), ("again", "yes"), ("why", "Good, as ever")]


def test_answers_come_from_a_table(asked: Path, crm: Crm) -> None:
    ok(crm, "survey", "invite", "yearly", MAJA, "--yes")
    file = asked.parent / "answers.csv"
    file.write_text(
        "Email;overall;again;at;age\nmaja@kos.example;9;yes;2026-11-19;40\ninfo@breg.example;3;;;\n"
    )
    words = ("survey", "answers", "yearly", str(file), "--yes")
    said = ok(crm, *words)
    assert "age is no question of yearly, and is left out" in said
    assert "added 2 answers to yearly of 2 customers" in said
    found = feedback(crm, "customer", "score", "wave", "at")
    assert [(one["customer"], one["score"], one["wave"]) for one in found] == [
        (BREG, "3", None), (MAJA, "9", "2026-11"),
    ]  # fmt: skip
    assert found[1]["at"] == "2026-11-19"
    before = [(path, path.read_bytes()) for path in asked.glob("customers/*.yaml")]
    assert "2 answers known already" in ok(crm, *words)
    file.write_text("who,overall\nmaja@kos.example,9\n")
    assert crm(*words).code == 2
    file.write_text("email,overall\nmaja@kos.example,4\nnobody@x.example,9\n,9\n")
    run = crm(*words)
    assert run.code == 4
    assert f"{file}:2:1: maja-kos has answered otherwise already" in run.err
    assert f"{file}:3:1: " in run.err and f"{file}:4:1: " in run.err
    assert [(path, path.read_bytes()) for path in asked.glob("customers/*.yaml")] == before


def test_low_scores_of_a_table_become_tasks(asked: Path, crm: Crm) -> None:
    ok(crm, "config", "set", "low_scores.nps=6")
    file = asked.parent / "answers.csv"
    file.write_text("email,overall\nmaja@kos.example,9\ninfo@breg.example,3\n")
    words = ("survey", "answers", "yearly", str(file), "--yes")
    assert "1 low score becomes a task" in ok(crm, *words)
    for _ in range(2):
        (task,) = rows(crm, "task", "list", "title.starts:Ask why")
        assert (task["customer"], task["title"]) == (BREG, "Ask why: NPS 3")
        ok(crm, *words)
    ok(crm, "undo")
    assert rows(crm, "task", "list", "title.starts:Ask why") == []


def test_a_review_is_said_in_words(asked: Path, crm: Crm) -> None:
    assert ok(crm, "feedback", "add", MAJA, "--review", "4").startswith("added review 4 of ")


def test_customers_who_are_lost_and_won_back(shop: Path, crm: Crm) -> None:
    """Maja bought for 160 net in the year before."""
    ok(crm, "set", MAJA, "stage=customer")
    before = (shop / f"customers/{MAJA}.yaml").read_bytes()
    ok(crm, "lose", MAJA, "--competitor", "Tkalnica", "--reason", "price", "--text", "Too dear")
    shown = rows(crm, "show", MAJA)
    assert shown["losses"] == [
        {"at": "2026-11-20", "competitor": "Tkalnica", "reason": "price", "text": "Too dear"}
    ]
    assert shown["lifecycle_stage"] == "former"
    assert "to Tkalnica, price: Too dear" in ok(crm, "show", MAJA)
    assert [one["id"] for one in rows(crm, "list", "loss/reason:price")] == [MAJA]
    assert [one["id"] for one in rows(crm, "list", "is:lost")] == [MAJA]
    (row,) = rows(crm, "report", "lost")
    assert (row["competitor"], row["customers"], row["revenue"]) == ("Tkalnica", 1, "160.00")
    assert crm("lose", MAJA).code == 6
    assert crm("win-back", MAJA, "--date", "2026-11-19").code == 2
    ok(crm, "--today", "2026-12-01", "win-back", MAJA)
    later = rows(crm, "--today", "2026-12-01", "show", MAJA)
    assert later["losses"][0]["won_back"] == "2026-12-01"
    assert later["lifecycle_stage"] == "customer"
    assert rows(crm, "--today", "2026-12-01", "list", "is:lost") == []
    assert [one["id"] for one in rows(crm, "list", "is:lost")] == [MAJA], "as of then"
    assert rows(crm, "--today", "2026-12-01", "report", "lost")[0]["won_back"] == 1
    assert crm("--today", "2026-12-01", "win-back", MAJA).code == 6
    ok(crm, "undo", "2")
    assert (shop / f"customers/{MAJA}.yaml").read_bytes() == before


def test_a_loss_written_as_a_map_is_one(shop: Path, crm: Crm) -> None:
    path = shop / f"customers/{BREG}.yaml"
    path.write_text(path.read_text() + "lost: {at: 2026-03-01, reason: price}\n")
    assert [one["id"] for one in rows(crm, "list", "loss/reason:price")] == [BREG]
    assert crm("check").code == 0
    assert rows(crm, "report", "lost", "--by", "reason")[0]["losses"] == 1


def test_the_total_of_few_answers_is_marked_as_its_rows_are(shop: Path, crm: Crm) -> None:
    """Three promoters alone: 100 %, of too few answers to say so unmarked in any line."""
    for who in (MAJA, BREG, JAN):
        assert crm("feedback", "add", who, "--nps", "10").code == 0
    run = crm("report", "satisfaction", "--by", "month")
    month, total, note = run.lines[1], run.lines[-2], run.lines[-1]
    assert month.split()[1:4] == ["3", "3", "100.0%*"]
    assert total.split()[:4] == ["total", "3", "3", "100.0%*"]
    assert note == "* of fewer than 30"
    assert "*" not in crm("report", "satisfaction", "--by", "month", "-o", "csv").out


def test_each_row_of_answers_that_cannot_be_taken_has_its_place(asked: Path, crm: Crm) -> None:
    file = asked / "answers.csv"
    file.write_text(
        "customer,overall,again,at\nmaja-kos,9,yes,\nnobody,9,yes,\nhotel-breg,99,yes,\n"
        "hotel-breg,9,yes,2027-01-01\n"
    )
    run = crm("survey", "answers", "yearly", file, "--yes")
    assert run.code == 4
    lines = run.err.splitlines()
    assert lines[0] == "crm: 3 rows cannot be taken"
    assert [line.partition(": ")[0] for line in lines[1:4]] == [f"{file}:{n}:1" for n in (3, 4, 5)]
    assert "99 is not between 0 and 10" in lines[2]
    assert rows(crm, "feedback", "list") == []
