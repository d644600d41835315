"""Cells of a table, formatted column by column for speed."""

from __future__ import annotations

from functools import cached_property

from crm_cli.model.width import ELLIPSIS, columns_of, fitted, is_plain, padded


class Cells(list[str]):
    """A column's texts, without control characters; measured once, so they stay as they are."""

    @cached_property
    def plain(self) -> bool:
        """Whether each character takes one column on a screen."""
        return is_plain("".join(self))

    @cached_property
    def width(self) -> int:
        """The most columns that one of the texts takes."""
        return max(map(len if self.plain else columns_of, self), default=0)

    def fitted(self, width: int, *, ellipsis: str = ELLIPSIS) -> Cells:
        """The texts, each cut with an ellipsis to at most `width` columns."""
        if self.width <= width:
            return self
        room = width - len(ellipsis)
        if room < 0 or not self.plain:
            return Cells([fitted(cell, width, ellipsis=ellipsis) for cell in self])
        cut = Cells(
            [cell if len(cell) <= width else cell[:room].rstrip() + ellipsis for cell in self]
        )
        cut.plain = True
        return cut

    def padded(self, width: int, *, right: bool = False) -> list[str]:
        """The texts, each with spaces to `width` columns, before it where it stands right."""
        if not self.plain:
            return [padded(cell, width, right=right) for cell in self]
        return (
            [cell.rjust(width) for cell in self] if right else [cell.ljust(width) for cell in self]
        )
