"""The port Recognizer: Whisper in a spawned process, which may crash, hang or be killed without harm to this one."""

import os
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path
from threading import Lock

from vigie.adapters.whisper.child import Ready, Refused, serve
from vigie.ports import PortError, SpeechClip, Transcript

LOAD_S = 120.0
REPLY_S = 240.0
"""The largest model needs about 100 s for four clips on one core."""
END_S = 1.0
FILES = ("model.bin", "config.json", "tokenizer.json")
SPAWN = get_context("spawn")


class WhisperRecognizer:
    """One model in one process, started at the first clip. For any thread; requests wait for each other."""

    batch = 4
    window_s = 28.0  # of the 30 s that are encoded, less what a phrase at the end needs
    languages: tuple[str, ...] | None = None

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        """Use the model in `folder`; by default half of the processors. Raises PortError when it is no model."""
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise PortError(f"{folder} is no Whisper model: {', '.join(missing)} is missing.", permanent=True)
        self.name = f"faster-whisper {folder.name}"
        self._folder = folder
        self._threads = threads or max(1, (os.cpu_count() or 1) // 2)
        self._one_at_a_time = Lock()
        self._child: _Child | None = None
        self._is_closed = False

    def transcribe(self, clips: Sequence[SpeechClip]) -> list[Transcript]:
        """Return one transcript a clip, in order. Raises PortError; after a crash the next call has a new process."""
        with self._one_at_a_time:
            if self._is_closed:
                raise PortError("Speech recognition is stopping.", retryable=True)
            self._child = self._child or _Child(self._folder, self._threads)
            try:
                self._child.get_ready()
                return self._child.ask(clips)
            except PortError:
                if self._child.has_ended:
                    self._child.end()
                    self._child = None
                raise

    def close(self) -> None:
        """End the process, within 1 s, whatever it is doing."""
        self._is_closed = True
        if child := self._child:
            child.end()


class _Child:
    """The process and the pipe to it."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._pipe, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=serve, args=(theirs, folder, threads), name="whisper", daemon=True)
        self._process.start()
        theirs.close()
        self._is_ready = False
        self.has_ended = False

    def get_ready(self) -> None:
        """Return once the model is loaded. Raises PortError, permanent when it never will be."""
        if self._is_ready:
            return
        reply = self._receive(LOAD_S)
        if isinstance(reply, Refused):
            self.has_ended = True
            raise PortError(f"The speech model cannot be loaded: {reply.reason}", permanent=True)
        self._is_ready = isinstance(reply, Ready)

    def ask(self, clips: Sequence[SpeechClip]) -> list[Transcript]:
        """Return what the process makes of `clips`. Raises PortError."""
        try:
            self._pipe.send(list(clips))
        except OSError as error:
            raise self._gone() from error
        reply = self._receive(REPLY_S)
        if isinstance(reply, Refused):
            raise PortError(f"The speech model failed: {reply.reason}", retryable=True)
        assert isinstance(reply, list)  # noqa: S101 -- narrows what a pipe may carry
        return reply

    def end(self) -> None:
        """Kill the process. Safe to call twice, and while another thread waits for its reply."""
        self.has_ended = True
        self._process.kill()
        self._process.join(END_S)

    def _receive(self, limit_s: float) -> object:
        try:
            if not self._pipe.poll(limit_s):
                self.end()
                raise PortError(f"Speech recognition did not answer within {limit_s:.0f} s.", retryable=True)
            return self._pipe.recv()
        except (EOFError, OSError) as error:
            raise self._gone() from error

    def _gone(self) -> PortError:
        self.has_ended = True
        return PortError("The process of the speech model has ended; a new one follows.", retryable=True)
