"""Saved segments."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.features import segments
from crm_cli.model.errors import NotFound, UsageError
from crm_cli.query.fault import QueryError
from crm_cli.workspace import Workspace

from ..conftest import Crm

Opened = Callable[..., Workspace]


def saved(workspace: Workspace, name: str, *terms: str, where: str | None = None) -> str:
    plan = segments.save(workspace, name, terms, where=where)
    workspace.write(plan.change)
    return plan.done


def test_terms_are_kept_as_they_were_typed(workspace: Opened, shop: Path) -> None:
    opened = workspace()
    done = saved(opened, "@silent", "last-contact.before:-90d", 'city:"New York",Koper')
    assert done == "saved @silent: 0 customers today"
    plan = segments.save(opened, "rich", (), where="spend > 100", description="Good ones")
    opened.write(plan.change)
    assert (shop / "segments.yaml").read_text(encoding="utf-8") == (
        'silent:\n  query:\n    - last-contact.before:-90d\n    - city:"New York",Koper\n\n'
        "rich:\n  where: spend > 100\n  description: Good ones\n"
    )
    assert segments.counts(workspace()).rows == [("rich", 1), ("silent", 0)]


def test_relative_dates_count_from_the_day_of_asking(workspace: Opened) -> None:
    saved(workspace(), "silent", "last-contact.before:-90d")
    assert segments.counts(workspace(), ["silent"]).rows == [("silent", 0)]
    counted = segments.counts(workspace(today="2027-03-01"), ["silent"]).rows
    assert counted == [("silent", 1)]


def test_replacing_one_asks_and_keeps_what_it_is_for(workspace: Opened, shop: Path) -> None:
    (shop / "segments.yaml").write_text(
        "# Ours.\nnear-us:\n  description: Near us\n  kind: static\n  members:\n    - maja-kos\n",
        encoding="utf-8",
    )
    opened = workspace()
    plan = segments.save(opened, "near_us", ["city:Koper"])
    assert plan.question == "Replace @near-us, which is a list of 1 customer?"
    opened.write(plan.change)
    assert (shop / "segments.yaml").read_text(encoding="utf-8") == (
        "# Ours.\nnear-us:\n  query:\n    - city:Koper\n  description: Near us\n"
    )


@pytest.mark.parametrize(
    ("name", "terms", "where"),
    [
        ("New York", ["+vip"], None),
        ("", ["+vip"], None),
        ("--", ["+vip"], None),
        ("x", [], None),
        ("x", [], " "),
        ("x", [""], None),
        ("x", ["ctiy:Koper"], None),
        ("x", ["@nobody"], None),
        ("x", ["+vip"], "spend >"),
        ("x", ["@x"], None),
    ],
)
def test_what_cannot_be_saved(
    workspace: Opened, shop: Path, name: str, terms: list[str], where: str | None
) -> None:
    with pytest.raises(UsageError):
        segments.save(workspace(), name, terms, where=where)
    assert not (shop / "segments.yaml").exists()


def test_segments_cannot_ask_for_each_other(workspace: Opened) -> None:
    saved(workspace(), "a", "+vip")
    saved(workspace(), "b", "@a")
    saved(workspace(), "c", "not:@b")
    with pytest.raises(QueryError, match="@a → @c → @b → @a"):
        segments.save(workspace(), "a", ["@c"])


def test_removing_one_that_others_stand_on_asks(workspace: Opened) -> None:
    saved(workspace(), "a", "+vip")
    saved(workspace(), "b", where="@a and spend > 3")
    saved(workspace(), "c", "city:Koper", "not:@a")
    opened = workspace()
    assert segments.remove(opened, "b").question == ""
    plan = segments.remove(opened, "@a")
    assert plan.question == "@b, @c ask for @a, and will be an error. Remove it?"
    opened.write(plan.change)
    shown = segments.show(workspace(), "b")
    assert shown.customers is None
    assert "no segment 'a'" in shown.fault
    with pytest.raises(QueryError):
        segments.counts(workspace(), ["c", "b"])


def test_counting_all_names_those_at_fault_and_counts_the_others(
    workspace: Opened, shop: Path
) -> None:
    text = 'few:\n  query: +vip\nbad:\n  query: "nosuch:1"\non-bad:\n  query: "@bad"\n'
    (shop / "segments.yaml").write_text(text)
    rows, problems = segments.counts(workspace())
    assert rows == [("bad", None), ("few", 1), ("on-bad", None)]
    assert [(one.line, one.code) for one in problems] == [
        (4, "segment-query"), (6, "segment-query"),
    ]  # fmt: skip


def test_a_segment_as_a_whole(workspace: Opened) -> None:
    saved(workspace(), "a", "+vip")
    saved(workspace(), "b", "@a")
    shown = segments.show(workspace(), "a")
    assert (shown.item.id, shown.customers, shown.used_by) == ("a", 1, ("b",))
    with pytest.raises(NotFound, match="no segment d"):
        segments.show(workspace(), "d")


def test_an_export_respects_do_not_use(shop: Path, crm: Crm) -> None:
    shop.joinpath("customers/eva.yaml").write_text(
        "name: Eva\nemails:\n  - {value: old@eva.example, do_not_use: yes}\n  - new@eva.example\n"
    )
    shop.joinpath("customers/ivo.yaml").write_text(
        "name: Ivo\nemails:\n  - {value: ivo@ivo.example, do_not_use: yes}\n"
    )
    shop.joinpath("segments.yaml").write_text("some: {members: [eva, ivo, jan-vidmar]}\n")
    run = crm("segment", "export", "some", "--for", "service/email")
    assert run.lines == ["id,name,email", "eva,Eva,new@eva.example"]
    assert "left out: 2 customers (2 no e-mail address that may be used)" in run.err
    assert crm("segment", "export", "some", "--for", "service/email", "-o", "ids").lines == ["eva"]
    nobody = crm("segment", "export", "some", "--for", "marketing/email")
    assert (nobody.code, nobody.lines) == (0, ["id,name,email"])
    assert "left out: 3 customers (3 no entry of consent)" in nobody.err
    for wrong in ("marketing", "markting/email", "marketing/pigeon", ""):
        assert crm("segment", "export", "some", "--for", wrong).code == 2
    assert crm("segment", "export", "nobody").code == 3


def test_what_is_no_address_is_on_no_list(shop: Path, crm: Crm) -> None:
    """Import lets such addresses in, with a warning."""
    shop.joinpath("customers/eva.yaml").write_text("name: Eva\nemails: [eva(at)x.example]\n")
    shop.joinpath("customers/ivo.yaml").write_text(
        "name: Ivo\nemails: [ivo(at)x.example, ivo@x.example]\n"
    )
    shop.joinpath("segments.yaml").write_text("some: {members: [eva, ivo]}\n")
    run = crm("segment", "export", "some", "--for", "service/email")
    assert run.lines == ["id,name,email", "ivo,Ivo,ivo@x.example"]
    assert "left out: 1 customer (1 no e-mail address that may be used)" in run.err
    assert crm("list", "may:service/email", "id:eva,ivo", "-o", "ids").lines == ["ivo"]
    run = crm("consent", "check", "eva", "--for", "service/email")
    assert "no: Eva (eva), service/email: no e-mail address that may be used: " in run.out
    assert "'eva(at)x.example' is not an e-mail address" in run.out


def test_segments_that_ask_for_each_other_name_the_path(shop: Path, crm: Crm) -> None:
    shop.joinpath("segments.yaml").write_text(
        'a: {query: "@b"}\nb: {where: "not @c"}\nc: {query: "@a"}\n'
    )
    run = crm("list", "@a")
    assert (run.code, run.out) == (2, "")
    assert "@a → @b → @c → @a" in run.err


@pytest.mark.parametrize("others", ["", "other: {query: [city:Koper]}\n"])
def test_terms_an_expression_and_a_list_replace_each_other(
    shop: Path, crm: Crm, others: str
) -> None:
    (shop / "segments.yaml").write_text(others + "old:\n  query:\n    - city:Kranj\n")
    for words, left in (
        (("-w", 'city = "Kranj"'), {"where"}),
        (("city:Koper",), {"query"}),
        (("-w", 'city = "Kranj"', "+vip"), {"where", "query"}),
    ):
        run = crm("segment", "save", "old", *words, "--yes")
        assert run.code == 0, run.err
        shown = json.loads(crm("segment", "show", "old", "--json").out)
        assert {key for key in ("query", "where") if shown[key]} == left
    (shop / "segments.yaml").write_text(others + "old: {kind: static, members: [maja-kos]}\n")
    run = crm("segment", "save", "old", "-w", 'city = "Kranj"', "--yes")
    assert (run.code, "members" in (shop / "segments.yaml").read_text()) == (0, False), run.err
