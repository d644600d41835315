"""The card of a customer: what to know at a glance when the phone rings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from crm_cli.model.cells import cell_text
from crm_cli.model.item import Item
from crm_cli.model.node import plain
from crm_cli.model.rows import Column, Rows
from crm_cli.model.task import CLOSED
from crm_cli.render.card import Card, Fact, Section

RECENT = 5
"""How many of the latest interactions and purchases a card shows."""

_PLAIN_FACTS = (
    "nickname", "legal_name", "language", "preferred_channel", "time_zone", "birth_date", "gender",
    "industry", "employees", "source", "source_detail", "referred_by", "tax_id",
    "registration_id", "contact_every", "lead_status", "supplier",
)  # fmt: skip


def customer_card(record: Item, path: str, today: Mapping[str, Any], day: date) -> Card:
    """A customer's card; `today` holds the derived values that depend on the day."""
    values = {**record.derived, **today}
    currency = values.get("currency") or ""
    subtitle = " · ".join(
        str(part)
        for part in (
            record.id,
            record.get("kind"),
            record.get("lifecycle_stage"),
            f"owner {record.get('owner')}" if record.get("owner") else None,
            " ".join(f"+{tag}" for tag in record.texts("tags")) or None,
        )
        if part
    )
    sections = [
        Section(facts=[*_reach(record), *_about(record)]),
        Section("At a glance", facts=list(_glance(record, values, currency, day))),
        Section("Open tasks", table=_tasks(record, day)),
        Section("Latest contacts", table=_interactions(record)),
        Section("Latest purchases", table=_purchases(record, day)),
        Section("People", table=_people(record)),
        Section("Personal", facts=list(_personal(record))),
        Section("Notes", text=str(record.get("notes") or "")),
        Section("More", facts=list(_more(record))),
        Section(facts=[Fact("file", path, tone="muted")]),
    ]
    return Card(str(record.get("name") or record.id), subtitle, sections)


def item_card(record: Item, item: Item, path: str, line: int) -> Card:
    """An item of a customer: every field it has."""
    facts = [
        Fact(_label(field.key), _value(item, field.key), type=field.type.name)
        for field in item.kind.fields
        if item.values.get(field.key) is not None and not isinstance(item.values[field.key], list)
    ]
    facts += [Fact(key, cell_text(plain(node))) for key, node in item.extra.items()]
    facts += [
        Fact(_label(one.key), item.derived.get(one.key), note="computed", type=one.type.name)
        for one in item.kind.derived
        if item.derived.get(one.key) is not None
    ]
    sections = [Section(facts=facts)]
    for field, kind in item.kind.lists:
        items = item.items(field.key)
        keys = [one.key for one in kind.fields if any(one.key in part.values for part in items)]
        keys += [one.key for one in kind.derived if any(one.key in part.derived for part in items)]
        rows = [[part.get(key) for key in keys] for part in items]
        columns = [Column(key, _type(kind, key), label=_label(key)) for key in keys]
        sections.append(Section(_label(field.key).capitalize(), table=Rows(columns, rows)))
    sections.append(Section(facts=[Fact("file", f"{path}:{line}", tone="muted")]))
    title = item.title or item.kind.name
    return Card(
        title, f"{item.id} · {item.kind.name} of {record.get('name') or record.id}", sections
    )


def _type(kind: Any, key: str) -> str:
    for one in (*kind.fields, *kind.derived):
        if one.key == key:
            return str(one.type.name)
    return "text"


def _value(item: Item, key: str) -> Any:
    value = item.values[key]
    if isinstance(value, Item):
        return "; ".join(f"{name} {cell_text(held)}" for name, held in value.values.items())
    return value


def _label(key: str) -> str:
    return key.replace("_", " ")


def _reach(record: Item) -> Iterable[Fact]:
    for key, label in (("emails", "e-mail"), ("phones", "phone"), ("urls", "web")):
        for item in record.items(key):
            note = " ".join(str(part) for part in (item.get("label"), item.get("service")) if part)
            if item.get("do_not_use"):
                note = f"{note} do not use".strip()
            yield Fact(label, item.get("value"), note)
    for item in record.items("social"):
        yield Fact(str(item.get("service") or "social"), item.get("value"))
    for item in record.items("addresses"):
        town = " ".join(str(item.get(key)) for key in ("postcode", "city") if item.get(key))
        parts = (item.get("street"), town, item.get("region"), item.get("country"))
        yield Fact(
            "address", ", ".join(str(part) for part in parts if part), item.get("label") or ""
        )


def _about(record: Item) -> Iterable[Fact]:
    for key in _PLAIN_FACTS:
        value = record.values.get(key)
        if value is not None and value != "":
            yield Fact(_label(key), record.kind.by_key[key].type.answer(value))


