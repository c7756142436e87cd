from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import m3u8
import pytest

from tests.simulators.media.conftest import PICTURES, SOUND
from vigie.simulators.media.faults import Fault, Kind
from vigie.simulators.media.playlist import (
    AUDIO,
    CAPTIONS,
    VIDEO,
    Rendition,
    master_playlist,
    media_playlist,
    renditions_of,
)
from vigie.simulators.media.program import plan
from vigie.simulators.media.recording import Recording

BEGAN_AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def written(
    recording: Recording, now_s: float, *faults: Fault, rendition: Rendition = AUDIO, size: int = 3, query: str = ""
) -> str:
    program = plan({"fr": recording}, "fr", faults)
    return media_playlist(rendition, program, program.window(now_s, size), began_at=BEGAN_AT, query=query)


def test_the_master_playlist_offers_everything_the_sound_alone_and_the_captions(recording: Recording) -> None:
    assert master_playlist("fr", recording, language="fr") == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="Français",LANGUAGE="fr",DEFAULT=YES,AUTOSELECT=YES,'
        'URI="fr/captions.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=5600,CODECS="mp4a.40.2,avc1.64000c",RESOLUTION=320x180,SUBTITLES="captions"\n'
        "fr/video.m3u8\n"
        '#EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID="audio_only",NAME="audio_only",DEFAULT=NO,AUTOSELECT=NO\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=1600,CODECS="mp4a.40.2",VIDEO="audio_only",SUBTITLES="captions"\n'
        "fr/audio.m3u8\n"
    )


def test_a_recording_of_sound_without_words_has_one_rendition(recording: Recording) -> None:
    sound = replace(recording, tracks=recording.tracks[:1], cues=())

    master = m3u8.loads(master_playlist("radio", sound, language="en"))

    assert [playlist.uri for playlist in master.playlists] == ["radio/audio.m3u8"]
    assert [media.type for media in master.media] == ["VIDEO"]


def test_a_recording_of_pictures_alone_has_no_audio_rendition(recording: Recording) -> None:
    pictures = replace(recording, tracks=recording.tracks[1:], cues=())

    assert [p.uri for p in m3u8.loads(master_playlist("mute", pictures, language="en")).playlists] == [
        "mute/video.m3u8"
    ]


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, ["video", "audio", "captions"]),
        ({"cues": ()}, ["video", "audio"]),
        ({"tracks": (SOUND,)}, ["audio", "captions"]),
        ({"tracks": (PICTURES,), "cues": ()}, ["video"]),
    ],
)
def test_renditions_are_offered_where_there_is_something_for_them(
    recording: Recording, changes: dict[str, Any], names: list[str]
) -> None:
    assert list(renditions_of(replace(recording, **changes))) == names


def test_a_media_playlist_lists_the_window(recording: Recording) -> None:
    assert written(recording, 8.5, size=2) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-TARGETDURATION:2\n"
        "#EXT-X-MEDIA-SEQUENCE:2\n"
        "#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
        "#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:04.000+00:00\n"
        "#EXTINF:2.000,\n"
        "audio/2.ts\n"
        "#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:06.000+00:00\n"
        "#EXTINF:2.000,\n"
        "audio/3.ts\n"
    )


@pytest.mark.parametrize(
    ("rendition", "uri"), [(VIDEO, "video/3.ts"), (AUDIO, "audio/3.ts"), (CAPTIONS, "captions/3.vtt")]
)
def test_a_rendition_has_its_own_segments(recording: Recording, rendition: Rendition, uri: str) -> None:
    assert m3u8.loads(written(recording, 8.5, rendition=rendition)).segments[-1].uri == uri


def test_a_signature_is_handed_on_to_everything_below(recording: Recording) -> None:
    master = m3u8.loads(master_playlist("fr", recording, language="fr", query="exp=1&sig=2"))
    playlist = m3u8.loads(written(recording, 8.5, query="exp=1&sig=2"))

    assert [p.uri for p in master.playlists] == ["fr/video.m3u8?exp=1&sig=2", "fr/audio.m3u8?exp=1&sig=2"]
    assert master.media[0].uri == "fr/captions.m3u8?exp=1&sig=2"
    assert playlist.segments[-1].uri == "audio/3.ts?exp=1&sig=2"


@pytest.mark.parametrize(
    ("now_s", "sequence", "marks"),
    [
        (6.5, 0, [False, False, False]),
        (8.5, 0, [False, False, True]),  # 1, 2 and 3, the first of the new part
        (10.5, 0, [False, True, False]),
        (12.5, 0, [True, False, False]),
        (14.5, 1, [False, False, False]),
    ],
)
def test_a_restart_is_marked_and_counted_when_it_slides_out(
    recording: Recording, now_s: float, sequence: int, marks: list[bool]
) -> None:
    playlist = m3u8.loads(written(recording, now_s, Fault(Kind.RESTART, at_s=5)))

    assert playlist.discontinuity_sequence == sequence
    assert [segment.discontinuity for segment in playlist.segments] == marks


def test_a_hole_makes_the_media_sequence_jump(recording: Recording) -> None:
    hole = Fault(Kind.SKIP, at_s=6, for_s=4)
    before, after = (m3u8.loads(written(recording, now_s, hole)) for now_s in (6.5, 12.5))

    assert (before.media_sequence, [s.uri for s in before.segments]) == (0, ["audio/0.ts", "audio/1.ts", "audio/2.ts"])
    assert (after.media_sequence, [s.uri for s in after.segments]) == (5, ["audio/5.ts"])


@pytest.mark.parametrize(("now_s", "is_over"), [(7.9, False), (8, True), (60, True)])
def test_only_a_live_that_is_over_has_an_end(recording: Recording, now_s: float, *, is_over: bool) -> None:
    assert m3u8.loads(written(recording, now_s, Fault(Kind.END, at_s=7))).is_endlist is is_over


def test_the_target_is_no_shorter_than_any_segment(recording: Recording) -> None:
    uneven = replace(recording, bounds=(0.0, 2.0, 5.2, 8.0))

    assert m3u8.loads(written(uneven, 8.5)).target_duration == 4
