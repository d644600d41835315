"""What to know of who is calling: `crm pop`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from crm_cli.model.aspects import amount_text, joined
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.dates import local_date
from crm_cli.model.deal import DEAL
from crm_cli.model.errors import UsageError
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.money import format_amount
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.offers import Offer
from crm_cli.model.people import ANNIVERSARY, CONTACT, ORGANIZATION
from crm_cli.model.permission import REFUSED_ELSEWHERE, USES, decide
from crm_cli.model.popup import Popup, PopupLine
from crm_cli.model.purchase import PURCHASE, contents
from crm_cli.model.subscription import in_words
from crm_cli.model.task import TASK
from crm_cli.query.lexer import quoted
from crm_cli.query.links import links
from crm_cli.query.suggesting import suggestions
from crm_cli.workspace import Workspace

_CUSTOMER = (
    "id", "name", "path", "kind", "lifecycle_stage", "owner", "tags", "phone", "email", "city",
    "preferred_channel", "agreed_channels", "language", "notes", "spend", "orders", "last_purchase",
    "purchase_interval", "next_purchase", "last_contact", "balance", "overdue", "currency",
    "credit.limit", "credit.currency", "credit.terms_days", "credit.end_of_month", "credit.hold",
    "credit.risk", "rfm", "rfm_recency", "rfm_frequency", "rfm_monetary",
)  # fmt: skip
_OWING = "id,number,due,amount_due,past_due,currency,disputed,promised"
_LIVING = "not any(anniversaries, kind = 'death')"
_STANDING = (
    "id", "name", "balance", "overdue", "currency", "open_deals", "credit.limit",
    "credit.currency", "credit.hold", "credit.risk", "in_play",
)  # fmt: skip
_ORGANIZATION = (*_STANDING[:-1], "sum(deals.value where status = open)")
_AHEAD = timedelta(days=14)
_ALERT = "alert"
_SHOWN = {"mind": 4, "tasks": 2, "deals": 2, "cases": 2, "contacts": 3, "purchases": 3,
          "subscriptions": 1, "offers": 2}  # fmt: skip
"""So many lines each: with those that are always there they make a screen of 24."""
_LINES = 22
"""What is left for them below the title; organizations may take the last ones' place."""

Found = Mapping[str, Any]


class Pop(NamedTuple):
    """What is known of a customer, by name; lists are of such mappings."""

    customer: Found
    fit: dict[str, int]
    people: list[Found]
    tasks: list[Found]
    deals: list[Found]
    cases: list[Found]
    contacts: list[Found]
    purchases: list[Found]
    subscriptions: list[Found]
    owing: list[Found]
    dates: list[Found]
    refusals: list[str]
    offers: list[Offer]
    organizations: list[Found]
    """Where they are today, with what the organization owes, has in play, and what to mind."""


def pop(workspace: Workspace, id: str) -> Pop:
    """What matters of a customer now; `crm show` has the rest."""
    fits, customer = _customer(workspace, id)
    mine = f"customer.is:{quoted(id)}"

    def found(
        kind: Kind, terms: Sequence[str], cols: str, sort: str, most: int = 20
    ) -> list[Found]:
        return _found(workspace, kind, [mine, *terms], cols, sort, most)

    case = BY_NAME.get("case")
    said = ["not:is:planned", "not:is:ahead", "not:kind.is:note"]
    return Pop(
        customer,
        fits,
        _people(workspace, customer),
        found(TASK, ["is:open"], "id,title,kind,due,priority,assignee", "due"),
        found(DEAL, ["is:open"], "id,name,stage,amount,currency,expected_close", "expected_close"),
        found(case, ["is:open"], "id,kind,subject,opened,priority", "opened-") if case else [],
        found(INTERACTION, said, "id,at,kind,direction,outcome,subject,summary", "at-", 3),
        found(PURCHASE, ["is:posted", "not:kind.is:quote", "not:date.after:today"],
              "id,date,kind,number,text,lines,line.description,gross,currency,payment_status",
              "date-", 3),
        found(PURCHASE, ["is:recurring", "has:next_occurrence"],
              "id,kind,number,text,lines,line.description,every,until,next_occurrence,mrr,currency",
              "next_occurrence"),
        found(PURCHASE, ["is:owing"], _OWING, "due"),
        found(ANNIVERSARY, ["date:next-7d"], "kind,label,date", ""),
        _refusals(workspace, id),
        suggestions(workspace.database, id, workspace.clock.today + _AHEAD),
        _organizations(workspace, id),
    )  # fmt: skip


