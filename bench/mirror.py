"""Push a directory into PostgreSQL: first, nothing new, one change, a thousand; beside pg_restore.

    python bench/generate.py FOLDER 100000
    python bench/mirror.py FOLDER

The server is one of its own, as the tests have it (without fsync), so only ratios hold. While a
thousand changes are pushed, 50 clients of pgbench ask; a statement of theirs fails where it sees
some of the changes and not the others.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.postgres import Server, programs  # noqa: E402 - the repository is not installed

CLIENTS = 50
MANY = 1_000
WHOLE = (
    "SELECT 1 / (CASE WHEN COUNT(DISTINCT value) <= 1 AND COUNT(*) IN (0, {many}) THEN 1 ELSE 0"
    " END) FROM crm.tag WHERE value LIKE 'run-%';\n"
)


def main(folder: Path) -> None:
    """Print what each step took, in seconds of the clock."""
    server = Server()
    fault = server.start()
    if fault:
        raise SystemExit(fault)
    try:
        measure(folder, server)
    finally:
        server.stop()


def measure(folder: Path, server: Server) -> None:
    """Each step, one after the other."""
    url = server.database()
    files = sorted((folder / "customers").iterdir())
    crm = [sys.executable, "-m", "crm_cli", "-C", str(folder)]
    push = [*crm, "mirror", "push", url, "--book", "bench"]

    def pushed() -> None:
        subprocess.run(push, check=True, cwd=ROOT)

    def change(number: int, turn: str) -> None:
        """Change files, and bring the index up to date, which is not measured."""
        tag(files[:number], turn)
        subprocess.run([*crm, "index", "status"], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)

    change(1, "none")

    first = told("first push", pushed)
    told("nothing new", pushed)
    change(1, "one")
    told("one change", pushed)
    change(MANY, "first")
    told(f"{MANY:,} changes", pushed)
    change(MANY, "second")
    asking = readers(server, url)
    told(f"{MANY:,} changes, {CLIENTS} readers", pushed)
    out = asking.communicate()[0].decode()
    answered = re.findall(r"(?m)^number of .*transactions.*: (\d+)", out)
    say(f"{CLIENTS} readers: {answered[0]} answers, {answered[-1]} of them failed")
    say(f"first push / pg_restore: {first / restore(server, url):.2f}")


def told(what: str, step: Callable[[], None]) -> float:
    """Do a step, and print what it took."""
    began = time.perf_counter()
    step()
    took = time.perf_counter() - began
    say(f"{what}: {took:.2f} s")
    return took


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tag(files: list[Path], turn: str) -> None:
    """Give each of these customers the tag of a turn."""
    for file in files:
        text = re.sub(r"(?m)^  - run-\w+\n", "", file.read_text("utf-8"))
        if "\ntags:\n" in text:
            text = text.replace("\ntags:\n", f"\ntags:\n  - run-{turn}\n", 1)
        else:
            text += f"tags:\n  - run-{turn}\n"
        file.write_text(text, encoding="utf-8")


def readers(server: Server, url: str) -> subprocess.Popen[bytes]:
    """Clients that ask until a push may be over."""
    found = programs()
    assert found is not None
    script = server.folder / "ask.sql"
    script.write_text(WHOLE.replace("{many}", str(MANY)), encoding="utf-8")
    script.chmod(0o644)
    words = [found / "pgbench", "-n", "-c", str(CLIENTS), "-j", "2", "-T", "20", "-f", script, url]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/")


def restore(server: Server, url: str) -> float:
    """What pg_restore takes for the same tables with their indexes, from pg_dump's own format."""
    found = programs()
    assert found is not None
    dump = Path(os.environ.get("TMPDIR", "/tmp")) / f"mirror-{os.getpid()}.dump"
    subprocess.run([found / "pg_dump", "-Fc", "-Z0", "-f", dump, url], check=True)
    other = server.database()
    try:
        say(f"the dump has {dump.stat().st_size / 2**20:,.0f} MiB")
        return told(
            "pg_restore",
            lambda: subprocess.run([found / "pg_restore", "-d", other, dump], check=True) and None,
        )
    finally:
        dump.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
