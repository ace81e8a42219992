"""Which licence a font comes under, as an SPDX identifier."""

from __future__ import annotations

import re
from pathlib import Path

_NAMES = ("LICENSE", "LICENCE", "OFL", "COPYING", "UFL", "COPYRIGHT")
_WORDS = (
    (r"sil open font licen[cs]e|scripts\.sil\.org/ofl|openfontlicense\.org", "OFL-1.1"),
    (r"apache licen[cs]e|apache\.org/licenses", "Apache-2.0"),
    (r"ubuntu font licen[cs]e", "Ubuntu-font-1.0"),
    (r"bitstream vera", "Bitstream-Vera"),
    (r"ipa font licen[cs]e", "IPA"),
    (r"gust font licen[cs]e", "LPPL-1.3c"),
)


def license_in(text: str) -> str:
    """The licence that a text names, as its SPDX identifier; "" where it names none we know."""
    plain = " ".join(text.split()).lower()
    return next((name for words, name in _WORDS if re.search(words, plain)), "")


def license_beside(path: Path) -> tuple[str, str]:
    """The licence in a file next to the font or one folder up, and that file; "" where none is."""
    for folder in (path.parent, path.parent.parent):
        for file in sorted(folder.glob("*")):
            if file.is_file() and file.name.upper().startswith(_NAMES):
                found = license_in(file.read_text("utf-8", "replace")[:20_000])
                if found:
                    return found, str(file)
    return "", ""
