"""The type of RFM segments: words of the business's own table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_cli.model.fieldtypes.texts import Choice
from crm_cli.model.rfm import USUAL, name_of, segments

if TYPE_CHECKING:
    from crm_cli.model.business import Business


class Segment(Choice):
    """One of the RFM segments of the business's table."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(map(name_of, USUAL)))
        self.words = ()

    def choices(self, business: Business) -> tuple[str, ...]:
        """The segments, in the order of their rules."""
        return segments(business.rfm_rules)


def cells_of(business: Business) -> tuple[str, ...]:
    """The segment of each cell in the business's table."""
    return business.rfm_cells
