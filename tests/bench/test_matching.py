"""The benchmark of keywords: what it compares finds the same, and what it looks through is a chat."""

import importlib.util
from statistics import mean

import pytest

from bench._messages import keywords, messages
from bench.matching import Peer, automaton, beside_peers, naive, one_pattern, peers, require_same

needs_pyahocorasick = pytest.mark.skipif(
    importlib.util.find_spec("ahocorasick") is None, reason="pyahocorasick is not installed"
)
WORDS = ["clip", "ip", "gg"]
TEXTS = ["un clip", "gg", "rien", "gggg clip"]


def test_messages_are_like_those_of_a_chat() -> None:
    written = messages(2000)

    assert written == messages(2000)
    assert 20 < mean(map(len, written)) < 32
    assert 0.2 < mean(not text.isascii() for text in written) < 0.5
    assert any("\u200b" in text for text in written)


def test_keywords_are_as_many_as_asked_for_and_no_two_alike() -> None:
    assert len(set(keywords(1000))) == 1000
    assert keywords(10)[:2] == ["clip", "bravo"]


@pytest.mark.parametrize(
    ("peer", "found"),
    [
        (naive(WORDS), [["clip", "ip"], ["gg"], [], ["clip", "ip", "gg"]]),
        (one_pattern(WORDS), [True, True, False, True]),
    ],
)
def test_peers_find_keywords(peer: Peer, found: list[object]) -> None:
    assert peer(TEXTS) == found


@needs_pyahocorasick
def test_the_automaton_of_the_peer_finds_keywords() -> None:
    assert [set(words) for words in automaton(WORDS)(TEXTS)] == [{"clip", "ip"}, {"gg"}, set(), {"clip", "ip", "gg"}]  # type: ignore[arg-type] # those of this peer are words


def test_both_must_find_the_same() -> None:
    require_same([["clip"], []], [("clip",), ()])
    require_same([True, False], [("clip",), ()])
    with pytest.raises(ValueError, match=r"^Ours finds \['clip'\], and the peer \[\]\.$"):
        require_same([[]], [("clip",)])
    with pytest.raises(ValueError, match=r"^Ours finds \[\], and the peer True\.$"):
        require_same([True], [()])


def test_each_peer_that_is_there_has_its_figures() -> None:
    results = list(beside_peers(messages(300), keywords(50), looked_at=5000))

    assert [(it.metric, it.unit, it.peer) for it in results] == [
        ("messages_per_core_s", "1/s", peer) for peer in peers(["clip"])
    ]
    assert all(it.ratio for it in results)
    assert [it.details["peer_messages"] for it in results][:2] == [100, 100]
    assert {it.details["keywords"] for it in results} == {50}


def test_a_missing_peer_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    is_there = "pyahocorasick" in peers(["clip"])
    assert ("pyahocorasick is not installed" in capsys.readouterr().err) is not is_there
