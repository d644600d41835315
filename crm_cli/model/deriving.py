"""What follows from a record once it is read: derived values, and what checks notice."""

from __future__ import annotations

from crm_cli.model.business import Business
from crm_cli.model.errors import Problem, Severity
from crm_cli.model.fieldtypes import Free
from crm_cli.model.item import Item
from crm_cli.model.kind import Check, Field, normal
from crm_cli.model.largest import check_largest
from crm_cli.model.node import Node
from crm_cli.model.own import unlike
from crm_cli.model.text import a_or_an
from crm_cli.model.tracking import check_noted
from crm_cli.model.written import value_node


class Deriver:
    """Derives and checks the items of one file; collects the problems it meets."""

    def __init__(self, path: str, business: Business) -> None:
        self.path = path
        self.business = business
        self.problems: list[Problem] = []
        self.unread: list[Problem] = []
        """Those of them that are about values which the items do not have."""

    def problem(
        self,
        node: Node,
        code: str,
        message: str,
        hint: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note that what a node says could not be read, or something odd about it."""
        problem = Problem(self.path, node.line, node.column, code, message, hint, severity)
        self.problems.append(problem)
        if severity is Severity.ERROR:
            self.unread.append(problem)

    def derive(self, item: Item) -> None:
        """Derived values and checks, from the innermost items outwards."""
        kind = item.kind
        for field, _ in kind.lists:
            for part in item.values.get(field.key) or ():
                self.derive(part)
        for field, _ in kind.groups:
            if field.key in item.values:
                self.derive(item.values[field.key])
        if "currency" in item.values and "currency" not in kind.by_key:
            self._check_currency(item)
        if kind.derive is not None:
            kind.derive(item, self.business)
        if kind.check is not None:
            self._check(item, kind.check)
        if kind.amounts:
            self._check(item, check_largest)
        if kind.tracked is not None:
            self._check(item, check_noted)
        if self.business.own and kind.table:
            self._check_own(item)
        for field in kind.doubtful:
            if field.key in item.values:
                self._doubt(item, field)

    def _check_own(self, item: Item) -> None:
        """Tell of values of the users' own fields that are not of the declared type."""
        found = dict(item.extra)
        for field in item.kind.fields:
            if isinstance(field.type, Free) and (node := value_node(item, field.key)) is not None:
                found[field.key] = node
        for key, node in found.items():
            for value, name, type in unlike(normal(key), node, self.business):
                article = a_or_an(type.replace("_", " or "))
                self.problem(
                    value,
                    "own-type",
                    f"{name}: '{value.text}' is not {article}, as crm.yaml declares it",
                    f"correct it, or change custom.{name} in crm.yaml",
                    Severity.WARNING,
                )

    def _doubt(self, item: Item, field: Field) -> None:
        """Tell of a value that cannot be; it is kept."""
        fault = field.type.doubt(item.values[field.key], self.business)
        node = value_node(item, field.key) or item.node
        if fault is not None and node is not None:
            code, message, hint = fault
            named = "" if field.key == "value" else f"{field.key}: "
            self.problem(node, code, f"{named}{message}", hint, Severity.WARNING)

    def _check(self, item: Item, check: Check) -> None:
        for finding in check(item, self.business):
            about = item if finding.item is None else finding.item
            if finding.absent and value_node(about, finding.absent) is not None:
                continue
            node = value_node(about, finding.key) or about.node
            if node is not None:
                self.problems.append(
                    Problem(
                        self.path,
                        node.line,
                        node.column,
                        finding.code,
                        finding.message,
                        finding.hint,
                        finding.severity,
                    )
                )

    def _check_currency(self, item: Item) -> None:
        """Take amounts in another currency than that of what the item is part of for unread."""
        owner = item.parent
        while owner is not None and "currency" not in owner.kind.by_key:
            owner = owner.parent
        if owner is None:
            return
        currency = item.values["currency"]
        wanted = owner.values.get("currency") or self.business.currency
        if currency == wanted:
            return
        for field in item.kind.fields:
            if field.type.priced and item.values.pop(field.key, None) is not None:
                node = value_node(item, field.key) or item.node
                assert node is not None
                self.problem(
                    node,
                    "two-currencies",
                    f"{field.key} is in {currency}, and the {owner.kind.name} in {wanted}",
                    f"write currency: {currency} in the {owner.kind.name}, if all of it is",
                )
        del item.values["currency"]
