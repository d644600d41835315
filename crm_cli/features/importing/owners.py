"""Whose an item is: the customer that a row names, or whose invoice it names.

A row may name the customer by id, external id, e-mail or phone in one column, by e-mail in
another and by name in a third; what they say has to fit. A row that names no customer, but an
item of one (the invoice that a payment is for), means that item's customer. A name alone means
the one customer that has all its words, and no others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property

from crm_cli.features.importing.identity import agree
from crm_cli.features.importing.known import Known
from crm_cli.features.importing.merging import Values
from crm_cli.formats.targets import CUSTOMER, CUSTOMER_EMAIL, CUSTOMER_NAME, OWNERS
from crm_cli.model.consent import CONSENT, is_refusal
from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes import Reference
from crm_cli.model.kind import Field, Kind
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.names import name_words
from crm_cli.workspace import Workspace

KEYS = frozenset(field.key for field in OWNERS)


class Owners:
    """Finds the customers of items; `counts` tells by what, for each row."""

    def __init__(self, workspace: Workspace, known: Known, kind: Kind) -> None:
        self._workspace = workspace
        self.business = workspace.business
        self._known = known
        self._kind = kind
        self.counts: Counter[str] = Counter()

    def owners(self, values: Values) -> list[str]:
        """The ids of those whose item a row is: mostly one, or none. A refusal by an address
        that several have is of them all. Raises Unreadable."""
        if self._kind is CONSENT and is_refusal(values):
            text = values.get(CUSTOMER.key) or values.get(CUSTOMER_EMAIL.key, "")
            several = self._known.at_address(text)
            if len(several) > 1:
                self.counts["address"] += 1
                return several
        return [self.owner(values)]

    def owner(self, values: Values) -> str:
        """The id of the customer of a row, empty where it names none.

        Raises Unreadable where it is nobody, or several.
        """
        text = values.get(CUSTOMER.key, "")
        email = values.get(CUSTOMER_EMAIL.key, "")
        found: tuple[str, str] | None
        if text:
            found = self._by_text(text, email, values)
        elif email:
            found = self._by_email(email, values)
        else:
            found = self._by_reference(values) or self._by_name(values.get(CUSTOMER_NAME.key, ""))
        if found is None:
            return ""
        id, by = found
        self.counts[by] += 1
        return id

    def _by_text(self, text: str, email: str, values: Values) -> tuple[str, str]:
        try:
            id, by = self._known.customer(text)
        except Unreadable:
            if email and self._known.by_email(email):
                return self._by_email(email, values)
            named = self._by_reference(values)
            if named is not None and agree(text, self._name(named[0])):
                return named
            if (called := self._unnumbered(values)) is not None:
                return called
            raise
        others = self._known.by_email(email) if email else []
        if others and id not in others and not any(self._belongs(one, id) for one in others):
            raise Unreadable(
                f"{text!r} is {self._name(id)} ({id}) here, and {email} is "
                f"{self._name(others[0])} ({others[0]})",
                "leave out the one that is wrong",
            )
        return id, by

    def _unnumbered(self, values: Values) -> tuple[str, str] | None:
        """The customer of a row's name, where the system knows them by no other id."""
        try:
            found = self._by_name(values.get(CUSTOMER_NAME.key, ""))
        except Unreadable:
            return None
        if found is None or self._known.has_external(found[0]):
            return None
        return found

    def _belongs(self, id: str, organization: str) -> bool:
        """Whether a person belongs to an organization."""
        links = self._workspace.record(id).items("organizations")
        return any(link.get("id") == organization for link in links)

    def _by_email(self, email: str, values: Values) -> tuple[str, str]:
        ids = self._known.by_email(email)
        name = values.get(CUSTOMER_NAME.key, "")
        agreeing = [id for id in ids if agree(self._name(id), name)] if len(ids) > 1 else ids
        if len(agreeing) == 1:
            return agreeing[0], "e-mail" if len(ids) == 1 else "e-mail and name"
        if ids:
            raise Unreadable(f"{email!r} is {', '.join(sorted(ids)[:5])}", "give the id")
        return self._known.customer(email)

    def _by_name(self, name: str) -> tuple[str, str] | None:
        """The only customer of a name; None without one."""
        words = name_words(name)
        if not words:
            return None
        ids = self._names.get(words, [])
        if len(ids) == 1:
            return ids[0], "name"
        if ids:
            shown = ", ".join(sorted(ids)[:5])
            raise Unreadable(f"{name!r} is {shown}", "add a column customer to say which")
        raise Unreadable(f"there is no customer {name!r}", "import the customers first")

    @cached_property
    def _names(self) -> dict[frozenset[str], list[str]]:
        """The customers by the words of their names, legal names and nicknames."""
        found: dict[frozenset[str], list[str]] = defaultdict(list)
        columns, kind = ("id", "name", "legal_name", "nickname"), BY_NAME["customer"]
        for id, *names in self._workspace.select(kind, cols=columns, ordered=False).rows:
            for words in {name_words(name) for name in names if name}:
                found[words].append(id)
        return found

    def _by_reference(self, values: Values) -> tuple[str, str] | None:
        """The customer of the item that a row refers to, None where it refers to none."""
        for field, to in self._references:
            text = values.get(field.key)
            if text is None:
                continue
            owners = self._holders[to.name].get(str(text), [])
            if len(owners) > 1:
                shown = ", ".join(sorted(owners)[:5])
                raise Unreadable(
                    f"{to.name} {text} is one of {shown}", "add a column customer to say whose"
                )
            if not owners:
                raise Unreadable(
                    f"there is no {to.name} {text}",
                    f"import the {to.key} first, or add a column customer",
                )
            return owners[0], f"{to.name}"
        return None

    @cached_property
    def _references(self) -> list[tuple[Field, Kind]]:
        """The fields that name an item of the same customer."""
        found = []
        for field in self._kind.fields:
            type = field.type
            to = BY_NAME.get(type.to) if isinstance(type, Reference) else None
            if to is not None and to.letter and not type.anywhere:
                found.append((field, to))
        return found

    @cached_property
    def _holders(self) -> dict[str, dict[str, list[str]]]:
        """The customers of items by what references call them, for each kind."""
        return {to.name: self._held(to) for _, to in self._references}

    def _held(self, kind: Kind) -> dict[str, list[str]]:
        """The customers by ids and names of their items; an invoice goes before an order."""
        found: dict[str, list[str]] = defaultdict(list)
        for names, customer in self._named(kind):
            for name in names:
                if name and customer not in found[name]:
                    found[name].append(customer)
        return found

    def _named(self, kind: Kind) -> Iterator[tuple[tuple[str, ...], str]]:
        columns = ("id", *((kind.named_by,) if kind.named_by else ()), "customer")
        for *names, customer in self._workspace.select(kind, cols=columns, ordered=False).rows:
            yield tuple(names), customer

    def _name(self, id: str) -> str:
        return str(self._workspace.record(id).values.get("name") or id)
