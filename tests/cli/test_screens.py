"""What terminals get: rich for every shape, 80 columns, the theme, links, the pager."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crm_cli.model.width import columns_of
from tests.screens import ROOT, bare, shown

pytest.importorskip("pty")

SHAPES = [
    ["show", "hotel-jadran"],
    ["purchase", "show", "2026-0042"],
    ["balance", "hotel-jadran"],
    ["pop", "hotel-jadran"],
    ["agenda"],
    ["deal", "board"],
    ["purchase", "summary", "--by", "customer", "--chart"],
    ["doctor"],
    ["check"],
    ["set", "ana-novak", "city=Koper", "--dry-run"],
    ["help", "query"],
]
"""The commands whose answers rich draws for a terminal."""
QUICK = [["list"], ["due"], ["purchase", "list"], ["task", "list"], ["timeline"],
         ["timeline", "hotel-jadran"], ["report", "top"], ["report", "audit"]]  # fmt: skip
"""Those that may have thousands of rows, which our own code draws."""
_LOADED = (
    "import sys\n"
    "from crm_cli.cli.hook import main\n"
    "code = main()\n"
    "print('rich' in sys.modules, file=sys.stderr)\n"
)


@pytest.fixture(scope="module")
def roastery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example business, with something wrong in one file, and its index made."""
    folder = tmp_path_factory.mktemp("roastery")
    shutil.copytree(ROOT / "data-example", folder / "shop")
    (folder / "home").mkdir()
    path = folder / "shop" / "customers" / "wrong.yaml"
    path.write_text("name: Wrong\nbirth_date: 31.2.1980\n", encoding="utf-8")
    shown(["-C", "shop", "list"], cwd=folder)
    return folder


def name(words: list[str]) -> str:
    return " ".join(words)


@pytest.mark.parametrize("words", [*SHAPES, *QUICK], ids=name)
def test_a_pipe_never_loads_rich(words: list[str], roastery: Path) -> None:
    environ = {"PYTHONPATH": str(ROOT), "HOME": str(roastery / "home"), "LC_ALL": "C.UTF-8",
               "CRM_CACHE_DIR": str(roastery / "cache"), "CRM_TODAY": "2026-11-20"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, "-C", "shop", *words],
        cwd=roastery, env=environ, capture_output=True, encoding="utf-8", check=False,
        stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    assert done.stderr.splitlines()[-1] == "False"
    assert done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("words", SHAPES, ids=name)
def test_rich_draws_every_shape_for_a_terminal(words: list[str], roastery: Path) -> None:
    seen = shown(["-C", "shop", *words], cwd=roastery, code=_LOADED)
    assert seen.splitlines()[-1] == "True"


@pytest.mark.parametrize("words", QUICK, ids=name)
def test_rows_are_drawn_without_it(words: list[str], roastery: Path) -> None:
    seen = shown(["-C", "shop", *words], cwd=roastery, code=_LOADED)
    assert seen.splitlines()[-1] == "False"


@pytest.mark.turns(2)
@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("words", [*SHAPES, *QUICK], ids=name)
def test_no_line_is_wider_than_the_terminal(
    words: list[str], width: int, roastery: Path
) -> None:
    lines = bare(shown(["-C", "shop", *words], cwd=roastery, width=width)).splitlines()
    assert lines
    assert max(map(columns_of, lines)) <= width


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (["purchase", "summary", "--by", "customer"], ["Grüne Bohne Import GmbH", "2026-02-03"]),
        (["purchase", "list"], ["kind", "credit", "D-2026-0003", "598.00", "£2,324.00"]),
        (["timeline"], ["call", "invoice", "payment"]),
        (["interaction", "list"], ["direction", "outcome", "voicemail", "outbound"]),
        (["due"], ["marko", "petra", "48 d late", "Overdue · 11", "urgent", "t-tyh"]),
        (["task", "list"], ["! 2026-10-15", "urgent", "priority"]),
        (["balance"], ["days", "oldest due", "! hotel-jadran", "(EUR)"]),
        (["product", "list"], ["18.50", "1,140.00", "85.00"]),
        (["report"], ["late, and what is open."]),
        (["case", "list"], ["subject", "resolved", "complaint"]),
        (["report", "service"], ["overdue", "promised", "100.0%*"]),
        (["report", "satisfaction"], ["nps", "csat", "invited", "response"]),
    ],
    ids=lambda value: name(value) if isinstance(value, list) else "",
)
def test_80_columns_keep_what_matters(words: list[str], kept: list[str], roastery: Path) -> None:
    seen = bare(shown(["-C", "shop", *words], cwd=roastery))
    assert [text for text in kept if text not in seen] == []
    assert not re.search(r"\d{4}-\d\d…", seen), "a date is cut"


