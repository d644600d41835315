"""The promises of the README, each tried from outside, on a copy of the example business."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import preloaded

ROOT = Path(__file__).resolve().parents[2]

READING = (
    "list",
    "list +vip spend@12m:100.. --json",
    "show ana-novak",
    "due",
    "task list",
    "purchase list",
    "purchase summary --by product",
    "balance",
    "timeline ana-novak",
    "product list",
    "export customers",
    "check",
)


class Business:
    """The example in a folder of its own, and the program as a script runs it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "kava"
        self.cache = folder / "cache"
        shutil.copytree(ROOT / "data-example", self.root)
        self.environ = {
            **{key: value for key, value in os.environ.items() if not key.startswith("CRM_")},
            "HOME": str(folder),
            "CRM_CACHE_DIR": str(self.cache),
            "CRM_TODAY": "2026-11-20",
            "CRM_USER": "petra",
        }

    def command(self, *words: str, started: bool = False) -> list[str]:
        """The line that runs the program, in a process that loads it if `started`."""
        program = [sys.executable, "-m", "crm_cli"] if started else [preloaded.crm()]
        return [*program, "-C", str(self.root), *words]

    def crm(self, *words: str, environ: Mapping[str, str] | None = None) -> Answer:
        """Run the program; `environ` comes on top."""
        run = subprocess.run(
            self.command(*words),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env={**self.environ, **(environ or {})},
            cwd=ROOT,
            check=False,
        )
        return Answer(run.returncode, run.stdout.decode(), run.stderr.decode())

    def path(self, customer: str) -> Path:
        """A customer's file."""
        return self.root / "customers" / f"{customer}.yaml"

    def state(self) -> dict[str, tuple[int, str]]:
        """Every file with its time and hash."""
        return {
            str(path.relative_to(self.root)): (
                path.stat().st_mtime_ns,
                hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            )
            for path in self.root.rglob("*")
        }


