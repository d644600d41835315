"""Sending that is killed, and two who send at once: nobody gets a mail twice, nobody is missed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from crm_cli.features.mailing.claiming import claimed
from crm_cli.features.mailing.outbox import held
from crm_cli.model.places import OUTBOX
from crm_cli.workspace import open_workspace
from tests import shares
from tests.cli.test_mail_send import many, post
from tests.conftest import Crm, Git
from tests.features.outbox import drafts, office
from tests.features.post_office import PostOffice, post_office
from tests.features.test_sync import clone

__all__ = ["office", "post"]


def started(root: Path) -> subprocess.Popen[bytes]:
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "crm_cli", "-C", str(root), "mail", "send", "--all"]
    return subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.soak
def test_killed_at_random(crm: Crm, office: Path, post: PostOffice) -> None:
    """What is sent is sent once; what is neither sent nor in the outbox is told as doubtful."""
    turn = shares.turn()
    chance = random.Random(turn)
    wanted = many(office, 10 if turn is not None else 800)
    crm("config", "set", "mail.per_run=4")
    assert crm("mail", "draft", "name:Customer", "--template", "news", "--yes").code == 0
    assert len(drafts(office)) == len(wanted)
    kills = 0
    while drafts(office) and kills < (3 if turn is not None else 500):
        run = started(office)
        time.sleep(chance.uniform(0.15, 0.9))
        run.send_signal(signal.SIGKILL)
        kills += run.wait() == -signal.SIGKILL
        if run.stdout is not None:
            run.stdout.close()
    crm("config", "set", "mail.per_run=5000")
    assert crm("mail", "send", "--all").code in (0, 1)
    copies = Counter(post.recipients)
    assert max(copies.values()) == 1, copies.most_common(3)
    doubtful = {path.name.partition(".")[0] for path in office.glob("outbox/sending/*/*")}
    assert len(doubtful) <= kills
    assert copies.keys() | {f"{id}@kos.example" for id in doubtful} == {*wanted}
    noted = crm("interaction", "list", "has:message_id", "-o", "ids").out.split()
    assert len(noted) == len(wanted) - len(doubtful)
    assert drafts(office) == [] and crm("check").code == 0


@pytest.fixture
def remote(office: Path, crm: Crm, git: Git) -> Path:
    """A bare repository that the office was sent to."""
    bare = office.parent / "remote.git"
    assert crm("git", "setup", "--yes").code == 0
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    git("remote", "add", "origin", str(bare))
    assert crm("sync").code == 0
    return bare


@pytest.mark.slow
def test_two_clones_that_send_at_once(
    crm: Crm, office: Path, remote: Path, tmp_path: Path
) -> None:
    with post_office(tmp_path) as server:
        wanted = many(office, 6)
        assert crm("mail", "draft", "name:Customer", "--template", "news", "--yes").code == 0
        assert crm("sync").code == 0
        other = clone(remote, "other", crm)
        runs = [started(root) for root in (office, other)]
        said = [run.communicate()[0].decode() for run in runs]
        # Whoever was slower finds nothing left, or what it gave up.
        for root in (office, other):
            ran = crm("-C", root, "mail", "send", "--all")
            assert ran.code == 0, (ran, said)
        assert sorted(server.recipients) == wanted, said
    assert crm("sync").code == 0
    assert drafts(office) == [] and not list(office.glob("outbox/sending/*/*"))
    assert len(list(office.glob("documents/mail/*/*"))) == len(wanted)


@pytest.mark.slow
def test_a_claim_is_known_to_the_others_before_anything_is_sent(
    crm: Crm, office: Path, remote: Path, tmp_path: Path
) -> None:
    with post_office(tmp_path) as server:
        many(office, 1)
        assert crm("mail", "draft", "c00", "--template", "news").code == 0
        assert crm("sync").code == 0
        other = clone(remote, "other", crm)
        # Here it is claimed and sent, and what became of it has not arrived there.
        assert crm("mail", "send", "--all").out == "1 sent\n"
        remote.rename(tmp_path / "away.git")
        offline = crm("-C", other, "mail", "send", "--all")
        assert offline.code == 7 and len(server.mails) == 1, offline
        (tmp_path / "away.git").rename(remote)
        ran = crm("-C", other, "mail", "send", "--all")
        assert (ran.code, ran.out, len(server.mails)) == (0, "", 1), ran


@pytest.mark.slow
@pytest.mark.soak
def test_clones_that_are_killed(crm: Crm, office: Path, remote: Path, tmp_path: Path) -> None:
    """Two send and are killed, in any order, until all is sent or doubtful."""
    turn = shares.turn()
    chance = random.Random(turn)
    rounds, count = (1, 5) if turn is not None else (40, 99)
    with post_office(tmp_path) as server:
        wanted = many(office, count)
        assert crm("config", "set", "mail.per_run=4").code == 0
        assert crm("mail", "draft", "name:Customer", "--template", "news", "--yes").code == 0
        assert crm("sync").code == 0
        other = clone(remote, "other", crm)
        kills = 0
        for _ in range(rounds):
            runs = [started(root) for root in (office, other)]
            time.sleep(chance.uniform(0.3, 2))
            for run in runs:
                with suppress(ProcessLookupError):
                    os.killpg(run.pid, signal.SIGKILL)  # git, too: its locks are removed below
                kills += run.wait() == -signal.SIGKILL
                if run.stdout is not None:
                    run.stdout.close()
        assert crm("config", "set", "mail.per_run=500").code == 0
        for root in (office, other, office, other):
            for lock in root.glob(".git/*.lock"):
                lock.unlink()  # git's own: whoever killed it removes them
            ran = crm("-C", root, "mail", "send", "--all")
            assert ran.code in (0, 1), ran
        assert crm("sync").code == 0
        copies = Counter(server.recipients)
        claimed = office.glob("outbox/sending/*/*")
        doubtful = {f"{path.name.partition('.')[0]}@kos.example" for path in claimed}
        assert max(copies.values()) == 1, copies.most_common(3)
        assert copies.keys() | doubtful == {*wanted} and len(doubtful) <= kills
        assert drafts(office) == []


@pytest.mark.slow
@pytest.mark.parametrize("slow", ["office", "other"])
def test_what_was_claimed_and_not_pushed_meets_what_was_sent(
    crm: Crm, office: Path, remote: Path, tmp_path: Path, slow: str
) -> None:
    with post_office(tmp_path) as server:
        wanted = many(office, 3)
        assert crm("mail", "draft", "name:Customer", "--template", "news", "--yes").code == 0
        assert crm("sync").code == 0
        roots = [office, clone(remote, "other", crm)]
        late, fast = roots if slow == "office" else reversed(roots)
        workspace = open_workspace(directory=late)
        with claimed(workspace) as claims:
            claims.claim(list(held(workspace, OUTBOX.path)))  # and here it is cut off
        workspace.close()
        assert crm("-C", fast, "mail", "send", "--all").out == "3 sent\n"
        ran = crm("-C", late, "mail", "send", "--all")
        assert (ran.code, ran.out) == (0, ""), ran
        assert sorted(server.recipients) == wanted
    for root in (fast, late):
        assert crm("-C", root, "sync").code == 0
        assert drafts(root) == [] and not list(root.glob("outbox/sending/*/*"))
        assert len(list(root.glob("documents/mail/*/*"))) == 3
