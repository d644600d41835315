"""All records in one document, and back: the same bytes; and the schemas of records."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from crm_cli.formats.json_schema import schema
from crm_cli.formats.whole import Held, document, files_of
from crm_cli.model.errors import DataError
from crm_cli.model.kinds import HOMES
from crm_cli.model.places import kind_of, place_of
from crm_cli.model.settings import SETTINGS
from tests.conftest import Crm

EXAMPLE = Path(__file__).resolve().parents[2] / "data-example"


def held(root: Path) -> dict[str, bytes]:
    return {
        path: one.read_bytes()
        for one in root.rglob("*")
        if one.is_file() and place_of(path := str(one.relative_to(root)))
    }


def test_everything_comes_back_byte_for_byte(shop: Path, crm: Crm) -> None:
    (shop / "customers/odd.yaml").write_bytes(b"\xef\xbb\xbfname:   Odd \r\nphone: '1'  # x\r\n")
    (shop / "customers/bad.yaml").write_bytes(b"name: [\xff\n")
    (shop / "templates").mkdir()
    (shop / "templates/logo.png").write_bytes(bytes(range(256)))
    before, target = held(shop), shop.parent / "all.json"
    assert crm("export", "all", "--format", "json", "--to", target).code in (0, 4)
    for path in before:
        (shop / path).unlink()
    (shop / "crm.yaml").write_text("currency: EUR\n")
    run = crm("import", "all", target, "--yes")
    assert run.code in (0, 4), run.err
    assert held(shop) == before
    again = crm("import", "all", target, "--yes")
    assert "nothing" in again.err
    assert crm("undo").code == 0
    assert held(shop) == {"crm.yaml": b"currency: EUR\n"}


def test_other_programs_read_records(shop: Path, crm: Crm) -> None:
    found = json.loads(crm("export", "all").out)["files"]
    by_path = {one["path"]: one for one in found}
    maja = by_path["customers/maja-kos.yaml"]
    assert maja["kind"] == "customer"
    assert maja["record"]["name"] == "Maja Kos"
    assert by_path["products.yaml"]["record"]["linen-sheet"]["name"] == "Linen sheet"


def test_what_is_there_is_asked_about(shop: Path, crm: Crm) -> None:
    target = shop.parent / "all.json"
    assert crm("export", "all", "--to", target).code == 0
    assert crm("set", "maja-kos", "city=Piran").code == 0
    text = (shop / "customers/maja-kos.yaml").read_text()
    assert crm("import", "all", target).code == 2, "there is no terminal to ask on"
    assert (shop / "customers/maja-kos.yaml").read_text() == text
    assert crm("import", "all", target, "--dry-run").code == 0
    assert (shop / "customers/maja-kos.yaml").read_text() == text


@pytest.mark.parametrize(
    "path",
    ["../x.yaml", "/etc/passwd", ".git/config", ".crm/lock", "customers/../../x.yaml", "x.sh",
     "customers/.git/hooks/a.yaml", ".gitattributes", 7, None],
)  # fmt: skip
def test_paths_that_lead_elsewhere_are_refused(shop: Path, crm: Crm, path: Any) -> None:
    target = shop.parent / "all.json"
    target.write_text(json.dumps({"crm": 1, "files": [{"path": path, "text": "name: X\n"}]}))
    before = standing(shop.parent)
    assert crm("import", "all", target, "--yes").code not in (0, 1)
    assert standing(shop.parent) == before


def standing(root: Path) -> set[str]:
    """The files below a folder, but those of the index and of the lock."""
    found = (str(one.relative_to(root)) for one in root.rglob("*"))
    return {one for one in found if not one.startswith(("cache", "shop/.crm"))}


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"crm": 2, "files": []}', b'{"crm": 1, "files": [1]}',
             b'{"crm": 1, "files": [{"path": "crm.yaml"}]}', b"[" * 100_000,
             b'{"crm": 1, "files": [{"path": "crm.yaml", "base64": "!"}]}'],
)  # fmt: skip
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(DataError):
        files_of(data)


def test_a_file_that_is_there_twice_is_refused() -> None:
    twice = "".join(document([Held("crm.yaml", b"a"), Held("crm.yaml", b"b")]))
    with pytest.raises(DataError, match="twice"):
        files_of(twice.encode())


def fits(value: Any, part: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether a value is valid, by the words of JSON Schema that are used here."""
    if "$ref" in part:
        part = whole["definitions"][part["$ref"].rpartition("/")[2]]
    if "anyOf" in part:
        return any(fits(value, one, whole) for one in part["anyOf"])
    if "enum" in part and value not in part["enum"]:
        return False
    if "pattern" in part and not (isinstance(value, str) and re.search(part["pattern"], value)):
        return False
    names = {dict: "object", list: "array", bool: "boolean", int: "number", float: "number",
             str: "string", type(None): "null"}  # fmt: skip
    if "type" in part and names[type(value)] not in [*part["type"], part["type"]]:
        return False
    if isinstance(value, list):
        return all(fits(one, part.get("items", {}), whole) for one in value)
    if isinstance(value, dict):
        known, rest = part.get("properties", {}), part.get("additionalProperties", {})
        return all(fits(one, known.get(key, rest), whole) for key, one in value.items())
    return True


