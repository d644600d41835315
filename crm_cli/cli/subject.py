"""`crm subject`."""

from __future__ import annotations

from crm_cli.cli.options import Json, Output, Who
from crm_cli.cli.outputs import TABLE
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Verbs

verbs = Verbs()


@verbs.add
def subject(session: Session, who: Who, output: Output = None, json: Json = False) -> None:
    """Show all that is held of a customer, to be given to whoever asks for their data.

    Their record, mentions in others' records, lines of the bank, what was sent to them,
    and the changes that git knows.

    crm subject ana-novak
    crm subject ana-novak --json > ana.json
    """
    from crm_cli.features.history import history
    from crm_cli.features.subject import as_object, page
    from crm_cli.features.subject import subject as find

    form = session.format(output, json)
    found = find(session.workspace, session.who(who), history)
    if form is TABLE:
        from crm_cli.render import shapes

        session.draw(shapes.sections, page(found))
    else:
        session.show_record(as_object(found), form)
