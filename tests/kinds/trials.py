"""What every kind has to go through. A trial is a function over a stage; each kind has its own.

A trial that does not concern a kind returns without a word: that a kind has no ids, or no
date, is its declaration's business.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crm_cli.cli.complete import candidates
from crm_cli.formats.targets import IMPORTED
from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import Choice
from crm_cli.model.item import Item
from crm_cli.model.kind import GroupOf, Kind
from crm_cli.query.lexer import quoted
from crm_cli.query.own_fields import names
from crm_cli.query.owners import states
from crm_cli.query.views import view_name
from crm_cli.store.merge import merge_file
from tests.kinds.stage import HOLDER, OWN_WORD, Stage, example, single_fields, values_of

Trial = Callable[[Stage], None]


def typed(stage: Stage, kind: Kind, texts: dict[str, Any]) -> dict[str, Any]:
    """The values that texts are read as."""
    business = stage.workspace.business
    own = (key for key in texts if key in kind.by_key)
    return {key: _read(kind, key, texts[key], business) for key in own}


def _read(kind: Kind, key: str, value: Any, business: Business) -> Any:
    type = kind.by_key[key].type
    return type.read(value, business) if isinstance(value, str) else value


def held(item: Item) -> dict[str, Any]:
    """What an item says in fields that have one value."""
    keys = [field.key for field in single_fields(item.kind)]
    return {key: item.values[key] for key in keys if key in item.values}


# What is written is read


def what_is_added_is_read_back(stage: Stage) -> None:
    stage.add()
    wanted = values_of(stage.kind)
    item = stage.item()
    singles = {field.key for field in single_fields(stage.kind)}
    assert held(item) == typed(stage, stage.kind, {k: v for k, v in wanted.items() if k in singles})
    for field, part in stage.kind.lists:
        assert len(item.items(field.key)) >= 1, field.key
        assert set(item.items(field.key)[-1].values) >= {one.key for one in single_fields(part)}, (
            field.key
        )
    for field, part in stage.kind.groups:
        assert set(item.values[field.key].values) == {one.key for one in single_fields(part)}


def nothing_is_wrong_with_it(stage: Stage) -> None:
    stage.add()
    run = stage.crm("check", "--json")
    assert [one["message"] for one in json.loads(run.out) if one["severity"] == "error"] == []


def fmt_twice_changes_nothing(stage: Stage) -> None:
    stage.add()
    before = stage.item().answer()
    stage.ok("fmt", "--yes")
    once = stage.bytes
    assert stage.item().answer() == before
    stage.ok("fmt", "--yes")
    assert stage.bytes == once


# What is shown


def it_is_shown_whole(stage: Stage) -> None:
    if not stage.kind.letter:
        return
    stage.add()
    shown = json.loads(stage.ok("show", stage.id, "--json"))
    assert shown["kind_of_item"] == stage.kind.name
    assert {key for key in values_of(stage.kind) if key != "id"} <= set(shown)
    card = stage.ok("show", stage.id)
    for field in single_fields(stage.kind):
        assert (field.label or field.key.replace("_", " ")) in card, field.key


def it_is_on_the_customers_card(stage: Stage) -> None:
    if stage.place.file or stage.kind is CUSTOMER:
        return
    stage.add()
    top = stage.item()
    while top.parent is not None and top.parent.parent is not None:
        top = top.parent
    before = stage.ok("show", "bor-kos")
    card = stage.ok("show", HOLDER)
    title = str(top.values.get("value") or top.title or top.kind.name)
    assert title in card
    assert title not in before


def it_is_found_by_its_text(stage: Stage) -> None:
    stage.add()
    fields = [one for one in stage.kind.fields if one.searched and one.type.name == "text"]
    if stage.place.file or not fields:
        return
    found = json.loads(stage.ok("search", "Novak", "--json"))
    assert HOLDER in [row["id"] for row in found]


# What is asked


def every_field_is_a_query(stage: Stage) -> None:
    stage.add()
    if not stage.kind.letter and not stage.place.file and stage.kind is not CUSTOMER:
        return
    workspace = stage.workspace
    for field in single_fields(stage.kind):
        read = field.type.read(example(field), workspace.business)
        value = str(read[0]) if isinstance(read, list) else example(field)
        for term in (f"{field.key}:{quoted(value)}", f"has:{field.key}"):
            rows = workspace.select(stage.kind, [term], cols=("id",)).rows
            assert stage.id in [row[0] for row in rows], term
        rows = workspace.select(stage.kind, [f"no:{field.key}"], cols=("id",)).rows
        assert stage.id not in [row[0] for row in rows], field.key
    for field, part in stage.kind.groups:
        for one in single_fields(part):
            term = f"has:{field.key}.{one.key}"
            rows = workspace.select(stage.kind, [term], cols=("id",)).rows
            assert stage.id in [row[0] for row in rows], term


def every_column_is_answered(stage: Stage) -> None:
    from crm_cli.query.columns import valid_columns

    if not stage.kind.columns and not stage.kind.letter:
        return
    stage.add()
    workspace = stage.workspace
    columns = valid_columns(stage.kind)
    answer = workspace.select(stage.kind, cols=columns)
    assert len(answer.columns) == len(columns)
    if stage.kind.columns:
        first = stage.kind.columns[0]
        workspace.select(stage.kind, cols=stage.kind.columns, sort=f"{first}-")


def it_has_a_view_of_its_own(stage: Stage) -> None:
    stage.add()
    rows = json.loads(stage.ok("sql", f"SELECT * FROM {view_name(stage.kind)}", "--json"))
    keys = set(rows[0])
    for field in single_fields(stage.kind):
        assert field.key in keys, field.key
        assert any(row[field.key] is not None for row in rows), field.key


def its_states_are_asked(stage: Stage) -> None:
    stage.add()
    for name in states(stage.kind):
        stage.workspace.select(stage.kind, [f"is:{name}"], cols=stage.columns)


# What is changed


def a_field_is_set_and_taken_away(stage: Stage) -> None:
    if not stage.kind.letter and stage.kind is not CUSTOMER:
        return
    stage.add()
    before = stage.bytes
    business = stage.workspace.business
    for field in single_fields(stage.kind):
        if (stage.kind, field.key) != (CUSTOMER, "name"):
            stage.crm("set", stage.id, f"{field.key}=")
            assert field.key not in stage.item().values
        text = example(field, other=True)
        stage.ok("set", stage.id, f"{field.key}={text}", "--force")
        value = stage.item().values.get(field.key)
        assert value == field.type.read(text, business), field.key
        (stage.shop / stage.path).write_bytes(before)
    for field, part in stage.kind.groups:
        for one in single_fields(part):
            text = example(one, other=True)
            stage.ok("set", stage.id, f"{field.key}.{one.key}={text}")
            value = stage.item().values[field.key].values.get(one.key)
            assert value == one.type.read(text, business), one.key
            stage.ok("undo")
            assert stage.bytes == before


def it_is_removed_and_rm_says_what_goes(stage: Stage) -> None:
    if not stage.kind.letter:
        return
    stage.add()
    within = [part for _, part in stage.kind.lists if part.letter]
    dry = stage.crm("rm", HOLDER, "--dry-run")
    for kind in (stage.kind, *within):
        assert kind.name in dry.err, dry.err
    run = stage.crm("rm", stage.id, "--yes")
    assert run.code == 0, run.err
    for kind in within:
        assert f"1 {kind.name}" in run.err
    assert not stage.has_item() or stage.item().id != stage.id
    stage.ok("undo")
    assert stage.item().id == stage.id


def undo_and_history_name_it(stage: Stage) -> None:
    if not stage.kind.letter:
        return
    stage.repository()
    stage.add()
    fields = [one for one in single_fields(stage.kind) if not isinstance(one.type, Choice)]
    stage.ok("set", stage.id, f"{fields[0].key}={example(fields[0], other=True)}")
    told = [row["what"] for row in json.loads(stage.ok("history", HOLDER, "--json"))]
    if len(stage.place.lists) == 1:
        assert any(line.startswith(f"+1 {stage.kind.name} ") for line in told), told
    assert any(fields[0].key in line and "→" in line for line in told), told
    dry = stage.crm("undo", "--dry-run")
    assert fields[0].key in dry.out + dry.err


def two_sides_are_merged(stage: Stage) -> None:
    """Each side changes another field of the same item."""
    fields = single_fields(stage.kind)
    # The first field may be what tells items without an id apart.
    pair = (fields[0], fields[-1]) if stage.kind.letter else (fields[-1:] + fields[-2:])[:2]
    first, second = pair
    sides = []
    for keys in ((), (first,), (second,)):
        stage.clear()
        stage.add(**{field.key: example(field, other=True) for field in keys})
        sides.append(stage.bytes)
    base, ours, theirs = sides
    done = merge_file(base, ours, theirs, stage.path)
    assert done.conflicts == (), done.data.decode()
    (stage.shop / stage.path).write_bytes(done.data)
    item, business = stage.item(), stage.workspace.business
    for field in (first, second):
        wanted = field.type.read(example(field, other=True), business)
        assert item.values[field.key] == wanted, field.key


# What is offered


def names_values_and_states_are_completed(stage: Stage) -> None:
    stage.add()
    about = (stage.kind.name,)
    from crm_cli.features.completions import completions

    workspace = stage.workspace
    offered = set(completions(workspace, "term", "", about))
    assert {ref for ref in names(stage.kind) if ref != "text"} - offered == set()
    assert set(completions(workspace, "state", "", about)) == set(states(stage.kind))
    for field in stage.kind.fields:
        if isinstance(field.type, Choice):
            values = completions(workspace, f"value:{field.key}", "", about)
            assert set(field.type.words) <= set(values), field.key
            assert (OWN_WORD in values) == bool(field.type.vocabulary), field.key
    assert set(completions(workspace, "column", "", about)) >= set(stage.kind.columns) - {"path"}
    if stage.kind.letter:
        ids = [one.partition("\t")[0] for one in completions(workspace, "item", "", about)]
        assert stage.id in ids
        keys = candidates(["set", stage.id], "")
        assert {f"{field.key}=" for field in single_fields(stage.kind)} <= set(keys)


# What happened and what is due


def it_is_in_the_timeline(stage: Stage) -> None:
    if not stage.kind.letter or not stage.kind.when or not stage.kind.columns:
        return
    stage.add()
    words = ("timeline", HOLDER, "--json", "--kind", stage.kind.name)
    rows = json.loads(stage.ok(*words, "--today", "2030-01-01"))
    assert stage.kind.timeline
    if stage.kind.timeline[0].terms and stage.id not in [row["id"] for row in rows]:
        # Only some of the items have happened: those that are closed.
        assert stage.kind.live is not None
        return
    assert stage.id in [row["id"] for row in rows], rows


def it_is_due_while_it_can_be(stage: Stage) -> None:
    if stage.kind.due is None or not stage.kind.letter:
        return
    stage.add()
    term = f"id.is:{stage.id}"
    state = [f"is:{stage.kind.due.state}"] if stage.kind.due.state else []
    open_one = stage.workspace.select(stage.kind, [term, *state], cols=("id",)).rows
    rows = json.loads(stage.ok("due", term, "--json", "--today", "2030-01-01"))
    assert [row["id"] for row in rows] == ([stage.id] if open_one else [])
    for row in rows:
        assert row["what"]
        assert row["who"] == HOLDER


# What goes out and comes in


def lists_are_json_and_csv(stage: Stage) -> None:
    from crm_cli.cli.commands import named

    if named(stage.kind.name) is None:
        return
    stage.add()
    rows = json.loads(stage.ok(stage.kind.name, "list", "--json"))
    assert rows
    table = stage.ok(stage.kind.name, "list", "-o", "csv")
    assert len(list(csv.reader(io.StringIO(table)))) == len(rows) + 1
    assert stage.ok(stage.kind.name, "list", "-o", "ids").split() != []


def exports_are_imported_again(stage: Stage) -> None:
    if stage.kind.key not in IMPORTED:
        return
    stage.add()
    file = stage.shop.parent / f"{stage.kind.key}.csv"
    stage.ok("export", stage.kind.key, "--to", str(file))
    json.loads(stage.ok("export", stage.kind.key, "--format", "json"))
    before = stage.bytes
    again = stage.crm("import", stage.kind.key, str(file), "--yes")
    assert again.code == 0, again.err
    assert stage.bytes == before, "the same file changes nothing"
    if stage.kind is CUSTOMER:
        return
    wanted = held(stage.item())
    stage.edit(lambda document: document.delete(stage.id))
    stage.ok("import", stage.kind.key, str(file), "--yes")
    assert held(stage.item()) == wanted


# What is documented


@functools.cache
def _pages() -> tuple[str, str, str]:
    """The reference of fields, of SQL and of queries."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
    try:
        from fields_page import fields_page  # type: ignore[import-not-found]
        from query_page import query_page  # type: ignore[import-not-found]
        from sql_page import sql_page  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    return fields_page(), sql_page(), query_page()


