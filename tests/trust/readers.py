"""Every command that shows what stands in records, with a command line that makes it do so."""

from __future__ import annotations

import json

from tests.trust.canary import POISON
from tests.trust.ground import Ground

READING = {
    "agenda": ("agenda",),
    "due list": ("due", "list", "--within", "60d"),
    "task list": ("task", "list"),
    "task show": ("task", "show", "{task}"),
    "show": ("show", "{who}"),
    "list": ("list", "--cols", "name,owner,tags,email,phone,city,notes,source_detail,tax_id"),
    "search": ("search", "pwn"),
    "tag list": ("tag", "list"),
    "timeline": ("timeline", "{who}"),
    "interaction list": ("interaction", "list"),
    "interaction show": ("interaction", "show", "{interaction}"),
    "segment list": ("segment", "list", "--cols", "id,description"),
    "segment show": ("segment", "show", "friends"),
    "segment count": ("segment", "count"),
    "segment export": ("segment", "export", "friends"),
    "purchase list": ("purchase", "list"),
    "purchase show": ("purchase", "show", "{purchase}"),
    "purchase summary": ("purchase", "summary", "--by", "product"),
    "report list": ("report", "list"),
    "report sales": ("report", "sales", "--by", "product"),
    "report sources": ("report", "sources"),
    "report activity": ("report", "activity"),
    "report top": ("report", "top"),
    "report concentration": ("report", "concentration"),
    "report profile": ("report", "profile"),
    "report completeness": ("report", "completeness"),
    "report cohort": ("report", "cohort"),
    "report products": ("report", "products"),
    "payment list": ("payment", "list"),
    "payment show": ("payment", "show", "{payment}"),
    "balance": ("balance", "{who}"),
    "product list": ("product", "list"),
    "product show": ("product", "show", "p"),
    "config list": ("config", "list"),
    "config get": ("config", "get", "business.name"),
    "query explain": ("query", "explain", f"tag:{POISON}"),
    "query fields": ("query", "fields", "customers"),
    "sql": ("sql", "SELECT * FROM customers"),
    "index status": ("index", "status"),
    "index path": ("index", "path"),
    "doctor": ("doctor",),
    "check": ("check",),
    "notify": ("notify", "--dry-run"),
    "export": ("export", "customers"),
}
"""Commands that answer from the records; of those that write too, the line that does not."""

COUNTS_ONLY = {
    "segment count", "query fields", "index status", "index path", "doctor", "report list",
    "report sources", "report concentration", "report completeness", "report cohort",
}  # fmt: skip
"""Of these, the ones whose answer has none of the canary's texts."""

FROM_HISTORY = {
    "history": ("history", "{who}"),
    "blame": ("blame", "{who}"),
    "changes": ("changes", "--since", "2020-01-01"),
}
"""They answer from git's history."""


NOT_ABOUT_RECORDS = {
    "help": "pages of this program's own",
    "completion": "a script of this program's own; what it offers is tried by itself",
    "index rebuild": "says where the index is, and counts",
    "trust": "names the directory, which `doctor` does too",
}
"""Commands that show no value of a record, each with what it shows."""

