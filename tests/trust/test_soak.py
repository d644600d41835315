"""The soak in short, always with the same seed; `make soak` is the long one."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.trust.aftermath import killed_after, scene
from tests.trust.ground import Ground
from tests.trust.together import begin
from tests.trust.writers import WRITERS

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")


def test_kills_at_random_moments_tear_nothing(tmp_path: Path) -> None:
    draw = random.Random(4)
    chosen = draw.sample(WRITERS, 6)
    for number, writer in enumerate(chosen):
        at = scene(Ground(tmp_path / str(number)), writer)
        for _ in range(6):
            killed_after(at, draw.random() * 0.05)


def test_cron_runs_an_edit_and_a_hand_at_once_lose_nothing(tmp_path: Path) -> None:
    together = begin(tmp_path, random.Random(4))
    for _ in range(12):
        together.round()
    together.finish()
    assert together.operations == 60
