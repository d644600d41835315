"""Where the moves of deals lead: the next stage, back, won, lost, on hold, open again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.pipeline import Place, next_open, unknown_stage
from crm_cli.model.tracking import entries

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

_LIST = "crm deal stages lists those there are"


def missing(deal: Item, business: Business, stage: str) -> list[str]:
    """What a stage requires and a deal does not say; what crm.yaml misspells is not missed."""
    found = business.pipelines.place(deal.values.get("pipeline"), stage).stage
    return [key for key in (found.requires if found else ()) if not _says(deal, key)]


def _says(deal: Item, key: str) -> bool:
    field = deal.kind.by_name.get(key)
    if field is None:
        return True
    if field.key == "amount":
        return "value" in deal.derived
    inherited = deal.owner.values.get(field.inherits) if field.inherits else None
    return deal.values.get(field.key) is not None or inherited is not None


def place_of(deal: Item, business: Business) -> Place:
    """The pipeline and the stage of a deal."""
    return business.pipelines.place(deal.values.get("pipeline"), deal.values.get("stage"))


def to_stage(deal: Item, business: Business, word: str) -> str:
    """The stage that a word means for a deal: its id or label, `next` or `back`."""
    if word in ("next", "back"):
        return _step(deal, business, 1 if word == "next" else -1)
    pipeline = place_of(deal, business).pipeline
    named = pipeline.stage(word)
    if named is None:
        raise UsageError(*unknown_stage(word, pipeline))
    return named.id


def _step(deal: Item, business: Business, step: int) -> str:
    pipeline, stage = place_of(deal, business)
    status = deal.derived["status"]
    if status != "open":
        said = status.replace("_", " ")
        raise Refused(f"{deal.name} is {said}", f"crm deal reopen {deal.id} opens it again")
    if stage is None and deal.values.get("stage"):
        raise Refused(*unknown_stage(deal.values["stage"], pipeline))
    place = stage.place if stage is not None else -1
    found = next_open(pipeline, place, step)
    if found is None:
        last = "last" if step > 0 else "first"
        hint = f"crm deal win {deal.id}, or crm deal lose {deal.id} --reason …"
        raise Refused(
            f"{deal.name} is in the {last} open stage" + (f", {stage.id}" if stage else ""),
            hint if step > 0 else f"crm deal lose {deal.id} --reason …, if it came to nothing",
        )
    return found.id


def _of_type(deal: Item, business: Business, type: str) -> str:
    pipeline = place_of(deal, business).pipeline
    stages = pipeline.of_type(type)
    if not stages:
        raise Refused(
            f"the pipeline {pipeline.id} has no stage of type {type}",
            f"add one to crm.yaml: - {{id: {type}, type: {type}}}",
        )
    stage = place_of(deal, business).stage
    return stage.id if stage in stages and stage is not None else stages[0].id


def to_won(deal: Item, business: Business, word: str) -> str:
    """The stage of deals that are won."""
    return _of_type(deal, business, "won")


def to_lost(deal: Item, business: Business, word: str) -> str:
    """The stage of deals that are lost."""
    return _of_type(deal, business, "lost")


def to_hold(deal: Item, business: Business, word: str) -> str:
    """The stage of deals on hold."""
    if is_over(deal):
        status = deal.derived["status"]
        raise Refused(f"{deal.name} is {status}", f"crm deal reopen {deal.id} opens it again")
    return _of_type(deal, business, "on_hold")


def to_open(deal: Item, business: Business, word: str) -> str:
    """The open stage that a deal was in before, else the first one."""
    pipeline, stage = place_of(deal, business)
    if stage is not None and stage.type == "open":
        return stage.id
    open_ids = [one.id for one in pipeline.of_type("open")]
    if not open_ids:
        raise Refused(f"the pipeline {pipeline.id} has no open stage", _LIST)
    before = [one.value for one in entries(deal, business) if one.value in open_ids]
    return before[-1] if before else open_ids[0]


def is_over(deal: Item) -> bool:
    """Whether a deal is won or lost."""
    return deal.derived["status"] in ("won", "lost")


def is_live(deal: Item) -> bool:
    """Whether something is still to be done about a deal: it is open or on hold."""
    return not is_over(deal)


def no_longer_open(deal: Item) -> bool:
    """Whether a deal can be opened again."""
    return bool(deal.derived["status"] != "open")
