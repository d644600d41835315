"""Shells on terminals, for the tests of completion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from crm_cli.cli.shells import Shell
from tests.trust.terminals import Terminal


@pytest.fixture(scope="module", params=list(Shell))
def terminal(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Terminal]:
    made = Terminal(request.param, tmp_path_factory.mktemp("terminal"))
    yield made
    made.close()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Terminals with settings of their own."""
    made: list[Terminal] = []

    def start(
        shell: Shell, settings: str = "", environ: Mapping[str, str] | None = None
    ) -> Terminal:
        made.append(Terminal(shell, tmp_path / f"terminal{len(made)}", settings, environ))
        return made[-1]

    yield start
    for one in made:
        one.close()
