"""What commands have in common that contact customers, or list whom to contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_cli.cli.session import Session
from crm_cli.cli.writing import carry_out

if TYPE_CHECKING:
    from crm_cli.features.consent import Permission
    from crm_cli.model.permission import Use


def note_grounds(
    session: Session, found: Permission, use: Use, what: str, *, dry_run: bool, yes: bool
) -> bool:
    """Note with those who did not agree on what other grounds they are contacted.

    False where that was only shown, so that nothing else is to be done.
    """
    from crm_cli.features.consent import noting

    if not found.noted:
        return True
    carry_out(session, noting(found, use, what), dry_run=dry_run, yes=yes, aside=True)
    return not dry_run
