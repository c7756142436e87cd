import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import pytest

from vigie.adapters.whisper.child import Ready, Refused, serve
from vigie.ports import SpeechClip

SPAWN = get_context("spawn")
LIMIT_S = 60


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Connection, BaseProcess]]:
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=serve, args=(theirs, folder, 1))
    process.start()
    theirs.close()
    try:
        with ours:
            yield ours, process
    finally:
        process.kill()
        process.join(LIMIT_S)


def receive(pipe: Connection) -> object:
    assert pipe.poll(LIMIT_S)
    return pipe.recv()


@pytest.mark.shared
def test_it_answers_until_its_parent_closes_the_pipe(micro_model: Path) -> None:
    with serving(micro_model) as (pipe, process):
        assert receive(pipe) == Ready()
        for count in (1, 2):
            pipe.send([SpeechClip(np.zeros(16_000, np.float32), "fr")] * count)
            answer = receive(pipe)
            assert isinstance(answer, list)
            assert len(answer) == count
        pipe.close()
        process.join(LIMIT_S)

        assert process.exitcode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="malloc of glibc")
def test_it_keeps_the_memory_that_a_clip_needed() -> None:
    script = """
import resource, sys
from vigie.adapters.whisper.child import keep_memory
if sys.argv[1:]:
    keep_memory()
for _ in range(2):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    block = bytearray(b"1") * 72_000_000
    del block
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
    faults = [
        int(subprocess.run([sys.executable, "-c", script, *keep], check=True, capture_output=True).stdout)
        for keep in ([], ["keep"])
    ]

    assert faults[1] < 1_000 < faults[0]


@pytest.mark.shared
def test_what_it_cannot_do_is_one_line(micro_model: Path) -> None:
    with serving(micro_model) as (pipe, _process):
        assert receive(pipe) == Ready()
        pipe.send([SpeechClip(np.zeros(31 * 16_000, np.float32), "fr")])

        assert receive(pipe) == Refused("A clip of 31.0 s is longer than 30 s.")


def test_a_model_that_cannot_be_loaded_is_told_in_one_line(tmp_path: Path) -> None:
    with serving(tmp_path) as (pipe, _process):
        reply = receive(pipe)

    assert isinstance(reply, Refused)
    assert "model.bin" in reply.reason
    assert "\n" not in reply.reason
