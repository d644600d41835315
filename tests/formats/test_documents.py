"""Documents as text, HTML and PDF, in every language that the program speaks."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
import segno

from crm_cli.formats.documents import as_pdf, codes, values
from crm_cli.formats.documents.as_html import html_of
from crm_cli.formats.documents.as_pdf import pdf_of
from crm_cli.formats.documents.as_text import WIDE, text_of
from crm_cli.formats.documents.forms import read_form
from crm_cli.formats.documents.making import Extra, message_of
from crm_cli.formats.documents.page import Payment, Square
from crm_cli.formats.documents.shipped import all_shipped
from crm_cli.formats.documents.words import LANGUAGES, Words, known_language, words_of
from crm_cli.model.paper import TaxSum
from crm_cli.model.width import columns_of
from tests.formats.paper_samples import line, page, paper

ALL = (*LANGUAGES, "sr-Latn")
NUMBERS = {
    "en": "1,506.09", "de": "1.506,09", "sl": "1.506,09", "bg": "1\u00a0506,09",
    "sr": "1.506,09", "ka": "1\u00a0506,09", "fa": "۱٬۵۰۶٫۰۹", "sr-Latn": "1.506,09",
}  # fmt: skip
TITLES = {
    "en": "Invoice", "de": "Rechnung", "sl": "Račun", "bg": "Фактура", "sr": "Фактура",
    "ka": "ინვოისი", "fa": "صورت‌حساب", "sr-Latn": "Faktura",
}  # fmt: skip
needs_pdftotext = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is missing: apt install poppler-utils"
)


def of(words: Words, section: str) -> set[str]:
    return {*words.sections[section]}


@pytest.mark.parametrize("language", ALL)
def test_a_language_has_every_word(language: str) -> None:
    english = words_of("en")
    for section in english.sections:
        if section != "form":
            assert of(words_of(language), section) >= of(english, section), section
    # A word that is English still would be one that was forgotten.
    same = [
        f"{section}.{key}"
        for section in ("kind", "label", "table", "entry", "reason")
        for key, text in words_of(language).sections[section].items()
        if language != "en" and text == english.sections[section][key]
    ]
    assert same == [], same


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_same_templates(language: str) -> None:
    of_english = {one.name for one in all_shipped() if one.language == "en"}
    assert {one.name for one in all_shipped() if one.language == language} == of_english


@pytest.mark.parametrize("language", ALL)
def test_an_invoice_in_each_language(language: str) -> None:
    text = text_of(page(paper(language)))
    assert not re.search("[\ue000-\uf8ff]", text)
    assert f"{TITLES[language]} 2026-0042" in text
    assert f"{NUMBERS[language]}\u00a0EUR" in text
    assert "SI56 0110 0600 0000 023" in text
    widths = [sum(unicodedata.category(one) not in ("Mn", "Cf") for one in row)
              for row in text.splitlines() if "█" not in row and "▀" not in row]  # fmt: skip
    assert max(widths) <= WIDE


@pytest.mark.parametrize("language", ALL)
@pytest.mark.parametrize(
    "template", [one.name for one in all_shipped() if one.language in ("", "en")]
)
def test_every_template_can_be_filled_in(language: str, template: str) -> None:
    found = next(
        one for one in all_shipped()
        if one.name == template and one.language in ("", language.partition("-")[0])
    )  # fmt: skip
    made = paper(language, kind="invoice" if found.kind in ("email", "sms") else found.kind)
    if found.kind in ("email", "sms"):
        form = read_form(found.subject, found.body)
        extra = Extra({}, {})
        subject, text = message_of(made, form, words_of(language), extra)
        assert bool(subject) == (found.kind == "email") and len(text) > 20
        shown = f"{subject}{text}"
    else:
        shown = html_of(page(made, template=template)) + text_of(page(made, template=template))
    assert "{{" not in shown and not re.search("[\ue000-\uf8ff]", shown)
    if found.kind == "sms":
        assert text.count("\n") == 1


def test_every_field_that_is_documented_is_there_and_no_other() -> None:
    words = words_of("en")
    found = values.values_of(paper(), words, {})
    found.pop("words")
    there = {f"{root}.{key}" for root, held in found.items() for key in held}
    assert there == {*values.FIELDS}
    for name, keys in values.LOOPED.items():
        root, _, key = name.partition(".")
        assert tuple(found[root][key][0]) == keys


def test_numbers_amounts_and_days() -> None:
    english, german, persian = map(words_of, ("en", "de", "fa"))
    assert english.amount(Decimal("1234567.5"), "EUR") == "1,234,567.50"
    assert english.amount(Decimal("1234.5"), "JPY") == "1,234.5"
    assert english.amount(Decimal(1234), "JPY") == "1,234"
    assert english.amount(Decimal("1.5"), "KWD") == "1.500"
    assert english.amount(Decimal("0.125"), "EUR") == "0.125"
    assert german.money(Decimal("-1234.5"), "EUR") == "\u22121.234,50\u00a0EUR"
    assert german.number(Decimal("1.50")) == "1,5" and german.number(Decimal("1E+3")) == "1.000"
    assert german.percent(Decimal("9.5")) == "9,5\u00a0%" and english.percent(Decimal(22)) == "22%"
    assert english.day(date(2026, 1, 2)) == "2\u00a0January\u00a02026"
    assert german.day(date(2026, 1, 2)) == "02.01.2026"
    assert persian.day(date(2026, 1, 2)) == "۲\u00a0ژانویه\u00a0۲۰۲۶"


@pytest.mark.parametrize(
    ("tags", "known"),
    [(("de-AT",), "de"), (("sr-Latn-RS",), "sr-Latn"), (("sr-Cyrl",), "sr"), (("sr_RS",), "sr"),
     (("hr", "sl"), "sl"), (("", "xx"), "en"), (("FA",), "fa")],
)  # fmt: skip
def test_the_language_is_the_first_that_is_known(tags: tuple[str, ...], known: str) -> None:
    assert known_language(*tags) == known


@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [("JPY", "1500", "1,500\u00a0JPY"), ("KWD", "1500.125", "1,500.125\u00a0KWD"),
     ("EUR", "1500.1", "1,500.10\u00a0EUR")],
)  # fmt: skip
def test_currencies_have_their_decimals(currency: str, amount: str, shown: str) -> None:
    made = paper()._replace(currency=currency, gross=Decimal(amount))
    assert shown in text_of(page(made))
    assert pdf_of(page(made)).startswith(b"%PDF-")


def test_the_tax_of_each_rate_and_why_there_is_none() -> None:
    lines = (
        line("A", "1", "100", "22", "100.00", "22.00"),
        line("B", "1", "50", "0", "50.00", "0", "AE"),
    )
    taxes = (
        TaxSum("S", Decimal(22), "", Decimal(100), Decimal(22)),
        TaxSum("AE", Decimal(0), "", Decimal(50), Decimal(0)),
        TaxSum("E", Decimal(0), "Article 132", Decimal(0), Decimal(0)),
    )
    text = text_of(page(paper()._replace(lines=lines, taxes=taxes)))
    assert "VAT 22% on 100.00" in text and "VAT 0% on 50.00" in text
    assert "Reverse charge" in text and "Exempt from VAT: Article 132." in text


def test_what_a_record_says_is_no_markup() -> None:
    made = paper()._replace(buyer=paper().buyer._replace(name="# A_b\n- **b** <script>x</script>"))
    body = "{{ customer.name }}\n\n**{{ customer.name }}**\n\n# Head\n\n- item"
    found = page(made, body=body)
    kinds = [getattr(one, "kind", "") for one in found.blocks]
    assert kinds == ["paragraph", "paragraph", "heading", "bullet"]
    html = html_of(found)
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert "**b**" in text_of(found) and "A_b" in text_of(found)


class Tags(HTMLParser):
    """What a page would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.loads += [str(value) for key, value in attrs if key in ("src", "href", "data")]


