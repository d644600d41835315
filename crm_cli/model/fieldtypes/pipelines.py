"""Types of the company's own pipelines and their stages, which crm.yaml names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_cli.model.errors import Unreadable
from crm_cli.model.fieldtypes.texts import Choice
from crm_cli.model.pipeline import FIRST, USUAL

if TYPE_CHECKING:
    from crm_cli.model.business import Business


class StageName(Choice):
    """A stage of one of the company's pipelines, by its id or its label.

    One that crm.yaml no longer has is kept as it is written: the deal's check tells of it.
    """

    name = "stage"
    setting = "stages"
    keeps = True

    def __init__(self) -> None:
        super().__init__(stage[0] for stage in USUAL[0][2])
        self.metavar = "STAGE"

    def choices(self, business: Business) -> tuple[str, ...]:
        return business.pipelines.stages

    def read(self, text: str, business: Business) -> str:
        bare = text.strip()
        if bare in business.pipelines.stages:
            return bare
        for pipeline in business.pipelines.all:
            stage = pipeline.stage(bare)
            if stage is not None:
                return stage.id
        return bare


class PipelineName(Choice):
    """One of the company's pipelines, by its id or its label."""

    name = "pipeline"
    setting = "pipelines"

    def __init__(self) -> None:
        super().__init__((FIRST, "wholesale"))
        self.metavar = "PIPELINE"

    def choices(self, business: Business) -> tuple[str, ...]:
        return business.pipelines.ids

    def read(self, text: str, business: Business) -> str:
        for pipeline in business.pipelines.all:
            if pipeline.is_called(text):
                return pipeline.id
        known = ", ".join(business.pipelines.ids)
        raise Unreadable(
            f"'{text}' is none of the pipelines in crm.yaml",
            f"known: {known}",
            code="unknown-value",
        )
