"""Forgetting a customer: what of their record stays, and the digests by which they are known.

What the law wants kept stays without a name (GDPR Art. 17(3)(b)): which items, and which of
their fields, their kinds declare (`Kind.retained`). A kind that declares nothing keeps nothing.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.ids import is_customer_id, slug
from crm_cli.model.item import Item
from crm_cli.model.kind import GroupOf, ListOf
from crm_cli.model.names import is_address, name_words
from crm_cli.model.phones import dialled

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "Forgotten"
"""What the rest of a record is called."""
PREFIX = "forgotten-"
"""What its id begins with; the number of the first document follows."""


def staying(record: Item) -> list[Item]:
    """The items of a record's lists that stay: by themselves, or along with those that do."""
    items = [
        item
        for field, kind in record.kind.lists
        if kind.retained is not None
        for item in record.items(field.key)
    ]
    names = _names(items)
    stay = {id(item) for item in items if _leads(item)}
    # Money that came in settles what is left, whatever it was for.
    stay |= {id(item) for item in items if stay and not _is_led(item)}
    todo = [item for item in items if id(item) in stay]
    while todo:
        for name in _named(todo.pop()):
            other = names.get(name)
            if other is not None and id(other) not in stay and _goes_along(other):
                stay.add(id(other))
                todo.append(other)
    return [item for item in items if id(item) in stay]


def _goes_along(item: Item) -> bool:
    along = item.kind.retained.along if item.kind.retained is not None else None
    return along is None or along(item)


def _leads(item: Item) -> bool:
    retained = item.kind.retained
    return retained is not None and retained.when is not None and retained.when(item)


def _is_led(item: Item) -> bool:
    """Whether its kind says which stay; of other kinds all do."""
    return item.kind.retained is not None and item.kind.retained.when is not None


def _names(items: list[Item]) -> dict[str, Item]:
    """Items by what references may name them by."""
    found = {}
    for item in items:
        called = item.values.get(item.kind.named_by) if item.kind.named_by else None
        for text in (str(called or ""), item.id):
            if text:
                found[text] = item
    return found


def _named(item: Item) -> Iterator[str]:
    """What the fields that stay refer to, in the lists and groups that stay with it, too."""
    retained = item.kind.retained
    for key in retained.fields if retained is not None else ():
        value = item.values.get(key)
        field = item.kind.by_key[key]
        if isinstance(field.type, ListOf):
            for part in value or ():
                yield from _named(part)
        elif field.type.to and isinstance(value, str):
            yield value


def pseudonymous(record: Item, today: date) -> tuple[str, Item] | None:
    """(id, record) of what stays of a customer; None where nothing does."""
    stay = staying(record)
    if not stay:
        return None
    numbers = [str(one.values["number"]) for one in stay if one.values.get("number")]
    number = min(numbers, default=stay[0].id)
    kept = pared(record, stay)
    _unlink(kept, _names(stay))
    kept.values = {"name": f"{NAME} {number}", **kept.values, "forgotten": today}
    return f"{PREFIX}{slug(number) or stay[0].id}"[:80].rstrip("-"), kept


def _unlink(item: Item, names: Mapping[str, Item]) -> None:
    """Take out what refers to items that do not stay."""
    for key in list(item.values):
        value, type = item.values[key], item.kind.by_key[key].type
        if isinstance(type, ListOf):
            for part in value:
                _unlink(part, names)
            item.values[key] = [part for part in value if not _is_bare(part)]
        elif type.to in _OWN and isinstance(value, str) and value not in names:
            del item.values[key]


def _is_bare(item: Item) -> bool:
    """Whether an item that links a part of a sum to another one does so no longer."""
    title = item.kind.by_key.get(item.kind.title)
    return title is not None and title.type.to in _OWN and item.kind.title not in item.values


_OWN = {kind.name for _, kind in CUSTOMER.lists if kind.letter}
"""The kinds of a customer's own items, which references name."""


def pared(item: Item, stay: list[Item] | None = None) -> Item:
    """An item with the fields alone that stay; of a record with the items of `stay`."""
    retained = item.kind.retained
    found = Item(item.kind)
    found.id, found.written_id = item.id, True
    for key in retained.fields if retained is not None else ():
        value = _pared_value(item, key, stay)
        if value is not None and value != []:
            found.values[key] = value
    due = item.derived.get("due")
    if "due_date" in found.kind.by_key and due is not None and item.get("kind") == "invoice":
        # It went by the terms of the customer, which go.
        found.values.setdefault("due_date", due)
    return found


def _pared_value(item: Item, key: str, stay: list[Item] | None) -> Any:
    value = item.values.get(key)
    type = item.kind.by_key[key].type
    if isinstance(type, ListOf):
        left = {id(one) for one in stay} if stay is not None else None
        return [pared(part) for part in value or () if left is None or id(part) in left]
    if isinstance(type, GroupOf):
        return pared(value) if value is not None else None
    return value


