"""Two clones that both carry out the rules: after merging each thing is there once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Crm
from tests.features.outbox import NEWSLETTER, agree
from tests.features.post_office import post_office
from tests.features.ruling import rows, rules
from tests.features.test_sync import clone, head, remote

__all__ = ("remote",)

RULES = """\
call: {do: [{task: {title: "Call {{ name }}", due: +3d}}, {tag: called}]}
seen: {once: month, do: [{log: {summary: Seen}}]}
sale: {over: purchase, do: [{task: {title: "Ask about {{ number }}"}}]}
list: {do: [{segment: best}]}
often: {once: 20 days, do: [{tag: often}]}
"""


@pytest.fixture
def other(remote: Path, shop: Path, crm: Crm) -> Path:
    (shop / "segments.yaml").write_text("best:\n  kind: static\n  members: []\n")
    rules(shop, RULES)
    assert crm("sync").code == 0
    return clone(remote, "other", crm)


def sync(crm: Crm, *roots: Path) -> None:
    for root in (*roots, roots[0]):
        ran = crm("-C", root, "sync")
        assert ran.code == 0, (ran, root)


@pytest.mark.slow
def test_on_different_days(shop: Path, other: Path, crm: Crm) -> None:
    for root, day in ((shop, "2026-11-20"), (other, "2026-11-23")):
        assert crm("-C", root, "--today", day, "rules", "run").code == 0
    sync(crm, shop, other)
    assert head(shop) == head(other)
    for root in (shop, other):
        made = rows(crm, "-C", str(root), "task", "list", "has:by")
        assert len(made) == len({one["id"] for one in made}) == 4
        assert len(rows(crm, "-C", str(root), "interaction", "list", "has:by")) == 3
        assert len(crm("-C", root, "list", "@best", "-o", "ids").lines) == 3
        ran = crm("-C", root, "--today", "2026-11-24", "rules", "run")
        assert (ran.code, ran.out) == (0, "")
        assert crm("-C", root, "check").code == 0
    # The next month is a new occasion, in one of them; the other one knows of it by then.
    assert crm("--today", "2026-12-14", "rules", "run").out.startswith("ran seen, often for 3 ")
    sync(crm, shop, other)
    ran = crm("-C", other, "--today", "2026-12-14", "rules", "run")
    assert (ran.code, ran.out) == (0, "")


@pytest.mark.slow
def test_messages_of_both_are_sent_once(
    shop: Path, remote: Path, crm: Crm, tmp_path: Path
) -> None:
    settings = shop / "crm.yaml"
    settings.write_text(settings.read_text() + "mail:\n  from: office@lan.example\n")
    (shop / "templates").mkdir()
    (shop / "templates/news.md").write_text(NEWSLETTER)
    agree(shop, "maja-kos")
    said = tmp_path / "said"
    rules(shop, f"""\
news: {{for: id:maja-kos, do: [{{mail: news, send: yes}}]}}
tell: {{for: id:maja-kos, do: [{{notify: petra, text: "See {{{{ name }}}}"}}]}}
run: {{for: id:maja-kos, do: [{{run: "tee -a {said}"}}]}}
""")
    with post_office(tmp_path) as server:
        assert crm("sync").code == 0
        other = clone(remote, "other", crm)
        for root, day in ((shop, "2026-11-20"), (other, "2026-11-21")):
            assert crm("-C", root, "trust", "--hooks", "--yes").code == 0
            ran = crm("-C", root, "--today", day, "rules", "run")
            assert ran.code == 0, ran
        sync(crm, shop, other)
        for root in (shop, other):
            ran = crm("-C", root, "--today", "2026-11-22", "rules", "run")
            assert ran.code == 0, ran
        assert sorted(server.recipients) == ["maja@kos.example", "petra@lan.example"]
        assert said.read_text().count('"rule": "run"') == 1
    sync(crm, shop, other)
    assert head(shop) == head(other)
    assert not [path for path in shop.glob("outbox/**/*.*") if path.is_file()]
