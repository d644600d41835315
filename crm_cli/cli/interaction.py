"""`crm interaction`."""

from __future__ import annotations

import typer

from crm_cli.cli.listing import list_verb

app = typer.Typer()

list_verb(
    app,
    "interaction",
    """List calls, meetings, mails and notes that query terms describe, newest first.

    crm interaction list customer:ana kind:call at:this-year
    crm interaction list text.has:renewal at:-30d.. -o csv
    """,
    sort="at-",
)
