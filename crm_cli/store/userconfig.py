"""The user's own configuration: settings that run programs, which no data directory may make.

A directory comes with git from others; what it says never executes anything. Commands,
servers and passwords are therefore read from the user's own file only.
"""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

from crm_cli.model.errors import Refused, UsageError
from crm_cli.store import files
from crm_cli.store.scratch import scratch, written

_PATIENCE = 60


def secret(settings: Mapping[str, object], user: str, root: Path) -> str:
    """The password that settings lead to: `password_command`, `keyring` (a service's name)
    or `password_file` (0600, outside the data directory). It is told to nobody.

    Raises UsageError where there is none or several, Refused for an open file.
    """
    ways = [key for key in ("password_command", "keyring", "password_file") if settings.get(key)]
    if "password" in settings:
        raise Refused(
            "a password does not belong in the configuration",
            "use password_command, keyring or password_file",
        )
    if len(ways) != 1:
        raise UsageError(
            f"no password for {user}" if not ways else f"one of {', '.join(ways)} is enough",
            "write password_command: pass show mail",
        )
    value = str(settings[ways[0]])
    if ways[0] == "password_command":
        return _from_command(value)
    if ways[0] == "keyring":
        return _from_keyring(value, user)
    return _from_file(Path(value).expanduser(), root)


def _from_command(command: str) -> str:
    import shlex

    try:
        # No pipe: an agent that it starts would hold it open.
        with scratch() as out:
            done = subprocess.run(
                shlex.split(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                timeout=_PATIENCE,
                check=False,
            )
            said = written(out)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"password_command cannot be run: {type(error).__name__}") from None
    if done.returncode:
        raise UsageError(f"password_command ended with {done.returncode}")
    return _one_line(said, "password_command")


def _from_keyring(service: str, user: str) -> str:
    from importlib import import_module

    try:
        keyring = import_module("keyring")
    except ImportError:
        raise UsageError("keyring is not installed", "pip install keyring") from None
    try:
        found = keyring.get_password(service, user)
    except Exception as error:  # Each of its backends has errors of its own.
        raise UsageError(
            f"the keyring cannot be read: {type(error).__name__}",
            "it may be locked, or out of reach of cron; password_file works there",
        ) from None
    if not found:
        raise UsageError(
            f"the keyring has no password of {user} for {service}",
            f"keyring set {service} {user}",
        )
    return str(found)


def _from_file(path: Path, root: Path) -> str:
    real = os.path.realpath(path)
    if real.startswith(os.path.join(os.path.realpath(root), "")):
        raise Refused(f"{path} lies in the data directory", "keep it outside")
    with files.telling(f"read {path}", "nothing was sent"):
        data, status = files.read_with_status(real)
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise Refused(f"others may read {path}", f"chmod 600 {path}")
    return _one_line(data, str(path))


def _one_line(data: bytes, source: str) -> str:
    text = data.decode("utf-8", "replace").split("\n")[0].rstrip("\r")
    if not text:
        raise UsageError(f"{source} gave no password")
    return text
