"""Pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MADE = "<!-- Made by tools/reference.py from the program's own declarations; not to be edited. -->"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; columns that are empty in every row are left out. Empty without rows."""
    listed = [list(row) for row in rows]
    kept = [number for number in range(len(header)) if any(row[number] for row in listed)]
    if not kept:
        return ""
    lines = [
        "| " + " | ".join(header[number] for number in kept) + " |",
        "|" + "---|" * len(kept),
    ]
    lines += ["| " + " | ".join(_cell(row[number]) for number in kept) + " |" for row in listed]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """A text as code; nothing where it is empty."""
    return f"`{text}`" if text else ""


def codes(texts: Iterable[str]) -> str:
    """Several texts as code."""
    return ", ".join(code(text) for text in texts)


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
