"""The book of what was asked."""

from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came, WebSockets included."""

    method: str
    """`GET`, `POST`, ..., `WEBSOCKET`."""
    path: str
    query: str
    """As it was written."""
    status: int
    """Of the answer; 0 where there was none."""


class Log:
    """Every request of a server, in the order in which they were answered."""

    def __init__(self) -> None:
        self.requests: list[Asked] = []

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """Return the application with its requests written down."""

        async def logged(scope: Scope, receive: Receive, send: Send) -> None:
            status = 101 if scope["type"] == "websocket" else 0

            async def noting(message: Message) -> None:
                nonlocal status
                status = message.get("status", status)
                await send(message)

            try:
                await app(scope, receive, noting)
            finally:
                self._note(scope, status)

        return logged

    def _note(self, scope: Scope, status: int) -> None:
        if not scope["path"].startswith("/control"):
            method = scope.get("method", "WEBSOCKET")
            self.requests.append(Asked(method, scope["path"], scope["query_string"].decode(), status))