def _found(
    workspace: Workspace, kind: Kind, terms: Sequence[str], cols: str, sort: str, most: int = 20
) -> list[Found]:
    answer = workspace.select(kind, terms, cols=cols, sort=sort, limit=most)
    return [dict(zip(cols.split(","), row, strict=False)) for row in answer.rows]


def _organizations(workspace: Workspace, id: str) -> list[Found]:
    """How the organizations stand that a person is at today: they call for them."""
    today = workspace.clock.today
    held = [one for one in links(workspace.database, id) if one.person == id and one.holds(today)]
    found: list[Found] = []
    for one in {link.organization: link for link in held}.values():
        terms = [f"id.is:{quoted(one.organization)}"]
        for row in workspace.select(CUSTOMER, terms, cols=_ORGANIZATION).rows:
            firm = dict(zip(_STANDING, row, strict=False))
            mine, case = f"customer.is:{quoted(one.organization)}", BY_NAME.get("case")
            owing = _found(workspace, PURCHASE, [mine, "is:owing"], _OWING, "due")
            cases = _found(workspace, case, [mine, "is:open"], "kind,subject", "") if case else []
            found.append({**firm, "mind": list(_of_business(firm, cases, owing))})
    return found


def _customer(workspace: Workspace, id: str) -> tuple[dict[str, int], Found]:
    terms = [f"id.is:{quoted(id)}"]
    names = [name for name, one in workspace.profiles().items() if one.rules]
    try:
        answer = workspace.select(CUSTOMER, terms, cols=[*_CUSTOMER, *(f"fit.{n}" for n in names)])
    except UsageError as error:
        if not names:
            raise
        workspace.notices.append(f"fit is left out: {error.message}")
        names = []
        answer = workspace.select(CUSTOMER, terms, cols=_CUSTOMER)
    (row,) = answer.rows
    customer = dict(zip(_CUSTOMER, row, strict=False))
    soon = workspace.select(
        CUSTOMER, [*terms, "birthday:next-7d"], where=_LIVING, cols="id", ordered=False
    )
    customer["birthday"] = bool(soon.rows)
    return dict(zip(names, row[len(_CUSTOMER) :], strict=True)), customer


def _people(workspace: Workspace, customer: Found) -> list[Found]:
    """The organizations of a person, the contact persons of an organization: from both sides, and
    not those of the past."""
    id = quoted(str(customer["id"]))
    sides = (
        (ORGANIZATION, f"customer.is:{id}", "id"),
        (CONTACT, f"id.is:{id}", "customer"),
        (CONTACT, f"customer.is:{id}", "id"),
        (ORGANIZATION, f"id.is:{id}", "customer"),
    )
    rows = [
        row
        for kind, term, other in sides
        for row in workspace.select(kind, [term, "is:current"], cols=(other, "role", "title")).rows
    ]
    found: dict[str, Found] = {}
    for row in rows:
        if row[0]:
            found.setdefault(str(row[0]), {"id": row[0], "role": row[1], "title": row[2]})
    if not found:
        return []
    known = ",".join(map(quoted, found))
    named = dict(workspace.select(CUSTOMER, [f"id.is:{known}"], cols="id,name").rows)
    return [{**one, "name": named.get(one["id"]) or one["id"]} for one in found.values()]


def _refusals(workspace: Workspace, id: str) -> list[str]:
    """The channels on which a customer refuses marketing; one empty text for all of them."""
    record = workspace.record(id)
    uses = [use for use in USES if use.purpose == "marketing"]
    cols = [f"may.marketing.{use.channel}" for use in uses]
    (words,) = workspace.select(CUSTOMER, [f"id.is:{quoted(id)}"], cols=cols).rows
    refused = [
        use.channel
        for use, word in zip(uses, words, strict=True)
        if word == REFUSED_ELSEWHERE
        or decide(record, use, workspace.business).verdict in ("refused", "do_not_contact")
    ]
    return [""] if len(refused) == len(uses) else refused


def as_object(found: Pop) -> dict[str, Any]:
    """All of it, for telephone systems and other programs."""
    bare = {key: value for key, value in found.customer.items() if key != "notes"}
    return {
        **{key.replace(".", "_"): value for key, value in bare.items()},
        "fit": found.fit,
        "people": found.people,
        "organizations": [
            {key: one[key] for key in _STANDING if "." not in key} | {"mind": one["mind"]}
            for one in found.organizations
        ],
        "mind": list(_minds(found)),
        "tasks": found.tasks,
        "deals": found.deals,
        "cases": found.cases,
        "contacts": found.contacts,
        "purchases": found.purchases,
        "subscriptions": found.subscriptions,
        "owing": found.owing,
        "offers": [
            {"product": one.product, "name": one.name, "why": one.why, "reason": one.reason}
            for one in found.offers
        ],
    }


