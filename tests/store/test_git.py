"""History follows the files: what is committed, by which subject, and what when it cannot be."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crm_cli.cli.session import Session
from crm_cli.cli.streams import Streams
from crm_cli.render.screen import screen_of
from crm_cli.store.git import Git as StoreGit
from crm_cli.store.git import kill
from crm_cli.store.repository import find_repository
from tests.conftest import Crm, Git


def subjects(git: Git) -> list[str]:
    return git("log", "--format=%s").splitlines()


def test_setup_makes_a_repository_with_all_files(git: Git) -> None:
    assert "customers/maja-kos.yaml" in git("ls-files").split()
    assert git("status", "--porcelain") == ""
    assert "autocommit: true" in git("show", "HEAD:crm.yaml")


def test_a_command_is_one_commit_of_what_it_wrote(shop: Path, git: Git, crm: Crm) -> None:
    (shop / "customers/jan-vidmar.yaml").write_text("name: Jan Vidmar\ncity: Bled\n")
    (shop / "notes.txt").write_text("mine\n")
    git("add", "notes.txt")
    assert crm("log", "maja-kos", "Called", "back", "--kind", "call").code == 0
    assert subjects(git)[0] == "log call with maja-kos"
    assert git("show", "--name-only", "--format=", "HEAD").split() == ["customers/maja-kos.yaml"]
    assert git("status", "--porcelain").splitlines() == [
        " M customers/jan-vidmar.yaml",
        "A  notes.txt",
    ]


def test_a_bulk_command_is_one_commit(git: Git, crm: Crm) -> None:
    before = len(subjects(git))
    assert crm("tag", "add", "cold", "maja-kos", "jan-vidmar", "hotel-breg", "--yes").code == 0
    assert len(subjects(git)) == before + 1
    assert len(git("show", "--name-only", "--format=", "HEAD").split()) == 3


def test_a_command_that_writes_very_many_files_is_one_commit(
    shop: Path, git: Git, crm: Crm
) -> None:
    for number in range(230):
        (shop / f"customers/p-{number}.yaml").write_text(f"name: P {number}\n")
    (shop / "notes.txt").write_text("mine\n")
    git("add", "notes.txt")
    assert crm("tag", "add", "many", "name:P", "--yes").code == 0
    assert subjects(git)[1].startswith("edited by hand: p-0, p-1, ")
    assert len(git("show", "--name-only", "--format=", "HEAD").split()) == 230
    assert git("status", "--porcelain") == "A  notes.txt\n"


def test_what_was_edited_by_hand_is_committed_first(shop: Path, git: Git, crm: Crm) -> None:
    path = shop / "customers/jan-vidmar.yaml"
    by_hand = path.read_text() + "nickname: Jaka\n"
    path.write_text(by_hand)
    assert crm("set", "jan-vidmar", "city=Koper").code == 0
    assert subjects(git)[:2] == ["set city of jan-vidmar", "edited by hand: jan-vidmar"]
    assert git("show", "HEAD~1:customers/jan-vidmar.yaml") == by_hand
    assert git("status", "--porcelain") == ""
    assert crm("undo").code == 0
    assert path.read_text() == by_hand


def test_a_file_made_by_hand_is_committed_first(shop: Path, git: Git, crm: Crm) -> None:
    (shop / "customers/iva-lah.yaml").write_text("name: Iva Lah\n")
    assert crm("set", "iva-lah", "city=Izola").code == 0
    assert subjects(git)[:2] == ["set city of iva-lah", "edited by hand: iva-lah"]


def test_new_and_removed_files(git: Git, crm: Crm) -> None:
    assert crm("add", "Iva Lah").code == 0
    assert git("status", "--porcelain") == ""
    assert crm("rm", "iva-lah", "--yes").code == 0
    assert subjects(git)[:2] == ["remove iva-lah", "add iva-lah"]
    assert git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("name", "reason"),
    [("MERGE_HEAD", "a merge"), ("rebase-merge", "a rebase"), ("CHERRY_PICK_HEAD", "a cherry")],
)
def test_while_git_is_busy_data_is_saved_and_committed_later(
    shop: Path, git: Git, crm: Crm, name: str, reason: str
) -> None:
    (shop / ".git" / name).write_text("")
    run = crm("set", "maja-kos", "city=Izola")
    assert run.code == 0
    assert [line for line in run.err.splitlines() if line.startswith("crm: saved")] == [
        f"crm: saved, not committed: {reason}{run.err.split(reason)[1].splitlines()[0]}"
    ]
    assert "city: Izola" in (shop / "customers/maja-kos.yaml").read_text()
    assert subjects(git) == ["git setup"]
    (shop / ".git" / name).unlink()
    assert crm("set", "maja-kos", "city=Piran").code == 0
    assert subjects(git)[:2] == ["set city of maja-kos", "set city of maja-kos"]
    assert "Izola" in git("show", "HEAD~1:customers/maja-kos.yaml")


def test_on_a_detached_head_nothing_is_committed(git: Git, crm: Crm) -> None:
    git("switch", "--detach", "--quiet")
    run = crm("set", "maja-kos", "city=Izola")
    assert run.code == 0
    assert "not committed: HEAD is detached" in run.err


def test_a_process_that_a_hook_leaves_behind_is_not_waited_for(
    shop: Path, git: Git, crm: Crm
) -> None:
    (shop / ".git/hooks/post-commit").write_text(
        f"#!/bin/sh\nsleep 600 &\necho $! > {shop.parent}/left\n"
    )
    (shop / ".git/hooks/post-commit").chmod(0o755)
    run = crm("set", "maja-kos", "city=Izola")
    left = int((shop.parent / "left").read_text())
    os.kill(left, signal.SIGKILL)  # fails if it had ended
    assert (run.code, run.err) == (0, "crm undo takes it back\n")
    assert subjects(git)[0] == "set city of maja-kos"


@pytest.mark.skipif(not shutil.which("setsid"), reason="no program that leaves its session")
def test_a_command_is_stopped_without_waiting_for_what_has_left_its_group(
    shop: Path, git: Git, crm: Crm
) -> None:
    left = shop.parent / "left"
    script = f"setsid sh -c 'echo $$ > {left}; exec sleep 600' & until [ -s {left} ]; do :; done"
    git("config", "alias.slow", f"!{script}; echo done; exec sleep 600")
    process = StoreGit(shop, os.environ, find_repository(str(shop))).start("slow")
    assert process.stdout is not None
    assert process.stdout.readline() == b"done\n"
    kill(process)
    os.kill(int(left.read_text()), signal.SIGKILL)  # fails if it had ended
    assert process.returncode == -signal.SIGKILL


def test_a_line_break_in_a_path_is_never_written_for_git_to_read(
    shop: Path, git: Git, crm: Crm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    git("config", "core.hooksPath", f"{tmp_path}/hooks\nof ours")
    run = crm("git", "setup", "--yes")
    assert (run.code, "line break" in run.err) == (6, True)
    assert not (tmp_path / "hooks").exists()
    git("config", "--unset", "core.hooksPath")
    monkeypatch.setattr(sys, "executable", "/opt/x\n[alias]\nst = !touch PWNED/python")
    before = (shop / ".git/config").read_bytes()
    run = crm("git", "setup", "--yes")
    assert (run.code, "line break" in run.err) == (6, True)
    assert b"PWNED" not in before + (shop / ".git/config").read_bytes()


def test_a_failing_hook_is_one_line_and_the_next_command_commits(
    shop: Path, git: Git, crm: Crm
) -> None:
    hook = shop / ".git/hooks/pre-commit"
    kept = hook.read_text()
    hook.write_text("#!/bin/sh\necho 'not on Sundays' >&2\nexit 1\n")
    run = crm("add", "Iva Lah")
    assert run.code == 0
    told = [line for line in run.err.splitlines() if "crm:" in line]
    assert told == ["crm: saved, not committed: git commit: not on Sundays"]
    assert git("status", "--porcelain") == "?? customers/iva-lah.yaml\n"
    hook.write_text(kept)
    assert crm("set", "maja-kos", "city=Izola").code == 0
    assert subjects(git)[:2] == ["set city of maja-kos", "add iva-lah"]
    assert git("status", "--porcelain") == ""


def test_without_an_identity_the_data_is_saved(shop: Path, git: Git, crm: Crm) -> None:
    (shop.parent / "home/gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    run = crm("set", "maja-kos", "city=Izola")
    assert run.code == 0
    assert "saved, not committed: git commit: git does not know who you are" in run.err


def test_in_a_directory_that_is_not_trusted_git_is_not_run(
    shop: Path, git: Git, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert crm("trust", "--remove").code == 0
    ran = shop / "ran"
    git("config", "core.fsmonitor", f"touch {ran}")
    (shop / ".git/hooks/pre-commit").write_text(f"#!/bin/sh\ntouch {ran}\n")
    run = crm("set", "maja-kos", "city=Izola")
    assert run.code == 0
    assert "not committed: this directory is not trusted" in run.err
    assert not ran.exists()


def test_the_environment_does_not_say_which_repository(
    shop: Path, git: Git, crm: Crm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert crm("set", "maja-kos", "city=Izola").err.count("saved, not") == 0
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert subjects(git)[0] == "set city of maja-kos"


def test_in_a_folder_of_a_larger_repository(
    shop: Path, crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = shop.parent / "home"
    (home / "gitconfig").write_text("[user]\nname = Petra Zajc\nemail = petra@lan.example\n")
    subprocess.run(["git", "init", "-q", str(shop.parent)], check=True)
    assert crm("git", "setup", "--yes").code == 0
    assert crm("config", "set", "git.autocommit=true").code == 0
    path = shop / "customers/jan-vidmar.yaml"
    path.write_text(path.read_text() + "nickname: Jaka\n")
    assert crm("set", "jan-vidmar", "city=Koper").err.count("not committed") == 0
    told = subprocess.run(
        ["git", "log", "--name-only", "--format=%s", "-2"],
        cwd=shop, capture_output=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip
    assert told.split("\n") == [
        "set city of jan-vidmar", "", "shop/customers/jan-vidmar.yaml",
        "edited by hand: jan-vidmar", "", "shop/customers/jan-vidmar.yaml", "",
    ]  # fmt: skip


def test_who_gave_the_command_is_the_author(shop: Path, git: Git, crm: Crm) -> None:
    who = ("log", "-1", "--format=%an <%ae>, %cn")
    assert crm("set", "maja-kos", "city=Bled", "--as", "marko").code == 0
    assert git(*who) == "Marko Hribar <marko@lan.example>, Petra Zajc\n"
    assert crm("set", "maja-kos", "city=Koper").code == 0
    assert git(*who) == "Petra Zajc <petra@lan.example>, Petra Zajc\n"
    # Of whom crm.yaml does not name, git knows more than we do.
    assert crm("set", "maja-kos", "city=Bled", "--as", "eva").code == 0
    assert git(*who) == "Petra Zajc <petra@lan.example>, Petra Zajc\n"
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text().replace("Marko Hribar", '"A <b>\\nC: d"'))
    assert crm("set", "maja-kos", "city=Koper", "--as", "marko").code == 0
    assert git(*who) == "A b C: d <marko@lan.example>, Petra Zajc\n"


def test_many_files_have_the_author_too(
    shop: Path, git: Git, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_cli.store.commits._MATCHED", 1)
    monkeypatch.setenv("CRM_USER", "marko")
    assert crm("tag", "add", "cold", "has:name", "--yes").code == 0
    assert git("log", "-1", "--format=%an, %s") == "Marko Hribar, tag 3 customers cold\n"


def test_a_commit_that_comes_later_has_its_own_author(shop: Path, git: Git, crm: Crm) -> None:
    lock = shop / ".git" / "index.lock"
    lock.touch()
    assert "not committed" in crm("set", "maja-kos", "city=Bled", "--as", "marko").err
    lock.unlink()
    assert crm("set", "hotel-breg", "city=Koper").code == 0
    assert git("log", "-2", "--format=%an, %s") == (
        "Petra Zajc, set city of hotel-breg\nMarko Hribar, set city of maja-kos\n"
    )


def test_history_names_the_author(git: Git, crm: Crm) -> None:
    assert crm("set", "maja-kos", "city=Bled", "--as", "marko").code == 0
    assert "marko" in crm("blame", "maja-kos", "-o", "tsv").out


def test_a_new_directory_within_a_repository_says_that_nothing_is_committed(
    tmp_path: Path, git: Git, crm: Crm
) -> None:
    root = tmp_path / "project"
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for folder in (root, root / "sub"):
        made = crm("init", folder, "--name", "T")
        assert (made.code, made.err.count("crm config set git.autocommit=true")) == (0, 1)
        done = crm("-C", folder, "git", "setup", "--yes")
        assert "commands are not committed by themselves" in done.err
        (row,) = [line for line in crm("-C", folder, "doctor").lines if " git " in line]
        assert row.startswith("warn") and "git.autocommit is off" in row
    assert crm("-C", root, "config", "set", "git.autocommit=true").code == 0
    assert crm("-C", root, "add", "Ana").code == 0
    (row,) = [line for line in crm("-C", root, "doctor").lines if " git " in line]
    assert row.startswith("ok") and "each command is committed" in row
    done_ = subprocess.run(
        ["git", "-C", root, "log", "--format=%s"], capture_output=True, text=True, check=True
    )
    assert "add ana" in done_.stdout


def test_setup_in_a_folder_of_a_repository_keeps_our_own_folder_out(
    tmp_path: Path, shop: Path, git: Git, crm: Crm
) -> None:
    root = tmp_path / "project"
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    (root / "shop").mkdir()
    (root / "shop/crm.yaml").write_text("currency: EUR\n")
    assert crm("-C", root / "shop", "git", "setup", "--yes").code == 0
    assert (root / "shop/.gitignore").read_text() == ".crm/\n"


def test_what_cannot_be_signed_is_said_by_doctor_and_by_setup(
    shop: Path, git: Git, crm: Crm
) -> None:
    git("config", "commit.gpgSign", "true")
    git("config", "gpg.program", "/bin/false")
    objects = sorted(path.name for path in (shop / ".git/objects").rglob("*"))
    (row,) = [line for line in crm("doctor").lines if " git " in line]
    assert row.startswith("warn") and "cannot be signed" in row
    assert sorted(path.name for path in (shop / ".git/objects").rglob("*")) == objects
    assert "cannot be signed" in crm("git", "setup", "--yes").err


def test_what_cannot_be_signed_is_said_once(shop: Path, git: Git, crm: Crm) -> None:
    git("config", "commit.gpgSign", "true")
    git("config", "gpg.program", "/bin/false")
    said = [crm("set", "maja-kos", f"city={city}").err for city in ("Ptuj", "Bled", "Piran")]
    assert [err.count("not committed: commits cannot be signed") for err in said] == [1, 0, 0]
    git("config", "commit.gpgSign", "false")
    assert crm("set", "maja-kos", "city=Izola").err.count("not committed") == 0
    assert git("status", "--porcelain") == ""
    git("config", "commit.gpgSign", "true")
    assert "cannot be signed" in crm("set", "maja-kos", "city=Koper").err


def test_a_repository_of_plain_git_is_told_of_once_on_a_terminal(
    tmp_path: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "plain"
    (root / "customers").mkdir(parents=True)
    (root / "crm.yaml").write_text("currency: EUR\n")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    line = "commands are not committed by themselves here"
    assert line not in crm("-C", root, "add", "Ana").err
    screen = screen_of(sys.stderr, color="never", environ={})._replace(width=80)
    monkeypatch.setattr(Streams, "margin", screen)
    assert line not in crm("-C", root, "list").err
    said = [crm("-C", root, "set", "ana", f"city={city}").err for city in ("Koper", "Bled")]
    assert [err.count(line) for err in said] == [1, 0]
    (root / ".crm/told-uncommitted").unlink()
    (root / "crm.yaml").write_text("currency: EUR\ngit:\n  autocommit: false\n")
    assert line not in crm("-C", root, "set", "ana", "city=Piran").err


def test_the_users_own_askpass_is_kept(shop: Path) -> None:
    own = {**os.environ, "GIT_ASKPASS": "/opt/ask", "SSH_ASKPASS": "/opt/ssh"}
    ran = StoreGit(str(shop), own).ask("-c", "alias.x=!echo $GIT_ASKPASS $SSH_ASKPASS", "x")
    assert ran.out.split() == [b"/opt/ask", b"/opt/ssh"]
    bare = {key: text for key, text in own.items() if not key.endswith("_ASKPASS")}
    ran = StoreGit(str(shop), bare).ask("-c", "alias.x=!echo $GIT_ASKPASS $SSH_ASKPASS", "x")
    assert ran.out.split() == [b"true", b"true"]


def test_the_user_of_the_repositorys_configuration_is_me(shop: Path, git: Git, crm: Crm) -> None:
    git("config", "user.name", "Marko Hribar")
    git("config", "user.email", "marko@lan.example")
    assert crm("set", "maja-kos", "owner=me").code == 0
    assert "marko" in crm("show", "maja-kos", "--cols", "owner", "-o", "csv").out


def test_init_takes_the_user_of_the_repository_that_it_lies_in(
    tmp_path: Path, git: Git, crm: Crm
) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path / "all")], check=True)
    for key, text in (("user.name", "Nina Vidmar"), ("user.email", "nina@lan.example")):
        subprocess.run(["git", "-C", tmp_path / "all", "config", key, text], check=True)
    assert crm("init", tmp_path / "all/shop", "--name", "T").code == 0
    assert "  nina:\n    name: Nina Vidmar\n" in (tmp_path / "all/shop/crm.yaml").read_text()


def test_init_asks_for_the_user_on_a_terminal_only(
    tmp_path: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    assert crm("init", tmp_path / "one", "--name", "T").code == 0
    assert "users" not in (tmp_path / "one/crm.yaml").read_text()
    answers = {"Your name?": "Eva Lah", "Your e-mail?": "eva@lan.example"}
    monkeypatch.setattr(Session, "interactive", True)
    monkeypatch.setattr(Session, "ask", lambda _, question, default="": answers.pop(question))
    assert crm("init", tmp_path / "two", "--name", "T", "--country", "SI").code == 0
    assert "users:\n  eva:\n    name: Eva Lah\n" in (tmp_path / "two/crm.yaml").read_text()
    assert answers == {}


def test_init_makes_gits_user_the_first_one(tmp_path: Path, git: Git, crm: Crm) -> None:
    root = tmp_path / "own"
    assert crm("init", root, "--name", "T").code == 0
    text = (root / "crm.yaml").read_text()
    assert "users:\n  petra:\n    name: Petra Zajc\n    email: petra@lan.example\n" in text
    crm("-C", root, "add", "Ana", "owner=me")
    assert crm("-C", root, "list", "owner:me", "-o", "ids").lines == ["ana"]


def test_me_is_gits_user_where_the_settings_have_no_users(
    tmp_path: Path, git: Git, crm: Crm
) -> None:
    root = tmp_path / "old"
    root.mkdir()
    (root / "crm.yaml").write_text("currency: EUR\n")
    assert crm("-C", root, "add", "Ana", "owner=petra").code == 0
    assert crm("-C", root, "list", "owner:me", "-o", "ids").lines == ["ana"]
    (root / "crm.yaml").write_text("currency: EUR\nusers:\n  eva:\n    name: Eva\n")
    assert crm("-C", root, "list", "owner:me", "-o", "ids").code == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes in the file system")
@pytest.mark.parametrize("name", [".gitignore", ".gitattributes", "customers/.gitattributes"])
def test_a_pipe_that_git_would_open_stops_git_and_not_the_write(
    shop: Path, git: Git, crm: Crm, name: str
) -> None:
    (shop / name).unlink(missing_ok=True)
    os.mkfifo(shop / name)
    run = crm("set", "maja-kos", "city=Bled")
    assert run.code == 0
    assert f"{shop / name} is no file, and git would wait for it for ever (remove it)" in run.err
    assert "city: Bled" in (shop / "customers/maja-kos.yaml").read_text()
    assert crm("sync").code == 7
    (shop / name).unlink()
    assert crm("set", "maja-kos", "city=Piran").code == 0
    assert subjects(git)[:2] == ["set city of maja-kos"] * 2
