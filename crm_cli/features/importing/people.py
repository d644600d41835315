"""The rows of one file that are about the same customer, put together.

Rows belong together by the same rule as a row and a customer that is here (`identity`). What
they say is taken as if each were imported after the one before: the later counts, lists grow.
"""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from crm_cli.features.importing.identity import (
    FORMER,
    NAMES,
    Address,
    Customers,
    Doubt,
    Match,
    addresses,
    agree,
    apart,
    called,
    external_key,
)
from crm_cli.features.importing.known import Known
from crm_cli.features.importing.merging import Values
from crm_cli.formats.drafts import Draft
from crm_cli.formats.kept_lines import lines_together
from crm_cli.model.contacts import PHONE
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.kind import Kind, ListOf
from crm_cli.model.names import name_words
from crm_cli.model.writing import SIMPLE


class Person:
    """What the rows about one customer say together.

    `match` is who it is here, None for somebody new; `doubt` why that cannot be said. `places`
    are those of the rows among all of the file, `named` is whether one of them has a name itself.
    `former` is what rows say by an id that the customer had before a merge.
    Of a hundred thousand there may be one for each row: what they say is held as bytes.
    """

    __slots__ = (
        "_packed", "addresses", "doubt", "former", "id", "key", "lines", "match", "named", "names",
        "places",
    )

    def __init__(self, place: int, draft: Draft, values: Values) -> None:
        self.places = [place]
        self.lines = [draft.line]
        self.values = values
        self.named = "name" in draft.values
        self.match: Match | None = None
        self.doubt: Doubt | None = None
        self.names: tuple[str, ...] = tuple({called(values)} - {""})
        self.key = external_key(values)
        self.id: str | None = values.get("id")
        self.addresses: tuple[Address, ...] = ()
        self.former: Values = {}

    @property
    def values(self) -> Values:
        """What the rows say; a copy, which is to be put back where it is changed."""
        found: Values = pickle.loads(self._packed)
        return found

    @values.setter
    def values(self, values: Values) -> None:
        self._packed = pickle.dumps(values, pickle.HIGHEST_PROTOCOL)


