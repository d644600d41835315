"""`crm ui`: each place, and how a line is previewed, carried out, logged and taken back."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path

import pytest

from crm_cli.model.outcome import Outcome
from crm_cli.tui.lines import Lines
from crm_cli.tui.places.customers import Customers
from crm_cli.tui.reader import Reader
from tests.conftest import Crm
from tests.tui.driving import Driver, drive, example


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_TODAY", "2026-11-20")
    monkeypatch.setenv("CRM_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("NO_COLOR", "CRM_DIR", "CRM_USER"):
        monkeypatch.delenv(name, raising=False)


def test_today_shows_what_is_due_and_the_agenda(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.sees("$ crm due", "overdue", "Hotel Jadran", "2026-0031: 598.00 EUR", "today")
        await user.press("a")
        await user.sees("$ crm agenda", "2026-10-03  invoice", "Fri 2026-11-20, today")
        await user.sees("12:00       todo")
        await user.press("a")
        await user.sees("$ crm due")

    drive(example(tmp_path), script)


def test_customers_are_filtered_as_one_types_and_their_card_stands_beside(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.press("2")
        await user.sees("Bar Aurora", "╭─ Acme Coworking")
        await user.press("slash")
        await user.type("+horeca city:")
        await user.sees("city:")
        await user.type("Split")
        await user.misses("Bar Aurora")
        await user.sees("Hotel Jadran", "1 found")
        await user.press("enter", "enter")
        await user.sees("$ crm timeline hotel-jadran", "[timeline]")
        for section in ("tasks", "deals", "purchases", "cases", "card"):
            await user.press("right")
            await user.sees(f"[{section}]")
        await user.sees("At a glance")
        await user.press("escape")
        await user.sees("$ crm list")

    drive(example(tmp_path), script)


@pytest.mark.parametrize("place", ["1", "2", "3", "4", "5"])
def test_escape_takes_a_filter_away(tmp_path: Path, place: str) -> None:
    async def script(user: Driver) -> None:
        await user.press(place)
        await user.sees("types query terms")
        for keys in (["escape"], ["enter", "escape"]):
            await user.press("slash")
            await user.type("Jadran")
            await user.sees("Jadran")
            await user.misses("types query terms")
            await user.press(*keys)
            await user.sees("types query terms")

    drive(example(tmp_path), script)


def test_a_slash_finds_another_customer_from_the_page_of_one(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.press("2")
        await user.sees("Bar Aurora")
        await user.press("enter")
        await user.sees("[timeline]")
        await user.press("slash")
        await user.sees("$ crm list")
        await user.type("Jadran")
        await user.sees("1 found", "Hotel Jadran")
        await user.misses("Bar Aurora")

    drive(example(tmp_path), script)


def test_a_change_is_previewed_carried_out_logged_and_taken_back(tmp_path: Path) -> None:
    folder = example(tmp_path)
    record = folder / "customers" / "luka-mlakar.yaml"
    before = record.read_bytes()

    async def script(user: Driver) -> None:
        await user.to("Keep a place")
        await user.press("d")
        await user.sees("crm task done t-7djnyjq", "+    status: completed")
        assert record.read_bytes() == before
        await user.press("escape")
        await user.misses("Enter carry it out")
        assert record.read_bytes() == before and not user.app.log_pane.held
        assert not (await user.carried_out("d")).code
        assert b"status: completed" in record.read_bytes()
        await user.misses("Keep a place at the tasting                 ")
        await user.sees("$ crm task done t-7djnyjq")
        assert not (await user.carried_out("u")).code
        await user.sees("$ crm undo", "Keep a place")

    drive(folder, script)
    assert record.read_bytes() == before


def test_what_is_refused_is_shown_and_not_logged(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.to("Keep a place")
        await user.press("s")
        await user.sees("$ crm due snooze t-7djnyjq")
        await user.type("someday")
        await user.press("enter")
        await user.sees("someday", "Esc close")
        await user.press("escape")
        await user.misses("Esc close")
        assert not user.app.log_pane.held

    drive(example(tmp_path), script)


def test_a_change_made_outside_appears(tmp_path: Path) -> None:
    folder = example(tmp_path)

    async def script(user: Driver) -> None:
        await user.sees("Studio Breza")
        record = folder / "customers" / "studio-breza.yaml"
        text = record.read_text(encoding="utf-8")
        record.write_text(text.replace("Call for the first time", "Call about beans"), "utf-8")
        await user.sees("Call about beans")

    drive(folder, script)


def test_keys_list_what_works_where_they_are_pressed(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.press("question_mark")
        await user.sees("Keys that work here", "put off")
        await user.press("escape", "2")
        await user.sees("$ crm list")
        await user.press("question_mark")
        await user.sees("Keys that work here")
        assert "put off" not in user.screen

    drive(example(tmp_path), script, size=(80, 50))


def test_without_a_terminal_it_says_so(crm: Crm) -> None:
    run = crm("ui")
    assert run.code == 2
    assert "needs a terminal" in run.err and "crm due" in run.err


def test_deals_move_by_keys_on_the_board(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.press("3")
        await user.sees("Proposal 2", "Negotiation 1", "Proposal: 8,836.78 EUR")
        await user.sees("Machine rental, second year  Acme Coworking  5,600.00 GBP")
        outcome = await user.carried_out("greater_than_sign")
        assert "moved to negotiation" in outcome.answer
        await user.sees("Proposal 1", "Negotiation 2", "$ crm deal move d-trxxnk5 next")

    drive(example(tmp_path), script, size=(110, 24))


def test_receivables_show_who_owes_and_take_a_payment(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.press("4")
        await user.sees("Hotel Jadran", "1,298.00", "31–60 days", "$ crm balance")
        await user.press("p")
        await user.sees("$ crm payment add hotel-jadran")
        await user.type("598")
        assert not (await user.carried_out("enter")).code
        await user.sees("$ crm payment add hotel-jadran 598", "700.00")

    drive(example(tmp_path), script)


def test_reports_have_the_charts_of_their_page(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.press("5")
        await user.sees("$ crm report sales --by month --period last-12m", "2026-11", "███")
        await user.press("down")
        await user.sees("$ crm report pipeline", "Show the open deals by stage")
        await user.press("slash")
        await user.type("owner:nobody-at-all")
        await user.sees("nothing to report")

    drive(example(tmp_path), script)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 10)])
def test_every_place_fits_every_screen(size: tuple[int, int], tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        lines = ("due", "list", "deal board", "balance", "report")
        for key, line in zip("12345", lines, strict=True):
            await user.press(key)
            await user.sees(f"$ crm {line}"[: size[0] - 6])
        await user.press("2")
        await user.sees("Ana Novak")
        await user.press("enter")
        await user.sees("$ crm timeline")

    drive(example(tmp_path), script, size=size)


def test_what_stands_in_records_cannot_act_on_the_terminal(tmp_path: Path) -> None:
    folder = example(tmp_path)
    poison = '"\\e]0;owned\\a\\e[31m[red]red[/red] [@click=app.quit]x[/]"'
    text = f"name: {poison}\ntags: vip\ntasks:\n  - title: {poison}\n    due: 2026-11-01\n"
    (folder / "customers" / "aaa.yaml").write_text(text, encoding="utf-8")

    async def script(user: Driver) -> None:
        await user.sees("[red]red[/red]")
        assert "\x1b" not in user.screen and "\x07" not in user.screen
        await user.press("2", "home")
        await user.sees("[@click=app.quit]x[/]", "aaa · +vip")
        assert "\x1b" not in user.screen and "\x07" not in user.screen
        await user.press("enter", "right")
        await user.sees("[tasks]", "[red]red[/red]")
        assert "\x1b" not in user.screen and "\x07" not in user.screen

    drive(folder, script, size=(180, 30))


def test_what_is_asked_in_vain_leaves_nothing_behind(tmp_path: Path) -> None:
    """Another question came before it began, or the end."""

    async def script(user: Driver) -> None:
        await user.press("2")
        await user.sees("Bar Aurora", "╭─ Acme Coworking")
        place = user.app.place
        assert isinstance(place, Customers)
        lines = place.query_one(Lines)
        for _ in range(2):
            place.reload()
            place.on_lines_moved(lines.Moved(lines, lines.row))
            place.on_lines_wanted(lines.Wanted(lines, 0))
        user.app.exit()

    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        drive(example(tmp_path), script)
        gc.collect()
    assert [str(one.message) for one in given] == []


def test_beside_what_is_due_the_agenda_begins_today(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.sees("Fri 2026-11-20, today", "12:00  Luka Mlakar")
        assert user.screen.count("2026-10-03") == 1
        assert user.screen.count("Paper filters, 100 pieces") == 1

    drive(example(tmp_path), script, size=(120, 40))


def test_a_narrow_terminal_shows_who_and_what(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.sees("2026-10-03  Hotel Jadran      2026-0031: 598.00")
        await user.press("a")
        await user.sees("$ crm agenda", "2026-10-03  Hotel Jadran      2026-0031: 598.00")

    drive(example(tmp_path), script, size=(58, 24))


def test_stages_with_deals_are_in_sight_and_have_the_keys(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.press("3")
        await user.sees("Proposal 2", "Negotiation 1", "Beans for three bar", "Prospec… 0")
        await user.sees("> Machine rental", "5,600.00 GBP  18 days in stage")

    drive(example(tmp_path), script)


def test_what_is_asked_and_what_a_report_answers_is_read_whole(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.sees("Hotel Jadran")
        await user.press("l")
        await user.sees("Asked for 20 kg of beans", "│ Enter goes on   Esc leaves it")
        await user.press("escape", "5")
        await user.sees("Sum purchases up: orders, units", "the whole.")
        await user.press("question_mark")
        await user.sees("next part of the screen")
        assert "Focus" not in user.screen

    drive(example(tmp_path), script)


def test_what_is_asked_while_it_closes_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, close = threading.Event(), Reader.close

    async def closing(reader: Reader) -> None:
        gate.set()  # only now does the line that was asked for get its answer
        await close(reader)
        with pytest.raises(asyncio.CancelledError):
            await reader.changed()

    async def script(user: Driver) -> None:
        await user.sees("Hotel Jadran")
        run = user.app.reader._run

        def slowly(words: Sequence[str]) -> Outcome:
            gate.wait()
            return run(words)

        monkeypatch.setattr(user.app.reader, "_run", slowly)
        user.app.carry_out(["note", "hotel-jadran", "Closed on Mondays"])
        await user.pilot.pause()

    monkeypatch.setattr(Reader, "close", closing)
    drive(example(tmp_path), script)
