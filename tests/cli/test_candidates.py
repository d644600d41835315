"""What completion offers in a real directory: of the noun's own kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.cli.complete import candidates


def offered(line: str) -> list[str]:
    """The candidates for the last word of a line that begins after `crm`."""
    *words, current = line.split(" ")
    return [text.partition("\t")[0] for text in candidates(words, current)]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        # Fields: the noun's own, those of what its items are part of, and of their customer.
        ("task list sta", ["start:", "status:"]),
        ("list sta", ["stage:"]),
        ("purchase list pay", ["payment_status:", "payment_terms:", "payment/"]),
        ("list last-c", ["last-contact:"]),
        ("list pur", ["purchase_days:", "purchase_interval:", "purchase/"]),
        ("task list has:cus", ["has:custom", "has:customer"]),
        # Values: closed lists, users, what the records have.
        ("task list status:o", ["status:open"]),
        ("task list status.not:o", ["status.not:open"]),
        ("interaction list kind:no", ["kind:note"]),
        ("list kind:", ["kind:organization", "kind:person"]),
        ("task list owner:", ["owner:marko", "owner:me", "owner:petra"]),
        ("list city:", ["city:Bled", "city:Koper"]),
        ("task list city:k", []),
        ("task list city:K", ["city:Koper"]),
        ("payment list for:2", ["for:2026-0007"]),
        ("purchase list line/product:", ["line/product:linen-sheet"]),
        ("purchase list payment-status:", ["payment-status:partly_paid"]),
        ("list country:SI,", ["country:SI,SI"]),
        ("list supplier:", ["supplier:no", "supplier:yes"]),
        ("task list due:this", ["due:this-month", "due:this-week", "due:this-year"]),
        ("task list customer:ma", ["customer:maja-kos"]),
        ("task list id:t-9fz", ["id:t-9fzzzz1"]),
        # States.
        ("task list is:o", ["is:open", "is:organization", "is:overdue", "is:owing"]),
        ("task list not:is:du", ["not:is:due"]),
        # Conditions on one item of a list.
        ("list ta", ["tag:", "tax_id:", "tag/", "task/"]),
        ("list task/status:o", ["task/status:open"]),
        ("list task/status:open/du", [
            "task/status:open/due:", "task/status:open/dunning_level:",
        ]),
        ("list task/is:do", ["task/is:done"]),
        ("list task.none/kind:ca", ["task.none/kind:call"]),
        ("list line/prod", ["line/product:"]),
        ("task list customer/cit", ["customer/city:"]),
        # Options by their own meaning.
        ("task list --sort du", ["due", "dunning_level"]),
        ("task list --cols title,assig", ["title,assignee"]),
        ("purchase list --group-by date.q", ["date.quarter"]),
        ("purchase list --agg sum:ne", ["sum:net"]),
        ("purchase list --agg count,m", ["count,median:", "count,min:", "count,max:"]),
        ("payment add maja-kos --method ca", ["cash"]),
        ("log maja-kos --outcome vo", ["voicemail"]),
        ("due --kind inv", ["invoice"]),
        ("timeline --kind ref", ["refund"]),
        ("export pur", ["purchases"]),
        ("export tasks status:o", ["status:open"]),
        ("query fields tas", ["task"]),
        # Terms about several kinds of items.
        ("due del", ["delegated_from:", "delegation_status:", "delivery:"]),
        ("timeline outcome:vo", ["outcome:voicemail"]),
        # What is set: the fields of a customer, or of the kind of the item that is named.
        ("set maja-kos ci", ["city="]),
        ("set maja-kos credit.", [
            "credit.currency=", "credit.end_of_month=", "credit.hold=",
            "credit.limit=", "credit.notes=", "credit.risk=", "credit.terms_days=",
        ]),
        ("set t-9f3 st", ["start=", "status="]),
        ("set t-9f3 status=can", ["status=cancelled"]),
        ("set maja-kos owner=p", ["owner=petra"]),
        # Ids.
        ("task done t-3", ["t-3qqqqq1", "t-3qqqqq2"]),
        ("show p-", ["p-2m8ct4h"]),
        ("show maj", ["maja-kos"]),
        ("show kos", ["maja-kos"]),
        ("payment add 2026", ["2026-0007"]),
    ],
)  # fmt: skip
def test_what_is_offered(line: str, wanted: list[str]) -> None:
    assert offered(line) == wanted


@pytest.mark.usefixtures("shop")
def test_an_id_is_offered_with_its_title() -> None:
    assert "t-9f3kx7d\tSend the samples, Maja Kos" in candidates(["task", "done"], "")


def test_words_of_the_business_and_own_keys_are_offered(shop: Path) -> None:
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text() + "vocabulary:\n  task_kind: [fitting]\n")
    record = shop / "customers" / "jan-vidmar.yaml"
    record.write_text(record.read_text() + "shoe_size: large\n")
    assert offered("task list kind:fi") == ["kind:fitting"]
    assert offered("list shoe") == ["shoe_size:"]
    assert offered("list shoe_size:") == ["shoe_size:large"]


def test_files_that_came_and_went_are_known(shop: Path) -> None:
    """Large directories are not looked at file by file, but for one that has come or gone."""
    assert offered("list city:") == ["city:Bled", "city:Koper"]
    (shop / "customers/eva.yaml").write_text("name: Eva\ncity: Izola\n")
    assert offered("list city:") == ["city:Bled", "city:Izola", "city:Koper"]
    (shop / "customers/hotel-breg.yaml").unlink()
    assert offered("list city:") == ["city:Izola", "city:Koper"]
