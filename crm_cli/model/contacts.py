"""Contact details: e-mails, phones, web pages (JSContact, vCard 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_cli.model.aspects import CardLine, joined
from crm_cli.model.card import Fact
from crm_cli.model.fieldtypes import (
    Boolean,
    Date,
    Email,
    Phone,
    Shorthand,
    Text,
    Word,
)
from crm_cli.model.kind import Derive, Derived, Field, Kind

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


def alone(key: str) -> Shorthand:
    """The shorthand of a simple list: the text is the item's `key`."""

    def read(text: str, business: Business) -> dict[str, str]:
        return {key: text}

    return read


def _channel(
    name: str,
    key: str,
    doc: str,
    value: Field,
    derived: tuple[Derived, ...] = (),
    derive: Derive | None = None,
    label: str = "",
) -> Kind:
    def fact(item: Item) -> Fact:
        shown = label or item.get("service") or name
        unused = "do not use" if item.get("do_not_use") else ""
        if item.derived.get("bounced") is not None:
            unused = joined(", ", (unused, f"came back on {item.derived['bounced']}"))
        service = item.get("service") if label else ""
        return Fact(shown, item.get("value"), joined(" ", (item.get("label"), service, unused)))

    return Kind(
        name=name,
        key=key,
        doc=doc,
        fields=(
            value,
            Field("label", Word(), "work, home, mobile, billing, delivery or your own word"),
            Field("service", Word(), "the service it belongs to: whatsapp, linkedin"),
            Field("do_not_use", Boolean(), "do not use it"),
        ),
        shorthand=alone("value"),
        title="value",
        derived=derived,
        derive=derive,
        card=CardLine(heading="", fact=fact),
    )


def _derive_phone(item: Item, business: Business) -> None:
    from crm_cli.model.phones import e164

    item.derived["e164"] = e164(item.values.get("value", ""), business.country or None)


TAG = Kind(
    name="tag",
    key="tags",
    doc="a tag to group and find customers by",
    fields=(Field("value", Word(), "the tag", commas=False),),
    shorthand=alone("value"),
    title="value",
    notes=False,
)

EMAIL = _channel(
    "email",
    "emails",
    "an e-mail address",
    Field("value", Email(), "the address", commas=False),
    (Derived("bounced", Date(), "the day from which e-mail to it came back"),),
    label="e-mail",
)

PHONE = _channel(
    "phone",
    "phones",
    "a telephone number, kept as typed",
    Field("value", Phone(), "the number"),
    (Derived("e164", Word(), "the number in international form (E.164)", searched=True),),
    _derive_phone,
    label="phone",
)

URL = _channel("url", "urls", "a web address", Field("value", Text(), "the address"), label="web")

SOCIAL = _channel(
    "social", "social", "a name on a social network", Field("value", Text(), "the name")
)
