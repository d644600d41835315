"""The tax of an invoice is what is asked for; that of a product abroad is told of."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Crm


def _lines(crm: Crm, number: str) -> list[dict[str, object]]:
    cols = "net,tax"
    out = crm("purchase", "list", f"number:{number}", "--cols", cols, "-o", "json").out
    found: list[dict[str, object]] = json.loads(out)
    return found


def test_the_rate_that_is_asked_for_counts(crm: Crm, shop: Path) -> None:
    assert crm("product", "add", "hour", "Hour", "--price", "100", "--tax-rate", "20").code == 0
    crm("add", "Rhein AG", "country=DE")
    run = crm("invoice", "add", "rhein-ag", "--line", "hour:1", "--number", "A1")
    said = "they are in DE: --tax-category K (goods within the EU), AE (reverse charge), or --tax 0"
    assert said in " ".join(run.err.split())
    crm("add", "Boston Inc", "country=US")
    run = crm("invoice", "add", "boston-inc", "--line", "hour:1", "--number", "B1")
    assert "they are in US: --tax-category G (export), or --tax 0" in " ".join(run.err.split())
    for number, words in (("A2", ("--tax", "0")), ("A3", ("--tax-category", "ae"))):
        run = crm("invoice", "add", "rhein-ag", "--line", "hour:1", "--number", number, *words)
        assert run.code == 0 and "they are in DE" not in run.err
        assert _lines(crm, number)[0]["tax"] == "0.00"
    run = crm("invoice", "add", "rhein-ag", "--line", "hour:1", "--number", "A4", "--tax", "10")
    assert "hour keeps the 20 % tax of the product" in run.err
    assert "tax_category: AE" in (shop / "customers/rhein-ag.yaml").read_text()
    assert _lines(crm, "A1")[0]["tax"] == "20.00"


def test_a_category_is_one_that_there_is(crm: Crm) -> None:
    run = crm("invoice", "add", "maja-kos", "--line", ":Work:1:100", "--tax-category", "X")
    assert run.code == 2


def test_a_document_is_no_office_file(crm: Crm, tmp_path: Path) -> None:
    file = tmp_path / "t.odt"
    run = crm("invoice", "render", "2026-0007", "--draft", "--to", str(file))
    assert run.code == 2 and "documents are not written as .odt" in run.err
    assert not file.exists()


def test_a_title_has_its_number_once(crm: Crm) -> None:
    said = crm("invoice", "render", "2026-0007", "--draft", "--format", "html").out
    assert said.partition("<title>")[2].partition("</title>")[0].count("2026-0007") == 1


def test_a_board_says_other_currencies(crm: Crm, shop: Path) -> None:
    with (shop / "rates.yaml").open("w") as rates:
        rates.write("2026-01-01: {CHF: 0.95}\n")
    crm("deal", "add", "maja-kos", "B", "--amount", "12000CHF")
    assert "12,000.00 CHF" in crm("deal", "board").out


def test_an_organization_of_the_past_is_not_that_of_who_calls(crm: Crm) -> None:
    for name in ("Org GmbH", "Alt GmbH", "Claire Fox"):
        crm("add", name)
    assert crm("link", "claire-fox", "org-gmbh", "--role", "billing").code == 0
    assert "Org GmbH" in crm("pop", "claire-fox").out
    assert crm("unlink", "claire-fox", "org-gmbh", "--date", "2026-11-01").code == 0
    assert crm("link", "claire-fox", "alt-gmbh").code == 0
    said = crm("pop", "claire-fox").out
    assert "Alt GmbH" in said and "Org GmbH" not in said
