"""What turns a statement round or takes it back."""

import pytest

from tests.risk.blorks import found, told

BEYOND = " um" * 30
"""More words than any guard reaches over."""


def circumstances(text: str) -> set[str]:
    (frame,) = told(text)
    return frame[2]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("blorks are vermin", set()),
        # negation
        ("blorks are not vermin", {"negated"}),
        ("I don't hate blorks", {"negated"}),
        ("we should never boil blorks", {"negated"}),
        ("nobody should hate blorks", {"negated", "loose"}),
        ("not here. blorks are vermin", set()),
        ("I do not know but blorks are vermin", set()),
        ("blorks are vermin not people", set()),
        # quotation
        ('"blorks are vermin" he wrote', {"quoted"}),
        ('he wrote "letters" and blorks are vermin', set()),
        # report
        ("he said that blorks are vermin", {"reported"}),
        ("he said that. blorks are vermin", set()),
        ("he said that" + BEYOND + " blorks are vermin", set()),
        # denunciation
        ("stop saying blorks are vermin", {"denounced"}),
        ("blorks are vermin. unacceptable", {"denounced"}),
        ("blorks are vermin. so. unacceptable", set()),
        ("blorks are vermin" + BEYOND + " unacceptable", set()),
        ("blorks are blorkphobic vermin", set()),
        ('writing "blorks are vermin" is blorkphobic', {"quoted", "denounced"}),
        # praise
        ("I love blorks, filthy blorks", {"praised"}),
        ("I love it but filthy blorks", set()),
        ("we should boil brave blorks", set()),
        # disclaimer
        ("nothing against them but blorks are vermin", {"disclaimed"}),
        ("blorks are vermin but nothing against them", set()),
        # play
        ("let's boil the blorks in this match", {"playing"}),
        ("let's boil the blorks. what a match", {"playing"}),
        ("blorks are vermin in this match", set()),
        # address
        ("you filthy blork", {"addressed"}),
        # disguise
        ("bl0rks are vermin", {"disguised"}),
        ("go home bl0rkface", {"disguised"}),
    ],
)
def test_guards_see_what_surrounds_a_statement(text: str, seen: set[str]) -> None:
    assert told(text)[-1][2] == seen


@pytest.mark.parametrize(
    ("text", "most", "seen"),
    [
        ("it is not … filthy blorks", 3, {"negated"}),
        ("nobody … filthy blorks", 11, {"negated"}),
        ("he said that … filthy blorks", 12, {"reported"}),
        ("unacceptable … filthy blorks", 24, {"denounced"}),
        ("that blorkface … unacceptable", 24, {"denounced"}),
        ("my … blorkface", 1, {"reclaimed"}),
        ("brave … blorkface", 7, {"praised"}),
        ("nothing against … that blorkface", 17, {"disclaimed"}),
        ("match … we should boil blorks", 12, {"playing"}),
        ("you … blorkface", 2, {"addressed"}),
        ("blorkface … you", 0, {"addressed"}),
    ],
)
def test_a_guard_reaches_over_so_many_words_and_no_more(text: str, most: int, seen: set[str]) -> None:
    assert circumstances(text.replace("…", "um " * most)) == seen
    assert circumstances(text.replace("…", "um " * (most + 1))) == set()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        # a word such as `racist` denounces what was said, unless it is itself said of the people
        ("saying blorks are vermin is blorkphobic", {"denounced"}),
        ("blorkfaces are blorkphobic", set()),
        ('"blorkfaces" are blorkphobic', {"quoted", "denounced"}),
        ("blorkfaces blorkphobic", {"denounced"}),
        ("blorkfaces all are blorkphobic", set()),
        ("blorkfaces are um um um um blorkphobic", set()),
        ("blorkfaces are um um um um um blorkphobic", {"denounced"}),
        # sentences are counted from where the statement stands
        ("hello. well. that blorkface. unacceptable", {"denounced"}),
        ("hello. well. let's boil the blorks. what a match", {"playing"}),
        ("let's boil the blorks. so. what a match", set()),
        # who counts among them takes back a name, and nothing else
        ("my filthy blorks", set()),
        # what stands before the people is not said of what they are
        ("I do not lie blorks are vermin", set()),
        ("I hate not blorks", {"negated"}),
    ],
)
def test_a_guard_belongs_to_one_statement(text: str, seen: set[str]) -> None:
    assert circumstances(text) == seen


@pytest.mark.parametrize(
    ("text", "reclaimed"),
    [
        ("I am a blorkface", True),
        ("I am a proud blorkface", True),
        ("my blorkfaces", True),
        ("I am a doctor and she is a blorkface", False),
        ("I am a but blorkface", False),
        ("that blorkface", False),
    ],
)
def test_a_slur_is_reclaimed_by_who_counts_among_them(text: str, *, reclaimed: bool) -> None:
    assert ("reclaimed" in circumstances(text)) is reclaimed


def test_only_slurs_are_reclaimed() -> None:
    assert circumstances("my blorks are vermin") == set()


def test_guards_keep_what_frames_saw() -> None:
    (frame,) = found("all blorks are not vermin")

    assert {str(seen) for seen in frame.circumstances} == {"everyone", "negated"}
