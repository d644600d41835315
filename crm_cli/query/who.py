"""Resolve WHO: a customer by id, e-mail, phone or name; an item by the start of its id."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from unicodedata import normalize

from crm_cli.index.plan import plan_of
from crm_cli.model.address import ADDRESS
from crm_cli.model.business import Business
from crm_cli.model.contacts import EMAIL, PHONE
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import Ambiguous, NotFound, UsageError
from crm_cli.model.ids import item_prefix
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import BY_LETTER, single_place
from crm_cli.model.phones import e164, looks_like_phone
from crm_cli.model.text import fold, nearest, tokens, words
from crm_cli.query.database import Database
from crm_cli.query.lookups import LAST
from crm_cli.query.owners import of_customer
from crm_cli.query.scope import Scope
from crm_cli.query.signs import is_signed

_NAME = plan_of(CUSTOMER).fields["name"].words
_EMAIL = plan_of(EMAIL).fields["value"].words

Stage = Callable[[Database, str, Business], list[str]]
Tells = Callable[[Kind, str], bool]
"""Whether a field of a kind may be asked about."""


def _all_told(kind: Kind, key: str) -> bool:
    return True


def resolve(
    database: Database,
    text: str,
    business: Business,
    *,
    strict: bool = False,
    tells: Tells = _all_told,
) -> str:
    """The id of the one customer that a text means.

    Id, then one that they had, then e-mail or phone in any spelling, then the exact name, then a
    prefix of the id, then of the name's words: the first stage with a hit decides. `strict`
    takes no prefix and no folding of the name, since what is unique today is
    another person's tomorrow. No field decides, or is shown, that is not told. Raises Ambiguous
    with the candidates, NotFound with the nearest names.
    """
    wanted = text.strip()
    if not wanted:
        raise UsageError("no customer is named", "write an id, e-mail, phone or name")
    for stage in _SURE if strict else _ALL:
        if stage in _FIELDS and not tells(*_FIELDS[stage]):
            continue
        found = list(dict.fromkeys(stage(database, wanted, business)))
        if len(found) == 1:
            return found[0]
        if found:
            raise Ambiguous(
                f"'{text}' can be any of {len(found)} customers",
                "say which by its id",
                candidates=_labelled(database, found, tells),
            )
    raise _nobody(database, text, business, strict, tells)


def holders(database: Database, key: str, text: str, business: Business) -> list[str]:
    """The ids of those who have an e-mail or a phone; `key` is `emails` or `phones`."""
    stage = _by_email if key == "emails" else _by_phone
    return list(dict.fromkeys(stage(database, text.strip(), business)))


def namesakes(database: Database, name: str) -> list[str]:
    """The ids of those who have a name, whatever its case."""
    return _by_name(database, name, Business())


def called(database: Database, start: str, most: int) -> list[tuple[str, str | None]]:
    """(id, name) of the customers whose id, or a word of whose name, begins so, by id."""
    parameter = database.dialect.parameter
    test = database.dialect.starts("id", parameter("id"))
    parameters: dict[str, str | int] = {"id": start.lower(), "most": most}
    if wanted := words(start).rstrip(" "):
        test += f" OR {database.dialect.contains(database.dialect.name(_NAME), parameter('word'))}"
        parameters["word"] = wanted
    sql = f"SELECT id, name FROM customer WHERE {test} ORDER BY id LIMIT {parameter('most')}"
    return [(str(id), name) for id, name in database.rows(sql, parameters)]


def is_term(text: str, scope: Scope) -> bool:
    """Whether an argument of WHO… is a query term, and not somebody's id, address or name."""
    if text[:1] == "@" or re.match(r"\+[^\W\d_]|[-!]+\w*:", text):
        return True
    head = re.match(r"([^\W\d_][\w.@/-]*):", text)
    if head is None:
        return is_signed(text, scope)
    return head[1].lower() not in ("tel", "mailto", "http", "https")


def named_and_terms(words: Iterable[str], scope: Scope) -> tuple[list[str], list[str]]:
    """The words of WHO… that name somebody or an item, and those that are query terms.

    Those named are united, and terms beside them choose among them.
    """
    named: list[str] = []
    terms: list[str] = []
    for word in words:
        (terms if is_term(word, scope) else named).append(word)
    return named, terms


