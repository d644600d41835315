"""Making what subscriptions have due: a purchase for each occasion up to today, once each.

What was made is found in the data: each purchase names its subscription and the occasion, and
its id follows from the two, so that two clones that both make it make the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from crm_cli.features.items import find
from crm_cli.features.moves import at, split_terms
from crm_cli.features.numbers import NEXT, NUMBERED
from crm_cli.features.plan import Plan, counted
from crm_cli.features.purchases.entry import Entry, enter, label, total
from crm_cli.features.purchases.repricing import refuse_single
from crm_cli.model.dates import shifted
from crm_cli.model.errors import CrmError, NotFound, Problem, Refused
from crm_cli.model.ids import occasion_item_id
from crm_cli.model.item import Item
from crm_cli.model.people import death_of, died_on, has_died
from crm_cli.model.places import SETTINGS
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.recurring_revenue import amount_on, lines_on
from crm_cli.model.subscription import made_of, to_come
from crm_cli.query.lexer import quoted
from crm_cli.query.lookups import exists
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

_CARRIED = (
    "currency", "tax_included", "rounding", "payment_terms", "buyer_reference", "text", "owner",
)  # fmt: skip
"""What a purchase has from the first one of its subscription, as it stands there."""
_MAKER = "recur"


class Occasion(NamedTuple):
    """A day for which a customer's subscription has something to be made."""

    day: date
    customer: str
    pattern: Item

    @property
    def id(self) -> str:
        """The id of what is made for it."""
        return occasion_item_id(
            PURCHASE.letter, _MAKER, self.pattern.id, self.day.isoformat()
        )

    @property
    def said(self) -> str:
        """How it is spoken of: `p-9f3kx7d of ana-novak, 2026-12-01`."""
        return f"{self.pattern.id} of {self.customer}, {self.day}"


def recur(
    workspace: Workspace,
    terms: Sequence[str] = (),
    *,
    whose: Sequence[str] = (),
    draft: bool | None = None,
) -> Plan:
    """Plan to make what subscriptions have due up to today, the earliest first, numbers in order.

    `terms` choose among the subscriptions, `whose` are ids of customers or of subscriptions.
    With `draft` all that is made is a draft, or none is; else it is as the first purchase is.
    `max` of crm.yaml bounds how many are made. What is refused is left out, with all that comes
    later of that subscription, and told in the plan's problems. Raises NumberTaken, while it is
    written, where somebody else made one of them meanwhile.
    """
    due = _due(workspace, terms, whose)
    most: int = workspace.file(SETTINGS.path).record.get("max")
    making = _Making(workspace, draft)
    for one in due:
        if len(making.made) == most:
            break
        making.take(one)
    left = len(due) - len(making.made) - making.left_out
    notes = making.notes
    if left:
        notes.append(
            f"{counted(most, 'purchase')} are made in one run (max in crm.yaml); "
            f"{left:,} more are due: run it again"
        )
    return making.plan()._replace(notes=notes)


def _due(workspace: Workspace, terms: Sequence[str], whose: Sequence[str]) -> list[Occasion]:
    """The occasions up to today for which nothing was made, the earliest first."""
    today = workspace.clock.today
    found = []
    wanted = [*terms, "is:recurring", f"next_occurrence:..{today.isoformat()}"]
    for customer, id in workspace.items(PURCHASE, wanted):
        if whose and customer not in whose and id not in whose:
            continue
        record = workspace.document(customer).record
        purchases = record.items(PURCHASE.key)
        pattern = next((one for one in purchases if one.id == id), None)
        if pattern is None:
            continue
        for day in to_come(pattern, made_of(pattern, purchases)):
            if day > today:
                break
            one = Occasion(day, customer, pattern)
            if not exists(workspace.database, PURCHASE, "id", one.id):
                found.append(one)
    return sorted(found, key=lambda one: (one.day, one.customer, one.pattern.id))


