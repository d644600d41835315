"""What a name in a query means, from the declarations alone."""

from __future__ import annotations

import pytest

from crm_cli.model.kinds import BY_NAME
from crm_cli.query.fields import resolve


@pytest.mark.parametrize(
    ("kind", "name", "to_come"),
    [
        ("task", "due", True),
        ("task", "start", True),
        ("task", "completed", False),
        ("purchase", "due", True),
        ("purchase", "date", False),
        ("customer", "next_due", True),
        ("customer", "last_contact", False),
        ("membership", "end", True),
        ("membership", "start", False),
    ],
)
def test_a_date_leans_as_it_is_declared(kind: str, name: str, *, to_come: bool) -> None:
    assert resolve(name, BY_NAME[kind]).to_come is to_come
