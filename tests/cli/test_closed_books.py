"""Closed books: nothing of money that is dated in them is written, whatever command asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.model.fieldtypes import Free, Texts
from crm_cli.model.kind import GroupOf, Kind, ListOf, MapOf
from crm_cli.model.settings import SETTINGS
from tests.conftest import Crm, Git

INVOICE = "2026-0007"
PAYMENT = "y-7d1wz0e"


@pytest.fixture
def closed(crm: Crm, shop: Path) -> Path:
    """The shop's books are closed until the day after its last payment."""
    path = shop / "customers" / "maja-kos.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "  - date: 2026-11-10\n    amount: 7\n", encoding="utf-8")
    assert crm("config", "set", "closed_until=2026-11-16").code == 0
    return shop


TOUCHING = (
    ("purchase", "add", "maja-kos", "--amount", "5", "--date", "2026-11-16"),
    ("purchase", "add", "jan-vidmar", "--amount", "5", "--kind", "invoice", "--date", "2026-11-01"),
    ("payment", "add", INVOICE, "5", "--date", "2026-11-16"),
    ("payment", "add", "maja-kos", "5", "--refund", "--date", "2026-11-16"),
    ("payment", "bounce", PAYMENT, "--date", "2026-11-16"),
    ("set", INVOICE, "date=2026-11-20"),
    ("set", INVOICE, "lines.1.quantity=3"),
    ("set", INVOICE, "status=draft"),
    ("set", PAYMENT, "amount=99"),
    ("set", PAYMENT, "for="),
    ("set", PAYMENT, "allocations+={purchase: 2026-0007, amount: 50}"),
    ("set", INVOICE, "tax_included=true"),
    ("rm", PAYMENT, "--yes"),
    ("rm", INVOICE, "--yes"),
    ("rm", "maja-kos", "--yes"),
    ("move", INVOICE, "jan-vidmar"),
    ("import", "purchases", "new.csv", "--yes"),
    ("import", "payments", "paid.csv", "--yes"),
)


@pytest.mark.parametrize("words", TOUCHING, ids=" ".join)
def test_what_is_dated_in_them_is_refused(
    crm: Crm, closed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    words: tuple[str, ...],
) -> None:  # fmt: skip
    (tmp_path / "new.csv").write_text("customer,date,amount\nmaja-kos,2026-11-03,5\n")
    (tmp_path / "paid.csv").write_text("customer,date,amount\nmaja-kos,2026-11-03,5\n")
    words = tuple(str(tmp_path / word) if word.endswith(".csv") else word for word in words)
    before = (closed / "customers/maja-kos.yaml").read_bytes()
    run = crm(*words)
    assert run.code == 6, run.err
    assert "the books are closed until 2026-11-16" in run.err
    assert (closed / "customers/maja-kos.yaml").read_bytes() == before
    assert not (closed / "desk.yaml").exists()
    forced = crm(*words, "--force-closed", "The accountant asked")
    assert forced.code == 0, forced.err
    desk = (closed / "desk.yaml").read_text()
    assert "summary: The accountant asked" in desk
    assert "books closed until 2026-11-16 changed" in desk
    # Taking it back touches the books again.
    undone = crm("undo")
    assert undone.code == 6 and "the books are closed" in undone.err
    assert crm("undo", "--force-closed", "It was right before").code == 0
    assert (closed / "customers/maja-kos.yaml").read_bytes() == before
    assert "It was right before" in (closed / "desk.yaml").read_text()


@pytest.mark.parametrize("day", ["2026-02-30", "[2026-11-16]", "31.2.26", "{}"])
@pytest.mark.parametrize("words", [*TOUCHING[2:4], ("payment", "add", INVOICE, "5")], ids=" ".join)
def test_a_day_that_cannot_be_read_shuts_them_all(
    crm: Crm, closed: Path, day: str, words: tuple[str, ...]
) -> None:
    settings = closed / "crm.yaml"
    lines = settings.read_text().replace("closed_until: 2026-11-16", f"closed_until: {day}")
    settings.write_text(lines)
    number = lines.splitlines().index(f"closed_until: {day}") + 1
    before = (closed / "customers/maja-kos.yaml").read_bytes()
    for run in (crm(*words), crm(*words, "--force-closed", "Now")):
        assert run.code == 4, run
        assert f"crm.yaml:{number}:15: closed_until cannot be read" in run.err
        assert "crm config set closed_until=DAY" in run.err
    assert (closed / "customers/maja-kos.yaml").read_bytes() == before
    assert crm("set", "maja-kos", "city=Izola").code == 0
    assert crm("config", "set", "closed_until=2026-11-15").code == 0
    assert crm("payment", "add", INVOICE, "5").code == 0


