"""The benchmark of recordings: what it watches is as long as it says, and is heard to its end."""

from pathlib import Path

import av

from bench.recording import HEADER_BYTES, apart, write_silence


def test_silence_is_a_recording_without_room_on_the_disk(tmp_path: Path) -> None:
    path = write_silence(tmp_path / "silence.wav", 3600)

    assert path.stat().st_blocks * 512 < 100_000
    assert path.stat().st_size == HEADER_BYTES + 3600 * 32_000
    with av.open(path) as container:
        assert container.duration == 3600 * av.time_base


def test_a_file_is_watched_to_its_end_in_a_process_of_its_own(tmp_path: Path) -> None:
    watched = apart(tmp_path / "data", 60, is_deaf=True)

    assert watched.heard_s == 60.0
    assert 10 < watched.peak_mb < 10_000
