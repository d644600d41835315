"""Documents made of papers: checked as the law wants it, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from crm_cli.features.documents.gathering import settings_of
from crm_cli.features.documents.templates import BUILT_IN, Template, find, read
from crm_cli.formats.documents import E_INVOICES, ENDINGS, FORMATS, PLAIN_E_INVOICES
from crm_cli.formats.documents.forms import Form, nested
from crm_cli.formats.documents.making import MESSAGES, Extra, message_of, page_of
from crm_cli.formats.documents.page import Page
from crm_cli.formats.documents.values import ROOTS, title_of
from crm_cli.formats.documents.words import Words, known_language, words_of
from crm_cli.model.cells import cell_text
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError, Refused, Unreadable, UsageError
from crm_cli.model.file_names import FileNames
from crm_cli.model.invoice_law import missing
from crm_cli.model.item import Item
from crm_cli.model.paper import Paper
from crm_cli.model.template import PRODUCT_FIELDS, named_products
from crm_cli.model.text import cleaned
from crm_cli.store import files, outside
from crm_cli.workspace import Workspace

_SHOWN = 10
_DRAFT = "--draft for one that is marked as a draft"
_LARGEST_LOGO = 512 * 1024
_MESSAGES = {"email": "an e-mail", "sms": "an SMS"}
_SUFFIXES = {"text": ".txt", "html": ".html", "pdf": ".pdf", "ubl": ".xml", "peppol": ".xml",
             "facturx": ".pdf"}  # fmt: skip


class Asked(NamedTuple):
    """How a document is wanted: its template, its language, whether a draft will do, and of a text
    whether it draws the codes for payments, and for how many columns it is (None: a page)."""

    format: str = "text"
    template: str = ""
    language: str = ""
    draft: bool = False
    squares: bool = False
    wide: int | None = None


class Rendered(NamedTuple):
    """A document: its bytes, the ending of its file, its subject, and the template it was made
    by."""

    data: bytes
    suffix: str
    subject: str
    template: Template

    @property
    def text(self) -> str:
        """The bytes as text, where they are."""
        return self.data.decode("utf-8")


_OFFICE = (".odt", ".doc", ".docx", ".rtf", ".ods", ".xls", ".xlsx", ".png", ".jpg", ".tex")
"""Endings of files that promise what no format is."""


def format_of(format: str | None, to: str | None) -> str:
    """The format asked for: by name, else by a file's ending, else text; raises UsageError."""
    if format:
        if format not in FORMATS:
            raise UsageError(f"there is no format '{format}'", f"known: {', '.join(FORMATS)}")
        return format
    if to in (None, "-", "") or to.endswith("/"):
        return "text"
    ending = Path(to).suffix.lower()
    if ending in _OFFICE:
        known = ", ".join(FORMATS)
        raise UsageError(f"documents are not written as {ending}", f"--format is one of {known}")
    return ENDINGS.get(ending, "text")


def check_law(*papers: Paper, otherwise: str = _DRAFT) -> None:
    """Raise Refused where an invoice lacks what it has to have by law, naming our fields; of
    several the first ten. Drafts are not looked at. `otherwise` says how it goes without."""
    lacking = [_lacking(paper) for paper in papers if paper.status == "posted"]
    found = [one for one in lacking if one]
    if found:
        more = f"; and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        raise Refused(
            f"the law requires more: {'; '.join(found[:_SHOWN])}{more}",
            f"fill it in, or say {otherwise}",
        )


def check(workspace: Workspace, papers: Sequence[Paper], asked: Asked) -> None:
    """Raise Refused where papers lack what the law wants, or an e-invoice its standard; UsageError
    for what cannot be an e-invoice."""
    if asked.format not in E_INVOICES:
        if not asked.draft:
            check_law(*papers)
        return
    from crm_cli.features.documents.einvoices import check as check_einvoices

    if asked.draft:
        raise UsageError(f"there is no draft in the format {asked.format}", "--format pdf --draft")
    check_einvoices(workspace, papers, asked.format)


def _lacking(paper: Paper) -> str:
    shown = ", ".join(f"{one.field} ({one.what})" for one in missing(paper))
    what = paper.kind.replace("_", " ")
    return f"{what} {paper.number or paper.id} lacks {shown}" if shown else ""


def render(workspace: Workspace, paper: Paper, asked: Asked) -> Rendered:
    """Make a document. Raises Refused (see `check`), NotFound for a template that there is
    not, DataError for one that cannot be filled in, UsageError for an e-mail or an SMS in another
    format than text."""
    check(workspace, [paper], asked)
    language = asked.language or paper.language
    template = find(workspace, asked.template or paper.kind, language)
    if template.kind in MESSAGES and asked.format != "text":
        what = _MESSAGES[template.kind]
        raise UsageError(
            f"{template.called} is {what}, which is text and no {asked.format}",
            "--to FILE.txt, or a template of another kind: crm template list",
        )
    form = read(template)
    words = _words(workspace, template, language)
    try:
        extra = _extra(workspace, paper, form, words)
        if template.kind in MESSAGES:
            subject, text = message_of(paper, form, words, extra)
            head = f"{subject}\n\n" if subject else ""
            data, suffix = f"{head}{text}".encode(), ".txt"
        elif asked.format in PLAIN_E_INVOICES:
            subject, data = title_of(paper, words), _einvoice(workspace, paper, asked)
            suffix = _SUFFIXES[asked.format]
        else:
            page = _page(workspace, paper, form, words, extra, draft=asked.draft)
            subject, data = cleaned(page.title), _written(workspace, paper, page, asked)
            suffix = _SUFFIXES[asked.format]
    except Unreadable as error:
        raise _unfilled(template, error) from error
    return Rendered(data, suffix, subject, template)


