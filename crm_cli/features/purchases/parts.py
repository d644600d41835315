"""Parts of a purchase, of which another one is made: its lines, a percentage, an amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from crm_cli.features.purchases.lines import COPIED
from crm_cli.features.values import read
from crm_cli.formats.documents.words import Words, known_language, words_of
from crm_cli.model import chain, remainder
from crm_cli.model.errors import NotFound, Refused, UsageError
from crm_cli.model.item import Item
from crm_cli.model.line import HUNDRED, LINE, QUOTE
from crm_cli.model.money import EXACT, format_amount, minor_unit, round_money
from crm_cli.model.purchase import PURCHASE
from crm_cli.workspace import Workspace

Values = dict[str, Any]

_AGAIN = "--force makes it all the same"


class Part(NamedTuple):
    """What the new purchase has: lines, or an amount with its text; `deposit` where it is one,
    `whole` where it is all of the source. `notes` are to be said."""

    lines: Sequence[Values] = ()
    amount: Decimal | None = None
    text: str = ""
    deposit: bool = False
    whole: bool = False
    notes: Sequence[str] = ()


def line_parts(
    source: Item, made: Sequence[Item], texts: Sequence[str], workspace: Workspace, *, force: bool
) -> Part:
    """The lines that are left, or as much of them as `PRODUCT[:QUANTITY]` say.

    An invoice takes off of the deposits what the rest of the order could no longer hold.
    Raises Refused where nothing, or less, is left, unless `force`; NotFound for a line that
    there is not.
    """
    rests = remainder.rests(source, made)
    if texts:
        taken = _named(source, rests, texts, workspace, made, force=force)
    else:
        taken = [one.left for one in rests]
        if not any(taken):
            if not force:
                raise nothing_left(source, made)
            taken = [one.whole for one in rests]
    lines = [
        {**_copy(one.line, source), "quantity": quantity}
        for one, quantity in zip(rests, taken, strict=True)
        if quantity
    ]
    whole = not made and taken == [one.whole for one in rests]
    if source.get("kind") in ("invoice", "sale") and not texts and made:
        return Part([*lines, *_less_credited(source, made, rests, force=force)])
    if source.get("kind") != "order":
        return Part(lines, whole=whole)
    off, notes = _taken_off(source, made, rests, taken, _words(workspace, source))
    return Part([*lines, *off], whole=whole, notes=notes)


def _less_credited(
    source: Item, made: Sequence[Item], rests: list[remainder.Rest], *, force: bool
) -> list[Values]:
    """Negative lines for what is credited beside the lines of an invoice, as a share of it.

    Raises Refused where that is all that is left, unless `force`.
    """
    currency = str(source.derived["currency"])
    credited = chain.credited_apart(source, made, currency)
    left = sum(chain.left_amounts(rests, currency).values(), chain.ZERO)
    if left <= sum((one.amount for one in credited), chain.ZERO):
        if not force:
            raise nothing_left(source, made)
        return []
    return [
        _taxed({"description": one.said, "quantity": Decimal(-1)}, one.taxed, one.amount)
        for one in credited
    ]


def _copy(line: Item, source: Item) -> Values:
    values = {key: line.values[key] for key in COPIED if key in line.values}
    if source.get("kind") in ("invoice", "sale"):
        values.pop("interactions", None)  # A credit note bills no time.
    return values


def _named(
    source: Item,
    rests: list[remainder.Rest],
    texts: Sequence[str],
    workspace: Workspace,
    made: Sequence[Item],
    *,
    force: bool,
) -> list[Decimal]:
    """The quantity of each line that the texts say."""
    taken = [chain.ZERO] * len(rests)
    for text in texts:
        places, quantity = _meant(source, rests, text, workspace)
        left = [rests[at].left - taken[at] for at in places]
        wanted = sum(left, chain.ZERO) if quantity is None else quantity
        if wanted > sum(left, chain.ZERO) or not wanted:
            if not force:
                raise refuse_more(source, made, [rests[at] for at in places], wanted)
            wanted = wanted or rests[places[0]].whole
        for at, rest in zip(places, left, strict=True):
            part = min(wanted, rest)
            taken[at] += part
            wanted -= part
        taken[places[-1]] += wanted
    return taken


def _meant(
    source: Item, rests: list[remainder.Rest], text: str, workspace: Workspace
) -> tuple[list[int], Decimal | None]:
    """(places of the lines, quantity) of `PRODUCT[:QUANTITY]`."""
    for name, figure in ((text, ""), text.rsplit(":", 1) if ":" in text else (text, "")):
        same = list(chain.matching(rests, name.strip()))
        if not same:
            continue
        places = [at for at, rest in enumerate(rests) if any(rest is one for one in same)]
        if not figure:
            return places, None
        quantity: Decimal = read(LINE.by_key["quantity"], figure, workspace)
        if quantity <= 0:
            raise UsageError(f"'{text}' is of nothing", "write how many, as beans-1kg:10")
        return places, quantity
    known = ", ".join(dict.fromkeys(chain.title(rest.line) for rest in rests))
    if any(list(chain.matching(rests, text.split(":")[0].strip()))):
        raise UsageError(
            f"'{text}' is not PRODUCT:QUANTITY", f"the price is that of {chain.said(source)}"
        )
    raise NotFound(f"{chain.said(source)} has no line {text}", f"it has: {known}")


def refuse_more(
    source: Item, made: Sequence[Item], rests: Sequence[remainder.Rest], wanted: Decimal
) -> Refused:
    """That less of a line is left than is asked for."""
    name = chain.title(rests[0].line)
    whole = sum((one.whole for one in rests), chain.ZERO)
    left = sum((one.left for one in rests), chain.ZERO)
    held = [one for one in made if "deposit_of" not in one.values]
    others = f", the rest is in {', '.join(map(chain.said, held))}" if held else ""
    cure = f"write {name}:{left:f} at most; " if left else ""
    return Refused(
        f"{left:f} of {whole:f} {name} are left of {chain.said(source)}{others}",
        f"{cure}{_AGAIN}",
    )


def nothing_left(source: Item, made: Sequence[Item]) -> Refused:
    """That all of a purchase is made into others already."""
    last = made[-1] if made else source
    name, kind = chain.named(last), last.get("kind")
    cure = f"crm purchase show {name}"
    if kind == "order":
        cure = f"crm purchase convert {name} invoice goes on from there"
    elif kind == "invoice":
        cure = f"crm invoice correct {name} credits it, and drafts another"
    shown = ", ".join(chain.said(one) for one in made)
    return Refused(
        f"nothing is left of {chain.said(source)}: {shown or 'it has no lines'}",
        f"{cure}; {_AGAIN}",
    )


def _taken_off(
    source: Item,
    made: Sequence[Item],
    rests: list[remainder.Rest],
    taken: list[Decimal],
    words: Words,
) -> tuple[list[Values], list[str]]:
    """Negative lines for the deposits that are to be taken off now, and what is said of them."""
    currency = str(source.derived["currency"])
    deposits = chain.deposits(source, made, currency)
    if not deposits.left:
        return [], []
    now = [
        remainder.Rest(one.line, one.whole, one.whole - quantity)
        for one, quantity in zip(rests, taken, strict=True)
    ]
    off = chain.deductions(
        chain.left_amounts(rests, currency), chain.left_amounts(now, currency), deposits.left
    )
    names = ", ".join(chain.named(one) for one in deposits.invoices)
    text = words.word("line.deposit", number=names)
    lines = [
        _taxed({"description": text, "quantity": Decimal(-1)}, key, amount)
        for key, amount in off.items()
    ]
    total = sum(off.values(), chain.ZERO)
    notes = [f"deposit {names}: {format_amount(total, currency)} {currency} is taken off"]
    return lines, notes if lines else []


def _taxed(line: Values, key: chain.Taxed, amount: Decimal) -> Values:
    category, rate = key
    found = {**line, "unit_price": amount}
    if category is not None:
        found["tax_category"] = category
    if rate is not None:
        found["tax_rate"] = rate
    return found


def _words(workspace: Workspace, source: Item) -> Words:
    """The words of the language that a customer's documents are in."""
    own = str(source.owner.values.get("language") or "")
    return words_of(known_language(own, workspace.business.language))


