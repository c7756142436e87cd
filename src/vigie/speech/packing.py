"""The words of a clip back to the utterances of which it was made. Pure.

A recognizer of the Whisper kind pays for 30 s whatever the length of the clip: neighbours that wait are heard in one.
"""

from collections.abc import Sequence

from vigie.events import SAMPLE_RATE
from vigie.ports import Phrase, Transcript

TOLD_BESIDE = "told in one sentence with the utterance beside it"


def unpack(transcript: Transcript, lengths: Sequence[int]) -> list[Transcript]:
    """Return the transcript of each utterance of a clip made of `lengths` samples one after the other.

    A phrase goes to the utterance that it overlaps most; times count from that utterance's start, within its length.
    What holds for the whole (language, confidence, a note) holds for each.
    """
    if len(lengths) == 1:
        return [transcript]
    if not transcript.phrases:
        return [transcript, *[_without_words(transcript)] * (len(lengths) - 1)]
    bounds = _bounds(lengths)
    shares: list[list[Phrase]] = [[] for _ in lengths]
    for phrase in transcript.phrases:
        overlaps = [min(phrase.end_s, end_s) - max(phrase.start_s, start_s) for start_s, end_s in bounds]
        index = overlaps.index(max(overlaps))
        shares[index].append(_within(phrase, *bounds[index]))
    return [_share(transcript, phrases) for phrases in shares]


def _bounds(lengths: Sequence[int]) -> list[tuple[float, float]]:
    ends = [sum(lengths[: index + 1]) / SAMPLE_RATE for index in range(len(lengths))]
    return list(zip([0.0, *ends], ends, strict=False))


def _within(phrase: Phrase, start_s: float, end_s: float) -> Phrase:
    length_s = end_s - start_s
    begin_s = min(max(phrase.start_s - start_s, 0.0), length_s)
    return Phrase(begin_s, min(max(phrase.end_s - start_s, begin_s), length_s), phrase.text)


def _share(whole: Transcript, phrases: Sequence[Phrase]) -> Transcript:
    if not phrases:
        return _without_words(whole)
    text = " ".join(phrase.text for phrase in phrases)
    return Transcript(text, whole.language, whole.confidence, tuple(phrases), whole.note)


def _without_words(whole: Transcript) -> Transcript:
    return Transcript("", whole.language, whole.confidence, note=whole.note or TOLD_BESIDE)
