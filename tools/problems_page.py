"""docs/reference/problems.md: every code of `crm check`, and its cure."""

from __future__ import annotations

from markdown import MADE, code, table

from crm_cli.model.codes import GROUPS

_INTRODUCTION = f"""\
# Problems

{MADE}

`crm check` reports what is wrong in the records as `path:line:column: what is wrong`, by
file and line; `crm check --json` gives each its code. An error makes the answers of other
commands partial (exit 4); a warning does not. `crm check` ends with 1 where there is an
error. `crm check --fix` does only what cannot be wrong: it writes the ids down of items
that have none, quotes phones, postcodes and other codes as they stand, and takes the
right to write a record away from other users. `--dry-run` shows it first.

To have git look before it commits, without `crm git setup`: `.pre-commit-hooks.yaml` has
the hook `crm-check` for [pre-commit](https://pre-commit.com).
"""


def problems_page() -> str:
    """The page."""
    parts = [_INTRODUCTION]
    for title, rules in GROUPS.items():
        rows = (
            (code(name), "warning" if rule.warning else "error", rule.meaning, rule.cure)
            for name, rule in rules.items()
        )
        parts.append(f"## {title}\n\n{table(('code', '', 'meaning', 'cure'), rows)}")
    return "\n".join(parts)
