import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.governance.chain import GENESIS, Entry, Fault, Payload, Verdict, canonical, commit, seal, verify

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
Link = tuple[Entry, Payload | None]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=8), values, max_size=3),
    max_leaves=3,
)
payloads = st.builds(
    Payload, key=st.sampled_from([b"k" * 32, b"l" * 32]), body=st.sampled_from(["{}", '{"to":"dismissed"}'])
)


def sealed(acts: list[tuple[str, Payload]]) -> list[Link]:
    """Return a chain of these acts."""
    links: list[Link] = []
    former = GENESIS
    for position, (verb, payload) in enumerate(acts, start=1):
        entry = Entry(
            chain=7,
            position=position,
            at=NOW + timedelta(seconds=position),
            actor_id=3,
            verb=verb,
            object_type="alert",
            object_id=str(position),
            commitment=commit(payload),
        )
        entry = replace(entry, hash=seal(former, entry))
        links.append((entry, payload))
        former = entry.hash
    return links


def checked(links: list[Link], whole: list[Link]) -> Verdict:
    """Verify `links` against the head of the chain as it was."""
    return verify(links, length=len(whole), head=whole[-1][0].hash if whole else GENESIS)


chains = st.lists(st.tuples(st.sampled_from(["alert.decided", "transcript.read"]), payloads), max_size=6).map(sealed)
full_chains = chains.filter(bool)


@given(chains, st.data())
def test_a_chain_is_intact_whatever_was_erased(links: list[Link], data: st.DataObject) -> None:
    erased = data.draw(st.lists(st.booleans(), min_size=len(links), max_size=len(links)))
    kept: list[Link] = [
        (entry, None if gone else payload) for (entry, payload), gone in zip(links, erased, strict=True)
    ]

    assert checked(kept, links) == Verdict(entries=len(links), erased=sum(erased))


EDITS: list[Callable[[Entry], Entry]] = [
    lambda entry: replace(entry, chain=entry.chain + 1),
    lambda entry: replace(entry, at=entry.at + timedelta(microseconds=1)),
    lambda entry: replace(entry, actor_id=None),
    lambda entry: replace(entry, verb=entry.verb + "."),
    lambda entry: replace(entry, object_type=""),
    lambda entry: replace(entry, object_id=entry.object_id + "0"),
    lambda entry: replace(entry, commitment=GENESIS),
    lambda entry: replace(entry, hash=GENESIS),
]


@given(full_chains, st.sampled_from(EDITS), st.data())
def test_any_edit_is_found_where_it_is(links: list[Link], edit: Callable[[Entry], Entry], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(links) - 1))
    entry, payload = links[index]
    edited = [*links[:index], (edit(entry), payload), *links[index + 1 :]]

    verdict = checked(edited, links)

    assert (verdict.fault, verdict.position, verdict.entries) == (Fault.EDITED, index + 1, index)


@given(full_chains, st.data())
def test_an_edit_with_a_new_hash_is_found_at_the_next_entry_or_the_head(links: list[Link], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(links) - 1))
    former = links[index - 1][0].hash if index else GENESIS
    entry = replace(links[index][0], verb="nothing.happened")
    forged = [*links[:index], (replace(entry, hash=seal(former, entry)), links[index][1]), *links[index + 1 :]]

    verdict = checked(forged, links)

    at_head = index == len(links) - 1
    assert (verdict.fault, verdict.position) == (
        (Fault.HEAD_MOVED, len(links)) if at_head else (Fault.EDITED, index + 2)
    )


@given(full_chains, st.data())
def test_any_altered_payload_is_found(links: list[Link], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(links) - 1))
    entry, payload = links[index]
    other = data.draw(payloads.filter(lambda other: other != payload))
    altered = [*links[:index], (entry, other), *links[index + 1 :]]

    verdict = checked(altered, links)

    assert (verdict.fault, verdict.position) == (Fault.PAYLOAD_ALTERED, index + 1)


@given(full_chains, st.data())
def test_any_removal_is_found(links: list[Link], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(links) - 1))
    last = data.draw(st.integers(first, len(links) - 1))

    verdict = checked([*links[:first], *links[last + 1 :]], links)

    expected = Fault.TAIL_CUT if last == len(links) - 1 else Fault.MISSING
    assert (verdict.fault, verdict.position, verdict.entries) == (expected, first + 1, first)


@given(chains.filter(lambda links: len(links) > 1), st.data())
def test_any_exchange_is_found(links: list[Link], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(links) - 2))
    second = data.draw(st.integers(first + 1, len(links) - 1))
    exchanged = list(links)
    exchanged[first] = (replace(links[second][0], position=first + 1), links[second][1])
    exchanged[second] = (replace(links[first][0], position=second + 1), links[first][1])

    verdict = checked(exchanged, links)

    assert (verdict.fault, verdict.position) == (Fault.REORDERED, first + 1)


@given(full_chains)
def test_entries_out_of_order_are_found(links: list[Link]) -> None:
    verdict = checked([*links, links[0]], links)

    assert (verdict.fault, verdict.position) == (Fault.REORDERED, len(links) + 1)


@given(full_chains)
def test_a_head_that_was_set_back_is_found(links: list[Link]) -> None:
    verdict = verify(links, length=len(links) - 1, head=links[-2][0].hash if len(links) > 1 else GENESIS)

    assert (verdict.fault, verdict.position) == (Fault.HEAD_MOVED, len(links))


def test_a_chain_of_one_workspace_does_not_pass_for_another_s() -> None:
    links = sealed([("alert.decided", Payload(b"k" * 32, "{}"))])
    moved = [(replace(entry, chain=8), payload) for entry, payload in links]

    assert checked(moved, links).fault == Fault.EDITED


@given(st.dictionaries(st.text(max_size=8), json_values, max_size=4))
def test_canonical_json_does_not_depend_on_the_order(payload: dict[str, object]) -> None:
    backwards = dict(reversed(payload.items()))

    assert canonical(payload) == canonical(backwards)
    assert json.loads(canonical(payload)) == payload


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ({}, "{}"),
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        ({"note": "Élevé « à revoir »"}, '{"note":"Élevé « à revoir »"}'),
    ],
)
def test_canonical_json_is_short_and_readable(payload: dict[str, Any], text: str) -> None:
    assert canonical(payload) == text


@pytest.mark.parametrize(("payload", "error"), [({"at": NOW}, TypeError), ({"score": float("nan")}, ValueError)])
def test_canonical_json_refuses_what_json_cannot_hold(payload: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        canonical(payload)


def test_a_commitment_is_an_hmac() -> None:
    """The second test case of RFC 4231."""
    assert commit(Payload(b"Jefe", "what do ya want for nothing?")) == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


def test_a_seal_does_not_depend_on_how_the_moment_is_written() -> None:
    entry, _ = sealed([("alert.decided", Payload(b"k" * 32, "{}"))])[0]
    in_paris = replace(entry, at=entry.at.astimezone(timezone(timedelta(hours=1))))

    assert seal(GENESIS, in_paris) == entry.hash


def test_the_hashes_of_old_entries_stay_what_they_are() -> None:
    """A change of the format would make every chain there is look broken."""
    links = sealed(
        [("alert.decided", Payload(b"k" * 32, '{"to":"dismissed"}')), ("audit.read", Payload(b"l" * 32, "{}"))]
    )

    assert [(entry.commitment[:16], entry.hash[:16]) for entry, _ in links] == [
        ("38774e7af73ba7e3", "370451b7a0ba4329"),
        ("cff15fcd82bc87b9", "052ddc7c67bfb68f"),
    ]
