"""Saved segments: saving, removing, counting, and dependencies between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from crm_cli.features.consent import Grounds, Permission, permitted
from crm_cli.features.plan import Plan, counted
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import NotFound, Problem, UsageError
from crm_cli.model.item import Item
from crm_cli.model.kind import normal
from crm_cli.model.permission import Use, read_use
from crm_cli.model.places import SEGMENTS
from crm_cli.query.ast import Node, Segment
from crm_cli.query.reaching import COLUMNS, reach
from crm_cli.query.scope import Scope, SegmentSpec
from crm_cli.query.segments import segment_faults
from crm_cli.store.document import Document
from crm_cli.workspace import Change, Edit, Rewrite, Workspace

FILE = SEGMENTS.path
MAILING = "marketing/email"
"""What a mailing list is for, unless it is said."""


class Shown(NamedTuple):
    """A segment as it is saved, how many it holds today, and which others stand on it.

    `customers` is None where its query cannot be asked; `fault` says why.
    """

    item: Item
    customers: int | None
    fault: str
    used_by: tuple[str, ...]


def save(
    workspace: Workspace,
    name: str,
    terms: Sequence[str],
    *,
    where: str | None = None,
    description: str | None = None,
) -> Plan:
    """Plan to save terms and an expression under a name; they are kept as they were typed.

    The plan has a question where a segment is replaced. Raises UsageError (QueryError
    where the query is at fault, also for segments that would ask for each other).
    """
    scope = workspace.scope(CUSTOMER)
    name = _known(scope, name) or _new_name(name)
    if not terms and not (where or "").strip():
        raise UsageError(
            "a segment needs terms or --where", f"crm segment save {name} +vip city:Koper"
        )
    spec = SegmentSpec(tuple(terms), where or "")
    count = workspace.count(name, scope._replace(segments={**scope.segments, name: spec}))
    old = scope.segments.get(name)
    values: dict[str, Any] = {"query": list(terms), "where": where, "description": description}

    def update(document: Document) -> None:
        if name not in document.records:
            document.add(name, {key: value for key, value in values.items() if value})
            return
        # First what it is from now on: of a segment without anything nothing would be left.
        for key, value in values.items():
            if value:
                document.set(name, key, value)
        for key in ("query", "where", "kind", "members"):
            if not values.get(key):
                document.remove(name, key)

    question = f"Replace @{name}, which is {_described(old)}?" if old is not None else ""
    return Plan(
        Change(f"save segment {name}", (Edit(FILE, update),)),
        f"saved @{name}: {counted(count, 'customer')} today",
        question=question,
        made=(name,),
    )


def change_members(
    workspace: Workspace, name: str, customers: Sequence[str], *, add: bool, kind: str | None = None
) -> Plan:
    """Plan to put customers on a list, or to take them off; a new one is a static list.

    `kind` is that of a new list. Raises UsageError for a segment that is a query, NotFound for
    one that is not there to take somebody off.
    """
    scope = workspace.scope(CUSTOMER)
    known = _known(scope, name)
    if known is None and not add:
        _named(scope, name)
    name = known or _new_name(name)
    old = workspace.segments().get(name)
    was = old.get("kind") if old is not None else kind or "static"
    if was == "dynamic" or (kind is not None and kind != was):
        what = "a query: who is in it follows from that" if was == "dynamic" else f"a {was} list"
        raise UsageError(f"@{name} is {what}", f"crm segment show {name}")
    there = list(old.values.get("members") or ()) if old is not None else []
    changed = [id for id in dict.fromkeys(customers) if (id in there) is not add]

    def update(document: Document) -> None:
        if name not in document.records:
            document.add(name, {"kind": was, "members": changed})
            return
        now = list(document.find(name).values.get("members") or ())
        left = [id for id in now if add or id not in changed]
        left += [id for id in changed if add and id not in now]
        document.set(name, "members", left)

    verb, way = ("add", "to") if add else ("remove", "from")
    said = changed[0] if len(changed) == 1 else counted(len(changed), "customer")
    return Plan(
        Change(f"{verb} {said} {way} segment {name}", (Edit(FILE, update),) if changed else ()),
        f"{verb.removesuffix('e')}ed {said} {way} @{name}",
        changed,
        f"{verb.capitalize()} {said} {way} @{name}?",
        [] if old is not None else [f"@{name} is a new {was} list"],
    )


def remove(workspace: Workspace, name: str) -> Plan:
    """Plan to remove a segment; the plan has a question where others stand on it."""
    scope = workspace.scope(CUSTOMER)
    name = _named(scope, name)
    users = _users(scope, name)

    def update(data: bytes | None) -> bytes | None:
        document = workspace.open(FILE, data or b"")
        document.find(name)
        if len(document.root.entries) == 1:
            return None
        document.delete(name)
        return document.data

    question = ""
    if users:
        listed = ", ".join(f"@{user}" for user in users)
        verb = "asks" if len(users) == 1 else "ask"
        question = f"{listed} {verb} for @{name}, and will be an error. Remove it?"
    return Plan(
        Change(f"remove segment {name}", (Rewrite(FILE, update),)),
        f"removed @{name}",
        question=question,
    )


def show(workspace: Workspace, name: str) -> Shown:
    """A segment; raises NotFound."""
    scope = workspace.scope(CUSTOMER)
    name = _named(scope, name)
    item = workspace.segments()[name]
    count: int | None = None
    fault = ""
    try:
        count = workspace.count(name, scope)
    except UsageError as error:
        fault = error.message
    return Shown(item, count, fault, tuple(_users(scope, name)))


class Mailing(NamedTuple):
    """A mailing list: its columns, a row for each customer, and who may be on it."""

    use: Use
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    permission: Permission


def export(
    workspace: Workspace, name: str, *, use: str = MAILING, grounds: Grounds | None = None
) -> Mailing:
    """Whom of a segment a mailing may go to, by id, and where it reaches them.

    Raises NotFound, QueryError, and UsageError for a use that there is not.
    """
    name = _named(workspace.scope(CUSTOMER), name)
    asked = read_use(use)
    people = workspace.select(CUSTOMER, [f"@{name}"], cols=("id", "name")).rows
    ids = [id for id, _ in people]
    found = permitted(workspace, ids, asked, grounds=grounds, what=f"in the list of @{name}")
    reached = reach(workspace.database, asked.channel)
    keys = COLUMNS.get(asked.channel, ())
    allowed = set(found.allowed)
    rows = [
        (id, called, *reached.get(id, (None,) * len(keys)))
        for id, called in people
        if id in allowed
    ]
    return Mailing(asked, ("id", "name", *keys), rows, found)


class Counts(NamedTuple):
    """(name, number of customers today) of segments, None of one whose query is at fault."""

    rows: list[tuple[str, int | None]]
    problems: tuple[Problem, ...] = ()


def counts(workspace: Workspace, names: Sequence[str] = ()) -> Counts:
    """How many customers segments have, all of them without names.

    Raises NotFound, and QueryError where one that is named cannot be asked.
    """
    scope = workspace.scope(CUSTOMER)
    if names:
        wanted = [_named(scope, name) for name in names]
        return Counts([(name, workspace.count(name, scope)) for name in wanted])
    rows: list[tuple[str, int | None]] = []
    problems: list[Problem] = []
    for name in sorted(scope.segments):
        try:
            rows.append((name, workspace.count(name, scope)))
        except UsageError as error:
            rows.append((name, None))
            problems.extend(segment_faults(workspace.segments()[name], error))
    return Counts(rows, tuple(problems))


def _new_name(text: str) -> str:
    name = text.removeprefix("@")
    if not re.fullmatch(r"[a-z0-9_-]{1,80}", name) or not name.strip("-_"):
        lower = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-")
        raise UsageError(
            f"'{text}' cannot be a segment's name",
            "names are of a-z, 0-9, - and _" + (f", as {lower}" if lower else ""),
        )
    return name


def _known(scope: Scope, text: str) -> str | None:
    """The name that a segment is saved under; `-` and `_` are the same."""
    wanted = text.removeprefix("@")
    for name in scope.segments:
        if name == wanted or normal(name) == normal(wanted):
            return name
    return None


def _named(scope: Scope, text: str) -> str:
    name = _known(scope, text)
    if name is not None:
        return name
    from crm_cli.model.text import did_you_mean

    near = did_you_mean(text.removeprefix("@"), scope.segments)
    raise NotFound(f"there is no segment {text}", near or "crm segment list shows them")


def _described(spec: SegmentSpec) -> str:
    """What a segment asks for, in a line."""
    parts = [*spec.query, *([f"--where '{spec.where}'"] if spec.where else ())]
    if spec.members:
        parts.append(f"a list of {counted(len(spec.members), 'customer')}")
    return " ".join(parts) or "empty"


def _users(scope: Scope, name: str) -> list[str]:
    """The segments that ask for one."""
    from crm_cli.query.segments import segment_node

    users = []
    for other, spec in scope.segments.items():
        try:
            node = segment_node(other, spec, scope)
        except UsageError:
            # Faulty anyhow; what it was meant to ask for is not known.
            continue
        if other != name and node is not None and name in set(_asked(node)):
            users.append(other)
    return sorted(users)


def _asked(part: object) -> Iterator[str]:
    """The names of the segments in a condition."""
    if isinstance(part, Segment):
        yield part.name
    elif isinstance(part, Node):
        for inner in part.parts_of():
            yield from _asked(inner)
    elif isinstance(part, tuple):
        for inner in part:
            yield from _asked(inner)
