"""A list as lines: columns, a cursor, marks; only what is in sight is drawn, or even asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from crm_cli.model.text import visible
from crm_cli.model.width import fitted, padded
from crm_cli.tui.styles import style_of

PAGE = 100
"""So many rows are asked for at a time."""
_GAP = "  "
_MARK, _CURSOR = "*", ">"


class Head(NamedTuple):
    """A column: its heading, its columns on the screen (0 takes what is left), its tone, and which
    cell of a row it shows, unless that of its own place."""

    title: str
    width: int = 0
    right: bool = False
    tone: str = ""
    of: int | None = None


class Row(NamedTuple):
    """A line; `id` is the item that it is about, `who` the customer. A heading has neither."""

    cells: Sequence[str]
    id: str = ""
    who: str = ""
    tone: str = ""
    of: Any = None
    """What the line was made of."""

    @property
    def heading(self) -> bool:
        """Whether it is a heading of the lines below it."""
        return not self.id and not self.who


class Lines(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines in columns. What is not held yet is wanted, a page at a time (`Wanted`)."""

    DEFAULT_CSS = "Lines { height: 1fr; scrollbar-size: 1 1; overflow-x: hidden; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup", "turn(-1)", "a page up", show=False),
        Binding("pagedown", "turn(1)", "a page down", show=False),
        Binding("home,g", "ends(-1)", "first", show=False),
        Binding("end,G", "ends(1)", "last", show=False),
        Binding("enter", "open", "open", show=False),
        Binding("space", "mark", "mark", show=False),
    ]

    class Wanted(Message):
        """Rows from `offset` on are in sight, and not held."""

        def __init__(self, lines: Lines, offset: int) -> None:
            super().__init__()
            self.lines = lines
            self.offset = offset

        @property
        def control(self) -> Lines:
            """The lines that lack them."""
            return self.lines

    class Moved(Message):
        """The cursor stands on another row."""

        def __init__(self, lines: Lines, row: Row | None) -> None:
            super().__init__()
            self.lines = lines
            self.row = row

        @property
        def control(self) -> Lines:
            """The lines with the cursor."""
            return self.lines

    class Opened(Message):
        """A row is to be opened."""

        def __init__(self, lines: Lines, row: Row) -> None:
            super().__init__()
            self.lines = lines
            self.row = row

        @property
        def control(self) -> Lines:
            """The lines with the row."""
            return self.lines

    def __init__(
        self,
        heads: Callable[[int], Sequence[Head]],
        *,
        none: str = "nothing here",
        headed: bool = True,
        id: str = "",
    ) -> None:
        super().__init__(id=id or None)
        self.top = int(headed)
        """How many lines stand above the rows: that of the headings of the columns, or none."""
        self.heads = heads
        """The columns, by the width that there is."""
        self.none = none
        self.steady = headed
        """Whether the cursor is shown while the keys are elsewhere, too."""
        self.total = 0
        self.cursor = 0
        self.marked: dict[str, Row] = {}
        self._rows: dict[int, Row] = {}
        self._wanted: set[int] = set()
        self._loaded = False

    # What is held

    def show(self, rows: Sequence[Row], *, total: int | None = None, keep: bool = True) -> None:
        """Hold other rows, the first of `total`; the cursor stays on its item if it is there."""
        before = self.row if keep else None
        place = self.cursor if keep else 0
        self.total = len(rows) if total is None else total
        self._rows = dict(enumerate(rows))
        self._wanted.clear()
        self._loaded = True
        ids = {row.id or row.who: number for number, row in self._rows.items() if not row.heading}
        if before is not None and (before.id or before.who) in ids:
            place = ids[before.id or before.who]
        self.marked = {id: self._rows[ids[id]] for id in self.marked if id in ids}
        self.virtual_size = Size(self.size.width, self.total + self.top)
        self.cursor = max(min(place, self.total - 1), 0)
        self._settle(1)
        self._follow()
        self.refresh()
        self.post_message(self.Moved(self, self.row))

    def fill(self, offset: int, rows: Sequence[Row]) -> None:
        """Hold rows that were wanted."""
        self._rows.update(enumerate(rows, offset))
        self._wanted.discard(offset // PAGE)
        self.refresh()
        if offset <= self.cursor < offset + len(rows):
            self.post_message(self.Moved(self, self.row))

    @property
    def row(self) -> Row | None:
        """The row that the cursor is on; None where there is none, or it is not held yet."""
        row = self._rows.get(self.cursor)
        return None if row is None or row.heading else row

    @property
    def chosen(self) -> list[Row]:
        """The marked rows, else the one of the cursor."""
        return list(self.marked.values()) or ([self.row] if self.row is not None else [])

    # Moving

    def action_move(self, by: int) -> None:
        """Go on to the next row, or back."""
        self._go(self.cursor + by, by)

    def action_turn(self, by: int) -> None:
        """Go a page on, or back."""
        self._go(self.cursor + by * max(self.size.height - self.top - 1, 1), by)

    def action_ends(self, by: int) -> None:
        """Go to the first row, or the last."""
        self._go(0 if by < 0 else self.total - 1, -by)

    def action_mark(self) -> None:
        """Mark the row for what is done next, or unmark it; go on."""
        if (row := self.row) is not None:
            key = row.id or row.who
            if self.marked.pop(key, None) is None:
                self.marked[key] = row
            self.action_move(1)
            self.refresh()

    def action_open(self) -> None:
        """Open the row of the cursor."""
        if (row := self.row) is not None:
            self.post_message(self.Opened(self, row))

    def on_click(self, event: events.Click) -> None:
        """A click goes to a row, another one there opens it."""
        place = self.scroll_offset.y + event.y - self.top
        if event.y < self.top or not 0 <= place < self.total:
            return
        if place == self.cursor:
            self.action_open()
        else:
            self._go(place, 1)

    def _go(self, place: int, by: int) -> None:
        before = self.cursor
        self.cursor = max(min(place, self.total - 1), 0)
        if not self._settle(by):
            self.cursor = before
        if self.cursor != before:
            self._follow()
            self.refresh()
            self.post_message(self.Moved(self, self.row))

    def _settle(self, by: int) -> bool:
        """Step over headings; back where there is nothing but headings that way."""
        place = self.cursor
        for step in (by, -by):
            step = 1 if step > 0 else -1
            place = self.cursor
            while 0 <= place < self.total and self._is_heading(place):
                place += step
            if 0 <= place < self.total:
                self.cursor = place
                return True
        return self.total == 0

    def _is_heading(self, place: int) -> bool:
        row = self._rows.get(place)
        return row is not None and row.heading

    def _follow(self) -> None:
        """Keep the cursor in sight, with the heading above it."""
        top, height = self.scroll_offset.y, max(self.size.height - self.top, 1)
        first = self.cursor
        while first and self._is_heading(first - 1):
            first -= 1
        if first < top:
            self.scroll_to(y=first, animate=False, force=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True)

    def on_resize(self) -> None:
        """Draw for the width that there is now."""
        self.virtual_size = Size(self.size.width, self.total + self.top)
        self._follow()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """The headings of the columns, then the rows in sight."""
        width = self.scrollable_content_region.width
        heads = self.heads(width)
        widths = _widths(heads, width - 2)
        if y < self.top:
            titles = [head.title for head in heads]
            line = "  " + _joined(titles, heads, widths)
            return _strip([(line, style_of("muted"))], width)
        place = self.scroll_offset.y + y - self.top
        if not self.total:
            said = self.none if self._loaded else "…"
            return _strip([(f"  {said}" if y == self.top else "", style_of("muted"))], width)
        if place >= self.total:
            return Strip.blank(width)
        row = self._rows.get(place)
        if row is None:
            self._want(place)
            return _strip([("  …", style_of("muted"))], width)
        if row.heading:
            return _strip([(visible(row.cells[0]), style_of("head"))], width)
        return self._drawn(row, place, heads, widths, width)

    def _drawn(
        self, row: Row, place: int, heads: Sequence[Head], widths: Sequence[int], width: int
    ) -> Strip:
        here = place == self.cursor and (self.has_focus or self.steady)
        sign = _MARK if (row.id or row.who) in self.marked else " "
        parts = [(_CURSOR if here else " ", Style()), (sign, style_of("strong"))]
        for number, (head, room) in enumerate(zip(heads, widths, strict=True)):
            of = number if head.of is None else head.of
            cell = row.cells[of] if of < len(row.cells) else ""
            gap = _GAP if number else ""
            text = padded(fitted(visible(cell), room), room, right=head.right)
            parts.append((gap + text, style_of(row.tone if not number else head.tone)))
        if here:
            focused = Style(reverse=True) if self.has_focus else Style(bold=True)
            parts = [(text, focused) for text, _ in parts]
        return _strip(parts, width)

    def _want(self, place: int) -> None:
        page = place // PAGE
        if page not in self._wanted:
            self._wanted.add(page)
            self.post_message(self.Wanted(self, page * PAGE))


def _widths(heads: Sequence[Head], room: int) -> list[int]:
    """The widths of the columns; those that take what is left share it."""
    fixed = sum(head.width for head in heads) + len(_GAP) * (len(heads) - 1)
    open = sum(not head.width for head in heads) or 1
    share = max((room - fixed) // open, 1)
    return [head.width or share for head in heads]


def _joined(cells: Sequence[str], heads: Sequence[Head], widths: Sequence[int]) -> str:
    return _GAP.join(
        padded(fitted(cell, room), room, right=head.right)
        for cell, head, room in zip(cells, heads, widths, strict=True)
    )


def _strip(parts: Sequence[tuple[str, Style]], width: int) -> Strip:
    return Strip([Segment(text, style) for text, style in parts]).adjust_cell_length(width)
