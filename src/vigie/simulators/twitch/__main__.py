"""`python -m vigie.simulators.twitch`: play Twitch, with two channels on air and their crowds, until Ctrl-C."""

import argparse
import signal
import sys
from collections.abc import Sequence
from threading import Event

from vigie.simulators.twitch.server import TwitchServer
from vigie.simulators.twitch.users import TwitchUser

DEMO = (
    (TwitchUser("1001", "nina_cuisine", "Nina_Cuisine"), "Soupe à l’oignon en direct"),
    (TwitchUser("1002", "oliver_builds", "Oliver_Builds"), "Building a birdhouse"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the server; return 1, with one line, when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m vigie.simulators.twitch", description="Play Twitch.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8770, help="0 for any free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pace", type=float, default=30.0, help="lines a minute of each chat")
    parser.add_argument("--media", help="where a media server plays a live (.../NAME.m3u8): what both channels show")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    chosen = parser.parse_args(argv)
    media_url = (lambda _: str(chosen.media)) if chosen.media else None
    try:
        with TwitchServer(seed=chosen.seed, media_url=media_url, host=chosen.host, port=chosen.port) as server:
            _populate(server, chosen.pace)
            sys.stdout.write(f"{server.url()} {server.client_id} {server.client_secret}\n")
            sys.stdout.flush()
            Event().wait()
    except KeyboardInterrupt:
        return 0
    except (OSError, ValueError) as error:
        sys.stderr.write(f"twitch simulator: {error}\n")
        return 1
    return 0


def _populate(server: TwitchServer, pace: float) -> None:
    for user, title in DEMO:
        server.add(user)
        server.gather(user.login, 400)
        server.go_live(user.login, title=title, viewers=523)
        server.animate(user.login, pace)


if __name__ == "__main__":
    sys.exit(main())
