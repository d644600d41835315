"""Make the fonts of documents: Noto Sans with the letters that documents are written in.

    python tools/fonts.py FOLDER

FOLDER holds NotoSans, NotoSansGeorgian and NotoSansArabic, regular and bold, as TrueType: those of
Debian's package fonts-noto-core (`apt-get download fonts-noto-core`, `dpkg-deb -x`). It needs
fonttools, which is no dependency of the program. The licence, OFL, lies beside the fonts.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset

TARGET = Path(__file__).parent.parent / "crm_cli/formats/documents/fonts"
LATIN_GREEK_CYRILLIC = (
    "U+0020-007E,U+00A0-024F,U+02B0-02FF,U+0300-036F,U+0370-03FF,U+0400-052F,U+1E00-1EFF,"
    "U+2000-206F,U+2070-209F,U+20A0-20CF,U+2100-214F,U+2190-2193,U+2212,U+2248,U+2260,"
    "U+2264-2265,U+25CF,U+FEFF,U+FFFD"
)
FONTS = {"NotoSans": LATIN_GREEK_CYRILLIC, "NotoSansGeorgian": "*", "NotoSansArabic": "*"}


def main(folder: Path) -> None:
    """Subset each font into the package."""
    for name, letters in FONTS.items():
        for weight in ("Regular", "Bold"):
            file = f"{name}-{weight}.ttf"
            subset.main(
                [
                    str(folder / file), f"--unicodes={letters}", "--layout-features=*",
                    "--no-hinting", f"--output-file={TARGET / file}",
                ]
            )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
