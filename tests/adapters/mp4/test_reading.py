from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.mp4.reels import FRAME_S, TALL, filmed, lasting, only, shown_s, troubles
from vigie.adapters.mp4.copying import copy
from vigie.adapters.mp4.reading import MOST_WIDE, poster, probe
from vigie.events import Kind
from vigie.ports import VideoFacts

NO_FILM = [
    b"",
    b"no film at all",
    b"#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n",
    b"ffconcat version 1.0\nfile /etc/passwd\n",
    bytes(5000),
]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("films") / "film.mp4"
    copy(filmed(8, size=(720, 404)), path)
    return path


def picture(jpeg: bytes) -> av.VideoFrame:
    with av.open(BytesIO(jpeg), "r", format="jpeg_pipe") as container:
        return next(container.decode(video=0))


# ── probe ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_film_is_what_it_is(film: Path) -> None:
    assert lasting(8.0, probe(film)) == VideoFacts(8.0, 720, 404, has_sound=True, errors=0)


@pytest.mark.parametrize("suffix", ["mkv", "flv", "ts", "mov"])
def test_what_other_programs_save_is_read(suffix: str, film: Path, tmp_path: Path) -> None:
    """OBS writes all of these; times that do not begin at 0 make it no longer."""
    path = tmp_path / f"replay.{suffix}"
    with av.open(film) as source, av.open(path, "w") as target:
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)

    found = probe(path)

    assert (found.width, found.height, found.has_sound, found.errors) == (720, 404, True, 0)
    assert found.duration_s == pytest.approx(8.0, abs=2 * FRAME_S)


@pytest.mark.parametrize("kind", list(Kind))
def test_one_kind_alone_is_a_film(kind: Kind, tmp_path: Path) -> None:
    copy(only(filmed(2), kind), tmp_path / "film.mp4")

    size = TALL if kind is Kind.PICTURE else (0, 0)
    assert lasting(2.0, probe(tmp_path / "film.mp4")) == VideoFacts(2.0, *size, has_sound=kind is Kind.SOUND, errors=0)


def cut_short(body: bytes) -> bytes:
    return body[: len(body) * 2 // 3]


def scratched(body: bytes) -> bytes:
    """Noise in the middle of its packets."""
    middle = (body.index(b"mdat") + len(body)) // 2
    return body[:middle] + Random(1).randbytes(3000) + body[middle + 3000 :]


@pytest.mark.parametrize("spoil", [cut_short, scratched])
def test_damage_is_counted(spoil: Callable[[bytes], bytes], film: Path, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(spoil(film.read_bytes()))

    assert probe(path).errors > 0
    assert troubles(path) != ""


@pytest.mark.parametrize("body", NO_FILM)
def test_what_is_no_film_is_told(body: bytes, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(body)

    for reading in (probe, lambda it: poster(it, 0.0)):
        with pytest.raises((ValueError, EOFError)):
            reading(path)


@given(seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_no_damage_breaks_anything(film: Path, tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    rng, body = Random(seed), bytearray(film.read_bytes())
    for _ in range(20):
        body[rng.randrange(len(body))] = rng.randrange(256)
    path = tmp_path_factory.mktemp("damaged") / "film.mp4"
    path.write_bytes(body)

    try:
        found = probe(path)
    except (ValueError, EOFError, LookupError, OSError, av.FFmpegError):
        return
    assert found.duration_s >= 0.0


# ── poster ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("at_s", "shows_s"),
    [(0.0, 0.0), (3.0, 3.0), (3.55, 3.5), (7.9, 7.9), (500.0, 7.9), (1e300, 7.9), (float("inf"), 7.9), (-5.0, 0.0)],
)
def test_a_poster_shows_the_moment(at_s: float, shows_s: float, film: Path) -> None:
    assert shown_s(picture(poster(film, at_s))) == pytest.approx(shows_s, abs=0.15)


@pytest.mark.parametrize(
    ("size", "drawn"),
    [((720, 404), (MOST_WIDE, 358)), (TALL, TALL), ((1280, 200), (MOST_WIDE, 100)), ((60, 34), (60, 34))],
)
def test_a_poster_is_small(size: tuple[int, int], drawn: tuple[int, int], tmp_path: Path) -> None:
    copy(filmed(1, size=size), tmp_path / "film.mp4")

    jpeg = poster(tmp_path / "film.mp4", 0.0)

    assert (picture(jpeg).width, picture(jpeg).height) == drawn
    assert jpeg.startswith(b"\xff\xd8")
    assert len(jpeg) < 60_000


def test_a_poster_has_its_colors(tmp_path: Path) -> None:
    """Red is red: the ranges of video and of JPEG differ."""
    path = tmp_path / "red.mp4"
    with av.open(path, "w") as container:
        video = container.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        red = av.VideoFrame(64, 64, "rgb24")
        red.planes[0].update(bytes((220, 0, 0)) * (red.planes[0].buffer_size // 3))
        for packets in (video.encode(red), video.encode(None)):
            container.mux(packets)

    color = picture(poster(path, 0.0)).to_ndarray(format="rgb24").reshape(-1, 3).mean(0)

    assert list(color) == pytest.approx([220, 0, 0], abs=12)


def test_sound_alone_has_no_poster(tmp_path: Path) -> None:
    copy(only(filmed(1), Kind.SOUND), tmp_path / "film.mp4")

    with pytest.raises(ValueError, match="no pictures"):
        poster(tmp_path / "film.mp4", 0.0)


@pytest.mark.parametrize(("at_s", "least_s"), [(2.0, 1.9), (6.0, 3.0), (7.9, 3.0)])
def test_a_poster_of_a_damaged_moment_shows_what_can_be_seen_before(
    at_s: float, least_s: float, film: Path, tmp_path: Path
) -> None:
    path, body = tmp_path / "film.mp4", bytearray(film.read_bytes())
    start = body.index(b"mdat") + 4
    middle = (start + len(body)) * 6 // 10
    body[middle:] = Random(1).randbytes(len(body) - middle)
    path.write_bytes(body)

    assert probe(path).errors > 0
    assert least_s <= shown_s(picture(poster(path, at_s))) <= at_s + 0.15


@pytest.mark.parametrize("part", [0.3, 0.5, 0.66])
def test_a_film_that_breaks_off_has_a_poster(part: float, film: Path, tmp_path: Path) -> None:
    path, body = tmp_path / "film.mp4", film.read_bytes()
    path.write_bytes(body[: int(len(body) * part)])

    ends_s = probe(path).duration_s

    for at_s in (ends_s, 7.9):
        assert 0.0 < shown_s(picture(poster(path, at_s))) <= ends_s + 0.15


def test_pictures_that_cannot_be_decoded_have_no_poster(film: Path, tmp_path: Path) -> None:
    body = film.read_bytes()
    start = body.index(b"mdat") + 4
    path = tmp_path / "film.mp4"
    path.write_bytes(body[:start] + bytes(len(body) - start))

    with pytest.raises((ValueError, av.FFmpegError)):
        poster(path, 0.0)
