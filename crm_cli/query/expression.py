"""Parser of full expressions (`--where`), into the same tree as terms.

    or      = and {"or" and}
    and     = not {"and" not}
    not     = "not" not | part
    part    = "(" or ")" | "@"SEGMENT | ("any"|"all"|"none") "(" COLLECTION "," or ")"
            | "has" "(" NAME ")" | "is" "(" STATE ")" | "word" "(" TEXT ")" | compared
    compared = operand [ op value | op "(" value {"," value} ")" | ["not"] "in" "(" … ")"
             | "is" ["not"] "none" ]
    operand = NAME["@"PERIOD] | FUNCTION "(" COLLECTION["."FIELD] ["where" or] ["during" PERIOD] ")"
    op      = "=" "!=" "<" "<=" ">" ">=" "~" is has starts ends before after by over under

Missing values compare as false, also with `!=`.
"""

from __future__ import annotations

from crm_cli.model.kind import Kind, normal
from crm_cli.model.text import a_or_an
from crm_cli.query.ast import (
    Against,
    And,
    Belongs,
    Between,
    Compare,
    Has,
    How,
    Literal,
    Node,
    Not,
    Op,
    Operand,
    Or,
    Quantified,
    Segment,
    Word,
)
from crm_cli.query.fault import Fault, QueryError, Unknown
from crm_cli.query.fields import collection, resolve
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
from crm_cli.query.operands import FUNCTIONS, read_aggregate
from crm_cli.query.owners import of_customer
from crm_cli.query.ref import Collection, Ref
from crm_cli.query.scope import Scope
from crm_cli.query.storages import operators
from crm_cli.query.tokens import KEYWORDS, Sort, Token, Tokens
from crm_cli.query.values import may_be_zero, read_value
from crm_cli.query.windows import windowed

_DEEPEST = 50
_SIGNS = {op.value: op for op in (Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE, Op.RE)}
_WORDS = {word: op for word, op in OPS.items() if word not in ("re", "not")}


def parse_expression(text: str, scope: Scope) -> Node:
    """The condition that a full expression spells; raises QueryError with the place marked."""
    try:
        reader = Reader(text, scope)
        node = reader.condition(scope.base)
        reader.finish()
    except Fault as fault:
        raise QueryError((fault,)) from None
    return node


def parse_operand(text: str, scope: Scope) -> Operand:
    """A field or aggregate alone, as a column: `sum(purchases.net where date >= 2026)`."""
    try:
        reader = Reader(text, scope)
        operand = reader.operand(scope.base)
        reader.finish()
    except Fault as fault:
        raise QueryError((fault,)) from None
    return operand


