"""`crm trust`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs
from crm_cli.model.text import visible

verbs = Verbs()


@verbs.add
def trust(
    session: Session,
    remove: Annotated[bool, Option("--remove", help="Stop trusting it.")] = False,
) -> None:
    """Allow crm to run git here: a repository's configuration can run programs.

    crm trust
    crm trust --remove
    """
    from crm_cli.features.repository import set_trust

    root = visible(str(session.workspace.root))
    changed = set_trust(session.workspace, trusted=not remove)
    if remove:
        session.write(f"{root} is {'no longer' if changed else 'not'} trusted\n")
    else:
        session.write(f"{root} is {'now' if changed else 'already'} trusted\n")
