"""Removing a user: whatever they still have to do goes to somebody else, in one plan.

What names a user is found from the declarations: every field of users, in every kind, and the
queries of segments, profiles and reports. Records and what is still to be done pass on; who
did something in the past stays who they were.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from crm_cli.features.assigning import keep_doer, keep_past
from crm_cli.features.plan import Plan, counts_of
from crm_cli.features.references import has_anything
from crm_cli.features.references import user as known_user
from crm_cli.features.unread import doubtful
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import CrmError, DataError, NotFound, Refused, UsageError
from crm_cli.model.fieldtypes import User
from crm_cli.model.inherited import Unnamed, passes_on, past
from crm_cli.model.item import Item
from crm_cli.model.kind import GroupOf, Kind
from crm_cli.model.kinds import BY_NAME, HOMES
from crm_cli.model.places import SETTINGS, kind_of
from crm_cli.model.segment import Expression, Terms
from crm_cli.model.task import doer, unsigned
from crm_cli.query.lookups import files
from crm_cli.query.renamed_users import renamed_expression, renamed_terms
from crm_cli.query.scope import Scope
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Workspace

Scopes = Callable[[Kind], Scope]


class Passing(NamedTuple):
    """Who hands over to whom; `scopes` is what queries over a kind are read by."""

    user: str
    to: str
    scopes: Scopes


class Found(NamedTuple):
    """A field that names the user, and its value with the other one in their place."""

    item: Item
    key: str
    value: Any


def remove(workspace: Workspace, user: str, to: str | None) -> Plan:
    """Plan to remove a user, whose work goes to another one; both are users of crm.yaml, but who
    is removed may have gone already.

    Raises NotFound, UsageError, Refused where there is work and nobody to take it, DataError
    where a file that cannot be read may name them.
    """
    users = workspace.business.users
    if user not in users and not has_anything(workspace, user):
        user = known_user(workspace, user)
    heir = _heir(workspace, user, to)
    passing = Passing(user, heir or user, cache(workspace.scope))
    broken = doubtful(workspace, user)
    if broken:
        raise DataError(
            f"{broken[0]} has errors and may name {user}; nothing was changed",
            "correct it first; crm check shows what is wrong with it",
        )
    held: Counter[Kind] = Counter()
    kept: Counter[Kind] = Counter()
    customers, steps = [], []
    for path in _candidates(workspace, user):
        document = workspace.open(path, workspace.tree.read(path))
        found = list(_fields(document, passing))
        held.update(_kinds(found))
        kept.update(one.item.kind for one in _kept(document, user))
        if found:
            steps.append(Edit(path, lambda one: _hand_over(one, passing)))
            if kind_of(path) is CUSTOMER:
                customers.append(document.record.id)
    said = counts_of(held)
    if steps and not heir:
        raise Refused(f"{user} still has {said}", f"crm user rm {user} --to USER hands it over")
    if user in users or any(one[2] == user for one in workspace.business.absences.values()):
        steps.append(Edit(SETTINGS.path, lambda one: _drop(one, user, heir)))
    went = f"; {said} went to {heir}" if said else ""
    change = Change(f"remove user {user}", tuple(steps))
    question = f"Hand over {said} of {user} to {heir}?"
    notes = _left(workspace, user, [step.path for step in steps])
    if kept:
        notes.insert(0, f"{user} is written into {counts_of(kept)} of the past, which named nobody")
    return Plan(change, f"removed user {user}{went}", customers, question, notes)


def _heir(workspace: Workspace, user: str, to: str | None) -> str | None:
    if to is None:
        return None
    heir = known_user(workspace, to)
    if heir == user:
        raise UsageError(f"--to {heir} is the one who is removed", "name another user")
    if heir not in workspace.business.users:
        raise NotFound(f"there is no user {heir} in crm.yaml", f"crm user add {heir} adds them")
    return heir


def _kinds(found: list[Found]) -> Counter[Kind]:
    """How many items of each kind they are; one may name the user in several fields."""
    return Counter(item.kind for item in {id(one.item): one.item for one in found}.values())


def _asks(kind: Kind) -> bool:
    """Whether records of a kind hold queries, themselves or in their items."""
    return any(isinstance(f.type, Terms | Expression) for one in kind.walk() for f in one.fields)


def _candidates(workspace: Workspace, user: str) -> list[str]:
    """The files that may name a user."""
    naming = workspace.index.naming(User.to, user)
    asking = [
        path
        for path in files(workspace.database)
        if (kind := kind_of(path)) is not None and kind in HOMES and _asks(kind)
    ]
    return list(dict.fromkeys((*naming, *asking)))


def _kept(document: Document, user: str) -> list[Unnamed]:
    """What was done with a customer of the user, and names nobody: it is not the heir's."""
    record = document.record
    is_theirs = record.kind is CUSTOMER and record.values.get("owner") == user
    return list(past(record)) if is_theirs and not document.mapped else []


