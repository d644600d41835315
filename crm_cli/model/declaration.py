"""The base of declarations: keyword-only dataclasses that cost nothing to import.

The standard library's `dataclasses` takes as long to load as a twentieth of a whole
`crm list`, and every command loads the kinds. To a type checker these classes are
dataclasses; what differs is that a value which is left out stays an attribute of the class.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, dataclass_transform

AnItem = Any
"""An `Item`, where a declaration's function takes one: items have kinds, so that what kinds are
declared with cannot import them."""


@dataclass_transform(frozen_default=True)
class Declaration:
    """A value whose attributes are annotated in its class; those with a default may be left out.

    Attributes are given by keyword, the first `positional` of a class by their place as well.
    Raises TypeError for one that is unknown, missing, or given twice.
    """

    _names: ClassVar[tuple[str, ...]] = ()
    _known: ClassVar[frozenset[str]] = frozenset()
    _required: ClassVar[tuple[str, ...]] = ()
    _positional: ClassVar[int] = 0
    _given: Mapping[str, Any]

    def __init_subclass__(cls, *, positional: int = 0, kw_only: bool = False) -> None:
        own = [
            name for name, hint in cls.__annotations__.items() if not hint.startswith("ClassVar")
        ]
        cls._names = tuple(dict.fromkeys((*cls._names, *own)))
        cls._known = frozenset(cls._names)
        cls._required = tuple(name for name in cls._names if not hasattr(cls, name))
        cls._positional = positional

    def __init__(self, *args: Any, **given: Any) -> None:
        if len(args) > self._positional:
            raise TypeError(f"{type(self).__name__} takes {self._positional} values by their place")
        for name, value in zip(self._names, args, strict=False):
            if name in given:
                raise TypeError(f"{type(self).__name__}: {name} is given twice")
            given[name] = value
        if wrong := given.keys() - self._known:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(wrong))}")
        if missing := [name for name in self._required if name not in given]:
            raise TypeError(f"{type(self).__name__} lacks {', '.join(missing)}")
        self.__dict__.update(given)
        self.__dict__["_given"] = given
        self.complete()

    def complete(self) -> None:
        """Fill in what follows from the other attributes; called once, at the end of `__init__`."""

    def but(self, **changes: Any) -> Self:
        """A copy with other values for some attributes, completed anew."""
        return type(self)(**{**self._given, **changes})

    def __repr__(self) -> str:
        shown = ", ".join(f"{key}={value!r}" for key, value in self._given.items())
        return f"{type(self).__name__}({shown})"
