"""`crm edit`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Verbs
from crm_cli.cli.writing import carry_out

if TYPE_CHECKING:
    from crm_cli.features.editing import Draft

verbs = Verbs()


@verbs.add
def edit(
    session: Session,
    who: Annotated[
        str, Argument(metavar="WHO|ID", help="A customer, or the id of one of their items.")
    ],
) -> None:
    """Open a record in your editor ($VISUAL, $EDITOR); it is checked when you close it.

    crm edit ana
    crm edit t-9f3
    """
    from crm_cli.features import editing

    workspace = session.workspace
    customer = None if editing.is_item(workspace, who) else session.who(who)
    in_editor(session, editing.begin(workspace, who, customer))


def in_editor(session: Session, draft: Draft) -> None:
    """Open a draft in the user's editor until it can be saved, or is given up."""
    from crm_cli.cli.terminal import edit as opened
    from crm_cli.features import editing
    from crm_cli.model.errors import ConflictError

    workspace = session.workspace
    name = draft.path.rpartition("/")[2]
    original = draft.before.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    session.begun = True
    text = editing.cleaned(opened(original, name, session.environ, line=draft.line))
    while text.strip():
        if text == original:
            session.say("nothing changed")
            return
        problems = editing.faults(workspace, draft, text)
        if not problems:
            try:
                carry_out(session, editing.save(workspace, draft, text))
            except ConflictError as error:
                raise ConflictError(error.message, _kept(session, name, text)) from error
            return
        told = editing.told(problems)
        if not session.interactive:
            # Nobody corrects it: a program would be asked for ever.
            _give_up(session, name, text, problems[0].message)
        edited = opened(told + text, name, session.environ)
        if edited == told + text:
            _give_up(session, name, text, problems[0].message)
        text = editing.cleaned(edited, told)
    session.say("nothing changed")


def _give_up(session: Session, name: str, text: str, message: str) -> None:
    from crm_cli.model.errors import DataError

    raise DataError(f"{message}; nothing was written", _kept(session, name, text))


def _kept(session: Session, name: str, text: str) -> str:
    from crm_cli.features.unsaved import keep

    return f"your text is kept in {keep(session.workspace, name, text)}"
