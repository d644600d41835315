"""Answers in every format: rows as table, TSV, CSV, JSON …, one record as an object.

The content never depends on what it is written to; see `Screen` for what does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from crm_cli.render.screen import Screen


class Format(StrEnum):
    """How an answer is written (`-o`)."""

    TABLE = "table"
    TSV = "tsv"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    YAML = "yaml"
    IDS = "ids"
    PATHS = "paths"


class Column(NamedTuple):
    """A column: its key in the machine's formats, its type's name, its heading for people."""

    key: str
    type: str = "text"
    label: str = ""

    @property
    def heading(self) -> str:
        """What stands above it in a table."""
        return self.label or self.key


class Rows(NamedTuple):
    """An answer of several rows.

    `rows` are tuples in the columns' order. `ids` and `paths` are what `-o ids`
    and `-o paths` print, one for each row; without them the columns `id` and
    `path` are taken. `tones` are the rows' tones for a terminal, `total` is a
    last row for people only. `none` is said on a terminal where there is no row,
    as "no customers"; empty says nothing at all. `groups` are headings, one for each
    row, which a terminal shows where they change. `unique` says of ids how many of
    their first characters are enough to type, which colour shows. `ranked` are keys by
    importance: on a terminal too narrow for a table, columns that come last there, or
    not at all, are left out before any is cut beyond reading.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    ids: Sequence[str] | None = None
    paths: Sequence[str] | None = None
    tones: Sequence[str] | None = None
    total: Sequence[Any] | None = None
    none: str = "nothing found"
    groups: Sequence[str] | None = None
    unique: Mapping[str, int] | None = None
    ranked: Sequence[str] = ()

    @property
    def keys(self) -> list[str]:
        """The columns' keys."""
        return [column.key for column in self.columns]


def rows_text(rows: Rows, form: Format, screen: Screen, *, header: bool = True) -> Iterator[str]:
    """The pieces of text that show the rows; together they end with a line feed.

    Raises KeyError, `id` or `path`, where the rows have none and it was asked for.
    """
    types = [column.type for column in rows.columns]
    match form:
        case Format.TABLE:
            from crm_cli.render.table import table_lines

            if not rows.rows:
                return iter(())
            labels = [column.heading for column in rows.columns]
            return table_lines(
                labels,
                types,
                rows.rows,
                screen,
                header=header,
                tones=rows.tones,
                total=rows.total,
                groups=rows.groups,
                unique=_places(rows),
                ranked=[rows.keys.index(key) for key in rows.ranked if key in rows.keys],
            )
        case Format.CSV:
            from crm_cli.render.delimited import csv_lines

            return csv_lines(rows.keys, types, rows.rows, header=header)
        case Format.TSV:
            from crm_cli.render.delimited import tsv_lines

            return tsv_lines(rows.keys, rows.rows, header=header)
        case Format.IDS:
            return _one_a_line(rows, rows.ids, "id")
        case Format.PATHS:
            return _one_a_line(rows, rows.paths, "path")
    keys = rows.keys
    return objects_text((dict(zip(keys, row, strict=True)) for row in rows.rows), form, screen)


def objects_text(
    objects: Iterator[Mapping[str, Any]], form: Format, screen: Screen
) -> Iterator[str]:
    """Objects, nested or not, as a JSON array, JSON lines or a YAML list."""
    if form is Format.YAML:
        from crm_cli.render.yamltext import yaml_items

        return yaml_items(objects)
    from crm_cli.render.jsontext import array, lines

    if form is Format.JSONL:
        return lines(objects, ascii_only=not screen.unicode)
    return array(objects, ascii_only=not screen.unicode)


def record_text(record: Mapping[str, Any], form: Format, screen: Screen) -> Iterator[str]:
    """One record: an object in JSON and YAML, else a row of its top-level keys."""
    match form:
        case Format.JSON:
            from crm_cli.render.jsontext import indented

            return iter((indented(record, ascii_only=not screen.unicode) + "\n",))
        case Format.YAML:
            from crm_cli.render.yamltext import yaml_record

            return yaml_record(record)
        case Format.JSONL:
            return objects_text(iter((record,)), form, screen)
        case Format.TABLE:
            from crm_cli.render.table import table_lines

            pairs = [(key, value) for key, value in record.items() if value is not None]
            return table_lines(("", ""), ("text", "text"), pairs, screen, header=False)
    columns = [Column(key) for key in record]
    return rows_text(Rows(columns, [tuple(record.values())]), form, screen)


def _places(rows: Rows) -> dict[int, list[int]]:
    """For the column of ids how much of each row's is enough to type."""
    if not rows.unique or "id" not in rows.keys:
        return {}
    place = rows.keys.index("id")
    return {place: [rows.unique.get(str(row[place]), 0) for row in rows.rows]}


def _one_a_line(rows: Rows, given: Sequence[str] | None, key: str) -> Iterator[str]:
    from crm_cli.model.text import visible

    if given is None:
        place = rows.keys.index(key) if key in rows.keys else None
        if place is None:
            raise KeyError(key)
        given = [row[place] for row in rows.rows]
    return (visible(str(value)) + "\n" for value in given)
