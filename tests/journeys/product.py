"""The product as a person has it: a program started by its command, with a data folder and a port of its own."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

DEADLINE_S = 60.0
STOP_S = 15.0
LOOK_S = 0.2
LOG = "log.jsonl"
SERIOUS = {"error", "critical"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Product:
    """A running Vigie."""

    process: subprocess.Popen[str]
    url: str
    log: Path
    lines: queue.Queue[str]
    printed: list[str] = field(default_factory=list)

    def wait_for(self, word: str, *, after: int = 0) -> str:
        """Return the first line that holds `word` and is not among the first `after` lines printed."""
        while True:
            for line in self.printed[after:]:
                if word in line:
                    return line
            try:
                self.printed.append(self.lines.get(timeout=DEADLINE_S))
            except queue.Empty:
                raise AssertionError(f"{word!r} was not printed: {self.printed}") from None

    def troubles(self) -> list[str]:
        """Return what was logged as an error so far, line by line; a line that is no JSON is one: a trace."""
        lines = self.log.read_text().splitlines()
        return [line for line in lines if not line.startswith("{") or json.loads(line)["level"] in SERIOUS]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(DEADLINE_S)

    def stop(self) -> int:
        """Ask it to end, as a service manager does; return its exit status. It has 5 s; on a busy machine, more."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_S)


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds that nobody tells of: it is looked at again and again."""
    pause = threading.Event()
    deadline = time.monotonic() + 2 * DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        pause.wait(LOOK_S)


@contextmanager
def started(command: str, data_dir: Path, *, has_pages: bool = True, **settings: str) -> Iterator[Product]:
    """Start `vigie COMMAND` and, if it has pages, wait until it says where; stop it at the end."""
    port = free_port()
    with (data_dir / LOG).open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "vigie", *command.split()],
            env=environment(data_dir, port=str(port), log_format="json", **settings),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
    reader.start()
    product = Product(process, f"http://127.0.0.1:{port}", data_dir / LOG, lines)
    try:
        if has_pages:
            product.wait_for("Vigie:")
        yield product
    finally:
        if process.poll() is None:
            product.stop()
        reader.join(DEADLINE_S)


def vigie(data_dir: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "vigie", *arguments],
        env=environment(data_dir, **settings),
        capture_output=True,
        text=True,
        timeout=3 * DEADLINE_S,
        check=False,
    )


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a program that keeps its data in `data_dir`."""
    named = {f"VIGIE_{name.upper()}": value for name, value in settings.items()}
    return os.environ | {"VIGIE_DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"} | named


def _read(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            lines.put(line.rstrip("\n"))
