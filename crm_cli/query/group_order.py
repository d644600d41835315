"""What groups are made by, and their order: by keys and figures, as `--sort` names them."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.index.plan import based, in_record
from crm_cli.model.errors import UsageError
from crm_cli.model.kinds import RECORDS
from crm_cli.model.text import split_names
from crm_cli.query.columns import Selected, split_alias
from crm_cli.query.compile import Compiler
from crm_cli.query.figures import figure_key
from crm_cli.query.rows import Row
from crm_cli.query.storages import operators


def group_order(
    sort: str, named: Sequence[str], parts: Sequence[Selected], compiler: Compiler
) -> list[str]:
    """`ORDER BY` terms for the text of `--sort`; `named` are the keys and aggregates as they were
    asked for, which may have been given names. Raises UsageError."""
    terms: list[str] = []
    aliases = {figure_key(bare): alias for bare, alias in map(split_alias, named)}
    for asked in split_names(sort) if sort else []:
        down = (asked[:1] == "-") != asked.endswith("-")
        key = figure_key(bare_name(asked))
        key = aliases.get(key) or key
        part = next((part for part in parts if part.column.key == key), None)
        if part is None:
            names = [one.column.key for one in parts]
            raise UsageError(
                f"groups cannot be sorted by '{bare_name(asked)}'", f"valid: {', '.join(names)}"
            )
        terms += order_terms(part, compiler, down=down)
    return terms


def order_terms(part: Selected, compiler: Compiler, *, down: bool) -> list[str]:
    """`ORDER BY` terms for a column: closed lists in their order, missing values last, amounts
    by what they are in the base currency."""
    key = part.column.key
    sql = f"t.{compiler.dialect.name(based(key) if part.currency else key)}"
    type = part.column.type
    by = operators(type).rank(sql, type, compiler.frame)
    turned = compiler.dialect.sorted
    return [f"{sql} IS NULL", turned(by, down=down), turned(sql, down=down)]


def bare_name(text: str) -> str:
    """The name in a part of `--sort`, without its signs."""
    text = text.strip().lstrip("+-")
    return text[:-1] if text.endswith("-") else text


def grouped_by(keys: Sequence[Selected], row: Row, *, apart: bool) -> str:
    """GROUP BY for some keys, at least one; `apart` as in `GroupQuery`."""
    return (_by_record(keys, row) if apart else "") or ", ".join(
        _sorted(key.sql, row) for key in keys
    )


def _by_record(keys: Sequence[Selected], row: Row) -> str:
    """What makes a group of each record; empty where a key is not one of the record's columns."""
    record = row.frame.joined_record
    if record is None or record is row or not in_record(row.kind):
        return ""
    if any(key.sql != record.column(key.sql.rpartition(".")[2].strip('"')) for key in keys):
        return ""
    return row.frame.dialect.by_record(row.column(record.kind.name))


def _sorted(key: str, row: Row) -> str:
    """A key for GROUP BY; where each row has others beside it, those are in its table's order."""
    own = key.startswith(f"{row.alias}.") and row.kind not in RECORDS
    return row.frame.dialect.by_sorting(key) if own and row.joins else key
