"""Taking fonts in: a file is scanned in a guarded child, kept by its sha256, given its tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

from glyphdata.errors import InputError, OutputError
from glyphdata.faces import stored
from glyphdata.faces.catalogue import CATEGORIES, forget
from glyphdata.faces.coverage import codes_in, parsed
from glyphdata.faces.face import Face, Source
from glyphdata.faces.guard import SECONDS_PER_FILE, scan_all
from glyphdata.faces.ledger import Entries, Ledger
from glyphdata.faces.license import OWN, is_free, license_in, spdx
from glyphdata.faces.locate import core_folder, user_folder
from glyphdata.faces.scan import Known, Report, Scanned, printable
from glyphdata.faces.scripts import EXEMPLARS
from glyphdata.faces.store import alone, base, keep_font, keep_license, license_name, settled

__all__ = ["Incoming", "Refusal", "Taken", "held", "take", "user_folder"]

_LONGEST_LICENSE = 1 << 20  # bytes; the longest free one has 40 kB
_WAYS_OUT = {
    "unreadable": "get the file again from where it came",
    "woff": "use the .ttf or .otf of the family",
    "colour": "use a font that takes the colour of its text",
    "icons": "use a font of letters",
    "no-license": "name the licence if you know it: --license OFL-1.1",
    "not-free": f"if you may use it, name a licence of your own: --license {OWN}bought",
    "restricted": "ask the foundry for a file whose embedding bits allow it",
    "changed": "add it again",
}


@dataclass(frozen=True, slots=True)
class Incoming:
    """A font file that is offered to the user's registry; the store makes its own copy of it.

    `license` is an SPDX identifier, or "" where nobody has said; `license_file` its text on disk.
    `category` is `sans`, `serif`, `mono`, `display`, `handwriting` or "". `merged` says that the
    file was put together from slices, `integrity` what the package's registry promised of it.
    """

    path: Path
    source: Source
    license: str
    license_file: Path | None
    category: str
    merged: bool = False
    integrity: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file, or a face of one, that got no token: a short stable code, and why in words.

    `no-license`, `not-free`, `restricted` (its licence) · `unreadable`, `woff`, `changed` (its
    bytes) · `colour`, `bitmap`, `icons`, `no-characters`, `too-many-faces` (its kind) ·
    `no-alphabet` (it draws none whole) · `twin` (it draws as another face does).
    """

    path: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the files: new faces, how many faces were known already, what was refused."""

    added: tuple[Face, ...]
    known: int
    refused: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """A file that passed: its sum, its new faces that have a home, and its licence's text."""

    path: Path
    sha256: str
    faces: tuple[Scanned, ...]
    license: bytes


def take(
    files: Sequence[Incoming], folder: Path | None = None, *, seconds: float = SECONDS_PER_FILE
) -> Taken:
    """Give the fit among the files' faces tokens in the folder's registry (the user's by default).

    A folder without a registry begins with the release's. New faces come in the order of their
    keys, so that the same files give the same tokens; files that are there already are not read
    again and add nothing, except that the file of a face that was missing is kept. A file that is
    broken, or takes longer than `seconds`, is refused and costs nothing else. `OutputError` where
    the folder cannot be written or is the release's own.
    """
    home = folder or user_folder()
    _not_the_release(home)
    registered = {face.sha256 for face in Ledger.read(base(home)).faces}
    fit: list[_File] = []
    unread: list[tuple[Path, Known, bytes]] = []
    for one in files:
        text, digest = _license_text(one.license_file), _sum(one.path)
        if digest in registered:
            fit.append(_File(one.path, digest, (), text))
        else:
            unread.append((one.path, _known(one, text), text))
    scanned, refused = _scanned(unread, seconds)
    fit += scanned
    if not fit:
        return Taken((), 0, tuple(refused))
    with alone(home):
        taken = _entered(home, fit, refused)
    forget()
    return taken


def held(folder: Path | None = None) -> frozenset[tuple[str, str]]:
    """The packages, each with its version, whose registered faces are all on this machine."""
    home = base(folder or user_folder())
    faces = Ledger.read(home).faces
    located = zip(faces, stored.paths(faces, folder or home), strict=True)
    there: dict[tuple[str, str], bool] = {}
    for face, path in located:
        which = (face.source.package, face.source.version)
        there[which] = there.get(which, True) and path is not None
    return frozenset(which for which, whole in there.items() if whole and which[0])


def _scanned(
    unread: Sequence[tuple[Path, Known, bytes]], seconds: float
) -> tuple[list[_File], list[Refusal]]:
    """The files that are fit for use, and why the others, or faces of them, are not."""
    fit: list[_File] = []
    refused: list[Refusal] = []
    reports = scan_all([(path, known) for path, known, _ in unread], seconds)
    for (path, _, text), report in zip(unread, reports, strict=True):
        faults = _faults(report)
        at_home = tuple(one for one in report.faces if one.face.home_scripts)
        if at_home and not faults:
            fit.append(_File(path, at_home[0].face.sha256, at_home, text))
        refused += faults or [_homeless(report, one) for one in report.faces if one not in at_home]
    return fit, refused


