"""What others sent is examined before it is merged: data passes, what runs does not."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from crm_cli.model.errors import Refused
from crm_cli.store.git import Git
from crm_cli.store.incoming import examine
from crm_cli.store.repository import find_repository
from tests.filters import git, install

REF = "ref: refs/heads/main\n"
FILE, LINK = "100644", "120000"


class Sides:
    """A repository whose data directory is the folder `shop`, and commits of the other side."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.root = top / "shop"

    def git(self, *words: str, input: bytes = b"", **environ: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self.top, input=input, capture_output=True, check=False,
            env={**os.environ, **environ},
        )  # fmt: skip
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout.decode().strip()

    def commit(self, files: Mapping[str, str | None], *, on: str = "main", mode: str = FILE) -> str:
        """A commit with these files changed (None: removed), also by names that git refuses."""
        tree = self._tree(self.git("rev-parse", f"{on}^{{tree}}"), files, mode)
        return self.git("commit-tree", tree, "-p", on, "-m", "theirs")

    def _tree(self, tree: str, files: Mapping[str, str | None], mode: str) -> str:
        entries = {}
        for line in self.git("ls-tree", "-z", tree).split("\0") if tree else ():
            head, _, name = line.partition("\t")
            if name:
                entries[name] = (head.split()[0], head.split()[2])
        below: dict[str, dict[str, str | None]] = {}
        for path, text in files.items():
            name, _, rest = path.partition("/")
            if rest:
                below.setdefault(name, {})[rest] = text
            elif text is None:
                del entries[name]
            else:
                id = self.git("hash-object", "-w", "--stdin", input=text.encode())
                entries[name] = (mode, id)
        for name, inner in below.items():
            old = entries[name][1] if name in entries else ""
            entries[name] = ("40000", self._tree(old, inner, mode))
        data = b"".join(
            f"{kind.lstrip('0')} {name}\0".encode() + bytes.fromhex(id)
            for name, (kind, id) in sorted(entries.items())
        )
        words = ("hash-object", "-t", "tree", "-w", "--literally", "--stdin")
        return self.git(*words, input=data)

    def refused(
        self, files: Mapping[str, str | None], *, on: str = "main", mode: str = FILE
    ) -> str:
        """Why a commit with these files is refused; empty if it is not."""
        return self.refusal(self.commit(files, on=on, mode=mode))

    def refusal(self, commit: str) -> str:
        there = Git(self.root, os.environ, find_repository(self.root))
        try:
            examine(there, commit, "origin/main")
        except Refused as error:
            assert error.message.startswith("origin/main brings ")
            assert error.message.endswith("; nothing was merged")
            assert error.hint.startswith("git log ")
            return error.message
        return ""


@pytest.fixture
def sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sides:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    (tmp_path / "gitconfig").write_text("[user]\nname = P\nemail = p@lan.example\n")
    made = Sides(tmp_path.resolve() / "top")
    (made.root / "customers").mkdir(parents=True)
    git("init", "-q", "-b", "main", cwd=made.top)
    for name, text in {
        "README": "# All of it\n",
        "shop/crm.yaml": "country: SI\n",
        "shop/customers/ana.yaml": "name: Ana\n",
        "shop/.gitattributes": "*.yaml -text merge=crm\n",
    }.items():
        (made.top / name).write_text(text)
    git("add", "-A", cwd=made.top)
    git("commit", "-q", "-m", "first", cwd=made.top)
    return made


def test_data_passes(sides: Sides) -> None:
    assert sides.refused({}) == ""
    assert sides.refused(
        {
            "shop/customers/bor.yaml": "name: Bor\n",
            "shop/customers/head.yaml": "name: Head\n",
            "shop/customers/ana.yaml": None,
            "shop/customers/config": "x\n",
            "shop/.gitignore": ".crm/\n",
            "shop/templates/objects/mail.txt": "x\n",
            "tools/run.sh": "#!/bin/sh\n",
            ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ../x\n\tupdate = rebase\n',
        }
    ) == ""  # fmt: skip


@pytest.mark.parametrize(
    "folder", ["shop/", "shop/customers/", "shop/customers/deep/er/", "shop/templates/x.git/"]
)
@pytest.mark.parametrize(
    ("names", "there"),
    [
        (("HEAD", "objects/.keep", "refs/.keep"), ()),
        (("head", "Objects/x", "REFS/heads/main"), ()),
        (("HEAD", "objects", "refs"), ()),
        (("HEAD", "commondir"), ()),
        (("H\u200cEAD", "objects/x", "refs/x"), ()),
        (("HEAD. ", "objects/x", "refs/x"), ()),
        (("HEAD",), ("objects/x", "refs/x")),
        (("refs/x", "objects/x"), ("HEAD",)),
    ],
)
def test_a_folder_that_git_takes_for_a_repository(
    sides: Sides, folder: str, names: tuple[str, ...], there: tuple[str, ...]
) -> None:
    for name in there:
        path = sides.top / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(REF)
    message = sides.refused({folder + name: REF for name in names})
    assert "git would take the folder for a repository" in message
    assert folder + names[0] in message


