"""`crm index`."""

from __future__ import annotations

from crm_cli.cli.options import Json, Output
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Verbs

verbs = Verbs()


@verbs.add
def status(session: Session, output: Output = None, json: Json = False) -> None:
    """Show the cache's path and contents.

    crm index status
    """
    session.workspace.checking = True
    session.show_record(session.workspace.index.status(), session.format(output, json))


@verbs.add
def rebuild(session: Session) -> None:
    """Rebuild the cache from the files. This changes no answer.

    crm index rebuild
    """
    index = session.workspace.index
    index.rebuild()
    session.write(f"read {index.status()['customers']:,} customers\n")


@verbs.add
def path(session: Session) -> None:
    """Print the path of the cache file, with the views of crm sql put into it.

    Nothing is printed if the cache is in memory.

    crm index path
    sqlite3 -readonly "$(crm index path)" .tables
    """
    import sqlite3

    from crm_cli.query.views import statements

    session.workspace.checking = True
    index = session.workspace.index
    try:
        index.put_views(statements())
    except sqlite3.OperationalError as error:
        session.say(f"the views of crm sql could not be put into the index: {error}")
    found = index.status()["path"]
    if found is None:
        session.say("the index is kept in memory: there is no folder for a cache")
        session.negative = True
    else:
        session.give(f"{found}\n")
