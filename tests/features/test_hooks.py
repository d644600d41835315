"""Hooks of a directory: run only as they were trusted, told in lines, and never for reading."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from crm_cli.store import hooks as store_hooks
from tests.conftest import Crm, Git

MAJA = "customers/maja-kos.yaml"
NOTES = """\
#!/bin/sh
cat >> "$CRM_DIR/../lines"
echo "$CRM_HOOK $CRM_USER $#" >> "$CRM_DIR/../ran"
"""
NO_IZOLA = """\
#!/bin/sh
grep -q '"to": "Izola"' || exit 0
echo No\x1b Izola >&2
exit 3
"""


def hook(shop: Path, name: str, text: str) -> Path:
    path = shop / ".crm" / "hooks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def ran(shop: Path) -> list[str]:
    path = shop.parent / "ran"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def lines(shop: Path) -> list[dict[str, object]]:
    text = (shop.parent / "lines").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def trusted(crm: Crm) -> None:
    run = crm("trust", "--hooks", "--yes")
    assert run.code == 0, run.err


def test_a_hook_is_run_as_it_was_trusted(crm: Crm, shop: Path) -> None:
    path = hook(shop, "after-write", NOTES)
    run = crm("tag", "add", "linen", "maja-kos")
    assert (run.code, ran(shop)) == (0, [])
    assert "the hook after-write is not trusted, so it was not run" in run.err
    assert crm("trust", "--hooks").code == 2  # nobody can be asked
    trusted(crm)
    run = crm("tag", "add", "warm", "maja-kos", "--as", "petra")
    assert (run.code, "hook" in run.err, ran(shop)) == (0, False, ["after-write petra 0"])
    (line,) = lines(shop)
    assert [line[key] for key in ("event", "record", "kind", "id", "from", "to", "by")] == [
        "added", "maja-kos", "tag", "warm", None, "warm", "petra",
    ]  # fmt: skip
    assert line["commit"] is None and line["cursor"] is None
    path.write_text(NOTES + "# changed\n", encoding="utf-8")
    run = crm("tag", "add", "cold", "maja-kos")
    assert "after-write was changed since it was trusted" in run.err and len(ran(shop)) == 1
    trusted(crm)
    assert crm("tag", "remove", "cold", "maja-kos").err.count("hook") == 0
    assert len(ran(shop)) == 2
    assert crm("trust").code == 0  # which leaves the hooks as they are
    assert crm("tag", "add", "cold", "maja-kos").err.count("hook") == 0
    assert crm("trust", "--hooks", "--remove").code == 0
    assert "is not trusted" in crm("tag", "remove", "cold", "maja-kos").err
    assert len(ran(shop)) == 3


def test_what_reads_or_changes_nothing_runs_none(crm: Crm, shop: Path) -> None:
    hook(shop, "after-write", NOTES)
    hook(shop, "before-write", NOTES)
    trusted(crm)
    for words in (
        ("list",), ("due",), ("check",), ("set", "maja-kos", "city=Izola", "--dry-run"),
        ("set", "maja-kos", "city=Koper"), ("tag", "add", "vip", "maja-kos"),
    ):  # fmt: skip
        assert crm(*words).code in (0, 1), words
    assert ran(shop) == []


def test_before_a_write_it_may_refuse(crm: Crm, shop: Path) -> None:
    hook(shop, "before-write", NO_IZOLA)
    trusted(crm)
    before = (shop / MAJA).read_bytes()
    run = crm("set", "maja-kos", "city=Izola")
    assert (run.code, (shop / MAJA).read_bytes()) == (6, before)
    assert "the hook before-write refuses it: No\\x1b Izola" in run.err and "\x1b" not in run.err
    assert crm("set", "maja-kos", "city=Piran").code == 0
    # All or nothing: one of several files is enough.
    assert crm("set", "maja-kos", "hotel-breg", "city=Izola", "--yes").code == 6
    assert "Izola" not in (shop / "customers/hotel-breg.yaml").read_text(encoding="utf-8")
    assert crm("undo").code == 0
    assert (shop / MAJA).read_bytes() == before


def test_taking_back_is_never_refused(crm: Crm, shop: Path) -> None:
    assert crm("set", "maja-kos", "city=Izola").code == 0
    hook(shop, "before-write", "#!/bin/sh\nexit 1\n")
    hook(shop, "after-write", NOTES)
    trusted(crm)
    run = crm("set", "maja-kos", "city=Piran")
    assert run.code == 6 and "it ended with 1" in run.err
    assert crm("undo").code == 0
    assert [one["to"] for one in lines(shop)] == ["Koper"]


def test_a_failure_afterwards_undoes_nothing(
    crm: Crm, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text, said in (
        ("#!/bin/sh\necho broken pipe\nexit 9\n", "failed: broken pipe"),
        ("#!/bin/sh\nkill -9 $$\n", "failed: it ended with -9"),
        ("#!/no/such/program\n", "failed: it cannot be run"),
        ("#!/bin/sh\nsleep 600 & sleep 600\n", "took more than 0.2 s, and was stopped"),
    ):
        monkeypatch.setattr(store_hooks, "SECONDS", 0.2 if "sleep" in text else 30.0)
        hook(shop, "after-write", text)
        trusted(crm)
        run = crm("tag", "add", f"t{len(text)}", "maja-kos")
        assert run.code == 0 and said in run.err, run.err
        assert f"t{len(text)}" in (shop / MAJA).read_text(encoding="utf-8")


def test_what_a_hook_writes_runs_none(crm: Crm, shop: Path) -> None:
    call = f"{sys.executable} -m crm_cli tag add again maja-kos"
    root = Path(__file__).resolve().parents[2]
    hook(shop, "after-write", f"{NOTES}PYTHONPATH={root} {call} || exit\n")
    trusted(crm)
    run = crm("tag", "add", "first", "maja-kos")
    assert (run.code, "hook" in run.err) == (0, False), run.err
    assert len(ran(shop)) == 1
    assert "again" in (shop / MAJA).read_text(encoding="utf-8")


def test_hostile_values_stay_data(crm: Crm, shop: Path) -> None:
    hook(shop, "after-write", NOTES)
    trusted(crm)
    name = "$(touch pwned)`touch pwned`\u202e; touch pwned"
    assert crm("add", name).code == 0
    assert not list(shop.parent.rglob("pwned"))
    (line,) = lines(shop)
    assert line["to"] == name
    assert "\u202e" not in (shop.parent / "lines").read_text(encoding="utf-8")


def test_a_record_that_is_mended_is_told(crm: Crm, shop: Path, git: Git) -> None:
    hook(shop, "after-write", NOTES)
    trusted(crm)
    assert crm("rename", "jan-vidmar", "jan-v").code == 0
    assert {(one["event"], one["record"]) for one in lines(shop)} == {
        ("added", "jan-v"), ("removed", "jan-vidmar"),
    }  # fmt: skip
    assert "hooks" not in git("status", "--short")


def test_a_hook_that_is_not_executable_is_none(crm: Crm, shop: Path) -> None:
    hook(shop, "after-write", NOTES).chmod(0o644)
    assert crm("tag", "add", "linen", "maja-kos").err.count("hook") == 0
    assert crm("trust", "--hooks", "--yes").code == 3


def test_without_hooks_there_is_nothing_to_trust(crm: Crm, shop: Path) -> None:
    run = crm("trust", "--hooks", "--yes")
    assert run.code == 3 and "there are no hooks here" in run.err
    (shop / ".crm" / "hooks").mkdir(parents=True)
    assert crm("tag", "add", "linen", "maja-kos").err.count("hook") == 0
