"""Rights to a new file: those of the file that it is to replace, or of a shared folder."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from crm_cli.store.system_calls import Calls

_ACL = "system.posix_acl_access"


def take_over(system: Calls, path: str, before: str, status: os.stat_result) -> None:
    """Give a file owner, group, mode, extended attributes and access list of another.

    What may not be given is left. Where that is the group or the list, the group gets the
    rights of others: another one would get what it did not have. Raises OSError.
    """
    mode = stat.S_IMODE(status.st_mode)
    own = system.lstat(path)
    kept = own.st_uid == status.st_uid or _chown(system, path, status.st_uid, -1)
    if not (own.st_gid == status.st_gid or _chown(system, path, -1, status.st_gid)):
        kept = False
        mode = _as_others(mode)
    if not kept:
        mode &= ~(stat.S_ISUID | stat.S_ISGID)
    if not _attributes(system, path, before):
        mode = _as_others(mode)
    system.chmod(path, mode)


def share(system: Calls, path: str, mode: int) -> None:
    """Give a new file or folder a mode, and its folder's group the same rights as its owner
    where that group may write in the folder, and not everybody may. Raises OSError."""
    above = system.stat(os.path.dirname(path) or ".")
    if above.st_mode & (stat.S_IWGRP | stat.S_IWOTH) == stat.S_IWGRP:
        own = system.lstat(path)
        if own.st_gid == above.st_gid or _chown(system, path, -1, above.st_gid):
            mode |= (mode & 0o700) >> 3
    if stat.S_IMODE(system.lstat(path).st_mode) != mode:
        system.chmod(path, mode)


def _as_others(mode: int) -> int:
    return mode & ~0o070 | (mode & 0o007) << 3


def _chown(system: Calls, path: str, owner: int, group: int) -> bool:
    try:
        system.chown(path, owner, group)
    except (OSError, NotImplementedError):
        return False
    return True


def _attributes(system: Calls, path: str, before: str) -> bool:
    """Copy extended attributes; False if the access list could not be."""
    try:
        names = set(system.listxattr(before))
        made = set(system.listxattr(path))
    except OSError:
        return True  # there are none on this file system
    kept = True
    for name in sorted(names):
        try:
            system.setxattr(path, name, system.getxattr(before, name))
        except OSError:
            kept &= name != _ACL
    if _ACL in made - names:
        # Of the folder, which the file before had been given otherwise.
        with suppress(OSError):
            system.removexattr(path, _ACL)
    return kept
