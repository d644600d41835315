"""`crm clone`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from crm_cli.cli.options import Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Verbs
from crm_cli.model.errors import CrmError, StorageError
from crm_cli.model.text import visible

verbs = Verbs()


@verbs.add
def clone(
    session: Session,
    url: Annotated[str, Argument(metavar="URL", help="A git repository: an address or a path.")],
    folder: Annotated[
        Path | None, Argument(metavar="[DIR]", help="The new folder; default: its name.")
    ] = None,
    yes: Yes = False,
) -> None:
    """Get a shared folder of customers onto this computer, ready for work.

    Clones it, looks at what it brings, trusts it, sets git up, and checks all that as crm
    doctor does. Nothing that it brings is run; files that could be are refused.

    crm clone ssh://kava.example/srv/kava.git
    crm clone /mnt/shared/kava.git kava --yes
    """
    from crm_cli.features.cloning import clone as fetch
    from crm_cli.features.cloning import folder_for

    place = folder_for(url, session.options.directory or Path(), folder)
    session.confirm(
        f"Clone it into {place}, and let crm run git there? Do so only where you know who made it.",
        yes=yes,
    )
    root = fetch(url, place, session.environ)
    there = Session(session.options._replace(directory=root), environ=session.environ)
    try:
        _ready(session, there, root)
    finally:
        there.close()


def _ready(session: Session, there: Session, root: Path) -> None:
    """Trust a clone, set it up, and say what of the set-up is not as it should be.

    Raises StorageError where the clone is there, and could not be set up.
    """
    from crm_cli.features.repository import set_up

    try:
        done = set_up(there.workspace)
    except CrmError as error:
        raise StorageError(
            f"{root} is cloned, and not set up: {error.message}",
            f"crm -C {root} git setup does it",
        ) from error
    for note in done.notes:
        session.say(visible(note))
    user = there.workspace.user
    who = f", where you are {visible(user)}" if user else ""
    session.write(f"cloned into {visible(str(root))}{who}\n")
    if not user:
        session.say("crm.yaml knows no user with your git name or e-mail: crm user add")
    _examine(session, there)


def _examine(session: Session, there: Session) -> None:
    """Say what of the set-up is not as it should be."""
    import sys

    from crm_cli.features.doctoring import Outside, State, examine

    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    today = session.options.today or session.environ.get("CRM_TODAY")
    for one in examine(lambda: there.workspace, session.environ, Outside(encoding, today)):
        if one.state is not State.OK:
            session.say(visible(f"{one.name}: {one.message}"))
            if one.run:
                session.say(visible(f"  {one.run}"))
        session.negative |= one.state is State.FAIL
