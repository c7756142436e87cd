"""Pictures of any size onto one canvas."""

from fractions import Fraction

import av
from av.filter import Graph

Form = tuple[int, int, str]


class Canvas:
    """Draws pictures as large as they fit, in their proportions, in the middle of black."""

    def __init__(self, width: int, height: int) -> None:
        """Make a canvas of that many pixels, made even: most decoders want that."""
        self.width, self.height = width + width % 2, height + height % 2
        self._form: Form | None = None
        self._graph = Graph()

    def drawn(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return the picture on the canvas, yuv420p, with its time; it may be `frame` itself."""
        form = (frame.width, frame.height, frame.format.name)
        if form == (self.width, self.height, "yuv420p"):
            return frame
        if form != self._form:
            self._graph, self._form = self._for(frame), form
        self._graph.vpush(frame)
        return self._graph.vpull()

    def black(self) -> av.VideoFrame:
        """Return a black picture."""
        point = av.VideoFrame(2, 2, "gray")
        point.planes[0].update(bytes(point.planes[0].buffer_size))
        return point.reformat(self.width, self.height, "yuv420p")

    def _for(self, frame: av.VideoFrame) -> Graph:
        size = f"{self.width}:{self.height}"
        graph = Graph()
        steps = [
            graph.add_buffer(
                width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base or Fraction(1)
            ),
            graph.add("scale", f"{size}:force_original_aspect_ratio=decrease:force_divisible_by=2"),
            graph.add("pad", f"{size}:(ow-iw)/2:(oh-ih)/2:black"),
            graph.add("setsar", "1"),
            graph.add("format", "yuv420p"),
            graph.add("buffersink"),
        ]
        graph.link_nodes(*steps).configure()
        return graph
