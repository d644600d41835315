"""What a column can be mapped to: `email`, `city`, `contact.title`, `phone.2`.

A name is a field's key, singular or alias; `LIST.FIELD` is a field of the first item of
a list and `LIST.N.FIELD` of the N-th; `credit.limit` and `custom.KEY` go into groups.
Where the items of a list have a row each, as the lines of a purchase do, their fields need no
`line.`.
"""

from __future__ import annotations

from typing import NamedTuple

from crm_cli.model.customer import CUSTOMER as RECORD
from crm_cli.model.errors import UsageError
from crm_cli.model.fieldtypes import Free, Text, Texts
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf, Nested, normal, singular
from crm_cli.model.kinds import BY_NAME, ENTRIES, KINDS
from crm_cli.model.people import ANNIVERSARY
from crm_cli.model.text import a_or_an, did_you_mean

CUSTOMER = Field(
    "customer",
    Text(),
    "whose it is: id, external_id, e-mail or phone",
    headings="customer_id customerid client client_id account account_id stranka kupec kunde",
)
CUSTOMER_EMAIL = Field(
    "customer_email",
    Text(),
    "the e-mail address of whose it is",
    headings="e_mail email mail email_address e_mail_address client_email billing_email eposta "
    "e_posta",
)
CUSTOMER_NAME = Field(
    "customer_name",
    Text(),
    "the name of whose it is: it decides among those with one e-mail address",
    headings="client_name billing_name account_name company company_name organization "
    "organisation podjetje firma",
)
OWNERS = (CUSTOMER, CUSTOMER_EMAIL, CUSTOMER_NAME)
"""What a row may say of the customer whose its item is."""
_OWNERS = {field.key: field for field in OWNERS}
ID = Field("id", Text(), "its id here")
_PLAIN = Free()


class Target(NamedTuple):
    """A field and where it stands in a record.

    `list` is the key of the list whose item has the field, with its position from 0
    (-1: one of several texts in a cell); `group` the key of a group, or of the user's
    own fields, of the record or of that item. Both are empty for a field of the record itself.
    """

    field: Field
    list: str = ""
    position: int = 0
    group: str = ""

    @property
    def name(self) -> str:
        """The one name that stands for it in maps and in headings that are exported."""
        key = f"{self.group}.{self.field.key}" if self.group else self.field.key
        if not self.list:
            return key
        if self.position < 0:
            return self.list
        return f"{self.list}.{self.position + 1}.{key}"


def belongs(kind: Kind) -> bool:
    """Whether records of the kind stand in a customer's file."""
    return kind.apart


def _has_rows(kind: Kind) -> bool:
    """Whether a kind is imported and exported: it has records, or its items have tables."""
    if kind.exchange is None:
        return False
    items = kind.apart and any(kind is part for _, part in RECORD.lists)
    return items or kind is RECORD or kind in ENTRIES


IMPORTED = tuple(kind.key for kind in KINDS if _has_rows(kind))
"""The kinds that are imported and exported row by row."""
ALL_DATES = "calendar"
"""The name of a calendar of all kinds."""
_ENTRIES = [kind.key for kind in KINDS if kind.calendar is not None]
CALENDARS = (*sorted(_ENTRIES, key=lambda key: key not in IMPORTED), ALL_DATES)
"""What is imported and exported as entries of a calendar."""
CARDS = (RECORD.key,)
"""What is imported and exported as vCards."""
EXCHANGED = tuple(dict.fromkeys((*IMPORTED, *CALENDARS)))
EXPORTS = (*EXCHANGED, "ledger", "all")
"""What `crm export` writes."""
IMPORTS = (*EXCHANGED, "bank", "invoices", "all")
"""What `crm import` reads."""
"""All that is imported and exported."""


_CALLED = {
    "customers": "contact lead account person people company client prospect supplier "
    "vendor organization organisation subscriber member address_book",
    "purchases": "order invoice sale bill quote estimate credit_note order_line line charge",
    "payments": "transaction bank_statement statement receipt payout",
    "interactions": "call email meeting note activity activities engagement",
    "tasks": "todo to_do reminder",
    "products": "item article catalog catalogue price_list inventory",
}
"""What other programs call what is a kind here."""


