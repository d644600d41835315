"""A shop that writes to its customers."""

from __future__ import annotations

from pathlib import Path

import pytest

NEWSLETTER = """\
---
kind: email
subject: News for {{ customer.name }}
---
{{ customer.greeting }}

linen is cheaper until Friday.
"""
CONSENT = """
consents:
  - at: 2026-11-01T10:00+01:00
    purpose: marketing
    channel: email
    action: opt_in
"""


@pytest.fixture
def office(shop: Path) -> Path:
    """The shop, with an address to write from, a newsletter, and one customer who wants it."""
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text() + "mail:\n  from: office@lan.example\n")
    (shop / "templates").mkdir()
    (shop / "templates/news.md").write_text(NEWSLETTER)
    agree(shop, "maja-kos")
    return shop


def agree(shop: Path, id: str) -> None:
    """Have a customer agree to marketing by e-mail."""
    record = shop / f"customers/{id}.yaml"
    record.write_text(record.read_text() + CONSENT)


def customer(shop: Path, id: str, name: str, email: str, *, more: str = CONSENT) -> None:
    """Write a customer's record."""
    record = shop / f"customers/{id}.yaml"
    record.write_text(f'name: "{name}"\nlanguage: en\nemails:\n  - {email}\n{more}')


def drafts(shop: Path) -> list[Path]:
    """The files of the outbox that nobody has claimed."""
    return sorted((shop / "outbox").glob("*.*"))
