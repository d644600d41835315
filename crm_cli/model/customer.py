"""The customer: a person or an organization, and everything that belongs to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from crm_cli.model.contacts import ADDRESS, EMAIL, PHONE, SOCIAL, TAG, URL
from crm_cli.model.credit import CREDIT
from crm_cli.model.dates import local_date
from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Code,
    Date,
    Every,
    Free,
    GroupOf,
    Integer,
    ListOf,
    Moment,
    Money,
    Partial,
    Reference,
    Text,
    User,
    Word,
)
from crm_cli.model.interaction import INTERACTION, NOT_REACHED
from crm_cli.model.kind import Derived, Field, Finding, Kind, State
from crm_cli.model.money import round_money
from crm_cli.model.payment import PAYMENT
from crm_cli.model.people import (
    ANNIVERSARY,
    CONTACT,
    INTEREST,
    MEMBERSHIP,
    ORGANIZATION,
    PREFERENCE,
    RELATION,
)
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.receivables import settle
from crm_cli.model.task import CLOSED, TASK

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


CUSTOMER_KINDS = ("person", "organization")
"""Unknown where absent."""

LIFECYCLE_STAGES = ("lead", "qualified", "customer", "former")
"""How far somebody has come."""

LEAD_STATUSES = ("new", "assigned", "in_process", "converted", "recycled", "dead")
"""How far a lead has come."""

SOURCES = (
    "web_search",
    "web_site",
    "social_media",
    "advertisement",
    "word_of_mouth",
    "existing_customer",
    "partner",
    "employee",
    "cold_call",
    "trade_show",
    "direct_mail",
    "email",
    "campaign",
    "walk_in",
    "other",
)
"""How somebody found us."""

CHANNELS = ("email", "phone", "sms", "chat", "letter", "visit", "social")
"""How somebody likes to be reached."""


def _derive(customer: Item, business: Business) -> None:
    _summarize_purchases(customer, business)
    derived = customer.derived
    derived["currency"] = business.currency
    derived["last_contact"] = _last_contact(customer, business)
    open_tasks = [task for task in customer.items("tasks") if task.get("status") not in CLOSED]
    derived["open_tasks"] = len(open_tasks)
    dues = [task.values["due"] for task in open_tasks if "due" in task.values]
    derived["next_due"] = min(dues, key=lambda due: _sortable(due, business)) if dues else None


def _check_customer(customer: Item, business: Business) -> Iterator[Finding]:
    if not customer.values.get("name"):
        yield Finding(
            "name",
            "customer-without-name",
            "this customer has no name",
            "add name",
            Severity.WARNING,
        )


def _sortable(due: date, business: Business) -> tuple[date, str]:
    day = _day(due, business)
    return (day, "" if due is day else due.isoformat())


def _day(when: date, business: Business) -> date:
    return local_date(when, business.time_zone)


def _last_contact(customer: Item, business: Business) -> date | None:
    latest: date | None = None
    for item in customer.items("interactions"):
        if (
            "at" not in item.values
            or item.get("status") != "held"
            or item.get("kind") == "note"
            or item.values.get("outcome") in NOT_REACHED
        ):
            continue
        day = _day(item.values["at"], business)
        if latest is None or day > latest:
            latest = day
    return latest


def _summarize_purchases(customer: Item, business: Business) -> None:
    derived = customer.derived
    zero = round_money(Decimal(0), business.currency)
    balance = settle(customer, business)
    derived["balance"] = None if balance is None else balance + zero
    spend = zero
    days: set[date] = set()
    orders = 0
    for purchase in customer.items("purchases"):
        if not purchase.derived["counts"]:
            continue
        base = to_base(purchase, "net", business)
        # An amount without a rate is left out; the purchase's own check tells of it.
        spend += base or zero
        if purchase.get("kind") == "credit_note":
            continue
        orders += 1
        if "date" in purchase.values:
            days.add(purchase.values["date"])
    derived["spend"] = spend
    derived["orders"] = orders
    if orders:
        derived["average_order"] = round_money(spend / orders, business.currency)
    if not days:
        return
    ordered = sorted(days)
    derived["first_purchase"] = ordered[0]
    derived["last_purchase"] = ordered[-1]
    gaps = sorted((later - earlier).days for earlier, later in pairwise(ordered))
    if gaps:
        middle = len(gaps) // 2
        median = gaps[middle] if len(gaps) % 2 else (gaps[middle - 1] + gaps[middle] + 1) // 2
        derived["purchase_interval"] = median
        derived["next_purchase"] = ordered[-1] + timedelta(days=median)


def to_base(item: Item, key: str, business: Business) -> Decimal | None:
    """An amount of an item in the base currency, at the item's date; None without a rate."""
    value: Decimal | None = item.values.get(key, item.derived.get(key))
    if value is None:
        return None
    currency = item.values.get("currency") or item.derived.get("currency") or business.currency
    if currency == business.currency or not value:
        return value
    day = item.values.get("date") or (item.parent.values.get("date") if item.parent else None)
    return business.rates.convert(value, currency, day or date.max)


