"""Made-up YAML texts, laid out in all the ways that people lay them out."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from crm_cli.model.quoting import double_quoted, plain_safe

KEYS = ("name", "tags", "emails", "tasks", "notes", "city", "x-erp", "číslo", "a b")
WORDS = st.sampled_from(
    [
        "Ana", "vip", "040 123 456", "no", "2026-11-03", "12:30", "# mark", "a: b", "it's",
        "Šuštar", 'say "hi"', "x #1", "18.50", "- dash", "café noir", "back\\slash", "~",
        "https://shop.example/?q=1", "[x]", "a\u2028b", "😀 smile",
    ]
)  # fmt: skip
Value = str | list["Value"] | dict[str, "Value"] | None
LEAVES: st.SearchStrategy[Value] = st.one_of(WORDS, st.none(), st.just("two\nlines\n"))
VALUES: st.SearchStrategy[Value] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(st.sampled_from(KEYS), inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)
ROOTS: st.SearchStrategy[dict[str, Value]] = st.dictionaries(
    st.sampled_from(KEYS), VALUES, min_size=1, max_size=5
)


@dataclass
class Layout:
    """Choices that change the look and not the meaning."""

    draw: st.DrawFn
    step: int
    dash: int
    remarks: bool
    flows: bool
    gaps: bool

    def maybe(self, wanted: bool) -> bool:
        return wanted and self.draw(st.integers(0, 3)) == 0

    def remark(self, lines: list[str], indent: int) -> None:
        if self.maybe(self.gaps):
            lines.append("")
        if self.maybe(self.remarks):
            lines.append(" " * indent + f"# remark {len(lines)}")

    def tail(self, lines: list[str]) -> str:
        return f" # tail {len(lines)}" if self.maybe(self.remarks) else ""

    def scalar(self, text: str, *, flow: bool = False, key: bool = False) -> str:
        style = self.draw(st.sampled_from(["", "'", '"']))
        if style == "" and plain_safe(text, flow=flow, key=key):
            return text
        if style == "'" and "\u2028" not in text and "\n" not in text:
            return "'" + text.replace("'", "''") + "'"
        return double_quoted(text)

    def inline(self, value: Value) -> str:
        if value is None:
            return "~"
        if isinstance(value, str):
            return self.scalar(value, flow=True)
        if isinstance(value, list):
            return "[" + ", ".join(self.inline(item) for item in value) + "]"
        pairs = (
            f"{self.scalar(key, flow=True, key=True)}: {self.inline(item)}"
            for key, item in value.items()
        )
        return "{" + ", ".join(pairs) + "}"

    def after(self, value: Value, lines: list[str], indent: int, mark: str, dash: int) -> None:
        """The lines of a value whose key or dash is `mark`."""
        if isinstance(value, str) and value.endswith("\n") and self.draw(st.booleans()):
            lines.append(f"{mark} |")
            lines += [" " * (indent + self.step) + row for row in value.splitlines()]
        elif value is None:
            lines.append(mark + self.tail(lines))
        elif isinstance(value, str):
            lines.append(f"{mark} {self.scalar(value)}{self.tail(lines)}")
        elif self.maybe(self.flows):
            lines.append(f"{mark} {self.inline(value)}{self.tail(lines)}")
        elif isinstance(value, list):
            lines.append(mark + self.tail(lines))
            for item in value:
                self.remark(lines, indent + dash)
                self.item(item, lines, indent + dash)
        else:
            lines.append(mark + self.tail(lines))
            for key, item in value.items():
                self.remark(lines, indent + self.step)
                self.entry(key, item, lines, indent + self.step)

    def entry(self, key: str, value: Value, lines: list[str], indent: int) -> None:
        mark = " " * indent + self.scalar(key, key=True) + ":"
        self.after(value, lines, indent, mark, self.dash)

    def item(self, value: Value, lines: list[str], indent: int) -> None:
        mark = " " * indent + "-"
        if isinstance(value, dict) and self.draw(st.booleans()):
            inner: list[str] = []
            for key, item in value.items():
                if inner:
                    self.remark(inner, indent + 2)
                self.entry(key, item, inner, indent + 2)
            lines.append(f"{mark} {inner[0].lstrip(' ')}")
            lines += inner[1:]
        else:
            self.after(value, lines, indent, mark, self.step)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A whole text: any layout, any line breaks, with or without a final one."""
    step = draw(st.sampled_from([2, 4]))
    layout = Layout(
        draw,
        step,
        draw(st.sampled_from([0, step])),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.booleans()),
    )
    lines: list[str] = []
    for key, value in draw(ROOTS).items():
        layout.remark(lines, 0)
        layout.entry(key, value, lines, 0)
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    # A block scalar's last line needs its break to keep its text.
    last = draw(st.sampled_from(["", newline])) if "|" not in "".join(lines) else newline
    return newline.join(lines) + last
