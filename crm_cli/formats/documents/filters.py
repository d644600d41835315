"""The filters of templates, and the budget that each of them is paid from by what it handles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context
from jinja2.runtime import Context, Undefined

from crm_cli.model.errors import Unreadable
from crm_cli.model.template import LONGEST

if TYPE_CHECKING:
    from jinja2 import Environment

STEPS = 1_000_000
"""So many steps a template may take: the nodes of its loops, each as often as it is run, and the
characters and values that filters and comparisons handle."""
BUDGET = "\0budget"
"""Where the values of a template hold its `Budget`."""
NAMES = (
    "d", "default", "first", "join", "last", "length", "count", "list", "lower", "replace",
    "reverse", "sort", "trim", "upper", "capitalize",
)  # fmt: skip
"""The filters that a template can name."""
COUNTED, PAID = "\0counted", "\0paid"
"""Filters of our own: the values of a loop, and a value that is compared."""


class Budget:
    """What a template may still do."""

    def __init__(self) -> None:
        self._steps = STEPS
        self._signs = LONGEST

    def take(self, steps: int, signs: int = 0) -> None:
        """Take steps, and characters of new text; raises Unreadable where none are left."""
        self._steps -= steps
        self._signs -= signs
        if self._steps < 0:
            raise Unreadable("the template runs for too long", "make its loops shorter")
        if self._signs < 0:
            raise Unreadable("the text is too long", f"at most {LONGEST:,} characters")


def filters_of(environment: Environment) -> dict[str, Callable[..., Any]]:
    """The filters by name; those that are Jinja's own are taken from the environment."""
    known = environment.filters
    found: dict[str, Callable[..., Any]] = {
        "d": known["default"],
        "default": known["default"],
        "first": partial(known["first"], environment),
        "last": partial(known["last"], environment),
        "length": len,
        "count": len,
        "list": _listed,
        "reverse": lambda value: _listed(value)[::-1],
        "sort": lambda value, *how, **named: (
            known["sort"](environment, _listed(value), *how, **named)
        ),
        "lower": lambda value: text_of(value).lower(),
        "upper": lambda value: text_of(value).upper(),
        "trim": lambda value: text_of(value).strip(),
        "capitalize": lambda value: text_of(value)[:1].upper() + text_of(value)[1:],
        PAID: lambda value: value,
    }
    paid: dict[str, Callable[..., Any]] = {key: _paid(one) for key, one in found.items()}
    return paid | {"replace": _replaced, "join": _joined, COUNTED: _counted}


def text_of(value: Any) -> str:
    """A text or a number as text; raises Unreadable for another value."""
    if isinstance(value, Undefined):
        return str(value)  # It raises.
    if isinstance(value, list | tuple):
        raise Unreadable(
            "a list cannot be printed as a whole", "loop: {% for line in document.lines %}"
        )
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise Unreadable("only texts and numbers can be printed", "name one of its fields")
    return str(value)


def _paid(made: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that takes as many steps as its value is long; what is sorted counts for each
    time that it is compared."""

    @wraps(made, updated=())
    def paid(context: Context, value: Any, *args: Any, **named: Any) -> Any:
        size = _size(value)
        times = len(value).bit_length() if isinstance(value, list | tuple) else 1
        context[BUDGET].take(size * max(times, 1))
        return made(value, *args, **named)

    return pass_context(paid)


def _size(value: Any) -> int:
    """How many steps it takes to look at all of a value."""
    if isinstance(value, str):
        return 1 + len(value)
    if isinstance(value, list | tuple):
        return 1 + sum(1 + len(one) if isinstance(one, str) else 1 for one in value)
    return 1


def _listed(value: Any) -> list[Any]:
    """A list; raises Unreadable for another value: the characters of a text are no list."""
    if isinstance(value, list | tuple | Undefined):
        return list(value)  # What is undefined raises, and what has no value is empty.
    raise Unreadable("this needs a list", "name a list: document.lines")


@pass_context
def _counted(context: Context, values: Any, steps: int, signs: int) -> Iterator[Any]:
    """The values of a loop, each paid for with the nodes and the text of its body."""
    if not isinstance(values, list | tuple | Undefined):
        raise Unreadable("only a list can be looped over", "name a list")
    for one in list(values):
        context[BUDGET].take(steps, signs)
        yield one


@pass_context
def _replaced(context: Context, text: Any, old: Any, new: Any) -> str:
    whole, part, other = text_of(text), text_of(old), text_of(new)
    if not part:
        raise Unreadable("replace needs a text to look for")
    context[BUDGET].take(_size(whole) + _size(part), whole.count(part) * len(other))
    return whole.replace(part, other)


@pass_context
def _joined(context: Context, values: Any, between: Any = "") -> str:
    if isinstance(values, Undefined | str):
        context[BUDGET].take(_size(values))
        return text_of(values)
    parts, separator = [text_of(one) for one in _listed(values)], text_of(between)
    size = sum(map(len, parts)) + len(separator) * len(parts)
    context[BUDGET].take(1 + len(parts), size)
    return separator.join(parts)
