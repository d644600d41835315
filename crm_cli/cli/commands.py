"""The registry of commands: one line each, readable without importing them.

A command is one module plus one line here. The module `crm_cli.cli.<module>` holds
`verbs = Verbs()` with the functions; a verb is the function of the registered
name, a noun is all the functions of its module.

A kind of customers' items that have ids needs no line: its noun, with the verbs that follow
from the declaration, is there as well (`named`). A line gives it a place in `crm --help`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Command(NamedTuple):
    """A command of the first level.

    `bare` is the verb that a noun means when none is given, empty for a verb;
    a noun without such a verb has `-` and shows its help. `asks` tells whether it
    answers from the index. With `others`, the verbs beside the bare one, any further word
    and every option are the bare one's: it takes words, as `crm due novak`.
    """

    name: str
    module: str
    group: str
    help: str
    bare: str = ""
    hidden: bool = False
    asks: bool = True
    others: tuple[str, ...] = ()

    @property
    def noun(self) -> bool:
        """Whether the command holds verbs of its own, as `crm task add`."""
        return bool(self.bare)


TODAY = "Today"
CUSTOMERS = "Customers"
SELLING = "Selling"
SERVICE = "Service and mailings"
IN_AND_OUT = "In and out"
HISTORY = "History and team"
SETUP = "Setup"

GROUPS = (TODAY, CUSTOMERS, SELLING, SERVICE, IN_AND_OUT, HISTORY, SETUP)

COMMANDS = (
    Command(
        "due",
        "due",
        TODAY,
        "what is due, overdue first; silent when nothing is",
        "list",
        others=("snooze", "dismiss"),
    ),
    Command("agenda", "agenda", TODAY, "the days to come, with times, and what is free"),
    Command("log", "log", TODAY, "log a call, a meeting, an e-mail with a customer"),
    Command("task", "task", TODAY, "tasks: what to do, who does it, when it is due", "list"),
    Command("notify", "notify", TODAY, "a daily digest for each user, by mail or command"),
    Command("add", "add", CUSTOMERS, "a new customer; a name is enough"),
    Command("show", "show", CUSTOMERS, "a customer, or one of their items, at a glance"),
    Command("list", "list", CUSTOMERS, "the customers that match terms: crm list +vip"),
    Command("search", "search", CUSTOMERS, "words anywhere in the records, best match first"),
    Command("set", "set", CUSTOMERS, "change fields: crm set ana city=Koper phone="),
    Command("tag", "tag", CUSTOMERS, "add tags to customers, remove them, count them", "list"),
    Command("edit", "edit", CUSTOMERS, "open a record in your editor, checked when you close it"),
    Command("rename", "rename", CUSTOMERS, "change a customer's id wherever it is named"),
    Command("move", "move", CUSTOMERS, "move items to another customer"),
    Command("rm", "rm", CUSTOMERS, "remove a customer or an item"),
    Command("timeline", "timeline", CUSTOMERS, "all events of a customer, newest first"),
    Command("interaction", "interaction", CUSTOMERS, "calls, meetings and e-mails", "list"),
    Command("segment", "segment", CUSTOMERS, "saved queries, used as @name", "list"),
    Command("purchase", "purchase", SELLING, "sales, orders, invoices and their totals", "list"),
    Command("payment", "payment", SELLING, "payments received and refunds", "list"),
    Command("balance", "balance", SELLING, "who owes what, oldest first"),
    Command("report", "report", SELLING, "reports, built-in and your own", "list"),
    Command("product", "product", SELLING, "products and their prices", "list"),
    Command("import", "import_", IN_AND_OUT, "customers, products, purchases … from CSV files"),
    Command("export", "export", IN_AND_OUT, "records as CSV, JSON and other formats"),
    Command("undo", "undo", HISTORY, "take back the last command, byte for byte", asks=False),
    Command("redo", "undo", HISTORY, "do again what was undone", asks=False),
    Command("history", "history", HISTORY, "changes to a customer, field by field"),
    Command("blame", "history", HISTORY, "who set each field of a customer, and when"),
    Command("changes", "history", HISTORY, "what changed since a date, and who changed it"),
    Command("sync", "sync", HISTORY, "exchange changes with the others"),
    Command("resolve", "resolve", HISTORY, "resolve merge conflicts in records"),
    Command(
        "merge-driver", "merge_driver", HISTORY, "merge records for git", hidden=True, asks=False
    ),
    Command("git", "git", HISTORY, "set up git: trust, field-by-field merges", "-", asks=False),
    Command("trust", "trust", HISTORY, "allow crm to run git in this directory", asks=False),
    Command("init", "init", SETUP, "start a new folder of customers", asks=False),
    Command("check", "check", SETUP, "find errors in the records, with file and line"),
    Command("fmt", "fmt", SETUP, "rewrite records in the canonical form"),
    Command("config", "config", SETUP, "the business's settings", "list", asks=False),
    Command("query", "query", SETUP, "explain a query, list the fields", "-"),
    Command("sql", "sql", SETUP, "any SELECT over the records, read-only"),
    Command("index", "index", SETUP, "the cache that makes it fast", "status"),
    Command("doctor", "doctor", SETUP, "check the set-up, and suggest what to run", asks=False),
    Command(
        "completion",
        "completion",
        SETUP,
        "the script that completes words in your shell",
        asks=False,
    ),
    Command("help", "help", SETUP, "pages on the query language, dates, output …", asks=False),
)

BY_NAME = {command.name: command for command in COMMANDS}


def named(word: str) -> Command | None:
    """The command of that name, None where there is none; the kinds make nouns of their own."""
    if word in BY_NAME:
        return BY_NAME[word]
    return next((noun for noun in kind_nouns() if noun.name == word), None)


def kind_nouns() -> list[Command]:
    """The nouns of kinds that have no line in the registry. They have no module either."""
    from crm_cli.model.customer import CUSTOMER

    return [
        Command(kind.name, "", SERVICE, f"add, list and change {kind.key}", "list")
        for _, kind in CUSTOMER.lists
        if kind.letter and kind.columns and kind.name not in BY_NAME
    ]


FAMILIES: dict[tuple[str, ...], str] = {
    ("list", "search"): "by query terms: crm list +vip; by words anywhere",
    ("set", "tag"): "change fields; add, remove and count tags",
    ("edit", "rename", "move", "rm"): "in your editor; the id; to another customer; remove",
    ("timeline", "interaction"): "all that happened; calls, meetings and e-mails",
    ("history", "blame", "changes"): "changes to a record, and who made them; what is new",
    ("sync", "resolve"): "exchange changes; resolve conflicts",
    ("git", "trust"): "set up git; trust this directory",
    ("check", "fmt", "doctor"): "find errors; canonical form; check the set-up",
    ("query", "sql", "index"): "explain a query; any SELECT; the cache",
    ("completion", "help"): "the script for your shell; pages of examples",
}
"""Commands that share a line of `crm --help`, so that it stays one screen."""

INSTEAD = {
    "new": ("add", "save"),
    "create": ("add", "save"),
    "insert": ("add",),
    "view": ("show",),
    "get": ("show",),
    "ls": ("list",),
    "find": ("list", "search"),
    "delete": ("rm", "remove"),
    "del": ("rm", "remove"),
    "remove": ("rm",),
    "rm": ("remove",),
    "untag": ("tag remove",),
    "mv": ("rename",),
    "update": ("set",),
    "change": ("set",),
    "modify": ("set",),
    "note": ("log",),
    "status": ("doctor", "index status"),
    "done": ("task done",),
    "complete": ("done", "task done"),
    "completed": ("done", "task done"),
    "finish": ("done", "task done"),
    "close": ("done", "task done"),
    "start": ("task start",),
    "reopen": ("start", "task start"),
    "delegate": ("task delegate",),
    "assign": ("delegate", "task delegate"),
    "reassign": ("delegate", "task delegate"),
    "snooze": ("task snooze",),
    "postpone": ("snooze", "task snooze"),
    "defer": ("snooze", "task snooze"),
    "remind": ("task add",),
    "pay": ("payment add",),
    "paid": ("payment add",),
    "refund": ("payment add {} --refund",),
    "sell": ("purchase add",),
    "restore": ("undo",),
    "revert": ("undo",),
    "rollback": ("undo",),
    "today": ("due",),
    "overdue": ("due",),
    "calendar": ("agenda",),
    "filter": ("list",),
    "grep": ("search",),
    "cat": ("show",),
    "open": ("edit",),
    "stats": ("report",),
    "dashboard": ("report",),
    "activity": ("timeline",),
    "settings": ("config",),
    "pull": ("sync",),
    "push": ("sync",),
    "diff": ("changes",),
    "save": ("add",),
    "format": ("fmt",),
    "lint": ("check",),
    "validate": ("check",),
}
"""The right verb, or verbs in order of preference, where people type another.

