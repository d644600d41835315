"""`crm report html --customer`: what documents say already, and nothing else of the record."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Crm

MORE = """
  - {id: p-2d0nn1x, kind: invoice, status: draft, date: 2026-11-06, text: Hush, amount: 11.11}
  - {id: p-2d0nn2x, kind: invoice, number: X-CANCELLED, status: cancelled, date: 2026-11-06,
     amount: 22.22}
  - {id: p-2d0nn3x, kind: quote, number: X-OFFER, date: 2026-11-07, amount: 33.33}
  - {id: p-2d0nn4x, kind: sale, number: X-SOLD, date: 2026-11-08, amount: 44.44, notes: Hush}
  - {id: p-2d0nn5x, kind: sale, number: X-LATER, date: 2026-12-24, amount: 55.55}
  - {id: p-2d0nn6x, kind: sale, number: X-ABROAD, date: 2026-11-09, amount: 66.66, currency: USD}
"""
SECRET = """\
notes: Hush
source: trade_show
custom: {secret: Hush}
deals:
  - {name: Hush, amount: 900}
cases:
  - {subject: Hush, opened: 2026-11-03}
feedback:
  - {kind: nps, score: 3, body: Hush, at: 2026-11-04}
"""


@pytest.fixture
def maja(shop: Path) -> Path:
    path = shop / "customers" / "maja-kos.yaml"
    text = path.read_text(encoding="utf-8")
    before, after = text.split("\npayments:")
    (shop / "rates.yaml").write_text("2026-01-01:\n  USD: 1.08\n")
    path.write_text(f"{before}{MORE.lstrip(chr(10))}\npayments:{after}{SECRET}", encoding="utf-8")
    return path


def test_it_has_the_statement_and_what_was_bought(crm: Crm, maja: Path) -> None:
    page = crm("report", "html", "--customer", "maja-kos")
    assert page.code == 0, page.err
    for shown in ("Maja Kos", "Koper", "2026-0007", "195.20", "95.20", "X-SOLD", "44.44",
                  "Total (USD)", "66.66", "Statement of account", "Purchases"):  # fmt: skip
        assert shown in page.out, shown
    for hidden in ("Hush", "X-CANCELLED", "X-OFFER", "X-LATER", "11.11", "22.22", "33.33", "55.55",
                   "vip", "petra", "samples", "Moves in January", "Asked about", "trade_show",
                   "t-9f3kx7d", "p-2m8ct4h", "maja-kos"):  # fmt: skip
        assert hidden not in page.out, hidden
    assert "default-src 'none'" in page.out and "<script" not in page.out
    assert crm("report", "html", "--customer", "maja-kos").out == page.out


def test_it_speaks_the_customers_language(crm: Crm, maja: Path) -> None:
    maja.write_text(maja.read_text() + "language: sl\n")
    page = crm("report", "html", "--customer", "maja-kos").out
    assert "Nakupi" in page and "195,20" in page and 'lang="sl"' in page


def test_a_period_bounds_both(crm: Crm, maja: Path) -> None:
    page = crm("report", "html", "--customer", "maja-kos", "--period", "2026-10").out
    assert "X-SOLD" not in page and "2026-0007" not in page
    page = crm("report", "html", "--customer", "maja-kos", "--period", "2026-11").out
    assert re.search(r"X-SOLD.*2026-0007", page.partition("Purchases")[2], re.DOTALL)


def test_who_has_no_account_has_what_they_bought(crm: Crm, shop: Path) -> None:
    path = shop / "customers" / "jan-vidmar.yaml"
    assert crm("report", "html", "--customer", "jan-vidmar").code == 3
    path.write_text(path.read_text() + "purchases:\n  - {date: 2026-11-02, amount: 12.5}\n")
    page = crm("report", "html", "--customer", "jan")
    assert page.code == 0 and "Purchases" in page.out and "12.50" in page.out


@pytest.mark.parametrize(
    "words", [("--section", "aging"), ("--anonymous",), ("+vip",), ("--since", "monday")]
)
def test_it_is_asked_for_alone(words: tuple[str, ...], crm: Crm) -> None:
    page = crm("report", "html", "--customer", "maja-kos", *words)
    assert (page.code, page.out) == (2, "")
    assert "--customer goes with --period, --to, --force and --watch alone" in page.err
    assert crm("report", "html", "--customer", "nobody-here").code == 3
