"""`crm order`: the purchases of that kind."""

from __future__ import annotations

from crm_cli.cli.purchase_verbs import purchase_verbs

verbs = purchase_verbs("order")