_WORD = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w.-]+|(?<![a-z0-9._-])[a-z0-9][a-z0-9._-]*")


class Digests(NamedTuple):
    """Those who were forgotten, as digests of what told them apart; `salt` is hexadecimal.

    A digest is keyed BLAKE2b (RFC 7693), 16 bytes: without the salt nobody can compare it
    with what they know from elsewhere.
    """

    salt: str = ""
    held: frozenset[str] = frozenset()

    def digest(self, what: str, text: str) -> str:
        """The digest of something that tells a customer apart."""
        key = bytes.fromhex(self.salt)[:64]
        import hashlib  # Not at import: a warm read needs none.

        return hashlib.blake2b(f"{what}\0{text}".encode(), key=key, digest_size=16).hexdigest()

    def known(self, values: Mapping[str, Any], country: str) -> str:
        """What of a record's or a row's values a forgotten customer had, empty for nothing:
        `the e-mail ana@x.example`. The name alone comes last: others may have it, too."""
        if not self.held:
            return ""
        return next(
            (
                f"the {_CALLED.get(what, what.replace('_', ' '))} {text}".replace("\0", " ")
                for what, text in (*_as_id(values), *identity_of(values, country))
                if self.has(what, text)
            ),
            "",
        )

    def has(self, what: str, text: str) -> bool:
        """Whether a forgotten customer had something, in the form in which it is compared."""
        return bool(self.held) and self.digest(what, text) in self.held

    def within(self, text: str) -> str:
        """The first id or e-mail address in a text that a forgotten customer had; else empty."""
        if not self.held:
            return ""
        for word in dict.fromkeys(_WORD.findall(text)):
            what = "emails" if "@" in word else "id"
            bare = word.rstrip(".").casefold()
            if {self.digest(what, bare), self.digest("id", bare.removesuffix(".yaml"))} & self.held:
                return str(word)
        return ""


class Taken:
    """The ids that a new customer cannot have: those that are there, and those of the forgotten,
    whose history would become theirs."""

    def __init__(self, ids: Container[str], digests: Digests) -> None:
        self._ids = ids
        self._digests = digests

    def __contains__(self, id: object) -> bool:
        return id in self._ids or self._digests.has("id", str(id))


_CALLED = {"emails": "e-mail", "phones": "phone", "tax_id": "tax id", "ibans": "account"}


def tokens(record: Item, id: str, country: str) -> set[tuple[str, str]]:
    """(what, text) of all that tells a customer apart, in the form in which it is compared."""
    found = set(identity_of(values_of(record), country))
    found |= {("id", one) for one in (id, *merged_ids(record))}
    for text in record.values.get("formerly") or ():
        system, colon, external = text.partition(":")
        if colon:
            found.add(("source_system,external_id", f"{system}\0{external}"))
    return found


def merged_ids(record: Item) -> tuple[str, ...]:
    """The ids of the records that were merged into one; those of other systems are left out."""
    return tuple(text for text in record.values.get("formerly") or () if is_customer_id(text))


def values_of(record: Item) -> Mapping[str, Any]:
    """The values of a record as an import has those of a row: lists as dictionaries."""
    return {
        key: [one.values for one in value] if _has_items(value) else value
        for key, value in record.values.items()
    }


def _has_items(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Item)


def identity_of(values: Mapping[str, Any], country: str) -> Iterator[tuple[str, str]]:
    """(what, text) of what a record, or a row of a file, says that tells customers apart.

    It goes by `CUSTOMER.identified`; the words of the name, in any order, come last.
    """
    for fields in CUSTOMER.identified:
        parts = [_texts(values, path) for path in fields]
        if len(parts) > 1:
            if all(parts):
                yield ",".join(fields), "\0".join(part[0].strip() for part in parts)
            continue
        for text in parts[0]:
            yield comparable(fields[0], text, country)
    if "id" in values and isinstance(values["id"], str):
        yield "id", values["id"]
    name = str(values.get("name") or "")
    words = name_words(name)
    if words and not is_address(name):
        yield "name", " ".join(sorted(words))


def _as_id(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The id that a row has of another system, which may be ours: of an export, say."""
    external = str(values.get("external_id") or "").strip().lower()
    if is_customer_id(external) and not external.isdigit():
        yield "id", external


def comparable(path: str, text: str, country: str) -> tuple[str, str]:
    """An address or a code in the form in which it is compared, and what it is."""
    if path.startswith("phones"):
        return "phones", dialled(text, country or None)
    return path.partition(".")[0], "".join(text.split()).casefold()


def _texts(values: Mapping[str, Any], path: str) -> list[str]:
    """The texts of a field, or of a field of each of a list's items."""
    head, _, rest = path.partition(".")
    value = values.get(head)
    if not rest:
        return [str(value)] if value else []
    found = [one.get(rest) for one in value or () if hasattr(one, "get")]
    return [str(text) for text in found if text]

