"""Every command that reads, and every page of help, on a terminal and in a pipe, in one process.

Each answer is told from the next by a line of its own.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crm_cli.cli.commands import COMMANDS, kind_nouns
from crm_cli.cli.quick_parser import verbs_of
from crm_cli.cli.topics import TOPICS
from crm_cli.model.width import columns_of
from tests.screens import ROOT, bare, shown
from tests.trust.readers import READING

pytest.importorskip("pty")

_IDS = {
    "who": "hotel-jadran", "task": "t-ysb4ssm", "purchase": "p-g1hqm7c", "deal": "d-e267b97",
    "recurring": "t-7kq", "outside": "outside", "kind": "customers",
    "interaction": "i-h2ev715", "payment": "y-c5s9q8e", "case": "c-sj4r89h",
    "feedback": "f-k12x6bc",
}  # fmt: skip
_OTHERS = {"p": "beans-1kg", "friends": "vip"}
"""What the examples of other data are called in the example business."""
_WHOLE = {
    "export", "query explain", "sql", "index path", "segment export", "survey links", "notify",
    "subject",
}  # fmt: skip
"""Answers that are to be copied as they are, or sent: they are as wide as they are."""
_PAGES = {"labels", "template show"}
"""Texts that are as they are: at most as wide as a page of 80 columns."""
_CUT = re.compile(r"\d{4}-[\d-]*…|\d[.,]\d*…")
_RUN = (
    "import json, os, sys\n"
    "from crm_cli.cli.hook import main\n"
    "for line in open(os.environ['CRM_TEST_LINES'], encoding='utf-8'):\n"
    "    print('=====', line, end='', flush=True)\n"
    "    try:\n"
    "        main(json.loads(line))\n"
    "    except SystemExit:\n"
    "        pass\n"
    "    sys.stdout.flush()\n"
    "    if 'rich' in sys.modules and not sys.stdout.isatty():\n"
    "        print('loads rich')\n"
    "        break\n"
)


def reading() -> dict[str, list[str]]:
    """The command lines, with the ids of the example business."""
    return {
        name: ["-C", "shop", *(_OTHERS.get(word, word.format(**_IDS)) for word in words)]
        for name, words in READING.items()
    }


def helping() -> dict[str, list[str]]:
    """The pages of help: of commands, their verbs and topics."""
    pages = [["--help"], ["help"], *(["help", topic] for topic in TOPICS)]
    for entry in (*COMMANDS, *kind_nouns()):
        pages.append([entry.name, "--help"])
        if entry.noun:
            pages += [[entry.name, verb, "--help"] for verb in verbs_of(entry)]
    return {" ".join(words): words for words in pages}


def written(folder: Path, lines: dict[str, list[str]]) -> dict[str, str]:
    """The environment in which `_RUN` runs those lines."""
    import json

    path = folder / "lines"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines.values()))
    return {"CRM_TEST_LINES": str(path)}


def answers(text: str, lines: dict[str, list[str]]) -> dict[str, list[str]]:
    """What each command showed, by its name."""
    parts = re.split(r"^===== .*\n", text.replace("\r\n", "\n"), flags=re.MULTILINE)[1:]
    assert len(parts) == len(lines), parts[-1]
    return dict(zip(lines, (part.splitlines() for part in parts), strict=True))


@pytest.fixture(scope="module")
def roastery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("roastery")
    shutil.copytree(ROOT / "data-example", folder / "shop")
    (folder / "home").mkdir()
    return folder


@pytest.mark.parametrize("width", [60, 80])
def test_every_answer_fits_into_the_terminal(width: int, roastery: Path) -> None:
    lines = reading()
    environ = written(roastery, lines)
    seen = shown([], cwd=roastery, width=width, code=_RUN, environ=environ)
    found = answers(bare(seen), lines)
    told = {name: rows for name, rows in found.items() if name not in _WHOLE}
    wide = {
        (name, row)
        for name, rows in told.items()
        for row in rows
        if columns_of(row) > (80 if name in _PAGES else width)
    }
    assert not wide
    assert not [name for name, rows in found.items() if "internal error" in " ".join(rows)]
    cut = [(name, row) for name, rows in told.items() for row in rows if _CUT.search(row)]
    assert not cut or width < 80, "a date, a number or an amount is cut"


def test_every_page_of_help_fits_into_the_terminal(roastery: Path) -> None:
    lines = helping()
    environ = written(roastery, lines)
    found = answers(bare(shown([], cwd=roastery, code=_RUN, environ=environ)), lines)
    assert all(found.values())
    rows = [(name, row.rstrip()) for name, rows in found.items() for row in rows]
    assert not [(name, row) for name, row in rows if columns_of(row) > 80]
    assert not [(name, row) for name, row in rows if row.endswith("...")]


@pytest.mark.parametrize("lines", [reading(), helping()], ids=["answers", "help"])
def test_no_answer_in_a_pipe_loads_rich(lines: dict[str, list[str]], roastery: Path) -> None:
    environ = {"PYTHONPATH": str(ROOT), "HOME": str(roastery / "home"), "LC_ALL": "C.UTF-8",
               "CRM_CACHE_DIR": str(roastery / "cache"), "CRM_TODAY": "2026-11-20",
               **written(roastery, lines)}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", _RUN],
        cwd=roastery, env=environ, capture_output=True, encoding="utf-8", check=False,
        stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    assert "loads rich" not in done.stdout, done.stdout[-300:]
    assert "\x1b" not in done.stdout
    assert len(answers(done.stdout, lines)) == len(lines)