def test_html_is_one_file_that_loads_nothing() -> None:
    html = html_of(page(paper("fa")))
    tags = Tags()
    tags.feed(html)
    assert tags.loads == [] and not tags.seen & {"script", "link", "iframe", "object", "form"}
    assert 'dir="rtl"' in html and 'lang="fa"' in html and "default-src 'none'" in html


@pytest.mark.parametrize("language", ALL)
def test_the_same_page_has_the_same_bytes(language: str) -> None:
    first, second = pdf_of(page(paper(language))), pdf_of(page(paper(language)))
    assert first == second and first.startswith(b"%PDF-")
    as_pdf.compiler.cache_clear()
    assert pdf_of(page(paper(language))) == first


@needs_pdftotext
@pytest.mark.parametrize("language", ALL)
def test_the_text_of_a_pdf(language: str, tmp_path: Path) -> None:
    text = pdf_text(pdf_of(page(paper(language))), tmp_path)
    assert "2026-0042" in text and "\ufffd" not in text
    plain = re.sub("[\u2066-\u2069]", "", text).replace("\u00a0", " ")
    if language != "fa":  # pdftotext puts the words of a line from right to left as it likes.
        assert TITLES[language] in plain
        assert NUMBERS[language].replace("\u00a0", " ") in plain
    else:
        assert "0042-2026" not in text, "in the title, too, it runs from left to right"
        assert "۱٬۵۰۶٫۰۹" in plain and "حساب" in plain


@needs_pdftotext
def test_a_long_invoice_has_its_heading_on_each_page(tmp_path: Path) -> None:
    text = pdf_text(pdf_of(page(paper(lines=80), draft=True)), tmp_path)
    pages = text.split("\f")[:-1]
    assert len(pages) > 1 and all("Description" in one for one in pages[:-1])
    assert f"Page 1 of {len(pages)}" in pages[0]


