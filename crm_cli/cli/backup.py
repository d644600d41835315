"""`crm backup` and `crm restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Verbs
from crm_cli.model.text import visible

verbs = Verbs()


@verbs.add
def backup(
    session: Session,
    file: Annotated[
        Path, Argument(metavar="FILE", help="The new file: .tar, or .tar.gz for a smaller one.")
    ],
) -> None:
    """Write all files of the folder, and git's history, into one new file.

    It is a tar that anything can open, with the history as a git bundle in it. Only you
    can read it; the same folder gives the same file. The index and the undo of commands
    stay out.

    crm backup ~/kava-2026-11-20.tar.gz
    """
    from crm_cli.features.backups import backup as write
    from crm_cli.features.plan import counted

    session.workspace.waiting = lambda holder: session.say(f"waiting for {visible(holder)} …")
    done = write(session.workspace, file)
    for note in done.notes:
        session.say(visible(note))
    history = ", and the history" if done.history else ""
    session.write(f"{counted(done.files, 'file')}{history}: {visible(str(file))}\n")


@verbs.add
def restore(
    session: Session,
    file: Annotated[Path, Argument(metavar="FILE", help="What crm backup wrote.")],
    folder: Annotated[Path, Argument(metavar="DIR", help="A new folder, or an empty one.")],
) -> None:
    """Put a backup into an empty folder; nothing of it is run.

    Archives with links, devices, paths that lead elsewhere or repositories in them are
    refused.

    crm restore ~/kava-2026-11-20.tar.gz kava
    """
    from crm_cli.features.backups import restore as put_back
    from crm_cli.features.plan import counted

    place = (session.options.directory or Path()) / folder
    done = put_back(file, place, session.environ)
    history = ", and the history" if done.history else ""
    session.write(f"{counted(done.files, 'file')}{history}: {visible(str(place))}\n")
    if done.history:
        session.say(visible(f"crm -C {place} git setup has it go on; its remote is not known"))
