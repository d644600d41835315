"""The screen that `crm pop` shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from crm_cli.features.popping import Found, Pop, in_plain_words, minds
from crm_cli.features.values import shown
from crm_cli.model.aspects import amount_text, joined
from crm_cli.model.dates import local_date
from crm_cli.model.money import format_amount
from crm_cli.model.popup import Popup, PopupLine
from crm_cli.model.purchase import contents
from crm_cli.model.subscription import in_words
from crm_cli.workspace import Workspace

_ALERT = "alert"
_SHOWN = {"mind": 4, "planned": 1, "tasks": 2, "deals": 2, "cases": 2, "contacts": 3,
          "purchases": 3, "subscriptions": 1, "offers": 2}  # fmt: skip
"""So many lines each: with those that are always there they make a screen of 24."""
_LINES = 22
"""What is left for them below the title; organizations may take the last ones' place."""


def popup(workspace: Workspace, found: Pop) -> Popup:
    """The lines of the screen, at most 24 in all."""
    customer = found.customer
    who = [customer["name"] or customer["id"]]
    who += [joined(" ", (one["name"], one["role"] and f"({in_plain_words(one['role'])})"))
            for one in found.people[:2]]  # fmt: skip
    scores = [customer[key] for key in ("rfm_recency", "rfm_frequency", "rfm_monetary")]
    rfm = customer["rfm"] and f"{in_plain_words(customer['rfm'])} {'-'.join(map(str, scores))}"
    best = max(found.fit.items(), key=lambda one: one[1] or 0, default=None)
    about = (
        customer["id"],
        in_plain_words(customer["lifecycle_stage"]),
        customer["owner"] and f"owner {customer['owner']}",
        rfm,
        f"fit {best[1]} {best[0]}" if best is not None and best[1] is not None else None,
        " ".join(f"+{tag}" for tag in (customer["tags"] or ())[:4]),
    )
    lines = tuple(_lines(workspace, found))[:_LINES]
    return Popup(" · ".join(map(str, who)), joined(" · ", about), lines)


def _lines(workspace: Workspace, found: Pop) -> Iterator[PopupLine]:
    customer = found.customer
    channel = customer["preferred_channel"]
    agreed = ", ".join(customer["agreed_channels"] or ())
    home = joined(", ", (customer["city"], customer["street"]))
    reach = (customer["phone"], customer["email"], channel and f"by {channel}", home or None)
    types = tuple(type for type, one in zip(("phone", "e-mail"), reach, strict=False) if one)
    said = joined(" · ", (agreed and f"agreed: {agreed}", *reach)) or "no phone, no e-mail"
    yield PopupLine("reach", said, types=("", *types) if agreed else types)
    yield PopupLine("money", _money(customer, workspace.business.terms_days))
    yield PopupLine("spend", _spend(workspace, customer))
    for firm in found.organizations[:2]:
        yield from _firm(workspace, firm)
    for text in islice(minds(found), _SHOWN["mind"]):
        yield PopupLine("mind", text, _ALERT)
    for one in found.planned[: _SHOWN["planned"]]:
        yield PopupLine("next", _meeting(workspace, one))
    for one in found.tasks[: _SHOWN["tasks"]]:
        tone = _ALERT if _late(workspace, one) else ""
        yield PopupLine(_counted("task", found.tasks), _task(workspace, one), tone)
    for one in found.deals[: _SHOWN["deals"]]:
        amount = one["amount"] is not None and amount_text(one["amount"], one["currency"])
        close = one["expected_close"] and f"close {one['expected_close']}"
        text = joined("  ", (one["name"], in_plain_words(one["stage"]), amount or None, close))
        yield PopupLine(_counted("deal", found.deals), text)
    for one in found.cases[: _SHOWN["cases"]]:
        tone = _ALERT if _late(workspace, one) else ""
        yield PopupLine(_counted("case", found.cases), _case(workspace, one), tone)
    for one in found.contacts[: _SHOWN["contacts"]]:
        day = _day(one["at"], workspace)
        way = {"inbound": "in", "outbound": "out"}.get(one["direction"] or "")
        what = joined(" ", (in_plain_words(one["kind"]), way))
        said = " ".join(str(one["subject"] or one["summary"] or "").split())
        yield PopupLine("talk", joined("  ", (day and day.isoformat(), what, said)))
    for one in found.purchases[: _SHOWN["purchases"]]:
        what = contents(one)
        state = one["payment_status"] if one["payment_status"] not in (None, "paid") else None
        parts = (str(one["date"] or ""), amount_text(one["gross"], one["currency"]),
                 in_plain_words(state), what)  # fmt: skip
        yield PopupLine("bought", joined("  ", parts))
    for one in found.subscriptions[: _SHOWN["subscriptions"]]:
        yield PopupLine("renews", _renewal(one))
    for offer in found.offers[: _SHOWN["offers"]]:
        yield PopupLine("offer", f"{offer.name}: {offer.reason}")


