"""Figures without names, for strangers.

What is shown is what is known to name nobody: numbers, days, yes and no, and the groups that
their declaration calls public. All other groups have labels in their place, and all other texts
are left out, so that what nobody thought of is left out as well.
"""

from __future__ import annotations

from crm_cli.features.reports.charting import is_timed
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.table import Row, Table
from crm_cli.model.cells import NUMBERS
from crm_cli.model.pseudonyms import Pseudonyms

_HARMLESS = NUMBERS | {"boolean", "series"}
_DAYS = frozenset({"date", "date or time", "moment"})


def anonymous(table: Table, pseudonyms: Pseudonyms, *, days: bool = True) -> Table:
    """The table without names, ids and texts; without `days` also without those, which may be
    birthdays where nobody declared what they are."""
    harmless = _HARMLESS | _DAYS if days else _HARMLESS
    keys = [key if _is_public(key) else key.but(label="", ids=False) for key in table.keys]
    hidden = [key.name for key in table.keys if not _is_public(key)]
    shown = [one for one in table.columns if one.public or one.type in harmless]
    names = {one.key: _heading(one, pseudonyms) for one in shown}
    columns = [one.but(key=names[one.key]) for one in shown]
    kept = {key.name: key.name for key in keys} | names
    for key in table.keys:
        if _is_public(key) and key.label:
            kept[table.names[key.name]] = table.names[key.name]

    def without_names(row: Row) -> Row:
        made = {new: row[key] for key, new in kept.items() if key in row}
        for name in hidden:
            if row.get(name) is not None:
                made[name] = pseudonyms.label(name, row[name])
        return made

    total = None if table.total is None else {**table.total, **without_names(table.total)}
    made = Table(keys, columns, map(without_names, table.rows), total)
    return made if made.names == table.names else _renamed(made, table)


def _renamed(made: Table, table: Table) -> Table:
    """The names of public keys under the columns that they have now."""
    for key, name in made.names.items():
        for row in made.rows:
            row[name] = row.pop(table.names[key], None)
    return made


def _heading(figure: Figure, pseudonyms: Pseudonyms) -> str:
    """The key of a column; a label where it is a value of records."""
    if not figure.across or is_timed(Key("", figure.across, "")):
        return figure.key
    return pseudonyms.label(figure.across, figure.key)


def _is_public(key: Key) -> bool:
    return key.public or is_timed(key)
