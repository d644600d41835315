"""Items that are typed in one line and name no record: they stand there in words of their own.

`Workshop:12:95` is a line without a product; `:` before it says so of what could be a misspelled
product.
"""

from __future__ import annotations

from crm_cli.features.references import referred
from crm_cli.model.errors import NotFound, UsageError
from crm_cli.model.kind import Kind
from crm_cli.workspace import Workspace

SIGN = ":"
"""What says at the beginning of a text that it names no record."""


def worded(
    workspace: Workspace, kind: Kind, texts: dict[str, str], *, free: bool
) -> dict[str, str]:
    """The texts of an item by key, what names no record under the field that is for such words.

    Without a price it has to name one, and without `free` one whose name is much alike is taken
    for misspelled: raises UsageError, NotFound with both ways out.
    """
    title, price = texts[kind.title], "unit_price"
    said = f"'{SIGN}{title}:{texts.get('quantity', '1')}:{texts.get(price, 'PRICE')}'"
    if free and price not in texts:
        raise UsageError(f"'{title}' needs a price", f"write {said}")
    if not free:
        try:
            return {**texts, kind.title: referred(workspace, kind.by_key[kind.title], title)}
        except NotFound as error:
            if price not in texts or error.hint.startswith("did you mean"):
                cure = f"{error.hint}; {said} is a line of words"
                raise NotFound(error.message, cure) from error
    return {kind.words: title, **{key: text for key, text in texts.items() if key != kind.title}}
