"""`crm balance`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from crm_cli.cli.options import SHAPE, Shape, Where
from crm_cli.cli.outputs import TABLE
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Verbs
from crm_cli.formats.tables import Holds, TableFormat
from crm_cli.model.rows import Column, Rows

if TYPE_CHECKING:
    from crm_cli.features.balances import Account, Owing
    from crm_cli.model.card import Card

verbs = Verbs()

_OWING = (
    Column("id"),
    Column("name"),
    Column("balance", "money"),
    Column("overdue", "money"),
    Column("currency"),
    Column("oldest_due", "date"),
    Column("days_overdue", "integer"),
)
_INVOICES = tuple(
    # A card shows the headings of columns that have a label.
    Column(key, type, label=key)
    for key, type in (
        ("number", "text"),
        ("date", "date"),
        ("due", "date"),
        ("gross", "money"),
        ("paid", "money"),
        ("amount_due", "money"),
        ("currency", "text"),
        ("status", "text"),
        ("days_overdue", "integer"),
        ("id", "text"),
    )
)


@verbs.add
def balance(
    session: Session,
    who: Annotated[
        list[str] | None,
        Argument(
            metavar="[WHO|TERM…]",
            help="A customer, or query terms; default: all who owe.",
        ),
    ] = None,
    where: Where = None,
    shape: Shape = SHAPE,
) -> None:
    """Show who owes what, oldest due date first; for one customer, the open invoices.

    crm balance
    crm balance ana
    crm balance owner:me is:overdue -o csv
    """
    session.look_back(shape.as_of)
    form = session.form(shape)
    words = session.expand(who or ())
    if len(words) == 1 and who != ["-"] and where is None and not _is_term(session, words[0]):
        _of_one(session, words[0], form, shape.cols, header=not shape.no_header)
        return
    from crm_cli.cli.columns import only
    from crm_cli.features.balances import owing

    found, problems = owing(session.workspace, _terms(session, words), where=where)
    if who == ["-"] and not words:
        found = []
    session.report(problems)
    shown = found[: shape.limit]
    rows = Rows(
        _OWING,
        [(one.id, one.name, *one[3:]) for one in shown],
        ids=[one.id for one in shown],
        paths=[one.path for one in shown],
        tones=["alert" if one.days_overdue else "" for one in shown],
        total=_total(found) if len(shown) > 1 and not shape.cols else None,
        none="nobody owes anything",
    )
    session.show(only(rows, shape.cols), form, header=not shape.no_header)


def _is_term(session: Session, word: str) -> bool:
    from crm_cli.model.customer import CUSTOMER
    from crm_cli.query.who import is_term

    return is_term(word, session.workspace.scope(CUSTOMER))


def _terms(session: Session, words: Sequence[str]) -> list[str]:
    """Terms as they are; customers, where several are named, as one term of their ids."""
    terms = [word for word in words if _is_term(session, word)]
    named = [word for word in words if word not in terms]
    if named:
        ids = [session.who(word) for word in named]
        terms.append(f"id.is:{','.join(ids)}")
    return terms


def _total(found: Sequence[Owing]) -> list[Any]:
    """Of those that are known: for people, below the table."""
    held = [one for one in found if one.balance is not None]
    return [
        "total",
        None,
        sum((one.balance for one in held if one.balance), Decimal("0.00")),
        sum((one.overdue for one in held if one.overdue), Decimal("0.00")),
        held[0].currency if held else None,
        None,
        None,
    ]


def _of_one(
    session: Session, who: str, form: TableFormat, cols: str | None, *, header: bool
) -> None:
    from crm_cli.features.balances import account

    found = account(session.workspace, session.who(who))
    session.report(found.problems)
    if form is TABLE and not cols:
        session.show_card(_card(found))
    elif form.holds is Holds.RECORDS and not cols:
        session.show_record(_object(found), form)
    else:
        from crm_cli.cli.columns import only

        rows = _invoices(found).but(paths=[found.path for _ in found.invoices])
        session.show(only(rows, cols), form, header=header)


def _invoices(found: Account) -> Rows:
    return Rows(
        _INVOICES,
        [(*one[1:], one.id) for one in found.invoices],
        ids=[one.id for one in found.invoices],
        tones=["alert" if one.status == "overdue" else "" for one in found.invoices],
        none="no open invoices",
    )


def _object(found: Account) -> dict[str, Any]:
    keys = [column.key for column in _INVOICES]
    return {
        "id": found.id,
        "name": found.name,
        "balance": found.balance,
        "overdue": found.overdue,
        "currency": found.currency,
        "invoices": [dict(zip(keys, row, strict=True)) for row in _invoices(found).rows],
    }


def _card(found: Account) -> Card:
    from crm_cli.model.card import Card, Fact, Section
    from crm_cli.render.values import grouped

    if found.balance is None:
        owed = "not known: a rate is missing"
    else:
        owed = f"{grouped(abs(found.balance))} {found.currency}"
    credit = found.balance is not None and found.balance < 0
    facts = [Fact("we owe them" if credit else "balance", owed)]
    if found.overdue:
        facts.append(Fact("overdue", f"{grouped(found.overdue)} {found.currency}", tone="alert"))
    facts += [
        Fact("paid ahead", f"{grouped(amount)} {currency}")
        for amount, currency in found.unallocated
    ]
    sections = [Section(facts=facts), Section("Open invoices", table=_invoices(found))]
    return Card(found.name, found.id, sections)
