"""Forgetting somebody in git's history, too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from crm_cli.features.forgetting.planning import Forgetting
from crm_cli.features.forgetting.removing import without
from crm_cli.features.mentions import About, files, is_kept_document, is_named_after
from crm_cli.features.unread import paths_of_all
from crm_cli.features.versions import own_paths, touched_by, versions_of
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import CrmError
from crm_cli.model.forgetting import merged_ids
from crm_cli.model.item import Item
from crm_cli.model.kinds import BY_LETTER
from crm_cli.model.outgoing import addressees_of, is_message
from crm_cli.model.places import CUSTOMERS, DOCUMENTS, FORGOTTEN, place_of
from crm_cli.model.traces import INSTEAD, Traces
from crm_cli.query.lookups import exists, former_ids
from crm_cli.store import forgotten
from crm_cli.store.erasing import settle
from crm_cli.store.rewriting import Planned, Rewriting, carry_out, purge, refuse
from crm_cli.store.scrubbing import scrubbed
from crm_cli.workspace import Change, Rewrite, Step, Workspace

_ITEM = re.compile(r"\b[a-z]-[0-9a-hjkmnp-tv-z]{7}\b")


class Past(NamedTuple):
    """A history to be rewritten: the commits there are, how many become others, and the remotes
    that it was sent to. `own` are the paths that go: of their records, and of the documents that
    were kept when they were sent to them."""

    about: About
    own: frozenset[str]
    planned: Planned
    remotes: tuple[str, ...]

    @property
    def question(self) -> str:
        """What is asked before it is done."""
        count, all = len(self.planned.changed), self.planned.commits
        return f"Rewrite {count:,} of the {all:,} commits of this clone? Nothing brings them back."


def check(workspace: Workspace) -> None:
    """Raise Refused where the history cannot be rewritten: before anybody is forgotten. What
    earlier commands could not commit is committed first."""
    if workspace.git.repository is not None and not workspace.git.repository.obstacle():
        settle(
            workspace.root,
            workspace.environ,
            command=workspace.command,
            timeout=workspace.lock_timeout,
            waiting=workspace.waiting,
        )
    refuse(workspace.git)


def past_of(workspace: Workspace, found: Forgetting) -> Past:
    """What the history has of somebody who was forgotten. Raises Refused, GitFailed."""
    git = workspace.git
    refuse(git)
    touched = touched_by(git)
    own = own_paths(workspace, touched, {found.id})
    versions = list(versions_of(workspace, touched, own))
    if versions and (merged := _merged(workspace, versions[0])):
        own = own_paths(workspace, touched, {found.id, *merged})
        versions = list(versions_of(workspace, touched, own))
    about = About(workspace, found.id, versions)
    stems = {path.rsplit("/", 1)[-1].removesuffix(CUSTOMERS.suffix) for path in own}
    about.former = tuple(sorted(stems - {found.id}))
    about.stay = frozenset(id for id in about.ids if _is_here(workspace, id))
    own |= _documents(workspace, about)
    country = workspace.business.country
    about.traces = Traces([*about.traces.all, *found.traces.all], country)
    planned = Rewriting(git, partial(_clean, about, own), partial(_message, about)).plan()
    remotes = git.run("remote").decode("utf-8", "replace").split()
    return Past(about, own, planned, tuple(remotes))


def rewrite(workspace: Workspace, past: Past) -> None:
    """Rewrite the history, and remove what it was. Raises Refused, StorageError: then either
    nothing is done, or the same command again finishes it."""
    about, git = past.about, workspace.git
    if past.planned.changed:
        subject = "forget a customer in the history"
        workspace.write(Change(subject, _steps(workspace, past), "final"))
        again = Rewriting(git, partial(_clean, about, past.own), partial(_message, about)).plan()
        carry_out(git, again, partial(_message, about))
    purge(git)


def for_clones(past: Past) -> Iterator[str]:
    """What is to be done elsewhere, a line each."""
    for name in past.remotes:
        yield f"send it: git push --force --all {name}; git push --force --tags {name}"
    if past.remotes:
        yield (
            "the host of a remote keeps old commits for a time, also in forks and pull requests: "
            "ask it to remove them"
        )
    yield (
        "every other clone has the old history: send what is only there, delete the clone, and "
        "clone anew (git clone, crm git setup)"
    )


def _steps(workspace: Workspace, past: Past) -> list[Step]:
    """What the files here still have of the past: older addresses and names; and the commits
    that must not come back."""
    steps: list[Step] = [
        Rewrite(path, partial(_rest, past.about, path))
        for path, data in files(past.about)
        if _clean(past.about, past.own, path, data) != data
    ]
    steps += [
        Rewrite(path, lambda data: None)
        for path in sorted(past.own)
        if is_kept_document(path) and workspace.tree.exists(path)
    ]
    first = past.planned.first
    return [*steps, Rewrite(FORGOTTEN.path, lambda data: forgotten.barred(data, first))]


def _rest(about: About, path: str, data: bytes | None) -> bytes | None:
    return None if data is None else _clean(about, frozenset(), path, data)


def _documents(workspace: Workspace, about: About) -> frozenset[str]:
    """The documents that were sent to them, but for those that a record of today names: of
    purchases that are another customer's now."""
    kept = set(about.kept)
    for path in paths_of_all(workspace, CUSTOMERS.path) if kept else ():
        if place_of(path) is CUSTOMERS:
            text = workspace.tree.read(path).decode("utf-8", "replace")
            kept -= {one for one in kept if one in text}
    return frozenset(kept)


def _merged(workspace: Workspace, last: Item) -> set[str]:
    """The ids of the records that were merged into theirs and are nobody else's now. The last
    version of the record counts: a merge may have been taken back."""
    others = former_ids(workspace.database)
    return {id for id in merged_ids(last) if id not in others and not workspace.has(id, CUSTOMER)}


def _is_here(workspace: Workspace, id: str) -> bool:
    kind = BY_LETTER.get(id[:1])
    return kind is not None and exists(workspace.database, kind, "id", id)


def _clean(about: About, own: frozenset[str], path: str, data: bytes) -> bytes | None:
    """What becomes of a file of the past."""
    if path in own or (is_message(path) and _is_to(about, path, data)):
        return None
    if path.startswith(DOCUMENTS.path):
        return data
    text = data.decode("utf-8", "surrogateescape")
    named = not about.ids.isdisjoint(_ITEM.findall(text)) or _named(about).search(text)
    if path == FORGOTTEN.path or not (named or "\\" in text or about.traces.found(text)):
        return data
    try:
        return without(about, path, data)
    except CrmError:
        return scrubbed(data, path, about.traces)


def _is_to(about: About, path: str, data: bytes) -> bool:
    """Whether a message was to them: its file is named after them, so it goes as a whole."""
    return bool(addressees_of(path, data) & {about.id, *about.former}) or (
        not data and is_named_after(about, path)
    )


def _message(about: About, text: str) -> str:
    """A commit's message without them; their ids are words of it, and are found as such."""
    return _named(about).sub(INSTEAD, about.traces.scrubbed(text))


def _named(about: About) -> re.Pattern[str]:
    """Finds the ids that they have, and had; compiled once by `re` itself."""
    ids = "|".join(map(re.escape, (about.id, *about.former)))
    return re.compile(rf"(?<![\w.-])(?:{ids})(?![\w-]|\.\w)")
