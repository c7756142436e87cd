from io import BytesIO

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.web.vod import adts_frames
from vigie.adapters.web.adts import HEADER_BYTES, MOST_BYTES, has_header, header

LOW_COMPLEXITY_48K_MONO = bytes.fromhex("1188")


def test_a_header_is_the_one_that_ffmpeg_writes() -> None:
    for frame in adts_frames(1):
        assert has_header(frame)
        assert header(LOW_COMPLEXITY_48K_MONO, len(frame) - HEADER_BYTES) == frame[:HEADER_BYTES]


def test_packets_stand_alone_under_their_headers() -> None:
    bare = [frame[HEADER_BYTES:] for frame in adts_frames(1)]
    told = b"".join((header(LOW_COMPLEXITY_48K_MONO, len(each)) or b"") + each for each in bare)

    with av.open(BytesIO(told), "r", format="aac") as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))

    assert samples == pytest.approx(48_000, abs=2048)


@pytest.mark.parametrize(
    ("config", "object_type", "rate"),
    [("1210", 2, 4), ("2b920800", 2, 7), ("eb098800", 2, 6)],
    ids=["low complexity", "spectral band replication", "with parametric stereo"],
)
def test_what_lies_on_top_of_low_complexity_is_left_to_the_decoder(config: str, object_type: int, rate: int) -> None:
    made = header(bytes.fromhex(config), 100)

    assert made
    assert (made[2] >> 6) + 1 == object_type
    assert made[2] >> 2 & 15 == rate


@pytest.mark.parametrize(
    ("config", "size"),
    [
        (b"", 100),
        (b"\x12", 100),
        (bytes.fromhex("f94620"), 100),  # USAC
        (bytes.fromhex("1780"), 100),  # a rate that is on no list
        (bytes.fromhex("1200"), 100),  # channels that the packets tell
        (bytes.fromhex("1210"), MOST_BYTES - HEADER_BYTES + 1),
    ],
)
def test_what_no_header_can_say_has_none(config: bytes, size: int) -> None:
    assert header(config, size) is None


@given(config=st.binary(max_size=8), data=st.binary(max_size=300))
def test_a_header_is_known_again_and_tells_the_size(config: bytes, data: bytes) -> None:
    made = header(config, len(data))

    if made and data:
        assert has_header(made + data)
        assert (made[3] & 3) << 11 | made[4] << 3 | made[5] >> 5 == len(made + data)