def refuse_other_names(name: str) -> None:
    """Raise UsageError for what other programs call a kind, with the name that it has here."""
    bare = normal(name)
    for key, words in _CALLED.items():
        if key not in IMPORTED or not {bare, singular(bare)} & {*words.split()}:
            continue
        noun = BY_NAME[key].name
        hint = f"write {key}, as in crm import {key} FILE or crm export {key}"
        if key == "purchases" and singular(bare) in ("order", "invoice", "quote", "credit_note"):
            hint += f"; constants: {{kind: {singular(bare)}}} in a map says of which kind they are"
        raise UsageError(f"{name}: each is a {noun} here", hint)


def kind_of(name: str) -> Kind:
    """The kind of an import or export; UsageError with those that there are."""
    kind = BY_NAME.get(normal(name))
    if kind is None or kind.key not in IMPORTED:
        refuse_other_names(name)
        raise UsageError(
            f"{name} are not among what is imported and exported",
            did_you_mean(name, IMPORTED) or f"there are {', '.join(IMPORTED)}",
        )
    return kind


def sheet_names(kind: Kind) -> tuple[str, ...]:
    """What a sheet with records of a kind may be called; the first is what we call it."""
    return (kind.key, kind.name)


def exchanged(name: str, also: tuple[str, ...] = ()) -> str:
    """What is to be imported or exported, of a calendar too; UsageError where it is neither, with
    what there is, and `also` what is no kind."""
    bare = normal(name)
    if bare in (ALL_DATES, f"{ALL_DATES}s"):
        return ALL_DATES
    if bare in ("birthday", "birthdays"):
        return ANNIVERSARY.key
    if bare not in BY_NAME or BY_NAME[bare].key not in EXCHANGED:
        refuse_other_names(name)
        raise UsageError(
            f"{name} are not among what is imported and exported",
            did_you_mean(name, (*EXCHANGED, *also))
            or f"there are {', '.join((*EXCHANGED, *also))}",
        )
    return BY_NAME[bare].key


def id_name(kind: Kind) -> str:
    """What the column of a kind's ids is called: `sku` of products.

    A field that is called so has the name for itself.
    """
    name = normal(ENTRIES[kind].key) if kind in ENTRIES else ID.key
    return name if name not in kind.by_name else ID.key


def rows_of(kind: Kind) -> Field | None:
    """The list of a kind whose items have a row each."""
    return kind.by_key[kind.exchange.rows] if kind.exchange and kind.exchange.rows else None


def target(kind: Kind, name: str) -> Target:
    """What a name means for a kind; raises UsageError with the nearest names."""
    found = find(kind, name)
    if found is None:
        raise UsageError(
            f"{name} is no field of {a_or_an(kind.name)}",
            did_you_mean(name, names(kind)) or f"known are {', '.join(names(kind))}",
        )
    return found


def find(kind: Kind, name: str) -> Target | None:
    """What a name means for a kind, None where it means nothing."""
    head, *rest = [part.strip() for part in name.split(".")]
    head = normal(head)
    if not rest and head in ("id", id_name(kind)):
        return Target(ID)
    if not rest and head in _OWNERS and belongs(kind):
        return Target(_OWNERS[head])
    field = kind.by_name.get(head)
    if field is None:
        return _outside(kind, head, rest)
    if isinstance(field.type, ListOf):
        return _listed(field, field.type.kind, rest)
    if isinstance(field.type, GroupOf) and len(rest) == 1:
        part = field.type.kind.by_name.get(normal(rest[0]))
        return Target(part, group=field.key) if part is not None else None
    if field.key == "custom" and rest:
        return Target(Field(".".join(rest), Text()), group=field.key)
    if rest or isinstance(field.type, (Nested, Free)):
        return None
    return Target(field)


