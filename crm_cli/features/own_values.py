"""Fields of people's own as they are typed: texts, values of a declared type, `{…}` and `[…]`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crm_cli.features.listed import flow, is_bracketed, texts
from crm_cli.model.errors import UsageError
from crm_cli.model.kind import Kind, normal
from crm_cli.model.node import Mapping, Node
from crm_cli.model.node import Sequence as Sequence_
from crm_cli.model.own import OWN, TYPES, bare, read
from crm_cli.model.writing import free_node
from crm_cli.store.document import Document, Ref
from crm_cli.store.owned import bare_node
from crm_cli.workspace import Workspace


def names_of(workspace: Workspace, kind: Kind, key: str) -> list[str]:
    """The steps to a field of one's own that a key names, with `custom.` or, where it is declared
    or some record has it, without; none where the kind has no such fields, or it is another."""
    head, _, rest = key.partition(".")
    if OWN not in kind.by_key:
        return []
    if normal(head) == OWN:
        return rest.split(".") if rest else []
    return key.split(".") if _is_known(workspace, kind, normal(head)) else []


def _is_known(workspace: Workspace, kind: Kind, name: str) -> bool:
    known = (*workspace.business.own, *workspace.extra_keys)
    told = workspace.tells(kind, OWN)
    return told and any(bare(key).partition(".")[0] == name for key in known)


def changed(
    workspace: Workspace,
    kind: Kind,
    ref: Ref,
    names: Sequence[str],
    assignment: tuple[str, str, str],
    unknown: UsageError,
    *,
    literal: bool = False,
) -> Callable[[Document], None]:
    """What an assignment does to a field of one's own; a `literal` text is one value.

    One that is named without `custom.` is declared, or there; else `unknown` is raised. Raises
    UsageError.
    """
    key, operator, text = assignment
    if not all(names):
        raise UsageError(f"{key} has an empty part", f"write {OWN}.KEY=…")
    if len(names) > 1 and not workspace.tells(kind, OWN):
        raise UsageError(f"{key} is within a field that stays", f"write {OWN}.{names[0]}=…")
    change = _change(workspace, ref, names, operator, text, literal=literal)
    new = normal(key.partition(".")[0]) == OWN or normal(names[0]) in workspace.business.own

    def update(document: Document) -> None:
        if not new and text and not document.has_own(ref, names[0]):
            raise unknown
        change(document)

    return update


def _change(
    workspace: Workspace,
    ref: Ref,
    names: Sequence[str],
    operator: str,
    text: str,
    *,
    literal: bool,
) -> Callable[[Document], None]:
    key = ".".join(names)
    if operator == "=" and not text:
        return lambda document: document.remove_own(ref, names)
    if not text:
        raise UsageError(f"{key}{operator} needs a value")
    if operator == "=":
        node = own_value(workspace, names, text, literal=literal)
        return lambda document: document.set_own(ref, names, node)
    if operator == "-=":
        gone = texts(key, text)
        return lambda document: document.reduce_own(ref, names, gone)
    wrapped = text if is_bracketed(text) else f"[{text}]" if "{" in text else ""
    if wrapped:
        found = own_value(workspace, names, wrapped)
        parts = list(found.items) if isinstance(found, Sequence_) else [found]
    else:
        parts = [own_value(workspace, names, one) for one in texts(key, text)]
    return lambda document: document.extend_own(ref, names, parts)


def own_value(
    workspace: Workspace, names: Sequence[str], text: str, *, literal: bool = False
) -> Node:
    """What a text says: a mapping or a list as YAML writes it in one line, else one value, of the
    type that is declared. Raises UsageError for brackets that are not closed."""
    key = ".".join(name for name in names if not name.isdigit())
    braced = text.lstrip().startswith("{") and text.rstrip().endswith("}")
    if not literal and (braced or is_bracketed(text)):
        cure = f"write {OWN}.{key}='{{KEY: value}}', or [one, two]; a text with brackets in quotes"
        return _typed(workspace, key, bare_node(flow(f"{OWN}.{key}", text, cure)))
    return _scalar(workspace, key, text) or free_node(text)


def _typed(workspace: Workspace, key: str, node: Node) -> Node:
    """A node whose values are of the types that are declared for their keys."""
    if isinstance(node, Mapping):
        return Mapping(
            (name, _typed(workspace, f"{key}.{normal(name.text)}", one))
            for name, one in node.entries
        )
    if isinstance(node, Sequence_):
        return Sequence_(_typed(workspace, key, one) for one in node.items)
    return _scalar(workspace, key, node.text) or node


def _scalar(workspace: Workspace, key: str, text: str) -> Node | None:
    """A text as the type that is declared for a key writes it; None where there is none, or it is
    no such value, which `check` tells."""
    type = workspace.business.own.get(bare(key), "text")
    found = None if type == "text" else read(text, workspace.business, type)
    return None if found is None else TYPES[type].write(found.value)
