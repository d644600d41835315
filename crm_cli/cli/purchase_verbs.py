"""The verbs of purchases: of all, or of one kind of them, which then has a noun of its own.

`crm invoice add` is `crm purchase add --kind invoice`, `crm invoice list` lists those of that
kind; the declaration is that of purchases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.documents import MAKING, Making, make
from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import AsOf, Cols, DryRun, Force, Json, On, Output, Yes
from crm_cli.cli.purchase_add import add_verb
from crm_cli.cli.purchase_convert import convert_verb
from crm_cli.cli.purchases_named import One, Which, called, change_purchases, purchases_named
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verb, Verbs
from crm_cli.model.text import a_or_an

if TYPE_CHECKING:
    pass

_LIST = {
    "": """List the purchases that match query terms, by date.

    crm purchase list is:overdue --sort due
    crm purchase list kind:invoice date:this-month +wholesale -o csv
    """,
    "quote": """List the quotes that match query terms, by date.

    crm quote list is:unanswered
    crm quote list is:expired --owner me
    """,
    "order": """List the orders that match query terms, by date.

    crm order list is:unbilled
    crm order list is:unshipped --sort required
    """,
    "invoice": """List the invoices that match query terms, by date.

    crm invoice list is:overdue --sort due
    crm invoice list date:this-month +wholesale -o csv
    """,
}
_SHOWN = {
    "quote": "date,customer,number,net,gross,currency,quote_status,valid_until,deal,id",
    "order": "date,customer,number,net,billed,currency,delivery,required,id",
}
"""The columns of lists of one kind, where those of all purchases say little of it."""
_ONE = {"": "2026-0042", "quote": "Q-2026-0007", "order": "N-2026-118", "invoice": "2026-0042"}


def purchase_verbs(kind: str = "") -> Verbs:
    """The verbs that all nouns of purchases have; `kind` is that of one with its own noun.

    Drafts of all kinds are posted, and purchases made into others, by `crm purchase`.
    """
    verbs = Verbs()
    add_verb(verbs, kind)
    if not kind:
        _post_verb(verbs)
    among = (f"kind.is:{kind}",) if kind else ()
    list_verb(verbs, "purchase", _LIST[kind], among=among, shown=_SHOWN.get(kind, ""))
    _show_verb(verbs, kind)
    _render_verb(verbs, kind)
    if kind != "quote":
        _sent_verb(verbs, kind)
    if not kind:
        convert_verb(verbs)
    return verbs


def _post_verb(verbs: Verbs) -> None:
    def post(
        session: Session,
        drafts: Annotated[
            list[str],
            Argument(
                metavar="ID…|WHO…|TERM…",
                help="Drafts by id; a customer with one draft; terms select drafts; - reads ids.",
            ),
        ],
        date: On = None,
        force: Force = False,
        dry_run: DryRun = False,
        yes: Yes = False,
    ) -> None:
        from crm_cli.features.purchases.posting import post as plan

        change_purchases(
            session,
            "",
            drafts,
            lambda workspace, found: plan(workspace, found, date, force=force),
            among=lambda item: item.get("status") == "draft",
            state="draft",
            dry_run=dry_run,
            yes=yes,
        )

    verbs.take(
        Verb(
            post,
            doc="""Post drafts. A quote, an invoice or a credit note gets the next number.

            An invoice gets its due date, too. What was posted without a number gets one.

            crm purchase post p-9f3
            crm purchase post ana --date today
            """,
        )
    )


def _show_verb(verbs: Verbs, kind: str) -> None:
    def show(
        session: Session,
        purchase: One,
        cols: Cols = None,
        as_of: AsOf = None,
        output: Output = None,
        json: Json = False,
    ) -> None:
        from crm_cli.cli.pickers import chosen
        from crm_cli.cli.single_record import answer_one
        from crm_cli.features.numbers import by_number
        from crm_cli.features.showing import item

        session.look_back(as_of)
        with called(kind):
            customer, ref = chosen(
                session, lambda text: by_number(session.workspace, text), purchase
            )
        shown = item(session.workspace, customer, ref)
        answer_one(session, shown, cols=cols, output=output, json=json)

    noun = kind or "purchase"
    verbs.take(
        Verb(
            show,
            doc=f"""Show {_a(kind)} with its lines, what it comes to, and its chain.

            The chain is the quote, the order, the invoices and the credit notes that belong
            together, with what is left of each.

            crm {noun} show {_ONE[kind]}
            crm {noun} show p-2m8 --json
            """,
        )
    )


_RENDERED = {
    "": ("D-2026-0003 --to credit-note.pdf", "kind:sale date:last-month --to receipts/"),
    "quote": ("Q-2026-0007 --to quote.pdf", "is:unanswered --format pdf --to quotes/"),
    "order": ("N-2026-118 --delivery-note --to note.pdf", "date:last-month --to orders/"),
    "invoice": ("2026-0042 --to invoice.pdf", "date:last-month --format pdf --to invoices/"),
}
"""Examples of `render`: into a file, and of several."""


def _render_verb(verbs: Verbs, kind: str) -> None:
    def render(
        session: Session,
        purchases: Which,
        delivery_note: Annotated[
            bool, Option("--delivery-note", help="What was delivered, without prices.")
        ] = False,
        making: Making = MAKING,
    ) -> None:
        from crm_cli.features.documents.gathering import of_purchases

        found = purchases_named(session, kind, purchases)
        made = "delivery_note" if delivery_note else ""
        papers = of_purchases(session.workspace, (one.item for one in found), kind=made)
        make(session, papers, making)

    noun, file, some = kind or "purchase", *_RENDERED[kind]
    without = ("delivery_note",) if kind == "quote" else ()
    verbs.take(
        Verb(
            render,
            doc=f"""Make {_a(kind)} as a document: as text, as HTML or as PDF.

            It is in the customer's language. An invoice or a credit note has to have what the
            law wants on it; --draft makes one without, marked as a draft. ubl, peppol and
            facturx are e-invoices (EN 16931).

            crm {noun} render {_ONE[kind]}
            crm {noun} render {file}
            crm {noun} render {some}
            """,
            without=lambda: without,
        )
    )


def _sent_verb(verbs: Verbs, kind: str) -> None:
    def sent(
        session: Session,
        purchases: Which,
        date: On = None,
        force: Force = False,
        dry_run: DryRun = False,
        yes: Yes = False,
    ) -> None:
        from crm_cli.features.documents.sending import note_sent

        change_purchases(
            session,
            kind,
            purchases,
            lambda workspace, found: note_sent(workspace, found, date, force=force),
            among=lambda item: item.get("status") == "posted" and not item.items("documents"),
            state="unsent" if kind else "purchase to send",
            dry_run=dry_run,
            yes=yes,
        )

    noun = kind or "purchase"
    verbs.take(
        Verb(
            sent,
            doc=f"""Note that {_a(kind)} was sent, with a digest of what it said.

            If it is changed after that, crm check and crm show say so. With documents.keep in
            crm.yaml the document itself is kept in documents/.

            crm {noun} sent {_ONE[kind]}
            crm {noun} sent {_ONE[kind]} --date mon
            """,
        )
    )


def _a(kind: str) -> str:

    return a_or_an(kind or "purchase")
