"""Names of files made of numbers, which may be written in any way."""

from __future__ import annotations

import pytest

from crm_cli.model.file_names import FileNames


def test_numbers_that_are_alike_get_names_of_their_own() -> None:
    names = FileNames()
    found = [names.free(text, ".pdf") for text in ("7/1", "7_1", "7-1", "7 1", "A1", "a1")]
    assert found == ["7_1.pdf", "7_1-2.pdf", "7-1.pdf", "7_1-3.pdf", "A1.pdf", "a1-2.pdf"]


def test_a_name_that_is_there_is_not_given() -> None:
    there = {"2026/a.txt", "2026/a-2.txt"}
    names = FileNames(there.__contains__)
    assert names.free("a", ".txt", folder="2026/") == "2026/a-3.txt"
    assert names.free("a", ".txt", folder="2027/") == "2027/a.txt"


@pytest.mark.parametrize(
    ("text", "name"),
    [("račun-Č/1", "racun-C_1"), ("۷/۱", "7_1"), ("../x", "x"), ("..", "p-1"), ("", "p-1"),
     ("x" * 300, "x" * 100), ("a\0b\n", "a_b")],
)  # fmt: skip
def test_a_name_is_one_everywhere(text: str, name: str) -> None:
    assert FileNames().free(text, "", otherwise="p-1") == name
    assert FileNames().free("..", "") == "file"
