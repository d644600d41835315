"""A command's signature: its functions, and the arguments and options they declare.

The declarations are data, so that a plain command line is read without Typer
(`quick_parser.py`), which takes longer to import than most commands take to run. The same
declarations make Typer's commands (`app.py`): for help, mistakes and all other lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar, get_type_hints

from crm_cli.model.named_tuple import NamedTuple

Function = Callable[..., None]
F = TypeVar("F", bound=Function)


class Argument:
    """A word that a command takes by its place: its name in the usage, and its help."""

    __slots__ = ("help", "metavar")

    def __init__(self, *, metavar: str = "", help: str = "") -> None:
        self.metavar = metavar
        self.help = help


class Option:
    """An option of a command: its names, what it takes, its help, its least value.

    `choices` are all the words that it takes, where they are a closed list; `offers` are
    words that completion offers beside others, several with commas between them.
    """

    __slots__ = ("choices", "help", "metavar", "min", "names", "offers")

    def __init__(
        self,
        *names: str,
        metavar: str = "",
        help: str = "",
        min: float | None = None,
        choices: tuple[str, ...] = (),
        offers: tuple[str, ...] = (),
    ) -> None:
        self.names = names
        self.metavar = metavar
        self.help = help
        self.min = min
        self.choices = choices
        self.offers = offers


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
    """What one function does when its name is typed.

    `name`, `doc` and `parameters` are the function's own, unless the verb is made from a
    declaration; `without` names those that it does not take.
    """

    def __init__(
        self,
        function: Function,
        *,
        name: str = "",
        doc: str = "",
        parameters: tuple[Parameter, ...] = (),
        without: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._without = without
        self.function = function
        self.name = (name or function.__name__.rstrip("_")).replace("_", "-")
        self.doc = doc or function.__doc__ or ""
        self._blocks: dict[str, tuple[type, tuple[str, ...]]] = {}
        """Parameters of the function that hold several options: the class, and their names."""
        if parameters:
            self.__dict__["parameters"] = parameters

    def run(self, session: Any, values: Mapping[str, Any]) -> None:
        """Call the function with the values of its parameters by name."""
        given = dict(values)
        for name, (block, options) in self._blocks.items():
            given[name] = block(**{option: given.pop(option) for option in options})
        self.function(session, **given)

    @property
    def summary(self) -> str:
        """The first sentence of the help, without its full stop."""
        first = self.doc.strip().partition("\n")[0]
        return first.partition(". ")[0].rstrip(".")

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What the function takes after the session, in its order.

        A parameter whose type is a NamedTuple of options stands for each of them.
        """
        hints = get_type_hints(self.function, include_extras=True)
        code = self.function.__code__
        names = code.co_varnames[1 : code.co_argcount]
        defaults = self.function.__defaults__ or ()
        given = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
        found: list[Parameter] = []
        for name in names:
            block = hints[name]
            if hasattr(block, "_fields"):
                options = get_type_hints(block, include_extras=True)
                self._blocks[name] = (block, block._fields)
                found += [parameter(key, options[key], block._field_defaults) for key in options]
            else:
                found.append(parameter(name, block, given))
        without = self._without()
        return tuple(one for one in found if one.name not in without)


class Verbs(dict[str, Verb]):
    """The verbs of one module by their names, in the module's order."""

    records = ""
    """The kind whose records' ids are verbs as well; empty for none."""

    def add(self, function: F) -> F:
        """Take a function in, under its name: `list_` is `list`."""
        self.take(Verb(function))
        return function

    def take(self, verb: Verb) -> None:
        """Take a verb in, under its name."""
        self[verb.name] = verb


def parameter(name: str, hint: Any, given: Mapping[str, Any]) -> Parameter:
    """An argument or option from its annotation; `given` are the defaults by name."""
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
