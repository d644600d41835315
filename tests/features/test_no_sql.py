"""SQL stands below the features: what they need of the tables they ask the query layer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import crm_cli

PACKAGE = Path(crm_cli.__file__).parent
ABOVE = ("cli", "features", "formats", "model", "render", "workspace")
"""The layers that may not speak SQL."""
USERS_OWN = ("features/sql.py", "cli/sql.py", "features/initializing/agents.py")
"""`crm sql`: the statement is the user's, or one that is shown to them."""
FILES = [
    path
    for layer in ABOVE
    for path in sorted((PACKAGE / layer).rglob("*.py"))
    if path.relative_to(PACKAGE).as_posix() not in USERS_OWN
]
STATEMENT = re.compile(
    r"\b(SELECT\b.*\bFROM|INSERT INTO|DELETE FROM|UPDATE\b.*\bSET|CREATE (VIRTUAL )?TABLE)\b", re.S
)


def spoken(source: str) -> Iterator[str]:
    """The SQL in a module, and what would execute it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(getattr(part, "value", "x")) for part in node.values)
            if STATEMENT.search(text):
                yield text
        elif isinstance(node, ast.Constant) and STATEMENT.search(str(node.value)):
            yield str(node.value)
        elif isinstance(node, ast.Attribute) and node.attr in ("execute", "executemany"):
            yield f".{node.attr}"
        elif isinstance(node, ast.Attribute) and node.attr == "connection":
            yield ast.unparse(node)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_sql(path: Path) -> None:
    found = list(spoken(path.read_text(encoding="utf-8")))
    if path == PACKAGE / "workspace" / "opened.py":
        # Here the index's connection becomes a database that queries are put to.
        found.remove("self.index.connection")
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'rows = x.connection.execute("SELECT 1")',
        "rows = x.index.connection",
        'sql = f"SELECT {column} FROM task"',
        "sql = '''SELECT id\n FROM task'''",
        'sql = "DELETE FROM task"',
    ],
)
def test_what_is_sql_is_found(source: str) -> None:
    assert list(spoken(source))
