"""Locating the data directory, the user's configuration, and the cache.

Everything comes from arguments: the environment is handed in, and a missing home
directory is no error.
"""

from __future__ import annotations

import errno
import os
import stat
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from crm_cli.model.errors import StorageError, UsageError
from crm_cli.model.places import SETTINGS
from crm_cli.store import files


def find(start: Path, explicit: Path | None, env: Mapping[str, str]) -> Path:
    """The data directory, absolute: `explicit` (`-C`), else CRM_DIR, else the nearest of
    `start` and its parents that holds crm.yaml, else `default` in the user's configuration.

    Each is a path, or the name of one of the businesses there. Raises UsageError, which says
    what to do.
    """
    return locate(start, explicit, env)[0]


def locate(start: Path, explicit: Path | None, env: Mapping[str, str]) -> tuple[Path, bool]:
    """See `find`; and whether it is the default."""
    if explicit is not None:
        return _chosen(start / explicit, str(explicit), "-C", env), False
    if env.get("CRM_DIR"):
        text = env["CRM_DIR"]
        return _chosen(start / _expanded(text, env), text, "CRM_DIR", env), False
    above = _absolute(start)
    for folder in (above, *above.parents):
        if holds_settings(folder):
            return folder, False
    default = default_directory(env)
    if default is not None:
        return _named(default, f"`default` in {user_config(env)}"), True
    raise UsageError(
        f"there is no {SETTINGS.path} in this folder or above it",
        "crm init DIR makes a directory; -C DIR or CRM_DIR names one",
    )


def holds_settings(folder: Path) -> bool:
    """Whether a folder is a data directory."""
    return os.path.lexists(folder / SETTINGS.path)


def user_config(env: Mapping[str, str]) -> Path | None:
    """The user's own configuration file, there or not; None without a home directory."""
    base = _xdg("XDG_CONFIG_HOME", ".config", env)
    return None if base is None else base / "crm" / "config.yaml"


def default_directory(env: Mapping[str, str]) -> Path | None:
    """The `default` of the user's configuration, absolute, or None.

    Raises UsageError where the file is there but cannot be understood.
    """
    value = read_config(env).get("default")
    if value is None:
        return None
    if isinstance(value, str) and value in (named := businesses(env)):
        return named[value]
    return _whole(value, "`default`", env)


def businesses(env: Mapping[str, str]) -> dict[str, Path]:
    """The data directories that the user's configuration names, in its order.

    Raises UsageError where the file is there but cannot be understood.
    """
    held = read_config(env).get("businesses")
    if held is None:
        return {}
    if not isinstance(held, dict):
        where = f"`businesses` in {user_config(env)}"
        raise UsageError(f"{where} must give each name a path", "businesses: {shop: ~/shop}")
    return {name: _whole(value, f"`businesses: {name}`", env) for name, value in held.items()}


def set_default(env: Mapping[str, str], root: Path) -> Path | None:
    """Write `default` into the user's configuration, unless one stands there.

    The file written, or None. What else it says stays as it is. Raises StorageError,
    UsageError.
    """
    path = user_config(env)
    if path is None or default_directory(env) is not None:
        return None
    # JSON's spelling of a text is YAML's too, whatever is in the path.
    import json

    line = f"default: {json.dumps(str(_absolute(root)), ensure_ascii=False)}\n".encode()
    from crm_cli.store import outside

    with files.telling(f"write {path}"):
        outside.make_folder(path.parent)
        before, mode = b"", 0o600
        try:
            before, status = files.read_with_status(str(path))
            mode = stat.S_IMODE(status.st_mode)
        except FileNotFoundError:
            pass  # or a link to what is not there yet
        if before and not before.endswith(b"\n"):
            before += b"\n"
    # Many keep their configuration elsewhere and link to it.
    outside.write_bytes(path, before + line, mode=mode)
    return path


def cache_folder(root: Path, env: Mapping[str, str]) -> Path | None:
    """A private folder for what can be made again, one for each data directory; None if
    there is none to be had that nobody else can write to, or it would lie in the directory."""
    folder = cache_place(root, env)
    if folder is None or lies_within(folder, root):
        return None
    base = folder.parent
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        ours = _private(base) and _private(folder)
    except OSError:
        return None
    return folder if ours else None