class Loader(yaml.SafeLoader):
    """As an editor reads: dates are texts."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith("timestamp")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize(
    "path", sorted(path for path in held(EXAMPLE) if kind_of(path) is not None)
)
def test_the_example_is_valid(path: str) -> None:
    kind = kind_of(path)
    assert kind is not None
    value = yaml.load((EXAMPLE / path).read_text(), Loader)
    assert fits(value, schema(kind), schema(kind)), path


def test_schemas_say_what_is_wrong() -> None:
    customer = schema(next(kind for kind in HOMES if kind.name == "customer"))
    assert fits({"kind": "person", "tasks": ["Call"]}, customer, customer)
    assert not fits({"kind": "cat"}, customer, customer)
    assert fits({"tasks": [{"status": "In-progress"}]}, customer, customer)
    assert not fits(["a"], customer, customer)
    assert not fits({"tasks": [{"status": "nearly"}]}, customer, customer)


def test_every_kind_has_one(shop: Path, crm: Crm) -> None:
    for kind in (*HOMES, SETTINGS):
        made = json.loads(crm("schema", kind.name).out)
        used = set(re.findall(r'"#/definitions/(\w+)"', json.dumps(made)))
        assert used <= set(made["definitions"])
        assert made["title"] == kind.name
    assert crm("schema", "customr").code != 0


def test_it_brings_nobody_back_who_was_forgotten(shop: Path, crm: Crm) -> None:
    target = shop.parent / "all.json"
    assert crm("export", "all", "--format", "json", "--to", target).code in (0, 4)
    assert crm("forget", "maja-kos", "--force", "--yes").code == 0
    before = held(shop)
    run = crm("import", "all", target, "--yes")
    assert (run.code, "somebody who was forgotten" in run.err) == (6, True), run
    assert held(shop) == before


def test_it_keeps_what_is_known_of_the_forgotten(shop: Path, crm: Crm) -> None:
    target = shop.parent / "all.json"
    assert crm("add", "Eva Hren", "--email", "eva@hren.example").code == 0
    assert crm("forget", "eva-hren", "--yes").code == 0
    assert crm("export", "all", "--format", "json", "--to", target).code in (0, 4)
    assert crm("add", "Tine Rus", "--email", "tine@rus.example").code == 0
    assert crm("forget", "tine-rus", "--yes").code == 0
    crm("import", "all", target, "--yes")
    for address in ("eva@hren.example", "tine@rus.example"):
        assert crm("add", "Somebody", "--email", address).code == 6
    (shop / "forgotten.yaml").write_text(f"salt: {'ab' * 16}\ndigests: [{'cd' * 16}]\n")
    assert crm("import", "all", target, "--yes").code == 6
