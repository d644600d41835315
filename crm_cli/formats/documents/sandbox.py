"""Templates as text: Jinja in a sandbox in which every template ends, and soon.

A template may print values, test them, and loop over lists. What it cannot do is call anything:
there are no functions, methods, macros, includes or imports, and but a few filters. Loops are
counted, and so is what is printed, so that time and memory are bounded by what is written here,
not by a clock. Values are plain: texts, numbers, lists and mappings of such.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes, pass_context
from jinja2.exceptions import TemplateError, UndefinedError
from jinja2.runtime import Context, LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from crm_cli.formats.documents.filters import (
    BUDGET,
    COUNTED,
    NAMES,
    PAID,
    Budget,
    filters_of,
    text_of,
)
from crm_cli.formats.documents.markup import KEPT
from crm_cli.model.errors import Unreadable
from crm_cli.model.template import LONGEST
from crm_cli.model.text import did_you_mean

_TESTS = ("defined", "undefined", "none", "eq", "equalto", "==", "in", "odd", "even", "ne", "!=")
_FREE = ("defined", "undefined", "none", "odd", "even")
"""Tests that take no longer for a longer value."""
_LOOP = ("index", "index0", "first", "last", "length")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Assign,
    nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Getattr, nodes.Getitem,
    nodes.Filter, nodes.Test, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.Neg, nodes.Pos, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv,
    nodes.Mod, nodes.Concat, nodes.Pair, nodes.Keyword,
)  # fmt: skip
_LARGEST = 10**15
_LACKING = "\0lacking"


class Absent(StrictUndefined):
    """A field that there is, and that this record has no value for: false, and not printable."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]
        return False

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        return iter(())

    def __len__(self) -> int:  # type: ignore[override]
        return 0


class Reference(NamedTuple):
    """A field that a template names, `customer.name`, and the line in which it does."""

    name: str
    line: int


class Compiled:
    """A template that was read; see `compiled`."""

    def __init__(self, template: Any, references: tuple[Reference, ...]) -> None:
        self._template = template
        self.references = references

    def text(self, values: Mapping[str, Any], lacking: list[str] | None = None) -> str:
        """The text for some values: texts, numbers, lists and mappings; None for what is absent.

        Raises Unreadable for a field that there is not or that has no value, and for a template
        that would take too long, or print too much. With `lacking` the names of fields without a
        value that would be printed are added to it instead.
        """
        given = {**values, BUDGET: Budget(), _LACKING: lacking}
        try:
            return "".join(self._template.generate(given))
        except Unreadable:
            raise
        except UndefinedError as error:
            raise Unreadable(str(error.message), "crm template fields lists those there are") from (
                error
            )
        except (TemplateError, ArithmeticError, RecursionError, ValueError, TypeError) as error:
            raise Unreadable(f"the template fails: {error}", "crm template check") from error
        except MemoryError as error:
            raise Unreadable("the text is too long", f"at most {LONGEST:,} characters") from error