class _Making:
    """What is made in one run, customer by customer, and what is left out."""

    def __init__(self, workspace: Workspace, draft: bool | None) -> None:
        self.workspace = workspace
        self.draft = draft
        self.made: list[str] = []
        self.notes: list[str] = []
        self.left_out = 0
        self._numbers: list[str] = []
        self._values: dict[str, list[dict[str, Any]]] = {}
        self._entries: dict[str, Entry] = {}
        self._texts: dict[str, bytes] = {}
        self._patterns: dict[str, list[str]] = {}
        self._stopped: dict[str, str] = {}
        self._problems: list[Problem] = []

    def take(self, one: Occasion) -> None:
        """Make what an occasion has due, or leave it out."""
        if one.pattern.id in self._stopped:
            self.left_out += 1
            return
        before = len(self._numbers)
        held = self._values.setdefault(one.customer, [])
        try:
            _refuse_died(one)
            self._refuse_closed(one)
            values = self._new(one)
            entry = self._enter(one, [*held, values])
        except CrmError as error:
            del self._numbers[before:]
            self._leave_out(one, error)
            return
        held.append(values)
        self._entries[one.customer] = entry
        made = entry.made[-1]
        self.made.append(made.id)
        self.notes.append(
            f"{one.day}: {label(made)} of {entry.customer}: {total(made)}, {made.id}"
        )

    def _new(self, one: Occasion) -> dict[str, Any]:
        """The fields of a purchase for an occasion, but for what every new one gets."""
        pattern, first = one.pattern, one.pattern.values["date"]
        draft = pattern.get("status") == "draft" if self.draft is None else self.draft
        kind = pattern.get("kind")
        values: dict[str, Any] = {"id": one.id, "date": one.day}
        if kind != "sale":
            values["kind"] = kind
        if draft:
            values["status"] = "draft"
        if kind in NUMBERED and not draft:
            values["number"] = NEXT
        values |= {key: pattern.values[key] for key in _CARRIED if key in pattern.values}
        if "delivery" in pattern.values:
            values["delivery"] = "processing"
        if "required" in pattern.values:
            values["required"] = shifted(one.day, (pattern.values["required"] - first).days)
        if pattern.items("lines"):
            values["lines"] = lines_on(pattern, one.day)
        elif (amount := amount_on(pattern, one.day)) is not None:
            values["amount"] = amount
        values |= {"subscription": pattern.id, "recurrence_id": one.day}
        return self._due_at_last(one, values)

    def _due_at_last(self, one: Occasion, values: dict[str, Any]) -> dict[str, Any]:
        """An invoice that no terms of payment make due is due as long after its date as the
        first one."""
        due, first = one.pattern.values.get("due_date"), one.pattern.values["date"]
        credit = one.pattern.owner.values.get("credit")
        terms = credit.values.get("terms_days") if credit is not None else None
        if due is None or terms is not None or self.workspace.business.terms_days is not None:
            return values
        return {**values, "due_date": shifted(one.day, max(0, (due - first).days))}

    def _enter(self, one: Occasion, purchases: list[dict[str, Any]]) -> Entry:
        """All that a customer gets; the subscriptions have their ids written down with it."""
        patterns = self._patterns.setdefault(one.customer, [])
        named = [*patterns, *([] if one.pattern.written_id else [one.pattern.id])]

        def also(document: Any) -> None:
            for id in named:
                document.writable(id)

        entry = enter(
            self.workspace, one.customer, purchases, also=also, counted=self._numbers,
            trial=self._file(one.customer),
        )  # fmt: skip
        self._patterns[one.customer] = named
        return entry

    def _file(self, customer: str) -> Document:
        """A customer's file; read once, so that it cannot fail between two of their purchases."""
        path = self.workspace.path_of(customer)
        if customer not in self._texts:
            try:
                self._texts[customer] = self.workspace.tree.read(path)
            except FileNotFoundError:
                raise NotFound(f"{path} has gone") from None
        return self.workspace.open(path, self._texts[customer])

    def _refuse_closed(self, one: Occasion) -> None:
        until = self.workspace.business.closed_until
        if self.draft or not until or one.day.isoformat() > until or self.workspace.force_closed:
            return
        raise Refused(
            f"the books are closed until {until}",
            f"crm set {one.pattern.id} exdate+={one.day} leaves that day out; "
            "--draft makes a draft, which may be dated later",
        )

    def _leave_out(self, one: Occasion, error: CrmError) -> None:
        self._stopped[one.pattern.id] = error.message
        self.left_out += 1
        node = one.pattern.node
        self._problems.append(
            Problem(
                self.workspace.path_of(one.customer),
                node.line if node is not None else 0,
                node.column if node is not None else 0,
                "not-made",
                f"{one.said} is not made: {error.message}",
                error.hint,
            )
        )

    def plan(self) -> Plan:
        """One change of all that is made."""
        entries = [self._entries[one] for one in self._entries]
        steps: tuple[Edit, ...] = tuple(entry.edit for entry in entries)
        if not steps:
            return Plan(Change("make no purchase", ()), "", problems=self._problems)
        many = f"{counted(len(self.made), 'purchase')} for subscriptions"
        return Plan(
            Change(f"make {many}", steps),
            f"made {many} of {counted(len(steps), 'customer')}",
            list(self._entries),
            made=self.made,
            problems=self._problems,
        )


def _refuse_died(one: Occasion) -> None:
    customer = one.pattern.owner
    if not has_died(customer, one.day):
        return
    death = death_of(customer)
    day = (died_on(death) if death is not None else None) or one.day
    raise Refused(
        f"{one.customer} has died", f"crm set {one.pattern.id} until={day} ends the subscription"
    )


def meant(
    workspace: Workspace, words: Sequence[str], *, strict: bool
) -> tuple[list[str], list[str]]:
    """The query terms among words, and the ids of the customers and subscriptions that the others
    name.

    Raises NotFound and Ambiguous, and UsageError for what is no subscription.
    """
    named, terms = split_terms(workspace, PURCHASE, words)
    whose = []
    for word in named:
        found = find(workspace, word, PURCHASE, strict=True)
        if found is not None:
            refuse_single(at(workspace, *found))
            whose.append(found[1])
            continue
        customer = workspace.who(word, strict=strict)
        term = f"customer.is:{quoted(customer)}"
        if not workspace.items(PURCHASE, [term, "is:recurring"]):
            raise NotFound(
                f"{customer} has no subscription",
                f"crm invoice add {customer} --line … --every month adds one",
            )
        whose.append(customer)
    return terms, whose
