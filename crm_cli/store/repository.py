"""The git repository around a data directory, found by reading files alone.

git itself takes any folder that holds `HEAD`, `objects` and `refs` for a repository, and
such a folder may arrive as plain files of somebody else's commit. Here only a `.git` counts,
which git never checks out of a tree.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.places import FOLDERS

REBASE = "a rebase is under way"
_UNDER_WAY = (
    ("rebase-merge", REBASE),
    ("rebase-apply", REBASE),
    ("MERGE_HEAD", "a merge is under way"),
    ("CHERRY_PICK_HEAD", "a cherry-pick is under way"),
    ("REVERT_HEAD", "a revert is under way"),
    ("BISECT_LOG", "a bisection is under way"),
)

_READ_BY_GIT = (".gitignore", ".gitattributes", ".gitmodules")


class Repository(NamedTuple):
    """A git folder, and the top folder of its files; real paths.

    `link` is the `.git` in the top folder, which is the git folder itself except in a linked
    worktree or a submodule, where it is a file that names it.
    """

    gitdir: str
    worktree: str
    link: str

    def prefix(self, root: str) -> str:
        """The path of a real folder from the top, with `/` at its end; empty for the top."""
        relative = os.path.relpath(root, self.worktree).replace(os.sep, "/")
        return "" if relative == "." else f"{relative}/"

    @property
    def common(self) -> str:
        """The git folder that all linked worktrees share; its own one elsewhere."""
        try:
            with open(os.path.join(self.gitdir, "commondir"), encoding="utf-8") as stream:
                return os.path.realpath(os.path.join(self.gitdir, stream.readline(4096).rstrip()))
        except (OSError, UnicodeDecodeError):
            return self.gitdir

    def pipe(self, root: str) -> str:
        """A pipe or device by the name of a file that git reads by itself; empty for none.

        git opens it, and waits for a writer. Looked for from the top down to a real folder,
        and in the folders of records there.
        """
        folders = [root]
        while folders[-1] != self.worktree and len(folders[-1]) > len(self.worktree):
            folders.append(os.path.dirname(folders[-1]))
        folders.extend(os.path.join(root, name) for name in FOLDERS)
        for folder in folders:
            for name in _READ_BY_GIT:
                path = os.path.join(folder, name)
                try:
                    mode = os.lstat(path).st_mode
                except OSError:
                    continue
                if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode):
                    return path
        return ""

    @property
    def tracked(self) -> bool:
        """True if the git folder lies among the files, where a commit could replace its parts."""
        relative = os.path.relpath(self.gitdir, self.worktree).split(os.sep)
        return relative[0] != os.pardir and ".git" not in relative

    @property
    def is_sparse(self) -> bool:
        """True if git may have been told to leave files out of the folder."""
        return os.path.lexists(os.path.join(self.gitdir, "info", "sparse-checkout"))

    def obstacle(self) -> str:
        """The reason why no commit may be made now; empty if one may."""
        for name, reason in _UNDER_WAY:
            if os.path.lexists(os.path.join(self.gitdir, name)):
                return reason
        try:
            with open(os.path.join(self.gitdir, "HEAD"), encoding="utf-8") as stream:
                attached = stream.read(512).startswith("ref:")
        except (OSError, UnicodeDecodeError):
            return "the repository cannot be read"
        return "" if attached else "HEAD is detached (git switch BRANCH goes back)"

    def strangers(self, environ: Mapping[str, str]) -> frozenset[int]:
        """The user ids of its owners other than the one who runs this, as git compares them.

        git makes this comparison itself only for a repository that it discovers, not for
        one that it is told.
        """
        if os.name == "nt":
            return frozenset()
        own = {os.geteuid()}
        if 0 in own and environ.get("SUDO_UID", "").isdecimal():
            own.add(int(environ["SUDO_UID"]))
        owners = set()
        for path in {self.worktree, self.link, self.gitdir}:
            try:
                owners.add(os.lstat(path).st_uid)
            except OSError:
                continue  # git is going to report it
        return frozenset(owners - own)


def find_repository(root: str | Path) -> Repository | None:
    """The repository of the nearest folder, from `root` upwards, that has a `.git`."""
    folder = os.path.realpath(root)
    while True:
        link = os.path.join(folder, ".git")
        # Like git, go on above an empty folder of that name.
        if os.path.lexists(os.path.join(link, "HEAD")):
            return Repository(os.path.realpath(link), folder, link)
        if os.path.isfile(link):
            gitdir = _linked(link)
            return None if gitdir is None else Repository(gitdir, folder, link)
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def _linked(link: str) -> str | None:
    """The git folder that a `.git` file names, as in a linked worktree or a submodule."""
    try:
        with open(link, encoding="utf-8", errors="surrogateescape") as stream:
            line = stream.readline(4096).rstrip("\r\n")
    except OSError:
        return None
    if not line.startswith("gitdir: "):
        return None
    return os.path.realpath(os.path.join(os.path.dirname(link), line.removeprefix("gitdir: ")))
