"""Who is at the keyboard by default: git's global user."""

from __future__ import annotations

from collections.abc import Mapping


def git_user(environ: Mapping[str, str]) -> tuple[str, str]:
    """(name, e-mail) of git's global configuration, each empty where it has none.

    Asked outside of any repository: a directory's own configuration is never read.
    """
    from crm_cli.store.git import Git, GitFailed

    values = []
    for key in ("user.name", "user.email"):
        try:
            ran = Git("/", environ).ask("config", "--global", "--get", key, seconds=5)
            values.append("" if ran.code else ran.out.decode("utf-8", "replace").strip())
        except GitFailed:
            values.append("")
    return values[0], values[1]
