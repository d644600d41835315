"""A small shop in a folder of its own, and the command line run in this process."""

from __future__ import annotations

import gc
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

from crm_cli.cli import terminal
from crm_cli.cli.hook import main
from crm_cli.workspace import Workspace, open_workspace
from tests import postgres as postgresql
from tests import preloaded, shares, templates

settings.register_profile("crm", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "crm")

MEMORY = Path("/dev/shm")


def room_in_memory() -> bool:
    """True if there is a file system in memory that has room and may hold programs."""
    try:
        system = os.statvfs(MEMORY)
    except (AttributeError, OSError):
        return False
    return (
        system.f_bavail * system.f_frsize >= 1 << 30
        and not system.f_flag & os.ST_NOEXEC
        and os.access(MEMORY, os.W_OK)
    )


if "TMPDIR" not in os.environ and room_in_memory():
    # Tests write thousands of small files, which costs a disk as much time as all the rest.
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None  # to be found again

if sys.dont_write_bytecode:
    # Hundreds of processes would compile the program, each for itself.
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).resolve().parents[1] / "build" / "bytecode")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    # Copies of the program that earlier runs made are gone.
    shutil.rmtree(f"{sys.pycache_prefix}{tempfile.gettempdir()}", ignore_errors=True)

templates.copy_indexes()

WHOLE = 5000
"""A run of so many tests is one of all; fewer were chosen, and do not take turns."""

TODAY = "2026-11-20"
"""A Friday; noon in Ljubljana is at +01:00."""

FILES = {
    "crm.yaml": """\
business:
  name: Lan d.o.o.
currency: EUR
country: SI
time_zone: Europe/Ljubljana
users:
  petra:
    name: Petra Zajc
    email: petra@lan.example
  marko:
    name: Marko Hribar
    email: marko@lan.example
terms_days: 30
""",
    "products.yaml": """\
linen-sheet:
  name: Linen sheet
  price: 80.00
  tax_rate: 22
""",
    "customers/maja-kos.yaml": """\
# Met at the fair.
name: Maja Kos
kind: person
owner: petra

tags:
  - vip

emails:
  - maja@kos.example

phones:
  - value: "+386 41 222 333"

addresses:
  - city: Koper
    country: SI

interactions:
  - id: i-4k7q2ma
    at: 2026-11-03T10:30+01:00
    kind: call
    direction: inbound
    outcome: reached
    summary: Asked about sheets for the flat.
  - 2026-11-12 note: Moves in January

tasks:
  - id: t-9f3kx7d
    title: Send the samples
    due: 2026-11-20
  - id: t-9fzzzz1
    title: Ask about the flat
    kind: call
    status: completed
    due: 2026-11-10
    completed: 2026-11-11T09:15+01:00

purchases:
  - id: p-2m8ct4h
    kind: invoice
    number: "2026-0007"
    date: 2026-11-05
    lines:
      - product: linen-sheet
        quantity: 2
        unit_price: 80.00
        tax_rate: 22

payments:
  - id: y-7d1wz0e
    date: 2026-11-15
    amount: 100.00
    method: credit_transfer
    for: "2026-0007"
""",
    "customers/hotel-breg.yaml": """\
name: Hotel Breg
kind: organization
owner: marko
email: info@breg.example
city: Bled
tasks:
  - id: t-3qqqqq1
    title: Call about the towels
    kind: call
    due: 2026-11-16
    assignee: petra
  - id: t-3qqqqq2
    title: Renew the contract
    due: 2026-11-24T14:30+01:00
""",
    "customers/jan-vidmar.yaml": "name: Jan Vidmar\nphone: 040 123 456\ntasks:\n  - Write to him\n",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that try a share, so that `make soak` finds them, and in a run of all
    leave out those whose turn it is not."""
    chosen = bool(config.option.keyword) or len(items) < WHOLE
    left_out = []
    for item in items:
        turns = item.get_closest_marker("turns")
        if "share" in getattr(item, "fixturenames", ()) or turns is not None:
            item.add_marker("soak")
        if turns is not None and not chosen and not shares.due(case_of(item), turns.args[0]):
            left_out.append(item)
    if left_out:
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]
        config.hook.pytest_deselected(items=left_out)


def case_of(item: pytest.Item) -> str:
    """What a test is about: its parameters, or its name where it has none."""
    return str(item.callspec.id) if hasattr(item, "callspec") else item.name


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector of garbage need not look at it again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print which share was tried, and how to try it again."""
    tried = {
        one.nodeid
        for some in terminalreporter.stats.values()
        for one in some
        if isinstance(one, pytest.TestReport) and "soak" in one.keywords
    }
    turn = shares.turn()
    if tried and turn is not None:
        terminalreporter.write_line(
            f"{len(tried)} tests tried a share of their trials, that of turn {turn} "
            f"(CRM_TEST_SHARE={turn} repeats it, `make soak` tries all)"
        )


@pytest.fixture
def share(request: pytest.FixtureRequest) -> shares.Share:
    """The share of a long loop that this test tries in this run."""
    return shares.Share(shares.turn(), request.node.name)


class Run(NamedTuple):
    """What a command line answered."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of the answer."""
        return self.out.splitlines()


Crm = Callable[..., Run]
Git = Callable[..., str]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with three customers, found by commands, on a set day; nobody is `me`."""
    root = tmp_path / "shop"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    for name in ("CRM_USER", "CRM_DEBUG", "VISUAL", "EDITOR", "COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    monkeypatch.setenv("CRM_DIR", str(root))
    monkeypatch.setenv("CRM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("CRM_TODAY", TODAY)
    return root


@pytest.fixture
def workspace(shop: Path) -> Callable[..., Workspace]:
    """Opens the shop afresh, as every command does: `workspace(user="petra")`."""

    def opened(*, user: str | None = None, today: str | None = None) -> Workspace:
        return open_workspace(directory=shop, user=user, today=today)

    return opened


@pytest.fixture
def crm(shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Crm:
    """Runs a command line in the shop, without a terminal: `crm("due", stdin="")`."""
    monkeypatch.setattr(terminal, "ask_terminal", lambda prompt: None)

    def run(*words: str | Path, stdin: str = "") -> Run:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Run(code, out, err)

    return run


@pytest.fixture
def git(shop: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch) -> Git:
    """The shop as a trusted repository with a first commit; runs git in it."""
    home = shop.parent / "home"
    (home / "gitconfig").write_text("[user]\nname = Petra Zajc\nemail = petra@lan.example\n")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setattr(sys, "executable", preloaded.python())  # for hooks and merges

    def run(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=shop, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def set_up() -> None:
        assert crm("git", "setup", "--yes").code == 0

    templates.made(shop.parent, set_up)
    return run


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgresql.Server]:
    """A running PostgreSQL, one for each process that tests."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (crm-plaintext[postgres])")
    if postgresql.programs() is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    server = postgresql.Server()
    fault = server.start()
    try:
        if fault:
            pytest.skip(f"PostgreSQL cannot be run here: {fault}")
        yield server
    finally:
        server.stop()


@pytest.fixture
def mirror(postgres: postgresql.Server) -> str:
    """The address of an empty database."""
    return postgres.database()
