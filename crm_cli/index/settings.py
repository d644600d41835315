"""The business, by `crm.yaml` and `rates.yaml`, kept so that a run need not read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_cli.index.reading import ProblemRow, Read, read, root_of, row_of
from crm_cli.model.business import Business
from crm_cli.model.errors import Problem
from crm_cli.model.reading import Reader

if TYPE_CHECKING:
    from crm_cli.model.item import Item
    from crm_cli.store.tree import Tree

PATH = "crm.yaml"
RATES = "rates.yaml"


def read_business(tree: Tree) -> tuple[Business, list[ProblemRow], dict[str, bytes]]:
    """The business as its files say, what is wrong in them, and their hashes by path."""
    from crm_cli.model.settings import business_of, rate_faults

    hashes = {}
    settings = table = None
    problems: list[Problem] = []
    file = read(tree, PATH)
    if file is not None:
        hashes[PATH] = file.hash
        settings, problems = settings_of(file)
    file = read(tree, RATES)
    if file is not None:
        hashes[RATES] = file.hash
        table, faults = root_of(file, RATES)
        problems += faults
        if table is not None:
            problems += [
                Problem(RATES, node.line, node.column, "bad-rate", message, hint)
                for node, message, hint in rate_faults(table)
            ]
    return business_of(settings, table), [row_of(problem) for problem in problems], hashes


def settings_of(file: Read) -> tuple[Item | None, list[Problem]]:
    """`crm.yaml` as an item, or None where it cannot be read; with its problems."""
    from crm_cli.model.settings import SETTINGS

    root, problems = root_of(file, PATH)
    if root is None:
        return None, list(problems)
    reader = Reader(PATH, Business())
    settings = reader.record(root, SETTINGS, "settings")
    return settings, [*problems, *reader.problems]


def packed(business: Business) -> bytes:
    """The business as bytes; equal for equal ones."""
    import marshal

    parts = []
    for name in Business.__dataclass_fields__:
        value = getattr(business, name)
        parts.append((name, sorted(value.items()) if isinstance(value, dict) else value))
    return marshal.dumps(parts, 2)


def unpacked(data: bytes) -> Business:
    """The business that `packed` was given. Raises ValueError, EOFError or TypeError."""
    import marshal

    # Only what was a dictionary is a list: tables of the business are tuples.
    parts: dict[str, Any] = {
        name: dict(value) if isinstance(value, list) else value
        for name, value in marshal.loads(data)
    }
    return Business(**parts)
