"""Mailboxes in files: every mail once, and what cannot be read is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crm_cli.store.mailboxes.files import opened


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="makes a pipe")
def test_a_mail_that_cannot_be_read_is_named_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "new.eml")
    (letter,) = opened(tmp_path, "").letters({}, None)
    assert letter.place == f"{tmp_path}/new.eml"
    assert letter.fault is not None
    assert letter.fault.message == "cannot be read: a pipe"
