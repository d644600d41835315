"""A full expression where a term belongs is refused with the cure: as text it finds nothing."""

from __future__ import annotations

import pytest

from tests.conftest import Crm

pytestmark = pytest.mark.usefixtures("shop")


@pytest.mark.parametrize(
    "text",
    [
        "any(tasks, status = open)", "not any(tasks, status = opn)", "sum(purchases.net) > 100",
        "count(tasks)>3", "(city = Koper or city = Piran)", "city = Koper and spend > 100",
        "city in (Koper, Piran)", "phone is none", "has(email)",
    ],
)  # fmt: skip
def test_an_expression_is_no_term(crm: Crm, text: str) -> None:
    for words in (["list"], ["list", "+vip"], ["tag", "add", "foo"], ["due"]):
        done = crm(*words, text)
        assert (done.code, done.out) == (2, ""), done
        assert "this is an expression, not a term" in done.err
        assert f"-w '{text}'" in done.err
    assert crm("list", f'"{text}"').code == 0


@pytest.mark.parametrize("text", ["Kos (Maja)", "Max (and Moritz)", "E=mc2", "<maja@kos.example>"])
def test_other_text_is_looked_for(crm: Crm, text: str) -> None:
    assert crm("list", text).code == 0


def test_one_comparison_has_a_term_that_says_it(crm: Crm) -> None:
    done = crm("list", "spend > 100")
    assert (done.code, "write spend.over:100" in done.err) == (2, True)
