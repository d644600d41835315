"""Sync merges data; what git or this program would run is refused, with its name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import filters
from tests.conftest import Crm, Git
from tests.features.test_sync import clone
from tests.trust.mono import Mono

pytestmark = pytest.mark.skipif(os.name == "nt", reason="hooks of shell script")


def test_a_repository_as_files(mono: Mono) -> None:
    assert mono.crm("set", "maja-kos", "city=Izola").code == 0
    mono.embed(mono.theirs / "shop")
    (mono.theirs / "shop/customers/bor.yaml").write_text("name: Bor\n")
    mono.send()
    before = mono.git("rev-parse", "HEAD")
    for words in (("sync", "--dry-run"), ("sync",)):
        run = mono.crm(*words)
        assert run.code == 6 and run.out == ""
        assert run.err.startswith("crm: origin/main brings shop/HEAD, shop/objects/.keep, shop/re")
        assert "have it removed there" in run.err and "nothing was merged" in run.err
    assert mono.git("rev-parse", "HEAD") == before
    assert not (mono.shop / "HEAD").exists() and not (mono.shop / "customers/bor.yaml").exists()
    assert "not committed" not in mono.crm("set", "maja-kos", "city=Piran").err
    assert mono.git("log", "-1", "--format=%s") == "set city of maja-kos\n"
    assert not mono.canary.exists()
    # The colleague takes it out again.
    mono.git("rm", "-q", "-r", *(f"shop/{name}" for name in ("HEAD", "objects", "refs", "hooks")),
             "shop/config", root=mono.theirs)  # fmt: skip
    mono.send("sorry")
    assert mono.crm("sync").out == "received 2 changes from origin, sent 3 changes\n"
    assert (mono.shop / "customers/bor.yaml").exists()


def test_hooks_of_the_tree(mono: Mono) -> None:
    """A team's own hooks: whoever looked at a change accepts it with git."""
    mono.git("config", "core.hooksPath", ".hooks")
    hook = mono.theirs / ".hooks" / "post-merge"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\ntouch {mono.canary}\n")
    hook.chmod(0o755)
    mono.send()
    run = mono.crm("sync")
    assert run.code == 6 and "git's setting core.hookspath here has git run or obey" in run.err
    assert "to accept it: git merge origin/main" in run.err
    assert not mono.canary.exists()
    mono.git("merge", "-q", "origin/main")
    assert mono.crm("sync").out == "nothing new, here or at origin\n"


def test_a_filter_that_a_colleague_turns_on_and_off(shop: Path, git: Git, crm: Crm) -> None:
    remote = shop.parent / "remote.git"
    git("init", "-q", "--bare", "-b", "main", str(remote))
    git("branch", "-M", "main")
    git("remote", "add", "origin", str(remote))
    assert crm("sync").code == 0
    other = clone(remote, "other", crm)
    filters.install(shop)  # in another repository it would be useful
    attributes = other / ".gitattributes"
    before = attributes.read_text()

    def send(text: str) -> None:
        attributes.write_text(text)
        filters.git("commit", "-q", "-a", "-m", "attributes", cwd=other)
        filters.git("push", "-q", cwd=other)

    send(before + "customers/*.yaml filter=enc\n")
    run = crm("sync")
    assert run.code == 6
    assert "brings .gitattributes: git would run the filter 'enc' for customers/" in run.err
    git("merge", "-q", "origin/main")
    git("add", "--renormalize", ".")
    git("commit", "-q", "--no-verify", "-m", "filtered")
    filters.install(other)
    assert crm("sync").code == 0
    assert crm("-C", other, "sync").code == 0
    assert "name: Maja Kos" in (other / "customers/maja-kos.yaml").read_text()

    # Whoever has no key can still send: the next record must not be stored in plain text.
    send(before)
    run = crm("sync")
    assert run.code == 6 and "git would store customers/" in run.err
    assert crm("add", "Eva Secretive").code == 0
    assert filters.stored_plainly(shop, "Secretive") == []


def test_what_crm_keeps_for_itself(mono: Mono) -> None:
    """A journal that somebody sent would be finished by the next command."""
    own = mono.theirs / "shop" / ".crm"
    own.mkdir()
    (own / "journal").write_text("{}\n")
    mono.send()
    run = mono.crm("sync")
    assert run.code == 6 and "shop/.crm/journal: crm keeps its own files there" in run.err
    assert not (mono.shop / ".crm/journal").exists()


def test_a_history_that_has_nothing_in_common(mono: Mono) -> None:
    mono.git("checkout", "-q", "--orphan", "alone", root=mono.theirs)
    mono.git("commit", "-q", "--allow-empty", "-m", "alone", root=mono.theirs)
    mono.git("push", "-q", "-f", "origin", "alone:main", root=mono.theirs)
    run = mono.crm("sync")
    assert run.code != 0 and "unrelated histories" in run.err
