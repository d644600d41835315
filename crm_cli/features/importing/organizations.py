"""The organizations of people in a file: linked where they are here, else added.

A column such as Company beside a person's name says where the person is. It is written as a link
to the organization's record, which is found by the id that the file's system has for it, or by
its name, and is never changed.
"""

from __future__ import annotations

import os
from collections import defaultdict
from typing import Any

from crm_cli.features.importing.known import Known
from crm_cli.features.importing.merging import Values
from crm_cli.features.importing.outcome import Outcome
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.ids import new_customer_id
from crm_cli.model.item import Item
from crm_cli.model.legal_forms import FORM_WORDS
from crm_cli.model.names import name_words
from crm_cli.model.places import CUSTOMERS
from crm_cli.workspace import Create, Workspace

_EXTERNAL = "external"
"""What a column says of an organization's id in the file's system."""
_PERSONAL = ("given_name", "family_name", "birth_date")


class Organizations:
    """Finds and adds organizations by name; `added` are the new ones, `unclear` those that are
    not linked, since several have the name, `taken_for` names of others but for the legal form,
    `titles` those of the `untitled` people without an organization, `joined` the people who were
    at others before. `taken` are all ids that new records must not have."""

    def __init__(
        self, workspace: Workspace, taken: set[str], known: Known | None = None, system: str = ""
    ) -> None:
        self._workspace = workspace
        self._known = known
        self._system = system
        self.taken = taken
        self._ids: dict[Any, list[str]] = defaultdict(list)
        self._named: set[str] = set(taken)
        self.added: list[Outcome] = []
        self.unclear: list[str] = []
        self.titles: list[str] = []
        self.untitled = 0
        self._people: set[str] = set()
        self._bare: dict[Any, list[str]] = defaultdict(list)
        self._formless: set[str] = set()
        self.taken_for: list[str] = []
        self.joined: list[str] = []
        self._new: dict[str, str] = {}
        columns = ("name", "id", "kind", *_PERSONAL)
        for name, id, kind, *own in workspace.select(CUSTOMER, cols=columns, ordered=False).rows:
            if kind == "person" or (kind is None and any(own)):
                self._people.add(id)
            elif name:
                self._note(name, id, sure=kind == "organization")

    def is_in_file(self, id: str, values: Values) -> None:
        """Note a record of the file, which people of the file may belong to."""
        self._named.add(id)
        own = (*_PERSONAL, "organizations")
        if values.get("kind") != "person" and not any(key in values for key in own):
            self._note(values["name"], id, sure=values.get("kind") == "organization")

    def _note(self, name: str, id: str, *, sure: bool = True) -> None:
        """Note a record by its name; without its legal form only what is `sure` no person."""
        self._ids[_key(name)].append(id)
        if not sure:
            return
        self._bare[_bare(name)].append(id)
        if not _has_form(name):
            self._formless.add(id)

    def _but_for_its_form(self, name: str) -> list[str]:
        """The one organization with a name that differs by a legal form, which one of both lacks;
        none where two are called so."""
        found = self._bare[_bare(name)]
        if len(found) != 1 or (_has_form(name) and found[0] not in self._formless):
            return []
        self.taken_for.append(f"{name} ({found[0]})")
        return found

    def joining(self, person: Item, values: Values) -> None:
        """Note who was at other organizations before."""
        held = {str(one.get("id")) for one in person.items("organizations")}
        said = [str(one.get("id")) for one in values.get("organizations", ())]
        self.joined += [f"{person.id} ({id})" for id in said if held and id not in held]

    def linked(self, values: Values) -> Values:
        """The values with the ids of organizations in place of their names."""
        if "organizations" not in values:
            return values
        links = [self._link(one) for one in values["organizations"]]
        found = [one for one in links if one]
        rest = {key: value for key, value in values.items() if key != "organizations"}
        return {**rest, "organizations": found} if found else rest

    def _link(self, one: Values) -> Values:
        one = dict(one)
        external = one.pop(_EXTERNAL, "")
        external = "" if ";" in external else external  # several: the name says the first
        ids = self._called(external) if external else []
        name = one.get("id")
        if len(ids) == 1:
            return {**one, "id": ids[0]}
        if not name:
            titles = [text for text in (one.get("title"), one.get("role")) if text]
            self.titles += titles
            self.untitled += bool(titles)
            return {}
        if name in self._named:
            return one
        ids = self._called(name) or self._ids[_key(name)]
        if external:
            ids = [id for id in ids if not self._is_other(id)]
        if len(ids) > 1:
            self.unclear.append(name)
            return {}
        if not ids and not external:
            ids = self._but_for_its_form(name)
        return {**one, "id": ids[0] if ids else self._add(name, external)}

    def _is_other(self, id: str) -> bool:
        """Whether an organization has another id in the file's system."""
        if self._known is not None and self._known.has_external(id):
            return True
        return id in self._new.values()

    def _called(self, external: str) -> list[str]:
        """The organizations that the file's system calls so by an external id."""
        if self._known is None or not self._system:
            return []
        if external in self._new:
            return [self._new[external]]
        found = self._known.by_external(self._system, external)
        return [id for id in found if id not in self._people]

    def _add(self, name: str, external: str = "") -> str:
        values = {"name": name, "kind": "organization"}
        if external and self._system:
            values |= {"source_system": self._system, "external_id": external}
        id = new_customer_id(name, "organization", self.taken, os.urandom)
        self.taken.add(id)
        self._note(name, id)
        if external:
            self._new[external] = id
        content = self._workspace.new_customer(values)
        self.added.append(Outcome(id, "new", Create(CUSTOMERS.file(id), content)))
        return id


def _key(name: str) -> Any:
    return name_words(name) or name


def _bare(name: str) -> Any:
    """The words of a name without its legal form."""
    return (name_words(name) - FORM_WORDS) or name


def _has_form(name: str) -> bool:
    return bool(name_words(name) & FORM_WORDS)
