"""What a row is about: cells without which it is not taken, where they cannot be read.

Anything else that cannot be read is left out, and its row is kept.
"""

from __future__ import annotations

from crm_cli.formats.targets import CUSTOMER, ID, Target, rows_of
from crm_cli.model.fieldtypes import Choice, Currency, Money, Number
from crm_cli.model.kind import Kind, ListOf

_IDENTITY = ("external_id", "source_system")


def is_essential(kind: Kind, to: Target) -> bool:
    """Whether a field says whom or what a row is about, when, or how much it comes to.

    A word with a default, such as the kind of a purchase, decides what an amount means.
    """
    field = to.field
    if field in (ID, CUSTOMER):
        return True
    listed = rows_of(kind)
    if to.group or (to.list and (listed is None or to.list != listed.key)):
        return False
    own = kind
    if to.list and listed is not None and isinstance(listed.type, ListOf):
        own = listed.type.kind
    if field.key in (*_IDENTITY, own.when, *_needed(own), *_needed(kind)):
        return True
    if not own.amount:
        return False
    if isinstance(field.type, Choice):
        return field.default is not None or field.type.keeps
    return isinstance(field.type, Money | Number | Currency)


def _needed(kind: Kind) -> tuple[str, ...]:
    if kind.exchange is None:
        return ()
    return (*kind.exchange.needed, *(part for key in kind.exchange.keys for part in key))
