"""Editing a record in the user's editor: checked, and replayed if the file changed meanwhile."""

from __future__ import annotations

from typing import NamedTuple

from crm_cli.features.items import item_ref
from crm_cli.features.plan import Plan
from crm_cli.model.errors import ConflictError, DataError, Problem, Severity
from crm_cli.model.item import Item
from crm_cli.store.compose import compose, decode
from crm_cli.store.replay import replay
from crm_cli.workspace import Change, Rewrite, Workspace

MARK = "# crm: "
"""Begins the lines that tell the user what is wrong with a text."""

BOM = "\ufeff"
"""A byte-order mark: a file that had one keeps it, and no editor adds one."""


class Draft(NamedTuple):
    """A file as it was when the editor opened, and the line to open it at."""

    customer: str
    path: str
    before: bytes
    line: int = 1


def begin(workspace: Workspace, text: str, customer: str | None = None) -> Draft:
    """The draft of a customer's file (`customer`), or of the one that an item's id is in."""
    line = 1
    if customer is None:
        found = item_ref(workspace, [text])
        if found is not None:
            customer = found[0]
            node = workspace.document(customer).find(found[1]).node
            line = node.line if node is not None else 1
    if customer is None:
        customer = workspace.who(text)
    path = workspace.path_of(customer)
    return Draft(customer, path, workspace.tree.read(path), line)


def begin_entry(workspace: Workspace, path: str, item: Item) -> Draft:
    """The draft of a file that holds several entries, at one of them."""
    line = item.node.line if item.node is not None else 1
    return Draft(item.id, path, workspace.tree.read(path), line)


def is_item(workspace: Workspace, text: str) -> bool:
    """Whether a word is an item's id."""
    return item_ref(workspace, [text]) is not None


def cleaned(text: str, told: str = "") -> str:
    """A text from the editor, without the lines of `told`, which said what was wrong.

    Lines of the user's own stay, also those that begin alike.
    """
    ours = told.splitlines()
    kept = []
    for line in text.removeprefix(BOM).splitlines(keepends=True):
        if line.rstrip("\r\n") in ours:
            ours.remove(line.rstrip("\r\n"))
        else:
            kept.append(line)
    return "".join(kept)


def told(problems: list[Problem]) -> str:
    """What is wrong with a text, as comments to go above it."""
    lines = []
    # The comments push every line down, so the places are those that the editor will show.
    shift = 1 + sum(2 if problem.hint else 1 for problem in problems)
    for problem in problems:
        place = f"line {problem.line + shift}: " if problem.line else ""
        lines.append(f"{MARK}{place}{problem.message}\n")
        if problem.hint:
            lines.append(f"{MARK}  {problem.hint}\n")
    lines.append(f"{MARK}correct it and save; these lines are removed. Empty the file to cancel.\n")
    return "".join(lines)


def faults(workspace: Workspace, draft: Draft, text: str) -> list[Problem]:
    """The errors of an edited text that the file did not have before."""
    try:
        document = workspace.open(draft.path, text.encode())
    except DataError as error:
        return list(error.problems)
    except UnicodeEncodeError:
        return [Problem(draft.path, 0, 0, "not-utf8", "the text is not UTF-8")]
    if not document.root.entries:
        return [Problem(draft.path, 1, 1, "empty", "it is empty", "crm rm removes a customer")]
    try:
        old = {problem.message for problem in workspace.open(draft.path, draft.before).problems}
    except DataError:
        old = set()
    return [
        problem
        for problem in document.problems
        if problem.severity is Severity.ERROR and problem.message not in old
    ]


def save(workspace: Workspace, draft: Draft, text: str) -> Plan:
    """Plan to write an edited text.

    Where the file changed since the editor opened, the changes are replayed on it; the
    write raises ConflictError where both changed the same lines.
    """
    after = (_bom(draft.before) + text).encode()

    def update(current: bytes | None) -> bytes:
        if current == draft.before:
            return after
        merged = _replayed(draft, after, current)
        if merged is None:
            raise ConflictError(
                f"{draft.path} was changed meanwhile, in the same place",
                "look at both, and run crm edit again",
            )
        return merged

    return Plan(
        Change(f"edit {draft.customer}", (Rewrite(draft.path, update),)),
        f"edited {draft.customer}",
        (draft.customer,),
    )


def _replayed(draft: Draft, after: bytes, current: bytes | None) -> bytes | None:
    if current is None:
        return None
    texts = []
    for data in (draft.before, after, current):
        decoded = decode(data, draft.path)
        if isinstance(decoded, Problem):
            return None
        texts.append(decoded.text)
    merged = replay(*texts)
    if merged is None:
        return None
    composed = compose(merged, draft.path)
    return (_bom(current) + merged).encode() if composed.root is not None else None


def _bom(data: bytes) -> str:
    return BOM if data.startswith(BOM.encode()) else ""
