"""The page of reports in Chromium: it says nothing, asks for nothing, and everybody can read it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from crm_cli.cli.hook import main
from tests.browser import CHROMIUM, Browser
from tests.trust import canary
from tests.trust.ground import Ground

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed")

EXAMPLE = Path(__file__).resolve().parents[2] / "data-example"
WIDTHS = (390, 800, 1280)
EVERY_KIND = ("aging", "dso", "sales", "sales --by owner,month", "forecast", "funnel", "top",
              "cohort", "products", "activity", "due", "satisfaction")  # fmt: skip
"""Sections with a chart of each kind, and sparklines."""
FEW = ("aging -n 2", "dso --by month --period last-3m", "sales --by owner,month -n 3", "forecast",
       "funnel", "top -n 2", "cohort --by year", "products -n 2", "churn -n 2")  # fmt: skip
"""The same with few rows: axe-core looks at each cell."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the page of the example business, `usual.html`, and with charts of each kind
    in `kinds.html`, and with few rows in `few.html`."""
    found = tmp_path_factory.mktemp("pages")
    kinds, few = (
        [word for name in names for word in ("--section", name)] for names in (EVERY_KIND, FEW)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_CACHE_DIR", str(found / "cache"))
        patch.setenv("CRM_TODAY", "2026-11-20")
        for name, words in (("usual", []), ("kinds", kinds), ("few", few)):
            to = str(found / f"{name}.html")
            assert main(["-C", str(EXAMPLE), "report", "html", *words, "--to", to]) == 0
    yield found


OUT_OF_BOUNDS = """
[...document.querySelectorAll("svg.plot text")].filter(one => {
  const box = one.getBoundingClientRect(), all = one.closest("svg").getBoundingClientRect();
  return box.width && (box.left < all.left - 1 || box.right > all.right + 1);
}).map(one => one.textContent)
"""
ACROSS = """
[...document.querySelectorAll("svg.plot")].flatMap(plot => {
  const boxes = [...plot.querySelectorAll("text.tick")].map(one => one.getBoundingClientRect())
    .filter(one => one.width);
  return boxes.filter((one, n) => boxes.some((other, m) => m > n
    && one.left < other.right && other.left < one.right
    && one.top < other.bottom && other.top < one.bottom)).map(() => plot.textContent);
})
"""


# Few tests, since each worker that has one of them begins a browser of its own.


def test_it_fits_any_width(browser: Browser, folder: Path) -> None:
    for page in (folder / "usual.html", folder / "kinds.html"):
        for width in WIDTHS:
            browser.open(page, width=width)
            assert (browser.messages, browser.requests) == ([], [page.as_uri()])
            wide = browser.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, "the page is wider than the window"
            assert browser.evaluate(OUT_OF_BOUNDS) == []
            assert browser.evaluate(ACROSS) == [], "one label lies over another"


@pytest.mark.skipif(find_spec("axe_core_python") is None, reason="axe-core-python is missing")
def test_everybody_can_read_it(browser: Browser, folder: Path) -> None:
    spec = find_spec("axe_core_python")
    assert spec is not None and spec.origin is not None
    axe = Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8")
    # All but colours is the same in both themes.
    for dark, only, known in (
        (False, "{}", {"color-contrast", "svg-img-alt"}),
        (True, "{runOnly: ['color-contrast']}", {"color-contrast"}),
    ):
        browser.open(folder / "few.html", dark=dark)
        browser.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        browser.evaluate(f"{axe}; true")
        found = browser.evaluate(
            f"axe.run({only}).then(one => ({{wrong: one.violations, right: one.passes}}))"
        )
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["wrong"]] == []
        assert known <= {one["id"] for one in found["right"]}


def test_it_has_two_themes_and_prints_on_a4(browser: Browser, folder: Path) -> None:
    colours = []
    for dark in (False, True):
        browser.open(folder / "usual.html", dark=dark)
        colours.append(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
    light, dimmed = ([int(one) for one in re.findall(r"\d+", colour)] for colour in colours)
    assert min(light) > 240 and max(dimmed) < 40
    printed = browser.printed()
    assert printed.startswith(b"%PDF")
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert {(round(float(w)), round(float(h))) for w, h in boxes} == {(595, 842)}
    assert 2 <= len(boxes) <= 10
    browser.ask("Emulation.setEmulatedMedia", media="print")
    browser.ask("Emulation.setDeviceMetricsOverride", width=674, height=1000,
                deviceScaleFactor=1, mobile=False)  # fmt: skip
    # As wide as A4 without its margins; a table that is wider would be cut off on paper.
    wide = browser.evaluate(
        "[...document.querySelectorAll('table')].map(one => one.getBoundingClientRect().right)"
    )
    assert max(wide) <= 674 + 1


def test_what_strangers_wrote_does_nothing(
    browser: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = (
        "</title></style></svg><script>alert(1)</script><img src=x onerror=alert(2)>"
        "<svg onload=alert(3)><a href='javascript:alert(4)'>\"'&lt;\u202e\x1b[2J"
    )
    ground = Ground(tmp_path / "ground")
    poison = canary.POISON
    ground.put(
        {name: text.replace(json.dumps(poison), json.dumps(evil + poison))
         for name, text in canary.files().items()}
    )  # fmt: skip
    page = tmp_path / "page.html"
    for words in ((), ("--section", "top,aging,statement,pairs,audit,due,sources,lost,products")):
        ran = ground.run("report", "html", *words, "--to", str(page), "--force")
        assert ran.code in (0, 4), ran
        assert "<script" not in page.read_text() and "alert(1)" in page.read_text()
        browser.open(page)
        assert browser.messages == []
        assert browser.requests == [page.as_uri()]
        marks = browser.evaluate("document.querySelectorAll('script, img, a[href^=j]').length")
        assert marks == 0


def test_a_customers_page(
    browser: Browser, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_CACHE_DIR", str(folder / "cache"))
    monkeypatch.setenv("CRM_TODAY", "2026-11-20")
    page = tmp_path / "page.html"
    for who in ("hotel-jadran", "bar-aurora", "grune-bohne-import-gmbh"):
        words = ["report", "html", "--customer", who, "--to", str(page), "--force"]
        assert main(["-C", str(EXAMPLE), *words]) == 0
        for width in WIDTHS:
            browser.open(page, width=width)
            assert (browser.messages, browser.requests) == ([], [page.as_uri()])
            assert browser.evaluate("document.documentElement.scrollWidth") <= width
