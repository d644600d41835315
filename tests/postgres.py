"""A PostgreSQL of Debian's `postgresql`: ordinary processes in a folder, on a local socket."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

_HOMES = "/usr/lib/postgresql"


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs; None where it is not installed."""
    found = shutil.which("postgres")
    homes = [Path(found).resolve().parent] if found else []
    homes += sorted(Path(_HOMES).glob("*/bin"), key=lambda path: int(path.parent.name))
    return next((path for path in reversed(homes) if (path / "initdb").exists()), None)


class Server:
    """A server of its own, for as long as the tests run; it listens on no port."""

    def __init__(self) -> None:
        found = programs()
        assert found is not None
        self._bin = found
        self.folder = Path(tempfile.mkdtemp(prefix="crm-pg-"))
        self._data = self.folder / "data"
        self._user: int | None = None
        self._group: int | None = None
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            user = _somebody()
            self._user, self._group = user.pw_uid, user.pw_gid
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.folder.chmod(0o700)
        self._made = 0

    def start(self) -> str:
        """Make it and start it; why it cannot be, empty where it answers."""
        made = self._call(
            "initdb", "-D", str(self._data), "-U", "crm", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        if made:
            return made
        settings = {
            "listen_addresses": "", "unix_socket_directories": str(self.folder), "fsync": "off",
            "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "80",
            "shared_buffers": "64MB", "logging_collector": "off",
        }  # fmt: skip
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{key} = '{value}'\n" for key, value in settings.items())
        log = self.folder / "log"
        return self._call("pg_ctl", "-D", str(self._data), "-l", str(log), "-w", "start")

    def stop(self) -> None:
        """End it, and delete what it kept."""
        self._call("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres", user: str = "crm") -> str:
        """The address of a database."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def database(self) -> str:
        """The address of a new and empty database."""
        import psycopg

        self._made += 1
        name = f"mirror_{self._made}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def _call(self, program: str, *words: str) -> str:
        done = subprocess.run(
            [str(self._bin / program), *words],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False, user=self._user, group=self._group,
        )  # fmt: skip
        return done.stdout.decode("utf-8", "replace")[-500:] if done.returncode else ""


def _somebody() -> pwd.struct_passwd:
    """A user without rights, to run it as."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LookupError("there is neither a user postgres nor nobody")
