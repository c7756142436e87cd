import re
from pathlib import Path

import pytest

from vigie.governance import wording
from vigie.governance.chain import Fault

PACKAGE = Path(wording.__file__).parent.parent
VERB = re.compile(r'"([a-z_]+)\.([a-z_]+)"')
TELLING = ("Acted(", "tell(", " account(", "_account(", "record_reading(", "TOLD")
"""Where one of these stands, acts are told."""
AREAS = {
    "people",
    "governance",
    "runtime",
    "watch",
    "speech",
    "risk",
    "rules",
    "clips",
    "moderation",
    "notifications",
    "site",
}
"""What permissions and tasks begin with, and verbs do not."""


def verbs_in(path: Path) -> set[str]:
    """Return the verbs in a module that tells of acts: words like `alert.decided`."""
    source = path.read_text(encoding="utf-8")
    if not any(sign in source for sign in TELLING):
        return set()
    return {f"{thing}.{act}" for thing, act in VERB.findall(source) if thing not in AREAS}


def test_every_verb_told_has_words_on_screen_and_no_other_has() -> None:
    told = {verb for area in AREAS for path in (PACKAGE / area).rglob("*.py") for verb in verbs_in(path)}

    assert told == set(wording.VERBS)


def test_every_fault_has_words_on_screen() -> None:
    assert set(wording.FAULTS) == set(Fault)


@pytest.mark.parametrize(
    ("kind", "number", "words"),
    [("workspace", "3", "workspace 3"), ("user", "", "person"), ("", "", ""), ("spaceship", "7", "spaceship 7")],
)
def test_objects_are_named_with_their_number(kind: str, number: str, words: str) -> None:
    assert wording.object_words(kind, number) == words


def test_a_verb_without_words_goes_by_its_own() -> None:
    assert wording.verb_words("audit.read") == "read the audit log"
    assert wording.verb_words("rocket.launched") == "rocket.launched"
