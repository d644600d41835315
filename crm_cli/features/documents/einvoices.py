"""E-invoices made of papers: checked as the law, EN 16931 and Peppol want it, then written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_cli.features.documents.gathering import settings_of
from crm_cli.formats.documents.words import known_language, words_of
from crm_cli.formats.einvoice import peppol
from crm_cli.formats.einvoice.as_ubl import ubl_of
from crm_cli.formats.einvoice.building import Given, built
from crm_cli.formats.einvoice.invoice import Invoice
from crm_cli.formats.einvoice.rules import lacking
from crm_cli.model.errors import Refused, UsageError
from crm_cli.model.invoice_law import Missing
from crm_cli.model.money import decimal_text
from crm_cli.model.paper import Paper
from crm_cli.model.text import a_or_an
from crm_cli.workspace import Workspace

_SHOWN = 10
_SETTINGS = " in crm.yaml"


def check(workspace: Workspace, papers: Sequence[Paper], format: str) -> None:
    """Raise Refused where an e-invoice of a paper would lack something: nothing is made that a
    receiver turns down. UsageError for what is no posted invoice or credit note."""
    found: list[str] = []
    cures: dict[str, None] = {}
    for paper in papers:
        what = paper.kind.replace("_", " ")
        if not paper.is_billed:
            raise UsageError(
                f"{a_or_an(what)} is no e-invoice", "invoices and credit notes are; --format pdf"
            )
        if paper.status != "posted":
            state = "a draft" if paper.status == "draft" else paper.status
            cure = f"crm purchase post {paper.id}" if paper.status == "draft" else "--format pdf"
            raise UsageError(f"{what} {paper.number or paper.id} is {state}", cure)
        missing = _missing(workspace, paper, format)
        if missing:
            shown = ", ".join(f"{one.field} ({one.what})" for one in missing)
            found.append(f"{what} {paper.number or paper.id} lacks {shown}")
            cures |= dict.fromkeys(_cure(workspace, one, paper) for one in missing)
    if found:
        more = f"; and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        name = "Peppol" if format == "peppol" else "EN 16931"
        raise Refused(
            f"{name} requires more: {'; '.join(found[:_SHOWN])}{more}",
            "; ".join([*cures][:_SHOWN]),
        )


def einvoice(workspace: Workspace, paper: Paper) -> Invoice:
    """The EN 16931 invoice of a paper that was checked."""
    return built(paper, _given(workspace, paper))


def xml_of(workspace: Workspace, paper: Paper, format: str) -> bytes:
    """The e-invoice of a paper that was checked, as `ubl` or `peppol`."""
    invoice = einvoice(workspace, paper)
    return peppol.peppol_of(invoice, paper) if format == "peppol" else ubl_of(invoice)


def _missing(workspace: Workspace, paper: Paper, format: str) -> list[Missing]:
    found = lacking(paper, _given(workspace, paper))
    return [*found, *peppol.lacking(paper)] if format == "peppol" else found


def _cure(workspace: Workspace, one: Missing, paper: Paper) -> str:
    """The command that sets a field."""
    field = one.field
    if field.endswith(_SETTINGS):
        return f"crm config set {field.removesuffix(_SETTINGS)}=…"
    if field.startswith("social"):
        return f"crm edit {paper.customer}: social: [{{service: peppol, value: 0088:…}}]"
    if field == "number":
        return f"crm purchase post {paper.id}"
    if field == "payments":
        return f"crm payment list customer:{paper.customer}"
    named = f"crm set {paper.number or paper.id}"
    if field.startswith("lines.") and not _has_lines(workspace, paper):
        line = f"TEXT:1:{decimal_text(paper.net)}"
        return f"{named} amount= lines+={line} lines.1.tax_rate=…"
    return f"{named} {field}=…"


def _has_lines(workspace: Workspace, paper: Paper) -> bool:
    """Whether it has lines of its own, and not an amount alone."""
    purchases = workspace.record(paper.customer).items("purchases")
    return any(one.id == paper.id and one.items("lines") for one in purchases)


def _given(workspace: Workspace, paper: Paper) -> Given:
    return Given(_units(workspace), paper.prepaid, _terms(workspace, paper))


def _units(workspace: Workspace) -> Mapping[str, str]:
    units: Any = settings_of(workspace).values.get("units")
    found = units if isinstance(units, dict) else {}
    return {str(key): str(code).strip() for key, code in found.items()}


def _terms(workspace: Workspace, paper: Paper) -> str:
    """What stands for payment terms at a credit note: the invoice that it is set off against."""
    if paper.kind != "credit_note" or not paper.corrects:
        return ""
    words = words_of(known_language(paper.language, workspace.business.language))
    return f"{words.word('label.corrects')}{words.colon}{paper.corrects}"
