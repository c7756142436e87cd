"""TikTok's site, its webcast service and the signing service: what is asked, by one budget.

TikTokLive supplies what changes with TikTok, and is worth its 60 MB: what a browser says of itself with each request,
and the signing of connections. What is answered is read here: its own routes take a block for an age restriction, a
captcha for a missing user, and ask three times where once is enough. It is imported on first use, in a thread: 3 s.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import httpx

from vigie.adapters.gated import GatedTransport, Rebased, refusal, shown
from vigie.adapters.tiktok.link import Ticket
from vigie.adapters.tiktok.settings import APP_URL, WEBCAST_URL, TikTokSettings
from vigie.ports import Gate, PortError

SITE_KEY, SIGN_KEY = "tiktok", "tiktok.sign"
"""The budgets that requests are taken from."""
HOME = "useast1a"
"""The data center that TikTokLive names for visitors without an account."""


class Site:
    """Everything that TikTok is asked. For one event loop; `close` when it ends."""

    def __init__(self, settings: TikTokSettings, gate: Gate) -> None:
        self._settings = settings
        bases = {APP_URL: settings.app_url, WEBCAST_URL: settings.webcast_url}
        self._transport = GatedTransport(gate, lambda _: (SITE_KEY, 1.0), Rebased(bases), judge=judge_site)
        self._sign_transport = GatedTransport(gate, lambda _: (SIGN_KEY, 1.0), judge=judge_sign)
        self._browser: Any = None

    async def user_room(self, name: str) -> Any:
        """Return what the site's API says of a channel. Raises PortError, as all methods do."""
        return await self._json(f"{APP_URL}/api-live/user/room/", {"uniqueId": quote(name, safe=""), "sourceType": 54})

    async def profile(self, name: str) -> str:
        """Return the page of an account, by its handle or number."""
        browser = await self._as_browser()
        response: httpx.Response = await browser.get(f"{APP_URL}/@{quote(name, safe='')}", base_params=False)
        onward = response.next_request
        if onward is not None and str(onward.url).startswith(f"{APP_URL}/@"):  # from a former handle to the new one
            response = await browser.httpx_client.send(onward)
        return response.text

    async def alive(self, room_ids: Sequence[str]) -> Any:
        """Return which rooms are on air."""
        return await self._json(f"{WEBCAST_URL}/room/check_alive/", {"room_ids": ",".join(room_ids)})

    async def room_info(self, room_id: str) -> Any:
        """Return everything about a room."""
        return await self._json(f"{WEBCAST_URL}/room/info/", {"room_id": room_id})

    async def sign(self, room_id: str) -> Ticket:
        """Return what opens one connection to a room; it is good for about 30 s."""
        library = await asyncio.to_thread(_library)
        signer = library.WebClient(httpx_kwargs={"transport": self._transport, "trust_env": False})
        signer.signer.sdk_client.set_async_httpx_client(self._signing_client())
        try:
            signed = await signer.fetch_signed_websocket(library.Platform.WEB, room_id=int(room_id))
            params = {**library.defaults.ws_client_params, "room_id": room_id, "compress": "gzip"}
            uri = library.build_uri(signed, params, library.defaults.ws_client_params_append_str)
        except PortError:
            raise
        # garbage in place of protobuf fails in as many ways as betterproto has
        except (library.Error, ValueError, LookupError, EOFError, TypeError, AttributeError, OverflowError) as error:
            raise PortError(
                "The signing service answered something else than what was asked.", retryable=True
            ) from error
        return Ticket(uri, self._cookies(signer), signed.messages)

    async def close(self) -> None:
        """Close the connections that are held open for further requests."""
        await self._transport.aclose()
        await self._sign_transport.aclose()

    def _signing_client(self) -> httpx.AsyncClient:
        """Return a client that verifies whom it talks to, unlike the SDK's own, and says no more than it may."""
        settings = self._settings
        headers = {"User-Agent": "TikTokLive.py/vigie"} | (
            {"X-Api-Key": settings.sign_key} if settings.sign_key else {}
        )
        shares = settings.session_id and settings.may_share_session
        params = {"session_id": settings.session_id, "tt_target_idc": HOME} if shares else {}
        return httpx.AsyncClient(
            base_url=settings.sign_url, headers=headers, params=params, transport=self._sign_transport, trust_env=False
        )

    def _cookies(self, signer: Any) -> dict[str, str]:
        cookies = {cookie.name: cookie.value or "" for cookie in signer.cookies.jar}
        if self._settings.session_id and self._settings.may_share_session:
            cookies["sessionid"] = self._settings.session_id
        return {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "User-Agent": signer.headers["User-Agent"],
        }

    async def _json(self, url: str, params: Mapping[str, object]) -> Any:
        browser = await self._as_browser()
        response: httpx.Response = await browser.get(url, extra_params=dict(params))
        return response.json()

    async def _as_browser(self) -> Any:
        """Return TikTokLive's client, which says what a browser would."""
        if self._browser is None:
            library = await asyncio.to_thread(_library)
            self._browser = library.WebClient(httpx_kwargs={"transport": self._transport, "trust_env": False})
            if self._settings.session_id:
                self._browser.set_session(self._settings.session_id, HOME)
        return self._browser


def judge_site(response: httpx.Response) -> PortError | None:
    """Return what is wrong with an answer of TikTok: everything but what was asked for may be a block."""
    name, path = shown(response.request), response.request.url.path
    if told := refusal(response):
        return PortError(f"TikTok refuses: {told}", retryable=True, retry_after_s=told.retry_after_s)
    asks = b"captcha" in response.content.lower() and b"webapp.user-detail" not in response.content
    captcha = PortError(f"{name}: TikTok asks whether a person is there.", retryable=True) if asks else None
    if path.startswith("/@"):
        return captcha
    try:
        json.loads(response.content)
    except (ValueError, RecursionError):
        if captcha:
            return captcha
        has_page = bool(response.content.strip())
        what = "TikTok answered with a page in place of data." if has_page else "TikTok answered nothing."
        return PortError(f"{name}: {what}", retryable=True)
    return None


def judge_sign(response: httpx.Response) -> PortError | None:
    """Return what is wrong with an answer of the signing service; which key it wants, only a person knows."""
    told = refusal(response)
    if told is None:
        return None
    if response.status_code in {401, 402, 403}:
        message = f"The signing service refuses the key (HTTP {response.status_code}): check VIGIE_TIKTOK_SIGN_KEY."
        return PortError(message, permanent=True)
    return PortError(f"The signing service refuses: {told}", retryable=True, retry_after_s=told.retry_after_s)


@cache
def _library() -> SimpleNamespace:
    """Return what is used of TikTokLive. Raises PortError where it is not installed."""
    try:
        from TikTokLive.client.errors import TikTokLiveError  # noqa: PLC0415 -- 3 s and 60 MB
        from TikTokLive.client.web.routes import fetch_signed_websocket  # noqa: PLC0415 -- as above
        from TikTokLive.client.web.web_client import TikTokWebClient  # noqa: PLC0415 -- as above
        from TikTokLive.client.web.web_settings import WebDefaults  # noqa: PLC0415 -- as above
        from TikTokLive.client.ws.ws_utils import build_webcast_uri  # noqa: PLC0415 -- as above
    except ImportError as error:
        raise PortError("TikTokLive is not installed: pip install 'vigie[tiktok]'.", permanent=True) from error
    return SimpleNamespace(
        WebClient=TikTokWebClient,
        Platform=fetch_signed_websocket.WebcastPlatform,
        Error=TikTokLiveError,
        defaults=WebDefaults,
        build_uri=build_webcast_uri,
    )
