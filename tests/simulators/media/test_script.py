from pathlib import Path
from typing import Any

import pytest

from vigie.simulators.media.faults import Fault, Kind, Resource
from vigie.simulators.media.script import DEMO_FAULTS, PREPARED, Live, Script, demo_script, read_fault, read_script


def test_the_demo_plays_two_lives_and_offers_their_files() -> None:
    french = Live("fr", PREPARED / "fr.mp4", captions=PREPARED / "fr.vtt", language="fr")
    english = Live("en", PREPARED / "en.mp4", captions=PREPARED / "en.vtt", language="en", faults=DEMO_FAULTS["en"])

    assert demo_script() == Script((french, english), {"fr.mp4": french.media, "en.mp4": english.media})


def test_a_script_is_read_from_yaml(tmp_path: Path) -> None:
    path = tmp_path / "two-cuts.yaml"
    path.write_text(
        """
        lives:
          town:
            media: town.mp4
            captions: town.vtt
            loops: false
            faults:
              - {kind: cut, at_s: 10}
              - {kind: refuse, at_s: 20, for_s: 4, status: 404, resources: [segment, captions]}
          radio: {media: radio.flac, language: en, signed_for_s: 30}
        files: {empty.mp4: empty.mp4}
        """,
        encoding="utf-8",
    )

    refused = Fault(Kind.REFUSE, 20, 4, frozenset({Resource.SEGMENT, Resource.CAPTIONS}), 404)
    town = Live(
        "town", tmp_path / "town.mp4", tmp_path / "town.vtt", faults=(Fault(Kind.CUT, 10), refused), loops=False
    )
    radio = Live("radio", tmp_path / "radio.flac", language="en", signed_for_s=30)
    assert read_script(path) == Script((town, radio), {"empty.mp4": tmp_path / "empty.mp4"})


def test_an_empty_script_offers_nothing(tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.touch()

    assert read_script(path) == Script()


@pytest.mark.parametrize(
    "text",
    [
        "lives: {a: {}}",
        "lives: {a: {media: a.mp4, colour: red}}",
        "lives: {a: {media: a.mp4, faults: [{kind: melt}]}}",
        "lives: {a: {media: a.mp4, faults: [{kind: stall, at_s: 3}]}}",
        "lives: {a: {media: a.mp4, faults: [{kind: cut, when: 3}]}}",
        "lives: [a]",
        "a sentence",
    ],
)
def test_what_is_no_script_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=r"\w"):
        read_script(path)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"kind": "end"}, Fault(Kind.END)),
        ({"kind": "restart", "at_s": 4, "media": "en"}, Fault(Kind.RESTART, at_s=4, media="en")),
        ({"kind": "cut", "resources": ["flv"]}, Fault(Kind.CUT, resources=frozenset({Resource.FLV}))),
    ],
)
def test_a_fault_is_read(entry: dict[str, Any], fault: Fault) -> None:
    assert read_fault(entry) == fault