def test_a_day_that_is_not_said_shuts_nothing(crm: Crm, closed: Path) -> None:
    settings = closed / "crm.yaml"
    settings.write_text(settings.read_text().replace("closed_until: 2026-11-16", "closed_until:"))
    assert crm("payment", "add", INVOICE, "5", "--date", "2026-11-16").code == 0


OTHERS = (
    ("purchase", "add", "maja-kos", "--amount", "5"),
    ("payment", "add", INVOICE, "5", "--date", "2026-11-17"),
    ("payment", "bounce", PAYMENT, "--date", "2026-11-17"),
    ("payment", "promise", INVOICE, "--date", "2026-12-01"),
    ("set", INVOICE, "disputed=Broken", "due_date=2026-12-24"),
    ("set", "maja-kos", "city=Izola"),
    ("log", "maja-kos", "Rang", "--at", "2026-11-05"),
    ("rename", "maja-kos", "maja"),
    ("purchase", "add", "maja-kos", "--amount", "5", "--draft", "--date", "2026-11-02"),
)


@pytest.mark.parametrize("words", OTHERS, ids=" ".join)
def test_all_else_is_written_as_ever(crm: Crm, closed: Path, words: tuple[str, ...]) -> None:
    run = crm(*words)
    assert run.code == 0, run.err
    assert crm("undo").code == 0
    # With a reason where none is needed there is nothing to note.
    assert crm(*words, "--force-closed", "For nothing").code == 0
    assert not (closed / "desk.yaml").exists()


def test_an_editor_is_no_way_around(
    crm: Crm, closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "sed -i s/100.00/99.00/")
    run = crm("edit", "maja-kos")
    assert run.code == 6 and "the books are closed" in run.err
    monkeypatch.setenv("EDITOR", "sed -i s/Koper/Izola/")
    assert crm("edit", "maja-kos").code == 0


def test_what_is_refused_has_no_state_to_come(crm: Crm, closed: Path) -> None:
    """What would be owed after a payment is not said of one that is not written."""
    run = crm("payment", "add", INVOICE, "5", "--date", "2026-11-16")
    assert run.code == 6 and "still owed" not in run.err
    assert "still owed" in crm("payment", "add", INVOICE, "5", "--date", "2026-11-17").err


def test_a_reason_needs_words(crm: Crm, closed: Path) -> None:
    for reason in ("", "  "):
        run = crm("rm", PAYMENT, "--yes", "--force-closed", reason)
        assert run.code in (2, 6), run


def test_opening_them_again_is_a_setting(crm: Crm, closed: Path) -> None:
    assert crm("config", "set", "closed_until=2026-11-09").code == 0
    assert crm("set", PAYMENT, "amount=99").code == 0


def test_others_may_have_changed_them(crm: Crm, closed: Path, git: Git) -> None:
    """A note is committed with the change that it is about."""
    assert crm("git", "setup", "--yes").code == 0
    assert crm("set", PAYMENT, "amount=99", "--force-closed", "Typing error").code == 0
    shown = git("show", "--stat", "--format=%s")
    assert "desk.yaml" in shown and "maja-kos.yaml" in shown


def test_who_is_in_closed_books_can_be_forgotten(crm: Crm, closed: Path) -> None:
    """No figure changes: the purchases and payments stay, without the names and the words."""
    before = crm("report", "tax", "-o", "csv").out, crm("payment", "list", "--cols", "amount").out
    assert crm("forget", "maja-kos", "--force", "--yes").code == 0
    assert not (closed / "customers/maja-kos.yaml").exists()
    assert before == (
        crm("report", "tax", "-o", "csv").out, crm("payment", "list", "--cols", "amount").out
    )  # fmt: skip


def test_forgetting_takes_no_sale_out_of_closed_books(crm: Crm, closed: Path) -> None:
    sale = ("purchase", "add", "jan-vidmar", "--amount", "5", "--date", "2026-11-03")
    assert crm(*sale, "--force-closed", "Late").code == 0
    run = crm("forget", "jan-vidmar", "--yes")
    assert run.code == 6 and "the books are closed" in run.err
    assert crm("forget", "jan-vidmar", "--yes", "--force-closed", "They asked").code == 0


