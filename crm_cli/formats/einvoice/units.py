"""Units of quantity as machines name them: UN/ECE Recommendations 20 and 21 (BT-130)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

USUAL = "C62"
"""The unit of a line without one: one."""
_KNOWN = {
    "one": "C62", "piece": "H87", "pieces": "H87", "pc": "H87", "pcs": "H87", "kos": "H87",
    "stk": "H87", "kg": "KGM", "g": "GRM", "mg": "MGM", "t": "TNE", "l": "LTR", "dl": "DLT",
    "cl": "CLT", "ml": "MLT", "hl": "HLT", "m": "MTR", "cm": "CMT", "mm": "MMT", "km": "KMT",
    "m2": "MTK", "m3": "MTQ", "ha": "HAR", "second": "SEC", "minute": "MIN", "min": "MIN",
    "hour": "HUR", "hours": "HUR", "h": "HUR", "day": "DAY", "days": "DAY", "week": "WEE",
    "month": "MON", "year": "ANN", "set": "SET", "pair": "PR", "dozen": "DZN", "kwh": "KWH",
    "box": "XBX", "bag": "XBG", "bottle": "XBO", "pack": "XPK", "package": "XPK", "carton": "XCT",
    "pallet": "XPX", "can": "XCA", "roll": "XRO", "sheet": "XST",
}  # fmt: skip


def unit_code(unit: str, own: Mapping[str, str]) -> str:
    """The code of a unit: of `units` in crm.yaml, else a known one; empty where there is none."""
    if not unit:
        return USUAL
    given = {key.casefold(): code for key, code in own.items()}
    code = given.get(unit.casefold(), "") or _KNOWN.get(unit.casefold(), "") or unit
    return code.upper() if code.upper() in codes() else ""


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """The codes that EN 16931 takes (BR-CL-23)."""
    text = (Path(__file__).parent / "units.txt").read_text(encoding="ascii")
    return frozenset(text.split())


def unit_of(code: str, own: Mapping[str, str]) -> str:
    """The unit that a code stands for, as `units` in crm.yaml has it, else as it is known; the
    code itself for others, and nothing for one."""
    if code in ("", USUAL):
        return ""
    given = {value.upper(): unit for unit, value in reversed([*own.items()])}
    known = {value: unit for unit, value in reversed([*_KNOWN.items()])}
    return given.get(code) or known.get(code) or code
