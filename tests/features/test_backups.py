"""Backups: whole, private and the same twice; a hostile one puts nothing anywhere."""

from __future__ import annotations

import gzip
import io
import stat
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.store import tar
from crm_cli.store.lock import Lock
from tests.conftest import Crm, Git


def held(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not {".git", ".crm"} & set(path.relative_to(root).parts)
    }


@pytest.mark.parametrize("name", ["b.tar", "b.tar.gz"])
def test_all_comes_back_byte_for_byte(shop: Path, crm: Crm, git: Git, name: str) -> None:
    assert crm("set", "maja-kos", "city=Piran").code == 0
    (shop / "customers/notes.txt").write_bytes(b"\x00\xff by hand")
    (shop / "letters").mkdir()
    (shop / "letters/šč.txt").write_text("ours")
    before, target, again = held(shop), shop.parent / name, shop.parent / "again.tar.gz"
    run = crm("backup", target)
    assert run.code == 0, run.err
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    if name.endswith("gz"):
        assert crm("backup", again).code == 0
        assert again.read_bytes() == target.read_bytes()
    run = crm("restore", target, shop.parent / "new")
    assert run.code == 0, run.err
    assert held(shop.parent / "new") == before
    assert run.out.startswith(f"{len(before)} files, and the history")
    log = git("-C", str(shop.parent / "new"), "log", "--format=%H %s")
    assert log == git("log", "--format=%H %s")
    assert not git("-C", str(shop.parent / "new"), "remote")
    assert not git("-C", str(shop.parent / "new"), "diff", "--stat", "--", "crm.yaml")


def test_without_a_repository(shop: Path, crm: Crm) -> None:
    before = held(shop)
    assert crm("backup", shop.parent / "b.tar").out.startswith(f"{len(before)} files: ")
    (shop.parent / "new").mkdir()
    assert crm("restore", shop.parent / "b.tar", shop.parent / "new").code == 0
    assert held(shop.parent / "new") == before
    assert not (shop.parent / "new/.git").exists()


def test_an_untrusted_repository_is_not_asked_for_its_history(shop: Path, crm: Crm) -> None:
    subprocess.run(["git", "init", "-q", str(shop)], check=True)
    run = crm("backup", shop.parent / "b.tar")
    assert run.code == 0
    assert "without history" in run.err


def test_nothing_is_replaced(shop: Path, crm: Crm) -> None:
    target, folder = shop.parent / "b.tar", shop.parent / "full"
    target.write_text("mine")
    assert crm("backup", target).code == 2
    assert target.read_text() == "mine"
    target.unlink()
    assert crm("backup", target).code == 0
    folder.mkdir()
    (folder / "mine").touch()
    assert crm("restore", target, folder).code == 2
    assert [one.name for one in folder.iterdir()] == ["mine"]
    assert crm("backup", shop / "customers/b.yaml").code == 2, "a file of the directory's own"


def test_nobody_writes_meanwhile(shop: Path, crm: Crm) -> None:
    with Lock(str(shop), command="crm import"):
        run = crm("--lock-timeout", "0.1", "backup", shop.parent / "b.tar")
    assert run.code == 5
    assert not (shop.parent / "b.tar").exists()


def entry(name: str, data: bytes = b"x", **values: object) -> Callable[[tarfile.TarFile], None]:
    def add(archive: tarfile.TarFile) -> None:
        one = tarfile.TarInfo(name)
        one.size = len(data)
        for key, value in values.items():
            setattr(one, key, value)
        archive.addfile(one, io.BytesIO(data))

    return add


