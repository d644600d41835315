"""`crm config`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import DryRun, Json, NoHeader, Output
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.cli.writing import carry_out
from crm_cli.model.assignments import split_assignments
from crm_cli.model.errors import UsageError

verbs = Verbs()


@verbs.add
def list_(
    session: Session, output: Output = None, json: Json = False, no_header: NoHeader = False
) -> None:
    """List the settings, with their values and defaults.

    The table names the entries of a setting that has several; crm config get prints them.

    crm config list
    crm config get users
    """
    from crm_cli.cli.outputs import TABLE
    from crm_cli.features.configuring import outline, settings
    from crm_cli.formats.tables import Holds
    from crm_cli.model.cells import cell_text
    from crm_cli.model.rows import Column, Rows

    form = session.format(output, json)
    found = settings(session.workspace)
    values = [one.value for one in found]
    if form is TABLE:
        values = [outline(value) for value in values]
    elif form.holds is Holds.ROWS:
        values = [cell_text(value) for value in values]
    rows = [
        (one.key, value, one.default, one.doc) for one, value in zip(found, values, strict=True)
    ]
    columns = [Column(key) for key in ("key", "value", "default", "doc")]
    session.show(Rows(columns, rows, ids=[row[0] for row in rows]), form, header=not no_header)


@verbs.add
def get(
    session: Session,
    key: Annotated[str, Argument(metavar="KEY", help="A setting: business.name.")],
    json: Json = False,
) -> None:
    """Print the value of a setting, or its default.

    crm config get currency
    """
    from crm_cli.features.configuring import get as find
    from crm_cli.formats.tables import JSON
    from crm_cli.model.cells import cell_text

    setting = find(session.workspace, key)
    value = setting.default if setting.value is None else setting.value
    if json:
        session.show_record({"key": setting.key, "value": value}, JSON)
    elif value is not None:
        session.give(cell_text(value) + "\n")


@verbs.add
def set_(
    session: Session,
    values: Annotated[
        list[str], Argument(metavar="KEY=VALUE…", help="Settings; KEY= removes one.")
    ],
    force: Annotated[bool, Option("--force", help="Write what crm check warns of.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Change settings. A list of words may be made longer with +=.

    crm config set terms_days=14 business.name="Kava d.o.o."
    crm config set vocabulary.task_kind+=delivery
    """
    from crm_cli.features.configuring import change

    words, assignments = split_assignments(values)
    if words or not assignments:
        raise UsageError("write KEY=VALUE", "crm config set terms_days=14")
    plan = change(session.workspace, list(assignments), force=force)
    carry_out(session, plan, dry_run=dry_run)
