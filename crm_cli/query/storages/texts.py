"""Texts in queries: by word, whole, or by part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unicodedata import normalize

from crm_cli.index.matching import Pattern
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import Choice, Country, FieldType, Ids, User
from crm_cli.model.permission import Uses
from crm_cli.model.text import fold, tokens, words
from crm_cli.query.ast import Op, Operand
from crm_cli.query.rows import Frame, Value
from crm_cli.query.scope import Scope
from crm_cli.query.storages.base import ON_TEXT, SAME, Converter, Operators, pattern, ranked

_FEW = 100
"""So many texts are parameters of their own."""


class TextOperators(Operators):
    """Text that is found by its words."""

    ops = ON_TEXT
    gathered = True

    def read(self, text: str, operand: Operand, op: Op, scope: Scope, *, quoted: bool) -> Any:
        """The text itself, or a regular expression."""
        return pattern(text) if op is Op.RE else text

    def test(self, value: Value, op: Op, wanted: Any, frame: Frame) -> str:
        """Words are found whatever stands around them; `is` asks for the text as it is."""
        wanted = str(wanted)
        if op is Op.RE:
            return frame.dialect.matches(value.sql, frame.bind(Pattern(wanted, frame.segment)))
        if op is Op.IS:
            return exact(value.sql, [wanted], frame)
        if op in SAME:
            return self.same(value, wanted, frame)
        return part(value, op, wanted, frame)

    def same(self, value: Value, wanted: str, frame: Frame) -> str:
        """Whether the text has these words, one after the other."""
        sought = words(wanted)
        if sought:
            return frame.dialect.contains(value.folded, frame.bind(sought))
        return exact(value.sql, [wanted], frame)

    def test_any(self, value: Value, op: Op, wanted: list[Any], frame: Frame) -> str:
        """Many texts that are asked for as they are make one test."""
        if op is Op.IS and len(wanted) > 1:
            return exact(value.sql, list(map(str, wanted)), frame)
        return super().test_any(value, op, wanted, frame)

    def present(self, value: Value) -> str:
        """An empty text is nothing."""
        return f"{value.sql} <> ''"

    def order(self, value: Value, frame: Frame) -> tuple[str, ...]:
        """By the folded words."""
        return (value.folded, value.sql) if value.folded else (value.sql,)

    def rank(self, sql: str, type: FieldType, frame: Frame) -> str:
        """By the folded text."""
        return frame.dialect.folded(sql)


class FreeOperators(TextOperators):
    """What is kept as it was written: found by its words."""

    gathered = False
    grouped = False

    def rank(self, sql: str, type: FieldType, frame: Frame) -> str:
        """As it stands."""
        return sql


class WordOperators(TextOperators):
    """One word of a closed list, an id or a code: compared whole, whatever its case."""

    def read(self, text: str, operand: Operand, op: Op, scope: Scope, *, quoted: bool) -> Any:
        """A word of a closed list as it is written there; `me` is the user at work."""
        type = operand.type
        if op in (Op.RE, Op.HAS, Op.STARTS, Op.ENDS):
            return super().read(text, operand, op, scope, quoted=quoted)
        if isinstance(type, (Choice, Country)):
            return type.read(text, scope.business)
        if text == "me" and not quoted and isinstance(type, User):
            user = scope.me()
            if not user:
                raise Unreadable("it is not known who 'me' is", "give --as USER or set CRM_USER")
            return user
        return text

    def same(self, value: Value, wanted: str, frame: Frame) -> str:
        """Whether it is this word; of a closed list the tables have it as it is written there."""
        if type(value.type) is Choice and wanted in value.type.words:
            return exact(value.sql, [wanted], frame)
        return frame.dialect.same_word(value.sql, frame.bind(fold(wanted).strip()))

    def order(self, value: Value, frame: Frame) -> tuple[str, ...]:
        """Words of a closed list by their places there."""
        if isinstance(value.type, Choice):
            return (ranked(value.sql, value.type, frame),)
        return (frame.dialect.caseless(value.sql),)

    def rank(self, sql: str, type: FieldType, frame: Frame) -> str:
        """As they are sorted elsewhere."""
        if isinstance(type, Choice):
            return ranked(sql, type, frame)
        return super().rank(sql, type, frame)


class TextsOperators(TextOperators):
    """Several texts, a line each: any of them is asked for."""

    gathered = False
    grouped = False
    lines = True

    def read(self, text: str, operand: Operand, op: Op, scope: Scope, *, quoted: bool) -> Any:
        """The text itself; what somebody may be contacted for is a purpose and a channel."""
        if isinstance(operand.type, Uses) and op in SAME:
            return operand.type.one(text)
        return super().read(text, operand, op, scope, quoted=quoted)

    def test(self, value: Value, op: Op, wanted: Any, frame: Frame) -> str:
        """Whether one of the texts stands so to what is wanted."""
        wanted, dialect = str(wanted), frame.dialect
        if op is Op.RE:
            return dialect.matches_line(value.sql, frame.bind(Pattern(wanted, frame.segment)))
        if op is Op.HAS:
            return part(value, op, wanted, frame)
        line = dialect.line_break
        if op is Op.IS or (op in SAME and isinstance(value.type, Ids)):
            padded = f"{line} || {value.sql} || {line}"
            return dialect.contains(padded, f"{line} || {frame.bind(wanted)} || {line}")
        if op in SAME:
            # Two spaces part the texts in the index, so the words are within one.
            sought = words(wanted)
            found = dialect.contains(value.folded, frame.bind(sought)) if sought else ""
            return found or dialect.truth(False)
        folded = f"{line} || {dialect.folded(value.sql)} || {line}"
        ends = frame.bind(fold(wanted).strip())
        asked = f"{line} || {ends}" if op is Op.STARTS else f"{ends} || {line}"
        return dialect.contains(folded, asked)

    def test_any(self, value: Value, op: Op, wanted: list[Any], frame: Frame) -> str:
        """One after the other."""
        return Operators.test_any(self, value, op, wanted, frame)

    def rank(self, sql: str, type: FieldType, frame: Frame) -> str:
        """As they stand."""
        return sql

    def converter(self, type: FieldType, scope: Scope) -> Converter | None:
        """A list."""
        return lines


def lines(text: str) -> list[str]:
    """The texts of a cell; a line break within one is U+001E there."""
    if not text:
        return []
    found = text.split("\n")
    return [line.replace("\x1e", "\n") for line in found] if "\x1e" in text else found


def exact(sql: str, wanted: Sequence[str], frame: Frame) -> str:
    """One of these texts, in whichever Unicode normal form it was typed."""
    forms = dict.fromkeys(
        form for text in wanted for form in (text, normalize("NFC", text), normalize("NFD", text))
    )
    if len(forms) > _FEW:
        # A statement has no more than some thousand parameters.
        return frame.dialect.among(sql, frame.bind_array(list(forms)))
    return f"{sql} IN ({', '.join(frame.bind(form) for form in forms)})"


def part(value: Value, op: Op, wanted: str, frame: Frame) -> str:
    """Part of the text, its beginning or its end, folded; signs count.

    The kept words are looked through first; only where signs were asked for, or where
    it begins or ends, is the text itself folded.
    """
    dialect = frame.dialect
    sought = " ".join(tokens(wanted))
    tests = [dialect.contains(value.folded, frame.bind(sought))] if sought and value.folded else []
    folded = fold(wanted).strip() or wanted
    test = {Op.HAS: dialect.contains, Op.STARTS: dialect.starts, Op.ENDS: dialect.ends}[op]
    if op is not Op.HAS or folded != sought or not tests:
        tests.append(test(dialect.folded(value.sql), frame.bind(folded)))
    return f"({' AND '.join(tests)})"
