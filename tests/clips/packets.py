"""What is broadcast in tests: pictures that say when they are shown."""

from vigie.events import Encoding, Kind, Packet
from vigie.ports import PlacedPackets

PICTURES = Encoding(Kind.PICTURE, "h264", b"tall", width=720, height=1280)
OTHERS = Encoding(Kind.PICTURE, "h264", b"small", width=544, height=960)


def broadcast(from_s: int, to_s: int, encoding: Encoding = PICTURES) -> PlacedPackets:
    """Return a picture a second, each a keyframe that says when it is shown."""
    return PlacedPackets(
        0.0,
        (encoding,),
        tuple(
            Packet(Kind.PICTURE, float(second), float(second), 1.0, is_keyframe=True, data=f"{second} ".encode())
            for second in range(from_s, to_s)
        ),
    )


def shows(from_s: int, to_s: int) -> bytes:
    """Return what is in the file that shows these pictures."""
    return b"".join(packet.data for packet in broadcast(from_s, to_s).packets)
