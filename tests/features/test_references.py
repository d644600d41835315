"""Whoever or whatever is named in a command has to be there, in every field that refers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.model.fieldtypes import Reference, Texts, User
from crm_cli.model.kinds import KINDS
from tests.conftest import Crm
from tests.index import specimen


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("set maja-kos owner=petar --yes", "petra"),
        ("set city:Koper owner=petar --yes", "petra"),
        ("set maja-kos referred_by=hotel-brg", "hotel-breg"),
        ("set i-4k7q2ma owner=petar", "petra"),
        ("set t-9f3kx7d assignee=petar", "petra"),
        ("set t-9f3kx7d owner=markov", "marko"),
        ("set t-9f3kx7d organizer=petar", "petra"),
        ("set t-9f3kx7d delegated_from=petar", "petra"),
        ("set t-9f3kx7d depends_on=t-nosuch1", "crm task list"),
        ("set t-9f3kx7d depends_on+=t-nosuch1", "crm task list"),
        ("set t-9f3kx7d purchase=2026-0008", "2026-0007"),
        ("set t-3qqqqq1 purchase=2026-0007", "it is a purchase of maja-kos"),
        ("set p-2m8ct4h owner=petar", "petra"),
        ("set p-2m8ct4h order=2026-0008", "2026-0007"),
        ("set p-2m8ct4h corrects=nosuch", "crm purchase list customer:maja-kos"),
        ("set y-7d1wz0e for=2026-0009", "2026-0007"),
        ("add Ada owner=petar", "petra"),
        ("add Ada --owner petar", "petra"),
        ("add Ada referred_by=maja-kso", "maja-kos"),
        ("task add maja-kos Call --assignee petar", "petra"),
        ("task add maja-kos Call --depends-on t-nosuch1", "crm task list"),
        ("task delegate t-9f3kx7d petar", "petra"),
        ("log maja-kos Asked --as petar", "petra"),
        ("purchase add maja-kos --line linen-shet:2", "linen-sheet"),
        ("purchase add maja-kos --amount 5 owner=petar", "petra"),
        ("purchase add maja-kos --amount 5 order=2026-0008", "2026-0007"),
        ("product set linen-sheet complements=linen-shet", "linen-sheet"),
        ("product set linen-sheet complements+=linen-shet", "linen-sheet"),
        ("set maja-kos relations=hotel-brg", "hotel-breg"),
        ("set maja-kos relations+=hotel-brg", "hotel-breg"),
        ("add Ada relations=maja-kso", "maja-kos"),
        ("set p-2m8ct4h lines=linen-shet:2", "linen-sheet"),
    ],
)
def test_nobody_is_refused(crm: Crm, shop: Path, words: str, meant: str) -> None:
    before = {path: path.read_bytes() for path in shop.rglob("*.yaml")}
    done = crm(*words.split())
    assert (done.code, done.out) == (3, "")
    assert meant in done.err
    assert {path: path.read_bytes() for path in shop.rglob("*.yaml")} == before


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("set maja-kos owner=Marko", "owner: marko"),
        ("set maja-kos owner=marko@lan.example", "owner: marko"),
        ("set maja-kos owner=me --as marko", "owner: marko"),
        ("set t-9f3kx7d organizer=me --as marko", "organizer: marko"),
        ("set maja-kos referred_by=info@breg.example", "referred_by: hotel-breg"),
        ("set t-9f3kx7d depends_on=t-9fz", "depends_on:\n      - t-9fzzzz1"),
        ("set t-9f3kx7d depends_on+=t-9fz", "depends_on:\n      - t-9fzzzz1"),
        ("set t-9f3kx7d purchase=p-2m8ct4h", 'purchase: "2026-0007"'),
        ("purchase add maja-kos --amount 5 order=p-2m8ct4h", 'order: "2026-0007"'),
        ("purchase add maja-kos --amount 5 order=p-2m8", 'order: "2026-0007"'),
        ("purchase add maja-kos --amount 5 order=2M8", 'order: "2026-0007"'),
        ("set 2026-0007 text=Sheets", "text: Sheets"),
        ("set maja-kos relations=info@breg.example", "relations:\n  - to: hotel-breg"),
        ("set maja-kos relations+=info@breg.example", "relations:\n  - to: hotel-breg"),
        ("set p-2m8ct4h lines=LINEN-SHEET:2:80", "product: linen-sheet"),
    ],
)
def test_who_is_meant_is_written_as_files_name_them(
    crm: Crm, shop: Path, words: str, written: str
) -> None:
    assert crm(*words.split()).code == 0
    assert written in (shop / "customers" / "maja-kos.yaml").read_text()
    assert crm("check").code == 0


def test_without_users_anybody_may_own(crm: Crm, shop: Path) -> None:
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text().split("users:")[0])
    assert crm("set", "maja-kos", "owner=anybody").code == 0
    assert crm("task", "add", "maja-kos", "Call", "--assignee", "anybody").code == 0


def test_what_is_no_longer_there_can_be_taken_away(crm: Crm, shop: Path) -> None:
    path = shop / "customers" / "maja-kos.yaml"
    path.write_text(
        path.read_text()
        .replace("owner: petra", "owner: gone\nreferred_by: gone")
        .replace("    due: 2026-11-20", "    depends_on: [t-nosuch1, t-9fzzzz1]")
    )
    assert crm("set", "maja-kos", "owner=", "referred_by=").code == 0
    assert crm("set", "t-9f3kx7d", "depends_on-=t-nosuch1").code == 0
    assert "gone" not in path.read_text()
    assert "depends_on: [t-9fzzzz1]" in path.read_text()


def test_every_field_that_refers_says_to_what() -> None:
    known = {kind.name for kind in KINDS} | {"deal", "case", "campaign", "product", ""}
    for kind in KINDS:
        for field in kind.fields:
            if isinstance(field.type, (Reference, Texts)):
                assert field.type.to in known
            if field.key in ("owner", "assignee", "organizer", "delegated_from"):
                assert isinstance(field.type, User)


GROUPS = ("", "group.", "group.inner.", "group.inner.innermost.")


@pytest.fixture
def special(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """A program with a kind of its own that has every reference, in groups too."""
    specimen.write(tmp_path / "data")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", specimen.__name__, "crm", "-C", str(tmp_path / "data"), *words],
            cwd=Path(__file__).parents[2],
            env={"PATH": "/usr/bin:/bin", "CRM_CACHE_DIR": str(tmp_path / "cache")},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("assignment", "meant"),
    [
        ("user=petar", "petra"),
        ("customer_named=anna", "ana"),
        ("purchase=2026-2", "2026-1"),
        ("segment=besd", "best"),
        ("segment=nothing", "crm segment save nothing TERM… adds it"),
        ("products=beanz", "beans"),
    ],
)
def test_a_reference_to_any_kind_is_checked(
    special: Callable[..., subprocess.CompletedProcess[str]], assignment: str, meant: str
) -> None:
    """At the top and in a group in a group; one of the same shape that is there is taken."""
    for group in (GROUPS[0], GROUPS[2]):
        done = special("set", "s-1234567", group + assignment)
        assert (done.returncode, done.stdout) == (3, ""), done.stderr
        assert meant in done.stderr


def test_a_kind_that_is_not_declared_leaves_references_free(
    special: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    assert special("set", "s-1234567", "case=anything", "group.case=anything").returncode == 0
    assert special("check").stdout == ""


def test_a_rename_reaches_groups_and_lists_in_lists(
    special: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    assert special("rename", "ana", "ana-novak").returncode == 0
    text = (tmp_path / "data" / "customers" / "ana-novak.yaml").read_text()
    assert text.count("customer_named: ana-novak\n") == len(GROUPS) + 2
    assert "customer_named: ana\n" not in text
    assert special("check").stdout == ""
