"""Choosing one of several lines with a program for it: fzf, or what `CRM_PICKER` names."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from crm_cli.model.errors import Declined
from crm_cli.model.text import visible
from crm_cli.model.width import columns_of, padded

_USUAL = "fzf"
_NONE = ("", "none")
_LEFT = (1, 130)
"""Exit codes of fzf, and of those that follow it, where nothing was chosen."""


def chosen_by_program(
    question: str, candidates: Sequence[tuple[str, str]], environ: Mapping[str, str]
) -> str | None:
    """The id that was chosen among (id, what); None where no program is to be had for it.

    The program gets a line for each on its stdin, without control characters, and prints the one
    that was chosen. Raises Declined where none was.
    """
    arguments = _program(question, environ)
    if not arguments:
        return None
    lines = _lines(candidates)
    try:
        done = subprocess.run(
            arguments, input="".join(f"{line}\n" for line in lines).encode(),
            stdout=subprocess.PIPE, env=dict(environ), check=False,
        )  # fmt: skip
    except OSError:
        return None
    if done.returncode in _LEFT:
        raise Declined("nothing was chosen")
    answer = done.stdout.decode("utf-8", "replace").rstrip("\n")
    return lines.get(answer) if not done.returncode else None


def _program(question: str, environ: Mapping[str, str]) -> list[str]:
    """The command line of the program; empty where there is none."""
    named = environ.get("CRM_PICKER")
    if named is not None and named.strip() in _NONE:
        return []
    try:
        words = shlex.split(_USUAL if named is None else named)
    except ValueError:
        return []
    path = shutil.which(words[0], path=environ.get("PATH"))
    if path is None:
        return []
    if Path(path).name == _USUAL:
        usual = ["--no-multi", f"--prompt={visible(question)} "]
        words[1:1] = [*usual, "--height=~50%", "--layout=reverse"]
    return [path, *words[1:]]


def _lines(candidates: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The id of each line: the id itself, and what tells it apart."""
    width = max((columns_of(visible(id)) for id, _ in candidates), default=0)
    return {
        f"{padded(visible(id), width)}  {visible(what)}".rstrip(): id for id, what in candidates
    }
