"""`python -m vigie.simulators.obs`: play an OBS that saves replays into a folder, until Ctrl-C."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from vigie.simulators.obs.server import ObsServer


def main(argv: Sequence[str] | None = None) -> int:
    """Run the server; return 1, with one line, when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m vigie.simulators.obs", description="Play an OBS.")
    parser.add_argument("folder", type=Path, help="where replays are written; it is there already")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4455, help="0 for any free one")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    chosen = parser.parse_args(argv)
    try:
        if not chosen.folder.is_dir():
            raise NotADirectoryError(f"{chosen.folder}: no such folder")
        with ObsServer(chosen.folder, host=chosen.host, port=chosen.port) as server:
            sys.stdout.write(f"{server.address[0]}:{server.address[1]} {server.password}\n")
            sys.stdout.flush()
            Event().wait()
    except KeyboardInterrupt:
        return 0
    except (OSError, OverflowError) as error:
        sys.stderr.write(f"OBS simulator: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