def test_crm_alone_says_what_next(roastery: Path) -> None:
    alone = bare(shown(["-C", "shop"], cwd=roastery))
    assert "crm show ID, crm task done ID; all commands: crm --help" in alone
    assert "crm --help" in bare(shown(["-C", "shop", "--today", "2020-01-01"], cwd=roastery))
    assert "crm --help" not in bare(shown(["-C", "shop", "due"], cwd=roastery))


def test_colour_is_never_alone(roastery: Path) -> None:
    for words in ([*SHAPES[0]], ["pop", "hotel-jadran"], ["due"], ["deal", "board"], ["list"]):
        plain = shown(["-C", "shop", *words], cwd=roastery, environ={"NO_COLOR": "1"})
        assert "\x1b" not in plain
        assert shown(["-C", "shop", *words], cwd=roastery, environ={"TERM": "dumb"}) == plain
        colored = [line.rstrip() for line in bare(shown(["-C", "shop", *words], cwd=roastery))
                   .splitlines()]  # fmt: skip
        assert colored == [line.rstrip() for line in plain.splitlines()]


def test_the_colours_are_those_of_the_terminal(roastery: Path) -> None:
    many = shown(["-C", "shop", "due"], cwd=roastery)
    few = shown(["-C", "shop", "due"], cwd=roastery, environ={"TERM": "xterm"})
    light = shown(
        ["-C", "shop", "due"], cwd=roastery, environ={"TERM": "xterm", "COLORFGBG": "0;15"}
    )
    assert "\x1b[1;38;5;160mOverdue" in many
    assert "\x1b[1;31mOverdue" in few
    assert "38;5" not in few
    assert "\x1b[1;33mToday" in few
    assert "\x1b[1;35mToday" in light


def test_the_users_theme_goes_before(roastery: Path) -> None:
    folder = roastery / "home" / ".config" / "crm"
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yaml"
    config.write_text("theme:\n  overdue: reverse magenta\n  tags: red\n  id: pinkish\n")
    try:
        seen = shown(["-C", "shop", "due"], cwd=roastery)
        card = shown(["-C", "shop", "show", "hotel-jadran"], cwd=roastery)
    finally:
        config.unlink()
    assert "\x1b[7;35mOverdue" in seen
    assert "`theme` has no tone tags; there are overdue, today" in seen
    assert "`theme`: id: pinkish is no style" in seen
    assert re.search(r"\x1b\[7;35m598.00 EUR of it overdue", card)


def test_ids_open_files_where_the_terminal_knows_links(roastery: Path) -> None:
    known = {"TERM_PROGRAM": "WezTerm"}
    seen = shown(["-C", "shop", "task", "list"], cwd=roastery, environ=known)
    file = (roastery / "shop" / "customers" / "knjigarna-sova.yaml").as_uri()
    assert f"\x1b]8;;{file}\x1b\\" in seen
    people = shown(
        ["-C", "shop", "list", "ana-novak", "--cols", "id,email,phone"],
        cwd=roastery, environ=known,
    )  # fmt: skip
    assert "\x1b]8;;mailto:ana@novak.example\x1b\\ana@novak.example\x1b]8;;\x1b\\" in people
    assert "\x1b]8;;tel:+38640123456\x1b\\" in people
    assert "]8;" not in shown(["-C", "shop", "task", "list"], cwd=roastery)
    assert "]8;" not in shown(
        ["-C", "shop", "task", "list"], cwd=roastery, environ={**known, "TERM": "tmux-256color"}
    )


def test_what_does_not_fit_goes_through_the_pager(roastery: Path) -> None:
    pager = {"PAGER": "sed s/^/paged:/"}
    for words in (["agenda"], ["due", "--within", "30d"], ["list"], ["help", "query"],
                  ["show", "hotel-jadran"]):  # fmt: skip
        seen = shown(["-C", "shop", *words], cwd=roastery, environ=pager)
        assert seen.startswith("paged:"), words
        whole = shown(["-C", "shop", "--no-pager", *words], cwd=roastery, environ=pager)
        assert "paged:" not in whole
        assert "paged:" not in shown(
            ["-C", "shop", *words], cwd=roastery, environ=pager, height=200
        )
    own = {**pager, "CRM_PAGER": "sed s/^/mine:/"}
    assert shown(["-C", "shop", "list"], cwd=roastery, environ=own).startswith("mine:")


def test_a_narrow_card_keeps_what_names_an_item(roastery: Path) -> None:
    """And it tells which columns it leaves out, of which there are none at 80."""
    seen = bare(shown(["-C", "shop", "show", "hotel-jadran"], cwd=roastery, width=40))
    for name in ("Check the balance", "Beans for three bars", "Contract for 2027"):
        assert name in seen
    assert "not shown: stage, value, id (-o json)" in seen
    assert max(map(columns_of, seen.splitlines())) <= 40
    assert "not shown" not in bare(shown(["-C", "shop", "show", "hotel-jadran"], cwd=roastery))
