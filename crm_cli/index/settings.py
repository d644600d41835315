"""The business, from `crm.yaml` and `rates.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_cli.index.reading import ProblemRow, Read, failed, read, row_of, single_root
from crm_cli.index.schema import calendars
from crm_cli.model import places
from crm_cli.model.business import Business
from crm_cli.model.errors import Problem
from crm_cli.model.reading import Reader

if TYPE_CHECKING:
    from crm_cli.model.item import Item
    from crm_cli.store.tree import Tree

PATH = places.SETTINGS.path
RATES = places.RATES.path


def read_business(tree: Tree) -> tuple[Business, list[ProblemRow], dict[str, bytes]]:
    """The business as its files say, what is wrong in them, and their hashes by path."""
    from crm_cli.model.rate_table import rate_faults
    from crm_cli.model.settings import business_of

    hashes = {}
    settings = table = None
    known = True
    problems: list[Problem] = []
    file = read(tree, PATH)
    if file is not None:
        try:
            settings, problems = settings_of(file)
        except Exception as error:
            problems = [failed(PATH, error)]
        known = settings is not None or not problems
        hashes[PATH] = file.settled([row_of(problem) for problem in problems])
    file = read(tree, RATES)
    if file is not None:
        faults: list[Problem] = []
        try:
            table, found = single_root(file, RATES)
            faults += found
            if table is not None:
                faults += [
                    Problem(RATES, node.line, node.column, "bad-rate", message, hint)
                    for node, message, hint in rate_faults(table)
                ]
        except Exception as error:
            table, faults = None, [failed(RATES, error)]
        hashes[RATES] = file.settled([row_of(problem) for problem in faults])
        problems += faults
    business = business_of(settings, table)
    business = business._replace(known=known, calendars=calendars(business.holidays))
    return business, [row_of(problem) for problem in problems], hashes


def settings_of(file: Read) -> tuple[Item | None, list[Problem]]:
    """`crm.yaml` as an item, or None where it cannot be read; with its problems."""
    from crm_cli.model.settings import SETTINGS

    root, problems = single_root(file, PATH)
    if root is None:
        return None, list(problems)
    reader = Reader(PATH, Business())
    settings = reader.record(root, SETTINGS, "settings")
    return settings, [*problems, *reader.problems]
