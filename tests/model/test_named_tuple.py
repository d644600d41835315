"""Our named tuples behave as those of the standard library do."""

from __future__ import annotations

import copy
import pickle
import typing
from collections.abc import Callable
from typing import Any, cast

import pytest

from crm_cli.model.named_tuple import NamedTuple


class Ours(NamedTuple):
    """A place on a map."""

    name: str
    x: int = 0
    y: int | None = None

    @property
    def sum(self) -> int:
        """Both together."""
        return self.x + (self.y or 0)


class Theirs(typing.NamedTuple):
    """A place on a map."""

    name: str
    x: int = 0
    y: int | None = None

    @property
    def sum(self) -> int:
        """Both together."""
        return self.x + (self.y or 0)


class Further(Ours):
    """One with a method of its own."""

    def twice(self) -> int:
        """Twice the sum."""
        return 2 * self.sum


def test_values() -> None:
    made: Any
    for made in (Ours("a", y=2), Ours._make(("a", 0, 2)), Ours("a")._replace(y=2)):
        assert made == Theirs("a", 0, 2) == ("a", 0, 2)
        assert (made.name, made.x, made.y, made.sum) == ("a", 0, 2, 2)
        assert made._asdict() == Theirs(*made)._asdict()
        assert repr(made) == repr(Theirs(*made)).replace("Theirs", "Ours")
        assert hash(made) == hash(Theirs(*made))
        assert copy.copy(made) == copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made
        assert type(pickle.loads(pickle.dumps(made))) is Ours
    match Ours("a", 1):
        case Ours(name, x, y):
            assert (name, x, y) == ("a", 1, None)
    assert Further("a", 1, 2).twice() == 6
    assert type(Further("a")._replace(x=1)) is Further


def test_the_class() -> None:
    for name in ("_fields", "_field_defaults", "__match_args__", "__doc__", "__slots__"):
        assert getattr(Ours, name) == getattr(Theirs, name)
    with pytest.raises(TypeError, match="default"):
        type(cast("Any", NamedTuple))("Wrong", (), {"__annotations__": {"a": "", "b": ""}, "a": 1})


@pytest.mark.parametrize(
    "wrong",
    [
        lambda of: of(),
        lambda of: of("a", 1, 2, 3),
        lambda of: of("a", z=1),
        lambda of: of("a", name="b"),
        lambda of: of._make(("a",)),
        lambda of: of("a")._replace(z=1),
        lambda of: setattr(of("a"), "x", 1),
        lambda of: setattr(of("a"), "z", 1),
    ],
)
def test_what_does_not_fit(wrong: Callable[[Any], Any]) -> None:
    with pytest.raises(Exception) as theirs:
        wrong(Theirs)
    with pytest.raises(theirs.type):
        wrong(Ours)
