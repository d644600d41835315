"""The records of an open data directory, as its files have them now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError, NotFound, Refused
from crm_cli.model.item import Item
from crm_cli.model.kind import Kind
from crm_cli.model.places import FORGOTTEN, PRODUCTS, SEGMENTS, Shape, place_of
from crm_cli.workspace.opened import Opened

if TYPE_CHECKING:
    from crm_cli.model.forgetting import Digests
    from crm_cli.store.document import Document


class Reading(Opened):
    """See the module."""

    def path_of(self, id: str, kind: Kind = CUSTOMER) -> str:
        """A record's file; raises NotFound, and DataError where two files have the id.

        Of a record that is there once, such as the desk, the path is the id.
        """
        from crm_cli.query.lookups import paths

        if kind is CUSTOMER and _is_single(id):
            return id
        found = paths(self.database, kind, id)
        if not found:
            raise NotFound(f"there is no {kind.name} {id}")
        if len(found) > 1:
            raise DataError(
                f"{id} is the id of several files: {', '.join(found)}", "rename one of them"
            )
        if kind is CUSTOMER:
            self.index.remember_phones(id)
        return found[0]

    def document(self, customer: str) -> Document:
        """A customer's file as it is now, to be read or tried out."""
        path = self.path_of(customer)
        try:
            return self.open(path, self.tree.read(path))
        except FileNotFoundError:
            if _is_single(path):
                return self.open(path, b"")
            raise NotFound(f"{path} has gone") from None

    def record(self, customer: str) -> Item:
        """A customer's record, with derived values, as the file has it now."""
        return self.document(customer).record

    def records(self, customers: Iterable[str]) -> Iterator[Item]:
        """The records of several customers."""
        return (self.record(customer) for customer in customers)

    def file(self, name: str) -> Document:
        """A file with several records (products.yaml), or the settings; empty if there is none."""
        try:
            data = self.tree.read(name)
        except FileNotFoundError:
            data = b""
        return self.open(name, data)

    def products(self) -> dict[str, Item]:
        """The product directory, by SKU."""
        return self.file(PRODUCTS.path).records

    def segments(self) -> dict[str, Item]:
        """The segments, by name."""
        return self.file(SEGMENTS.path).records

    @property
    def forgotten(self) -> Digests:
        """Those who were forgotten. Raises DataError where `forgotten.yaml` cannot be read."""
        from crm_cli.model.forgetting import Digests

        try:
            data = self.tree.read(FORGOTTEN.path)
        except FileNotFoundError:
            return Digests()
        from crm_cli.store.forgotten import read

        return read(data, FORGOTTEN.path)

    def has(self, id: str, kind: Kind) -> bool:
        """Whether there is a record or an entry with this id."""
        from crm_cli.query.lookups import exists

        return exists(self.database, kind, "id", id)

    def customer_ids(self) -> set[str]:
        """All customers' ids."""
        from crm_cli.query.lookups import customers

        return {id for id, _ in customers(self.database)}

    def taken_ids(self) -> set[str]:
        """The ids that a new customer cannot have: all customers', and those that they had."""
        from crm_cli.query.lookups import former_ids

        return self.customer_ids() | {*former_ids(self.database)}

    def open(self, path: str, data: bytes) -> Document:
        """A file's bytes as a document of the kind that its path says.

        Raises DataError where they cannot be read, Refused for a file of no kind.
        """
        from crm_cli.store.document import Document

        place = place_of(path)
        kind = place.kind if place is not None else None
        if place is None or kind is None:
            raise Refused(f"{path} is no file of records", "change it in an editor")
        return Document(path, data, kind, self.business, mapped=place.shape is Shape.MAP)


def _is_single(path: str) -> bool:
    """True if a path is that of a record that is there once."""
    place = place_of(path)
    return place is not None and place.shape is Shape.RECORD
