"""Three-way comparison: which of one side's changes apply to the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.node import Mapping, Node, Plain, Scalar, Sequence, plain
from crm_cli.store.intent import Path
from crm_cli.store.replay import replay
from crm_cli.store.splice import Append, Delete, Insert, Op, Replace

_ALIKE = 0.5
"""How much of an item without an id must stay for it to be the same item."""


_RULE = "rule/"
"""What `by` of an item begins with that a rule made."""


class Steps(NamedTuple):
    """Operations on our text. `clean` bring theirs in; `alternative` do so too, and take their
    side of what both changed differently, which `conflicts` names."""

    clean: tuple[Op, ...]
    alternative: tuple[Op, ...]
    conflicts: tuple[str, ...]


def steps(
    base: Mapping,
    ours: Mapping,
    theirs: Mapping,
    separate: Collection[str] = (),
    together: Collection[str] = (),
    *,
    mapped: bool = False,
) -> Steps:
    """How to bring theirs into ours; see `merge.merge` for the words."""
    merger = _Merger(separate, together, mapped)
    merger.mapping(base, ours, theirs, (), ())
    return Steps(tuple(merger.clean), tuple(merger.alternative), tuple(merger.conflicts))


class _Absent(NamedTuple):
    """The items of a list that our text has no longer, or never had."""

    clean: list[Node]
    alternative: list[Node]


class _Merger:
    def __init__(
        self, separate: Collection[str], together: Collection[str], mapped: bool
    ) -> None:
        self.separate = separate
        self.together = together
        self.mapped = mapped
        self.clean: list[Op] = []
        self.alternative: list[Op] = []
        self.conflicts: list[str] = []
        self.made_alike = False
        """Whether what is compared is an item that a rule has made on both sides: of two values
        the smaller one is taken, so that both sides come to the same."""

    def take(self, op: Op) -> None:
        self.clean.append(op)
        self.alternative.append(op)

    def conflict(self, name: tuple[str, ...], *theirs: Op) -> None:
        self.conflicts.append(".".join(name))
        self.alternative += theirs

    def mapping(
        self,
        base: Mapping | None,
        ours: Mapping,
        theirs: Mapping,
        path: Path,
        name: tuple[str, ...],
    ) -> None:
        """By key."""
        before: list[str] = []
        for key, value in theirs.entries:
            old = base.get(key.text) if base is not None else None
            self.entry(key.text, old, ours.get(key.text), value, path, name, tuple(before))
            before.append(key.text)
        for key, old in base.entries if base is not None else ():
            if theirs.get(key.text) is None:
                self.entry(key.text, old, ours.get(key.text), None, path, name, ())

    def entry(
        self,
        key: str,
        base: Node | None,
        ours: Node | None,
        theirs: Node | None,
        path: Path,
        name: tuple[str, ...],
        before: tuple[str, ...],
    ) -> None:
        if _same(ours, theirs) or _same(base, theirs):
            return
        here, called = (*path, key), (*name, key)
        if not path and key in self.separate and self._texts(here, base, ours, theirs):
            return
        if _listed(base, ours, theirs) and not self._is_one(path, key):
            empty = Sequence()
            absent = _Absent([], []) if ours is None else None
            old, mine, other = (
                one if isinstance(one, Sequence) else empty for one in (base, ours, theirs)
            )
            self.sequence(old, mine, other, here, called, absent)
            if absent is not None:
                if absent.clean:
                    self.clean.append(Insert(path, key, Sequence(absent.clean), before))
                if absent.alternative:
                    self.alternative.append(Insert(path, key, Sequence(absent.alternative), before))
            return
        apart = self.mapped and not path and base is None
        if isinstance(ours, Mapping) and isinstance(theirs, Mapping) and not apart:
            self.mapping(base if isinstance(base, Mapping) else None, ours, theirs, here, called)
            return
        if ours is None:
            assert theirs is not None
            insert = Insert(path, key, fresh(theirs), before)
            if base is None:
                self.take(insert)
            else:
                self.conflict(called, insert)
            return
        self._value(base, ours, theirs, here, called)

    def _is_one(self, path: Path, key: str) -> bool:
        """Whether a list is one value, be it all that an entry of a map says."""
        if self.mapped and not path:
            return bool(self.together)
        return key in self.together and len(path) == self.mapped

    def _value(
        self,
        base: Node | None,
        ours: Node,
        theirs: Node | None,
        here: Path,
        called: tuple[str, ...],
    ) -> None:
        op = Delete(here) if theirs is None else Replace(here, fresh(theirs))
        if _same(base, ours):
            self.take(op)
            return
        if self.made_alike and theirs is not None:
            if repr(_sorted(plain(theirs))) < repr(_sorted(plain(ours))):
                self.take(op)
            return
        if isinstance(ours, Scalar) and isinstance(theirs, Scalar) and isinstance(base, Scalar):
            merged = _lines(base.text, ours.text, theirs.text)
            if merged is not None:
                if merged != ours.text:
                    self.take(Replace(here, Scalar(merged, ours.style)))
                return
        self.conflict(called, op)

    def _texts(self, here: Path, base: Node | None, ours: Node | None, theirs: Node | None) -> bool:
        """Merge `tags: a, b` as the set that it is; False where it is no list of texts."""
        if ours is None or not any(isinstance(one, Scalar) for one in (ours, theirs)):
            return False
        old, mine, other = _parts(base), _parts(ours), _parts(theirs)
        if old is None or mine is None or other is None:
            return False
        kept = [text for text in mine if text in other or text not in old]
        kept += [text for text in other if text not in old and text not in mine]
        if kept == mine:
            return True
        if not kept:
            self.take(Delete(here))
        elif isinstance(ours, Scalar) and isinstance(theirs, Scalar):
            self.take(Replace(here, Scalar(", ".join(kept), ours.style)))
        else:
            self.take(Replace(here, Sequence(Scalar(text) for text in kept)))
        return True

    def sequence(
        self,
        base: Sequence,
        ours: Sequence,
        theirs: Sequence,
        path: Path,
        name: tuple[str, ...],
        absent: _Absent | None,
    ) -> None:
        """By item; what is appended to a list that we do not have goes into `absent`."""
        old = _identified(base.items)
        mine = _identified(ours.items, old)
        other = _identified(theirs.items, old)
        places = {key: place for place, key in enumerate(mine)}

        for key, item in other.items():
            called = (*name, _label(key, item))
            if key not in mine:
                if key in old and _same(item, old[key]):
                    continue
                if absent is not None:
                    absent.alternative.append(fresh(item))
                    if key in old:
                        self.conflict(called)
                    else:
                        absent.clean.append(fresh(item))
                elif key in old:
                    self.conflict(called, Append(path, fresh(item)))
                else:
                    self.take(Append(path, fresh(item)))
                continue
            self._item(old.get(key), mine[key], item, (*path, places[key]), called)
        for key, item in old.items():
            if key in mine and key not in other:
                delete = Delete((*path, places[key]))
                if _same(mine[key], item):
                    self.take(delete)
                else:
                    self.conflict((*name, _label(key, item)), delete)

    def _item(
        self, base: Node | None, ours: Node, theirs: Node, here: Path, called: tuple[str, ...]
    ) -> None:
        if _same(ours, theirs) or _same(base, theirs):
            return
        if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
            known = base if isinstance(base, Mapping) else None
            self.made_alike = known is None and _made_alike(ours, theirs)
            self.mapping(known, ours, theirs, here, called)
            self.made_alike = False
        else:
            self._value(base, ours, theirs, here, called)


def _made_alike(ours: Mapping, theirs: Mapping) -> bool:
    """Whether the same rule made an item on both sides, perhaps on different days."""
    mine, other = ours.get("by"), theirs.get("by")
    if not isinstance(mine, Scalar) or not isinstance(other, Scalar):
        return False
    return mine.text == other.text and mine.text.startswith(_RULE)


def fresh(node: Node) -> Node:
    """A node as it is to be written into another text: what it says and its quotes."""
    if isinstance(node, Scalar):
        return Scalar(node.text, node.style, tag=node.tag)
    if isinstance(node, Sequence):
        return Sequence((fresh(item) for item in node.items), node.flow)
    return Mapping(
        ((Scalar(key.text, key.style), fresh(one)) for key, one in node.entries), node.flow
    )


def _same(one: Node | None, other: Node | None) -> bool:
    if one is None or other is None:
        return one is other
    return type(one) is type(other) and plain(one) == plain(other)


def _listed(base: Node | None, ours: Node | None, theirs: Node | None) -> bool:
    """Whether both sides have a list, or had one."""
    sides = [one for one in (ours, theirs) if one is not None]
    if not all(isinstance(one, Sequence) or _empty(one) for one in sides):
        return False
    if not any(isinstance(one, Sequence) for one in (base, *sides)):
        return False
    if len(sides) == 2:
        # An empty value cannot be told item by item; the other side's list is taken whole.
        return all(isinstance(one, Sequence) for one in sides)
    return isinstance(base, Sequence) and isinstance(sides[0], Sequence)


def _empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.absent


def _lines(base: str, ours: str, theirs: str) -> str | None:
    """Texts of several lines, merged by line; None where both changed the same ones."""
    if "\n" not in ours and "\n" not in theirs:
        return None
    texts = [text if text.endswith("\n") else text + "\n" for text in (base, ours, theirs)]
    first, second = sorted(texts[1:])
    merged = replay(texts[0], first, second)
    if merged is None or ours.endswith("\n") or theirs.endswith("\n"):
        return merged
    return merged.removesuffix("\n")


def _parts(node: Node | None) -> list[str] | None:
    if node is None or _empty(node):
        return []
    if isinstance(node, Scalar):
        return [part.strip() for part in node.text.split(",") if part.strip()]
    if isinstance(node, Sequence) and all(isinstance(one, Scalar) for one in node.items):
        return [one.text for one in node.items if isinstance(one, Scalar)]
    return None


_Key = tuple[str, str, int]


def _identified(items: Iterable[Node], known: dict[_Key, Node] | None = None) -> dict[_Key, Node]:
    """The items by what makes each the same item: its id, else what it says.

    An item that says something else now is one of `known` that is gone otherwise, where
    enough of it is left.
    """
    found: dict[_Key, Node] = {}
    counts: dict[tuple[str, str], int] = {}
    for item in items:
        kind, text = _identity(item)
        number = counts.get((kind, text), 0)
        counts[(kind, text)] = number + 1
        found[(kind, text, number)] = item
    if known is None:
        return found
    missing = [key for key, item in known.items() if key not in found and key[0] != "id"]
    renamed: dict[_Key, _Key] = {}
    for key, item in found.items():
        if key in known or isinstance(item, Scalar):
            continue
        for candidate in missing:
            if _alike(known[candidate], item):
                renamed[key] = candidate
                missing.remove(candidate)
                break
    left = [
        key
        for key, item in found.items()
        if key not in known and key not in renamed and isinstance(item, Mapping)
    ]
    if len(left) == len(missing):
        # As many came as went: each is taken for the one in its place.
        pairs = zip(left, missing, strict=True)
        renamed |= {key: one for key, one in pairs if _share_a_key(known[one], found[key])}
    return {renamed.get(key, key): item for key, item in found.items()}


def _identity(item: Node) -> tuple[str, str]:
    if isinstance(item, Mapping):
        id = item.get("id")
        if isinstance(id, Scalar) and not id.absent:
            return "id", id.text
    return "says", repr(_sorted(plain(item)))


def _sorted(value: Plain) -> object:
    if isinstance(value, dict):
        return sorted((key, repr(_sorted(one))) for key, one in value.items())
    if isinstance(value, list):
        return [_sorted(one) for one in value]
    return value


def _share_a_key(before: Node, after: Node) -> bool:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return False
    return any(after.get(key.text) is not None for key, _ in before.entries)


def _alike(before: Node, after: Node) -> bool:
    old, new = _words(before), _words(after)
    return bool(old) and len(old & new) / len(old) >= _ALIKE


def _words(node: Node) -> set[str]:
    if isinstance(node, Scalar):
        return {node.text}
    if isinstance(node, Sequence):
        return set().union(*(_words(item) for item in node.items))
    return {
        value.text if isinstance(value, Scalar) else repr(plain(value)) for _, value in node.entries
    }


def _label(key: _Key, item: Node) -> str:
    """What an item is called in a conflict's name."""
    if key[0] == "id":
        return key[1]
    if isinstance(item, Scalar):
        return item.text[:40]
    if isinstance(item, Mapping):
        for _, value in item.entries:
            if isinstance(value, Scalar):
                return value.text[:40]
    return "item"
