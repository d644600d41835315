"""A file that cannot be read: the command says so, and does not end as if all were done."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

from crm_cli.store import files
from tests.conftest import Crm
from tests.features.ruling import rules

EXAMPLE = Path(__file__).parents[2] / "data-example"


class Unreadable(files.Calls):
    """The operating system, but for a file that fails to open, the nth time that it is opened."""

    def __init__(self, name: str, nth: int) -> None:
        self._name = name
        self.left = nth

    def open(self, path: Any, *more: Any) -> int:  # type: ignore[override]
        if str(path).endswith(self._name):
            self.left -= 1
            if not self.left:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
        return os.open(path, *more)


class Closed(files.Calls):
    """The operating system, but for a folder that cannot be looked into for the nth time."""

    def __init__(self, name: str, nth: int) -> None:
        self._name = name
        self.left = nth

    def scandir(self, path: Any) -> Any:
        self.left -= str(path).endswith(self._name)
        if not self.left:
            self.left = -1
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        return super().scandir(path)


def test_a_rule_for_a_record_that_cannot_be_read(crm: Crm, shop: Path) -> None:
    for nth in range(1, 9):
        rules(shop, f"r{nth}:\n  for: id:maja-kos,jan-vidmar\n  do: [{{ tag: seen{nth} }}]\n")
        with files.replaced(system := Unreadable("maja-kos.yaml", nth)):
            some = crm("rules", "run")
        if system.left > 0:
            break
        tagged = crm("list", f"+seen{nth}", "-o", "ids").out.split()
        if "maja-kos" not in tagged:
            assert some.code in (4, 7), some  # a part of it, or nothing
            assert "maja-kos.yaml" in some.err
            assert "Input/output error" in some.err
        assert crm("rules", "run").code == 0
        assert "maja-kos" in crm("list", f"+seen{nth}", "-o", "ids").out
    assert nth > 2


def test_a_template_that_cannot_be_read_is_not_said_to_exist(crm: Crm, shop: Path) -> None:
    with files.replaced(Unreadable("templates/letter.de.md", 1)):
        some = crm("template", "new", "letter.de")
    assert some.code == 4
    assert "templates/letter.de.md cannot be read: Input/output error" in some.err
    assert not (shop / "templates").exists()


def test_a_subscriber_whose_file_cannot_be_read_gets_all_that_is_due_or_nothing(
    crm: Crm, shop: Path
) -> None:
    asked = ("--line", "linen-sheet:2:70", "--every", "month", "--date", "2026-08-31")
    added = crm("purchase", "add", "maja-kos", *asked)
    assert added.code == 0, added
    file = shop / "customers" / "maja-kos.yaml"
    before = file.read_bytes()
    failed = set()
    for nth in range(1, 9):
        with files.replaced(Unreadable("maja-kos.yaml", nth)):
            some = crm("purchase", "recur")
        made = crm("purchase", "list", "customer:maja-kos", "net:140", "-o", "ids").out.split()
        if some.code:
            failed.add(some.code)
            assert file.read_bytes() == before, (nth, some)
        assert len(made) == (1 if some.code else 3), (nth, some)
        file.write_bytes(before)
    assert failed


def test_a_customer_is_not_renamed_past_letters_that_cannot_be_seen(crm: Crm, shop: Path) -> None:
    """They name whom they are to."""
    crm("list")
    letters = shop / "outbox"
    letters.mkdir()
    (letters / "a.eml").write_text(
        "From: a@lan.example\nTo: m@kos.example\nSubject: x\nX-Crm-Customer: maja-kos\n\nx\n"
    )
    for nth in range(1, 9):
        with files.replaced(system := Closed("outbox", nth)):
            some = crm("rename", "maja-kos", "maja")
        if system.left >= 0:
            break
        assert some.code in (4, 7), (nth, some)
        assert "outbox" in some.err
        assert (shop / "customers" / "maja-kos.yaml").exists()
    assert nth > 2
    assert some.code == 0
    assert "X-Crm-Customer: maja\n" in (letters / "a.eml").read_text()


def test_settings_that_cannot_be_read_are_not_said_to_lack_a_stage(crm: Crm, shop: Path) -> None:
    settings = shop / "crm.yaml"
    stages = "stages:\n  - lead\n  - {id: paused, type: on_hold}\n  - {id: won, type: won}\n"
    settings.write_text(f"{settings.read_text('utf-8')}\n{stages}", "utf-8")
    assert crm("deal", "add", "maja-kos", "Beans", "--stage", "lead").code == 0
    settings.write_text(f"{settings.read_text('utf-8')}\nname: [", "utf-8")
    for words in (["hold", "maja-kos"], ["win", "maja-kos"], ["move", "maja-kos", "paused"]):
        some = crm("deal", *words)
        assert some.code == 4, some
        assert some.err.startswith("crm: crm.yaml cannot be read"), some


def test_settings_that_cannot_be_read_make_no_record_wrong(crm: Crm, tmp_path: Path) -> None:
    """The words, stages and users that only they declare are neither right nor wrong then."""
    root = tmp_path / "business"
    shutil.copytree(EXAMPLE, root)
    settings = root / "crm.yaml"
    whole = settings.read_bytes()
    assert crm("-C", root, "check").code == 0
    settings.write_bytes(whole + b"name: [\n")
    wrong = crm("-C", root, "check")
    assert wrong.code == 1 and len(wrong.lines) == 1, wrong
    assert wrong.out.startswith("crm.yaml:")
    assert crm("-C", root, "list").err == wrong.out
    (root / "customers/ana-novak.yaml").write_text("name: Ana\nstage: sleeping\n", "utf-8")
    assert crm("-C", root, "check").out == wrong.out
    settings.write_bytes(whole)
    assert "'sleeping' is not one of the known values" in crm("-C", root, "check").out


def test_the_id_of_a_record_that_cannot_be_read_means_no_namesake(crm: Crm, shop: Path) -> None:
    (shop / "customers/maja-kos-2.yaml").write_text("name: Maja Kos\n", "utf-8")
    (shop / "customers/maja-kos.yaml").write_text("name: [\n", "utf-8")
    for words in (["show", "maja-kos"], ["pop", "maja-kos"], ["log", "maja-kos", "hi"]):
        some = crm(*words)
        assert (some.code, some.out) == (4, ""), some
        assert "customers/maja-kos.yaml cannot be read" in some.err
    assert crm("show", "maja-kos-2").code == 4  # a partial answer, with the right one
    assert "maja-kos-2" in crm("show", "maja kos").out
