"""The verbs that follow from a kind's declaration, on interactions and payments."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.features.new_items import add
from crm_cli.model.errors import UsageError
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.payment import PAYMENT
from crm_cli.workspace import Workspace
from tests.conftest import Crm

Opened = Callable[..., Workspace]


@pytest.fixture
def planned(crm: Crm) -> str:
    """The id of a meeting that is planned with Maja."""
    crm("log", "maja-kos", "Fitting", "--kind", "meeting", "--at", "2026-11-23 10:00")
    (found,) = json.loads(crm("interaction", "list", "is:planned", "--json", "--cols", "id").out)
    return str(found["id"])


def values(crm: Crm, id: str) -> dict[str, object]:
    shown: dict[str, object] = json.loads(crm("interaction", "show", id, "--json").out)
    return shown


def test_a_planned_meeting_took_place(crm: Crm, planned: str) -> None:
    done = crm("interaction", "held", "maja-kos", "--outcome", "reached", "--duration", "45min")
    assert done.code == 0
    assert done.out == (
        f"held: Fitting, {planned} of Maja Kos (maja-kos)  (customers/maja-kos.yaml)\n"
    )
    found = values(crm, planned)
    assert (found["status"], found["outcome"], found["duration"]) == ("held", "reached", 45)


def test_terms_select_what_can_be_moved(crm: Crm, planned: str) -> None:
    done = crm("interaction", "not-held", "+vip")
    assert (done.code, values(crm, planned)["status"]) == (0, "not_held")
    assert crm("interaction", "list", "is:held", "-o", "ids").out.count("\n") == 2


def test_what_is_moved_already_is_reported(crm: Crm, planned: str) -> None:
    crm("interaction", "held", planned)
    again = crm("interaction", "held", planned)
    assert again.code == 0 and f"Fitting, {planned} of Maja Kos (maja-kos) is held already" in (
        again.err
    )


def test_a_move_from_another_state_is_refused(crm: Crm, planned: str) -> None:
    crm("interaction", "not-held", planned)
    refused = crm("interaction", "held", planned)
    assert refused.code == 6 and "is not held" in refused.err
    assert f"crm set {planned} status=held" in refused.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("held", "i-zzzzzzz"), "there is no interaction i-zzzzzzz"),
        (("held", "hotel-breg"), "Hotel Breg (hotel-breg) has no planned interaction"),
        (("held", "nobody-here"), "there is neither an interaction nor a customer"),
    ],
)
def test_nothing_to_move(crm: Crm, words: tuple[str, ...], message: str) -> None:
    done = crm("interaction", *words)
    assert (done.code, done.out) == (3, "")
    assert message in done.err


def test_an_empty_option_is_refused(crm: Crm, planned: str) -> None:
    done = crm("interaction", "held", planned, "--outcome", "")
    assert done.code == 2 and "--outcome is empty" in done.err
    assert values(crm, planned)["status"] == "planned"


def test_undo_takes_a_move_back(crm: Crm, shop: Path, planned: str) -> None:
    before = (shop / "customers" / "maja-kos.yaml").read_bytes()
    crm("interaction", "held", planned)
    crm("undo")
    assert (shop / "customers" / "maja-kos.yaml").read_bytes() == before


def test_one_payment_is_shown_by_its_customer(crm: Crm) -> None:
    crm("payment", "add", "hotel-breg", "20")
    assert json.loads(crm("payment", "show", "hotel-breg", "--json").out)["amount"] == "20"


def test_a_new_item_has_its_title_its_fields_and_the_present_time(workspace: Opened) -> None:
    opened = workspace()
    plan = add(
        opened, INTERACTION, "maja-kos", "Asked  for\nsheets", {"kind": "call", "at": "yesterday"},
        [("touchpoint", "the fair")],
    )  # fmt: skip
    opened.write(plan.change)
    item = workspace().item(plan.made[0])
    record = workspace().document(item[0]).find(item[1])
    assert (record.get("summary"), record.get("kind")) == ("Asked for sheets", "call")
    assert (str(record.get("at")), record.get("touchpoint")) == ("2026-11-19", "the fair")
    assert plan.notes == ["at Thu 2026-11-19, yesterday"]


@pytest.mark.parametrize(
    ("title", "values", "message"),
    [
        (" ", (), "an interaction needs a summary"),
        ("Asked", (("tuochpoint", "x"),), "did you mean touchpoint"),
        ("Asked", (("kind", "telepathy"),), "telepathy"),
    ],
)
def test_a_new_item_is_refused(
    workspace: Opened, title: str, values: tuple[tuple[str, str], ...], message: str
) -> None:
    with pytest.raises(UsageError) as refused:
        add(workspace(), INTERACTION, "maja-kos", title, {}, values)
    assert message in f"{refused.value.message} {refused.value.hint}"


def test_a_kind_that_is_named_by_a_number_takes_no_title(workspace: Opened) -> None:
    with pytest.raises(UsageError, match="is no field of a payment"):
        add(workspace(), PAYMENT, "maja-kos", "20", {})


def test_a_number_serves_wherever_an_item_is_meant(crm: Crm, shop: Path) -> None:
    assert crm("show", "2026-0007", "--json").out == crm("show", "p-2m8", "--json").out
    assert crm("set", "2026-0007", "text=Sheets").code == 0
    assert "2026-0007 is cancelled" in crm("purchase", "cancel", "2026-0007", "--dry-run").err
    assert crm("rm", "2026-0007", "--yes").code == 0
    assert "2026-0007" not in (shop / "customers/maja-kos.yaml").read_text().split("payments:")[0]


def test_a_customer_comes_before_a_number(crm: Crm, shop: Path) -> None:
    (shop / "customers/2026-0007.yaml").write_text("name: Seven\n")
    assert crm("set", "2026-0007", "city=Koper").code == 0
    assert "city: Koper" in (shop / "customers/2026-0007.yaml").read_text()


def test_a_number_is_not_given_twice_and_payments_go_along(crm: Crm, shop: Path) -> None:
    added = crm("purchase", "add", "jan-vidmar", "--amount", "5", "--kind", "invoice")
    assert "2026-0008" in added.out
    assert "has the number 2026-0007" in crm("set", "2026-0008", "number=2026-0007").err
    done = crm("set", "2026-0007", "number=X-1")
    assert done.code == 0 and "y-7d1wz0e named it 2026-0007, and is changed too" in done.err
    text = (shop / "customers/maja-kos.yaml").read_text()
    assert "2026-0007" not in text and text.count('"X-1"') == 2
    assert crm("set", "2026-0008", "number=X-2").code == 0


def test_what_names_a_number_of_two_invoices_has_to_say_which_one(crm: Crm, shop: Path) -> None:
    path = shop / "customers/anton-maric.yaml"
    path.write_text(_TWO)
    removed = crm("rm", "p-222bbb2")
    assert removed.code == 2 and "y-333ccc3 names 2026-0900, which another" in removed.err, removed
    refused = crm("set", "p-222bbb2", "number=next")
    assert refused.code == 6 and (
        "p-555eee5, y-333ccc3, y-444ddd4 name 2026-0900, which p-111aaa1 has too" in refused.err
    )
    assert "crm set p-555eee5 corrects=p-222bbb2, or corrects=p-111aaa1" in refused.err
    assert crm("set", "p-555eee5", "corrects=p-111aaa1").code == 0
    assert crm("set", "y-333ccc3", "for=2026-0900").code == 3, "it is not known which one"
    assert crm("set", "y-333ccc3", "for=p-222bbb2").code == 0
    told = crm("set", "p-222bbb2", "number=next").err
    assert "crm set y-444ddd4 allocations.1.purchase=p-222bbb2" in told
    assert crm("set", "y-444ddd4", "allocations.1.purchase=p-111aaa1").code == 0
    done = crm("set", "p-222bbb2", "number=2026-0901")
    assert done.code == 0 and "missing" not in done.err, "the other one has the number"
    text = path.read_text()
    assert text.count("2026-0900") == 1 and text.count("p-222bbb2") == 2
    assert "too" not in crm("check").out, "both have numbers of their own"


def test_a_number_of_two_customers_means_the_customers_own(crm: Crm, shop: Path) -> None:
    path = shop / "customers/anton-maric.yaml"
    path.write_text(_TWO.replace("2026-0900", "2026-0007", 1).replace("2026-0900", "X-1", 1))
    text = path.read_text()
    path.write_text(text.replace("2026-0900", "2026-0007"))
    assert crm("set", "p-111aaa1", "number=X-9").code == 0
    text = path.read_text()
    assert "2026-0007" not in text and text.count("X-9") == 4
    assert "for: \"2026-0007\"" in (shop / "customers/maja-kos.yaml").read_text()


_TWO = """\
name: Anton Marić
kind: person
created: 2026-05-04

