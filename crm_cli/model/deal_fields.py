"""The fields of a deal."""

from __future__ import annotations

from crm_cli.model.deal_items import DEAL_LINE, DEAL_MOVE, LOST_REASONS
from crm_cli.model.fieldtypes import (
    Choice,
    Code,
    Currency,
    Date,
    Moment,
    Money,
    Percent,
    PipelineName,
    Reference,
    StageName,
    Text,
    User,
    Word,
)
from crm_cli.model.kind import Field, ListOf

DEAL_KINDS = ("new_business", "existing_business", "renewal")
"""With whom."""

FIELDS = (
    Field(
        "name",
        Text(),
        "what it is about",
        aliases=("title",),
        headings="deal deal_name opportunity opportunity_name title subject naziv posel",
    ),
    Field("pipeline", PipelineName(), "its pipeline, if not the first that has its stage"),
    Field("stage", StageName(), "how far it is", headings="deal_stage sales_stage faza phase"),
    Field(
        "amount",
        Money(),
        "what it is worth, if not what its lines come to; sums go over value",
        sums="value",
        headings="value deal_value close_value total expected_revenue znesek betrag",
    ),
    Field("currency", Currency(), "its currency, if not the business's", headings="valuta"),
    Field(
        "probability",
        Percent(),
        "how likely it is won, if not as its stage says; percent",
        headings="verjetnost wahrscheinlichkeit",
    ),
    Field(
        "expected_close",
        Date(),
        "when it is expected to be decided",
        aliases=("close", "date"),
        to_come=True,
        option="close",
        headings="close_date expected_close_date expected_closing closing_date",
    ),
    Field(
        "created",
        Moment(),
        "when it began",
        headings="created_at create_date engage_date opened",
    ),
    Field(
        "closed_at",
        Moment(),
        "when it was won or lost",
        option="date",
        headings="closed won_date lost_date actual_close_date",
    ),
    Field(
        "owner",
        User(),
        "user who sells",
        inherits="owner",
        headings="sales_agent sales_rep seller prodajalec deal_owner",
    ),
    Field("stage_history", ListOf(DEAL_MOVE), "the stages it has been in, and since when"),
    Field(
        "lost_reason",
        Choice(LOST_REASONS, vocabulary="lost_reason"),
        "why it was lost",
        option="reason",
        headings="loss_reason reason",
    ),
    Field("competitor", Text(), "who else is, or was, in play", private=False),
    Field("competitor_price", Money(adds=False), "what they ask", option="price"),
    Field("next_step", Text(), "what is to be done next, in words", private=False),
    Field("lines", ListOf(DEAL_LINE), "what it is about: products and quantities"),
    Field("kind", Choice(DEAL_KINDS), "new or existing business, or a renewal"),
    Field("campaign", Reference("campaign"), "the campaign that led to it"),
    Field("source_system", Word(), "the system it was imported from"),
    Field(
        "external_id",
        Code(),
        "its id there",
        headings="deal_id opportunity_id",
    ),
)
