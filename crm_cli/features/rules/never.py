"""Rules that can never act: what they ask for excludes itself, or nothing has it."""

from __future__ import annotations

from crm_cli.features.rules import Rule
from crm_cli.query.never import never as excluded
from crm_cli.query.unheld import unheld
from crm_cli.workspace import Workspace


def never(workspace: Workspace, rule: Rule) -> list[str]:
    """Why no record can meet the query of a rule, a sentence each. Raises UsageError."""
    scope = workspace.scope(rule.base)
    node = workspace.node(scope, rule.terms, rule.where)
    found = [f"{said} cannot both be" if " and " in said else f"{said} is empty"
             for said in excluded(node, scope)]  # fmt: skip
    typed = [*rule.terms, *([rule.where] if rule.where else ())]
    return found + unheld(workspace.database, [(scope, node)], typed)
