"""What charts are made of: marks, texts, the frame with its title, and the key of series."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape
from itertools import accumulate

from crm_cli.formats.html.text import attribute, plain, worded
from crm_cli.model.cells import grouped, people_text, percent
from crm_cli.model.plot import Number, Plot, Series
from crm_cli.model.width import columns_of

_TOLD = 12
"""So many values are told in words; the table below has all."""
_NARROW = 14
"""So many small letters of a label has room for a telephone."""
_WIDE = 34


def frame(id: str, title: str, told: str, height: int, marks: Iterable[str]) -> str:
    """A drawing with its title and what it shows in words, for who does not see it."""
    return (
        f'<svg class="plot" role="img" aria-labelledby="{id}-t {id}-d" width="100%" '
        f'height="{height}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{id}-t">{attribute(title)}</title><desc id="{id}-d">{attribute(told)}</desc>'
        f"{''.join(marks)}</svg>"
    )


def figure(*parts: str) -> str:
    """A chart with its key."""
    return f'<figure class="chart">{"".join(parts)}</figure>\n'


def rect(x: float, y: float, width: float, height: float, kind: str, title: str = "") -> str:
    """A rectangle; x and width are in percent, y and height in pixels."""
    inner = f"<title>{attribute(title)}</title>" if title else ""
    return (
        f'<rect x="{at(x)}" y="{size(y)}" width="{at(max(width, 0))}" height="{size(height)}" '
        f'class="{kind}">{inner}</rect>'
    )


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line."""
    return (
        f'<line x1="{at(x1)}" y1="{size(y1)}" x2="{at(x2)}" y2="{size(y2)}" class="{kind}"/>'
    )


def point(x: float, y: float, title: str = "", *, small: bool = False) -> str:
    """A point, which says its title where it is pointed at."""
    inner = f"<title>{attribute(title)}</title>" if title else ""
    kind, radius = ("dot", 2) if small else ("point", 3)
    return f'<circle cx="{at(x)}" cy="{size(y)}" r="{radius}" class="{kind}">{inner}</circle>'


def words(x: float, y: float, text: str, kind: str = "", *, end: str = "", dx: int = 0) -> str:
    """A text; `end` is `end` or `middle`, where x is not its beginning."""
    anchor = f' text-anchor="{end}"' if end else ""
    shift = f' dx="{dx}"' if dx else ""
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{at(x)}" y="{size(y)}"{shift}{anchor}{style}>{attribute(text)}</text>'


def label(x: float, y: float, text: str, *, dx: int = 0) -> str:
    """The name of a row at its end, shorter on a telephone."""
    shown = plain(worded(text))
    wide, narrow = cut(shown, _WIDE), cut(shown, _NARROW)
    if wide == narrow:
        return words(x, y, wide, "name", end="end", dx=dx)
    return (
        words(x, y, wide, "name wide", end="end", dx=dx)
        + words(x, y, narrow, "name narrow", end="end", dx=dx)
    )


def cut(text: str, most: float) -> str:
    """A text as wide as so many small letters at most."""
    widths = list(accumulate(map(_width, text)))
    if not widths or widths[-1] <= most:
        return text
    return text[: bisect_right(widths, most - 1.5)].rstrip() + "…"


def _width(letter: str) -> float:
    """How wide a letter is beside a small one."""
    if letter.isascii():
        return 1.25 if letter.isupper() else 1.0
    return max(columns_of(letter) * 1.05, 1.4 if letter.isupper() else 1.1)


def key(meanings: Sequence[tuple[str, str]]) -> str:
    """The key of what shades mean: (name, shade), in the order in which they are drawn."""
    items = "".join(
        f'<li><svg width="10" height="10" aria-hidden="true"><rect width="10" height="10" '
        f'class="{shade}"/></svg> {escape(plain(name))}</li>'
        for name, shade in meanings
    )
    return f'<ul class="key">{items}</ul>'


def told(plot: Plot) -> str:
    """The values in words."""
    pairs = [
        f"{plain(worded(name)) or '(none)'} {shown(value, plot.main)}"
        for name, value in zip(plot.labels, plot.main.values, strict=True)
        if value is not None
    ]
    more = f" and {len(pairs) - _TOLD} more" if len(pairs) > _TOLD else ""
    return f"{'; '.join(pairs[:_TOLD])}{more}. The table below has the figures."


def title_of(plot: Plot) -> str:
    """What the chart shows: `total (EUR) by customer`."""
    return f"{measure(plot.main)} by {plot.by}"


def measure(series: Series) -> str:
    """A series with what it is counted in."""
    return f"{series.name} ({series.unit})" if series.unit else series.name


def shown(value: Number, series: Series) -> str:
    """A value with its unit, as texts have it."""
    if value is None:
        return ""
    unit = "" if series.unit == "%" else series.unit
    return f"{people_text(value, series.type)} {unit}".strip()


def short(value: Number, series: Series) -> str:
    """A value without its unit, and amounts without their cents, beside a mark."""
    if value is None:
        return ""
    if series.unit == "%":
        return percent(value if isinstance(value, Decimal) else Decimal(value))
    if series.type == "money" and abs(Decimal(value)) >= 1000:
        return grouped(round(Decimal(value)))
    return people_text(value, series.type)


def at(part: float) -> str:
    """A length in percent of the width."""
    return f"{part:.2f}".rstrip("0").rstrip(".") + "%"


def size(length: float) -> str:
    """A length in pixels."""
    return f"{length:.1f}".rstrip("0").rstrip(".")