The words that follow go to its end, or in the place of {}.
"""


class OtherNoun(NamedTuple):
    """What a noun of other programs is here: a command's items, listed by a term, added with
    an option. `verb` is what the noun means before other words."""

    command: str
    term: str = ""
    option: str = ""
    verb: str = "show"


def _logged(kind: str) -> OtherNoun:
    return OtherNoun("interaction", f"kind:{kind}", f"--kind {kind}", "add")


def _bought(kind: str) -> OtherNoun:
    return OtherNoun("purchase", f"kind:{kind}", f"--kind {kind}")


_TO_DO = OtherNoun("task", verb="add")

OTHER_NOUNS = {
    "todo": _TO_DO,
    "reminder": _TO_DO,
    "ticket": _TO_DO,
    "issue": _TO_DO,
    "case": _TO_DO,
    "call": _logged("call"),
    "meeting": _logged("meeting"),
    "appointment": _logged("meeting"),
    "email": _logged("email"),
    "mail": _logged("email"),
    "visit": _logged("visit"),
    "letter": _logged("letter"),
    "sms": _logged("sms"),
    "chat": _logged("chat"),
    "invoice": _bought("invoice"),
    "bill": _bought("invoice"),
    "sale": _bought("sale"),
    "order": _bought("order"),
    "credit-note": _bought("credit_note"),
    "transaction": OtherNoun("payment"),
    "item": OtherNoun("product"),
    "article": OtherNoun("product"),
    "audience": OtherNoun("segment"),
}
"""Nouns of other programs, in the singular."""


OF_ITEMS = ("rm", "show", "edit", "set")
"""The commands that take an item's id in place of a customer."""

