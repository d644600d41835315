"""Every code that is given is declared, and every declared one is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from crm_cli.model.codes import CODES

SOURCE = Path(__file__).resolve().parents[2] / "crm_cli"
GIVERS = {"Problem", "problem", "_skip", "_unusable", "at", "Finding"}
WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def given(tree: ast.AST) -> Iterator[str]:
    """The codes in calls that make problems, and in `code=`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        for keyword in node.keywords:
            if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                yield str(keyword.value.value)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name not in GIVERS:
            continue
        for place in node.args[3:4] if name == "Problem" else node.args[1:2]:
            if isinstance(place, ast.Constant) and WORD.fullmatch(str(place.value)):
                yield str(place.value)


def test_every_code_that_is_given_is_declared() -> None:
    for path in SOURCE.rglob("*.py"):
        if path.parts[-2:] == ("cli", "shells.py"):
            continue
        undeclared = set(given(ast.parse(path.read_text(encoding="utf-8")))) - set(CODES)
        assert not undeclared, f"{path}: declare {undeclared} in crm_cli/model/codes.py"


def test_every_declared_code_is_given() -> None:
    texts = [
        path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py") if path.name != "codes.py"
    ]
    for code in CODES:
        assert any(f'"{code}"' in text for text in texts), code


def test_a_rule_is_a_sentence() -> None:
    for code, rule in CODES.items():
        assert WORD.fullmatch(code)
        assert rule.meaning.endswith("."), code
        assert rule.cure.endswith("."), code
