"""Where a kind is tried: a small directory with an item of it, every field given a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.fieldtypes import Choice, FieldType, Free, Reference, Texts, User
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf, MapOf
from crm_cli.model.kinds import ENTRIES
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace, open_workspace
from tests.conftest import Crm

HOLDER = "ana-novak"
FILES = {
    "crm.yaml": """\
business:
  name: Lan d.o.o.
currency: EUR
country: SI
time_zone: Europe/Ljubljana
users:
  petra: {}
  marko: {}
terms_days: 30
service:
  - {resolve: 1h}
stages: [prospecting, qualification, proposal, negotiation, won, lost]
pipelines:
  wholesale: [prospecting, won, lost]
vocabulary:
VOCABULARY
""",
    "rates.yaml": "2020-01-01: {USD: 1.25}\n",
    "products.yaml": "beans:\n  name: Beans\n  price: 5.00\nfilters:\n  name: Filters\n",
    f"customers/{HOLDER}.yaml": """\
# Met at the fair.
name: Ana Novak
owner: petra
interactions:
  - id: i-0000001
    at: 2020-01-01T10:00+01:00
    kind: call
  - id: i-0000002
    at: 2020-01-02T10:00+01:00
    kind: call
tasks:
  - id: t-0000001
    title: First
    status: completed
  - id: t-0000002
    title: Second
    status: completed
deals:
  - id: d-0000001
    name: First
    stage: won
  - id: d-0000002
    name: Second
    stage: won
purchases:
  - id: p-0000001
    kind: invoice
    number: "2020-1"
    date: 2020-01-01
    amount: 1.00
  - id: p-0000002
    kind: order
    number: "2020-2"
    date: 2020-01-01
    amount: 1.00
payments:
  - {id: y-0000001, date: 2020-01-01, amount: 1.00}
  - {id: y-0000002, date: 2020-01-01, amount: 1.00}
cases:
  - id: c-0000001
    subject: First
    status: closed
    opened: 2020-01-01
  - id: c-0000002
    subject: Second
    status: closed
    opened: 2020-01-01
""",
    "surveys.yaml": """\
yearly: {questions: [{id: q}]}
monthly: {questions: [{id: q}]}
""",
    "customers/bor-kos.yaml": "name: Bor Kos\n",
    "customers/ida-hren.yaml": "name: Ida Hren\n",
    "campaigns/spring.yaml": "name: Spring\n",
    "campaigns/autumn.yaml": "name: Autumn\n",
}
THERE = {
    "customer": ("ana-novak", "bor-kos"),
    "product": ("beans", "filters"),
    "task": ("t-0000001", "t-0000002"),
    "interaction": ("i-0000001", "i-0000002"),
    "deal": ("d-0000001", "d-0000002"),
    "purchase": ("2020-1", "2020-2"),
    "case": ("c-0000001", "c-0000002"),
    "survey": ("yearly", "monthly"),
    "campaign": ("spring", "autumn"),
    "payment": ("y-0000001", "y-0000002"),
}
"""What references may name, by kind."""
OWN_WORD = "word_of_our_own"
"""What the settings add to each vocabulary."""


class Place(NamedTuple):
    """Where items of a kind stand: the lists that lead to them from a record, the first one
    a customer's, or the file of which they are entries."""

    lists: tuple[Field, ...]
    file: str = ""


def place_of(kind: Kind) -> Place:
    """Where items of a kind stand."""
    return Place((), ENTRIES[kind].path) if kind in ENTRIES else Place(next(_ways(CUSTOMER, kind)))


def _ways(owner: Kind, kind: Kind) -> Iterator[tuple[Field, ...]]:
    if owner is kind:
        yield ()
    for field, part in owner.lists:
        for way in _ways(part, kind):
            yield (field, *way)


def example(field: Field, *, other: bool = False) -> str:
    """A value of a field, or another one, as people type it."""
    type = field.type
    if isinstance(type, Reference | Texts) and type.to:
        ids = THERE.get(type.to, (f"{type.to}-one", f"{type.to}-two"))
        if field.acyclic and type.to == "customer":
            ids = ("bor-kos", "ida-hren")  # not the one who has the field
        return ids[other]
    if isinstance(type, Choice) and other:
        return (
            OWN_WORD
            if type.vocabulary
            else next(
                word for word in reversed(type.words) if word != (field.default or type.words[0])
            )
        )
    if isinstance(type, Choice):
        return str(field.default or type.example)
    if type.__class__ is Texts:
        return "red, green" if other else "red, blue"
    return type.other if other and not field.example else field.example or type.example


def values_of(kind: Kind) -> dict[str, Any]:
    """A value for each field of a kind, of its groups, and of one item of each of its lists."""
    values: dict[str, Any] = {}
    for field in kind.fields:
        type = field.type
        if isinstance(type, ListOf):
            part = values_of(type.kind)
            if type.kind.letter:
                part["id"] = f"{type.kind.letter}-2222222"
            values[field.key] = [part]
        elif isinstance(type, GroupOf):
            values[field.key] = values_of(type.kind)
        elif isinstance(type, Free):
            values[field.key] = {"size": "15.20" if field.key == "prices" else "large"}
        elif not isinstance(type, MapOf) and not _refers_to(type, kind):
            values[field.key] = example(field)
    return values


