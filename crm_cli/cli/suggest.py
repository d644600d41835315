"""`crm suggest`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from crm_cli.cli.options import SHAPE, Shape, Who
from crm_cli.cli.outputs import TABLE
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs
from crm_cli.formats.tables import Holds
from crm_cli.model.rows import Column, Rows

if TYPE_CHECKING:
    from crm_cli.features.suggesting import Next
    from crm_cli.model.card import Card

verbs = Verbs()

_OFFERS = (
    Column("product"),
    Column("name"),
    Column("why"),
    Column("reason"),
    Column("price", "price"),
    Column("currency"),
    Column("due", "date"),
    Column("last", "date"),
    Column("both", "integer"),
    Column("of", "integer"),
    Column("support", "share"),
    Column("confidence", "share"),
    Column("lift", "decimal"),
)
_MOST = 10
"""So many stand on the card unless asked for more."""
_Within = Annotated[
    str, Option("--within", metavar="14d", help="How far ahead to look for what is due again.")
]


@verbs.add
def suggest(session: Session, who: Who, within: _Within = "14d", shape: Shape = SHAPE) -> None:
    """Show when a customer will buy next, and what to offer them then.

    crm suggest ana
    crm suggest "+386 40 123 456" -n 3 --json
    crm list suggest:beans-1kg
    """
    from crm_cli.features.suggesting import suggest as find

    session.look_back(shape.as_of)
    form = session.form(shape)
    found = find(session.workspace, session.who(who), within=within)
    rows = _rows(found, shape.limit)
    if form is TABLE and not shape.cols:
        from crm_cli.render import shapes

        session.draw(shapes.card, _card(found, rows, shape.limit or _MOST))
    elif form.holds is Holds.RECORDS and not shape.cols:
        session.show_record(_object(found, rows), form)
    else:
        from crm_cli.cli.columns import only

        session.show(only(rows, shape.cols), form, header=not shape.no_header)


def _rows(found: Next, limit: int | None) -> Rows:
    rows = []
    for one in found.offers[:limit]:
        price, currency = found.prices.get(one.product, (None, None))
        figures: tuple[Any, ...] = (None,) * 5
        if (rule := one.rule) is not None:
            figures = (
                rule.both,
                rule.lefts,
                rule.support,
                rule.confidence,
                rule.lift,
            )
        rows.append((*one[:4], price, currency, one.due, one.last, *figures))
    return Rows(_OFFERS, rows, ids=[row[0] for row in rows], none="nothing to suggest")


def _object(found: Next, rows: Rows) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "last_purchase": found.last,
        "purchase_interval": found.interval,
        "next_purchase": found.next,
        "suggestions": [dict(zip(rows.keys, row, strict=True)) for row in rows.rows],
    }


def _card(found: Next, rows: Rows, most: int) -> Card:
    from crm_cli.model.card import Card, Fact, Section

    every = ""
    if found.interval is not None:
        every = f"usually every {'day' if found.interval == 1 else f'{found.interval} days'}"
    facts = [
        Fact("last purchase", found.last and found.last.isoformat()),
        Fact("next purchase", found.next and found.next.isoformat(), every),
    ]
    heading = {"again": "due again", "complement": "goes with it", "together": "others have it"}
    columns = (Column("product", label="product"), Column("why", label="why"),
               Column("reason", label="reason"))  # fmt: skip
    shown = [(row[1], heading[row[2]], row[3]) for row in rows.rows]
    sections = [Section(facts=facts)]
    if shown:
        sections.append(Section("What to offer", table=Rows(columns, shown[:most])))
        if len(shown) > most:
            sections.append(Section(text=f"and {len(shown) - most} more: -n {len(shown)}"))
    else:
        why = "nothing: no product is due again, and nothing goes with what they have"
        sections.append(Section("What to offer", text=why if found.last else
                                "nothing: they have bought nothing yet"))  # fmt: skip
    return Card(found.name, found.id, sections)
