"""`--cols` for answers with a fixed set of columns."""

from __future__ import annotations

from crm_cli.model.errors import UsageError
from crm_cli.model.rows import Rows


def only(rows: Rows, cols: str | None) -> Rows:
    """The rows with the columns that `--cols` names, in its order; all without it.

    Raises UsageError with the valid names.
    """
    if cols is None:
        return rows
    wanted = [part.strip().lower().replace("-", "_") for part in cols.split(",")]
    keys = rows.keys
    for name in wanted:
        if name not in keys:
            from crm_cli.model.text import did_you_mean

            guess = did_you_mean(name, keys)
            raise UsageError(
                f"there is no column '{name}'" + (f"; {guess}" if guess else ""),
                f"valid: {', '.join(keys)}",
            )
    places = [keys.index(name) for name in wanted]
    ids = rows.ids
    if ids is None and "id" in keys:
        ids = [str(row[keys.index("id")]) for row in rows.rows]
    return rows.but(
        columns=[rows.columns[place] for place in places],
        rows=[[row[place] for place in places] for row in rows.rows],
        ids=ids,
    )
