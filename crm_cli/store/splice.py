"""Edits that leave every other byte alone, verified before writing.

Paths name nodes of the text as it was given; the order of the operations does not
matter, except that new keys and items come in the order they are given.
"""

from __future__ import annotations

from collections.abc import Sequence as Ops

from crm_cli.model.errors import DataError
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.node import DOUBLE, Mapping, Node, Scalar, Sequence, plain
from crm_cli.model.quoting import double_quoted
from crm_cli.store import edits, intent
from crm_cli.store.compose import Composed, compose
from crm_cli.store.flow import Edit
from crm_cli.store.intent import Path


class Replace(NamedTuple):
    """Another value for the node at `path`."""

    path: Path
    node: Node


class Insert(NamedTuple):
    """A new key in the mapping at `path`, after the nearest of `after` that is there.

    `after` are the keys that come before it in the declared order, in that order.
    `blank_before`: a list or mapping at the top gets a blank line, unless the file
    does without them.
    """

    path: Path
    key: str
    node: Node
    after: tuple[str, ...] = ()
    blank_before: bool = True


class Append(NamedTuple):
    """A new last item of the list at `path`, or the first where the value is empty.

    With `behind` it goes right behind the item at that place, and must be the only operation:
    those behind it get another place.
    """

    path: Path
    node: Node
    behind: int | None = None


class Delete(NamedTuple):
    """Take out a key or an item, and its key too when nothing is left in it."""

    path: Path


class RenameKey(NamedTuple):
    """Another name for the key at `path`; its value stays."""

    path: Path
    key: str


class Requote(NamedTuple):
    """The same text in double quotes, for the one-line scalar at `path`."""

    path: Path


Op = Replace | Insert | Append | Delete | RenameKey | Requote


class Spliced(NamedTuple):
    """A text after splices, and what it says."""

    text: str
    composed: Composed


def apply(text: str, ops: Ops[Op], path: str) -> str:
    """`text` with `ops` done; see `spliced`."""
    return spliced(text, ops, path).text


def spliced(text: str, ops: Ops[Op], path: str, before: Composed | None = None) -> Spliced:
    """`text` with `ops` done, checked by reading it again; the same text if none changes it.

    `before` is what the text says, if that is known, and `path` names the file in errors.
    Raises DataError, with nothing done, where the text cannot be read, a path leads nowhere,
    or the result would not be exactly what was meant with everything else unchanged.
    """
    composed = before or compose(text, path)
    root = _root(composed, path)
    wanted = intent.copy(root)
    assert isinstance(wanted, Mapping)
    changed = text
    ordered = _ordered(root, ops)
    assert len(ops) == 1 or not any(isinstance(op, Append) and op.behind is not None for op in ops)
    place = 0
    while place < len(ordered):
        op = ordered[place]
        if isinstance(op, Delete):
            step = _delete(changed, root, wanted, op)
            place += 1
        elif place and (run := _run(ordered, place, root)) > 1:
            step = _do_run(changed, root, wanted, ordered[place : place + run])
            place += run
        else:
            step = _do(changed, root, wanted, op)
            place += 1
        if step is None:
            continue
        start, end, new = step
        changed = changed[:start] + new + changed[end:]
        composed = compose(changed, path)
        root = _root(composed, path, after=True)
    if not intent.same(wanted, root):
        raise _refused(path)
    return Spliced(changed, composed)


def _ordered(root: Mapping, ops: Ops[Op]) -> list[Op]:
    """Additions first, then renaming, innermost first, then deletion from the end.

    So no operation moves what the path of a later one names.
    """
    renamed = {op.path: op.key for op in ops if isinstance(op, RenameKey)}
    adding = [op for op in ops if not isinstance(op, RenameKey | Delete)]
    naming = [op for op in ops if isinstance(op, RenameKey)]
    deleting = {op.path: op for op in ops if isinstance(op, Delete)}
    for path in deleting:
        if intent.find(root, path) is None:
            raise DataError(f"there is nothing to delete at `{_shown(path)}`")
    naming.sort(key=lambda op: -len(op.path))
    last = sorted(deleting, key=lambda path: _place(root, path), reverse=True)
    return [*adding, *naming, *(Delete(_translated(path, renamed)) for path in last)]


def _place(root: Mapping, path: Path) -> tuple[int, ...]:
    """A node's position in the tree, level by level."""
    place: list[int] = []
    for depth, step in enumerate(path):
        holder = intent.find(root, path[:depth])
        if isinstance(step, int):
            place.append(step)
        elif isinstance(holder, Mapping):
            place.append(list(holder.keys()).index(step))
    return tuple(place)


def _translated(path: Path, renamed: dict[Path, str]) -> Path:
    return tuple(renamed.get(path[: depth + 1], step) for depth, step in enumerate(path))