def share(
    workspace: Workspace, source: Item, made: Sequence[Item], text: str, *, force: bool
) -> Part:
    """A percentage: a deposit for an order, a part of an invoice that is credited.

    A line for each rate of tax. Raises UsageError for a quote, and what is no percentage;
    Refused where less than that is left, unless `force`.
    """
    called, name = chain.said(source), chain.named(source)
    if source.get("kind") == QUOTE:
        raise UsageError(
            f"a deposit is for an order, and {called} is a quote",
            f"crm purchase convert {name} order --number next, and then that",
        )
    percent: Decimal = read(LINE.by_key["discount"], text, workspace)
    if not 0 < percent <= HUNDRED:
        raise UsageError(f"{text} percent cannot be", "write 1 to 100, as --percent 30")
    currency = str(source.derived["currency"])
    whole = chain.written(source, currency)
    parts = {
        key: round_money(EXACT.divide(amount * percent, HUNDRED), currency)
        for key, amount in whole.items()
    }
    parts = _no_more(source, made, whole, parts)
    if not any(parts.values()):
        raise UsageError(f"{called} comes to nothing", f"crm purchase show {name} shows its lines")
    _refuse_above(source, made, sum(parts.values(), chain.ZERO), force=force)
    is_order, words = source.get("kind") == "order", _words(workspace, source)
    key = "line.deposit_share" if is_order else "line.credit_share"
    said = words.word(key, percent=words.bare(words.percent(percent)), number=name)
    if not source.items("lines"):
        return Part(amount=sum(parts.values(), chain.ZERO), text=said, deposit=is_order)
    lines = [_taxed({"description": said}, key, amount) for key, amount in parts.items()]
    return Part(lines, deposit=is_order)


