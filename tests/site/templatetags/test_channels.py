import pytest

from tests.factories import make_channel
from vigie.site.templatetags.channels import RINGS, remedy, standing_ring
from vigie.watch.queries import Standing


def test_every_standing_has_a_form() -> None:
    assert set(RINGS) == set(Standing)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("standing", "ring", "word"),
    [("live", "ok", "on air"), ("unknown", "unk", "state unknown"), ("off", "mute", "not watched")],
)
def test_standing_ring_says_it_by_form_and_word(standing: str, ring: str, word: str) -> None:
    channel = make_channel()
    channel.standing = standing  # type: ignore[attr-defined]

    assert standing_ring(channel) == f'<span class="state"><span class="ring {ring}"></span>{word}</span>'


@pytest.mark.parametrize(
    ("reason", "words"), [("TikTok banned this account.", "Nothing to be seen"), ("unheard of", ""), ("", "")]
)
def test_remedy_tells_what_can_be_done(reason: str, words: str) -> None:
    assert remedy(reason).startswith(words)
    assert bool(remedy(reason)) == bool(words)
