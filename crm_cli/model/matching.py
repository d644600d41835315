"""Matching lines of a bank's statement with invoices: what a line pays, and why.

A reference or a number in the text names an invoice; else an amount does, together with the
payer's account or name. What is certain is proposed, what is doubtful has its candidates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from crm_cli.model.iban import checks
from crm_cli.model.names import folded_name

_ZERO = Decimal(0)
_MOST_COMBINED = 12
"""Open invoices of a customer of which sums are tried."""
_LEAST = 4
"""Characters of a number that names an invoice by itself."""
_CREDITOR = re.compile(r"RF(\d\d)([A-Z0-9]{1,21})")
_SLOVENE = re.compile(r"SI(\d\d)(.*)")
_RUN = re.compile(r"[^\W_]+")


class Open(NamedTuple):
    """An invoice of which something is owed, or a credit note that is not used up (negative)."""

    customer: str
    id: str
    number: str
    owed: Decimal
    currency: str
    due: date | None


class Paid(NamedTuple):
    """A payment that was received: the line may be its return, or be it itself."""

    customer: str
    id: str
    day: date
    amount: Decimal
    currency: str
    named: str
    reference: str
    external_id: str


class Line(NamedTuple):
    """A line as far as it is matched by; `known` are the customers whom its account is of."""

    day: date
    amount: Decimal
    currency: str
    name: str
    iban: str
    text: str
    reference: str
    returned: bool = False


class Part(NamedTuple):
    """What of a line is a payment of one customer: (purchase's number or id, amount) of each
    purchase; what is left of `amount` lies on account."""

    customer: str
    amount: Decimal
    allocations: tuple[tuple[str, Decimal], ...]


class Match(NamedTuple):
    """What a line is: certain where it has parts, a payment that is `here` already, or one that
    is `returned`; else doubtful with candidates, or unknown."""

    reason: str
    parts: tuple[Part, ...] = ()
    here: str = ""
    returned: str = ""
    written_off: tuple[tuple[str, str, Decimal], ...] = ()
    """(customer, purchase, amount) of what was deducted on the way."""
    candidates: tuple[str, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether it is proposed."""
        return bool(self.parts or self.here or self.returned)


class Book:
    """What lines are matched with; it shrinks as lines are matched, one after the other."""

    def __init__(
        self,
        opened: Iterable[Open],
        paid: Iterable[Paid],
        names: Iterable[tuple[str, str]],
        accounts: dict[str, str],
        tolerance: Decimal,
    ) -> None:
        self.named: dict[str, dict[str, None]] = {}
        """The customers of each name; of several none is known to be meant."""
        for name, id in names:
            if folded := folded_name(name):
                self.named.setdefault(folded, {})[id] = None
        self.accounts = accounts
        """Customers by the accounts that they paid from before."""
        self.tolerance = tolerance
        self.open = {one.id: one for one in opened}
        self.paid = list(paid)
        self._by_key: dict[str, list[str]] = {}
        for one in self.open.values():
            self._by_key.setdefault(_key(one.number), []).append(one.id)
        self._paid_keys: dict[str, list[Paid]] = {}
        for payment in self.paid:
            self._paid_keys.setdefault(_key(payment.named), []).append(payment)

    def match(self, line: Line) -> Match:
        """What a line is; a certain one takes from what is open for those that follow."""
        if line.amount < 0:
            return self._debit(line)
        named, why = self._named(line)
        found = self._of_named(line, named, why) if named else self._of_payer(line)
        for part in found.parts:
            for id, amount in part.allocations:
                self._settle(id, amount)
        for _, id, amount in found.written_off:
            self._settle(id, amount)
        if found.here:
            self.paid = [one for one in self.paid if one.id != found.here]
        return found

    def _settle(self, id: str, amount: Decimal) -> None:
        one = self.open.get(id)
        if one is not None:
            left = one.owed - amount
            self.open[id] = one._replace(owed=left)
            if left <= 0:
                del self.open[id]

    # What a line names

    def _named(self, line: Line) -> tuple[list[Open], str]:
        """The open invoices that the reference or the text names, and by what."""
        for reference in _references(line.reference):
            ids = [id for id in self._by_key.get(reference, ()) if id in self.open]
            if ids and reference:
                return [self.open[id] for id in ids], f"reference {line.reference}"
        found = self._in_text(f"{line.text} {line.reference}")
        return found, f"number {', '.join(one.number for one in found)}" if found else ""

    def _in_text(self, text: str) -> list[Open]:
        ids: dict[str, None] = {}
        for key in _keys_in(text):
            for id in self._by_key.get(key, ()):
                if id in self.open and len(key) >= _LEAST:
                    ids[id] = None
        return [self.open[id] for id in ids]

    def _of_named(self, line: Line, named: Sequence[Open], why: str) -> Match:
        named = [one for one in named if one.owed > 0]
        numbers = [one.number for one in named]
        if len(set(numbers)) < len(numbers):
            return Match(f"{why}: several invoices have it", candidates=_told(named))
        if not named or any(one.currency != line.currency for one in named):
            return Match(f"{why}, in another currency", candidates=_told(named))
        owed = sum((one.owed for one in named), _ZERO)
        less = owed - line.amount
        customers = list(dict.fromkeys(one.customer for one in named))
        if less == 0:
            return Match(f"{why}, the amount fits", _parts(named, line.amount))
        if 0 < less <= self.tolerance:
            last = max(named, key=lambda one: one.owed)
            shares = [one._replace(owed=one.owed - less) if one is last else one for one in named]
            return Match(
                f"{why}, {less} less: charges",
                _parts(shares, line.amount),
                written_off=((last.customer, last.id, less),),
            )
        if len(customers) > 1:
            return Match(f"{why}, of several customers: the sum differs", candidates=_told(named))
        if not self._is_sure(line, named, why):
            return Match(f"{why}, the amount differs", candidates=_told(named))
        if less > 0 and len(named) == 1:
            part = Part(customers[0], line.amount, ((named[0].id, line.amount),))
            return Match(f"{why}, in part", (part,))
        if less < 0:
            over = _parts(named, owed)[0]._replace(amount=line.amount)
            return Match(f"{why}, {-less} more than is owed", (over,))
        return Match(f"{why}: less than their sum", candidates=_told(named))

    def _is_sure(self, line: Line, named: Sequence[Open], why: str) -> bool:
        """Whether the invoices are meant, though the amount does not say so: by a reference, by
        the number as it is written, or by the account or the name of their customer."""
        customer, _ = self._payer(line)
        if customer:
            return customer == named[0].customer
        text = f" {line.text.upper()} "
        return why.startswith("reference") or all(
            re.search(rf"(?<![^\W_]){re.escape(one.number.upper())}(?![^\W_])", text)
            for one in named
        )

    # Who pays

    def _of_payer(self, line: Line) -> Match:
        """By the amount, together with the account or the name of who paid."""
        if (here := self._here(line)) is not None:
            return here
        customer, why = self._payer(line)
        exact = [
            one for one in self.open.values()
            if one.owed == line.amount and one.currency == line.currency
        ]  # fmt: skip
        if customer:
            return self._of_customer(line, customer, why, exact)
        if called := self.called(line.name):
            return self._of_namesakes(line, called, exact)
        if exact:
            return Match("the amount fits, nobody is named", candidates=_told(exact))
        return Match("no number, account, name or amount is known")

    def _of_namesakes(
        self, line: Line, called: Sequence[str], exact: Sequence[Open]
    ) -> Match:
        """Of those who have one name, whoever paid: people decide."""
        fitting = [one for one in exact if one.customer in called]
        if len(fitting) > 1:
            return Match(f"name and amount fit {len(fitting)} invoices", candidates=_told(fitting))
        fits = "one invoice" if fitting else "nothing"
        theirs = fitting or [
            one for one in self.open.values()
            if one.customer in called and one.currency == line.currency and one.owed > 0
        ]  # fmt: skip
        return Match(
            f"the name is that of {len(called)} customers, the amount fits {fits}",
            candidates=_told(theirs) or tuple(called),
        )

    def _of_customer(
        self, line: Line, customer: str, why: str, exact: Sequence[Open]
    ) -> Match:
        theirs = [
            one for one in self.open.values()
            if one.customer == customer and one.currency == line.currency and one.owed > 0
        ]  # fmt: skip
        theirs.sort(key=lambda one: (one.due or date.max, one.number))
        fitting = [one for one in exact if one.customer == customer]
        if len(fitting) == 1:
            return Match(f"{why} and amount", _parts(fitting, line.amount))
        if fitting:
            return Match(f"{why} and amount, of several invoices", candidates=_told(fitting))
        if len(theirs) > 1 and sum((one.owed for one in theirs), _ZERO) == line.amount:
            return Match(f"{why}, all that is owed", _parts(theirs, line.amount))
        sums = _sums(theirs[:_MOST_COMBINED], line.amount)
        if len(sums) == 1:
            return Match(f"{why}, the sum of several invoices", candidates=_told(sums[0]))
        return Match(f"{why}, the amount fits nothing", candidates=_told(theirs) or (customer,))

    def _payer(self, line: Line) -> tuple[str, str]:
        if line.iban and (customer := self.accounts.get(line.iban.upper())):
            return customer, "account"
        if len(called := self.called(line.name)) == 1:
            return called[0], "name"
        return "", ""

    def called(self, name: str) -> list[str]:
        """The customers who have a name."""
        return [*self.named.get(folded_name(name), ())]

    def _here(self, line: Line) -> Match | None:
        """A payment that was written down before the bank told of it."""
        if not (keys := {*_keys_in(f"{line.text} {line.reference}")}):
            return None
        found = [
            one for key in keys if len(key) >= _LEAST for one in self._paid_keys.get(key, ())
            if not one.external_id and one.amount == line.amount
            and one.currency == line.currency and abs((one.day - line.day).days) <= _NEAR
            and one in self.paid
        ]  # fmt: skip
        if len(found) == 1:
            return Match(f"recorded on {found[0].day} for {found[0].named}", here=found[0].id)
        if found:
            return Match("recorded several times", candidates=tuple(one.id for one in found))
        named = [one for key in keys if len(key) >= _LEAST for one in self._paid_keys.get(key, ())]
        if named:
            first = named[0]
            return Match(f"{first.named} is paid already", candidates=(first.id, first.customer))
        return None

    # What is taken from the account

    def _debit(self, line: Line) -> Match:
        keys = {*_keys_in(f"{line.text} {line.reference}")}
        amount = -line.amount
        if line.returned:
            return self._return(line, keys, amount)
        for one in self.open.values():
            fits = one.owed == line.amount and one.currency == line.currency
            if fits and len(_key(one.number)) >= _LEAST and _key(one.number) in keys:
                self._settle(one.id, line.amount)
                part = Part(one.customer, line.amount, ((one.id, line.amount),))
                return Match(f"refund of {one.number}", (part,))
        customer, why = self._payer(line)
        paid = [one for key in keys if len(key) >= _LEAST for one in self._paid_keys.get(key, ())]
        if customer or paid:
            ids = tuple(dict.fromkeys(one.id for one in paid))
            return Match(
                f"taken from the account, {why or 'number'} known: a refund, or a return",
                candidates=(*ids, *((customer,) if customer else ())),
            )
        return Match("")

    def _return(self, line: Line, keys: set[str], amount: Decimal) -> Match:
        """The payment that a bank gave back, charges being more at most."""
        customer, _ = self._payer(line)
        found = [
            one for one in self.paid
            if one.currency == line.currency and one.day <= line.day
            and one.amount <= amount <= one.amount + _DEAREST
            and (
                (len(_key(one.named)) >= _LEAST and _key(one.named) in keys)
                or (one.reference and one.reference == line.reference)
                or (customer == one.customer and one.amount == amount)
            )
        ]  # fmt: skip
        if len(found) == 1:
            self.paid.remove(found[0])
            return Match(f"returned: payment of {found[0].day}", returned=found[0].id)
        ids = tuple(one.id for one in found)
        return Match("returned, by whom is not clear", candidates=ids)


_NEAR = 10
"""Days between a payment that was written down and the bank's line of it."""
_DEAREST = Decimal(50)
"""The most that a bank takes for a return, in the currency of the payment."""


def _parts(named: Sequence[Open], amount: Decimal) -> tuple[Part, ...]:
    """A payment for each customer; all of the amount, where there is one."""
    by_customer: dict[str, list[tuple[str, Decimal]]] = {}
    for one in named:
        by_customer.setdefault(one.customer, []).append((one.id, one.owed))
    return tuple(
        Part(customer, sum((owed for _, owed in of), _ZERO), tuple(of))
        for customer, of in by_customer.items()
    )


def _sums(theirs: Sequence[Open], amount: Decimal) -> list[tuple[Open, ...]]:
    """The sets of two or more invoices that come to an amount; no more than two of them."""
    found: list[tuple[Open, ...]] = []
    for size in range(2, len(theirs)):
        for some in combinations(theirs, size):
            if sum((one.owed for one in some), _ZERO) == amount:
                found.append(some)
                if len(found) == 2:
                    return found
    return found


def _told(of: Iterable[Open]) -> tuple[str, ...]:
    return tuple(one.number or one.id for one in of)[:9]


def _key(number: str) -> str:
    return "".join(_RUN.findall(number)).upper()


def _keys_in(text: str) -> list[str]:
    """What in a text may be a number: each run of letters and digits with a digit in it, and
    neighbouring runs together: `2026 0042`, `INV-2026/0042`, `SI00 2026-0042`."""
    runs = [run.upper() for run in _RUN.findall(text)][:200]
    found: dict[str, None] = {}
    for place in range(len(runs)):
        joined = ""
        for run in runs[place : place + 4]:
            joined += run
            if any(char.isdigit() for char in joined):
                found[joined] = None
    return list(found)


def _references(text: str) -> list[str]:
    """The numbers that a reference stands for: RF (ISO 11649) and SI without their prefix."""
    bare = "".join(text.split()).upper()
    found = []
    creditor = _CREDITOR.fullmatch(bare)
    if creditor is not None and checks(bare):
        found += [creditor[2], creditor[2].lstrip("0")]
    slovene = _SLOVENE.fullmatch(bare)
    if slovene is not None:
        found += [_key(slovene[2])]
        found += [_key(part) for part in slovene[2].split("-") if len(_key(part)) >= _LEAST]
    found.append(_key(bare))
    return list(dict.fromkeys(one for one in found if one))
