"""The customer: a person or an organization, and everything that belongs to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_cli.model.aspects import CardRecord, Cells, Fifth, Retained
from crm_cli.model.completeness import completeness
from crm_cli.model.customer_fields import FIELDS
from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import Ids, Integer, Word
from crm_cli.model.fieldtypes.rfm import Segment, cells_of
from crm_cli.model.kind import Derived, Finding, Kind, State
from crm_cli.model.prices import check_prices

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


def _derive(customer: Item, business: Business) -> None:
    customer.derived["currency"] = business.currency
    customer.derived["completeness"] = completeness(customer, business.completeness)


def _check_customer(customer: Item, business: Business) -> Iterator[Finding]:
    if not customer.values.get("name"):
        yield Finding(
            "name",
            "customer-without-name",
            "this customer has no name",
            "add name",
            Severity.WARNING,
        )
    yield from check_prices(customer)


def _subtitle(customer: Item) -> Iterator[str | None]:
    yield customer.get("kind")
    yield customer.get("lifecycle_stage")
    yield f"owner {customer.get('owner')}" if customer.get("owner") else None
    yield " ".join(f"+{tag}" for tag in customer.texts("tags"))


CUSTOMER = Kind(
    name="customer",
    key="customers",
    doc="a person or an organization",
    fields=FIELDS,
    title="name",
    card=CardRecord(
        subtitle=_subtitle,
        hidden=(
            "given_name",
            "family_name",
            "kind",
            "lifecycle_stage",
            "owner",
            "created",
            "source_system",
            "external_id",
            "formerly",
            "not_same",
            "tags",
            "rules",
        ),
    ),
    sought=("contact_every", "bought", "formerly", "parent"),
    identified=(
        ("emails.value",),
        ("phones.value",),
        ("phones.e164",),
        ("tax_id",),
        ("registration_id",),
        ("source_system", "external_id"),
    ),
    derive=_derive,
    check=_check_customer,
    retained=Retained(("kind", "owner", "purchases", "payments")),
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
        Derived(
            "completeness",
            Integer(0, 100, adds=False),
            "how much of what is wanted is filled in, 0 to 100 (completeness in crm.yaml)",
        ),
        Derived(
            "rfm",
            Segment(),
            "their RFM segment (segments in crm.yaml)",
            cells=Cells(("rfm_recency", "rfm_frequency", "rfm_monetary"), cells_of),
        ),
        Derived(
            "rfm_recency",
            Integer(1, 5, adds=False),
            "1 to 5: the fifth of all customers, by the last purchase; 5 bought latest",
            fifth=Fifth("last_purchase", reached=True),
        ),
        Derived(
            "rfm_frequency",
            Integer(1, 5, adds=False),
            "1 to 5: the fifth of all customers, by orders",
            fifth=Fifth("orders", "last_purchase"),
        ),
        Derived(
            "rfm_monetary",
            Integer(1, 5, adds=False),
            "1 to 5: the fifth of all customers, by spend",
            fifth=Fifth("spend", "last_purchase"),
        ),
        Derived(
            "fit",
            Integer(0, 100, adds=False),
            "how well they fit the best of profiles.yaml, 0 to 100; fit.NAME for one of them",
            overall="profiles",
        ),
        Derived(
            "suggest",
            Ids("product"),
            "products that they never bought, and that go with what they have: crm suggest",
            overall="suggested",
        ),
        Derived(
            "likely_channel",
            Word(),
            "the channel on which they answer most surely; none where none was tried",
            overall="likely",
        ),
    ),
    states=(
        State("person", "kind.is:person", "a person"),
        State("organization", "kind.is:organization", "an organization"),
        State("lead", "lifecycle_stage.is:lead", "a lead"),
        State("qualified", "lifecycle_stage.is:qualified", "a qualified lead"),
        State("customer", "lifecycle_stage.is:customer", "a customer"),
        State("former", "lifecycle_stage.is:former", "a former customer"),
        State("supplier", "supplier:yes", "also a supplier"),
        State("forgotten", "has:forgotten", "forgotten: what the law wants kept is left of them"),
    ),
)
