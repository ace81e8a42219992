"""What others wrote, read with care: files within one folder, lines, JSON, numbers.

A name in a list may lead anywhere; what leads out of the source's folder is refused, links
included.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, ParamSpec

import orjson

from glyphdata.convert.item import Item, Polygon, Stretch
from glyphdata.errors import InputError

PICTURES = (".jpg", ".jpeg", ".png", ".webp")
"""How the name of a picture ends, in small letters."""

MOST_BYTES = 1 << 26
"""The largest file of labels that belongs to a single picture."""

_MARK = b"\xef\xbb\xbf"

P = ParamSpec("P")


class Odd(Exception):
    """An entry of a source that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """The folder that a source lies in; every file of the source lies inside."""

    root: Path

    @classmethod
    def at(cls, place: Path, what: str) -> Source:
        """`InputError` where there is no such folder; `what` is what it should hold."""
        if not place.is_dir():
            raise InputError(f"there is no folder {place}", hint=f"it should hold {what}")
        return cls(place)

    def stretch(self, name: str, below: str = "") -> Stretch:
        """The file that `name` names, seen from a folder of the source; `Odd` where none inside."""
        if not name:
            raise Odd("it names no picture")
        if "\0" in name or name.startswith("/") or ".." in name.split("/"):
            raise Odd(f"its path {name!r} leads out of the source")
        if _plain(name) != name:
            raise Odd(f"its path {_plain(name)!r} is no Unicode")
        path = os.path.normpath(joined(below, name))
        whole = os.path.realpath(self.root / path)
        root = os.path.realpath(self.root)
        if whole != root and not whole.startswith(root.rstrip(os.sep) + os.sep):
            raise Odd(f"its path {name!r} is a link that leads out of the source")
        return Stretch(path)

    def has(self, stretch: Stretch) -> bool:
        """Is there such a file? A name that no file can have is none's."""
        try:
            return (self.root / stretch.path).is_file()
        except OSError:  # longer than names may be, for one
            return False

    def has_folder(self, stretch: Stretch) -> bool:
        """The same of a folder."""
        try:
            return (self.root / stretch.path).is_dir()
        except OSError:
            return False

    def relative(self, path: Path) -> str:
        """The name of a file of the source, from its folder."""
        return path.relative_to(self.root).as_posix()

    def walk(self, below: str = "") -> Iterator[str]:
        """The names of all files, sorted folder by folder; those of one folder are held at a time.

        Hidden ones are left out, and links to folders are not followed.
        """
        try:
            with os.scandir(self.root / below) as found:
                entries = sorted((one.name, one.is_dir(follow_symlinks=False)) for one in found)
        except OSError as fault:
            raise InputError(f"cannot read {self.root / below}: {fault.strerror}") from None
        for name, folder in entries:
            if name.startswith("."):
                continue
            whole = joined(below, name)
            if folder:
                yield from self.walk(whole)
            else:
                yield whole


def joined(below: str, name: str) -> str:
    """The name of a file, from the source's folder, that lies in another folder of the source."""
    return f"{below}/{name}" if below not in ("", ".") else name


def matching(root: Path, pattern: str) -> tuple[Path, ...]:
    """The files of a folder that a pattern such as `*.json` or `**/*.tar` matches, sorted.

    Hidden ones are not among them. `InputError` where it matches none, or leads out of the folder.
    """
    if pattern.startswith("/") or ".." in pattern.split("/"):
        raise InputError(
            f"the pattern {pattern!r} leads out of the source",
            hint="give one that starts from the source's folder",
        )
    met = (one for one in root.glob(pattern) if one.is_file())
    found = tuple(sorted(one for one in met if not one.name.startswith(".")))
    if not found:
        raise InputError(f"no file of {root} is called {pattern}", hint="is it of another format?")
    return found


def is_picture(name: str) -> bool:
    """Does the name end as a picture's does?"""
    return PurePosixPath(name).suffix.lower() in PICTURES


