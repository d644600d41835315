"""Operands of a query, parsed by the type of the field they are compared with."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TypeGuard

from crm_cli.model import own
from crm_cli.model.errors import Unreadable
from crm_cli.model.text import a_or_an
from crm_cli.query.ast import Between, Literal, Op, Operand
from crm_cli.query.fault import Fault, Span
from crm_cli.query.grammar import no_order
from crm_cli.query.lexer import Piece
from crm_cli.query.ref import Ref, Source
from crm_cli.query.scope import Scope
from crm_cli.query.storages import operators


def may_be_zero(operand: Operand) -> bool:
    """Whether it is reckoned, so that a 0 is as good as nothing to `has:` and `no:`."""
    reckoned = not isinstance(operand, Ref) or operand.origin == "derived"
    return reckoned and operators(operand.type).may_be_zero


def read_values(piece: Piece, operand: Operand, op: Op, scope: Scope) -> list[Literal | Between]:
    """The values between the commas of a term, typed; raises Fault at the one that is wrong."""
    parts = piece.split(",")
    if operators(operand.type).has_decimals and not piece.quoted:
        for one, other in pairwise(parts):
            if re.fullmatch(r"(.*\.\.)?-?\d+", one.chars) and re.match(r"\d+(\.\.|$)", other.chars):
                whole, part = one.chars.rpartition("..")[2], other.chars.partition("..")[0]
                raise Fault(
                    f"{whole},{part} is {whole} or {part}, or the number {whole}.{part}",
                    f"write {whole}.{part}, or {whole}.0,{part}.0 for either of two",
                    Span(piece.span.text, one.span.start, other.span.end),
                )
    return [read_value(part.stripped(), operand, op, scope) for part in parts]


def read_value(piece: Piece, operand: Operand, op: Op, scope: Scope) -> Literal | Between:
    """One value or range."""
    storage = operators(operand.type)
    if not piece.chars.strip():
        raise Fault(
            "there is no value here",
            f"write one, such as {storage.example(operand.type)}; no:NAME finds missing values",
            piece.span,
        )
    ends = piece.range() if storage.ranged else None
    if _is_own_text(operand) and _looks_ranged(piece, scope):
        raise no_order(operand, f"{operand.name} is text, which has no ranges", piece.span)
    if ends is None:
        return read_literal(piece.chars, piece.span, operand, op, scope, quoted=piece.quoted)
    if op not in (Op.EQ, Op.NE, Op.IS):
        raise Fault("a range takes no operator", "write the range alone, or one value", piece.span)
    low, high = ends
    if not low.chars and not high.chars:
        raise Fault("a range needs an end", f"write {storage.example(operand.type)}..", piece.span)

    def read(end: Piece, op: Op) -> Literal:
        return read_literal(end.chars, end.span, operand, op, scope)

    return storage.between(piece, op, low, high, read)


def _is_own_text(operand: Operand) -> TypeGuard[Ref]:
    """Whether it is a field of people's own whose values are no numbers or dates."""
    is_own = isinstance(operand, Ref) and operand.source is Source.EXTRA
    return is_own and operand.type.storage.is_text


def _looks_ranged(piece: Piece, scope: Scope) -> bool:
    """Whether it is spelled as a range of numbers or dates."""
    ends = piece.range() or ()
    return any(own.read(end.chars, scope.business) for end in ends)


def read_literal(
    text: str, span: Span, operand: Operand, op: Op, scope: Scope, *, quoted: bool = False
) -> Literal:
    """One value as the operand's type reads it; raises Fault with the cure."""
    storage = operators(operand.type)
    try:
        return Literal(storage.read(text, operand, op, scope, quoted=quoted), text, span)
    except Unreadable as error:
        name = f"{operand.name}: " if operand.name else ""
        hint = error.hint or f"{operand.name or 'it'} is {a_or_an(operand.type.name)}"
        example = storage.example(operand.type)
        if operand.type.storage.is_number and example not in hint:
            hint += f"; for example {operand.name}:{example}" if operand.name else ""
        raise Fault(f"{name}{error.message}", hint, span) from None
