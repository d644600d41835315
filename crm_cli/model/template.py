"""Templates: texts with fields in them, `{{ name }}`, that are filled in for each customer.

Nothing in a template is executed: a field is a name, and what stands for it is text. `filled` is
the one place where a template becomes a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from crm_cli.model.errors import Unreadable
from crm_cli.model.front_matter import read_front

if TYPE_CHECKING:
    from crm_cli.model.item import Item

LONGEST = 256 * 1024
"""So many characters a template may have, and a text that is made of it."""

PRODUCT_FIELDS = {"products": "bought", "suggestions": "suggest"}
"""Fields of templates that name products, and the query field that has their SKUs."""
_MOST_PRODUCTS = 3

_FIELD = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)*")


class Template(NamedTuple):
    """A subject, which may be empty, a body, and the names of the fields in them."""

    subject: str
    body: str
    fields: tuple[str, ...]


class Filled(NamedTuple):
    """The text of one customer."""

    subject: str
    body: str


def read_template(text: str) -> Template:
    """A template's text: `subject:` stands between two lines `---` at its top.

    Raises Unreadable for what is no field, with the number of its line.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if len(text) > LONGEST:
        raise Unreadable("the template is too long", f"at most {LONGEST:,} characters")
    front = read_front(text)
    subject, body = front.entries.get("subject", ""), front.body
    fields = [_name(match, text) for match in _FIELD.finditer(text)]
    rest = _FIELD.sub(lambda match: "\n" * match[0].count("\n"), text)
    for sign in ("{%", "{#", "{{", "}}"):
        if (at := rest.find(sign)) >= 0:
            raise Unreadable(
                f"line {rest.count(chr(10), 0, at) + 1}: '{sign}' begins or ends no field",
                "write a field as {{ name }}",
            )
    return Template(subject, body, tuple(dict.fromkeys(fields)))


def _name(match: re.Match[str], text: str) -> str:
    name = match[1].strip()
    if _NAME.fullmatch(name) is None:
        line = text.count("\n", 0, match.start()) + 1
        raise Unreadable(
            f"line {line}: '{match[0][:40]}' is no field", "write a field as {{ name }}"
        )
    return name


def missing(template: Template, values: Mapping[str, str]) -> list[str]:
    """The fields of a template that have no value, or an empty one."""
    return [name for name in template.fields if not values.get(name, "").strip()]


def filled(template: Template, values: Mapping[str, str]) -> Filled:
    """The text of a template with the values of one customer; every field has one.

    A value is put in as it is, and what looks like a field in it stays as it is. In the subject it
    is one line. Raises Unreadable where the text would be too long.
    """

    def put(text: str) -> str:
        return _FIELD.sub(lambda match: values[match[1].strip()], text)

    body = put(template.body)
    if len(body) > LONGEST:
        raise Unreadable("the text is too long", f"at most {LONGEST:,} characters")
    return Filled(" ".join(put(template.subject).split()), body)


def named_products(skus: Iterable[str], products: Mapping[str, Item]) -> str:
    """The first three products, by what they are called: those that are sold still."""
    names = [
        str(products[sku].values.get("name") or sku)
        for sku in skus
        if sku in products and not products[sku].values.get("disabled")
    ]
    return ", ".join(names[:_MOST_PRODUCTS])
