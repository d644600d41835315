"""What to know of who is calling: `crm pop`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from crm_cli.model.aspects import amount_text, joined
from crm_cli.model.case import CASE
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.deal import DEAL
from crm_cli.model.errors import UsageError
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.kind import Kind
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.offers import Offer
from crm_cli.model.people import ANNIVERSARY, CONTACT, ORGANIZATION
from crm_cli.model.permission import REFUSED_ELSEWHERE, USES, decide
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.task import TASK
from crm_cli.query.lexer import quoted
from crm_cli.query.links import links
from crm_cli.query.suggesting import suggestions
from crm_cli.workspace import Workspace

_CUSTOMER = (
    "id", "name", "path", "kind", "lifecycle_stage", "owner", "tags", "phone", "email", "street",
    "city", "preferred_channel", "agreed_channels", "language", "notes", "spend", "orders",
    "last_purchase", "purchase_interval", "next_purchase", "last_contact", "balance", "overdue",
    "currency",
    "credit.limit", "credit.currency", "credit.terms_days", "credit.end_of_month", "credit.hold",
    "credit.risk", "rfm", "rfm_recency", "rfm_frequency", "rfm_monetary",
)  # fmt: skip
_OWING = "id,number,due,amount_due,past_due,currency,disputed,promised"
_LIVING = "not any(anniversaries, kind = 'death')"
_STANDING = (
    "id", "name", "balance", "overdue", "currency", "open_deals", "credit.limit",
    "credit.currency", "credit.hold", "credit.risk", "in_play",
)  # fmt: skip
_IN_HAND = ("mind", "cases", "tasks", "planned")
_ORGANIZATION = (*_STANDING[:-1], "sum(deals.value where status = open)")
_AHEAD = timedelta(days=14)
_TASKS = "id,title,kind,due,priority,assignee"
_CASES = "id,kind,subject,opened,priority,due"
_PLANNED = "id,at,kind,subject,summary,owner"
_COMING = ("is:planned", "not:at.before:today")

Found = Mapping[str, Any]


class Pop(NamedTuple):
    """What is known of a customer, by name; lists are of such mappings."""

    customer: Found
    fit: dict[str, int]
    people: list[Found]
    tasks: list[Found]
    deals: list[Found]
    cases: list[Found]
    planned: list[Found]
    contacts: list[Found]
    purchases: list[Found]
    subscriptions: list[Found]
    owing: list[Found]
    dates: list[Found]
    refusals: list[str]
    offers: list[Offer]
    organizations: list[Found]
    """Where they are today, with what the organization owes and has in play, what to mind, and
    what is to be done for it."""


def pop(workspace: Workspace, id: str) -> Pop:
    """What matters of a customer now; `crm show` has the rest."""
    fits, customer = _customer(workspace, id)
    mine = f"customer.is:{quoted(id)}"

    def found(
        kind: Kind, terms: Sequence[str], cols: str, sort: str, most: int = 20
    ) -> list[Found]:
        return _found(workspace, kind, [mine, *terms], cols, sort, most)

    said = ["is:held", "not:is:ahead", "not:kind.is:note"]
    return Pop(
        customer,
        fits,
        _people(workspace, customer),
        found(TASK, ["is:open"], _TASKS, "due"),
        found(DEAL, ["is:open"], "id,name,stage,amount,currency,expected_close", "expected_close"),
        found(CASE, ["is:open"], _CASES, "opened-"),
        found(INTERACTION, _COMING, _PLANNED, "at"),
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
            mine = f"customer.is:{quoted(one.organization)}"
            owing = _found(workspace, PURCHASE, [mine, "is:owing"], _OWING, "due")
            cases = _found(workspace, CASE, [mine, "is:open"], _CASES, "opened-")
            found.append({
                **firm,
                "mind": list(of_business(firm, cases, owing)),
                "cases": cases,
                "tasks": _found(workspace, TASK, [mine, "is:open"], _TASKS, "due"),
                "planned": _found(workspace, INTERACTION, [mine, *_COMING], _PLANNED, "at"),
            })  # fmt: skip
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
            {key: one[key] for key in (*_STANDING, *_IN_HAND) if "." not in key}
            for one in found.organizations
        ],
        "mind": list(minds(found)),
        "tasks": found.tasks,
        "deals": found.deals,
        "cases": found.cases,
        "planned": found.planned,
        "contacts": found.contacts,
        "purchases": found.purchases,
        "subscriptions": found.subscriptions,
        "owing": found.owing,
        "offers": [
            {"product": one.product, "name": one.name, "why": one.why, "reason": one.reason}
            for one in found.offers
        ],
    }


def minds(found: Pop) -> Iterator[str]:
    """What to mind, the most pressing first."""
    customer = found.customer
    yield from of_business(customer, found.cases, found.owing)
    if found.refusals:
        by = f" by {', '.join(found.refusals)}" if all(found.refusals) else ""
        yield f"no marketing{by}"
    if customer["birthday"]:
        yield "birthday within 7 days"
    for one in found.dates:
        if one["kind"] != "birth":
            yield f"{one['label'] or in_plain_words(one['kind'])} on {one['date']}"
    if customer["notes"]:
        yield " ".join(str(customer["notes"]).split())


def of_business(customer: Found, cases: list[Found], owing: list[Found]) -> Iterator[str]:
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


def in_plain_words(text: str | None) -> str | None:
    """A word of a vocabulary as people say it: `decision_maker` is a decision maker."""
    return text.replace("_", " ") if text else None
