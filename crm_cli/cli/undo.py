"""`crm undo`."""

from __future__ import annotations

import typer

from crm_cli.cli.options import DryRun
from crm_cli.cli.session import of

app = typer.Typer()


@app.command()
def undo(ctx: typer.Context, dry_run: DryRun = False) -> None:
    """Take back the last command that wrote something, byte for byte; once more redoes it.

    crm undo --dry-run
    crm undo
    """
    from crm_cli.cli.writing import few, show_diffs
    from crm_cli.features.undoing import undo as take_back

    session = of(ctx)
    written = take_back(session.workspace, dry_run=dry_run)
    if dry_run:
        show_diffs(session, written)
        session.say("nothing was written")
        return
    session.write(f"{written.subject}  ({few(written.paths, 2)})\n")
    session.say("crm undo once more takes that back")