def _no_more(
    source: Item, made: Sequence[Item], whole: Mapping[chain.Taxed, Decimal],
    parts: dict[chain.Taxed, Decimal],
) -> dict[chain.Taxed, Decimal]:  # fmt: skip
    """Parts of an amount, of which the last has what is left where each was rounded up."""
    currency = str(source.derived["currency"])
    held = [chain.written(one, currency) for one in made]
    left = {key: amount - sum((abs(one.get(key, chain.ZERO)) for one in held), chain.ZERO)
            for key, amount in whole.items()}  # fmt: skip
    unit = Decimal(1).scaleb(-minor_unit(currency))
    return {
        key: left[key] if 0 < part - left[key] <= unit * len(made) and left[key] > 0 else part
        for key, part in parts.items()
    }


def amount_part(
    workspace: Workspace, source: Item, made: Sequence[Item], text: str | None, *, force: bool
) -> Part:
    """What is left of a purchase without lines, or as much of it as a text says."""
    left = _amount_left(source, made)
    if text is None:
        if left <= 0 and not force:
            raise nothing_left(source, made)
        whole = not made
        return Part(amount=left if left > 0 else source.values["amount"], whole=whole)
    amount = read(PURCHASE.by_key["amount"], text, workspace)
    if isinstance(amount, tuple):
        amount, currency = amount
        if currency != source.derived["currency"]:
            own = source.derived["currency"]
            raise UsageError(f"--amount is in {currency}, and {chain.said(source)} in {own}")
    if amount <= 0:
        raise UsageError("--amount is more than nothing")
    _refuse_above(source, made, amount, force=force)
    return Part(amount=amount)


def _amount_left(source: Item, made: Sequence[Item]) -> Decimal:
    currency = str(source.derived["currency"])
    parts = [chain.written(one, currency) for one in (source, *made)]
    whole, *others = (sum(part.values(), chain.ZERO) for part in parts)
    return whole - sum(others, chain.ZERO)


def _refuse_above(source: Item, made: Sequence[Item], amount: Decimal, *, force: bool) -> None:
    left = _amount_left(source, made)
    if amount <= left or force:
        return
    currency = str(source.derived["currency"])
    done = "credited" if source.get("kind") in ("invoice", "sale") else "billed"
    shown = f"{format_amount(max(left, chain.ZERO), currency)} {currency}"
    raise Refused(
        f"{shown} of {chain.said(source)} is not {done} yet, and this is "
        f"{format_amount(amount, currency)}",
        _AGAIN,
    )


