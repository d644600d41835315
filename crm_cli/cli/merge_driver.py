"""`crm merge-driver`, which git calls."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Verbs

verbs = Verbs()


@verbs.add
def merge_driver(
    session: Session,
    base: Annotated[Path, Argument(metavar="BASE", help="The common ancestor.")],
    ours: Annotated[Path, Argument(metavar="OURS", help="Our file; the result goes there.")],
    theirs: Annotated[Path, Argument(metavar="THEIRS", help="Their file.")],
    path: Annotated[str, Argument(metavar="PATH", help="The file's name, for messages.")],
) -> None:
    """Merge three versions of a record; git calls this, crm git setup tells it to.

    crm merge-driver base.yaml ours.yaml theirs.yaml customers/ana-novak.yaml
    """
    from crm_cli.features.merging import merge_files

    conflicts = merge_files(base, ours, theirs, path, session.environ)
    for line in conflicts:
        session.say(line)
    session.negative = bool(conflicts)
