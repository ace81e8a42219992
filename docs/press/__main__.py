"""`python -m docs.press`: build the site, or write the reference pages anew."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from docs.press.pages import ROOT
from docs.press.site import Faulty, build, write_reference


def main() -> None:
    """Build the site; leave with 1 and a line per fault where it has any."""
    asked = argparse.ArgumentParser(prog="python -m docs.press", description=main.__doc__)
    asked.add_argument("--out", type=Path, default=ROOT / "out/site", help="where the site goes")
    asked.add_argument(
        "--work", type=Path, default=ROOT / "out/docs", help="where it is put together"
    )
    asked.add_argument(
        "--reference", action="store_true", help="only write docs/reference/ as the code is now"
    )
    given = asked.parse_args()
    write_reference()
    if given.reference:
        return
    began = time.perf_counter()
    try:
        count = build(given.out, given.work)
    except Faulty as faulty:
        sys.exit(str(faulty))
    size = sum(path.stat().st_size for path in given.out.rglob("*") if path.is_file())
    spent = time.perf_counter() - began
    print(f"{given.out}: {count} pages, {size / 1e6:.1f} MB, {spent:.0f} s; open index.html")


if __name__ == "__main__":
    main()
