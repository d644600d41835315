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

    The repository that it lies in now is meant; another one has to be trusted again.

    crm trust
    crm trust --remove
    """
    from crm_cli.features.repository import set_trust

    root = visible(str(session.workspace.root))
    done = set_trust(session.workspace, trusted=not remove)
    if remove:
        session.write(f"{root} is {'no longer' if done.changed else 'not'} trusted\n")
        return
    within = f", in the repository {visible(done.above)}" if done.above else ""
    session.write(f"{root} is {'now' if done.changed else 'already'} trusted{within}\n")
