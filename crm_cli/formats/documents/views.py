"""The blocks that documents are made of: lines and sums, entries of an account, how to pay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from crm_cli.formats.documents.page import Block, Column, Grid, Payment, Prose, Square, Total
from crm_cli.formats.documents.words import Words
from crm_cli.model.money import round_money
from crm_cli.model.paper import Entry, Paper, PaperLine
from crm_cli.model.payment_codes import payment_codes, reference

BLOCKS = {
    "items": "the lines, the tax and the sum",
    "instalments": "the parts in which it is due; nothing where there are none",
    "entries": "the rows of a statement or a reminder",
    "payment": "the bank account, and codes to scan",
}
"""The blocks that a template may place: `{{ blocks.items }}`."""


def block(name: str, paper: Paper, words: Words) -> list[Block]:
    """The blocks that a place in a template stands for; none where the paper has nothing of it."""
    make = {"items": _items, "instalments": _instalments, "entries": _entries, "payment": _payment}
    return list(make[name](paper, words)) if name in make else []


def _items(paper: Paper, words: Words) -> Iterator[Block]:
    if not paper.lines:
        return
    if paper.kind == "delivery_note":
        yield _delivered(paper, words)
        return
    discounts = any(one.discount for one in paper.lines)
    rates = any(one.rate is not None for one in paper.lines)
    included = paper.is_tax_included
    columns = [
        Column(words.word("table.description"), wide=True),
        Column(words.word("table.quantity"), end=True),
        *(Column(words.word(f"table.{key}"), end=True) for key in _price_keys(paper)),
        *([Column(words.word("table.discount"), end=True)] if discounts else []),
        *([Column(words.word("table.rate"), end=True)] if rates else []),
        Column(words.word("table.amount_with_tax" if included else "table.amount"), end=True),
    ]
    rows = [
        [
            _described(line, words),
            _quantity(line, words),
            *(_price(line, key, paper.currency, words) for key in _price_keys(paper)),
            *([words.percent(line.discount) if line.discount else ""] if discounts else []),
            *(["" if line.rate is None else words.percent(line.rate)] if rates else []),
            "" if line.net is None else words.amount(
                line.net + line.tax if included else line.net, paper.currency
            ),
        ]
        for line in paper.lines
    ]
    yield Grid(columns, rows, tuple(_totals(paper, words)))
    yield from _reasons(paper, words)


def _price_keys(paper: Paper) -> tuple[str, ...]:
    """The columns of prices. One that was agreed with tax is shown so; on an invoice beside that
    without, which is asked for (Directive 2006/112/EC, Article 226, 8)."""
    if not paper.is_tax_included:
        return ("price",)
    return ("price_without_tax", "price_with_tax") if paper.is_billed else ("price_with_tax",)


def _price(line: PaperLine, key: str, currency: str, words: Words) -> str:
    price = line.with_tax if key == "price_with_tax" else line.price
    if price is None:
        return ""
    shown = round_money(price, currency) if key == "price_without_tax" else price
    return words.amount(shown, currency)


def _described(line: PaperLine, words: Words) -> str:
    """The text of a line, and its SKU where that is another."""
    text = "\n".join(map(words.own, line.text.split("\n")))
    return f"{text}\n{words.own(line.sku)}" if line.sku and line.sku != line.text else text


def _quantity(line: PaperLine, words: Words) -> str:
    number = words.number(line.quantity)
    return f"{number}\u00a0{words.unit(line.unit)}" if line.unit else number


def _delivered(paper: Paper, words: Words) -> Grid:
    columns = (
        Column(words.word("table.description"), wide=True),
        Column(words.word("table.sku")),
        Column(words.word("table.quantity"), end=True),
    )
    rows = [
        (words.own(one.text), words.own(one.sku if one.sku != one.text else ""),
         _quantity(one, words))
        for one in paper.lines if one.quantity > 0
    ]  # fmt: skip
    return Grid(columns, rows)


def _totals(paper: Paper, words: Words) -> Iterator[Total]:
    money = paper.currency
    if paper.tax or any(one.rate for one in paper.taxes):
        yield Total(words.word("table.total_net"), words.amount(paper.net, money))
        for one in paper.taxes:
            if one.rate is None:
                continue
            base = words.amount(one.base, money)
            label = words.word("table.tax_at", rate=words.percent(one.rate), base=base)
            yield Total(label, words.amount(one.tax, money))
    label = {"invoice": "total", "credit_note": "credited"}.get(paper.kind, "gross")
    yield Total(words.word(f"table.{label}"), words.money(paper.gross, money), True)
    if paper.prepaid:
        yield Total(words.word("table.prepaid"), words.amount(-paper.prepaid, money))
        left = max(paper.gross - paper.prepaid, Decimal(0))
        yield Total(words.word("table.owed"), words.money(left, money), True)


def _reasons(paper: Paper, words: Words) -> Iterator[Prose]:
    """Why lines are not taxed (Directive 2006/112/EC, Article 226, 11 to 11a)."""
    said = []
    for one in paper.taxes:
        own = one.reason.rstrip(".")
        usual = words.word(f"reason.{one.category}") if words.has(f"reason.{one.category}") else ""
        if one.category == "E":
            said.append(f"{usual}{words.colon}{own}." if own else f"{usual}.")
        elif usual or own:
            said.append(f"{own}." if own else usual)
    if not paper.is_billed:
        return
    for text in dict.fromkeys(said):
        yield Prose("paragraph", ((text, False),))


def _instalments(paper: Paper, words: Words) -> Iterator[Block]:
    if not paper.instalments:
        return
    columns = (
        Column(words.word("table.instalment"), wide=True),
        Column(words.word("table.due")),
        Column(words.word("table.amount"), end=True),
    )
    rows = [
        (words.own(one.text) or words.digits(f"{place}."), words.day(one.due),
         words.money(one.amount, paper.currency))
        for place, one in enumerate(paper.instalments, 1)
    ]  # fmt: skip
    yield Grid(columns, rows)


def _entries(paper: Paper, words: Words) -> Iterator[Block]:
    for currency in dict.fromkeys(one.currency for one in paper.entries):
        of = [one for one in paper.entries if one.currency == currency]
        yield (_owed if paper.kind == "reminder" else _account)(paper, of, words)


def _said(entry: Entry, words: Words) -> str:
    known = f"entry.{entry.what}"
    what = words.word(known) if words.has(known) else entry.what.replace("_", " ")
    return f"{what} {words.isolated(entry.number)}".strip()


def _account(paper: Paper, of: list[Entry], words: Words) -> Grid:
    columns = (
        Column(words.word("label.date")),
        Column(words.word("table.document"), wide=True),
        Column(words.word("table.charged"), end=True),
        Column(words.word("table.settled"), end=True),
        Column(words.word("table.balance"), end=True),
    )

    def amount(value: Decimal | None, currency: str) -> str:
        return "" if value is None else words.amount(value, currency)

    rows = [
        (words.day(one.day), _said(one, words), amount(one.charged, one.currency),
         amount(one.settled, one.currency), amount(one.balance, one.currency))
        for one in of if one.what != "closing"
    ]  # fmt: skip
    last = of[-1]
    return Grid(
        columns,
        rows,
        (Total(words.word("entry.closing"), words.money(last.balance, last.currency), True),),
    )


def history(bought: Sequence[Entry], words: Words) -> Iterator[Grid]:
    """What was bought, by currency: each document with its sum, and what of it is still owed."""
    for currency in dict.fromkeys(one.currency for one in bought):
        yield _history([one for one in bought if one.currency == currency], currency, words)


def _history(bought: Sequence[Entry], currency: str, words: Words) -> Grid:
    columns = (
        Column(words.word("label.date")),
        Column(words.word("table.document"), wide=True),
        Column(words.word("table.due")),
        Column(f"{words.word('table.gross')} ({currency})", end=True),
        Column(f"{words.word('table.owed')} ({currency})", end=True),
    )

    def amount(value: Decimal | None) -> str:
        return "" if not value else words.amount(value, currency)

    def named(one: Entry) -> str:
        return f"{words.word(f'kind.{one.what}')} {words.isolated(one.number)}".strip()

    rows = [
        (words.day(one.day), named(one), words.day(one.due), amount(one.charged),
         amount(one.balance))
        for one in bought
    ]  # fmt: skip
    return Grid(columns, rows)


def _owed(paper: Paper, of: list[Entry], words: Words) -> Grid:
    columns = (
        Column(words.word("table.document"), wide=True),
        Column(words.word("label.date")),
        Column(words.word("table.due")),
        Column(words.word("table.days"), end=True),
        Column(words.word("table.owed"), end=True),
    )
    rows = [
        (_said(one, words), words.day(one.day), words.day(one.due),
         "" if one.days is None else words.number(Decimal(one.days)),
         words.amount(one.balance, one.currency))
        for one in of
    ]  # fmt: skip
    currency = of[0].currency
    owed = sum((one.balance for one in of), Decimal(0))
    totals = []
    if paper.fee and currency == paper.currency:
        totals.append(Total(words.word("table.fee"), words.amount(paper.fee, currency)))
        owed += paper.fee
    totals.append(Total(words.word("table.owed"), words.money(owed, currency), True))
    return Grid(columns, rows, tuple(totals))


def _payment(paper: Paper, words: Words) -> Iterator[Block]:
    if not paper.accounts or not paper.payable:
        return
    account = paper.accounts[0]
    grouped = " ".join(account.iban[at : at + 4] for at in range(0, len(account.iban), 4))
    pairs = [
        ("holder", words.own(paper.seller.name)),
        ("iban", words.isolated(grouped)),
        ("bic", words.isolated(account.bic)),
        ("bank", words.own(account.bank)),
        ("reference", words.isolated(_reference(paper))),
    ]
    details = [(words.word(f"payment.{key}"), value) for key, value in pairs if value]
    squares = [
        Square(words.word(f"payment.{one.name}"), one.name, one.text, one.encoding)
        for one in payment_codes(paper, words.word("payment.purpose"))
    ]
    yield Payment(words.word("payment.heading"), details, squares)


def _reference(paper: Paper) -> str:
    """What a payment is told by: the reference of a Slovenian account, else the number."""
    if paper.accounts[0].iban.startswith("SI56") and paper.number:
        found = reference(paper.number)
        return f"{found[:4]} {found[4:]}" if len(found) > 4 else paper.number
    return paper.number
