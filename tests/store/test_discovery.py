"""Where the data directory, the user's configuration and the cache are."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.model.errors import UsageError
from crm_cli.store.discovery import (
    businesses,
    cache_folder,
    default_directory,
    find,
    holds_settings,
    locate,
    set_default,
    user_config,
)


def directory(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    (path / "crm.yaml").write_text("name: Shop\n")
    return path


def configured(home: Path, text: str) -> dict[str, str]:
    config = home / ".config/crm/config.yaml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(text)
    return {"HOME": str(home)}


def test_the_order(tmp_path: Path) -> None:
    one, two, three, four = (directory(tmp_path / name) for name in ("1", "2", "3", "4"))
    inner = three / "customers/shops"
    inner.mkdir(parents=True)
    env = configured(tmp_path / "home", f"default: {four}\n")
    assert find(inner, one, {**env, "CRM_DIR": str(two)}) == one
    assert find(inner, None, {**env, "CRM_DIR": str(two)}) == two
    assert find(inner, None, env) == three
    assert find(three, None, env) == three
    assert find(tmp_path, None, env) == four
    assert find(tmp_path, Path("1"), {}) == one
    assert find(inner, Path("../../../1"), {}) == one
    assert holds_settings(one)


def test_what_is_refused_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        find(tmp_path, None, {})
    assert "crm init" in caught.value.hint
    with pytest.raises(UsageError, match="is no crm directory") as caught:
        find(tmp_path, tmp_path, {})
    assert "crm init" in caught.value.hint
    with pytest.raises(UsageError, match="is not a folder"):
        find(tmp_path, None, {"CRM_DIR": str(tmp_path / "none")})
    env = configured(tmp_path, f"default: {tmp_path}/none\n")
    with pytest.raises(UsageError, match="`default` in"):
        find(tmp_path, None, env)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("default: ~/shop\n", "shop"),
        ("# mine\neditor: vi\ndefault: '~/my shop'  # the one\n", "my shop"),
        ("editor: vi\n", None),
        ("default:\n", None),
        ("", None),
        ("# nothing\n", None),
    ],
)
def test_the_default(text: str, expected: str | None, tmp_path: Path) -> None:
    env = configured(tmp_path, text)
    assert default_directory(env) == (tmp_path / expected if expected else None)


@pytest.mark.parametrize(
    "text", ["default: shop\n", "default: [a]\n", "default: 'a\n", "a: 1: 2\n"]
)
def test_a_configuration_that_cannot_be_understood(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        find(tmp_path, None, configured(tmp_path, text))
    assert caught.value.hint


def test_no_home_is_no_error(tmp_path: Path) -> None:
    assert user_config({}) is None
    assert default_directory({"XDG_CONFIG_HOME": "relative"}) is None
    assert cache_folder(tmp_path, {}) is None


def test_remembering_the_default(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path)}
    shop = directory(tmp_path / 'a "shop": č')
    path = set_default(env, shop)
    assert path is not None
    assert find(tmp_path, None, env) == shop
    assert set_default(env, tmp_path) is None
    path.write_text("# mine\neditor: vi")
    path.chmod(0o644)
    set_default(env, shop)
    assert path.read_text().startswith("# mine\neditor: vi\ndefault: ")
    assert path.stat().st_mode & 0o777 == 0o644
    assert default_directory(env) == shop


def test_the_cache_is_private_and_one_for_each_directory(tmp_path: Path) -> None:
    one, two = directory(tmp_path / "1"), directory(tmp_path / "2")
    env = {"HOME": str(tmp_path / "home")}
    first = cache_folder(one, env)
    assert first is not None
    assert first.parent == tmp_path / "home/.cache/crm"
    assert first.stat().st_mode & 0o777 == 0o700
    assert first.parent.stat().st_mode & 0o777 == 0o700
    (tmp_path / "link").symlink_to(one)
    assert cache_folder(tmp_path / "link", env) == first
    assert cache_folder(two, env) not in (None, first)
    moved = cache_folder(one, {**env, "CRM_CACHE_DIR": str(tmp_path / "elsewhere")})
    assert moved == tmp_path / "elsewhere" / first.name
    xdg = cache_folder(one, {**env, "XDG_CACHE_HOME": str(tmp_path / "xdg")})
    assert xdg == tmp_path / "xdg/crm" / first.name


def test_no_cache_that_others_could_write(tmp_path: Path) -> None:
    root = directory(tmp_path / "crm")
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    assert cache_folder(root, {"CRM_CACHE_DIR": str(shared)}) is None
    file = tmp_path / "file"
    file.write_text("")
    assert cache_folder(root, {"CRM_CACHE_DIR": str(file)}) is None
    assert cache_folder(root, {"CRM_CACHE_DIR": str(root / "cache")}) is None
    assert [path.name for path in root.iterdir()] == ["crm.yaml"]


def test_businesses_have_names(tmp_path: Path) -> None:
    kava, shop = directory(tmp_path / "home/kava"), directory(tmp_path / "shop")
    text = f"default: kava\nbusinesses:\n  kava: ~/kava\n  shop: {shop}\n"
    env = configured(tmp_path / "home", text)
    assert list(businesses(env)) == ["kava", "shop"]
    assert find(tmp_path, Path("kava"), env) == kava
    assert find(shop, None, {**env, "CRM_DIR": "kava"}) == kava
    assert locate(tmp_path, None, env) == (kava, True)
    assert locate(shop, None, env) == (shop, False)
    (tmp_path / "kava").mkdir()
    assert find(tmp_path, Path("kava"), env) == kava
    nearer = directory(tmp_path / "kava")
    assert find(tmp_path, Path("kava"), env) == nearer
    with pytest.raises(UsageError, match="is not a folder") as caught:
        find(tmp_path, Path("kavva"), env)
    assert "your businesses are kava, shop" in caught.value.hint


@pytest.mark.parametrize("text", ["businesses: kava\n", "businesses: {kava: there}\n"])
def test_businesses_that_cannot_be_understood(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="businesses"):
        find(tmp_path, Path("kava"), configured(tmp_path, text))
