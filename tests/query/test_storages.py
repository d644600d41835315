"""Every storage has its classes, and no other module asks which storage a value has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import crm_cli
from crm_cli.index.cells import CODECS
from crm_cli.model.fieldtypes import Storage
from crm_cli.query.ast import Op
from crm_cli.query.storages import OPERATORS
from crm_cli.query.storages.base import ON_FLAGS, ON_NUMBERS, ON_TEXT

PACKAGE = Path(crm_cli.__file__).parent
STORAGES = {value for value in vars(Storage).values() if isinstance(value, Storage)}
NATURES = {"text": ON_TEXT, "number": ON_NUMBERS, "date": ON_NUMBERS, "flag": ON_FLAGS}


def test_every_storage_has_a_class_for_its_cells_and_one_for_queries() -> None:
    assert len(STORAGES) == 12
    # Items are rows of their own, and what is kept as written has no column.
    assert set(OPERATORS) == STORAGES - {Storage.NESTED}
    assert set(CODECS) == STORAGES - {Storage.NESTED, Storage.FREE}


@pytest.mark.parametrize("storage", OPERATORS, ids=repr)
def test_operators_follow_from_the_nature_of_a_storage(storage: Storage) -> None:
    found = OPERATORS[storage]
    assert found.ops == NATURES[storage.nature]
    assert found.ranged == (Op.LT in found.ops)
    assert found.may_be_zero == (storage.nature in ("number", "flag"))
    assert found.has_order == (found.ranged and storage is not Storage.PARTIAL_DATE)
    if found.whole or found.has_decimals:
        assert storage.is_number


def test_no_other_module_asks_which_storage_it_is() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\bStorage\.[A-Z]", path.read_text(encoding="utf-8"))
    }
    assert {name for name in found if not name.startswith("model/fieldtypes/")} == {
        "index/cells.py",
        "model/kind.py",  # items, which are a type of their own
        "query/storages/__init__.py",
    }
