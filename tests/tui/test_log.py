"""The log is true: its lines, run in a copy of the folder, make the same files."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.cli.capturing import captured
from crm_cli.tui.reader import Line
from tests.tui.driving import Driver, drive, example, seeded


def files(folder: Path) -> dict[str, bytes]:
    """All files but what a run keeps for itself."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".crm" not in path.parts
    }


async def _today(user: Driver) -> None:
    await user.to("Keep a place")
    await user.carried_out("d")
    await user.carried_out("u")
    await user.carried_out("U")
    for line, day in (("Call for the first time", "fri"), ("Send the quote", "+1w")):
        await user.to(line)
        await user.press("s")
        await user.type(day)
        await user.carried_out("enter")
    await user.to("Paper filters")
    await user.carried_out("x")
    await user.to("Bistro Lipa")
    await user.press("l")
    await user.type("It's paid on Friday --kind call --out")
    await user.carried_out("enter")
    await user.press("t")
    await user.type("Look at the bank --due fri --priority high")
    await user.carried_out("enter")
    await user.to("Bistro Lipa")
    await user.press("equals_sign")
    await user.type("city=Nova Gorica")
    await user.carried_out("enter")


async def _customers(user: Driver) -> None:
    await user.press("2")
    await user.to("Ana Novak")
    for text in ("nickname=Anči", "city=Koper", "city="):
        await user.press("equals_sign")
        await user.type(text)
        await user.carried_out("enter")
    await user.press("a")
    await user.type("Nika Zupan --email nika@zupan.example")
    await user.carried_out("enter")
    await user.to("Nika Zupan")
    await user.press("l")
    await user.type("Met at the fair --kind meeting --at yesterday")
    await user.carried_out("enter")
    await user.press("t")
    await user.type("Send a price list")
    await user.carried_out("enter")
    await user.to("Bar Aurora")
    await user.press("space", "space", "plus")
    await user.type("spring")
    await user.carried_out("enter")
    await user.carried_out("u")
    await user.to("Nika Zupan")
    await user.press("enter", "right")
    await user.sees("[tasks]", "Send a price list")
    await user.press("m")
    await user.sees("Moves")
    await user.carried_out("down", "enter")
    await user.carried_out("u")
    await user.sees("Send a price list")
    await user.carried_out("d")


async def _deals(user: Driver) -> None:
    await user.press("3")
    await user.sees("Machine rental, second year  ")
    await user.carried_out("greater_than_sign")
    await user.sees("Proposal 1")
    await user.carried_out("less_than_sign")
    await user.carried_out("u")
    await user.to("Beans for the office")
    await user.press("x")
    await user.type("--reason price --competitor Grosist")
    await user.carried_out("enter")


async def _money(user: Driver) -> None:
    await user.press("4")
    for name, text in (("Bistro Lipa", "770.53"), ("Hotel Jadran", "598 --method cash")):
        await user.to(name)
        await user.press("p")
        await user.type(text)
        await user.carried_out("enter")
    for keys in ("u", "u", "U", "U"):
        await user.carried_out(keys)


@pytest.mark.turns(3)
def test_thirty_actions_replayed_make_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_TODAY", "2026-11-20")
    monkeypatch.setenv("CRM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("CRM_USER", "petra")
    folder, copy = example(tmp_path), example(tmp_path, "copy")
    before = files(copy)

    async def script(user: Driver) -> None:
        for part in (_today, _customers, _deals, _money):
            await part(user)
        lines.extend(user.app.log_pane.held)

    lines: list[Line] = []
    drive(folder, script, size=(110, 30))
    assert len(lines) >= 30
    monkeypatch.chdir(copy)
    for line in lines:
        assert seeded(captured)(line.words) == line.outcome
    assert files(folder) == files(copy) != before
