"""Folding, sanitizing, guarding and near misses."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model import text as subject
from crm_cli.model.text import (
    a_or_an,
    did_you_mean,
    fold,
    folding_version,
    guard_cell,
    guard_parts,
    nearest,
    tokens,
    unguard_cell,
    unguard_parts,
    visible,
    words,
)

ANY = st.text(alphabet=st.characters(), max_size=40)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ŠUŠTAR", "sustar"),
        ("Georgi", "georgi"),
        ("Георги", "georgi"),
        ("Ольга", "olga"),
        ("გიორგი", "giorgi"),
        ("Łódź", "lodz"),
        ("Đorđe", "dorde"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("İstanbul", "istanbul"),
        ("ﬁne", "fine"),
        ("Ærø", "aero"),
        ("１２", "12"),
        ("O’Brien", "o'brien"),
    ],
)
def test_names_fold_to_what_people_type(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_script_in_two_spellings_of_a_letter_folds_alike() -> None:
    assert fold("علي") != ""
    assert fold("Й") == fold(normalize("NFD", "Й"))


def test_the_shortcuts_of_folding_agree_with_the_transliteration() -> None:
    for point, folded in list(subject._FOLDED.items()):
        if point > 127:
            assert subject._fold_character(chr(point)) == folded


def test_words_are_letters_and_digits() -> None:
    assert tokens("Ana.Novak@shop.example, 20 kg!") == [
        "ana", "novak", "shop", "example", "20", "kg",
    ]  # fmt: skip
    assert tokens("84€ – Šuštar_2") == ["84", "eur", "sustar", "2"]
    assert words("Kava d.o.o.") == " kava d o o "
    assert words("…!") == ""


def test_the_version_names_the_tables() -> None:
    assert folding_version().count("/") == 2


@settings(max_examples=60)
@given(ANY)
def test_folding_is_idempotent_and_the_same_for_every_normal_form(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(normalize("NFC", text)) == fold(normalize("NFD", text))
    assert tokens(folded) == tokens(text)
    assert all(word == fold(word) and " " not in word for word in tokens(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain žlica", "plain žlica"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\u202eevil", r"\u202eevil"),
        ("\x85\u2028\x7f\ud800", r"\x85\u2028\x7f\ud800"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\xa0b", "a\xa0b"),
    ],
)
def test_nothing_invisible_reaches_the_terminal(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_several_lines_stay_lines_where_wanted() -> None:
    assert visible("a\r\nb\n\tc\x1b", multiline=True) == "a\nb\n\tc\\x1b"
    assert visible("a\rb", multiline=True) == r"a\rb"


@settings(max_examples=60)
@given(st.text(alphabet=st.characters() | st.sampled_from("\x00\x1b\x9b\u202e\u2066\ud800\r\n")))
def test_what_is_shown_has_no_control_character(text: str) -> None:
    forbidden = {*map(chr, range(32)), *map(chr, range(0x7F, 0xA0))}
    forbidden |= set("\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e")
    forbidden |= set("\u2066\u2067\u2068\u2069")
    assert not forbidden & set(visible(text))
    assert not (forbidden - {"\n", "\t"}) & set(visible(text, multiline=True))
    visible(text).encode()
    visible(text, multiline=True).encode()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('=HYPERLINK("http://e.example")', '\'=HYPERLINK("http://e.example")'),
        ("+1", "'+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("'tis", "'tis"),
        ("Ana", "Ana"),
        ("", ""),
    ],
)
def test_cells_that_a_spreadsheet_would_run_are_guarded(text: str, cell: str) -> None:
    assert guard_cell(text) == cell
    assert unguard_cell(cell) == text


@settings(max_examples=300)
@given(st.text(alphabet=st.sampled_from("'\";=+-@\t\r\na1 ＝"), max_size=6) | ANY)
def test_guarding_is_lossless(text: str) -> None:
    cell = guard_cell(text)
    assert unguard_cell(cell) == text
    assert unguard_parts(guard_parts(text)) == text
    assert not cell.startswith(tuple("=+-@\t\r\n"))


def test_near_misses_are_found() -> None:
    fields = ["lifecycle_stage", "name", "last_purchase", "last_contact", "email"]
    assert nearest("lfecycle-stage", fields) == ["lifecycle_stage"]
    assert nearest("last-", fields) == ["last_contact", "last_purchase"]
    assert nearest("qqqq", fields) == []
    assert nearest("compnay", ["company"]) == ["company"]
    assert nearest("", fields) == []
    assert did_you_mean("emial", fields) == "did you mean email?"
    assert did_you_mean("last", fields) == "did you mean last_contact or last_purchase?"
    assert did_you_mean("zzz", fields) == ""


def test_a_noun_has_its_article() -> None:
    nouns = ("interaction", "address", "organization", "email", "task", "url", "user", "invoice")
    said = [a_or_an(noun).partition(" ")[0] for noun in nouns]
    assert said == ["an", "an", "an", "an", "a", "a", "a", "an"]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Ana;=1", "Ana;'=1"),
        ('Ana;"=1', "Ana;'\"=1"),
        ("a\t＝1", "a\t'＝1"),
        ("- a\n- b", "'- a\n'- b"),
        ("a\r\n@b", "a\r\n'@b"),
        ("a\n'=1", "a\n''=1"),
        ("a;b\n\nc, =1", "a;b\n\nc, =1"),
    ],
)
def test_parts_that_a_spreadsheet_would_run_are_guarded(text: str, cell: str) -> None:
    assert guard_parts(text) == cell
    assert unguard_parts(cell) == text


@pytest.mark.parametrize(
    ("word", "other"),
    [("price", "force"), ("tax", "text"), ("order", "former"), ("done", "owner"), ("qty", "at"),
     ("within", "city"), ("from", "custom"), ("since", "source"), ("archive", "search")],
)  # fmt: skip
def test_words_that_share_letters_only_are_not_near(word: str, other: str) -> None:
    assert nearest(word, [other]) == []
