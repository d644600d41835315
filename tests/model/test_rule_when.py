"""When a rule acts: the words of `once`, `on` and `until`."""

from __future__ import annotations

from datetime import date

import pytest

from crm_cli.model.duration import Interval
from crm_cli.model.errors import Unreadable
from crm_cli.model.rule import is_name
from crm_cli.model.rule_when import ONCE, Event, Once, Until, read_event, read_once, read_until


@pytest.mark.parametrize("word", ONCE)
def test_words_of_once(word: str) -> None:
    for text in (word, f" per {word.upper()} ", f"every {word}"):
        assert read_once(text) == Once(word)


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("30 days", Interval(days=30)),
        ("every 2 weeks", Interval(days=14)),
        ("1 year 6 months", Interval(1, 6)),
        ("monthly", Interval(months=1)),
        ("P1Y", Interval(1)),
    ],
)
def test_intervals_of_once(text: str, interval: Interval) -> None:
    assert read_once(text) == Once("", interval)


@pytest.mark.parametrize("text", ["", "often", "monht", "0 days", "30", "once"])
def test_what_is_no_once(text: str) -> None:
    with pytest.raises(Unreadable) as error:
        read_once(text)
    assert error.value.hint


@pytest.mark.parametrize(
    ("text", "day", "period", "next"),
    [
        ("year", "2026-12-31", "2026", "2027-01-01"),
        ("month", "2026-01-31", "2026-01", "2026-02-01"),
        ("month", "2026-12-01", "2026-12", "2027-01-01"),
        ("week", "2026-01-01", "2026-W01", "2026-01-05"),
        ("week", "2027-01-01", "2026-W53", "2027-01-04"),
        ("day", "2028-02-28", "2028-02-28", "2028-02-29"),
        ("ever", "2026-11-20", "", None),
        ("item", "2026-11-20", "", None),
        ("change", "2026-11-20", "", None),
        ("1 month", "2027-01-31", "", "2027-02-28"),
        ("30 days", "2026-11-20", "", "2026-12-20"),
    ],
)
def test_periods_and_what_follows(text: str, day: str, period: str, next: str | None) -> None:
    once, at = read_once(text), date.fromisoformat(day)
    assert once.period(at) == period
    assert once.next(at) == (date.fromisoformat(next) if next else None)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("added", Event("added")),
        ("PAID", Event("paid")),
        ("lost", Event("lost")),
        ("stage proposal", Event("stage", "", "", "proposal")),
        ("stage: won back", Event("stage", "", "", "won back")),
        ("changed owner", Event("changed", "owner")),
        ("changed owner to marko", Event("changed", "owner", "", "marko")),
        ("changed owner from petra", Event("changed", "owner", "petra")),
        ("changed owner from petra to marko", Event("changed", "owner", "petra", "marko")),
        ("changed owner petra → marko", Event("changed", "owner", "petra", "marko")),
        ("changed owner petra -> marko", Event("changed", "owner", "petra", "marko")),
        ("changed custom.visits to 3", Event("changed", "custom.visits", "", "3")),
        ("changed city from New York to Los Angeles",
         Event("changed", "city", "New York", "Los Angeles")),
    ],
)  # fmt: skip
def test_events(text: str, event: Event) -> None:
    assert read_event(text) == event


@pytest.mark.parametrize(
    "text", ["", "add", "chnaged owner", "changed", "changed owner petra", "stage", "paid twice"]
)
def test_what_is_no_event(text: str) -> None:
    with pytest.raises(Unreadable) as error:
        read_event(text)
    assert error.value.hint


def test_what_ends_a_sequence() -> None:
    assert read_until("replied") == (Until(),)
    assert read_until("replied or stage:customer or 'city:New York' is:hot") == (
        Until(), Until(("stage:customer",)), Until(("city:New York", "is:hot")),
    )  # fmt: skip
    assert read_until("stage:customer")[0].replied is False
    assert read_until("'name:salt or pepper'") == (Until(("name:salt or pepper",)),)


@pytest.mark.parametrize("text", ["", "replied or 'x", "replied or", "or replied", '"a'])
def test_what_ends_nothing(text: str) -> None:
    with pytest.raises(Unreadable):
        read_until(text)


@pytest.mark.parametrize(
    ("name", "good"),
    [("welcome", True), ("silent-60", True), ("", False), ("a--b", False), ("Über", False),
     ("a/1", False), ("A", False), ("-a", False), ("a b", False), ("a" * 61, False)],
)  # fmt: skip
def test_names_of_rules(name: str, good: bool) -> None:
    assert is_name(name) is good
