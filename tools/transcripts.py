"""Run the transcripts in the documentation, so that the docs cannot lie.

    python tools/transcripts.py README.md docs/queries.md           # write what is really said
    python tools/transcripts.py --check README.md docs/queries.md   # exit 1 where they differ

A page says `<!-- transcript: empty -->` or `<!-- transcript: data-example -->`: the folder
in which its ```console blocks run, one after the other, in one shell: an empty one, or a
copy of that folder. A line `$ COMMAND` (with `> ` before further lines of it) is
followed by what it prints on stdout and stderr. Made-up ids of items differ from run to
run and are not compared.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

TODAY = "2026-11-20"

PROGRAMS = Path(sys.executable).parent
"""Where `crm` is looked for."""
LOCALE = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}

_GITCONFIG = "[user]\n\tname = Petra Zajc\n\temail = petra@kava.example\n"

_PLACE = re.compile(r"<!-- transcript: ([\w-]+) -->")
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ITEM_ID = re.compile(r"\b([itpydcfb])-[0-9a-hjkmnp-tv-z]{2,7}\b")
_MARK = "\x1e"


def rewritten(text: str, programs: Path = PROGRAMS) -> str:
    """A page with what its commands really print; itself where it has no transcript."""
    place = _PLACE.search(text)
    if place is None:
        return text
    blocks = [_commands(block[1]) for block in _BLOCK.finditer(text)]
    answers = iter(_run(place[1], [command for block in blocks for command in block], programs))
    parts = []
    end = 0
    for block, commands in zip(_BLOCK.finditer(text), blocks, strict=True):
        parts.append(text[end : block.start(1)])
        parts.append("".join(_shown(command, next(answers)) for command in commands))
        end = block.end(1)
    parts.append(text[end:])
    return "".join(parts)


def differences(page: Path, programs: Path = PROGRAMS) -> str:
    """What a page says otherwise than the program, as a diff; empty where nothing."""
    text = page.read_text(encoding="utf-8")
    told, said = (_comparable(side).splitlines() for side in (text, rewritten(text, programs)))
    return "\n".join(difflib.unified_diff(told, said, str(page), "what is printed", lineterm=""))


def _commands(block: str) -> list[str]:
    """The commands of a block; each may go over several lines."""
    commands: list[str] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            commands.append(line[2:])
        elif line.startswith(">") and commands:
            commands[-1] += f"\n{line[2:]}"
    return commands


def _shown(command: str, answer: str) -> str:
    typed = "\n".join(f"> {line}".rstrip() for line in command.split("\n"))
    return f"${typed[1:]}\n{answer}"


def _run(place: str, commands: Sequence[str], programs: Path) -> Iterator[str]:
    """What each command prints."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        work = Path(folder) / ("work" if place == "empty" else place)
        home.mkdir()
        (home / ".gitconfig").write_text(_GITCONFIG, encoding="utf-8")
        if place == "empty":
            work.mkdir()
        else:
            shutil.copytree(ROOT / place, work)
        script = [f"mark() {{ code=$?; printf '{_MARK}'; return $code; }}"]
        for command in commands:
            script += [command, "mark"]
        finished = subprocess.run(
            ["sh", "-c", "\n".join(script)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environ(home, programs),
            cwd=work,
            encoding="utf-8",
            timeout=300,
            check=False,
            # Without the terminal of whoever runs this, nothing is asked there.
            start_new_session=True,
        )
        output = finished.stdout.replace(str(work), "/home/petra").replace(str(home), "/home/petra")
    # Lines that end in blanks would be lost by editors.
    answers = [re.sub(r" +$", "", part, flags=re.MULTILINE) for part in output.split(_MARK)]
    if len(answers) != len(commands) + 1:
        raise RuntimeError(f"the shell stopped early:\n{output}")
    return iter(answers)


def _environ(home: Path, programs: Path) -> dict[str, str]:
    """Nothing of the user's own: the same answers everywhere."""
    return {
        "PATH": os.pathsep.join([str(programs), str(PROGRAMS), os.environ.get("PATH", "")]),
        "HOME": str(home),
        **LOCALE,
        "TZ": "UTC",
        "NO_COLOR": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Petra Zajc",
        "GIT_AUTHOR_EMAIL": "petra@kava.example",
        "GIT_COMMITTER_NAME": "Petra Zajc",
        "GIT_COMMITTER_EMAIL": "petra@kava.example",
        "CRM_TODAY": TODAY,
        "CRM_USER": "petra",
    }


def _comparable(text: str) -> str:
    return _ITEM_ID.sub(r"\1-…", text)


def main() -> int:
    """Rewrite or check the pages that are named."""
    parser = argparse.ArgumentParser(description="Run the transcripts in the documentation.")
    parser.add_argument("--check", action="store_true", help="say what differs, write nothing")
    parser.add_argument("pages", nargs="+", type=Path)
    options = parser.parse_args()
    stale = False
    for page in options.pages:
        if options.check:
            found = differences(page)
            stale = stale or bool(found)
            sys.stdout.write(f"{found}\n" if found else "")
        elif differences(page):
            page.write_text(rewritten(page.read_text(encoding="utf-8")), encoding="utf-8")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
