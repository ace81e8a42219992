"""What becomes of errors: an answer that says what is wrong, and the way out."""

from __future__ import annotations

import duckdb
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from glyphdata.errors import GlyphdataError
from glyphdata.review.view.answers import fault

_OURS = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConnectionException,
    duckdb.ParserException,
)  # what DuckDB finds wrong with a question rather than with a file


def _bad(request: Request, wrong: GlyphdataError) -> Response:
    where = "".join(f"{place}: " for place in wrong.trail)
    status = 422 if getattr(request.state, "unreadable", False) else 400
    return fault(status, f"{where}{wrong.message}", wrong.hint)


def _refused(request: Request, wrong: HTTPException) -> Response:
    return fault(wrong.status_code, wrong.detail, "")


def _unread(request: Request, wrong: Exception) -> Response:
    if isinstance(wrong, _OURS):
        raise wrong
    told = str(wrong).partition("\n")[0]
    return fault(503, f"the index cannot be read: {told}", "ask again, or generate again")


def _bug(request: Request, wrong: Exception) -> Response:
    return fault(500, "a bug of ours", "the terminal that runs `glyphdata view` tells more")


HANDLERS = {
    GlyphdataError: _bad,
    HTTPException: _refused,
    duckdb.Error: _unread,
    Exception: _bug,
}
"""Which answer each kind of error becomes."""
