"""Words for a kind, a status or a state are understood wherever one of them is asked for."""

from __future__ import annotations

import pytest

from crm_cli.model.errors import UsageError
from crm_cli.query.ast import Word
from crm_cli.query.terms import parse_terms

from .conftest import Shop


@pytest.mark.parametrize(
    ("base", "word", "meant"),
    [
        ("purchase", "is:order", "kind:order"),
        ("purchase", "is:credit-note", "kind:credit_note"),
        ("purchase", "is:order,invoice", "kind:order,invoice"),
        ("purchase", "is:orders", "kind:order"),
        ("task", "is:completed", "status:completed"),
        ("interaction", "is:meeting", "kind:meeting"),
        ("task", "status:done", "is:done"),
        ("task", "status:done,in_progress", "status:completed,in_progress"),
        ("task", "status.not:done", "not:is:done"),
        ("purchase", "status:overdue", "is:overdue"),
        ("customer", "task/status:done", "task/is:done"),
    ],
)
def test_a_word_means_what_it_says(shop: Shop, base: str, word: str, meant: str) -> None:
    rows = shop.ask(word, base=base).rows
    assert rows
    assert rows == shop.ask(meant, base=base).rows


@pytest.mark.parametrize(
    ("base", "expression", "meant"),
    [
        ("purchase", "is(order)", "kind = order"),
        ("task", "status = done", "is(done)"),
        ("task", "status != done", "not is(done)"),
    ],
)
def test_expressions_know_them_too(shop: Shop, base: str, expression: str, meant: str) -> None:
    rows = shop.ask(where=expression, base=base).rows
    assert rows
    assert rows == shop.ask(where=meant, base=base).rows


@pytest.mark.parametrize("text", ["E=mc2", '"city=Berlin"', "<3", "a=b"])
def test_text_with_a_sign_is_text(shop: Shop, text: str) -> None:
    assert isinstance(parse_terms([text], shop.scope()), Word)


@pytest.mark.parametrize(
    ("base", "word", "hint"),
    [
        ("customer", "is:order", "a purchase can be: write purchase/is:order; known: person"),
        ("customer", "is:orders", "a purchase can be: write purchase/is:order; known: person"),
        ("customer", "is:done", "a task can be: write task/is:done; known: person"),
        ("purchase", "is:zzz", "known: "),
        ("purchase", "kind:invoices", "did you mean invoice? known: quote"),
    ],
)
def test_a_state_of_others_is_answered(shop: Shop, base: str, word: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        shop.ask(word, base=base)
    assert hint in str(raised.value.hint)
    if hint != "known: ":
        assert "former?" not in str(raised.value.hint)
