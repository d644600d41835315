"""The registry of commands: one line each, readable without importing them.

A command is one module plus one line here. The module `crm_cli.cli.<module>` holds
`verbs = Verbs()` with the functions; a verb is the function of the registered
name, a noun is all the functions of its module.

A kind of customers' items that have ids needs no line: its noun, with the verbs that follow
from the declaration, is there as well (`named`). A line gives it a place in `crm --help`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crm_cli.model.named_tuple import NamedTuple


class Command(NamedTuple):
    """A command of the first level.

    `bare` is the verb that a noun means when none is given, empty for a verb;
    a noun without such a verb has `-` and shows its help. `asks` tells whether it
    answers from the index, `local` that whatever it does needs the files, or acts: then it is not
    run on a mirror. With `others`, the verbs beside the bare one, any further word
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
    local: bool = False

    @property
    def noun(self) -> bool:
        """Whether the command holds verbs of its own, as `crm task add`."""
        return bool(self.bare)


def _local(name: str, module: str, group: str, help: str) -> Command:
    """A verb that needs the files, whatever its words."""
    return Command(name, module, group, help, local=True)


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
    Command("ui", "ui", TODAY, "what is due, customers and deals on one screen", local=True),
    _local("log", "log", TODAY, "log a call, a meeting, an e-mail with a customer"),
    _local("pop", "pop", TODAY, "who is calling: all that matters now, on one screen"),
    Command("task", "task", TODAY, "tasks: what to do, who does it, when it is due", "list"),
    Command("rules", "rules", TODAY, "what is done by itself, and why", "list"),
    Command(
        "notify", "notify", TODAY, "a daily digest for each user, by mail or command", local=True
    ),
    _local("add", "add", CUSTOMERS, "a new customer; a name is enough"),
    _local("show", "show", CUSTOMERS, "a customer, or one of their items, at a glance"),
    Command("list", "list", CUSTOMERS, "the customers that match terms: crm list +vip"),
    _local("search", "search", CUSTOMERS, "words anywhere in the records, best match first"),
    _local("set", "set", CUSTOMERS, "change fields: crm set ana city=Koper phone="),
    Command("tag", "tag", CUSTOMERS, "add tags to customers, remove them, count them", "list"),
    _local("edit", "edit", CUSTOMERS, "open a record in your editor, checked when you close it"),
    _local("rename", "rename", CUSTOMERS, "change a customer's id wherever it is named"),
    Command("address", "address", CUSTOMERS, "postal addresses, and moving to another one", "list"),
    _local("move", "move", CUSTOMERS, "move items to another customer"),
    _local("rm", "rm", CUSTOMERS, "remove a customer or an item"),
    _local("subject", "subject", CUSTOMERS, "all that is held of somebody, for whoever asks"),
    _local("forget", "forget", CUSTOMERS, "forget somebody: all but the books goes, for good"),
    Command("duplicates", "duplicates", CUSTOMERS, "customers who may be one, with reasons"),
    _local("merge", "merge", CUSTOMERS, "make two records of a customer one, side by side"),
    _local("unmerge", "split", CUSTOMERS, "take an older merge apart again, from history"),
    _local("split", "split", CUSTOMERS, "make a new customer of a part of another one"),
    _local("link", "link", CUSTOMERS, "note that somebody is at an organization, and as what"),
    _local("unlink", "link", CUSTOMERS, "note that somebody has left an organization"),
    Command("timeline", "timeline", CUSTOMERS, "all events of a customer, newest first"),
    Command("interaction", "interaction", CUSTOMERS, "calls, meetings and e-mails", "list"),
    Command("suggest", "suggest", CUSTOMERS, "when a customer will buy next, and what to offer"),
    Command("segment", "segment", CUSTOMERS, "saved queries, used as @name", "list"),
    Command("lead", "lead", SELLING, "leads: who may become a customer", "list"),
    Command("deal", "deal", SELLING, "deals: what is in play, and how far it is", "list"),
    _local("lose", "lose", SELLING, "note that customers are lost, to whom and why"),
    _local("win-back", "lose", SELLING, "note that lost customers came back"),
    Command("quote", "quote", SELLING, "quotes: sent, accepted, declined", "list"),
    Command("order", "order", SELLING, "orders, and what is left to bill of them", "list"),
    Command("invoice", "invoice", SELLING, "invoices: crm invoice add ana", "list"),
    Command("purchase", "purchase", SELLING, "sales, orders, invoices and their totals", "list"),
    Command("payment", "payment", SELLING, "payments received and refunds", "list"),
    _local("balance", "balance", SELLING, "who owes what, oldest first"),
    Command(
        "dun",
        "dun",
        SELLING,
        "payment reminders: what is to be sent, and what was",
        "list",
        others=("sent", "render"),
    ),
    _local("statement", "statement", SELLING, "a customer's statement of account"),
    Command("bank", "bank", SELLING, "bank statements; book their lines", "open"),
    Command("books", "books", SELLING, "the books of a month, as an archive for accounting"),
    Command("report", "report", SELLING, "reports, built-in and your own", "list"),
    Command("product", "product", SELLING, "products and their prices", "list"),
    Command("case", "case", SERVICE, "questions, complaints, returns: who waits for us", "list"),
    Command("feedback", "feedback", SERVICE, "scores, words, reviews, answers to surveys", "list"),
    Command("survey", "survey", SERVICE, "whom to ask, where they answer, their answers", "list"),
    Command("campaign", "campaign", SERVICE, "campaigns: who gets what, what it brought", "list"),
    Command("template", "template", SERVICE, "texts of letters, invoices, e-mails", "list"),
    _local("letter", "letter", SERVICE, "a letter to a customer, from a template"),
    _local("labels", "labels", SERVICE, "address labels of customers"),
    Command("consent", "consent", SERVICE, "what customers agreed to, and withdrew", "list"),
    Command("agreement", "agreement", SERVICE, "contracts, terms of use, NDAs", "list"),
    Command(
        "mail",
        "mail",
        IN_AND_OUT,
        "write to customers, one or many; fetch what they wrote",
        "write",
        others=("draft", "list", "send", "fetch", "unknown", "address"),
        local=True,
    ),
    _local("import", "import_", IN_AND_OUT, "customers, products, purchases … from CSV files"),
    _local("export", "export", IN_AND_OUT, "records as CSV, JSON and other formats"),
    Command("undo", "undo", HISTORY, "take back the last command, byte for byte", asks=False),
    Command("redo", "undo", HISTORY, "do again what was undone", asks=False),
    _local("history", "history", HISTORY, "changes to a customer, field by field"),
    _local("blame", "history", HISTORY, "who set each field of a customer, and when"),
    Command("changes", "history", HISTORY, "what changed since a date, and who changed it"),
    Command("events", "events", HISTORY, "what became of which record, a line each"),
    _local("sync", "sync", HISTORY, "exchange changes with the others"),
    _local("resolve", "resolve", HISTORY, "resolve merge conflicts in records"),
    Command(
        "merge-driver", "merge_driver", HISTORY, "merge records for git", hidden=True, asks=False
    ),
    Command("git", "git", HISTORY, "set up git: trust, field-by-field merges", "-", asks=False),
    Command("trust", "trust", HISTORY, "allow crm to run git in this directory", asks=False),
    Command("init", "init", SETUP, "start a new folder of customers", asks=False),
    Command("clone", "clone", SETUP, "a shared folder onto a new computer", asks=False),
    Command("backup", "backup", SETUP, "all files and their history in one file", asks=False),
    Command("restore", "backup", SETUP, "a backup into an empty folder", asks=False),
    Command("mirror", "mirror", SETUP, "a copy in PostgreSQL, for analysts and programs", "-"),
    _local("check", "check", SETUP, "find errors in the records, with file and line"),
    _local("fmt", "fmt", SETUP, "rewrite records in the canonical form"),
    Command("config", "config", SETUP, "the business's settings", "list", asks=False),
    Command("user", "user", SETUP, "who works here, who is away, who takes over", "list"),
    Command("query", "query", SETUP, "explain a query, list the fields", "-"),
    Command("sql", "sql", SETUP, "any SELECT over the records, read-only"),
    Command("schema", "schema", SETUP, "the JSON Schema of records, for editors", asks=False),
    Command("mcp", "mcp", SETUP, "customers for agents (Model Context Protocol)", asks=False),
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
    ("log", "pop"): "a call, a meeting, an e-mail; who is calling",
    ("task", "rules"): "what to do, and by whom; what is done by itself",
    ("add", "show", "subject"): "a name is enough; one at a glance; all that is held",
    ("agenda", "notify", "ui"): "the days to come; a daily digest; all on one screen",
    ("list", "search"): "by query terms: crm list +vip; by words anywhere",
    ("set", "tag", "edit"): "change fields; add, remove, count tags; your editor",
    ("rename", "move", "rm", "forget"): "the id; to another; remove; forget for good",
    ("duplicates", "merge"): "customers who may be one; make them one",
    ("split", "unmerge"): "a new customer of a part of one; undo an older merge",
    ("link", "unlink", "address"): "who is at which organization; who moves where",
    ("timeline", "interaction"): "all that happened; calls, meetings and e-mails",
    ("suggest", "segment"): "what to offer, and when; saved queries, used as @name",
    ("lead", "deal", "lose", "win-back"): "who may become a customer; what is in play; who left",
    ("quote", "order", "invoice"): "offered, ordered, billed: crm invoice add ana",
    ("purchase", "payment"): "all sales and their totals; payments and refunds",
    ("balance", "dun", "statement"): "who owes what, oldest first; reminders; statements",
    ("bank", "books"): "book the lines of statements; a month for accounting",
    ("report", "product"): "reports, built-in and your own; products and prices",
    ("case", "feedback", "survey"): "complaints, returns; scores, reviews; whom to ask",
    ("template", "letter", "labels"): "texts to fill in; letters; address labels",
    ("consent", "agreement"): "who may be contacted, and why; contracts and terms",
    ("import", "export", "mail"): "records in and out, as CSV, JSON …; mail",
    ("undo", "redo", "history"): "take back a command; do it again; what was changed",
    ("blame", "changes", "events"): "who set what; what is new; a line each for scripts",
    ("sync", "resolve", "git", "trust"): "exchange changes; conflicts; set up git; trust it",
    ("init", "config", "user"): "a new folder; the business's settings; who works here",
    ("clone", "backup", "restore"): "onto a new computer; all in one file, and back",
    ("check", "fmt", "doctor", "mcp"): "find errors; canonical form; set-up; for agents",
    ("query", "sql", "schema", "mirror"): "explained; any SELECT; for editors; in PostgreSQL",
    ("completion", "help", "index"): "for your shell; pages of examples; the cache",
}
"""Commands that share a line of `crm --help`, so that it stays one screen."""


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