def popup(workspace: Workspace, found: Pop) -> Popup:
    """The lines of the screen, at most 24 in all."""
    customer = found.customer
    who = [customer["name"] or customer["id"]]
    who += [joined(" ", (one["name"], one["role"] and f"({_word(one['role'])})"))
            for one in found.people[:2]]  # fmt: skip
    scores = [customer[key] for key in ("rfm_recency", "rfm_frequency", "rfm_monetary")]
    rfm = f"{_word(customer['rfm'])} {'-'.join(map(str, scores))}" if customer["rfm"] else None
    best = max(found.fit.items(), key=lambda one: one[1] or 0, default=None)
    about = (
        customer["id"],
        _word(customer["lifecycle_stage"]),
        customer["owner"] and f"owner {customer['owner']}",
        rfm,
        f"fit {best[1]} {best[0]}" if best is not None and best[1] is not None else None,
        " ".join(f"+{tag}" for tag in (customer["tags"] or ())[:4]),
    )
    lines = tuple(_lines(workspace, found))[:_LINES]
    return Popup(" · ".join(map(str, who)), joined(" · ", about), lines)


def _lines(workspace: Workspace, found: Pop) -> Iterator[PopupLine]:
    customer = found.customer
    channel = customer["preferred_channel"]
    agreed = ", ".join(customer["agreed_channels"] or ())
    reach = (customer["phone"], customer["email"], customer["city"], channel and f"by {channel}")
    types = tuple(type for type, one in zip(("phone", "e-mail"), reach, strict=False) if one)
    said = joined(" · ", (agreed and f"agreed: {agreed}", *reach)) or "no phone, no e-mail"
    yield PopupLine("reach", said, types=("", *types) if agreed else types)
    yield PopupLine("money", _money(customer, workspace.business.terms_days))
    yield PopupLine("spend", _spend(workspace, customer))
    for firm in found.organizations[:2]:
        yield from _firm(firm)
    minds = list(_minds(found))
    for text in minds[: _SHOWN["mind"]]:
        yield PopupLine("mind", text, _ALERT)
    today = workspace.clock.today
    for one in found.tasks[: _SHOWN["tasks"]]:
        due = _day(one["due"], workspace)
        late = due is not None and due < today
        text = joined("  ", (due and due.isoformat(), one["title"], one["assignee"]))
        yield PopupLine(_counted("task", found.tasks), text, _ALERT if late else "")
    for one in found.deals[: _SHOWN["deals"]]:
        amount = one["amount"] is not None and amount_text(one["amount"], one["currency"])
        close = one["expected_close"] and f"close {one['expected_close']}"
        text = joined("  ", (one["name"], _word(one["stage"]), amount or None, close))
        yield PopupLine(_counted("deal", found.deals), text)
    for one in found.cases[: _SHOWN["cases"]]:
        day = _day(one["opened"], workspace)
        text = joined("  ", (day and day.isoformat(), _word(one["kind"]), one["subject"]))
        yield PopupLine(_counted("case", found.cases), text)
    for one in found.contacts[: _SHOWN["contacts"]]:
        day = _day(one["at"], workspace)
        way = {"inbound": "in", "outbound": "out"}.get(one["direction"] or "")
        what = joined(" ", (_word(one["kind"]), way))
        said = " ".join(str(one["subject"] or one["summary"] or "").split())
        yield PopupLine("talk", joined("  ", (day and day.isoformat(), what, said)))
    for one in found.purchases[: _SHOWN["purchases"]]:
        what = contents(one)
        state = one["payment_status"] if one["payment_status"] not in (None, "paid") else None
        parts = (str(one["date"] or ""), amount_text(one["gross"], one["currency"]),
                 _word(state), what)  # fmt: skip
        yield PopupLine("bought", joined("  ", parts))
    for one in found.subscriptions[: _SHOWN["subscriptions"]]:
        yield PopupLine("renews", _renewal(one))
    for offer in found.offers[: _SHOWN["offers"]]:
        yield PopupLine("offer", f"{offer.name}: {offer.reason}")


def _firm(firm: Found) -> Iterator[PopupLine]:
    """What an organization owes and has in play, if anything; and what to mind most."""
    name, mind, deals = firm["name"] or firm["id"], firm["mind"], firm["open_deals"]
    worth = amount_text(firm["in_play"], firm["currency"]) if firm["in_play"] else None
    playing = joined(" of ", (f"{deals} open deal{'' if deals == 1 else 's'}", worth))
    owed = _owed(firm) if firm["balance"] or firm["balance"] is None else None
    said = joined(" · ", (owed, playing if deals else None))
    if said:
        yield PopupLine("at", f"{name}: {said}", _ALERT if firm["overdue"] else "")
    if mind:
        yield PopupLine("at", f"{name}: {mind[0]}", _ALERT)


