"""Pages as HTML: one file with its style, which prints as it looks, and loads nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from pathlib import Path

from crm_cli.formats.documents import codes
from crm_cli.formats.documents.page import Block, Grid, Page, Payment, Prose

_STYLE = Path(__file__).parent / "style.css"
_TYPES = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"<svg": "svg+xml", b"<?xm": "svg+xml"}


def html_of(page: Page) -> str:
    """A page as HTML."""
    return "".join(f"{line}\n" for line in _lines(page))


def _lines(page: Page) -> Iterator[str]:
    direction = "rtl" if page.is_rtl else "ltr"
    yield "<!DOCTYPE html>"
    yield f'<html lang="{escape(page.language)}" dir="{direction}">'
    yield '<head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    number = "" if page.number in page.title else page.number
    yield f"<title>{escape(f'{page.title} {number}'.strip())}</title>"
    yield '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    yield "style-src 'unsafe-inline'; img-src data:\">"
    yield f"<style>\n{_STYLE.read_text(encoding='utf-8')}</style></head>"
    yield "<body>"
    if page.mark:
        yield f'<div class="mark">{escape(page.mark)}</div>'
    yield from _head(page)
    yield f"<h1>{escape(page.title)}</h1>"
    for block in page.blocks:
        yield from _block(block)
    if page.footer:
        yield f"<footer>{'<br>'.join(map(escape, page.footer))}</footer>"
    yield "</body></html>"


def _head(page: Page) -> Iterator[str]:
    first, *rest = page.sender or ("",)
    yield "<header>"
    yield f'<div class="sender"><b>{escape(first)}</b><br>{"<br>".join(map(escape, rest))}</div>'
    if page.logo:
        yield f'<img alt="" src="{_data(page.logo)}">'
    yield '</header>\n<div class="top">'
    yield f"<address>{'<br>'.join(map(escape, page.addressee))}</address>"
    yield '<table class="facts">'
    for label, value in page.facts:
        yield f"<tr><th>{escape(label)}</th><td>{escape(value)}</td></tr>"
    yield "</table></div>"


def _data(logo: bytes) -> str:
    kind = next((kind for start, kind in _TYPES.items() if logo.startswith(start)), "png")
    return f"data:image/{kind};base64,{b64encode(logo).decode()}"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Prose):
        runs = "".join(f"<b>{escape(text)}</b>" if bold else escape(text)
                       for text, bold in block.runs)  # fmt: skip
        if block.kind == "heading":
            yield f"<h2>{runs}</h2>"
        elif block.label:
            yield f'<div class="item"><span>{escape(block.label)}</span><span>{runs}</span></div>'
        else:
            yield f"<p>{runs}</p>"
    elif isinstance(block, Grid):
        yield from _grid(block)
    else:
        yield from _payment(block)


def _grid(grid: Grid) -> Iterator[str]:
    kinds = [" ".join(["wide"] * one.wide + ["end"] * one.end) for one in grid.columns]
    yield '<div class="scroll" tabindex="0"><table class="grid"><thead><tr>'
    for kind, one in zip(kinds, grid.columns, strict=True):
        yield f'<th class="{kind}">{escape(one.label)}</th>'
    yield "</tr></thead><tbody>"
    for row in grid.rows:
        cells = (f'<td class="{kind}">{escape(cell)}</td>'
                 for kind, cell in zip(kinds, row, strict=True))  # fmt: skip
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody><tfoot>"
    for total in grid.totals:
        strong = ' class="strong"' if total.strong else ""
        yield f'<tr{strong}><td colspan="{len(kinds) - 1}">{escape(total.label)}</td>'
        yield f'<td class="end">{escape(total.amount)}</td></tr>'
    yield "</tfoot></table></div>"


def _payment(block: Payment) -> Iterator[str]:
    yield f'<div class="payment"><div><h2>{escape(block.heading)}</h2><table class="facts">'
    for label, value in block.details:
        yield f"<tr><th>{escape(label)}</th><td>{escape(value)}</td></tr>"
    yield "</table></div><div>"
    for square in block.squares:
        yield f'<figure class="{escape(square.name)}">{codes.drawn(square)}'
        yield f"<figcaption>{escape(square.caption)}</figcaption></figure>"
    yield "</div></div>"
