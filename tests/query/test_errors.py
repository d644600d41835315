"""Nothing is ever read as "match all": what is wrong is marked, with the nearest that is right."""

from __future__ import annotations

import pytest

from crm_cli.model.errors import ExitCode, NotFound, UsageError
from crm_cli.query.expression import parse_expression
from crm_cli.query.fault import QueryError
from crm_cli.query.terms import parse_terms

from .conftest import Shop


@pytest.mark.parametrize(
    ("term", "marked", "said"),
    [
        ("tag:", "tag:", "tag: has no value"),
        ("tag:,", "", "there is no value here"),
        ("tag:vip,", "", "there is no value here"),
        ('city:""', '""', "there is no value here"),
        ("", "", "term is empty"),
        ("not:", "not:", "term is empty"),
        ("not:not:", "not:not:", "term is empty"),
        ("-tag:vip", "-tag:vip", "write not:tag:vip"),
        ("--city:x", "--city:x", "write not:city:x"),
        ("!+vip", "!+vip", "write not:+vip"),
        ("not:-tag:vip", "-tag:vip", "write not:tag:vip"),
        ("@acme.com", "@acme.com", "email.ends:@acme.com"),
        ("@Lapsed", "@Lapsed", "not a segment's name"),
        ("@lapsd", "@lapsd", "did you mean lapsed?"),
        ("+", "+", "begins a tag"),
        ("ctiy:Koper", "ctiy", "did you mean city?"),
        ("city.hsa:x", "hsa", "did you mean has?"),
        ("city.over:5", ".over", "no operator .over"),
        ("referred-by.ctiy:Koper", "referred-by.ctiy", "did you mean city"),
        ("line/product.catgory:x", "product.catgory", "a product has no field 'catgory'"),
        ("spend.before:5", ".before", "no operator .before"),
        ("spend.has:5", ".has", "no operator .has"),
        ("last-contact.over:5", ".over", "no operator .over"),
        ("text.re:x", ".re", "no operator .re"),
        ("spend:abc", "abc", "is not a number"),
        ("spend:1,5", "1,5", "1 or 5, or the number 1.5"),
        ("spend:1.234", "1.234", "1234"),
        ("spend:1...5", "1...5", "digits on both sides"),
        ("spend:..", "..", "a range needs an end"),
        ("spend:9..1", "9..1", "ends before it begins"),
        ("spend.over:1..2", "1..2", "takes no operator"),
        ("spend:5USD", "5USD", "kept in EUR"),
        ("orders:1.5", "1.5", "whole number"),
        ("last-contact:soonish", "soonish", "not a date"),
        ("last-contact:3/11/2026", "3/11/2026", "11 March 2026 or 3 November 2026"),
        ("last-contact:2026-02-30", "2026-02-30", "no day 30"),
        ("last-contact:2026-11-03T10:30", "2026-11-03T10:30", "has a time"),
        ("birthday.before:--11-20", "--11-20", "write the year"),
        ("vat-registered:maybe", "maybe", "neither yes nor no"),
        ("kind:persn", "persn", "did you mean person?"),
        ("task/status:opne", "opne", "did you mean open?"),
        ("task/stauts:open", "stauts", "did you mean status"),
        ("task/open", "open", "no condition on a task"),
        ("task.some/status:open", "task.some", "write task/, task.all/ or task.none/"),
        ("tsk/status:open", "tsk", "did you mean tasks"),
        ("prices/beans:5", "prices", "stored as written"),
        ("tasks:3", "tasks", "has:task"),
        ("credit:5", "credit", "credit.limit"),
        ("is:opne", "opne", "known: person"),
        ("is:", "", "is: needs a name"),
        ("has:", "", "need a name"),
        ("has:emial", "emial", "did you mean email"),
        ("no:email,", "", "need a name"),
        ("name.re:(", "(", "not a regular expression"),
        ('city:"Novo', '"Novo', "quote is not closed"),
        ("spend@:5", "spend@", "no period after @"),
        ("spend@soonish:5", "spend@soonish", "not a date or period"),
        ("balance@12m:5", "balance@12m", "cannot be computed"),
        ("...", "...", "no letter or digit"),
        ("Re: hello", "Re", "there is no field 'Re'"),
        ("city=Berlin", "city=Berlin", "write city:Berlin;"),
        ("city==Novo mesto", "city==Novo mesto", "write 'city:Novo mesto';"),
        ("city!=Berlin", "city!=Berlin", "write not:city:Berlin;"),
        ("not:city=Berlin", "city=Berlin", "write city:Berlin;"),
        ("city=", "city=", "write no:city;"),
        ("city~Ber", "city~Ber", "write city.re:Ber;"),
        ("spend>100", "spend>100", "write spend.over:100;"),
        ("spend@12m>=100", "spend@12m>=100", "write spend@12m:100..;"),
        ("last-contact<2026-01-01", "last-contact<2026-01-01", "write last-contact.before:2026"),
        ("last-contact<=-30d", "last-contact<=-30d", "write last-contact:..-30d;"),
        ("is=person", "is=person", "write is:person;"),
        ("ctiy=Koper", "ctiy", "did you mean city?"),
        ("task/status=open", "status=open", "write status:open;"),
        ("tasks=3", "tasks", "has:task"),
    ],
)
def test_faults(shop: Shop, term: str, marked: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_terms([term], shop.scope())
    error = caught.value
    assert error.exit_code == ExitCode.USAGE
    text, start, end = error.faults[0].span
    assert text[start:end] == marked
    assert said in f"{error.message}\n{error.hint}"


def test_token_is_marked(shop: Shop) -> None:
    with pytest.raises(QueryError) as caught:
        parse_terms(["task/status:opne"], shop.scope())
    assert caught.value.message.splitlines()[1:] == ["  task/status:opne", "              ^^^^"]


def test_several_faults_at_once(shop: Shop) -> None:
    with pytest.raises(QueryError) as caught:
        parse_terms(["ctiy:x", "+vip", "spend:abc"], shop.scope())
    assert len(caught.value.faults) == 2


def test_a_word_of_purchases_that_may_mean_two_states_names_both(shop: Shop) -> None:
    with pytest.raises(QueryError) as caught:
        parse_terms(["is:open"], shop.scope("purchase"))
    assert caught.value.hint.startswith("write is:unpaid or is:unshipped; known: ")
    assert {"sale", "order", "quote"} & set(caught.value.hint.split(", ")) >= {"sale", "order"}


def test_no_state_of_another_sense_is_suggested(shop: Shop) -> None:
    with pytest.raises(QueryError) as caught:
        parse_terms(["is:open"], shop.scope())
    assert "did you mean" not in caught.value.hint


def test_hostile_token_is_shown_harmless(shop: Shop) -> None:
    with pytest.raises(QueryError) as caught:
        parse_terms(["ctiy:\x1b[2J"], shop.scope())
    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize(
    ("expression", "marked"),
    [
        ("", ""),
        ("   ", ""),
        ("tag = vip and", ""),
        ("(tag = vip", ""),
        ("tag = vip)", ")"),
        ("tag vip", "vip"),
        ("city = New York", "York"),
        ("city = ", ""),
        ("city = none", "none"),
        ("city = 'x", "'x"),
        ("city in Koper", "Koper"),
        ("city in ()", ")"),
        ("ctiy = x", "ctiy"),
        ("city:Koper", "city:Koper"),
        ("city > x", ">"),
        ("sum(purchases) > 1", "purchases"),
        ("sum(purchases.number) > 1", "purchases.number"),
        ("sum(agreements.amount) > 1", "agreements.amount"),
        ("total(purchases.net) > 1", "total"),
        ("count(purchases during soonish) > 1", "soonish"),
        ("count(tags during 12m) > 1", "tags"),
        ("any(tasks)", ")"),
        ("any(tsks, status = open)", "tsks"),
        ("any(tasks, status = opne)", "opne"),
        ("spend = last_contact", "last_contact"),
        ("@nobody", "@nobody"),
        ("is(opne)", "opne"),
        ("name & x", "&"),
        ("name ! x", "!"),
    ],
)
def test_faults_of_expressions(shop: Shop, expression: str, marked: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_expression(expression, shop.scope())
    text, start, end = caught.value.faults[0].span
    assert text[start:end] == marked


def test_deep_nesting_is_refused(shop: Shop) -> None:
    for text in ("(" * 5000 + "spend = 1" + ")" * 5000, "any(tasks, " * 3000):
        with pytest.raises(QueryError, match="nested too deeply"):
            parse_expression(text, shop.scope())
    assert shop.ids(where="not " * 5000 + "name = zora") == ["zora"]


@pytest.mark.parametrize(
    ("segment", "said"),
    [
        ("loop", "@loop → @round → @loop"),
        ("broken", "in segment @broken"),
        ("nothing", "neither query, where nor members"),
    ],
)
def test_faulty_segments(shop: Shop, segment: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        shop.ids(f"@{segment}")
    assert said in caught.value.message


def test_columns_that_are_not_there(shop: Shop) -> None:
    for cols in ("nmae", "name,", "text", "lines.net", "purchases.net", "spend@x", "sum(x.y)"):
        with pytest.raises(UsageError):
            shop.ask(cols=cols)
    with pytest.raises(UsageError) as caught:
        shop.ask(cols="nmae")
    assert "did you mean name" in caught.value.hint
    assert "last_contact" in caught.value.hint


def test_me_without_a_user(shop: Shop) -> None:
    with pytest.raises(QueryError, match="it is not known who 'me' is"):
        parse_terms(["owner:me"], shop.scope(user=None))


def test_customer_who(shop: Shop) -> None:
    with pytest.raises(NotFound):
        shop.ids("customer:nobody", base="task")