def _renewal(one: Found) -> str:
    """`every month, next 2026-12-01, until 2027-12-31  beans-1kg`."""
    until = one["until"] and f"until {one['until']}"
    when = joined(", ", (in_words(one["every"]), f"next {one['next_occurrence']}", until))
    return joined("  ", (when, contents(one)))


def _owed(customer: Found) -> str:
    currency = customer["currency"]
    balance, overdue = customer["balance"], customer["overdue"]
    if balance is None:
        owed = "balance unknown: a rate is missing"
    elif not balance:
        owed = "owes nothing"
    elif balance < 0:
        owed = f"we owe them {amount_text(-balance, currency)}"
    else:
        owed = f"owes {amount_text(balance, currency)}"
    if overdue:
        part = "all" if overdue == balance else format_amount(overdue)
        owed += f", {part} overdue"
    return owed


def _money(customer: Found, usual: int | None) -> str:
    owed, currency = _owed(customer), customer["currency"]
    days = customer["credit.terms_days"]
    if days is None:
        days = usual
    terms = f"terms {days} day{'' if days == 1 else 's'}" if days is not None else None
    if terms and customer["credit.end_of_month"]:
        terms += ", end of month"
    limit = customer["credit.limit"]
    limited = None
    if limit is not None:
        limited = f"limit {amount_text(limit, customer['credit.currency'] or currency)}"
    return joined(" · ", (owed, terms, limited))


def _spend(workspace: Workspace, customer: Found) -> str:
    if not customer["orders"]:
        return "has bought nothing yet"
    count = customer["orders"]
    last, following = customer["last_purchase"], customer["next_purchase"]
    days = (workspace.clock.today - last).days if last is not None else None
    ago = f"last {last}, {days} day{'' if days == 1 else 's'} ago" if last is not None else None
    expected = f"next {following}" if following is not None else None
    spend = amount_text(customer["spend"] or Decimal(0), customer["currency"])
    return joined(" · ", (spend, f"{count} order{'' if count == 1 else 's'}", ago, expected))


def _minds(found: Pop) -> Iterator[str]:
    """What to mind, the most pressing first."""
    customer = found.customer
    yield from _of_business(customer, found.cases, found.owing)
    if found.refusals:
        by = f" by {', '.join(found.refusals)}" if all(found.refusals) else ""
        yield f"no marketing{by}"
    if customer["birthday"]:
        yield "birthday within 7 days"
    for one in found.dates:
        if one["kind"] != "birth":
            yield f"{one['label'] or _word(one['kind'])} on {one['date']}"
    if customer["notes"]:
        yield " ".join(str(customer["notes"]).split())


def _of_business(customer: Found, cases: list[Found], owing: list[Found]) -> Iterator[str]:
    """What to mind of their complaints, and of what they owe."""
    if customer["credit.hold"]:
        yield "credit hold: deliver nothing on account"
    for one in cases:
        if one["kind"] == "complaint":
            yield joined(" ", ("open complaint:", one["subject"]))
    for one in owing:
        if one["disputed"]:
            yield f"{one['number'] or one['id']} is disputed: {' '.join(one['disputed'].split())}"
    late = [one for one in owing if one["past_due"]]
    if late:
        first = late[0]
        amount = amount_text(first["past_due"], first["currency"])
        yield f"{first['number'] or first['id']} is overdue since {first['due']}: {amount}"
    limit, balance = customer["credit.limit"], customer["balance"]
    own = customer["credit.currency"] in (None, customer["currency"])
    if limit is not None and balance is not None and own and balance > limit:
        yield f"over the credit limit by {amount_text(balance - limit, customer['currency'])}"
    if customer["credit.risk"] == "high":
        yield "high credit risk"
    for one in owing:
        if one["promised"]:
            yield f"{one['number'] or one['id']}: promised to pay by {one['promised']}"


def _counted(word: str, held: Sequence[Found]) -> str:
    return word if len(held) <= _SHOWN[f"{word}s"] else f"{word} ({len(held)})"


def _word(text: str | None) -> str | None:
    return text.replace("_", " ") if text else None


def _day(value: date | datetime | None, workspace: Workspace) -> date | None:
    return local_date(value, workspace.business.time_zone) if value is not None else None
