"""Every command that shows what stands in records, with a command line that makes it do so."""

from __future__ import annotations

import json

from crm_cli.model.kinds import BY_LETTER
from tests.trust.canary import POISON
from tests.trust.ground import Ground

_QUOTE = ("quote", "add", "canary", "--line", f":{POISON}:1:5")
_MONTHLY = (
    "purchase", "add", "jan-vidmar", "--amount", "5", "--text", POISON, "--every", "month",
    "--date", "2026-10-01",
)  # fmt: skip
READING = {
    "agenda": ("agenda",),
    "due list": ("due", "list", "--within", "60d"),
    "task list": ("task", "list"),
    "task show": ("task", "show", "{task}"),
    "show": ("show", "{who}"),
    "subject": ("subject", "{who}"),
    "list": ("list", "--cols", "name,owner,tags,email,phone,city,notes,source_detail,tax_id"),
    "search": ("search", "pwn"),
    "tag list": ("tag", "list"),
    "timeline": ("timeline", "{who}"),
    "interaction list": ("interaction", "list"),
    "interaction show": ("interaction", "show", "{interaction}"),
    "segment list": ("segment", "list", "--cols", "id,description"),
    "segment show": ("segment", "show", "friends"),
    "segment count": ("segment", "count"),
    "segment export": ("segment", "export", "friends", "--for", "service/email"),
    "purchase list": ("purchase", "list"),
    "purchase show": ("purchase", "show", "{purchase}"),
    "quote list": ("quote", "list"),
    "quote show": ("quote", "show", "{purchase}"),
    "order list": ("order", "list"),
    "order show": ("order", "show", "{purchase}"),
    "invoice list": ("invoice", "list", "--cols", "customer,text,owner,number"),
    "invoice show": ("invoice", "show", "{purchase}"),
    "report prices": ("report", "prices"),
    "purchase summary": ("purchase", "summary", "--by", "product"),
    "report list": ("report", "list"),
    "report html": ("report", "html"),
    "report sales": ("report", "sales", "--by", "product"),
    "report sources": ("report", "sources"),
    "report activity": ("report", "activity"),
    "report top": ("report", "top"),
    "report concentration": ("report", "concentration"),
    "report profile": ("report", "profile"),
    "report completeness": ("report", "completeness"),
    "report rfm": ("report", "rfm", "--bounds", "r=1,2,3,4 f=1,2,3,4 m=1,2,3,4"),
    "report churn": ("report", "churn"),
    "report mrr": ("report", "mrr"),
    "report fit": ("report", "fit"),
    "report clv": ("report", "clv"),
    "suggest": ("suggest", "{who}"),
    "duplicates": ("duplicates", "--min", "1"),
    "pop": ("pop", "{who}"),
    "report pairs": ("report", "pairs", "--min", "1"),
    "report cohort": ("report", "cohort"),
    "report products": ("report", "products"),
    "case list": ("case", "list"),
    "case show": ("case", "show", "{case}"),
    "feedback list": ("feedback", "list"),
    "feedback show": ("feedback", "show", "{feedback}"),
    "survey list": ("survey", "list"),
    "consent list": ("consent", "list"),
    "consent check": ("consent", "check", "{who}", "--for", "marketing/email"),
    "address list": ("address", "list"),
    "rules list": ("rules", "list"),
    "rules check": ("rules", "check"),
    "rules explain": ("rules", "explain", "{who}"),
    "agreement list": ("agreement", "list"),
    "survey links": (
        "survey", "links", "yearly", "--all", "--basis", "contract", "--reason", "asked", "--yes",
    ),
    "campaign list": ("campaign", "list"),
    "campaign show": ("campaign", "show", "spring"),
    "campaign targets": ("campaign", "targets", "spring", "--all"),
    "report campaigns": ("report", "campaigns", "--by", "campaign,variant,reason"),
    "report channels": ("report", "channels", "--by", "channel,customer"),
    "report satisfaction": ("report", "satisfaction", "--by", "wave,product"),
    "report lost": ("report", "lost"),
    "report service": ("report", "service", "--by", "origin,product"),
    "report product-quality": ("report", "product-quality"),
    "deal list": ("deal", "list"),
    "deal show": ("deal", "show", "{deal}"),
    "deal stages": ("deal", "stages"),
    "deal board": ("deal", "board"),
    "lead list": ("lead", "list"),
    "report aging": ("report", "aging"),
    "report payments": ("report", "payments"),
    "report statement": ("report", "statement", "{who}"),
    "bank open": ("bank", "open"),
    "bank list": ("bank", "list"),
    "report audit": ("report", "audit"),
    "report dso": ("report", "dso", "--by", "month"),
    "dun list": ("dun", "list", "--all"),
    "report tax": ("report", "tax", "--by", "customer"),
    "report pipeline": ("report", "pipeline"),
    "report forecast": ("report", "forecast"),
    "report funnel": ("report", "funnel"),
    "report win-loss": ("report", "win-loss", "--by", "competitor"),
    "report velocity": ("report", "velocity"),
    "purchase render": ("purchase", "render", "{purchase}", "--draft"),
    "quote render": ("quote", "render", "{purchase}", "--draft"),
    "order render": ("order", "render", "{purchase}", "--draft"),
    "invoice render": ("invoice", "render", "{purchase}", "--draft"),
    "statement": ("statement", "{who}"),
    "letter": ("letter", "{who}"),
    "labels": ("labels",),
    "dun render": ("dun", "render", "2026-0007", "--today", "2027-06-01"),
    "template list": ("template", "list"),
    "template show": ("template", "show", "invoice"),
    "template render": ("template", "render", "letter", "{who}"),
    "template check": ("template", "check"),
    "template fields": ("template", "fields"),
    "payment list": ("payment", "list"),
    "payment show": ("payment", "show", "{payment}"),
    "balance": ("balance", "{who}"),
    "product list": ("product", "list"),
    "product show": ("product", "show", "p"),
    "user list": ("user", "list"),
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
    "mail list": ("mail", "list"),
    "mail address": ("mail", "address", "example"),
    "export": ("export", "customers"),
}
"""Commands that answer from the records; of those that write too, the line that does not."""

