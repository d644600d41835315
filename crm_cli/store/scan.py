"""The fast way: records as nearly everybody writes them, read line by line."""

from __future__ import annotations

from crm_cli.model.node import Mapping


def scan(text: str) -> Mapping | None:
    """The mapping that `text` is, or None where a line is not of the plain subset."""
    return None
