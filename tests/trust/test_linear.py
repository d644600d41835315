"""Reading takes time in proportion to the text: no element of it costs more when repeated.

Steps are counted, not timed: the lines of Python that run for a text, and for one of twice the
length. What regular expressions do cannot be counted so: the beginnings of those that are
searched for are looked at instead.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]
from types import FrameType
from typing import Any

import pytest

import crm_cli
from crm_cli.formats.ics.blocks import blocks_of
from crm_cli.formats.tabular import read_table
from crm_cli.formats.vcf.cards import Book
from crm_cli.formats.vcf.reading import read_cards
from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import CrmError, Problem
from crm_cli.query.expression import parse_expression
from crm_cli.query.scope import Scope
from crm_cli.query.terms import parse_terms
from crm_cli.render.problems import SHOWN, problem_lines
from crm_cli.render.screen import Screen
from crm_cli.store.comments import comments
from crm_cli.store.compose import compose, place
from crm_cli.store.document import Document
from crm_cli.workspace.tracking import Moment, note_changes, states

ROOT = Path(crm_cli.__file__).parent
SCOPE = Scope(CUSTOMER, date(2026, 11, 20), Business())

YAML = {
    "spaces before a comment": ("name: x", " ", "#\n"),
    "spaces at the end": ("name: x", " ", "\n"),
    "tabs": ("name: x", "\t", "#\n"),
    "double quotes": ("name: ", '"', "\n"),
    "single quotes": ("name: ", "'", "\n"),
    "backslashes": ('name: "', "\\", "\n"),
    "spaces after a quoted text": ('name: "a"', " ", "b\n"),
    "open brackets": ("name: x\ntags: ", "[", "\n"),
    "items in brackets": ("name: x\ntags: [", "a,", "]\n"),
    "entries in braces": ("name: x\ncustom: {", "k%d: 1, ", "z: 1}\n"),
    "dashes": ("name: ", "-", "\n"),
    "lists in a line": ("name: x\ntags:\n", "- ", "\n"),
    "comment lines": ("name: x\n", "# c\n", ""),
    "comments beside items": ("name: x\ntags: # c\n", "  - a # c\n", ""),
    "texts cut by a comment": ("name: x\ntags:\n", "  - a #c\n", ""),
    "signs of a comment": ("name: x", " #", "\n"),
    "keys": ("name: x\n", "k%d: v\n", ""),
    "the same key": ("name: x\n", "k: v\n", ""),
    "items": ("name: x\ntags:\n", "  - t\n", ""),
    "records in a list": ("name: x\ntasks:\n", "  - {title: a}\n", ""),
    "aliases": ("name: &a x\ntags: [", "*a, ", "]\n"),
    "folded lines": ("name: x\nnotes: >\n", "  word\n", ""),
    "lines of a block": ("name: x\nnotes: |\n", "  word\n", ""),
    "empty lines": ("name: x\nnotes: |\n  a\n", "\n", "k: v\n"),
    "lines of a plain text": ("name: x\n", "  y\n", ""),
    "conflict markers": ("name: x\n", "<<<<<<< a\n=======\n>>>>>>> b\n", ""),
    "open conflict markers": ("name: x\n", "<<<<<<< a\n", ""),
    "documents": ("name: x\n", "---\n", ""),
    "tags": ("name: x\nnotes: ", "!a ", "\n"),
    "line separators": ('name: "', "\u2028", '"\n'),
    "escapes": ('name: "', "\\n", '"\n'),
    "question marks": ("name: x\n", "? ", "\n"),
    "digits": ("name: x\nbirth_date: ", "1", "\n"),
    "words of a rhythm": ("name: x\ntasks:\n  - {title: a, every: ", "1 ", "x}\n"),
    "an address": ("name: x\nemail: ", "a.", "@b\n"),
    "groups of a number": ("name: x\nphone: +", "1 ", "\n"),
}
"""What stands before, what is repeated, what stands after."""

QUERIES = {
    "a long word": ("name:", "a", ""),
    "a long word of other letters": ("", "š", ""),
    "double quotes": ("name:", '"', ""),
    "commas": ("name:", ",", ""),
    "values": ("name:", "a,", "b"),
    "spaces": ("name", " ", "= 1"),
    "brackets": ("", "(", ""),
    "exclamation marks": ("", "!", ""),
    "steps": ("", "line/", "x"),
    "dots": ("name:", ".", ""),
    "conditions": ("name = 1", " and name = 1", ""),
    "stars": ("name:", "*", ""),
}

TABLES = {
    "rows": ("a,b\n", "1,2\n", ""),
    "columns": ("", "a%d,", "z\n"),
    "quotes": ('a,b\n"', '""', '",1\n'),
    "spaces": ("a,b\n1,", " ", "2\n"),
    "empty lines": ("a,b\n", "\n", "1,2\n"),
}

CALENDARS = {
    "folded lines": ("BEGIN:VEVENT\r\nSUMMARY:x\r\n", " y\r\n", "END:VEVENT\r\n"),
    "parameters": ("BEGIN:VEVENT\r\nX", ";A=B", ":1\r\nEND:VEVENT\r\n"),
    "begins": ("", "BEGIN:VEVENT\r\n", ""),
    "entries": ("", "BEGIN:VEVENT\r\nEND:VEVENT\r\n", ""),
    "properties": ("BEGIN:VEVENT\r\n", "X:1\r\n", "END:VEVENT\r\n"),
}


CARDS = {
    "folded lines": ("FN:x\r\n", " y\r\n", ""),
    "parameters": ("FN:x\r\nX", ";A=B", ":1\r\n"),
    "begins": ("", "BEGIN:VCARD\r\n", ""),
    "cards": ("", "END:VCARD\r\nBEGIN:VCARD\r\nFN:x\r\n", ""),
    "properties": ("FN:x\r\n", "X:1\r\n", ""),
    "soft breaks": ("FN:x\r\nNOTE;QUOTED-PRINTABLE:=\r\n", "a=\r\n", ""),
    "pieces of a picture": ("FN:x\r\nPHOTO;ENCODING=b:AAAA\r\n", "AAAA\r\n", ""),
    "tags": ("FN:x\r\nCATEGORIES:", "a,", "\r\n"),
    "components": ("FN:x\r\nADR:", ";", "\r\n"),
    "escapes": ("FN:x\r\nNOTE:", "\\n", "\r\n"),
    "quotes": ("FN:x\r\nX;A=", '"', ":1\r\n"),
}


def read_all_cards(text: str) -> None:
    list(read_cards(f"BEGIN:VCARD\r\nVERSION:3.0\r\n{text}END:VCARD\r\n", Book(Business())))


def read(text: str) -> None:
    Document("customers/x.yaml", text.encode(), CUSTOMER, Business()).problems  # noqa: B018


def read_by(reader: str) -> Callable[[str], object]:
    readers: dict[str, Callable[[str], object]] = {
        "record": read,
        "pure": lambda text: compose(text, "x", parser="pure"),
        "comments": lambda text: comments(text, "x"),
        "place": lambda text: place(text, len(text)),
        "terms": lambda text: parse_terms([text], SCOPE),
        "expression": lambda text: parse_expression(text, SCOPE),
        "table": lambda text: read_table(text.encode()),
        "calendar": lambda text: list(blocks_of(text)),
        "cards": read_all_cards,
    }
    return readers[reader]


def trials() -> Iterator[Any]:
    for reader, elements in (
        ("record", YAML), ("pure", YAML), ("comments", YAML), ("terms", QUERIES),
        ("expression", QUERIES), ("table", TABLES), ("calendar", CALENDARS),
        ("cards", CARDS),
    ):  # fmt: skip
        for name, parts in elements.items():
            if reader == "pure" and name == "open brackets":
                continue  # it is the reader of what libyaml refuses, which stops at 32 of them
            yield pytest.param(reader, parts, id=f"{reader}: {name}")


def steps(run: Callable[[str], object], text: str) -> int:
    """How many lines of Python run for a text, those of libraries among them."""
    counted = 0

    def count(frame: FrameType, event: str, _: object) -> Any:
        nonlocal counted
        counted += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        run(text)
    except CrmError:
        pass
    finally:
        sys.settrace(before)
    return counted


@pytest.mark.parametrize(("reader", "parts"), list(trials()))
def test_twice_as_much_takes_twice_as_many_steps(reader: str, parts: tuple[str, str, str]) -> None:
    run = read_by(reader)

    def made(times: int) -> str:
        start, again, end = parts
        many = (again.replace("%d", str(100_000 + n)) for n in range(times))
        return start + "".join(many) + end

    for warm in (1, 2):
        steps(run, made(warm))
    few, more = (steps(run, made(times)) for times in (200, 400))
    assert more <= 2.4 * few + 500, (few, more)


def test_many_deals_are_looked_at_once_for_what_has_changed() -> None:
    def looked(number: int) -> int:
        deals = "".join(f"  - {{id: d-{n:07}, name: x, stage: lead}}\n" for n in range(number))
        text = f"name: x\ndeals:\n{deals}"
        document = Document("customers/x.yaml", text.encode(), CUSTOMER, Business())
        moment = Moment(datetime(2026, 11, 20, tzinfo=UTC), lambda: None)
        before = states(document)
        return steps(lambda _: note_changes(document, before, moment), "")

    few, more = looked(200), looked(400)
    assert more <= 2.4 * few + 500, (few, more)


def test_many_problems_are_compared_once() -> None:
    class Counted(Problem):
        hashed = 0

        def __hash__(self) -> int:
            Counted.hashed += 1
            return super().__hash__()

    held = [Counted("x.yaml", line, 1, "x", "wrong") for line in range(400)]
    told = list(problem_lines(held, Screen()))
    assert told[-1] == f"… and {400 - SHOWN} more: crm check\n"
    assert Counted.hashed <= 2 * len(held)


SEARCHING = ("search", "finditer", "findall", "sub", "subn", "split")


def searched() -> Iterator[tuple[str, str, int]]:
    """(where, pattern, flags) of each regular expression that is searched for in texts."""
    for file in sorted(ROOT.rglob("*.py")):
        if file.name == "__main__.py":
            continue
        name = ".".join(("crm_cli", *file.relative_to(ROOT).with_suffix("").parts))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            held = node.func.value
            if node.func.attr not in SEARCHING or not isinstance(held, ast.Name):
                continue
            where = f"{name}:{node.lineno}"
            if held.id != "re":
                pattern = getattr(import_module(name), held.id, None)
                if isinstance(pattern, re.Pattern):
                    text = pattern.pattern
                    flags = pattern.flags & (re.VERBOSE | re.MULTILINE)
                    yield where, text.decode("latin-1") if isinstance(text, bytes) else text, flags
            elif isinstance(node.args[0], ast.Constant):
                said = node.args[0].value
                yield where, said.decode("latin-1") if isinstance(said, bytes) else str(said), 0


def begins_with_a_run(parts: Any) -> bool:
    """True if a pattern begins with a repeat without end, and more has to follow it.

    Then it is tried again from each place within a run that what follows does not end.
    """
    parts = list(parts)
    for number, (kind, held) in enumerate(parts):
        if kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
            if held[1] == _constants.MAXREPEAT:
                return number + 1 < len(parts)
            return False
        if kind is _constants.BRANCH:
            return any(begins_with_a_run([*branch, *parts[number + 1 :]]) for branch in held[1])
        if kind is _constants.SUBPATTERN:
            return begins_with_a_run([*held[3], *parts[number + 1 :]])
        if kind is _constants.ASSERT or kind is _constants.ASSERT_NOT:
            return False  # which keeps it from beginning within a run
        return False
    return False


def begins_with_lines(parts: Any) -> bool:
    """True if a pattern begins at the start of any line with a run that goes on over the next.

    Then it is tried again from each of the empty lines that what follows does not end.
    """
    first, *rest = [*list(parts), (None, None)]
    if not parts.state.flags & re.MULTILINE:
        return False
    if first != (_constants.AT, _constants.AT_BEGINNING) or rest[0][0] is None:
        return False
    kind, held = rest[0]
    space = (_constants.CATEGORY, _constants.CATEGORY_SPACE)
    runs = kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT)
    return runs and held[1] == _constants.MAXREPEAT and (
        list(held[2]) == [(_constants.IN, [space])]
    )


def test_no_search_begins_within_a_run_of_what_it_repeats() -> None:
    found = list(searched())
    assert len(found) > 40
    slow = [
        f"{where} {pattern!r}"
        for where, pattern, flags in found
        if begins_with_a_run(_parser.parse(pattern, flags))
        or begins_with_lines(_parser.parse(pattern, flags))
    ]
    assert not slow
    assert begins_with_lines(_parser.parse(r"(?m)^\s*#"))
    assert not begins_with_lines(_parser.parse(r"(?m)^[ \t]*#"))
    assert begins_with_a_run(_parser.parse(r"[ \t]+#"))
    assert not begins_with_a_run(_parser.parse(r"(?<! )[ \t]+#"))