HOSTILE = {
    "symlink": entry("customers/a.yaml", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
    "hard link": entry("customers/a.yaml", b"", type=tarfile.LNKTYPE, linkname="crm.yaml"),
    "device": entry("customers/null", b"", type=tarfile.CHRTYPE),
    "pipe": entry("customers/pipe", b"", type=tarfile.FIFOTYPE),
    "sparse": entry("customers/a.yaml", b"", type=tarfile.GNUTYPE_SPARSE),
    "absolute": entry("/tmp/crm-restored"),
    "upwards": entry("../outside"),
    "upwards within": entry("customers/../../outside"),
    "dot": entry("./a"),
    "drive": entry("C:/a"),
    "backslash": entry("..\\outside"),
    "control": entry("a\x1b[31m"),
    "empty part": entry("customers//a"),
    "deep": entry("a/" * 60 + "b"),
    "git": entry(".git/hooks/post-checkout"),
    "git in capitals": entry("x/.GIT/config"),
    "ours": entry(".crm/undo/1"),
    "twice": entry("crm.yaml"),
    "twice in capitals": entry("CRM.yaml"),
    "a folder over a file": entry("crm.yaml/", b"", type=tarfile.DIRTYPE),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_leaves_nothing(shop: Path, crm: Crm, name: str) -> None:
    target, folder = shop.parent / "b.tar", shop.parent / "new"
    with tarfile.open(target, "w") as archive:
        entry("crm.yaml", b"currency: EUR\n")(archive)
        HOSTILE[name](archive)
    before = sorted(shop.parent.iterdir())
    run = crm("restore", target, folder)
    assert run.code not in (0, 1), (run, name)
    assert "\x1b" not in run.err
    assert sorted(shop.parent.iterdir()) == before
    assert not Path("/tmp/crm-restored").exists()


def test_a_repository_of_plain_files_is_refused(shop: Path, crm: Crm) -> None:
    with tarfile.open(shop.parent / "b.tar", "w") as archive:
        for name in ("crm.yaml", "customers/HEAD", "customers/objects/a", "customers/refs/b"):
            entry(name)(archive)
    assert "repository" in crm("restore", shop.parent / "b.tar", shop.parent / "new").err
    assert not (shop.parent / "new").exists()


def test_a_bomb_is_stopped(shop: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar, "LARGEST", 1 << 20)
    target = shop.parent / "b.tar.gz"
    with tarfile.open(target, "w:gz") as archive:
        entry("crm.yaml", b"currency: EUR\n")(archive)
        for number in range(4):
            entry(f"customers/{number}.yaml", bytes(1 << 19))(archive)
    assert target.stat().st_size < 20_000
    run = crm("restore", target, shop.parent / "new")
    assert "unpacks to more than" in run.err
    assert not (shop.parent / "new").exists()


@pytest.mark.parametrize(
    "data",
    [b"", b"rubbish", b"\x1f\x8brubbish", gzip.compress(b"rubbish" * 999, mtime=0), bytes(10240)],
)
def test_what_is_no_backup_is_refused(shop: Path, crm: Crm, data: bytes) -> None:
    target = shop.parent / "b.tar"
    target.write_bytes(data)
    run = crm("restore", target, shop.parent / "new")
    assert run.code not in (0, 1), run
    assert not (shop.parent / "new").exists()


def test_every_cut_is_refused_or_whole(shop: Path, crm: Crm) -> None:
    assert crm("backup", shop.parent / "b.tar.gz").code == 0
    whole = (shop.parent / "b.tar.gz").read_bytes()
    for length in range(0, len(whole) - 8, 97):
        (shop.parent / "cut.tar.gz").write_bytes(whole[:length])
        run = crm("restore", shop.parent / "cut.tar.gz", shop.parent / "new")
        assert run.code not in (0, 1), (length, run)
        assert not (shop.parent / "new").exists()


@pytest.mark.parametrize("name", ["b.zip", "B.ZIP", "b.7z", "b.tar.xz"])
def test_no_backup_has_the_ending_of_another_archive(
    shop: Path, crm: Crm, tmp_path: Path, name: str
) -> None:
    done = crm("backup", str(tmp_path / name))
    assert done.code == 2 and "a backup is a tar" in done.err
    assert not (tmp_path / name).exists()