def resolve_item(
    database: Database, text: str, kind: Kind | None = None, *, tells: Tells = _all_told
) -> tuple[str, str]:
    """(customer's id, item's id) of the one item whose id begins so, with or without `t-`.

    Raises NotFound, and Ambiguous with the candidates.
    """
    wanted = text.strip()
    kinds = [one for one in BY_LETTER.values() if of_customer(one) and kind in (None, one)]
    found = list(_items(database, kinds, "=", wanted, tells))
    prefix = item_prefix(wanted)
    if not found and prefix:
        if prefix[1:2] == "-":
            named = BY_LETTER.get(prefix[0])
            kinds = [named] if named in kinds and named is not None else []
        found = list(_items(database, kinds, "LIKE", prefix, tells))
    if len({(customer, item) for customer, item, _ in found}) == 1:
        return found[0][0], found[0][1]
    what = kind.name if kind is not None else "item"
    if not found:
        lists = f"crm {kind.name} list shows them" if kind is not None else ""
        raise NotFound(f"there is no {what} '{text}'", lists)
    labels = tuple((item, f"{title or ''} ({customer})".strip()) for customer, item, title in found)
    message = f"'{text}' is a prefix of {len(found)} ids"
    raise Ambiguous(message, "write a longer prefix", candidates=labels)


def _items(
    database: Database, kinds: Iterable[Kind], how: str, wanted: str, tells: Tells
) -> Iterator[tuple[str, str, str]]:
    for kind in kinds:
        start = wanted if how == "=" or wanted[1:2] == "-" else f"{kind.letter}-{wanted}"
        end = start if how == "=" else start + LAST
        name, parameter = database.dialect.name, database.dialect.parameter
        place = single_place(kind)
        join = "JOIN" if place is None else "LEFT JOIN"
        own = "" if place is None else database.dialect.literal(place.path)
        owner = f"COALESCE(c.id, {own})" if own else "c.id"
        title = f"i.{name(kind.title)}" if tells(kind, kind.title) else "''"
        yield from database.rows(
            f"SELECT {owner}, i.id, {title} FROM {name(kind.name)} i"
            f" {join} customer c ON c.pk = i.customer"
            f" WHERE i.id >= {parameter('start')} AND i.id <= {parameter('end')}"
            " ORDER BY i.id, c.id LIMIT 20",
            {"start": start, "end": end},
        )


def _by_id(database: Database, text: str, business: Business) -> list[str]:
    return _ids(database, "id = {0} OR id = {1}", text, text.lower())


def _by_former_id(database: Database, text: str, business: Business) -> list[str]:
    """Those who had the id before: of records that were merged, and of other systems."""
    column = database.dialect.name(plan_of(CUSTOMER).fields["formerly"].value)
    break_ = database.dialect.line_break
    held = database.dialect.contains(f"{break_} || {column} || {break_}", "{0}")
    return _ids(database, f"{column} IS NOT NULL AND {held}", f"\n{text}\n")


def _by_email(database: Database, text: str, business: Business) -> list[str]:
    """Those who have the address themselves, else those with a contact who has it."""
    if "@" not in text:
        return []
    address = text.removeprefix("mailto:").casefold()
    rows = database.rows(
        "SELECT c.id, e.parent, e.value FROM email e JOIN customer c ON c.pk = e.customer"
        f" WHERE e.{database.dialect.name(_EMAIL)} = {database.dialect.parameter('words')}"
        " ORDER BY c.id",
        {"words": words(address)},
    )
    return _own([(id, parent) for id, parent, value in rows if value.casefold() == address])


def _by_phone(database: Database, text: str, business: Business) -> list[str]:
    """By the international form; without a country, by the same digits."""
    if not looks_like_phone(text):
        return []
    source = "FROM phone p JOIN customer c ON c.pk = p.customer"
    same = f"p.e164 = {database.dialect.parameter('number')}"
    sql = f"SELECT c.id, p.parent {source} WHERE {same} ORDER BY c.id"
    if text[:1] == "+" and (rows := database.rows(sql, {"number": f"+{_digits(text)}"})):
        return _own(rows)  # it is known as it stands: no tables of countries need loading
    number = e164(text, business.country or None)
    if number is not None:
        return _own(database.rows(sql, {"number": number}))
    digits = _digits(text)
    rows = database.rows(f"SELECT c.id, p.parent, p.value {source} ORDER BY c.id")
    return _own([(id, parent) for id, parent, value in rows if _digits(value or "") == digits])


def _own(rows: list[tuple[str, int | None]]) -> list[str]:
    return [id for id, parent in rows if parent is None] or [id for id, _ in rows]


