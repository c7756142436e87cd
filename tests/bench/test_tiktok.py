"""The figures of the benchmark of TikTok, and that what is compared says the same."""

import asyncio
import warnings

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # TikTokLive uses parts of websockets that are deprecated
    from bench import tiktok
    from bench.tiktok import (
        Ears,
        Held,
        apart,
        connected,
        hold,
        our_listeners,
        ours_read,
        parsing,
        peer_read,
        their_listeners,
    )

OURS = Held(50, resident_mb=100.0, further_kb=20.0, comments=1000, cpu_s=0.1)
THEIRS = Held(50, resident_mb=150.0, further_kb=900.0, comments=1000, cpu_s=1.0)


@pytest.mark.parametrize(("is_rich", "bytes_at_least"), [(False, 60), (True, 3000)])
@pytest.mark.parametrize("per_frame", [1, 10])
def test_ours_and_the_peer_read_the_same(*, is_rich: bool, bytes_at_least: int, per_frame: int) -> None:
    frames = [tiktok.frame(number, is_rich=is_rich, per_frame=per_frame) for number in range(2)]

    said = ours_read(frames)

    assert len(tiktok.comment(0, is_rich=is_rich)) >= bytes_at_least
    assert len(said) == len(set(said)) == 2 * per_frame
    assert said == asyncio.run(peer_read(frames))


def test_parsing_tells_both_figures() -> None:
    result = parsing(is_rich=False, per_frame=5, comments=10)

    assert (result.metric, result.unit, result.peer) == ("comments_per_core_s", "1/s", "TikTokLive 7.0.1")
    assert result.ratio is not None
    assert result.details["per_frame"] == 5


def test_connected_tells_figures_beside_the_peer_where_it_went_along() -> None:
    more = Held(500, resident_mb=120.0, further_kb=21.0, comments=2000, cpu_s=0.5)

    results = list(connected([OURS, more], [THEIRS]))

    assert [(it.metric, it.value, it.peer_value) for it in results] == [
        ("resident_kb_per_connection", 2000.0, 3000.0),
        ("connected_comments_per_core_s", 10_000.0, 1000.0),
        ("resident_kb_per_connection", 240.0, None),
        ("connected_comments_per_core_s", 4000.0, None),
    ]
    assert results[0].details == {
        "connections": 50,
        "comments": 1000,
        "cpu_s": 0.1,
        "further_kb": 20.0,
        "peer_comments": 1000,
        "peer_cpu_s": 1.0,
        "peer_further_kb": 900.0,
    }


async def test_ears_count_what_they_expect_and_nothing_told_anew() -> None:
    ears = Ears()
    ears.open()
    ears.hear("before")
    ears.expect("now")
    for word in ("before", "now", "now"):
        ears.hear(word)

    await ears.until_opened(1)
    await ears.until_heard(2)

    assert ears._heard == 2


def test_our_connections_are_opened_step_by_step_and_hear_all() -> None:
    held = hold(our_listeners, (1, 3), 12)

    assert [(it.connections, it.comments) for it in held] == [(1, 12), (3, 12)]
    assert all(it.resident_mb > 10 and it.cpu_s > 0 for it in held)


def test_the_peer_hears_all_in_a_process_of_its_own() -> None:
    (held,) = apart(their_listeners, (2,), 8)

    assert (held.connections, held.comments) == (2, 8)
