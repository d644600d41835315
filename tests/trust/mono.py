"""A shop in a folder of a larger repository, and a colleague who sends what they like."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.conftest import Crm, Run

HOOKS = ("pre-commit", "post-commit", "reference-transaction", "post-merge", "post-index-change")


class Mono:
    """A shop in a folder of a larger repository, its common repository, and a colleague."""

    def __init__(self, shop: Path, crm: Crm) -> None:
        self.shop = shop
        self.top = shop.parent
        self.folder = self.top.parent
        self.theirs = self.folder / "theirs"
        self.canary = self.folder / "executed"
        self._crm = crm

    def crm(self, *words: str) -> Run:
        """Run a command in the shop."""
        return self._crm("-C", self.shop, *words)

    def git(self, *words: str, root: Path | None = None, code: int = 0) -> str:
        """Run git as its user does; what it prints."""
        done = subprocess.run(
            ["git", *words], cwd=root or self.top, capture_output=True, encoding="utf-8",
            check=False,
        )  # fmt: skip
        assert done.returncode == code, done
        return done.stdout

    def embed(self, folder: Path, *, head: str = "HEAD") -> None:
        """Files that git takes for a repository, with every hook and a monitor."""
        for name in ("objects", "refs", "hooks"):
            (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / name / ".keep").touch()
        (folder / head).write_text("ref: refs/heads/main\n")
        (folder / "config").write_text(
            "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = ..\n"
            f"\tfsmonitor = touch {self.canary}\n\thooksPath = {folder}/hooks\n"
        )
        for name in HOOKS:
            hook = folder / "hooks" / name
            hook.write_text(f"#!/bin/sh\ntouch {self.canary}\n")
            hook.chmod(0o755)

    def send(self, subject: str = "notes") -> None:
        """Commit and push all that the colleague has."""
        self.git("add", "-f", "-A", root=self.theirs)
        self.git("commit", "-q", "-m", subject, root=self.theirs)
        self.git("push", "-q", root=self.theirs)
