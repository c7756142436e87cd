"""What goes wrong with the WebSockets of EventSub. Everything may be called from any thread."""

from collections.abc import Callable

from vigie.simulators.twitch.sessions import Session, Sessions
from vigie.simulators.twitch.sockets import Close, House, Socket
from vigie.simulators.twitch.world import World


class Trouble:
    """Each method strikes one session, or all that are connected, and returns how many."""

    def __init__(self, world: World, sessions: Sessions, house: House, *, ws_url: Callable[[], str]) -> None:
        self._world = world
        self._sessions = sessions
        self._house = house
        self._ws_url = ws_url

    def drop(self, session_id: str = "") -> int:
        """Break the connection with a RST, after what was put into it before."""
        return self._strike(session_id, lambda socket: socket.put(Close(0)))

    def close(self, code: int, session_id: str = "") -> int:
        """Close with one of Twitch's codes, 4000 to 4007, or another."""
        return self._strike(session_id, lambda socket: socket.put(Close(code)))

    def stall(self, session_id: str = "") -> int:
        """Say nothing from now on, no keepalive either."""
        return self._strike(session_id, lambda socket: socket.stall(stalls=True))

    def resume(self, session_id: str = "") -> int:
        """Go on after a stall with what was held back."""
        return self._strike(session_id, lambda socket: socket.stall(stalls=False))

    def repeat(self, session_id: str = "") -> int:
        """Send the last notification again, with the same id."""
        return self._strike(session_id, lambda socket: socket.repeat())

    def reconnect(self, session_id: str = "") -> int:
        """Order the client to come again by another address."""
        return self._strike(session_id, lambda socket: self._house.order_reconnect(socket.session, self._ws_url()))

    def revoke(self, user_id: str, *, status: str = "authorization_revoked", kind: str = "") -> int:
        """End the subscriptions by or about a user, of one type or all: `user_removed`, `version_removed`, ..."""
        with self._world.lock:
            return self._sessions.revoke(user_id, status=status, kind=kind)

    def _strike(self, session_id: str, blow: Callable[[Socket], None]) -> int:
        with self._world.lock:
            struck = [session for session in self._sessions.connected() if session_id in {"", session.session_id}]
            for session in struck:
                blow(_socket(session))
            return len(struck)


def _socket(session: Session) -> Socket:
    if not isinstance(session.outlet, Socket):
        raise TypeError("This session has no socket.")
    return session.outlet
