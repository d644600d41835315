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
_VCF = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:a@x\r\nFN:Maja Kos\r\nEMAIL:maja@kos.example\r\n"
    "TEL:05 123 45 67\r\nEND:VCARD\r\n"
)
_CSV = "name,email,city\nEva Hren,eva@hren.example,Celje\nMaja Kos,maja@kos.example,Izola\n"
_QUOTE = ("quote", "add", "maja-kos", "--line", "linen-sheet:2")
_MONTHLY = (
    "invoice", "add", "maja-kos", "--line", "linen-sheet:2", "--every", "month",
    "--date", "2026-08-31",
)  # fmt: skip
ANSWERS = "customer,overall\nmaja-kos,9\nhotel-breg,3\n"
_LINES = "Datum,Betrag,Name,Text\n2026-11-18,95.20,,2026-0007\n2026-11-19,12.00,Jan Vidmar,\n"
_INVOICE = """\
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">
<ID>F-1</ID><IssueDate>2026-11-02</IssueDate><DueDate>2026-12-02</DueDate>
<DocumentCurrencyCode>EUR</DocumentCurrencyCode>
<AccountingSupplierParty><Party><PartyTaxScheme><CompanyID>SI12345678</CompanyID>
<TaxScheme><ID>VAT</ID></TaxScheme></PartyTaxScheme></Party></AccountingSupplierParty>
<AccountingCustomerParty><Party><PartyName><Name>Maja Kos</Name></PartyName></Party>
</AccountingCustomerParty>
<TaxTotal><TaxAmount>0</TaxAmount></TaxTotal><LegalMonetaryTotal>
<TaxExclusiveAmount>5</TaxExclusiveAmount><TaxInclusiveAmount>5</TaxInclusiveAmount>
<PayableAmount>5</PayableAmount></LegalMonetaryTotal>
<InvoiceLine><InvoicedQuantity>1</InvoicedQuantity><LineExtensionAmount>5</LineExtensionAmount>
<Item><Name>Met</Name><ClassifiedTaxCategory><ID>Z</ID><Percent>0</Percent>
</ClassifiedTaxCategory></Item><Price><PriceAmount>5</PriceAmount></Price></InvoiceLine></Invoice>
"""
_BANK = ("import", "bank", "{outside}/bank.csv", "--yes")
MAIL = (
    "From: Maja Kos <maja@kos.example>\nTo: petra@lan.example\nSubject: Sheets\n"
    "Date: Thu, 19 Nov 2026 10:30:00 +0100\nMessage-ID: <{id}@kos.example>\n\nTwo more, please.\n"
)
_FROM = ("config", "set", "mail.from=office@lan.example")
_SENDER = ("config", "set", "mail.sender=desk")
_LATER = ("--today", "2027-01-08")
_DRAFT = ("mail", "draft", "maja-kos", "--template", "reminder-mail", *_LATER)
_CAMPAIGN = ("campaign", "start", "spring", "--yes")
_LEAD = ("add", "Ina Vovk", "lifecycle_stage=lead")
_DEAL = ("deal", "add", "maja-kos", "Curtains")
_CASE = ("case", "add", "maja-kos", "Torn sheets")
_STAGES = ("config", "set", "stages=lead, offer, on_hold, won, lost")

