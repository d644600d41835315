"""Merging: nothing of either side is lost, and only the same field is a conflict."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.model.node import Mapping, Plain, made, plain
from crm_cli.store.compose import compose
from crm_cli.store.conflicts import joined, sides
from crm_cli.store.emit import emit
from crm_cli.store.merge import merge, merge_file

PATH = "customers/maja-kos.yaml"

TEXT = """\
# Met at the fair.
name: Maja Kos   # goes by Mia
city: Koper

tags: [vip, sailor]

tasks:
  # Promised in May.
  - id: t-1aaaaaa
    title: Send the samples
  - id: t-2bbbbbb
    title: Call her
    due: 2026-11-20
  - Write to her

notes: |
  First line.
  Second line.
  Third line.
"""


def merged(base: str, ours: str, theirs: str) -> tuple[str, tuple[str, ...]]:
    result = merge(base.encode(), ours.encode(), theirs.encode(), PATH, separate=("tags",))
    return result.data.decode(), result.conflicts


def says(text: str) -> Any:
    root = compose(text, PATH).root
    assert root is not None, text
    return loose(plain(root))


def loose(value: Plain) -> Any:
    if isinstance(value, list):
        return sorted(repr(loose(one)) for one in value)
    if isinstance(value, dict):
        return {key: loose(value[key]) for key in sorted(value)}
    return value


def test_both_append_to_one_list_and_change_neighbouring_lines() -> None:
    ours = TEXT.replace("  - Write to her\n", "  - Write to her\n  - id: t-oooooo1\n    title: A\n")
    ours = ours.replace("city: Koper", "city: Izola")
    theirs = TEXT.replace(
        "  - Write to her\n", "  - Write to her\n  # Urgent.\n  - id: t-ttttttt\n    title: B\n"
    ).replace("Maja Kos ", "Maja Kos Lah ")
    for one, other in ((ours, theirs), (theirs, ours)):
        text, conflicts = merged(TEXT, one, other)
        assert conflicts == ()
        assert "name: Maja Kos Lah   # goes by Mia\ncity: Izola\n" in text
        assert "  # Urgent.\n  - id: t-ttttttt\n" in text
        assert "title: A" in text
    assert merged(TEXT, ours, theirs) == merged(TEXT, theirs, ours)


def test_the_same_field_is_a_conflict_that_can_be_read() -> None:
    text, conflicts = merged(
        TEXT,
        TEXT.replace("city: Koper", "city: Izola").replace("sailor", "diver"),
        TEXT.replace("city: Koper", "city: Piran").replace("Call her", "Ring her"),
    )
    assert conflicts == ("city",)
    assert "<<<<<<< ours\ncity: Izola\n=======\ncity: Piran\n>>>>>>> theirs\n" in text
    assert "Ring her" in text
    assert "diver" in text
    assert compose(text, PATH).problems[0].code == "merge-conflict"
    (side,) = sides(text)
    assert says(joined(text, [side.theirs]))["city"] == "Piran"


def test_an_item_changed_here_and_removed_there_is_a_conflict() -> None:
    item = "  - id: t-2bbbbbb\n    title: Call her\n    due: 2026-11-20\n"
    text, conflicts = merged(TEXT, TEXT.replace("2026-11-20", "2026-11-27"), TEXT.replace(item, ""))
    assert conflicts == ("tasks.t-2bbbbbb",)
    assert "due: 2026-11-27" in text
    assert "t-2bbbbbb" not in joined(text, [side.theirs for side in sides(text)])
    text, conflicts = merged(TEXT, TEXT.replace(item, ""), TEXT.replace("2026-11-20", "2026-11-27"))
    assert conflicts == ("tasks.t-2bbbbbb",)
    assert "due: 2026-11-27" in joined(text, [side.theirs for side in sides(text)])


def test_an_item_without_an_id_that_both_changed_is_a_conflict() -> None:
    base = "name: Maja\naddresses:\n  - city: Koper\n"
    text, conflicts = merged(base, base.replace("Koper", "Piran"), base.replace("Koper", "Izola"))
    assert conflicts == ("addresses.Izola.city",)
    assert "<<<<<<< ours\n  - city: Piran\n=======\n  - city: Izola\n>>>>>>> theirs\n" in text


def test_different_fields_of_one_item() -> None:
    text, conflicts = merged(
        TEXT,
        TEXT.replace("    due: 2026-11-20\n", "    due: 2026-11-27\n"),
        TEXT.replace("    due: 2026-11-20\n", "    due: 2026-11-20\n    assignee: petra\n"),
    )
    assert conflicts == ()
    assert "    due: 2026-11-27\n    assignee: petra\n" in text


def test_an_item_that_is_given_its_id_on_both_sides() -> None:
    ours = "  - id: t-7777777\n    title: Write to her\n    status: completed\n"
    theirs = "  - id: t-7777777\n    title: Write to her\n    assignee: petra\n"
    text, conflicts = merged(
        TEXT, TEXT.replace("  - Write to her\n", ours), TEXT.replace("  - Write to her\n", theirs)
    )
    assert conflicts == ()
    assert text.count("t-7777777") == 1
    assert "completed" in text
    assert "assignee: petra" in text
    by_hand = "  - Write to her again\n"
    text, conflicts = merged(
        TEXT, TEXT.replace("  - Write to her\n", ours), TEXT.replace("  - Write to her\n", by_hand)
    )
    assert "completed" in text and "again" in text


def test_texts_are_merged_by_line() -> None:
    text, conflicts = merged(
        TEXT, TEXT.replace("First", "The first"), TEXT.replace("Third", "The third")
    )
    assert conflicts == ()
    assert "  The first line.\n  Second line.\n  The third line.\n" in text


@pytest.mark.parametrize("ours", ["tags: [vip, sailor, tall]", "tags: vip, sailor, tall"])
@pytest.mark.parametrize("theirs", ["tags: [sailor, new]", "tags: sailor, new"])
def test_tags_are_a_set_however_they_are_written(ours: str, theirs: str) -> None:
    plain_tags = "tags: [vip, sailor]"
    text, conflicts = merged(TEXT, TEXT.replace(plain_tags, ours), TEXT.replace(plain_tags, theirs))
    assert conflicts == ()
    tags = plain(compose(text, PATH).root)["tags"]  # type: ignore[index,arg-type,call-overload]
    parts = tags.split(", ") if isinstance(tags, str) else list(tags)  # type: ignore[arg-type]
    assert sorted(parts) == ["new", "sailor", "tall"]


def test_line_ends_and_mark_of_ours_stay() -> None:
    ours = b"\xef\xbb\xbf" + TEXT.replace("Koper", "Izola").replace("\n", "\r\n").encode()
    theirs = TEXT.replace("Call her", "Ring her").encode()
    result = merge(TEXT.encode(), ours, theirs, PATH)
    assert result.data == ours.replace(b"Call her", b"Ring her")


def test_a_side_that_is_no_record_loses_nothing() -> None:
    broken = TEXT.replace("city: Koper", "city: [Koper")
    text, conflicts = merged(TEXT, broken, TEXT.replace("Call her", "Ring her"))
    assert conflicts == ("the file",)
    assert "[Koper" in text and "Ring her" in text
    text, conflicts = merged(TEXT, broken, TEXT.replace("city: Koper", "city: Izola"))
    assert conflicts == ("the file",)
    assert "[Koper" in text and "city: Izola" in text


def test_both_made_the_same_file() -> None:
    text, conflicts = merged("", "name: Maja Kos\ncity: Koper\n", "name: Maja Kos\nphone: x\n")
    assert conflicts == ()
    assert says(text) == {"name": "Maja Kos", "city": "Koper", "phone": "x"}
    text, conflicts = merged("", "name: Maja Kos\n", "name: Maja Lah\n")
    assert conflicts == ("name",)


WORDS = st.sampled_from(["one", "two words", "x: y", "# no", "", "1.50", "yes", "č\nd", "a, b"])
IDS = st.sampled_from(["t-1", "t-2", "t-3", "t-4"])
ITEM = st.fixed_dictionaries({"title": WORDS}, optional={"due": WORDS, "kind": WORDS})
ITEMS = st.dictionaries(IDS, ITEM, max_size=4).map(
    lambda items: [{"id": id, **item} for id, item in items.items()]
)
RECORD = st.fixed_dictionaries(
    {"name": st.just("Maja")},
    optional={
        "city": WORDS,
        "notes": WORDS,
        "tags": st.lists(st.sampled_from("abcd"), unique=True, min_size=1),
        "tasks": ITEMS.filter(bool),
        "credit": st.dictionaries(st.sampled_from(["limit", "hold"]), WORDS, min_size=1),
    },
)


def text_of(record: Any) -> str:
    root = made(record)
    assert isinstance(root, Mapping)
    return emit(root)


@settings(max_examples=60, deadline=None)
@given(RECORD, RECORD)
def test_one_side_alone_is_taken_as_it_is(base: Any, side: Any) -> None:
    one, other = text_of(base), text_of(side)
    assert merged(one, one, other) == (other, ())
    assert merged(one, other, one) == (other, ())
    assert merged(one, other, other) == (other, ())


@settings(max_examples=60, deadline=None)
@given(RECORD, RECORD, RECORD)
def test_the_order_of_sides_changes_only_the_conflicts_order(
    base: Any, ours: Any, theirs: Any
) -> None:
    one = merged(text_of(base), text_of(ours), text_of(theirs))
    other = merged(text_of(base), text_of(theirs), text_of(ours))
    assert sorted(one[1]) == sorted(other[1])
    if not one[1]:
        assert says(one[0]) == says(other[0])


@settings(max_examples=60, deadline=None)
@given(RECORD, RECORD, RECORD)
def test_nothing_of_either_side_is_dropped(base: Any, ours: Any, theirs: Any) -> None:
    text, _ = merged(text_of(base), text_of(ours), text_of(theirs))
    for side in (ours, theirs):
        for key, value in side.items():
            if value != base.get(key):
                for leaf in leaves(value):
                    if leaf not in list(leaves(base.get(key))):
                        assert shown(leaf) in text, (leaf, text)


def leaves(value: Any) -> Any:
    if isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif value is not None:
        yield value


def shown(leaf: str) -> str:
    return leaf.splitlines()[0] if leaf else ""


def test_many_edits_of_one_record_by_two() -> None:
    chance = random.Random(5)
    record: Any = {"name": "Maja", "tasks": [{"id": f"t-{n}", "title": f"T{n}"} for n in range(9)]}
    base = text_of(record)
    for _ in range(60):
        texts = []
        for side in "ab":
            tasks = [dict(task) for task in record["tasks"]]
            for _ in range(chance.randint(1, 4)):
                task = chance.choice(tasks)
                task[chance.choice(["x", "y"]) + side] = str(chance.random())
            tasks.append({"id": f"t-new{side}", "title": "New"})
            texts.append(text_of({**record, "tasks": tasks, side: "1"}))
        text, conflicts = merged(base, *texts)
        assert conflicts == ()
        for wanted in texts:
            for leaf in leaves(plain(compose(wanted, PATH).root)):  # type: ignore[arg-type]
                assert leaf in text


def added(ours: str, theirs: str, path: str) -> tuple[str, tuple[str, ...]]:
    """Two files of one name that had not been there before."""
    result = merge_file(b"", ours.encode(), theirs.encode(), path)
    return result.data.decode(), result.conflicts


def test_two_customers_who_were_added_are_not_made_one() -> None:
    ours, theirs = "name: Maja Kos\nemail: a@kos.example\n", "name: Maja Kos\nphone: 041 222 333\n"
    text, conflicts = added(ours, theirs, PATH)
    assert conflicts == ("the file",)
    (side,) = sides(text)
    assert (side.ours, side.theirs) == (ours, theirs)
    text, conflicts = added(ours + "phone: 041 222 333\n", theirs, PATH)
    assert conflicts == () and "a@kos.example" in text


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("email: A@kos.example", "emails: [b@kos.example, a@kos.example]", True),
        ("tax_id: SI123", "tax_id: SI124", False),
        ("source_system: shop\nexternal_id: 7", "source_system: erp\nexternal_id: 7", False),
        ("source_system: shop\nexternal_id: 7", "source_system: shop\nexternal_id: 7", True),
    ],
)
def test_customers_are_one_by_what_identifies_them(one: str, other: str, same: bool) -> None:
    ours, theirs = f"name: Maja\ncity: Bled\n{one}\n", f"name: Maja\nsource: web\n{other}\n"
    assert (added(ours, theirs, PATH)[1] == ("the file",)) is not same


def test_entries_of_one_key_that_were_added_with_other_contents_are_a_conflict() -> None:
    ours = "towel:\n  name: Towel\n  price: 10\nsheet:\n  name: Sheet\n"
    theirs = "towel:\n  name: Towel\n  tax_rate: 22\nsheet:\n  name: Sheet\n"
    for path in ("products.yaml", "segments.yaml"):
        text, conflicts = added(ours, theirs, path)
        assert conflicts == ("towel",)
        assert "price" not in joined(text, [side.theirs for side in sides(text)])
        base = "towel:\n  name: Towel\n"
        assert not merge_file(base.encode(), ours.encode(), theirs.encode(), path).conflicts


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("segments.yaml", "coast:\n  query: {}\n  description: Coast\n"),
        ("segments.yaml", "coast: {}\n"),
        ("reports/mine.yaml", "title: A\nquery: {}\n"),
        ("reports/mine.yaml", "title: A\ngroup_by: {}\n"),
        ("rules.yaml", "hello:\n  for: {}\n"),
    ],
)
@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        ("[+vip, 'city:Koper']", "[+vip, 'city:Izola']", "[+vip, 'city:Piran']"),
        ("[+vip]", "[+vip, 'is:lead']", "[+vip, 'spend:100..']"),
        ("+vip city:Koper", "+vip city:Izola", "+vip city:Piran"),
    ],
)
def test_a_query_that_both_changed_is_a_conflict(
    path: str, text: str, base: str, ours: str, theirs: str
) -> None:
    """United it would be one that neither has asked."""
    sided = [text.format(one).encode() for one in (base, ours, theirs)]
    assert merge_file(sided[0], sided[1], sided[2], path).conflicts
    once = merge_file(sided[0], sided[0] + b"# seen\n", sided[2], path)
    assert not once.conflicts and theirs.encode() in once.data


def test_reports_of_one_name_that_were_added_are_a_conflict() -> None:
    assert added("title: A\n", "title: A\ncols: id\n", "reports/mine.yaml")[1] == ("the file",)
    assert added("tasks: []\n", "interactions: []\n", "desk.yaml")[1] == ()


def test_their_comments_come_along_where_both_changed_one_line() -> None:
    base = "name: Ana\nemails: [{value: a@x.example, label: work}]\ncity: Bled\n"
    ours = base.replace("work", "home")
    theirs = base.replace("emails", "# asked in May\nemails").replace("a@x", "b@x")
    text, conflicts = merged(base, ours, theirs)
    assert conflicts == ()
    assert text == theirs.replace("work", "home")


def test_their_comments_beside_values_come_along_and_what_only_looks_like_one_does_not() -> None:
    base = "name: Ana\nemails: [{value: a@x.example, label: work}]\ncity: Bled\n"
    ours = base.replace("work", "home")
    theirs = base.replace("a@x", "b@x").replace("Bled", "Bled # by the lake").replace("Ana", "A#1")
    text, conflicts = merged(base, ours, theirs)
    assert conflicts == ()
    assert text.count("#") == 2 and "# by the lake" in text
    assert says(text) == says(theirs.replace("work", "home"))


def test_texts_that_are_no_records_are_merged_by_line() -> None:
    base, ours, theirs = b"a\nb: 1\nc\n", b"A\nb: 1\nc\n", b"a\nb: 1\nC\n"
    result = merge_file(base, ours, theirs, "consents/letters.txt")
    assert (result.data, result.conflicts) == (b"A\nb: 1\nC\n", ())
    assert merge_file(base, ours, b"B\nb: 1\nc\n", "consents/letters.txt").conflicts


def test_their_comments_come_along_with_a_conflict() -> None:
    base = "name: Ana\nemails: [{value: a@x.example, label: work}]\ncity: Bled\n"
    ours = base.replace("work", "home")
    theirs = base.replace("emails", "# asked in May\nemails").replace("work", "office")
    text, conflicts = merged(base, ours, theirs)
    assert conflicts == ("emails.a@x.example.label",)
    assert text.count("# asked in May") == 1
    for chosen, label in (("ours", "home"), ("theirs", "office")):
        settled = joined(text, [getattr(side, chosen) for side in sides(text)])
        assert settled == theirs.replace("office", label)


def test_a_conflict_in_a_text_without_a_last_line_break_keeps_every_line() -> None:
    ours, theirs = "name: Ana\ncity: Koper\nowner: petra", "name: Ana\ncity: Bled\nowner: marko"
    text, conflicts = merged("name: Ana\ncity: Piran\nowner: x", ours, theirs)
    assert conflicts == ("city", "owner")
    for chosen, whole in (("ours", ours), ("theirs", theirs)):
        assert joined(text, [getattr(side, chosen) for side in sides(text)]) == whole + "\n"
