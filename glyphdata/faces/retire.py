"""Withdrawing faces from use: their tokens stay theirs, and are not drawn with any more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from glyphdata.errors import InputError
from glyphdata.faces import stored
from glyphdata.faces.catalogue import forget
from glyphdata.faces.ledger import RETIRED, Entries, Ledger
from glyphdata.faces.locate import user_folder
from glyphdata.faces.store import alone, base, settled, write


def retire(tokens: Sequence[int], reason: str = "", folder: Path | None = None) -> tuple[int, ...]:
    """Withdraw the tokens, in the user's registry; gives those that were not withdrawn before.

    `InputError` for a token that was never given: none is then withdrawn.
    """
    home = folder or user_folder()
    with alone(home):
        ledger = _own(home)
        _must_exist(tokens, ledger)
        before = stored.retired(ledger.folder / RETIRED)
        fresh = tuple(token for token in dict.fromkeys(tokens) if token not in before)
        words = " ".join(reason.split())
        lines = [*_lines(home / RETIRED), *(f"{token} {words}".rstrip() for token in fresh)]
        _write(home, lines)
    return fresh


def reinstate(tokens: Sequence[int], folder: Path | None = None) -> tuple[int, ...]:
    """Undo `retire`; gives the tokens that had been withdrawn."""
    home = folder or user_folder()
    with alone(home):
        ledger = _own(home)
        _must_exist(tokens, ledger)
        back = stored.retired(home / RETIRED).intersection(tokens)
        _write(home, [line for line in _lines(home / RETIRED) if _token(line) not in back])
    return tuple(sorted(back))


def _own(home: Path) -> Ledger:
    """The folder's registry, which becomes the release's child first where it is not yet."""
    ledger = Ledger.read(base(home))
    if ledger.folder != home:
        ledger.write(Entries((), ledger.ranges, ()), home)
    return ledger


def _must_exist(tokens: Sequence[int], ledger: Ledger) -> None:
    for token in tokens:
        if not 0 <= token < len(ledger.faces):
            raise InputError(
                f"there is no <font-{token}>: the registry ends at <font-{len(ledger.faces) - 1}>",
                hint="`glyphdata fonts list` shows the tokens",
            )


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.is_file() else []


def _token(line: str) -> int | None:
    word = line.split(maxsplit=1)[:1]
    return int(word[0]) if word and word[0].isdecimal() else None


def _write(home: Path, lines: Sequence[str]) -> None:
    write(home / RETIRED, "".join(f"{line}\n" for line in lines).encode())
    settled(home)
    forget()
