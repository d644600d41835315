"""Three-way merge of two texts by their content.

Keys are merged by key, items by their id, plain lists as sets, long texts by line. What
only one side changed is taken; the text is ours with theirs brought into it, or, where
both changed lines far enough apart, simply both. Where both sides changed one value in
different ways the text holds both, between the marks that git uses.
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import SequenceMatcher

from crm_cli.model.business import Business
from crm_cli.model.errors import DataError, Problem
from crm_cli.model.identity import alike
from crm_cli.model.kind import Kind, singular
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.node import Mapping, Plain, plain
from crm_cli.model.places import Shape, place_within
from crm_cli.store import splice
from crm_cli.store.comments import with_comments
from crm_cli.store.compose import compose, decode
from crm_cli.store.document import Document
from crm_cli.store.replay import replay
from crm_cli.store.threeway import Steps, steps

BOM = b"\xef\xbb\xbf"
OURS, BETWEEN, THEIRS = "<<<<<<< ours", "=======", ">>>>>>> theirs"


class Merged(NamedTuple):
    """The merged bytes, and the names of the fields that both sides changed differently."""

    data: bytes
    conflicts: tuple[str, ...] = ()


def merge_file(base: bytes, ours: bytes, theirs: bytes, path: str) -> Merged:
    """As `merge`, by what the file's place holds; `path` may begin above the data directory."""
    place = place_within(path)
    if place is not None and place.shape is Shape.TEXTS:
        return merge(base, ours, theirs, path, by_line=True)
    mapped = place is not None and place.shape is Shape.MAP
    kind = place.kind if place is not None and place.shape is Shape.RECORDS else None
    together = _together(place.kind) if place is not None and place.kind is not None else ()
    if kind is None:
        return merge(base, ours, theirs, path, together=together, mapped=mapped)
    if not base.strip() and ours != theirs and not _one_record(ours, theirs, path, kind):
        return both(ours, theirs, path)
    return merge(base, ours, theirs, path, separate=_separate(kind), together=together)


def _one_record(ours: bytes, theirs: bytes, path: str, kind: Kind) -> bool:
    """Whether two files of one name, which both sides added, are about the same thing."""
    try:
        one, other = (Document(path, data, kind, Business()) for data in (ours, theirs))
    except DataError:
        return True  # as lines, both of which stay
    return plain(one.root) == plain(other.root) or alike(one.record, other.record)


def both(ours: bytes, theirs: bytes, path: str) -> Merged:
    """Both texts as wholes, between marks: of each nothing goes with the other."""
    mine, other = (_text(data, path) or "" for data in (ours, theirs))
    newline = "\r\n" if "\r\n" in mine else "\n"
    return Merged(_both([mine], [other], newline).encode(), ("the file",))


def _separate(kind: Kind) -> list[str]:
    """The keys of a record whose text may hold several, with commas."""
    keys = [field.key for field in kind.fields if field.separate]
    return [*keys, *map(singular, keys)]


def _together(kind: Kind) -> tuple[str, ...]:
    """The keys of lists that are one value: what both sides changed in a query is a query that
    neither has asked."""
    return tuple(field.key for field in kind.fields if field.type.is_one)


def merge(
    base: bytes,
    ours: bytes,
    theirs: bytes,
    path: str,
    *,
    separate: Collection[str] = (),
    together: Collection[str] = (),
    by_line: bool = False,
    mapped: bool = False,
) -> Merged:
    """What both sides made of `base`; an empty base has nothing in common.

    `separate` are the keys whose text may hold several, with commas, `together` those whose list
    is one value; `by_line` is for
    texts that are no records; with `mapped` an entry that both added is a conflict unless it
    says the same. `path` names the file in messages. Never fails: records
    that cannot be read are merged by line, too.
    """
    if ours == theirs or theirs == base:
        return Merged(ours)
    if ours == base:
        return Merged(theirs)
    texts = [_text(data, path) for data in (base, ours, theirs)]
    if any(text is None for text in texts):
        # No text at all: neither side can be brought into the other.
        return Merged(ours, ("the file",))
    old, mine, other = (text or "" for text in texts)
    newline = "\r\n" if "\r\n" in mine else "\n"
    old, other = (_with_newline(text, newline) for text in (old, other))
    if by_line:
        text, conflicts = _lines(old, mine, other)
    else:
        text, conflicts = merge_texts(old, mine, other, path, separate, together, mapped)
    return Merged((BOM if ours.startswith(BOM) else b"") + text.encode(), conflicts)