def cache_place(root: Path, env: Mapping[str, str]) -> Path | None:
    """Where the cache of a data directory belongs, if it may lie there; None without a home.

    CRM_CACHE_DIR, else `$XDG_CACHE_HOME/crm`, else `~/.cache/crm`; in it one folder, named
    after two checksums of the directory's real path. Two directories of the same name would
    only take turns in making their index: it knows its files by their inodes and times.
    """
    if env.get("CRM_CACHE_DIR"):
        base = _absolute(_expanded(env["CRM_CACHE_DIR"], env))
    else:
        home = _xdg("XDG_CACHE_HOME", ".cache", env)
        if home is None:
            return None
        base = home / "crm"
    key = os.fsencode(os.path.realpath(root))
    # What is cryptographic takes as long to load as a tenth of a query.
    return base / f"{zlib.crc32(key):08x}{zlib.adler32(key):08x}"


def lies_within(folder: Path, root: Path) -> bool:
    """True for a folder in the data directory, where reading must not write."""
    return os.path.realpath(folder).startswith(os.path.join(os.path.realpath(root), ""))


_TREES = 12
"""So many earlier states keep their index."""


def tree_folder(cache: Path, tree: str) -> Path | None:
    """A folder within the cache for the index of an earlier state; the oldest make room."""
    folder = cache / "trees" / tree
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.utime(folder)
        there = sorted(folder.parent.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in there[_TREES:]:
            for path in old.iterdir():
                path.unlink()
            old.rmdir()
    except OSError:
        return folder if folder.is_dir() else None
    return folder


_FAILING = (errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
_EITHER = "correct it, or name the directory with -C DIR or CRM_DIR"


def _private(folder: Path) -> bool:
    """Whether a folder is ours, and nobody else may write there."""
    status = folder.stat()
    if not stat.S_ISDIR(status.st_mode):
        return False
    if os.name == "nt":
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022


def _chosen(folder: Path, text: str, by: str, env: Mapping[str, str]) -> Path:
    """The directory at a path, else the business of that name."""
    if holds_settings(folder):
        return _absolute(folder)
    known = businesses(env) if os.sep not in text else {}
    if text in known:
        return _named(known[text], f"`businesses` in {user_config(env)}")
    return _named(folder, by, known)


def _named(folder: Path, by: str, known: Iterable[str] = ()) -> Path:
    path = _absolute(folder)
    if holds_settings(path):
        return path
    if not path.is_dir():
        cure = f"crm init {path} makes it"
        if known:
            cure += f"; your businesses are {', '.join(known)}"
        raise UsageError(f"{path} (from {by}) is not a folder", cure)
    raise UsageError(
        f"{path} (from {by}) is no crm directory: it has no {SETTINGS.path}",
        f"crm init {path} makes it one",
    )


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _expanded(text: str, env: Mapping[str, str]) -> Path:
    home = _home(env)
    if home is not None and (text == "~" or text.startswith("~/")):
        return home / text[2:]
    return Path(text)


def _home(env: Mapping[str, str]) -> Path | None:
    text = env.get("HOME") or (env.get("USERPROFILE") if os.name == "nt" else None)
    return Path(text) if text and Path(text).is_absolute() else None


def _xdg(name: str, usual: str, env: Mapping[str, str]) -> Path | None:
    """A base folder by the XDG Base Directory Specification, which ignores relative ones."""
    given = env.get(name)
    if given and Path(given).is_absolute():
        return Path(given)
    home = _home(env)
    return None if home is None else home / usual


def read_config(env: Mapping[str, str]) -> dict[str, object]:
    """The user's configuration as texts, lists and mappings; empty where there is none.

    Raises UsageError where it may not be read or is not understood, StorageError where the disk
    fails.
    """
    path = user_config(env)
    if path is None:
        return {}
    try:
        data = files.read(str(path), limit=files.LARGEST)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        failed = StorageError if error.errno in _FAILING else UsageError
        raise failed(f"cannot read {path}: {files.reason(error)}", _EITHER) from error
    # Imported here since most commands never get this far.
    from crm_cli.model.node import plain
    from crm_cli.store.compose import Decoded, compose, decode

    decoded = decode(data, str(path))
    if not isinstance(decoded, Decoded):
        raise UsageError(f"{decoded.place}: {decoded.message}", decoded.hint or _EITHER)
    root, problems = compose(decoded.text, str(path))
    for problem in problems:
        if problem.code != "empty" and problem.severity == "error":
            raise UsageError(f"{problem.place}: {problem.message}", problem.hint or _EITHER)
    found = plain(root) if root is not None else None
    return dict(found) if isinstance(found, dict) else {}


def _whole(value: object, what: str, env: Mapping[str, str]) -> Path:
    """The path that a value of the configuration is; raises UsageError."""
    where = f"{what} in {user_config(env)}"
    if not isinstance(value, str):
        raise UsageError(f"{where} must be a path", _EITHER)
    path = _expanded(value, env)
    if not path.is_absolute():
        raise UsageError(f"{where} must be a whole path, not {value!r}", _EITHER)
    return path
