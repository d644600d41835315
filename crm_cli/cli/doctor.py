"""`crm doctor`."""

from __future__ import annotations

import sys

from crm_cli.cli.options import Json, NoHeader, Output
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Verbs

verbs = Verbs()


@verbs.add
def doctor(
    session: Session, output: Output = None, json: Json = False, no_header: NoHeader = False
) -> None:
    """Check the set-up, and suggest what to run; exit 1 if a check fails.

    crm doctor
    """
    from crm_cli.cli.outputs import TABLE
    from crm_cli.features.doctoring import Outside, State, examine
    from crm_cli.model.rows import Column, Rows
    from crm_cli.render import shapes

    outside = Outside(
        getattr(sys.stdout, "encoding", None) or "utf-8",
        session.options.today or session.environ.get("CRM_TODAY"),
    )
    found = examine(lambda: session.workspace, session.environ, outside)
    form = session.format(output, json)
    if form is TABLE:
        session.draw(shapes.checkup, found)
    else:
        keys = ("check", "state", "message", "run")
        rows = [(one.name, one.state.value, one.message, one.run or None) for one in found]
        session.show(Rows([Column(key) for key in keys], rows), form, header=not no_header)
    session.negative = any(one.state is State.FAIL for one in found)
