"""Items that are moved to another customer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Crm

MAJA, JAN = "customers/maja-kos.yaml", "customers/jan-vidmar.yaml"


def test_an_invoice_moves_with_its_payments_and_ids(crm: Crm, shop: Path) -> None:
    before = crm("purchase", "show", "2026-0007", "--json").out
    done = crm("move", "2026-0007", "jan-vidmar")
    assert done.code == 0, done.err
    assert "moved p-2m8ct4h, y-7d1wz0e to Jan Vidmar (jan-vidmar)" in done.out
    text = (shop / JAN).read_text()
    assert "id: p-2m8ct4h" in text
    assert "id: y-7d1wz0e" in text
    maja = (shop / MAJA).read_text()
    assert "p-2m8ct4h" not in maja
    assert "y-7d1wz0e" not in maja
    after = crm("purchase", "show", "2026-0007", "--json").out
    assert after.replace("jan-vidmar", "maja-kos").split('"lines"')[1].split('"derived"')[1] == (
        before.split('"derived"')[1]
    )
    assert crm("check").code == 0
    assert crm("undo").code == 0
    assert (shop / MAJA).read_text() != maja


def test_keys_of_ones_own_and_a_derived_id_go_along(crm: Crm, shop: Path) -> None:
    path = shop / MAJA
    path.write_text(
        path.read_text().replace("    title: Send the samples\n", "    title: S\n    box: 4\n")
    )
    (note,) = crm("interaction", "list", "kind:note", "-o", "ids").out.split()
    assert crm("move", "t-9f3kx7d", note, "jan-vidmar").code == 0
    text = (shop / JAN).read_text()
    assert "box: 4" in text
    assert f"id: {note}" in text
    assert "Write to him" in text
    assert "Moves in January" not in path.read_text()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("y-7d1wz0e jan-vidmar", 6, "purchase p-2m8ct4h of maja-kos belongs to y-7d1wz0e (for)"),
        ("t-nnn jan-vidmar", 3, "there is no task t-nnn"),
        ("t-9f3kx7d nobody", 3, "nobody"),
        ("t-9f3kx7d", 2, "an item and a customer"),
    ],
)
def test_what_cannot_be_moved(crm: Crm, shop: Path, words: str, code: int, said: str) -> None:
    before = {path: path.read_bytes() for path in shop.rglob("*.yaml")}
    done = crm("move", *words.split())
    assert (done.code, said in done.err) == (code, True), done.err
    assert {path: path.read_bytes() for path in shop.rglob("*.yaml")} == before


def test_what_belongs_to_an_invoice_moves_only_with_it(crm: Crm) -> None:
    crm("purchase", "add", "maja-kos", "--amount", "5", "--kind", "credit_note", "corrects=p-2m8")
    (note,) = crm("purchase", "list", "kind:credit_note", "-o", "ids").out.split()
    assert f"purchase {note} of maja-kos belongs to p-2m8ct4h (corrects)" in (
        crm("move", "2026-0007", "jan-vidmar").err
    )
    assert crm("move", "2026-0007", note, "jan-vidmar").code == 0
    assert crm("check").code == 0


def test_a_deal_moves_with_all_that_belongs_to_it(crm: Crm) -> None:
    """What is refused names the whole command."""
    assert crm("deal", "add", "maja-kos", "Beans", "--amount", "50").code == 0
    (deal,) = crm("deal", "list", "-o", "ids").out.split()
    assert crm("task", "add", "maja-kos", "Call", f"deal={deal}").code == 0
    (task,) = crm("task", "list", "title.is:Call", "-o", "ids").out.split()
    assert crm("log", "maja-kos", "Asked", "--deal", deal).code == 0
    (note,) = crm("interaction", "list", f"deal:{deal}", "-o", "ids").out.split()
    refused = crm("move", deal, "jan-vidmar")
    assert refused.code == 6
    words = refused.err.split("crm move ")[1].split(" WHO")[0].split()
    assert (words[0], {*words[1:]}) == (deal, {task, note})
    assert crm("move", *words, "jan-vidmar").code == 0
    assert crm("check").code == 0
    assert crm("deal", "list", "customer:jan-vidmar", "-o", "ids").out.split() == [deal]


def test_an_item_that_is_there_already_stays(crm: Crm) -> None:
    done = crm("move", "t-9f3kx7d", "maja-kos")
    assert done.code == 0
    assert "t-9f3kx7d is of maja-kos already" in done.err


def test_a_number_that_the_customer_has_is_refused(crm: Crm) -> None:
    crm("purchase", "add", "jan-vidmar", "--amount", "5", "--number", "7", "--kind", "order")
    crm("purchase", "add", "hotel-breg", "--amount", "6", "--number", "7", "--kind", "order")
    (order,) = crm("purchase", "list", "customer:hotel-breg", "-o", "ids").out.split()
    assert crm("move", order, "jan-vidmar").code == 6


def test_comments_inside_an_item_go_with_it(crm: Crm, shop: Path) -> None:
    source, target = (shop / "customers" / f"{id}.yaml" for id in ("maja-kos", "jan-vidmar"))
    source.write_text("""\
name: Maja Kos
tasks:
  # of the flat
  - id: t-1111111
    title: Measure  # both rooms
    # not on Sundays
    due: 2026-11-24
  # stays
  - id: t-2222222
    title: Ring  # at noon
""")
    target.write_text(
        "name: Jan  # the elder\ntasks:\n  - id: t-3333333\n    title: Ring  # at noon\n"
    )
    before = {path: path.read_bytes() for path in (source, target)}
    done = crm("move", "t-1111111", "jan-vidmar")
    assert done.code == 0, done.err
    moved, left = target.read_text(), source.read_text()
    for comment in ("# of the flat", "# both rooms", "# not on Sundays"):
        assert moved.count(comment) == 1
        assert comment not in left
    assert "# not on Sundays\n    due: 2026-11-24" in moved
    assert "# stays" in left and "# stays" not in moved
    assert (moved.count("# at noon"), left.count("# at noon")) == (1, 1)
    assert crm("check").code == 0
    assert crm("undo").code == 0
    assert {path: path.read_bytes() for path in before} == before
