"""`crm report`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from crm_cli.cli.options import FORM, Form, Owner, PeriodOf, Terms, To, Where
from crm_cli.cli.report_verbs import own_verb, report_verb
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verb, Verbs
from crm_cli.features.reports import REPORTS, load

if TYPE_CHECKING:
    from _collections_abc import dict_items, dict_keys, dict_values


class Reports(Verbs):
    """A verb for each built-in report, made when it is asked for, or all are; any other name may
    be a report of the user's own, which shows when the directory is opened."""

    records = "report"

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in REPORTS or _may_be_own(name)

    def __missing__(self, name: str) -> Verb:
        if name in REPORTS:
            self[name] = verb = report_verb(load(name))
            return verb
        if not _may_be_own(name):
            raise KeyError(name)
        return own_verb(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def keys(self) -> dict_keys[str, Verb]:
        """The names, in the order in which reports are listed."""
        self._make_all()
        return super().keys()

    def values(self) -> dict_values[str, Verb]:
        """The verbs, in the order of their names."""
        self._make_all()
        return super().values()

    def items(self) -> dict_items[str, Verb]:
        """The names with their verbs."""
        self._make_all()
        return super().items()

    def _make_all(self) -> None:
        if not set(REPORTS) <= super().keys():
            made = {name: self[name] for name in REPORTS}
            for name in REPORTS:
                del self[name]
            self.update(made)

    def get(self, name: str, default: Any = None) -> Any:
        """The verb of a name."""
        try:
            return self[name]
        except KeyError:
            return default


verbs = Reports()


@verbs.add
def list_(session: Session, form: Form = FORM) -> None:
    """List the reports: the built-in ones, then those of your own in reports/.

    crm report
    crm report list --json
    """
    from crm_cli.features.reports.own import described
    from crm_cli.model.rows import Column, Rows

    columns = (Column("name"), Column("group"), Column("answers"))
    rows = [(one.name, one.group, one.answers) for one in described(session.workspace)]
    found = Rows(columns, rows, ids=[row[0] for row in rows])
    session.show(found, session.form(form), header=not form.no_header)


@verbs.add
def html(
    session: Session,
    terms: Terms = None,
    section: Annotated[
        list[str] | None,
        Option(
            "--section",
            metavar="NAME[,NAME]",
            offers=(*REPORTS, "due", "changes"),
            help="These sections; one with options: 'dso --by month'.",
        ),
    ] = None,
    period: PeriodOf = None,
    where: Where = None,
    owner: Owner = None,
    since: Annotated[
        str | None,
        Option("--since", metavar="DATE|REV", help="What changed since then; default: -7d."),
    ] = None,
    customer: Annotated[
        str | None,
        Option(
            "--customer",
            metavar="WHO",
            help="A page to send to a customer: their statement, and what they bought.",
        ),
    ] = None,
    anonymous: Annotated[
        bool, Option("--anonymous", help="Labels in place of names; no ids and no texts.")
    ] = False,
    watch: Annotated[
        bool, Option("--watch", help="Write it again whenever records change, until Ctrl-C.")
    ] = False,
    to: To = None,
    force: Annotated[bool, Option("--force", help="Replace the file of --to.")] = False,
) -> None:
    """Make one page for a browser of the reports that matter, with charts and tables.

    The file runs no script and loads nothing. Sections are reports, your own as well,
    what is due and what changed; reports.html in crm.yaml chooses others.

    crm report html --to report.html
    crm report html --section aging,pipeline --to money.html
    crm report html +horeca --period last-quarter --to horeca.html
    crm report html --section 'sales --by city' --anonymous --to figures.html
    crm report html --customer bistro@lipa.example --to lipa.html
    """
    from crm_cli.cli.page_request import Asked
    from crm_cli.cli.report_page import answer, customer_page, page
    from crm_cli.model.errors import UsageError

    asked = Asked(terms or (), where, owner, period, since, anonymous)
    if customer is not None and (section or asked != Asked(period=period)):
        raise UsageError("--customer goes with --period, --to, --force and --watch alone")

    def make(session: Session) -> str:
        if customer is not None:
            return customer_page(session, customer, period)
        return page(session, section or (), asked)

    answer(session, make, to, force=force, watch=watch)


def _may_be_own(name: object) -> bool:
    return isinstance(name, str) and re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name) is not None