SAYING: dict[str, tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]] = {
    "due snooze": ((), ("due", "snooze", "canary", "birthday", "+60d")),
    "due dismiss": ((), ("due", "dismiss", "canary", "birthday")),
    "add": ((), ("add", POISON, "--force", f"nickname={POISON}")),
    "set": ((), ("set", "canary", f"nickname={POISON}x", "city=Koper", "--yes")),
    "tag add": ((), ("tag", "add", "new", "canary")),
    "tag remove": ((), ("tag", "remove", "vip", "other")),
    "log": ((), ("log", "canary", POISON, "--subject", POISON)),
    "edit": ((), ("edit", "jan-vidmar")),
    "rename": ((), ("rename", "canary", "yellow")),
    "rm": ((), ("rm", "canary", "--yes")),
    "interaction held": (
        (("log", "canary", POISON, "--at", "2027-01-08 10:00"),),
        ("interaction", "held", "canary"),
    ),
    "interaction not-held": (
        (("log", "canary", POISON, "--at", "2027-01-08 10:00"),),
        ("interaction", "not-held", "canary"),
    ),
    "task add": ((), ("task", "add", "canary", POISON)),
    "task start": ((), ("task", "start", "{task}")),
    "task done": ((), ("task", "done", "{task}")),
    "task snooze": ((), ("task", "snooze", "{task}", "+3d")),
    "task cancel": ((), ("task", "cancel", "{task}")),
    "task delegate": ((), ("task", "delegate", "{task}", "marko")),
    "task accept": (
        (("--as", "petra", "task", "delegate", "{task}", "marko"),),
        ("--as", "marko", "task", "accept", "{task}"),
    ),
    "task decline": (
        (("--as", "petra", "task", "delegate", "{task}", "marko"),),
        ("--as", "marko", "task", "decline", "{task}"),
    ),
    "task skip": (
        (("task", "add", "jan-vidmar", POISON, "--due", "2026-11-20", "--every", "week"),),
        ("task", "skip", "{recurring}"),
    ),
    "segment save": ((), ("segment", "save", "s", "+x", "--description", POISON)),
    "segment rm": ((), ("segment", "rm", "friends", "--yes")),
    "purchase add": ((), ("purchase", "add", "canary", "--line", "p:2")),
    "purchase post": (
        (("purchase", "add", "jan-vidmar", "--amount", "5", "--text", POISON, "--draft"),),
        ("purchase", "post", "jan-vidmar"),
    ),
    "payment add": ((), ("payment", "add", "canary", "12", "--reference", POISON)),
    "product rm": ((), ("product", "rm", "p", "--yes")),
    "product edit": ((), ("product", "edit", "linen-sheet")),
    "purchase cancel": ((), ("purchase", "cancel", "{purchase}", "--yes")),
    "move": (
        (("task", "add", "jan-vidmar", POISON, "--due", "2026-11-20", "--every", "week"),),
        ("move", "{recurring}", "canary"),
    ),
    "segment add": ((), ("segment", "add", "coastal", "canary")),
    "segment remove": (
        (("segment", "add", "coastal", "canary"),),
        ("segment", "remove", "coastal", "canary"),
    ),
    "product add": ((), ("product", "add", "towel", POISON, "--price", "12")),
    "product set": ((), ("product", "set", "p", f"name={POISON}x")),
    "import": ((), ("import", "customers", "{outside}/new.csv", "--yes")),
    "fmt": ((), ("fmt", "--yes")),
    "config set": ((), ("config", "set", f"business.name={POISON}")),
    "undo": ((("set", "canary", f"nickname={POISON}x"),), ("undo",)),
    "redo": ((("set", "canary", f"nickname={POISON}x"), ("undo",)), ("redo",)),
    "init": ((), ("-C", "{outside}", "init", "new", "--name", POISON, "--no-git")),
}  # fmt: skip
"""Commands that write, with what has to go before, and a line that makes them tell of it."""

SAYING_WITH_GIT = {
    "git setup": ("git", "setup", "--yes"),
    "sync": ("sync",),
    "resolve": ("resolve", "both", "--ours"),
    "merge-driver": (
        "merge-driver", "{outside}/base", "{outside}/ours", "{outside}/theirs", POISON,
    ),
}  # fmt: skip


def filled(ground: Ground, words: tuple[str, ...], who: str) -> tuple[str, ...]:
    """The words with a customer's id, and with that of their first item of a kind."""
    found = {"{who}": who}
    for kind in ("task", "interaction", "purchase", "payment"):
        if f"{{{kind}}}" in words:
            rows = json.loads(ground.run(kind, "list", "--json").out)
            found[f"{{{kind}}}"] = next(row["id"] for row in rows if row["customer"] == who)
    if "{recurring}" in words:
        rows = json.loads(ground.run("task", "list", "--json").out)
        found["{recurring}"] = next(
            row["id"]
            for row in rows
            if row["due"] == "2026-11-20" and row["customer"] == "jan-vidmar"
        )
    return tuple(found.get(word, word) for word in words)
