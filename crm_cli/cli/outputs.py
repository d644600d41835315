"""The formats of answers, `-o`: a table for people, and those of `formats/tables`."""

from __future__ import annotations

from crm_cli.formats.tables import TABLES, TableFormat

TABLE = TableFormat("table", (), "For people: aligned, fitted to the width of a terminal.")
"""Drawn by `render`, by what it is drawn on."""

OUTPUTS = {one.name: one for one in (TABLE, *TABLES)}
"""The formats by the names that `-o` takes."""
