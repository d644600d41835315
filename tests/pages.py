"""Reading a page of reports back: its tables, and all its text."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """The tables of a page by section, as programs read them: rows by the keys of columns."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[dict[str, str]]] = {}
        self.totals: dict[str, dict[str, str]] = {}
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self._section = ""
        self._part = ""
        self._keys: list[str] = []
        self._cells: list[str] = []
        self._cell: str | None = None
        self._exact: str | None = None
        self._open: list[str] = []
        self.feed(text)
        assert self._open == [], "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.tags.add(tag)
        self.attributes.update(given)
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "article":
            self._section = given["id"]
        elif tag in ("thead", "tbody", "tfoot"):
            self._part = tag
            self._keys = [] if tag == "thead" else self._keys
        elif tag == "tr":
            self._cells = []
        elif tag in ("th", "td"):
            self._cell, self._exact = "", None
            if self._part == "thead":
                self._keys.append(given["data-key"])
        elif tag in ("data", "time") and self._cell is not None:
            self._exact = given.get("value", given.get("datetime", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(key for key, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._cell is not None:
            self._cell += data

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        if tag in ("th", "td"):
            self._cells.append(self._exact if self._exact is not None else self._cell or "")
            self._cell = None
        elif tag == "tr" and self._part != "thead":
            row = dict(zip(self._keys, self._cells, strict=True))
            if self._part == "tfoot":
                self.totals[self._section] = row
            else:
                self.tables.setdefault(self._section, []).append(row)
