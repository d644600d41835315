"""The customers that rows mean."""

from __future__ import annotations

from collections.abc import Iterable

from crm_cli.features.importing.identity.rule import (
    BY_CONTENT,
    BY_ID,
    FORMER,
    NAMES,
    OTHER_SYSTEM,
    Address,
    Doubt,
    Match,
    agree,
    apart,
    called,
    external_key,
)
from crm_cli.features.importing.identity.unread import Unread
from crm_cli.features.importing.known import Known
from crm_cli.features.importing.merging import Values, says
from crm_cli.model.identity import alias
from crm_cli.model.item import Item
from crm_cli.model.names import name_words, names_agree
from crm_cli.workspace import Workspace


class Customers:
    """Finds the customers of a directory that rows mean."""

    def __init__(
        self,
        workspace: Workspace,
        known: Known,
        *,
        own_ids: bool = True,
        guessed_system: bool = False,
    ) -> None:
        self._workspace = workspace
        self._known = known
        self._own_ids = own_ids
        self._guessed_system = guessed_system
        self._unread = Unread(workspace, known)

    def match(self, values: Values) -> Match | Doubt | None:
        """The customer, None for a new one, or why it cannot be said."""
        found = self._match(values)
        if found is None:
            path = self._unread.who(values, addresses(values, self._known))
            if path:
                return Doubt(f"it may be {path}, which cannot be read as a whole: correct it first")
        return found

    def _match(self, values: Values) -> Match | Doubt | None:
        if "id" in values:
            return self._by_id(values)
        key = external_key(values)
        if key is not None:
            found = self._by_external(key, values)
            if found is not None:
                return found
        found = self._by_address(values, key)
        if found is None and key is None and not addresses(values, self._known):
            return self._same(values)
        return found

    def _by_id(self, values: Values) -> Match | Doubt | None:
        id = values["id"]
        if id not in self._known.ids:
            former = self._known.former.get(id)
            return None if former is None else Match(former, FORMER)
        record = self._record(id)
        if self._own_ids or self._fits(record, values):
            return Match(id, BY_ID)
        return Doubt(
            f"id {id} is {_name(record)} here, and {values.get('name')} in the file: "
            f"with --map, id: id says that they are one, id: external_id that they are two"
        )

    def _fits(self, record: Item, values: Values) -> bool:
        """Whether a record has the name of a row, or an e-mail or phone of it."""
        if agree(_name(record), called(values)):
            return True
        return not self._held(record).isdisjoint(addresses(values, self._known))

    def _held(self, record: Item) -> set[Address]:
        held = {("emails", text.casefold()) for text in record.texts("emails")}
        return held | {("phones", self._known.dialled(text)) for text in record.texts("phones")}

    def _by_external(self, key: tuple[str, str], values: Values) -> Match | Doubt | None:
        system, external = key
        ids = self._known.by_external(system, external)
        if len(ids) > 1:
            return Doubt(f"{external!r} is {_listed(ids)}: {_ways_out('id')}")
        if ids and self._guessed_system and not self._fits(self._record(ids[0]), values):
            here = f"{_name(self._record(ids[0]))} ({ids[0]})"
            return Doubt(
                f"external id {external} of {system} is {here} here, and {called(values)} in the "
                f"file: {OTHER_SYSTEM}"
            )
        if ids and _differ(self._record(ids[0]), values):
            here = f"{_name(self._record(ids[0]))} ({ids[0]})"
            return Doubt(
                f"external id {external} of {system or 'no system'} is {here} here, and "
                f"{called(values)} in the file: a person and an organization. In a map, "
                f'"company-{{Column}}": external_id tells two numberings apart'
            )
        if ids:
            return Match(ids[0], f"external id of {system}" if system else "external id")
        if (former := self._known.former.get(alias(system, external))) is not None:
            return Match(former, FORMER)
        # An id that came without a system, or now does: the same only if the names are.
        loose = [
            id
            for other, id in self._known.external.get(external, ())
            if not (other and system) and names_agree(_name(self._record(id)), called(values))
        ]
        return Match(loose[0], "external id and name") if len(loose) == 1 else None

    def _by_address(self, values: Values, key: tuple[str, str] | None) -> Match | Doubt | None:
        name = called(values)
        others: dict[str, str] = {}
        for list, held, noun in (
            ("emails", self._known.emails, "e-mail"),
            ("phones", self._known.phones, "phone"),
        ):
            texts = [text for one, text in addresses(values, self._known) if one == list]
            ids = {id: text for text in texts for id in held.get(text, ())}
            possible = [id for id in ids if not self._elsewhere(id, key)]
            agreeing = [id for id in possible if self._agrees(id, name, values, list)]
            if agreeing:
                by = f"{noun} and name" if name else f"{noun}, no name given"
                return self._one(agreeing, values, by)
            if list == "emails" and len(ids) == 1:
                others = {id: ids[id] for id in possible}
        for id, text in others.items():
            return Doubt(
                f"{text} is {_name(self._record(id))} ({id}) here, and {name} in the file: "
                "write the name as it is here if they are one, else give it a new id (id: id in a "
                "map)",
                id,
            )
        return None

    def _agrees(self, id: str, name: str, values: Values, by: str) -> bool:
        """Whether names agree; a person is no organization whose name is within theirs."""
        record = self._record(id)
        here = _name(record)
        person = any(key in values for key in NAMES[1:])
        if person and record.values.get("kind") == "organization":
            return name_words(here) == name_words(name)
        if by == "phones" and name:
            held, said = self._held(record), set(addresses(values, self._known))
            if apart(here, name, held, said):
                return False
        return agree(here, name)

    def _one(self, ids: list[str], values: Values, by: str) -> Match | Doubt:
        """The one of several that agree: who says it all, or has exactly this name."""
        if len(ids) == 1:
            return Match(ids[0], by)
        records = [self._record(id) for id in ids]
        for chosen in (
            [one for one in records if says(one, values)],
            [one for one in records if one.values.get("name") == values.get("name")],
        ):
            if len(chosen) == 1 or (chosen and all(says(one, values) for one in chosen)):
                return Match(chosen[0].id, by)
        return Doubt(f"it may be {_listed(ids)}: {_ways_out('id')}")

    def _elsewhere(self, id: str, key: tuple[str, str] | None) -> bool:
        """Whether a customer is somebody else in the system that the row comes from."""
        if key is None:
            return False
        record = self._record(id)
        system, external = record.values.get("source_system", ""), record.values.get("external_id")
        return external is not None and system == key[0] and external != key[1]

    def _same(self, values: Values) -> Match | None:
        """A customer who says all that the row says, of the name its words."""
        rest = {key: value for key, value in values.items() if key not in NAMES}
        for id in self._known.named(str(values.get("name", ""))):
            if says(self._record(id), rest):
                return Match(id, BY_CONTENT)
        return None

    def _record(self, id: str) -> Item:
        return self._workspace.record(id)


def addresses(values: Values, known: Known) -> list[Address]:
    """(list, text) of the e-mails and phones of a row, in the form in which they compare."""
    return [
        (key, form(str(one["value"])))
        for key, form in (("emails", str.casefold), ("phones", known.dialled))
        for one in values.get(key, ())
        if one.get("value")
    ]


def _differ(record: Item, values: Values) -> bool:
    """Whether one of a record and a row is a person, the other an organization of another name."""
    kinds = {_kind(record.values), _kind(values)}
    return kinds == {"person", "organization"} and not agree(_name(record), called(values))


def _kind(values: Values) -> str:
    """What a record or a row says that it is; a name in parts is a person's."""
    person = any(values.get(key) for key in ("given_name", "family_name"))
    return str(values.get("kind") or ("person" if person else ""))


def _name(record: Item) -> str:
    return str(record.values.get("name") or "")


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(sorted(ids)[:5])


def _ways_out(what: str) -> str:
    return f"give {what}, or leave the row out"
