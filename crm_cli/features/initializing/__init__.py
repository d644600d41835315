"""A new data directory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crm_cli.model import places
from crm_cli.model.business import Business
from crm_cli.model.errors import Refused, Unreadable, UsageError
from crm_cli.model.settings import SETTINGS
from crm_cli.store import files, outside
from crm_cli.store.discovery import default_directory, holds_settings, set_default
from crm_cli.store.identity import git_user, user_id
from crm_cli.store.repository import find_repository
from crm_cli.store.setup import ATTRIBUTES, begin
from crm_cli.store.transaction import Committed, FileChange, commit

IGNORE = ".crm/\n"
_FALLBACK = ("EUR", "UTC")


class Wanted(NamedTuple):
    """What the settings are to say; empty where nothing is known."""

    name: str = ""
    country: str = ""
    currency: str = ""
    time_zone: str = ""
    user: str = ""
    email: str = ""


class Initialized(NamedTuple):
    """The new directory, the files made, and whether a default can be offered for it."""

    root: Path
    paths: tuple[str, ...]
    settings: Wanted
    offers_default: bool
    notice: str = ""
    """Why there is no history yet, where there should be."""


def completed(wanted: Wanted) -> Wanted:
    """The settings with what follows from the country; raises UsageError for what cannot be."""
    from crm_cli.model.countries import country_code, currency_of, time_zone_of

    country = ""
    if wanted.country:
        code = country_code(wanted.country)
        if code is None:
            raise UsageError(
                f"'{wanted.country}' is no country",
                "write its two letters or its name: SI, Slovenia",
            )
        country = code
    currency = wanted.currency or (currency_of(country) if country else None) or _FALLBACK[0]
    zone = wanted.time_zone or (time_zone_of(country) if country else None) or _FALLBACK[1]
    return wanted._replace(
        name=wanted.name.strip(),
        country=country,
        currency=_read("currency", currency),
        time_zone=_read("time_zone", zone),
    )


def _read(key: str, text: str) -> str:
    try:
        return str(SETTINGS.by_key[key].type.read(text, Business()))
    except Unreadable as error:
        raise UsageError(f"{key}: {error.message}", error.hint) from error


def init(
    root: Path,
    wanted: Wanted,
    *,
    environ: Mapping[str, str],
    sample: bool = False,
    git: bool = True,
    agents: bool = False,
) -> Initialized:
    """Make a data directory; `sample` puts a few made-up customers into it, `agents` the file
    that tells agents how to work with it.

    With `git` it becomes a repository of its own, unless it lies in one already.

    Raises Refused where there is one already, StorageError.
    """
    settings = completed(wanted)
    root = Path.cwd() / root
    if holds_settings(root):
        raise Refused(f"{root} is a data directory already", "crm -C DIR works in it")
    try:
        outside.make_folder(root / places.CUSTOMERS.path)
    except OSError as error:
        raise files.failure(f"make {root}", error, "") from error
    above = find_repository(root)
    wants, git = git, git and above is None
    texts = {
        places.SETTINGS.path: _settings(settings, sample=sample, git=git),
        ".gitignore": IGNORE,
        ".gitattributes": ATTRIBUTES,
    }
    if sample:
        from crm_cli.features.initializing.sample import sample_files

        zone = ZoneInfo(settings.time_zone)
        business = Business(
            currency=settings.currency, country=settings.country, zone=settings.time_zone
        )
        texts |= sample_files(datetime.now(zone).date(), business)
    if agents:
        from crm_cli.features.initializing.agents import PATH, TEXT

        texts[PATH] = TEXT
    changes = [FileChange(path, _absent(path, text)) for path, text in texts.items()]
    notices = []
    if wants and above is not None:
        notices.append(
            f"{above.worktree} is a repository already, so commands are not committed by "
            "themselves: crm git setup, then crm config set git.autocommit=true"
        )

    def history(_: Committed) -> None:
        if git:
            notices.append(begin(root, environ, "init"))

    done = commit(root, changes, command="crm init", subject="init", then=history)
    return Initialized(root, done.paths, settings, _offers(environ), "".join(notices))


def who(root: Path, environ: Mapping[str, str]) -> tuple[str, str]:
    """The name and the e-mail that git knows its user by, who becomes the first user."""
    return git_user(environ, find_repository(Path.cwd() / root))


def _absent(path: str, text: str) -> Callable[[bytes | None], bytes]:
    """A file's first text; one that is there stays (somebody's own .gitignore)."""

    def update(data: bytes | None) -> bytes:
        if data is None:
            return text.encode()
        if path in (".gitignore", ".gitattributes"):
            missing = [line for line in text.splitlines() if line not in data.decode().splitlines()]
            glue = b"" if not data or data.endswith(b"\n") else b"\n"
            return data + (glue + "\n".join(missing).encode() + b"\n" if missing else b"")
        raise Refused(f"{path} exists already", "choose another folder")

    return update


def _settings(settings: Wanted, *, sample: bool, git: bool) -> str:
    from crm_cli.model.writing import item_node, new_item
    from crm_cli.store.emit import emit

    values: dict[str, object] = {}
    if settings.name:
        values["business"] = {"name": settings.name}
    values["currency"] = settings.currency
    # Made once: entries of calendars keep their UIDs, whatever the business is called later.
    values["uid"] = Business(name=settings.name).domain
    if settings.country:
        values["country"] = settings.country
    values["time_zone"] = settings.time_zone
    user = user_id(settings.user, settings.email)
    if user:
        known = {"name": settings.user, "email": settings.email}
        values["users"] = {user: {key: text for key, text in known.items() if text}}
    if sample:
        values["terms_days"] = 30
    if git:
        values["git"] = {"autocommit": True}
    node = item_node(new_item(SETTINGS, values, Business()), top=True)
    return emit(node)  # type: ignore[arg-type]


def _offers(environ: Mapping[str, str]) -> bool:
    try:
        return default_directory(environ) is None
    except UsageError:
        return False


def make_default(root: Path, environ: Mapping[str, str]) -> Path | None:
    """Let the directory be found from anywhere; the file that says so, or None."""
    return set_default(environ, root)
