"""What changes through a server: as it was shown, by itself, and nothing of others."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents.serving import ALL, Agent, Place, agent, place

pytest.importorskip("mcp", reason="the MCP SDK is not installed (pip install mcp)")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A shop whose changes are committed."""
    made = place(tmp_path_factory.mktemp("shop"))
    (made.root.parent / ".gitconfig").write_text("[user]\nname = P\nemail = petra@lan.example\n")
    assert _crm(made, "git", "setup", "--yes").returncode == 0
    return made


@pytest.fixture(scope="module")
def asked(shop: Place) -> Iterator[Agent]:
    with agent(shop, "--allow", ALL) as found:
        yield found


def _crm(shop: Place, *words: str) -> subprocess.CompletedProcess[str]:
    """Somebody else runs a command."""
    line = [*shop.words()[:-1], *words]
    return subprocess.run(line, env=shop.environ, capture_output=True, text=True, check=False)


def _commits(shop: Place) -> list[str]:
    done = subprocess.run(
        ["git", "log", "--format=%s"],
        cwd=shop.root, env=shop.environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_a_plan_is_one_commit_and_one_undo(asked: Agent, shop: Place) -> None:
    before, commits = shop.text("customers/maja-kos.yaml"), _commits(shop)
    plan = asked.call("plan", command="tag add", words=["coast", "maja-kos", "hotel-breg"])
    assert plan["files"] == 2
    assert shop.text("customers/maja-kos.yaml") == before
    assert asked.call("apply", plan=plan["plan"])["written"]
    assert "coast" in shop.text("customers/hotel-breg.yaml")
    assert len(_commits(shop)) == len(commits) + 1
    assert asked.call("apply", plan=plan["plan"])["error"] == "not_found"
    assert asked.call("undo")["undone"]
    assert shop.text("customers/maja-kos.yaml") == before


def test_a_plan_shows_what_would_be_added(asked: Agent) -> None:
    given = {"words": ["Eva Hren", "city=Bled", "notes=Shy"], "options": {"tag": ["coast"]}}
    row, *_ = asked.call("plan", command="add", **given)["untrusted"]["rows"]
    assert (row["change"], row["kind"], row["id"]) == ("added", "customer", "eva-hren")
    assert row["values"]["name"] == "Eva Hren"
    assert row["values"]["addresses"] == [{"city": "Bled"}]
    assert "notes" not in row["values"]


def test_the_same_plan_has_the_same_id(asked: Agent, shop: Place) -> None:
    words = {"command": "task add", "words": ["maja-kos", "Call"]}
    first, second = (asked.call("plan", **words)["plan"] for _ in range(2))
    assert first == second
    path = shop.root / "customers/maja-kos.yaml"
    kept = path.read_text(encoding="utf-8")
    path.write_text(f"{kept}# a comment\n", encoding="utf-8")
    assert asked.call("plan", **words)["plan"] != first
    path.write_text(kept, encoding="utf-8")


def test_a_stale_plan_is_refused(asked: Agent, shop: Place) -> None:
    plan = asked.call("plan", command="set", words=["jan-vidmar", "city=Piran"])["plan"]
    assert _crm(shop, "set", "jan-vidmar", "nickname=Janko").returncode == 0
    body = asked.call("apply", plan=plan)
    assert (body["error"], body["exit_code"]) == ("conflict", 5)
    assert any("stale" in line for line in body["untrusted"]["said"])
    assert "Piran" not in shop.text("customers/jan-vidmar.yaml")
    assert asked.call("apply", plan=plan)["error"] == "not_found"


def test_a_plan_is_stale_where_it_would_mean_others(asked: Agent, shop: Place) -> None:
    words = ["coastal", "city:Koper"]
    plan = asked.call("plan", command="tag add", words=words)
    assert plan["files"] == 1
    assert _crm(shop, "set", "hotel-breg", "city=Koper").returncode == 0
    assert asked.call("apply", plan=plan["plan"])["error"] == "conflict"
    assert "coastal" not in shop.text("customers/maja-kos.yaml")


def test_undo_takes_back_nothing_of_others(asked: Agent, shop: Place) -> None:
    assert asked.call("log", who="jan-vidmar", text="Called")["written"]
    assert _crm(shop, "set", "maja-kos", "nickname=Majka").returncode == 0
    body = asked.call("undo")
    assert body["error"] == "conflict"
    assert "Majka" in shop.text("customers/maja-kos.yaml")
    assert "Majka" not in json.dumps(body)
    assert _crm(shop, "undo").returncode == 0
    assert asked.call("undo")["undone"]
    assert "Called" not in shop.text("customers/jan-vidmar.yaml")


def test_what_others_change_is_seen(asked: Agent, shop: Place) -> None:
    assert _crm(shop, "set", "jan-vidmar", "city=Izola").returncode == 0
    assert asked.rows("find", terms=["city:Izola"])[0]["id"] == "jan-vidmar"


def test_two_servers_at_once(asked: Agent, shop: Place) -> None:
    with agent(shop, "--allow", ALL) as other:
        plan = other.call("plan", command="set", words=["jan-vidmar", "city=Sežana"])["plan"]
        assert asked.call("apply", plan=plan)["error"] == "not_found"
        assert asked.call("log", who="jan-vidmar", text="Meanwhile")["written"]
        assert other.call("apply", plan=plan)["error"] == "conflict"
        assert other.call("undo")["error"] == "not_found"
        assert asked.call("undo")["undone"]


def test_programs_that_git_starts_have_no_part_in_the_protocol(asked: Agent, shop: Place) -> None:
    hook = shop.root / ".git/hooks/post-commit"
    hook.write_text("#!/bin/sh\necho leaked; cat >> ../seen; echo done >> ../seen\n")
    hook.chmod(0o755)
    assert asked.call("log", who="jan-vidmar", text="Called")["written"]
    assert asked.call("undo")["undone"]
    hook.unlink()
    assert set((shop.root.parent / "seen").read_text().split()) == {"done"}


def test_rules_hold_as_they_do_for_people(asked: Agent) -> None:
    given = {"words": ["Maja"], "options": {"email": "maja@kos.example"}}
    assert asked.call("plan", command="add", **given)["error"] == "refused"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["p-2m8ct4h", "text=x"], "refused"),
        (["p-2m8ct4h", "owner=marko"], "refused"),
        (["p-2m8ct4h", "kind=quote"], "refused"),
        (["y-7d1wz0e", "amount=1"], "refused"),
        (["maja-kos", "payments.y-7d1wz0e.amount=1"], "refused"),
        (["maja-kos", "forgotten=2026-01-01"], "refused"),
        (["maja-kos", "consents+={at: 2026-11-01, purpose: marketing}"], "refused"),
        (["linen-sheet", "price=1"], "not_found"),
        (["crm.yaml", "currency=USD"], "not_found"),
    ],
)
def test_the_books_and_what_was_agreed_to_stay(
    asked: Agent, shop: Place, words: list[str], error: str
) -> None:
    before = {path: path.read_bytes() for path in shop.root.rglob("*.yaml")}
    body = asked.call("plan", command="set", words=words)
    assert body.get("error") == error, body
    assert "plan" not in body
    assert {path: path.read_bytes() for path in shop.root.rglob("*.yaml")} == before


