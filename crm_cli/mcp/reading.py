"""The tools that only read: find, show, timeline, due, report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_cli.features.browsing import window
from crm_cli.features.due import anniversaries, due
from crm_cli.features.references import user as known_user
from crm_cli.features.showing import as_object, show
from crm_cli.features.timeline import columns_of, timeline
from crm_cli.mcp import schema
from crm_cli.mcp.answers import MOST, Answer, Page, part
from crm_cli.mcp.guarding import Filtering, check_columns, check_terms, column_leaves
from crm_cli.mcp.tool import Bench, Tool
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import NotFound
from crm_cli.model.ids import is_item_id
from crm_cli.model.kinds import BY_LETTER, BY_NAME
from crm_cli.model.people import ANNIVERSARY
from crm_cli.model.places import DESK
from crm_cli.model.product import PRODUCT

LISTED = (
    CUSTOMER.name,
    *(kind.name for _, kind in CUSTOMER.lists if kind.letter and kind.columns),
    PRODUCT.name,
)
"""The kinds that `find` lists."""

PAGED = {
    "limit": schema.number("rows at most", 1, MOST),
    "cursor": schema.text("next_cursor of the answer before, for its next page"),
}
TERMS = schema.texts("query terms, all of which must match: city:Koper, +vip, spend.over:500")
_WHERE = schema.text("a full expression: orders > 2 or tag = vip")
_PERIOD = schema.text("a period: last-month, 2026, 2026-q3, next-week")
_OWNER = schema.text("a user, whose they are")
_KINDS = schema.text("only these kinds, with commas between them: call,invoice")


def _find(bench: Bench, given: Mapping[str, Any], page: Page) -> Answer:
    """Rows of a list."""
    kind, leaving = BY_NAME[given.get("kind", CUSTOMER.name)], bench.leaving
    terms, where = given.get("terms", []), given.get("where")
    check_terms(bench.workspace, leaving, kind, terms, where)
    sort = given.get("sort", "")
    check_columns(leaving, kind, [one.strip(" +-") for one in sort.split(",") if one.strip(" +-")])
    if "columns" in given:
        check_columns(leaving, kind, given["columns"])
        columns = list(given["columns"])
    else:
        columns = [one for one in kind.columns if column_leaves(leaving, kind, one)]
    found = window(
        bench.workspace,
        kind,
        terms,
        columns,
        where=where,
        sort=sort,
        offset=page.offset,
        limit=page.limit,
    )
    rows = [dict(zip(columns, row, strict=True)) for row in found.rows]
    left = [one for one in kind.columns if "columns" not in given and one not in columns]
    return Answer({"kind": kind.name, **_withheld(left)}, rows, page.offset, found.total)


def _show(bench: Bench, given: Mapping[str, Any], page: Page) -> Answer:
    """A customer or an item: its own fields in the first row, then a row for each item."""
    shown = show(bench.workspace, given["who"], alone=True)
    if shown.record.kind is not CUSTOMER and shown.path != DESK.path:
        raise NotFound("there is no such customer or item", "find lists customers and their ids")
    kind = (shown.item or shown.record).kind
    filtering = Filtering(bench.leaving)
    values = filtering.record(kind, as_object(shown))
    lists = {field.key for field, part in kind.lists if part.letter}
    first = {key: value for key, value in values.items() if key not in lists}
    items = [
        {"in": key, **(one if isinstance(one, dict) else {"value": one})}
        for key in values
        if key in lists
        for one in values[key]
    ]
    own = {"kind": kind.name, **_withheld(sorted(filtering.withheld))}
    return part([first, *items], page, own)


def _timeline(bench: Bench, given: Mapping[str, Any], page: Page) -> Answer:
    """Events, the newest first."""
    workspace, leaving = bench.workspace, bench.leaving
    terms = given.get("terms", [])
    check_terms(workspace, leaving, CUSTOMER, terms, None)
    events = timeline(
        workspace,
        workspace.who(given["who"]) if "who" in given else None,
        terms,
        kind=given.get("kind"),
        period=given.get("period"),
    )
    stays = {
        word
        for word, fields in columns_of(workspace.business).items()
        if not all(column_leaves(leaving, kind, key) for kind, key in fields)
    }
    names = leaving(CUSTOMER, "name")
    rows = [
        {
            **event._asdict(),
            "name": event.name if names else None,
            "what": None if event.kind in stays else event.what,
        }
        for event in events
    ]
    left = sorted({f"what of {event.kind}" for event in events if event.kind in stays})
    return part(rows, page, _withheld(left))


def _due(bench: Bench, given: Mapping[str, Any], page: Page) -> Answer:
    """What is due, the longest overdue first."""
    workspace, leaving = bench.workspace, bench.leaving
    terms = given.get("terms", [])
    check_terms(workspace, leaving, CUSTOMER, terms, None)
    owner = given.get("owner")
    found = due(
        workspace,
        terms,
        within=given.get("within"),
        owner=owner if owner in (None, "me") else known_user(workspace, owner),
        kind=given.get("kind"),
    )
    names = leaving(CUSTOMER, "name")
    stay = _remembered(bench)
    rows = []
    for one in found:
        if one.kind in stay:
            continue
        base = BY_LETTER[one.id[0]] if one.id and is_item_id(one.id) else None
        what = one.what if base is None or leaving(base, base.title) else None
        rows.append({**one._asdict(), "name": one.name if names else None, "what": what})
    return part(rows, page, _withheld(sorted(stay & {one.kind for one in found})))


def _remembered(bench: Bench) -> set[str]:
    """The kinds of what is due that would tell a birth date, or another anniversary, that stays."""
    dates = ((CUSTOMER, "birth_date"), (ANNIVERSARY, "date"))
    if all(bench.leaving(kind, key) for kind, key in dates):
        return set()
    return set(anniversaries.kinds(bench.workspace.business))


def _withheld(fields: Sequence[str]) -> dict[str, Any]:
    """What an answer says of the fields that stayed."""
    return {"withheld": [*fields]} if fields else {}


FIND = Tool(
    "find",
    "Find customers or items",
    "List customers, or items such as tasks, deals or purchases, that match query terms. "
    "The tool help with the topic query explains terms, with fields the names of fields.",
    schema.arguments({
        "kind": schema.text("what to list; customer unless given", LISTED),
        "terms": TERMS,
        "where": _WHERE,
        "columns": schema.texts("fields to show, in place of the usual ones"),
        "sort": schema.text("fields to sort by; a trailing - reverses one: spend-,name"),
        **PAGED,
    }),
    _find,
)  # fmt: skip

SHOW = Tool(
    "show",
    "Show a customer or an item",
    "Show one customer, or one item, with all fields that may leave: first its own fields, then "
    "a row for each of its tasks, deals, purchases and so on.",
    schema.arguments(
        {"who": schema.text("a customer (id, e-mail, phone or name) or an item's id"), **PAGED},
        ["who"],
    ),
    _show,
)

TIMELINE = Tool(
    "timeline",
    "Show what happened",
    "List the events of one customer or of all, newest first: calls, mails, purchases, payments.",
    schema.arguments({
        "who": schema.text("a customer; all unless given"),
        "terms": TERMS,
        "kind": _KINDS,
        "period": _PERIOD,
        **PAGED,
    }),
    _timeline,
)  # fmt: skip

DUE = Tool(
    "due",
    "Show what is due",
    "List what is due through today, overdue first: tasks, invoices, deals, cases, reorders.",
    schema.arguments({
        "within": schema.text("so much longer: 7d, 2w"),
        "owner": _OWNER,
        "kind": _KINDS,
        "terms": TERMS,
        **PAGED,
    }),
    _due,
)  # fmt: skip
