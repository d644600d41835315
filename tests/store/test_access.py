"""Rights to a record that is rewritten stay; a new one's are those of a shared folder."""

from __future__ import annotations

import errno
import os
import struct
import sys
from pathlib import Path

import pytest

from crm_cli.store import files
from crm_cli.store.transaction import FileChange, commit
from tests.conftest import Crm

ANA = "customers/ana.yaml"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes of files")


@pytest.fixture
def ana(tmp_path: Path) -> Path:
    path = tmp_path / ANA
    path.parent.mkdir(mode=0o700)
    path.write_text("name: Ana\n")
    return path


def write(root: Path, path: str = ANA) -> os.stat_result:
    change = FileChange(path, lambda data: (data or b"") + b"city: Bled\n")
    commit(root, [change], command="crm set")
    return (root / path).stat()


def other_group() -> int:
    if os.geteuid() == 0:
        return 3000
    groups = [group for group in os.getgroups() if group != os.getegid()]
    if not groups:
        pytest.skip("the user is in one group only")
    return groups[0]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660, 0o664, 0o666, 0o700])
def test_group_and_mode_stay(ana: Path, tmp_path: Path, mode: int) -> None:
    group = other_group()
    os.chown(ana, -1, group)
    ana.chmod(mode)
    after = write(tmp_path)
    assert (after.st_gid, after.st_mode & 0o7777) == (group, mode)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_stays(ana: Path, tmp_path: Path) -> None:
    os.chown(ana, 2001, 3000)
    after = write(tmp_path)
    assert (after.st_uid, after.st_gid) == (2001, 3000)


def refused(*args: object) -> None:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


class Unprivileged(files.Calls):
    chown = staticmethod(refused)  # type: ignore[assignment]


@pytest.mark.parametrize(("mode", "then"), [(0o660, 0o600), (0o664, 0o644), (0o600, 0o600)])
def test_another_group_does_not_get_the_rights_of_one_that_cannot_be_kept(
    ana: Path, tmp_path: Path, mode: int, then: int
) -> None:
    os.chown(ana, -1, other_group())
    ana.chmod(mode)
    with files.replaced(Unprivileged()):
        assert write(tmp_path).st_mode & 0o777 == then


def with_attribute(path: Path, name: str, value: bytes) -> None:
    if sys.platform != "linux":
        pytest.skip("extended attributes are of Linux here")
    try:
        os.setxattr(path, name, value)
    except OSError as error:
        pytest.skip(f"{name}: {error.strerror}")


def test_extended_attributes_stay(ana: Path, tmp_path: Path) -> None:
    with_attribute(ana, "user.colour", b"red")
    write(tmp_path)
    assert os.getxattr(ana, "user.colour") == b"red"


def access_list() -> bytes:
    """The owner and user 2002 may read and write, others nothing."""
    entries = ((1, 6, -1), (2, 6, 2002), (4, 0, -1), (16, 6, -1), (32, 0, -1))
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *one) for one in entries)


def test_an_access_list_stays(ana: Path, tmp_path: Path) -> None:
    with_attribute(ana, "system.posix_acl_access", access_list())
    mode = ana.stat().st_mode
    assert write(tmp_path).st_mode == mode
    assert os.getxattr(ana, "system.posix_acl_access") == access_list()


def test_the_group_does_not_get_the_rights_of_an_access_list_that_cannot_be_kept(
    ana: Path, tmp_path: Path
) -> None:
    with_attribute(ana, "system.posix_acl_access", access_list())

    class Without(files.Calls):
        setxattr = staticmethod(refused)  # type: ignore[assignment]

    with files.replaced(Without()):
        assert write(tmp_path).st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("folder", "file"), [(0o700, 0o600), (0o755, 0o600), (0o770, 0o660), (0o2775, 0o660),
                         (0o777, 0o600), (0o1777, 0o600)],
)  # fmt: skip
def test_a_new_record_is_private_unless_its_folder_is_shared_by_group(
    ana: Path, tmp_path: Path, folder: int, file: int
) -> None:
    group = other_group()
    os.chown(ana.parent, -1, group)
    ana.parent.chmod(folder)
    after = write(tmp_path, "customers/eva.yaml")
    assert after.st_mode & 0o777 == file
    assert file == 0o600 or after.st_gid == group


def test_what_the_program_keeps_is_shared_as_the_directory_is(ana: Path, tmp_path: Path) -> None:
    group = other_group()
    os.chown(tmp_path, -1, group)
    tmp_path.chmod(0o770)
    write(tmp_path)
    kept = [tmp_path / ".crm", *(tmp_path / ".crm").rglob("*")]
    assert {(path.stat().st_gid, path.stat().st_mode & 0o060) for path in kept} == {(group, 0o060)}


def test_a_hard_link_is_told(shop: Path, crm: Crm, tmp_path: Path) -> None:
    os.link(shop / "customers/maja-kos.yaml", tmp_path / "other.yaml")
    before = (tmp_path / "other.yaml").read_bytes()
    done = crm("set", "maja-kos", "city=Bled")
    assert "customers/maja-kos.yaml had another name (a hard link)" in done.err
    assert (tmp_path / "other.yaml").read_bytes() == before
    assert "hard link" not in crm("set", "maja-kos", "city=Izola").err
