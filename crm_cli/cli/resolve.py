"""`crm resolve`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verbs
from crm_cli.model.errors import Declined, UsageError
from crm_cli.model.text import visible

if TYPE_CHECKING:
    from crm_cli.features.merging import Unsettled
    from crm_cli.store.conflicts import Side

verbs = Verbs()


@verbs.add
def resolve(
    session: Session,
    names: Annotated[
        list[str] | None,
        Argument(metavar="[ID|PATH…]", help="Records to resolve; default: all."),
    ] = None,
    ours: Annotated[bool, Option("--ours", help="Take our side of every conflict.")] = False,
    theirs: Annotated[bool, Option("--theirs", help="Take their side of every conflict.")] = False,
) -> None:
    """Resolve merge conflicts, one after the other.

    In a rebase git's ours is what your changes are put upon, and theirs your own change.

    crm resolve
    crm resolve ana-novak --theirs
    """
    from crm_cli.cli.writing import few
    from crm_cli.features.merging import finish, is_merging, is_rebasing, unsettled
    from crm_cli.features.merging import resolve as settle
    from crm_cli.features.returned import returned
    from crm_cli.features.syncing.merges import follow

    if ours and theirs:
        raise UsageError("--ours and --theirs exclude each other")
    found = unsettled(session.workspace, tuple(names or ()))

    def choose(file: Unsettled, side: Side) -> str:
        if ours or theirs:
            return side.ours if ours else side.theirs
        return _asked(session, file.path, side)

    rebasing = is_rebasing(session.workspace)
    if rebasing and found:
        session.say("a rebase is under way: theirs is your own change, ours what it is put upon")
    open_ones = [file for file in found if file.sides]
    if open_ones and not (ours or theirs) and not session.interactive:
        for file in found:
            for side in file.sides:
                session.say(_shown(file.path, side))
        raise UsageError("there is no terminal to ask on", "pass --ours or --theirs")
    for file in found:
        if file.by_hand:
            session.say(f"{file.path} stays as it was edited by hand")
    merging = is_merging(session.workspace)
    # What becomes of a record that one side removed is known once the one that has it is settled.
    gone = {file.path: file for file in found if file.whole}
    parts = [file for file in found if not file.whole]
    if parts or not gone:
        settle(session.workspace, parts, choose)
        finish(session.workspace, tuple(file.path for file in parts))
    left = [gone[path] for path in follow(session.workspace, gone)]
    if left:
        settle(session.workspace, left, choose)
        finish(session.workspace, tuple(file.path for file in left))
    for path in sorted(gone.keys() - {file.path for file in left}):
        session.say(f"what was changed in {path} went into the record that stays")
    if found:
        session.write(f"settled {few([file.path for file in found])}\n")
    for problem in returned(session.workspace, [file.path for file in found]):
        session.say(visible(f"{problem.path}: {problem.message} ({problem.hint})"))
    if merging and not is_merging(session.workspace):
        session.say("the merge is complete; crm sync sends it")
    elif rebasing:
        session.say("git add the files, and git rebase --continue goes on")


def _asked(session: Session, path: str, side: Side) -> str:
    session.say(_shown(path, side))
    while True:
        answer = session.ask("ours, theirs, both, quit?", "ours").lower()
        if "quit".startswith(answer):
            raise Declined("nothing more was changed")
        if "ours".startswith(answer):
            return side.ours
        if "theirs".startswith(answer):
            return side.theirs
        if "both".startswith(answer):
            return side.ours + side.theirs


def _shown(path: str, side: Side) -> str:
    lines = [f"{path}:{side.line}"]
    for label, text in (("ours", side.ours), ("theirs", side.theirs)):
        for number, line in enumerate(text.splitlines()[:20] or ["(nothing)"]):
            lines.append(f"  {label if not number else '':<8}{visible(line)}")
    return "\n".join(lines)