@pytest.fixture
def kept(crm: Crm, closed: Path, git: Git) -> Path:
    """The same, with a rate of closed days, all of it committed when they were closed."""
    (closed / "rates.yaml").write_text("2026-01-01:\n  USD: 1.10\n")
    assert crm("git", "setup", "--yes").code == 0
    assert crm("config", "set", "closed_until=2026-11-15").code == 0
    assert crm("config", "set", "closed_until=2026-11-16").code == 0
    assert "closed-books" not in crm("check", "-o", "json").out
    return closed


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_check_names_what_an_editor_changed_in_them(crm: Crm, kept: Path) -> None:
    maja = kept / "customers/maja-kos.yaml"
    _edit(maja, "amount: 7\n", "amount: 8\n")
    _edit(kept / "rates.yaml", "1.10", "1.60")
    for _ in range(2):
        said = crm("check").out
        assert "payment of 8.00" in said and "payment of 7.00" in said
        assert "the rate of USD of 2026-01-01 is not as it was when the books were closed" in said
        assert "customers/maja-kos.yaml shows it" in " ".join(said.split())
        assert "Izola" in said or crm("set", "maja-kos", "city=Izola").code == 0  # committed now
    assert "payment of 8.00" not in crm("check", "rates.yaml").out
    _edit(maja, "amount: 8\n", "amount: 7\n")
    _edit(kept / "rates.yaml", "1.60", "1.10")
    assert "when the books were closed" not in crm("check").out


def test_what_is_not_of_them_may_be_edited(crm: Crm, kept: Path) -> None:
    _edit(kept / "customers/maja-kos.yaml", "Koper", "Izola")
    with (kept / "rates.yaml").open("a") as rates:
        rates.write("2026-11-18:\n  USD: 1.20\n")
    assert "when the books were closed" not in crm("check").out
    assert "books are closed" not in crm("sync").err


def test_a_command_that_commits_such_an_edit_says_so(crm: Crm, kept: Path) -> None:
    _edit(kept / "customers/maja-kos.yaml", "amount: 7\n", "amount: 8\n")
    run = crm("set", "maja-kos", "city=Izola")
    assert run.code == 0
    assert "changed by hand, although the books are closed until 2026-11-16" in run.err
    assert "changed by hand" not in crm("set", "maja-kos", "city=Koper").err
    _edit(kept / "rates.yaml", "1.10", "1.60")
    assert "the rate of USD of 2026-01-01" in crm("sync").err


def test_what_was_forced_has_its_note(crm: Crm, kept: Path) -> None:
    assert crm("set", PAYMENT, "amount=99", "--force-closed", "Typing error").code == 0
    assert "when the books were closed" not in crm("check").out


def test_who_was_renamed_or_forgotten_is_no_change(crm: Crm, kept: Path) -> None:
    assert crm("rename", "maja-kos", "maja").code == 0
    assert "when the books were closed" not in crm("check").out
    assert crm("forget", "maja", "--force", "--yes").code == 0
    assert "when the books were closed" not in crm("check").out


TAXED = (
    "invoice", "add", "jan-vidmar", *["--line", "A:1:0.33"] * 3, "--tax", "22",
    "--date", "2026-11-03", "--due", "2026-12-03", "--force-closed", "Late",
)  # fmt: skip
OTHER = {
    "currency": "CHF", "tax_included": "true", "rounding": "line", "terms_days": "3",
    "country": "DE", "tax_rate": "7", "time_zone": "Pacific/Auckland", "language": "de",
    "uid": "x", "invoice_number": "{seq}", "forecast_by": "learned", "lead_touch": "3 days",
    "max": "3",
}  # fmt: skip
"""Another value of each setting that is one."""
COUNTED = (
    ("report", "tax", "--period", "..2026-11-16", "-o", "csv"),
    ("report", "tax", "--period", "..2026-11-16", "--basis", "paid", "-o", "csv"),
    ("payment", "list", "--period", "..2026-11-16", "--cols", "id,amount,currency", "-o", "csv"),
    ("--today", "2026-11-16", "report", "aging", "--by-date", "issue", "-o", "csv"),
    ("export", "ledger", "--period", "..2026-11-16"),
)


def _single(kind: Kind, prefix: str = "") -> list[str]:
    """The settings that are one value."""
    listed = (GroupOf, ListOf, MapOf, Texts, Free)
    return [field.key for field in kind.fields if not isinstance(field.type, listed)]


def test_no_setting_changes_what_was_billed_in_them(crm: Crm, closed: Path) -> None:
    assert crm(*TAXED).code == 0
    before = [crm(*words).out for words in COUNTED]
    assert sorted(OTHER) == sorted({*_single(SETTINGS)} - {"closed_until"})
    refused = set()
    for key, value in OTHER.items():
        run = crm("config", "set", f"{key}={value}")
        if run.code == 6:
            refused.add(key)
            assert f"{key} changes what" in run.err
            assert "the books are closed until 2026-11-16" in run.err
        else:
            assert run.code == 0, run.err
        assert [crm(*words).out for words in COUNTED] == before, key
    assert refused == {"currency", "tax_included", "rounding"}


