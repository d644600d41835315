"""The registry of commands: one line for each, read without importing any of them.

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
    answers from the index.
    """

    name: str
    module: str
    group: str
    help: str
    bare: str = ""
    hidden: bool = False
    asks: bool = True

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
    Command("due", "due", TODAY, "what is due, overdue first; silent when nothing is"),
    Command("agenda", "agenda", TODAY, "the days to come, with times, and what is free"),
    Command("log", "log", TODAY, "note a call, a meeting, a mail with a customer"),
    Command("task", "task", TODAY, "what is to be done, by whom, until when", "list"),
    Command("notify", "notify", TODAY, "a daily digest for each user, by mail or command"),
    Command("add", "add", CUSTOMERS, "a new customer; a name is enough"),
    Command("show", "show", CUSTOMERS, "a customer, or one of their items, at a glance"),
    Command("list", "list", CUSTOMERS, "the customers that terms describe, as crm list +vip"),
    Command("search", "search", CUSTOMERS, "words anywhere in the records, nearest first"),
    Command("set", "set", CUSTOMERS, "change fields: crm set ana city=Koper phone="),
    Command("tag", "tag", CUSTOMERS, "put tags on customers, take them off, count them", "list"),
    Command("edit", "edit", CUSTOMERS, "open a record in your editor, checked when you close it"),
    Command("rename", "rename", CUSTOMERS, "change a customer's id wherever it is named"),
    Command("rm", "rm", CUSTOMERS, "remove a customer or an item"),
    Command("timeline", "timeline", CUSTOMERS, "all that happened with a customer, newest first"),
    Command("interaction", "interaction", CUSTOMERS, "calls, meetings and mails", "list"),
    Command("segment", "segment", CUSTOMERS, "saved queries, used as @name", "list"),
    Command("purchase", "purchase", SELLING, "sales, orders, invoices, and their sums", "list"),
    Command("payment", "payment", SELLING, "money that came in or went back", "list"),
    Command("balance", "balance", SELLING, "who owes what, oldest first"),
    Command("report", "report", SELLING, "who buys what, from where, how much; your own", "list"),
    Command("product", "product", SELLING, "what you sell, and for how much", "list"),
    Command("import", "import_", IN_AND_OUT, "customers, products, purchases … from CSV files"),
    Command("export", "export", IN_AND_OUT, "records as CSV, JSON and other formats"),
    Command("undo", "undo", HISTORY, "take back the last command, byte for byte", asks=False),
    Command("history", "history", HISTORY, "what became of a customer, field by field"),
    Command("blame", "history", HISTORY, "who set each field of a customer, and when"),
    Command("changes", "history", HISTORY, "all that changed since a day, by whom"),
    Command("sync", "sync", HISTORY, "exchange changes with the others"),
    Command("resolve", "resolve", HISTORY, "settle what both sides of a merge changed"),
    Command(
        "merge-driver", "merge_driver", HISTORY, "merge records for git", hidden=True, asks=False
    ),
    Command(
        "git", "git", HISTORY, "set up git: trust, merges by what records say", "-", asks=False
    ),
    Command("trust", "trust", HISTORY, "let git be run in this directory", asks=False),
    Command("init", "init", SETUP, "start a new folder of customers", asks=False),
    Command("check", "check", SETUP, "find what is wrong in the records, with its place"),
    Command("fmt", "fmt", SETUP, "rewrite records in the canonical form"),
    Command("config", "config", SETUP, "the business's settings", "list", asks=False),
    Command("query", "query", SETUP, "what a query means, and the fields there are", "-"),
    Command("sql", "sql", SETUP, "any SELECT over the records, read-only"),
    Command("index", "index", SETUP, "the cache that makes it fast", "status"),
    Command("doctor", "doctor", SETUP, "is all in order here, and what to run if not", asks=False),
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
    ("list", "search"): "by query terms, as crm list +vip; by words anywhere",
    ("set", "tag"): "change fields; put tags on, take them off, count them",
    ("edit", "rename", "rm"): "in your editor; to another id; away with it",
    ("timeline", "interaction"): "all that happened; calls, meetings and mails",
    ("history", "blame", "changes"): "what became of a record, by whom; what is new",
    ("sync", "resolve"): "exchange changes; settle what both sides changed",
    ("git", "trust"): "set up git; let it be run in this directory",
    ("check", "fmt", "doctor"): "what is wrong; canonical form; is all in order here",
    ("query", "sql", "index"): "what a query means; any SELECT; the cache",
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
    "todo": ("task",),
    "invoice": ("purchase",),
    "sale": ("purchase",),
    "order": ("purchase",),
    "complete": ("done",),
    "completed": ("done",),
    "finish": ("done",),
    "reopen": ("start",),
    "assign": ("delegate",),
    "reassign": ("delegate",),
    "postpone": ("snooze",),
    "defer": ("snooze",),
    "save": ("add",),
    "close": ("done",),
    "format": ("fmt",),
    "lint": ("check",),
    "validate": ("check",),
}
"""The right verb, or verbs in order of preference, where people type another."""


OF_ITEMS = ("rm", "show", "edit", "set")
"""The commands that take an item's id in place of a customer."""

ADDED_BY = {"interaction": "crm log", "segment": "crm segment save"}
"""What adds to a noun that has no verb for it."""

CUSTOMERS_BY_NAME = ("customer", "customers", "contact", "contacts", "client", "clients", "person")
"""The noun that customers do not need."""


def with_verb(entry: Command, words: Sequence[str]) -> list[str]:
    """The words after a noun, with the verb that it means alone where they say none.

    The first word then is an option, or can only be a term. Empty where there are no
    words and the noun means nothing alone.
    """
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
