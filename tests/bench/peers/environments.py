"""The environments that the peers run in, built from pins; nothing of them touches ours."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent

_TRDG = (
    "trdg==1.8.0",
    "arabic-reshaper==2.1.3",
    "beautifulsoup4==4.15.0",
    "certifi==2026.10.18",
    "charset-normalizer==3.5.2",
    "diffimg==0.2.3",
    "future==1.0.0",
    "idna==3.20",
    "numpy==1.26.4",
    "opencv-python-headless==4.11.0.86",
    "python-bidi==0.4.2",
    "requests==2.34.2",
    "six==1.17.0",
    "soupsieve==4.1.2",
    "tqdm==4.70.1",
    "typing-extensions==4.16.0",
    "urllib3==2.8.0",
    "wikipedia==1.4.0",
)
_SYNTHTIGER = (
    "synthtiger==1.2.1",
    "arabic-reshaper==3.1.0",
    "blend-modes==2.2.0",
    "contourpy==1.3.3",
    "cycler==0.12.1",
    "fonttools==4.68.0",
    "imageio==2.38.1",
    "imgaug==0.4.0",
    "kiwisolver==1.5.1",
    "lazy-loader==0.6",
    "matplotlib==3.11.2",
    "networkx==3.6.1",
    "numpy==1.26.4",
    "opencv-python-headless==4.11.0.86",
    "packaging==26.3",
    "pygame==2.6.1",
    "pyparsing==3.3.3",
    "python-bidi==0.6.12",
    "python-dateutil==4.0.0",
    "pytweening==1.2.0",
    "pyyaml==6.0.3",
    "regex==2026.11.15",
    "scikit-image==0.24.0",
    "scipy==1.17.1",
    "shapely==2.2.0",
    "six==1.17.0",
    "tifffile==2026.3.3",
)


@dataclass(frozen=True, slots=True)
class Peer:
    """A generator in an environment: the program that answers for it, and its packages.

    Without pins it runs in this very environment. The pins are whole, and installed without looking
    for more, since the packages' own bounds bring versions that they cannot run with.
    """

    name: str
    program: str
    pins: tuple[str, ...] = ()

    def python(self, folder: Path) -> str:
        """The interpreter of its environment in `folder`, which is built if it is not there."""
        if not self.pins:
            return sys.executable
        place = folder / f"env-{self.name}"
        python, built = place / "bin" / "python", place / "pins.txt"
        wanted = "\n".join(self.pins)
        if not built.exists() or built.read_text() != wanted:
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
            install = [str(python), "-m", "pip", "install", "--quiet", "--no-deps"]
            subprocess.run([*install, "setuptools<81", "wheel"], check=True)
            subprocess.run([*install, *self.pins], check=True)
            built.write_text(wanted)
        return str(python)


OURS = Peer("glyphdata", "ours.py")
PEERS = (
    Peer("synthtiger", "with_synthtiger.py", (*_SYNTHTIGER, "pillow==9.5.0")),
    Peer("synthtiger-repaired", "with_synthtiger.py", (*_SYNTHTIGER, "pillow==13.0.0")),
    Peer("trdg", "with_trdg.py", (*_TRDG, "pillow==9.5.0")),
    Peer("trdg-repaired", "with_trdg.py", (*_TRDG, "pillow==13.0.0")),
)
BYT5 = Peer("like-glyph-byt5", "like_byt5.py")
