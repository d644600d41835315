"""An option that there is not is answered with the one, or the field, that was meant."""

from __future__ import annotations

import pytest

from tests.conftest import Crm


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["add", "Ada", "--city", "Koper"], "write city=Koper"),
        (["add", "Ada", "--city=Novo mesto"], "write 'city=Novo mesto'"),
        (["add", "Ada", "--Referred-By", "maja"], "write referred_by=maja"),
        (["add", "Ada", "--birth-date"], "write birth_date=…"),
        (["add", "Ada", "--postcod", "6000"], "did you mean postcode=…?"),
        (["add", "Ada", "--emial", "ada@x.example"], "did you mean --email?"),
        (["set", "maja-kos", "--city", "Bled"], "write city=Bled"),
        (["set", "t-9f3", "--due", "fri"], "write due=fri"),
        (["task", "add", "maja-kos", "Call", "--organizer", "petra"],
         "write organizer=petra"),
        (["task", "add", "maja-kos", "Call", "--deadline", "fri"], "did you mean --due?"),
        (["log", "maja-kos", "Asked", "--sentiment", "positive"],
         "write sentiment=positive"),
        (["log", "maja-kos", "Asked", "--type", "call"], "did you mean --kind?"),
        (["purchase", "add", "maja-kos", "--amount", "5", "--payment-terms", "net 30"],
         "write 'payment_terms=net 30'"),
        (["list", "--city", "Koper"], "write city:Koper"),
        (["list", "--tag", "vip"], "write +vip"),
        (["list", "--format", "json"], "did you mean --output?"),
        (["task", "list", "--status", "open"], "write status:open"),
        (["task", "list", "--city", "Koper"], "write city:Koper"),
        (["due", "--colour", "never"], "did you mean --color?"),
        (["list", "--period", "2026"],
         "write which date is meant, created:2026; there are birth_date, created, forgotten, "
         "first_purchase, last_purchase, next_purchase, next_occurrence, last_contact, next_due, "
         "lost_on"),
        (["product", "list", "--period", "2026"], "products have no date"),
        (["balance", "--by", "owner"], "crm report aging --by owner groups what is owed"),
        (["balance", "--group-by=country"], "crm report aging --by country groups what is owed"),
        (["report", "aging", "--group-by", "owner"], "did you mean --by?"),
        (["due", "--by", "owner"],
         "crm task list --by owner counts tasks; --owner USER lists what is due for one"),
        (["purchase", "summary", "--group", "product"], "did you mean --by?"),
        (["due", "--zzzz"], ""),
        (["task", "add", "maja-kos", "Call", "--date", "fri"], "did you mean --due?"),
        (["log", "maja-kos", "Asked", "--when", "fri"], "did you mean --at?"),
        (["set", "t-9f3", "--date", "fri"], "write date=fri"),
        (["set", "maja-kos", "--due", "fri"], "a task has it: crm set t-… due=fri"),
        (["add", "Ada", "--price", "5"], "did you mean price_list=…?"),
        (["purchase", "add", "maja-kos", "--price", "5"],
         "did you mean --line PRODUCT:QUANTITY:PRICE?"),
        (["purchase", "add", "maja-kos", "--qty", "5"], "did you mean --line PRODUCT:QUANTITY?"),
        (["product", "add", "x", "X", "--tax", "5"], "did you mean --tax-rate?"),
        (["task", "add", "maja-kos", "Call", "--to", "petra"], "did you mean --assignee?"),
        (["task", "add", "maja-kos", "Call", "--owner", "petra"], "did you mean --assignee?"),
        (["task", "add", "maja-kos", "--title", "Call her"], "write 'Call her' without --title"),
        (["task", "snooze", "t-9f3", "--date", "fri"], "write fri without --date"),
        (["task", "snooze", "t-9f3", "--until"], "write DATE without --until"),
        (["task", "delegate", "t-9f3", "--to", "petra"], "write petra without --to"),
        (["task", "done", "t-9f3", "--date", "fri"], ""),
        (["payment", "add", "maja-kos", "--amount", "5"], "write 5 without --amount"),
        (["payment", "add", "maja-kos", "5", "--invoice", "3"], "did you mean --for?"),
        (["list", "--customer", "maja"], "write maja"),
        (["purchase", "list", "--customer", "maja"], "write customer:maja"),
        (["list", "--since", "2026-01-01"],
         "write created:2026-01-01.. or last-contact:2026-01-01.."),
        (["purchase", "list", "--from", "2026-01-01"], "write --period 2026-01-01.."),
        (["purchase", "summary", "--until", "2026-01-01"], "write --period ..2026-01-01"),
        (["export", "purchases", "--before", "2026-01-01"], "write --period ..2026-01-01"),
        (["export", "customers", "--before", "2026-01-01"],
         "write created:..2026-01-01 or last-contact:..2026-01-01"),
        (["timeline", "--from", "2026-01-01"], "did you mean --since?"),
        (["agenda", "--within", "7d"], "did you mean --days?"),
        (["due", "--since", "fri"], "did you mean --since-last?"),
        (["task", "list", "--done"], "write is:done"),
        (["task", "list", "--mine"], "did you mean --owner me?"),
        (["list", "--done"], ""),
        (["purchase", "list", "--orders"], "write is:order"),
        (["balance", "--overdue"], "write is:overdue"),
        (["list", "--colums", "name"], "did you mean --cols?"),
        (["list", "--vip"], ""),
    ],
)  # fmt: skip
def test_what_was_meant_is_named(crm: Crm, words: list[str], meant: str) -> None:
    known = ("--amount",) if words[:2] == ["purchase", "add"] else ()
    option = next(word for word in words if word.startswith("--") and word not in known)
    said = f"crm: there is no option {option.partition('=')[0]}"
    done = crm(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[0] == (f"{said}; {meant}" if meant else said)


def test_a_day_is_not_the_address_of_a_mirror(crm: Crm) -> None:
    done = crm("payment", "add", "maja-kos", "5", "--on", "fri")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("crm: --on takes the address of a mirror, not 'fri'\n")
    assert "the option for a day is --date" in done.err


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (["payment", "add", "maja-kos", "-20"], "write 20 --refund for money that was paid back"),
        (["payment", "add", "maja-kos", "-20,50EUR"], "write 20,50EUR --refund for money"),
        (["list", "-20"], "write -n 20 to show at most so many"),
        (["log", "maja-kos", "-20"], "a text that begins with - goes after --: -- -20"),
    ],
)
def test_an_amount_is_said_to_be_one(crm: Crm, words: list[str], cure: str) -> None:
    done = crm(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"crm: {words[-1]} is an amount, and begins like an option\n")
    assert cure in done.err


def test_a_letter_suggests_no_word(crm: Crm) -> None:
    done = crm("export", "customers", "-n", "5")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("crm: there is no option -n\n")


def test_the_balance_of_a_time_is_answered_with_what_has_one(crm: Crm) -> None:
    done = crm("balance", "--period", "2026")
    assert (done.code, done.out) == (2, "")
    assert "what is owed is of one day: --today or --as-of" in done.err
    assert "crm purchase list is:owing --period 2026" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("list --limit abc", "--limit: abc is not a whole number of 0 or more"),
        ("list -n -1", "--limit: -1 is not a whole number of 0 or more"),
        ("sql --timeout x", "--timeout: x is not a number of 0.1 or more"),
    ],
)
def test_a_number_that_is_none_is_told_in_words(crm: Crm, words: str, said: str) -> None:
    run = crm(*words.split())
    assert run.code == 2 and run.err.startswith(f"crm: {said}\n"), run


def test_the_day_of_the_environment_is_called_by_its_name(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_TODAY", "foo")
    assert crm("list").err.startswith("crm: CRM_TODAY: ")
    assert crm("list", "--today", "bar").err.startswith("crm: --today: ")
