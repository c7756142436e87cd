import pytest

from vigie.adapters.web.playlist import read
from vigie.adapters.web.renditions import Renditions

URL = "https://cdn.example/live/index.m3u8?token=1"
VIDEO = '#EXT-X-STREAM-INF:BANDWIDTH={},RESOLUTION=640x360,CODECS="avc1.42c00c,mp4a.40.2"{}\n{}.m3u8\n'
LARGE, SMALL = VIDEO.format(5_000_000, "", "large"), VIDEO.format(500_000, "", "small")


@pytest.mark.parametrize(
    ("lines", "sound", "pictures"),
    [
        (LARGE + SMALL, "small", None),
        (LARGE + SMALL + '#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"\nsound.m3u8\n', "sound", "small"),
        (
            LARGE + '#EXT-X-STREAM-INF:BANDWIDTH=160000,CODECS="avc1,mp4a",VIDEO="audio_only"\nsound.m3u8\n',
            "sound",
            "large",
        ),
        (LARGE + '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x",URI="sound.m3u8"\n', "sound", "large"),
        (
            LARGE
            + '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",DEFAULT=NO,URI="en.m3u8"\n'
            + '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="fr",DEFAULT=YES,URI="fr.m3u8"\n',
            "fr",
            "large",
        ),
        (SMALL + '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="inside the pictures"\n', "small", None),
        ('#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.42c00c"\nsilent.m3u8\n' + LARGE, "large", None),
        ("#EXT-X-STREAM-INF:BANDWIDTH=1\nunknown.m3u8\n" + LARGE, "unknown", None),
        ('#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="mp4a.40.2"\nradio.m3u8\n', "radio", None),
    ],
)
def test_sound_without_pictures_is_preferred_else_the_smallest(lines: str, sound: str, pictures: str | None) -> None:
    assert read("#EXTM3U\n" + lines, URL) == Renditions(
        f"https://cdn.example/live/{sound}.m3u8",
        pictures_url=f"https://cdn.example/live/{pictures}.m3u8" if pictures else None,
    )


def test_captions_are_found_but_forced_ones() -> None:
    lines = (
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="signs",LANGUAGE="fr",FORCED=YES,URI="forced.m3u8"\n'
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="fr",LANGUAGE="fr",URI="fr.m3u8"\n'
    )

    assert read("#EXTM3U\n" + lines + SMALL, URL) == Renditions(
        "https://cdn.example/live/small.m3u8", "https://cdn.example/live/fr.m3u8", "fr"
    )


def test_the_usual_sound_is_taken_where_it_lies_with_the_pictures() -> None:
    text = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Direct",DEFAULT=YES
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Commentaire",URI="other.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=100,CODECS="avc1.4d401f,mp4a.40.2",RESOLUTION=320x180,AUDIO="a"
small.m3u8
"""

    assert read(text, URL) == Renditions("https://cdn.example/live/small.m3u8")


@pytest.mark.parametrize(
    ("tag", "code"), [("fr", "fr"), ("fr-CA", "fr"), ("EN", "en"), ("fra", None), ("zh-Hant", "zh")]
)
def test_the_language_of_captions_is_a_code_of_two_letters(tag: str, code: str | None) -> None:
    text = f"""#EXTM3U
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="s",LANGUAGE="{tag}",URI="words.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=100
live.m3u8
"""

    found = read(text, URL)

    assert isinstance(found, Renditions)
    assert found.captions_language == code


# ── with the encoded media ─────────────────────────────────────────────────────────────────────────────────────────


def variant(name: str, size: str, more: str = "", codecs: str = "avc1.4d401f,mp4a.40.2") -> str:
    """Return a rendition with pictures whose bandwidth grows with its name."""
    resolution = f",RESOLUTION={size}" if size else ""
    return f'#EXT-X-STREAM-INF:BANDWIDTH={ord(name)}00000,CODECS="{codecs}"{resolution}{more}\n{name}.m3u8\n'


RADIO = '#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"\nradio.m3u8\n'
APART = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x",DEFAULT=YES,URI="apart.m3u8"\n'
OTHER = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="b",NAME="x",DEFAULT=YES,URI="other.m3u8"\n'
HEVC = "hvc1.1.6.L93.B0,mp4a.40.2"


@pytest.mark.parametrize(
    ("lines", "sound", "packets"),
    [
        (variant("a", "640x360") + variant("b", "1280x720") + variant("c", "1920x1080") + RADIO, "b", None),
        (variant("a", "360x640") + variant("b", "720x1280") + variant("c", "1080x1920"), "b", None),
        (variant("a", "1920x1080") + variant("b", "3840x2160"), "a", None),
        (variant("a", "") + variant("b", ""), "a", None),
        (variant("a", "640x360") + variant("b", "1280x720", codecs=HEVC), "a", None),
        (variant("a", "640x360", codecs=HEVC) + variant("b", "1280x720", codecs=HEVC), "b", None),
        (OTHER + APART + variant("a", "1280x720", ',AUDIO="a"'), "apart", "a"),
        (variant("a", "1280x720", codecs="avc1.4d401f") + RADIO, "radio", "a"),
        (APART.replace(',URI="apart.m3u8"', "") + variant("a", "640x360", ',AUDIO="a"'), "a", None),
        (RADIO, "radio", None),
    ],
    ids=[
        "the best up to 720",
        "upright",
        "all larger",
        "nothing said",
        "what browsers play",
        "nothing that they play",
        "sound of its group",
        "silent pictures",
        "sound within",
        "no pictures",
    ],
)
def test_with_packets_the_pictures_of_a_clip_are_taken_and_their_sound(
    lines: str, sound: str, packets: str | None
) -> None:
    assert read("#EXTM3U\n" + lines, URL, with_packets=True) == Renditions(
        f"https://cdn.example/live/{sound}.m3u8",
        packets_url=f"https://cdn.example/live/{packets}.m3u8" if packets else None,
    )