purchases:
  - id: p-111aaa1
    kind: invoice
    number: "2026-0900"
    date: 2026-05-04
    due_date: 2026-06-04
    amount: 300
  - id: p-222bbb2
    kind: invoice
    number: "2026-0900"
    date: 2026-05-04
    due_date: 2026-06-04
    amount: 100
  - id: p-555eee5
    kind: credit_note
    number: G-77
    date: 2026-05-05
    amount: 20
    corrects: "2026-0900"

payments:
  - id: y-333ccc3
    date: 2026-05-06
    amount: 100
    for: "2026-0900"
  - id: y-444ddd4
    date: 2026-05-06
    amount: 50
    allocations:
      - purchase: "2026-0900"
        amount: 50
"""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("set 2026-0999 amount=5", "there is no purchase with the number 2026-0999"),
        ("rm 2026-0999", "there is no purchase with the number 2026-0999"),
        ("show 2026-0999", "there is no purchase with the number 2026-0999"),
        ("move 2026-0999 jan-vidmar", "there is no purchase with the number 2026-0999"),
        ("due snooze 2026-0999 mon", "there is no purchase with the number 2026-0999"),
        ("set t-0000000 due=fri", "there is no task t-0000000"),
        ("due snooze maja-kos t-3qqqqq1 mon", "t-3qqqqq1 is of hotel-breg, and not of maja-kos"),
        ("show 040999999", "there is no customer '040999999'"),
    ],
)
def test_what_looks_like_an_item_is_missed_as_one(crm: Crm, words: str, said: str) -> None:
    done = crm(*words.split())
    assert (done.code, done.err.splitlines()[0]) == (3, f"crm: {said}")


@pytest.mark.parametrize(
    ("kind", "key", "said"),
    [
        ("invoice", "amount=-20", "this invoice comes to less than nothing"),
        ("order", "amount=-20", "this order comes to less than nothing"),
        ("invoice", "amount=-0.01", "for a return use a credit note: kind credit_note"),
    ],
)
def test_a_purchase_is_not_set_below_nothing(
    crm: Crm, shop: Path, kind: str, key: str, said: str
) -> None:
    number = ("--number", "N-1" if kind == "order" else "2026-0099")
    words = ("--amount", "5", "--text", "x", "--kind", kind, *number)
    added = crm("purchase", "add", "maja-kos", *words)
    assert added.code == 0, added.err
    path = shop / "customers" / "maja-kos.yaml"
    before = path.read_bytes()
    done = crm("set", number[1], key)
    assert (done.code, said in done.err) == (6, True), done.err
    assert path.read_bytes() == before
    assert crm("set", number[1], key, "--force").code == 0


def test_a_credit_note_is_the_same_with_either_sign(crm: Crm) -> None:
    """As on import: a minus sign in it means no less than none."""
    words = ("--amount", "20", "--kind", "credit_note", "--text", "x", "--number", "D-9")
    assert crm("purchase", "add", "maja-kos", *words).code == 0
    columns = ("purchase", "list", "number:D-9", "--cols", "net", "-o", "tsv", "--no-header")
    assert crm(*columns).out == "-20.00\n"
    assert crm("set", "D-9", "amount=-20").code == 0
    assert crm(*columns).out == "-20.00\n"


@pytest.mark.parametrize("number", ["D-9", "d-9", "P-12", "t-1"])
def test_a_number_that_begins_as_an_id_does_is_found(crm: Crm, number: str) -> None:
    words = ("--amount", "20", "--kind", "credit_note", "--text", "x", "--number", number)
    assert crm("purchase", "add", "maja-kos", *words).code == 0
    for command in (("set", number, "notes=Seen"), ("rm", number, "--yes")):
        done = crm(*command)
        assert done.code == 0, done.err
    gone = crm("set", number, "notes=x")
    assert gone.code == 3 and "internal" not in gone.err