@pytest.mark.parametrize("changed", ["tax_included=true", "rounding=line"])
def test_a_setting_may_change_where_they_say_what_they_were(
    crm: Crm, kept: Path, changed: str
) -> None:
    """With a new year a business may round otherwise, without restating the closed one."""
    assert crm(*TAXED).code == 0
    before = [crm(*words).out for words in COUNTED]
    key = changed.partition("=")[0]
    run = crm("config", "set", changed)
    assert run.code == 6
    ids = crm("purchase", "list", "date:..2026-11-16", f"no:{key}", "-o", "ids").out.split()
    usual = {"tax_included": "false", "rounding": "document"}[key]
    assert f"no:{key} -o ids) {key}={usual} keeps them as they are" in run.err
    assert crm("set", *ids, f"{key}={usual}", "--yes").code == 0
    assert crm("config", "set", changed).code == 0
    assert [crm(*words).out for words in COUNTED] == before
    assert "when the books were closed" not in crm("check").out
    # What is said at a purchase itself is watched as the setting is.
    run = crm("set", "2026-0008", changed)
    assert run.code == 6 and "the books are closed" in run.err


def test_check_names_the_setting_that_changed_them(crm: Crm, kept: Path) -> None:
    assert crm(*TAXED).code == 0
    settings = kept / "crm.yaml"
    with settings.open("a") as file:
        file.write("rounding: line\n")
    said = "rounding is not as it was when the books were closed until 2026-11-16"
    assert said in " ".join(crm("check").out.split())
    run = crm("config", "set", "terms_days=7")  # it commits what was edited by hand
    assert "changed by hand" in run.err and "until 2026-11-16: rounding" in run.err
    _edit(settings, "rounding: line\n", "")
    assert said not in " ".join(crm("check").out.split())
    assert crm("config", "set", "rounding=line", "--force-closed", "The law").code == 0
    assert said not in " ".join(crm("check").out.split())


@pytest.fixture
def two(crm: Crm, kept: Path) -> Path:
    """Two customers have something in closed books, a third one has nothing there."""
    assert crm(*TAXED).code == 0
    assert crm("add", "Maja Kos the Second", "--id", "maja-2", "--force").code == 0
    assert crm("purchase", "add", "maja-2", "--amount", "5").code == 0
    assert crm("config", "set", "closed_until=2026-11-15").code == 0
    assert crm("config", "set", "closed_until=2026-11-16").code == 0
    return kept


def test_books_of_two_do_not_become_one(crm: Crm, two: Path) -> None:
    words = ("merge", "maja-kos", "jan-vidmar", "--prefer", "keep", "--yes")
    run = crm(*words)
    assert run.code == 6
    assert "invoice 2026-0008 of 2026-11-03 would be another customer's" in run.err
    assert (two / "customers/jan-vidmar.yaml").exists()
    assert crm(*words, "--force-closed", "One person").code == 0
    assert "when the books were closed" not in crm("check").out
    assert crm("undo").code == 6


@pytest.mark.parametrize(("keep", "drop"), [("maja-kos", "maja-2"), ("maja-2", "maja-kos")])
def test_who_has_nothing_in_them_may_be_merged(
    crm: Crm, two: Path, keep: str, drop: str
) -> None:
    assert crm("merge", keep, drop, "--prefer", "keep", "--yes").code == 0
    assert "when the books were closed" not in crm("check").out
    assert crm("undo").code == 0
    assert "when the books were closed" not in crm("check").out


def test_check_names_what_an_editor_gave_to_another_customer(crm: Crm, two: Path) -> None:
    jan, maja = two / "customers/jan-vidmar.yaml", two / "customers/maja-kos.yaml"
    head, _, invoices = jan.read_text().partition("purchases:\n")
    jan.write_text(head)
    _edit(maja, "purchases:\n", f"purchases:\n{invoices}")
    said = "invoice 2026-0008 of 2026-11-03 is not as it was when the books were closed"
    assert said in " ".join(crm("check").out.split())


def test_a_purchase_may_be_named_otherwise(crm: Crm, closed: Path) -> None:
    """A payment pays the same, by whatever name."""
    id = crm("purchase", "list", f"number:{INVOICE}", "-o", "ids").out.strip()
    shown = crm("payment", "show", PAYMENT, "-o", "yaml").out
    name = INVOICE if id in shown else id
    assert crm("set", PAYMENT, f"for={name}").code == 0
