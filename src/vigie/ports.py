"""What the areas need from outside: small Protocols, their values, and the one error an adapter may raise."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from vigie.events import MediaItem, RoomItem

Float32Array = npt.NDArray[np.float32]


class PortError(Exception):
    """The outside world did not do what was asked."""

    def __init__(
        self, message: str, *, retryable: bool = False, retry_after_s: float | None = None, permanent: bool = False
    ) -> None:
        """Say what failed and whether asking again makes sense.

        Args:
            message: one line for a person: what, which, and what to do.
            retryable: the same request may succeed later.
            retry_after_s: how long the other side asked us to wait, in seconds.
            permanent: nothing but a change by a person will help (gone, not media, wrong password).
        """
        super().__init__(message)
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.permanent = permanent


class NotLive(PortError):
    """The source answered clearly: nothing is on air now."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an adapter is, without importing its vendor library."""

    key: str
    label: str
    ports: tuple[str, ...]
    """Names of the Protocols below that it implements."""
    extra: str | None = None
    """The extra of the package that brings the vendor library."""
    simulator: str | None = None
    """Dotted path of the local server that speaks the vendor's protocol."""


# ── media ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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


@runtime_checkable
class MediaSource(Protocol):
    """Finds and pulls the media of a live: one connection a call, no reconnecting of its own."""

    async def resolve(self, source: str) -> MediaLocation:
        """Return where the media of `source` is. Raises PortError: permanent when it never will be there."""
        ...

    def stream(
        self, location: MediaLocation, *, from_pts_s: float | None = None, was_live: bool = False
    ) -> AsyncIterator[MediaItem]:
        """Yield `MediaOpened`, then sound and captions in stream order, then `MediaEnded`.

        `from_pts_s` says where an earlier connection stopped: a source that still has what follows goes back to it,
        and may repeat what comes before. Without it a live starts at its edge. `was_live` says that this was on air:
        what is over now is the end of that live, dated by its clock, and no recording. Chunks of sound last 0.5 s.
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


class MediaSink(Protocol):
    """Receives the one pull of a live, in order. `site.bootstrap` registers the factories with `watch`."""

    async def audio(self, audio: PlacedAudio) -> None:
        """Take a stretch of sound; must return well before the next one is due. Raises PortError: it was not taken."""
        ...

    async def caption(self, caption: PlacedCaption) -> None:
        """Take words of the platform."""
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


# ── platforms ──────────────────────────────────────────────────────────────────────────────────────────────────────


class Airing(StrEnum):
    """Whether a channel is on air, as far as its platform lets it be known."""

    LIVE = "live"
    OFFLINE = "offline"
    UNKNOWN = "unknown"
    """The platform did not say: blocked, a captcha, an error, nonsense. Never taken for an end."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a platform said of one channel, once."""

    asked: str
    """The handle or id that was asked for."""
    airing: Airing
    reason: str = ""
    """Why it is unknown, or will never be live, in one line for a person; empty when all is well."""
    is_permanent: bool = False
    """Nothing but a change by a person will help: no such account, banned, private."""
    platform_id: str = ""
    """The account's number, which outlives its handle."""
    handle: str = ""
    """What the account is called now."""
    room_id: str = ""
    """Of the broadcast that is on air."""
    title: str = ""
    viewers: int | None = None
    started_at: datetime | None = None
    """When the platform says that the broadcast began, UTC."""


@dataclass(frozen=True, slots=True)
class Handle:
    """How a channel is asked for."""

    name: str
    """Its handle, without @, in lower case."""
    platform_id: str = ""
    """Its number, once known: it is asked for by it, so that a renamed account is found again."""
    room_id: str = ""
    """Of its last broadcast that was seen: spares a request."""


class LiveProbe(Protocol):
    """Tells which channels of a platform are on air."""

    most: int
    """How many channels one call may ask for."""

    async def probe(self, channels: Sequence[Handle]) -> list[Sighting]:
        """Return one sighting a channel, in order, with as few requests as the platform allows.

        Trouble with one channel is its sighting (`UNKNOWN`, with the reason). Raises PortError when nothing could be
        asked at all.
        """
        ...


@dataclass(frozen=True, slots=True)
class Room:
    """The broadcast whose chat is wanted."""

    channel: Handle
    room_id: str
    """Empty where the platform has none, or it is not known yet."""


class ChatSource(Protocol):
    """Reads the chat of a live: one connection a call, no reconnecting of its own."""

    def chat(self, room: Room) -> AsyncIterator[RoomItem]:
        """Yield `RoomOpened`, then what happens in the room as it comes, then `RoomEnded` when the platform says so.

        A connection that brings no frame of any kind for 30 s has stalled. What could not be read is counted and
        skipped, never fatal. Raises PortError when the connection breaks, stalls, or is refused. Closing the iterator,
        or cancelling its reader, frees everything within 1 s.
        """
        ...


class Gate(Protocol):
    """The one budget, log and circuit breaker around every request to a vendor, shared by every process."""

    async def enter(self, key: str, *, cost: float = 1.0) -> None:
        """Return once a request may be sent: within the budget of `key` (`tiktok`, `tiktok.sign`, `twitch.app`, ...).

        Raises PortError, retryable, when the breaker is open or the turn would come later than 30 s from now.
        """
        ...

    async def leave(self, key: str, trouble: PortError | None) -> None:
        """Take note of how the request went; `retry_after_s` closes the gate for everyone for as long."""
        ...


class Keys(Protocol):
    """The access token of one connected account, or of the application itself."""

    async def token(self) -> str:
        """Return a token to use now. Raises PortError, permanent, when a person must connect the account anew."""
        ...

    async def renew(self, refused: str) -> str:
        """Return a token that is not `refused`: refreshed once, however many ask. Raises PortError like `token`."""
        ...


