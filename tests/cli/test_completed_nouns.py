"""Completion knows the noun: what is offered on the example business, in each shell."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_cli.cli.commands import COMMANDS
from crm_cli.cli.complete import offered
from crm_cli.cli.quick_parser import verbs_of
from crm_cli.cli.shells import Shell
from crm_cli.cli.verbs import Option
from crm_cli.features.completions.items import movable
from crm_cli.model.kinds import KINDS
from crm_cli.workspace import open_workspace
from tests.screens import ROOT
from tests.trust.terminals import Terminal


@pytest.fixture(scope="module")
def roastery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("roastery")
    shutil.copytree(ROOT / "data-example", folder / "shop")
    return folder


@pytest.fixture
def here(roastery: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(roastery / "shop")
    monkeypatch.setenv("CRM_CACHE_DIR", str(roastery / "cache"))
    monkeypatch.setenv("CRM_TODAY", "2026-11-20")
    monkeypatch.setenv("CRM_DEBUG", "1")
    monkeypatch.setenv("HOME", str(roastery))
    monkeypatch.delenv("CRM_DIR", raising=False)
    return roastery / "shop"


def words(line: str) -> list[str]:
    """What is offered for the last word of a line, which may be empty."""
    *before, current = line.split(" ")[1:]
    return [found.partition("\t")[0] for found in offered(before, current)[0]]


@pytest.mark.parametrize(
    ("line", "there", "absent"),
    [
        ("crm task list ", ["due:", "status:", "is:open", "is:overdue", "not:"], ["agreements:"]),
        ("crm task list st", ["status:", "start:"], ["stage:"]),
        ("crm task list status:", ["status:open", "status:completed"], ["status:won"]),
        ("crm purchase list is:", ["is:draft", "is:overdue"], ["is:planned"]),
        ("crm purchase list kind:", ["kind:invoice", "kind:sale"], ["kind:person", "kind:call"]),
        ("crm task done ", ["t-grcp2tc", "t-tyhmmaa"], ["t-1hpmapj", "t-e58xza5", "ana-novak"]),
        ("crm task done an", ["ana-novak"], ["maja-kos"]),
        ("crm task done t-t", ["t-tyhmmaa", "t-t8qf42q"], ["t-grcp2tc"]),
        ("crm deal move ", ["d-2t6xv9f"], ["d-ag239nt", "d-zjqszzk"]),
        ("crm deal move d-2t6xv9f ", ["negotiation", "next"], ["ana-novak"]),
        ("crm mail draft --template ", ["ethiopia-price", "invoice-mail"], ["letter", "invoice"]),
        ("crm letter ana-novak --template c", ["contract"], ["letter"]),
        ("crm task snooze t-grcp2tc ", ["tomorrow"], ["ana-novak"]),
        ("crm task delegate t-grcp2tc ", ["petra", "marko"], []),
        ("crm interaction held ", ["i-3hgwehp"], ["i-vxs52jf"]),
        ("crm payment add ", ["2026-0042", "2026-0035"], ["2026-0015"]),
        ("crm payment add 2026-004", ["2026-0042"], ["2026-0035"]),
        ("crm purchase show ", ["2026-0042", "2026-0015", "D-2026-0004"], ["p-g78v3je"]),
        ("crm purchase show p-g", ["p-g78v3je"], ["2026-0042"]),
        ("crm config set ", ["currency=", "terms_days=", "business.name="], ["city="]),
        ("crm config set currency=E", ["currency=EUR"], ["currency=USD"]),
        ("crm config get ter", ["terms_days"], []),
        ("crm import ", ["customers", "tasks"], ["calls"]),
        ("crm export ", ["customers", "payments", "ledger", "all"], ["bank"]),
        ("crm import ", ["customers", "bank", "invoices", "all"], ["ledger"]),
        ("crm log ana --kind ", ["call", "meeting"], ["person"]),
        ("crm log ana x --outcome ", ["reached", "no_answer"], []),
        ("crm payment add 2026-0042 5 --method ", ["cash"], []),
        ("crm purchase summary --by ", ["customer", "product", "month"], []),
        ("crm list --by ", ["city", "tags"], ["agreements.end"]),
        ("crm task list due:", ["due:today", "due:this-week"], []),
        ("crm task add ana x --due ", ["tomorrow", "fri"], []),
        ("crm purchase list --period ", ["this-month", "last-quarter"], []),
        ("crm due --within ", ["7d"], []),
        ("crm list owner:", ["owner:petra", "owner:me"], []),
        ("crm due --owner ", ["petra", "me"], []),
        ("crm set ana-novak ", ["city=", "owner="], ["spend=", "spend:", "maja-kos"]),
        ("crm set ana-novak sp", [], ["spend=", "spend:"]),
        ("crm set t-grcp2tc pr", ["priority="], []),
        ("crm list @sil", ["@silent"], []),
        ("crm list not:@sil", ["not:@silent"], []),
        ("crm list spend@1", ["spend@12m:"], []),
        ("crm list --cols name,spend@1", ["name,spend@12m"], []),
        ("crm set ana-novak email=ana@", ["email=ana@novak.example"], []),
        ("crm --no-pager task done t-t", ["t-tyhmmaa"], []),
    ],
)
def test_what_belongs_is_offered(
    line: str, there: list[str], absent: list[str], here: Path
) -> None:
    found = words(line)
    assert [word for word in there if word not in found] == []
    assert [word for word in absent if word in found] == []


def test_items_say_what_they_are(here: Path) -> None:
    assert "t-grcp2tc\tSend the quote for the spring, Ana Novak" in offered(["task", "done"], "")[0]
    assert "2026-0042\tAna Novak, 205.15 EUR due" in offered(["payment", "add"], "")[0]
    assert "terms_days\tdays until an invoice is due" in offered(["config", "get"], "")[0]


def test_files_are_offered_only_where_one_belongs(here: Path) -> None:
    for line in ("import customers", "export customers --to", "-C", "import customers a --map",
                 "fmt"):  # fmt: skip
        assert offered(line.split(), "")[1], line
    for line in ("list", "task done", "show", "set ana-novak", "log ana --kind", "payment add",
                 "help", "report top"):  # fmt: skip
        assert not offered(line.split(), "")[1], line


def test_every_closed_list_is_offered(here: Path) -> None:
    for command in COMMANDS:
        for verb in verbs_of(command).values():
            for one in verb.parameters:
                if isinstance(one.declared, Option) and one.declared.choices:
                    start = [command.name, *([verb.name] if command.noun else [])]
                    found = offered([*start, one.declared.names[0]], "")[0]
                    assert found == list(one.declared.choices), (start, one.name)


def test_open_items_are_those_that_the_kind_says(here: Path) -> None:
    workspace = open_workspace(directory=here, today="2026-11-20")
    for kind in KINDS:
        if kind.live is None or not kind.letter:
            continue
        wanted = {
            id
            for customer, id in workspace.items(kind, [])
            if kind.live(workspace.document(customer).find(id))
        }
        verb = kind.moves[0].name if kind.moves and not kind.moves[0].of else "show"
        found = {one.partition("\t")[0] for one in movable(workspace, kind, verb, "", 200)}
        assert found == wanted, kind.name


@pytest.fixture(params=list(Shell))
def terminal(
    request: pytest.FixtureRequest, roastery: Path, tmp_path: Path
) -> Iterator[Terminal]:
    environ = {
        "CRM_DIR": str(roastery / "shop"), "CRM_CACHE_DIR": str(roastery / "cache"),
        "CRM_TODAY": "2026-11-20",
    }  # fmt: skip
    made = Terminal(request.param, tmp_path / "terminal", environ=environ)
    (made.here / "file.csv").write_text("")
    yield made
    made.close()


CASES = [
    ("crm list @sile\t", ["list", "@silent"]),
    ("crm list not:@sile\t", ["list", "not:@silent"]),
    ("crm list spend@1\t", ["list", "spend@12m:"]),
    ("crm set ana-novak email=ana@\t", ["set", "ana-novak", "email=ana@novak.example"]),
    ("crm list owner:pet\t", ["list", "owner:petra"]),
    ("crm due --owner pet\t", ["due", "--owner", "petra"]),
    ("crm task list status:can\t", ["task", "list", "status:cancelled"]),
    ("crm task list is:overd\t", ["task", "list", "is:overdue"]),
    ("crm task done t-grc\t", ["task", "done", "t-grcp2tc"]),
    ("crm payment add 2026-0042\t", ["payment", "add", "2026-0042"]),
    ("crm purchase show D-2026-0004\t", ["purchase", "show", "D-2026-0004"]),
    ("crm config set terms_d\t", ["config", "set", "terms_days="]),
    ("crm export paym\t", ["export", "payments"]),
    ("crm log ana --kind mee\t", ["log", "ana", "--kind", "meeting"]),
    ("crm purchase summary --by quar\t", ["purchase", "summary", "--by", "quarter"]),
    ("crm import customers fil\t", ["import", "customers", "file.csv"]),
    ("crm task done fil\t", ["task", "done", "fil"]),
    ("crm set ana-novak spen\t", ["set", "ana-novak", "spen"]),
]


def test_each_shell_puts_it_into_the_line(terminal: Terminal) -> None:
    """Each example in an interactive shell, with the program itself behind it."""
    wrong = {keys: ran for keys, wanted in CASES if (ran := terminal.enter(keys)) != wanted}
    assert wrong == {}


def test_the_words_of_a_host_file_are_never_offered(
    roastery: Path, tmp_path: Path
) -> None:
    """bash takes what follows an @ for the beginning of a host's name."""
    environ = {
        "CRM_DIR": str(roastery / "shop"), "CRM_CACHE_DIR": str(roastery / "cache"),
        "HOSTFILE": str(tmp_path / "hosts"),
    }  # fmt: skip
    (tmp_path / "hosts").write_text("10.0.0.1 silver sila whale\n")
    made = Terminal(Shell.BASH, tmp_path / "terminal", environ=environ)
    try:
        assert made.enter("crm list @sile\t") == ["list", "@silent"]
        assert made.enter("crm list @whal\t") == ["list", "@whal"]
        assert made.enter("crm list not:@whal\t") == ["list", "not:@whal"]
    finally:
        made.close()
