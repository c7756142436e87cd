from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from vigie.adapters.whisper.model import Model
from vigie.ports import SpeechClip

pytestmark = pytest.mark.shared
FIRST_TIMESTAMP = 50364
END = 50257


def clip(seconds: float, language: str | None = "fr", seed: int = 0) -> SpeechClip:
    rng = np.random.default_rng(seed)
    return SpeechClip((rng.standard_normal(int(seconds * 16_000)) * 0.1).astype(np.float32), language)


@pytest.fixture(scope="module")
def model(micro_model: Path) -> Model:
    return Model(micro_model, threads=1)


def test_a_batch_gives_the_tokens_of_each_clip_alone(model: Model) -> None:
    clips = [clip(15, seed=1), clip(15, "en", seed=2), clip(15, seed=3), clip(15, "es", seed=4)]

    together = model.decode(clips)

    assert [decoded.tokens for decoded in together] == [model.decode([each])[0].tokens for each in clips]
    assert [decoded.language for decoded in together] == ["fr", "en", "fr", "es"]


def test_a_retry_gives_the_same(model: Model) -> None:
    assert model.decode([clip(4)]) == model.decode([clip(4)])


def test_timestamps_grow_and_lie_within_what_the_model_sees(model: Model) -> None:
    (decoded,) = model.decode([clip(20)], also_suppressed=[END])
    times = [(token - FIRST_TIMESTAMP) * 0.02 for token in decoded.tokens if token >= FIRST_TIMESTAMP]

    assert times
    assert all(before <= after for before, after in pairwise(times))
    assert 0 <= times[0] <= 1.0
    assert times[-1] <= 30.0


def test_the_figures_of_a_clip_are_plausible(model: Model) -> None:
    (decoded,) = model.decode([clip(2.5)])

    assert decoded.length_s == 2.5
    assert decoded.avg_logprob < 0
    assert 0 <= decoded.no_speech <= 1


@pytest.mark.parametrize(("seconds", "most"), [(1, 30), (3, 50), (28, 224)])
def test_a_loop_ends_where_nobody_could_say_more(model: Model, seconds: float, most: int) -> None:
    (decoded,) = model.decode([clip(seconds)], also_suppressed=[END])

    assert len(decoded.tokens) == most


@pytest.mark.parametrize("language", [None, "", "xx"])
def test_an_unknown_language_is_found_out(model: Model, language: str | None) -> None:
    (decoded,) = model.decode([clip(3, language)])

    assert decoded.language not in {"", "xx"}
    assert 2 <= len(decoded.language) <= 3


def test_noise_is_withheld_with_a_note(model: Model) -> None:
    (heard,) = model.transcribe([clip(5)])

    assert (heard.text, heard.phrases) == ("", ())
    assert heard.note in {"repetition", "low confidence", "no speech", "no words"}
    assert heard.confidence is not None


@pytest.mark.parametrize("samples", [1, 100, 8000])
def test_a_scrap_of_sound_is_no_trouble(model: Model, samples: int) -> None:
    assert len(model.decode([SpeechClip(np.zeros(samples, np.float32), "fr")])) == 1


def test_nothing_gives_nothing(model: Model) -> None:
    assert model.transcribe([]) == []


def test_more_than_the_model_can_see_is_refused(model: Model) -> None:
    with pytest.raises(ValueError, match=r"31\.0 s is longer than 30 s"):
        model.decode([clip(31)])
