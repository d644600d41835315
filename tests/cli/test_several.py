"""Commands that are about several customers, users, invoices or days at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Crm

MAJA, JAN = "customers/maja-kos.yaml", "customers/jan-vidmar.yaml"


def test_a_task_is_added_for_each_customer_that_a_term_matches(crm: Crm, shop: Path) -> None:
    asked = crm("task", "add", "owner:petra,marko", "Call about prices", "--due", "fri")
    assert (asked.code, "Add 2 tasks of 2 customers" in asked.err) == (2, True)
    assert crm("task", "add", "owner:petra,marko", "Call about prices", "--yes").code == 0
    listed = crm("task", "list", "title:prices", "--cols", "customer", "-o", "tsv", "--no-header")
    assert sorted(listed.out.split()) == ["hotel-breg", "maja-kos"]
    assert crm("undo").code == 0
    assert "prices" not in (shop / MAJA).read_text()


def test_a_term_that_matches_one_customer_needs_no_question(crm: Crm) -> None:
    done = crm("task", "add", "+vip", "Call about prices")
    assert (done.code, "of Maja Kos (maja-kos)" in done.out) == (0, True)


def test_a_term_that_matches_nobody_adds_nothing(crm: Crm) -> None:
    done = crm("log", "+nobody", "Card sent", "--kind", "letter")
    assert (done.code, "nothing changed" in done.err) == (0, True)


def test_a_letter_is_logged_with_everybody_in_a_segment(crm: Crm) -> None:
    crm("segment", "add", "xmas", "maja-kos", "jan-vidmar", "--yes")
    assert crm("log", "@xmas", "Card sent", "--kind", "letter").code == 2
    assert crm("log", "@xmas", "Card sent", "--kind", "letter", "--yes").code == 0
    listed = crm("interaction", "list", "kind:letter", "--cols", "customer,summary", "-o", "tsv")
    assert listed.out.count("Card sent") == 2


def test_who_took_part_sees_it_on_the_timeline(crm: Crm, shop: Path) -> None:
    words = ["--kind", "meeting", "--with", "Jan Vidmar,Giulia", "--campaign", "spring"]
    path = shop / "customers/hotel-breg.yaml"
    assert crm("campaign", "add", "Spring").code == 0
    path.write_text(f"{path.read_text()}deals:\n  - {{id: d-1111111, name: Rooms}}\n")
    done = crm("log", "hotel-breg", "Saw the rooms", *words, "--deal", "d-111")
    assert done.code == 0, done.err
    assert "Giulia is no customer: kept as a name" in done.err
    text = path.read_text()
    assert "participants:\n      - jan-vidmar\n      - Giulia\n" in text
    assert "campaign: spring" in text
    assert "deal: d-1111111" in text
    assert "Saw the rooms" in crm("timeline", "jan-vidmar").out
    assert crm("timeline", "hotel-breg").out.count("Saw the rooms") == 1
    assert "Saw the rooms" not in crm("timeline", "maja-kos").out
    assert crm("check").code == 0
    assert crm("rename", "jan-vidmar", "jan").code == 0
    assert "- jan\n" in (shop / "customers/hotel-breg.yaml").read_text()


def test_a_script_names_who_took_part_exactly(crm: Crm) -> None:
    assert crm("log", "hotel-breg", "Saw the rooms", "--with", "jan").code == 3


@pytest.fixture
def two_invoices(crm: Crm) -> None:
    for amount in ("100", "50"):
        words = ["--amount", amount, "--kind", "invoice", "--number", "next", "--due", "+30d"]
        assert crm("purchase", "add", "jan-vidmar", *words).code == 0


@pytest.mark.usefixtures("two_invoices")
@pytest.mark.parametrize(
    ("amount", "owed", "said"),
    [
        ([], ["0.00", "0.00"], "150.00 EUR for 2026-0008, 2026-0009"),
        (["120"], ["0.00", "30.00"], "30.00 EUR is still owed"),
        (["160"], ["0.00", "0.00"], "10.00 EUR is more than was owed"),
    ],
)
def test_one_payment_settles_several_invoices(
    crm: Crm, amount: list[str], owed: list[str], said: str
) -> None:
    done = crm("payment", "add", "2026-0008", "2026-0009", *amount)
    assert done.code == 0, done.err
    assert said in done.out + done.err
    listed = crm("purchase", "list", "customer:jan-vidmar", "--sort", "number", "--json").out
    assert [row["amount_due"] for row in json.loads(listed)] == owed
    assert crm("check").code == 0


@pytest.mark.usefixtures("two_invoices")
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("2026-0007 2026-0008", 2, "purchases of maja-kos and jan-vidmar"),
        ("2026-0008 2026-0009 2026-0404 5", 3, "there is no purchase 2026-0404"),
        ("2026-0008 2026-0009 much", 2, "amount"),
    ],
)
def test_a_payment_of_several_that_cannot_be(
    crm: Crm, words: str, code: int, said: str
) -> None:
    done = crm("payment", "add", *words.split())
    assert (done.code, said in done.err) == (code, True), done.err


def test_a_number_that_may_be_an_amount_is_asked_back(crm: Crm) -> None:
    for number in ("31", "32"):
        words = ["--amount", "9", "--kind", "invoice", "--number", number]
        crm("purchase", "add", "jan-vidmar", *words)
    done = crm("payment", "add", "31", "32")
    assert (done.code, "32 is an amount, and the number of a purchase" in done.err) == (2, True)


def test_customers_are_put_on_a_list_and_taken_off(crm: Crm, shop: Path) -> None:
    made = crm("segment", "add", "tasting", "maja-kos", "jan-vidmar", "--yes")
    assert "@tasting is a new static list" in made.err
    assert crm("segment", "add", "tasting", "jan-vidmar", "hotel-breg").code == 0
    listed = crm("list", "@tasting", "-o", "ids").out.split()
    assert listed == ["hotel-breg", "jan-vidmar", "maja-kos"]
    assert crm("segment", "remove", "tasting", "maja-kos").code == 0
    assert crm("segment", "count", "tasting").out == "2\n"
    assert crm("segment", "remove", "tasting", "@tasting", "--yes").code == 0
    assert crm("segment", "count", "tasting").out == "0\n"
    assert "kind: static" in (shop / "segments.yaml").read_text()
    crm("segment", "add", "quiet", "maja-kos", "--kind", "suppression")
    assert "kind: suppression" in (shop / "segments.yaml").read_text()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("add coast maja-kos", 2, "@coast is a query"),
        ("remove nosuch maja-kos", 3, "nosuch"),
        ("add Big! maja-kos", 2, "cannot be a segment's name"),
        ("add new maja-kos --kind dynamic", 2, "no kind of list"),
        ("add new nobody", 3, "nobody"),
    ],
)
def test_a_list_that_cannot_be_changed(crm: Crm, words: str, code: int, said: str) -> None:
    crm("segment", "save", "coast", "city:Koper")
    done = crm("segment", *words.split())
    assert (done.code, said in done.err) == (code, True), done.err


@pytest.mark.parametrize(
    "command",
    [
        "due --within 30d",
        "agenda --days 30",
        "list",
        "task list",
        "report top --by owner",
        "report concentration --by owner",
        "purchase summary --by owner",
        "export customers --format ids",
    ],
)
def test_several_owners(crm: Crm, command: str) -> None:
    words = command.split()
    terms = ["owner:petra,marko"] if words[0] == "export" else ["--owner", "petra,marko"]
    done = crm(*words, *terms)
    assert done.code == 0, done.err
    if words[0] in ("due", "agenda", "list", "export"):
        told = done.out if words[0] == "export" else crm(*words, *terms, "--json").out
        assert "hotel-breg" in told
        assert "maja-kos" in told


def test_due_tells_of_any_owner_who_is_nobody(crm: Crm) -> None:
    assert crm("due", "--owner", "petra,nobody", "--kind", "birthday").code == 3


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("purchase list --period 2026-11 -o ids", "p-2m8ct4h"),
        ("purchase list --period last-month -o ids", ""),
        ("task list --period 2026-11-20..2026-11-21 -o ids", "t-9f3kx7d"),
        ("payment list --period this-month -o ids", "y-7d1wz0e"),
        ("timeline maja-kos --period 2026-11-15 -o ids", "y-7d1wz0e"),
    ],
)
def test_a_period_is_understood_where_something_has_a_date(
    crm: Crm, words: str, found: str
) -> None:
    done = crm(*words.split())
    assert (done.code, done.out.split()) == (0, found.split()), done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("purchase list --period nonsense", "--period"),
        ("timeline --period nonsense", "--period"),
        ("product list --period 2026", "products have no date"),
    ],
)
def test_a_period_that_cannot_be(crm: Crm, words: str, said: str) -> None:
    done = crm(*words.split())
    assert (done.code, said in done.err) == (2, True), done.err


def test_imported_invoices_without_numbers_get_them_together(
    crm: Crm, shop: Path, tmp_path: Path
) -> None:
    path = tmp_path / "fees.csv"
    path.write_text(
        "customer,kind,date,amount\nmaja-kos,invoice,2026-11-02,5\njan-vidmar,invoice,2026-11-01,6\n"
        "jan-vidmar,invoice,2026-11-03,7\n"
    )
    told = crm("import", "purchases", path, "--yes").err
    assert "3 rows have no number" in told and "crm purchase post - --yes" in told
    terms = ("kind.is:invoice", "is:posted", "no:number")
    listed = crm("purchase", "list", *terms, "--sort", "date", "-o", "ids")
    assert len(listed.lines) == 3
    refused = crm("set", *listed.lines, "number=next")
    assert refused.code == 2 and f"crm purchase post {listed.lines[0]} …" in refused.err
    assert crm("set", "-", "text=Fee 2026", "--yes", stdin=listed.out).code == 0
    done = crm("purchase", "post", "-", "--yes", stdin=listed.out)
    assert done.code == 0, done
    columns = ("--cols", "number,date,bill_to.name", "-o", "csv", "--no-header")
    rows = crm("invoice", "list", "text:Fee", "--sort", "date", *columns)
    assert rows.lines == [
        "2026-0008,2026-11-01,Jan Vidmar", "2026-0009,2026-11-02,Maja Kos",
        "2026-0010,2026-11-03,Jan Vidmar",
    ]  # fmt: skip
    assert "is posted already" in crm("purchase", "post", listed.lines[0]).err
    assert crm("check").code == 0
    missing = crm("set", listed.lines[0], "t-0000000", "text=Fee")
    assert (missing.code, "there is no item 't-0000000'" in missing.err) == (3, True), missing
