"""Figures without names, for strangers.

What is shown is what is known to name nobody: numbers, days, yes and no, and the groups that
their declaration calls public. All other groups have labels in their place, and all other texts
are left out, so that what nobody thought of is left out as well.
"""

from __future__ import annotations

from crm_cli.features.reports.charting import is_timed
from crm_cli.features.reports.columns import Key
from crm_cli.features.reports.table import Row, Table
from crm_cli.model.cells import NUMBERS
from crm_cli.model.pseudonyms import Pseudonyms

_HARMLESS = NUMBERS | {"boolean", "date", "date or time", "moment", "series"}


def anonymous(table: Table, pseudonyms: Pseudonyms) -> Table:
    """The table without names, ids and texts."""
    keys = [key if _is_public(key) else key.but(label="", ids=False) for key in table.keys]
    hidden = [key.name for key in table.keys if not _is_public(key)]
    columns = [one for one in table.columns if one.public or one.type in _HARMLESS]
    kept = [*(key.name for key in keys), *(one.key for one in columns)]
    kept += [table.names[key.name] for key in table.keys if _is_public(key) and key.label]

    def without_names(row: Row) -> Row:
        made = {key: row[key] for key in kept if key in row}
        for name in hidden:
            if row.get(name) is not None:
                made[name] = pseudonyms.label(name, row[name])
        return made

    made = Table(keys, columns, map(without_names, table.rows), table.total)
    return made if made.names == table.names else _renamed(made, table)


def _renamed(made: Table, table: Table) -> Table:
    """The names of public keys under the columns that they have now."""
    for key, name in made.names.items():
        for row in made.rows:
            row[name] = row.pop(table.names[key], None)
    return made


def _is_public(key: Key) -> bool:
    return key.public or is_timed(key)
