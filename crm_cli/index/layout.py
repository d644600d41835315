"""How rows are filled from items: worked out once for a kind, by its column plan."""

from __future__ import annotations

from collections.abc import Mapping

from crm_cli.index.cells import CODECS, Cells, Convert
from crm_cli.index.plan import ColumnPlan, FieldColumns, plan_of
from crm_cli.model.business import Business
from crm_cli.model.fieldtypes import Code, FieldType, Free, Reference, Storage
from crm_cli.model.item import Item
from crm_cli.model.kind import Derived, Field, GroupOf, Kind
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.text import composed

NOT_SEARCHED = -1
MADE_FOR_SEARCH = -2

Converters = Mapping[Storage, Convert]


class Part(NamedTuple):
    """One field or derived value: its columns, and how a value's cells are made.

    `search` is the place of the words for the search among the cells, or one of the two
    constants above. `run_together` makes one word of a number's parts, too: `040 123` is
    found by `040123`. `group` is how a group's fields are filled in, which are columns here.
    """

    columns: tuple[str, ...]
    convert: Convert
    search: int = NOT_SEARCHED
    run_together: bool = False
    group: Filling | None = None
    missing: Cells = ()
    """The cells where a derived value is missing."""


class Layout(NamedTuple):
    """What is made of the items of a kind that say the same keys, in the same order."""

    columns: tuple[str, ...]
    """Those of the values and the derived ones; a group's own come after them."""
    parts: tuple[tuple[str, Part], ...]
    groups: tuple[tuple[str, Filling], ...]


class Lifting(NamedTuple):
    """A column that is filled from a list's first item, or from all; see `plan.Lift`."""

    column: str
    list: str
    key: str
    convert: Convert
    several: bool


class Filling(NamedTuple):
    """All of a kind, or of a group whose keys begin with `prefix` and stand with `kind`'s."""

    kind: Kind
    prefix: str
    parts: dict[str, Part]
    free: tuple[str, ...]
    derived: tuple[tuple[str, Part], ...]
    lists: tuple[tuple[str, Kind], ...]
    lifts: tuple[Lifting, ...]
    has_id: bool
    currency: str
    """The column of the currency, or an empty text."""
    all_words: tuple[str, ...]
    """The column with the words of all text, if there is one."""
    layouts: dict[tuple[str, ...], Layout]
    """By the keys of an item's values; made as such items come."""


def converters(business: Business) -> Converters:
    """What makes cells of the values of each storage."""
    return {storage: codec.converter(business) for storage, codec in CODECS.items()}


def layout_of(filling: Filling, keys: tuple[str, ...]) -> Layout:
    """The layout of items whose values have these keys."""
    known = [(key, filling.parts[key]) for key in keys if key in filling.parts]
    parts = tuple((key, part) for key, part in known if part.group is None)
    columns = [filling.currency] if filling.currency else []
    for _, part in (*parts, *filling.derived):
        columns += part.columns
    groups = tuple((key, part.group) for key, part in known if part.group is not None)
    return Layout(tuple(columns), parts, groups)


def filling_of(kind: Kind, convert: Converters) -> Filling:
    """How the rows of a kind are filled."""
    plan = plan_of(kind)
    lifts = tuple(
        Lifting(lift.column, lift.list, lift.key, _unfolded(lift.type, convert), lift.several)
        for lift in plan.lifts.values()
    )
    whole = _part_of(plan, kind, "", convert)
    return whole._replace(
        lists=tuple((field.key, items) for field, items in kind.lists),
        lifts=lifts,
        has_id=plan.has_id,
        all_words=(plan.all_words,) if plan.all_words else (),
    )


def _part_of(plan: ColumnPlan, kind: Kind, path: str, convert: Converters) -> Filling:
    """How the columns of a kind's own fields are filled, or of the fields of a group in it."""
    currency = plan.currencies.get(path, "")
    parts = {}
    for field in kind.fields:
        at = f"{path}{field.key}"
        if isinstance(field.type, GroupOf):
            group = _part_of(plan, field.type.kind, f"{at}.", convert)
            parts[field.key] = Part((), _nothing, group=group)
        elif at in plan.fields and plan.fields[at].value != currency:
            parts[field.key] = _stored(kind, field, plan.fields[at], convert)
    return Filling(
        kind=plan.kind,
        prefix=path,
        parts=parts,
        free=tuple(field.key for field in kind.fields if isinstance(field.type, Free)),
        derived=tuple(
            (derived.key, _derived(derived, plan.fields[at], convert))
            for derived in kind.derived
            if (at := f"{path}{derived.key}") in plan.fields and derived.kept
        ),
        lists=(),
        lifts=(),
        has_id=False,
        currency=currency,
        all_words=(),
        layouts={},
    )


def _stored(kind: Kind, field: Field, columns: FieldColumns, convert: Converters) -> Part:
    search = NOT_SEARCHED
    if field.searched or field.key == kind.title or isinstance(field.type, Reference):
        search = _words_at(field.type)
    is_code = isinstance(field.type, Code)
    return Part(columns.cells, convert[field.type.storage], search, is_code)


def _words_at(type: FieldType) -> int:
    """Where among a value's cells the words for the search are; they follow the value."""
    return 1 if type.storage.folded else MADE_FOR_SEARCH


def _derived(derived: Derived, columns: FieldColumns, convert: Converters) -> Part:
    cells = columns.cells
    made = convert[derived.type.storage]
    if derived.base:
        made = _first(made)
    search = MADE_FOR_SEARCH if derived.searched else NOT_SEARCHED
    return Part(cells, made, search, missing=(None,) * len(cells))


def _unfolded(type: FieldType, convert: Converters) -> Convert:
    """What makes the cell of a value alone, without the work of folding its words."""
    return _text if type.storage.folded else convert[type.storage]


def _text(value: object, item: Item, currency: str) -> Cells:
    return (composed(str(value)),)


def _first(convert: Convert) -> Convert:
    def first(value: object, item: Item, currency: str) -> Cells:
        return convert(value, item, currency)[:1]

    return first


def _nothing(value: object, item: Item, currency: str) -> Cells:
    return ()
