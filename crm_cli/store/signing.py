"""Commits that are to be signed and cannot be."""

from __future__ import annotations

import os
import tempfile

from crm_cli.store.git import Git


def cannot_sign(git: Git) -> str:
    """The reason why commits, which are to be signed, cannot be; empty if they can.

    One is made beside the repository, which is not written to.
    """
    if git.repository is None or git.text("config", "--bool", "commit.gpgSign") != "true":
        return ""
    with tempfile.TemporaryDirectory() as folder:
        objects = os.path.join(git.repository.common, "objects")
        extra = {"GIT_OBJECT_DIRECTORY": folder, "GIT_ALTERNATE_OBJECT_DIRECTORIES": objects}
        tree = git.ask("mktree", extra=extra)
        words = ("commit-tree", "-S", "-m", "try", tree.out.decode().strip())
        tried = git.ask(*words, extra=extra)
    return tried.reason if tried.code else ""