COUNTS_ONLY = {
    "segment count", "query fields", "index status", "index path", "doctor", "report list",
    "report sources", "report concentration", "report completeness", "report cohort",
    "deal stages", "report pipeline", "report forecast", "report funnel", "report win-loss",
    "report velocity", "lead list", "report aging", "report payments", "report slippage",
    "report dso", "report mrr", "dun list", "report fit", "quote list", "order list",
    "invoice list", "rules check", "labels",
    "report channels", "template list", "template show", "template check", "template fields",
}  # fmt: skip
"""Of these, the ones whose answer has none of the canary's texts."""

FROM_HISTORY = {
    "history": ("history", "{who}"),
    "blame": ("blame", "{who}"),
    "changes": ("changes", "--since", "2020-01-01"),
    "events": ("events", "--since", "2020-01-01"),
    "report slippage": ("report", "slippage", "--period", "2026-11-20.."),
}
"""They answer from git's history."""


NOT_ABOUT_RECORDS = {
    "unmerge": "names the two as merge does, and needs a history that has a merge",
    "help": "pages of this program's own",
    "completion": "a script of this program's own; what it offers is tried by itself",
    "consent notice": "says the channels of crm.yaml",
    "index rebuild": "says where the index is, and counts",
    "trust": "names the directory, which `doctor` does too",
    "schema": "what the program itself declares",
    "backup": "counts files, and names the one that was asked for",
    "restore": "counts files, and names the folder that was asked for",
    "clone": "names the folder that was asked for, and what `doctor` says of it",
    "mirror push": "counts files, and names the book; tests/mirror look at what it pushes",
    "mirror status": "names the books, and the folders that they are from",
    "mirror drop": "names the book that was asked for",
    "mirror roles": "statements of this program's own",
    "mcp": "serves until its input ends; tests/agents looks at its answers of hostile records",
    "ui": "needs a terminal; tests/tui looks at what it shows of hostile records",
}
"""Commands that show no value of a record, each with what it shows."""

