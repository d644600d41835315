"""What a command takes: its functions, and the arguments and options that they declare.

The declarations are data, so that a plain command line is read without Typer
(`plain.py`), which takes longer to import than most commands take to run. The same
declarations make Typer's commands (`app.py`): for help, mistakes and all other lines.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, get_type_hints

Function = Callable[..., None]
F = TypeVar("F", bound=Function)


class Argument:
    """A word that a command takes by its place: its name in the usage, and its help."""

    __slots__ = ("help", "metavar")

    def __init__(self, *, metavar: str = "", help: str = "") -> None:
        self.metavar = metavar
        self.help = help


class Option:
    """An option of a command: its names, what it takes, its help, its least value."""

    __slots__ = ("help", "metavar", "min", "names")

    def __init__(
        self, *names: str, metavar: str = "", help: str = "", min: float | None = None
    ) -> None:
        self.names = names
        self.metavar = metavar
        self.help = help
        self.min = min


class Parameter(NamedTuple):
    """One argument or option of a verb, as its function's signature declares it.

    `type` is of one value; `many` says that the function takes a list of them.
    `hint` is the annotation as a whole without the declaration: `list[str] | None`.
    """

    name: str
    declared: Argument | Option
    type: Any
    hint: Any
    many: bool
    required: bool
    default: Any

    @property
    def flag(self) -> bool:
        """Whether it is an option that takes no value."""
        return self.type is bool


class Verb:
    """What one function does when its name is typed."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.name = function.__name__.rstrip("_").replace("_", "-")

    @property
    def summary(self) -> str:
        """The first sentence of the help, without its full stop."""
        first = (self.function.__doc__ or "").strip().partition("\n")[0]
        return first.partition(". ")[0].rstrip(".")

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What the function takes after the session, in its order."""
        hints = get_type_hints(self.function, include_extras=True)
        code = self.function.__code__
        names = code.co_varnames[1 : code.co_argcount]
        defaults = self.function.__defaults__ or ()
        given = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
        return tuple(_parameter(name, hints[name], given) for name in names)


class Verbs(dict[str, Verb]):
    """The verbs of one module by their names, in the module's order."""

    def add(self, function: F) -> F:
        """Take a function in, under its name: `list_` is `list`."""
        verb = Verb(function)
        self[verb.name] = verb
        return function


def _parameter(name: str, hint: Any, given: dict[str, Any]) -> Parameter:
    declared: Argument | Option = Argument()
    if hasattr(hint, "__metadata__"):
        (declared,) = hint.__metadata__
        hint = hint.__origin__
    one, held = hint, getattr(hint, "__args__", ())
    if type(None) in held:
        (one,) = (part for part in held if part is not type(None))
    many = getattr(one, "__origin__", None) is list
    if many:
        (one,) = one.__args__
    return Parameter(name, declared, one, hint, many, name not in given, given.get(name))
