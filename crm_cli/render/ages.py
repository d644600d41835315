"""How far days are from today, in words: `48 d late`, `in 3 days`."""

from __future__ import annotations

from datetime import date, datetime


def age(when: date | datetime, today: date) -> str:
    """How far something that is due is: `48 d late`, `today`, `14:30`, `tomorrow`, `in 3 days`."""
    day = when.date() if isinstance(when, datetime) else when
    days = (day - today).days
    if days < 0:
        return f"{-days:,} d late"
    if days == 0:
        return f"{when:%H:%M}" if isinstance(when, datetime) else "today"
    return "tomorrow" if days == 1 else f"in {days:,} days"


def day_heading(day: date, today: date) -> str:
    """A day as a heading: `Fri 2026-11-20, today`."""
    days = (day - today).days
    near = {-1: ", yesterday", 0: ", today", 1: ", tomorrow"}.get(days, "")
    far = f", in {days} days" if 1 < days <= 7 else ""
    return f"{day:%a} {day.isoformat()}{near}{far}"