def _meeting(workspace: Workspace, one: Found) -> str:
    """`2026-12-03 08:00  visit  Maintenance  cene`."""
    said = " ".join(str(one["subject"] or one["summary"] or "").split())
    kind = in_plain_words(one["kind"])
    return joined("  ", (shown(workspace, one["at"]), kind, said, one["owner"]))


def _task(workspace: Workspace, one: Found) -> str:
    due = one["due"] and shown(workspace, one["due"])
    return joined("  ", (due, one["title"], one["assignee"]))


def _case(workspace: Workspace, one: Found) -> str:
    """`by 2026-07-06 09:40, overdue  incident  No heating`; the day it was opened where nothing is
    promised."""
    day = _day(one["opened"], workspace)
    by = one["due"] and f"by {shown(workspace, one['due'])}"
    promised = joined(", ", (by, "overdue" if _late(workspace, one) else None))
    when = promised or (day and day.isoformat())
    return joined("  ", (when, in_plain_words(one["kind"]), one["subject"]))


def _late(workspace: Workspace, one: Found) -> bool:
    """Whether what is due was due before now, or before today where it has no time."""
    due = one["due"]
    if isinstance(due, datetime):
        return bool(due < workspace.clock.now)
    return due is not None and due < workspace.clock.today


def _firm(workspace: Workspace, firm: Found) -> Iterator[PopupLine]:
    """What an organization owes and has in play, if anything; what to mind most; and of what is to
    be done for it the next of each."""
    name, mind, deals = firm["name"] or firm["id"], firm["mind"], firm["open_deals"]
    worth = amount_text(firm["in_play"], firm["currency"]) if firm["in_play"] else None
    playing = joined(" of ", (f"{deals} open deal{'' if deals == 1 else 's'}", worth))
    owed = _owed(firm) if firm["balance"] or firm["balance"] is None else None
    said = joined(" · ", (owed, playing if deals else None))
    if said:
        yield PopupLine("at", f"{name}: {said}", _ALERT if firm["overdue"] else "")
    if mind:
        yield PopupLine("at", f"{name}: {mind[0]}", _ALERT)
    for key, told in (("cases", _case), ("planned", _meeting), ("tasks", _task)):
        for one in firm[key][:1]:
            more = f" (1 of {len(firm[key])})" if len(firm[key]) > 1 else ""
            tone = _ALERT if key != "planned" and _late(workspace, one) else ""
            word = {"cases": "case", "planned": "next", "tasks": "task"}[key]
            yield PopupLine("at", f"{name}: {word}{more}  {told(workspace, one)}", tone)


def _renewal(one: Found) -> str:
    """`every month, next 2026-12-01, until 2027-12-31  beans-1kg`."""
    until = one["until"] and f"until {one['until']}"
    when = joined(", ", (in_words(one["every"]), f"next {one['next_occurrence']}", until))
    return joined("  ", (when, contents(one)))


def _owed(customer: Found) -> str:
    currency = customer["currency"]
    balance, overdue = customer["balance"], customer["overdue"]
    if balance is None:
        owed = "balance unknown: a rate is missing"
    elif not balance:
        owed = "owes nothing"
    elif balance < 0:
        owed = f"we owe them {amount_text(-balance, currency)}"
    else:
        owed = f"owes {amount_text(balance, currency)}"
    if overdue:
        part = "all" if overdue == balance else format_amount(overdue)
        owed += f", {part} overdue"
    return owed


def _money(customer: Found, usual: int | None) -> str:
    owed, currency = _owed(customer), customer["currency"]
    days = customer["credit.terms_days"]
    if days is None:
        days = usual
    terms = f"terms {days} day{'' if days == 1 else 's'}" if days is not None else None
    if terms and customer["credit.end_of_month"]:
        terms += ", end of month"
    limit = customer["credit.limit"]
    limited = None
    if limit is not None:
        limited = f"limit {amount_text(limit, customer['credit.currency'] or currency)}"
    return joined(" · ", (owed, terms, limited))


def _spend(workspace: Workspace, customer: Found) -> str:
    if not customer["orders"]:
        return "has bought nothing yet"
    count = customer["orders"]
    last, following = customer["last_purchase"], customer["next_purchase"]
    days = (workspace.clock.today - last).days if last is not None else None
    ago = f"last {last}, {days} day{'' if days == 1 else 's'} ago" if last is not None else None
    expected = f"next {following}" if following is not None else None
    spend = amount_text(customer["spend"] or Decimal(0), customer["currency"])
    return joined(" · ", (spend, f"{count} order{'' if count == 1 else 's'}", ago, expected))


def _counted(word: str, held: Sequence[Found]) -> str:
    return word if len(held) <= _SHOWN[f"{word}s"] else f"{word} ({len(held)})"


def _day(value: date | datetime | None, workspace: Workspace) -> date | None:
    return local_date(value, workspace.business.time_zone) if value is not None else None
