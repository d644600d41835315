"""The registry: a new kind is a module that declares it, and a line here.

A kind that lives in a customer's record is found through the customer's own
declaration; a kind with a file of its own is listed with that file.
"""

from __future__ import annotations

from crm_cli.model.customer import CUSTOMER
from crm_cli.model.kind import Kind
from crm_cli.model.product import PRODUCT
from crm_cli.model.segment import SEGMENT

RECORD_KINDS: tuple[Kind, ...] = tuple(dict.fromkeys(CUSTOMER.walk()))
"""The customer and every kind of item in its record, each once."""

FILE_KINDS: dict[str, Kind] = {"products.yaml": PRODUCT, "segments.yaml": SEGMENT}
"""Kinds that share one file: a mapping from their key to each."""

KINDS: tuple[Kind, ...] = (*RECORD_KINDS, *FILE_KINDS.values())

BY_NAME: dict[str, Kind] = {}
for _kind in KINDS:
    for _name in (_kind.name, _kind.key, *_kind.aliases):
        BY_NAME.setdefault(_name, _kind)

BY_LETTER: dict[str, Kind] = {kind.letter: kind for kind in KINDS if kind.letter}
