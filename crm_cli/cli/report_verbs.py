"""The verbs of `crm report`, made from the declarations of the reports."""

from __future__ import annotations

from typing import Annotated, Any, get_type_hints

from crm_cli.cli.options import All, Chart, Owner, PeriodOf, Shape, Sort, Terms, To, Where
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Parameter, Verb, parameter
from crm_cli.features.reports.report import Choice, Report

_Compare = Annotated[
    str | None,
    Option(
        "--compare",
        metavar="PERIOD",
        help="Beside the figures of another time: previous, year-ago or a period.",
        offers=("previous", "year-ago"),
    ),
]
_CompareAsOf = Annotated[
    str | None,
    Option(
        "--compare-as-of",
        metavar="DATE|REV|now",
        help="Beside the same figures by the files as they were then.",
    ),
]
_OF_A_PERIOD = ("period", "compare", "all")
"""The options that a report of today does not have."""
_COMPARING = ("compare", "compare_as_of")
"""The options that a report does not have whose rows stand for themselves."""
_ForceTo = Annotated[bool, Option("--force", help="Replace the file of --to.")]


def report_verb(report: Report, *, name: str = "", doc: str = "") -> Verb:
    """The verb that a report's declaration makes; `name` and `doc` where they are others."""

    def run(session: Session, **given: Any) -> None:
        from crm_cli.cli.report_answers import answer_report

        answer_report(session, report, given)

    example = f"crm report {report.name} {report.example}".rstrip()
    text = f"{report.answers}\n\n{_wrapped(report.formula)}\n\n{example}"
    return Verb(run, name=name or report.name, doc=doc or text, parameters=_parameters(report))


def own_verb(name: str) -> Verb:
    """The verb of a report that may lie in the directory's reports/."""

    def run(session: Session, **given: Any) -> None:
        from crm_cli.cli.report_answers import answer_report
        from crm_cli.features.reports.own import find
        from crm_cli.features.sql import ask

        session.look_back(given["as_of"])
        parameters = given.pop("param") or ()
        answer_report(session, find(session.workspace, name, ask, parameters), given)

    doc = f"Make the report of reports/{name}.yaml.\n\ncrm report {name}"
    hint = Annotated[
        list[str] | None,
        Option("--param", "-p", metavar="NAME=VALUE", help="A parameter of its SQL."),
    ]
    more = parameter("param", hint, {"param": None})
    return Verb(run, name=name, doc=doc, parameters=(*_parameters(None), more))


def _wrapped(text: str) -> str:
    import textwrap

    return textwrap.fill(text, 80, break_long_words=False, break_on_hyphens=False)


def _parameters(report: Report | None) -> tuple[Parameter, ...]:
    """The options of all reports, and those of one."""
    hints: dict[str, Any] = {
        "terms": Terms,
        "where": Where,
        "owner": Owner,
        "period": PeriodOf,
        "by": _by(report),
        "compare": _Compare,
        "compare_as_of": _CompareAsOf,
    }
    for choice in report.options if report is not None else ():
        hints[choice.key] = _own_option(choice)
    hints |= {"all": All, "chart": Chart, "sort": Sort}
    shape = get_type_hints(Shape, include_extras=True)
    hints |= {name: shape[name] for name in Shape._fields}
    hints |= {"to": To, "force": _ForceTo}
    without: tuple[str, ...] = ()
    if report is not None and report.standing:
        without = _OF_A_PERIOD
    elif report is not None and not report.compared:
        without = _COMPARING
    hints = {name: hint for name, hint in hints.items() if name not in without}
    flags = {name: False for name, hint in hints.items() if _is_flag(hint)}
    return tuple(parameter(name, hint, {name: flags.get(name)}) for name, hint in hints.items())


def _by(report: Report | None) -> Any:
    names = tuple(key.name for key in report.by) if report is not None else ()
    help = f"A row for each value: {', '.join(names)}." if names else "A row for each value."
    return Annotated[str | None, Option("--by", metavar="KEY[,KEY]", help=help, offers=names)]


def _own_option(choice: Choice) -> Any:
    option = Option(f"--{choice.name}", metavar=choice.metavar, help=choice.doc)
    if not choice.metavar:
        return Annotated[bool, option]
    return Annotated[str | None, option]


def _is_flag(hint: Any) -> bool:
    return getattr(hint, "__origin__", None) is bool