def _glance(record: Item, values: Mapping[str, Any], currency: str, day: date) -> Iterable[Fact]:
    if values.get("orders"):
        orders = values["orders"]
        last = _ago(values.get("last_purchase"), day)
        note = f"{orders} order{'' if orders == 1 else 's'}" + (f", last {last}" if last else "")
        yield Fact("spend", _amount(values.get("spend"), currency), note)
    if values.get("balance"):
        late = values.get("overdue")
        note = f"{_amount(late, currency)} of it overdue" if late else ""
        yield Fact("balance", _amount(values["balance"], currency), note, "alert" if late else "")
    credit = record.values.get("credit")
    if credit is not None:
        shown = [f"{_label(key)} {cell_text(value)}" for key, value in credit.values.items()]
        yield Fact("credit", ", ".join(shown))
    yield Fact("last contact", _ago(values.get("last_contact"), day) or "never")
    if values.get("next_purchase"):
        yield Fact("next purchase", cell_text(values["next_purchase"]), "expected")


def _amount(value: Any, currency: str) -> str:
    from crm_cli.render.values import grouped

    return "unknown (a rate is missing)" if value is None else f"{grouped(value)} {currency}"


def _ago(value: Any, day: date) -> str:
    if value is None:
        return ""
    days = (day - value) // timedelta(days=1)
    far = "today" if days == 0 else f"{days} days ago" if days > 1 else "yesterday"
    if days < 0:
        far = f"in {-days} days" if days < -1 else "tomorrow"
    return f"{value.isoformat()}, {far}"


def _tasks(record: Item, day: date) -> Rows:
    open_tasks = [item for item in record.items("tasks") if item.get("status") not in CLOSED]
    open_tasks.sort(key=lambda item: (item.get("due") is None, str(item.get("due") or "")))
    rows = []
    tones = []
    for item in open_tasks:
        due = item.get("due")
        late = due is not None and _date(due) < day
        marks = [item.get("status")] if item.get("status") != "open" else []
        marks += [item.get("priority")] if item.get("priority") != "normal" else []
        marks += ["overdue"] if late else []
        rows.append((due, item.get("title"), ", ".join(marks), item.get("assignee"), item.id))
        tones.append("alert" if late else "")
    columns = [
        Column("due", "date"), Column("title"), Column("status"), Column("assignee"), Column("id")
    ]  # fmt: skip
    return Rows(columns, rows, tones=tones)


def _date(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _interactions(record: Item) -> Rows:
    items = [item for item in record.items("interactions") if item.get("at") is not None]
    items.sort(key=lambda item: str(_date(item.get("at"))) + str(item.get("at")), reverse=True)
    rows = []
    for item in items[:RECENT]:
        way = {"inbound": "in", "outbound": "out"}.get(item.get("direction") or "", "")
        status = item.get("status") if item.get("status") != "held" else ""
        kind = " ".join(part for part in (item.get("kind"), way, status) if part)
        text = item.get("summary") or item.get("subject") or item.get("outcome")
        rows.append((_date(item.get("at")), kind, text, item.id))
    return Rows([Column("at", "date"), Column("kind"), Column("summary"), Column("id")], rows)


def _purchases(record: Item, day: date) -> Rows:
    items = sorted(
        record.items("purchases"), key=lambda item: str(item.get("date") or ""), reverse=True
    )
    rows = []
    for item in items[:RECENT]:
        what = item.get("text") or ", ".join(
            str(line.get("product") or line.get("description") or "")
            for line in item.items("lines")
        )
        state = item.get("status") if item.get("status") != "posted" else item.get("settlement")
        due = item.derived.get("due")
        if item.derived.get("amount_due") and due is not None and due < day:
            state = "overdue"
        label = " ".join(str(part) for part in (item.get("kind"), item.get("number")) if part)
        rows.append(
            (item.get("date"), label, what, item.derived.get("gross"),
             item.derived.get("currency"), state, item.id)
        )  # fmt: skip
    columns = [
        Column("date", "date"), Column("kind"), Column("what"), Column("gross", "money"),
        Column("currency"), Column("state"), Column("id"),
    ]  # fmt: skip
    return Rows(columns, rows)


def _people(record: Item) -> Rows:
    rows = []
    for item in record.items("contacts"):
        reach = [*item.texts("emails"), *item.texts("phones")]
        name = item.get("name") or item.get("id")
        rows.append((name, item.get("title") or item.get("role"), ", ".join(reach)))
    rows += [
        (item.get("id"), item.get("title") or item.get("role"), "")
        for item in record.items("organizations")
    ]
    rows += [(item.get("to"), item.get("kind"), "") for item in record.items("relations")]
    return Rows([Column("who"), Column("as"), Column("reach")], rows)


def _personal(record: Item) -> Iterable[Fact]:
    for item in record.items("anniversaries"):
        yield Fact(str(item.get("label") or item.get("kind") or "day"), str(item.get("date") or ""))
    for key in ("interests", "preferences"):
        yield Fact(_label(key), ", ".join(record.texts(key)))
    for item in record.items("memberships"):
        yield Fact("member of", item.get("organization"), item.get("role") or "")


def _more(record: Item) -> Iterable[Fact]:
    custom = record.values.get("custom")
    if isinstance(custom, dict):
        for key, value in custom.items():
            yield Fact(str(key), cell_text(value))
    for key, node in record.extra.items():
        yield Fact(key, cell_text(plain(node)))
    for field in record.kind.fields:
        if field.type.storage.value == "free" and field.key != "custom":
            held = record.values.get(field.key)
            if isinstance(held, list) and held:
                yield Fact(_label(field.key), f"{len(held)}")
