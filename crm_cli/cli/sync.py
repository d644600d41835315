"""`crm sync`."""

from __future__ import annotations

from crm_cli.cli.options import DryRun, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Verbs
from crm_cli.model.errors import ConflictError
from crm_cli.model.text import visible

verbs = Verbs()


@verbs.add
def sync(session: Session, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Exchange changes with the team: commit, fetch, merge, check, push.

    Files that git or crm would run or obey are not merged, but named.
    Without a remote, sync only commits what was edited by hand.
    Where more than a tenth of the records are gone from the folder, it asks first.

    crm sync
    crm sync --dry-run
    """
    from crm_cli.cli.writing import few
    from crm_cli.features.plan import counted
    from crm_cli.features.renaming import rename
    from crm_cli.features.syncing import Gone
    from crm_cli.features.syncing import sync as exchange

    try:
        done = exchange(session.workspace, rename, dry_run=dry_run, removing=yes)
    except Gone as found:
        session.confirm(f"{found.message}. Commit that they are removed?")
        done = exchange(session.workspace, rename, removing=True)
    if done.gone and not yes:
        session.say(f"{done.gone}: crm sync is going to ask")
    for old, new in done.apart:
        verb = "would become" if done.dry else "is"
        session.say(f"{old} was added on both sides, as two customers: yours {verb} {new}")
    for id, others in done.namesakes:
        session.say(f"{id} has the name of {few(others)}: is it the same customer?")
    for item, number, purchase in done.meant:
        session.say(f"{item} names {purchase} by its id: {number} was given on both sides")
    for line in done.crossed:
        session.say(line)
    if done.committed:
        verb = "would be committed" if done.dry else "committed"
        session.say(f"not committed before, {verb}: {few(done.committed)}")
    if done.invalid:
        session.say(f"not committed, since invalid: {few(done.invalid)}")
        session.say("crm check shows what is wrong")
    if done.conflicts:
        raise ConflictError(
            f"both sides changed the same fields of {few(done.conflicts)}",
            "run crm resolve, then crm sync to send the rest",
        )
    if not done.remote:
        session.write("no remote: what is committed stays here\n")
        session.say("git remote add origin URL names one, on a server or a shared drive")
        return
    remote = visible(done.remote)
    received, sent = counted(done.received, "change"), counted(done.sent, "change")
    if done.dry:
        session.write(f"would receive {received} from {remote}, and send {sent}\n")
    elif done.received or done.sent:
        session.write(f"received {received} from {remote}, sent {sent}\n")
    else:
        session.write(f"nothing new, here or at {remote}\n")
    if done.aside is not None:
        branch, usual = done.aside
        session.say(visible(f"this is the branch {branch}: who works on {usual} does not get it"))
        session.say(visible(f"git switch {usual} && git merge {branch} brings it there"))
    if done.broken:
        names = sorted({problem.path for problem in done.broken})
        session.say(f"with what came in there are errors in {few(names)}; the rest is in use")
        session.say("crm check shows what is wrong")
