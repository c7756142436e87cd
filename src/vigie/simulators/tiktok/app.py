"""The addresses of a simulated TikTok: the site, the webcast service, the signing service, the push server."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route as Path
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from vigie.simulators.control import side_door
from vigie.simulators.tiktok import pages
from vigie.simulators.tiktok.accounts import Account, Standing
from vigie.simulators.tiktok.book import Asked, Book
from vigie.simulators.tiktok.control import Control
from vigie.simulators.tiktok.faults import Fault, Kind, Route
from vigie.simulators.tiktok.frames import first_result
from vigie.simulators.tiktok.push import PushConnection
from vigie.simulators.tiktok.room import Room
from vigie.simulators.tiktok.rooms import Rooms
from vigie.simulators.tiktok.spoiling import spoil, waited

PUSH_PATH = "/webcast/im/ws_proxy/ws_reuse_supplement/"
SIGNED, SIGNED_IN = "signed", "signed in"
"""What a push server is shown: that one was let in, with the session of an account or without."""
ILLEGAL, BLOCKED = (
    {"Handshake-Msg": "illegal secret key"},
    {"Handshake-Status": "415", "Handshake-Msg": "DEVICE_BLOCKED"},
)
"""Why it lets nobody in; the latter with HTTP 200 (seen in TikTok-Live-Connector #187)."""
COOKIES = {"X-Set-TT-Cookie": "ttwid=vigie; msToken=vigie", "X-Request-Id": "r1", "X-Agent-Id": "a1"}

Answer = Callable[[Request, list[Room]], Response]
Find = Callable[[HTTPConnection], list[Room]]


class TikTokApp:
    """Answers the requests of one server."""

    def __init__(self, rooms: Rooms, book: Book, *, media_url: Callable[[Account], str]) -> None:
        self._rooms = rooms
        self._book = book
        self._media_url = media_url

    def asgi(self) -> Starlette:
        """Return the application."""
        control = Control(self._rooms, self._book)
        by_handle, by_live = self._by_handle, self._by_live
        return Starlette(
            routes=[
                *side_door(control.state, control.change, control.log),
                Path("/@{name}/live", self._route(Route.LIVE_PAGE, by_handle, self._live_page)),
                Path("/@{name}", self._route(Route.PROFILE, by_handle, self._profile)),
                Path("/api-live/user/room/", self._route(Route.USER_ROOM, by_handle, self._user_room)),
                Path("/webcast/room/check_alive/", self._route(Route.ALIVE, by_live, self._alive)),
                Path("/webcast/room/info/", self._route(Route.INFO, by_live, self._info)),
                Path("/sign/webcast/fetch", self._route(Route.SIGN, by_live, self._sign)),
                Path("/sign/webcast/rate_limits", self._route(Route.LIMITS, by_live, self._limits)),
                WebSocketRoute(PUSH_PATH, self._push),
            ]
        )

    def _route(self, route: Route, find: Find, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of a route: noted, answered, and what a fault makes of it."""

        async def endpoint(request: Request) -> Response:
            rooms = find(request)
            self._note(route, request, rooms)
            fault = self._fault(route, rooms)
            if fault and fault.kind is Kind.SLOW:
                await waited(fault)
            return spoil(fault) if fault and fault.kind is not Kind.SLOW else answer(request, rooms)

        return endpoint

    def _note(self, route: Route, request: HTTPConnection, rooms: list[Room]) -> None:
        handles = tuple(room.account.handle for room in rooms)
        query, headers = dict(request.query_params), dict(request.headers)
        self._book.note(Asked(route, handles, request.url.path, query, headers))

    def _fault(self, route: Route, rooms: list[Room]) -> Fault | None:
        places = [*(room.faults for room in rooms), self._rooms.faults]
        return next((fault for place in places if (fault := place.take(lambda one: one.touches(route)))), None)

    def _by_handle(self, request: HTTPConnection) -> list[Room]:
        name = request.path_params.get("name") or request.query_params.get("uniqueId", "")
        room = self._rooms.named(name)
        return [room] if room else []

    def _by_live(self, request: HTTPConnection) -> list[Room]:
        query = request.query_params
        asked = (query.get("room_ids") or query.get("room_id", "")).split(",")
        return [room for room in map(self._rooms.of_live, asked) if room]

    # ── the site ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _live_page(self, request: Request, rooms: list[Room]) -> Response:
        renamed = self._rooms.once_named(request.path_params["name"])
        if not rooms and renamed and renamed.account.redirects:
            return RedirectResponse(f"/@{renamed.account.handle}/live", 301)
        return HTMLResponse(pages.live_page(_first(rooms)))

    def _profile(self, request: Request, rooms: list[Room]) -> Response:
        name = request.path_params["name"]
        renamed = self._rooms.once_named(name)
        if not rooms and renamed and renamed.account.redirects:
            return RedirectResponse(f"/@{renamed.account.handle}", 301)
        room = rooms[0] if rooms else self._rooms.numbered(name)
        return HTMLResponse(pages.profile_page(room.account if room else None))

    @staticmethod
    def _user_room(_: Request, rooms: list[Room]) -> Response:
        return JSONResponse(pages.user_room(_first(rooms)))

    # ── webcast ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _alive(self, request: Request, _: list[Room]) -> Response:
        asked = request.query_params.get("room_ids", "").split(",")
        found = [(room_id, self._rooms.of_live(room_id)) for room_id in asked]
        return JSONResponse(pages.alive([(room_id, room.account if room else None) for room_id, room in found]))

    def _info(self, request: Request, rooms: list[Room]) -> Response:
        account = _first(rooms)
        if account is None or not account.is_listed:
            return JSONResponse(pages.no_room_info())
        if account.standing is Standing.AGE_RESTRICTED and not _is_logged_in(request):
            return JSONResponse(pages.restricted_info())
        media, room = self._media_url(account), rooms[0]
        return JSONResponse(pages.room_info(account, media, viewers=room.viewers, likes=room.likes))

    # ── the signing service and the push server ────────────────────────────────────────────────────────────────────

    def _sign(self, request: Request, rooms: list[Room]) -> Response:
        if not rooms:
            return JSONResponse({"code": 404, "message": "No such room."}, 404)
        push_server = f"ws://{request.url.netloc}{PUSH_PATH}"
        secret = SIGNED_IN if request.query_params.get("session_id") else SIGNED
        return Response(first_result(push_server, secret), media_type="application/octet-stream", headers=COOKIES)

    def _limits(self, _: Request, __: list[Room]) -> Response:
        asked = sum(asked.route is Route.SIGN for asked in self._book.asked())
        return JSONResponse(pages.rate_limits(asked))

    async def _push(self, websocket: WebSocket) -> None:
        rooms = self._by_live(websocket)
        self._note(Route.PUSH, websocket, rooms)
        refusal = self._refusal(websocket, rooms)
        if refusal:
            await websocket.send_denial_response(refusal)
            return
        await PushConnection(websocket, rooms[0], self._book).run()

    def _refusal(self, websocket: WebSocket, rooms: list[Room]) -> Response | None:
        """Return how a handshake is refused, if it is."""
        if fault := self._fault(Route.PUSH, rooms):
            return Response(status_code=fault.status, headers=ILLEGAL)
        secret = websocket.query_params.get("wrss")
        if not rooms or secret not in {SIGNED, SIGNED_IN}:
            return Response(status_code=400, headers=ILLEGAL)
        if secret == SIGNED_IN and not _is_logged_in(websocket):
            return Response(status_code=200, headers=ILLEGAL)
        if secret == SIGNED and rooms[0].account.standing is Standing.AGE_RESTRICTED:
            return Response(status_code=200, headers=BLOCKED)
        return None


def _is_logged_in(request: HTTPConnection) -> bool:
    return bool(request.cookies.get("sessionid"))


def _first(rooms: list[Room]) -> Account | None:
    return rooms[0].account if rooms else None
