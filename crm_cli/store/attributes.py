"""Git attributes: which conversions git applies to a file, and where that is configured.

Filters are how git-crypt and transcrypt encrypt and how Git LFS keeps contents elsewhere. They
are configured by the user, and applied to the paths that `.gitattributes` files name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from crm_cli.model.errors import StorageError
from crm_cli.store import files
from crm_cli.store.git import Git, GitFailed, nul_separated

NAME = ".gitattributes"

_CONVERTING = ("filter", "ident", "working-tree-encoding", "text", "crlf", "eol")
OFF = ("unspecified", "unset")
"""The values of an attribute that has no effect."""

_HARMLESS = re.compile(
    rb"[-!]?(?:text|crlf|eol|binary|merge|diff|delta|whitespace|export-ignore|export-subst"
    rb"|encoding|conflict-marker-size|linguist-[\w-]+|gitlab-[\w-]+)(?:=\S*)?"
)
"""Attributes without a filter or an encoding; line ends do not change what a record says."""


def levels(folder: str) -> list[str]:
    """A folder of the repository and all above it, from the top, each with `/` at its end."""
    found = [""]
    for part in folder.split("/") if folder else ():
        found.append(f"{found[-1]}{part}/")
    return found


def on_disk(git: Git, folder: str) -> dict[str, bytes]:
    """The attribute files for the files in a folder of the repository, by their paths."""
    top = git.repository.worktree if git.repository else git.root
    found = {}
    for level in levels(folder):
        try:
            found[level + NAME] = files.read(os.path.join(top, level + NAME), follow=False)
        except OSError:
            continue  # git reads none that is a link either
    return found


def essence(attributes: Mapping[str, bytes]) -> dict[str, list[bytes]]:
    """The lines by which contents may differ, of the files that have any."""
    found = {name: list(_relevant(data)) for name, data in attributes.items()}
    return {name: lines for name, lines in found.items() if lines}


def _relevant(data: bytes) -> Iterator[bytes]:
    for line in data.splitlines():
        words = line.split()
        if not words or words[0].startswith(b"#"):
            continue
        # A quoted pattern may have spaces: then its line is kept, which is right if too much.
        if not all(_HARMLESS.fullmatch(word) for word in words[1:]):
            yield line


@contextmanager
def in_force(git: Git, attributes: Mapping[str, bytes]) -> Iterator[Git]:
    """git in an empty folder where these attribute files hold, beside the user's own."""
    with TemporaryDirectory() as made:
        folder = os.path.realpath(made)
        for name, data in attributes.items():
            path = os.path.join(folder, *name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as stream:
                stream.write(data)
        yield git.elsewhere(folder)


def values(git: Git, paths: Collection[str], names: Sequence[str]) -> dict[str, dict[str, str]]:
    """The attributes of paths below git's folder: `set`, `unset`, `unspecified` or a value.

    Raises GitFailed.
    """
    found: dict[str, dict[str, str]] = {path: {} for path in paths}
    if paths:
        out = git.run("check-attr", "-z", "--stdin", *names, input=nul_separated(paths))
        words = iter(out.split(b"\0"))
        for path, name, value in zip(words, words, words, strict=False):
            found[os.fsdecode(path)][name.decode()] = value.decode("utf-8", "replace")
    return found


def converted(git: Git, texts: Mapping[str, bytes]) -> set[str]:
    """The paths whose bytes git may store in another form. Raises GitFailed."""
    found = set()
    for path, value in values(git, texts, _CONVERTING).items():
        data = texts[path]
        if (
            value["filter"] not in OFF
            or value["working-tree-encoding"] not in OFF
            or (value["ident"] == "set" and b"$Id" in data)
            or (value["text"] != "unset" and b"\r" in data)
        ):
            found.add(path)
    return found


def check_filters(git: Git, paths: Collection[str]) -> None:
    """Refuse to store paths that a filter which is not configured is meant for.

    git would store them as they are: in plain text, where the filter encrypts. Raises
    StorageError.
    """
    if not _mention_filters(git, paths):
        return
    named = {
        path: value["filter"]
        for path, value in values(git, paths, ["filter"]).items()
        if value["filter"] not in (*OFF, "set")
    }
    if not named:
        return
    known = configured(git)
    for path, name in named.items():
        if name not in known:
            raise StorageError(
                f"{path} has the attribute filter={name}, and git has no such filter here: it "
                "would be stored unfiltered",
                f"set {name} up (git-crypt unlock, git lfs install), or take it out of {NAME}",
            )


def settings(git: Git) -> bytes:
    """All that git's configuration says of filters, as git prints it. Raises GitFailed."""
    ran = git.ask("config", "-z", "--get-regexp", r"^filter\.")
    if ran.code not in (0, 1):  # 1: there are none
        raise GitFailed(f"git config: {ran.reason}")
    return ran.out


def configured(git: Git) -> set[str]:
    """The names of the filters that git's configuration has. Raises GitFailed."""
    found = set()
    for entry in settings(git).split(b"\0"):
        key = entry.partition(b"\n")[0].decode("utf-8", "replace")
        name, _, variable = key.removeprefix("filter.").rpartition(".")
        if variable in ("clean", "process"):
            found.add(name)
    return found


def _mention_filters(git: Git, paths: Collection[str]) -> bool:
    """Whether any attribute file for these paths names a filter; asks no git."""
    for folder in {os.path.dirname(git.prefix + path) for path in paths}:
        if any(b"filter" in data for data in on_disk(git, folder).values()):
            return True
    if git.repository is None:
        return False
    try:
        own = files.read(os.path.join(git.repository.common, "info", "attributes"))
    except OSError:
        return False
    return b"filter" in own