def _do(
    text: str,
    root: Mapping,
    wanted: Mapping,
    op: Replace | Insert | Append | RenameKey | Requote,
) -> Edit | None:
    """The edit for one operation, done on `wanted` too; None where it changes nothing."""
    target = intent.find(root, op.path)
    if target is None or (not op.path and not isinstance(op, Insert)):
        raise DataError(f"there is no `{_shown(op.path)}`")
    if isinstance(op, Replace):
        if plain(op.node) == plain(target) and type(op.node) is type(target):
            return None
        intent.put(wanted, op.path, intent.copy(op.node))
        return edits.replace(text, root, op.path, op.node)
    if isinstance(op, Requote):
        if not isinstance(target, Scalar) or target.style == DOUBLE:
            return None
        intent.put(wanted, op.path, Scalar(target.text, DOUBLE))
        return target.start, target.end, double_quoted(target.text)
    if isinstance(op, Append):
        edit = edits.append(text, root, op.path, op.node, op.behind)
        mine = intent.find(wanted, op.path)
        if isinstance(mine, Sequence):
            _made_if_empty(mine)
            place = len(mine.items) if op.behind is None else op.behind + 1
            mine.items.insert(place, intent.copy(op.node))
        else:
            intent.put(wanted, op.path, Sequence([intent.copy(op.node)]))
        return edit
    if isinstance(op, RenameKey):
        return _rename(text, root, wanted, op)
    return _insert(text, root, wanted, op, target)


def _run(ops: list[Op], place: int, root: Mapping) -> int:
    """How many operations from `place` on go to one place, one after the other.

    They are then one edit: with each parsed on its own, an import of thousands of
    items into one file would take hours.
    """
    before, first = ops[place - 1], ops[place]
    if type(first) is not type(before) or not isinstance(first, Append | Insert):
        return 0
    target = intent.find(root, first.path)
    if not isinstance(target, Sequence | Mapping) or target.flow:
        return 0
    end = place
    while end < len(ops) and _follows(ops[end], ops[end - 1]):
        end += 1
    return end - place


def _follows(op: Op, before: Op) -> bool:
    """Whether an addition goes right behind the one before it."""
    if isinstance(op, Append):
        return isinstance(before, Append) and op.path == before.path
    return (
        isinstance(op, Insert)
        and isinstance(before, Insert)
        and op.path == before.path
        and op.after[-1:] == (before.key,)
        and op.key != before.key
    )


def _do_run(text: str, root: Mapping, wanted: Mapping, run: Ops[Op]) -> Edit:
    """One edit for a run of additions, which follow what is in the text already."""
    steps: list[Edit] = []
    for place, op in enumerate(run):
        target = intent.find(root, op.path)
        assert target is not None
        if isinstance(op, Insert):
            steps.append(_insert(text, root, wanted, op, target, place, run[0]))
        else:
            assert isinstance(op, Append)
            steps.append(edits.append(text, root, op.path, op.node))
            mine = intent.find(wanted, op.path)
            assert isinstance(mine, Sequence)
            mine.items.append(intent.copy(op.node))
    start, end, _ = steps[0]
    return start, end, "".join(new for _, _, new in steps)


def _insert(
    text: str,
    root: Mapping,
    wanted: Mapping,
    op: Insert,
    target: Node,
    place: int = 0,
    first: Op | None = None,
) -> Edit:
    """A new key; `place` counts those of the same run that come before it, behind `first`."""
    key = Scalar(op.key)
    after = first.after if isinstance(first, Insert) else op.after
    if isinstance(target, Scalar) and target.absent and target.tag is None:
        new = Mapping([(key, op.node)])
        intent.put(wanted, op.path, intent.copy(new))
        return edits.replace(text, root, op.path, new)
    mine = intent.find(wanted, op.path)
    if not isinstance(target, Mapping) or not isinstance(mine, Mapping):
        raise DataError(f"`{_shown(op.path)}` holds no keys", "write them one a line under it")
    if target.get(op.key) is not None:
        raise DataError(f"`{_shown((*op.path, op.key))}` is there already")
    index = edits.insertion_index(text, root, target, after)
    _made_if_empty(mine)
    mine.entries.insert(index + place, (key, intent.copy(op.node)))
    return edits.insert(text, root, op.path, index, key, op.node, blank=op.blank_before)


def _made_if_empty(node: Mapping | Sequence) -> None:
    """`[]` and `{}` may become blocks: nothing that was read in them has to stay."""
    if not (node.items if isinstance(node, Sequence) else node.entries):
        node.start = -1


def _rename(text: str, root: Mapping, wanted: Mapping, op: RenameKey) -> Edit | None:
    parent = intent.find(wanted, op.path[:-1])
    if not isinstance(parent, Mapping):
        raise DataError(f"`{_shown(op.path)}` is no key")
    if op.path[-1] == op.key:
        return None
    if parent.get(op.key) is not None:
        raise DataError(f"`{op.key}` is there already")
    edit = edits.rename(text, root, op.path, op.key)
    parent.entries = [
        (Scalar(op.key) if key.text == op.path[-1] else key, value) for key, value in parent.entries
    ]
    return edit


def _delete(text: str, root: Mapping, wanted: Mapping, op: Delete) -> Edit | None:
    if intent.find(root, op.path) is None:
        return None  # It went with the last thing that was in it.
    path = intent.owner(root, op.path)
    if len(path) == 1 and len(root.entries) == 1:
        raise DataError("nothing would be left in the file", "delete the record instead")
    edit = edits.delete(text, root, path)
    intent.remove(wanted, path)
    return edit


def _root(composed: Composed, path: str, *, after: bool = False) -> Mapping:
    if composed.root is not None:
        return composed.root
    if after:
        raise _refused(path)
    first = composed.problems[0]
    raise DataError(f"{first.place}: {first.message}", first.hint, composed.problems)


def _refused(path: str) -> DataError:
    return DataError(
        f"{path}: this edit cannot be made without changing more than was asked",
        "nothing was written; make the change in an editor",
    )


def _shown(path: Path) -> str:
    return ".".join(str(step) for step in path) or "the file"