def _outside(kind: Kind, head: str, rest: list[str]) -> Target | None:
    """A name that stands for a field of the first item of a list, or for what an import knows."""
    if rest:
        return None
    if head in also(kind):
        return Target(also(kind)[head])
    if head in kind.hoisted:
        listed, field = kind.hoisted[head]
        return Target(field, listed.key)
    lines = rows_of(kind)
    if lines is not None and isinstance(lines.type, ListOf):
        inner = lines.type.kind.by_name.get(head) or also(lines.type.kind).get(head)
        return Target(inner, lines.key) if inner is not None else None
    return None


def also(kind: Kind) -> dict[str, Field]:
    """What rows may say beside the fields of a kind, by name."""
    return {field.key: field for field in kind.exchange.also} if kind.exchange else {}


def _listed(field: Field, kind: Kind, rest: list[str]) -> Target | None:
    """`emails`, `email.2`, `email.label`, `address.2.city`; one list deep.

    Purchases, tasks and all that has an id of its own is imported as its own kind.
    """
    if kind.apart:
        return None
    position = 0
    numbered = bool(rest) and rest[0].isdigit()
    if numbered:
        if not 1 <= int(rest[0]) <= 99:
            return None
        position, rest = int(rest[0]) - 1, rest[1:]
    if not rest:
        # Only what an item can be written as alone: an address is no town, a day no label.
        value = kind.by_key.get("value") or kind.by_key.get(kind.title)
        if value is None or kind.shorthand is None:
            return None
        several = not numbered and value.key == "value"
        return Target(value, field.key, -1 if several else position)
    inner = kind.by_name.get(normal(rest[0])) or also(kind).get(normal(rest[0]))
    if inner is not None and inner.key == "custom" and rest[1:]:
        return Target(Field(".".join(rest[1:]), Text()), field.key, position, inner.key)
    if inner is None or rest[1:] or isinstance(inner.type, (Nested, Free)):
        return None
    return Target(inner, field.key, position)


def names(kind: Kind) -> list[str]:
    """The names that columns of a kind may be given, as people would write them."""
    found = ["id"] if not belongs(kind) else ["customer", "id"]
    for field in kind.fields:
        if field is rows_of(kind) and isinstance(field.type, ListOf):
            inner = field.type.kind
            found += [part.key for part in inner.fields if part.key != "notes"]
            found += also(inner)
        elif isinstance(field.type, ListOf) and field.type.kind.apart:
            continue
        elif isinstance(field.type, ListOf):
            whole = next(iter(field.lifts), field.key)
            found += [whole] if find(kind, whole) is not None else _inner(field, field.type.kind)
            found += field.hoists
        elif isinstance(field.type, GroupOf):
            found += [f"{field.key}.{part.key}" for part in field.type.kind.fields]
        elif field.key == "custom":
            found.append("custom.KEY")
        elif not isinstance(field.type, Free):
            found.append(field.key)
    return list(dict.fromkeys((*found, *also(kind))))


def _inner(field: Field, kind: Kind) -> list[str]:
    """The names of the fields of a list's items, where none stands for the item."""
    name = singular(field.key)
    return [f"{name}.{part.key}" for part in kind.fields if not isinstance(part.type, Nested)]


def several(target: Target) -> bool:
    """Whether one cell may hold several values of it, parted by `;`."""
    return target.position < 0 or isinstance(target.field.type, Texts)


def value_of(item: Item, target: Target) -> object:
    """What a record says there, None where it says nothing."""
    if target.list and target.group:
        items = item.items(target.list)[target.position :]
        inner = target._replace(list="", position=0)
        return value_of(items[0], inner) if items else None
    if target.group:
        held = item.values.get(target.group)
        values = held.values if isinstance(held, Item) else held or {}
        return values.get(target.field.key) if isinstance(values, dict) else None
    if not target.list:
        return item.id if target.field is ID else item.values.get(target.field.key)
    items = item.items(target.list)
    if target.position < 0:
        return [one.values[target.field.key] for one in items if target.field.key in one.values]
    place = target.position
    return items[place].values.get(target.field.key) if place < len(items) else None