WRITERS = (
    Writer("add", ("add", "Eva Hren", "--email", "eva@hren.example", "--tag", "vip")),
    Writer("set", ("set", "maja-kos", "hotel-breg", "city=Celje", "language=sl", "--yes")),
    Writer("tag add", ("tag", "add", "cold", "maja-kos")),
    Writer("tag remove", ("tag", "remove", "vip", "maja-kos")),
    Writer("log", ("log", "maja-kos", "Called back", "--follow-up", "2026-12-01")),
    Writer("log", ("log", "--mail", "{outside}/new.eml")),
    Writer("mail fetch", ("mail", "fetch", "{outside}/new.eml", "{outside}/other.eml")),
    Writer("mail unknown", ("mail", "unknown", "--ignore", "eva@hren.example"),
           (("mail", "fetch", "{outside}/other.eml"),)),
    Writer("mail write", ("mail", "write", "maja-kos", "--subject", "Sheets",
                            "--text", "They are here."), (_FROM,)),
    Writer("mail draft", _DRAFT, (_FROM,)),
    Writer("mail send", ("mail", "send", "--all", *_LATER), (_FROM, _SENDER, _DRAFT)),
    Writer("rename", ("rename", "maja-kos", "maja"), (_FROM, _DRAFT)),
    Writer("pop", ("pop", "maja-kos", "--log")),
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
    Writer("forget", ("forget", "maja-kos", "--force", "--yes"),
           (("log", "jan-vidmar", "Maja Kos referred him"), ("set", "maja-kos", "city=Izola"),
            ("mail", "fetch", "{outside}/other.eml"))),
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
    Writer("user add", ("user", "add", "eva", "Eva Hren", "--email", "eva@lan.example")),
    Writer("user away", ("user", "away", "petra", "--until", "2026-12-04", "--deputy", "marko")),
    Writer("user rm", ("user", "rm", "petra", "--to", "marko", "--yes")),
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
    Writer("rules run", ("rules", "run")),
    Writer("rules add", ("rules", "add", "silent")),
    Writer("purchase recur", ("purchase", "recur"), (_MONTHLY,)),
    Writer("purchase reprice", ("purchase", "reprice", "maja-kos", "90", "--from", "2027-01-01"),
           (_MONTHLY,)),
    Writer("purchase convert", ("purchase", "convert", "2026-0007", "credit_note")),
    Writer("quote add", ("quote", "add", "maja-kos", "--line", "linen-sheet:2")),
    Writer("quote sent", ("quote", "sent", "maja-kos"), ((*_QUOTE, "--draft"),)),
    Writer("quote accept", ("quote", "accept", "maja-kos"), (_QUOTE,)),
    Writer("quote decline", ("quote", "decline", "maja-kos", "--reason", "Dear"), (_QUOTE,)),
    Writer("order add", ("order", "add", "maja-kos", "--line", "linen-sheet:2")),
    Writer(
        "order sent",
        ("order", "sent", "maja-kos", "--force", "--yes"),
        (("order", "add", "maja-kos", "--line", "linen-sheet:2"),),
    ),
    Writer("invoice add", ("invoice", "add", "maja-kos", "--amount", "5")),
    Writer("purchase sent", ("purchase", "sent", "2026-0007", "--force")),
    Writer("invoice sent", ("invoice", "sent", "2026-0007", "--force")),
    Writer("invoice cancel", ("invoice", "cancel", "2026-0008"),
           (("invoice", "add", "maja-kos", "--amount", "5"),)),
    Writer("invoice correct", ("invoice", "correct", "2026-0007")),
    Writer("case add", ("case", "add", "maja-kos", "Torn", "--line", "linen-sheet:1:torn")),
    Writer("case take", ("case", "take", "maja-kos", "--assignee", "marko"), (_CASE,)),
    Writer("case reply", ("case", "reply", "maja-kos", "Which ones?", "--wait"), (_CASE,)),
    Writer("case decide", ("case", "decide", "maja-kos", "refund", "--resolve"), (
        ("case", "add", "maja-kos", "Torn", "--line", "linen-sheet:2", "--kind", "return"),
    )),
    Writer("case wait", ("case", "wait", "maja-kos"), (_CASE,)),
    Writer("case resolve", ("case", "resolve", "maja-kos", "--resolution", "explanation"),
           (_CASE,)),
    Writer("case close", ("case", "close", "maja-kos"), (_CASE,)),
    Writer("case reopen", ("case", "reopen", "maja-kos"), (_CASE, ("case", "close", "maja-kos"))),
    Writer("case merge", ("case", "merge", "customer:maja-kos", "--yes"), (_CASE, _CASE)),
    Writer("feedback add", ("feedback", "add", "maja-kos", "--nps", "3", "Late"),
           (("config", "set", "low_scores.nps=6"),)),
    Writer("survey invite", ("survey", "invite", "yearly", "maja-kos")),
    Writer("survey links", ("survey", "links", "yearly", "--basis", "contract", "--reason",
                            "asked for it", "--yes"),
           (("survey", "invite", "yearly", "maja-kos"),
            ("consent", "withdraw", "maja-kos", "--for", "service"))),
    Writer("segment export", ("segment", "export", "friends", "--basis", "legitimate_interest",
                              "--reason", "a fair", "--yes")),
    Writer("consent add", ("consent", "add", "maja-kos", "--for", "marketing/email")),
    Writer("consent withdraw", ("consent", "withdraw", "maja-kos")),
    Writer("address move", ("address", "move", "maja-kos", "hotel-breg", "city=Celje", "--yes")),
    Writer("agreement add", ("agreement", "add", "maja-kos", "2027", "--end", "2027-12-31")),
    Writer("agreement sign", ("agreement", "sign", "maja-kos"),
           (("agreement", "add", "maja-kos"),)),
    Writer("agreement end", ("agreement", "end", "maja-kos"),
           (("agreement", "add", "maja-kos", "--signed", "today"),)),
    Writer("survey answers", ("survey", "answers", "yearly", "{outside}/answers.csv", "--yes")),
    Writer("campaign add", ("campaign", "add", "Autumn", "--segment", "friends", "--step", "7:a")),
    Writer("campaign set", ("campaign", "set", "spring", "budget=500")),
    Writer("campaign start", ("campaign", "start", "spring", "--yes")),
    Writer("campaign record", ("campaign", "record", "spring", "--status", "sent", "--yes"),
           (_CAMPAIGN,)),
    Writer("campaign stop", ("campaign", "stop", "spring"), (_CAMPAIGN,)),
    Writer("lose", ("lose", "maja-kos", "--reason", "price")),
    Writer("win-back", ("win-back", "maja-kos"), (("lose", "maja-kos"),)),
    Writer("deal add", ("deal", "add", "maja-kos", "Curtains", "--amount", "5")),
    Writer("deal move", ("deal", "move", "maja-kos", "next"), (_DEAL,)),
    Writer("deal win", ("deal", "win", "maja-kos"), (_DEAL,)),
    Writer("deal win", ("deal", "win", "maja-kos", "--invoice", "--amount", "5"), (_DEAL,)),
    Writer("deal lose", ("deal", "lose", "maja-kos", "--reason", "price"), (_DEAL,)),
    Writer("deal hold", ("deal", "hold", "maja-kos"), (_STAGES, _DEAL)),
    Writer("deal reopen", ("deal", "reopen", "maja-kos"),
           (_DEAL, ("deal", "win", "maja-kos"))),
    Writer("lead qualify", ("lead", "qualify", "ina-vovk", "--reason", "Has a budget"), (_LEAD,)),
    Writer("lead drop", ("lead", "drop", "ina-vovk", "--reason", "No budget"), (_LEAD,)),
    Writer("lead convert", ("lead", "convert", "maja-kos", "--deal", "Curtains",
                            "--organization", "Kos d.o.o.")),
    Writer("deal stages", ("deal", "stages", "rename", "offer", "quote", "--yes"),
           (_STAGES, (*_DEAL, "--stage", "offer"))),
    Writer("payment add", ("payment", "add", "2026-0007")),
    Writer("payment bounce", ("payment", "bounce", "maja-kos")),
    Writer("payment promise", ("payment", "promise", "2026-0007", "--date", "2026-12-01")),
    Writer("import", ("import", "bank", "{outside}/bank.csv", "--yes")),
    Writer("bank book", ("bank", "book", "{line}", "2026-0007"), (_BANK,)),
    Writer("bank ignore", ("bank", "ignore", "{line}"), (_BANK,)),
    Writer("bank match", ("bank", "match", "--yes"),
           (_BANK, ("purchase", "add", "jan-vidmar", "--amount", "12", "--kind", "invoice"))),
    Writer("books", ("books", "2026-11", "--to", "{outside}/out.csv", "--force")),
    Writer("dun sent", ("dun", "sent", "2026-0007", "--force")),
    Writer("template new", ("template", "new", "letter.de")),
    Writer("product add", ("product", "add", "towel", "Towel", "--price", "12")),
    Writer("product rm", ("product", "rm", "towel", "--yes"),
           (("product", "add", "towel", "Towel", "--price", "12"),)),
    Writer("product edit", ("product", "edit", "met"),
           (("product", "add", "met", "Met", "--price", "12"),)),
    Writer("purchase cancel", ("purchase", "cancel", "2026-0008"),
           (("purchase", "add", "maja-kos", "--amount", "5", "--kind", "invoice"),)),
    Writer("move", ("move", "t-9f3kx7d", "jan-vidmar")),
    Writer("link", ("link", "maja-kos", "hotel-breg", "--role", "billing")),
    Writer("unlink", ("unlink", "maja-kos", "hotel-breg"),
           (("link", "maja-kos", "hotel-breg", "--role", "billing"),)),
    Writer("duplicates", ("duplicates", "--not-same", "maja-kos", "jan-vidmar")),
    Writer("merge", ("merge", "maja-kos", "jan-vidmar", "--prefer", "keep", "--yes")),
    Writer("unmerge", ("unmerge", "jan-vidmar", "--yes"),
           (("merge", "maja-kos", "jan-vidmar", "--prefer", "keep", "--yes"),), history="own"),
    Writer("split", ("split", "maja-kos", "Lan Kos", "t-9f3kx7d")),
    Writer("segment add", ("segment", "add", "coastal", "maja-kos")),
    Writer("segment remove", ("segment", "remove", "coastal", "maja-kos"),
           (("segment", "add", "coastal", "maja-kos"),)),
    Writer("product set", ("product", "set", "linen-sheet", "price=85")),
    Writer("import", ("import", "customers", "{outside}/new.csv", "--yes")),
    Writer("import", ("import", "invoices", "{outside}/invoice.xml", "--yes"),
           (("config", "set", "business.tax_id=SI12345678"),)),
    Writer("import", ("import", "calendar", "{outside}/new.ics", "--yes")),
    Writer("import", ("import", "customers", "{outside}/new.vcf", "--yes")),
    Writer("import", ("import", "all", "{outside}/all.json", "--yes"),
           (("export", "all", "--to", "{outside}/all.json"), ("set", "maja-kos", "city=Celje"),
            ("rm", "jan-vidmar", "--yes"))),
    Writer("export", ("export", "customers", "--to", "{outside}/out.csv", "--force")),
    Writer("export", ("export", "calendar", "--vdir", "{outside}/calendar")),
    Writer("export", ("export", "customers", "--vdir", "{outside}/contacts")),
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
    "mail address", "mail list", "agenda", "history", "blame", "changes", "events",
    "due list", "task list", "task show", "show", "subject", "list", "search", "tag list",
    "timeline",
    "interaction list", "interaction show", "payment show", "deal list", "deal show",
    "case list", "case show", "report service", "report product-quality",
    "report satisfaction", "report lost", "feedback list", "feedback show", "survey list",
    "consent list", "consent check", "consent notice", "agreement list", "address list",
    "campaign list", "campaign show", "campaign targets", "report campaigns",
    "report channels", "report mrr", "rules list", "rules check", "rules explain",
    "report list", "report html", "report sales", "report sources", "report activity", "report top",
    "report concentration", "report profile", "report completeness", "report cohort",
    "report products", "report pipeline", "report forecast", "report funnel", "report win-loss",
    "report velocity", "report slippage", "deal board", "lead list", "report aging",
    "report payments", "report statement", "report tax", "report dso", "dun list",
    "report rfm", "report churn", "report clv", "report fit", "report pairs", "suggest",
    "bank open", "bank list", "report audit",
    "segment list", "segment show", "segment count",
    "purchase list", "quote list", "quote show", "order list", "order show", "invoice list",
    "invoice show", "report prices",
    "purchase show", "purchase summary", "payment list", "balance", "product list", "product show",
    "user list", "config list", "config get", "query explain", "query fields", "sql",
    "index status", "index rebuild", "index path", "completion", "help", "doctor",
    "backup", "restore", "clone", "schema", "ui", "mcp",
    "mirror push", "mirror status", "mirror drop", "mirror roles",
    "purchase render", "quote render", "order render", "invoice render", "dun render", "statement",
    "letter", "labels",
    "template list", "template show", "template render", "template check", "template fields",
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
    (ground.outside / "answers.csv").write_text(ANSWERS, encoding="utf-8")
    (ground.outside / "bank.csv").write_text(_LINES, encoding="utf-8")
    (ground.outside / "new.eml").write_text(MAIL.format(id=1), encoding="utf-8")
    other = MAIL.format(id=2).replace("maja@kos", "eva@hren")
    (ground.outside / "other.eml").write_text(other, encoding="utf-8")
    if writer.command == "mail send":
        config = ground.outside / "config/crm/config.yaml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text("mail: {machine: desk, sendmail: 'true'}\n", encoding="utf-8")
    (ground.outside / "invoice.xml").write_text(_INVOICE, encoding="utf-8")
    (ground.outside / "new.ics").write_text(_ICS, encoding="utf-8")
    (ground.outside / "new.vcf").write_text(_VCF, encoding="utf-8")
    (ground.outside / "out.csv").write_text("old\n", encoding="utf-8")
    for name, text in _VERSIONS.items():
        (ground.outside / name).write_text(text, encoding="utf-8")
    ground.known()
    if writer.history:
        with_history(ground)
    for words in writer.first:
        ran = ground.run(*(word.replace("{outside}", str(ground.outside)) for word in words))
        assert ran.code == 0, ran
    if writer.history == "shared":
        from_others(ground, {"jan-vidmar": "city: Piran\n"})
    elif writer.history == "merging":
        from_others(ground, {"jan-vidmar": "owner: marko\n", "maja-kos": "nickname: Majka\n"})
        assert ground.run("set", "jan-vidmar", "owner=petra").code == 0
        assert ground.run("sync").code == 5
    ground.keep()
    filled = [word.replace("{outside}", str(ground.outside)) for word in writer.words]
    if "{line}" in filled:
        (path,) = (ground.root / "bank").iterdir()
        made = re.search(r"id: (b-\w+)\n.*\n.*12.00", path.read_text(encoding="utf-8"))
        assert made, path
        filled = [word.replace("{line}", made[1]) for word in filled]
    if "{recurring}" in filled:
        text = (ground.root / "customers/maja-kos.yaml").read_text(encoding="utf-8")
        made = re.search(r"id: (t-\w+)\n +title: Water", text)
        assert made, text
        filled = [word.replace("{recurring}", made[1]) for word in filled]
    return tuple(filled)
