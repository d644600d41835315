"""What purchases and payments come to by other settings than they did."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import TYPE_CHECKING

from crm_cli.model.closing import Booked, booked, changed
from crm_cli.model.errors import CrmError
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.places import SETTINGS

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item
    from crm_cli.store.document import Document
    from crm_cli.workspace.querying import Querying

KEYS = ("currency", "tax_included", "rounding")
"""The settings by which what is written comes to other amounts where it does not say them."""


class Anew(NamedTuple):
    """Settings that differ, what of closed books comes to something else, and the value before
    that has to be written at the purchases, so that they stay as they are."""

    keys: tuple[str, ...] = ()
    what: tuple[Booked, ...] = ()
    keep: str = ""

    @property
    def named(self) -> str:
        """The settings, as they are named in a sentence."""
        return ", ".join(self.keys)

    def booked(self, until: date) -> Booked:
        """The settings as what stands in the books up to a day."""
        return Booked(("settings", self.keys), until, self.named)


def in_books(
    workspace: Querying, until: date, before: bytes | None, after: bytes | None
) -> Anew:
    """What of closed books comes to something else by settings that are changed."""
    old, new = businesses(workspace, before, after)
    keys = differing(old, new)
    named: dict[tuple[date, str], Booked] = {}
    for first, second in records(workspace, old, new) if keys else ():
        had, has = (list(booked(one, until)) for one in (first, second))
        for one in had if "currency" in keys else changed(had, has):
            named.setdefault((one.day, one.said), one)
    if not named:
        return Anew()
    found = [named[key] for key in sorted(named)]
    keep = {"tax_included": str(old.tax_included).lower(), "rounding": old.rounding}
    return Anew(keys, tuple(found), keep.get(keys[0], "") if len(keys) == 1 else "")


def businesses(
    workspace: Querying, before: bytes | None, after: bytes | None
) -> tuple[Business, Business]:
    """The business by each of two texts of the settings, as far as these say what amounts come
    to."""
    return _business(workspace, before), _business(workspace, after)


def differing(old: Business, new: Business) -> tuple[str, ...]:
    """The settings of `KEYS` that are not the same."""
    return tuple(key for key in KEYS if getattr(old, key) != getattr(new, key))


def records(
    workspace: Querying, old: Business, new: Business
) -> Iterator[tuple[Item, Item]]:
    """The customers' records with purchases or payments that may come to something else, as they
    are by one and by another business; what cannot be read is left out."""
    from crm_cli.model.customer import CUSTOMER
    from crm_cli.store.document import Document

    for path in _paths(workspace, whole=old.currency != new.currency):
        try:
            data = workspace.tree.read(path)
            yield (
                Document(path, data, CUSTOMER, old).record,
                Document(path, data, CUSTOMER, new).record,
            )
        except (CrmError, FileNotFoundError):
            continue


def opening(workspace: Querying, settings: bytes | None) -> Callable[[str, bytes], Document]:
    """How customers' files are opened by other settings: what these change is no change of the
    files."""
    from crm_cli.model.customer import CUSTOMER
    from crm_cli.store.document import Document

    business = _business(workspace, settings)
    return lambda path, data: Document(path, data, CUSTOMER, business)


def _paths(workspace: Querying, *, whole: bool) -> Collection[str]:
    """The files with purchases that are taxed; the `whole` of them, with payments as well."""
    from crm_cli.model.payment import PAYMENT
    from crm_cli.model.purchase import PURCHASE
    from crm_cli.query.ast import EVERYTHING

    taxed = workspace.node(workspace.scope(PURCHASE, everything=True), (), "tax != 0")
    asked = [(PURCHASE, EVERYTHING), (PAYMENT, EVERYTHING)] if whole else [(PURCHASE, taxed)]
    return sorted({
        path
        for kind, node in asked
        for (path,) in workspace.rows(kind, node, ("path",), everything=True)
    })  # fmt: skip


def _business(workspace: Querying, data: bytes | None) -> Business:
    from crm_cli.model.settings import business_of

    try:
        said = business_of(workspace.open(SETTINGS.path, data or b"").record)
    except CrmError:
        return workspace.business
    return workspace.business._replace(**{key: getattr(said, key) for key in KEYS})