def item(name: str, make: Callable[P, Item], *args: P.args, **more: P.kwargs) -> Item:
    """What `make` makes of an entry called `name`, or the item that tells why it cannot be used."""
    try:
        made = make(*args, **more)
        orjson.dumps(made)  # lone surrogates, numbers beyond 64 bits: what no JSON of ours holds
        return made
    except Odd as fault:
        return Item(_plain(name), Stretch(""), fault=_plain(str(fault)))
    except (TypeError, ValueError) as fault:
        return Item(
            _plain(name), Stretch(""), fault=f"its text is no Unicode: {_plain(str(fault))}"
        )


def lines(path: Path) -> Iterator[str]:
    """The lines of a UTF-8 file without their ends; a byte order mark is skipped.

    A line ends with a line feed, or carriage return and line feed, and with nothing else.
    `InputError` where the file cannot be read, or names the line that is no UTF-8.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                content = line.removeprefix(_MARK) if number == 1 else line
                content = content.removesuffix(b"\n").removesuffix(b"\r")
                try:
                    yield content.decode()
                except UnicodeDecodeError:
                    raise InputError(
                        f"{path}, line {number}: it is no UTF-8", hint="save it as UTF-8"
                    ) from None
    except OSError as fault:
        raise InputError(f"cannot read {path}: {fault.strerror}") from None


def small(path: Path) -> bytes:
    """A file that belongs to one picture, whole; `Odd` where it is missing or too large."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as fault:
        raise Odd(f"cannot read {path.name}: {fault.strerror}") from None
    if len(content) > MOST_BYTES:
        raise Odd(f"{path.name} has over {MOST_BYTES} bytes")
    return content.removeprefix(_MARK)


def small_text(path: Path) -> str:
    """As `small`, as text; `Odd` where it is no UTF-8."""
    try:
        return small(path).decode()
    except UnicodeDecodeError:
        raise Odd(f"{path.name} is no UTF-8") from None


def parsed(content: bytes | str, what: str) -> Any:
    """A JSON value; `Odd` where `what` is none."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as fault:
        raise Odd(f"{what} is no JSON: {fault}") from None


def text_of(value: Any, what: str) -> str:
    """A text; `Odd` for anything else."""
    if not isinstance(value, str):
        raise Odd(f"{what} is no text but {_kind(value)}")
    return value


def list_of(value: Any, what: str) -> list[Any]:
    """A list; `Odd` for anything else."""
    if not isinstance(value, list):
        raise Odd(f"{what} is no list but {_kind(value)}")
    return value


def object_of(value: Any, what: str) -> Mapping[str, Any]:
    """A JSON object; `Odd` for anything else."""
    if not isinstance(value, dict):
        raise Odd(f"{what} is no object but {_kind(value)}")
    return value


def numbers(values: Iterable[Any], what: str) -> list[float]:
    """Numbers, of texts too; `Odd` where one is none, or not finite."""
    out = []
    for value in values:
        try:
            number = math.nan if isinstance(value, bool) else float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number) or abs(number) > 1e6:
            raise Odd(f"{what} has {str(value)[:20]!r} for a number of pixels")
        out.append(number)
    return out


def share_of(value: Any, what: str) -> float:
    """A number from 0 to 1; `Odd` for anything else."""
    (number,) = numbers([value], what)
    if not 0 <= number <= 1:
        raise Odd(f"{what} is {value}, not from 0 to 1")
    return number


def polygon_of(value: Any, what: str = "its polygon") -> Polygon:
    """Corners as [[x, y], …] or [x, y, x, y, …]; `Odd` for anything else."""
    listed = list_of(value, what)
    nested = bool(listed) and all(isinstance(one, list) for one in listed)
    if nested and any(len(one) != 2 for one in listed):
        raise Odd(f"{what} has a corner that is no x and y")
    flat = numbers([part for one in listed for part in one] if nested else listed, what)
    if len(flat) % 2 or len(flat) < 6:
        raise Odd(f"{what} has {len(flat)} numbers, which are no three corners or more")
    return corners(flat)


def corners(flat: Sequence[float]) -> Polygon:
    """Numbers x, y, x, y as corners."""
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def upright(left: float, top: float, right: float, bottom: float) -> Polygon:
    """The corners of an upright box, clockwise from its top left."""
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _kind(value: Any) -> str:
    return "nothing" if value is None else type(value).__name__


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