def _by_name(database: Database, text: str, business: Business) -> list[str]:
    wanted = _spelled(text)
    same = f"{database.dialect.name(_NAME)} = {database.dialect.parameter('words')}"
    sql = f"SELECT id, name FROM customer WHERE {same} ORDER BY id"
    rows = database.rows(sql, {"words": words(text)})
    return [id for id, name in rows if _spelled(name) == wanted]


def _by_folded_name(database: Database, text: str, business: Business) -> list[str]:
    sought = words(text)
    return _ids(database, f"{database.dialect.name(_NAME)} = {{0}}", sought) if sought else []


def _by_id_prefix(database: Database, text: str, business: Business) -> list[str]:
    start = text.lower()
    return _ids(database, "id >= {0} AND id <= {1}", start, start + LAST)


def _by_name_prefix(database: Database, text: str, business: Business) -> list[str]:
    parts = tokens(text)
    if not parts:
        return []
    contains, name = database.dialect.contains, database.dialect.name(_NAME)
    where = " AND ".join(contains(name, f"{{{place}}}") for place in range(len(parts)))
    return _ids(database, where, *(f" {part}" for part in parts))


_SURE: tuple[Stage, ...] = (_by_id, _by_former_id, _by_email, _by_phone, _by_name)
_ALL: tuple[Stage, ...] = (*_SURE, _by_folded_name, _by_id_prefix, _by_name_prefix)
_FIELDS: Mapping[Stage, tuple[Kind, str]] = {
    _by_email: (EMAIL, "value"),
    _by_phone: (PHONE, "value"),
    **dict.fromkeys((_by_name, _by_folded_name, _by_name_prefix), (CUSTOMER, "name")),
}
"""The fields that stages look in."""
_LABELS = {"name": (CUSTOMER, "name"), "city": (ADDRESS, "city"), "email": (EMAIL, "value"),
           "phone": (PHONE, "value")}  # fmt: skip


def _ids(database: Database, where: str, *values: str) -> list[str]:
    """The customers that meet a condition, in which `{0}` is the place of the first value."""
    parameters = {f"p{place}": value for place, value in enumerate(values)}
    condition = where.format(*map(database.dialect.parameter, parameters))
    return database.column(f"SELECT id FROM customer WHERE {condition} ORDER BY id", parameters)


def _spelled(name: str) -> str:
    """A name in one normal form, whatever its case and blanks."""
    return " ".join(normalize("NFC", name).casefold().split())


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _labelled(database: Database, ids: list[str], tells: Tells) -> tuple[tuple[str, str], ...]:
    """(id, what tells one from the others) of the first hundred."""
    labels = []
    shown = ", ".join(name for name, field in _LABELS.items() if tells(*field)) or "NULL"
    for id in ids[:100]:
        row = database.row(
            f"SELECT {shown} FROM customer"
            f" WHERE id = {database.dialect.parameter('id')}",
            {"id": id},
        )
        labels.append((id, ", ".join(part for part in row or () if part)))
    return tuple(labels)


def _nobody(
    database: Database, text: str, business: Business, strict: bool, tells: Tells
) -> NotFound:
    if strict:
        try:
            meant = resolve(database, text, business, tells=tells)
        except Ambiguous as error:
            ids = ", ".join(id for id, _ in error.candidates[:5])
            return NotFound(f"no customer is exactly '{text}'", f"write the id: {ids}")
        except NotFound as error:
            return error
        return NotFound(
            f"no customer is exactly '{text}'",
            f"{meant} may be the one: here only an id, e-mail, phone or whole name is accepted",
        )
    near = _near(database, text) if tells(CUSTOMER, "name") else []
    hint = f"did you mean {', '.join(near)}?" if near else ""
    if term := re.fullmatch(r"([^\W\d_][\w.-]*)(?::|==?)(\S+)", text):
        hint = f"crm list {term[1]}:{term[2]} lists customers by a field"
    return NotFound(f"there is no customer '{text}'", hint)


def _near(database: Database, text: str) -> list[str]:
    """The ids of those whose id or name is spelled nearly so."""
    rows = database.rows("SELECT id, name FROM customer ORDER BY id")
    by_text: dict[str, str] = {}
    first = fold(text)[:1]
    for id, name in rows:
        # Whoever mistypes a name seldom mistypes its first letter; all of 100,000 take seconds.
        for spelled in (id, name or "", *(name or "").split()):
            if len(rows) <= 2000 or fold(spelled[:1]) == first:
                by_text.setdefault(spelled, id)
    return list(dict.fromkeys(by_text[found] for found in nearest(text, by_text)))