@dataclass(frozen=True, slots=True)
class Grant:
    """What a vendor's authorization server handed out."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scopes: tuple[str, ...]
    expires_in_s: float


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is, and what it may do, as its vendor says."""

    platform_id: str
    login: str
    scopes: tuple[str, ...]
    expires_in_s: float


class AccountAuthority(Protocol):
    """The OAuth 2.0 authorization server of a vendor (RFC 6749, authorization code grant)."""

    def authorize_url(self, *, state: str, scopes: Sequence[str], redirect_uri: str) -> str:
        """Return where a person is sent to consent."""
        ...

    async def exchange(self, code: str, *, redirect_uri: str) -> Grant:
        """Return what a code is worth. Raises PortError: permanent when it is not (any more)."""
        ...

    async def refresh(self, refresh_token: str) -> Grant:
        """Return a fresh grant. Raises PortError: permanent when the person took it back."""
        ...

    async def validate(self, access_token: str) -> Identity:
        """Return whose token it is. Raises PortError: permanent when it is not valid (any more)."""
        ...

    async def revoke(self, access_token: str) -> None:
        """Give a token back. One that is not valid any more is given back already."""
        ...


# ── speech ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class VoiceDetector(Protocol):
    """The voice activity of one continuous stream; carries its state from call to call."""

    window_samples: int
    """Samples a probability stands for (512: 32 ms)."""

    def probabilities(self, samples: Float32Array) -> Float32Array:
        """Return the probability of speech of each window of `samples` (float32[k * window_samples], -1..1)."""
        ...


class VoiceActivity(Protocol):
    """A voice activity model, shared by all streams."""

    def begin(self) -> VoiceDetector:
        """Return a detector with a fresh state, for one epoch of one live."""
        ...


_CODES = (
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha he hi hr ht hu hy id "
    "is it ja ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd "
    "si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh "
)
LANGUAGES: Final = tuple(_CODES.split())
"""What may be spoken (ISO 639-1): the languages that Whisper knows."""


@dataclass(frozen=True, slots=True)
class SpeechClip:
    """A stretch of sound to be recognized."""

    samples: Float32Array = field(repr=False)
    """float32[n], mono, 16 kHz, -1..1, at most 28 s."""
    language: str | None
    """ISO 639-1, or None to let the recognizer find out."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of a transcript with its place in the clip, in seconds."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a recognizer heard. `confidence` is 0..1, or None where the recognizer gives none."""

    text: str
    language: str
    confidence: float | None
    phrases: tuple[Phrase, ...] = ()
    note: str = ""
    """Why a text was withheld (`repetition`, `low confidence`, `no speech`), else empty."""


@runtime_checkable
class Recognizer(Protocol):
    """Turns sound into words."""

    name: str
    """Shown beside every transcript, with the model: `faster-whisper base`."""
    batch: int
    """How many clips it likes at once."""
    window_s: float
    """Seconds of sound that cost as much as one: neighbours are heard together up to it; 0 where that saves nothing."""
    languages: tuple[str, ...] | None
    """The languages it knows; None for many."""

    def transcribe(self, clips: Sequence[SpeechClip]) -> list[Transcript]:
        """Return one transcript a clip, in order. Blocking. Raises PortError; a retry gives the same words."""
        ...

    def close(self) -> None:
        """Free the model and its process. Safe to call twice."""
        ...


class ModelHub(Protocol):
    """Where models of a recognizer come from."""

    def fetch(self, repository: str, folder: Path, progress: Callable[[int, int], None]) -> None:
        """Bring the files of a model into `folder`, each whole and with the hash the hub gave for it.

        Goes on where an earlier attempt stopped. `progress` is told the bytes that are there, and those there will be.
        Raises PortError: permanent when there is no such model, or no room for it.
        """
        ...


# ── risk ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class LanguageIdentifier(Protocol):
    """Tells the language of a text."""

    def identify(self, text: str) -> tuple[str, float]:
        """Return (ISO 639-1 code or `und`, confidence 0..1)."""
        ...


@dataclass(frozen=True, slots=True)
class TextToAssess:
    """A text and what surrounds it."""

    text: str
    language: str
    previous: tuple[str, ...] = ()
    """Up to two texts said just before, oldest first: what a pronoun refers to."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of the text, and why they count: `threat`, `slur`, `target`, ..."""

    start: int
    end: int
    reason: str


MEDIUM, HIGH = 0.4, 0.7
"""Scores from which the severity of a text is medium, and high."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an analyst makes of a text. It ranks work for a human; it concludes nothing."""

    state: str
    """`analysed` or `abstained`."""
    category: str = "neutral"
    """`neutral`, `polemic`, `viral` or `hateful`."""
    score: float = 0.0
    """0..1; from `MEDIUM` and from `HIGH` on it is severe."""
    hateful: bool = False
    target: str = ""
    """Key of the group or person aimed at, else empty."""
    stance: str = "asserts"
    """`asserts`, `quotes`, `denounces`, `jokes` or `unclear`."""
    spans: tuple[Span, ...] = ()
    signals: tuple[str, ...] = ()
    """Keys of what was seen, strongest first; the justification is written from them in the reader's language."""


@runtime_checkable
class Analyst(Protocol):
    """Judges texts."""

    name: str
    """Shown beside every assessment, with its version: `rules 2026.11`."""

    def assess(self, texts: Sequence[TextToAssess]) -> list[Verdict]:
        """Return one verdict a text, in order. Raises PortError."""
        ...
