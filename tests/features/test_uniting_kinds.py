"""Merging customers, with an item of each kind that there is on either side; and in clones.

The kinds are those of the registry, so that a new one is tried by itself.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import Text, Word
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.workspace import open_workspace
from tests.conftest import Crm, Git
from tests.kinds.stage import Stage, values_of

KEEP, DROP = "ana-novak", "eva-hren"
LISTS = [(field.key, kind) for field, kind in CUSTOMER.lists]
RECORDS = ("contacts", "organizations", "relations")
"""Lists of what stands in other records, too: an item is one with that of the same record."""


def item(kind: Kind, number: int) -> dict[str, Any]:
    """An item with all its fields, and a mark that tells it from others."""
    values = values_of(kind)
    if kind.letter:
        values["id"] = f"{kind.letter}-{number + 10:07}"
    if "number" in values:
        values["number"] = f"N-{number}"
    if "external_id" in values:
        values["external_id"] = f"x{number}"
    if "value" in values:
        values["value"] = {"email": f"{mark(number)}@x.example", "phone": f"+38640{number:06}"}.get(
            kind.name, mark(number)
        )
    return {**values, marked(kind): mark(number)}


def marked(kind: Kind) -> str:
    """The field of a kind that may hold any word."""
    return next(one.key for one in reversed(kind.fields) if one.type.__class__ in (Text, Word))


def mark(number: int) -> str:
    return f"mark-{number}"


def text_of(number: int) -> str:
    """An item of every list, as a record has them."""
    return yaml.safe_dump(
        {key: [item(kind, number)] for key, kind in LISTS}, sort_keys=False, allow_unicode=True
    )


def add_to(path: Path, number: int) -> None:
    """Write another item at the end of each list of a file, as a hand would."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    for key, kind in LISTS:
        if key in RECORDS:
            continue
        start = lines.index(f"{key}:\n")
        end = next(
            (place for place in range(start + 1, len(lines)) if lines[place][0] not in " -"),
            len(lines),
        )
        more = yaml.safe_dump([item(kind, number)], sort_keys=False).splitlines(keepends=True)
        lines[end:end] = more
    path.write_text("".join(lines), "utf-8")


def told(shop: Path, id: str, key: str) -> list[Item]:
    return open_workspace(directory=shop).record(id).items(key)


def marks(shop: Path, id: str, key: str, kind: Kind) -> set[str]:
    """The marks of a list's items."""
    found = set()
    for one in told(shop, id, key):
        found |= set(str(one.get(marked(kind))).split("\n"))
    return found


@pytest.fixture(name="both")
def _both(shop: Path, crm: Crm) -> Path:
    """Two customers, each with an item of every kind that the other does not have."""
    Stage(shop, crm, CUSTOMER)
    keep, drop = (shop / f"customers/{id}.yaml" for id in (KEEP, DROP))
    keep.write_text(f"name: Ana Novak\n{text_of(1)}", "utf-8")
    drop.write_text(f"name: Ana Novak\n{text_of(2)}", "utf-8")
    return shop


def test_every_item_of_every_kind_comes_along(both: Path, crm: Crm) -> None:
    paths = list(both.rglob("*.yaml"))
    before = {path: path.read_bytes() for path in paths}
    held = {
        key: [one.answer() for id in (KEEP, DROP) for one in told(both, id, key)]
        for key, _ in LISTS
    }
    run = crm("merge", KEEP, DROP, "--prefer", "keep", "--yes")
    assert run.code == 0, run.err
    for key, kind in LISTS:
        if key in RECORDS:
            continue
        after = [one.answer() for one in told(both, KEEP, key)]
        for one in held[key]:
            assert _renamed(one) in after, (key, one, after)
        assert {mark(1), mark(2)} <= marks(both, KEEP, key, kind), key
    assert crm("undo").code == 0
    assert {path: path.read_bytes() for path in both.rglob("*.yaml")} == before


def _renamed(value: Any) -> Any:
    """A value in which the one who is gone is the other one."""
    if isinstance(value, dict):
        return {key: _renamed(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_renamed(part) for part in value]
    return KEEP if value == DROP else value


def test_what_both_clones_add_meanwhile_comes_along(both: Path, crm: Crm, git: Git) -> None:
    bare, other = both.parent / "remote.git", both.parent / "other"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    git("branch", "-M", "main")
    git("remote", "add", "origin", str(bare))
    assert crm("sync").code == 0
    subprocess.run(["git", "clone", "-q", str(bare), str(other)], check=True)
    assert crm("-C", other, "git", "setup", "--yes").code == 0
    assert crm("merge", KEEP, DROP, "--prefer", "keep", "--yes").code == 0
    add_to(both / f"customers/{KEEP}.yaml", 3)
    add_to(other / f"customers/{KEEP}.yaml", 4)
    add_to(other / f"customers/{DROP}.yaml", 5)
    assert crm("sync").code == 0
    run = crm("-C", other, "sync")
    assert run.code == 0, run.err
    assert crm("sync").code == 0
    texts = [(root / f"customers/{KEEP}.yaml").read_text("utf-8") for root in (both, other)]
    assert texts[0] == texts[1]
    assert not (other / f"customers/{DROP}.yaml").exists()
    for key, kind in LISTS:
        if key in RECORDS:
            continue
        wanted = {mark(number) for number in range(1, 6)}
        assert wanted <= marks(both, KEEP, key, kind), key
