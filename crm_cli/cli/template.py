"""`crm template`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.documents import MAKING, Making, make
from crm_cli.cli.options import FORM, DryRun, Form, Who
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs

verbs = Verbs()

_Name = Annotated[str, Argument(metavar="NAME", help="A template; NAME.de is the German one.")]
_Kind = Annotated[
    str | None, Option("--kind", metavar="KIND", help="invoice, quote, letter, reminder, email …")
]


@verbs.add
def list_(session: Session, kind: _Kind = None, form: Form = FORM) -> None:
    """List the templates: the directory's own, and those that come with the program.

    crm template list
    crm template list --kind reminder
    """
    from crm_cli.features.documents.templates import listed
    from crm_cli.model.rows import Column, Rows

    keys = ("name", "language", "kind", "status", "path")
    found = listed(session.workspace, kind or "")
    rows = Rows(
        [Column(key) for key in keys],
        [tuple(getattr(one, key) or None for key in keys) for one in found],
        ids=[one.called for one in found],
        none="there is no template",
    )
    session.show(rows, session.form(form), header=not form.no_header)


@verbs.add
def show(
    session: Session,
    name: _Name,
    language: Annotated[
        str | None, Option("--language", metavar="TAG", help="The one in a language: de, fa.")
    ] = None,
) -> None:
    """Show the text of a template.

    crm template show reminder.sl
    crm template show invoice
    """
    from crm_cli.features.documents.templates import find

    business = session.workspace.business.language
    session.give(find(session.workspace, name, language or business).text)


@verbs.add
def new(
    session: Session,
    name: _Name,
    source: Annotated[
        str | None, Option("--from", metavar="NAME", help="The template to copy.")
    ] = None,
    kind: _Kind = None,
    dry_run: DryRun = False,
) -> None:
    """Write a template into templates/, as a copy to edit; it then takes the other's place.

    crm template new reminder.sl
    crm template new thanks.sl --from letter.sl
    """
    from crm_cli.cli.writing import carry_out
    from crm_cli.features.documents.templates import new as plan

    made = plan(session.workspace, name, source=source or "", kind=kind or "")
    carry_out(session, made, dry_run=dry_run)


@verbs.add
def render(
    session: Session,
    name: _Name,
    who: Who,
    purchase: Annotated[
        str | None,
        Option("--purchase", metavar="NUMBER|ID", help="A purchase whose figures it names."),
    ] = None,
    making: Making = MAKING,
) -> None:
    """Fill in a template for a customer, to see what comes of it.

    crm template render invoice-mail ana --purchase 2026-0042
    crm template render survey.de ana --format html --to survey.html
    """
    from crm_cli.cli.purchases_named import one_purchase
    from crm_cli.features.documents.gathering import trial

    customer = session.who(who)
    found = one_purchase(session, purchase) if purchase is not None else None
    paper = trial(session.workspace, customer, name, making.language or "", found)
    make(session, [paper], making._replace(draft=True, template=name))


@verbs.add
def check(
    session: Session,
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME…]", help="Templates; default: all of templates/."),
    ] = None,
) -> None:
    """Find what is wrong in templates: what cannot be read, fields that there are not.

    crm template check
    crm template check reminder.sl
    """
    from crm_cli.features.documents.templates import check as found

    problems = found(session.workspace, names or ())
    if problems:
        from crm_cli.render import shapes

        session.negative = True
        session.draw(shapes.problems, problems)
    elif session.margin.width:
        session.say("no problem found")


@verbs.add
def fields(session: Session, form: Form = FORM) -> None:
    """List the fields that templates can name.

    crm template fields
    """
    from crm_cli.features.documents.templates import fields as known
    from crm_cli.model.rows import Column, Rows

    rows = Rows([Column("field"), Column("what")], known(), ids=[name for name, _ in known()])
    session.show(rows, session.form(form), header=not form.no_header)
