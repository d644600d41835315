"""The groups of settings in `crm.yaml`: the business, numbers, the bank, the ledger, mail …"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from crm_cli.model.errors import Severity
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Country,
    Every,
    Free,
    Integer,
    Money,
    Number,
    Text,
    Texts,
    Word,
)
from crm_cli.model.iban import is_iban
from crm_cli.model.kind import Field, Finding, Kind
from crm_cli.model.ledger_accounts import ACCOUNTS
from crm_cli.model.numbering import PATTERNS
from crm_cli.model.payment import PAYMENT_METHODS

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.model.item import Item


def account_rows(accounts: object) -> list[dict[str, Any]]:
    """The entries of `business.accounts`, each a mapping; a plain text is an IBAN."""
    given = accounts if isinstance(accounts, list) else [accounts]
    return [one if isinstance(one, dict) else {"iban": one} for one in given if one is not None]


def _check_accounts(business: Item, ways: Business) -> Iterator[Finding]:
    """Accounts that no transfer would reach."""
    for row in account_rows(business.values.get("accounts")):
        iban = row.get("iban")
        if not isinstance(iban, str) or not is_iban(iban):
            said = f"{iban!r} is no IBAN" if iban else "an account has no IBAN"
            yield Finding("accounts", "bad-iban", said, IBAN_HINT, Severity.WARNING)


IBAN_HINT = "write accounts: [{iban: SI56 1910 0000 0123 438, bic: LJBASI2X, bank: NLB}]"
"""How accounts are written."""

BUSINESS = Kind(
    name="business",
    key="business",
    doc="the business",
    fields=(
        Field("name", Text(), "its name"),
        Field("legal_name", Text(), "its name in the register"),
        Field("street", Text(), "street and number"),
        Field("postcode", Text(), "postcode"),
        Field("city", Text(), "city"),
        Field("country", Country(), "country"),
        Field("registration_id", Text(), "number in the register of companies"),
        Field("tax_id", Text(), "VAT or tax number"),
        Field("emails", Texts(), "e-mail addresses"),
        Field("phones", Texts(), "phone numbers"),
        Field("urls", Texts(), "web sites"),
        Field("accounts", Free(), "bank accounts: [{iban, bic, bank}]"),
        Field("logo", Text(), "the file of its logo"),
        Field("footer", Text(), "what stands below its documents"),
        Field("endpoint", Text(), "its electronic address for invoices: 9949:SI12345678"),
    ),
    check=_check_accounts,
    title="name",
    notes=False,
)

NUMBERS = Kind(
    name="numbers",
    key="numbers",
    doc="formats of numbers",
    fields=tuple(
        Field(kind, Text(), f"format of the numbers of {kind.replace('_', ' ')}s", default=pattern)
        for kind, pattern in PATTERNS.items()
    ),
    notes=False,
)

BANK = Kind(
    name="bank",
    key="bank",
    doc="how the lines of statements are matched",
    fields=(
        Field("tolerance", Money(), "what may be deducted from a payment as charges"),
    ),
    notes=False,
)

LEDGER = Kind(
    name="ledger",
    key="ledger",
    doc="the accounts of the ledger",
    fields=tuple(
        Field(role, Text(), f"the account of {role.replace('_', ' ')}", default=account)
        for role, account in ACCOUNTS.items()
    )
    + tuple(
        Field(method, Text(), f"the account of payments by {method.replace('_', ' ')}")
        for method in PAYMENT_METHODS
        if method not in ACCOUNTS
    ),
    notes=False,
)

CONSENT = Kind(
    name="consent",
    key="consent",
    doc="how consents are given",
    fields=(
        Field("double_opt_in", Boolean(), "an opt-in counts once it is confirmed", default=False),
    ),
    notes=False,
)

RETENTION = Kind(
    name="retention",
    key="retention",
    doc="how long customers without contact are kept",
    fields=(
        Field("leads", Every(), "leads, qualified ones too"),
        Field("customers", Every(), "customers, and who has no stage"),
        Field("former", Every(), "former customers"),
    ),
    notes=False,
)

DOCUMENTS = Kind(
    name="documents",
    key="documents",
    doc="what is kept of documents",
    fields=(
        Field(
            "keep",
            Choice(("text", "html", "pdf", "facturx")),
            "keep what is sent in documents/, as that",
        ),
    ),
    notes=False,
)

GIT = Kind(
    name="git",
    key="git",
    doc="git settings",
    fields=(Field("autocommit", Boolean(), "commit after each command"),),
    notes=False,
)

MAIL = Kind(
    name="mail",
    key="mail",
    doc="mail that comes and goes",
    fields=(
        Field("from", Text(), "the address that mails are sent from"),
        Field("sender", Word(), "the machine that sends mails: crm mail send names it"),
        Field("unsubscribe", Text(), "where a mailing is unsubscribed: https://…/{customer}/{token}"),
        Field("per_run", Integer(1, adds=False), "how many mails one run sends", default=500),
        Field("per_minute", Integer(1, adds=False), "how many mails are sent in a minute"),
        Field("per_domain", Integer(1, adds=False), "how many a run sends to one domain"),
        Field("quiet", Text(), "hours in which no mailing is sent: 20:00-08:00"),
        Field("addresses", Texts(), "more of our addresses: office@kava.example, @kava.example"),
        Field("ignore", Texts(), "senders who are no customers: news@shop.example, @bank.example"),
        Field("bodies", Boolean(), "keep the whole text of mails, in notes", default=False),
        Field(
            "dead_at",
            Number(),
            "score from which an address is dead: 1 for a mail that came back, 0.5 if put off",
        ),
    ),
    notes=False,
)

PAGES = Kind(
    name="pages",
    key="reports",
    doc="what pages of reports show",
    fields=(Field("html", Texts(), "sections of crm report html: [aging, dso --by month, due]"),),
    notes=False,
)

MIRROR = Kind(
    name="mirror",
    key="mirror",
    doc="the mirror in PostgreSQL",
    fields=(
        Field("url", Text(), "where it is: postgresql://crm@db.firm.example/crm"),
        Field("book", Word(), "what this directory is called there"),
    ),
    notes=False,
)

AGENTS = Kind(
    name="agents",
    key="mcp",
    doc="what agents see through crm mcp",
    fields=(
        Field(
            "fields",
            Texts(),
            "fields that leave: [default, -email.value, customer.notes, task.*]",
        ),
    ),
    notes=False,
)
