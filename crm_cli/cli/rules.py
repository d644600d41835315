"""`crm rules`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from crm_cli.cli.options import FORM, DryRun, Form
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs

if TYPE_CHECKING:
    from crm_cli.features.rules.planning import Run

verbs = Verbs()

_ONE_BY_ONE = 3
"""For so many records the same reason has a line each."""

Names = Annotated[
    list[str] | None, Argument(metavar="[RULE…]", help="Rules by their names; without any, all.")
]


@verbs.add
def run(
    session: Session,
    names: Names = None,
    most: Annotated[
        int | None,
        Option("--max", metavar="N", help="For how many records at most; max in crm.yaml.", min=1),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Carry out the rules of rules.yaml: one change, which crm undo takes back.

    Nothing is done twice for the same occasion, however often it runs. What rules send is
    claimed first, as crm mail send does. It prints nothing where there is nothing to do.

    crm rules run --dry-run
    crm rules run silent
    7 6 * * *  crm -C ~/shop rules run
    """
    from crm_cli.cli.numbered import carry_out_numbered
    from crm_cli.features.rules.planning import planned

    workspace = session.workspace
    workspace.require_settings()
    found = planned(workspace, names or (), most=most)
    _tell_deeds(session, found, dry_run=dry_run)
    if found.plan.change.steps:
        again = [found.plan]
        carry_out_numbered(
            session,
            lambda: again.pop() if again else planned(workspace, names or (), most=most).plan,
            dry_run=dry_run,
            yes=True,
        )
    _tell_rest(session, found, names is not None)
    if not dry_run:
        _send(session)


def _tell_deeds(session: Session, found: Run, *, dry_run: bool) -> None:
    """What is done for whom, a line each; in cron only in a dry run."""
    from crm_cli.model.text import visible

    if not dry_run and session.margin.width is None:
        return
    for line in found.recurred:
        session.write(visible(line) + "\n")
    for deeds in found.done:
        said = f"{deeds.rule.name}: {deeds.subject.said}: {'; '.join(deeds.said)}"
        session.write(visible(said) + "\n")
        for work in deeds.works:
            if work.left:
                session.write(visible(f"  not {work.said}: {work.left}") + "\n")


def _tell_rest(session: Session, found: Run, named: bool) -> None:
    """What is not done, and why; in cron only what somebody has to mend."""
    from crm_cli.model.text import visible

    for line in _undone(found):
        session.say(visible(line))
    session.report(dict.fromkeys(problem for one in found.undone for problem in one.unread))
    if session.margin.width is not None:
        for line in _spared(found):
            session.say(visible(line))
    if any(not one.subject for one in found.undone):
        session.negative = True
    if found.left:
        listed = ", ".join(f"{name} {count:,}" for name, count in found.left.items())
        session.say(visible(f"max is reached: the next run goes on with {listed}"))
    if not found.done and (named or session.margin.width is not None):
        session.say("nothing to do")


def _undone(found: Run) -> list[str]:
    """What rules do not do, with a line for many records that have the same reason."""
    alike: dict[tuple[str, str], list[str]] = {}
    for one in found.undone:
        if not one.spared and not one.unread:
            alike.setdefault((one.rule, one.why), []).append(one.subject)
    lines = []
    for (rule, why), whose in alike.items():
        if len(whose) > _ONE_BY_ONE:
            listed = ", ".join(whose[:_ONE_BY_ONE])
            lines.append(f"{rule}: {len(whose):,} records: {why}: {listed} …")
        else:
            lines += [": ".join(filter(None, (rule, subject, why))) for subject in whose]
    return lines


def _spared(found: Run) -> list[str]:
    """How many get nothing by a rule since they may not be written to, and why."""
    from crm_cli.features.consent import left_out

    by_rule: dict[str, dict[str, str]] = {}
    for one in found.undone:
        if one.spared:
            by_rule.setdefault(one.rule, {})[one.subject] = one.why
    return [f"{rule}: {left_out(refused)}" for rule, refused in by_rule.items()]


def _send(session: Session) -> None:
    """Send what rules have put into the outbox to be sent, in this run or in one before."""
    from crm_cli.cli.mail_send import send_held
    from crm_cli.features.rules.sending import is_elsewhere, leave_sent, to_send

    workspace = session.workspace
    if not to_send(workspace):
        return
    if is_elsewhere(workspace):
        if session.margin.width is not None:
            session.say("another machine sends the messages: mail.sender in crm.yaml")
        return
    leave_sent(workspace)
    send_held(session, lambda: to_send(workspace))


