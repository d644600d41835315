"""docs/reference/formats.md: the formats of answers, exports and imports."""

from __future__ import annotations

from markdown import MADE, code, codes, table

from crm_cli.cli.outputs import OUTPUTS
from crm_cli.formats.registry import EXPORTERS, IMPORTERS

_INTRODUCTION = f"""\
# Formats

{MADE}

`-o FORMAT` chooses the format of an answer; `crm export KIND --format FORMAT` writes
records, and without `--format` goes by the ending of the file's name. `crm export` writes
all that records hold: nested in JSON and YAML, else a row for each record, or for each line
of a purchase. `crm import` reads CSV and workbooks back. `crm export all --to FILE.xlsx` is a
workbook with a sheet for each kind.
"""
_TEXTS = """\
In every format for programs, money is a decimal text beside its currency, dates and times
are ISO 8601, and a missing value is null, or an empty cell. Lists within a cell are joined
by `; `.

- **CSV** (RFC 4180, lines end in LF) quotes a cell that holds a comma, a semicolon, a tab, a
  line end or a quote, or white space at either end. A `'` goes before a text that a
  spreadsheet would run as a formula, also in the middle of a text where a spreadsheet whose
  list separator is `;` or a tab would begin a cell. `crm import` takes it away again.
  Numbers keep their sign.
- **TSV** writes tab, newline, carriage return and backslash as `\\\\t`, `\\\\n`, `\\\\r` and
  `\\\\\\\\`, and guards nothing.
- **XLSX** (`pip install 'crm-plaintext[xlsx]'`) has numbers, days and truth values as such, and
  all else as text in cells formatted as text: phones, ids and postcodes keep their plus and
  noughts, and no text is a formula or a link. Text, too, are times, for a spreadsheet's have no
  offset, numbers of more than 15 digits, and days before March 1900. The same rows are the
  same bytes.
- **Parquet** (`pip install 'crm-plaintext[parquet]'`) has a type for each column, that of all its
  values: `decimal128` for amounts, `date32`, `int64`, `bool`, lists of texts, else text.
- **JSON** writes control and other invisible characters as escapes.
- **Markdown** escapes punctuation that would be markup; line ends are `<br>`.
""".replace("\\\\", "\\")


def formats_page() -> str:
    """The page."""
    exported = {one.name for one in EXPORTERS}
    formats = [
        (code(one.name), codes(one.suffixes), "yes", "yes" if one.name in exported else "", one.doc)
        for one in OUTPUTS.values()
    ]
    formats += [
        (code(one.name), codes(one.suffixes), "", "yes", one.doc)
        for one in EXPORTERS
        if one.name not in OUTPUTS
    ]
    read = [
        (code(one.name), codes(one.suffixes), ", ".join(one.kinds)) for one in IMPORTERS
    ]
    return "\n".join(
        (
            _INTRODUCTION,
            table(("format", "files", "`-o`", "`crm export`", "what for"), formats),
            _TEXTS,
            "## Imports\n",
            "What `crm import KIND FILE` reads:\n",
            table(("format", "files", "kinds"), read),
        )
    )
