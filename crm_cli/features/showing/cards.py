"""The cards of customers and of their items, from what their kinds declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from string import Formatter
from typing import Any

from crm_cli.features.items import unique_parts
from crm_cli.features.showing import Shown
from crm_cli.model.aspects import CardColumn, CardLine, CardRecord, CardTable, joined
from crm_cli.model.card import Card, Fact, Section
from crm_cli.model.cells import cell_text
from crm_cli.model.dates import PartialDate
from crm_cli.model.fieldtypes import Free
from crm_cli.model.item import Item
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf
from crm_cli.model.money import format_amount
from crm_cli.model.node import plain
from crm_cli.model.people import CONTACT, ORGANIZATION, RELATION, time_there
from crm_cli.model.rows import Column, Rows
from crm_cli.model.units import currency_of, with_unit
from crm_cli.query.links import Link
from crm_cli.workspace import Workspace

_NOTES = "notes"
_TOP, _GLANCE, _MORE = "", "At a glance", "More"


def card(workspace: Workspace, shown: Shown) -> Card:
    """The card of what is shown: a customer at a glance, or an item with all that it says."""
    if shown.item is not None:
        return _item_card(workspace, shown, shown.item)
    return _record_card(workspace, shown)


def _record_card(workspace: Workspace, shown: Shown) -> Card:
    record = shown.record
    kind = record.kind
    top = kind.card if isinstance(kind.card, CardRecord) else CardRecord(subtitle=lambda _: ())
    lines: dict[str, list[Fact]] = {_TOP: [], _GLANCE: list(_glance(workspace, shown)), _MORE: []}
    for heading, fact in (*_lines(record, top.hidden), *_links(shown)):
        lines.setdefault(heading, []).append(fact)
    currency = currency_of(record, workspace.business.currency)
    lines[_TOP] += _facts(record, (kind.title, _NOTES, *top.hidden), currency)
    lines[_MORE] += _further(record)
    sections = [
        Section(facts=lines.pop(_TOP)),
        Section(_GLANCE, facts=lines.pop(_GLANCE), leading=True),
        *_with_people(workspace, shown),
        *_tables(workspace, shown),
    ]
    more = Section(_MORE, facts=lines.pop(_MORE))
    trees = _trees(kind)
    sections += [
        Section(heading, facts=facts, tree=heading in trees) for heading, facts in lines.items()
    ]
    sections.append(Section("Notes", text=str(record.get(_NOTES) or "")))
    sections += [more, Section(facts=[Fact("file", shown.path, tone="muted")])]
    subtitle = " · ".join(part for part in (shown.id, *top.subtitle(record)) if part)
    file = str(workspace.root / shown.path)
    return Card(record.title or record.id, subtitle, sections, file)


def _links(shown: Shown) -> Iterator[tuple[str, Fact]]:
    """(section, line) of each link, or relation, that the other record states, and this one does
    not."""
    people = RELATION.card.heading if isinstance(RELATION.card, CardLine) else _MORE
    yield from ((people, Fact(word, id)) for id, word in shown.related)
    for one in shown.links:
        here = CONTACT if one.organization == shown.id else ORGANIZATION
        if one.stated == here.name:
            continue
        heading = here.card.heading if isinstance(here.card, CardLine) else _MORE
        role = one.role.replace("_", " ")
        there = time_there(one.start, one.end)
        if here is CONTACT:
            yield heading, Fact(role or "contact", one.person, joined(", ", (one.title, *there)))
        elif not _stated(shown.record, one):
            told = joined(", ", (one.title, role, *there))
            yield heading, Fact("organization", one.organization, told)


def _stated(record: Item, link: Link) -> bool:
    """Whether a person's record says itself that they are at an organization."""
    return any(one.get("id") == link.organization for one in record.items(ORGANIZATION.key))


def _with_people(workspace: Workspace, shown: Shown) -> Iterator[Section]:
    """What an organization comes to with its people, beside its own at a glance."""
    both = shown.together
    if both is None or not any(one.spend or one.balance or one.last_contact for one in both.people):
        return
    currency = workspace.business.currency
    facts = []
    for key in ("spend", "balance"):
        named = [one for one in both.people if getattr(one, key)]
        told = joined(", ", (f"{one.name} {_amount(getattr(one, key))}" for one in named))
        if named:
            total = both.total(key)
            said = "not known: a rate is missing" if total is None else _amount(total)
            facts.append(Fact(key, f"{said} {currency}" if total is not None else said, told))
    last = both.last
    if last is not None and last is not both.own:
        facts.append(Fact("last contact", str(last.last_contact)[:10], last.name))
    yield Section("With their people", facts=facts)


