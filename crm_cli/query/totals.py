"""What is reckoned of a group's rows: `count`, `sum:spend`, `median:net`, `share:net`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crm_cli.model.errors import UsageError
from crm_cli.model.fieldtypes import Date, Integer, Number, Storage
from crm_cli.model.kind import normal
from crm_cli.model.text import a_or_an
from crm_cli.query import dialect
from crm_cli.query.columns import Selected, column, split_alias
from crm_cli.query.compile import Compiler
from crm_cli.query.keys import plain
from crm_cli.query.values import DATES, NUMBERS

FUNCTIONS = ("count", "sum", "avg", "min", "max", "median", "share")


class Share(Number):
    """A part of the whole, to four decimals."""

    name = "share"


_COUNT, _NUMBER, _SHARE = Integer(), Number(), Share()
_ASKED = re.compile(rf"({'|'.join(FUNCTIONS)})\s*(?::\s*(.+)|\(\s*(.*?)\s*\))", re.S)
_NAMED = re.compile(
    rf"""("[^"]*"|'[^']*')|\b({"|".join(FUNCTIONS)})(?::([\w.@-]*\w)|\(\s*([\w.@-]+)\s*\))"""
    r"|\b(count|share)\b"
)
EXAMPLE = "count, sum:FIELD, avg:, min:, max:, median: or share:"


def total_key(text: str) -> str:
    """The column's key: `sum:last-purchase` and `sum(last-purchase)` are `sum_last_purchase`."""
    return re.sub(r"\W+", "_", normal(text)).strip("_")


def is_total(text: str) -> bool:
    """Whether a text is spelled like an aggregate of a group."""
    bare = split_alias(text)[0]
    if bare in ("count", "share"):
        return True
    found = _ASKED.fullmatch(bare)
    return found is not None and (found[2] is not None or " " not in bare)


def mentioned(expression: str) -> tuple[str, list[str]]:
    """A `--having` with keys in place of `sum:spend` and `sum(spend)`, and what those were."""
    asked: list[str] = []

    def key(found: re.Match[str]) -> str:
        if found[1]:
            return found[0]
        if found[5]:
            asked.append(found[5])
            return found[5]
        text = f"{found[2]}:{found[3] or found[4]}"
        asked.append(text)
        return total_key(text)

    return _NAMED.sub(key, expression), asked


def totals(texts: Sequence[str], compiler: Compiler, whole: Sequence[int | float | None] = ()
           ) -> list[Selected]:  # fmt: skip
    """The columns; `whole` are the sums over all rows that shares are of, in turn."""
    found: list[Selected] = []
    shares = iter(whole)
    for text in texts:
        shared = next(shares, None) if is_share(text) else None
        found.append(_total(text, compiler, shared))
    keys = [part.column.key for part in found]
    for key in keys:
        if keys.count(key) > 1:
            raise UsageError(f"{key} is given twice", "name one with: sum:spend as NAME")
    return found


def is_share(text: str) -> bool:
    """Whether it is a part of the whole."""
    return bool(re.match(r"share\b", text.strip()))


def _total(text: str, compiler: Compiler, whole: int | float | None) -> Selected:
    bare, alias = split_alias(text)
    key = alias or total_key(bare)
    if bare == "count":
        return plain(key, _COUNT, "COUNT(*)")
    if bare == "share":
        return plain(key, _SHARE, _part("COUNT(*)", whole, compiler))
    found = _ASKED.fullmatch(bare)
    if found is None or not (found[2] or found[3]):
        raise UsageError(f"'{text}' is no aggregate", f"write {EXAMPLE}")
    function, selected = found[1], column((found[2] or found[3]).strip(), compiler)
    return _reckoned(key, function, selected, whole, compiler)


def _reckoned(
    key: str, function: str, selected: Selected, whole: int | float | None, compiler: Compiler
) -> Selected:
    type, sql = selected.column.type, selected.order[0]
    storage, money = type.storage, type.storage is Storage.MONEY
    if function == "count":
        return plain(key, _COUNT, f"COUNT({selected.sql})")
    if storage not in NUMBERS and (function not in ("min", "max") or storage not in DATES):
        wanted = "numbers or dates" if function in ("min", "max") else "numbers"
        raise UsageError(
            f"{selected.column.key} is {a_or_an(type.name)}",
            f"{function} takes {wanted}, count anything",
        )
    if function == "share":
        return plain(key, _SHARE, _part(f"SUM({sql})", whole, compiler))
    if function == "sum":
        return plain(key, type, f"COALESCE(SUM({sql}), 0)", base=money)
    if function in ("min", "max"):
        kept = Date() if storage is Storage.MOMENT else type
        return plain(key, kept, f"{function.upper()}({sql})", base=money)
    mean = f"AVG({sql})" if function == "avg" else dialect.median(sql)
    if money:
        return plain(key, type, dialect.whole(mean), base=True)
    return plain(key, _NUMBER, mean)


def _part(sql: str, whole: int | float | None, compiler: Compiler) -> str:
    """A part of the whole to four decimals; missing where the whole is nothing."""
    if not whole:
        return "NULL"
    return f"ROUND(1.0 * COALESCE({sql}, 0) / {compiler.frame.bind(whole)}, 4)"
