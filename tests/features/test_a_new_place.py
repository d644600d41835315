"""A new kind with files of its own is a module and one line: all else follows.

The program is copied, and the copy gets two made-up kinds: visits, one file for each, and
gadgets, which share one file. What is then asked of it is what customers and products have.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import preloaded
from tests.conftest import TODAY, Run
from tests.made_up import FAIR, GADGETS, MADE_UP_FILES, copied


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a copy of the package that knows the made-up kinds."""
    root = tmp_path_factory.mktemp("program")
    copied(root)
    return root


@pytest.fixture
def environ(program: Path, shop: Path) -> dict[str, str]:
    """What the copy is run with; the shop has records of the made-up kinds as well."""
    for name, text in MADE_UP_FILES.items():
        path = shop / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return {
        **os.environ,
        "PYTHONPATH": str(program),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Petra",
        "GIT_AUTHOR_EMAIL": "petra@lan.example",
        "GIT_COMMITTER_NAME": "Petra",
        "GIT_COMMITTER_EMAIL": "petra@lan.example",
        "CRM_TODAY": TODAY,
    }


Crm = Callable[..., Run]


@pytest.fixture
def crm(program: Path, environ: dict[str, str]) -> Crm:
    """Runs a command line of the copy."""

    def run(*words: str | Path) -> Run:
        command = [preloaded.crm(program), *map(str, words)]
        done = subprocess.run(
            command, env=environ, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Run(done.returncode, done.stdout, done.stderr)

    return run


Said = Callable[[str], Any]


@pytest.fixture
def said(program: Path, environ: dict[str, str], shop: Path) -> Said:
    """What `found` is after some lines of Python in the copy, with `workspace` and `kinds`."""

    def run(lines: str) -> Any:
        code = (
            "import json, sys\n"
            f"sys.path.append({str(preloaded.ROOT)!r})  # for what the tests compare with\n"
            "from pathlib import Path\n"
            "from crm_cli.model.kinds import BY_NAME as kinds\n"
            "from crm_cli.workspace import Change, Edit, open_workspace\n"
            "def ask(kind, *terms, workspace=None, **how):\n"
            "    opened = workspace or open_workspace()\n"
            "    return opened.select(kinds[kind], terms, **how).rows\n"
            f"{lines}\n"
            "print(json.dumps(found, default=str))\n"
        )
        done = subprocess.run(
            [preloaded.python(program), "-P", "-c", code],
            env=environ, capture_output=True, encoding="utf-8",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


ASKED: dict[str, list[list[Any]]] = {
    "ask('visit')": [
        ["fair", "Spring fair", "2026-11-24", "maja-kos"],
        ["graz", "Graz", "2026-12-01", None],
    ],
    "ask('visit', cols='id,path,budget,currency,tags', sort='id-')": [
        ["graz", "visits/abroad/graz.yaml", "500.00", "USD", None],
        ["fair", "visits/fair.yaml", "84.50", "EUR", ["coast", "fair"]],
    ],
    "ask('visit', '+coast', cols='id')": [["fair"]],
    "ask('visit', 'cellar', cols='id')": [["fair"]],
    "ask('visit', 'wifi:guests', cols='id,wifi')": [["fair", "guests"]],
    "ask('visit', 'is:cheap', cols='id')": [["fair"]],
    "ask('visit', 'contract.partner:hotel-breg', cols='id')": [["fair"]],
    "ask('visit', 'stop/room:bar', cols='id')": [["graz"]],
    "ask('visit', where='count(stops where day >= 2026-11-25) = 1', cols='id')": [["fair"]],
    "ask('visit', 'no:customer', cols='id,stops')": [["graz", ["Bar"]]],
    "ask('visit', 'not:stop/driver:marko', cols='id')": [["graz"]],
    "ask('visit', 'stops@2026-11:2', cols='id,stops@2026-11')": [["fair", 2]],
    "ask('stop', cols='visit,room,driver')": [
        ["fair", "Blue room", "petra"],
        ["fair", "Cellar", "marko"],
        ["graz", "Bar", None],
    ],
    "ask('stop', 'visit.name:spring', 'day:2026-11-25', cols='visit,name,path')": [
        ["fair", "Spring fair", "visits/fair.yaml"]
    ],
    "ask('stop', 'visit:graz', cols='room')": [["Bar"]],
    "ask('stop', 'spring', cols='room', sort='room-')": [["Cellar"], ["Blue room"]],
    "ask('stop', '+fair', cols='room')": [["Blue room"], ["Cellar"]],
    "ask('stop', 'wifi:guests', cols='room,wifi')": [
        ["Blue room", "guests"],
        ["Cellar", "guests"],
    ],
    "ask('customer', '+vip', cols='id')": [["maja-kos"]],
    "ask('customer', 'not:+coast', cols='id')": [["hotel-breg"], ["jan-vidmar"], ["maja-kos"]],
    "ask('customer', 'not:+vip', cols='id')": [["hotel-breg"], ["jan-vidmar"]],
    "ask('gadget')": [["lamp", "Desk lamp", "hotel-breg"], ["radio", "Radio", None]],
    "ask('gadget', 'parts.label:bulb', cols='id,parts')": [["lamp", ["Bulb", "Switch"]]],
    "ask('gadget', where='sum(parts.pieces) > 1', cols='id,sum(parts.pieces)')": [["lamp", 2]],
    "ask('part', 'gadget:lamp', cols='gadget,label,maker')": [
        ["lamp", "Bulb", "maja-kos"],
        ["lamp", "Switch", None],
    ],
    "ask('customer', 'last_visit:fair', cols='id,visits_made')": [["jan-vidmar", ["graz", "fair"]]],
}


def test_records_entries_and_their_items_are_read_and_found(said: Said) -> None:
    found = said(f"found = {{asked: eval(asked) for asked in {list(ASKED)!r}}}")
    assert found == ASKED


def test_fields_views_and_help_follow(crm: Crm) -> None:
    fields = crm("query", "fields", "stop", "-o", "ids")
    assert {"room", "driver", "budget", "contract.partner", "is:cheap"} <= {*fields.lines}
    for select, row in (
        ("visit, visit_name, room FROM stops ORDER BY room", "graz,Graz,Bar"),
        ("id, tags, budget FROM visits ORDER BY id", 'fair,"coast; fair",84.5'),
        ("gadget, gadget_name, label FROM parts", "lamp,Desk lamp,Bulb"),
        ("customer, visit, value FROM tags WHERE value <> 'vip' ORDER BY value", ",fair,coast"),
    ):
        rows = crm("sql", f"SELECT {select} LIMIT 1", "-o", "csv")
        assert rows.lines[1] == row, rows.err
    assert "visits/*.yaml" in crm("help", "files").out
    shown = crm("show", "s-2m8ct4h")
    assert shown.code == 3 and "there is no" in shown.err


def problems(run: Run) -> list[tuple[str, int, str]]:
    """(path, line, code) of what `crm check --json` answered."""
    return [(one["path"], one["line"] or 0, one["code"]) for one in json.loads(run.out)]


def test_what_is_wrong_is_reported_and_hides_nothing(shop: Path, crm: Crm, said: Said) -> None:
    assert crm("check").code == 0, crm("check").out
    (shop / "visits/late.yaml").write_text("name: Late\nday: soon\nstops:\n  - roon: Bar\n")
    (shop / "visits/broken.yaml").write_text("name: [Hotel\n")
    (shop / "visits/abroad/fair.yaml").write_text("name: Other\nid: something\n")
    # A customer may be called as a visit is.
    (shop / "visits/maja-kos.yaml").write_text("name: Maja\n")
    (shop / "visits/old.yml").write_text("name: Old\n")
    (shop / "gadgets.yaml").write_text(GADGETS + "tv: soon\n")
    run = crm("check", "--json")
    assert run.code == 1
    assert problems(run) == [
        ("gadgets.yaml", 11, "not-a-mapping"),
        ("visits/abroad/fair.yaml", 0, "duplicate-id"),
        ("visits/abroad/fair.yaml", 2, "id-differs"),
        ("visits/broken.yaml", 1, "syntax"),
        ("visits/fair.yaml", 0, "duplicate-id"),
        ("visits/late.yaml", 2, "bad-date"),
        ("visits/late.yaml", 4, "unknown-key"),
        ("visits/old.yml", 0, "file-ending"),
    ]
    assert [row[0] for row in said("found = ask('visit', cols='id', sort='id')")] == [
        "fair", "fair", "graz", "late", "maja-kos",
    ]  # fmt: skip
    assert crm("list", "-o", "ids").code == 4
    assert [one[2] for one in problems(crm("check", "visits/late.yaml", "--json"))] == [
        "bad-date", "unknown-key",
    ]  # fmt: skip


def test_references_are_found_both_ways(shop: Path, crm: Crm) -> None:
    jan = shop / "customers/jan-vidmar.yaml"
    jan.write_text("name: Jan Vidmar\nlast_visit: fiar\nvisits_made: [graz, prague]\n")
    (shop / "visits/fair.yaml").write_text(
        FAIR.replace("gadget: lamp", "gadget: lmap").replace("hotel-breg", "hotel-berg")
    )
    (shop / "gadgets.yaml").write_text(GADGETS.replace("maker: maja-kos", "maker: maja"))
    assert crm("check").lines == [
        "customers/jan-vidmar.yaml:2:13: last_visit: there is no visit fiar (did you mean fair?)",
        "customers/jan-vidmar.yaml:3:21: visits_made: there is no visit prague"
        " (correct it, or add the visit)",
        "gadgets.yaml:6:14: maker: there is no customer maja (correct it, or add the customer)",
        "visits/fair.yaml:7:9: gadget: there is no gadget lmap (did you mean lamp?)",
        "visits/fair.yaml:10:12: partner: there is no customer hotel-berg"
        " (did you mean hotel-breg?)",
    ]
    refused = crm("set", "jan-vidmar", "last_visit=fiar")
    assert refused.code == 3 and "did you mean fair?" in refused.err
    assert crm("set", "jan-vidmar", "last_visit=Fair").code == 0
    assert "last_visit: fair\n" in jan.read_text()


def test_what_is_not_kept_at_all_is_not_missed(shop: Path, crm: Crm) -> None:
    shutil.rmtree(shop / "visits")
    assert crm("check").code == 0


def test_a_renaming_reaches_every_reference(shop: Path, crm: Crm) -> None:
    run = crm("rename", "maja-kos", "maja-novak")
    assert run.code == 0 and "in 2 other files" in run.out, run
    assert "maja-kos" not in (shop / "visits/fair.yaml").read_text()
    assert "maker: maja-novak\n" in (shop / "gadgets.yaml").read_text()
    assert crm("rename", "hotel-breg", "breg").code == 0
    assert "contract:\n  partner: breg\n" in (shop / "visits/fair.yaml").read_text()
    run = crm("rename", "visits/fair.yaml", "graz")
    assert run.code == 6 and "there is a visit graz already" in run.err
    run = crm("rename", "visits/abroad/graz.yaml", "styria")
    assert run.code == 0, run.err
    assert (shop / "visits/abroad/styria.yaml").exists()
    assert "visits_made: [styria, fair]" in (shop / "customers/jan-vidmar.yaml").read_text()
    assert crm("check").code == 0


def test_fmt_and_fix(shop: Path, crm: Crm) -> None:
    path = shop / "visits/fair.yaml"
    path.write_text("stops: [{room: Hall}]   # one\nday: 3.11.2026\nname: 'Fair'\n")
    fixed = crm("check", "--fix", "--yes", "visits/fair.yaml")
    assert fixed.code == 0 and "wrote down 1 id" in fixed.out, fixed
    assert "{id: s-" in path.read_text()
    path.write_text("stops: [{room: Hall, id: s-2m8ct4h}]\nday: 3.11.2026\nname: 'Fair'\n")
    assert crm("fmt", "visits", "--yes").code == 0
    assert path.read_text() == (
        "name: Fair\nday: 2026-11-03\n\nstops:\n  - id: s-2m8ct4h\n    room: Hall\n"
    )
    (shop / "gadgets.yaml").write_text("lamp: {name: 'Lamp'}\n")
    assert crm("fmt", "gadgets.yaml", "--yes").code == 0
    assert (shop / "gadgets.yaml").read_text() == "lamp:\n  name: Lamp\n"


def test_two_edits_of_one_file_are_merged_by_what_they_say(tmp_path: Path, crm: Crm) -> None:
    sides = {
        "base": FAIR,
        "ours": FAIR.replace("coast, fair", "coast, fair, wine").replace("84.50", "90"),
        "theirs": FAIR.replace("coast, fair", "fair, 2026").replace("Blue", "Red"),
    }
    paths = [tmp_path / name for name in sides]
    for path, text in zip(paths, sides.values(), strict=True):
        path.write_text(text)
    run = crm("merge-driver", *paths, "shops/lan/visits/fair.yaml")
    assert run.code == 0, run.err
    merged = paths[1].read_text()
    assert "tags: fair, wine, 2026\n" in merged
    assert "budget: 90\n" in merged and "room: Red room\n" in merged


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


SET = "workspace.write(Change('move the fair', [Edit('visits/fair.yaml', move)]))"
MOVE = f"""
def move(document):
    document.set(None, 'day', '2026-11-30')
    document.add('stops', {{'room': 'Attic'}})
workspace = open_workspace()
{SET}
found = ask('visit', cols='id,day')
"""


def test_a_write_is_committed_told_and_taken_back(shop: Path, crm: Crm, said: Said) -> None:
    assert crm("git", "setup", "--yes").code == 0
    assert said(MOVE) == [["fair", "2026-11-30"], ["graz", "2026-12-01"]]
    assert git(shop, "log", "-1", "--format=%s", "--", "visits/fair.yaml") == "move the fair\n"
    told = json.loads(crm("history", "visits/fair.yaml", "--json").out)
    assert [(one["record"], one["what"]) for one in told][:2] == [
        ("fair", "day 2026-11-24 → 2026-11-30"),
        ("fair", "+1 stop Attic"),
    ]
    changed = crm("changes", "--since", "2020-01-01", "--cols", "record,kind", "-o", "csv").lines
    assert "fair,visit" in changed and "graz,visit" in changed and "lamp,gadget" not in changed
    assert "gadgets,gadget" in changed
    blamed = crm("blame", "visits/fair.yaml", "--cols", "field,subject", "-o", "csv").lines
    assert "day,move the fair" in blamed and "driver,git setup" in blamed
    undone = crm("undo")
    assert undone.code == 0, undone.err
    assert "fair: day 2026-11-30 → 2026-11-24" in undone.err
    assert "fair: -1 stop Attic" in undone.err
    assert (shop / "visits/fair.yaml").read_text() == FAIR


def test_an_earlier_state_is_answered_from_git(shop: Path, crm: Crm, said: Said) -> None:
    assert crm("git", "setup", "--yes").code == 0
    (shop / "visits/fair.yaml").unlink()
    (shop / "gadgets.yaml").write_text("tv:\n  name: Set\n")
    assert said("found = ask('visit', cols='id')") == [["graz"]]
    back = "past = open_workspace(); past.go_back('HEAD', today='2026-11-20')\n"
    assert said(back + "found = ask('visit', cols='id', workspace=past)") == [["fair"], ["graz"]]
    assert said(back + "found = ask('part', cols='label', workspace=past)") == [
        ["Bulb"], ["Switch"],
    ]  # fmt: skip
    assert crm("sql", "SELECT COUNT(*) FROM visits", "-o", "csv").lines[1] == "1"


def test_two_clones_exchange_it(shop: Path, crm: Crm, said: Said) -> None:
    assert crm("git", "setup", "--yes").code == 0
    git(shop, "branch", "-M", "main")
    bare, other = shop.parent / "remote.git", shop.parent / "other"
    git(shop.parent, "init", "-q", "--bare", "-b", "main", str(bare))
    git(shop, "remote", "add", "origin", str(bare))
    assert crm("sync").code == 0
    git(shop.parent, "clone", "-q", str(bare), str(other))
    assert crm("-C", other, "git", "setup", "--yes").code == 0
    said(MOVE)
    (other / "visits/fair.yaml").write_text(FAIR.replace("driver: petra", "driver: marko"))
    (other / "gadgets.yaml").write_text(GADGETS + "tv:\n  name: Set\n")
    (shop / "gadgets.yaml").write_text(GADGETS.replace("Radio", "Wireless"))
    (other / "visits/linz.yaml").write_text("name: Linz\n")
    (other / "visits/vain.yaml").write_text("day: soon\n")
    assert crm("sync").code == 0
    run = crm("-C", other, "sync")
    assert "not committed, since invalid: visits/vain.yaml" in run.err and run.code == 4
    run = crm("sync")
    assert run.code == 0, run.err
    assert git(shop, "rev-parse", "HEAD^{tree}") == git(other, "rev-parse", "HEAD^{tree}")
    assert said("found = ask('visit', cols='id,day,driver,count(stops)')") == [
        ["fair", "2026-11-30", "marko", 3],
        ["graz", "2026-12-01", None, 1],
        ["linz", None, None, 0],
    ]
    assert [row[1] for row in said("found = ask('gadget')")] == ["Desk lamp", "Wireless", "Set"]


WARM_IS_COLD = """
import os, sys
from crm_cli.index.database import open_index
from crm_cli.store.tree import Folder
from tests.index.directories import said
root, cache = Path(os.environ["CRM_DIR"]), Path(os.environ["CRM_CACHE_DIR"]) / "probe"
cache.mkdir(parents=True, exist_ok=True)
found = []
index = open_index(Folder(root), cache)
def compare():
    index.refresh()
    cold = open_index(Folder(root), None)
    warm = said(index)
    found.append([warm == said(cold), len(warm["stop"]), len(warm["part"]), len(warm["extra"])])
compare()
(root / "visits/fair.yaml").write_text("name: Fair\\nstops:\\n  - room: Hall\\n")
compare()
(root / "gadgets.yaml").write_text("tv: {name: Set, size: 40, parts: [{label: Tube}]}\\n")
compare()
(root / "visits/abroad/graz.yaml").unlink()
(root / "visits/maja-kos.yaml").write_text("name: Maja\\nwifi: x\\nstops:\\n  - room: Attic\\n")
compare()
(root / "gadgets.yaml").unlink()
compare()
"""


def test_a_refreshed_index_is_as_a_new_one(said: Said) -> None:
    assert said(WARM_IS_COLD) == [
        [True, 3, 2, 1],
        [True, 2, 2, 0],
        [True, 2, 1, 1],
        [True, 2, 1, 2],
        [True, 2, 0, 1],
    ]
