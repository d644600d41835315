"""Rules that cannot act: what they ask for excludes itself, or nothing has it now."""

from __future__ import annotations

from crm_cli.features.rules import Rule
from crm_cli.query.never import never as excluded
from crm_cli.query.unheld import unheld
from crm_cli.workspace import Workspace


def never(workspace: Workspace, rule: Rule) -> list[str]:
    """Why no record meets the query of a rule, a sentence each. Raises UsageError."""
    scope = workspace.scope(rule.base)
    node = workspace.node(scope, rule.terms, rule.where)
    found = [f"it can never act: {said} exclude each other" for said in excluded(node, scope)]
    typed = [*rule.terms, *([rule.where] if rule.where else ())]
    missing = unheld(workspace.database, [(scope, node)], typed)
    return found + [f"it acts on nothing now: {said}" for said in missing]
