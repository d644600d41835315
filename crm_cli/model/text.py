"""Text: folding for search, sanitizing for the terminal, guarding for spreadsheets.

What folds in the index folds in a query by the same functions, so that a name is
found however it is spelt: in any case, with or without diacritics, in its own
script or in Latin letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from unicodedata import normalize

from crm_cli.model.errors import Refused

RULES = 1
"""Counts the changes of the rules below; the transliteration's tables have their own version."""


_BREAKS = "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]"


def one_line(text: str, what: str) -> str:
    """The text, for a file that other programs read by lines; Refused where it has a line break.

    There the rest would be a line of its own: a command in a crontab, a setting of git's.
    """
    if re.search(_BREAKS, text):
        raise Refused(
            f"{what} has a line break or control character: {visible(text)}",
            "rename it; programs that read line by line would run the rest",
        )
    return text


def composed(text: str) -> str:
    """A text in Unicode's form C, in which equal texts are equal."""
    return text if text.isascii() else normalize("NFC", text)


def fold(text: str) -> str:
    """The text in lower-case Latin letters: `Šuštar` → `sustar`, `Георги` → `georgi`.

    Idempotent, and the same for every Unicode normal form. A letter of a script
    without a transliteration stays, in lower case.
    """
    if text.isascii():
        return text.lower()
    return normalize("NFKC", normalize("NFKC", text).casefold()).translate(_FOLDED).lower()


def tokens(text: str) -> list[str]:
    """The folded words: runs of letters and digits, so `ana@novak.example` is three."""
    if text.isascii():
        # Bytes are translated several times as fast, and nearly all text comes through here.
        return text.encode().translate(_LOWERED).decode().split()
    folded = fold(text)
    if folded.isascii():
        return folded.encode().translate(_LOWERED).decode().split()
    return re.findall(r"[^\W_]+", folded)


def words(text: str) -> str:
    """The tokens between single spaces, with one at both ends; empty where there are none.

    Made for finding whole words by `instr(words, ' vip ')` and the start of words
    by `instr(words, ' vip')`.
    """
    found = tokens(text)
    return f" {' '.join(found)} " if found else ""


def folding_version() -> str:
    """Changes whenever `fold` or `tokens` may answer differently.

    Costs an import of the package database (milliseconds): ask when an index is
    built, not on every read.
    """
    from importlib.metadata import version
    from unicodedata import unidata_version

    return f"{RULES}/{version('anyascii')}/{unidata_version}"


class _Folded(dict[int, str]):
    """Folds of single characters, found out once each. NFKC and casefolding came before."""

    def __missing__(self, point: int) -> str:
        self[point] = folded = _fold_character(chr(point))
        return folded


