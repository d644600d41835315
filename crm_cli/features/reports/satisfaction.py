"""`crm report satisfaction`."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crm_cli.features.reports.columns import About, Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Headline, Report
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.errors import UsageError
from crm_cli.model.feedback import FEEDBACK, INVITATION
from crm_cli.model.rows import fraction
from crm_cli.model.score_intervals import Interval, net_promoter, wilson

_FEW = 30
_HUNDREDTH = Decimal("0.01")
_ASKED = (
    Figure("invited", "count(where first = yes)", ""),
    Figure("replied", "count(where first = yes and answered = yes)", ""),
)
_INVITATIONS = About(base=INVITATION, period="asked_on", terms=("not:at.after:today",))
_INVITED_BY = ("survey", "wave", "owner")
_DROPPED = ("promoters", "detractors", "satisfied")
_COUNTS = ("answers", "nps_n", "promoters", "detractors", "csat_n", "satisfied", "ces_n", "reviews")
_WORDS = 3


def _finish(context: Context, table: Table) -> None:
    """Scores with their intervals, response rates, and the newest words of detractors."""
    asked = _asked(context, table)
    table.sort(context.order(REPORT.sort))
    for row in [*table.rows, *([table.total] if table.total is not None else [])]:
        _score(row)
        whole = row is table.total
        row |= asked.get("total" if whole else table.group(row), {})
        row["response_rate"] = quotient(row.get("replied"), row.get("invited"))
    table.columns = tuple(one for one in table.columns if one.key not in _DROPPED)
    table.notes += _words(context)


def _score(row: Row) -> None:
    n, promoters, detractors = (row[key] for key in ("nps_n", "promoters", "detractors"))
    row["nps"] = quotient(promoters - detractors, n)
    row["nps_low"], row["nps_high"] = _ends(net_promoter(promoters, detractors, n))
    row["csat"] = quotient(row["satisfied"], row["csat_n"])
    row["csat_low"], row["csat_high"] = _ends(wilson(row["satisfied"], row["csat_n"]))
    for key in ("ces", "stars"):
        if row.get(key) is not None:
            row[key] = Decimal(row[key]).quantize(_HUNDREDTH, ROUND_HALF_UP)


def _ends(found: Interval | None) -> tuple[Decimal | None, Decimal | None]:
    if found is None:
        return None, None
    low, high = (fraction(Decimal(repr(end))) for end in found)
    return low, high


def _asked(context: Context, table: Table) -> dict[Any, Row]:
    """By group, and in total, how many were invited and have answered; nothing where groups are
    by what an invitation does not say, or terms ask for that."""
    if not {key.name for key in table.keys} <= set(_INVITED_BY):
        return {}
    asked = Context(context.workspace, _INVITATIONS, context.asked, table.keys)
    try:
        found = asked.groups(figures=_ASKED)
    except UsageError:
        return {}
    made: dict[Any, Row] = {
        table.group(row): {one.key: row[one.key] for one in _ASKED} for row in found.rows
    }
    if found.total is not None:
        made["total"] = {one.key: found.total[one.key] for one in _ASKED}
    there = {table.group(row) for row in table.rows}
    for group, row in made.items():
        if group != "total" and group not in there:
            of = zip((key.name for key in table.keys), group, strict=True)
            table.rows.append({**dict(of), **dict.fromkeys(_COUNTS, 0), **row})
    return made


def _words(context: Context) -> list[str]:
    """The newest words of detractors, of the period and of what was asked."""
    from crm_cli.query.ast import And

    scope = context.workspace.scope(FEEDBACK)
    nodes = [context.workspace.node(scope, ("is:detractor", "has:body", "is:counted_now"))]
    if context.asked.period is not None:
        nodes.append(context.workspace.within(FEEDBACK, context.asked.period))
    cols = ("at", "customer.name", "score", "body", "id")
    rows = context.rows(*cols, among=And(tuple(nodes)))
    rows.sort(key=lambda row: (str(row[0]), str(row[4])), reverse=True)
    return [
        f"{str(at)[:10]} {name}, {score}: {' '.join(str(body).split())}"
        for at, name, score, body, _ in rows[:_WORDS]
    ]


REPORT = Report(
    name="satisfaction",
    answers="Show how satisfied customers are: NPS, CSAT, CES, reviews, and how many answer.",
    formula="NPS is the share of 9 and 10 less that of 0 to 6, a fraction of ±1, with the "
    "adjusted Wald interval of 95 % (Rocks 2016). CSAT is the share of scores from three quarters "
    "of the scale on, 4 and 5 of 5, with Wilson's interval. CES is the mean on a scale of 1 to 7, "
    "stars the mean of reviews on one of 1 to 5. Other scales are brought to these by worst and "
    "best. The response rate is people who answered ÷ people invited, each once a wave, by "
    "survey, wave and owner. Scores of fewer than 30 answers are marked.",
    example="--period last-12m --by survey,wave",
    group="Service",
    base=FEEDBACK,
    by=(
        Key("survey", "survey", "the survey", public=True),
        Key("wave", "wave", "its wave", public=True),
        Key("month", "at.month", "the month", timed=True),
        Key("product", "about", "the product of the case or purchase", ids=True, public=True),
        Key("owner", "owner", "who of us has the customers"),
        Key("kind", "kind", "what it is", public=True),
    ),
    usual=("survey",),
    terms=("is:counted_now",),
    figures=(
        Figure("answers", "count(where points is not none)", "scores that were given"),
        Figure("nps_n", "count(where kind = nps and points is not none)", "answers of NPS"),
        Figure("promoters", "count(where group = promoter)", ""),
        Figure("detractors", "count(where group = detractor)", ""),
        Figure("nps", "", "Net Promoter Score", type="rate", cases="nps_n", few=_FEW),
        Figure("nps_low", "", "the lower end of its interval", type="share", compared=False),
        Figure("nps_high", "", "the upper end", type="share", compared=False),
        Figure("csat_n", "count(where kind = csat and points is not none)", "answers of CSAT"),
        Figure("satisfied", "count(where kind = csat and group = satisfied)", ""),
        Figure("csat", "", "the part that is satisfied", type="rate", cases="csat_n", few=_FEW),
        Figure("csat_low", "", "the lower end of its interval", type="share", compared=False),
        Figure("csat_high", "", "the upper end", type="share", compared=False),
        Figure("ces_n", "count(where kind = ces and points is not none)", "answers of CES"),
        Figure("ces", "avg(points where kind = ces)", "mean effort score, 1 to 7", cases="ces_n",
               few=_FEW),
        Figure("reviews", "count(where kind = review and points is not none)", "reviews"),
        Figure("stars", "avg(points where kind = review)", "mean stars, 1 to 5", cases="reviews",
               few=_FEW),
        Figure("invited", "", "people who were asked", type="integer"),
        Figure("replied", "", "of them answered", type="integer"),
        Figure("response_rate", "", "the part that answered", type="rate", cases="invited"),
    ),
    sort="answers-",
    chart="nps",
    title="How satisfied customers are",
    headlines=(Headline("nps", "Net Promoter Score"),),
    ranked=(
        "nps_n", "nps", "nps_low", "nps_high", "invited", "response_rate", "csat", "csat_n",
        "answers", "ces", "ces_n",
    ),
    finish=_finish,
)  # fmt: skip
