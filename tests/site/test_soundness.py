from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.factories import make_channel, make_live, make_workspace
from tests.site.sounds import keep_sound
from vigie.site import soundness
from vigie.site.soundness import Verdict
from vigie.speech import spool
from vigie.speech.models import AudioSegment
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def live() -> Live:
    return make_live(make_channel(make_workspace("newsroom")))


def verdicts() -> list[Verdict]:
    return [soundness.verified(*live) for live in soundness.sealed()]


def test_sound_as_captured_is_intact(live: Live) -> None:
    keep_sound(live, 3)

    assert verdicts() == [Verdict("newsroom", live.pk, 3)]


@pytest.mark.parametrize(("attack", "fault"), [("change", "altered"), ("remove", "missing"), ("move", "altered")])
def test_what_is_not_as_captured_is_told_with_its_moment(live: Live, attack: str, fault: str) -> None:
    kept = keep_sound(live, 3)

    match attack:
        case "change":
            spool.flac_path(kept[1]).write_bytes(b"something else")
        case "remove":
            spool.flac_path(kept[1]).unlink()
        case "move":
            AudioSegment.objects.filter(pk=kept[1].pk).update(epoch=1)

    assert verdicts() == [Verdict("newsroom", live.pk, 3, fault, 60.0)]


def test_a_live_without_sealed_sound_has_nothing_to_verify(live: Live) -> None:
    AudioSegment.objects.create(live=live, index=0, epoch=0, start_sample=0, offset_s=0.0)

    assert verdicts() == []
