"""Answers that were recorded: JSON lines of `{key, level, style?, attempt?, prompt?, text}`."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import file_digest
from pathlib import Path
from typing import get_args

import orjson

from glyphdata.caption.captioner import Answer, Asked, Fault
from glyphdata.caption.record import LEVELS, Finish, Style
from glyphdata.caption.remote.lines import Entry, Lines, texted

_STYLES: tuple[str, ...] = get_args(Style)
_FINISHES: Mapping[str, Finish] = {name: name for name in get_args(Finish)}


class Recording:
    """A file of answers; `InputError` where it cannot be read or has bad lines, which it names."""

    def __init__(self, path: Path) -> None:
        self._lines = Lines(path, _name)
        with path.open("rb") as content:
            self.sha256 = file_digest(content, "sha256").hexdigest()

    def answer(self, asked: Asked) -> Answer | Fault:
        """What is recorded for this key, level, style, attempt and prompt."""
        found = self._lines.find(
            _joined(asked.key, asked.level, asked.style, asked.attempt, asked.prompt)
        )
        if found is None:
            what = f"{asked.key}, level {asked.level}, {asked.style}, attempt {asked.attempt}"
            return Fault("not-recorded", f"nothing is recorded for {what}")
        model = found.get("model", "")
        finish = _FINISHES[str(found.get("finish", "stop"))]
        return Answer(texted(found, "text"), finish, model=model if isinstance(model, str) else "")

    def close(self) -> None:
        """Let go of the file."""
        self._lines.close()


def _name(entry: Entry) -> str:
    key, prompt = texted(entry, "key"), texted({"prompt": "", **entry}, "prompt")
    texted(entry, "text")
    level, attempt = entry.get("level"), entry.get("attempt", 0)
    style = entry.get("style", "plain")
    if type(level) is not int or level not in LEVELS:
        raise ValueError(f"'level' is {level!r}, not one of {LEVELS[0]} to {LEVELS[-1]}")
    if style not in _STYLES:
        raise ValueError(f"'style' is {style!r}, not one of {', '.join(_STYLES)}")
    if type(attempt) is not int or attempt < 0:
        raise ValueError(f"'attempt' is {attempt!r}, not a number from 0")
    finish = entry.get("finish", "stop")
    if not isinstance(finish, str) or finish not in _FINISHES:
        raise ValueError(f"'finish' is {finish!r}, not one of {', '.join(_FINISHES)}")
    return _joined(key, level, str(style), attempt, prompt)


def _joined(key: str, level: int, style: str, attempt: int, prompt: str) -> str:
    said = [key, level, style, attempt, prompt]
    try:
        return orjson.dumps(said).decode()
    except orjson.JSONEncodeError:  # lone surrogates, which no JSON line can hold
        return repr(said)
