"""A look at a large directory that goes on in a second process while this one does other things.

Each test asks in a process of its own: one with threads, as that of the tests, never forks.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks cheaply")

ASK = """
import os, signal, sys
from pathlib import Path
from crm_cli.index import snapshot
from crm_cli.store import beside, look_ahead
from crm_cli.store.tree import Folder
look_ahead._LARGE = int(sys.argv[2])
root = Path(sys.argv[1])
look = look_ahead.look_ahead(root)
if look is None:
    sys.exit("no look")
{then}
"""
COMPARE = """
seen = snapshot.walk(Folder(root), look)
here = snapshot.walk(Folder(root))
assert isinstance(seen._seen, bytes), "it was not taken"
assert seen.packed == here.packed == snapshot.packed(seen.entries)
assert seen.began <= here.began and seen.problems == []
print(len(seen.entries))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "customers" / "coast").mkdir(parents=True)
    (tmp_path / "crm.yaml").write_text("currency: EUR\n", encoding="utf-8")
    for number in range(40):
        folder = "customers/coast" if number % 4 == 0 else "customers"
        path = tmp_path / folder / f"c{number}.yaml"
        path.write_text(f"name: Customer {number}\n", encoding="utf-8")
    return tmp_path


def asked(root: Path, then: str = COMPARE, large: int = 0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ASK.format(then=then), str(root), str(large)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_sees_what_a_walk_sees(root: Path) -> None:
    done = asked(root)
    assert (done.stdout, done.stderr) == ("41\n", "")


def test_a_small_directory_is_not_worth_a_process(root: Path) -> None:
    assert asked(root, large=1 << 30).stderr == "no look\n"
    assert asked(root / "customers").stderr == "no look\n"


def test_what_is_odd_is_left_to_the_walk(root: Path) -> None:
    (root / "customers" / "out.yaml").symlink_to("/etc/hostname")
    then = """
assert look.taken() is None
print(*{problem.path for problem in snapshot.walk(Folder(root)).problems})
"""
    done = asked(root, then)
    assert (done.stdout, done.stderr) == ("customers/out.yaml\n", "")


def test_a_process_that_dies_is_no_error(root: Path) -> None:
    then = """
os.kill(look.process, signal.SIGKILL)
seen = snapshot.walk(Folder(root), look)
assert len(seen.entries) == 41
print("walked")
"""
    assert asked(root, then).stdout == "walked\n"


def test_what_was_seen_long_ago_is_looked_at_again(root: Path) -> None:
    """Something was waited for meanwhile, an editor or a pipe: the answer is of now."""
    then = """
new = root / "customers" / "late.yaml"
look._began -= 1
new.write_text("name: Late\\n")
print("customers/late.yaml" in {entry[0] for entry in snapshot.walk(Folder(root), look).entries})
"""
    assert asked(root, then).stdout == "True\n"


def test_nobody_waits_for_a_look_that_is_not_taken(root: Path) -> None:
    """Its process does not hold our output open, however long it takes."""
    pipe = root / "customers.fifo"
    os.mkfifo(pipe)
    before = f"""
class Slow(Folder):
    def entries(self):
        open({str(pipe)!r}).read()
        return super().entries()
look_ahead.Folder = Slow
look = look_ahead.look_ahead(root)
print(look.process)
"""
    done = asked(root, before)
    assert done.stderr == ""
    os.kill(int(done.stdout), signal.SIGKILL)


def test_what_is_written_before_stdin_ends_is_seen(root: Path) -> None:
    told, telling = os.pipe()
    ask = f"""
import os, sys
from crm_cli.store import look_ahead
look_ahead._LARGE, look_ahead._FRESH = 0, 1 << 30
begin, typed = look_ahead.look_ahead, sys.stdin
def ended(root):
    look = begin(root)
    os.waitid(os.P_PID, look.process, os.WEXITED | os.WNOWAIT)
    return look
class Telling:
    def __getattr__(self, name):
        os.write({telling}, b".")
        return getattr(typed, name)
    def __iter__(self):
        return self.__getattr__("__iter__")()
look_ahead.look_ahead, sys.stdin = ended, Telling()
from crm_cli.cli.hook import main
sys.exit(main(sys.argv[1:]))
"""
    command = [sys.executable, "-c", ask, "-C", str(root), "tag", "add", "coast", "-"]
    environ = {**os.environ, "CRM_CACHE_DIR": str(root.parent / "cache")}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, text=True, env=environ, pass_fds=[telling]
    ) as run:
        os.close(telling)
        assert os.read(told, 1) == b"."  # a look, if there is one, has ended
        (root / "customers" / "new.yaml").write_text("name: New\n", encoding="utf-8")
        run.communicate("new\n", timeout=60)
    os.close(told)
    assert run.returncode == 0


def test_a_look_that_nobody_takes_comes_to_an_end(root: Path) -> None:
    """However much it has to tell, and whether its parent is still there."""
    for number in range(200):
        (root / "customers" / f"more{number}.yaml").touch()
    then = """
beside.PIPE = 1  # the least that there can be
look = look_ahead.look_ahead(root)
print(look.process)
"""
    process = Path("/proc") / asked(root, then).stdout.strip()
    for _ in range(1000):
        try:
            if (process / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z":
                return
        except FileNotFoundError:
            return
        time.sleep(0.02)
    os.kill(int(process.name), signal.SIGKILL)
    pytest.fail("it waits for ever for somebody to read")
