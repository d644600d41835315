"""Statements of the bank as they are kept: a file for each account and month, with its lines."""

from __future__ import annotations

from crm_cli.model.aspects import Exchange, Retained
from crm_cli.model.fieldtypes import Choice, Code, Currency, Date, Money, Text, Texts, Word
from crm_cli.model.kind import Field, Kind, ListOf, State

LINE_STATUSES = ("open", "booked", "ignored")
"""Whether somebody has still to say what a line is."""

BANK_LINE = Kind(
    name="bank_line",
    key="bank_lines",
    doc="a line of a bank's statement",
    fields=(
        Field("date", Date(), "when it was booked", aliases=("at",),
              headings="booking_date buchungstag buchungsdatum datum_knjizenja datum date_booked "
              "transaction_date data_contabile"),
        Field("amount", Money(), "how much; negative where it was taken from the account",
              headings="betrag znesek umsatz sum value importo bedrag"),
        Field("currency", Currency(), "its currency", headings="waehrung wahrung valuta devise"),
        Field("name", Text(), "who paid, or was paid",
              headings="payer debtor counterparty beguenstigter_zahlungspflichtiger auftraggeber "
              "name_zahlungsbeteiligter zahlungspflichtiger placnik naziv partner payee"),
        Field("iban", Code(), "their account",
              headings="counterparty_iban kontonummer_iban iban_zahlungsbeteiligter racun_placnika "
              "partner_iban account_number"),
        Field("text", Text(), "what it says", private=True,
              headings="purpose description verwendungszweck namen namen_placila remittance "
              "remittance_information details communication"),
        Field("reference", Code(), "the payer's reference, or the end-to-end id",
              headings="sklic referenca kundenreferenz end_to_end_id end_to_end_referenz "
              "payment_reference"),
        Field("status", Choice(LINE_STATUSES), "whether it is clear what it is", default="open"),
        Field("payments", Texts(), "the ids of the payments that it is"),
        Field("reason", Text(), "why it is booked so, or left open"),
        Field("external_id", Code(), "the bank's reference, else a digest of what it says",
              headings="transaction_id bank_reference bankreferenz"),
    ),
    letter="b",
    title="text",
    amount="amount",
    when="date",
    columns=("date", "amount", "currency", "name", "text", "reference", "status", "id"),
    ranked=("date", "amount", "name", "text", "id", "status", "reference", "currency"),
    sort="date",
    sought=("external_id",),
    states=(
        State("open", "status.is:open", "nobody has said yet what it is"),
        State("booked", "status.is:booked", "it is a payment, or several"),
        State("ignored", "status.is:ignored", "it is no payment of a customer"),
    ),
    exchange=Exchange(
        also=(
            Field("debit", Money(), "what was taken, in a column of its own",
                  headings="soll breme v_breme znesek_v_breme withdrawal paid_out money_out "
                  "debet ausgang"),
            Field("credit", Money(), "what was paid in, in a column of its own",
                  headings="haben dobro v_dobro znesek_v_dobro deposit paid_in money_in eingang"),
            Field("account", Code(), "the account whose statement it is",
                  headings="auftragskonto own_account konto racun"),
        )
    ),
    timeline=(),
    retained=Retained(
        ("date", "amount", "currency", "status", "payments", "external_id"), through="payments"
    ),
)  # fmt: skip

BANK_STATEMENT = Kind(
    name="bank_statement",
    key="bank_statements",
    doc="the lines of an account's statement of a month",
    fields=(
        Field(
            "account", Code(), "the account: its IBAN, or what the bank calls it", private=True
        ),
        Field("month", Word(), "the month, as 2026-10"),
        Field("lines", ListOf(BANK_LINE), "its lines"),
    ),
    title="account",
    columns=("id", "account", "month"),
    exchange=None,
    notes=False,
)
