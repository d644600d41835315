"""The headers of mailings: the way out, what list it is, that no person wrote it."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import quote

from crm_cli.model.errors import Unreadable
from crm_cli.model.outgoing import Outgoing, domain_of

_PLACES = ("{customer}", "{list}", "{token}")
_TOKEN = 32


def list_of(letter: Outgoing) -> str:
    """What a mailing is of: the campaign, else the template."""
    return letter.campaign or letter.template or "mail"


def headers_of(letter: Outgoing, address: str = "", key: bytes = b"") -> Iterator[tuple[str, str]]:
    """The headers that a mailing has beside those of any e-mail; none of another one.

    `List-Unsubscribe` (RFC 2369) is a mailto: to the sender, and where `address` is a pattern of
    an https: address and there is a `key`, that one, with `List-Unsubscribe-Post` (RFC 8058) for
    one click; `List-Id` (RFC 2919); `Auto-Submitted` (RFC 3834).

    Raises Unreadable for a pattern that cannot be.
    """
    if not letter.is_mailing:
        return
    name = list_of(letter)
    subject = f"unsubscribe {letter.campaign}" if letter.campaign else "unsubscribe"
    way = f"<mailto:{quote(letter.sender.address, safe='@.+-_')}?subject={quote(subject, safe='')}>"
    if address:
        yield "List-Unsubscribe", f"<{address_of(letter, address, key)}>, {way}"
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    else:
        yield "List-Unsubscribe", way
    label = re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-") or "mail"
    domain = domain_of(letter.sender.address).encode("idna").decode("ascii")
    yield "List-Id", f"<{label}.{domain}>"
    yield "Auto-Submitted", "auto-generated"


def address_of(letter: Outgoing, pattern: str, key: bytes) -> str:
    """Where a mailing is unsubscribed with one click. Raises Unreadable."""
    if not pattern.startswith("https://") or "{customer}" not in pattern:
        raise Unreadable(
            "mail.unsubscribe has to be an https: address with {customer} and {token}",
            "https://kava.example/out?c={customer}&l={list}&t={token}",
        )
    if "{token}" not in pattern or not key:
        raise Unreadable(
            "mail.unsubscribe needs {token}, and a key to make it with",
            "write unsubscribe_key: {password_file: …} under mail in ~/.config/crm/config.yaml",
        )
    name = list_of(letter)
    values = {"{customer}": letter.customer, "{list}": name,
              "{token}": token_of(letter.customer, name, key)}  # fmt: skip
    made = re.sub(r"\{\w+\}", lambda match: quote(values.get(match[0], match[0]), safe=""), pattern)
    if not re.fullmatch(r"[\x21-\x3b\x3d\x3f-\x7e]{1,900}", made):
        raise Unreadable("mail.unsubscribe cannot be an address", f"it would be {made[:80]}")
    return made


def token_of(customer: str, name: str, key: bytes) -> str:
    """What shows that an address was made by us: HMAC-SHA256 of CUSTOMER, a NUL, and LIST."""
    return hmac.new(key, f"{customer}\0{name}".encode(), sha256).hexdigest()[:_TOKEN]
