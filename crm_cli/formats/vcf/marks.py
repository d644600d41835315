"""What a card said when it was written, in short: a mark for each field and item of a list.

An item has two: of what makes it this one, and of the rest, so that a number with another
label is not taken for another number. See `written_state`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crm_cli.formats.vcf.cards import Values
from crm_cli.formats.written_state import short
from crm_cli.model.business import Business
from crm_cli.model.phones import dialled

_ADDRESS = ("street", "city", "region", "postcode", "country")
_LONGEST = 20_000
_BY = "by"
"""Stands for the directory that wrote a card."""


def _phone(item: Values, country: str | None) -> str:
    return dialled(str(item.get("value", "")), country)


def _address(item: Values, country: str | None) -> str:
    return "\n".join(" ".join(str(item.get(key, "")).casefold().split()) for key in _ADDRESS)


def _all_of(*keys: str) -> Callable[[Values, str | None], str]:
    def text(item: Values, country: str | None) -> str:
        return "\n".join(str(item.get(key, "")).casefold() for key in keys)

    return text


LISTS: Mapping[str, Callable[[Values, str | None], str]] = {
    "emails": _all_of("value"),
    "phones": _phone,
    "urls": _all_of("value"),
    "social": _all_of("service", "value"),
    "addresses": _address,
    "anniversaries": _all_of("kind", "label", "date"),
    "relations": _all_of("to", "kind"),
    "tags": _all_of("value"),
    "organizations": _all_of(),
}
"""The lists of a card, with what makes an item of each this one. There is one organization."""
FIELDS = (
    "name", "given_name", "family_name", "nickname", "kind", "birth_date", "gender", "language",
    "time_zone", "photo", "notes",
)  # fmt: skip
"""The fields of a card that have one value."""


def identity(key: str, item: Values, business: Business) -> str:
    """The mark of what makes an item of a list this one."""
    return short(LISTS[key](item, business.country or None))


def rest(key: str, item: Values) -> str:
    """The mark of the rest of an item: its label; of an organization all of it."""
    if key in ("emails", "phones", "urls", "social", "addresses"):
        return short(item.get("label", ""))
    if key == "organizations":
        return short({part: str(text) for part, text in item.items()})
    return short("")


def marks_of(values: Values, business: Business) -> str:
    """The marks of all that a card says: `name=1f0a3c phones=90bb12.aa0041,…`."""
    said = [f"{_BY}={short(business.domain)}"]
    said += [f"{key}={short(values[key])}" for key in FIELDS if key in values]
    for key in LISTS:
        marks = [f"{identity(key, one, business)}.{rest(key, one)}" for one in values.get(key, ())]
        said += [f"{key}={','.join(marks)}"] if marks else []
    kept = values.get("vcard", ())
    return " ".join([*said, *([f"vcard={','.join(map(short, kept))}"] if kept else [])])


def read_marks(text: str) -> dict[str, str]:
    """The marks by field."""
    parts = (part.partition("=") for part in text[:_LONGEST].split())
    return {key: marks for key, sign, marks in parts if sign}


def item_marks(state: Mapping[str, str], key: str) -> dict[str, str]:
    """The marks of a list's items: those of the rest by those of what makes them these."""
    parts = (part.partition(".") for part in state.get(key, "").split(",") if part)
    return {mark: more for mark, _, more in parts}


def differs(values: Values, state: Mapping[str, str], business: Business) -> bool:
    """Whether a card says otherwise than when it was written here."""
    return read_marks(marks_of(values, business)) != dict(state)


def is_ours(state: Mapping[str, str], business: Business) -> bool:
    """Whether marks are of a card that this directory wrote."""
    return state.get(_BY) == short(business.domain)