class Reader(Tokens):
    """Reads one expression by recursive descent."""

    def __init__(self, text: str, scope: Scope) -> None:
        super().__init__(text)
        self.scope = scope
        self.depth = 0

    def condition(self, kind: Kind) -> Node:
        """`or` of `and` of `not`."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Fault(
                "the expression is nested too deeply", f"at most {_DEEPEST} levels", self.next.span
            )
        start = self.next
        parts = [self._and(kind)]
        while self.word("or"):
            parts.append(self._and(kind))
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Or(tuple(parts), self.since(start))

    def _and(self, kind: Kind) -> Node:
        start = self.next
        parts = [self._not(kind)]
        while self.word("and"):
            parts.append(self._not(kind))
        return parts[0] if len(parts) == 1 else And(tuple(parts), self.since(start))

    def _not(self, kind: Kind) -> Node:
        start = self.next
        negative = False
        while self.word("not"):
            negative = not negative
        node = self._part(kind)
        return Not(node, self.since(start)) if negative else node

    def _part(self, kind: Kind) -> Node:
        start = self.next
        if self.sign("("):
            node = self.condition(kind)
            self.expect(")", "to close the parenthesis")
            return node
        if start.sort is Sort.WORD and start.text[:1] == "@":
            self.take()
            if not of_customer(self.scope.base):
                raise Fault("segments are of customers", "use fields instead", start.span)
            return Segment(find_segment(start.text[1:], self.scope, start.span), start.span)
        call = start.text.lower() if start.sort is Sort.WORD and self.opens() else ""
        if call in ("any", "all", "none"):
            return self._quantified(How(call), kind)
        if call in ("has", "is", "word"):
            return self._called(call, kind)
        return self._compared(kind)

    def _quantified(self, how: How, kind: Kind) -> Node:
        start = self.take()
        self.expect("(", "before the collection")
        found = self.collection(kind)
        self.expect(",", "and a condition after the collection")
        node = self.condition(found.kind)
        self.expect(")", f"to close {how.value}")
        return Quantified(how, found, node, self.since(start))

    def collection(self, kind: Kind) -> Collection:
        """The name of a collection; raises Fault."""
        token = self.take()
        found = collection(token.text, kind) if token.sort is Sort.WORD else None
        if found is None:
            error = no_collection(token.text, kind)
            raise Fault(error.message, error.hint, token.span)
        return found

    def _called(self, call: str, kind: Kind) -> Node:
        start = self.take()
        self.expect("(", f"after {call}")
        token = self.take()
        self.expect(")", f"to close {call}")
        span = self.since(start)
        if call == "word":
            return Word(token.text, span)
        if call == "has":
            return Has(self._operand_or_collection(token, kind), span)
        return find_state(token.text, token.span, self.scope, kind)

    def _operand_or_collection(self, token: Token, kind: Kind) -> Operand | Collection:
        if "@" in token.text:
            return self._named(token, kind)
        return find_present(token.text, token.span, self.scope, kind)

    def operand(self, kind: Kind) -> Operand:
        """A field, one over a window, or an aggregate."""
        token = self.next
        if token.sort is not Sort.WORD or token.text.lower() in KEYWORDS:
            raise self.unexpected("there should be a field, such as city, or count(tasks)")
        if self.opens():
            if token.text.lower() not in FUNCTIONS:
                raise Fault(
                    f"there is no function '{token.text}'",
                    f"known: {', '.join(FUNCTIONS)}, any, all, none, has, is, word",
                    token.span,
                )
            return read_aggregate(self, kind, self.scope, self.condition)
        return self._named(self.take(), kind)

    def _named(self, token: Token, kind: Kind) -> Operand:
        try:
            return self._known(token, kind)
        except Unknown as error:
            raise Fault(error.message, error.hint, token.span) from None

    def _known(self, token: Token, kind: Kind) -> Operand:
        """What a name stands for; raises Unknown as well."""
        bare, at, period = token.text.partition("@")
        if (colon := token.text.partition(":"))[1]:
            raise Fault(
                "an expression has an operator where a term has a colon",
                f"write {colon[0]} = {colon[2] or 'VALUE'}, or the term without --where",
                token.span,
            )
        if not at:
            return resolve(token.text, kind, self.scope.extra_keys)
        return windowed(bare, kind, read_asked(period, self.scope, token.span))

    def _compared(self, kind: Kind) -> Node:
        start = self.next
        if normal(start.text) == "customer" and of_customer(kind):
            return self._belongs(kind)
        after = self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        if after.sort is Sort.WORD and after.text.lower() == "is" and not self.opens():
            none = self.tokens[min(self.place + 2, len(self.tokens) - 1)].text.lower()
            if none == "none" or none == "not":
                what = self._items(start, kind)
                if what is not None:
                    self.take()
                    return self._none(what, start)
        operand = self.operand(kind)
        token = self.next
        if token.sort is Sort.SIGN and token.text in _SIGNS:
            self.take()
            return self._valued(operand, _SIGNS[token.text], token, start, kind)
        if token.sort is Sort.WORD:
            following = self.tokens[self.place + 1] if self.place + 1 < len(self.tokens) else token
            if token.text.lower() == "is" and following.text.lower() in ("none", "not"):
                return self._none(operand, start)
            if token.text.lower() == "not" and following.text.lower() == "in":
                self.take()
                self.take()
                return self._valued(operand, Op.NE, following, start, kind)
            if self.word("in"):
                return self._valued(operand, Op.EQ, token, start, kind)
            if token.text.lower() in _WORDS:
                self.take()
                return self._valued(operand, _WORDS[token.text.lower()], token, start, kind)
        if operand.type.storage.nature == "flag":
            return Compare(operand, Op.EQ, (Literal(True, "yes"),), self.since(start))
        raise self.unexpected(f"after {operand.name or 'it'} write =, <, in (…) or is none")

    def _items(self, token: Token, kind: Kind) -> Collection | None:
        """The collection that a word means where it means no field."""
        try:
            resolve(token.text, kind, self.scope.extra_keys)
        except Unknown:
            found = collection(token.text, kind) if token.sort is Sort.WORD else None
            return found if found is not None and found.steps else None
        return None

    def _none(self, what: Operand | Collection, start: Token) -> Node:
        """`is none`, `is not none`: missing, whatever a 0 means elsewhere."""
        self.take()
        negative = not self.word("not")
        if not self.word("none"):
            raise self.unexpected("write is none or is not none")
        span = self.since(start)
        node = Has(what, span, zero=not isinstance(what, Collection) and may_be_zero(what))
        return Not(node, span) if negative else node

    def _valued(self, operand: Operand, op: Op, sign: Token, start: Token, kind: Kind) -> Node:
        word = sign.text.lower()
        check_op(op, word if word in OPS else "", operand, sign.span, sign=sign.text)
        if self.sign("("):
            values = [self._value(operand, op)]
            while self.sign(","):
                values.append(self._value(operand, op))
            self.expect(")", "to close the list")
            return compared(operand, op, values, self.since(start))
        if word == "in":
            raise self.unexpected("write a list: in (one, other)")
        if state := as_state(self.next.text, operand, op, self.scope, self.since(start)):
            self.take()
            return state
        other = self._other(operand, op, kind)
        if other is not None:
            return Against(operand, op, other, self.since(start))
        return compared(operand, op, [self._value(operand, op)], self.since(start))

    def _value(self, operand: Operand, op: Op) -> Literal | Between:
        """A value: one token, and what is added to or taken from a date."""
        token = self.take()
        if token.sort is Sort.WORD and token.text.lower() == "none":
            raise Fault("none is no value", "write is none or is not none", token.span)
        if token.sort not in (Sort.WORD, Sort.QUOTED) or (
            token.sort is Sort.WORD and token.text.lower() in KEYWORDS
        ):
            self.place -= token.sort is not Sort.END
            raise self.unexpected("there should be a value; put it in quotes if it is one")
        if operand.type.storage.is_date and token.sort is Sort.WORD:
            token = self._dated(token)
        return read_value(token.piece(), operand, op, self.scope)

    def _dated(self, token: Token) -> Token:
        """`today - 90d`, `today -90d`: joined to one word."""
        text = token.text
        while self.next.sort is Sort.WORD and self.next.text[:1] in "+-":
            text += self.take().text
            if text[-1] in "+-":
                if self.next.sort is not Sort.WORD:
                    raise self.unexpected("there should be a length, such as 90d")
                text += self.take().text
        return Token(token.sort, text, self.since(token))

    def _other(self, operand: Operand, op: Op, kind: Kind) -> Operand | None:
        """Another field or aggregate to compare with, where numbers or dates are."""
        token = self.next
        storage = operators(operand.type)
        if token.sort is not Sort.WORD or not storage.has_order:
            return None
        if op not in (Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE):
            return None
        called = self.opens() and token.text.lower() in FUNCTIONS
        if not called:
            try:
                found: Operand = self._known(token, kind)
            except (Fault, Unknown):
                return None
        if called:
            found = self.operand(kind)
        else:
            self.take()
        other = operators(found.type)
        alike = (
            other.has_order
            and found.type.storage.nature == operand.type.storage.nature
            and other.has_base == storage.has_base
        )
        single = not any(isinstance(side, Ref) and side.many for side in (operand, found))
        if not alike or not single:
            raise Fault(
                f"{token.text} cannot be compared with {operand.name or 'this'}",
                f"{a_or_an(operand.type.name)} is wanted",
                token.span,
            )
        return found

    def _belongs(self, kind: Kind) -> Node:
        start = self.take()
        negative = self.word("not")
        many = self.word("in")
        if not many and self.sign("!="):
            negative = True
        elif not many and not self.sign("="):
            raise self.unexpected("write customer = WHO")
        tokens = []
        if self.sign("("):
            tokens.append(self.take())
            while self.sign(","):
                tokens.append(self.take())
            self.expect(")", "to close the list")
        else:
            tokens.append(self.take())
        for token in tokens:
            if token.sort not in (Sort.WORD, Sort.QUOTED):
                raise Fault("expected a customer here", "customer = ana-novak", token.span)
        who = self.scope.who
        ids = tuple(who(token.text) if who else token.text for token in tokens)
        node = Belongs(ids, self.since(start))
        return Not(node, node.span) if negative else node
