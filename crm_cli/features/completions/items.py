"""Items as completion offers them: those that a verb can mean, each with what people call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from crm_cli.model.errors import CrmError
from crm_cli.model.kind import Kind, Move
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.money import format_amount, from_minor
from crm_cli.query.offered import in_states, known_by_number
from crm_cli.workspace import Workspace

_OWED = "amount_due"


class _Asked(dict[str, Any]):
    """What is derived of a probe's item."""

    def __init__(self, probe: _Probe) -> None:
        super().__init__()
        self._probe = probe

    def __missing__(self, key: str) -> Any:
        return self._probe.get(key)

    def get(self, key: str, default: Any = None) -> Any:
        """The value, as an item's own."""
        return self._probe.get(key, default)


class _Probe:
    """Stands for an item: it has the values of a row, and notes which ones are asked for."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.asked: list[str] = []
        self.derived = _Asked(self)

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a field."""
        self.asked.append(key)
        value = self.values.get(key)
        return default if value is None else value


def movable(
    workspace: Workspace, kind: Kind, verb: str, prefix: str, most: int
) -> Iterator[str]:
    """`id<TAB>title, customer` of the items that a verb of the kind can be about.

    These are the open ones, where the kind knows such, and those in the states that a move
    starts from; of all other verbs all items.
    """
    move = next((one for one in kind.moves if one.name == verb), None)
    among = (move.among if move is not None and move.among else None) or (
        None if move is not None and move.of else kind.live
    )
    keys = _asked_by(among) if among is not None else []
    quick = _in_states(workspace, kind, move, among, keys, prefix, most)
    if quick is not None:
        for id, title, name in quick:
            yield from _told(id, title, name)
        return
    # Loaded only here: with a query comes what compiles it.
    from crm_cli.query.lexer import quoted

    terms = [f"id.starts:{quoted(prefix)}"] if prefix else []
    state = kind.due.state if kind.due is not None and (move is None or not move.among) else ""
    if state and among is not None:
        terms.append(f"is:{state}")  # The index knows these; what it finds is looked at below.
    if move is not None and move.of:
        field = next(iter(move.sets), "")
        terms += [f"{field}.is:{','.join(map(quoted, move.of))}"] if field else []
    names = [kind.title or "id", "customer.name", *keys]
    try:
        answer = workspace.select(
            kind, terms, cols=["id", *names], everything=True,
            limit=most if state or among is None else None,
        )  # fmt: skip
    except CrmError:
        return
    for id, title, name, *values in answer.rows:
        row = dict(zip(keys, values, strict=True))
        if among is None or among(_Probe(row)):
            yield from _told(str(id), title, name)


def _in_states(
    workspace: Workspace,
    kind: Kind,
    move: Move | None,
    among: Callable[[Any], bool] | None,
    keys: Sequence[str],
    prefix: str,
    most: int,
) -> list[tuple[str, str | None, str | None]] | None:
    """The same by what the index keeps, without a query; None where that does not suffice."""
    field = next(iter(move.sets), "") if move is not None and move.of else ""

    def fits(values: Mapping[str, Any]) -> bool:
        if field:
            value = values[field]
            default = kind.by_key[field].default
            if move is not None and (default if value is None else value) not in move.of:
                return False
        return among is None or among(_Probe(values))

    asked = list(dict.fromkeys((*keys, *([field] if field else []))))
    return in_states(workspace.database, kind, asked, fits, prefix, most)


def _asked_by(among: Callable[[Any], bool]) -> list[str]:
    """The fields that a condition on items looks at."""
    probe = _Probe({})
    with suppress(Exception):  # What it makes of missing values does not matter here.
        among(probe)
    return list(dict.fromkeys(probe.asked))


def _told(word: str, *what: Any) -> Iterator[str]:
    """The word with what it is; nothing where it has an invisible character, such as a tab,
    after which the rest would be taken for what it is."""
    if not word.isprintable():
        return
    said = ", ".join(" ".join(str(part).split()) for part in what if part)
    yield f"{word}\t{said}".rstrip()


def numbered(
    workspace: Workspace, kinds: Sequence[str], prefix: str, most: int, *, owed: bool
) -> Iterator[str]:
    """`number<TAB>customer, amount` of items that people know by a number, the latest first;
    only those on which something is `owed`, if that is asked."""
    for name in kinds:
        kind = BY_NAME[name]
        derived = {one.key for one in kind.derived}
        due = owed and _OWED in derived
        amount = _OWED if due else "gross" if "gross" in derived else ""
        rows = known_by_number(workspace.database, kind, amount, prefix, most, owed=due)
        for number, customer, worth, of in rows:
            said = ""
            if worth is not None:
                currency = of or workspace.business.currency
                said = f"{format_amount(from_minor(worth, currency), currency)} {currency}"
                said += " due" if due else ""
            yield from _told(number, customer, said)
