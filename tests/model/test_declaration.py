"""Declarations behave as keyword-only dataclasses do."""

from __future__ import annotations

from typing import Any

import pytest

from crm_cli.model.declaration import Declaration


class Shape(Declaration, positional=1):
    name: str
    corners: int = 0
    double: int = 0

    def complete(self) -> None:
        self.__dict__["double"] = 2 * self.corners


class Coloured(Shape, kw_only=True):
    colour: str


def test_what_is_left_out_has_the_class_default() -> None:
    shape = Shape("line")
    assert (shape.name, shape.corners, shape.double) == ("line", 0, 0)
    assert Shape("square", corners=4).double == 8


def test_a_subclass_adds_its_own() -> None:
    assert Coloured(name="square", corners=4, colour="red").double == 8


@pytest.mark.parametrize(
    ("args", "given", "message"),
    [
        ((), {}, "lacks name"),
        (("a", 4), {}, "takes 1 values by their place"),
        (("a",), {"name": "b"}, "given twice"),
        (("a",), {"cornres": 4}, "has no cornres"),
    ],
)
def test_a_wrong_declaration_is_refused(
    args: tuple[Any, ...], given: dict[str, Any], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        Shape(*args, **given)


def test_a_copy_differs_in_what_was_changed_and_is_completed_anew() -> None:
    shape = Shape("square", corners=4).but(corners=5)
    assert (shape.name, shape.double) == ("square", 10)