def _done_by(document: Document, user: str) -> list[Item]:
    """The recurring tasks that pass on, and of which the user has done some."""
    if document.mapped or "tasks" not in document.record.kind.by_key:
        return []
    tasks = document.record.items("tasks")
    return [one for one in tasks if doer(one) == user and passes_on(one) and unsigned(one)]


def _hand_over(document: Document, passing: Passing) -> None:
    if passing.to != passing.user and _kept(document, passing.user):
        keep_past(document, passing.user)
    if passing.to != passing.user:
        for task in _done_by(document, passing.user):
            keep_doer(document, document.identified(task).id)
    while (found := next(_fields(document, passing), None)) is not None:
        document.assign(document.identified(found.item), found.key, found.value)


def _fields(document: Document, passing: Passing) -> Iterator[Found]:
    """The fields of a file that are to name somebody else."""
    for record in document.records.values() if document.mapped else (document.record,):
        for item in record.walk():
            yield from _named(item, passing)
            yield from _asked(item, passing)


def _named(item: Item, passing: Passing, owner: Item | None = None) -> Iterator[Found]:
    """The fields of users of an item that passes on, in its groups too."""
    if not passes_on(owner or item):
        return
    for field in item.kind.fields:
        value = item.values.get(field.key)
        if isinstance(field.type, GroupOf) and value is not None:
            for one in _named(value, passing, owner or item):
                yield Found(item, f"{field.key}.{one.key}", one.value)
        elif isinstance(field.type, User) and value == passing.user:
            yield Found(item, field.key, passing.to)


def _asked(item: Item, passing: Passing) -> Iterator[Found]:
    """The queries of an item that name the user; raises DataError where one cannot be read."""
    for field in item.kind.fields:
        value = item.values.get(field.key)
        if not isinstance(field.type, Terms | Expression) or not value:
            continue
        texts = value if isinstance(value, list) else [str(value)]
        if not any(_mentions(text, passing.user) for text in texts):
            continue
        scope = passing.scopes(BY_NAME.get(str(item.values.get("kind")), CUSTOMER))
        # Where nobody takes over it is only asked whether there is something: by another name.
        to = passing.to if passing.to != passing.user else f"{passing.user}-"
        try:
            if isinstance(value, list):
                renamed: Any = renamed_terms(value, passing.user, to, scope)
            else:
                renamed = renamed_expression(str(value), passing.user, to, scope)
        except CrmError as error:
            raise DataError(
                f"{item.kind.name} {item.id}: {field.key} names {passing.user} and cannot be "
                f"read: {error.message.splitlines()[0]}",
                "correct it first; crm check shows what is wrong with it",
            ) from error
        if renamed != value:
            yield Found(item, field.key, renamed)


def _mentions(text: str, user: str) -> bool:
    return bool(re.search(rf"(?i)(?<![\w.-]){re.escape(user)}(?![\w-])", text))


def _drop(document: Document, user: str, heir: str | None) -> None:
    """Take a user out of the settings, also as a deputy."""
    for other, item in (document.record.values.get("users") or {}).items():
        if other != user and item.values.get("deputy") == user:
            if heir and heir != other:
                document.set(None, f"users.{other}.deputy", heir)
            else:
                document.remove(None, f"users.{other}.deputy")
    document.remove(None, f"users.{user}")


def _left(workspace: Workspace, user: str, changed: list[str]) -> list[str]:
    """Lines about what may name the user and cannot be changed: statements, rules."""
    notes = []
    for path in files(workspace.database):
        kind = kind_of(path)
        if path == SETTINGS.path or kind is CUSTOMER or path in changed:
            continue
        if kind is None or _asks(kind):
            text = workspace.tree.read(path).decode("utf-8", "replace")
            if _mentions(text, user):
                notes.append(f"{path} has the word {user}: see whether the user is meant")
    return notes