def compiled(text: str, *, line: int = 1) -> Compiled:
    """Read a template whose text begins in `line` of its file; raises Unreadable with the line."""
    environment = _environment()
    if len(text) > LONGEST:
        raise Unreadable("the template is too long", f"at most {LONGEST:,} characters")
    try:
        tree = environment.parse(text)
        _refuse(tree, line)
        references = tuple(dict.fromkeys(_references(tree, line)))
        _bound(tree)
        template = environment.from_string(tree)
    except Unreadable:
        raise
    except TemplateSyntaxError as error:
        message = str(error.message or "the template cannot be read")
        raise Unreadable(f"line {(error.lineno or 1) + line - 1}: {message}") from error
    except (RecursionError, SyntaxError, ValueError, MemoryError, TemplateError) as error:
        raise Unreadable(f"the template is too deeply nested: {error}") from error
    return Compiled(template, references)


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%"))
    intercepted_unops = frozenset()

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, Undefined) or isinstance(right, Undefined):
            return super().call_binop(context, operator, left, right)
        numbers = all(isinstance(one, int | float | Decimal) for one in (left, right))
        texts = isinstance(left, str) and isinstance(right, str) and operator == "+"
        if not numbers and not texts:
            raise Unreadable(f"'{operator}' is for numbers", "join texts with ~")
        if texts:
            context[BUDGET].take(1, len(left) + len(right))
        elif any(abs(one) > _LARGEST for one in (left, right)):
            raise Unreadable("a number is too large", f"at most {_LARGEST:,}")
        return super().call_binop(context, operator, left, right)

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A value of a mapping or a list; nothing else has any."""
        if isinstance(obj, Absent):
            return self._absent(f"{obj._undefined_name}.{argument}")
        if isinstance(obj, Undefined):
            return getattr(obj, str(argument))  # It raises.
        if isinstance(obj, _Fields):
            return obj.field(str(argument))
        if isinstance(obj, Mapping) and argument in obj:
            return obj[argument]
        if isinstance(obj, LoopContext) and argument in _LOOP:
            return getattr(obj, argument)
        if isinstance(obj, list | tuple | str) and isinstance(argument, int | slice):
            try:
                return obj[argument]
            except IndexError:
                pass
        return self.undefined(f"'{argument}' is no field here")

    @staticmethod
    def _absent(name: str) -> Absent:
        return Absent(f"{name} has no value", name=name)


class _Fields:
    """A mapping of fields under a name, as templates see it."""

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        self._name = name
        self._values = values

    def field(self, key: str) -> Any:
        name = f"{self._name}.{key}"
        if key not in self._values:
            hint = did_you_mean(key, list(self._values))
            known = f" ({hint})" if hint else ""
            return StrictUndefined(f"there is no field {name}{known}", name=name)
        return seen(self._values[key], name)


def seen(value: Any, name: str) -> Any:
    """A value as a template sees it: None and an empty text as Absent, mappings with their name."""
    if value is None or value == "":
        return Absent(f"{name} has no value", name=name)
    if isinstance(value, Mapping):
        return _Fields(name, value)
    if isinstance(value, list | tuple):
        return [seen(one, name) for one in value]
    return value


def _environment() -> _Environment:
    environment = _Environment(
        undefined=StrictUndefined, optimized=False, keep_trailing_newline=True,
        trim_blocks=True, lstrip_blocks=True, finalize=_printed, cache_size=0,
    )  # fmt: skip
    environment.globals = {}
    environment.filters = filters_of(environment)
    environment.tests = {key: environment.tests[key] for key in _TESTS}
    return environment


@pass_context
def _printed(context: Context, value: Any) -> Any:
    """What is printed: texts and numbers, counted. A mark tells them from the template's text."""
    lacking: list[str] | None = context.get(_LACKING)
    if lacking is not None and isinstance(value, Absent):
        lacking.append(str(value._undefined_name))
        return ""
    text = text_of(value)
    context[BUDGET].take(1, len(text))
    mark: str = context.get(MARK, "")
    return f"{mark}{text.translate(KEPT)}" if mark else text


