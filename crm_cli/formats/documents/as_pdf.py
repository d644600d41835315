"""Pages as PDF, set by typst: the layout is ours, what stands on it is data.

Nothing is loaded but the layout and the fonts that came with the program: no packages, no fonts of
the system, no clock. The same page comes to the same bytes.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_cli.formats.documents import codes
from crm_cli.formats.documents.page import Block, Grid, Page, Prose
from crm_cli.model.errors import Unreadable, UsageError

if TYPE_CHECKING:
    import typst

_HERE = Path(__file__).parent
_NOWHERE = str(_HERE / "packages")
"""Where typst looks for packages: a folder that is not there."""
_DIGITS = {"fa": "۰۱۲۳۴۵۶۷۸۹"}
_DRAWN = {0x2212: "\u2013"}
"""Signs that the fonts do not have, and what is drawn for them: a dash for a minus."""
FONTS = _HERE / "fonts"


class Attached(NamedTuple):
    """A file of text that a PDF carries, as another form of what stands on it."""

    name: str
    text: str
    what: str


def pdf_of(page: Page, attached: Attached | None = None) -> bytes:
    """A page as PDF, with an attached file as PDF/A-3b. Raises UsageError without typst,
    Unreadable where the page cannot be set."""
    data = json.dumps(_data(page), ensure_ascii=False).translate(_DRAWN)
    try:
        return typeset(compiler("layout.typ"), "page", data, attached)
    except Unreadable as error:
        if not page.logo:
            raise
        message = error.message.replace("the page cannot be set", "the logo cannot be read")
        raise Unreadable(message, "a logo is a PNG, a JPEG or an SVG") from error


def typeset(
    compiler: typst.Compiler, name: str, data: str, attached: Attached | None = None
) -> bytes:
    """A layout set with data, JSON, under a name in its `sys.inputs`; raises Unreadable."""
    from typst import TypstError

    try:
        inputs = {name: data}
        if attached is not None:
            inputs["attached"] = json.dumps(attached._asdict(), ensure_ascii=False)
        made = compiler.compile(
            format="pdf",
            sys_inputs=inputs,
            timestamp=0,
            pdf_standards=None if attached is None else "a-3b",
        )
    except TypstError as error:
        hint = ""
        if attached is not None and "could not be displayed" in str(error):
            hint = "PDF/A wants every sign to be in its fonts; --format pdf and ubl do without"
        raise Unreadable(f"the page cannot be set: {error}", hint) from error
    assert isinstance(made, bytes)  # One file, not one for each page.
    return made


@lru_cache(maxsize=4)
def compiler(layout: str) -> typst.Compiler:
    """What sets a layout of this folder; raises UsageError without typst."""
    try:
        import typst
    except ImportError:
        raise UsageError(
            "PDF needs typst, which is not installed",
            "pip install 'crm-plaintext[documents]', or --format html",
        ) from None
    return typst.Compiler(
        str(_HERE / layout),
        root=str(_HERE),
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
        ),
        ignore_system_fonts=True,
        package_path=_NOWHERE,
        package_cache_path=_NOWHERE,
    )


def _data(page: Page) -> dict[str, Any]:
    return {
        "lang": page.language.partition("-")[0],
        "rtl": page.is_rtl,
        "title": page.title,
        "mark": page.mark,
        "day": page.day,
        "sender": page.sender,
        "addressee": page.addressee,
        "facts": page.facts,
        "footer": page.footer,
        "paging": page.paging,
        "digits": list(_DIGITS.get(page.language, "0123456789")),
        "logo": list(page.logo),
        "blocks": [_block(one) for one in page.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Prose):
        return {"type": "prose", "kind": block.kind, "label": block.label, "runs": block.runs}
    if isinstance(block, Grid):
        return {
            "type": "grid",
            "columns": [one._asdict() for one in block.columns],
            "rows": block.rows,
            "totals": [one._asdict() for one in block.totals],
        }
    return {
        "type": "payment",
        "heading": block.heading,
        "details": block.details,
        "squares": [
            {"name": one.name, "caption": one.caption, "svg": codes.drawn(one)}
            for one in block.squares
        ],
    }
