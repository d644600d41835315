"""Pages of HTML: charts of any figures, texts that stay texts, colours that can be told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.features.reports import REPORTS, load
from crm_cli.features.reports.charting import HEAT
from crm_cli.formats import html
from crm_cli.formats.html.charts import KINDS, canvas, drawn
from crm_cli.formats.html.charts.axis import axis_of
from crm_cli.formats.html.charts.spark import spark
from crm_cli.formats.html.page import html_of
from crm_cli.formats.html.text import cell, text
from crm_cli.model.plot import Number, Plot, Series
from crm_cli.model.rows import Column, Few, Rows
from crm_cli.model.section import Named, Section, Sheet
from tests.pages import Page
from tests.shares import examples

STYLE = (Path(html.__file__).parent / "style.css").read_text(encoding="utf-8")
EVIL = "</svg><script>alert(1)</script> \"'&amp; \u202egpj\u2066 \x1b[2J\x00 שלום"

NUMBERS = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**9), 10**9, places=2, allow_nan=False, allow_infinity=False),
)


def plot(kind: str, labels: Sequence[str], *columns: Sequence[Number]) -> Plot:
    series = [Series(f"series {n}", values, "money", "EUR") for n, values in enumerate(columns)]
    return Plot(kind, "customer", labels, series[0], series[1:], labels)


@examples(30, soak=600)
@given(st.sampled_from(KINDS), st.lists(st.tuples(st.text(max_size=40), NUMBERS, NUMBERS, NUMBERS),
                                        min_size=1, max_size=14))  # fmt: skip
def test_charts_of_any_figures(
    kind: str, rows: list[tuple[str, Number, Number, Number]]
) -> None:
    labels, *columns = zip(*rows, strict=True)
    made = drawn(plot(kind, labels, *columns), "x")
    read = Page(f"<article id=x>{made}</article>")
    assert {"svg", "title"} <= read.tags
    assert read.tags <= {
        "article", "figure", "figcaption", "svg", "title", "desc", "rect", "line", "circle", "text",
        "ul", "li", "div", "h4", "bdi",
    }  # fmt: skip
    assert "nan" not in made and "inf" not in made.replace("information", "")
    for length in re.findall(r'\s(?:width|height|r)="(-?[\d.]+)%?"', made):
        assert float(length) >= 0
    for place in re.findall(r'\s(?:x|x1|x2|cx)="(-?[\d.]+)%"', made):
        assert -1 <= float(place) <= 101


@examples(200, soak=4000)
@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_an_axis_has_room_for_all(values: list[Number]) -> None:
    axis = axis_of(values)
    known = [float(value) for value in values if value is not None]
    assert axis.least < axis.most and 0.0 in axis.ticks
    assert all(-1e-6 <= axis.part(value) <= 1 + 1e-6 for value in known)
    assert len(axis.ticks) <= 8
    assert all(len(axis.text(tick)) <= 9 for tick in axis.ticks)
    assert len({axis.text(tick) for tick in axis.ticks}) == len(axis.ticks)


def test_round_steps() -> None:
    assert axis_of([Decimal("2268.38"), Decimal("-37.50")]).ticks == (0, 1000, 2000, 3000)
    assert axis_of([3, 1]).ticks == (0, 1, 2, 3)
    assert axis_of([Decimal("0.5")], "%").text(0.5) == "50%"
    assert axis_of([Decimal("6620417")]).text(2e6) == "2m"
    assert axis_of([0, None]).ticks == (0,)


@pytest.mark.parametrize("kind", KINDS)
def test_what_records_say_stays_text(kind: str) -> None:
    made = drawn(plot(kind, [EVIL, "b"], [5, 3], [1, 2], [2, 1]), "x")
    page = Page(f"<article id=x>{made}</article>")
    assert "script" not in page.tags
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", made)


def test_cells() -> None:
    assert cell(Decimal("1234.50"), "money") == '<data value="1234.50">1,234.50</data>'
    assert cell(Few("0.5"), "rate") == '<data value="0.5">50.0%*</data>'
    assert cell(Named("<b>", "a&b"), "") == '<data value="a&amp;b">&lt;b&gt;</data>'
    assert cell("follow_up") == '<data value="follow_up">follow up</data>'
    assert cell(True) == "yes" and cell(None) == ""
    assert text("Šuštar & Co") == "<bdi>Šuštar &amp; Co</bdi>"
    assert text("a\nb\x1b\u202e") == r"a b\x1b\u202e"


def test_a_spark_may_have_holes() -> None:
    assert spark([]) == "" and spark([None]) == ""
    assert spark([1, None, Decimal(3)]).count(",") == 3
    assert spark([5]).count("<circle") == 1


def test_labels_are_cut_by_their_width() -> None:
    assert canvas.cut("Hotel Jadran", 14) == "Hotel Jadran"
    assert canvas.cut("a" * 20, 14) == "a" * 12 + "…"
    assert len(canvas.cut("株式会社コーヒー焙煎所", 14)) <= 7


def test_a_page_is_its_sheet() -> None:
    rows = Rows([Column("name"), Column("net", "money", unit="EUR")], [("a", Decimal("1.00"))],
                total=["total", Decimal("3.00")])  # fmt: skip
    section = Section(name="x", group="G", title=EVIL, answers=EVIL, rows=rows, command=EVIL,
                      formula=EVIL, notes=[EVIL], left=2)  # fmt: skip
    sheet = Sheet(title=EVIL, day=EVIL, about=[EVIL], made=EVIL, sections=[section])
    made = html_of(sheet)
    assert made == html_of(sheet)
    page = Page(made)
    assert "script" not in page.tags and page.tables == {"x": [{"name": "a", "net": "1.00"}]}
    assert page.totals["x"]["net"] == "3.00" and "and 2 more" in made


def test_reports_declare_what_can_be_drawn() -> None:
    used = set()
    for name in REPORTS:
        report = load(name)
        assert report.shape in (*KINDS, HEAT), name
        used.add(report.shape)
        known = {one.key for one in report.figures}
        assert {one.figure for one in report.headlines if not one.type} <= known, name
    assert {"bars", "line", "deepening", "stacked", "pareto", "funnel", "heat"} <= used
    for kind in KINDS:
        assert callable(import_module(f"crm_cli.formats.html.charts.{kind}").draw)


def colours(scheme: str) -> dict[str, str]:
    """The colours of a theme by their names."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    found = blocks[{"light": 0, "dark": 1, "print": 2}[scheme]]
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", found))


def light(colour: str) -> float:
    """The relative luminance (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_it_is_read_in_grey(scheme: str) -> None:
    held = colours(scheme)
    for name in ("ink", "soft", "accent", "alert"):
        assert contrast(held[name], held["paper"]) >= 4.5, name
    assert contrast(held["s0"], held["paper"]) >= 3
    for n in range(1, 6):
        assert contrast(held["ink"], held[f"h{n}"]) >= 4.5, "figures in shaded cells"
    shades = [light(held[f"d{n}"]) for n in range(5)]
    assert shades in (sorted(shades), sorted(shades, reverse=True)), "one after the other"
    for n in range(4):
        assert contrast(held[f"d{n}"], held[f"d{n + 1}"]) >= 1.3, n
    assert contrast(held["s0"], held["s1"]) >= 1.5 and contrast(held["s1"], held["s2"]) >= 1.3
