import numpy as np

from vigie.adapters.sphinx.client import SphinxRecognizer
from vigie.adapters.whisper import parse
from vigie.ports import SpeechClip
from vigie.speech import packing
from vigie.speech.wording import NOTES


def test_every_note_can_be_translated() -> None:
    whisper = {parse.REPETITION, parse.LOW_CONFIDENCE, parse.NO_SPEECH, parse.NO_WORDS}
    (silence,) = SphinxRecognizer().transcribe([SpeechClip(np.zeros(10, np.float32), "en")])

    assert whisper | {silence.note, packing.TOLD_BESIDE} == NOTES
