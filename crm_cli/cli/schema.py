"""`crm schema`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Verbs
from crm_cli.model.errors import NotFound

verbs = Verbs()


@verbs.add
def schema(
    session: Session,
    kind: Annotated[
        str, Argument(metavar="[KIND]", help="customer, product, segment, settings …")
    ] = "customer",
) -> None:
    """Write the JSON Schema of a kind of records, for editors and other programs.

    An editor with a YAML plugin completes keys by it, once the first line of a file says
    where it is: # yaml-language-server: $schema=../customer.schema.json

    crm schema > customer.schema.json
    crm schema settings
    """
    from crm_cli.formats.json_schema import schema as made
    from crm_cli.model.jsontext import indented
    from crm_cli.model.kind import normal
    from crm_cli.model.kinds import BY_NAME
    from crm_cli.model.settings import SETTINGS
    from crm_cli.model.text import did_you_mean

    known = {**BY_NAME, SETTINGS.name: SETTINGS}
    found = known.get(normal(kind))
    if found is None:
        near = did_you_mean(kind, known)
        raise NotFound(f"there is no kind {kind}", near or "crm schema customer is one")
    session.write(indented(made(found)) + "\n")
