"""What customers are told of our channels, from `channels` in crm.yaml."""

from __future__ import annotations

from collections.abc import Iterable

from crm_cli.model.errors import NotFound, UsageError
from crm_cli.model.notices import NOTICES
from crm_cli.model.permission import CHANNELS
from crm_cli.model.places import SETTINGS
from crm_cli.model.text import did_you_mean
from crm_cli.workspace import Workspace


def notice(workspace: Workspace, language: str | None = None) -> str:
    """The text in a language, that of the business unless given, else English.

    Raises UsageError for a language that there is none in, or channels that are none; NotFound
    where crm.yaml has no channels.
    """
    words = NOTICES[_language(workspace, language)]
    settings = workspace.file(SETTINGS.path).record
    given = settings.values.get("channels")
    if not isinstance(given, dict) or not given:
        raise NotFound("crm.yaml has no channels", "channels: {email: office@kava.example}")
    unknown = [key for key in given if key not in CHANNELS]
    if unknown:
        near = did_you_mean(unknown[0], CHANNELS)
        known = f"known: {', '.join(CHANNELS)}"
        raise UsageError(f"channels in crm.yaml: '{unknown[0]}' is no channel", near or known)
    listed = [f"- {words.labels[key]}: {_line(given[key])}" for key in CHANNELS if key in given]
    title = words.title.format(business=workspace.business.name).replace("  ", " ")
    return "\n".join([title, "", *listed, "", words.withdrawal]) + "\n"


def _language(workspace: Workspace, language: str | None) -> str:
    if language is None:
        own = workspace.business.language.partition("-")[0].lower()
        return own if own in NOTICES else "en"
    wanted = language.strip().partition("-")[0].lower()
    if wanted not in NOTICES:
        raise UsageError(
            f"there is no notice in '{language}'", f"languages: {', '.join(NOTICES)}"
        )
    return wanted


def _line(value: object) -> str:
    several: Iterable[object] = value if isinstance(value, list) else (value,)
    return ", ".join(" ".join(str(one).split()) for one in several)
