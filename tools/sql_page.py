"""docs/reference/sql.md: the views that `crm sql` reads, and their columns."""

from __future__ import annotations

from markdown import MADE, code, sentence, table

from crm_cli.features.sql import MOST_ROWS, SECONDS, describe
from crm_cli.query.views import views

_INTRODUCTION = f"""\
# SQL

{MADE}

`crm sql` answers one SELECT over the views below, in every format, with parameters:

```sh
crm sql "SELECT city, sum(spend) FROM customers GROUP BY city ORDER BY 2 DESC"
crm sql "SELECT number, net FROM purchases WHERE date >= :since" -p since=2026-01-01 -o csv
crm sql purchases                  # the columns of one view
```

The dialect is SQLite's. Nothing can be changed: the index is opened for reading, and
writing statements, `ATTACH` and `PRAGMA` are refused (exit 6). A statement is stopped
after {SECONDS:g} seconds (`--timeout`) or {MOST_ROWS:,} rows. `crm index path` puts the views
into the index's file, for any SQLite browser; there *today* is the
computer's, here it is `--today`.

- Amounts are numbers in the row's `currency`; `NAME_base` is the same in the base
  currency, missing without a rate. Customers' sums are in the base currency.
- `chance`, `weighted` and `pipeline` go by the stage's own probability, also with
  `forecast_by: learned` in `crm.yaml`, which lists and reports follow.
- Dates are ISO texts. Times are in UTC (`2026-11-03T09:30:00Z`); `NAME_day` is the local day.
- Yes and no are 1 and 0; lists are joined by `; `, and have a view of their own.
- Items join by `customer` (its id); lines by `purchase`.
- A parameter that is spelled like a number is one (`-p min=100`); `05021` stays a text.
- `order`, `to`, `end` and `where` are words of SQL: quote such columns (`"order"`).
"""


def sql_page() -> str:
    """The page."""
    parts = [_INTRODUCTION]
    for view in views():
        rows = ((code(one.column), one.type, one.doc) for one in describe(view.name))
        listed = table(("column", "type", "says"), rows)
        parts.append(f"## {view.name}\n\n{sentence(view.doc)}\n\n{listed}")
    return "\n".join(parts)
