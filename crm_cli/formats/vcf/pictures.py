"""Pictures within vCards: base64 there, bytes here."""

from __future__ import annotations

import base64
import re
from typing import NamedTuple

from crm_cli.formats.vcf.lines import Property
from crm_cli.model.pictures import FORMATS, LARGEST, path_of, suffix_of

_DATA = re.compile(r"data:[^,]{0,100};base64,", re.IGNORECASE)


class Picture(NamedTuple):
    """A picture: the path of its file, and its bytes."""

    path: str
    data: bytes


def picture_of(line: Property) -> Picture | None:
    """The picture that a line holds; None where it is none, too large, or of no known format."""
    head = _DATA.match(line.raw)
    text = line.raw[head.end() if head is not None else 0 :]
    if not line.is_binary or len(text) > LARGEST * 3 // 2:
        return None
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return None
    path = path_of(data)
    return Picture(path, data) if path else None


def picture_line(data: bytes, version: str) -> tuple[str, dict[str, str]]:
    """The value and the parameters of a line that holds a picture, in a version of vCards."""
    name = FORMATS[suffix_of(data)]
    text = base64.b64encode(data).decode("ascii")
    if version == "4.0":
        return f"data:image/{name};base64,{text}", {}
    return text, {"ENCODING": "BASE64" if version == "2.1" else "b", "TYPE": name.upper()}