def _refers_to(type: FieldType, kind: Kind) -> bool:
    """Whether a value would have to name another item of the same kind, which is not there."""
    return isinstance(type, Reference) and type.to == kind.name and kind.name not in THERE


def single_fields(kind: Kind) -> list[Field]:
    """The fields with one value, or several texts, that a person can type."""
    nested = (ListOf, GroupOf, MapOf, Free)
    fields = (field for field in kind.fields if not isinstance(field.type, nested))
    return [field for field in fields if not _refers_to(field.type, kind)]


class Stage:
    """A directory with an item of one kind in it, and the command line run there."""

    def __init__(self, shop: Path, crm: Crm, kind: Kind) -> None:
        self.shop = shop
        self.crm = crm
        self.kind = kind
        self.place = place_of(kind)
        self.id = f"{kind.letter}-1111111" if kind.letter else ""
        if self.place.file:
            self.id = "specimen-entry"
        if kind is CUSTOMER:
            self.id = HOLDER
        self.path = self.place.file or f"customers/{HOLDER}.yaml"
        self.clear()

    @property
    def workspace(self) -> Workspace:
        """The directory, opened anew."""
        return open_workspace(directory=self.shop)

    @property
    def bytes(self) -> bytes:
        """The file that has the item."""
        return (self.shop / self.path).read_bytes()

    def clear(self) -> None:
        """Make the directory what it was at the beginning."""
        for path in self.shop.glob("customers/*.yaml"):
            path.unlink()
        for place in ENTRIES.values():
            (self.shop / place.path).unlink(missing_ok=True)
        for name, text in FILES.items():
            path = self.shop / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text.replace("VOCABULARY", _vocabulary()), encoding="utf-8")

    def repository(self) -> None:
        """Keep the history of the directory from now on."""
        config = self.shop.parent / "home" / "gitconfig"
        config.write_text("[user]\nname = Petra Zajc\nemail = petra@lan.example\n")
        self.ok("git", "setup", "--yes")

    def add(self, **others: str) -> None:
        """Put the item in, by the document that commands edit; `others` are values instead."""
        values = {**values_of(self.kind), **others}
        if self.kind.letter:
            values["id"] = self.id
        if self.place.lists:
            for field in reversed(self.place.lists[1:]):
                holder = _holder(self.place.lists, field)
                values = {**values_of(holder), field.key: [values]}
                if holder.letter:
                    values["id"] = f"{holder.letter}-3333333"
            first = self.place.lists[0].key
            self.edit(lambda document: _ignore(document.add(first, values)))
        elif self.place.file:
            # The last entry of a file cannot be removed from it.
            other = {key: value for key, value in values.items() if key != "external_id"}
            entries = {"another-entry": other, self.id: values}
            self.edit(lambda document: document.extend_records(entries))
        else:
            self.edit(lambda document: _fill(document, values))

    def edit(self, update: Callable[[Document], None]) -> None:
        """Change the file as a command does."""
        self.workspace.write(Change("try", (Edit(self.path, update),)))

    def item(self) -> Item:
        """The item as the file has it now."""
        if self.place.file:
            return self.workspace.file(self.place.file).records[self.id]
        item = self.workspace.record(HOLDER)
        for number, field in enumerate(self.place.lists):
            items = item.items(field.key)
            last = number == len(self.place.lists) - 1
            named = [one for one in items if last and self.id and one.id == self.id]
            item = (named or items[-1:])[0]
        return item

    @property
    def columns(self) -> tuple[str, ...]:
        """A column that rows of the kind have."""
        own = self.place.file or self.kind is CUSTOMER or self.kind.letter
        return ("id",) if own else ("customer",)

    def has_item(self) -> bool:
        """Whether the item is there."""
        try:
            self.item()
        except (IndexError, KeyError):
            return False
        return True

    def ok(self, *words: str) -> str:
        """Run a command that must succeed; what it printed."""
        run = self.crm(*words)
        assert run.code == 0, f"crm {' '.join(words)}: {run.code}\n{run.err}"
        return run.out


def _holder(lists: tuple[Field, ...], field: Field) -> Kind:
    """The kind of the items that have a list."""
    before = lists[lists.index(field) - 1].type
    assert isinstance(before, ListOf)
    return before.kind


def _fill(document: Document, values: dict[str, Any]) -> None:
    """Give a customer's record all values, keeping the items that references name."""
    for key, value in values.items():
        field = CUSTOMER.by_key[key]
        if isinstance(field.type, ListOf):
            document.extend(key, value)
        elif isinstance(field.type, GroupOf):
            for part, inner in value.items():
                document.set(None, f"{key}.{part}", inner)
        elif not isinstance(field.type, Free) or key == "custom":
            document.set(None, key, value)


def _ignore(_: object) -> None:
    """An edit returns nothing."""


def _vocabulary() -> str:
    names = {
        field.type.vocabulary
        for kind in (CUSTOMER, *CUSTOMER.walk(), *ENTRIES)
        for field in kind.fields
        if isinstance(field.type, Choice) and field.type.vocabulary
    }
    return "\n".join(f"  {name}: [{OWN_WORD}]" for name in sorted(names))


def is_user(field: Field) -> bool:
    """Whether a field names one of us."""
    return isinstance(field.type, User)
