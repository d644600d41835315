"""What the directory already has, by everything that identifies it in a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Unreadable
from crm_cli.model.identity import alias
from crm_cli.model.item import Item
from crm_cli.model.kinds import BY_NAME, ENTRIES
from crm_cli.model.names import name_words
from crm_cli.model.phones import dialled
from crm_cli.query.lookups import former_ids
from crm_cli.workspace import Workspace

System = str
Ids = dict[str, list[str]]


class Known:
    """The customers and products of a directory by what identifies them.

    External ids are compared as they stand, spaces too; e-mails without regard to case,
    phones by their international form, or their digits where they have none.
    """

    def __init__(self, workspace: Workspace, system: System = "") -> None:
        self._workspace = workspace
        self._system = system
        self._country = workspace.business.country or None
        self._seen: dict[str, tuple[str, str] | Unreadable] = {}
        self._dialled: dict[str, str] = {}

    @cached_property
    def ids(self) -> set[str]:
        """All customers' ids."""
        return self._workspace.customer_ids()

    @cached_property
    def former(self) -> Mapping[str, str]:
        """The customers by each id that they had: of records merged since, and SYSTEM:ID."""
        return former_ids(self._workspace.database)

    @cached_property
    def external(self) -> Mapping[str, list[tuple[System, str]]]:
        """(system, id) of the customers with an external id."""
        found: dict[str, list[tuple[System, str]]] = defaultdict(list)
        columns = ("source_system", "external_id", "id")
        answer = self._workspace.select(CUSTOMER, ["has:external_id"], cols=columns)
        for system, external, id in answer.rows:
            found[external.strip()].append((system or "", id))
        return found

    def named(self, name: str) -> list[str]:
        """The customers with the words of a name: to find who says the very same, not who is
        called so."""
        return self._names.get(name_words(name) or name, [])

    @cached_property
    def _names(self) -> dict[frozenset[str] | str, list[str]]:
        found: dict[frozenset[str] | str, list[str]] = defaultdict(list)
        for name, id in self._workspace.select(CUSTOMER, cols=("name", "id"), ordered=False).rows:
            if name:
                found[name_words(name) or name].append(id)
        return found

    @cached_property
    def emails(self) -> Ids:
        """Customers' ids by e-mail."""
        return self._values("emails", _folded)

    @cached_property
    def phones(self) -> Ids:
        """Customers' ids by phone."""
        return self._values("phones", self.dialled)

    def _values(self, column: str, key: Callable[[str], str]) -> Ids:
        found: Ids = defaultdict(list)
        for values, id in self._workspace.select(CUSTOMER, cols=(column, "id")).rows:
            for value in dict.fromkeys(map(key, values or ())):
                if id not in found[value]:
                    found[value].append(id)
        return found

    def dialled(self, text: str) -> str:
        """A phone number in the form in which it is compared."""
        found = self._dialled.get(text)
        if found is None:
            # Each number is asked for several times, in more numbers than `e164` remembers.
            found = dialled(text, self._country)
            self._dialled[text] = found
        return found

    def by_external(self, system: System, external: str) -> list[str]:
        """The customers with exactly this id in this system (empty: no system is said)."""
        return [id for other, id in self.external.get(external, ()) if other == system]

    def has_external(self, id: str) -> bool:
        """Whether a customer has an id in the file's system, or in one that is not said."""
        return id in self._numbered

    @cached_property
    def _numbered(self) -> set[str]:
        systems = ("", self._system)
        held = (pair for pairs in self.external.values() for pair in pairs)
        return {id for system, id in held if system in systems}

    # References

    def customer(self, text: str) -> tuple[str, str]:
        """The customer that a cell means, and by what: id, external id, e-mail or phone.

        Raises Unreadable where it is nobody, or several.
        """
        found = self._seen.get(text)
        if found is None:
            try:
                found = self._customer(text)
            except Unreadable as error:
                found = error
            self._seen[text] = found
        if isinstance(found, Unreadable):
            raise found
        return found

    def _customer(self, text: str) -> tuple[str, str]:
        external = self.external.get(text, [])
        here = self._system if self._system in self.systems else ""
        others = [(system, id) for system, id in external if not (here and system)]
        systems = " or ".join(sorted({system for system, _ in others if system}))
        stages = (
            ([id for system, id in external if here and system == here], f"external id of {here}"),
            ([text] if text in self.ids else [], "id"),
            ([id for id in [self.former.get(text)] if id], "former id"),
            ([id for id in [self.former.get(alias(here, text))] if id], "former id"),
            ([id for _, id in others], f"external id{f' of {systems}' if systems else ''}"),
            (self.by_email(text) if "@" in text else [], "e-mail"),
            (self.phones.get(self.dialled(text), []) if _digits(text) > 4 else [], "phone"),
        )
        for ids, by in stages:
            if len(ids) > 1:
                raise Unreadable(f"{text!r} is {', '.join(sorted(ids)[:5])}", "give the id")
            if ids:
                return ids[0], by
        hint = "import the customers first; they are found by id, external_id, e-mail or phone"
        if "@" not in text and any(map(str.isalpha, text)) and (" " in text or not _digits(text)):
            hint = f"{hint}; --map takes a column of names as customer_name"
        raise Unreadable(f"there is no customer {text!r}", hint)

    def at_address(self, text: str) -> list[str]:
        """The customers with an e-mail address or a number, where a text is no id of one."""
        if text in self.ids or text in self.external:
            return []
        if "@" in text:
            return self.by_email(text)
        return self.phones.get(self.dialled(text), []) if _digits(text) > 4 else []

    def by_email(self, text: str) -> list[str]:
        """The customers with an e-mail address."""
        return self.emails.get(_folded(text), [])

    @cached_property
    def systems(self) -> set[str]:
        """The systems that customers came from."""
        return {system for held in self.external.values() for system, _ in held}

    @cached_property
    def directories(self) -> dict[str, dict[str, Item]]:
        """The entries of each kind that has a file of its own: products, by SKU."""
        return {
            kind.name: self._workspace.file(place.path).records for kind, place in ENTRIES.items()
        }

    @cached_property
    def _external(self) -> dict[tuple[str, str], list[tuple[System, str]]]:
        """(system, id) of the entries by kind and external id."""
        found: dict[tuple[str, str], list[tuple[System, str]]] = defaultdict(list)
        for name, entries in self.directories.items():
            for id, item in entries.items():
                if "external_id" in item.values:
                    system = item.values.get("source_system", "")
                    found[name, item.values["external_id"].strip()].append((system, id))
        return found

    def entry(self, name: str, text: str) -> str:
        """The id that a cell means of an entry of a kind: itself, or its external id.

        Raises Unreadable.
        """
        external = self._external.get((name, text), [])
        stages = (
            [id for system, id in external if self._system and system == self._system],
            [text] if text in self.directories[name] else [],
            [id for _, id in external],
        )
        kind = BY_NAME[name]
        called = ENTRIES[kind].key
        for found in stages:
            if len(found) > 1:
                ids = ", ".join(sorted(found)[:5])
                raise Unreadable(f"{text!r} is {ids}", f"give the {called}")
            if found:
                return found[0]
        raise Unreadable(
            f"there is no {name} {text!r}",
            f"import the {kind.key} first; they are found by {called} or external_id",
        )


def _folded(email: str) -> str:
    return email.strip().casefold()


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)