MARK = "\0mark"
"""Set in the values where what is printed is to be told from the template's own text: before each
value stands this mark, and what means something in markup is another sign; see `markup`."""
def _refuse(tree: nodes.Template, line: int) -> None:
    """Raise Unreadable for what a template may not do."""
    for node in _walk(tree):
        at = f"line {(node.lineno or 1) + line - 1}"
        if isinstance(node, nodes.Call):
            raise Unreadable(f"{at}: a template cannot call anything", "print a field: {{ name }}")
        if not isinstance(node, _ALLOWED):
            what = type(node).__name__.lower()
            raise Unreadable(f"{at}: '{what}' is not for templates", "use for, if and set")
        if isinstance(node, nodes.For) and node.recursive:
            raise Unreadable(f"{at}: loops cannot be recursive")
        if isinstance(node, nodes.Filter) and node.name not in NAMES:
            hint = did_you_mean(node.name, NAMES) or f"known: {', '.join(NAMES)}"
            raise Unreadable(f"{at}: there is no filter '{node.name}'", hint)
        if isinstance(node, nodes.Test) and node.name not in _TESTS:
            raise Unreadable(f"{at}: there is no test '{node.name}'", f"known: {', '.join(_TESTS)}")
        if isinstance(node, nodes.List | nodes.Tuple) and not _is_flat(node):
            # Lists within lists could be made to grow without end.
            raise Unreadable(f"{at}: a list can hold but texts and numbers", "write ['a', 'b']")
        if isinstance(node, nodes.Assign) and not isinstance(node.target, nodes.Name):
            raise Unreadable(f"{at}: set one name at a time")


def _is_flat(node: nodes.List | nodes.Tuple) -> bool:
    kinds = nodes.Name if getattr(node, "ctx", "load") == "store" else nodes.Const
    return all(isinstance(one, kinds) for one in node.items)


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(list(one.iter_child_nodes()))


def _bound(tree: nodes.Template) -> None:
    """Have loops counted, texts that are joined by `~`, and values that are compared.

    What is within comes first: a text that is joined of joined ones is replaced in its place.
    """
    for node in reversed(list(_walk(tree))):
        if isinstance(node, nodes.For):
            weights = (nodes.Const(one, lineno=node.lineno) for one in _weights(node))
            node.iter = _filter(COUNTED, _expression(node.iter), *weights)
        elif isinstance(node, nodes.Compare | nodes.Operand):
            node.expr = _filter(PAID, node.expr)
        elif isinstance(node, nodes.Test) and node.name not in _FREE:
            node.node = _filter(PAID, _expression(node.node))
            node.args = [_filter(PAID, one) for one in node.args]
        for key in node.fields:
            value = getattr(node, key, None)
            if isinstance(value, nodes.Concat):
                setattr(node, key, _concatenated(value))
            elif isinstance(value, list):
                setattr(
                    node,
                    key,
                    [_concatenated(one) if isinstance(one, nodes.Concat) else one for one in value],
                )


def _expression(node: nodes.Node) -> nodes.Expr:
    assert isinstance(node, nodes.Expr)
    return node


def _weights(loop: nodes.For) -> tuple[int, int]:
    """How many nodes the body of a loop has, and signs of text; loops in it pay for their own."""
    steps = signs = 0
    waiting = list(loop.iter_child_nodes())
    while waiting:
        node = waiting.pop()
        steps += 1
        if isinstance(node, nodes.TemplateData):
            signs += len(node.data)
        own = (node.iter, *node.else_) if isinstance(node, nodes.For) else node.iter_child_nodes()
        waiting += own
    return steps, signs


def _concatenated(node: nodes.Concat) -> nodes.Filter:
    return _filter("join", nodes.List(node.nodes, lineno=node.lineno))


def _filter(name: str, of: nodes.Expr, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(of, name, list(args), [], None, None, lineno=of.lineno)


def _references(tree: nodes.Template, line: int) -> Iterator[Reference]:
    """The fields that are named, but for what the template sets itself."""
    own = {"loop"}
    for node in _walk(tree):
        if isinstance(node, nodes.Name) and node.ctx == "store":
            own.add(node.name)
    inner: set[int] = set()
    for node in _walk(tree):
        if id(node) in inner:
            continue
        parts: list[str] = []
        one: nodes.Node = node
        while isinstance(one, nodes.Getattr):
            parts.append(one.attr)
            inner.add(id(one.node))
            one = one.node
        if isinstance(one, nodes.Name) and one.name not in own and one.ctx == "load":
            yield Reference(".".join([one.name, *reversed(parts)]), node.lineno + line - 1)