def _not_the_release(home: Path) -> None:
    try:
        core = core_folder()
    except InputError:
        return
    if home.resolve() == core.resolve():
        raise OutputError(
            f"{home} holds the release's registry, which takes no font files",
            hint="unset GLYPHDATA_FONTS, or let it name a folder of your own",
        )


def _license_text(path: Path | None) -> bytes:
    try:
        text = path.read_bytes() if path else b""
    except OSError:  # the licence then counts as unsaid, and the file is refused for that
        return b""
    return text if len(text) <= _LONGEST_LICENSE else b""


def _known(one: Incoming, text: bytes) -> Known:
    if one.category and one.category not in CATEGORIES:
        raise InputError(
            f"{one.path}: {one.category!r} is no category of fonts",
            hint=f"there are {', '.join(CATEGORIES)}",
        )
    stated = spdx(one.license) or license_in(text.decode("utf-8", "replace"))
    return Known(
        source=one.source._replace(integrity=one.integrity or one.source.integrity),
        category=one.category,
        license=stated,
        license_file=license_name(text) if text else "",
        merged=one.merged,
        beside=False,
    )


def _faults(report: Report) -> list[Refusal]:
    """Why the file may not be used at all; nothing where it may."""
    faults = [(one.code, one.message) for one in report.findings if one.fatal]
    for face in [] if faults else [one.face for one in report.faces][:1]:
        if not (is_free(face.license) or face.license.startswith(OWN)):
            faults.append(("not-free", f"its licence, {face.license}, is not known to be free"))
        elif face.fstype & 0x000F == 2 and not is_free(face.license):
            faults.append(("restricted", "its embedding bits say restricted (fsType 2)"))
    return [_refusal(Path(report.path), code, message) for code, message in faults]


def _homeless(report: Report, one: Scanned) -> Refusal:
    covered = codes_in(parsed(one.covered))
    lacking = {
        script: [char for char in letters if ord(char) not in covered]
        for script, letters in EXEMPLARS.items()
    }
    script, letters = min(lacking.items(), key=lambda entry: len(entry[1]))
    some = " ".join(letters[:8]) + (" …" if len(letters) > 8 else "")
    return Refusal(
        printable(report.path),
        "no-alphabet",
        f"{one.face.key} draws no whole alphabet; of {script} it lacks {some}",
    )


def _refusal(path: Path, code: str, message: str) -> Refusal:
    way_out = _WAYS_OUT.get(code)
    if way_out and "(" not in message:
        message = f"{message} ({way_out})"
    return Refusal(printable(path), code, message)


def _entered(home: Path, fit: list[_File], refused: list[Refusal]) -> Taken:
    """Keep the files that are wanted, then write their faces into the registry."""
    ledger = Ledger.read(base(home))
    located = zip(ledger.faces, stored.paths(ledger.faces, home), strict=True)
    missing = {face.sha256 for face, path in located if path is None}
    while True:  # once more for each file that changed under our hands, which leaves fewer
        entries = ledger.entries(one for file in fit for one in file.faces)
        wanted = missing.union(face.sha256 for face in entries.added)
        lost = [file for file in fit if file.sha256 in wanted and not _kept(home, file)]
        if not lost:
            break
        fit = [file for file in fit if file not in lost]
        refused += [_refusal(file.path, "changed", "changed while it was read") for file in lost]
    if entries.added:
        ledger.write(entries, home)
    elif missing:
        settled(home)
    held_already = Counter(face.sha256 for face in ledger.faces)
    offered = sum(len(file.faces) or held_already[file.sha256] for file in fit)
    known = offered - len(entries.added) - len(entries.twins)
    return Taken(entries.added, known, (*refused, *_twins(fit, entries)))


def _sum(path: Path) -> str:
    """The file's sha256, in hex; "" for what cannot be read or never ends."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:  # the scan will say why
        return ""


def _kept(home: Path, file: _File) -> bool:
    """Put the file into the store; False where its bytes have changed since it was read."""
    try:
        data = file.path.read_bytes()
    except OSError:
        return False
    if sha256(data).hexdigest() != file.sha256:
        return False
    keep_font(home, data, file.path.name)
    if file.license:
        keep_license(home, file.license)
    return True


def _twins(fit: Sequence[_File], entries: Entries) -> list[Refusal]:
    paths = {file.sha256: printable(file.path) for file in fit}
    return [
        Refusal(
            paths[face.sha256],
            "twin",
            f"{face.key} draws {', '.join(face.home_scripts)} just as {like} does",
        )
        for face, like in entries.twins
    ]
