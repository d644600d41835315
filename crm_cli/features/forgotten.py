"""Money and promises that may have been forgotten, each with the command that mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import local_date, shifted
from crm_cli.model.deal import DEAL
from crm_cli.model.invoice_law import EU
from crm_cli.model.kind import Kind
from crm_cli.model.line import CREDIT_NOTE
from crm_cli.model.money import decimal_text
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.numbering import around, counted, is_of_any_day, missing
from crm_cli.model.payment import PAYMENT
from crm_cli.model.places import SETTINGS
from crm_cli.model.purchase import PURCHASE
from crm_cli.query.lexer import quoted
from crm_cli.workspace import Workspace

DRAFT_DAYS = 7
"""So long a draft may lie."""
QUOTE_DAYS = 7
"""So long before it lapses a quote is told of."""


class Forgotten(NamedTuple):
    """What may have been forgotten: `day` is since when, or when it is too late; `owner` whose
    matter it is.

    `amount` is in `currency`.
    """

    finding: str
    customer: str
    name: str
    what: str
    day: date | None
    amount: Decimal | None
    currency: str | None
    mend: str
    id: str | None
    owner: str | None


Ask = Callable[[Kind, Sequence[str], Sequence[str]], Sequence[Sequence[Any]]]
"""The rows of a kind that further terms describe, with columns."""

_OF_PURCHASE = ("customer", "customer.name", "owner", "id", "number", "date")


def delivered(workspace: Workspace, ask: Ask) -> Iterator[Forgotten]:
    """Orders that were delivered, as far as nothing of them is invoiced."""
    terms = ("kind.is:order", "is:counted", "delivery.is:delivered")
    cols = (*_OF_PURCHASE, "shipped", "net", "currency")
    for who, name, owner, id, number, day, shipped, net, currency in ask(PURCHASE, terms, cols):
        yield Forgotten(
            "not_invoiced", who, name or who, f"order {number or id} is delivered",
            shipped or day, net, currency,
            f"crm purchase add {who} --kind invoice order={number or id} "
            f"--amount {decimal_text(net)}",
            id, owner,
        )  # fmt: skip


def drafts(workspace: Workspace, ask: Ask) -> Iterator[Forgotten]:
    """Drafts that have lain for more than a week."""
    before = shifted(workspace.clock.today, -DRAFT_DAYS - 1)
    cols = (*_OF_PURCHASE, "kind", "gross", "currency")
    # Drafts are few; sought by their day, nearly all purchases would be looked at out of order.
    for who, name, owner, id, number, day, kind, gross, currency in ask(
        PURCHASE, ("is:draft",), cols
    ):
        if day is None or day > before:
            continue
        what = f"draft of {str(kind).replace('_', ' ')} {number or id}"
        yield Forgotten(
            "draft", who, name or who, what, day, gross, currency, f"crm purchase post {id}", id,
            owner,
        )  # fmt: skip


def broken_promises(workspace: Workspace, ask: Ask) -> Iterator[Forgotten]:
    """Invoices whose payment was promised for a day that is past."""
    cols = (*_OF_PURCHASE, "promised", "amount_due", "currency")
    terms = ("is:owing", "promised.before:today")
    for who, name, owner, id, number, _, day, owed, currency in ask(PURCHASE, terms, cols):
        yield Forgotten(
            "promise", who, name or who, f"payment of {number or id} was promised", day, owed,
            currency, f"crm task add {who} {_word(f'Ask for the payment of {number or id}')}"
            " --due today", id, owner,
        )  # fmt: skip


def lapsing(workspace: Workspace, ask: Ask) -> Iterator[Forgotten]:
    """Quotes that lapse within a week, or have lapsed in the last one, unanswered."""
    today = workspace.clock.today
    days = f"{shifted(today, -QUOTE_DAYS)}..{shifted(today, QUOTE_DAYS)}"
    cols = (*_OF_PURCHASE, "valid_until", "net", "currency")
    terms = ("kind.is:quote", "is:posted", f"valid_until:{days}",
             "not:quote_status.is:accepted,declined")  # fmt: skip
    for who, name, owner, id, number, _, day, net, currency in ask(PURCHASE, terms, cols):
        yield Forgotten(
            "quote", who, name or who, f"quote {number or id} lapses", day, net, currency,
            f"crm task add {who} {_word(f'Ask about quote {number or id}')} --due today", id, owner,
        )  # fmt: skip


def won_deals(workspace: Workspace, ask: Ask) -> Iterator[Forgotten]:
    """Won deals of which no purchase came; where there are purchases since then that name no deal,
    it may be one of these."""
    cols = ("customer", "customer.name", "owner", "id", "name", "closed_at", "value", "currency")
    named = {str(deal) for (deal,) in ask(PURCHASE, ("has:deal",), ("deal",))}
    others: dict[str, list[tuple[date, str]]] = {}
    for who, id, day in ask(PURCHASE, ("is:counted", "no:deal"), ("customer", "id", "date")):
        if day is not None:
            others.setdefault(who, []).append((day, id))
    for who, name, owner, id, title, closed, value, currency in ask(DEAL, ("is:won",), cols):
        if id in named:
            continue
        won = None if closed is None else local_date(closed, workspace.business.time_zone)
        since = sorted(one for one in others.get(who, ()) if won is None or one[0] >= won)
        amount = f" --amount {decimal_text(value)}" if value is not None else ""
        what = f"won, no purchase found: {title or id}"
        mend = f"crm purchase add {who} --kind invoice deal={id}{amount}"
        if since:
            none = f"none of {len(since):,} purchases since then names it"
            told = none if since[1:] else "the purchase since then does not name it"
            what = f"won, but {told}: {title or id}"
            mend = f"crm set {since[0][1]} deal={id}"
        yield Forgotten(
            "won_deal", who, name or who, what, won, value,
            currency if value is not None else None, mend, id, owner,
        )  # fmt: skip


def steps(workspace: Workspace, ask: Ask) -> Iterator[Forgotten]:
    """Open deals whose next step is written down, but that no task and no planned contact is
    about."""
    cols = ("customer", "customer.name", "owner", "id", "name", "next_step", "created")
    terms = ("is:open", "has:next_step", "has_next_step:no")
    for who, name, owner, id, title, step, day in ask(DEAL, terms, cols):
        yield Forgotten(
            "next_step", who, name or who, f"{title or id}: {step}", day, None, None,
            f"crm task add {who} {_word(step)} --due fri deal={id}", id, owner,
        )  # fmt: skip


def unpriced(workspace: Workspace, ask: Ask) -> Iterator[Forgotten]:
    """Posted purchases whose amount nobody knows, or that no rate converts."""
    cols = (*_OF_PURCHASE, "net", "currency", "priced")
    rates, base = workspace.business.rates, workspace.business.currency
    rows = ask(PURCHASE, ("is:posted", "is:unpriced"), cols)
    foreign = ask(PURCHASE, ("is:posted", f"not:currency.is:{base}"), cols)
    for who, name, owner, id, number, day, _, _, _ in rows:
        yield Forgotten(
            "no_price", who, name or who, f"{number or id} has no price", day, None, None,
            f"crm edit {id}", id, owner,
        )  # fmt: skip
    for who, name, owner, id, number, day, net, currency, priced in foreign:
        if priced and rates.rate(currency, day or date.max) is None:
            yield Forgotten(
                "no_rate", who, name or who, f"{number or id} has no rate", day, net, currency,
                f"rates.yaml: {day or workspace.clock.today}: {{{currency}: …}}", id, owner,
            )  # fmt: skip


def untaxed(workspace: Workspace, ask: Ask) -> Iterator[Forgotten]:
    """Numbered invoices and credit notes that cannot be printed: of a line neither a tax rate is
    known nor why there is none. Those of other programs are left out, they print their own."""
    own = workspace.file(SETTINGS.path).record.values.get("business")
    country = "" if own is None else str(own.values.get("country") or "")
    if own is None or not own.values.get("tax_id") or (country and country not in EU):
        return
    cols = (*_OF_PURCHASE, "gross", "currency")
    terms = ("kind.is:invoice,credit_note", "is:posted", "has:number", "no:external_id")
    for which in ("line/no:tax_rate/not:tax_category.is:Z,E,AE,K,G,O", "has:amount"):
        for who, name, owner, id, number, day, gross, currency in ask(
            PURCHASE, (*terms, which), cols
        ):
            yield Forgotten(
                "untaxed", who, name or who, f"{number} cannot be printed: a line has no tax rate",
                day, gross, currency, f"crm edit {id}", id, owner,
            )  # fmt: skip


def unreachable(workspace: Workspace, ask: Ask) -> Iterator[Forgotten]:
    """Customers who owe, and whom no mail, telephone or letter reaches."""
    cols = ("id", "name", "owner", "balance")
    terms = ("is:owing", "no:email", "no:phone", "no:address")
    for who, name, owner, balance in ask(CUSTOMER, terms, cols):
        yield Forgotten(
            "unreachable", who, name or who, "owes, and cannot be reached", None, balance,
            workspace.business.currency, f"crm set {who} email=…", None, owner,
        )  # fmt: skip


def unallocated(workspace: Workspace, ask: Ask) -> Iterator[Forgotten]:
    """Payments that pay no invoice, as far as they do not."""
    cols = (
        "customer", "customer.name", "customer.owner", "id", "date", "unallocated", "currency",
        "amount",
    )  # fmt: skip
    rows = ask(PAYMENT, ("unallocated.over:0",), cols)
    for who, name, owner, id, day, left, currency, amount in rows:
        what, mend = f"payment {id} pays no invoice", f"crm set {id} for=NUMBER"
        if amount is not None and left < amount:
            # What it pays stays paid: the rest pays what is owed next, or goes back.
            rest = decimal_text(left)
            what = f"{rest} {currency} of payment {id} pays nothing"
            asked = rest if currency == workspace.business.currency else f"'{rest} {currency}'"
            mend = f"crm invoice add {who} --amount {asked} --text …, or "
            mend += f"crm payment add {who} {asked} --refund"
        yield Forgotten(
            "payment", who, name or who, what, day, left, currency, mend, id, owner
        )


def over_limit(workspace: Workspace, ask: Ask) -> Iterator[Forgotten]:
    """Customers who owe more than their credit limit."""
    base, rates = workspace.business.currency, workspace.business.rates
    cols = ("id", "name", "owner", "balance", "credit.limit", "credit.currency")
    for who, name, owner, balance, limit, currency in ask(CUSTOMER, ("has:credit.limit",), cols):
        most = rates.convert(limit, currency or base, workspace.clock.today)
        if balance is not None and most is not None and balance > most:
            yield Forgotten(
                "over_limit", who, name or who, f"owes more than {decimal_text(limit)}", None,
                balance, base, f"crm balance {who}", None, owner,
            )  # fmt: skip


DATED = (delivered, drafts, broken_promises)
"""What concerns a day, of purchases: it is in what is due, too."""
def gaps(workspace: Workspace, ask: Ask) -> Iterator[Forgotten]:
    """Numbers of invoices and credit notes that nothing has, among those of their series, and
    numbers of another day's series."""
    for kind in ("invoice", CREDIT_NOTE):
        pattern = workspace.business.numbers[kind]
        terms = (f"kind.is:{kind}", "not:is:draft", "has:number", "has:date")
        chosen = {row[0] for row in ask(PURCHASE, terms, ("id",))}
        node = workspace.node(workspace.scope(PURCHASE), terms)
        series: dict[str, dict[int, tuple[Any, ...]]] = {}
        for row in workspace.rows(PURCHASE, node, _OF_PURCHASE, everything=True):
            number, day = row[4:]
            place = counted(pattern, number, day)
            if place is not None:
                series.setdefault(around(pattern, day)[0], {})[place] = row
            elif is_of_any_day(pattern, number) and row[3] in chosen:
                yield _gap(row, f"{number} is no number of its date")
        for found in series.values():
            first = min(found.values(), key=lambda row: row[5])
            for said, after in missing(pattern, first[5], found):
                if found[after][3] in chosen:
                    yield _gap(found[after], f"{said} before {found[after][4]}")


def _gap(row: tuple[Any, ...], what: str) -> Forgotten:
    who, name, owner, id, _, day = row
    return Forgotten(
        "number", who, name or who, what, day, None, None,
        f"crm log {who} {_word(f'{what}: …')}", id, owner,
    )  # fmt: skip


FINDINGS = (
    delivered, won_deals, drafts, unpriced, untaxed, unreachable, unallocated, over_limit, lapsing,
    broken_promises, steps,
)  # fmt: skip
"""All of it, in the order in which it is told."""


def _word(text: str) -> str:
    return quoted(" ".join(str(text).split()))
