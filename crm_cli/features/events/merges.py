"""What merges changed beside what the commits of both sides had changed.

Where both sides changed a record, the merge decides: what it chose against what was told last,
what it made of both, and states that only both together reach (an invoice paid in two parts) are
its events. All else in it has been told of the commits that it merges.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from crm_cli.features.events.event import Event
from crm_cli.features.events.telling import Telling, unreadable
from crm_cli.features.events.words import Items, note_states, told, word_for
from crm_cli.model.differences import Difference
from crm_cli.model.errors import DataError
from crm_cli.model.places import kind_of
from crm_cli.store.log import Commit, Touched, merged
from crm_cli.workspace import Workspace

_Key = tuple[str, str, str]
"""A field of an item: kind, id (without one its place), field."""


class _Step(NamedTuple):
    """A change of a file that was told; `parent` is the commit that has the state before."""

    commit: str
    parent: str
    file: Touched


class _Told:
    """What was told of a file: up to its last merge the values, since then the changes."""

    def __init__(self) -> None:
        self.known: dict[_Key, Any] = {}
        self.merged: str | None = None
        """What the last merge made of it; None: none did."""
        self.steps: list[_Step] = []

    def leads_to(self, state: str) -> bool:
        """Whether the changes follow from each other, and end with this state of the file."""
        last = self.merged
        for step in self.steps:
            if last is not None and step.file.before != last:
                return False
            last = step.file.after
        return last == state


class Merges:
    """The merges of a span, and what was told before each."""

    def __init__(
        self, workspace: Workspace, telling: Telling, commits: Sequence[Commit]
    ) -> None:
        self._telling = telling
        merges = [commit for commit in commits if len(commit.parents) > 1]
        self._sides = merged(workspace.git, merges) if merges else {}
        self._told: dict[str, _Told] = {}

    def of(self, commit: Commit) -> Iterator[Event]:
        """The events of a commit that is a merge; those of others are kept in mind."""
        if not self._sides:
            return
        for file in commit.files:
            told_of = self._told.setdefault(file.path, _Told())
            told_of.steps.append(_Step(commit.id, f"{commit.id}^", file))
        sides = self._sides.get(commit.id, ())
        for path in dict.fromkeys(path for side in sides for path in side):
            found = [(n, side[path]) for n, side in enumerate(sides, 1) if path in side]
            both = len(found) == len(sides)
            if not self._telling.counts(path) or not (both or self._is_lost(path, found[0][1])):
                continue
            steps = [_Step(commit.id, f"{commit.id}^{n}", file) for n, file in found]
            for word, what in self._of(path, steps, both=both):
                yield self._telling.event(commit, path, word, what)

    def _is_lost(self, path: str, file: Touched) -> bool:
        """Whether a merge has another state of a file than what was told of it leads to."""
        told_of = self._told.get(path)
        return told_of is not None and not told_of.leads_to(file.after)

    def _of(
        self, path: str, steps: Sequence[_Step], *, both: bool
    ) -> Iterator[tuple[str, Difference]]:
        if kind_of(path) is None:
            yield "changed", Difference("file", path, "", None, None, f"file changed: {path}")
            return
        try:
            after = self._telling.items(steps[0].file.after, path, steps[0].commit)
        except DataError as error:
            yield "unreadable", unreadable(path, error)
            return
        before = [self._before(step) for step in steps]
        sides = [_by_key(one, after) for one in before]
        known = self._known(path)
        found: list[tuple[str, Difference]] = []
        for key in dict.fromkeys(key for side in sides for key in side):
            differing = [side[key] for side in sides if key in side]
            if key in known:
                if _same(key, known[key], differing[0].after):
                    continue
                differing.sort(key=partial(_differs, key, known[key]))
            elif not both or len(differing) < len(sides):
                continue
            found.append((word_for(differing[0]), differing[0]))
            known[key] = differing[0].after
        told_of = self._told[path] = _Told()
        told_of.known, told_of.merged = known, steps[0].file.after
        if both:
            for name, record in after.items():
                note_states(found, [one.get(name) for one in before], record)
        yield from found

    def _before(self, step: _Step) -> Items:
        try:
            return self._telling.items(step.file.before, step.file.source, step.parent)
        except DataError:
            return {}

    def _known(self, path: str) -> dict[_Key, Any]:
        """The value of each field as it was told last."""
        told_of = self._told.get(path, _Told())
        for step in told_of.steps:
            try:
                after = self._telling.items(step.file.after, path, step.commit)
            except DataError:
                continue
            for key, one in _by_key(self._before(step), after).items():
                told_of.known[key] = one.after
        return told_of.known


def _by_key(before: Items, after: Items) -> dict[_Key, Difference]:
    return {_key(one): one for _, one in told(before, after)}


def _key(what: Difference) -> _Key:
    unnamed = what.field and what.item.startswith("{")
    return what.kind, str(what.place) if unnamed else what.item, what.field


def _same(key: _Key, one: Any, other: Any) -> bool:
    """Whether two values are the same; of a whole item, whether it is there in both."""
    return (one is None) == (other is None) if not key[2] else bool(one == other)


def _differs(key: _Key, value: Any, one: Difference) -> bool:
    """Whether a difference begins with another value: the one that was told reads best."""
    return not _same(key, one.before, value)
