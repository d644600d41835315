"""A document made: a paper, a template and a language come to a page, or to a plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from crm_cli.formats.documents.as_text import block_lines
from crm_cli.formats.documents.forms import Form, read_form
from crm_cli.formats.documents.markup import PRINTED, blocks, expanded, restored
from crm_cli.formats.documents.page import Page, Pair
from crm_cli.formats.documents.sandbox import MARK, seen
from crm_cli.formats.documents.shipped import shipped
from crm_cli.formats.documents.values import title_of, values_of
from crm_cli.formats.documents.views import block
from crm_cli.formats.documents.words import Words, words_of
from crm_cli.model.paper import Paper, Party, shown_country
from crm_cli.model.text import cleaned

KINDS = (
    "invoice", "credit_note", "quote", "order", "sale", "delivery_note", "statement", "letter",
    "reminder", "contract", "survey", "email", "sms",
)  # fmt: skip
"""The kinds of templates, and of what is made of them."""
MESSAGES = ("email", "sms")
"""Kinds that are text alone: no page is made of them."""


PAPERS = tuple(one for one in KINDS if one not in MESSAGES)
"""Kinds that pages are made of."""


class Extra(NamedTuple):
    """What a template can name beside the paper: of the user at work, and by query field."""

    user: Mapping[str, str]
    fields: Mapping[str, Any]


def page_of(
    paper: Paper, form: Form, words: Words, extra: Extra, *, logo: bytes = b"", draft: bool = False
) -> Page:
    """The page of a paper. Raises Unreadable for what the template cannot have."""
    values = _seen(paper, words, extra)
    title = _title(form, values)
    text = form.body.text({**values, MARK: PRINTED})
    mark = "draft" if draft or paper.status == "draft" else ""
    mark = "cancelled" if paper.status == "cancelled" else mark
    return Page(
        language=words.tag,
        is_rtl=words.is_rtl,
        title=title or title_of(paper, words),
        number=paper.number,
        mark=words.word(f"kind.{mark}") if mark else "",
        sender=_sender(paper, words),
        addressee=_address(paper.buyer, paper.seller, words),
        facts=tuple(_facts(paper, words)),
        blocks=tuple(blocks(text, lambda name: block(name, paper, words))),
        footer=tuple(words.own(one) for one in paper.footer.split("\n") if one.strip()),
        paging=words.digits(words.word("label.page")),
        logo=logo,
        day=paper.day.isoformat() if paper.day is not None else "",
    )


def own_page(paper: Paper, language: str) -> Page:
    """The page of a purchase's paper by the program's own template, in one of
    `known_language`'s answers."""
    found = shipped(paper.kind, language)
    assert found is not None
    return page_of(
        paper, read_form(found.subject, found.body), words_of(language), Extra({}, {})
    )


def message_of(paper: Paper, form: Form, words: Words, extra: Extra) -> tuple[str, str]:
    """The subject and the text of an e-mail or an SMS: the template's own lines, as they are.

    A block stands there as text. Raises Unreadable.
    """
    values = _seen(paper, words, extra)
    text = form.body.text(values)
    body = expanded(text, lambda name: "\n".join(
        "\n".join(block_lines(one)) for one in block(name, paper, words)))  # fmt: skip
    return cleaned(_title(form, values)), cleaned(body.strip("\n")) + "\n"


def _seen(paper: Paper, words: Words, extra: Extra) -> dict[str, Any]:
    values = {**extra.fields, **values_of(paper, words, extra.user)}
    return {name: seen(value, name) for name, value in values.items()}


def _title(form: Form, values: Mapping[str, Any]) -> str:
    """The subject in a line; a number in it is still marked as running left to right."""
    return " ".join(restored(form.subject.text(values)).split())


def _sender(paper: Paper, words: Words) -> tuple[str, ...]:
    seller = paper.seller
    lines = [words.own(one) for one in (seller.name, seller.street, seller.town)]
    if seller.country and paper.buyer.country not in ("", seller.country):
        lines.append(shown_country(seller.country))
    lines += [
        f"{words.word(f'label.{key}')}{words.colon}{words.isolated(value)}"
        for key in ("tax_id", "registration_id")
        if (value := getattr(seller, key))
    ]
    lines += [words.isolated(one) for one in (*seller.emails[:1], *seller.phones[:1])]
    lines += [words.isolated(one) for one in seller.urls[:1]]
    return tuple(line for line in lines if line)


def _address(party: Party, seller: Party, words: Words) -> tuple[str, ...]:
    return tuple(map(words.own, party.lines(seller.country)))


def _facts(paper: Paper, words: Words) -> Iterator[Pair]:
    """The labels and values at the top of a page."""
    if paper.kind in ("letter", "contract", "survey"):
        if paper.day is not None:
            yield words.word("label.date"), words.day(paper.day)
        return
    rows = (
        ("number", words.isolated(paper.number)),
        ("as_of" if paper.kind in ("statement", "reminder") else "date", words.day(paper.day)),
        ("supplied", words.day(paper.supplied)),
        ("due", words.day(paper.due) if not paper.instalments else ""),
        ("valid_until", words.day(paper.valid_until)),
        ("corrects", words.isolated(paper.corrects)),
        ("order", words.isolated(paper.order)),
        ("quote", words.isolated(paper.quote)),
        ("deposit_of", words.isolated(paper.deposit_of)),
        ("reminder_level", words.digits(str(paper.level)) if paper.level else ""),
        ("buyer_reference", words.own(paper.buyer_reference)),
        ("customer_tax_id", words.isolated(paper.buyer.tax_id)),
    )
    for key, value in rows:
        if value:
            yield words.word(f"label.{key}"), value
    if paper.kind == "delivery_note" and paper.deliver_to is not None:
        address = _address(paper.deliver_to, paper.seller, words)
        yield words.word("label.deliver_to"), ", ".join(address)