def test_only_where_git_would_meet_it(sides: Sides) -> None:
    """A repository as a test's data elsewhere is somebody else's business."""
    parts = ("HEAD", "objects/x", "refs/x")
    assert sides.refused({f"tests/bare.git/{name}": REF for name in parts}) == ""
    assert sides.refused(dict.fromkeys(parts, REF)) == "", "the top has its .git"
    deeper = sides.top / "a" / "b" / "shop"
    deeper.parent.mkdir(parents=True)
    git("mv", "shop", "a/b/shop", cwd=sides.top)
    git("commit", "-q", "-m", "moved", cwd=sides.top)
    sides.root = deeper
    assert "a/HEAD" in sides.refused({f"a/{name}": REF for name in parts})
    assert "a/b/HEAD" in sides.refused({f"a/b/{name}": REF for name in parts})
    assert sides.refused({f"a/c/{name}": REF for name in parts}) == ""
    assert sides.refused({f"{part}/x": REF for part in ("a/objects", "a/b/refs", "a/HEAD")}) == ""


@pytest.mark.parametrize(
    "path",
    [
        ".git/config", "shop/.git/hooks/pre-commit", "shop/customers/.GIT/config", "shop/.git",
        "shop/git~1/config", "x/.g\u200cit/config", "shop/.git./config",
    ],
)  # fmt: skip
def test_names_of_gits_own(sides: Sides, path: str) -> None:
    assert f"{path}: git keeps that name for itself" in sides.refused({path: "x\n"})


@pytest.mark.parametrize("path", ["shop/.crm/journal", "shop/.CRM/commits", "shop/.crm"])
@pytest.mark.parametrize("mode", [FILE, LINK])
def test_names_of_crms_own(sides: Sides, path: str, mode: str) -> None:
    assert f"{path}: crm keeps its own files there" in sides.refused({path: "x"}, mode=mode)
    assert sides.refused({"other/.crm/journal": "x"}) == ""


def test_links(sides: Sides) -> None:
    def refused(path: str, target: str) -> str:
        return sides.refused({path: target}, mode=LINK)

    assert refused("shop/customers/bor.yaml", "ana.yaml") == ""
    assert refused("shop/customers/bor.yaml", "../crm.yaml") == ""
    assert refused("shop/README", "../README") == ""
    assert refused("docs/a", "/etc/passwd") == ""
    for target in ("/etc/passwd", "../../README", "../.crm/journal", "x/../../../y", ".git/config"):
        message = refused("shop/customers/bor.yaml", target)
        assert f"it is a link out of the records, to {target}" in message
    assert "link out of" in refused("shop/customers", "../other")
    assert "link out of" in refused("shop/crm.yaml", "../crm.yaml")
    for name in (".gitattributes", "shop/.gitignore", "x/.GitModules"):
        assert "git reads settings" in refused(name, "ana.yaml")


@pytest.mark.parametrize("line", ["\tupdate = !touch x", 'Update="!touch x"', "update=!touch x"])
def test_submodules_with_a_command(sides: Sides, line: str) -> None:
    text = f'[submodule "x"]\n\tpath = x\n\turl = ../x\n{line}\n'
    assert ".gitmodules: it names a command" in sides.refused({".gitmodules": text})


def test_a_filter_that_is_configured_for_something_else(sides: Sides) -> None:
    install(sides.top, "enc")
    sides.git("config", "merge.mine.driver", "touch %A")
    for name, line, says in (
        ("shop/.gitattributes", "*.yaml filter=enc\n", "the filter 'enc' for shop/crm.yaml"),
        (".gitattributes", "READ* filter=enc\n", "the filter 'enc' for README"),
        (".gitattributes", "[attr]x filter=enc\n*ADME x\n", "the filter 'enc' for README"),
        ("shop/customers/.gitattributes", "* merge=mine\n", "the merge driver 'mine' for shop/c"),
    ):
        message = sides.refused({name: line})
        assert f"brings {name}: git would run {says}" in message, message
    assert sides.refused({".gitattributes": "* filter=other\n"}) == "", "no such filter here"
    assert sides.refused({".gitattributes": "*.png filter=enc\n"}) == "", "no such file"
    assert sides.refused({".gitattributes": "* merge=union\n"}) == ""


