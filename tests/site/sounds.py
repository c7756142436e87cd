"""Sealed sound of a live, as the spool leaves it. What the files hold is not looked into: only hashed."""

from vigie.speech import chain, spool
from vigie.speech.chain import FIRST, Place
from vigie.speech.models import AudioSegment
from vigie.watch.models import Live

SEGMENT_S = 60


def keep_sound(live: Live, segments: int) -> list[AudioSegment]:
    """Return sealed segments of a minute each, chained, in the data folder of the settings."""
    former, kept = FIRST, []
    for index in range(segments):
        content = f"sound {live.pk}/{index}".encode()
        samples = SEGMENT_S * 16_000
        place = Place(live.pk, index, 0, index * samples, samples, float(index * SEGMENT_S))
        sha256 = chain.digest(content)
        former = chain.link(former, sha256, place)
        segment = AudioSegment.objects.create(
            live=live,
            index=index,
            epoch=0,
            start_sample=place.start_sample,
            samples=samples,
            offset_s=place.offset_s,
            sha256=sha256,
            chain_hash=former,
        )
        spool.flac_path(segment).parent.mkdir(parents=True, exist_ok=True)
        spool.flac_path(segment).write_bytes(content)
        kept.append(segment)
    return kept
