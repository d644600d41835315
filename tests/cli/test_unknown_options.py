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
         "afterwards: crm set t-… organizer=petra"),
        (["task", "add", "maja-kos", "Call", "--deadline", "fri"], "did you mean --due?"),
        (["log", "maja-kos", "Asked", "--sentiment", "positive"],
         "afterwards: crm set i-… sentiment=positive"),
        (["log", "maja-kos", "Asked", "--type", "call"], "did you mean --kind?"),
        (["purchase", "add", "maja-kos", "--amount", "5", "--payment-terms", "net 30"],
         "write 'payment_terms=net 30'"),
        (["list", "--city", "Koper"], "write city:Koper"),
        (["list", "--tag", "vip"], "write +vip"),
        (["list", "--format", "json"], "did you mean --output?"),
        (["task", "list", "--status", "open"], "write status:open"),
        (["task", "list", "--city", "Koper"], "write city:Koper"),
        (["due", "--colour", "never"], "did you mean --color?"),
        (["due", "--zzzz"], ""),
        (["task", "add", "maja-kos", "Call", "--date", "fri"], "did you mean --due?"),
        (["log", "maja-kos", "Asked", "--when", "fri"], "did you mean --at?"),
        (["payment", "add", "maja-kos", "5", "--on", "fri"], "did you mean --date?"),
        (["set", "t-9f3", "--date", "fri"], "write date=fri"),
    ],
)  # fmt: skip
def test_what_was_meant_is_named(crm: Crm, words: list[str], meant: str) -> None:
    option = next(word for word in words if word.startswith("--") and word != "--amount")
    said = f"crm: there is no option {option.partition('=')[0]}"
    done = crm(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[0] == (f"{said}; {meant}" if meant else said)


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
