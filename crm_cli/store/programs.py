"""Programs that a clone's git configuration lets the repository's files run.

Filters and merge drivers run for the paths that `.gitattributes` gives them. A setting may
name a program, a folder of hooks or a file of settings that is one of the repository's files.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from crm_cli.store import attributes
from crm_cli.store.arriving import Arriving
from crm_cli.store.git import Git
from crm_cli.store.lookalikes import folded

_RUN = re.compile(
    r"filter\..*\.(?:clean|smudge|process)|merge\..*\.driver|diff\..*\.(?:command|textconv)"
    r"|diff\.external|core\.(?:sshcommand|fsmonitor|gitproxy|askpass|editor|pager)"
    r"|gpg\.(?:.*\.)?program|credential\.(?:.*\.)?helper|sequence\.editor"
    r"|remote\..*\.(?:uploadpack|receivepack)"
)
_READ = re.compile(r"include(?:if\..*)?\.path|core\.attributesfile")
_HOOKS = "core.hookspath"
_OURS = "crm"


class _Setting:
    """One line of git's configuration, and the file that it stands in."""

    def __init__(self, origin: bytes, entry: bytes) -> None:
        key, _, value = entry.partition(b"\n")
        self.file = os.fsdecode(origin.removeprefix(b"file:")) if origin[:5] == b"file:" else ""
        self.key = key.decode("utf-8", "replace")
        self.value = os.fsdecode(value)


def run_by_settings(git: Git, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The paths among these, from the top, that a setting has git run or read; with its name.

    Raises GitFailed.
    """
    named = _named(git)
    if not named:
        return
    for path in paths:
        parts = tuple(folded(part) for part in path.split("/"))
        for length in range(len(parts) + 1):
            key = named.get(parts[:length])
            if key is not None and (length or len(parts) == 1):
                yield path, key
                break


def _named(git: Git) -> dict[tuple[str, ...], str]:
    """The files and folders of the repository that settings name, with the setting's name."""
    assert git.repository is not None
    top = git.repository.worktree
    found: dict[tuple[str, ...], str] = {}

    def add(folder: str, name: str, key: str) -> None:
        place = os.path.normpath(os.path.join(folder, os.path.expanduser(name)))
        for path in (place, os.path.realpath(place)):
            relative = os.path.relpath(path, top)
            parts = relative.split(os.sep)
            named = tuple(folded(part) for part in parts if part != ".")
            if parts[0] != os.pardir and ".git" not in parts and (named or key == _HOOKS):
                found[named] = key

    for setting in _settings(git):
        if setting.file:
            add(top, setting.file, "include.path")
        if _READ.fullmatch(setting.key):
            for folder in (os.path.dirname(os.path.join(top, setting.file)), top):
                add(folder, setting.value, setting.key)
        elif setting.key == _HOOKS:
            add(top, setting.value, setting.key)
        elif _RUN.fullmatch(setting.key) and setting.key != f"merge.{_OURS}.driver":
            for word in _words(setting.value):
                add(top, word, setting.key)
    hooks = os.path.join(git.repository.common, "hooks")
    for path in (hooks, *_listed(hooks)):
        if os.path.islink(path):
            add(top, path, "hooks")
    return found


def _settings(git: Git) -> Iterator[_Setting]:
    words = iter(git.run("config", "-z", "--show-origin", "--list").split(b"\0"))
    for origin, entry in zip(words, words, strict=False):
        yield _Setting(origin, entry)


def _words(command: str) -> Iterator[str]:
    """The words of a command that may be files; its first one only with a folder."""
    command = command.removeprefix("!")
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    for number, word in enumerate(words):
        for part in (word, word.partition("=")[2]):
            if part and (number or "/" in part):
                yield part


def _listed(folder: str) -> list[str]:
    try:
        return [os.path.join(folder, name) for name in os.listdir(folder)]
    except OSError:
        return []


def changed_filters(
    git: Git, files: Sequence[Arriving], base: str, commit: str
) -> tuple[tuple[str, ...], str] | None:
    """The attribute files by which a merge would start or stop a program, and how; or None.

    A filter or merge driver that is configured here, for other repositories perhaps, and that
    no path had so far; or records that lose the filter that they had. Raises GitFailed.
    """
    changed = tuple(one.path for one in files if one.name == attributes.NAME)
    known = _configured(git) if changed and base else set()
    if not known:
        return None
    listed = _tree(git, commit)
    paths = [path for path in listed if not path.endswith("/" + attributes.NAME)]
    before = _attributes(git, _tree(git, base), paths)
    after = _attributes(git, listed, paths)
    used = {pair for values in before.values() for pair in values.items()}
    for path in paths:
        for kind, name in after[path].items():
            if (kind, name) in known and (kind, name) not in used:
                program = "filter" if kind == "filter" else "merge driver"
                return changed, f"git would run the {program} '{name}' for {path}"
        held = before[path]["filter"]
        if (
            path.startswith(git.prefix)
            and ("filter", held) in known
            and after[path]["filter"] != held
        ):
            return changed, f"git would store {path} without its filter '{held}'"
    return None


def _configured(git: Git) -> set[tuple[str, str]]:
    """The filters and merge drivers that git could run: (`filter` or `merge`, name)."""
    found = set()
    for setting in _settings(git):
        kind, _, rest = setting.key.partition(".")
        name, _, variable = rest.rpartition(".")
        if (kind == "filter" and variable in ("clean", "smudge", "process")) or (
            kind == "merge" and variable == "driver" and name != _OURS
        ):
            found.add((kind, name))
    return found


def _tree(git: Git, commit: str) -> dict[str, str]:
    """The files of a commit, by their paths from the top, with the ids of their blobs."""
    found = {}
    for line in git.run("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
        head, _, path = line.partition(b"\t")
        fields = head.decode().split()
        if len(fields) == 3 and fields[1] == "blob":
            found[os.fsdecode(path)] = fields[2]
    return found


def _attributes(
    git: Git, tree: Mapping[str, str], paths: Sequence[str]
) -> dict[str, dict[str, str]]:
    """What the attribute files of a tree say of filters and merge drivers."""
    held = {}
    for path, id in tree.items():
        folder, _, name = path.rpartition("/")
        if folded(name) == attributes.NAME:
            key = f"{folder}/{attributes.NAME}" if folder else attributes.NAME
            held[key] = git.run("cat-file", "blob", id, network=True)
    with attributes.in_force(git, held) as there:
        return attributes.values(there, paths, ["filter", "merge"])
