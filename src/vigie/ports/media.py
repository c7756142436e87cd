"""The media of a live: where it is, and who receives it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Protocol, runtime_checkable

from vigie.events import Encoding, MediaItem, Packet
from vigie.ports.platforms import Room


class Reach(IntEnum):
    """How far the address of a source may lead; each includes those before it."""

    INTERNET = 0
    """Public addresses."""
    NETWORK = 1
    """Private ones too: the network of the installation, the ports of this machine."""
    DISK = 2
    """Files of this machine too."""


@dataclass(frozen=True, slots=True)
class MediaLocation:
    """Where a source's media is right now; a signed address expires, so it is asked again before every reconnect."""

    url: str = field(repr=False)
    protocol: str
    is_live: bool
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    title: str = ""
    pictures_url: str = field(default="", repr=False)
    """Where the same broadcast has pictures, when `url` is its sound alone; empty where that is not known."""
    with_packets: bool = False
    """Whether the encoded media is wanted too, with its pictures: for clips."""


@runtime_checkable
class MediaSource(Protocol):
    """Finds and pulls the media of a live: one connection a call, no reconnecting of its own."""

    async def resolve(self, source: str, room: Room | None = None, *, with_packets: bool = False) -> MediaLocation:
        """Return where the media of `source` is. Raises PortError: permanent when it never will be there.

        `room` is the broadcast that is wanted, where its platform told of one: a handle may be somebody else's by now.
        `with_packets` asks for the encoded media too: where there is a choice, for what has pictures.
        """
        ...

    def stream(
        self, location: MediaLocation, *, from_pts_s: float | None = None, was_live: bool = False
    ) -> AsyncGenerator[MediaItem, None]:
        """Yield `MediaOpened`, then sound, captions and a keyframe now and then, in stream order, then `MediaEnded`.

        `from_pts_s` says where an earlier connection stopped: a source that still has what follows goes back to it,
        and may repeat what comes before. Without it a live starts at its edge. `was_live` says that this was on air:
        what is over now is the end of that live, dated by its clock, and no recording. Chunks of sound last 0.5 s.
        A location `with_packets` brings `PacketsReceived` too, each before the sound that it lies beside.
        Raises PortError when the connection breaks or stalls. Closing the iterator, or cancelling its reader, frees
        everything within 1 s.
        """
        ...


@dataclass(frozen=True, slots=True)
class Fence:
    """What the owner of a resource shows when it writes: outdated once the resource was given to another."""

    resource: str
    token: int


@dataclass(frozen=True, slots=True)
class LiveRef:
    """What those who receive a live's media need to know of it."""

    live_id: int
    workspace_id: int
    language: str
    started_at: datetime
    fence: Fence | None = None
    """None where there is no other owner: a command in the foreground."""


@dataclass(frozen=True, slots=True)
class PlacedAudio:
    """Sound with its place in the live. Continuous inside an epoch."""

    epoch: int
    start_sample: int
    """Of the epoch."""
    offset_s: float
    """Of the first sample, in seconds since the live started."""
    pcm: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PlacedCaption:
    """The platform's words with their place in the live, in seconds since it started."""

    start_s: float
    end_s: float
    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class PlacedPackets:
    """Encoded media with its place in the live."""

    shift_s: float
    """Added to the times of the packets it gives seconds since the live started."""
    encodings: tuple[Encoding, ...]
    packets: tuple[Packet, ...] = field(repr=False)


class MediaSink(Protocol):
    """Receives the one pull of a live, in order. `site.bootstrap` registers the factories with `watch`."""

    async def audio(self, audio: PlacedAudio) -> None:
        """Take a stretch of sound; must return well before the next one is due. Raises PortError: it was not taken."""
        ...

    async def caption(self, caption: PlacedCaption) -> None:
        """Take words of the platform."""
        ...

    async def packets(self, packets: PlacedPackets) -> None:
        """Take encoded media, where some sink wants it; after an interruption it begins anew, with a keyframe."""
        ...

    async def pause(self) -> None:
        """No sound comes for now: let what was being said be known. The same epoch may go on later."""
        ...

    async def close(self) -> None:
        """The live is over, or its owner stops: keep what was received."""
        ...


MediaSinkFactory = Callable[[LiveRef], Awaitable[MediaSink]]
"""Opens a sink for a live; after a crash it takes up what an earlier owner left."""


class AudioCodec(Protocol):
    """Lossless storage of sound."""

    def encode(self, pcm: bytes) -> bytes:
        """Return FLAC for s16le mono 16 kHz."""
        ...

    def decode(self, flac: bytes) -> bytes:
        """Return the s16le mono 16 kHz samples of a FLAC file; the exact inverse of `encode`."""
        ...
