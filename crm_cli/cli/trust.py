"""`crm trust`."""

from __future__ import annotations

from typing import Annotated

from crm_cli.cli.options import Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option, Verbs
from crm_cli.model.errors import NotFound
from crm_cli.model.text import visible

verbs = Verbs()


@verbs.add
def trust(
    session: Session,
    remove: Annotated[bool, Option("--remove", help="Stop trusting it.")] = False,
    hooks: Annotated[
        bool, Option("--hooks", help="Run .crm/hooks/ and the commands of rules.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Allow crm to run git here: a repository's configuration can run programs.

    The repository that it lies in now is meant; another one has to be trusted again. So
    has a hook, or a command of a rule, that was changed.

    crm trust
    crm trust --hooks --yes
    crm trust --remove
    """
    from crm_cli.features.repository import set_trust

    root = visible(str(session.workspace.root))
    if hooks:
        _trust_hooks(session, remove=remove, yes=yes)
        return
    done = set_trust(session.workspace, trusted=not remove)
    if remove:
        session.write(f"{root} is {'no longer' if done.changed else 'not'} trusted\n")
        return
    within = f", in the repository {visible(done.above)}" if done.above else ""
    session.write(f"{root} is {'now' if done.changed else 'already'} trusted{within}\n")


def _trust_hooks(session: Session, *, remove: bool, yes: bool) -> None:
    from crm_cli.features.hooks import Programs, all_programs, trust_programs

    found = Programs() if remove else all_programs(session.workspace)
    for hook in found.hooks:
        digest = hook.digest.partition(":")[2]
        session.write(f"{visible(hook.path)}\n  {len(hook.data):,} bytes, SHA-256 {digest}\n")
    for command in found.commands:
        session.write(f"rules.yaml: run: {visible(command)}\n")
    some = bool(found.hooks or found.commands)
    if not some and not remove:
        raise NotFound(
            "there are no hooks here, and no rule runs a command",
            "before-write and after-write in .crm/hooks/ are run; crm help files",
        )
    if some:
        session.confirm("Run these programs by themselves?", yes=yes)
    changed = trust_programs(session.workspace, found)
    said = "these programs are run" if some else "none are run"
    session.write(f"{said} from now on\n" if changed else f"{said} already\n")
