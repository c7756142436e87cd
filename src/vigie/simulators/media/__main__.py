"""`python -m vigie.simulators.media`: play the prepared lives, or a script, until Ctrl-C."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from vigie.simulators.media.clock import RunningClock
from vigie.simulators.media.script import demo_script, read_script
from vigie.simulators.media.server import MediaServer


def main(argv: Sequence[str] | None = None) -> int:
    """Run the server; return 1, with one line, when it cannot start."""
    parser = argparse.ArgumentParser(
        prog="python -m vigie.simulators.media", description="Play lives from local media."
    )
    parser.add_argument("--script", type=Path, help="YAML file: lives with their faults; the prepared lives without it")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765, help="0 for any free one")
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster than the wall clock")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    chosen = parser.parse_args(argv)
    try:
        script = read_script(chosen.script) if chosen.script else demo_script()
        with MediaServer(script, clock=RunningClock(chosen.speed), host=chosen.host, port=chosen.port) as server:
            for live in script.lives:
                sys.stdout.write(f"{live.name} {server.url(live.name)}.m3u8 {server.url(live.name)}.flv\n")
            sys.stdout.flush()
            Event().wait()
    except KeyboardInterrupt:
        return 0
    except (OSError, ValueError) as error:
        sys.stderr.write(f"media simulator: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
