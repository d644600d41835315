"""Archives that are the same for the same files, whenever they are made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first time that a ZIP file can say."""


def zipped(files: Mapping[str, str]) -> bytes:
    """A ZIP file of texts by their names, in the order of these; the names are UTF-8."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, files[name].encode("utf-8", "surrogatepass"))
    return buffer.getvalue()
