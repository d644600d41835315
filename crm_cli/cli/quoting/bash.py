"""Quoting for bash, where the text that completion inserts is put into the line as it is.

Readline replaces the text from its last word break on; in an open quote, all that follows
the quote. Its notion of quotes is simpler than bash's: it knows neither `$'…'` and `$"…"`
nor `$(…)`. Where the two do not agree, nothing is offered, since readline adds the closing
quote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crm_cli.cli.quoting import UNFINISHED, Candidate, Quote, divided, shared
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.width import fitted

_INSERT_ALL = str(ord("*"))
"""`COMP_TYPE` of insert-completions, which inserts all words, with spaces between them."""
_INSERT_COMMON = str(ord("\t"))
"""`COMP_TYPE` of a first TAB, which inserts what all words begin with, and lists none."""

_LIST = str(ord("?"))
"""`COMP_TYPE` of a second TAB, which lists several words, and inserts none of them."""
_DESCRIBED = 40
"""So many words or fewer are listed with what they are, each in a line of its own."""
_MOST_COLUMNS = 80
"""The width of a terminal that an older script does not say."""

_NO_FILES = "+o default +o bashdefault"

_COMMON = r"(?P<expanding>\$\{\w+\}|\$(?![({\[]))|(?P<nested>[$`])"
_TOKENS = {
    Quote.NONE: re.compile(
        rf"(?P<space>[ \t])|(?P<open>\$?['\"])|{_COMMON}|(?P<nested_input>[<>]\()"
        r"|\\(?P<escaped>[^\n])|(?P<operator>[<>|&;()\n]|(?<![^ \t])\#)"
        r"|(?P<glob>[*?\[\]{}!~])|(?P<text>[^\\])"
    ),
    Quote.SINGLE: re.compile(r"(?P<close>')|(?P<text>[^'])", re.S),
    Quote.DOUBLE: re.compile(
        rf"(?P<close>\")|{_COMMON}|\\(?P<escaped>[$`\"\\])"
        r"|(?P<text>\\(?=[^\n])|[^\\])",
        re.S,
    ),
    Quote.ANSI: re.compile(
        r"(?P<close>')|\\(?P<escaped>['\"?\\])|\\(?P<octal>[01][0-7]{2})"
        r"|(?P<expanding>\\.)|(?P<text>[^'\\])",
        re.S,
    ),
}
_PLAIN = frozenset("_-./:,@%+=")


class Line(NamedTuple):
    """A line up to the cursor, as bash reads it.

    `kept` is what `current` begins with that readline does not replace; `files` says
    whether bash may complete names of files if nothing is offered, `kind` is `COMP_TYPE`, and
    `columns` the width of the terminal.
    """

    words: tuple[str, ...] = ()
    current: str | None = None
    quote: Quote = Quote.NONE
    kept: str = ""
    history: str = "!"
    files: bool = False
    kind: str = ""
    columns: int = _MOST_COLUMNS

    def reply(self, found: Sequence[Candidate], *, files: bool = True) -> list[str]:
        """Return options for `compopt`, then what readline may insert, each a line."""
        words = self._continued([one.word for one in found if one.word.startswith(self.kept)])
        rests = [word.removeprefix(self.kept) for word in dict.fromkeys(words)]
        texts = [self._inserted(rest) for rest in rests]
        lines = ["".join(text) for text in texts]
        count = divided(texts)
        if self.kind == _LIST and 1 < len(lines) <= _DESCRIBED:
            lines = self._described(lines, words, found)
        elif len(texts) > 1 and count is not None:
            # One more, that readline stops at.
            lines.append("".join(texts[0][:count]))
        options = [] if self.files and (files or words) else [_NO_FILES]
        if any(word.endswith(UNFINISHED) for word in words):
            options.append("-o nospace")
        return [" ".join(options), *lines]

    def _continued(self, words: list[str]) -> list[str]:
        """The words that continue what is typed, else those that merely hold it, such as the id
        of somebody of that name: what those begin with must not take its place."""
        typed = (self.current or "").lower()
        if begun := [word for word in words if word.lower().startswith(typed)]:
            return begun
        common = shared(words).lower()
        lost = len(words) > 1 and common and typed not in common
        return [] if lost and self.kind == _INSERT_COMMON else words

    def _described(
        self, lines: list[str], words: Sequence[str], found: Sequence[Candidate]
    ) -> list[str]:
        """Words to be listed, not inserted, each with what it is in the width of the terminal."""
        about = {one.word: one.about for one in found if one.about}
        told = [
            fitted(f"{line}  -- {about[word]}", max(self.columns - 1, len(line)))
            if word in about
            else line
            for line, word in zip(lines, dict.fromkeys(words), strict=True)
        ]
        return told if len(set(told)) > 1 else lines

    def _inserted(self, rest: str) -> list[str]:
        """Quote what readline is to insert.

        It takes a quote that the text begins with for the one that is open already, and
        adds the closing one only if the text does not end with it.
        """
        pieces = quoted(rest, self.quote, self.history)
        mark = self.quote[-1:]
        if mark and pieces:
            if pieces[0].startswith(mark):
                pieces[0] = mark + pieces[0]
            if pieces[-1].endswith(mark):
                pieces[-1] += mark
        return pieces


def quoted(text: str, quote: Quote, history: str = "!") -> list[str]:
    """Quote each character for where this quote is open, so that it stays open after it.

    `history` has the characters that history expansion begins with. No result is the
    beginning of another, and a line may end after any of them.
    """
    return [_quoted(char, quote, history) for char in text]


def _quoted(char: str, quote: Quote, history: str) -> str:
    match quote:
        case Quote.NONE:
            plain = char.isalnum() or not char.isascii() or char in _PLAIN
            return char if plain and char not in history else f"\\{char}"
        case Quote.SINGLE:
            return "'\\''" if char == "'" else char
        case Quote.DOUBLE:
            if char in '$`"\\':
                return f"\\{char}"
            # No backslash protects from history expansion there without staying.
            return f"\"'{char}'\"" if char in history else char
        case Quote.ANSI:
            # Readline takes \' for the end of the quote.
            return {"'": "\\047", "\\": "\\\\"}.get(char, char)


def parse(arguments: Sequence[str]) -> Line:
    """Read the line up to the cursor, its rest, and what else bash says of it.

    That is the text before the cursor that readline replaces, `COMP_TYPE`, `$histchars`, and
    the width of the terminal.
    """
    before, after, replaced, kind, histchars, *further = arguments
    columns = next((int(one) for one in further if one.isascii() and one.isdigit()), 0)
    history = "!" + histchars[:1]
    reader = _Reader(history)
    reader.read(before)
    start = len(before) - len(replaced)
    if reader.broken or not before.endswith(replaced) or not reader.agrees(before, start):
        return Line()
    if reader.quote and after:
        # Readline closes the quote before the rest, whose quotes would open and close it.
        return Line()
    if kind == _INSERT_ALL and before[:start].rstrip(" \t") == before[:start]:
        # Readline takes the open quote away, and repeats nothing that it does not replace.
        return Line()
    return Line(
        tuple(reader.words[1:]),
        None if reader.unknown else reader.value,
        reader.quote,
        reader.value[: reader.marks[start][0]],
        history,
        # In quotes with a dollar, bash quotes names of files for those without.
        files=not reader.quote or not before[:start].endswith(("$'", '$"')),
        kind=kind,
        columns=columns or _MOST_COLUMNS,
    )


class _Reader:
    """The state of reading a line: finished words, and the word that is being read.

    `marks` has, for each place in the line where the current word can be cut, the length
    of its value there and the quote that is open. `broken` is set if the line ends within
    an escape or has commands of its own (`$(…)`), `unknown` if bash expands the word.
    """

    def __init__(self, history: str) -> None:
        self.words: list[str] = []
        self.value = ""
        self.quote = Quote.NONE
        self.marks: dict[int, tuple[int, Quote]] = {0: (0, Quote.NONE)}
        self.opened = 0
        self.broken = self.unknown = False
        self._history = history
        self._started = self._operators = False

    def read(self, line: str) -> None:
        """Read the line to its end."""
        at = 0
        while at < len(line) and not self.broken:
            token = _TOKENS[self.quote].match(line, at)
            if token is None or token.lastgroup is None:
                self.broken = True
                return
            at = token.end()
            self._take(token.lastgroup, token[token.lastgroup], at)
            self.marks[at] = (len(self.value), self.quote)

    def agrees(self, line: str, start: int) -> bool:
        """Return True if readline, which replaces from `start`, sees the same quotes."""
        if start not in self.marks or _open_for_readline(line) != self.quote[-1:]:
            return False
        return start == self.opened if self.quote else not self.marks[start][1]

    def _take(self, kind: str, text: str, at: int) -> None:
        if kind == "space":
            if self._started:
                self.words.append(self.value)
            self.value, self.marks = "", {}
            self._started, self.unknown = False, self._operators
            return
        self._started = True
        if kind == "open":
            self.quote, self.opened = Quote(text.replace('$"', '"')), at
        elif kind == "close":
            self.quote = Quote.NONE
        elif kind in ("nested", "nested_input"):
            self.broken = True
        else:
            self.value += chr(int(text, 8)) if kind == "octal" else text
            if kind == "operator":
                self._operators = True
            expands = kind == "text" and self.quote in (Quote.NONE, Quote.DOUBLE)
            if kind in ("operator", "glob", "expanding") or (expands and text in self._history):
                self.unknown = True


def _open_for_readline(line: str) -> str:
    """Return the quote that readline takes for open at the line's end, and will close."""
    quote, escaped = "", False
    for char in line:
        if escaped:
            escaped = False
        elif char == "\\" and quote != "'":
            escaped = True
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
    return quote