class Answer(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def business(tmp_path: Path) -> Business:
    return Business(tmp_path)


def test_every_promise_of_the_readme_is_tried_here() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    promises = re.findall(r"^(\d+)\. \*\*", readme, re.MULTILINE)
    tried = re.findall(r"^def test_promise_(\d+)_", Path(__file__).read_text(), re.MULTILINE)
    assert set(promises) == set(tried)


def test_promise_1_files_are_the_truth(business: Business) -> None:
    warm = [business.crm(*words.split()) for words in READING]
    shutil.rmtree(business.cache)
    cold = [business.crm(*words.split()) for words in READING]
    unusable = business.cache.parent / "no-folder"
    unusable.write_text("")
    without = [business.crm(*words.split(), environ={"CRM_CACHE_DIR": str(unusable)})
               for words in READING]  # fmt: skip
    assert warm == cold
    assert [(run.code, run.out) for run in warm] == [(run.code, run.out) for run in without]


def test_promise_2_bytes_stay(business: Business) -> None:
    path = business.path("marjeta-sustar")
    windows = path.read_bytes().replace(b"\n", b"\r\n")
    path.write_bytes(windows)
    assert business.crm("set", "marjeta-sustar", "owner=nina").code == 0
    assert path.read_bytes() == windows.replace(b"owner: petra\r\n", b"owner: nina\r\n")
    before = business.state()
    assert business.crm("set", "marjeta-sustar", "owner=nina").code == 0
    assert {name: held for name, held in business.state().items() if "customers" in name} == {
        name: held for name, held in before.items() if "customers" in name
    }


def test_promise_3_nothing_is_lost_when_it_is_killed(business: Business) -> None:
    path = business.path("ana-novak")
    path.write_text(path.read_text() + "nickname: run 0\n")
    for number in range(1, 9):
        whole = path.read_bytes()
        wanted = re.sub(rb"nickname: run \d", b"nickname: run %d" % number, whole)
        writer = subprocess.Popen(
            business.command("set", "ana-novak", f"nickname=run {number}", started=True),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=business.environ,
            cwd=ROOT,
        )
        time.sleep(0.06 * number)
        writer.send_signal(signal.SIGKILL)
        killed = writer.wait() == -signal.SIGKILL
        assert path.read_bytes() in ({whole, wanted} if killed else {wanted})
    # The next writer finds the lock free, and the directory sound.
    assert business.crm("set", "ana-novak", "nickname=run 9").code == 0
    assert business.crm("check").code == 0


def test_promise_3_nothing_is_lost_between_writers(business: Business) -> None:
    tags = [f"tag-{number}" for number in range(6)]
    writers = [
        subprocess.Popen(
            business.command("tag", "add", tag, "ana-novak"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=business.environ,
            cwd=ROOT,
        )
        for tag in tags
    ]
    assert [writer.wait() for writer in writers] == [0] * len(tags)
    shown = json.loads(business.crm("show", "ana-novak", "--json").out)
    assert set(tags) < set(shown["tags"])


def test_promise_4_one_bad_file_hides_no_other(business: Business) -> None:
    ids = business.crm("list", "-o", "ids").out.split()
    business.path("broken").write_text("name: Broken\ntags: [a, b\nphone: 040\n")
    business.path("maja-kos").write_text("name: Maja Kos\ntasks:\n  - due: 31.2.2026\n")
    listed = business.crm("list", "-o", "ids")
    assert listed.code == 4
    assert listed.out.split() == ids
    assert re.search(r"^customers/broken\.yaml:\d+:\d+: ", listed.err, re.MULTILINE)
    assert re.search(r"^customers/maja-kos\.yaml:3:10: ", listed.err, re.MULTILINE)


def test_promise_5_reading_never_writes(business: Business) -> None:
    before = business.state()
    for words in READING:
        assert business.crm(*words.split()).code in (0, 1)
    assert business.state() == before


def test_promise_6_scripts_can_rely_on_it(business: Business) -> None:
    business.path("broken").write_text("name: [\n")
    listed = business.crm("list", "+vip", "--json", "--cols", "id,spend,currency,last_contact")
    assert listed.code == 4
    assert listed.err.startswith("customers/broken.yaml:")
    first = json.loads(listed.out)[0]
    assert first == {
        "id": "acme-coworking",
        "spend": "3225.32",
        "currency": "EUR",
        "last_contact": "2026-11-05",
    }
    business.path("broken").unlink()
    codes = [
        business.crm(*words.split()).code
        for words in ("list +none-such", "due --exit-code", "list citty:Koper", "show nobody")
    ]
    assert codes == [0, 1, 2, 3]


def test_promise_7_quiet_in_cron(business: Business) -> None:
    assert business.crm("due", "--kind", "invoice", "--today", "2024-02-01") == (0, "", "")
    assert business.crm("due", "--owner", "petra", "+cold") == (0, "", "")
    assert business.crm("due").out


def test_promise_8_no_value_can_execute_or_navigate(business: Business) -> None:
    marked = business.root.parent / "executed"
    name = f"\x1b]0;gone\x07$(touch {marked})`touch {marked}`"
    business.path("evil").write_text(
        f"name: {json.dumps(name)}\n"
        'nickname: "=HYPERLINK(1)"\n'
        'given_name: "[bold]\\u202Eback"\n'
        "emails:\n  - evil@trap.example\n"
    )
    for words in ("list", "show evil", "search gone", "list --json", "set evil city=Koper"):
        shown = business.crm(*words.split())
        assert not set("\x1b\x07\u202e") & set(shown.out + shown.err), words
    guarded = business.crm("list", "evil@trap.example", "--cols", "nickname", "-o", "csv")
    assert guarded.out.splitlines()[1].lstrip('"').startswith("'=")
    assert not marked.exists()


def test_promise_9_no_network(business: Business) -> None:
    program = (
        "import shlex, socket, sys\n"
        "def refuse(*args, **keywords): sys.exit('network!')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from crm_cli.cli.hook import main\n"
        "for line in sys.argv[2:]:\n"
        "    if code := main(['-C', sys.argv[1], *shlex.split(line)]):\n"
        "        sys.exit(f'{line}: {code}')\n"
    )
    lines = (*READING, "set ana-novak city=Koper", "undo")
    run = subprocess.run(
        [sys.executable, "-c", program, business.root, *lines],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=business.environ,
        cwd=ROOT,
        check=False,
    )
    assert run.returncode == 0, run.stderr.decode()


def test_promise_10_time_is_injected(business: Business) -> None:
    by_option = business.crm("due", "--today", "2026-10-20")
    by_environment = business.crm("due", environ={"CRM_TODAY": "2026-10-20"})
    assert by_option == by_environment
    assert by_option.out != business.crm("due").out
    # What comes after that day is still in the files, and is not hidden.
    later = business.crm("purchase", "list", "--today", "2026-01-01", "-o", "ids").out
    assert later == business.crm("purchase", "list", "-o", "ids").out
