"""`python -m vigie.simulators.tiktok`: play lives with audiences until Ctrl-C."""

import argparse
import signal
import sys
from collections.abc import Sequence
from threading import Event

from vigie.simulators.tiktok.accounts import Account
from vigie.simulators.tiktok.server import TikTokServer


def main(argv: Sequence[str] | None = None) -> int:
    """Run the server, whose address is the one line it prints; return 1, with one line, when it cannot start."""
    parser = argparse.ArgumentParser(
        prog="python -m vigie.simulators.tiktok", description="Play TikTok lives live0, live1, ..."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8766, help="0 for any free one")
    parser.add_argument("--lives", type=int, default=1, help="how many")
    parser.add_argument("--rate", type=float, default=2.0, help="how much happens a second in each of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--media", default="", help="start of the addresses of their media; {handle} is put in")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    chosen = parser.parse_args(argv)
    media_url = (lambda handle: chosen.media.format(handle=handle)) if chosen.media else None
    server = TikTokServer(seed=chosen.seed, media_url=media_url, host=chosen.host, port=chosen.port)
    for number in range(chosen.lives):
        server.add(Account(f"live{number}", title=f"Live {number}"))
        server.animate(f"live{number}", chosen.rate)
    try:
        with server:
            sys.stdout.write(f"{server.url()}\n")
            sys.stdout.flush()
            Event().wait()
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        sys.stderr.write(f"tiktok simulator: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
