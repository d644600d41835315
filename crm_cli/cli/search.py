"""`crm search`."""

from __future__ import annotations

from crm_cli.cli.options import SHAPE, Shape, Words
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Verbs

verbs = Verbs()


@verbs.add
def search(
    session: Session,
    words: Words,
    shape: Shape = SHAPE,
) -> None:
    """Find words anywhere in the records, and show where each was found.

    crm search renewal offer
    crm search sustar
    """
    from crm_cli.cli.columns import only
    from crm_cli.features.searching import search as find
    from crm_cli.model.rows import Column, Rows

    session.look_back(shape.as_of)
    hits = find(session.workspace, words, limit=shape.limit)
    rows = Rows(
        [Column(key) for key in ("id", "name", "where", "text")],
        [(hit.id, hit.name, hit.where, hit.text) for hit in hits],
        none="nothing found",
    )
    session.show(only(rows, shape.cols), session.form(shape), header=not shape.no_header)
