from collections.abc import Mapping
from dataclasses import replace

import av
import pytest

from tests.adapters.mp4.reels import QUICK, QUIET, REORDERED, filmed, later, only, shown_s
from vigie.adapters.mp4.decoding import TICK, frames
from vigie.events import Encoding, Kind, Packet
from vigie.ports import Reel


def pictures(reel: Reel, begins_s: float = 0.0) -> list[av.VideoFrame]:
    return [frame for frame in frames(reel, begins_s) if isinstance(frame, av.VideoFrame)]


@pytest.mark.parametrize(
    ("wrapped", "codec", "options"),
    [
        ("flv", "libx264", REORDERED),
        ("mpegts", "libx264", REORDERED),
        ("mpegts", "libx265", QUIET),
        ("flv", "flv", {}),
    ],
)
def test_everything_is_decoded_at_its_time(wrapped: str, codec: str, options: Mapping[str, str]) -> None:
    reel = later(filmed(2, wrapped=wrapped, codec=codec, options=options), 100.0)
    first_s = min(packet.pts_s for packet in reel.packets if packet.kind is Kind.PICTURE)

    found = list(frames(reel, first_s))

    shown = [frame for frame in found if isinstance(frame, av.VideoFrame)]
    heard = [frame for frame in found if isinstance(frame, av.AudioFrame)]
    assert [frame.pts for frame in shown] == pytest.approx([number * 9000 for number in range(20)], abs=100)
    assert [shown_s(frame) for frame in shown] == pytest.approx([number / 10 for number in range(20)], abs=0.1)
    assert sum(frame.samples for frame in heard) / 48_000 == pytest.approx(2.0, abs=0.1)
    assert abs(float((heard[0].pts or 0) * TICK)) < 0.05


def test_what_is_damaged_is_left_out() -> None:
    reel = only(filmed(4), Kind.PICTURE)
    damaged = tuple(
        replace(it, data=b"\xff" * 40) if 10 <= number < 20 else it for number, it in enumerate(reel.packets)
    )

    shown = [shown_s(frame) for frame in pictures(Reel(reel.encodings, damaged))]

    assert shown[:9] + shown[-20:] == pytest.approx([number / 10 for number in (*range(9), *range(20, 40))], abs=0.1)


@pytest.mark.parametrize("data", [b"", b"\x00", bytes(1000), b"no picture at all"])
def test_nonsense_is_nothing(data: bytes) -> None:
    reel = filmed(2, options=QUICK)
    nonsense = tuple(replace(packet, data=data) for packet in reel.packets)

    assert pictures(Reel(reel.encodings, nonsense)) == []


def test_an_unknown_codec_is_told() -> None:
    packet = Packet(Kind.PICTURE, 0.0, 0.0, 0.0, is_keyframe=True, data=b"x")

    with pytest.raises(ValueError, match="no such codec"):
        list(frames(Reel((Encoding(Kind.PICTURE, "no such codec", b""),), (packet,)), 0.0))
