"""A data directory to ask and to write."""

from __future__ import annotations

from crm_cli.workspace.querying import Querying
from crm_cli.workspace.writing import Writing


class Workspace(Querying, Writing):
    """See `crm_cli.workspace`."""
