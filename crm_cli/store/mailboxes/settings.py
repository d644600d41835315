"""What the user's configuration says of mail."""

from __future__ import annotations

from collections.abc import Mapping

from crm_cli.store.discovery import read_config


def mail_settings(environ: Mapping[str, str]) -> Mapping[str, object]:
    """What the user's configuration has under `mail`. Raises UsageError."""
    found = read_config(environ).get("mail")
    return found if isinstance(found, dict) else {}