_FROM = ("config", "set", "mail.from=office@lan.example")
_SERVED = ("consent", "add", "canary", "--for", "service/email")
_DRAFT = ("mail", "draft", "canary", "--template", "reminder-mail", "--today", "2027-06-01")
SAYING: dict[str, tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]] = {
    "due snooze": ((), ("due", "snooze", "canary", "birthday", "+60d")),
    "due dismiss": ((), ("due", "dismiss", "canary", "birthday")),
    "add": ((), ("add", POISON, "--force", f"nickname={POISON}")),
    "set": ((), ("set", "canary", f"nickname={POISON}x", "city=Koper", "--yes")),
    "tag add": ((), ("tag", "add", "new", "canary")),
    "template new": ((), ("template", "new", "letter.de")),
    "tag remove": ((), ("tag", "remove", "vip", "other")),
    "log": ((), ("log", "canary", POISON, "--subject", POISON)),
    "mail fetch": ((), ("mail", "fetch", "{outside}/new.eml", "--verbose", "--dry-run")),
    "mail write": ((_FROM, _SERVED),
                   ("mail", "write", "canary", "--subject", POISON, "--text", POISON)),
    "mail draft": ((_FROM, _SERVED), _DRAFT),
    "mail send": ((_FROM, _SERVED), ("mail", "send", "--all", "--dry-run")),
    "mail unknown": ((("mail", "fetch", "{outside}/new.eml"),), ("mail", "unknown")),
    "edit": ((), ("edit", "jan-vidmar")),
    "rename": ((), ("rename", "canary", "yellow")),
    "rm": ((), ("rm", "canary", "--yes")),
    "user add": ((), ("user", "add", "eva", POISON, "--email", "eva@hren.example")),
    "user away": ((), ("user", "away", "petra", "--deputy", "marko")),
    "user rm": ((), ("user", "rm", "petra", "--to", "marko", "--yes")),
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
    "purchase recur": ((_MONTHLY,), ("purchase", "recur")),
    "purchase reprice": (
        (_MONTHLY,), ("purchase", "reprice", "jan-vidmar", "6", "--from", "2027-01-01")
    ),
    "purchase convert": ((_QUOTE,), ("purchase", "convert", "Q-2026-0001", "order")),
    "quote add": ((), _QUOTE),
    "quote sent": ((_QUOTE,), ("quote", "sent", "canary")),
    "quote accept": ((_QUOTE,), ("quote", "accept", "canary")),
    "quote decline": ((_QUOTE,), ("quote", "decline", "canary", "--reason", POISON)),
    "order add": ((), ("order", "add", "canary", "--line", f":{POISON}:1:5")),
    "invoice add": ((), ("invoice", "add", "canary", "--line", f":{POISON}:1:5")),
    "purchase sent": ((), ("purchase", "sent", "2026-0007", "--force")),
    "order sent": ((), ("order", "sent", "is:unbilled", "--force", "--yes")),
    "invoice sent": ((), ("invoice", "sent", "2026-0007", "--force")),
    "invoice cancel": (
        (("invoice", "add", "canary", "--amount", "5", "--number", "X2", "--text", POISON),),
        ("invoice", "cancel", "X2"),
    ),
    "invoice correct": (
        (("invoice", "add", "canary", "--amount", "5", "--number", "X4", "--text", POISON),),
        ("invoice", "correct", "X4", "--reason", POISON),
    ),
    "case add": ((), ("case", "add", "canary", POISON, "--description", POISON)),
    "case take": ((), ("case", "take", "{case}", "--assignee", "marko")),
    "case reply": ((), ("case", "reply", "{case}", POISON, "--subject", POISON)),
    "feedback add": ((), ("feedback", "add", "canary", POISON, "--nps", "3", "--source", POISON)),
    "survey invite": ((), ("survey", "invite", "yearly", "other", "--wave", POISON)),
    "consent add": (
        (), ("consent", "add", "canary", "--for", "marketing/email", "--source", POISON),
    ),
    "consent withdraw": ((), ("consent", "withdraw", "canary", "--evidence", POISON)),
    "address move": ((), ("address", "move", "canary", f"city={POISON}")),
    "agreement add": ((), ("agreement", "add", "canary", POISON, "--file", POISON)),
    "agreement sign": (
        (("agreement", "add", "canary", POISON),), ("agreement", "sign", "canary"),
    ),
    "agreement end": (
        (("agreement", "add", "canary", POISON, "--signed", "today"),),
        ("agreement", "end", "canary"),
    ),
    "survey answers": ((), ("survey", "answers", "yearly", "{outside}/answers.csv", "--yes")),
    "rules run": ((), ("rules", "run")),
    "rules add": ((), ("rules", "add", "silent")),
    "campaign add": ((), ("campaign", "add", POISON, f"notes={POISON}", "--id", "autumn")),
    "campaign set": ((), ("campaign", "set", "spring", f"name={POISON}", f"notes={POISON}")),
    "campaign start": ((), ("campaign", "start", "spring", "--yes")),
    "campaign record": ((("campaign", "start", "spring", "--yes"),),
                        ("campaign", "record", "spring", "--status", "sent", "--yes")),
    "campaign stop": ((("campaign", "start", "spring", "--yes"),), ("campaign", "stop", "spring")),
    "lose": ((), ("lose", "jan-vidmar", "--competitor", POISON, "--text", POISON)),
    "link": ((), ("link", "jan-vidmar", "canary", "--title", POISON)),
    "unlink": ((("link", "jan-vidmar", "canary"),), ("unlink", "jan-vidmar", "canary")),
    "merge": ((), ("merge", "jan-vidmar", "canary", "--prefer", "drop", "--yes")),
    "split": ((), ("split", "canary", POISON, "{task}")),
    "win-back": ((("lose", "jan-vidmar"),), ("win-back", "jan-vidmar")),
    "forget": ((), ("forget", "canary", "--force", "--yes")),
    "case decide": (
        (("set", "{case}", "kind=return"),),
        ("case", "decide", "{case}", "refund", "--amount", "5", "--force"),
    ),
    "case wait": ((), ("case", "wait", "{case}")),
    "case resolve": ((), ("case", "resolve", "{case}")),
    "case close": ((), ("case", "close", "{case}")),
    "case reopen": ((("case", "close", "{case}"),), ("case", "reopen", "{case}")),
    "case merge": (
        (("case", "add", "jan-vidmar", POISON), ("case", "add", "jan-vidmar", "Other")),
        ("case", "merge", "customer:jan-vidmar", "--yes"),
    ),
    "deal add": ((), ("deal", "add", "canary", POISON, "--next-step", POISON)),
    "deal move": ((), ("deal", "move", "{deal}", "next")),
    "deal win": ((), ("deal", "win", "{deal}")),
    "deal lose": (
        (),
        ("deal", "lose", "{deal}", "--reason", "price", "--competitor", POISON),
    ),
    "deal hold": (
        (("config", "set", "stages=lead, offer, on_hold, won, lost"),
         ("deal", "add", "jan-vidmar", POISON)),
        ("deal", "hold", "jan-vidmar"),
    ),
    "deal reopen": ((("deal", "win", "{deal}"),), ("deal", "reopen", "{deal}")),
    "lead qualify": (
        (("set", "jan-vidmar", "lifecycle_stage=lead"),),
        ("lead", "qualify", "jan-vidmar", "--reason", POISON),
    ),
    "lead convert": ((), ("lead", "convert", "canary", "--deal", POISON)),
    "lead drop": (
        (("set", "jan-vidmar", "lifecycle_stage=lead"),),
        ("lead", "drop", "jan-vidmar", "--reason", POISON),
    ),
    "payment add": ((), ("payment", "add", "canary", "12", "--reference", POISON)),
    "payment bounce": ((("payment", "add", "canary", "12"),), ("payment", "bounce", "canary")),
    "payment promise": (
        (("purchase", "add", "canary", "--amount", "5", "--kind", "invoice", "--number", "X1"),),
        ("payment", "promise", "X1", "--date", "2030-01-01"),
    ),
    "books": ((), ("books", "2026-11", "--to", "/dev/null")),
    "dun sent": (
        (("purchase", "add", "canary", "--amount", "5", "--kind", "invoice", "--number", "X1"),),
        ("dun", "sent", "X1", "--force", "--text", POISON),
    ),
    "bank book": ((), ("bank", "book", "b-2m8ct4h", "canary")),
    "bank ignore": ((), ("bank", "ignore", "b-2m8ct4h")),
    "bank match": (
        (("purchase", "add", "canary", "--amount", "7", "--kind", "invoice", "--number",
          "X-7777"),),
        ("bank", "match", "--yes"),
    ),
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
    for kind in (kind.name for kind in BY_LETTER.values()):
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
