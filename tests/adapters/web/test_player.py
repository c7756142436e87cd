from itertools import pairwise
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from tests.adapters.web.origin import Answer, serving
from tests.adapters.web.pulls import holes, pulled, seconds, sound_of, told, troubled
from tests.adapters.web.vod import Window, live, text_of, vod
from vigie.adapters.web import player
from vigie.events import MediaEnded, MediaOpened


async def test_a_discontinuity_starts_a_clock_and_is_announced(tmp_path: Path) -> None:
    (tmp_path / "show").mkdir()
    (tmp_path / "advert").mkdir()
    advert = vod(tmp_path / "advert", 4.0)
    answers = vod(tmp_path / "show", 6.0) | {path.replace("index", "advert"): answer for path, answer in advert.items()}
    lines = text_of(answers).splitlines()
    inserted = [line.replace("index", "advert") for line in text_of(advert).splitlines()[5:-1]]
    lines[7:7] = ["#EXT-X-DISCONTINUITY", *inserted, "#EXT-X-DISCONTINUITY"]
    answers["/index.m3u8"] = PlainTextResponse("\n".join(lines))
    with serving(answers) as origin:
        items = await pulled(origin)

    opened = [number for number, item in enumerate(items) if isinstance(item, MediaOpened)]
    assert len(opened) == 3
    pts = [item.pts_s for item in sound_of(items)]
    assert sum(after < before - 1.0 for before, after in pairwise(pts)) == 2
    assert sum(len(item.pcm) for item in sound_of(items)) / 32_000 == pytest.approx(10.0, abs=0.1)


async def test_a_missing_stretch_shows_in_the_pts_and_is_not_announced(tmp_path: Path) -> None:
    answers = vod(tmp_path, 9.0)
    text = text_of(answers).replace("index1.ts", "#EXT-X-GAP\nindex1.ts")
    answers["/index.m3u8"] = PlainTextResponse(text)
    with serving(answers) as origin:
        items = await pulled(origin)

    assert holes(items) == [(2.0, 4.0)]
    assert len([item for item in items if isinstance(item, MediaOpened)]) == 1


# ── trouble ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_live_without_news_has_stalled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "STALL_S", 1.0)
    answers = vod(tmp_path, 5.0)
    answers["/index.m3u8"] = PlainTextResponse(text_of(answers).replace("#EXT-X-ENDLIST", ""))
    with serving(answers) as origin:
        items, trouble = await troubled(origin)

    assert told(items)[1:48] == seconds(0.1, 4.8)
    assert trouble.retryable
    assert "stalled" in str(trouble)
    assert "secret" not in str(trouble)


async def test_a_playlist_that_fails_for_a_while_is_borne(tmp_path: Path) -> None:
    answers = live(tmp_path, 20.0)
    window, statuses = answers["/index.m3u8"], iter([200, 200, 503, 503, 200, 503])

    def flaky(request: Request) -> Response:
        status = next(statuses, 200)
        assert isinstance(window, Window)
        return window(request) if status == 200 else PlainTextResponse("", status)

    with serving(answers | {"/index.m3u8": flaky}) as origin:
        items = await pulled(origin)

    assert told(items)[1:188] == seconds(0.1, 18.8)


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        (PlainTextResponse("", 403), True),
        (HTMLResponse("<p>sorry</p>"), True),
        (PlainTextResponse("", 429, headers={"Retry-After": "40"}), False),
    ],
)
async def test_a_playlist_that_is_refused_ends_the_connection_after_what_was_heard(
    tmp_path: Path, answer: Response, *, permanent: bool
) -> None:
    answers = live(tmp_path, 20.0)
    window, asked = answers["/index.m3u8"], iter(range(3))

    def refusing(request: Request) -> Response:
        assert isinstance(window, Window)
        return window(request) if next(asked, None) is not None else answer

    with serving(answers | {"/index.m3u8": refusing}) as origin:
        items, trouble = await troubled(origin)

    assert told(items)[1:100] == seconds(0.1, 10.0)
    assert trouble.permanent == permanent


def without(answers: dict[str, Answer], *paths: str) -> dict[str, Answer]:
    return {path: answer for path, answer in answers.items() if path not in paths}


async def test_a_live_goes_on_after_a_segment_that_is_gone(tmp_path: Path) -> None:
    with serving(without(live(tmp_path, 20.0, size=6), "/index5.ts")) as origin:
        items = await pulled(origin)

    assert items[-1] == MediaEnded()
    assert holes(items) == [(10.0, 12.0)]


async def test_a_new_connection_bears_that_the_first_segment_is_gone(tmp_path: Path) -> None:
    with serving(without(live(tmp_path, 20.0, size=6), "/index2.ts", "/index3.ts")) as origin:
        items = await pulled(origin, from_pts_s=5.0)

    assert sound_of(items)[0].pts_s == pytest.approx(8.0, abs=0.03)


@pytest.mark.parametrize("gone", ["/index0.ts", "/index1.ts"])
async def test_a_recording_bears_that_a_segment_is_gone(tmp_path: Path, gone: str) -> None:
    with serving(without(vod(tmp_path, 9.0), gone)) as origin:
        items = await pulled(origin)

    assert items[-1] == MediaEnded()
    assert sound_of(items)[0].pts_s == pytest.approx(2.0 if gone == "/index0.ts" else 0.0, abs=0.05)


async def test_a_live_whose_segments_are_all_gone_is_refused(tmp_path: Path) -> None:
    answers = live(tmp_path, 20.0, size=6)
    with serving(without(answers, *(f"/index{number}.ts" for number in range(4, 10)))) as origin:
        items, trouble = await troubled(origin)

    assert sound_of(items)[-1].pts_s < 8.0
    assert trouble.permanent
    assert "HTTP 404" in str(trouble)


async def test_a_live_that_numbers_anew_is_left_at_once(tmp_path: Path) -> None:
    answers = live(tmp_path, 20.0)
    window, asked = answers["/index.m3u8"], iter(range(3))

    def restarting(request: Request) -> Response:
        assert isinstance(window, Window)
        if next(asked, None) is not None:
            return PlainTextResponse(bytes(window(request).body).decode().replace("SEQUENCE:", "SEQUENCE:90"))
        return PlainTextResponse("#EXTM3U\n#EXT-X-TARGETDURATION:60\n#EXTINF:2,\nindex0.ts\n")

    with serving(answers | {"/index.m3u8": restarting}) as origin:
        _, trouble = await troubled(origin)

    assert trouble.retryable
    assert "anew" in str(trouble)
