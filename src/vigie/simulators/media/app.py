"""The addresses of a media server: HLS, FLV, plain files, fresh signatures, and the control of its faults."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from vigie.simulators.control import side_door
from vigie.simulators.dropping import connection_of
from vigie.simulators.media.control import Control
from vigie.simulators.media.deliveries import Deliveries, Delivery, sound_of
from vigie.simulators.media.faults import Resource
from vigie.simulators.media.mpegts import mux_segment
from vigie.simulators.media.onair import OnAir
from vigie.simulators.media.playlist import Rendition, master_playlist, media_playlist, renditions_of
from vigie.simulators.media.program import FIRST_PTS_S, Segment
from vigie.simulators.media.script import Script
from vigie.simulators.media.signing import is_valid, signed_query
from vigie.simulators.media.spoiling import spoil
from vigie.simulators.media.streaming import FlvConnection, ticks
from vigie.simulators.media.vtt import MPEG_CLOCK_HZ, write_segment

HLS = "application/vnd.apple.mpegurl"
KEPT_WINDOWS = 2
"""A segment can be had for as long as it takes the playlist to slide over it twice."""

Answer = Callable[[Request, OnAir], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


class MediaApp:
    """Answers the requests of one server until `is_closing`."""

    def __init__(self, lives: Mapping[str, OnAir], script: Script, *, secret: bytes) -> None:
        self.deliveries = Deliveries()
        self.is_closing = False
        self._lives = lives
        self._files = script.files
        self._secret = secret

    def asgi(self) -> Starlette:
        """Return the application."""
        control = Control(self._lives, self.deliveries)
        return Starlette(
            routes=[
                *side_door(control.state, control.change, control.log),
                Route("/files/{name}", self._file),
                Route("/resolve/{live}.{ending}", self._redirect_to_fresh),
                Route("/resolve/{live}", self._resolve),
                Route("/{live}.m3u8", self._media(Resource.PLAYLIST, self._master)),
                Route("/{live}.flv", self._media(Resource.FLV, self._flv)),
                Route("/{live}/audio.flv", self._media(Resource.FLV, self._flv)),
                Route("/{live}/captions.m3u8", self._media(Resource.CAPTIONS, self._playlist)),
                Route("/{live}/{rendition}.m3u8", self._media(Resource.PLAYLIST, self._playlist)),
                Route("/{live}/captions/{number:int}.vtt", self._media(Resource.CAPTIONS, self._captions)),
                Route("/{live}/{rendition}/{number:int}.ts", self._media(Resource.SEGMENT, self._segment)),
            ]
        )

    def _media(self, resource: Resource, answer: Answer) -> Endpoint:
        """Return the endpoint of a resource: signature, stall, answer, and what a fault makes of it."""

        async def endpoint(request: Request) -> Response:
            air = self._find(request)
            query = request.query_params
            if air.live.signed_for_s is not None and not is_valid(self._secret, air.live.name, query, air.now_s):
                raise HTTPException(403, "This address has expired.")
            async for _ in ticks(self):
                if not air.is_stalled(resource):
                    break
            response = answer(request, air)
            fault = air.fault_on(resource)
            return spoil(response, fault, request) if fault else response

        return endpoint

    def _find(self, request: Request) -> OnAir:
        air = self._lives.get(request.path_params["live"])
        if air is None:
            raise HTTPException(404, "No such live.")
        return air

    # ── HLS ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _master(self, request: Request, air: OnAir) -> Response:
        live = air.live
        text = master_playlist(live.name, air.recording, language=live.language, query=request.url.query)
        return Response(text, media_type=HLS)

    def _playlist(self, request: Request, air: OnAir) -> Response:
        rendition, window = self._rendition(request, air), air.window()
        if not window.segments:
            raise HTTPException(404, "Nothing is on air yet.")
        text = media_playlist(rendition, air.program, window, began_at=air.began_at, query=request.url.query)
        return Response(text, media_type=HLS)

    def _segment(self, request: Request, air: OnAir) -> Response:
        segment, rendition = self._available(request, air), self._rendition(request, air).name
        if air.fault_on(Resource.SEGMENT) is None:
            connection = connection_of(request)
            self.deliveries.extend(Delivery(connection, air.live.name, rendition, s) for s in sound_of(segment))
        return Response(mux_segment(segment, audio_only=rendition == "audio"), media_type="video/mp2t")

    def _captions(self, request: Request, air: OnAir) -> Response:
        cues = self._available(request, air).cues()
        return Response(write_segment(cues, mpeg_zero=FIRST_PTS_S * MPEG_CLOCK_HZ), media_type="text/vtt")

    @staticmethod
    def _rendition(request: Request, air: OnAir) -> Rendition:
        rendition = renditions_of(air.recording).get(request.path_params.get("rendition", "captions"))
        if rendition is None:
            raise HTTPException(404, "No such rendition.")
        return rendition

    @staticmethod
    def _available(request: Request, air: OnAir) -> Segment:
        number, edge = request.path_params["number"], air.program.segment_at(air.now_s).number
        if number in air.program.lost or not edge - KEPT_WINDOWS * air.live.window <= number < edge:
            raise HTTPException(404, "This segment is not here yet, or no longer.")
        return air.program.segment(number)

    # ── FLV, files, fresh addresses ────────────────────────────────────────────────────────────────────────────────

    def _flv(self, request: Request, air: OnAir) -> Response:
        if air.window().is_over:
            raise HTTPException(404, "This live is over.")
        if request.method == "HEAD":
            return Response(media_type="video/x-flv")
        return StreamingResponse(FlvConnection(self, request, air).stream(), media_type="video/x-flv")

    async def _file(self, request: Request) -> Response:
        path = self._files.get(request.path_params["name"])
        if path is None:
            raise HTTPException(404, "No such file.")
        return FileResponse(path)

    async def _resolve(self, request: Request) -> Response:
        air = self._find(request)
        addresses = {
            "hls": self._fresh(request, air, f"{air.live.name}.m3u8"),
            "flv": self._fresh(request, air, f"{air.live.name}.flv"),
            "audio_flv": self._fresh(request, air, f"{air.live.name}/audio.flv"),
        }
        return JSONResponse({"live": air.live.name, "good_for_s": air.live.signed_for_s, **addresses})

    async def _redirect_to_fresh(self, request: Request) -> Response:
        air = self._find(request)
        return RedirectResponse(self._fresh(request, air, f"{air.live.name}.{request.path_params['ending']}"), 302)

    def _fresh(self, request: Request, air: OnAir, path: str) -> str:
        address = request.url.replace(path=f"/{path}", query="")
        if air.live.signed_for_s is None:
            return str(address)
        expires_s = int(air.now_s + air.live.signed_for_s)
        return str(address.replace(query=signed_query(self._secret, air.live.name, expires_s)))
