"""Where deals stand: what they are worth, their chance and their days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from crm_cli.model.dates import local_date
from crm_cli.model.deal_moves import is_over, missing, place_of
from crm_cli.model.errors import Severity
from crm_cli.model.exchange import RATE_DAY, missing_rate
from crm_cli.model.kind import Finding
from crm_cli.model.money import EXACT, round_money
from crm_cli.model.pipeline import Stage, unknown_stage
from crm_cli.model.purchase_amounts import tax_lines
from crm_cli.model.tracking import entries, ordered

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

_HUNDRED = Decimal(100)


def derive(deal: Item, business: Business) -> None:
    """Value, chance and weight; where the deal stands and since when."""
    values, derived = deal.values, deal.derived
    pipeline, stage = place_of(deal, business)
    currency = values.get("currency") or business.currency
    status = stage.type if stage is not None else "open"
    derived["currency"] = currency
    derived["in_pipeline"] = pipeline.id
    derived["status"] = status
    if business.tax_included and (lines := deal.items("lines")):
        priced = [line for line in lines if "net" in line.derived]
        tax_lines(priced, currency, True, business.rounding)
    value = _value(deal, currency)
    if value is not None:
        derived["value"] = value
    chance, source = values.get("probability"), "own"
    if stage is not None:
        derived["stage_chance"] = stage.probability
    if chance is None or status in ("won", "lost"):
        chance, source = derived.get("stage_chance"), "stage"
    if chance is not None:
        derived["chance"] = chance
        derived["chance_source"] = source
        if value is not None:
            derived["weighted"] = _part(value, chance, currency)
    for line in deal.items("lines"):
        net = line.derived.get("net")
        if net is not None:
            line.derived["value"] = net
            line.derived["weighted"] = None if chance is None else _part(net, chance, currency)
    if status == "open":
        derived["forecast"] = stage.category if stage is not None else "pipeline"
    _derive_days(deal, stage, business)


def _part(value: Decimal, percent: Decimal, currency: str) -> Decimal:
    return round_money(EXACT.divide(EXACT.multiply(value, percent), _HUNDRED), currency)


def _value(deal: Item, currency: str) -> Decimal | None:
    """What a deal is worth: its amount, else what its lines come to."""
    amount: Decimal | None = deal.values.get("amount")
    if amount is not None:
        return round_money(amount, currency)
    nets = [line.derived["net"] for line in deal.items("lines") if "net" in line.derived]
    return sum(nets, Decimal(0)) if nets else None


def _derive_days(deal: Item, stage: Stage | None, business: Business) -> None:
    values, derived, zone = deal.values, deal.derived, business.time_zone
    history = entries(deal, business) if "stage_history" in values else []
    begun: date | None = local_date(values["created"], zone) if "created" in values else None
    if begun is None and history:
        begun = history[0].day
    now = values.get("stage")
    _derive_stays(deal, business)
    since = begun
    if history and history[-1].value == now:
        since = history[-1].day
    if is_over(deal):
        ended = local_date(values["closed_at"], zone) if "closed_at" in values else None
        if ended is None and history and history[-1].value == now:
            ended = since
        since = ended or since
        if ended and begun and ended < begun:
            begun = None  # It was written down after that: nobody knows how long it took.
        derived["ended"] = ended
        derived[RATE_DAY] = ended
        pipeline = place_of(deal, business).pipeline
        open_ids = {one.id for one in pipeline.of_type("open")}
        before = [one.value for one in history if one.value in open_ids]
        derived["left"] = before[-1] if before else None
    derived["begun"] = begun
    derived["stage_since"] = since
    derived["moves"] = max(len(history) - 1, 0)
    if stage is not None and stage.type == "open" and since is not None:
        derived["rots_on"] = stage.rots_on(since)


def _derive_stays(deal: Item, business: Business) -> None:
    """How far the deal came, and how long it was in each stage of its history."""
    pipeline = place_of(deal, business).pipeline
    places = {stage.id: stage for stage in pipeline.stages}
    moves = ordered(deal, business)
    for move, after in zip_longest(moves, moves[1:]):
        stage = places.get(move.values["stage"])
        move.derived["stage_type"] = stage.type if stage is not None else None
        if after is not None and "at" in after.values:
            move.derived["until"] = local_date(after.values["at"], business.time_zone)
    names = [move.values["stage"] for move in moves] + [deal.values.get("stage")]
    come = [places[name] for name in names if name in places and places[name].type == "open"]
    furthest = max(come, key=lambda stage: stage.place, default=None)
    deal.derived["furthest"] = furthest.id if furthest is not None else None


def begins_as(values: Mapping[str, Any], business: Business) -> dict[str, Any]:
    """The first open stage, unless another is given; the pipeline, where there are several."""
    pipelines = business.pipelines
    pipeline = pipelines.place(values.get("pipeline"), values.get("stage")).pipeline
    found: dict[str, Any] = {}
    if len(pipelines.all) > 1:
        found["pipeline"] = pipeline.id
    if not values.get("stage") and (open_stages := pipeline.of_type("open")):
        found["stage"] = open_stages[0].id
    return found


def check(deal: Item, business: Business) -> Iterator[Finding]:
    if "value" in deal.derived:
        yield from missing_rate(deal, business)
    pipeline, stage = place_of(deal, business)
    name = deal.values.get("stage")
    if name and stage is None:
        message, hint = unknown_stage(name, pipeline)
        yield Finding("stage", "unknown-stage", f"stage: {message}", hint)
    if is_over(deal) and deal.derived["ended"] is None:
        yield Finding(
            "stage",
            "no-closing-day",
            f"{deal.derived['status']}, and no closed_at says when: reports by day leave it out",
            f"crm set {deal.id} closed_at=DATE" if deal.id else "write closed_at: DATE",
            Severity.WARNING,
            absent="closed_at",
        )
    yield from _check_ended(deal, business)
    probability = deal.values.get("probability")
    if probability is not None and not 0 <= probability <= _HUNDRED:
        message = f"a probability of {probability} % cannot be"
        yield Finding("probability", "bad-probability", message, "0 to 100", Severity.WARNING)
    lacking = missing(deal, business, stage.id) if stage is not None else []
    if lacking:
        yield Finding(
            "stage",
            "stage-requires",
            f"a deal in {name} needs {', '.join(lacking)}",
            f"crm set {deal.id} {' '.join(f'{key}=…' for key in lacking)}",
            Severity.WARNING,
        )


def _check_ended(deal: Item, business: Business) -> Iterator[Finding]:
    """Findings of the day on which a deal was closed, and of its amount."""
    ended, created = deal.derived.get("ended"), deal.values.get("created")
    began = local_date(created, business.time_zone) if created is not None else None
    if "closed_at" in deal.values and ended and began and ended < began:
        yield Finding(
            "closed_at", "closed-before-created",
            f"{deal.derived['status']} on {ended}, and created on {began}: its cycle is left out",
            f"crm set {deal.id} created={ended}" if deal.id else "mend one of them",
            Severity.WARNING,
        )  # fmt: skip
    amount = deal.values.get("amount")
    if amount is not None and amount < 0:
        yield Finding(
            "amount", "negative-deal", f"a deal is not worth {amount}: sums take it off",
            "write what it is worth, or that it is lost", Severity.WARNING,
        )  # fmt: skip
