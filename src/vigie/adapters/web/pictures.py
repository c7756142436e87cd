"""A keyframe now and then -> a small, grey, blurred picture. Everything between keyframes is skipped unread.

Only what tells one live from another is kept: 24 points across, drawn smoothly on 96 pixels. What was averaged away
cannot be brought back; a face that fills half the picture has 12 points.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import av
from av.container import InputContainer
from av.stream import Discard
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation

from vigie.adapters.web import containers
from vigie.events import KeyframeReceived

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

EVERY_S = 20.0
"""Of the stream's own time."""
POINTS, WIDTH = 24, 96
TALLEST = 2 * WIDTH
LOOK = {"skip_loop_filter": "all", "max_pixels": "36000000"}
"""What is averaged needs no smoothing; more than 8K is no picture, but damage that would take a gigabyte."""


class Pace:
    """How often a picture is taken from one connection, whatever its decoders."""

    def __init__(self) -> None:
        self._tried_s: float | None = None

    def is_due(self, at_s: float) -> bool:
        """Return whether 20 s went by, or the clock of the stream jumped by as much."""
        return self._tried_s is None or abs(at_s - self._tried_s) >= EVERY_S

    def tried(self, at_s: float) -> None:
        """Note that a picture was looked at, whether or not it could be read."""
        self._tried_s = at_s


class Pictures:
    """The pictures beside the sound of a container. Trouble with them is no trouble: the next one is as good."""

    def __init__(
        self, container: InputContainer, pace: Pace, put: Callable[[KeyframeReceived], None], *, skips: bool = True
    ) -> None:
        """Hand what is taken from the first stream of pictures to `put`; there may be none.

        Unless it `skips`, the container gives every packet of the pictures.
        """
        known = [stream for stream in container.streams.video if cast("object | None", stream.codec_context)]
        self.stream: VideoStream | None = next(iter(known), None)
        self._pace = pace
        self._put = put
        self._skips = skips
        if self.stream:
            self.stream.discard = Discard.nonkey if skips else Discard.default

    def heard(self, packet: "Packet[Any]") -> None:
        """Let keyframes through once the sound is so far that the next one is due."""
        at_s = _time_s(packet)
        if self.stream and self._skips and at_s is not None:
            self.stream.discard = Discard.nonkey if self._pace.is_due(at_s) else Discard.all

    def take(self, packet: "Packet[Any]") -> None:
        """Make a picture of a keyframe when it is time for one."""
        at_s = _time_s(packet)
        if not self.stream or at_s is None or not (packet.is_keyframe and self._pace.is_due(at_s)):
            return
        self._pace.tried(at_s)
        try:
            context = self.stream.codec_context
            jpeg = _jpeg(decoded(packet, context.name, context.extradata))
        except (av.FFmpegError, ValueError):  # damaged, or no picture at all
            return
        self._put(KeyframeReceived(at_s, jpeg))


def first_picture(data: bytes) -> KeyframeReceived | None:
    """Return the first keyframe of a segment, or of its beginning; None where it cannot be read."""
    found: list[KeyframeReceived] = []
    try:
        with containers.open_bytes(data) as container:
            pictures = Pictures(container, Pace(), found.append)
            for packet in container.demux(video=0) if pictures.stream else ():
                pictures.take(packet)
                if found:
                    break
    except av.FFmpegError:
        pass
    return found[0] if found else None


def _time_s(packet: "Packet[Any]") -> float | None:
    at = packet.dts if packet.pts is None else packet.pts
    return None if at is None or packet.time_base is None else float(at * packet.time_base)


def decoded(packet: "Packet[Any]", codec: str, extradata: bytes | None) -> VideoFrame:
    """Return the picture of a keyframe. Its decoder is not kept: it would hold several whole pictures.

    Raises av.FFmpegError, ValueError.
    """
    decoder = cast("VideoCodecContext", av.CodecContext.create(codec, "r"))
    decoder.extradata = extradata
    decoder.thread_count = 1
    decoder.options = LOOK
    frames = [*decoder.decode(packet), *decoder.decode(None)]
    if not frames:
        raise ValueError("The keyframe holds no whole picture.")
    return frames[0]


def _jpeg(frame: VideoFrame) -> bytes:
    """Return the picture as it may be kept, in the proportions of `frame` but never taller than twice its width."""
    height = max(2, min(TALLEST, round(WIDTH * frame.height / frame.width)))
    points = frame.reformat(POINTS, max(1, height * POINTS // WIDTH), "gray", interpolation=Interpolation.AREA)
    drawn = points.reformat(WIDTH, height, "yuvj420p", interpolation=Interpolation.BICUBIC)
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, height, "yuvj420p"
    encoder.time_base, encoder.thread_count = Fraction(1), 1
    drawn.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(drawn), *encoder.encode(None)])
