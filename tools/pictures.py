"""Make the pictures of the docs: what a terminal shows, as SVG by rich, and a cast.

    python tools/pictures.py           # write docs/pictures/*
    python tools/pictures.py --check   # exit 1 where one is stale

The commands are those of the console blocks of docs/terminal.md, which the tests run as a
transcript; here each is run on a pseudo-terminal. Those of `crm ui` are of the places in
tools/ui_pictures.py. No picture fetches a font.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, DIMMED_MONOKAI
from rich.text import Text
from ui_pictures import screens

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "terminal.md"
FOLDER = ROOT / "docs" / "pictures"
WIDTH = 80
_COMMAND = re.compile(r"<!-- picture: (\S+) -->\n+```console\n\$ (crm [^\n]+)\n")
_FONTS = re.compile(r"\s*@font-face \{.*?\}\n", re.DOTALL)
_THEMES = {"light": DEFAULT_TERMINAL_THEME, "dark": DIMMED_MONOKAI}


def pictures() -> dict[str, str]:
    """Each picture's text by its file name."""
    found: dict[str, str] = {}
    shown: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "data-example", Path(folder) / "shop")
        for name, command in _COMMAND.findall(PAGE.read_text(encoding="utf-8")):
            screen = on_a_terminal(command.split(" ")[1:], Path(folder))
            shown.append((command, screen))
            for theme in _THEMES:
                found[f"{name}-{theme}.svg"] = svg(name, command, screen, theme)
        for name, screen in screens(Path(folder) / "shop", _environ(Path(folder))).items():
            for theme in _THEMES:
                found[f"{name}-{theme}.svg"] = svg(name, "crm ui", screen, theme)
    found["tour.cast"] = cast(shown)
    return found


def on_a_terminal(words: list[str], folder: Path) -> str:
    """What a command shows on a terminal of 80 columns with 256 colours."""
    reading, writing = pty.openpty()
    fcntl.ioctl(writing, termios.TIOCSWINSZ, struct.pack("HHHH", 200, WIDTH, 0, 0))
    environ = _environ(folder)
    process = subprocess.Popen(
        [sys.executable, "-m", "crm_cli", *words],
        stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.DEVNULL,
        cwd=folder / "shop", env=environ,
    )  # fmt: skip
    os.close(writing)
    seen = b""
    while True:
        try:
            piece = os.read(reading, 65536)
        except OSError:  # Linux: the other side is closed.
            break
        if not piece:
            break
        seen += piece
    process.wait()
    os.close(reading)
    return seen.decode().replace("\r\n", "\n")


def _environ(folder: Path) -> dict[str, str]:
    """The surroundings of a picture, the same everywhere."""
    return {
        "PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC",
        "TERM": "xterm-256color", "CRM_TODAY": "2026-11-20", "CRM_USER": "petra",
        "CRM_CACHE_DIR": str(folder / "cache"), "PYTHONPATH": str(ROOT),
    }  # fmt: skip


def svg(name: str, command: str, screen: str, theme: str) -> str:
    """The picture of a screen."""
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, legacy_windows=False,
        color_system="truecolor", _environ={},
    )  # fmt: skip
    for line in screen.rstrip("\n").split("\n"):
        console.print(Text.from_ansi(line), soft_wrap=True)
    made = console.export_svg(title=command, theme=_THEMES[theme], unique_id=f"crm-{name}")
    return _FONTS.sub("", made).replace("Fira Code, ", "")


def cast(shown: list[tuple[str, str]]) -> str:
    """A cast in the format of asciinema, version 2: each command typed, and what it shows."""
    header = {"version": 2, "width": WIDTH, "height": 40, "title": "crm in two minutes"}
    return "\n".join([json.dumps(header), *_events(shown)]) + "\n"


def _events(shown: list[tuple[str, str]]) -> Iterator[str]:
    moment = 0.5
    for command, screen in shown:
        yield json.dumps([round(moment, 2), "o", "\x1b[2J\x1b[H$ "])
        for letter in command:
            moment += 0.06
            yield json.dumps([round(moment, 2), "o", letter])
        moment += 0.5
        yield json.dumps([round(moment, 2), "o", "\r\n" + screen.replace("\n", "\r\n")])
        moment += 5


def main() -> int:
    """Write the pictures, or say which are stale."""
    stale = []
    FOLDER.mkdir(exist_ok=True)
    for name, text in pictures().items():
        path = FOLDER / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
    for name in stale:
        sys.stdout.write(f"docs/pictures/{name}\n")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