def _amount(amount: Decimal | None) -> str:
    return "?" if amount is None else format_amount(amount, "")


def _trees(kind: Kind) -> set[str]:
    """The sections whose lines are parts of the record."""
    cards = [field.type.kind.card for field in kind.fields if isinstance(field.type, ListOf)]
    return {card.heading for card in cards if isinstance(card, CardLine) and card.tree}


def _glance(workspace: Workspace, shown: Shown) -> Iterator[Fact]:
    values = {**shown.record.derived, **shown.today}
    summaries = [part.summary for _, part in shown.record.kind.lists if part.summary is not None]
    for summary in sorted(summaries, key=lambda one: not one.leading):
        if summary.glance is not None:
            yield from summary.glance(values, workspace.clock.today)


def _facts(item: Item, hidden: Sequence[str], currency: str) -> Iterator[Fact]:
    """The fields that have one value, or several texts; amounts in the currency."""
    for field in item.kind.fields:
        value = item.values.get(field.key)
        nested = isinstance(field.type, ListOf | GroupOf | Free)
        if value is None or nested or field.key in hidden:
            continue
        if isinstance(value, PartialDate):
            value = str(value)
        value = with_unit(field, value, currency)
        yield Fact(_label(field), value, type=field.type.name)


def _lines(record: Item, hidden: Sequence[str]) -> Iterator[tuple[str, Fact]]:
    """(section, line) of each item without an id, and of each group."""
    for field in record.kind.fields:
        type = field.type
        if field.key in hidden or not isinstance(type, ListOf | GroupOf) or type.kind.letter:
            continue
        held = record.values.get(field.key)
        items = held if isinstance(held, list) else [held] if held is not None else []
        declared = type.kind.card if isinstance(type.kind.card, CardLine) else CardLine()
        facts = [declared.fact(one) if declared.fact else _fact(one) for one in items]
        if declared.joined:
            facts = [Fact(_label(field), ", ".join(str(fact.value) for fact in facts))]
        yield from ((declared.heading, fact) for fact in facts)


def _fact(item: Item) -> Fact:
    """An item in a line: its kind's name, its title, and what else it says."""
    kind = item.kind
    title = "value" if "value" in kind.by_key else kind.title
    value = item.values.get(title) if title else None
    rest = [_text(item, field) for field in kind.fields if field.key != title]
    said = joined(", ", rest)
    label = kind.name.replace("_", " ")
    return Fact(label, said) if value is None else Fact(label, cell_text(value), said)


def _further(record: Item) -> Iterator[Fact]:
    """The user's own keys, and what no kind describes yet."""
    for field in record.kind.fields:
        held = record.values.get(field.key)
        if not isinstance(field.type, Free) or not held:
            continue
        if isinstance(held, dict) and field.key == "custom":
            yield from (Fact(str(key), cell_text(value)) for key, value in held.items())
        else:
            yield Fact(_label(field), str(len(held)) if isinstance(held, list) else cell_text(held))
    yield from (Fact(key, cell_text(plain(node))) for key, node in record.extra.items())


# Tables


def _tables(workspace: Workspace, shown: Shown) -> list[Section]:
    """A table for each list of items with an id of which there are any."""
    record = shown.record
    found: list[tuple[bool, Section]] = []
    for field, kind in record.kind.lists:
        if kind.letter and record.items(field.key):
            declared = kind.card if isinstance(kind.card, CardTable) else CardTable()
            found.append((declared.leading, _table(workspace, shown.id, kind, declared)))
    return [section for _, section in sorted(found, key=lambda one: not one[0])]


def _table(workspace: Workspace, owner: str, kind: Kind, declared: CardTable) -> Section:
    shown = declared.columns or tuple(key for key in kind.columns if key != "customer")
    shown = shown or tuple(dict.fromkeys((kind.title, "id")))
    read: list[str] = [declared.alert] if declared.alert else []
    for one in shown:
        read += one.columns if isinstance(one, CardColumn) else (one,)
    names = list(dict.fromkeys(read))
    answer = workspace.select(
        kind,
        [f"customer.is:{owner}", *declared.terms],
        cols=names,
        sort=declared.sort or (f"{kind.when}-" if kind.when else kind.sort) or None,
        limit=declared.most or None,
    )
    types = {name: column.type.name for name, column in zip(names, answer.columns, strict=True)}
    rows = [dict(zip(names, row, strict=True)) for row in answer.rows]
    cells = [
        [one.value(row) if isinstance(one, CardColumn) else row[one] for one in shown]
        for row in rows
    ]
    filled = [place for place in range(len(shown)) if any(row[place] for row in cells)]
    columns = [
        Column(one.key, one.type) if isinstance(one, CardColumn) else Column(one, types[one])
        for one in shown
    ]
    table = Rows(
        [columns[place] for place in filled],
        [[row[place] for place in filled] for row in cells],
        tones=["alert" if declared.alert and row[declared.alert] else "" for row in rows],
        unique=unique_parts(workspace, [row.get("id") for row in rows]),
        ranked=_ranked(kind, [columns[place].key for place in filled]),
    )
    plural = kind.key.replace("_", " ")
    heading = declared.heading or (f"Latest {plural}" if kind.when else plural.capitalize())
    return Section(heading, table=table)


