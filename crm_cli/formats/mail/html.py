"""The text of an HTML mail: what is read of it, quotes marked as in plain mails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})([^<>]{0,4000})>|[^<]+|<+(?![a-zA-Z/])")
_DECLARATION = re.compile(r"<[!?][^<>]{0,4000}>")
_HIDDEN = ("script", "style", "title", "template", "svg", "object")
_LINES = ("br", "tr", "li", "hr", "table", "ul", "ol", "pre")
_PARAGRAPHS = ("p", "h1", "h2", "h3", "h4", "h5", "h6")
_MOST = 262_144
_NO_CHARACTER = re.compile(r"&#[0-9]{8,};?")
"""A number beyond all characters; Python refuses to read one of thousands of digits."""


def text_of(html: str) -> str:
    """Plain text: lines as a browser breaks them, `>` before what a blockquote holds."""
    lines: list[tuple[int, list[str]]] = [(0, [])]
    hidden, depth = "", 0
    for closing, tag, text in _tokens(html[:_MOST]):
        begun = any(map(str.strip, lines[-1][1][:3]))
        if hidden:
            hidden = "" if closing and tag == hidden else hidden
        elif not tag:
            lines[-1][1].append(re.sub(r"\s+", " ", unescape(_NO_CHARACTER.sub("", text))))
        elif tag in _HIDDEN:
            hidden = "" if closing or text.rstrip().endswith("/") else tag
        elif tag in ("td", "th"):
            lines[-1][1].append(" ")
        elif tag == "blockquote":
            depth = max(0, depth - 1) if closing else depth + 1
            if not begun:
                lines.pop()
            lines.append((depth, []))
        elif tag in _PARAGRAPHS:
            lines += [(depth, []), (depth, [])] if begun else [(depth, [])]
        elif tag in _LINES or (tag == "div" and begun):
            lines.append((depth, []))
    shown = [("> " * min(quote, 5) + "".join(said).strip()).rstrip() for quote, said in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(shown)).strip()


def _tokens(html: str) -> Iterator[tuple[bool, str, str]]:
    """(whether it closes, tag, text) of each tag, and of texts without one."""
    text = _without_comments(html)
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        at = found.end() if found else at + 1
        if not found:
            continue
        if found[2]:
            yield bool(found[1]), found[2].lower(), found[3]
        else:
            yield False, "", found[0]


def _without_comments(html: str) -> str:
    """The text without comments; one without an end goes on to the end."""
    kept = []
    end = 0
    while (start := html.find("<!--", end)) >= 0:
        kept.append(html[end:start])
        end = html.find("-->", start)
        if end < 0:
            return _DECLARATION.sub("", "".join(kept))
        end += 3
    return _DECLARATION.sub("", "".join([*kept, html[end:]]))
