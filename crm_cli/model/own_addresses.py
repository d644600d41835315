"""Our own e-mail addresses: what comes from them we wrote, and what goes out comes from them."""

from __future__ import annotations

from crm_cli.model.item import Item
from crm_cli.model.reachable import bare_address


def own_addresses(settings: Item) -> frozenset[str]:
    """The addresses of the business and its users in crm.yaml, in lower case, and `@` with
    domains that are ours."""
    business = settings.values.get("business")
    found: list[object] = list(business.values.get("emails") or ()) if business is not None else []
    users: dict[str, Item] = settings.values.get("users") or {}
    found += [one.values.get("email") for one in users.values()]
    channels = settings.values.get("channels")
    listed = channels.get("email") if isinstance(channels, dict) else None
    found += listed if isinstance(listed, list) else [listed]
    mail = settings.values.get("mail")
    found += [mail.values.get("from"), *mail.values.get("addresses", ())] if mail else []
    texts = (bare_address(str(one)).lower() for one in found if one)
    return frozenset(text for text in texts if "@" in text)
