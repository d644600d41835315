"""Campaigns as they are run: groups, texts, what is recorded, and who is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Crm

PEOPLE = 30


@pytest.fixture
def club(shop: Path, crm: Crm) -> Path:
    """The shop with thirty members of a club, and a campaign for them."""
    for number in range(PEOPLE):
        (shop / f"customers/m{number:02}.yaml").write_text(
            f"name: Member {number}\ntags: club\nlanguage: {'sl' if number % 2 else 'en'}\n"
            f"emails: [m{number}@example.com]\n"
            "consents:\n  - {at: 2025-01-01, purpose: marketing, action: opt_in}\n"
        )
    (shop / "segments.yaml").write_text(
        "club: {query: +club}\nstaff: {kind: static, members: [m00, m01]}\n"
        "never: {kind: suppression, members: [m02]}\n"
    )
    (shop / "templates").mkdir()
    (shop / "templates/letter.md").write_text("---\nsubject: Hello\n---\nDear {{ name }}!\n")
    (shop / "templates/letter.sl.md").write_text("Pozdrav, {{ name }}!\n")
    ok(crm, "campaign", "add", "Spring", "--segment", "club", "--exclude", "staff",
       "--hold-out", "25%", "--variant", "a:50%:letter", "--variant", "b:50%")  # fmt: skip
    return shop


def ok(crm: Crm, *words: str) -> str:
    run = crm(*words)
    assert run.code == 0, run.err
    return run.out


def rows(crm: Crm, *words: str) -> Any:
    return json.loads(ok(crm, *words, "--json"))


def test_the_groups_are_those_that_were_shown(club: Path, crm: Crm) -> None:
    shown = rows(crm, "campaign", "targets", "spring", "--all")
    assert len(shown) == PEOPLE
    why = {one["customer"]: one["reason"] for one in shown if one["status"] == "suppressed"}
    assert why.keys() == {"m00", "m01", "m02"} and "@staff" in why["m00"]
    assert 0 < sum(one["status"] == "held_out" for one in shown) < PEOPLE / 2
    assert {one["variant"] for one in shown if one["status"] == "targeted"} == {"a", "b"}
    assert "campaign_responses" not in (club / "customers/m05.yaml").read_text()
    ok(crm, "campaign", "start", "spring", "--yes")
    assert sorted(map(str, rows(crm, "campaign", "targets", "spring", "--all"))) == sorted(
        map(str, shown)
    )
    text = (club / "customers/m00.yaml").read_text()
    assert "status: suppressed" in text and "reason:" in text
    ok(crm, "campaign", "set", "spring", "hold_out=90%")
    assert rows(crm, "campaign", "targets", "spring", "--all") == shown, "they are frozen"
    assert crm("campaign", "start", "spring", "--yes").code == 6
    ok(crm, "undo")
    ok(crm, "undo")
    assert "campaign_responses" not in (club / "customers/m05.yaml").read_text()


def test_who_must_not_be_written_to_any_more_drops_out_of_the_list(club: Path, crm: Crm) -> None:
    ok(crm, "campaign", "start", "spring", "--yes")
    first, second, third, *others = [one["customer"] for one in rows(crm, *LIST)]
    path = club / f"customers/{first}.yaml"
    path.write_text(path.read_text().replace("emails: [", "emails: [{do_not_use: yes, value: ")
                    .replace("com]", "com}]"))  # fmt: skip
    ok(crm, "segment", "add", "never", second)
    ok(crm, "campaign", "record", "spring", third, "--status", "opted_out")
    assert [one["customer"] for one in rows(crm, *LIST)] == others
    assert "no" in crm("consent", "check", third, "--for", "marketing/email").out
    assert crm("consent", "check", third, "--for", "marketing/letter").code == 1, "has no address"
    assert third not in ok(crm, "segment", "export", "club")
    ok(crm, "campaign", "record", "spring", others[0], "--status", "sent")
    assert [one["customer"] for one in rows(crm, *LIST, "--unsent")] == others[1:]


LIST = ("campaign", "targets", "spring")


def test_who_has_not_agreed_is_left_out(club: Path, crm: Crm) -> None:
    for id, entry in (("m05", ""), ("m06", "action: withdrawn")):
        path = club / f"customers/{id}.yaml"
        head = path.read_text().partition("consents:")[0]
        given = f"consents:\n  - {{at: 2026-01-01, purpose: marketing, {entry}}}\n" if entry else ""
        path.write_text(head + given)
    everyone = {one["customer"]: one for one in rows(crm, *LIST, "--all")}
    assert everyone["m05"]["reason"] == "no entry of consent"
    assert everyone["m06"]["reason"] == "withdrawn or refused"
    assert crm("campaign", "start", "spring", "--yes", "--basis", "contract",
               "--reason", "x").code == 2  # fmt: skip
    ok(crm, "campaign", "start", "spring", "--yes", "--basis", "legitimate_interest",
       "--reason", "They asked at the fair")  # fmt: skip
    now = {one["customer"]: one for one in rows(crm, *LIST, "--all")}
    assert now["m06"]["status"] == "suppressed", "a no stays a no, whatever the basis"
    assert now["m05"]["status"] in ("targeted", "held_out")
    assert "legitimate_interest: They asked at the fair" in (
        (club / "customers/m05.yaml").read_text()
    )
    assert ("m05" in {one["customer"] for one in rows(crm, *LIST)}) == (
        now["m05"]["status"] == "targeted"
    )


def test_each_has_a_text_in_their_language(club: Path, crm: Crm) -> None:
    shown = {one["customer"]: one for one in rows(crm, *LIST, "--text")}
    for id, one in shown.items():
        number = int(id[1:])
        wanted = f"Pozdrav, Member {number}!" if number % 2 else f"Dear Member {number}!"
        assert one["text"].strip() == (wanted if one["variant"] == "a" else "")
        assert one["subject"] == ("Hello" if one["variant"] == "a" and number % 2 == 0 else "")
    assert ok(crm, *LIST, "--preview").count("To: Member") == 3


def test_a_text_may_ask_for_a_field_as_documents_do(club: Path, crm: Crm) -> None:
    text = "{% if given_name %}Dear {{ given_name }}{% else %}Hello {{ name|upper }}{% endif %}!\n"
    (club / "templates/letter.md").write_text(text)
    shown = {one["customer"]: one for one in rows(crm, *LIST, "--text")}
    english = [one for id, one in shown.items() if one["variant"] == "a" and not int(id[1:]) % 2]
    assert english and all(one["text"].startswith("Hello MEMBER ") for one in english)


def test_a_field_that_somebody_lacks_stops_it(club: Path, crm: Crm) -> None:
    (club / "templates/letter.md").write_text("Dear {{ given_name }}!\n")
    for words in ((*LIST, "--text"), (*LIST, "--preview"), ("campaign", "start", "spring", "-y")):
        run = crm(*words)
        assert run.code == 4 and not run.out, words
        assert "given_name" in run.err
    (club / "templates/letter.md").write_text("Dear {{ nmae }}!\n")
    assert crm(*LIST, "--text").code == 2
    (club / "templates/letter.md").unlink()
    assert "there is no template letter" in crm(*LIST, "--text").err
    ok(crm, "campaign", "set", "spring", "variants=a:50%:../crm")
    assert "cannot be a template" in crm(*LIST, "--text").err


def test_responses_are_recorded_once(club: Path, crm: Crm, tmp_path: Path) -> None:
    assert crm("campaign", "record", "spring").code == 6, "it has not been started"
    ok(crm, "campaign", "start", "spring", "--yes")
    targeted = [one["customer"] for one in rows(crm, *LIST)]
    ok(crm, "campaign", "record", "spring", "--status", "sent", "--yes")
    assert "nothing changed" in crm("campaign", "record", "spring", "--status", "sent").err
    table = tmp_path / "clicks.csv"
    table.write_text(
        f"customer,status,at\n{targeted[0]},clicked,2026-11-19\n{targeted[1]},opened,\n"
    )
    line = ("campaign", "record", "spring", "--from", str(table), "--yes")
    assert "2 responses" in ok(crm, *line)
    assert "known already" in crm(*line).err
    table.write_text("customer,status\nnobody,clicked\nm03,read\n")
    run = crm(*line)
    assert run.code == 4 and "line 2" in run.err and "line 3" in run.err
    (row,) = rows(crm, "report", "campaigns")
    assert (row["sent"], row["clicked"], row["opened"]) == (len(targeted), 1, 1)


def test_an_address_that_two_have_blocks_no_table(
    club: Path, crm: Crm, tmp_path: Path
) -> None:
    """What is certain is recorded; an opt-out of an address is one of all who have it."""
    ok(crm, "campaign", "start", "spring", "--yes")
    first, second, third, other = (one["customer"] for one in rows(crm, *LIST)[:4])
    mails = {id: f"{id[0]}{int(id[1:])}@example.com" for id in (first, second, third)}
    for id, of in (("partner", first), ("spouse", second)):
        (club / f"customers/{id}.yaml").write_text(f"name: {id}\nemails: [{mails[of]}]\n")
    text = (club / f"customers/{other}.yaml").read_text()
    mine = f"{other[0]}{int(other[1:])}@example.com"
    (club / f"customers/{other}.yaml").write_text(text.replace(mine, mails[third]))
    table = tmp_path / "answers.csv"
    table.write_text(
        f"email,status\n{mails[first]},opted_out\n{mails[second]},clicked\n"
        f"{mails[third]},clicked\n"
    )
    run = crm("campaign", "record", "spring", "--from", str(table), "--yes")
    assert run.code == 0, run.err
    assert "line 4 left out" in run.err and third in run.err and other in run.err
    texts = {one.stem: one.read_text() for one in (club / "customers").iterdir()}
    assert {id for id, text in texts.items() if "opted_out" in text} == {first, "partner"}
    assert {id for id, text in texts.items() if "clicked" in text} == {second}
    for id in (first, "partner"):
        assert crm("consent", "check", id, "--for", "marketing/email").code != 0


def test_rates_are_of_those_it_was_sent_to(club: Path, crm: Crm, tmp_path: Path) -> None:
    """Who answers without having been sent it counts, but makes no part of a rate."""
    ok(crm, "campaign", "start", "spring", "--yes")
    sent, bounced, never = (one["customer"] for one in rows(crm, *LIST)[:3])
    table = tmp_path / "answers.csv"
    table.write_text(
        f"customer,status\n{sent},sent\n{bounced},sent\n{bounced},bounced\n"
        f"{sent},responded\n{never},responded\n{never},clicked\n{never},bounced\n"
    )
    ok(crm, "campaign", "record", "spring", "--from", str(table), "--yes")
    (row,) = rows(crm, "report", "campaigns")
    assert (row["sent"], row["bounced"], row["responded"], row["clicked"]) == (2, 2, 2, 1)
    assert row["delivered"] == 1, "the one that was sent and did not come back"
    assert (row["responded_rate"], row["clicked_rate"]) == ("1.0000", "0.0000")
    parts = rows(crm, "report", "campaigns", "--by", "variant")
    assert sum(one["delivered"] for one in parts) == 1


def test_what_names_the_campaign_is_recorded(club: Path, crm: Crm) -> None:
    ok(crm, "campaign", "start", "spring", "--yes")
    one, two, three = [row["customer"] for row in rows(crm, *LIST)][:3]
    ok(crm, "log", one, "Likes it", "--kind", "email", "--in", "--campaign", "spring")
    ok(crm, "log", two, "Spring", "--kind", "email", "--out", "--outcome", "bounced",
       "--campaign", "spring")  # fmt: skip
    ok(crm, "purchase", "add", three, "--amount", "50", "--text", "Sheets", "campaign=spring")
    said = ok(crm, "campaign", "record", "spring", "--yes")
    assert "1 bounced, 1 responded, 1 converted" in said
    assert "nothing changed" in crm("campaign", "record", "spring").err
    (row,) = rows(crm, "report", "campaigns")
    assert (row["responded"], row["bounced"], row["converted"]) == (1, 1, 1)
    assert (row["orders"], row["revenue"]) == (1, "50.00")
    assert two not in [row["customer"] for row in rows(crm, *LIST)]


def test_a_campaign_is_named_rightly_or_not_at_all(club: Path, crm: Crm) -> None:
    run = crm("log", "m05", "Hello", "--campaign", "sprnig")
    assert run.code == 3 and "spring" in run.err
    assert crm("purchase", "add", "m05", "--amount", "5", "--text", "x", "campaign=no").code == 3
    path = club / "customers/m05.yaml"
    path.write_text(path.read_text() + "interactions: [{at: 2026-11-01, campaign: none}]\n")
    assert "campaign none" in crm("check").out


def test_a_campaign_is_paused_goes_on_and_ends(club: Path, crm: Crm) -> None:
    assert crm("campaign", "stop", "spring").code == 6
    ok(crm, "campaign", "start", "spring", "--yes")
    before = rows(crm, *LIST, "--all")
    ok(crm, "campaign", "stop", "spring", "--pause")
    ok(crm, "campaign", "start", "spring")
    assert rows(crm, *LIST, "--all") == before
    ok(crm, "campaign", "stop", "spring")
    (row,) = rows(crm, "campaign", "list")
    assert (row["status"], row["start"], row["end"]) == ("complete", "2026-11-20", "2026-11-20")
    assert crm("campaign", "start", "spring").code == 6


def test_channels_count_attempts_and_answers(shop: Path, crm: Crm) -> None:
    (shop / "customers/ana.yaml").write_text(
        "name: Ana\ninteractions:\n"
        "  - {at: 2026-11-01 10:00, kind: call, direction: outbound, outcome: no_answer}\n"
        "  - {at: 2026-11-02 10:00, kind: email, direction: outbound}\n"
        "  - {at: 2026-11-08, kind: web, direction: inbound}\n"
        "  - {at: 2026-11-09, kind: letter, direction: outbound}\n"
        "  - {at: 2026-11-17 10:00, kind: chat, direction: inbound}\n"
        "  - {at: 2026-11-18, kind: call, direction: outbound, outcome: reached}\n"
        "  - {at: 2026-11-18, kind: note, direction: outbound}\n"
        "  - {at: 2026-11-18, kind: meeting, direction: outbound, status: not_held}\n"
        "  - {at: 2026-11-30, kind: call, direction: outbound, outcome: reached}\n"
    )
    found = rows(crm, "report", "channels", "customer:ana")
    told = {one["channel"]: (one["attempts"], one["answers"], one["rate"]) for one in found}
    assert told == {
        "phone": (2, 1, "0.5000"), "email": (1, 1, "1.0000"), "letter": (1, 0, "0.0000"),
    }  # fmt: skip
    (row,) = rows(crm, "list", "customer:ana", "--cols", "likely_channel")
    assert row["likely_channel"] == "email"
    assert "ana" in ok(crm, "list", "likely_channel:email", "-o", "ids")


def test_grounds_are_no_address(club: Path, crm: Crm) -> None:
    (club / "customers/m05.yaml").write_text("name: Member 5\ntags: club\n")
    (club / "customers/m06.yaml").write_text(
        "name: Member 6\ntags: club\nemails: [{value: m06@example.com, do_not_use: yes}]\n"
    )
    ok(crm, "campaign", "start", "spring", "--yes", "--basis", "legitimate_interest",
       "--reason", "The shop moves")  # fmt: skip
    listed = {one["customer"]: one for one in rows(crm, "campaign", "targets", "spring", "--all")}
    for id in ("m05", "m06"):
        assert listed[id]["status"] == "suppressed", listed[id]
        assert listed[id]["reason"] == "no e-mail address that may be used"
    assert all(one["to"] for one in rows(crm, "campaign", "targets", "spring"))


def test_a_campaign_without_a_segment_says_that_it_is_for_all(crm: Crm, shop: Path) -> None:
    told = "it is for all customers"
    assert told in crm("campaign", "add", "Spring 2030").err
    assert crm("segment", "save", "vips", "+vip").code == 0
    assert told not in crm("campaign", "add", "Autumn 2030", "--segment", "vips").err


def test_a_text_has_the_fields_that_other_mailings_have(club: Path, crm: Crm) -> None:
    """A greeting in the template's language, and what else of the customer they name."""
    said = "{{ customer.greeting }}\n{{ customer.email }} {{ customer.name }}\n"
    (club / "templates/letter.md").write_text(f"---\nkind: email\nsubject: Hello\n---\n{said}")
    (club / "templates/letter.sl.md").unlink()
    for path in (club / "customers").glob("m[0-9]*.yaml"):
        path.write_text(path.read_text().replace("name:", "kind: person\ngiven_name: Ana\nname:"))
    assert crm("template", "check").code == 0
    shown = [one for one in rows(crm, *LIST, "--text") if one["variant"] == "a"]
    assert shown
    for one in shown:
        id = one["customer"]
        assert one["text"].startswith("Dear "), one
        assert f"m{int(id[1:])}@example.com Member {int(id[1:])}" in one["text"]


def test_a_field_that_there_is_not_is_named_with_its_place(club: Path, crm: Crm) -> None:
    (club / "templates/letter.md").write_text("Hello\n\nDear {{ nmae }}!\n")
    run = crm(*LIST, "--text")
    assert run.code == 2 and "templates/letter.md:3: there is no field nmae" in run.err, run