def _words(workspace: Workspace, template: Template, language: str) -> Words:
    """The words of the template's language, else of the one asked for, else of the business's."""
    tags = (*filter(None, (template.language, language)), workspace.business.language)
    return words_of(known_language(*tags))


def _unfilled(template: Template, error: Unreadable) -> DataError:
    where = template.path if template.path != BUILT_IN else f"template {template.called}"
    return DataError(f"{where}: {error.message}", error.hint)


def page_of_paper(workspace: Workspace, paper: Paper) -> Page:
    """The page of a paper by its own template, in the language that it is for. Raises DataError
    for a template that cannot be filled in."""
    template = find(workspace, paper.kind, paper.language)
    form = read(template)
    words = _words(workspace, template, paper.language)
    try:
        extra = _extra(workspace, paper, form, words)
        return _page(workspace, paper, form, words, extra, draft=False)
    except Unreadable as error:
        raise _unfilled(template, error) from error


def _page(
    workspace: Workspace, paper: Paper, form: Form, words: Words, extra: Extra, *, draft: bool
) -> Page:
    return page_of(paper, form, words, extra, logo=_logo(workspace, paper), draft=draft)


def _einvoice(workspace: Workspace, paper: Paper, asked: Asked) -> bytes:
    from crm_cli.features.documents.einvoices import xml_of

    return xml_of(workspace, paper, asked.format)


def _written(workspace: Workspace, paper: Paper, page: Page, asked: Asked) -> bytes:
    if asked.format == "facturx":
        from crm_cli.features.documents.einvoices import einvoice
        from crm_cli.formats.einvoice.as_facturx import facturx_of

        return facturx_of(page, einvoice(workspace, paper))
    if asked.format == "pdf":
        from crm_cli.formats.documents.as_pdf import pdf_of

        return pdf_of(page)
    if asked.format == "html":
        from crm_cli.formats.documents.as_html import html_of

        return html_of(page).encode()
    from crm_cli.formats.documents.as_text import WIDE, text_of

    return text_of(page, squares=asked.squares, wide=asked.wide or WIDE).encode()


def _extra(workspace: Workspace, paper: Paper, form: Form, words: Words) -> Extra:
    names = {one.name for one in form.references}
    asked = sorted(name for name in names if name.partition(".")[0] not in ROOTS)
    user = _user(workspace) if any(name.startswith("user.") for name in names) else {}
    return Extra(user, _fields(workspace, paper.customer, asked, words))


def _user(workspace: Workspace) -> dict[str, str]:
    users: dict[str, Item] = settings_of(workspace).values.get("users") or {}
    values = users[workspace.user].values if workspace.user in users else {}
    return {key: cleaned(str(values.get(key) or "")) for key in ("name", "email")}


def _fields(
    workspace: Workspace, customer: str, names: Sequence[str], words: Words
) -> dict[str, Any]:
    """Query fields of a customer, nested as their names are; raises Unreadable for others."""
    if not names:
        return {}
    cols = [PRODUCT_FIELDS.get(name, name) for name in names]
    try:
        answer = workspace.select(CUSTOMER, [f"id.is:{customer}"], cols=cols)
    except UsageError as error:
        raise Unreadable(error.message, "crm template check says where") from error
    found: dict[str, Any] = {}
    row = answer.rows[0] if answer.rows else [None] * len(names)
    for name, column, value in zip(names, answer.columns, row, strict=True):
        if name in PRODUCT_FIELDS:
            found[name] = named_products(value or (), workspace.products())
        elif isinstance(value, date) and not isinstance(value, datetime):
            found[name] = words.day(value)
        elif isinstance(value, Decimal) and column.type.name == "money":
            found[name] = words.money(value, workspace.business.currency)
        else:
            found[name] = cleaned(cell_text(value, ", "))
    return nested(found)


def _logo(workspace: Workspace, paper: Paper) -> bytes:
    """The file of the logo, of the directory itself; raises DataError where it is not there."""
    if not paper.logo:
        return b""
    where = f"business.logo in crm.yaml: {paper.logo}"
    try:
        data = workspace.tree.read(paper.logo)
    except FileNotFoundError:
        raise DataError(f"{where} is not there", "name a file in templates/") from None
    if len(data) > _LARGEST_LOGO:
        raise DataError(f"{where} is larger than 512 KiB", "make it smaller")
    return data


def file_name(names: FileNames, paper: Paper, suffix: str, folder: str = "") -> str:
    """A free name for the file of a paper: `invoice-2026-0042.pdf`, `letter-ana-novak.txt`."""
    named = f"{paper.kind.replace('_', '-')}-{paper.number or paper.id or paper.customer}"
    return names.free(named, suffix, folder=folder)


def make_folder(path: Path) -> None:
    """Make a folder for documents where there is none; raises StorageError."""
    with files.telling(f"make {path}", "nothing was written"):
        outside.make_folder(path)


def save(path: Path, data: bytes, *, force: bool = False) -> None:
    """Write bytes into a file; one that is there is replaced only with `force`."""
    outside.write_data(path, data, force=force)