def test_a_filter_that_is_in_use(sides: Sides) -> None:
    install(sides.top, "enc")
    attributes = sides.root / ".gitattributes"
    attributes.write_text("*.yaml -text merge=crm\ncustomers/* filter=enc\n")
    git("add", "--renormalize", "-A", cwd=sides.top)
    git("commit", "-q", "-m", "filter", cwd=sides.top)
    name = "shop/.gitattributes"
    assert sides.refused({name: "*.yaml filter=enc\n"}) == "", "for more files than before"
    assert sides.refused({name: "# mine\n" + attributes.read_text()}) == ""
    for text in ("customers/b* filter=enc\n", attributes.read_text() + "ana.yaml -filter\n", None):
        message = sides.refused({name: text})
        assert "git would store shop/customers/ana.yaml without its filter 'enc'" in message
    assert "without its filter" in sides.refused({"shop/customers/.gitattributes": "* !filter\n"})
    assert "without its filter" in sides.refused({"shop/customers/.gitattributes": "* filter=x\n"})


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("core.hooksPath", ".githooks", ".githooks/pre-commit"),
        ("core.hooksPath", "{top}/.githooks", ".githooks/lib/x"),
        ("core.hooksPath", ".", "pre-commit"),
        ("include.path", "../settings", "settings"),
        ("includeIf.gitdir:~/.path", "{top}/shop/settings", "shop/settings"),
        ("core.attributesFile", "attributes", "attributes"),
        ("filter.x.smudge", "./tools/smudge %f", "tools/smudge"),
        ("filter.x.process", "python tools/filter.py", "tools/filter.py"),
        ("merge.x.driver", "'{top}/tools/merge' %O %A", "tools/merge"),
        ("core.sshCommand", "ssh -F --config=shop/ssh_config", "shop/ssh_config"),
        ("credential.helper", "!tools/secrets get", "TOOLS/secrets"),
    ],
)
def test_files_that_settings_name(sides: Sides, key: str, value: str, path: str) -> None:
    assert sides.refused({path: "x\n"}) == ""
    sides.git("config", key, value.replace("{top}", str(sides.top)))
    message = sides.refused({path: "x\n"})
    assert f"brings {path}: git's setting {key.lower()}"[:40] in message
    assert sides.refused({f"{path}x/y": "x\n", "shop/customers/b.yaml": "name: B\n"}) == "" or (
        key == "core.hooksPath"
    )


def test_files_that_hooks_are_links_to(sides: Sides) -> None:
    hook = sides.top / ".git" / "hooks" / "post-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.symlink_to("../../tools/hook")
    assert "git's setting hooks here" in sides.refused({"tools/hook": "x\n"})
    assert sides.refused({"tools/other": "x\n"}) == ""


def test_a_file_of_settings_that_is_read_already(sides: Sides) -> None:
    (sides.top / "settings").write_text("[core]\n\tbigFileThreshold = 1m\n")
    sides.git("config", "include.path", "../settings")
    assert "settings: git's setting include.path" in sides.refused({"settings": "[core]\n"})


def test_our_own_merge_driver_is_no_reason(sides: Sides) -> None:
    """Nor if this program is developed in the same repository."""
    sides.git("config", "merge.crm.driver", f"{sides.top}/bin/python -P -m crm_cli merge-driver")
    assert sides.refused({"crm_cli/x.py": "x\n", "merge-driver": "x", "bin/python": "x"}) == ""


def test_what_this_side_has_already(sides: Sides) -> None:
    parts = {f"shop/{name}": REF for name in ("HEAD", "objects/x", "refs/x")}
    theirs = sides.commit(parts)
    assert sides.refusal(theirs)
    ours = sides.commit({"shop/customers/bor.yaml": "name: Bor\n"})
    tree = sides.git("rev-parse", f"{theirs}^{{tree}}")
    merged = sides.git("commit-tree", tree, "-p", ours, "-p", theirs, "-m", "accepted by hand")
    sides.git("reset", "-q", "--hard", merged)
    assert sides.refused({"shop/customers/c.yaml": "name: C\n"}, on=theirs) == ""
    # Both sides merged each other: there are two places where they parted.
    other = sides.git("commit-tree", tree, "-p", theirs, "-p", ours, "-m", "the other way")
    assert sides.refused({"shop/customers/c.yaml": "name: C\n"}, on=other) == ""
    assert "shop/refs/heads" in sides.refused({"shop/refs/heads": "x\n"}, on=other)


def test_a_history_without_a_common_commit_has_nothing_to_examine(sides: Sides) -> None:
    """git refuses to merge it."""
    tree = sides.git("rev-parse", "main^{tree}")
    assert sides.refusal(sides.git("commit-tree", tree, "-m", "alone")) == ""
