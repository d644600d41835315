"""`crm git`."""

from __future__ import annotations

from crm_cli.cli.options import Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Verbs
from crm_cli.model.text import visible

verbs = Verbs()


@verbs.add
def setup(session: Session, yes: Yes = False) -> None:
    """Trust this directory, and have git merge and check its records with crm.

    The one step a fresh clone needs. Creates a repository if there is none.

    crm git setup
    """
    from crm_cli.features.repository import set_up

    root = session.workspace.root
    session.confirm(
        f"Let crm run git in {root}, and git run crm to merge and check its records?", yes=yes
    )
    done = set_up(session.workspace)
    for note in done.notes:
        session.say(note)
    verb = "made a repository in" if done.made else "set up"
    session.write(f"{verb} {visible(str(done.root))}\n")
