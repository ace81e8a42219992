"""Scanning in a child process, so that a hostile font can cost a finding and nothing more."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import orjson

from glyphdata.errors import InputError
from glyphdata.faces.face import Source, from_record, to_record
from glyphdata.faces.scan import SUFFIXES, Finding, Known, Report, Scanned, examine

SECONDS_PER_FILE = 120.0
MEMORY_BYTES = 4 << 30  # of address space; a collection of 130 MB is mapped and read more than once


def font_files(path: Path) -> tuple[Path, ...]:
    """The font files at a path: itself, or every one below the folder, by name."""
    if path.is_dir():
        return tuple(
            sorted(
                file
                for file in path.rglob("*")
                if file.suffix.lower() in SUFFIXES and file.is_file()
            )
        )
    if not path.is_file():
        raise InputError(f"{path} is not there", hint="give a font file or a folder of them")
    return (path,)


def scan(path: Path) -> tuple[Report, ...]:
    """A report on every font file at a path (a file or a folder), read in a guarded child."""
    return tuple(scan_all([(file, None) for file in font_files(path)]))


def scan_all(
    jobs: Sequence[tuple[Path, Known | None]], seconds: float = SECONDS_PER_FILE
) -> Iterator[Report]:
    """A report per job, in order.

    One child reads them all. When it dies or takes longer than `seconds` over a file, that file
    is reported as unreadable and a new child goes on with the next.
    """
    at = 0
    while at < len(jobs):
        with _child() as child:
            try:
                while at < len(jobs):
                    report = _asked(child, *jobs[at], seconds)
                    at += 1
                    yield report
                    if child.poll() is not None:
                        break
            finally:
                child.kill()


def _child() -> subprocess.Popen[bytes]:
    here = str(Path(__file__).resolve().parents[2])
    paths = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-m", "glyphdata.faces.guard"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )


def _asked(
    child: subprocess.Popen[bytes], path: Path, known: Known | None, seconds: float
) -> Report:
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child was started without pipes")
    about = None if known is None else {**asdict(known), "source": list(known.source)}
    question = {"path": _told(path), "known": about}
    fault = "the reader of font files crashed on it"
    try:
        # Past Python's buffer: what a dead child left in it would be raised again on closing.
        os.write(child.stdin.fileno(), orjson.dumps(question) + b"\n")
    except BrokenPipeError:
        return _lost(child, path, fault)
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        if not ready.select(seconds):
            return _lost(child, path, f"was not read within {seconds:g} s")
    answer = child.stdout.readline()
    return _read(answer, path) if answer.endswith(b"\n") else _lost(child, path, fault)


def _told(path: Path) -> str:
    """A path as JSON can carry it, though its bytes may be no UTF-8: a character for each byte."""
    return os.fsencode(path).decode("latin-1")


def _lost(child: subprocess.Popen[bytes], path: Path, fault: str) -> Report:
    child.kill()
    child.wait()
    return Report(str(path), (), (Finding("unreadable", fault, fatal=True),))


def _read(answer: bytes, path: Path) -> Report:
    record = orjson.loads(answer)
    return Report(
        str(path),
        tuple(Scanned(from_record(one["face"]), one["covered"]) for one in record["faces"]),
        tuple(Finding(**finding) for finding in record["findings"]),
    )


def _written(report: Report) -> bytes:
    faces = [{"face": to_record(one.face), "covered": one.covered} for one in report.faces]
    findings = [asdict(finding) for finding in report.findings]
    return orjson.dumps({"faces": faces, "findings": findings}) + b"\n"


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the time limit still holds there
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def main() -> None:
    """Answer questions from stdin, one per line, until it closes."""
    _limit_memory()
    for line in sys.stdin.buffer:
        question = orjson.loads(line)
        known = question["known"]
        if known is not None:
            known = Known(**{**known, "source": Source(*known["source"])})
        path = Path(os.fsdecode(question["path"].encode("latin-1")))
        sys.stdout.buffer.write(_written(examine(path, known)))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
