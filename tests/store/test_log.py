"""Reading git's log: what any program may have written into a commit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from crm_cli.store.log import EPOCH, when_of

CET = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-11-22T10:30:00+01:00", datetime(2026, 11, 22, 10, 30, tzinfo=CET)),
        ("2026-11-22T10:30:00Z", datetime(2026, 11, 22, 10, 30, tzinfo=UTC)),
        ("2023-11-19T02:52:20+99:99", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("2023-11-12T18:43:20-51:30", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("9999-12-31T11:59:59-12:00", EPOCH),
        ("10000-01-01T13:59:59+14:00", EPOCH),
        ("%aI", EPOCH),
        ("", EPOCH),
        ("2026-11-22T10:30:00", EPOCH),
    ],
)
def test_a_time_that_cannot_be_is_no_error(text: str, when: datetime) -> None:
    assert when_of(text) == when
