"""The viewer as a web application: which address answers what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from glyphdata.errors import InputError, OutputError
from glyphdata.review.view import documents
from glyphdata.review.view.answers import fault, json_answer, kept, page, static
from glyphdata.review.view.exhibit import Exhibit, Hung
from glyphdata.review.view.faults import HANDLERS
from glyphdata.review.view.guard import LOCAL, Guard
from glyphdata.review.view.pictures import SIDES, coloured, members_at, picture_at
from glyphdata.review.view.query import Query
from glyphdata.review.view.rows import Spot
from glyphdata.review.view.sample import sample
from glyphdata.shards.keylist import key_lines

_SIDE = 192
_MOST_BODY = 64 << 10


def application(
    exhibits: Sequence[Exhibit], hosts: Iterable[str] = LOCAL, token: str = ""
) -> Guard:
    """The viewer of some datasets, behind its guard; `hosts` and `token` as `Guard` takes them."""
    app = Starlette(
        routes=_routes(_Desk(tuple(exhibits))),
        exception_handlers=HANDLERS,  # type: ignore[arg-type]
    )
    app.router.redirect_slashes = False  # an address is right or it is not
    return Guard(app, hosts, token)


def _routes(desk: _Desk) -> list[Route]:
    of, key = "/{d:int}", "/{key:path}"
    gets: dict[str, Callable[[Request], Response]] = {
        "/": desk.gallery,
        "/compare": desk.compare,
        f"/sample{of}{key}": desk.sample_page,
        f"/stats{of}": desk.stats_page,
        f"/checks{of}": desk.checks_page,
        "/static/{name}": static,
        "/api/datasets": desk.datasets,
        f"/api{of}/facets": desk.facets,
        f"/api{of}/rows": desk.rows,
        f"/api{of}/sample{key}": desk.sample,
        f"/api{of}/stats": desk.stats,
        f"/api{of}/plots/{{name}}.svg": desk.plot,
        f"/api{of}/checks": desk.checks,
        f"/api{of}/flags": desk.flags,
        f"/api{of}/flags.txt": desk.flag_list,
        f"/api{of}/recipe.yaml": desk.recipe,
        f"/img{of}{key}/picture": desk.picture,
        f"/img{of}{key}/thumb": desk.thumb,
        f"/img{of}{key}/mask": desk.mask,
        f"/img{of}{key}/boxes": desk.boxes,
        f"/img{of}{key}/glyph": desk.glyph,
    }
    routes = [Route(path, answer, methods=["GET"]) for path, answer in gets.items()]
    return [
        *routes,
        Route(f"/api{of}/flags", desk.put_flag, methods=["POST"]),
        Route(f"/api{of}/checks", desk.check, methods=["POST"]),
    ]


class _Desk:
    """Answers questions about some datasets, which are known by their numbers."""

    def __init__(self, exhibits: tuple[Exhibit, ...]) -> None:
        self._exhibits = exhibits

    def gallery(self, request: Request) -> Response:
        return self._page("gallery")

    def compare(self, request: Request) -> Response:
        return self._page("compare")

    def sample_page(self, request: Request) -> Response:
        exhibit, key = self._exhibit(request), request.path_params["key"]
        there = exhibit.now().rows.spot(key) is not None
        return self._page("sample", request.path_params["d"], key, 200 if there else 404)

    def stats_page(self, request: Request) -> Response:
        self._exhibit(request)
        return self._page("stats", request.path_params["d"])

    def checks_page(self, request: Request) -> Response:
        self._exhibit(request)
        return self._page("checks", request.path_params["d"])

    def datasets(self, request: Request) -> Response:
        return json_answer({"datasets": self._datasets()})

    def facets(self, request: Request) -> Response:
        exhibit, hung = self._asked(request)
        found = exhibit.facets(hung, _query(request))
        return json_answer(documents.facets(hung, found))

    def rows(self, request: Request) -> Response:
        return json_answer(documents.rows(*self._asked(request), _query(request)))

    def sample(self, request: Request) -> Response:
        exhibit, hung = self._asked(request)
        found = sample(exhibit, hung, request.path_params["key"], _query(request))
        return _no_sample() if found is None else json_answer(found)

    def stats(self, request: Request) -> Response:
        from glyphdata.review.view import statistics

        exhibit = self._exhibit(request)
        statistics.survey(exhibit)
        return json_answer(statistics.stats(exhibit))

    def plot(self, request: Request) -> Response:
        from glyphdata.review.view import statistics

        drawn = statistics.plot(self._exhibit(request), request.path_params["name"])
        if drawn is None:
            return fault(404, "there is no such plot", "the statistics name those there are")
        return kept(request, drawn.encode(), "svg", 0)

    def checks(self, request: Request) -> Response:
        return json_answer(documents.checks(self._exhibit(request)))

    async def check(self, request: Request) -> Response:
        exhibit = self._exhibit(request)
        exhibit.check()
        return json_answer(documents.checks(exhibit))

    def flags(self, request: Request) -> Response:
        return json_answer({"flags": self._exhibit(request).flags.all()})

    def flag_list(self, request: Request) -> Response:
        exhibit = self._exhibit(request)
        return _download(key_lines(exhibit.flags.all()), "flags.txt")

    async def put_flag(self, request: Request) -> Response:
        exhibit = self._exhibit(request)
        key, reason = _flag(await _body(request))
        key_lines([key])
        if await run_in_threadpool(exhibit.now().rows.spot, key) is None:
            return _no_sample()
        try:
            await run_in_threadpool(exhibit.flags.put, key, reason)
        except OutputError as read_only:
            return fault(409, read_only.message, read_only.hint)
        return json_answer({"flags": exhibit.flags.all()})

    def recipe(self, request: Request) -> Response:
        made = self._exhibit(request).now().made
        if not made.recipe:
            return fault(404, "the recipe is not known yet", "it is, once the dataset is finished")
        text = orjson.dumps(made.recipe, option=orjson.OPT_INDENT_2).decode()
        return _download(f"{text}\n", "recipe.yaml")

    def picture(self, request: Request) -> Response:
        hung, spot, key = self._spot(request)
        extension, body = picture_at(hung.source.places, spot, key)
        return kept(request, body, extension)

    def thumb(self, request: Request) -> Response:
        hung, spot, key = self._spot(request)
        side = _side(request)
        try:
            body = hung.thumbs.thumb(key, spot, side)
        except InputError as broken:
            hung.broken[key] = str(broken)
            raise
        return kept(request, body, "jpg")

    def mask(self, request: Request) -> Response:
        return self._coloured(request, "mask.png")

    def boxes(self, request: Request) -> Response:
        return self._coloured(request, "boxes.png")

    def glyph(self, request: Request) -> Response:
        hung, spot, key = self._spot(request)
        members = members_at(hung.source.places, spot, key)
        for member in ("glyph.png", "glyph.jpg"):
            if member in members:
                return kept(request, members[member], member[-3:])
        return fault(404, "it has no glyph layer", "the recipe's `outputs` chooses what is kept")

    def _coloured(self, request: Request, member: str) -> Response:
        hung, spot, key = self._spot(request)
        members = members_at(hung.source.places, spot, key)
        if member not in members:
            return fault(404, f"it has no {member}", "the recipe's `outputs` chooses what is kept")
        return kept(request, coloured(key, members, member), "png")

    def _exhibit(self, request: Request) -> Exhibit:
        number: int = request.path_params["d"]
        if number >= len(self._exhibits):
            raise HTTPException(404, "there is no such dataset")
        return self._exhibits[number]

    def _asked(self, request: Request) -> tuple[Exhibit, Hung]:
        exhibit = self._exhibit(request)
        return exhibit, exhibit.now()

    def _spot(self, request: Request) -> tuple[Hung, Spot, str]:
        """Where the sample that an address names lies; what cannot be read of it answers 422."""
        hung, key = self._exhibit(request).now(), request.path_params["key"]
        spot = hung.rows.spot(key)
        if spot is None:
            raise HTTPException(404, "there is no such sample")
        request.state.unreadable = True
        why = hung.fault(key, spot.shard, spot.offset + spot.size)
        if why is not None:
            raise InputError(why, hint="`glyphdata verify` tells all that is wrong")
        return hung, spot, key

    def _datasets(self) -> list[dict[str, object]]:
        return [documents.dataset(number, one) for number, one in enumerate(self._exhibits)]

    def _page(self, name: str, d: int = 0, key: str = "", status: int = 200) -> Response:
        boot: dict[str, object] = {"datasets": self._datasets(), "page": name, "d": d}
        return page(name, boot | ({"key": key} if key else {}), status)


def _query(request: Request) -> Query:
    return Query.parse(request.query_params.multi_items())


def _side(request: Request) -> int:
    text = request.query_params.get("side", str(_SIDE))
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) in SIDES):
        raise HTTPException(400, f"'side' cannot be {text!r}: {SIDES[0]} to {SIDES[-1]}")
    return int(text)


async def _body(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BODY:
            raise HTTPException(413, "that is too much")
    return body


def _flag(body: bytes) -> tuple[str, str]:
    try:
        told = orjson.loads(body)
        key, reason = told["key"], told["reason"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        key = reason = None
    if not isinstance(key, str) or not isinstance(reason, str):
        raise InputError("that is no flag", hint='{"key": …, "reason": …}')
    return key, reason


def _download(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), headers=headers, media_type="text/plain")


def _no_sample() -> Response:
    return fault(404, "there is no such sample", "its key may be that of another dataset")
