"""A replay: two seconds of a moving grey and of silence, as an MP4 that any player plays."""

import io
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import av

RATE, SECONDS = 15, 2
WIDTH, HEIGHT = 320, 180
SOUND_RATE = 48_000


def replay(number: int) -> bytes:
    """Return a file that differs from every other one by what players skip: a `free` box with its number."""
    note = f"replay {number}".encode()
    return _film() + (8 + len(note)).to_bytes(4, "big") + b"free" + note


@cache
def _film() -> bytes:
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        pictures = output.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
        pictures.width, pictures.height, pictures.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        sound = output.add_stream("aac", rate=SOUND_RATE, layout="mono")
        for number in range(RATE * SECONDS):
            output.mux(pictures.encode(_picture(number)))
        samples = sound.codec_context.frame_size or 1024
        for start in range(0, SOUND_RATE * SECONDS, samples):
            output.mux(sound.encode(_silence(start, samples)))
        for stream in (pictures, sound):
            output.mux(stream.encode(None))
    return file.getvalue()


def _picture(number: int) -> "av.VideoFrame":
    import av

    picture = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    for plane, shade in zip(picture.planes, (40 + 5 * number, 128, 128), strict=True):
        plane.update(bytes([shade]) * plane.buffer_size)
    picture.pts, picture.time_base = number, Fraction(1, RATE)
    return picture


def _silence(start: int, samples: int) -> "av.AudioFrame":
    import av

    sound = av.AudioFrame(format="fltp", layout="mono", samples=samples)
    for plane in sound.planes:
        plane.update(bytes(plane.buffer_size))
    sound.pts, sound.sample_rate, sound.time_base = start, SOUND_RATE, Fraction(1, SOUND_RATE)
    return sound
