"""Answers as bytes: JSON, pictures that a browser may keep, pages and the files they load."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_HERE = Path(__file__).parent
_STATIC = _HERE / "static"
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def json_answer(value: object, status: int = 200) -> Response:
    """A value as JSON."""
    return Response(orjson.dumps(value), status, media_type="application/json")


def fault(status: int, error: str, hint: str = "") -> Response:
    """What was wrong, as JSON."""
    return json_answer({"error": error, "hint": hint}, status)


def kept(request: Request, body: bytes, extension: str, seconds: int = 3600) -> Response:
    """A picture or a file that a browser may keep so long; 304 where it has the same already."""
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {
        "ETag": tag,
        "Cache-Control": f"private, max-age={seconds}" if seconds else "no-cache",
    }
    if tag in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers | {"Content-Type": _TYPES[f".{extension}"]})


def static(request: Request) -> Response:
    """One of the files that pages load, looked up among those that there are."""
    path = _statics().get(request.path_params["name"])
    if path is None:
        raise HTTPException(404)
    return kept(request, path.read_bytes(), path.suffix[1:], 0)


def _statics() -> dict[str, Path]:
    return {path.name: path for path in _STATIC.iterdir() if path.suffix in _TYPES}


def page(name: str, boot: dict[str, object], status: int = 200) -> Response:
    """A page with what its scripts begin with, as JSON that nothing in it can break out of."""
    told = orjson.dumps(boot).decode().translate(_UNSAFE)
    html = _templates().get_template(f"{name}.html").render(boot=told, page=name)
    return Response(html, status, media_type="text/html")


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
    )
