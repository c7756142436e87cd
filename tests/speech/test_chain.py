from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.speech.chain import FIRST, Link, Place, digest, first_fault, link


def chained(count: int) -> list[Link]:
    links: list[Link] = []
    former = FIRST
    for index in range(count):
        place = Place(7, index, 0, index * 960_000, 960_000, index * 60.0)
        sha256 = digest(b"sound %d" % index)
        former = link(former, sha256, place)
        links.append(Link(place, sha256, former))
    return links


def test_a_hash_is_known() -> None:
    place = Place(live_id=7, index=0, epoch=0, start_sample=0, samples=960_000, offset_s=0.5)

    assert link(FIRST, digest(b""), place) == digest(f'["{FIRST}", "{digest(b"")}", 7, 0, 0, 0, 960000, 0.5]'.encode())


@pytest.mark.parametrize("count", [0, 1, 5])
def test_what_was_not_touched_has_no_fault(count: int) -> None:
    assert first_fault(chained(count)) is None


@pytest.mark.parametrize(
    "moved",
    [
        Place(8, 2, 0, 1_920_000, 960_000, 120.0),
        Place(7, 2, 1, 1_920_000, 960_000, 120.0),
        Place(7, 2, 0, 1_920_001, 960_000, 120.0),
        Place(7, 2, 0, 1_920_000, 959_999, 120.0),
        Place(7, 2, 0, 1_920_000, 960_000, 120.001),
    ],
)
def test_a_changed_place_is_found(moved: Place) -> None:
    links = chained(4)
    links[2] = replace(links[2], place=moved)

    assert first_fault(links) == links[2]


def test_a_replaced_sound_is_found() -> None:
    links = chained(4)
    links[1] = replace(links[1], sha256=digest(b"another sound"))

    assert first_fault(links) == links[1]


@given(st.integers(2, 8).flatmap(lambda count: st.tuples(st.just(count), st.integers(0, count - 2))))
def test_a_segment_left_out_is_found(case: tuple[int, int]) -> None:
    count, missing = case
    links = chained(count)

    assert first_fault(links[:missing] + links[missing + 1 :]) == links[missing + 1]


def test_two_segments_that_changed_places_are_found() -> None:
    links = chained(4)
    links[1], links[2] = links[2], links[1]

    assert first_fault(links) == links[1]


def test_a_replacement_needs_the_whole_rest_to_be_forged() -> None:
    links = chained(4)
    forged = digest(b"another sound")
    links[1] = Link(links[1].place, forged, link(links[0].chain_hash, forged, links[1].place))

    assert first_fault(links) == links[2]
