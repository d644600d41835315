"""The mouse in each place, and the key that copies the line of the log."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_cli.tui.app import PLACES
from tests.tui.driving import Driver, drive, example


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_TODAY", "2026-11-20")
    monkeypatch.setenv("CRM_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("NO_COLOR", "CRM_DIR", "CRM_USER"):
        monkeypatch.delenv(name, raising=False)


async def click(user: Driver, text: str) -> None:
    """Click on the first letter of a text on the screen."""
    await user.sees(text)
    lines = enumerate(user.screen.splitlines())
    await user.pilot.click(offset=next((line.index(text), y) for y, line in lines if text in line))
    await user.pilot.pause()


LINES = {
    "Today": ("$ crm due", "Studio Breza"),
    "Customers": ("$ crm list", "Ana Novak  "),
    "Deals": ("$ crm deal board", "! Beans for the off"),
    "Receivables": ("$ crm balance", "Bistro Lipa"),
    "Reports": ("$ crm report sales", "pipeline"),
}
"""What stands in a place, and a line there that the cursor is not on."""


def test_a_click_on_a_tab_goes_there(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        for number, place in reversed([*enumerate(PLACES, 1)]):
            await click(user, f"{number} {place}")
            await user.sees(LINES[place][0])

    drive(example(tmp_path), script, size=(110, 24))


@pytest.mark.parametrize("place", ["Today", "Customers", "Deals", "Receivables"])
def test_a_click_goes_to_a_line_and_another_opens_it(place: str, tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.press(str(PLACES.index(place) + 1))
        await user.sees(*LINES[place])
        await click(user, LINES[place][1])
        rows = user.app.place.chosen
        text = LINES[place][1].strip()
        assert [text in " ".join(row.cells) for row in rows] == [True]
        await click(user, LINES[place][1])
        await user.sees("$ crm timeline")

    drive(example(tmp_path), script, size=(110, 24))


def test_a_click_on_a_report_shows_it(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.press("5")
        await user.sees("$ crm report sales")
        await click(user, "pipeline")
        await user.sees("$ crm report pipeline")

    drive(example(tmp_path), script, size=(110, 24))


@pytest.mark.parametrize("key", "12345")
def test_a_key_copies_the_last_line_in_each_place(key: str, tmp_path: Path) -> None:
    written: list[str] = []

    async def script(user: Driver) -> None:
        await user.press("y")
        await user.pilot.pause()
        assert not copied(user.pilot)
        await user.to("Keep a place")
        await user.carried_out("d")
        await user.press(key)
        await user.sees(LINES[PLACES[int(key) - 1]][0])
        driver = user.app._driver
        assert driver is not None
        driver.write = written.append  # type: ignore[method-assign, assignment]
        await user.press("y")
        await user.sees("copied: crm task done t-7djnyjq")
        assert copied(user.pilot) == "crm task done t-7djnyjq"
        text = base64.b64encode(b"crm task done t-7djnyjq").decode()
        assert f"\x1b]52;c;{text}\a" in written

    drive(example(tmp_path), script)


def copied(pilot: Pilot[None]) -> str:
    """What the interface put into the clipboard."""
    return pilot.app.clipboard


def test_the_moves_are_those_that_the_items_are_in_a_state_for(tmp_path: Path) -> None:
    async def script(user: Driver) -> None:
        await user.to("2026-0031")
        await user.press("m")
        await user.sees("Moves", "cancel")
        assert "Post drafts" not in user.screen
        await user.press("escape", "2")
        await user.to("Hotel Jadran")
        await user.press("m")
        await user.sees("a customer has no moves")
        await user.press("enter")
        await user.sees("$ crm timeline")
        await user.to("payment")
        await user.press("m")
        await user.sees("payments have no moves", "= sets a field")

    drive(example(tmp_path), script, size=(110, 24))


def test_keys_explain_the_sign_of_deals_and_the_agenda_dates_what_is_overdue(
    tmp_path: Path,
) -> None:
    async def script(user: Driver) -> None:
        await user.press("a")
        await user.sees("$ crm agenda", "overdue", "2026-10-")
        await user.press("3", "question_mark")
        await user.sees("!", "wants attention")

    drive(example(tmp_path), script, size=(90, 50))
