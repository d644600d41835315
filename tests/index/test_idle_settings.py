"""Settings that would do nothing: words for no list, and keys that nothing reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.index.directories import FILES, opened, write


@pytest.mark.parametrize(
    ("vocabulary", "message", "hint"),
    [
        ("{source: [fair], task_kind: delivery, outcome: }", "", ""),
        ("{sorce: [fair]}", "there is no list sorce to add words to", "did you mean source?"),
        ("{currency: [XYZ]}", "there is no list currency to add words to",
         "lists that take words: "),
        ("{source: {fair: 1}}", "source should be a list of words", "write them as [one, two]"),
        ("[fair]", "'['fair']' names no list", "lists that take words: "),
    ],
)  # fmt: skip
def test_words_for_no_list_are_told(
    tmp_path: Path, vocabulary: str, message: str, hint: str
) -> None:
    settings = FILES["crm.yaml"] + f"vocabulary: {vocabulary}\n"
    found = opened(write(tmp_path, {**FILES, "crm.yaml": settings})).problems()
    told = [(one.message, one.hint[: len(hint)]) for one in found if one.path == "crm.yaml"]
    assert told == ([(message, hint)] if message else [])


def test_a_setting_that_nothing_reads_is_told(tmp_path: Path) -> None:
    settings = FILES["crm.yaml"] + "curency: EUR\nbank: {fee: 1}\nlang: sl\n"
    found = opened(write(tmp_path, {**FILES, "crm.yaml": settings})).problems()
    assert [(one.message, one.hint, one.severity.value) for one in found] == [
        ("curency is no setting: nothing reads it", "did you mean currency?", "warning"),
        ("fee is no setting of bank: nothing reads it", "crm config shows what can be set",
         "warning"),
        ("lang is no setting: nothing reads it", "crm config shows what can be set", "warning"),
    ]  # fmt: skip
