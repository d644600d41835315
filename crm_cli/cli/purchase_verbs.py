"""The verbs of purchases: of all, or of one kind of them, which then has a noun of its own.

`crm invoice add` is `crm purchase add --kind invoice`, `crm invoice list` lists those of that
kind; the declaration is that of purchases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.documents import MAKING, Making, make
from crm_cli.cli.items import change, picked
from crm_cli.cli.listing import list_verb
from crm_cli.cli.numbered import ATTEMPTS, carry_out_numbered
from crm_cli.cli.options import AsOf, Cols, DryRun, Due, Force, Json, On, Output, Yes
from crm_cli.cli.purchase_add import add_verb
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Verb, Verbs
from crm_cli.model.errors import NotFound, UsageError
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.text import a_or_an

if TYPE_CHECKING:
    from crm_cli.features.moves import Among, Found
    from crm_cli.features.plan import Plan
    from crm_cli.workspace import Workspace

Which = Annotated[
    list[str],
    Argument(
        metavar="ID…|WHO…|TERM…",
        help="By number or id; a customer who has one; terms select several; - reads ids.",
    ),
]
One = Annotated[str, Argument(metavar="NUMBER|ID", help="A purchase's number or id.")]

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
        _convert_verb(verbs)
    return verbs


def of_kind(kind: str, among: Among) -> Among:
    """Those among purchases that are of a noun's kind."""
    return lambda item: kind in ("", item.get("kind")) and among(item)


def change_purchases(
    session: Session,
    kind: str,
    words: list[str],
    plan: Callable[[Workspace, list[Found]], Plan],
    *,
    among: Among,
    state: str,
    dry_run: bool,
    yes: bool,
) -> None:
    """Carry out what is planned for purchases; again where others took a number meanwhile."""
    from crm_cli.features.numbers import NumberTaken

    for attempt in range(ATTEMPTS):
        try:
            with _called(kind):
                change(
                    session,
                    PURCHASE,
                    words,
                    plan,
                    among=of_kind(kind, among),
                    state=f"{state} {kind}".strip() if kind else state,
                    dry_run=dry_run,
                    yes=yes,
                )
        except NumberTaken:
            if attempt == ATTEMPTS - 1:
                raise
            continue
        return


def one_purchase(session: Session, text: str, kind: str = "") -> Found:
    """The purchase that a number or an id means, or a customer who has one only."""
    with _called(kind):
        return picked(session, PURCHASE, text, strict=not session.interactive)


@contextmanager
def _called(kind: str) -> Iterator[None]:
    """What is said of a purchase that is not there, in the words of its kind."""
    try:
        yield
    except NotFound as error:
        if not kind:
            raise
        noun = kind.replace("_", " ")
        message = error.message.replace("no purchase", f"no {noun}")
        message = message.replace("a purchase", a_or_an(noun))
        hint = error.hint.replace("crm purchase list", f"crm {kind} list")
        raise NotFound(message, hint) from None


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

            An invoice gets its due date, too.

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
        with _called(kind):
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


def purchases_named(session: Session, kind: str, words: list[str]) -> list[Found]:
    """The purchases of a noun that words name: numbers, ids, customers with one, query terms."""
    from crm_cli.features.moves import described, split_terms

    named, terms = split_terms(session.workspace, PURCHASE, session.expand(words))
    among = of_kind(kind, lambda item: True)
    with _called(kind):
        found = [
            picked(session, PURCHASE, word, strict=False, among=among, state=kind)
            for word in named
        ]
    if terms:
        found += described(session.workspace, PURCHASE, terms, among=among)
    if not found:
        raise NotFound(f"no {(kind or 'purchase').replace('_', ' ')} matches")
    return found


def _convert_verb(verbs: Verbs) -> None:
    def convert(
        session: Session,
        purchase: One,
        target: Annotated[
            str, Argument(metavar="order|invoice|credit_note", help="What to make of it.")
        ],
        line: Annotated[
            list[str] | None,
            Option(
                "--line",
                "-l",
                metavar="PRODUCT[:QUANTITY]",
                help="That much of a line; without a quantity, all that is left. Repeatable.",
            ),
        ] = None,
        percent: Annotated[
            str | None,
            Option("--percent", metavar="30", help="A deposit, or a part to credit."),
        ] = None,
        amount: Annotated[
            str | None,
            Option("--amount", metavar="500", help="That much, where there are no lines."),
        ] = None,
        date: On = None,
        number: Annotated[
            str | None,
            Option("--number", metavar="TEXT|next|none", help="Its number; orders have none."),
        ] = None,
        due: Due = None,
        reason: Annotated[
            str | None, Option("--reason", metavar="TEXT", help="Why it was returned.")
        ] = None,
        draft: Annotated[bool, Option("--draft", help="Not posted: excluded from sums.")] = False,
        force: Force = False,
        dry_run: DryRun = False,
    ) -> None:
        from crm_cli.features.purchases.converting import Asked
        from crm_cli.features.purchases.converting import convert as plan
        from crm_cli.model.kind import normal
        from crm_cli.model.purchase_fields import PURCHASE_KINDS

        wanted = normal(target)
        if wanted not in PURCHASE_KINDS:
            raise UsageError(
                f"nothing can be made into '{target}'", "order, invoice or credit_note"
            )
        asked = Asked(line or (), percent, amount, date, number, due, reason, draft)
        one = one_purchase(session, purchase)
        carry_out_numbered(
            session,
            lambda: plan(session.workspace, one, wanted, asked, force=force),
            dry_run=dry_run,
        )

    verbs.take(
        Verb(
            convert,
            doc="""Make an order of a quote, an invoice of an order, a credit note of an invoice.

            All that is left, or a part: the lines of a part delivery or of a return, a
            deposit by --percent, which later invoices take off. Each names the other. A quote
            is accepted with it, and its deal is won.

            crm purchase convert Q-2026-0007 order
            crm purchase convert p-2m8 invoice --percent 30
            crm purchase convert p-2m8 invoice --line beans-1kg:10
            crm purchase convert 2026-0042 credit_note -l beans-1kg:3 --reason Stale
            """,
        )
    )


def _a(kind: str) -> str:
    from crm_cli.model.text import a_or_an

    return a_or_an(kind or "purchase")
