"""`crm tag`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import FORM, DryRun, Form, Terms, Whos, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Verbs
from crm_cli.cli.writing import carry_out

verbs = Verbs()

TagWords = Annotated[str, Argument(metavar="TAG[,TAG]", help="Tags.")]


@verbs.add
def add(
    session: Session, tags: TagWords, who: Whos, dry_run: DryRun = False, yes: Yes = False
) -> None:
    """Add tags to customers.

    crm tag add vip ana
    crm list city:Koper -o ids | crm tag add coast -
    """
    _tag(session, tags, who, add=True, dry_run=dry_run, yes=yes)


@verbs.add
def remove(
    session: Session, tags: TagWords, who: Whos, dry_run: DryRun = False, yes: Yes = False
) -> None:
    """Remove tags from customers.

    crm tag remove cold @active --yes
    """
    _tag(session, tags, who, add=False, dry_run=dry_run, yes=yes)


@verbs.add
def list_(
    session: Session,
    terms: Terms = None,
    how: Form = FORM,
) -> None:
    """List the tags in use, with the number of customers.

    crm tag list city:Ljubljana
    """
    from crm_cli.features.setting import tags
    from crm_cli.model.rows import Column, Rows

    found = tags(session.workspace, session.terms(terms))
    rows = Rows(
        (Column("tag"), Column("customers", "integer")),
        found,
        ids=[tag for tag, _ in found],
        none="no tags",
    )
    session.show(rows, session.form(how), header=not how.no_header)


def _tag(
    session: Session, tags: str, who: list[str], *, add: bool, dry_run: bool, yes: bool
) -> None:
    from crm_cli.features.setting import tag

    plan = tag(
        session.workspace, tags, session.settled(who), add=add, strict=not session.interactive
    )
    carry_out(session, plan, dry_run=dry_run, yes=yes)
