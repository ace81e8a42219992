"""Numbers as they are written around the world: prices, dates, times, phones, serials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field

from glyphdata.parts import Passage
from glyphdata.parts.fields import Share, pair, rising
from glyphdata.scene.rng import Rng
from glyphdata.scene.scene import Level

Count = Annotated[int, Field(ge=1, le=20)]
Form = Literal[
    "price", "date", "time", "phone", "percent", "serial", "measure", "decimal", "whole", "range"
]
Digits = Literal["latin", "arabic", "persian", "devanagari", "bengali", "thai"]

_ZEROS = {
    "arabic": 0x0660, "persian": 0x06F0, "devanagari": 0x0966, "bengali": 0x09E6, "thai": 0x0E50,
}  # fmt: skip
_TABLES = {
    name: {ord("0") + digit: zero + digit for digit in range(10)} for name, zero in _ZEROS.items()
}
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = (
    "kg", "g", "mg", "km", "m", "cm", "mm", "l", "ml", "GB", "MB", "W", "kW", "V", "Hz", "kHz",
    "°C", "°F", "km/h", "mph", "px", "pt", "oz", "lb", "ft", "in",
)  # fmt: skip
_PRICES = (
    "${0:,}.{1:02d}", "US${0:,}.{1:02d}", "£{0:,}.{1:02d}", "€{0:,}.{1:02d}", "{2},{1:02d} €",
    "{0},{1:02d} €", "¥{0:,}", "{0:,}円", "₩{0:,}", "₹{0}.{1:02d}", "CHF {3}.{1:02d}",
    "{2},{1:02d} kr", "{2},{1:02d} zł", "R$ {2},{1:02d}", "{4},{1:02d} ₽", "{2},{1:02d} ₺",
    "${0}", "{0} €", "{0},– €", "USD {0:,}.{1:02d}",
)  # fmt: skip
_DATES = (
    "{y}-{m:02d}-{d:02d}", "{d:02d}.{m:02d}.{y}", "{d}.{m}.{y}", "{m:02d}/{d:02d}/{y}",
    "{d:02d}/{m:02d}/{y}", "{d}/{m}/{s:02d}", "{m}/{d}/{s:02d}", "{d} {n} {y}", "{n} {d}, {y}",
    "{d:02d}-{n}-{y}", "{y}/{m:02d}/{d:02d}", "{y}.{m:02d}.{d:02d}", "{d:02d}-{m:02d}-{s:02d}",
    "{y}{m:02d}{d:02d}", "{n} {y}", "{m:02d}/{s:02d}", "’{s:02d}",
)  # fmt: skip
_TIMES = (
    "{h:02d}:{m:02d}", "{h}:{m:02d}", "{t}:{m:02d} {p}", "{t}:{m:02d}{q}", "{t} {p}",
    "{h:02d}:{m:02d}:{s:02d}", "{h:02d}.{m:02d}", "{h}h{m:02d}", "{m:02d}:{s:02d}",
    "{h:02d}{m:02d}",
)  # fmt: skip
_PHONES = (
    "(###) ###-####", "###-###-####", "+1 ### ### ####", "+44 20 #### ####", "0## ### ## ##",
    "+49 30 ########", "+33 1 ## ## ## ##", "0# ## ## ## ##", "+81 3-####-####",
    "+86 1## #### ####",
    "+7 (###) ###-##-##", "+91 ##### #####", "0800 ### ###", "+34 ### ### ###", "### ####",
)  # fmt: skip
_SERIALS = (
    "@@-####", "@@@ ###", "####-@@", "@##@##", "SN ########", "No. ####", "№ ###", "#@@####",
    "@@##-####-##", "v#.##.#", "####/##", "ISBN 978-#-###-#####-#", "@-##", "Nr. ##", "#####-####",
    "@@## @@@", "#### #### #### ####", "*###", "@@@-@@@-###",
)  # fmt: skip


def _size(rng: Rng, places: int) -> int:
    """A whole number of one to `places` digits, each length as likely."""
    ten = 10 ** rng.integer(0, places)
    return rng.integer(ten if ten > 1 else 0, 10 * ten)


def _price(rng: Rng) -> str:
    whole = _size(rng, 5)
    cents = (0, 50, 95, 99, rng.integer(0, 100))[rng.integer(0, 5)]
    dotted = f"{whole:,}".replace(",", ".")
    swiss = f"{whole:,}".replace(",", "’")
    spaced = f"{whole:,}".replace(",", " ")
    return rng.pick(_PRICES).format(whole, cents, dotted, swiss, spaced)


def _date(rng: Rng) -> str:
    year, month = rng.integer(1900, 2051), rng.integer(1, 13)
    day = rng.integer(1, 29 if month == 2 else 31)
    return rng.pick(_DATES).format(y=year, m=month, d=day, s=year % 100, n=_MONTHS[month - 1])


def _time(rng: Rng) -> str:
    hour, minute, second = rng.integer(0, 24), rng.integer(0, 60), rng.integer(0, 60)
    noon = hour >= 12
    return rng.pick(_TIMES).format(
        h=hour, m=minute, s=second, t=hour % 12 or 12, p="PM" if noon else "AM",
        q="pm" if noon else "am",
    )  # fmt: skip


def _filled(rng: Rng, pattern: str) -> str:
    """The pattern with a digit for each `#` and a capital for each `@`, out of two words."""
    digits, letters = rng.word(), rng.word()
    out = []
    for sign in pattern:
        if sign == "#":
            digits, digit = divmod(digits, 10)
            out.append(chr(48 + digit))
        elif sign == "@":
            letters, letter = divmod(letters, len(_LETTERS))
            out.append(_LETTERS[letter])
        else:
            out.append(sign)
    return "".join(out)


def _phone(rng: Rng) -> str:
    return _filled(rng, rng.pick(_PHONES))


def _serial(rng: Rng) -> str:
    return _filled(rng, rng.pick(_SERIALS))


def _percent(rng: Rng) -> str:
    form = rng.pick(("{0}%", "{0} %", "{0}.{1}%", "{0},{1} %", "-{0}%", "+{0}.{1}%", "{0}% off"))
    return form.format(rng.integer(0, 101), rng.integer(0, 10))


def _measure(rng: Rng) -> str:
    form = rng.pick(("{0} {2}", "{0}{2}", "{0}.{1} {2}", "{0},{1} {2}", "{0}×{1} {2}"))
    return form.format(_size(rng, 3), rng.integer(1, 10), rng.pick(_UNITS))


def _decimal(rng: Rng) -> str:
    form = rng.pick(("{0}.{1}", "{0},{1}", "-{0}.{1}", "{0}.{1:02d}", "±{0}.{1}", "{0:,}.{1:02d}"))
    return form.format(_size(rng, 5), rng.integer(0, 100))


def _whole(rng: Rng) -> str:
    value = _size(rng, 7)
    form = rng.pick(("{0}", "{0}", "{0:,}", "#{0}", "-{0}", "{1}", "{2}", "({0})", "{0:04d}"))
    grouped = f"{value:,}"
    return form.format(value, grouped.replace(",", "."), grouped.replace(",", " "))


def _range(rng: Rng) -> str:
    low = _size(rng, 3)
    form = rng.pick(
        ("{0}–{1}", "{0}-{1}", "{0}:{2}", "{0}/{1}", "{0} + {2}", "{0} × {2}", "{0}~{1}")
    )
    return form.format(low, low + 1 + _size(rng, 2), rng.integer(0, 100))


_FORMS: dict[str, Callable[[Rng], str]] = {
    "price": _price, "date": _date, "time": _time, "phone": _phone, "percent": _percent,
    "serial": _serial, "measure": _measure, "decimal": _decimal, "whole": _whole, "range": _range,
}  # fmt: skip
_JOINTS = (" ", " ", " / ", " – ", ", ", " · ", "; ", " | ")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Prices, dates, times, phone numbers, percentages, serials, measures, in many conventions.

    Recipe: {kind: numbers, forms: [price, date, serial], digits: latin}

    `forms` says which of them, each as likely; `digits` in whose digits they are written; `count`
    how many stand together at sentence level.
    """

    forms: Annotated[tuple[Form, ...], Field(min_length=1)] = get_args(Form)
    digits: Digits = "latin"
    count: Annotated[tuple[Count, Count], pair, rising] = (2, 5)
    share: Share = 1.0

    def ready(self, root: Path) -> Self:
        """The same source: it needs no file."""
        return self

    def levels(self) -> Sequence[Level]:
        """One number, or several in a row."""
        return ("word", "sentence")

    def choose(self, rng: Rng, level: Level) -> Passage:
        """One number, or at any other level `count` of them; the language is `und`."""
        text = _FORMS[rng.pick(self.forms)](rng)
        if level != "word":
            joint = rng.pick(_JOINTS)
            wanted = rng.integer(self.count[0], self.count[1] + 1)
            more = (_FORMS[rng.pick(self.forms)](rng) for _ in range(wanted - 1))
            text = joint.join((text, *more))
        return Passage(text.translate(_TABLES.get(self.digits, {})), "und")
