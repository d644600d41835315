"""The list of trusted directories: which repository git may be run in, and no other."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from crm_cli.model.errors import Refused
from crm_cli.store.trust import (
    Untrusted,
    distrust,
    is_trusted,
    trust,
    trusted,
    trusted_file,
    trusted_repository,
)


@pytest.fixture
def env(tmp_path: Path) -> Mapping[str, str]:
    return {"HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"]}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "mono" / "shop"
    folder.mkdir(parents=True)
    return folder


def init(folder: Path) -> None:
    subprocess.run(["git", "init", "-q", str(folder)], check=True)


def listed(env: Mapping[str, str]) -> str:
    path = trusted_file(env)
    assert path is not None
    return path.read_text()


def test_the_repository_is_noted(shop: Path, env: Mapping[str, str]) -> None:
    init(shop.parent)
    with pytest.raises(Untrusted):
        trusted_repository(shop, env)
    assert trust(shop, env) and not trust(shop, env)
    assert listed(env) == f"{shop}\n\tgitdir {shop.parent}/.git\n"
    found = trusted_repository(shop, env)
    assert found is not None and found.gitdir == f"{shop.parent}/.git"


def test_other_directories_stay_on_the_list(shop: Path, env: Mapping[str, str]) -> None:
    init(shop)
    other = shop.with_name("o t\ther")
    other.mkdir()
    init(other)
    for folder in (other, shop):
        assert trust(folder, env)
    assert [one.root for one in trusted(env)] == [str(other), str(shop)]
    assert distrust(shop, env) and not distrust(shop, env)
    assert is_trusted(other, env) and not is_trusted(shop, env)
    assert listed(env) == f"{other}\n\tgitdir {other}/.git\n"


def test_a_list_of_an_older_version_is_completed(shop: Path, env: Mapping[str, str]) -> None:
    init(shop)
    path = trusted_file(env)
    assert path is not None
    path.parent.mkdir(parents=True)
    path.write_text(f"{shop}\n/somewhere/else\n")
    found = trusted_repository(shop, env)
    assert found is not None and found.gitdir == f"{shop}/.git"
    assert listed(env) == f"/somewhere/else\n{shop}\n\tgitdir {shop}/.git\n"


def test_a_list_that_cannot_be_written_is_still_used(
    shop: Path, env: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert trust(shop, env), "there is no repository yet"
    init(shop)
    monkeypatch.setattr("crm_cli.store.files.calls.replace", _refused)
    assert trusted_repository(shop, env) is not None
    assert listed(env) == f"{shop}\n"


def _refused(*paths: str) -> None:
    raise PermissionError(13, "Permission denied")


def test_another_repository_is_refused_until_trusted(shop: Path, env: Mapping[str, str]) -> None:
    init(shop.parent)
    trust(shop, env)
    init(shop)
    with pytest.raises(Refused, match=r"was trusted with the repository .*mono/.git, and now"):
        trusted_repository(shop, env)
    assert trust(shop, env)
    assert trusted_repository(shop, env) is not None
    shutil.rmtree(shop / ".git")
    with pytest.raises(Refused, match="was trusted with the repository"):
        trusted_repository(shop, env)


def test_without_a_repository(shop: Path, env: Mapping[str, str]) -> None:
    assert trusted_repository(shop, env) is None
    trust(shop, env)
    assert trusted_repository(shop, env) is None


def test_a_git_folder_among_the_files_is_refused(shop: Path, env: Mapping[str, str]) -> None:
    init(shop)
    trust(shop, env)
    (shop / ".git").rename(shop / "store")
    (shop / ".git").write_text("gitdir: store\n")
    with pytest.raises(Refused):
        trusted_repository(shop, env)
    with pytest.raises(Refused, match="lies among the files"):
        trust(shop, env)
    path = trusted_file(env)
    assert path is not None
    path.write_text(f"{shop}\n")
    with pytest.raises(Refused, match="lies among the files"):
        trusted_repository(shop, env)


@pytest.mark.skipif(os.name == "nt", reason="owners are numbers")
def test_a_repository_of_another_user_is_trusted_by_name(
    shop: Path, env: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """git itself looks at the owner only of what it discovers."""
    init(shop)
    trust(shop, env)
    owner = shop.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(Refused, match="belongs to another user"):
        trusted_repository(shop, env)
    assert trust(shop, env)
    assert listed(env) == f"{shop}\n\tgitdir {shop}/.git\n\towners {owner}\n"
    assert trusted_repository(shop, env) is not None
    monkeypatch.setattr(os, "geteuid", lambda: owner)
    assert trusted_repository(shop, env) is not None
