"""`crm ui`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence

from crm_cli.cli.capturing import captured, given
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Verbs
from crm_cli.model.errors import UsageError
from crm_cli.render.screen import is_terminal
from crm_cli.tui import duties

verbs = Verbs()


@verbs.add
def ui(session: Session) -> None:
    """Show customers, what is due, deals, money and reports in one screen, by keys.

    Each change is a crm line: previewed, confirmed, logged, taken back by u. The key ?
    lists the keys.

    crm ui
    crm -C shop ui
    """
    if not all(map(is_terminal, (sys.stdin, sys.stdout, sys.stderr))):
        raise UsageError(
            "crm ui needs a terminal, for keys and for what it shows",
            "scripts use the commands: crm due, crm list -o json",
        )
    if session.environ.get("TERM") == "dumb":
        raise UsageError("this terminal is dumb (TERM), so nothing can be drawn on it")
    if not session.workspace.has_cache:
        # Made here, since beside the interface's threads no other process can help.
        session.workspace.index.close()
        session.workspace.renew()
    workspace = session.again().workspace
    ahead = None if session.mirror else duties.ahead(workspace)
    if ahead is not None:
        workspace = session.again().workspace  # The other one is that process's.
    workspace.waiting = None
    try:
        from crm_cli.tui.app import Interface
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("textual", "rich"):
            raise
        raise UsageError(
            "crm ui needs the library textual", "pip install 'crm-plaintext[ui]' installs it"
        ) from error
    interface = Interface(workspace, captured, attended, given(session), ahead)
    interface.run()
    if interface.failure is not None:
        raise interface.failure


def attended(words: Sequence[str]) -> int:
    """Run a line that has the terminal; what it printed stays until a key is pressed."""
    from crm_cli.cli.hook import main
    from crm_cli.cli.terminal import ask_terminal
    from crm_cli.model.errors import Declined

    code = main(words)
    if code or words[-2:-1] != ["edit"]:
        with contextlib.suppress(Declined):
            ask_terminal("Enter goes back ")
    return code
