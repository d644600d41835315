"""Workbooks made by hand: the parts that a reader needs, and what real programs never write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return buffer.getvalue()


def text(value: str) -> str:
    """A cell of a text of its own."""
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def row(*cells: str, at: int = 0) -> str:
    """A row of cells: markup, or texts."""
    made = "".join(cell if cell.startswith("<c") else text(cell) for cell in cells)
    return f"<row{f' r={chr(34)}{at}{chr(34)}' if at else ''}>{made}</row>"


def sheet(*rows: str, after: str = "", before: str = "") -> str:
    """The part of a sheet."""
    return (
        f'<worksheet xmlns="{MAIN}">{before}<sheetData>{"".join(rows)}</sheetData>{after}'
        "</worksheet>"
    )


def xlsx(
    *sheets: str,
    names: tuple[str, ...] = ("Sheet1", "Sheet2", "Sheet3"),
    formats: tuple[str, ...] = (),
    texts: tuple[str, ...] = (),
    since_1904: bool = False,
    hidden: tuple[str, ...] = (),
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A workbook; style N + 1 of its cells has the Nth of `formats`."""
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at}" r:id="s{at}"'
        f"{' state=' + chr(34) + 'hidden' + chr(34) if name in hidden else ''}/>"
        for at, name in enumerate(names[: len(sheets)], 1)
    )
    targets = "".join(
        f'<Relationship Id="s{at}" Type="{RELATIONS}/worksheet" Target="worksheets/s{at}.xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    codes = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        for at, code in enumerate(formats)
    )
    styles = "".join(f'<xf numFmtId="{164 + at}"/>' for at in range(len(formats)))
    shared = "".join(f"<si><t>{escape(one)}</t></si>" for one in texts)
    parts: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        f'<workbookPr date1904="{int(since_1904)}"/><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{targets}'
        f'<Relationship Id="t" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="y" Type="{RELATIONS}/styles" Target="/xl/styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts>'
        f'<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
    }
    for at, one in enumerate(sheets, 1):
        parts[f"xl/worksheets/s{at}.xml"] = one
    return archive({**parts, **(more or {})})


def ods(content: str, *, styles: str = "", more: Mapping[str, str | bytes] | None = None) -> bytes:
    """A workbook of LibreOffice; `content` are its tables."""
    names = ("office", "table", "text", "style")
    spaces = " ".join(f'xmlns:{name}="{ODF}:{name}:1.0"' for name in names)
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    body = (
        f"<office:document-content {spaces} {calc}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{content}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    return archive({"mimetype": mime, "content.xml": body, **(more or {})})


def table(*rows: str, name: str = "Sheet1", style: str = "") -> str:
    """A table of an ODS file."""
    styled = f' table:style-name="{style}"' if style else ""
    return f'<table:table table:name="{escape(name)}"{styled}>{"".join(rows)}</table:table>'


def line(*cells: str, attributes: str = "") -> str:
    """A row of an ODS file: markup, or texts."""
    made = "".join(cell if cell.startswith("<") else words(cell) for cell in cells)
    return f"<table:table-row {attributes}>{made}</table:table-row>"


def words(value: str, attributes: str = "") -> str:
    """A cell of text."""
    return (
        f'<table:table-cell office:value-type="string" {attributes}>'
        f"<text:p>{escape(value)}</text:p></table:table-cell>"
    )


def value(kind: str, attributes: str, shown: str = "") -> str:
    """A cell with a value of a type."""
    return (
        f'<table:table-cell office:value-type="{kind}" {attributes}>'
        f"<text:p>{escape(shown)}</text:p></table:table-cell>"
    )
