"""Named tuples that cost little to declare: to a type checker they are `typing.NamedTuple`.

Those of the standard library take 0.1 ms each to be made, since it compiles every annotation and
a constructor; a command loads some seventy of them. Here annotations are left as they are, and the
constructor of a class is compiled when its first value is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from collections import _tuplegetter

    class _Made(type):
        """Makes a class of tuples, whose places are what the class annotates."""

        def __new__(cls, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> type:
            fields = tuple(space.get("__annotations__", ()))
            defaults = {field: space.pop(field) for field in fields if field in space}
            if tuple(defaults) != fields[len(fields) - len(defaults) :]:
                raise TypeError(f"{name}: a field without a default follows one that has one")
            kept = {
                "__slots__": (),
                "__match_args__": fields,
                "_fields": fields,
                "_field_defaults": defaults,
                "__new__": _first,
                "__repr__": _shown,
                "__getnewargs__": _values,
                "_make": classmethod(_make),
                "_asdict": _asdict,
                "_replace": _replace,
            }
            places = {field: _tuplegetter(place, "") for place, field in enumerate(fields)}
            return type(name, (tuple,), {**kept, **places, **space})

    NamedTuple = type.__new__(_Made, "NamedTuple", (), {})

    def _first(cls: type, *given: Any, **named: Any) -> Any:
        """Compile the constructor, put it in this one's place, and call it."""
        owner = next(one for one in cls.__mro__ if "_fields" in vars(one))
        names = "".join(f"{field}, " for field in owner._fields)
        made = eval(f"lambda _cls, {names}: _new(_cls, ({names}))", {"_new": tuple.__new__})
        made.__name__, made.__qualname__ = "__new__", f"{owner.__qualname__}.__new__"
        made.__defaults__ = tuple(owner._field_defaults.values())
        owner.__new__ = staticmethod(made)
        return made(cls, *given, **named)

    def _make(cls: type, values: Any) -> Any:
        made = tuple.__new__(cls, values)
        if len(made) != len(cls._fields):
            raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
        return made

    def _asdict(self: Any) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def _replace(self: Any, /, **changes: Any) -> Any:
        made = self._make(map(changes.pop, self._fields, self))
        if changes:
            raise ValueError(f"Got unexpected field names: {list(changes)!r}")
        return made

    def _values(self: Any) -> tuple[Any, ...]:
        return tuple(self)

    def _shown(self: Any) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
        return f"{type(self).__name__}({values})"
