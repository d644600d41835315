"""`crm labels`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.documents import ForceTo, Format, To
from crm_cli.cli.options import Sort, Terms
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs

verbs = Verbs()


@verbs.add
def labels(
    session: Session,
    terms: Terms = None,
    sheet: Annotated[
        str, Option("--sheet", metavar="3x8", help="How many stand on A4: across x down.")
    ] = "3x8",
    sort: Sort = None,
    format: Format = None,
    to: To = None,
    force: ForceTo = False,
) -> None:
    """Make address labels of the customers that match query terms.

    Who died, or wants no letters, is left out and named.

    crm labels +vip country:SI --to labels.pdf
    crm labels @tasting-2026 --sheet 2x7 --sort postcode --to tasting.pdf
    """
    from pathlib import Path

    from crm_cli.cli.writing import few
    from crm_cli.features.consent import left_out
    from crm_cli.features.documents.labels import labels as found_of
    from crm_cli.features.documents.rendering import format_of, save
    from crm_cli.features.plan import counted
    from crm_cli.formats.documents.labels import labels_of, read_sheet
    from crm_cli.model.errors import NotFound
    from crm_cli.model.text import visible

    chosen = format_of(format, to)
    size = read_sheet(sheet)
    found = found_of(session.workspace, session.terms(terms), sort)
    if found.refused:
        session.say(f"{left_out(found.refused)}: {few(list(found.refused))}")
    if found.without:
        session.say(f"no address: {few(found.without)}")
    if not found.labels:
        raise NotFound("there is no label to make", "crm list has:addresses lists who has one")
    data = labels_of(found.labels, size, chosen)
    if to not in (None, "-"):
        save(Path(str(to)), data, force=force)
        session.say(f"{counted(len(found.labels), 'label')} written to {visible(str(to))}")
    elif chosen == "pdf":
        session.give_data(data)
    else:
        session.give(data.decode())
