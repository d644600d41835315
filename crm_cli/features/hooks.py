"""Hooks of a directory: told what a command is about to write, and what it has written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from crm_cli.features.events import Event
from crm_cli.features.events.words import told
from crm_cli.features.revisions import record_name
from crm_cli.model.differences import Difference, whole
from crm_cli.model.errors import DataError, Refused
from crm_cli.model.item import Item
from crm_cli.model.jsontext import one_line
from crm_cli.model.places import RULES, kind_of, place_of
from crm_cli.model.rule import commands_of
from crm_cli.model.text import visible
from crm_cli.store.commands import digest
from crm_cli.store.hooks import AFTER, BEFORE, RUNNING, Hook, failure, hooks, read_all
from crm_cli.store.transaction import FileChange, Written
from crm_cli.store.trust import trust, trusted_hooks
from crm_cli.workspace import Workspace

_LONGEST = 500


class State(NamedTuple):
    """A file before and after (None: there is none)."""

    before: bytes | None
    after: bytes | None


class Hooks:
    """The trusted hooks of a directory, for one write. Told of changes, they run."""

    def __init__(self, workspace: Workspace, found: Mapping[str, Hook]) -> None:
        self._workspace = workspace
        self._found = found
        self._seen: dict[str, State] = {}

    def watched(self, changes: Sequence[FileChange]) -> list[FileChange]:
        """The changes, the last of which asks the hook before them; it raises Refused."""
        if BEFORE not in self._found or not changes:
            return list(changes)
        watched = [one._replace(update=partial(self._see, one)) for one in changes]
        watched[-1] = changes[-1]._replace(update=partial(self._ask, changes[-1]))
        return watched

    def wrote(self, files: Sequence[Written]) -> str:
        """Run the hook after them; what is to be said where it failed. Nothing is undone."""
        if AFTER not in self._found or not files:
            return ""
        failed = self._run(AFTER, {one.path: State(one.before, one.after) for one in files})
        return f"saved, but the hook {AFTER} failed: {failed}" if failed else ""

    def _see(self, change: FileChange, data: bytes | None) -> bytes | None:
        after = change.update(data)
        self._seen[change.path] = State(data, after)
        return after

    def _ask(self, change: FileChange, data: bytes | None) -> bytes | None:
        after = self._see(change, data)
        differing = {path: one for path, one in self._seen.items() if one.before != one.after}
        failed = self._run(BEFORE, differing) if differing else ""
        if failed:
            raise Refused(
                f"the hook {BEFORE} refuses it: {failed}",
                f"nothing was written; the hook is {self._found[BEFORE].path}",
            )
        return after

    def _run(self, name: str, files: Mapping[str, State]) -> str:
        workspace = self._workspace
        lines = "".join(f"{one_line(one)}\n" for one in self._lines(files)).encode()
        environ = {
            **workspace.environ,
            "CRM_DIR": str(workspace.root.absolute()),
            **({"CRM_USER": workspace.user} if workspace.user else {}),
        }
        said = failure(self._found[name], lines, str(workspace.root), environ)
        return visible(" ".join(said.split())[:_LONGEST])

    def _lines(self, files: Mapping[str, State]) -> Iterator[dict[str, object]]:
        workspace = self._workspace
        at, by = workspace.clock.now, workspace.user or ""
        for path, state in files.items():
            if place_of(path) is None:
                continue
            for word, what in self._differences(path, state):
                id = "" if what.item.startswith("{") else what.item
                yield Event(
                    at, by, word, record_name(path), what.kind, id, what.field, what.before,
                    what.after, what.text, "", "",
                ).answer()  # fmt: skip

    def _differences(self, path: str, state: State) -> Iterator[tuple[str, Difference]]:
        came, went = state.before is None, state.after is None
        if kind_of(path) is not None:
            try:
                yield from told(self._items(path, state.before), self._items(path, state.after))
                return
            except DataError:
                pass  # It is mended by this, or was rewritten as it is: a change all the same.
        word = "added" if came else "removed" if went else "changed"
        yield word, whole(path, came=came, went=went)

    def _items(self, path: str, data: bytes | None) -> Mapping[str, Item]:
        if data is None:
            return {}
        document = self._workspace.open(path, data)
        return document.records if document.mapped else {"": document.record}


def hooks_of(workspace: Workspace) -> Hooks | None:
    """What to run around a write; None where there is nothing, or a hook is running.

    A hook that is not trusted, or not as it is now, is not run, which is said.
    """
    if workspace.environ.get(RUNNING):
        return None
    listed, unread = read_all(workspace.root)
    if unread:
        workspace.notices.append(unread)
    known = trusted_hooks(workspace.root, workspace.environ) if listed else frozenset()
    for hook in listed:
        if hook.digest not in known:
            changed = any(one.startswith(f"{hook.name}:") for one in known)
            why = "was changed since it was trusted" if changed else "is not trusted"
            workspace.notices.append(
                f"the hook {hook.name} {why}, so it was not run (crm trust --hooks)"
            )
    found = {hook.name: hook for hook in listed if hook.digest in known}
    return Hooks(workspace, found) if found else None


class Programs(NamedTuple):
    """What is run by itself in a directory: its hooks, and the commands of its rules."""

    hooks: tuple[Hook, ...] = ()
    commands: tuple[str, ...] = ()


def all_programs(workspace: Workspace) -> Programs:
    """What a directory has of them, trusted or not. Raises StorageError, DataError."""
    rules = workspace.file(RULES.path).records.values()
    return Programs(tuple(hooks(workspace.root)), tuple(commands_of(rules)))


def trust_programs(workspace: Workspace, found: Programs) -> bool:
    """Trust the directory and these programs, and no others any more; False where nothing
    changed. Raises StorageError, Refused."""
    digests = frozenset((*(hook.digest for hook in found.hooks), *map(digest, found.commands)))
    return trust(workspace.root, workspace.environ, hooks=digests)

