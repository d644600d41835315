"""Rows of customers: whom each is about, by what identifies a person, and never by a name."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator

from crm_cli.features.importing.known import Known
from crm_cli.features.importing.merging import Values, changes, says
from crm_cli.features.importing.outcome import Outcome, Reject
from crm_cli.formats.drafts import Draft
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.ids import is_customer_id, new_customer_id
from crm_cli.model.item import Item
from crm_cli.model.places import CUSTOMERS
from crm_cli.store.document import Document
from crm_cli.workspace import Create, Edit, Workspace, new_record


def plan_customers(
    workspace: Workspace, drafts: list[Draft], known: Known, advance: Callable[[], None]
) -> Iterator[Outcome | Reject]:
    """What each row comes to: a new customer, a changed one, or why it cannot be."""
    matching = _Matching(workspace, known, drafts)
    taken = set(known.ids)
    said: dict[str, int] = {}
    for draft in drafts:
        advance()
        values = _named(draft.values)
        found = matching.match(values)
        if isinstance(found, str):
            yield Reject(draft, found)
        elif found is not None and found.id in said:
            yield Reject(draft, f"{found.id} is in line {said[found.id]} already")
        elif found is not None:
            said[found.id] = draft.line
            yield _known(workspace, found, values, known)
        elif not values.get("name"):
            yield Reject(draft, "there is no name")
        else:
            made = _new(workspace, values, taken, draft)
            if isinstance(made, Outcome):
                said[made.id] = draft.line
            yield made


def _named(values: Values) -> Values:
    """A person's name from its parts, where the file has no whole one."""
    parts = [values[key] for key in ("given_name", "family_name") if values.get(key)]
    return values if "name" in values or not parts else {"name": " ".join(parts), **values}


def _new(workspace: Workspace, values: Values, taken: set[str], draft: Draft) -> Outcome | Reject:
    wanted = values.get("id")
    if wanted is None:
        id = new_customer_id(values["name"], values.get("kind", ""), taken, os.urandom)
    elif is_customer_id(wanted):
        id = wanted
    else:
        return Reject(draft, f"{wanted!r} cannot be an id: small letters, digits, dots, hyphens")
    taken.add(id)
    record = {key: value for key, value in values.items() if key != "id"}
    return Outcome(
        id,
        "new",
        Create(CUSTOMERS.file(id), new_record(CUSTOMER, record, workspace.business)),
    )


def _known(workspace: Workspace, found: Item, values: Values, known: Known) -> Outcome:
    said = {key: value for key, value in values.items() if key != "id"}
    if says(found, _spelled(found, said, known)):
        return Outcome(found.id, "unchanged")

    def update(document: Document) -> None:
        for step in changes(document.record, _spelled(document.record, said, known), None):
            step(document)

    return Outcome(found.id, "changed", Edit(workspace.path_of(found.id), update))


def _spelled(record: Item, values: Values, known: Known) -> Values:
    """The values with e-mails and phones spelt as the record has them, where it has them.

    They are kept as somebody typed them; another spelling is no other number.
    """
    said = dict(values)
    for key, form in (("emails", str.casefold), ("phones", known.dialled)):
        if key in said:
            there = {form(text): text for text in reversed(record.texts(key))}
            said[key] = [
                {**one, "value": there.get(form(one["value"]), one["value"])}
                if "value" in one
                else one
                for one in said[key]
            ]
    return said


class _Matching:
    """Finds the customer that a row is about.

    Our own id; else source system and external id; else an e-mail, else a phone, that
    one customer has and one row of the file. Where several have it, the name decides among
    them. A row without any of these is about nobody, unless a customer says all of it.
    """

    def __init__(self, workspace: Workspace, known: Known, drafts: list[Draft]) -> None:
        self._workspace = workspace
        self._known = known
        self._emails = Counter(text for one in drafts for text in self._keys(one.values, "emails"))
        self._phones = Counter(text for one in drafts for text in self._keys(one.values, "phones"))
        self._used: set[str] = set()

    def match(self, values: Values) -> Item | str | None:
        """The customer, None for a new one, or why it cannot be said."""
        if "id" in values:
            return self._record(values["id"]) if values["id"] in self._known.ids else None
        external = values.get("external_id")
        if external is not None:
            system = values.get("source_system", "")
            ids = self._known.by_external(system, external)
            if len(ids) > 1:
                return f"{external!r} is {', '.join(sorted(ids)[:5])}"
            if ids:
                return self._record(ids[0])
        for key, held, counts in (
            ("emails", self._known.emails, self._emails),
            ("phones", self._known.phones, self._phones),
        ):
            for text in self._keys(values, key):
                candidates = [self._record(id) for id in held.get(text, ())]
                found = self._among(candidates, values, counts[text])
                if found is not None:
                    return found
        if external is None and not self._has_keys(values):
            return self._same(values)
        return None

    def _among(self, candidates: list[Item], values: Values, rows: int) -> Item | str | None:
        """The one of those that have an e-mail or phone of the row."""
        external = values.get("external_id")
        if external is not None:
            # Somebody else in the same system, who shares the address.
            system = values.get("source_system", "")
            candidates = [
                one
                for one in candidates
                if "external_id" not in one.values or one.values.get("source_system", "") != system
            ]
        if len(candidates) == 1 and rows == 1:
            return candidates[0]
        named = [one for one in candidates if one.values.get("name") == values.get("name")]
        if len(named) > 1:
            ids = ", ".join(sorted(one.id for one in named)[:5])
            return f"it may be {ids}: give external_id or id"
        return named[0] if named else None

    def _same(self, values: Values) -> Item | None:
        """A customer who says all that the row says, each for one row only."""
        name = str(values.get("name", ""))
        same = [
            one for one in map(self._record, self._known.names.get(name, ())) if says(one, values)
        ]
        found = next((one for one in same if one.id not in self._used), None)
        if found is not None:
            self._used.add(found.id)
        return found

    def _record(self, id: str) -> Item:
        return self._workspace.record(id)

    def _has_keys(self, values: Values) -> bool:
        return bool(self._keys(values, "emails") or self._keys(values, "phones"))

    def _keys(self, values: Values, key: str) -> list[str]:
        texts = [str(one["value"]) for one in values.get(key, ()) if one.get("value")]
        if key == "emails":
            return [text.casefold() for text in texts]
        return [self._known.dialled(text) for text in texts]