class People:
    """Groups rows by whom they are about, in the order of the file."""

    def __init__(self, customers: Customers, known: Known) -> None:
        self._customers = customers
        self._known = known
        self._persons: list[Person] = []
        self._here: dict[str, Person] = {}
        self._ids: dict[str, Person] = {}
        self._external: dict[tuple[str, str], Person] = {}
        self._addresses: dict[tuple[str, str], list[Person]] = defaultdict(list)
        self._contents: dict[Any, Person] = {}
        self.differing: list[str] = []

    def __iter__(self) -> Iterator[Person]:
        return iter(self._persons)

    def settle(self) -> None:
        """Take those for new whose doubt is about a customer that another row means; to be called
        once, after the last row."""
        for person in self._persons:
            person.addresses = ()
            if person.doubt is not None and person.doubt.other in self._here:
                person.doubt = None
        self._addresses.clear()
        self._external.clear()
        self._contents.clear()

    def add(self, place: int, draft: Draft, values: Values) -> None:
        """Put a row to the person that it is about."""
        found = self._customers.match(values)
        match = found if isinstance(found, Match) else None
        person = self._person(values, match)
        if person is None:
            person = Person(place, draft, values)
            self._persons.append(person)
        else:
            self._join(person, place, draft, values, match)
        if isinstance(found, Doubt) and person.match is None:
            person.doubt = found
        elif match is not None:
            person.match = person.match or match
            person.doubt = None
            self._here.setdefault(match.id, person)
        self._note(person, values)

    def _person(self, values: Values, match: Match | None) -> Person | None:
        """The person of earlier rows that a row is about."""
        if match is not None and match.id in self._here:
            return self._here[match.id]
        key = external_key(values)
        person = self._ids.get(values.get("id", ""))
        if person is None and key is not None:
            person = self._external.get(key)
        if person is None and "id" not in values:
            person = self._by_address(values, key)
        if person is None and match is None:
            person = self._contents.get(_content(values))
        if person is None or match is None or person.match is None:
            return person
        return person if person.match.id == match.id else None

    def _by_address(self, values: Values, key: tuple[str, str] | None) -> Person | None:
        name = called(values)
        for address in addresses(values, self._known):
            fitting = [
                one
                for one in self._addresses[address]
                if all(self._agree(name, other, values, one, address) for other in one.names)
                and one.id is None
                and (one.key is None or key is None or one.key[0] != key[0])
            ]
            if len(fitting) == 1:
                return fitting[0]
        return None

    def _agree(
        self, name: str, other: str, values: Values, person: Person, address: tuple[str, str]
    ) -> bool:
        if address[0] != "phones" or not name:
            return agree(name, other)
        mine, theirs = set(addresses(values, self._known)), set(person.addresses)
        return not apart(name, other, mine, theirs) and agree(name, other)

    def _join(
        self, person: Person, place: int, draft: Draft, values: Values, match: Match | None
    ) -> None:
        before = person.match
        if match is None or before is None or (match.by == FORMER) is (before.by == FORMER):
            held = person.values
            for text in together(held, values, self._known):
                self.differing.append(f"line {draft.line}: {text}")
            person.values = held
        elif match.by == FORMER:
            person.former = filled(values, person.former, self._known)
        else:
            person.former = filled(person.values, person.former, self._known)
            person.values, person.match = values, match
        person.places.append(place)
        person.lines.append(draft.line)
        person.named |= "name" in draft.values
        person.names = tuple({*person.names, called(values)} - {""})
        person.key = person.key or external_key(values)

    def _note(self, person: Person, values: Values) -> None:
        key = external_key(values)
        if "id" in values:
            self._ids.setdefault(values["id"], person)
        if key is not None:
            self._external.setdefault(person.key if key == person.key else key, person)
        found = addresses(values, self._known)
        for address in found:
            if person not in self._addresses[address]:
                self._addresses[address].append(person)
        person.addresses = tuple(dict.fromkeys((*person.addresses, *found)))
        if not found and key is None and "id" not in values:
            self._contents.setdefault(_content(values), person)


def _content(values: Values) -> str:
    return repr(sorted(values.items(), key=lambda pair: pair[0]))


def together(values: Values, more: Values, known: Known) -> Iterator[str]:
    """Add to `values` what another row says of the same; yields what it says otherwise."""
    for key, value in more.items():
        field = CUSTOMER.by_key.get(key)
        held = values.get(key)
        if held is None or held == value:
            values[key] = value
        elif field is not None and isinstance(field.type, ListOf):
            values[key] = _united(field.type.kind, held, value, known)
        elif isinstance(value, dict):
            values[key] = {**held, **value}
        elif key in NAMES and agree(str(held), str(value)):
            values[key] = max(held, value, key=lambda name: len(name_words(str(name))))
        elif key == "vcard":
            values[key] = lines_together(held, value)
        elif key not in ("external_id", "source_system", "card_uid"):
            yield f"{key} is {value}, not {held} as before"
            values[key] = value


def filled(values: Values, more: Values, known: Known) -> Values:
    """The values, with what other rows say besides: where both say something, `values` count."""
    merged = dict(more)
    for _ in together(merged, values, known):
        pass
    own = (*NAMES, "external_id", "source_system", "card_uid")
    return {**merged, **{key: values[key] for key in own if key in values}}


def _united(kind: Kind, held: list[Values], more: list[Values], known: Known) -> list[Values]:
    """The items of two rows; of those that one text can stand for each once."""
    simple = SIMPLE if SIMPLE in kind.by_key else kind.title
    if kind.shorthand is None or not all(simple in one for one in (*held, *more)):
        return more if len(more) >= len(held) else [*more, *held[len(more) :]]
    form = known.dialled if kind is PHONE else str.casefold
    found = {form(str(one[simple])): one for one in held}
    for one in more:
        text = form(str(one[simple]))
        found[text] = {**one, **found.get(text, {})}
    return list(found.values())
