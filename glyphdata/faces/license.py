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
_ALIASES = {
    "OFL": "OFL-1.1",
    "SIL-OFL-1.1": "OFL-1.1",
    "APACHE2": "Apache-2.0",
    "APACHE": "Apache-2.0",
    "UFL": "Ubuntu-font-1.0",
    "UFL-1.0": "Ubuntu-font-1.0",
}

FREE = frozenset(
    (
        *("OFL-1.0", "OFL-1.1", "OFL-1.1-RFN", "OFL-1.1-no-RFN", "Apache-2.0", "Ubuntu-font-1.0"),
        *("Bitstream-Vera", "IPA", "LPPL-1.3c", "MIT", "CC0-1.0"),
    )
)
"""Licences under which a font may be used to make pictures without asking."""

OWN = "LicenseRef-"
"""How SPDX begins the name of a licence that it does not list: one that the user answers for."""


def spdx(name: str) -> str:
    """The licence's SPDX name, where font catalogues commonly call it something else."""
    return _ALIASES.get(name.upper(), name)


def is_free(expression: str) -> bool:
    """May a font under this SPDX expression be used without asking?

    Every licence that `AND` joins must be free, and one of those that `OR` offers.
    """
    offers = re.split(r"\s+OR\s+", expression.strip("() "))
    return any(
        all(spdx(name.strip("() ")) in FREE for name in re.split(r"\s+AND\s+", offer))
        for offer in offers
    )


def license_in(text: str) -> str:
    """The licence that a text names, as its SPDX identifier; "" where it names none we know."""
    plain = " ".join(text.split()).lower()
    return next((name for words, name in _WORDS if re.search(words, plain)), "")


def license_beside(path: Path, within: Path | None = None) -> tuple[str, str]:
    """The licence in a file next to the font or one folder up, and that file; "" where none is.

    Folders outside `within` are not looked into: what lies there is about something else.
    """
    folders = (path.parent, path.parent.parent)
    for folder in (
        folders if within is None else filter(lambda one: one.is_relative_to(within), folders)
    ):
        for file in sorted(folder.glob("*")):
            if file.is_file() and file.name.upper().startswith(_NAMES):
                found = license_in(file.read_text("utf-8", "replace")[:20_000])
                if found:
                    return found, str(file)
    return "", ""
