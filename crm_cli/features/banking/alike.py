"""Lines of a statement that are here already from another file, in other words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from crm_cli.formats.bank.statement import StatementLine
from crm_cli.model.bank import BANK_LINE
from crm_cli.model.matching import Match
from crm_cli.model.names import folded_name
from crm_cli.workspace import Workspace

ALIKE = "looks like "
"""How the reason of a line begins that may be here already."""
_DIGEST = re.compile(r"[0-9a-f]{20}")
_RUN = re.compile(r"[^\W_]+")
_DIFFERS, _MAYBE, _SAME = range(3)


class KeptLine(NamedTuple):
    """A line that is here; `known` is the bank's reference, or a digest of what it says."""

    id: str
    account: str
    known: str
    day: date | None
    amount: Decimal
    currency: str
    name: str
    iban: str
    text: str


class Found(NamedTuple):
    """What of the lines of a file is new, in their order, and what is here by other words.

    `doubts` are the ids of kept lines that new ones may be, by the places of the new ones.
    """

    fresh: list[tuple[StatementLine, str]]
    here: list[tuple[StatementLine, str]]
    doubts: dict[int, str]


def kept_lines(workspace: Workspace) -> list[KeptLine]:
    """All lines that are here."""
    cols = (
        "id", "bank_statement.account", "external_id", "date", "amount", "currency", "name", "iban",
        "text",
    )  # fmt: skip
    base = workspace.business.currency
    return [
        KeptLine(str(id), str(account or ""), str(known), day, amount, str(currency or base),
                 *(str(text or "") for text in texts))
        for id, account, known, day, amount, currency, *texts in workspace.select(
            BANK_LINE, cols=cols, ordered=False
        ).rows
    ]  # fmt: skip


def sift(lines: Sequence[tuple[StatementLine, str]], kept: Sequence[KeptLine]) -> Found:
    """Lines that are not known by what they are called, compared with kept ones, each once.

    The same account (or one that a file does not tell), day, amount, payer and text is the same
    line. Where a part of that is missing, or two references of the bank differ, it may be.
    """
    by_sum: dict[tuple[date | None, Decimal, str], list[KeptLine]] = {}
    for one in kept:
        by_sum.setdefault((one.day, one.amount, one.currency), []).append(one)
    here: dict[int, str] = {}
    doubts: dict[int, str] = {}
    for wanted, found in ((_SAME, here), (_MAYBE, doubts)):
        for place, (line, known) in enumerate(lines):
            if place in here:
                continue
            among = by_sum.get((line.day, line.amount, line.currency), [])
            for position, one in enumerate(among):
                if likeness(line, known, one) == wanted:
                    found[place] = one.id
                    del among[position]
                    break
    left = [place for place in range(len(lines)) if place not in here]
    return Found(
        [lines[place] for place in left],
        [(lines[place][0], id) for place, id in sorted(here.items())],
        {at: doubts[place] for at, place in enumerate(left) if place in doubts},
    )


def likeness(line: StatementLine, known: str, kept: KeptLine) -> int:
    """Whether a line of the same day and sum is one that is kept: 2 yes, 1 maybe, 0 no."""
    if line.account and kept.account and line.account.upper() != kept.account.upper():
        return _DIFFERS
    payer = _payer(line, kept)
    text = _compared(_joined(line.text), _joined(kept.text))
    if payer == _DIFFERS or (payer == _MAYBE and text == _DIFFERS):
        return _DIFFERS
    sure = payer == _SAME and text == _SAME
    if _DIGEST.fullmatch(known) or _DIGEST.fullmatch(kept.known):
        return _SAME if sure else _MAYBE
    # The bank calls both by references: of one account they are two, unless all they say is equal.
    return _MAYBE if sure or bool(line.account) != bool(kept.account) else _DIFFERS


def _payer(line: StatementLine, kept: KeptLine) -> int:
    if line.iban and kept.iban:
        return _SAME if line.iban.upper() == kept.iban.upper() else _DIFFERS
    names = folded_name(line.name), folded_name(kept.name)
    if all(names) and (set(names[0].split()) <= set(names[1].split())
                       or set(names[1].split()) <= set(names[0].split())):  # fmt: skip
        return _SAME if names[0] == names[1] else _MAYBE
    return _compared(_joined(line.name), _joined(kept.name))


def _compared(one: str, other: str) -> int:
    if one == other and one:
        return _SAME
    return _MAYBE if one in other or other in one else _DIFFERS


def _joined(text: str) -> str:
    """A text without case, accents, spaces and signs, since banks break lines within words."""
    from crm_cli.model.text import fold

    return "".join(_RUN.findall(fold(text)))


def doubted(reason: str) -> Match | None:
    """What a line is taken for whose kept reason says that it may be here already."""
    if not reason.startswith(ALIKE):
        return None
    return Match(reason, candidates=(reason[len(ALIKE) :].split(",")[0],))
