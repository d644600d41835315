"""Answers do not depend on how anybody has set up git, nor on the language of the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Crm, Git
from tests.shares import Share

SETTINGS = (
    ("log.showSignature", "true"), ("log.showRoot", "false"), ("log.date", "relative"),
    ("log.decorate", "full"), ("log.follow", "true"), ("log.abbrevCommit", "true"),
    ("color.ui", "always"), ("color.diff", "always"), ("color.status", "always"),
    ("core.quotePath", "true"), ("core.abbrev", "5"), ("core.pager", "false"),
    ("i18n.logOutputEncoding", "ISO-8859-2"), ("i18n.commitEncoding", "ISO-8859-2"),
    ("diff.external", "false"), ("diff.renames", "false"), ("diff.renames", "copies"),
    ("diff.noprefix", "true"), ("diff.relative", "true"), ("diff.orderFile", "/nowhere"),
    ("diff.mnemonicPrefix", "true"), ("diff.ignoreSubmodules", "all"),
    ("format.pretty", "oneline"), ("column.ui", "always"), ("alias.log", "status"),
    ("status.short", "true"), ("status.branch", "true"), ("status.showUntrackedFiles", "no"),
    ("status.relativePaths", "false"), ("status.renames", "copies"), ("pager.log", "false"),
    ("merge.ff", "only"), ("merge.ff", "false"), ("merge.conflictStyle", "diff3"),
    ("merge.directoryRenames", "true"),
    ("pull.rebase", "true"), ("branch.main.mergeOptions", "--squash"),
    ("commit.verbose", "true"), ("commit.status", "false"), ("core.commentChar", "%"),
)  # fmt: skip
"""What people and programs set, and what git prints, stores or merges by."""

SIGNER = """\
#!/bin/sh
case "$*" in
*--verify*)
    echo "[GNUPG:] GOODSIG 0123456789ABCDEF Petra"; echo "gpg: Good signature" >&2 ;;
*)
    cat >/dev/null; echo "[GNUPG:] SIG_CREATED D 1 8 00 0 0 X" >&2
    printf -- "-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n" ;;
esac
"""


def signed(shop: Path, git: Git) -> None:
    """Have commits signed by a program that only pretends to."""
    program = shop.parent / "gpg"
    program.write_text(SIGNER)
    program.chmod(0o755)
    git("config", "gpg.program", str(program))
    git("config", "commit.gpgSign", "true")


ASKED = (
    ("history", "ziga", "-o", "csv"), ("changes", "--since", "2000-01-01"), ("undo", "--list"),
    ("undo", "HEAD", "--dry-run"), ("list", "--as-of", "HEAD~1"), ("blame", "ziga"),
)  # fmt: skip


@pytest.fixture
def history(shop: Path, git: Git, crm: Crm) -> None:
    """A renaming, signatures, letters beyond ASCII, names that git would quote."""
    signed(shop, git)
    git("branch", "-M", "main")
    git("config", "user.email", "cuk@lan.example")
    git("config", "user.name", "Črt Žagar")
    for words in (
        ("add", "Žiga Čuk"), ("rename", "ziga-cuk", "ziga"), ("set", "maja-kos", "city=Šmarje"),
    ):  # fmt: skip
        assert crm(*words).code == 0
    assert git("log", "-1", "--format=%G?").strip() == "G"


def test_no_setting_of_git_changes_an_answer(
    history: None, git: Git, crm: Crm, share: Share
) -> None:
    before = [crm(*words) for words in ASKED]
    assert [run.code for run in before] == [0] * len(ASKED)
    assert "Črt Žagar" in before[0].out
    for setting in share.of(SETTINGS, 4):
        git("config", *setting)
        assert [crm(*words) for words in ASKED] == before, setting
        git("config", "--unset", setting[0])


def test_no_setting_of_git_changes_what_is_committed(
    history: None, shop: Path, git: Git, crm: Crm, share: Share
) -> None:
    path = shop / "customers/jan-vidmar.yaml"
    for number, setting in enumerate(share.of(SETTINGS, 4)):
        git("config", *setting)
        path.write_text(f"name: Jan Vidmar\nnickname: J{number}\n")
        done = crm("set", "maja-kos", f"nickname=Č{number}")
        assert (done.code, done.err) == (0, "crm undo takes it back\n"), setting
        assert "committed: customers/jan-vidmar.yaml" in crm("sync").err, setting
        git("config", "--unset", setting[0])
        assert git("log", "-2", "--format=%s%x00%an").splitlines() == [
            "edited by hand: jan-vidmar\0Črt Žagar", "set nickname of maja-kos\0Črt Žagar",
        ], setting  # fmt: skip
        assert git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    "setting",
    [one for one in SETTINGS if one[0].startswith(("merge.", "pull.", "branch."))],
    ids="=".join,
)
def test_no_setting_of_git_changes_how_clones_are_merged(
    shop: Path, git: Git, crm: Crm, setting: tuple[str, str], tmp_path: Path
) -> None:
    remote, other = tmp_path / "remote.git", tmp_path / "other"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(remote)], check=True)
    git("branch", "-M", "main")
    git("remote", "add", "origin", str(remote))
    assert crm("sync").code == 0
    subprocess.run(["git", "clone", "-q", str(remote), str(other)], check=True)
    assert crm("-C", other, "git", "setup", "--yes").code == 0
    git("config", *setting)
    assert crm("-C", other, "set", "maja-kos", "nickname=Mia").code == 0
    assert crm("-C", other, "sync").code == 0
    assert crm("sync").code == 0  # only theirs
    assert crm("-C", other, "set", "maja-kos", "nickname=Maj").code == 0
    assert crm("-C", other, "sync").code == 0
    assert crm("set", "maja-kos", "city=Izola").code == 0
    done = crm("sync")
    assert done.code == 0, done.err
    text = (shop / "customers/maja-kos.yaml").read_text()
    assert "nickname: Maj\n" in text and "city: Izola" in text
    assert git("status", "--porcelain") == ""
    assert git("rev-list", "--count", "--merges", "HEAD").strip() == "1"


def test_the_language_of_the_machine_changes_no_answer(shop: Path, git: Git, crm: Crm) -> None:
    assert crm("log", "maja-kos", "Called", "--at", "tue").code == 0

    def asked(**languages: str) -> list[bytes]:
        environ = {**os.environ, "PYTHONUTF8": "1", **languages}
        return [
            subprocess.run(
                [sys.executable, "-m", "crm_cli", *words], env=environ, capture_output=True,
                check=True,
            ).stdout
            for words in (["agenda"], ["history", "maja-kos"])
        ]  # fmt: skip

    plain = asked(LC_ALL="C.UTF-8")
    for language in ("C", "de_DE.UTF-8", "xx_XX"):
        assert asked(LC_TIME=language, LANG=language, LANGUAGE=language, LC_ALL=language) == plain