def merge_texts(
    base: str,
    ours: str,
    theirs: str,
    path: str,
    separate: Collection[str] = (),
    together: Collection[str] = (),
    mapped: bool = False,
) -> tuple[str, tuple[str, ...]]:
    """As `merge`, of texts with the same line ends."""
    roots = [_root(text, path) for text in (base, ours, theirs)]
    if roots[0] is None or roots[1] is None or roots[2] is None:
        return _by_line(base, ours, theirs, path)
    todo = steps(roots[0], roots[1], roots[2], separate, together, mapped=mapped)
    try:
        merged, alternative = _spliced(ours, todo, path)
    except DataError:
        return _marked(ours, theirs), ("the file",)
    if not todo.conflicts:
        # The smaller first, so that both sides of a merge come to the same order.
        first, second = sorted((ours, theirs))
        lines = replay(base, first, second)
        if lines is not None and _says(lines, path, merged):
            return lines, ()
    merged = with_comments(base, theirs, merged, path)
    if not todo.conflicts:
        return merged, ()
    alternative = with_comments(base, theirs, alternative, path)
    return _marked(merged, alternative), todo.conflicts


def _spliced(ours: str, todo: Steps, path: str) -> tuple[str, str]:
    """Our text with theirs in it; and the same with their side of every conflict."""
    merged = splice.apply(ours, todo.clean, path) if todo.clean else ours
    if not todo.conflicts:
        return merged, merged
    return merged, splice.apply(ours, todo.alternative, path)


def _says(text: str, path: str, wanted: str) -> bool:
    """Whether a text says what another does, whatever the order of keys and items."""
    got, meant = _root(text, path), _root(wanted, path)
    return got is not None and meant is not None and _loose(plain(got)) == _loose(plain(meant))


def _loose(value: Plain) -> object:
    if isinstance(value, list):
        return sorted(repr(_loose(one)) for one in value)
    if isinstance(value, dict):
        return sorted((key, repr(_loose(one))) for key, one in value.items())
    return value


def _by_line(base: str, ours: str, theirs: str, path: str) -> tuple[str, tuple[str, ...]]:
    """Texts of which one is not a record: in conflict unless the result is one."""
    text, conflicts = _lines(base, ours, theirs)
    return text, conflicts if _root(text, path) is not None else ("the file",)


def _lines(base: str, ours: str, theirs: str) -> tuple[str, tuple[str, ...]]:
    """Both sides' lines, or both between marks where they changed the same ones."""
    first, second = sorted((ours, theirs))
    lines = replay(base, first, second)
    return (_marked(ours, theirs), ("the file",)) if lines is None else (lines, ())


def _marked(ours: str, theirs: str) -> str:
    """Both texts in one: where they differ both stand, between marks."""
    newline = "\r\n" if "\r\n" in ours else "\n"
    mine, other = (text.splitlines(keepends=True) for text in (ours, theirs))
    parts: list[str] = []
    for tag, start, end, begin, stop in SequenceMatcher(
        None, mine, other, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            parts += mine[start:end]
            continue
        parts.append(_both(mine[start:end], other[begin:stop], newline))
    return "".join(parts)


def _both(ours: list[str], theirs: list[str], newline: str) -> str:
    parts = [OURS, newline, *_ended(ours, newline), BETWEEN, newline]
    return "".join([*parts, *_ended(theirs, newline), THEIRS, newline])


def _ended(lines: list[str], newline: str) -> list[str]:
    if lines and not lines[-1].endswith(("\n", "\r")):
        return [*lines[:-1], lines[-1] + newline]
    return lines


def _text(data: bytes, path: str) -> str | None:
    decoded = decode(data, path)
    return None if isinstance(decoded, Problem) else decoded.text


def _with_newline(text: str, newline: str) -> str:
    plain_text = text.replace("\r\n", "\n")
    return plain_text if newline == "\n" else plain_text.replace("\n", newline)


def _root(text: str, path: str) -> Mapping | None:
    """What a text says; a blank one says nothing, and that is no fault."""
    if not text.strip():
        return Mapping()
    root, problems = compose(text, path)
    if root is None and problems and all(problem.code == "empty" for problem in problems):
        return Mapping()
    return root
