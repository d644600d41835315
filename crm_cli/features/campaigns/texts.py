"""The personal texts of a campaign: each recipient's, from the template in their language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crm_cli.features.own_templates import FOLDER, OwnTemplate, OwnTemplates, is_safe
from crm_cli.formats.documents.forms import Form, read_form
from crm_cli.formats.documents.values import FIELDS, values_of
from crm_cli.formats.documents.words import known_language, words_of
from crm_cli.model.campaign import template_of
from crm_cli.model.cells import cell_text
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError, Unreadable, UsageError
from crm_cli.model.item import Item
from crm_cli.model.paper_of import paper_base
from crm_cli.model.places import SETTINGS
from crm_cli.model.template import PRODUCT_FIELDS, Filled, named_products
from crm_cli.workspace import Workspace

if TYPE_CHECKING:
    from crm_cli.features.campaigns import Campaign, Recipient

_SHOWN = 10
Values = dict[str, str]
Chosen = Mapping[str, tuple[Form, OwnTemplate] | None]
"""The template of each customer, as it was read and as its file has it."""


class Texts:
    """The texts of a campaign at a step, counted from 1."""

    def __init__(self, workspace: Workspace, campaign: Campaign, step: int = 1) -> None:
        self.workspace = workspace
        self.campaign = campaign
        self.step = step
        self._own = OwnTemplates(workspace)
        self._read: dict[str, tuple[Form, OwnTemplate]] = {}

    def check(self, recipients: Sequence[Recipient]) -> None:
        """Raise DataError where a text of one of them could not be made; see `of`."""
        for _ in self.of(recipients):
            pass

    def of(self, recipients: Sequence[Recipient]) -> Iterator[tuple[Recipient, Filled | None]]:
        """The text of each recipient, None where their variant has no template.

        Raises DataError that names customers who lack a field, before the first one is given; for
        a template that is not there or cannot be read; UsageError for a field that nobody has.
        """
        chosen = self._chosen(recipients)
        forms = [one for one in chosen.values() if one is not None]
        fields = {field.name for form, _ in forms for field in form.references}
        values = self._values(recipients, sorted(fields), chosen)
        made: list[tuple[Recipient, Filled | None]] = []
        lacking = []
        for one in recipients:
            found, without = chosen[one.customer], list[str]()
            text = None
            if found is not None:
                text, without = _made(found[0], values[one.customer], one)
            made.append((one, text))
            if without:
                lacking.append(f"{one.customer}: {', '.join(without)}")
        if lacking:
            more = f" and {len(lacking) - _SHOWN:,} more" if len(lacking) > _SHOWN else ""
            raise DataError(
                f"the text lacks a field for {'; '.join(lacking[:_SHOWN])}{more}",
                "fill it in, exclude who has none by exclude_segment, or leave it out of the text",
            )
        yield from made

    def _chosen(
        self, recipients: Iterable[Recipient]
    ) -> dict[str, tuple[Form, OwnTemplate] | None]:
        """The template of each recipient, in their language where there is one in it."""
        names = {one.customer: template_of(self.campaign.record, one.variant, self.step)
                 for one in recipients}  # fmt: skip
        if not any(names.values()):
            return dict.fromkeys(names)
        rows = self.workspace.select(CUSTOMER, cols=("id", "language"), ordered=False).rows
        languages = {str(id): str(language or "") for id, language in rows}
        return {
            id: self._template(name, languages.get(id, "")) if name else None
            for id, name in names.items()
        }

    def _template(self, name: str, language: str) -> tuple[Form, OwnTemplate]:
        key = f"{name}\0{language}"
        if key not in self._read:
            self._read[key] = self._find(name, language)
        return self._read[key]

    def _find(self, name: str, language: str) -> tuple[Form, OwnTemplate]:
        """The template of a name in a language; see `OwnTemplates.find`."""
        if not is_safe(name):
            raise DataError(f"'{name}' cannot be a template", "name a file of templates/")
        found = self._own.find(name, language)
        if found is None:
            draft = self._own.draft(name, language)
            raise DataError(
                f"the template {name} is a draft" if draft else f"there is no template {name}",
                f"take status: draft out of {draft}" if draft
                else f"write {FOLDER}{name}.md, or name another one",
            )  # fmt: skip
        try:
            head = found.front.entries.get("subject", "")
            return read_form(head, found.front.body, found.front.line), found
        except Unreadable as error:
            raise DataError(f"{found.path}: {error.message}", error.hint) from error

    def _values(
        self, recipients: Sequence[Recipient], fields: Sequence[str], chosen: Chosen
    ) -> dict[str, Values]:
        """The values of fields, by customer; those that are missing are empty."""
        papered = [field for field in fields if field in FIELDS or field.startswith("words.")]
        common = self._common([field for field in fields if field not in papered])
        known = {*common, *_OWN, *papered}
        own = [field for field in fields if field not in known]
        asked = list(dict.fromkeys([*own, *(_OWN[one] for one in fields if one in _OWN)]))
        rows = self._rows([one for one in asked if one], chosen)
        products = self.workspace.products() if {*PRODUCT_FIELDS} & {*fields} else {}
        found = {}
        for one in recipients:
            row = rows.get(one.customer, {})
            values = {field: _text(row.get(field)) for field in own} | common
            values |= self._papered(one.customer, papered, chosen.get(one.customer))
            values["variant"] = one.variant or ""
            for field in PRODUCT_FIELDS:
                values[field] = named_products(row.get(_OWN[field]) or (), products)
            found[one.customer] = values
        return found

    def _papered(
        self, customer: str, fields: Sequence[str], found: tuple[Form, OwnTemplate] | None
    ) -> Values:
        """The fields that every other template has too, such as the greeting, in its language."""
        if not fields or found is None:
            return {}
        settings = self.workspace.file(SETTINGS.path).record
        paper = paper_base("email", self.workspace.record(customer), settings)
        words = words_of(known_language(found[1].language, self.workspace.business.language))
        users: dict[str, Item] = settings.values.get("users") or {}
        user = users.get(self.workspace.user or "")
        values = values_of(paper, words, user.values if user is not None else {})
        return {field: _text(_at(values, field)) for field in fields}

    def _rows(
        self, fields: Sequence[str], chosen: Chosen
    ) -> dict[str, Mapping[str, Any]]:
        """Fields of all customers, by id; amounts have their currency."""
        if not fields:
            return {}
        try:
            answer = self.workspace.select(CUSTOMER, cols=("id", *fields), ordered=False)
        except UsageError as error:
            raise self._unknown(error, fields, chosen) from error
        currency = self.workspace.business.currency
        money = {place for place, one in enumerate(answer.columns) if one.type.name == "money"}
        found: dict[str, Mapping[str, Any]] = {}
        for row in answer.rows:
            cells = (
                f"{value} {currency}" if place in money and value is not None else value
                for place, value in enumerate(row)
            )
            id, *values = cells
            found[str(id)] = dict(zip(fields, values, strict=True))
        return found

    def _unknown(self, error: UsageError, fields: Sequence[str], chosen: Chosen) -> UsageError:
        """The error with the template and the line of the field that there is not."""
        used = {found[1].path: found for found in chosen.values() if found is not None}
        for form, own in used.values():
            for one in form.references:
                if one.name in fields and f"'{one.name}'" in error.message:
                    return UsageError(
                        f"{own.path}:{one.line}: there is no field {one.name}",
                        "crm template fields lists those there are",
                    )
        return UsageError(f"in a template: {error.message}", error.hint)

    def _common(self, fields: Sequence[str]) -> Values:
        """The values that are the same for all: of the campaign and of the business."""
        settings = self.workspace.file(SETTINGS.path).record.values.get("business")
        found = {}
        for field in fields:
            head, dot, key = field.partition(".")
            if not dot or head not in ("campaign", "business"):
                continue
            record: Item | None = self.campaign.record if head == "campaign" else settings
            known = record.kind.by_key if record is not None else {}
            if record is not None and key not in known:
                raise UsageError(
                    f"in a template: {head} has no field {key}", f"it has {', '.join(known)}"
                )
            found[field] = _text(record.values.get(key)) if record is not None else ""
        return found


def _at(values: Mapping[str, Any], field: str) -> Any:
    """The value that a name like `customer.greeting` leads to; None where there is none."""
    found: Any = values
    for part in field.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return None if isinstance(found, Mapping) else found


_OWN = {"variant": "", **PRODUCT_FIELDS}
"""Fields of templates that no query has, and the query field that they are made of."""


def _made(form: Form, values: Values, one: Recipient) -> tuple[Filled, list[str]]:
    known = {name: value if value.strip() else None for name, value in values.items()}
    try:
        return form.filled(known)
    except Unreadable as error:
        raise DataError(f"{one.customer}: {error.message}", error.hint) from error


def _text(value: Any) -> str:
    return cell_text(value, ", ") if not isinstance(value, list) or _plain(value) else ""


def _plain(value: Sequence[Any]) -> bool:
    """Whether a list is one of texts: items are no text."""
    return not any(isinstance(one, Item) for one in value)
