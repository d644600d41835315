"""`crm balance`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from crm_cli.cli.options import SHAPE, Alone, Owner, PeriodOf, Shape, Where, of_owner
from crm_cli.cli.outputs import TABLE
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Verbs
from crm_cli.formats.tables import Holds, TableFormat
from crm_cli.model.errors import UsageError
from crm_cli.model.rows import Column, Rows

if TYPE_CHECKING:
    from crm_cli.features.balances import Account, Owing
    from crm_cli.features.people import Together
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
_BY_RANK = (
    "number", "due", "amount_due", "currency", "status", "days_overdue", "gross", "date", "id",
    "paid", "credited",
)  # fmt: skip
_INVOICES = tuple(
    # A card shows the headings of columns that have a label.
    Column(key, type, label=key)
    for key, type in (
        ("number", "text"),
        ("date", "date"),
        ("due", "date"),
        ("gross", "money"),
        ("paid", "money"),
        ("credited", "money"),
        ("amount_due", "money"),
        ("currency", "text"),
        ("status", "text"),
        ("days_overdue", "integer"),
        ("id", "text"),
    )
)
_LINES = tuple(
    Column(key, type, label=key)
    for key, type in (
        ("date", "date"),
        ("what", "text"),
        ("charged", "money"),
        ("settled", "money"),
        ("balance", "money"),
        ("currency", "text"),
    )
)


@verbs.add
def balance(
    session: Session,
    who: Annotated[
        list[str] | None,
        Argument(
            metavar="[WHO|TERM…]",
            help="A customer, or query terms; default: all with a balance.",
        ),
    ] = None,
    where: Where = None,
    owner: Owner = None,
    period: PeriodOf = None,
    alone: Alone = False,
    shape: Shape = SHAPE,
) -> None:
    """Show who owes what, oldest due date first; for one customer, the open invoices.

    Those who have paid ahead, or are owed a credit note, come last, with a negative
    balance, so that the total is that of crm report aging. For one customer there is a
    statement as well: the balance before, what was billed and paid, the balance after;
    of the last 90 days, or --period.

    crm balance
    crm balance ana
    crm balance ana --period this-year
    crm balance hotel-adler --alone
    crm balance --owner me is:overdue -o csv
    """
    session.look_back(shape.as_of)
    form = session.form(shape)
    words = session.expand(who or ())
    one = len(words) == 1 and who != ["-"] and where is None and owner is None
    if one and not _is_term(session, words[0]):
        _of_one(session, words[0], form, shape, period, alone=alone)
        return
    if alone:
        raise UsageError(
            "--alone is for one organization: crm balance ORG --alone",
            "lists always show what each customer owes on their own",
        )
    if period is not None:
        raise UsageError(
            "--period is for one customer's statement: crm balance WHO --period P",
            "what is owed is of one day: --today or --as-of; the open invoices of a time are "
            f"crm purchase list is:owing --period {period}",
        )
    from crm_cli.cli.columns import only
    from crm_cli.features.balances import owing

    terms = [*_terms(session, words), *of_owner(owner)]
    found, problems = owing(session.workspace, terms, where=where)
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
    from crm_cli.model.customer import CUSTOMER
    from crm_cli.query.who import named_and_terms

    named, terms = named_and_terms(words, session.workspace.scope(CUSTOMER))
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
    session: Session,
    who: str,
    form: TableFormat,
    shape: Shape,
    period: str | None,
    *,
    alone: bool,
) -> None:
    from crm_cli.features.balances import account
    from crm_cli.features.people import together

    cols = shape.cols
    found = account(session.workspace, session.who(who), period)
    both = None if alone else together(session.workspace, found.id)
    session.report(found.problems)
    if form is TABLE and not cols:
        from crm_cli.render import shapes

        session.draw(shapes.card, _card(found, both))
    elif form.holds is Holds.RECORDS and not cols:
        answer = _object(found, with_lines=period is not None)
        session.show_record(answer | _people(both), form)
    else:
        from crm_cli.cli.columns import only

        rows = _invoices(found).but(paths=[found.path for _ in found.invoices])
        session.show(only(rows, cols), form, header=not shape.no_header)


def _people(both: Together | None) -> dict[str, Any]:
    """What the people of an organization owe on their own, and all together."""
    if both is None:
        return {}
    people = [
        {"id": one.id, "name": one.name, "balance": one.balance, "overdue": one.overdue}
        for one in both.people
    ]
    sums = {key: both.total(key) for key in ("balance", "overdue")}
    return {"with_people": {**sums, "people": people}}


def _invoices(found: Account) -> Rows:
    credited = any(one.credited for one in found.invoices)
    return Rows(
        _INVOICES,
        [(*one[1:-1], one.id) for one in found.invoices],
        ids=[one.id for one in found.invoices],
        tones=["alert" if one.status == "overdue" else "" for one in found.invoices],
        none="no open invoices",
        # Without what was credited the others would not add up.
        ranked=("paid", "credited", *_BY_RANK) if credited else _BY_RANK,
    )


def _statement(found: Account) -> Rows:
    return Rows(
        _LINES,
        [
            (one.day, one.what, one.charged, one.settled, one.balance, one.currency)
            for one in found.lines
        ],
        none="nothing was billed",
    )


def _object(found: Account, *, with_lines: bool) -> dict[str, Any]:
    keys = [column.key for column in _INVOICES]
    answer = {
        "id": found.id,
        "name": found.name,
        "balance": found.balance,
        "overdue": found.overdue,
        "currency": found.currency,
        "invoices": [dict(zip(keys, row, strict=True)) for row in _invoices(found).rows],
    }
    if with_lines:
        lines = [column.key for column in _LINES]
        answer["statement"] = [dict(zip(lines, row, strict=True)) for row in _statement(found).rows]
    return answer


def _card(found: Account, both: Together | None = None) -> Card:
    from crm_cli.model.card import Card, Fact, Section
    from crm_cli.model.cells import grouped

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
    invoices = _invoices(found)
    if not any(one.credited for one in found.invoices):
        from crm_cli.cli.columns import only

        invoices = only(invoices, ",".join(key for key in invoices.keys if key != "credited"))
    sections = [Section(facts=facts), Section("Open invoices", table=invoices)]
    owing = [] if both is None else [one for one in both.people if one.balance]
    if both is not None and owing:
        total = both.total("balance")
        said = "not known: a rate is missing" if total is None else grouped(total)
        told = [Fact(one.name, grouped(one.balance or 0), one.id) for one in owing]
        told.append(Fact("together", f"{said} {found.currency}" if total is not None else said))
        sections.append(Section("With their people", facts=told))
    if found.lines:
        sections.append(Section("Statement", table=_statement(found)))
    return Card(found.name, found.id, sections)