def test_offers_may_be_changed(asked: Agent) -> None:
    given = {"words": ["maja-kos"], "options": {"line": [":Bed:1:5"]}}
    plan = asked.call("plan", command="quote add", **given)
    made = asked.call("apply", plan=plan["plan"])["untrusted"]["rows"]
    id = next(row["id"] for row in made if row.get("kind") == "purchase")
    assert asked.call("plan", command="set", words=[id, "text=Beds"])["plan"]
    assert asked.call("plan", command="set", words=[id, "kind=invoice"])["error"]
    assert asked.call("undo")["undone"]


def test_what_is_written_at_once_is_what_was_named(asked: Agent, shop: Place) -> None:
    before = {path: path.read_bytes() for path in shop.root.glob("customers/*")}
    everybody = "not:+nobody"
    assert asked.call("find", terms=[everybody])["total"] >= 3
    for name, given in (
        ("log", {"who": everybody, "text": "x"}),
        ("task", {"action": "add", "who": everybody, "title": "x"}),
        ("task", {"action": "done", "tasks": ["is:open"]}),
    ):
        assert asked.call(name, **given)["error"] in ("refused", "usage"), name
    assert {path: path.read_bytes() for path in shop.root.glob("customers/*")} == before


def test_each_call_is_logged_and_no_text_of_it(asked: Agent, shop: Place) -> None:
    before = len(shop.log)
    asked.call("log", who="jan-vidmar", text="the password is hunter2")
    asked.call("undo")
    asked.call("find", terms=["hunter2"])
    text = json.dumps(shop.log[before:])
    assert "hunter2" not in text
    assert [line.get("call") or line.get("done") for line in shop.log[before:]] == [
        "log", "log", "undo", "undo", "find", "find",
    ]  # fmt: skip
    assert shop.log[before]["arguments"]["who"] == "jan-vidmar"
    (path,) = shop.root.parent.glob("state/*/mcp.log")
    assert path.stat().st_mode & 0o077 == 0


def test_what_cannot_be_logged_is_not_done(tmp_path: Path) -> None:
    from mcp.shared.exceptions import MCPError

    shop = place(tmp_path)
    (tmp_path / "state").write_text("no folder")
    with agent(shop, "--allow", ALL) as found, pytest.raises(MCPError):
        found.result("log", who="jan-vidmar", text="Unseen")
    assert "Unseen" not in shop.text("customers/jan-vidmar.yaml")
