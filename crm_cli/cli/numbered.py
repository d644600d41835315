"""Carrying out what takes the next number of a purchase."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from crm_cli.cli.session import Session
from crm_cli.cli.writing import carry_out

if TYPE_CHECKING:
    from crm_cli.features.plan import Plan

ATTEMPTS = 20
"""How often the next number is asked for where others take it meanwhile."""


def carry_out_numbered(
    session: Session, plan: Callable[[], Plan], *, dry_run: bool, yes: bool = False
) -> None:
    """Plan and carry out; again where somebody else took the next number meanwhile."""
    from crm_cli.features.numbers import NumberTaken

    for attempt in range(ATTEMPTS):
        try:
            made = plan()
            if attempt:
                made = made._replace(notes=())  # said once
            carry_out(session, made, dry_run=dry_run, yes=yes)
        except NumberTaken:
            if attempt == ATTEMPTS - 1:
                raise
            continue
        return
