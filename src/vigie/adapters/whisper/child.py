"""What runs in the process of the model: it answers one request after the other, until its parent is gone."""

import ctypes
import os
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

NICENESS = 10
"""Sound that is not received in time is lost; words may wait."""
QUIET_S = 2.0
"""After so long without a clip, memory is given back: the next one takes some 0.1 s more."""

M_TRIM_THRESHOLD, M_MMAP_MAX, M_ARENA_MAX = -1, -4, -8
"""Of glibc's malloc.h."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What was asked could not be done."""

    reason: str


def serve(connection: Connection, folder: Path, threads: int) -> None:
    """Load the model, say Ready, then answer each list of clips with the list of their transcripts, or Refused."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes the pipe
    os.nice(NICENESS)
    keep_memory()
    try:
        from vigie.adapters.whisper.model import Model  # noqa: PLC0415 -- 1 s and 100 MB, in this process only

        model = Model(folder, threads=threads)
    except (ImportError, RuntimeError, OSError, ValueError) as error:
        connection.send(Refused(_line(error)))
        return
    connection.send(Ready())
    while True:
        if not connection.poll(QUIET_S):
            give_memory_back()
        try:
            clips = connection.recv()
        except EOFError:
            return
        try:
            connection.send(model.transcribe(clips))
        except (RuntimeError, ValueError, MemoryError) as error:
            connection.send(Refused(_line(error)))


def keep_memory() -> None:
    """Make malloc keep what is freed, for the next clip. To be called before the first thread; needs glibc.

    Encoding takes and frees arrays of 72 MB (base). By default glibc returns each to the system, which fills it with
    zeros anew: 105,000 page faults a clip, a third of the encoder's time (0.52 s -> 0.34 s; CTranslate2 4.8, 2026-11).
    """
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(M_MMAP_MAX, 0)
        mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
        mallopt(M_ARENA_MAX, 1)


def give_memory_back() -> None:
    """Let the system have what is freed after all; needs glibc."""
    if malloc_trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        malloc_trim(0)


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