_FOLDED = _Folded({point: chr(point) for point in range(128)})
# The commonest characters that are no letter plus marks, as the transliteration has them: a
# file of European names and typographer's quotes is read without loading it.
_FOLDED.update(
    str.maketrans(
        {
            "đ": "d",
            "ł": "l",
            "ø": "o",
            "æ": "ae",
            "œ": "oe",
            "ð": "d",
            "þ": "th",
            "ı": "i",
            "ħ": "h",
        }
        | {"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "•": "*"}
        | {"«": "<<", "»": ">>", "€": " eur ", "£": " gbp ", "×": "*", "·": "-"}
    )
)
_LOWERED = bytes(
    ord(chr(point).lower()) if chr(point).isalnum() and point < 128 else 32 for point in range(256)
)


def _fold_character(char: str) -> str:
    base, *marks = list(normalize("NFKD", char))
    if base.isascii() and all("\u0300" <= mark <= "\u036f" for mark in marks):
        return base  # most European letters, without loading the transliteration
    from anyascii import anyascii

    latin = anyascii(char).lower()
    if char.isalpha():
        # A soft sign's apostrophe would cut a word in two: Ольга is olga, not ol'ga.
        return "".join(filter(str.isalnum, latin)) or ("" if latin else char)
    if latin and (latin[0].isalnum() or latin[-1].isalnum()) and not char.isalnum():
        return f" {latin} "  # a sign's name is a word of its own: 84€ is 84 eur
    return latin


# What could move the cursor, colour, reorder or end a line: C0, DEL, C1, the bidirectional
# controls (UAX #9), line and paragraph separators, and halves of surrogate pairs.
_CONTROLS = "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_SHORT = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}


def visible(text: str, *, multiline: bool = False) -> str:
    r"""The text for a terminal: control and bidi characters as escapes (`\x1b`, `\u202e`).

    With `multiline` line feeds and tabs stay, and CR LF is LF. What comes out has
    no other control character. It is for showing: escapes are not read back.
    """
    if text.isprintable():
        return text
    if multiline:
        text = text.replace("\r\n", "\n")
        return re.sub(f"(?![\n\t])[{_CONTROLS}]", _escaped, text)
    return re.sub(f"[{_CONTROLS}]", _escaped, text)


def cleaned(text: str) -> str:
    """A text without control and bidi characters, but for line feeds; a tab is a space.

    It is for documents: what the records say goes to others, who have no use for escapes.
    """
    if text.isprintable():
        return text
    return re.sub(f"(?!\n)[{_CONTROLS}]", "", text.replace("\r\n", "\n").replace("\t", " "))


def _escaped(match: re.Match[str]) -> str:
    char = match[0]
    if char in _SHORT:
        return _SHORT[char]
    return f"\\x{ord(char):02x}" if char < "\u0100" else f"\\u{ord(char):04x}"


def nearest(word: str, choices: Iterable[str], n: int = 3) -> list[str]:
    """At most `n` of the choices that were probably meant, the likeliest first.

    Spelling is compared folded, with `-`, `_` and spaces alike; a choice that
    begins with the word counts as near.
    """
    from difflib import SequenceMatcher

    wanted = _plain(word)
    if not wanted:
        return []
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    scored: list[tuple[float, str]] = []
    for choice in choices:
        candidate = _plain(choice)
        matcher.set_seq1(candidate)
        if candidate == wanted:
            score = 2.0
        elif len(wanted) > 1 and candidate.startswith(wanted):
            score = 1 + len(wanted) / len(candidate)
        elif matcher.real_quick_ratio() < 0.6 or matcher.quick_ratio() < 0.6:
            continue
        else:
            score = matcher.ratio()
            # Half of the letters in common make nobody think of `force` at `price`.
            most = max(1, max(len(wanted), len(candidate)) // 4)
            likely = score >= 0.75 and wanted[0] == candidate[0]
            if _mistakes(wanted, candidate) > most + likely:
                continue
        if score > 0.6:
            scored.append((-score, choice))
    return [choice for _, choice in sorted(set(scored))[:n]]


def _mistakes(word: str, other: str) -> int:
    """How many letters were left out, added, swapped or mistaken."""
    before, last = list[int](), list(range(len(other) + 1))
    for row, char in enumerate(word, 1):
        new = [row]
        for place, wanted in enumerate(other, 1):
            cost = min(last[place] + 1, new[-1] + 1, last[place - 1] + (char != wanted))
            if row > 1 < place and char == other[place - 2] and word[row - 2] == wanted:
                cost = min(cost, before[place - 2] + 1)
            new.append(cost)
        before, last = last, new
    return last[-1]


def did_you_mean(word: str, choices: Iterable[str], n: int = 3) -> str:
    """`did you mean a, b or c?`, or an empty text where nothing is near."""
    found = nearest(word, choices, n)
    if not found:
        return ""
    *most, last = found
    return f"did you mean {', '.join(most)} or {last}?" if most else f"did you mean {last}?"


def a_or_an(noun: str) -> str:
    """A noun with its article: `a task`, `an interaction`; of nouns with u, `a url`."""
    return f"an {noun}" if noun[:1].lower() in tuple("aeio") else f"a {noun}"


def _plain(word: str) -> str:
    return fold(word).replace("_", "-").replace(" ", "-").strip("-")


# What spreadsheets take for the start of a formula, by OWASP's list of CSV injection,
# with the full-width signs that some of them read as the plain ones.
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_FORMULA = f"{_SIGNS}\t\r\n"
# Where a spreadsheet whose list separator is another one than the comma may begin a cell
# in the middle of a text; quotes there are not part of what it reads.
_BEFORE, _AFTER = "(?<=[;\t\r\n])", f"(?=[\"']*[{_SIGNS}])"


@cache
def _part(mark: str) -> re.Pattern[str]:
    """Where such a cell may begin, after a mark; compiled when the first text is written so."""
    return re.compile(f"{_BEFORE}{mark}{_AFTER}")


def guard_cell(text: str) -> str:
    """A cell that no spreadsheet runs: a `'` goes before `= + - @`, TAB, CR and LF.

    A text that already looks guarded gets one more, so that `unguard_cell` gives
    back exactly what went in.
    """
    if text and not text[0].isalnum() and re.match(f"'*[{_FORMULA}]", text):
        return f"'{text}"
    return text


def unguard_cell(text: str) -> str:
    """What `guard_cell` was given."""
    if text.startswith("'") and re.match(f"'+[{_FORMULA}]", text):
        return text[1:]
    return text


def guard_parts(text: str) -> str:
    """A text that no spreadsheet runs, even one that splits it at `;`, TAB, CR or LF.

    Quotes alone are no help there: a spreadsheet that splits lines at `;` takes a quote
    for the beginning of a text only where it begins a cell of its own.
    """
    return _part("").sub("'", guard_cell(text))


def unguard_parts(text: str) -> str:
    """The text that `guard_parts` was given."""
    if "'" not in text:
        return text
    return unguard_cell(_part("'").sub("", text))


def split_names(text: str) -> list[str]:
    """`name,sum(purchases.net)` at its commas, save those between parentheses or quotes."""
    parts, depth, quoted, start = [], 0, "", 0
    for place, char in enumerate(text):
        if quoted:
            quoted = "" if char == quoted else quoted
        elif char in "'\"":
            quoted = char
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "," and depth <= 0:
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return [part.strip() for part in parts]
