"""The port AudioCodec: FLAC in memory."""

from io import BytesIO

import av
import numpy as np
from av.audio.frame import AudioFrame

from vigie.events import SAMPLE_BYTES, SAMPLE_RATE
from vigie.ports import PortError


class FlacCodec:
    """s16le mono 16 kHz <-> FLAC."""

    def encode(self, pcm: bytes) -> bytes:
        """Return the FLAC file of these samples; the same bytes each time. Raises ValueError for half a sample."""
        samples = np.frombuffer(pcm, "<i2")
        file = BytesIO()
        with av.open(file, "w", format="flac", options={"fflags": "+bitexact"}) as container:
            stream = container.add_stream("flac", rate=SAMPLE_RATE, layout="mono", format="s16")
            if samples.size:
                frame = AudioFrame.from_ndarray(samples.reshape(1, -1), "s16", "mono")
                frame.sample_rate = SAMPLE_RATE
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return file.getvalue()

    def decode(self, flac: bytes) -> bytes:
        """Return the samples of a FLAC file. Raises PortError when it is damaged, cut short, or something else."""
        try:
            with av.open(BytesIO(flac), "r", format="flac") as container:
                stream = container.streams.audio[0]
                pcm = b"".join(frame.to_ndarray().tobytes() for frame in container.decode(stream))
                is_whole = stream.rate == SAMPLE_RATE and len(pcm) == (stream.duration or 0) * SAMPLE_BYTES
        except (av.FFmpegError, IndexError) as error:
            raise PortError("This sound is damaged.", permanent=True) from error
        if not is_whole:
            raise PortError("This sound is damaged: samples are missing.", permanent=True)
        return pcm
