"""`crm pop`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.options import DryRun, Json, Output
from crm_cli.cli.outputs import TABLE
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.model.errors import NotFound, UsageError

if TYPE_CHECKING:
    from crm_cli.formats.tables import TableFormat

verbs = Verbs()

_Caller = Annotated[
    list[str],
    Argument(metavar="WHO", help="A telephone number in any spelling, e-mail or name; - is stdin."),
]
_Add = Annotated[bool, Option("--add", help="Start a record where nobody is known by it.")]
_Name = Annotated[str | None, Option("--name", metavar="NAME", help="The name, with --add.")]
_Log = Annotated[bool, Option("--log", help="Note the call.")]


@verbs.add
def pop(
    session: Session,
    who: _Caller,
    add: _Add = False,
    name: _Name = None,
    log: _Log = False,
    dry_run: DryRun = False,
    output: Output = None,
    json: Json = False,
) -> None:
    """Show who is calling, and all that matters now, on one screen.

    Unknown callers are exit 3, so that a telephone system can tell.

    crm pop "+386 40 123 456"
    crm pop "040 123 456" --log
    crm pop "+386 40 999 888" --add --name "Eva Kos"
    crm pop ana@novak.example --json
    """
    if name is not None and not add:
        raise UsageError("--name is the name of a new record", "add --add, or leave it out")
    form = session.format(output, json)
    text = _caller(session, who)
    try:
        id = session.who(text, writes=log)
    except NotFound as error:
        if not add:
            raise NotFound(error.message, _with_add(error.hint)) from None
        _start(session, text, name, form, log=log, dry_run=dry_run)
        return
    from crm_cli.features.popping import as_object
    from crm_cli.features.popping import pop as find

    found = find(session.workspace, id)
    if form is TABLE:
        from crm_cli.features.popping.screen import popup
        from crm_cli.render import shapes

        session.draw(shapes.popup, popup(session.workspace, found))
    else:
        session.show_record(as_object(found), form)
    if log:
        from crm_cli.cli.writing import carry_out
        from crm_cli.features.interactions import log as plan

        call = plan(session.workspace, id, _said(text), kind="call", direction="inbound")
        carry_out(session, call, dry_run=dry_run, aside=True)


def _start(
    session: Session, text: str, name: str | None, form: TableFormat, *, log: bool, dry_run: bool
) -> None:
    """Start the record of a caller whom nobody knows yet."""
    from crm_cli.cli.writing import carry_out
    from crm_cli.features.adding import add

    plan = add(
        session.workspace,
        name or text,
        phones=[text] if _is_number(text) else (),
        emails=[text] if "@" in text else (),
        called=_said(text) if log else "",
    )
    carry_out(session, plan, dry_run=dry_run, aside=form is not TABLE)
    if form is not TABLE and not dry_run:
        (id,) = plan.records
        session.show_record({"id": id, "name": name or text, "added": True}, form)


def _with_add(hint: str) -> str:
    return f"{hint}; crm pop … --add starts a record" if hint else "crm pop … --add starts a record"


def _caller(session: Session, who: list[str]) -> str:
    """The number, address or name, from the words or a line of stdin; without `tel:`."""
    text = " ".join(who)
    if who == ["-"]:
        from crm_cli.cli.stdin import text_of_stdin

        text = text_of_stdin().strip().partition("\n")[0]
    text = re.sub(r"^(tel|sips?|mailto):(//)?", "", text.strip(), flags=re.I)
    number = re.fullmatch(r"(\+?[\d\s()./-]+)[@;?].*", text)
    return number[1].strip() if number else text.partition("?")[0].strip()


def _said(text: str) -> str:
    return f"Called from {text}" if _is_number(text) else "Called"


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\+?[\d\s()./-]{4,}", text) is not None
