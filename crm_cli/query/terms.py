"""Parser of terse terms, one per argument.

Terms are ANDed, so adding one never widens an answer; nothing is ever read as "match
all". Each rule of reading is a function, tried in the order in which they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crm_cli.model.errors import NotFound
from crm_cli.model.kind import Kind, normal
from crm_cli.model.kinds import single_paths
from crm_cli.model.places import DESK, is_desk
from crm_cli.model.text import a_or_an, did_you_mean, tokens
from crm_cli.query.ast import (
    And,
    Belongs,
    Compare,
    Has,
    How,
    Node,
    Not,
    Op,
    Operand,
    Or,
    Quantified,
    Segment,
    Word,
)
from crm_cli.query.expressed import refuse_expression
from crm_cli.query.fault import Fault, QueryError, Span, Unknown
from crm_cli.query.fields import collection, resolve, resolves_near
from crm_cli.query.grammar import (
    OPS,
    as_state,
    check_op,
    compared,
    find_present,
    find_segment,
    find_state,
    no_collection,
    read_asked,
)
from crm_cli.query.lexer import conditions, read_piece
from crm_cli.query.own_fields import referred
from crm_cli.query.owners import of_customer, record_of, states
from crm_cli.query.scope import Scope
from crm_cli.query.signs import refuse_sign
from crm_cli.query.values import read_value, read_values
from crm_cli.query.windows import windowed


def parse_terms(args: Sequence[str], scope: Scope) -> Node:
    """The condition that terms spell; without any, every record.

    Raises QueryError with each faulty term marked.
    """
    parts: list[Node] = []
    faults: list[Fault] = []
    for text in args:
        try:
            parts.append(_term(text, scope))
        except Fault as fault:
            faults.append(fault)
    if faults:
        raise QueryError(faults)
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _term(text: str, scope: Scope) -> Node:
    """Rule 1: `not:`, then the rest."""
    return _negated(text, 0, len(text), scope, scope.base, whole=True)


def _negated(text: str, start: int, end: int, scope: Scope, kind: Kind, *, whole: bool) -> Node:
    begin = start
    negative = False
    while text[start : start + 4].lower() == "not:":
        negative = not negative
        start += 4
    span = Span(text, start, end)
    if not text[start:end].strip():
        raise Fault(
            "the term is empty",
            "write a term such as city:Koper, +vip or a word; an unset variable leaves none",
            Span(text, begin, end) if begin < end else span,
        )
    read = _atom if whole else _condition
    node = read(text, start, end, scope, kind)
    return Not(node, Span(text, begin, end)) if negative else node


def _atom(text: str, start: int, end: int, scope: Scope, kind: Kind) -> Node:
    """Rules 2 to 7, in their order."""
    rest = text[start:end]
    span = Span(text, start, end)
    if re.match(r"[-!]+(?:[^\W\d_]|[+@])", rest):
        bare = rest.lstrip("-!")
        raise Fault(f"'{rest}' begins like an option", f"write not:{bare} to negate", span)
    if rest[0] == "@":
        return _segment(text, start, end, scope)
    if rest[0] == "+" and not rest[1:2].isdigit():
        return _tag(text, start, end, scope)
    if rest[0] == "+" or rest[0] == '"':
        return _word(text, start, end)
    if (listed := _listed(text, start, end, scope, kind)) is not None:
        return listed
    if (sub := _sub(text, start, end, scope, kind)) is not None:
        return sub
    refuse_expression(text, start, end, scope)
    refuse_sign(text, start, end, scope, kind)
    head, colon, value = rest.partition(":")
    if not colon or not head[:1].isalpha():
        return _word(text, start, end)
    if head.lower() in ("http", "https") and value.startswith("//"):
        return _word(text, start, end)
    return _field(text, start, end, scope, kind)


def _segment(text: str, start: int, end: int, scope: Scope) -> Node:
    """Rule 2: `@SEGMENT`."""
    rest = text[start:end]
    if not re.fullmatch(r"@[a-z0-9_-]+", rest):
        raise Fault(
            f"'{rest}' is not a segment's name",
            f"names are of a-z, 0-9, - and _; for an e-mail's domain write email.ends:{rest}",
            Span(text, start, end),
        )
    if not of_customer(scope.base):
        raise Fault("segments are of customers", "use fields instead", Span(text, start, end))
    name = find_segment(rest[1:], scope, Span(text, start, end))
    return Segment(name, Span(text, start, end))


def _tag(text: str, start: int, end: int, scope: Scope) -> Node:
    """Rule 3: `+TAG`; on items that of the record that they stand in."""
    span = Span(text, start, end)
    if not text[start + 1 : start + 2].isalpha():
        raise Fault("a + begins a tag or a phone number", "write +vip or tag:2026", span)
    record = record_of(scope.base)
    try:
        ref = resolve(f"{record.name}/tag" if record is not None else "tag", scope.base)
    except Unknown as error:
        raise Fault(f"{a_or_an(scope.base.name)} has no tags", error.hint, span) from None
    piece = read_piece(text, start + 1, end)
    return Compare(ref, Op.EQ, tuple(read_values(piece, ref, Op.EQ, scope)), span)


def _listed(text: str, start: int, end: int, scope: Scope, kind: Kind) -> Node | None:
    """Rule 4: `has:`, `no:`, `is:`; `no:a,b` has neither."""
    match = re.match(r"(has|no|is):", text[start:end], re.IGNORECASE)
    if match is None:
        return None
    word = match[1].lower()
    read = _state if word == "is" else _present
    piece = read_piece(text, start + match.end(), end)
    parts = [read(part.chars.strip(), part.span, scope, kind) for part in piece.split(",")]
    span = Span(text, start, end)
    node = parts[0] if len(parts) == 1 else Or(tuple(parts), span)
    return Not(node, span) if word == "no" else node


def _state(name: str, span: Span, scope: Scope, kind: Kind) -> Node:
    if not name:
        raise Fault("is: needs a name", f"one of {', '.join(states(kind))}", span)
    return find_state(name, span, scope, kind)


def _present(name: str, span: Span, scope: Scope, kind: Kind) -> Node:
    if not name:
        raise Fault("has: and no: need a name", "such as has:email or no:phone", span)
    return Has(find_present(name, span, scope, kind), span)


def _sub(text: str, start: int, end: int, scope: Scope, kind: Kind) -> Node | None:
    """Rule 5: a collection, `/`, and conditions on the same item of it."""
    match = re.match(r"([^\W\d_][\w-]*)(?:\.(\w+))?/", text[start:end])
    if match is None:
        return None
    name, how = match[1], match[2] or "any"
    span = Span(text, start, start + match.end() - 1)
    body = start + match.end()
    found = collection(name, kind)
    if found is None:
        if not re.match(r"(?:not:)*[^\W\d_][\w.-]*(?:@[^:/]*)?:(?!//)", text[body:end]):
            return None
        if normal(name) == "customer":
            return None
        error = no_collection(name, kind)
        raise Fault(error.message, error.hint, span)
    if how not in ("any", "all", "none"):
        raise Fault(
            f"'{how}' cannot follow {found.name}",
            f"write {name}/, {name}.all/ or {name}.none/",
            span,
        )
    if found.kind.name == "customer" and how == "any":
        return _of_customer(text, start, body, end, scope, kind)
    parts = [
        _negated(text, begin, stop, scope, found.kind, whole=False)
        for begin, stop in conditions(text, body, lambda head: _is_field(head, found.kind, scope))
    ]
    condition = parts[0] if len(parts) == 1 else And(tuple(parts), Span(text, body, end))
    return Quantified(How(how), found, condition, Span(text, start, end))


def _of_customer(text: str, start: int, body: int, end: int, scope: Scope, kind: Kind) -> Node:
    """`customer/F:v`: conditions on the customer, whatever the item has itself."""
    found = collection("customer", kind)
    assert found is not None
    parts = [
        _negated(text, begin, stop, scope, found.kind, whole=False)
        for begin, stop in conditions(text, body, lambda head: _is_field(head, found.kind, scope))
    ]
    condition = parts[0] if len(parts) == 1 else And(tuple(parts), Span(text, body, end))
    if not found.steps:
        return condition
    return Quantified(How.ANY, found, condition, Span(text, start, end))


def _is_field(head: str, kind: Kind, scope: Scope) -> bool:
    name, dot, op = head.rpartition(".")
    if head.lower() in ("has", "no", "is"):
        return True
    return resolves_near(name if dot and op in OPS else head, kind, scope.extra_keys)


def _condition(text: str, start: int, end: int, scope: Scope, kind: Kind) -> Node:
    """A condition on an item: a field, `has:`, `no:` or `is:`."""
    listed = _listed(text, start, end, scope, kind)
    if listed is not None:
        return listed
    refuse_sign(text, start, end, scope, kind)
    if ":" not in text[start:end]:
        raise Fault(
            f"'{text[start:end]}' is no condition on {a_or_an(kind.name)}",
            f"write FIELD:VALUE, for example {kind.title or 'notes'}:WORD",
            Span(text, start, end),
        )
    return _field(text, start, end, scope, kind)


def _field(text: str, start: int, end: int, scope: Scope, kind: Kind) -> Node:
    """Rule 6: `NAME[@PERIOD][.OP]:value,value`."""
    colon = text.index(":", start)
    head = text[start:colon]
    name, op_name = head, ""
    before, dot, last = head.rpartition(".")
    if dot and last.lower() in OPS:
        name, op_name = before, last.lower()
    if normal(name) == "customer" and of_customer(kind):
        return _belongs(text, start, colon + 1, end, scope, op_name)
    operand = _operand(text, start, name, scope, kind, dot=bool(dot) and not op_name)
    op = OPS.get(op_name, Op.EQ)
    check_op(op, op_name, operand, Span(text, start + len(name), colon))
    piece = read_piece(text, colon + 1, end)
    if colon + 1 == end:
        raise Fault(
            f"{head}: has no value",
            f"write one after the colon; no:{name} finds missing values",
            Span(text, start, end),
        )
    span = Span(text, start, end)
    parts = piece.split(",")
    if any(as_state(part.chars, operand, op, scope, span) for part in parts):
        each = [
            as_state(part.chars, operand, op, scope, part.span)
            or compared(operand, op, [read_value(part.stripped(), operand, op, scope)], part.span)
            for part in parts
        ]
        return And(tuple(each), span) if op is Op.NE else Or(tuple(each), span)
    return compared(operand, op, read_values(piece, operand, op, scope), span)


def _operand(text: str, start: int, name: str, scope: Scope, kind: Kind, *, dot: bool) -> Operand:
    bare, at, period = name.partition("@")
    span = Span(text, start, start + len(name))
    try:
        if not at:
            return resolve(name, kind, scope.extra_keys)
        return windowed(bare, kind, read_asked(period, scope, span))
    except Unknown as error:
        hint = error.hint
        before, _, last = name.rpartition(".")
        if dot and before and not at:
            near = did_you_mean(last, OPS)
            try:
                outer = resolve(before, kind, scope.extra_keys)
            except Unknown:
                outer = None
            if outer is not None and referred(outer.type) is None:
                raise Fault(
                    f"there is no operator '{last}'",
                    f"{near} known: {', '.join(OPS)}".strip(),
                    Span(text, start + len(before) + 1, start + len(name)),
                ) from None
        raise Fault(error.message, hint, span) from None


def _belongs(text: str, start: int, value: int, end: int, scope: Scope, op: str) -> Node:
    """`customer:WHO`: one customer, or their items; `customer:desk.yaml` are those of the desk."""
    span = Span(text, start, end)
    if op not in ("", "is", "not"):
        raise Fault(
            f"customer has no operator .{op}", "write customer:WHO, or customer/FIELD:VALUE", span
        )
    ids: list[str] = []
    for part in read_piece(text, value, end).split(","):
        who = part.chars.strip()
        if not who:
            raise Fault("no customer is named here", "write customer:WHO", span)
        ids.append(_owner(who, scope))
    node = Belongs(tuple(ids), span)
    return Not(node, span) if op == "not" else node


def _owner(who: str, scope: Scope) -> str:
    """The id of whom a WHO means; `desk` is the desk unless it is a customer's."""
    if who in single_paths() or not scope.who:
        return who
    try:
        return scope.who(who)
    except NotFound:
        if is_desk(who):
            return DESK.path
        raise


def _word(text: str, start: int, end: int) -> Node:
    """Rule 7: a word anywhere in the text."""
    piece = read_piece(text, start, end)
    span = Span(text, start, end)
    if not tokens(piece.chars):
        raise Fault(
            f"'{text[start:end]}' has no letter or digit to search for",
            "write a word; FIELD.has:TEXT also matches punctuation",
            span,
        )
    return Word(piece.chars, span)
