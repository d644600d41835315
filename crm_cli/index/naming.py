"""Files that mention a record, which a rename rewrites."""

from __future__ import annotations

import sqlite3

from crm_cli.index.plan import plan_of
from crm_cli.index.schema import ITEM_BITS
from crm_cli.model.fieldtypes import Texts
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import ENTRIES, HOLDERS, KINDS, RECORDS


def files_naming(connection: sqlite3.Connection, to: str, id: str) -> list[str]:
    """The paths of the files with a field that refers to the record `id` of the kind `to`."""
    found: set[str] = set()
    for kind in KINDS:
        for field in plan_of(kind).references():
            if field.type.to != to:
                continue
            value = f't."{field.value}"'
            if isinstance(field.type, Texts):
                value = f"char(10) || {value} || char(10)"
                condition, asked = f"instr({value}, ?) > 0", f"\n{id}\n"
            else:
                condition, asked = f"{value} = ?", id
            sql = f'SELECT DISTINCT {path_sql(kind)} FROM "{kind.name}" t WHERE {condition}'
            found.update(str(row[0]) for row in connection.execute(sql, (asked,)) if row[0])
    return sorted(found)


def path_sql(kind: Kind) -> str:
    """SQL for the path of the file that a row `t` of a kind comes from."""
    if kind in RECORDS:
        return 't."path"'
    if kind in ENTRIES:
        return f"'{ENTRIES[kind].path}'"
    # Entries are numbered after their file, records as their file.
    numbers = [
        f't."{holder.name}" >> {ITEM_BITS}' if holder in ENTRIES else f't."{holder.name}"'
        for holder in HOLDERS[kind]
    ]
    number = numbers[0] if len(numbers) == 1 else f"COALESCE({', '.join(numbers)})"
    return f'(SELECT f."path" FROM "file" f WHERE f."pk" = {number})'
