"""`crm report fit`."""

from __future__ import annotations

from decimal import Decimal

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Choice, Report
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.money import round_money
from crm_cli.model.text import did_you_mean

_PROFILE = Key("profile", "", "the profile", public=True)
_MATCH = Key("match", "", "best or rest, by the score", public=True)
_FIGURES = (
    Figure("customers", "", "how many there are", type="integer"),
    Figure("buyers", "", "how many of them bought", type="integer"),
    Figure("rate", "", "buyers ÷ customers", type="rate", cases="customers"),
    Figure("net", "", "what they bought", type="money"),
    Figure("per_customer", "", "net ÷ customers", type="money"),
    Figure("times", "", "per_customer ÷ that of the rest", type="decimal"),
    Figure("fit", "", "the mean score, 0 to 100", type="decimal"),
)
_SHOWN = ("customers", "buyers", "rate", "net", "per_customer")


def _compute(context: Context) -> Table:
    least = _least(context)
    profiles = context.workspace.profiles()
    wanted = context.option("profile")
    if wanted and wanted not in profiles:
        near = did_you_mean(wanted, profiles) or f"profiles: {', '.join(profiles) or 'none yet'}"
        raise UsageError(f"profiles.yaml has no profile '{wanted}'", near)
    names = [wanted] if wanted else [name for name, one in profiles.items() if one.rules]
    if not names:
        return Table((_PROFILE, _MATCH), _FIGURES, ())
    window = f"@{context.asked.period}" if context.asked.period else ""
    columns = (f"spend{window}", f"orders{window}", *(f"fit.{name}" for name in names))
    customers = context.rows(*columns)
    rows: list[Row] = []
    for place, name in enumerate(names, 2):
        best = [one for one in customers if (one[place] or 0) >= least]
        rest = [one for one in customers if (one[place] or 0) < least]
        found = [_figures(context, held, place) for held in (best, rest)]
        theirs, others = found[0]["per_customer"], found[1]["per_customer"]
        if theirs is not None and others:
            found[0]["times"] = quotient(theirs, others, unit=Decimal("0.01"))
        for match, one in zip(("best", "rest"), found, strict=True):
            if one["customers"]:
                rows.append({"profile": name, "match": match, **one})
    return Table((_PROFILE, _MATCH), _FIGURES, rows)


def _figures(context: Context, customers: list[tuple[object, ...]], place: int) -> Row:
    nothing = round_money(Decimal(0), context.currency)
    nets = [one[0] for one in customers if isinstance(one[0], Decimal)]
    net = sum(nets, nothing)
    buyers = sum(bool(one[1]) for one in customers)
    scores = sum(int(str(one[place] or 0)) for one in customers)
    return {
        "customers": len(customers),
        "buyers": buyers,
        "rate": quotient(buyers, len(customers)),
        "net": net,
        "per_customer": quotient(net, len(customers), money=True),
        "fit": quotient(scores, len(customers), unit=Decimal("0.1")),
    }


def _least(context: Context) -> int:
    text = context.option("from")
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= 100):
        raise UsageError(f"--from {text} is no score from 1 to 100", "write --from 80")
    return int(text)


REPORT = Report(
    name="fit",
    answers="Compare the customers that fit a profile of ideal customers best with all others.",
    formula="A profile of profiles.yaml has rules, each query terms and a weight (1 unless said); "
    "the score of a customer is 100 × the weights of the rules they meet ÷ all weights of it, "
    "rounded. The best have --from (80) or more. Net and buyers are of all purchases that count, "
    "or of the period; times is the net per customer of the best ÷ that of the rest. Queries know "
    "the scores: crm list fit.wholesale:80.. stage:lead; fit alone is that of the profile which "
    "fits best.",
    example="--from 60 --period last-12m",
    group="Customers",
    base=CUSTOMER,
    figures=_FIGURES,
    options=(
        Choice("profile", "Only this profile.", metavar="NAME"),
        Choice("from", "The lowest score of the best.", metavar="SCORE", default="80"),
    ),
    period="-",
    open=False,
    bar="per_customer",
    compute=_compute,
)
