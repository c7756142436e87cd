"""Whether the sound that is kept is what was captured. Stands above the areas: a live is named by its workspace."""

from dataclasses import dataclass

from django.db.models import Count, Q

from vigie.speech import spool
from vigie.speech.models import AudioSegment
from vigie.watch.models import Live

MISSING, ALTERED = "missing", "altered"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of the sound of one live; the first fault ends it."""

    workspace: str
    live: int
    segments: int
    """How many are sealed; about a minute each."""
    fault: str | None = None
    """`missing` or `altered`."""
    at_s: float | None = None
    """Where the faulty segment begins, in seconds since the live started."""

    @property
    def is_intact(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault is None


def sealed() -> list[tuple[int, str, int]]:
    """Return the lives that have sealed sound, oldest first: id, address of the workspace, number of segments."""
    segments = Count("audio_segments", filter=~Q(audio_segments__sha256=""))
    lives = Live.objects.annotate(segments=segments).filter(segments__gt=0).order_by("pk")
    return list(lives.values_list("pk", "channel__workspace__slug", "segments"))


def verified(live: int, workspace: str, segments: int) -> Verdict:
    """Return what verification of the sealed sound of a live finds. Reads every file: about 1 MB a minute of sound."""
    found = spool.first_fault(live)
    if found is None:
        return Verdict(workspace, live, segments)
    segment = AudioSegment.objects.get(live=live, index=found.place.index)
    fault = ALTERED if spool.flac_path(segment).exists() else MISSING
    return Verdict(workspace, live, segments, fault, found.place.offset_s)
