"""The side door of a simulated TikTok: who is live, what was asked and delivered, and faults switched by hand."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from vigie.simulators.control import refusing_nonsense
from vigie.simulators.tiktok.book import Book
from vigie.simulators.tiktok.faults import Fault, Faults, Kind, Route
from vigie.simulators.tiktok.room import Room
from vigie.simulators.tiktok.rooms import Rooms


class Control:
    """Endpoints of `/control` and `/control/log`."""

    def __init__(self, rooms: Rooms, book: Book) -> None:
        self._rooms = rooms
        self._book = book

    async def state(self, _: Request) -> Response:
        """Answer every broadcaster's state, connections and faults; `*` has the faults of all of them."""
        told = {room.account.handle: _state(room) for room in self._rooms.all()}
        return JSONResponse({**told, "*": {"faults": _told(self._rooms.faults)}})

    async def change(self, request: Request) -> Response:
        """Take `{"handle": NAME or "*", "kind": KIND, ...}`, or `{"handle": NAME or "*", "clear": true}`."""
        with refusing_nonsense():
            entry = await request.json()
            self._apply(entry.pop("handle"), entry)
        return await self.state(request)

    async def log(self, _: Request) -> Response:
        """Answer the requests and the deliveries so far."""
        asked = [{"route": it.route, "handles": it.handles, "query": it.query} for it in self._book.asked()]
        rooms = self._rooms.all()
        delivered = {it.account.handle: [asdict(d) for d in self._book.delivered(it.account.user_id)] for it in rooms}
        return JSONResponse({"requests": asked, "delivered": delivered})

    def _apply(self, handle: str, entry: Mapping[str, Any]) -> None:
        if entry.get("clear"):
            self._rooms.mend(handle)
        elif handle == "*":
            self._rooms.break_all(read_fault(entry))
        else:
            self._rooms[handle].strike(read_fault(entry))


def read_fault(entry: Mapping[str, Any]) -> Fault:
    """Return the fault that `/control` describes. Raises ValueError or TypeError for what it does not know."""
    routes = frozenset(map(Route, entry.get("routes", ())))
    return Fault(**{**entry, "kind": Kind(entry.get("kind", "")), "routes": routes})


def _state(room: Room) -> dict[str, object]:
    account = room.account
    return {
        "state": account.state,
        "room_id": str(account.room_id),
        "connections": room.connections,
        "faults": _told(room.faults),
    }


def _told(faults: Faults) -> list[dict[str, object]]:
    return [{**asdict(fault), "routes": sorted(fault.routes)} for fault in faults.all()]