def test_drafts_and_what_is_cancelled_are_marked() -> None:
    assert text_of(page(paper(), draft=True)).startswith("*** Draft ***\n")
    assert text_of(page(paper("de")._replace(status="draft"))).startswith("*** Entwurf ***\n")
    cancelled = page(paper()._replace(status="cancelled"))
    assert text_of(cancelled).startswith("*** Cancelled ***\n")
    assert '<div class="mark">Cancelled</div>' in html_of(cancelled)
    assert pdf_of(cancelled) != pdf_of(page(paper()))


def test_only_the_fonts_of_the_program_are_used(tmp_path: Path) -> None:
    data = pdf_of(page(paper("ka")))
    (tmp_path / "a.pdf").write_bytes(data)
    fonts = set(re.findall(rb"/FontName /\w+\+([\w-]+)", data))
    if not fonts and shutil.which("pdffonts"):
        shown = subprocess.run(["pdffonts", tmp_path / "a.pdf"], capture_output=True, check=True)
        fonts = set(re.findall(rb"\w{6}\+([\w-]+)", shown.stdout))
    assert fonts
    assert all(one.startswith(b"NotoSans") for one in fonts)


def pdf_text(data: bytes, folder: Path) -> str:
    path = folder / "page.pdf"
    path.write_bytes(data)
    run = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return run.stdout.decode()


def squares() -> dict[str, Square]:
    found = [one for one in page(paper("sl")).blocks if isinstance(one, Payment)]
    return {one.name: one for one in found[0].squares}


def test_the_codes_are_of_the_versions_that_banks_read() -> None:
    upn, epc = (codes.made(squares()[name]) for name in ("upn", "epc"))
    assert (upn.version, upn.error) == (15, "M")
    assert epc.error == "M" and int(epc.version) <= 13
    assert squares()["upn"].encoding == "iso-8859-2"
    # The first four bits say ECI (0111), then which: 4 is ISO 8859-2; then bytes (0100). Of the
    # codewords of a code of this version every tenth is of the same block.
    bits = _bits(upn, 88)
    assert bits[:8] + bits[80:] == "01110000" + "01000100"
    assert _bits(epc, 4) == "0100"


_MASKS: Sequence[Callable[[int, int], int]] = (
    lambda row, column: (row + column) % 2,
    lambda row, column: row % 2,
    lambda row, column: column % 3,
    lambda row, column: (row + column) % 3,
    lambda row, column: (row // 2 + column // 3) % 2,
    lambda row, column: row * column % 2 + row * column % 3,
    lambda row, column: (row * column % 2 + row * column % 3) % 2,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2,
)
"""The masks of ISO/IEC 18004, 7.8.2: what is zero is inverted."""


def _bits(code: segno.QRCode, many: int) -> str:
    """The first bits of a code, upwards from its corner below on the right, unmasked."""
    last = len(code.matrix) - 1
    places = [(last - at // 2, last - at % 2) for at in range(many)]
    mask = _MASKS[code.mask]
    return "".join(str(code.matrix[row][column] ^ (mask(row, column) == 0))
                   for row, column in places)  # fmt: skip


def test_a_page_has_the_codes_as_pictures() -> None:
    assert all(codes.drawn(one).startswith("<svg") for one in squares().values())
    html = html_of(page(paper("sl")))
    assert '<figure class="epc"><svg' in html and '<figure class="upn"><svg' in html


def test_a_code_is_drawn_in_the_text_when_asked_for() -> None:
    found = page(paper())
    assert "█" not in text_of(found, squares=False)
    rows = [row for row in text_of(found, squares=True).splitlines() if row.startswith("██")]
    assert len(rows) > 30


@pytest.mark.parametrize("wide", [40, 60])
@pytest.mark.parametrize("kind", ["invoice", "statement", "reminder", "letter"])
@pytest.mark.parametrize("language", ["en", "de", "fa"])
def test_a_text_is_as_narrow_as_it_is_asked_to_be(language: str, kind: str, wide: int) -> None:
    found = page(paper(language, kind=kind))
    text = text_of(found, squares=False, wide=wide)
    assert max(map(columns_of, text.splitlines())) <= wide
    texts = (text_of(found, squares=False), text)
    whole, narrow = ({*re.split(r"[\s=-]+", one)} for one in texts)
    assert narrow <= whole
    assert not [word for word in whole - narrow if any(map(str.isdigit, word))]


def test_what_is_not_there_leaves_no_line() -> None:
    bare = paper()._replace(accounts=(), footer="", due=None, number="")
    text = text_of(page(bare))
    assert "Payment details" not in text and "Due date" not in text and "Number" not in text
    assert not text.endswith("\n\n")
