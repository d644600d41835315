"""Templates: those in templates/, and those that come with the program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from crm_cli.features.own_templates import (
    DRAFT,
    FOLDER,
    OwnTemplate,
    OwnTemplates,
    is_safe,
    split_tag,
)
from crm_cli.features.plan import Plan
from crm_cli.formats.documents.forms import Form, read_form
from crm_cli.formats.documents.making import KINDS, MESSAGES, PAPERS
from crm_cli.formats.documents.sandbox import Reference
from crm_cli.formats.documents.shipped import Shipped, all_shipped, shipped
from crm_cli.formats.documents.values import FIELDS, LOOPED, ROOTS
from crm_cli.formats.documents.words import known_language, words_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import DataError, NotFound, Problem, Severity, Unreadable, UsageError
from crm_cli.model.kind import normal
from crm_cli.model.template import PRODUCT_FIELDS
from crm_cli.model.text import did_you_mean
from crm_cli.workspace import Change, Create, Workspace

STATUSES = ("active", DRAFT)
"""A draft is used only where it is named."""
BUILT_IN = "built-in"
_USUAL = "letter"


class Template(NamedTuple):
    """A template: what its front matter says, its text, and where it stands (`path`: BUILT_IN
    for the program's own). The body begins in line `line` of the file. `of` is the kind of papers
    that an e-mail or an SMS is about; empty for the customer alone."""

    name: str
    language: str
    kind: str
    status: str
    subject: str
    body: str
    path: str
    line: int
    text: str
    of: str = ""

    @property
    def about(self) -> str:
        """The kind of papers that it is filled in with."""
        return self.of if self.kind in MESSAGES else self.kind

    @property
    def called(self) -> str:
        """Its name with its language: `reminder.sl`."""
        return f"{self.name}.{self.language}" if self.language else self.name


def listed(workspace: Workspace, kind: str = "") -> list[Template]:
    """The templates by kind and name, the directory's own first; the program's that they take
    the place of are left out. Raises UsageError for a kind that there is not."""
    own = list(_own(workspace))
    taken = {(one.name, one.language) for one in own if one.status != DRAFT}
    found = own + [
        of_shipped(one) for one in all_shipped() if (one.name, one.language) not in taken
    ]
    if kind:
        wanted = normal(kind)
        if wanted not in KINDS:
            raise UsageError(f"there is no kind of template '{kind}'", f"known: {', '.join(KINDS)}")
        found = [one for one in found if one.kind == wanted]
    order = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(found, key=lambda one: (order.get(one.kind, 99), one.name, one.language))


def find(workspace: Workspace, name: str, language: str = "") -> Template:
    """The template of a name, in a language where there is one in it, else as near as may be.

    The directory's own come first: `templates/NAME.LANGUAGE.md`, then `templates/NAME.md`; then
    the program's. Raises NotFound, and DataError for one that cannot be read.
    """
    if not is_safe(name):
        raise UsageError(f"'{name}' cannot be a template", "name a file of templates/")
    name, own = name.removeprefix(FOLDER), OwnTemplates(workspace)
    stems = list(dict.fromkeys((name, name.replace("-", "_"), name.replace("_", "-"))))
    for stem in stems:
        found = _find(workspace, own, stem, language)
        if found is not None:
            return found
    if draft := next(filter(None, (own.draft(stem, language) for stem in stems)), ""):
        raise NotFound(
            f"the template '{name}' is a draft",
            f"take status: draft out of {draft}, or name it {draft.removeprefix(FOLDER)}",
        )
    known = sorted({one.name for one in listed(workspace)} - {name})
    hint = did_you_mean(name, known) or "crm template list shows those there are"
    raise NotFound(f"there is no template '{name}'", hint)


def _find(
    workspace: Workspace, own: OwnTemplates, name: str, language: str
) -> Template | None:
    found = own.find(name, language)
    if found is not None:
        return _checked(_of_own(found))
    stem, tail = split_tag(name)
    made = shipped(name, known_language(language, workspace.business.language))
    if made is None and tail:
        made = shipped(stem, known_language(tail))
    return None if made is None else of_shipped(made)


def of_shipped(one: Shipped) -> Template:
    """A template of the program's own."""
    return Template(
        one.name, one.language, one.kind, "active", one.subject, one.body, BUILT_IN, 1, one.text,
        one.of,
    )  # fmt: skip


def _own(workspace: Workspace) -> Iterator[Template]:
    return map(_of_own, OwnTemplates(workspace).all())


def _of_own(one: OwnTemplate) -> Template:
    """A template of templates/."""
    entries = one.front.entries
    return Template(
        one.name, one.language, normal(entries.get("kind", "")) or _kind_of(one.name), one.status,
        entries.get("subject", ""), one.front.body.strip("\n"), one.path, one.front.line, one.text,
        normal(entries.get("of", "")),
    )  # fmt: skip


def _checked(template: Template) -> Template:
    """The template itself; raises DataError where its front matter is wrong."""
    fault = next(_faults(template), None)
    if fault is not None:
        raise DataError(f"{template.path}: {fault[0]}", fault[1])
    return template


def _kind_of(name: str) -> str:
    """The kind of a template that says none: the program's of that name, else a letter."""
    known = next((one.kind for one in all_shipped() if one.name == name), "")
    return known or _USUAL


def _faults(template: Template) -> Iterator[tuple[str, str]]:
    """What is wrong in the front matter, with a hint."""
    for what, value, known in (
        ("kind", template.kind, KINDS), ("status", template.status, STATUSES),
        ("paper", template.of, ("", *PAPERS)),
    ):  # fmt: skip
        if value not in known:
            hint = did_you_mean(value, known) or f"known: {', '.join(filter(None, known))}"
            yield f"there is no {what} '{value}'", hint


def read(template: Template) -> Form:
    """A template, ready to be filled in; raises DataError with its place."""
    try:
        return read_form(template.subject, template.body, template.line)
    except Unreadable as error:
        raise DataError(f"{_place(template)}: {error.message}", error.hint) from error


def _place(template: Template) -> str:
    return template.path if template.path != BUILT_IN else f"template {template.called}"


def check(workspace: Workspace, names: Sequence[str] = ()) -> list[Problem]:
    """What is wrong in templates: those named, else all in templates/.

    Raises NotFound for a name that there is not.
    """
    found = [_named(workspace, name) for name in names] if names else list(_own(workspace))
    return [problem for template in found for problem in _problems(workspace, template)]


def _named(workspace: Workspace, name: str) -> Template:
    """A template by name, also one that is wrong."""
    for one in _own(workspace):
        if name in (one.path, one.path.removeprefix(FOLDER), one.called, one.name):
            return one
    return find(workspace, name)


def _problems(workspace: Workspace, template: Template) -> Iterator[Problem]:
    for message, hint in _faults(template):
        yield _problem(template, 1, message, hint)
    try:
        form = read_form(template.subject, template.body, template.line)
    except Unreadable as error:
        found = re.match(r"line (\d+): ", error.message)
        message = error.message[found.end() :] if found else error.message
        yield _problem(template, int(found[1]) if found else 1, message, error.hint)
        return
    for reference in form.references:
        if hint_or_none := _unknown(workspace, reference):
            yield _problem(
                template, reference.line, f"there is no field {reference.name}", hint_or_none
            )


def _problem(template: Template, line: int, message: str, hint: str) -> Problem:
    return Problem(_place(template), line, 1, "template", message, hint, Severity.ERROR)


def _unknown(workspace: Workspace, reference: Reference) -> str:
    """A hint where nothing has the name of a field; empty where something has."""
    name = reference.name
    root, _, rest = name.partition(".")
    if root == "words":
        sections = words_of("en").sections
        section, _, key = rest.partition(".")
        known = [f"words.{one}.{key}" for one, words in sections.items() for key in words]
        fits = key in sections.get(section, {}) or (rest in ("", section) and section in sections)
        return "" if fits else did_you_mean(name, known) or "crm template show invoice has some"
    if root == "campaign" or name in FIELDS or name in LOOPED or name in ROOTS:
        return ""
    if root in ROOTS:
        return did_you_mean(name, list(FIELDS)) or "crm template fields lists those there are"
    if name in PRODUCT_FIELDS:
        return ""
    try:
        workspace.select(CUSTOMER, cols=(name,), limit=1, ordered=False)
    except UsageError:
        if meant := [field for field in FIELDS if field.endswith(f".{name}")]:
            return f"did you mean {' or '.join(meant[:3])}?"
        known = [*FIELDS, *CUSTOMER.by_name, *(one.key for one in CUSTOMER.derived)]
        return did_you_mean(name, known) or "crm template fields lists those there are"
    return ""


def new(workspace: Workspace, name: str, *, source: str = "", kind: str = "") -> Plan:
    """Plan to write a template into templates/: a copy of the one that `source` names, else of
    the program's of that name, else an empty one of a kind. Raises UsageError, NotFound, and
    DataError where what lies there cannot be read."""
    if not is_safe(name):
        raise UsageError(f"'{name}' cannot be a template", "use letters, digits, - and .")
    wanted = normal(kind)
    if wanted and wanted not in KINDS:
        raise UsageError(f"there is no kind of template '{kind}'", f"known: {', '.join(KINDS)}")
    stem = name.removeprefix(FOLDER)
    path = f"{FOLDER}{stem}" if stem.endswith((".md", ".txt")) else f"{FOLDER}{stem}.md"
    try:
        workspace.tree.read(path)
    except FileNotFoundError:
        pass
    else:
        raise UsageError(f"{path} exists", "edit it, or choose another name")
    made = _source(workspace, source or wanted or stem.removesuffix(".md").removesuffix(".txt"))
    return Plan(
        Change("add template", (Create(path, made.text.encode()),)),
        f"added template {path.removeprefix(FOLDER).rpartition('.')[0]}",
        notes=[f"a copy of {made.called} ({made.path}); edit it, then crm template check"],
    )


def _source(workspace: Workspace, name: str) -> Template:
    base, tail = split_tag(name)
    language = tail or workspace.business.language
    try:
        return find(workspace, base, language)
    except NotFound:
        found = shipped(_USUAL, known_language(language))
        assert found is not None
        return of_shipped(found)


def fields() -> list[tuple[str, str]]:
    """The fields of templates, with a few words on each."""
    return [
        *FIELDS.items(),
        ("words.SECTION.KEY", "a word in the language of the document: words.label.due"),
        ("products", "what they bought most lately, by name; suggestions: what to offer"),
        ("FIELD", "any query field of the customer: last_purchase, spend"),
    ]
