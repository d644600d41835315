"""`forgotten.yaml`: a salt, and the digests of what told those apart who were forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crm_cli.model.errors import DataError
from crm_cli.model.forgetting import Digests
from crm_cli.model.node import DOUBLE, Mapping, Scalar, Sequence
from crm_cli.store import splice
from crm_cli.store.compose import Decoded, compose, decode
from crm_cli.store.emit import emit

HEAD = """\
# What told those apart who were forgotten (crm forget), as digests: nobody can read them back,
# and no import brings them back unnoticed. Leave it as it is.
"""
_KEY = "rewritten"
_BARRED = 20
"""So many commits are listed at most: one is enough of each line that histories have in common."""
_ID = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_SALT = re.compile("[0-9a-f]{32,128}")


def read(data: bytes | None, path: str) -> Digests:
    """What the file says; nothing where there is none. Raises DataError."""
    root = _root(data, path)
    salt = root.get("salt")
    listed = root.get("digests")
    if isinstance(salt, Scalar) and _SALT.fullmatch(salt.text) and len(salt.text) % 2 == 0:
        held = listed.items if isinstance(listed, Sequence) else ()
        return Digests(salt.text, frozenset(one.text for one in held if isinstance(one, Scalar)))
    if root.entries:
        raise DataError(
            f"{path} has no salt, and so says nothing of those who were forgotten",
            "bring it back from git: nobody can be forgotten, or recognized, without it",
        )
    return Digests()


def added(data: bytes | None, digests: Iterable[str], salt: str, path: str) -> bytes:
    """The file with further digests; `salt` is taken where it has none. Raises DataError."""
    known = read(data, path)
    new = sorted(set(digests) - known.held)
    nodes = [Scalar(one, DOUBLE) for one in new]
    if not known.salt or data is None:
        root = Mapping([(Scalar("salt"), Scalar(salt, DOUBLE))])
        root.entries.append((Scalar("digests"), Sequence(nodes)))
        return (HEAD + emit(root)).encode()
    decoded = decode(data, path)
    if not isinstance(decoded, Decoded) or not new:
        return data
    ops: list[splice.Op] = [splice.Append(("digests",), node) for node in nodes]
    if _root(data, path).get("digests") is None:
        ops = [splice.Insert((), "digests", Sequence(nodes), ("salt",), True)]
    return splice.apply(decoded.text, ops, path).encode()


def barred(data: bytes | None, commits: Iterable[str]) -> bytes | None:
    """The file with the first commits of a history that was rewritten: no clone is to bring them
    back. Raises DataError."""
    root = _root(data, "forgotten.yaml")
    decoded = decode(data or b"", "forgotten.yaml")
    new = [one for one in commits if one not in barred_in(data)]
    if data is None or not new or not isinstance(decoded, Decoded):
        return data
    nodes = [Scalar(one, DOUBLE) for one in new[:_BARRED]]
    ops: list[splice.Op] = [splice.Append((_KEY,), node) for node in nodes]
    if root.get(_KEY) is None:
        ops = [splice.Insert((), _KEY, Sequence(nodes), ("salt", "digests"), True)]
    return splice.apply(decoded.text, ops, "forgotten.yaml").encode()


def barred_in(data: bytes | None) -> tuple[str, ...]:
    """The commits that must not be in any clone, as the file lists them. Raises DataError."""
    listed = _root(data, "forgotten.yaml").get(_KEY)
    items = listed.items if isinstance(listed, Sequence) else ()
    return tuple(one.text for one in items if isinstance(one, Scalar) and _ID.fullmatch(one.text))


def _root(data: bytes | None, path: str) -> Mapping:
    if data is None:
        return Mapping()
    decoded = decode(data, path)
    if not isinstance(decoded, Decoded):
        raise DataError(f"{decoded.place}: {decoded.message}", decoded.hint)
    root, problems = compose(decoded.text, path)
    if root is None and any(one.code != "empty" for one in problems):
        raise DataError(f"{problems[0].place}: {problems[0].message}", problems[0].hint)
    return root or Mapping()