EVERYWHERE = """\
Anywhere on the line:
  -C DIR, --today DATE, --as USER, --color auto|always|never,
  --lock-timeout SECONDS, --force-closed REASON, --on URL, --no-pager, --version
"""


_USUAL_WIDTH = 80


def overview(width: int = _USUAL_WIDTH, extensions: Sequence[str] = ()) -> str:
    """The page of `crm --help`: every command in its group, from the registry alone, and a line of
    the extensions that there are; on a screen of fewer than 80 columns its lines are broken at
    words."""
    lines = [
        "Usage: crm COMMAND …",
        "",
        "Your customers in plain text files. crm alone shows due.",
        "",
    ]
    told = {names[0]: (" ".join(names), text) for names, text in FAMILIES.items()}
    following = {name for names in FAMILIES for name in names[1:]}
    room = max(len(names) for names, _ in told.values()) + 2
    for group, held in visible_commands():
        lines.append(f"{group}:")
        for command in held:
            if command.name not in following:
                names, text = told.get(command.name, (command.name, command.help))
                lines.append(f"  {names:<{room}}{text}")
    if extensions:
        lines.append(extensions_line(extensions))
    lines += [EVERYWHERE, "crm COMMAND --help shows one with examples; crm help lists the topics."]
    page = "\n".join(lines) + "\n"
    return page if width >= _USUAL_WIDTH else _narrow(page, width, indent=4)


def extensions_line(names: Sequence[str]) -> str:
    """`On the PATH: invoices-to-erp, stats`, as many as fit into a line."""
    line = f"On the PATH: {', '.join(names)}"
    if len(line) <= _USUAL_WIDTH:
        return line
    shown = line[: _USUAL_WIDTH - len(" and 999 more")].rpartition(", ")[0]
    return f"{shown} and {len(names) - shown.count(',') - 1} more"


def _narrow(page: str, width: int, *, indent: int) -> str:
    """The page with what does not fit below the names that it is about, and indented."""
    from textwrap import wrap

    lines: list[str] = []
    for line in page.splitlines():
        names, gap, text = line[2:].partition("  ")
        if len(line) <= width:
            lines.append(line)
        elif line.startswith("  ") and gap:
            blanks = " " * indent
            lines.append(f"  {names}")
            lines += wrap(text.strip(), width, initial_indent=blanks, subsequent_indent=blanks)
        else:
            begun = line[: len(line) - len(line.lstrip())]
            lines += wrap(line, width, subsequent_indent=begun, break_on_hyphens=False)
    return "\n".join(lines) + "\n"
