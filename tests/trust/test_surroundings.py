"""Hostile files, names, streams and places: a stated outcome for each, never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.rights import held_up_by_modes
from tests.trust.ground import Ground

CASES = Path(__file__).resolve().parents[1] / "cases"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX files and signals")


class Answer(NamedTuple):
    code: int
    out: bytes
    err: str


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path / "ground")


def outside(
    ground: Ground,
    *words: str | bytes,
    environ: Mapping[str, str | None] | None = None,
    stdout: int | None = None,
) -> Answer:
    """Run the program as a shell does; None in `environ` takes a variable away."""
    wanted = {**ground.environ, **(environ or {})}
    run = subprocess.run(
        [sys.executable, "-m", "crm_cli", *words],
        env={name: value for name, value in wanted.items() if value is not None},
        cwd=Path(__file__).resolve().parents[2],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    err = run.stderr.decode("utf-8", "replace")
    assert "Traceback" not in err and "internal error" not in err, err
    return Answer(run.returncode, run.stdout or b"", err)


# Every file of tests/cases, through the commands

KEPT = {
    "bidi", "bom", "comment_owner", "crlf", "custom_tag", "equals", "esc_escaped", "markup",
    "nel", "no_final_nl", "norway", "phones", "tab_sep", "unknown", "zip",
}  # fmt: skip
"""Cases that are records; all others are refused with a place, and never written."""
CASE_NAMES = sorted(path.stem for path in (CASES / "yaml").glob("*.yaml"))


@pytest.mark.turns(2)
@pytest.mark.parametrize("name", CASE_NAMES)
def test_a_hostile_record_hides_no_other_and_stays(name: str, ground: Ground) -> None:
    data = (CASES / "yaml" / f"{name}.yaml").read_bytes()
    path = ground.root / "customers/case.yaml"
    path.write_bytes(data)
    start = time.monotonic()
    listed = ground.run("list", "--json")
    assert time.monotonic() - start < 10
    assert {"maja-kos", "hotel-breg", "jan-vidmar"} <= {one["id"] for one in json.loads(listed.out)}
    assert "internal error" not in listed.err
    check = ground.run("check", "--json")
    found = [one for one in json.loads(check.out) if one["path"] == "customers/case.yaml"]
    for one in found:
        assert one["message"] and one["code"]
    errors = [one for one in found if one["severity"] == "error"]
    assert check.code == (1 if errors else 0)
    assert listed.code == (4 if errors else 0)
    for words in (("fmt", "--yes", "jan-vidmar"), ("check", "--fix", "--yes", "jan-vidmar")):
        assert ground.run(*words).code in (0, 1, 4)
    assert path.read_bytes() == data, "nobody asked for a change of it"
    edited = ground.run("set", "case", "nickname=Seen")
    assert "internal error" not in edited.err
    if edited.code in (0, 4) and path.read_bytes() != data:
        # One line was added, or a text made a record of its own: every other byte stays.
        after = path.read_bytes()
        assert after.replace(b"nickname: Seen", b"").split() == data.split()
    else:
        assert edited.code in (3, 4), edited
        assert path.read_bytes() == data


@pytest.mark.parametrize("path", sorted((CASES / "csv").glob("*.csv")), ids=lambda path: path.stem)
def test_a_hostile_table_is_imported_or_refused_whole(path: Path, ground: Ground) -> None:
    before = ground.on_disk()
    for more in (("--dry-run",), ("--yes",)):
        ran = ground.run("import", "customers", str(path), *more)
        assert "Traceback" not in ran.err and "internal error" not in ran.err
        assert ran.code in (0, 2, 4, 6), ran
        if ran.code or "--dry-run" in more:
            assert ground.on_disk() == before
    assert ground.run("check").code == 0


# Files and names


def problems(ground: Ground) -> dict[str, str]:
    ran = ground.run("check", "--json")
    return {one["path"]: one["code"] for one in json.loads(ran.out)}


def test_duplicate_ids_name_both_paths(ground: Ground) -> None:
    ground.put({"customers/north/maja-kos.yaml": "name: Maja\n"})
    ran = ground.run("set", "maja-kos", "city=Celje")
    assert ran.code == 4
    assert "customers/maja-kos.yaml" in ran.err and "customers/north/maja-kos.yaml" in ran.err


def test_pipes_devices_and_links_are_not_opened(ground: Ground, tmp_path: Path) -> None:
    customers = ground.root / "customers"
    os.mkfifo(customers / "pipe.yaml")
    (tmp_path / "secret.yaml").write_text("name: Secret\n")
    (customers / "out.yaml").symlink_to(tmp_path / "secret.yaml")
    (customers / "away").symlink_to(tmp_path)
    (customers / "null.yaml").symlink_to("/dev/zero")
    (customers / "loop.yaml").symlink_to("loop.yaml")
    ran = ground.run("list", "--json")
    assert ran.code == 0, "they warn only"
    assert "Secret" not in ran.out
    found = problems(ground)
    assert found["customers/pipe.yaml"] == "not-a-file"
    assert found["customers/out.yaml"] == found["customers/null.yaml"] == "outside-link"
    assert found["customers/away"] == "folder-link"


def test_a_link_inside_is_read_and_never_replaced(ground: Ground) -> None:
    link = ground.root / "customers/link.yaml"
    (ground.root / "elsewhere").mkdir()
    (ground.root / "elsewhere/real.yaml").write_text("name: Linked\n")
    link.symlink_to("../elsewhere/real.yaml")
    ran = ground.run("set", "link", "city=Celje")
    assert ran.code == 0, ran
    assert link.is_symlink()
    assert "Celje" in link.read_text()


def test_an_unreadable_record_makes_the_answer_partial(ground: Ground) -> None:
    path = ground.root / "customers/maja-kos.yaml"
    path.chmod(0)
    with held_up_by_modes():
        ran = ground.run("list", "--json")
        assert ran.code == 4
        assert "customers/maja-kos.yaml: cannot be read: Permission denied" in ran.err
        assert "check who may read it (ls -l)" in ran.err
        assert len(json.loads(ran.out)) == 3
        assert ground.run("set", "jan-vidmar", "city=Celje").code == 0
        assert "maja-kos" in ground.run("check").out
    path.chmod(0o600)
    assert ground.run("list", "--json").code == 0


def test_an_unreadable_folder_makes_the_answer_partial(ground: Ground) -> None:
    (ground.root / "customers/north").mkdir()
    ground.put({"customers/north/eva-hren.yaml": "name: Eva Hren\n"})
    for path, left in ((ground.root / "customers/north", 4), (ground.root / "customers", 0)):
        path.chmod(0)
        with held_up_by_modes():
            ran = ground.run("list", "--json")
        path.chmod(0o700)
        assert ran.code == 4
        assert "cannot be read: Permission denied" in ran.err
        assert len(json.loads(ran.out)) == left


@pytest.mark.parametrize("name", ["crm.yaml", "products.yaml", "segments.yaml", "rates.yaml"])
def test_unreadable_settings_make_the_answer_partial(ground: Ground, name: str) -> None:
    before = ground.run("list", "--json").out
    (ground.root / name).chmod(0)
    with held_up_by_modes():
        ran = ground.run("list", "--json")
    (ground.root / name).chmod(0o600)
    assert ran.code == 4
    assert f"{name}: cannot be read: Permission denied" in ran.err
    assert len(json.loads(ran.out)) == 4
    assert ground.run("list", "--json").out == before


def test_a_large_file_is_refused_at_once(ground: Ground) -> None:
    with (ground.root / "customers/large.yaml").open("wb") as file:
        file.write(b"name: Large\nnotes: |\n")
        file.truncate(50 * 1024 * 1024)
    start = time.monotonic()
    assert problems(ground)["customers/large.yaml"] == "too-large"
    assert time.monotonic() - start < 5


def test_no_id_leads_out(ground: Ground, tmp_path: Path) -> None:
    before = ground.on_disk()
    for id in ("../../evil", "/etc/evil", "a/../../evil", "..", ".", "-rf", "a\0b", "a/b"):
        ran = ground.run("add", "Evil", "--id", id)
        assert ran.code == 2, (id, ran)
        ran = ground.run("rename", "jan-vidmar", "--", id)
        assert ran.code == 2, (id, ran)
    table = tmp_path / "t.csv"
    table.write_text("name,id\n../../../evil,../../evil\n/etc/passwd,/etc/evil\n")
    assert ground.run("import", "customers", str(table), "--yes").code in (0, 2, 4)
    names = [path for path in ground.folder.rglob("*evil*") if "shop/customers" not in str(path)]
    assert names == []
    assert before.items() <= ground.on_disk().items()


def test_reserved_and_twin_names_get_a_suffix(ground: Ground) -> None:
    assert ground.run("add", "CON").code == 0
    assert ground.run("add", "nul").code == 0
    stems = {path.stem for path in (ground.root / "customers").glob("*.yaml")}
    assert not stems & {"con", "nul"}
    composed, decomposed = (unicodedata.normalize(form, "Žiga Šuštar") for form in ("NFC", "NFD"))
    assert ground.run("add", composed).code == 0
    assert ground.run("add", decomposed, "--force").code == 0
    stems = {path.stem for path in (ground.root / "customers").glob("ziga*.yaml")}
    assert stems == {"ziga-sustar", "ziga-sustar-2"}


def test_new_files_are_private(ground: Ground) -> None:
    ground.run("add", "Eva Hren")
    path = ground.root / "customers/eva-hren.yaml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert (ground.root / ".crm").stat().st_mode & 0o777 == 0o700


def test_a_mode_stays(ground: Ground) -> None:
    path = ground.root / "customers/maja-kos.yaml"
    path.chmod(0o640)
    assert ground.run("set", "maja-kos", "city=Celje").code == 0
    assert path.stat().st_mode & 0o777 == 0o640


# Streams and places


def test_undecodable_arguments_are_usage_errors(ground: Ground) -> None:
    assert outside(ground, b"show", b"\xff\xfe").code in (2, 3)
    assert outside(ground, b"add", b"\xff\xfe").code == 2


def test_a_full_stdout_is_one_line(ground: Ground) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    ran = outside(ground, "list", stdout=full)
    os.close(full)
    assert ran.code == 7
    assert ran.err == "crm: cannot write the answer: No space left on device\n"


def test_a_closed_pipe_is_silent(ground: Ground) -> None:
    read, write = os.pipe()
    os.close(read)
    ran = outside(ground, "list", stdout=write)
    os.close(write)
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("locale", ["C", "POSIX", "xx_YY.NOSUCH"])
def test_other_locales_escape(ground: Ground, locale: str) -> None:
    ground.put({"customers/ziga.yaml": "name: Žiga Šuštar\n"})
    said = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ran = outside(ground, "list", "ziga", environ=said)
    assert ran.code == 0, ran
    assert b"\\u017diga" in ran.out
    ran = outside(ground, "list", "name:sustar", "--json", environ=said)
    assert json.loads(ran.out)[0]["name"] == "Žiga Šuštar"


def test_without_a_home_or_a_cache(ground: Ground) -> None:
    ran = outside(ground, "list", "--json", environ={"HOME": None, "CRM_CACHE_DIR": None})
    assert ran.code == 0
    assert len(json.loads(ran.out)) == 4
    ran = outside(ground, "tag", "add", "x", "maja-kos", environ={"CRM_CACHE_DIR": "/dev/null/x"})
    assert ran.code == 0, ran


@pytest.mark.parametrize("locked_before", [False, True])
def test_a_read_only_directory_answers(ground: Ground, locked_before: bool) -> None:
    if locked_before:
        assert ground.run("set", "maja-kos", "city=Piran").code == 0
        (ground.root / ".crm").chmod(0o500)
    before = ground.on_disk()
    for path in (ground.root, ground.root / "customers"):
        path.chmod(0o500)
    try:
        with held_up_by_modes():
            for words in (("list",), ("due",), ("show", "maja-kos"), ("check",), ("doctor",)):
                assert ground.run(*words).code in (0, 1), words
            assert "may be read, not written" in ground.run("doctor").out
            for line in ("set maja-kos city=x", "add Eva", "fmt --yes", "undo",
                         "tag add x maja-kos jan-vidmar -y"):  # fmt: skip
                ran = ground.run(*line.split())
                if line == "undo" and not locked_before:
                    assert ran.code == 3
                    continue
                assert ran.code == 7, (line, ran)
                assert "Permission denied" in ran.err and "ls -ld" in ran.err, ran
        assert ground.on_disk() == before
    finally:
        for path in (ground.root, ground.root / "customers"):
            path.chmod(0o700)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount")
def test_a_really_full_disk(ground: Ground, tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)],
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("this machine does not let it mount")
    try:
        shutil.copytree(ground.root, place / "shop")
        ground.root = place / "shop"
        ground.environ["CRM_DIR"] = str(ground.root)
        with (place / "filler").open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"x" * 512)
            except OSError:
                pass
        before = ground.on_disk()
        ran = ground.run("set", "maja-kos", "city=Celje")
        assert ran.code == 7, ran
        assert "No space left on device" in ran.err and "make room" in ran.err
        assert ground.on_disk() == before
        assert ground.run("list").code == 0
        (place / "filler").unlink()
        assert ground.run("set", "maja-kos", "city=Celje").code == 0
        assert ground.left_over() == []
    finally:
        subprocess.run(["umount", str(place)], check=False)


def test_an_interrupt_from_the_keyboard(ground: Ground) -> None:
    """SIGINT while a writer waits for the lock: exit 130, nothing changed, no traceback."""
    (ground.root / ".crm").mkdir(mode=0o700)
    import fcntl

    before = ground.on_disk()
    with (ground.root / ".crm/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = subprocess.Popen(
            [sys.executable, "-m", "crm_cli", "set", "maja-kos", "city=Celje"],
            env=ground.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=Path(__file__).resolve().parents[2],
            # A shell's background job ignores the key, and what it starts does so too.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        assert process.stderr is not None
        assert b"waiting for" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert ground.on_disk() == before


@pytest.mark.parametrize("words", [("show",), ("set", "city=Celje"), ("log", "Called"), ("rm",)])
def test_who_cannot_be_read_is_not_said_to_be_nobody(
    ground: Ground, words: tuple[str, ...]
) -> None:
    data = (CASES / "yaml/conflict.yaml").read_bytes()
    (ground.root / "customers/both.yaml").write_bytes(data)
    command, *rest = words
    ran = ground.run(command, "both", *rest)
    assert ran.code == 4
    assert ran.err.startswith(
        "crm: customers/both.yaml cannot be read, so nothing can be done with both\n"
    )
    assert "customers/both.yaml:2:1: unresolved merge conflict at lines 2-6" in ran.err
    assert (ground.root / "customers/both.yaml").read_bytes() == data
    assert "there is no customer" in ground.run("show", "neither").err


def test_nothing_to_fix_is_said(ground: Ground) -> None:
    assert ground.run("check", "--fix", "--yes").code == 0
    ran = ground.run("check", "--fix", "--yes")
    assert (ran.code, ran.err) == (0, "there is nothing to fix\nno errors found\n")
