"""Who is at the keyboard, where nobody says so: git's global user."""

from __future__ import annotations

from collections.abc import Mapping


def git_user(environ: Mapping[str, str]) -> tuple[str, str]:
    """(name, e-mail) of git's global configuration, each empty where it has none.

    Asked outside of any repository: a directory's own configuration is never read.
    """
    import subprocess

    values = []
    for key in ("user.name", "user.email"):
        try:
            answer = subprocess.run(
                ["git", "config", "--global", "--get", key],
                cwd="/",
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=5,
                check=False,
            )
            values.append(answer.stdout.decode("utf-8", "replace").strip())
        except (OSError, ValueError, subprocess.TimeoutExpired):
            values.append("")
    return values[0], values[1]
