"""Users of the directory: who they are, what each has to do, who is away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from crm_cli.features.plan import Plan
from crm_cli.features.references import user as known_user
from crm_cli.features.values import day, typed
from crm_cli.model.absences import Absence, stand_in
from crm_cli.model.errors import NotFound, Refused, UsageError
from crm_cli.model.fieldtypes import User
from crm_cli.model.ids import is_customer_id
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import HOMES, KINDS
from crm_cli.model.places import SETTINGS
from crm_cli.model.staff import USER
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Groups, Workspace


class Duty(NamedTuple):
    """A kind of which users have records, or items about which something is still to be done.

    `field` says whose they are, `terms` which ones they are.
    """

    kind: Kind
    field: str
    terms: Sequence[str]


def duties() -> Iterator[Duty]:
    """What users have to do, as the kinds declare it."""
    for kind in KINDS:
        fields = [one for one in kind.fields if isinstance(one.type, User)]
        owner = next((one.key for one in fields if "owner" in (one.inherits, one.key)), "")
        if owner and kind.live is not None and kind.due is not None:
            yield Duty(kind, owner, (f"is:{kind.due.state}",))
        elif owner and kind in HOMES:
            yield Duty(kind, owner, ())


class Member(NamedTuple):
    """A user, how much of each duty is theirs, and when they are away next or now.

    `stands_in` is who does their work today, None where they do it themselves.
    """

    id: str
    name: str
    email: str
    counts: dict[str, int]
    absence: Absence | None
    stands_in: str | None


def members(workspace: Workspace) -> list[Member]:
    """The users of crm.yaml, and those whom it does not name and who still have something."""
    counts: dict[str, dict[str, int]] = {}
    for duty in duties():
        groups = Groups(duty.field, "count", None, None)
        for user, count in workspace.select(duty.kind, duty.terms, groups=groups).rows:
            if user is not None:
                counts.setdefault(str(user), {})[duty.kind.key] = int(count)
    today, absences = workspace.clock.today, workspace.business.absences
    users = workspace.file(SETTINGS.path).record.values.get("users") or {}
    found = []
    for id in (*users, *sorted(counts.keys() - users.keys())):
        name, email = (
            str(users[id].values.get(key) or "") if id in users else "" for key in ("name", "email")
        )
        absence = Absence(*absences[id]) if id in absences else None
        deputy = stand_in(absences, id, today)
        if absence is not None and absence.until and absence.until < today.isoformat():
            absence = None
        standing = deputy if deputy != id else None
        found.append(Member(id, name, email, counts.get(id, {}), absence, standing))
    return found


def add(workspace: Workspace, id: str, name: str, values: dict[str, str | None]) -> Plan:
    """Plan to add a user; raises UsageError for an id that cannot be, Refused for one taken."""
    if not is_customer_id(id):
        raise UsageError(
            f"'{id}' cannot be a user", "small letters, digits, dots, hyphens and underscores"
        )
    if id == "me":
        raise UsageError("'me' is whoever is at work", "choose another name")
    if id in workspace.business.users:
        raise Refused(f"there is a user {id} already", "crm user list shows them")
    given = {"name": name or None, **values}
    made = {
        key: typed(workspace, USER, key, text) for key, text in given.items() if text is not None
    } or {"name": id}

    def update(document: Document) -> None:
        for key, value in made.items():
            document.set(None, f"users.{id}.{key}", value)

    change = Change(f"add user {id}", (Edit(SETTINGS.path, update),))
    return Plan(change, f"added user {id}", made=(id,))


def away(
    workspace: Workspace,
    user: str,
    *,
    start: str | None = None,
    until: str | None = None,
    deputy: str | None = None,
) -> Plan:
    """Plan to note when a user is away, from today unless `start` says, and who stands in.

    A deputy whom nobody names is the one of last time. Raises NotFound for nobody, UsageError
    for days that cannot be.
    """
    user = _member(workspace, user)
    first = day(workspace, start, ahead=True)
    last = day(workspace, until, ahead=True, after=first) if until is not None else None
    if last is not None and last < first:
        raise UsageError(f"--until {last} is before {first}", "give the last day of the absence")
    held = workspace.file(SETTINGS.path).record.values["users"][user].values.get("deputy")
    stands_in = _member(workspace, deputy) if deputy is not None else str(held or "")
    if stands_in == user:
        raise UsageError(f"{user} cannot stand in for themselves", "name another user")

    def update(document: Document) -> None:
        document.set(None, f"users.{user}.away_from", first)
        if last is None:
            document.remove(None, f"users.{user}.away_until")
        else:
            document.set(None, f"users.{user}.away_until", last)
        if deputy is not None:
            document.set(None, f"users.{user}.deputy", stands_in)

    span = f"from {first}" + (f" to {last}" if last is not None else " until further notice")
    notes = _notes(workspace, user, stands_in, first)
    said = f"; {stands_in} stands in" if stands_in else ""
    change = Change(f"note that {user} is away", (Edit(SETTINGS.path, update),))
    return Plan(change, f"{user} is away {span}{said}", notes=notes)


def back(workspace: Workspace, user: str) -> Plan:
    """Plan to note that a user is no longer away; raises NotFound for nobody."""
    user = _member(workspace, user)

    def update(document: Document) -> None:
        document.set(None, f"users.{user}.name", _name(document, user))
        for key in ("away_from", "away_until"):
            document.remove(None, f"users.{user}.{key}")

    absent = user in workspace.business.absences
    steps = (Edit(SETTINGS.path, update),) if absent else ()
    return Plan(Change(f"note that {user} is back", steps), f"{user} is back")


def _name(document: Document, user: str) -> str:
    """The user's name, so that an entry stays where the absence is all that it says."""
    return str(document.record.values["users"][user].values.get("name") or user)


def _notes(workspace: Workspace, user: str, deputy: str, first: date) -> list[str]:
    """What is to be said of who stands in."""
    if not deputy:
        return [f"nobody stands in for {user}: --deputy USER names somebody"]
    held = workspace.business.absences.get(deputy)
    if held is not None and Absence(*held).on(first):
        return [f"{deputy} is away on {first}, too"]
    return []


def _member(workspace: Workspace, text: str) -> str:
    """A user of crm.yaml; raises NotFound."""
    user = known_user(workspace, text)
    if user not in workspace.business.users:
        raise NotFound(f"there is no user {user} in crm.yaml", f"crm user add {user} adds them")
    return user
