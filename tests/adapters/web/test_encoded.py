from pathlib import Path

import av
import pytest

from tests.adapters.web.films import Make, write_film
from vigie.adapters.web.encoded import EncodedPictures


def pictures(path: Path, *, without: int = 0) -> list[float]:
    """Return when the pictures of a film are shown that are let through when the first ones are missing."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        encoded = EncodedPictures(stream)
        found = []
        for packet in [packet for packet in container.demux(stream) if packet.size][without:]:
            at_s = float((packet.pts or 0) * stream.time_base) if stream.time_base else 0.0
            found += [at_s] if encoded.take(packet) else []
    return found


@pytest.mark.parametrize("name", ["film.flv", "film.ts", "film.mkv"])
def test_pictures_begin_with_a_keyframe(tmp_path: Path, name: str) -> None:
    film = write_film(tmp_path / name, 6, make=Make(b_frames=2))
    whole = pictures(film)

    assert pictures(film, without=1) == [at_s for at_s in whole if at_s >= whole[0] + 1.9]


def test_pictures_that_need_what_came_before_the_first_keyframe_are_left_out(tmp_path: Path) -> None:
    film = tmp_path / "open.ts"
    with av.open(film, "w") as container:
        settings = {"x264-params": "keyint=8:min-keyint=8:scenecut=0:bframes=2:b-adapt=0:open-gop=1"}
        video = container.add_stream("libx264", rate=4, options=settings)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        for number in range(24):
            frame = av.VideoFrame(64, 64, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([10 * number]) * plane.buffer_size)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    whole = pictures(film)

    rest = pictures(film, without=1)

    assert len(whole) == 24
    assert sorted(rest) == sorted(whole)[24 - len(rest) :]
    assert rest[0] == min(rest)
