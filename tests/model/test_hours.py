"""Working hours, as people write them."""

from __future__ import annotations

import pytest

from crm_cli.model.hours import USUAL, faults, read_hours


@pytest.mark.parametrize(
    ("written", "monday"),
    [
        ({"mon": "08:00-16:00"}, ((480, 960),)),
        ({"Monday": ["13:00-16:00", "8:00 – 12:00"]}, ((480, 720), (780, 960))),
        ({"mon-fri": "08:00-12:00, 13:00-16:00"}, ((480, 720), (780, 960))),
        ({"mon": None, "tue": "00:00-24:00"}, ()),
        (None, USUAL[0]),
    ],
)
def test_hours_are_read(written: object, monday: object) -> None:
    assert list(faults(written)) == []
    assert read_hours(written)[0] == monday


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (5, ["'5' names no weekdays"]),
        (["mon"], ["'['mon']' names no weekdays"]),
        (
            {"monk": "08:00-16:00", "mo": "", "fri-mon": ""},
            ["'mo' is neither a weekday nor a span of them, as mon-fri is",
             "'fri-mon' is neither a weekday nor a span of them, as mon-fri is"],
        ),
        (
            {"mon": "22:00-06:00", "tue": ["25:00-99:00", "08:00-12:00"], "wed": "9-17"},
            ["'22:00-06:00' on mon is no time from one hour to a later one",
             "'25:00-99:00' on tue is no time from one hour to a later one",
             "'9-17' on wed is no time from one hour to a later one"],
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(written: object, told: list[str]) -> None:
    assert list(faults(written)) == told


def test_what_can_be_read_of_it_counts() -> None:
    assert read_hours({"tue": ["25:00-99:00", "08:00-12:00"]})[1] == ((480, 720),)