def the_reference_pages_have_it(stage: Stage) -> None:
    fields, sql, query = _pages()
    assert f"## {stage.kind.key}\n" in fields
    section = fields.partition(f"## {stage.kind.key}\n")[2].partition("\n## ")[0]
    for field in stage.kind.fields:
        assert f"| `{field.key}` |" in section, field.key
        if isinstance(field.type, GroupOf):
            assert f"## {field.type.kind.key}\n" in fields
    assert f"## {view_name(stage.kind)}\n" in sql
    if stage.kind.columns:
        assert f"## {stage.kind.key}\n" in query
    assert stage.ok("query", "fields", stage.kind.name)


# The noun


def its_noun_adds_lists_shows_and_moves(stage: Stage) -> None:
    from crm_cli.cli.commands import BY_NAME

    if not stage.kind.letter or stage.kind.name in BY_NAME or not stage.kind.columns:
        return
    if len(stage.place.lists) > 1:
        return
    title = stage.kind.by_key[stage.kind.title]
    stage.ok(stage.kind.name, "add", "bor-kos", example(title))
    (row,) = json.loads(stage.ok(stage.kind.name, "list", "customer:bor-kos", "--json"))
    assert row[title.key] == example(title)
    assert stage.ok(stage.kind.name, "show", row["id"])
    for move in stage.kind.moves:
        stage.ok(stage.kind.name, move.name.replace("_", "-"), "bor-kos")
        shown = json.loads(stage.ok(stage.kind.name, "show", row["id"], "--json"))
        assert move.sets.items() <= shown.items()


TRIALS: tuple[Trial, ...] = (
    what_is_added_is_read_back,
    nothing_is_wrong_with_it,
    fmt_twice_changes_nothing,
    it_is_shown_whole,
    it_is_on_the_customers_card,
    it_is_found_by_its_text,
    every_field_is_a_query,
    every_column_is_answered,
    it_has_a_view_of_its_own,
    its_states_are_asked,
    a_field_is_set_and_taken_away,
    it_is_removed_and_rm_says_what_goes,
    undo_and_history_name_it,
    two_sides_are_merged,
    names_values_and_states_are_completed,
    it_is_in_the_timeline,
    it_is_due_while_it_can_be,
    lists_are_json_and_csv,
    exports_are_imported_again,
    the_reference_pages_have_it,
    its_noun_adds_lists_shows_and_moves,
)