@verbs.add
def list_(
    session: Session,
    sequence: Annotated[
        str | None,
        Option("--sequence", metavar="RULE", help="Who stands where in a rule with steps."),
    ] = None,
    form: Form = FORM,
) -> None:
    """List the rules: what each looks at, what it does, when it last did something.

    crm rules list
    crm rules list --sequence onboarding
    """
    from crm_cli.features.rules.listing import Listed, Stand, listed, standing

    if sequence is not None:
        stands = standing(session.workspace, sequence)
        _show(session, form, Stand._fields, stands, none=f"nobody has begun {sequence}",
              ranked=("customer", "step", "state", "next", "why", "item", "steps", "since"),
              step="integer", steps="integer", since="date", next="date")  # fmt: skip
        return
    none = "there are no rules: crm rules add lists some that come with the program"
    _show(session, form, Listed._fields, listed(session.workspace), none=none,
          ranked=("rule", "state", "do", "once", "last", "on", "query", "customers"),
          do="list of texts", customers="integer", last="date")  # fmt: skip


def _show(
    session: Session,
    form: Form,
    keys: Sequence[str],
    found: Sequence[tuple[Any, ...]],
    *,
    none: str,
    ranked: Sequence[str] = (),
    wrap: bool = False,
    **types: str,
) -> None:
    """Show rows by the names of their columns; the types of those that are no texts are said.
    `ranked` are the keys by importance for a terminal, where columns without values are left out.
    """
    from crm_cli.model.rows import Column, Rows

    columns = [Column(key, types.get(key, "text")) for key in keys]
    made = [tuple(None if cell in ("", ()) else cell for cell in one) for one in found]
    if ranked and made and session.margin.width is not None and session.form(form).name == "table":
        held = [place for place in range(len(keys)) if any(one[place] is not None for one in made)]
        columns = [columns[place] for place in held]
        made = [tuple(one[place] for place in held) for one in made]
    rows = Rows(columns, made, none=none, ranked=ranked, wrap=wrap)
    session.show(rows, session.form(form), header=not form.no_header)


@verbs.add
def check(session: Session, names: Names = None, form: Form = FORM) -> None:
    """Check rules: queries that can never match, missing templates, rules in a ring.

    Exit 1 where something is wrong.

    crm rules check
    crm rules check welcome
    """
    from crm_cli.features.rules.checking import Fault
    from crm_cli.features.rules.checking import check as checked

    found = checked(session.workspace, names or ())
    _show(session, form, Fault._fields, found, none="nothing is wrong with the rules",
          ranked=("rule", "message", "severity", "hint"), wrap=True)  # fmt: skip
    session.negative = bool(found)


@verbs.add
def explain(
    session: Session,
    who: Annotated[
        str, Argument(metavar="WHO", help="A customer, an item, or a product … by its id.")
    ],
    names: Names = None,
    form: Form = FORM,
) -> None:
    """Explain what each rule would do for a customer or an item, or why it does nothing.

    crm rules explain ana
    crm rules explain p-g78v3je quote-follow-up
    """
    from crm_cli.features.items import item_ref
    from crm_cli.features.rules.explaining import Explained, is_record
    from crm_cli.features.rules.explaining import explain as explained
    from crm_cli.model.errors import NotFound
    from crm_cli.model.places import DESK

    workspace = session.workspace
    item = item_ref(workspace, [who])
    try:
        customer, id = item if item is not None else (session.who(who), "")
    except NotFound:
        if not is_record(workspace, who):
            raise
        customer, id = DESK.path, who
    found = explained(workspace, customer, str(id or ""), names or ())
    _show(session, form, Explained._fields, found, none="no rule is about them",
          ranked=("rule", "applies", "why", "id", "next", "last", "made"), wrap=True,
          last="date", made="list of texts", next="date")  # fmt: skip


@verbs.add
def add(
    session: Session,
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME…]", help="Rules that come with the program; without one, lists."),
    ] = None,
    dry_run: DryRun = False,
    form: Form = FORM,
) -> None:
    """Take rules that come with the program over into rules.yaml, or list them.

    crm rules add
    crm rules add welcome silent
    """
    from crm_cli.cli.writing import carry_out
    from crm_cli.features.rules.shipped import SHIPPED
    from crm_cli.features.rules.shipped import add as plan

    if names:
        carry_out(session, plan(session.workspace, names), dry_run=dry_run)
        return
    rows = [(one.name, one.description) for one in SHIPPED.values()]
    _show(session, form, ("name", "description"), rows, none="")