ADDED_BY = {"interaction": "crm log", "segment": "crm segment save"}
"""What adds to a noun that has no verb for it."""

CUSTOMERS_BY_NAME = (
    "customer",
    "contact",
    "client",
    "person",
    "people",
    "company",
    "companie",
    "organization",
    "organisation",
    "account",
)
"""The noun that customers do not need, without a final s."""


def with_verb(entry: Command, words: Sequence[str]) -> list[str]:
    """The words after a noun, with the verb that it means alone where they say none.

    The first word then is an option, or can only be a term. Empty where there are no
    words and the noun means nothing alone.
    """
    if entry.others and words[:1] != [entry.bare] and not {*words[:1]} & {*entry.others}:
        return [entry.bare, *words]
    if entry.bare != "-" and (not words or _no_verb(words[0])):
        return [entry.bare, *words]
    return list(words)


def _no_verb(word: str) -> bool:
    if word in ("-h", "--help"):
        return False
    return word.startswith(("-", "+", "@")) or ":" in word or "/" in word


def visible_commands() -> Iterator[tuple[str, list[Command]]]:
    """Each group that has commands to show, in the order of the help page."""
    for group in GROUPS:
        held = [command for command in COMMANDS if command.group == group and not command.hidden]
        if held:
            yield group, held


def right_verb(word: str, verbs: frozenset[str] | set[str]) -> str | None:
    """The command that a wrong one stands for, among `verbs`: `new` is `add`."""
    for candidate in INSTEAD.get(word.lower(), ()):
        if candidate.split(" ")[0] in verbs:
            return candidate
    return None


def verb_of_items(word: str) -> str | None:
    """The command for one item that a wrong verb of a noun stands for: `delete` is `rm`."""
    if word in OF_ITEMS:
        return word
    return right_verb(word, set(OF_ITEMS))


EVERYWHERE = """\
Anywhere on the line:
  -C DIR, --today DATE, --as USER, --color auto|always|never,
  --lock-timeout SECONDS, --version
"""


def overview() -> str:
    """The page of `crm --help`: every command in its group, from the registry alone."""
    lines = [
        "Usage: crm COMMAND …",
        "",
        "Your customers in plain text files. crm alone shows due.",
        "",
    ]
    told = {names[0]: (" ".join(names), text) for names, text in FAMILIES.items()}
    following = {name for names in FAMILIES for name in names[1:]}
    width = max(len(names) for names, _ in told.values()) + 2
    for group, held in visible_commands():
        lines.append(f"{group}:")
        for command in held:
            if command.name not in following:
                names, text = told.get(command.name, (command.name, command.help))
                lines.append(f"  {names:<{width}}{text}")
    lines += [EVERYWHERE, "crm COMMAND --help shows one with examples; crm help lists the topics."]
    return "\n".join(lines) + "\n"