def _ranked(kind: Kind, keys: Sequence[str]) -> tuple[str, ...]:
    """The columns of a card's table by importance: what names an item, when it is, then as in a
    list."""
    first = (key for key in (kind.title, kind.when, *kind.ranked) if key in keys)
    return tuple(dict.fromkeys((*first, *keys)))


# Items


def _item_card(workspace: Workspace, shown: Shown, item: Item) -> Card:
    """Every field that an item has, and its lists as tables."""
    currency = currency_of(item, workspace.business.currency)
    facts = list(_facts(item, (), currency))
    for field, _ in item.kind.groups:
        if field.key in item.values:
            facts.append(Fact(_label(field), _text(item, field)))
    facts += _further(item)
    facts += _computed(shown, item, currency)
    sections = [Section(facts=facts)]
    for field, kind in item.kind.lists:
        heading = _label(field).capitalize()
        sections.append(Section(heading, table=_parts(kind, item.items(field.key))))
    if item.kind.chain is not None and (chain := item.kind.chain(item)) is not None:
        sections.append(Section(item.kind.chain_name.capitalize(), table=chain))
    place = f"{shown.path}:{shown.line}"
    sections.append(Section(facts=[Fact("file", place, tone="muted")]))
    kind_name = item.kind.name.replace("_", " ")
    owner = shown.record.title or shown.record.id
    return Card(item.title or kind_name, f"{item.id} · {kind_name} of {owner}", sections)


def _computed(shown: Shown, item: Item, currency: str) -> Iterator[Fact]:
    """What is derived, as of today; what does not apply is left out, and so is what another
    one's note says."""
    own = item.derived
    values = own | {k: one for k, one in shown.today.items() if one is not False or k in own}
    kinds = [one for one in item.kind.derived if not one.inner]
    noted = {key for one in kinds for _, key, *_ in Formatter().parse(one.note) if key}
    for one in kinds:
        if one.key not in noted:
            note = one.note.format_map(values) if one.note and one.key in values else "computed"
            value = with_unit(one, values.get(one.key), currency)
            yield Fact(one.key.replace("_", " "), value, note, type=one.type.name)


def _parts(kind: Kind, items: Sequence[Item]) -> Rows:
    """Items within an item: what any of them says is a column."""
    fields = [one for one in kind.fields if any(one.key in part.values for part in items)]
    known = [one for one in kind.derived if not one.quiet]
    derived = [one for one in known if any(one.key in part.derived for part in items)]
    columns = [Column(one.key, _column_type(one), label=_label(one)) for one in fields]
    columns += [Column(one.key, one.type.name, label=one.key.replace("_", " ")) for one in derived]
    rows = [
        [*(_cell(part, one) for one in fields), *(part.derived.get(one.key) for one in derived)]
        for part in items
    ]
    return Rows(columns, rows)


def _column_type(field: Field) -> str:
    return "text" if isinstance(field.type, ListOf | GroupOf) else field.type.name


def _cell(item: Item, field: Field) -> Any:
    nested = isinstance(field.type, ListOf | GroupOf)
    return _text(item, field) if nested else item.get(field.key)


def _text(item: Item, field: Field) -> str:
    """A field's value in one line; of nested items what they say, of several their names."""
    value = item.values.get(field.key)
    if isinstance(value, Item):
        return joined("; ", (f"{_label(one)} {_text(value, one)}" for one in _held(value)))
    if isinstance(value, list) and value and isinstance(value[0], Item):
        return joined(", ", (str(part.values.get("value") or part.name) for part in value))
    return cell_text(value if value is None else field.type.answer(value))


def _held(item: Item) -> Iterable[Field]:
    return (field for field in item.kind.fields if item.values.get(field.key) is not None)


def _label(field: Field) -> str:
    return field.label or field.key.replace("_", " ")
