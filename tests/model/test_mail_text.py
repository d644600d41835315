"""What somebody says in a mail: quotes, signatures and what went before are left out."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from crm_cli.model import mail_text
from crm_cli.model.mail_text import LETTERS, LINES, beginning, spoken
from tests.mails import STYLES, Style

AT = datetime(2026, 11, 3, 10, 30, tzinfo=UTC)


def above(style: Style) -> str:
    return style.above.format(d=AT, name="Ana Novak", address="ana@novak.example", subject="Re: x")


def test_long_lines_are_no_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether one is, takes time by the square of its length."""
    asked = []

    class Counting:
        def fullmatch(self, text: str) -> None:
            asked.append(len(text))

    monkeypatch.setattr(mail_text, "_RULE", Counting())
    headers = "From: Ana\nSent: Tue 3 Nov 2026 10:30\nTo: petra@x.example\n"
    for rule in ("-" * 100, "--a" * 60_000):
        spoken(f"Yes.\n{rule}\n{headers}")
    assert asked == [100]


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.language)
def test_an_answer_above_the_quote(style: Style) -> None:
    said = "\n".join(style.sentences)
    quote = "\n".join(f"> {line}" for line in ("Dobro jutro,", "", "kdaj pridete?"))
    assert spoken(f"{said}\n\n{above(style)}\n\n{quote}\n") == said


@pytest.mark.parametrize("style", [one for one in STYLES if one.language != "sv"],
                         ids=lambda style: style.language)  # fmt: skip
def test_an_answer_below_and_between(style: Style) -> None:
    first, second = style.sentences
    text = f"{above(style)}\n> one\n> two\n\n{first}\n\n> three\n{second}\n-- \nAna\n"
    assert spoken(text) == f"{first}\n\n{second}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Yes.\n\n-----Original Message-----\nFrom: Ana\nSent: Tue 3 Nov 2026 10:30\nTo: Petra\n"
         "Subject: Sheets\n\nHow many?", "Yes."),
        ("Ja.\n\n*Von:* Ana <ana@novak.example>\n*Gesendet:* 3.11.2026 10:30\n*An:* Petra\n"
         "*Betreff:* Tücher\n\nWie viele?", "Ja."),
        ("Three things:\n- sheets\n- towels\n\nBye", "Three things:\n- sheets\n- towels\n\nBye"),
        ("The prices are:\n\n10 EUR at 10:30:\nfine", "The prices are:\n\n10 EUR at 10:30:\nfine"),
        ("Date: 2026-11-12\nTime: 10:30\nContact: ana@novak.example\nThanks",
         "Date: 2026-11-12\nTime: 10:30\nContact: ana@novak.example\nThanks"),
        ("Hi\n\n\n\n\nthere\n--\nAna", "Hi\n\nthere"),
        ("-- \nAna", "--\nAna"),
        ("> only a quote", ""),
        ("AN> how many?\nTwo.", "Two."),
        ("a < b and b > c", "a < b and b > c"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_is_left(text: str, said: str) -> None:
    assert spoken(text) == said


def test_the_mail_before_is_known_again_without_marks() -> None:
    before = "Good morning,\nhow many sheets do you need?\nPetra"
    text = f"Twenty.\n\nAm 03.11.26 um 10:30 schrieb Petra:\n\n{before}"
    assert spoken(text, before) == "Twenty."
    assert spoken("Good morning,\nthank you", before) == "Good morning,\nthank you"
    assert spoken("Petra", before) == "Petra", "too short to be a quote"


def test_a_beginning_is_cut_between_words() -> None:
    assert beginning("one\ntwo") == "one\ntwo"
    long = "\n".join(map(str, range(LINES + 1)))
    assert beginning(long) == "\n".join(map(str, range(LINES))) + " …"
    assert beginning("word " * LETTERS).endswith("word …")
    assert len(beginning("x" * 5 * LETTERS)) <= LETTERS + 2


def test_any_text_is_read_once_and_to_no_more_than_it_is() -> None:
    draw = random.Random(4)
    pieces = ("> ", "--", "-- \n", "\n", "\n\n", "From: ", "a@b.example", " 2026", " 10:30", ":",
              "word ", "____________\n", "\r", "\x00", "ЖЖ ")  # fmt: skip
    for _ in range(2000):
        text = "".join(draw.choice(pieces) for _ in range(draw.randint(0, 40)))
        found = spoken(text, text[: draw.randint(0, 40)])
        assert len(found) <= len(text)
        bare = "".join(text.split())
        assert all("".join(line.split()) in bare for line in found.split("\n"))
