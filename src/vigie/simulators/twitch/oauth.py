"""Twitch's authorization server: `/oauth2/...` (https://dev.twitch.tv/docs/authentication)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from vigie.simulators.twitch.tokens import Token, Tokens
from vigie.simulators.twitch.users import TwitchUser
from vigie.simulators.twitch.world import World

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Twitch (simulated)</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ font: 18px/1.5 sans-serif; margin: 2rem auto; max-width: 34rem; padding: 0 1rem }}
h1 {{ font-size: 1.4rem; overflow-wrap: anywhere }}
button, a {{ display: inline-block; font: inherit; line-height: 44px; padding: 0 1rem }}</style>
<h1>{client} wants to access the account of {name}</h1><ul>{scopes}</ul>
<form method="post">{fields}<button name="decision" value="allow">Authorize</button></form>
<p><a href="{refuse}">Cancel</a></p></html>"""


class Authority:
    """Hands out tokens to one client."""

    def __init__(self, world: World, tokens: Tokens, *, client_id: str, client_secret: str) -> None:
        self._world = world
        self._tokens = tokens
        self._client_id = client_id
        self._client_secret = client_secret
        self.visitor = ""
        """Login of whoever sits before the browser; empty for the first account there is."""

    async def authorize(self, request: Request) -> Response:
        """Ask for consent: `as=LOGIN` gives it at once, `as=` refuses it, and so does somebody who gave it before."""
        query = dict(request.query_params)
        trouble = self._refused(query)
        if trouble:
            return trouble
        visitor = self._visitor(query.get("as", ""))
        if "as" in query:
            return self._consented(query, visitor) if query["as"] else _denied(query)
        if visitor is None:
            return _told(400, "nobody is logged in")
        if self._tokens.has_authorized(visitor.user_id) and query.get("force_verify") != "true":
            return self._consented(query, visitor)
        return self._page(query, visitor)

    async def decide(self, request: Request) -> Response:
        """Take the button of the page."""
        query = await _form(request)
        trouble = self._refused(query)
        return trouble or self._consented(query, self._visitor(""))

    async def token(self, request: Request) -> Response:
        """Answer a token for a code, a refresh token, or the client itself."""
        form = await _form(request)
        if form.get("client_id") != self._client_id:
            return _told(400, "invalid client")
        if form.get("client_secret") != self._client_secret:
            return _told(403, "invalid client secret")
        grants = {
            "authorization_code": self._redeem,
            "refresh_token": self._renew,
            "client_credentials": self._of_client,
        }
        grant = grants.get(form.get("grant_type", ""))
        return grant(form) if grant else _told(400, "Invalid grant type")

    async def validate(self, request: Request) -> Response:
        """Answer whose token it is."""
        kind, _, access = request.headers.get("Authorization", "").partition(" ")
        if kind not in {"OAuth", "Bearer"} or not access:
            return _told(401, "missing authorization token")
        token = self._tokens.find(access, now=self._world.now())
        if token is None:
            return _told(401, "invalid access token")
        user = self._world.user(token.user_id)
        whose = {"login": user.login, "user_id": user.user_id} if user else {}
        return JSONResponse(
            {
                "client_id": token.client_id,
                **whose,
                "scopes": list(token.scopes),
                "expires_in": int((token.expires_at - self._world.now()).total_seconds()),
            }
        )

    async def revoke(self, request: Request) -> Response:
        """End a token."""
        form = await _form(request)
        if form.get("client_id") != self._client_id:
            return _told(404, "client does not exist")
        if self._tokens.revoke(form.get("token", "")) is None:
            return _told(400, "Invalid token")
        return Response()

    # ── consent ──

    def _visitor(self, login: str) -> TwitchUser | None:
        world = self._world
        if login or self.visitor:
            return world.by_login(login or self.visitor)
        return next((user for user_id in world.channels if (user := world.user(user_id))), None)

    def _refused(self, query: Mapping[str, str]) -> Response | None:
        if query.get("client_id") != self._client_id:
            return _told(400, "invalid client")
        if query.get("response_type") != "code":
            return _told(400, "invalid response type")
        if not query.get("redirect_uri", "").startswith(("http://", "https://")):
            return _told(400, "Parameter redirect_uri does not match registered URI")
        return None

    def _consented(self, query: Mapping[str, str], visitor: TwitchUser | None) -> Response:
        if visitor is None:
            return _told(400, "nobody is logged in")
        refused = self._world.settings.refused_scopes
        scopes = [scope for scope in query.get("scope", "").split() if scope not in refused]
        code = self._tokens.consent(visitor.user_id, scopes, redirect_uri=query["redirect_uri"], now=self._world.now())
        return _back(query, {"code": code, "scope": " ".join(scopes)})

    def _page(self, query: Mapping[str, str], visitor: TwitchUser) -> Response:
        fields = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in query.items())
        scopes = "".join(f"<li>{escape(scope)}</li>" for scope in query.get("scope", "").split())
        refuse = escape("authorize?" + urlencode({**query, "as": ""}))
        page = PAGE.format(
            client=escape(self._client_id), name=escape(visitor.name), scopes=scopes, fields=fields, refuse=refuse
        )
        return HTMLResponse(page)

    # ── grants ──

    def _redeem(self, form: Mapping[str, str]) -> Response:
        code = self._tokens.redeem(form.get("code", ""), now=self._world.now())
        if code is None:
            return _told(400, "Invalid authorization code")
        if form.get("redirect_uri") != code.redirect_uri:
            return _told(400, "Parameter redirect_uri does not match registered URI")
        return self._granted(self._tokens.issue(code.user_id, code.scopes, expires_at=self._expires_at()))

    def _renew(self, form: Mapping[str, str]) -> Response:
        rotates = self._world.settings.rotates
        token = self._tokens.renew(form.get("refresh_token", ""), rotates=rotates, expires_at=self._expires_at())
        return self._granted(token) if token else _told(400, "Invalid refresh token", error="Bad Request")

    def _of_client(self, _: Mapping[str, str]) -> Response:
        return self._granted(self._tokens.issue("", (), expires_at=self._expires_at()))

    def _expires_at(self) -> datetime:
        return self._world.now() + timedelta(seconds=self._world.settings.token_life_s)

    def _granted(self, token: Token) -> Response:
        left_s = int((token.expires_at - self._world.now()).total_seconds())
        body: dict[str, Any] = {"access_token": token.access, "expires_in": left_s, "token_type": "bearer"}
        if token.user_id:
            body |= {"refresh_token": token.refresh, "scope": list(token.scopes)}
        return JSONResponse(body)


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(errors="replace")))


def _told(status: int, message: str, **more: str) -> Response:
    """Answer an error in the authorization server's own words, which are not those of Helix."""
    return JSONResponse({**more, "status": status, "message": message}, status)


def _denied(query: Mapping[str, str]) -> Response:
    return _back(query, {"error": "access_denied", "error_description": "The user denied you access"})


def _back(query: Mapping[str, str], answer: dict[str, str]) -> Response:
    state = {"state": query["state"]} if "state" in query else {}
    return RedirectResponse(f"{query['redirect_uri']}?{urlencode(answer | state)}", 302)
