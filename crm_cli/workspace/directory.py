"""A data directory to ask and to write."""

from __future__ import annotations

from crm_cli.workspace.writing import Writing


class Workspace(Writing):
    """See `crm_cli.workspace`."""
