"""Files as git stores them: through its own filters, encodings and line ends."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from crm_cli.model.errors import StorageError
from crm_cli.store import attributes
from crm_cli.store.git import Git
from crm_cli.store.objects import blob_id, differing_paths, in_head, is_in, stored
from crm_cli.store.repository import find_repository
from tests import filters
from tests.filters import git

TEXTS = {
    "customers/ana.yaml": "name: Ana Novak\n",
    "customers/crlf.yaml": "name: Bor\r\n",
    "plain/a.yaml": "name: Plain\n",
    "plain/crlf.yaml": "name: Plain\r\ncity: Koper\r\n",
    "lf/crlf.yaml": "name: Lf\r\ncity: Koper\r\n",
    "wide/a.yaml": "name: Wide\n",
    "ident/a.yaml": "name: Ident\nnotes: $Id: 123 $\n",
}
ATTRIBUTES = """\
* -text
customers/*.yaml filter=enc
lf/*.yaml text
wide/*.yaml working-tree-encoding=UTF-16LE
ident/*.yaml ident
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory, a folder of its repository."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    (tmp_path / "gitconfig").write_text("[user]\nname = P\nemail = p@lan.example\n")
    top = tmp_path.resolve() / "top"
    folder = top / "my shop"
    folder.mkdir(parents=True)
    git("init", "-q", "-b", "main", cwd=top)
    filters.install(top)
    (folder / ".gitattributes").write_text(ATTRIBUTES)
    for name, data in contents().items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    git("add", "-A", cwd=top)
    git("commit", "-q", "-m", "first", cwd=top)
    return folder


def contents() -> dict[str, bytes]:
    return {
        name: text.encode("utf-16le" if name.startswith("wide/") else "utf-8")
        for name, text in TEXTS.items()
    }


def our(root: Path) -> Git:
    return Git(root, os.environ, find_repository(root))


def test_texts_are_stored_as_git_stores_files(root: Path) -> None:
    ids = {name: id.encode() for name, id in in_head(our(root), list(TEXTS)).items()}
    assert stored(our(root), contents()) == ids
    assert git("cat-file", "blob", ids["customers/ana.yaml"].decode(), cwd=root) == (
        "stored\nanzr: Nan Abinx\n"
    )


def test_so_are_many(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others than few go by one process, but only those that git does not convert."""
    monkeypatch.setattr("crm_cli.store.objects._FEW", 1)
    asked: list[tuple[str, ...]] = []
    run = Git.run

    def noted(self: Git, *words: str, **named: object) -> bytes:
        asked.append(words)
        return run(self, *words, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Git, "run", noted)
    many = {f"plain/{number}.yaml": b"name: Number %d\n" % number for number in range(30)}
    ids = stored(our(root), {**contents(), **many})
    assert len([words for words in asked if words[0] == "hash-object"]) == 5
    assert len([words for words in asked if words[0] == "fast-import"]) == 1
    assert ids["plain/7.yaml"].decode() == blob_id(b"name: Number 7\n")
    heads = in_head(our(root), list(TEXTS))
    assert {name: ids[name].decode() for name in TEXTS} == heads


def test_what_the_last_commit_has(root: Path) -> None:
    heads = in_head(our(root), list(TEXTS))
    assert differing_paths(our(root), heads, contents()) == set()
    changed: Mapping[str, bytes | None] = {
        **{name: data + "# new\n".encode(_coding(name)) for name, data in contents().items()},
        "plain/a.yaml": None,
        "new.yaml": b"name: New\n",
        "never.yaml": None,
    }
    assert differing_paths(our(root), heads, changed) == {*TEXTS, "new.yaml"}


def _coding(name: str) -> str:
    return "utf-16le" if name.startswith("wide/") else "utf-8"


def test_a_filter_that_stores_one_text_in_many_ways(root: Path, tmp_path: Path) -> None:
    count = tmp_path / "count"
    count.write_text("1\n")
    clean = f"n=$(cat '{count}'); echo $((n + 1)) > '{count}'; echo $n; cat"
    filters.install(root, clean=clean, smudge="sed -e 1d")
    (root / "customers/ana.yaml").write_text("name: Ana\n")
    git("commit", "-q", "-a", "-m", "second", cwd=root)
    path = "customers/ana.yaml"
    heads = in_head(our(root), [path])
    assert stored(our(root), {path: b"name: Ana\n"})[path].decode() != heads[path]
    assert differing_paths(our(root), heads, {path: b"name: Ana\n"}) == set()
    assert differing_paths(our(root), heads, {path: b"name: Bor\n"}) == {path}


def test_what_was_just_written(root: Path) -> None:
    heads = in_head(our(root), list(TEXTS))
    data = contents()["plain/a.yaml"]
    assert is_in(our(root), "plain/a.yaml", heads["plain/a.yaml"], data)
    assert not is_in(our(root), "plain/a.yaml", heads["plain/a.yaml"], data + b"#\n")
    lines = contents()["lf/crlf.yaml"]
    assert is_in(our(root), "lf/crlf.yaml", heads["lf/crlf.yaml"], lines)
    assert is_in(our(root), "x", None, None)
    assert not is_in(our(root), "x", None, b"") and not is_in(our(root), "x", "1" * 40, None)


def test_a_filter_that_is_not_configured_refuses(root: Path) -> None:
    attributes.check_filters(our(root), list(TEXTS))
    git("config", "--remove-section", "filter.enc", cwd=root)
    attributes.check_filters(our(root), ["plain/a.yaml", "new.yaml"])
    with pytest.raises(StorageError, match=r"customers/new\.yaml has the attribute filter=enc"):
        attributes.check_filters(our(root), ["plain/a.yaml", "customers/new.yaml"])
    (root.parent / ".gitattributes").write_text("* filter=upper\n")
    with pytest.raises(StorageError, match="filter=upper"):
        attributes.check_filters(our(root), ["plain/a.yaml"])
    (root.parent / ".gitattributes").unlink()
    info = root.parent / ".git" / "info"
    info.mkdir(exist_ok=True)
    (info / "attributes").write_text("plain/*.yaml filter=info\n* -filter\n")
    (root / ".gitattributes").unlink()
    attributes.check_filters(our(root), ["plain/a.yaml"])
    (info / "attributes").write_text("*.yaml filter=info\n")
    with pytest.raises(StorageError, match="filter=info"):
        attributes.check_filters(our(root), ["plain/a.yaml"])
