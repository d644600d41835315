"""`crm report campaigns`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crm_cli.features.reports.campaign_people import People, Person
from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Report
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.campaign_assigning import TARGETED
from crm_cli.model.campaign_response import CAMPAIGN_RESPONSE, RESPONSE_STATUSES
from crm_cli.model.money import round_money
from crm_cli.model.score_intervals import Interval, Sums, newcombe, welch
from crm_cli.model.text import fold

_THOUSAND, _HUNDREDTH = Decimal(1000), Decimal("0.01")
_RATED = ("opened", "clicked", "responded", "converted", "opted_out")
_PARTS: dict[str, Callable[[Person], Any]] = {
    "campaign": lambda one: one.campaign,
    "variant": lambda one: one.variant,
    "reason": lambda one: one.reason,
    "owner": lambda one: one.owner,
    "month": lambda one: f"{one.assigned_on:%Y-%m}" if one.assigned_on is not None else None,
}
_APART = ("variant", "reason")
"""Keys by which those held out are not told apart: all variants are compared with all of them."""


def _compute(context: Context) -> Table:
    people = People(context)
    if any(row[2] is not None for row in people.campaigns.values()):
        people.cost_goods()
    names = [key.name for key in context.keys]
    groups: dict[tuple[Any, ...], list[Person]] = {}
    controls: dict[tuple[Any, ...], list[Person]] = {}
    for person in people.chosen.values():
        groups.setdefault(tuple(_PARTS[name](person) for name in names), []).append(person)
        if person.held_out:
            controls.setdefault(_apart(person, names), []).append(person)
    leads = _leads(context, people)
    rows = []
    for group, held in groups.items():
        controlled = controls.get(_apart(held[0], names), [])
        row = dict(zip(names, group, strict=True))
        if "campaign" in row and any(key.label for key in context.keys):
            row["name"] = people.campaigns.get(held[0].campaign, (None,))[0]
        rows.append({**row, **_figures(context, people, held, controlled, leads)})
    everybody = list(people.chosen.values())
    total = _figures(context, people, everybody, [one for one in everybody if one.held_out], leads)
    table = Table(context.keys, REPORT.figures, rows, total)
    table.sort(context.order(REPORT.sort))
    return table


def _apart(person: Person, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(_PARTS[name](person) for name in names if name not in _APART)


def _figures(
    context: Context,
    people: People,
    held: Sequence[Person],
    controlled: Sequence[Person],
    leads: set[tuple[str, str]],
) -> Row:
    """The figures of people; those of one campaign have its costs, its goal and its uplift."""
    row: Row = {status: _count(held, status) for status in RESPONSE_STATUSES}
    # Who answers without having been sent it is counted, but is no part of what was delivered.
    reached = [one for one in held if "sent" in one.statuses and "bounced" not in one.statuses]
    row["delivered"] = len(reached)
    row |= {f"{one}_rate": quotient(_count(reached, one), len(reached)) for one in _RATED}
    row["orders"] = sum(one.orders for one in held)
    row["revenue"] = _money(context, (one.revenue for one in held))
    only = {one.campaign for one in held}
    if len(only) != 1:
        return row
    (campaign,) = only
    _, _, cost, metric, target = people.campaigns.get(campaign, (None,) * 5)
    whole = _is_all(people, campaign, held)
    if cost is not None and whole:
        row |= _returns(context, held, cost, row)
    if target and whole:
        counts = {"responses": row["responded"], "orders": row["orders"],
                  "revenue": row["revenue"],
                  "leads": sum((campaign, one.customer) in leads for one in held)}  # fmt: skip
        row |= {"goal": metric or "orders", "target": target}
        row["reached"] = quotient(counts[row["goal"]], target)
    return row | _uplift([one for one in held if one.assigned], controlled)


def _count(held: Iterable[Person], status: str) -> int:
    return sum(status in one.statuses for one in held)


def _money(context: Context, amounts: Iterable[Decimal]) -> Decimal:
    return round_money(sum(amounts, Decimal(0)), context.currency)


def _is_all(people: People, campaign: str, held: Sequence[Person]) -> bool:
    """Whether they are all of a campaign: only these have all of its costs."""
    if people.whole:
        return len(held) == sum(one.campaign == campaign for one in people.chosen.values())
    there = {id for of, id in people.people if of == campaign}
    return there <= {one.customer for one in held}


def _returns(context: Context, held: Sequence[Person], cost: Decimal, row: Row) -> Row:
    """What it cost, each response, and the return: on the margin where all goods have a cost."""
    goods = [one.cost_of_goods for one in held if one.orders or one.revenue]
    known = [one for one in goods if one is not None]
    on_margin = len(known) == len(goods)
    gain = row["revenue"] - (_money(context, known) if on_margin else 0)
    return {
        "cost": cost,
        "cost_per_response": quotient(cost, row["responded"], money=True),
        "roi": quotient(gain - cost, cost),
        "roi_on": ("margin" if on_margin else "revenue") if cost else None,
    }


def _uplift(assigned: Sequence[Person], controlled: Sequence[Person]) -> Row:
    """What was bought by those who were to get it, and by those held out, and the difference."""
    hits, others = (sum(one.bought for one in part) for part in (assigned, controlled))
    row: Row = {"assigned": len(assigned), "bought": hits, "compared": len(controlled),
                "compared_bought": others, "better": _better(assigned)}  # fmt: skip
    if not assigned or not controlled:
        return row
    share = quotient(hits * 1000, len(assigned), unit=Decimal("1e-9"))
    other = quotient(others * 1000, len(controlled), unit=Decimal("1e-9"))
    assert share is not None and other is not None
    row["uplift"] = (share - other).quantize(_HUNDREDTH, ROUND_HALF_UP)
    ends = newcombe(hits, len(assigned), others, len(controlled))
    row["uplift_low"], row["uplift_high"] = _per_thousand(ends)
    first, second = _sums(assigned), _sums(controlled)
    row["revenue_uplift"] = _rounded(1000 * (first.mean - second.mean))
    row["revenue_low"], row["revenue_high"] = _per_thousand(welch(first, second))
    return row


def _better(assigned: Sequence[Person]) -> str | None:
    """The variant whose people bought surely more often than those of every other one."""
    groups: dict[str, list[Person]] = {}
    for one in assigned:
        if one.variant is not None:
            groups.setdefault(one.variant, []).append(one)
    counts = {name: (sum(one.bought for one in held), len(held)) for name, held in groups.items()}
    for name, found in counts.items():
        rivals = [newcombe(*found, *other) for rival, other in counts.items() if rival != name]
        if rivals and all(one is not None and one.low > 0 for one in rivals):
            return name
    return None


def _sums(held: Sequence[Person]) -> Sums:
    amounts = [float(one.spent) for one in held]
    return Sums(len(held), sum(amounts), sum(one * one for one in amounts))


def _per_thousand(found: Interval | None) -> tuple[Decimal | None, Decimal | None]:
    if found is None:
        return None, None
    return _rounded(1000 * found.low), _rounded(1000 * found.high)


def _rounded(number: float) -> Decimal:
    return Decimal(repr(number)).quantize(_HUNDREDTH, ROUND_HALF_UP)


def _leads(context: Context, people: People) -> set[tuple[str, str]]:
    """(campaign, customer) of the leads it brought: who has a deal that names it, or whose source
    is a campaign and this one in detail. Asked only where a goal is counted in leads."""
    from crm_cli.model.customer import CUSTOMER
    from crm_cli.model.deal import DEAL

    if not any(row[3] == "leads" for row in people.campaigns.values()):
        return set()
    deals = context.workspace.select(DEAL, ["has:campaign"], cols=("campaign", "customer")).rows
    found = {(str(campaign), str(customer)) for campaign, customer in deals}
    called = {fold(text): id for id, row in people.campaigns.items() for text in (id, row[0] or id)}
    terms = ["source.is:campaign", "has:source_detail"]
    rows = context.workspace.select(CUSTOMER, terms, cols=("id", "source_detail")).rows
    return found | {(called[fold(said)], id) for id, said in rows if fold(said) in called}


REPORT = Report(
    name="campaigns",
    answers="Show what campaigns brought: whom they reached, what was bought, and the uplift.",
    formula="People of the campaigns who were put into a group in the period, each once a status; "
    "delivered are those it was sent to without coming back, and rates are the part of them: an "
    "answer of somebody who was never sent it is in no rate. Orders and revenue are the net of "
    "what counts and names the campaign; else a purchase goes whole to the campaign that was last "
    "sent to, clicked or answered by that person within its attribution days (30) before. ROI "
    "is (revenue − cost of the goods − cost) ÷ cost where every line has a cost, else on "
    "revenue; cost and goal stand where all people of the campaign are in the row. Uplift is "
    "the share that bought of those assigned (targeted, whether or not it was sent) less that "
    "of those held out, both within the attribution days of the day they were assigned, "
    "whatever a purchase names; per 1,000 people, with Newcombe's interval of 95 % (1998, "
    "method 10). Revenue likewise, with Welch's. A variant is better where its interval against "
    "each other one is above 0. Leads of a goal have a deal that names it, or it is their "
    "source.",
    example="--by campaign,variant",
    group="Service",
    base=CAMPAIGN_RESPONSE,
    terms=("is:counted_now",),
    by=(
        Key("campaign", "campaign", "the campaign", label="campaign.name", ids=True, public=True),
        Key("variant", "in_variant", "the variant that they were to get", public=True),
        Key("reason", "reason", "why they were left out", public=True),
        Key("owner", "owner", "who of us has the customers"),
        Key("month", "assigned_on.month", "the month in which they were assigned", timed=True),
    ),
    usual=("campaign",),
    open=False,
    compared=False,
    figures=(
        Figure(TARGETED, "", "people who were to get it", type="integer"),
        Figure("held_out", "", "people held out, to compare with", type="integer"),
        Figure("suppressed", "", "people left out: --by reason", type="integer"),
        Figure("sent", "", "people it was sent to", type="integer"),
        Figure("bounced", "", "people whom it did not reach", type="integer"),
        Figure("delivered", "", "people it was sent to and did not bounce from", type="integer"),
        Figure("orders", "", "orders put down to it", type="integer"),
        Figure("revenue", "", "their net", type="money"),
        Figure("uplift", "", "buyers per 1,000 people, more than of those held out",
               type="decimal", cases="compared"),
        Figure("uplift_low", "", "the lower end of its interval", type="decimal"),
        Figure("uplift_high", "", "the upper end", type="decimal"),
        Figure("better", "", "the variant that surely sells more often"),
        *(figure for status, doc in (
            ("opened", "opened it"), ("clicked", "clicked"), ("responded", "answered"),
            ("converted", "bought, as was recorded"), ("opted_out", "want no more"),
        ) for figure in (
            Figure(status, "", f"people who {doc}", type="integer"),
            Figure(f"{status}_rate", "", f"the part of those delivered who {doc}",
                   type="rate", cases="delivered"),
        )),
        Figure("cost", "", "what it cost", type="money"),
        Figure("cost_per_response", "", "cost ÷ responded", type="money"),
        Figure("roi", "", "return on the cost", type="share"),
        Figure("roi_on", "", "margin, or revenue where goods have no cost"),
        Figure("goal", "", "what its goal is counted in"),
        Figure("target", "", "how many, or how much", type="decimal"),
        Figure("reached", "", "the part of the goal that was reached", type="share"),
        Figure("assigned", "", "people compared: who were to get it", type="integer"),
        Figure("bought", "", "of them bought in the attribution days", type="integer"),
        Figure("compared", "", "people held out whom they are compared with", type="integer"),
        Figure("compared_bought", "", "of them bought", type="integer"),
        Figure("revenue_uplift", "", "net per 1,000 people, more than of those held out",
               type="decimal"),
        Figure("revenue_low", "", "the lower end of its interval", type="decimal"),
        Figure("revenue_high", "", "the upper end", type="decimal"),
    ),
    sort="revenue-,targeted-",
    bar="revenue",
    compute=_compute,
)  # fmt: skip
