"""What a rule acts on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from crm_cli.model.places import DESK


class Subject(NamedTuple):
    """What a rule acts on: the record in whose file it is noted (the desk for what is no
    customer's), the item or the record that the rule looks at, where it is not that customer, and
    the occasion: the same one never comes again. `values` are the fields that its texts name."""

    customer: str
    item: str
    occasion: str
    values: Mapping[str, Any]

    @property
    def id(self) -> str:
        """What the rule looks at."""
        return self.item or self.customer

    @property
    def said(self) -> str:
        """How it is spoken of: `ana-novak`, `p-2m8ct4h of ana-novak`."""
        if not self.item:
            return self.customer
        return self.item if self.customer == DESK.path else f"{self.item} of {self.customer}"
