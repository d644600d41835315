"""The scripts of docs/calls.md: what a caller sends is data, and reaches no shell as a command."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "calls.md").read_text(encoding="utf-8")
HOSTILE = ("$(touch pwned)", "`touch pwned`", "'; touch pwned; '", '"; touch pwned; "', "-n\\n%s")


def _script(mark: str) -> str:
    found = [text for text in re.findall(r"```sh\n(.*?)```", PAGE, re.S) if mark in text]
    assert len(found) == 1
    return str(found[0])


def _run(tmp_path: Path, script: str, *words: str, stdin: str = "") -> None:
    programs = tmp_path / "bin"
    programs.mkdir(exist_ok=True)
    for name in ("crm", "notify-send"):
        path = programs / name
        path.write_text(f'#!/bin/sh\nfor word in "$@"; do printf "{name}: [%s]\\n" "$word" '
                        '>> "$LOG"; done\n[ "$4" = - ] && cat >> "$LOG"\n'
                        'printf "<b>Ana</b> & <a href=x>Bor</a>\\n"\n')  # fmt: skip
        path.chmod(0o700)
    file = tmp_path / "script.sh"
    file.write_text(script.replace("/run/crm/call.json", str(tmp_path / "call.json")))
    environ = {"PATH": f"{programs}:{os.environ['PATH']}", "LOG": str(tmp_path / "log")}
    subprocess.run(
        ["/bin/sh", str(file), *words], input=stdin, cwd=tmp_path, env=environ, text=True,
        capture_output=True, check=True,
    )  # fmt: skip


@pytest.mark.parametrize("number", ["+386 40 123 456", *HOSTILE])
def test_the_script_of_asterisk(tmp_path: Path, number: str) -> None:
    sent = f"agi_network: yes\nagi_callerid: {number}\nagi_channel: x\n\nrest\n"
    _run(tmp_path, _script("agi_callerid"), stdin=sent)
    log = (tmp_path / "log").read_text()
    assert log.splitlines()[:4] == ["crm: [-C]", "crm: [/srv/crm]", "crm: [pop]", "crm: [-]"]
    assert log.splitlines()[-1] == number
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("number", ["+386 40 123 456", *HOSTILE])
def test_the_notification(tmp_path: Path, number: str) -> None:
    _run(tmp_path, _script("notify-send"), number)
    log = (tmp_path / "log").read_text()
    assert f"crm: [{number}]\n" in log
    shown = log.partition("notify-send: [Call]\n")[2]
    assert shown == "notify-send: [&lt;b&gt;Ana&lt;/b&gt; &amp; &lt;a href=x&gt;Bor&lt;/a&gt;]\n"
    assert not (tmp_path / "pwned").exists()


def test_the_dialplan_lets_nothing_but_numbers_through() -> None:
    (pattern,) = re.findall(r'expression="([^"]+)"', PAGE)
    assert re.search(pattern, "+38640123456")
    for text in (*HOSTILE, "123;id", "12 34", "+", ""):
        assert not re.search(pattern, text)
