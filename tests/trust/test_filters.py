"""Records that a filter stores in another form, as git-crypt does: nothing goes around it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests import filters, templates
from tests.conftest import Crm, Git
from tests.filters import stored_plainly
from tests.shares import Share

pytestmark = pytest.mark.skipif(os.name == "nt", reason="filters of shell script")

LINE = "customers/*.yaml filter=enc\n"


@pytest.fixture
def encrypted(shop: Path, git: Git, crm: Crm) -> Path:
    """The shop, whose customers have been stored filtered since its second commit."""

    def encrypt() -> None:
        filters.install(shop)
        turned(shop, git, LINE)

    templates.made(shop.parent, encrypt)
    return shop


def turned(shop: Path, git: Git, line: str) -> None:
    """Let the records be stored by other attributes from now on."""
    kept = (shop / ".gitattributes").read_text().replace(LINE, "")
    (shop / ".gitattributes").write_text(kept + line)
    git("add", "--renormalize", ".")
    git("commit", "-q", "-a", "--no-verify", "-m", "filter")


def subjects(git: Git, count: int = 1) -> list[str]:
    return git("log", f"-{count}", "--format=%s").splitlines()


def test_a_command_is_one_commit(encrypted: Path, git: Git, crm: Crm) -> None:
    assert crm("set", "maja-kos", "city=Secretville").err == "crm undo takes it back\n"
    assert subjects(git, 2) == ["set city of maja-kos", "filter"]
    assert git("status", "--porcelain") == ""
    assert git("show", "HEAD:customers/maja-kos.yaml").startswith("stored\n# Zrg")
    assert stored_plainly(encrypted, "Secretville") == []


def test_what_was_edited_by_hand(encrypted: Path, git: Git, crm: Crm) -> None:
    path = encrypted / "customers/jan-vidmar.yaml"
    by_hand = path.read_text() + "nickname: Secretive\n"
    path.write_text(by_hand)
    assert "not committed" not in crm("set", "jan-vidmar", "city=Koper").err
    assert subjects(git, 2) == ["set city of jan-vidmar", "edited by hand: jan-vidmar"]
    git("checkout", "-q", "HEAD~1", "--", "customers")
    assert path.read_text() == by_hand
    assert stored_plainly(encrypted, "Secretive") == []


def test_many_that_were_edited_by_hand(
    encrypted: Path, git: Git, crm: Crm, share: Share
) -> None:
    for count in share.of([25, 230], 2):
        _edited_by_hand(encrypted, git, crm, count)


def _edited_by_hand(encrypted: Path, git: Git, crm: Crm, count: int) -> None:
    paths = [encrypted / f"customers/c{number}.yaml" for number in range(count)]
    for path in paths:
        path.write_text(f"name: Customer {path.stem}\n")
    git("add", "-A")
    git("commit", "-q", "--no-verify", "-m", "more")
    for path in paths:
        path.write_text(path.read_text() + "notes: secretnote\n")
    assert "not committed" not in crm("set", "name:Customer", "owner=petra", "--yes").err
    assert subjects(git, 2)[0] == f"set owner of {count} customers"
    assert subjects(git, 2)[1].startswith("edited by hand: c0, c1, ")
    assert stored_plainly(encrypted, "secretnote") == []
    assert git("status", "--porcelain") == ""
    assert len(git("show", "--name-only", "--format=", "HEAD~1").split()) == count


def test_what_could_not_be_committed_at_once(encrypted: Path, git: Git, crm: Crm) -> None:
    merging = encrypted / ".git" / "MERGE_HEAD"
    merging.touch()
    assert "not committed" in crm("set", "maja-kos", "city=Secretville").err
    assert "not committed" in crm("add", "Eva Secretive").err
    merging.unlink()
    assert "not committed" not in crm("set", "maja-kos", "city=Koper").err
    assert subjects(git, 2)[1].startswith("2 commands before: ")
    assert stored_plainly(encrypted, "Secret") == []
    assert git("status", "--porcelain") == ""


def test_history_reads_what_was_written(encrypted: Path, git: Git, crm: Crm) -> None:
    """Through three states of the attributes, each as its commits have it."""
    assert crm("set", "maja-kos", "city=Izola").code == 0
    turned(encrypted, git, "")
    assert crm("set", "maja-kos", "city=Piran").code == 0
    turned(encrypted, git, "[attr]secret filter=enc\ncustomers/*.yaml secret\n")
    assert crm("rename", "maja-kos", "maja").code == 0
    assert crm("set", "maja", "city=Bled").code == 0
    said = crm("history", "maja", "--cols", "what", "-o", "tsv", "--no-header").lines
    assert said == [
        "address: city Piran → Bled",
        "customer renamed: maja-kos → maja",
        "address: city Izola → Piran",
        "address: city Koper → Izola",
        "+1 customer Maja Kos",
    ]
    assert "Maja Kos" in crm("blame", "maja").out
    assert "city Piran → Bled" in crm("changes", "--since", "2000-01-01").out
    path = encrypted / "customers/maja.yaml"
    path.write_text(path.read_text() + "nickname: Majka\n")
    said = crm("history", "maja", "--cols", "what", "-o", "tsv", "--no-header").lines
    assert said[0] == "nickname (none) → Majka" and len(said) == 6


def test_an_earlier_state(encrypted: Path, git: Git, crm: Crm) -> None:
    assert crm("set", "maja-kos", "city=Izola").code == 0
    turned(encrypted, git, "")
    assert crm("set", "maja-kos", "city=Piran").code == 0

    def city(*words: str) -> str:
        run = crm("show", "maja-kos", "--json", *words)
        assert run.code == 0 and run.err == "", run
        return str(json.loads(run.out)["addresses"][0]["city"])

    for _ in ("read", "from the index"):
        assert [city("--as-of", f"HEAD~{back}") for back in range(5)] == [
            "Piran", "Izola", "Izola", "Koper", "Koper"
        ]  # fmt: skip
    assert crm("search", "Izola", "--as-of", "HEAD~2").out.count("Izola") == 1


def test_an_index_of_an_earlier_state_is_not_used_with_other_filters(
    encrypted: Path, git: Git, crm: Crm
) -> None:
    """As of a clone that was locked, and has its key by now."""
    git("config", "--remove-section", "filter.enc")
    assert crm("list", "maja", "--as-of", "HEAD", "-o", "ids").code == 4
    filters.install(encrypted)
    assert crm("list", "maja", "--as-of", "HEAD", "-o", "ids") == (0, "maja-kos\n", "")


def test_a_link_is_not_filtered(encrypted: Path, git: Git, crm: Crm) -> None:
    (encrypted / "customers/same.yaml").symlink_to("maja-kos.yaml")
    git("add", "-A")
    git("commit", "-q", "--no-verify", "-m", "link")
    run = crm("list", "--as-of", "HEAD", "--cols", "id,name", "-o", "tsv", "--no-header")
    assert run.code == 0 and "same\tMaja Kos" in run.lines


def test_taking_back_a_commit(encrypted: Path, git: Git, crm: Crm) -> None:
    path = encrypted / "customers/maja-kos.yaml"
    before = path.read_text()
    assert crm("set", "maja-kos", "city=Secretville").code == 0
    commit = git("rev-parse", "HEAD").strip()
    assert crm("undo", commit).code == 0
    assert path.read_text() == before
    assert crm("set", "maja-kos", "owner=marko").code == 0
    assert crm("undo", git("rev-parse", "HEAD~1").strip()).code == 0
    text = path.read_text()
    assert "Secretville" in text and "owner: marko" in text
    assert stored_plainly(encrypted, "Secretville") == []


def test_two_clones_are_merged_by_what_records_say(encrypted: Path, git: Git, crm: Crm) -> None:
    remote, other = encrypted.parent / "remote.git", encrypted.parent / "other"
    git("init", "-q", "--bare", "-b", "main", str(remote))
    git("branch", "-M", "main")
    git("remote", "add", "origin", str(remote))
    assert crm("sync").code == 0
    git("clone", "-q", str(remote), str(other))
    filters.install(other)
    filters.git("rm", "-q", "-r", "--cached", ".", cwd=other)
    filters.git("reset", "-q", "--hard", cwd=other)
    assert "Maja Kos" in (other / "customers/maja-kos.yaml").read_text()
    assert crm("-C", other, "git", "setup", "--yes").code == 0

    # Different fields of one record, which is one of the other side's lines.
    assert crm("set", "jan-vidmar", "owner=petra").code == 0
    assert crm("-C", other, "set", "jan-vidmar", "city=Secretville").code == 0
    assert crm("sync").code == 0
    assert crm("-C", other, "sync").code == 0
    assert crm("sync").code == 0
    for root in (encrypted, other):
        text = (root / "customers/jan-vidmar.yaml").read_text()
        assert "owner: petra" in text and "city: Secretville" in text

    # The same field: the file shows both, in plain text.
    assert crm("set", "maja-kos", "city=Secretford").code == 0
    assert crm("-C", other, "set", "maja-kos", "city=Secretham").code == 0
    assert crm("sync").code == 0
    assert crm("-C", other, "sync").code == 5
    text = (other / "customers/maja-kos.yaml").read_text()
    assert "<<<<<<< ours\n" in text and "Secretford" in text and "Secretham" in text
    assert crm("-C", other, "resolve", "--theirs").code == 0

    # One side removes what the other changes: the text that stays is plain.
    assert crm("-C", other, "sync").code == 0
    assert crm("sync").code == 0
    assert crm("rm", "hotel-breg", "--yes").code == 0
    assert crm("-C", other, "set", "hotel-breg", "city=Secretport").code == 0
    assert crm("sync").code == 0
    assert crm("-C", other, "sync").code == 5
    assert crm("-C", other, "resolve", "hotel-breg", "--ours").code == 0
    assert "city: Secretport" in (other / "customers/hotel-breg.yaml").read_text()
    assert crm("-C", other, "sync").code == 0
    assert crm("sync").code == 0
    assert "Secretford" in (encrypted / "customers/maja-kos.yaml").read_text()
    for root in (encrypted, other, remote):
        assert stored_plainly(root, "Secret") == []
    assert git("status", "--porcelain") == ""


def test_without_the_filter_nothing_is_committed(encrypted: Path, git: Git, crm: Crm) -> None:
    """git itself would store the new record in plain text."""
    git("config", "--remove-section", "filter.enc")
    run = crm("add", "Eva Secretive")
    assert run.code == 0
    assert "crm: saved, not committed: customers/eva-secretive.yaml has the attribute" in run.err
    assert subjects(git) == ["filter"]
    assert "product" in crm("product", "add", "towel", "Towel", "--price", "12").out
    assert crm("sync").code != 0
    assert stored_plainly(encrypted, "Secretive") == []
    filters.install(encrypted)
    assert "not committed" not in crm("set", "eva-secretive", "city=Koper").err
    assert git("status", "--porcelain") == ""
    assert stored_plainly(encrypted, "Secretive") == []


def test_a_filter_that_fails_is_told(encrypted: Path, git: Git, crm: Crm) -> None:
    git("config", "filter.enc.clean", "echo no key here >&2; false")
    run = crm("set", "maja-kos", "city=Secretville")
    assert run.code == 0 and "crm: saved, not committed: git " in run.err
    assert "Secretville" in (encrypted / "customers/maja-kos.yaml").read_text()
    assert stored_plainly(encrypted, "Secretville") == []
    filters.install(encrypted)
    assert "not committed" not in crm("set", "maja-kos", "owner=marko").err
    assert git("status", "--porcelain") == ""


def test_other_forms_that_git_keeps_files_in(shop: Path, git: Git, crm: Crm) -> None:
    """Line ends: a file that a checkout writes is not taken for edited by hand."""
    (shop / ".gitattributes").write_text("*.yaml text eol=crlf merge=crm\n")
    git("add", "--renormalize", ".")
    git("commit", "-q", "-a", "--no-verify", "-m", "ends")
    git("rm", "-q", "-r", "--cached", ".")
    git("reset", "-q", "--hard")
    path = shop / "customers/maja-kos.yaml"
    before = path.read_bytes()
    assert b"\r\n" in before
    assert "not committed" not in crm("set", "maja-kos", "city=Izola").err
    assert subjects(git, 2) == ["set city of maja-kos", "ends"]
    assert git("status", "--porcelain") == ""
    assert crm("undo", git("rev-parse", "HEAD").strip()).code == 0
    assert path.read_bytes() == before
