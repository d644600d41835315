"""Here indexes are made as the program makes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import templates


@pytest.fixture(autouse=True)
def made_anew() -> Iterator[None]:
    """No index is the copy of an empty one."""
    with templates.indexes_made_anew():
        yield