_OVERDUE = (
    "(SELECT COALESCE(SUM(o.amount_due__b), 0) FROM purchase o"
    " WHERE o.customer = {t}.pk AND o.amount_due > 0 AND o.due < :today)"
)

CUSTOMER = Kind(
    name="customer",
    key="customers",
    doc="a person or an organization",
    fields=(
        Field("name", Text(), "what they are called"),
        Field("given_name", Text(), "first name"),
        Field("family_name", Text(), "last name"),
        Field("nickname", Text(), "what friends call them"),
        Field("legal_name", Text(), "the name in the register"),
        Field("kind", Choice(CUSTOMER_KINDS), "a person or an organization"),
        Field(
            "lifecycle_stage",
            Choice(LIFECYCLE_STAGES, vocabulary="lifecycle_stage"),
            "how far they have come",
            aliases=("stage",),
        ),
        Field(
            "lead_status",
            Choice(LEAD_STATUSES, vocabulary="lead_status"),
            "how far a lead has come",
        ),
        Field("owner", User(), "who of us looks after them"),
        Field("source", Choice(SOURCES, vocabulary="source"), "how they found us"),
        Field("source_detail", Text(), "how exactly"),
        Field("referred_by", Reference("customer"), "who sent them"),
        Field("industry", Text(), "their line of business"),
        Field("employees", Integer(), "how many work there"),
        Field("gender", Word(), "gender"),
        Field("birth_date", Partial(), "day of birth", aliases=("birthday",)),
        Field("language", Word(), "BCP 47 language tag"),
        Field("time_zone", Word(), "IANA time zone"),
        Field(
            "preferred_channel",
            Choice(CHANNELS, vocabulary="preferred_channel"),
            "how they like to be reached",
        ),
        Field("registration_id", Code(), "number in the register"),
        Field("tax_id", Code(), "tax number"),
        Field("vat_registered", Boolean(), "registered for value-added tax"),
        Field("supplier", Boolean(), "also a supplier"),
        Field("contact_every", Every(), "how often to be in touch"),
        Field("created", Moment(), "when the record was made"),
        Field("source_system", Word(), "the system it was imported from"),
        Field("external_id", Code(), "its id there"),
        Field("custom", Free(), "your own fields"),
        Field("notes", Text(), "anything else"),
        Field("tags", ListOf(TAG), "words to find them by", lifts={"tag": "value"}, separate=True),
        Field("emails", ListOf(EMAIL), "e-mail addresses", lifts={"email": "value"}),
        Field("phones", ListOf(PHONE), "telephone numbers", lifts={"phone": "value"}),
        Field("urls", ListOf(URL), "web addresses", lifts={"url": "value"}),
        Field("social", ListOf(SOCIAL), "names on social networks"),
        Field(
            "addresses",
            ListOf(ADDRESS),
            "postal addresses",
            lifts={
                "street": "street",
                "city": "city",
                "region": "region",
                "postcode": "postcode",
                "country": "country",
            },
            hoists=("street", "city", "region", "postcode", "country"),
        ),
        Field("contacts", ListOf(CONTACT), "the people of an organization"),
        Field("organizations", ListOf(ORGANIZATION), "the organizations of a person"),
        Field("relations", ListOf(RELATION), "ties to other customers"),
        Field("anniversaries", ListOf(ANNIVERSARY), "days to remember"),
        Field("interests", ListOf(INTEREST), "what they like or know", separate=True),
        Field("memberships", ListOf(MEMBERSHIP), "clubs and associations"),
        Field("preferences", ListOf(PREFERENCE), "how they like things done"),
        Field("interactions", ListOf(INTERACTION), "every contact"),
        Field("tasks", ListOf(TASK), "what is to be done"),
        Field("deals", Free(), "business that may come"),
        Field("purchases", ListOf(PURCHASE), "what they bought"),
        Field("payments", ListOf(PAYMENT), "what they paid"),
        Field("credit", GroupOf(CREDIT), "what they may owe, and for how long"),
        Field("cases", Free(), "questions and complaints"),
        Field("feedback", Free(), "how satisfied they are"),
        Field("consents", Free(), "what they agreed to"),
        Field("agreements", Free(), "contracts"),
        Field("campaign_responses", Free(), "what campaigns brought"),
        Field("lost", Free(), "when and to whom they were lost"),
    ),
    title="name",
    sought=("contact_every",),
    derive=_derive,
    check=_check_customer,
    columns=(
        "id",
        "name",
        "kind",
        "lifecycle_stage",
        "owner",
        "city",
        "country",
        "email",
        "phone",
        "tags",
        "spend",
        "currency",
        "orders",
        "last_purchase",
        "last_contact",
        "next_due",
    ),
    ranked=(
        "id",
        "name",
        "city",
        "phone",
        "spend",
        "last_contact",
        "next_due",
        "tags",
        "email",
        "owner",
        "lifecycle_stage",
        "last_purchase",
        "orders",
        "kind",
        "country",
        "currency",
    ),
    derived=(
        Derived("currency", Word(), "the currency of spend and balance: the business's"),
        Derived("spend", Money(), "net of posted purchases", base=True),
        Derived("orders", Integer(), "number of posted purchases, without credit notes"),
        Derived("average_order", Money(), "spend by orders", base=True),
        Derived("first_purchase", Date(), "day of the first purchase"),
        Derived("last_purchase", Date(), "day of the latest purchase"),
        Derived("purchase_interval", Integer(), "median days between days with a purchase"),
        Derived("next_purchase", Date(), "last purchase and the interval", to_come=True),
        Derived("balance", Money(), "what they owe; negative: what we owe", base=True),
        Derived("overdue", Money(), "what they owe and is late", base=True, sql=_OVERDUE),
        Derived("last_contact", Date(), "latest contact in which somebody was reached"),
        Derived("next_due", Moment(), "when the next open task is due", to_come=True),
        Derived("open_tasks", Integer(), "number of open tasks"),
        Derived(
            "overdue_tasks",
            Integer(),
            "number of late tasks",
            sql="(SELECT COUNT(*) FROM task o WHERE o.customer = {t}.pk"
            " AND o.status NOT IN ('completed', 'cancelled') AND o.due__d < :today)",
        ),
    ),
    states=(
        State("person", "{t}.kind = 'person'", "a person"),
        State("organization", "{t}.kind = 'organization'", "an organization"),
        State("lead", "{t}.lifecycle_stage = 'lead'", "a lead"),
        State("qualified", "{t}.lifecycle_stage = 'qualified'", "a qualified lead"),
        State("customer", "{t}.lifecycle_stage = 'customer'", "a customer"),
        State("former", "{t}.lifecycle_stage = 'former'", "a former customer"),
        State("supplier", "{t}.supplier", "also a supplier"),
        State("owing", "{t}.balance > 0", "owes something"),
        State("overdue", f"{_OVERDUE} > 0", "owes something that is late"),
    ),
)
