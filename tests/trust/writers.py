"""Every command that writes, with a command line that makes it write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from crm_cli.cli.app import Noun, load
from crm_cli.cli.commands import COMMANDS
from tests import templates
from tests.trust.ground import Ground


class Writer(NamedTuple):
    """A command line that writes; `first` are run before, so that it has something to do."""

    command: str
    words: tuple[str, ...]
    first: tuple[tuple[str, ...], ...] = ()
    history: str = ""
    """In a git repository: `own`, `shared` (others have sent something), `merging` (both
    sides changed a field), or none."""

    @property
    def name(self) -> str:
        """For the name of a test."""
        after = "" if self.first == () else "-after"
        return self.command.replace(" ", "-") + after + ("-in-git" if self.history else "")


_ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTODO\r\nUID:a@x\r\nSUMMARY:Ring\r\n"
    "X-CRM-CUSTOMER:maja-kos\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
)
_CSV = "name,email,city\nEva Hren,eva@hren.example,Celje\nMaja Kos,maja@kos.example,Izola\n"

WRITERS = (
    Writer("add", ("add", "Eva Hren", "--email", "eva@hren.example", "--tag", "vip")),
    Writer("set", ("set", "maja-kos", "hotel-breg", "city=Celje", "language=sl", "--yes")),
    Writer("tag add", ("tag", "add", "cold", "maja-kos")),
    Writer("tag remove", ("tag", "remove", "vip", "maja-kos")),
    Writer("log", ("log", "maja-kos", "Called back", "--follow-up", "2026-12-01")),
    Writer(
        "interaction held", ("interaction", "held", "maja-kos"),
        (("log", "maja-kos", "Fitting", "--at", "2027-01-08 10:00"),),
    ),
    Writer(
        "interaction not-held", ("interaction", "not-held", "maja-kos"),
        (("log", "maja-kos", "Fitting", "--at", "2027-01-08 10:00"),),
    ),
    Writer("due snooze", ("due", "snooze", "2026-0007", "2027-01-08")),
    Writer("due dismiss", ("due", "dismiss", "p-2m8ct4h")),
    Writer("edit", ("edit", "maja-kos")),
    Writer("rename", ("rename", "maja-kos", "maja")),
    Writer("rm", ("rm", "jan-vidmar", "--yes")),
    Writer("rm", ("rm", "t-9f3kx7d"), (("set", "maja-kos", "city=Izola"),)),
    Writer("task add", ("task", "add", "maja-kos", "Call", "--due", "2026-12-01")),
    Writer("task start", ("task", "start", "t-9f3kx7d")),
    Writer("task done", ("task", "done", "t-9f3kx7d")),
    Writer("task snooze", ("task", "snooze", "t-9f3kx7d", "2026-12-01")),
    Writer("task cancel", ("task", "cancel", "t-9f3kx7d")),
    Writer("task delegate", ("task", "delegate", "t-9f3kx7d", "marko")),
    Writer(
        "task accept", ("--as", "marko", "task", "accept", "t-9f3kx7d"),
        (("--as", "petra", "task", "delegate", "t-9f3kx7d", "marko"),),
    ),
    Writer(
        "task decline", ("--as", "marko", "task", "decline", "t-9f3kx7d"),
        (("--as", "petra", "task", "delegate", "t-9f3kx7d", "marko"),),
    ),
    Writer(
        "task skip", ("task", "skip", "{recurring}"),
        (("task", "add", "maja-kos", "Water", "the", "plants", "--due", "2026-11-20",
          "--every", "week"),),
    ),
    Writer("segment save", ("segment", "save", "coast", "city:Koper")),
    Writer("segment rm", ("segment", "rm", "friends")),
    Writer(
        "purchase add",
        ("purchase", "add", "maja-kos", "--line", "linen-sheet:2", "--kind", "invoice",
         "--number", "next"),
    ),
    Writer(
        "purchase post", ("purchase", "post", "maja-kos"),
        (("purchase", "add", "maja-kos", "--amount", "5", "--kind", "invoice", "--draft"),),
    ),
    Writer("payment add", ("payment", "add", "2026-0007")),
    Writer("product add", ("product", "add", "towel", "Towel", "--price", "12")),
    Writer("product rm", ("product", "rm", "towel", "--yes"),
           (("product", "add", "towel", "Towel", "--price", "12"),)),
    Writer("product edit", ("product", "edit", "met"),
           (("product", "add", "met", "Met", "--price", "12"),)),
    Writer("purchase cancel", ("purchase", "cancel", "2026-0008"),
           (("purchase", "add", "maja-kos", "--amount", "5", "--kind", "invoice"),)),
    Writer("move", ("move", "t-9f3kx7d", "jan-vidmar")),
    Writer("segment add", ("segment", "add", "coastal", "maja-kos")),
    Writer("segment remove", ("segment", "remove", "coastal", "maja-kos"),
           (("segment", "add", "coastal", "maja-kos"),)),
    Writer("product set", ("product", "set", "linen-sheet", "price=85")),
    Writer("import", ("import", "customers", "{outside}/new.csv", "--yes")),
    Writer("import", ("import", "calendar", "{outside}/new.ics", "--yes")),
    Writer("export", ("export", "customers", "--to", "{outside}/out.csv", "--force")),
    Writer("export", ("export", "calendar", "--vdir", "{outside}/calendar")),
    Writer("fmt", ("fmt", "--yes")),
    Writer("check", ("check", "--fix", "--yes")),
    Writer("config set", ("config", "set", "terms_days=14")),
    Writer("undo", ("undo",), (("set", "maja-kos", "hotel-breg", "city=Celje", "--yes"),)),
    Writer("set", ("set", "maja-kos", "hotel-breg", "city=Celje", "--yes"), history="own"),
    Writer("undo", ("undo",), (("set", "maja-kos", "city=Celje"),), history="own"),
    Writer("redo", ("redo",), (("set", "maja-kos", "city=Celje"), ("undo",))),
    Writer("git setup", ("git", "setup", "--yes")),
    Writer("sync", ("sync",), (("set", "maja-kos", "city=Celje"),), history="shared"),
    Writer("resolve", ("resolve", "--theirs"), history="merging"),
    Writer("trust", ("trust",)),
    Writer(
        "merge-driver",
        ("merge-driver", "{outside}/base", "{outside}/ours", "{outside}/other", "a.yaml"),
    ),
    Writer("notify", ("notify", "--owner", "petra", "--command", "touch {outside}/sent")),
    Writer("init", ("-C", "{outside}", "init", "new", "--name", "New", "--sample")),
)  # fmt: skip


READERS = {
    "agenda", "history", "blame", "changes",
    "due list", "task list", "task show", "show", "list", "search", "tag list", "timeline",
    "interaction list", "interaction show", "payment show",
    "report list", "report sales", "report sources", "report activity", "report top",
    "report concentration", "report profile", "report completeness", "report cohort",
    "report products",
    "segment list", "segment show", "segment count", "segment export",
    "purchase list",
    "purchase show", "purchase summary", "payment list", "balance", "product list", "product show",
    "config list", "config get", "query explain", "query fields", "sql", "index status",
    "index rebuild", "index path", "completion", "help", "doctor",
}  # fmt: skip
"""Commands that never write into a data directory."""

_VERSIONS = {
    "base": "name: Ana\n",
    "ours": "name: Ana\ncity: Koper\n",
    "other": "name: Ana Novak\nphone: 040 222 111\n",
}


def with_history(ground: Ground) -> None:
    """Make the directory a repository, with a remote that has all of it."""
    templates.made(ground.folder, lambda: _with_history(ground))


def _with_history(ground: Ground) -> None:
    assert ground.run("git", "setup", "--yes").code == 0
    remote = ground.outside / "remote.git"
    ground.git("init", "-q", "--bare", "-b", "main", str(remote))
    ground.git("remote", "add", "origin", str(remote))
    assert ground.run("sync").code == 0


def from_others(ground: Ground, lines: Mapping[str, str]) -> None:
    """Somebody else adds lines to records, and sends them."""
    theirs = ground.outside / "theirs"
    ground.git("clone", "-q", str(ground.outside / "remote.git"), str(theirs))
    for id, line in lines.items():
        with (theirs / f"customers/{id}.yaml").open("a", encoding="utf-8") as file:
            file.write(line)
    ground.git("commit", "-qam", "theirs", root=theirs)
    ground.git("push", "-q", root=theirs)


def verbs() -> set[str]:
    """Every command, nouns with each of their verbs."""
    found = set()
    for entry in COMMANDS:
        command = load(entry)
        if isinstance(command, Noun):
            found |= {f"{entry.name} {verb}" for verb in command.list_commands(None)}
        else:
            found.add(entry.name)
    return found


def prepared(ground: Ground, writer: Writer) -> tuple[str, ...]:
    """Set the scene for a writer; its words, with the places filled in."""
    ground.outside.mkdir(exist_ok=True)
    (ground.outside / "new.csv").write_text(_CSV, encoding="utf-8")
    (ground.outside / "new.ics").write_text(_ICS, encoding="utf-8")
    (ground.outside / "out.csv").write_text("old\n", encoding="utf-8")
    for name, text in _VERSIONS.items():
        (ground.outside / name).write_text(text, encoding="utf-8")
    ground.known()
    if writer.history:
        with_history(ground)
    for words in writer.first:
        ran = ground.run(*words)
        assert ran.code == 0, ran
    if writer.history == "shared":
        from_others(ground, {"jan-vidmar": "city: Piran\n"})
    elif writer.history == "merging":
        from_others(ground, {"jan-vidmar": "owner: marko\n", "maja-kos": "nickname: Majka\n"})
        assert ground.run("set", "jan-vidmar", "owner=petra").code == 0
        assert ground.run("sync").code == 5
    ground.keep()
    filled = [word.replace("{outside}", str(ground.outside)) for word in writer.words]
    if "{recurring}" in filled:
        text = (ground.root / "customers/maja-kos.yaml").read_text(encoding="utf-8")
        made = re.search(r"id: (t-\w+)\n +title: Water", text)
        assert made, text
        filled = [word.replace("{recurring}", made[1]) for word in filled]
    return tuple(filled)
