"""Rules in the shop, and what they did there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conftest import Crm


def rules(shop: Path, text: str) -> None:
    """Write rules.yaml."""
    (shop / "rules.yaml").write_text(text, encoding="utf-8")


def state(shop: Path) -> dict[str, bytes]:
    """All files of the directory, without the program's own and git's."""
    return {
        str(path.relative_to(shop)): path.read_bytes()
        for path in sorted(shop.rglob("*"))
        if path.is_file() and path.relative_to(shop).parts[0] not in (".crm", ".git")
    }


def rows(crm: Crm, *words: str) -> list[dict[str, Any]]:
    """What a list answers, as JSON."""
    ran = crm(*words, "--json")
    assert ran.code == 0, ran.err
    found: list[dict[str, Any]] = json.loads(ran.out)
    return found
